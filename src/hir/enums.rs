//! Enums: their values and patterns, and the operators of `Option` and `Result`.

use super::arguments::{Given, Slot};
use super::collections::has_parts;
use super::context::*;
use super::describe::Words;
use super::infer::VarKind;
use super::mismatch::written_at;
use super::pattern::{NOTHING, PatternCx};
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span, closest};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, Ident, PatternKind as Pat};

impl<'a> Checker<'a> {
    /// `T?`, if the runtime declares `Option`.
    pub fn option_of(&mut self, payload: Ty) -> Option<Ty> {
        let option = self.option?;
        Some(self.types.intern(TyKind::Adt(option, vec![payload])))
    }

    /// The number of a case by its name.
    pub fn variant_of(&self, id: AdtId, name: Symbol) -> Option<u32> {
        let adt = &self.adts[id.idx()];
        if adt.kind != AdtKind::Enum {
            return None;
        }
        adt.variants.iter().position(|variant| variant.name == name).map(|i| i as u32)
    }

    /// The enum that a type is.
    pub fn enum_of(&self, ty: Ty) -> Option<AdtId> {
        match *self.types.get(self.resolve(ty)) {
            TyKind::Adt(id, _) if self.adts[id.idx()].kind == AdtKind::Enum => Some(id),
            _ => None,
        }
    }

    /// Of an optional type: its payload, and the number of the case that carries it.
    pub fn payload_of(&self, ty: Ty) -> Option<(Ty, u32)> {
        let TyKind::Adt(id, args) = self.types.get(self.resolve(ty)) else { return None };
        if Some(*id) != self.option {
            return None;
        }
        let present = self.adts[id.idx()].variants.iter().position(|variant| !variant.fields.is_empty())?;
        Some((*args.first()?, present as u32))
    }

    /// The number of the case of `Option` without payload.
    pub fn absent(&self) -> u32 {
        let variants = self.option.map(|id| &self.adts[id.idx()].variants);
        variants.and_then(|all| all.iter().position(|v| v.fields.is_empty())).unwrap_or(0) as u32
    }

    /// Whether a name in a pattern can only be meant for a case: it begins as those do, and is near to one.
    pub fn is_misspelt_case(&self, id: AdtId, name: Symbol) -> bool {
        let text = self.name(name);
        let cases = self.adts[id.idx()].variants.iter().map(|case| self.name(case.name));
        text.starts_with(char::is_uppercase) && closest(text, cases).is_some()
    }

    /// Reports a case that an enum does not have.
    pub fn unknown_variant(&mut self, id: AdtId, name: Ident) -> Expr {
        let adt = &self.adts[id.idx()];
        let (shown, text) = (self.name(adt.name), self.name(name.name));
        let mut error = Diagnostic::error(Code::UnknownMember, format!("`{shown}` has no case `{text}`"))
            .at(name.span, "no such case")
            .also(adt.span, "declared here");
        if let Some(near) = self.nearest(text, || adt.variants.iter().map(|v| self.name(v.name)).collect()) {
            error = error.help(format!("did you mean `{near}`?"));
        }
        self.error(error);
        self.error_expr(name.span)
    }

    /// An enum, struct or class with fresh unknowns for its type arguments.
    pub fn open_type(&mut self, id: AdtId, span: Span) -> Ty {
        let info = &self.adt_infos[id.idx()];
        let args = self.unknown_args(info.generics, info.scope.module, span);
        self.types.intern(TyKind::Adt(id, args))
    }

    /// `Shape.Circle(1.0)`, `Some(x)`, `None`, of an enum with type arguments as far as they are known.
    pub fn variant(&mut self, ty: Ty, variant: u32, args: &[Given<'a>], span: Span, expect: Expect) -> Expr {
        if !self.takes(args, false) {
            return self.error_expr(span);
        }
        let TyKind::Adt(id, type_args) = self.types.get(self.resolve(ty)).clone() else {
            return self.error_expr(span);
        };
        let declared = self.adts[id.idx()].span;
        if let Some(wanted) = expect.ty()
            && self.enum_of(wanted) == Some(id)
        {
            self.unify(ty, wanted);
        }
        let case = &self.adts[id.idx()].variants[variant as usize];
        let name = case.name;
        let fields: Vec<(Symbol, Ty)> =
            case.fields.iter().map(|f| (f.name.unwrap_or(self.sym.empty), f.ty)).collect();
        let slots: Vec<Slot> = fields
            .iter()
            .map(|&(name, ty)| Slot {
                name,
                is_optional: false,
                is_variadic: false,
                takes_function: self.takes_function(ty),
            })
            .collect();
        let what = format!("`{}`", self.name(name));
        let Some(targets) = self.assign_arguments((&what, "field"), &slots, args, span, Some(declared))
        else {
            self.check_loosely(args);
            return self.error_expr(span);
        };
        let in_order = targets.windows(2).all(|pair| pair[0] < pair[1]);
        let mut before = Vec::new();
        let mut payload: Vec<Option<Expr>> = fields.iter().map(|_| None).collect();
        for (arg, &target) in args.iter().zip(&targets) {
            let field_ty = self.types.substitute(fields[target].1, &type_args);
            let info = &self.adt_infos[id.idx()];
            let why = match info.variants.get(variant as usize).and_then(|case| case.fields.get(target)) {
                Some(ast::VariantField { name: Some(name), ty }) => {
                    Why::Field(name.name, name.span, Some(written_at(ty)))
                }
                // The prelude's say nothing that is not known.
                Some(_) if self.modules[info.scope.module].is_runtime => Why::None,
                Some(ast::VariantField { name: None, ty }) => Why::Part(ty.span),
                None => Why::None,
            };
            let mut value = self.expr_as(arg.value, field_ty, why);
            if !in_order {
                let at = value.span;
                let (bind, local) = self.temporary(value, false);
                before.push(bind);
                value = self.local(local, at);
            }
            payload[target] = Some(value);
        }
        let value = expr(ExprKind::Variant(variant, payload.into_iter().flatten().collect()), ty, span);
        if before.is_empty() {
            return value;
        }
        before.push(value);
        expr(ExprKind::Block(before, true), ty, span)
    }

    /// A case named without parentheses: its value, or, when it carries something, the function that makes it.
    pub fn case_or_value(&mut self, ty: Ty, variant: u32, span: Span, expect: Expect) -> Expr {
        let is_plain = self
            .enum_of(ty)
            .is_none_or(|id| self.adts[id.idx()].variants[variant as usize].fields.is_empty());
        if is_plain {
            return self.variant(ty, variant, &[], span, expect);
        }
        self.case_value(ty, variant, span, expect)
    }

    /// `nil`.
    pub fn nil(&mut self, span: Span, expect: Expect) -> Expr {
        match self.option {
            Some(id) => {
                let ty = self.open_type(id, span);
                self.variant(ty, self.absent(), &[], span, expect)
            }
            None => self.unsupported("`nil`", span),
        }
    }

    /// The value as the payload of an optional type, if it fits; otherwise the value as it was.
    pub fn wrap_in_option(&mut self, value: Expr, wanted: Ty) -> Result<Expr, Expr> {
        let Some((payload, present)) = self.payload_of(wanted) else { return Err(value) };
        let from = self.resolve(value.ty);
        let is_deeper = self.payload_of(payload).is_some() && self.payload_of(from).is_none();
        if !is_deeper && !self.fits(from, payload) {
            return Err(value);
        }
        let span = value.span;
        let value = self.coerce(value, payload, Why::None);
        Ok(expr(ExprKind::Variant(present, vec![value]), wanted, span))
    }

    /// The case that the path of a pattern names, for a value of a type. An enum in front of it, or a case of the prelude,
    /// decides an unknown type.
    pub fn variant_path(&mut self, path: &[Ident], ty: Ty) -> Option<u32> {
        let (of, name) = match path {
            [name] => {
                if let Some(id) = self.enum_of(ty) {
                    return self.variant_of(id, name.name);
                }
                self.var_kind(ty)?;
                let id = self.prelude_variants.get(&name.name)?.0;
                (self.open_type(id, name.span), name)
            }
            [of @ .., name] => (self.type_of_path(of)?, name),
            [] => return None,
        };
        let variant = self.variant_of(self.enum_of(of)?, name.name)?;
        (self.resolve(ty) != Ty::ERROR && self.unify(ty, of)).then_some(variant)
    }

    /// Reports a pattern that names no case of what is matched.
    pub fn unknown_case(&mut self, path: &[Ident], ty: Ty) {
        let Some((&name, of)) = path.split_last() else { return };
        let owner = if of.is_empty() { Some(ty) } else { self.type_of_path(of) };
        let found = match owner.and_then(|owner| Some((owner, self.enum_of(owner)?))) {
            Some((owner, id)) if !of.is_empty() && self.variant_of(id, name.name).is_some() => {
                self.show(owner)
            }
            Some((_, id)) => {
                self.unknown_variant(id, name);
                return;
            }
            None => {
                let scope = self.cx().scope.clone();
                let is_builtin = matches!(of, [of] if self.builtin_type(self.name(of.name)).is_some());
                if !of.is_empty() && !is_builtin && matches!(self.path_type_item(scope.module, of), Ok(None))
                {
                    self.unknown_path(of, &scope);
                    return;
                }
                self.name(name.name).to_owned()
            }
        };
        self.other_pattern(ty, &format!("a pattern of `{found}`"), name.span);
    }

    /// The pattern of a case with what is in its parentheses.
    pub fn variant_pattern(
        &mut self,
        variant: u32,
        args: &'a [ast::PatternArg],
        ty: Ty,
        span: Span,
        cx: &mut PatternCx,
    ) -> Pattern {
        let ty = self.resolve(ty);
        let TyKind::Adt(id, type_args) = self.types.get(ty).clone() else {
            return Pattern { kind: NOTHING, ty, span };
        };
        let adt = &self.adts[id.idx()];
        if adt.variants.len() > 1 {
            self.refutable(cx, span);
        }
        let case = &self.adts[id.idx()].variants[variant as usize];
        let name = case.name;
        let fields: Vec<(Option<Symbol>, Ty)> = case.fields.iter().map(|f| (f.name, f.ty)).collect();
        let fields: Vec<(Option<Symbol>, Ty)> =
            fields.into_iter().map(|(name, ty)| (name, self.types.substitute(ty, &type_args))).collect();
        let nothing = Pattern { kind: NOTHING, ty, span };
        if self.has_two_rests(args.iter().map(|arg| &arg.pattern)) {
            self.elements_of_nothing(args, cx);
            return nothing;
        }
        let mut parts = Vec::with_capacity(args.len());
        let has_rest = args.iter().any(|arg| matches!(arg.pattern.kind, Pat::Rest(_)));
        let mut is_known = true;
        for (i, arg) in args.iter().enumerate() {
            if let Pat::Rest(name) = arg.pattern.kind {
                self.rest_of_fields(name, cx);
                continue;
            }
            let (label, pattern) = self.labelled(arg, |label| {
                fields.iter().find(|&&(field, _)| field == Some(label)).map(|&(_, ty)| ty)
            });
            let at = match label {
                Some(label) => fields.iter().position(|&(field, _)| field == Some(label.name)),
                None => Some(i),
            };
            if let (None, Some(label)) = (at, label) {
                self.unknown_field(name, &fields, label);
                is_known = false;
            }
            match at.and_then(|at| Some((at, fields.get(at)?))) {
                Some((at, &(field, field_ty))) => {
                    is_known &= self.field_pattern(&mut parts, (at, field, field_ty), pattern, cx);
                }
                None => parts.push((i as u32, self.pattern_of_nothing(pattern, cx))),
            }
        }
        if is_known && !args.is_empty() && !has_rest && args.len() != fields.len() {
            let error = Diagnostic::error(
                Code::TypeMismatch,
                format!(
                    "`{}` carries {}, and the pattern has {}",
                    self.name(name),
                    super::describe::plural(fields.len(), "value"),
                    args.len()
                ),
            )
            .at(span, "wrong number of values");
            self.error(error);
            return nothing;
        }
        Pattern { kind: PatternKind::Variant(variant, parts), ty, span }
    }

    /// Reports a field that a case does not have.
    fn unknown_field(&mut self, case: Symbol, fields: &[(Option<Symbol>, Ty)], field: Ident) {
        let (shown, text) = (self.name(case), self.name(field.name));
        let error = Diagnostic::error(Code::UnknownMember, format!("`{shown}` has no field `{text}`"))
            .at(field.span, "no such field");
        let named = fields.iter().filter_map(|&(name, _)| name);
        let error = match self.nearest(text, || named.map(|name| self.name(name)).collect()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        };
        self.error(error);
    }

    /// `nil` as a pattern.
    pub fn nil_pattern(&mut self, ty: Ty, span: Span) -> Pattern {
        if self.var_kind(ty).is_some() {
            let payload = self.fresh(VarKind::Any, span);
            if let Some(option) = self.option_of(payload) {
                self.unify(ty, option);
            }
        }
        let ty = self.resolve(ty);
        if self.payload_of(ty).is_some() {
            return Pattern { kind: PatternKind::Variant(self.absent(), Vec::new()), ty, span };
        }
        if ty != Ty::ERROR {
            let shown = self.show(ty);
            let error = Diagnostic::error(Code::TypeMismatch, format!("`{shown}` is never `nil`"))
                .at(span, "only an optional value may be `nil`");
            self.error(error);
        }
        Pattern { kind: NOTHING, ty, span }
    }

    /// What the operators of `Option` and `Result` look at: the case with the value, its type, and the other case with
    /// the type of what it carries.
    fn outcome(&mut self, value: &Expr, sign: &str) -> Option<Outcome> {
        let ty = self.resolve(value.ty);
        if let Some((payload, present)) = self.payload_of(ty) {
            return Some(Outcome { good: present, payload, bad: self.absent(), error: None });
        }
        if let TyKind::Adt(id, args) = self.types.get(ty)
            && (Some(*id) == self.result || Some(*id) == self.thrown)
            && let [payload, error] = args[..]
        {
            let (payload, error) = (payload, Some(error));
            let (good, bad) = self.result_cases();
            return Some(Outcome { good, payload, bad, error });
        }
        if ty != Ty::ERROR && ty != Ty::NEVER {
            let shown = self.words_for(value);
            let message = format!("`{sign}` does not apply to {}", shown.full);
            let error = Diagnostic::error(Code::BadOperand, message)
                .at(value.span, shown.label())
                .help("it is for optional values and results");
            self.error(error);
        }
        None
    }

    fn is_result(&self, ty: Ty) -> bool {
        matches!(self.types.get(self.resolve(ty)), TyKind::Adt(id, _) if Some(*id) == self.result)
    }

    /// The cases of a result: with the value, with the error.
    pub fn result_cases(&mut self) -> (u32, u32) {
        let ok = self.interner.intern("Ok");
        let good = self.result.and_then(|id| self.variant_of(id, ok)).unwrap_or(0);
        (good, 1 - good)
    }

    /// The value of a result; `bad` makes what becomes of an error.
    pub fn taken_apart(
        &mut self,
        result: Expr,
        value: Ty,
        span: Span,
        bad: impl FnOnce(&mut Self, Expr) -> Expr,
    ) -> Expr {
        let Some(outcome) = self.outcome(&result, "try") else { return self.of_nothing(result, span) };
        self.match_outcome(
            result,
            &outcome,
            value,
            span,
            |_, payload| payload,
            |checker, error| match error {
                Some(error) => bad(checker, error),
                None => checker.error_expr(span),
            },
        )
    }

    /// A match of two arms on the case with the value and on the rest.
    fn match_outcome(
        &mut self,
        value: Expr,
        outcome: &Outcome,
        ty: Ty,
        span: Span,
        good: impl FnOnce(&mut Self, Expr) -> Expr,
        bad: impl FnOnce(&mut Self, Option<Expr>) -> Expr,
    ) -> Expr {
        let matched = value.ty;
        let empty = self.sym.empty;
        let local = self.new_local(empty, outcome.payload, false, span);
        let bind = Pattern { kind: PatternKind::Bind(local), ty: outcome.payload, span };
        let pattern =
            Pattern { kind: PatternKind::Variant(outcome.good, vec![(0, bind)]), ty: matched, span };
        let payload = self.local(local, span);
        let first = Arm { pattern, guard: None, body: good(self, payload) };
        let mut parts = Vec::new();
        let error = outcome.error.map(|error| {
            let local = self.new_local(empty, error, false, span);
            parts.push((0, Pattern { kind: PatternKind::Bind(local), ty: error, span }));
            self.local(local, span)
        });
        let pattern = Pattern { kind: PatternKind::Variant(outcome.bad, parts), ty: matched, span };
        let second = Arm { pattern, guard: None, body: bad(self, error) };
        expr(ExprKind::Match(Box::new(value), vec![first, second]), ty, span)
    }

    /// `e!`: the payload, or a panic.
    pub fn unwrap(&mut self, value: &'a ast::Expr, span: Span) -> Expr {
        let value = match self.unwrapped_element(value, span) {
            Ok(element) => return element,
            Err(value) => self.as_optional(value),
        };
        let Some(outcome) = self.outcome(&value, "!") else { return self.of_nothing(value, span) };
        let (payload, whole, bad) = (outcome.payload, value.ty, outcome.bad);
        if outcome.error.is_none() && self.is_place(&value) {
            return expr(ExprKind::Unwrap(Box::new(value)), payload, span);
        }
        let is_copy = self.is_in_variable(&value) && !self.is_reference(self.resolve(payload));
        self.match_outcome(
            value,
            &outcome,
            payload,
            span,
            |checker, found| {
                if let ExprKind::Local(local) = found.kind {
                    checker.cx().locals[local.idx()].copied_by = is_copy.then_some("!");
                }
                found
            },
            |checker, error| {
                let message = match error {
                    None => {
                        let text = checker.interner.intern("unwrapped nil");
                        expr(ExprKind::Literal(Constant::Text(text)), Ty::TEXT, span)
                    }
                    Some(error) => {
                        // As `print` shows the whole: a text in it is quoted.
                        let failure = expr(ExprKind::Variant(bad, vec![error]), whole, span);
                        let what = checker.interner.intern("unwrapped ");
                        let parts = vec![FormatPart::Text(what), FormatPart::Value(failure, None)];
                        expr(ExprKind::Format(parts), Ty::TEXT, span)
                    }
                };
                expr(ExprKind::Panic(Box::new(message)), Ty::NEVER, span)
            },
        )
    }

    /// `a ?? b`: the right side only if needed.
    pub fn coalesce(
        &mut self,
        value: &'a ast::Expr,
        other: &'a ast::Expr,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let value = self.optional(value);
        let expect = match (expect.ty(), self.payload_of(value.ty)) {
            (None, Some((payload, _))) if has_parts(other) => Expect::Ty(payload, Why::Sibling(value.span)),
            _ => expect,
        };
        let other_value = self.expr(other, expect);
        let Some(outcome) = self.outcome(&value, "??") else { return self.of_nothing(value, span) };
        // The right side may itself be optional: then so is the whole.
        let nested = self.payload_of(other_value.ty).is_some() && self.payload_of(outcome.payload).is_none();
        let ty = if nested { other_value.ty } else { outcome.payload };
        let other_value = self.coerce(other_value, ty, Why::Sibling(value.span));
        self.match_outcome(
            value,
            &outcome,
            ty,
            span,
            |checker, payload| checker.coerce(payload, ty, Why::None),
            |_, _| other_value,
        )
    }

    /// `e?`: the payload, or the function returns the `nil` or `Err`.
    pub fn propagate(&mut self, value: &'a ast::Expr, span: Span) -> Expr {
        let value = self.optional(value);
        let Some(outcome) = self.outcome(&value, "?") else { return self.of_nothing(value, span) };
        let (ret, why, is_top_level) = {
            let cx = self.cx();
            (cx.given(), cx.ret_why, cx.is_top_level)
        };
        if self.leaves_defer("?", span) {
            return self.error_expr(span);
        }
        if is_top_level {
            let error = Diagnostic::error(Code::MisplacedFlow, "`?` stands outside a function")
                .at(span, "there is no function to return from")
                .help("use `!` or `??`");
            self.error(error);
            return self.error_expr(span);
        }
        if let Some(gives) = self.not_propagating(ret, &outcome) {
            let error = Diagnostic::error(
                Code::BadOperand,
                format!("`?` cannot leave a function that gives `{gives}`"),
            )
            .at(span, "the `nil` or `Err` of this would be its result")
            .help(match (outcome.error.is_some(), self.payload_of(ret).is_some()) {
                (true, true) => "make it an optional value: `….ok()?`",
                (true, false) => "use `!` or `??`, or let the function give a `Result`",
                (false, _) if self.is_result(ret) => "make it a result: `….ok_or(error)?`",
                (false, _) => "use `!` or `??`, or give the function an optional result",
            });
            let error = self.explain_why(error, why, &Words::of(&gives));
            self.error(error);
            return self.error_expr(span);
        }
        let payload = outcome.payload;
        self.match_outcome(
            value,
            &outcome,
            payload,
            span,
            |_, payload| payload,
            |checker, error| {
                let fresh = checker.fresh(VarKind::Any, span);
                let ty = match (error.as_ref().map(|e| e.ty), checker.option, checker.result) {
                    (None, Some(option), _) => checker.types.intern(TyKind::Adt(option, vec![fresh])),
                    (Some(error), _, Some(result)) => {
                        checker.types.intern(TyKind::Adt(result, vec![fresh, error]))
                    }
                    (None, None, _) | (Some(_), _, None) => Ty::ERROR,
                };
                let failure = expr(ExprKind::Variant(outcome.bad, error.into_iter().collect()), ty, span);
                let failure = checker.coerce(failure, ret, why);
                if failure.ty == Ty::ERROR {
                    checker.bind_result(fresh, Ty::ERROR);
                }
                checker.leave_function(failure, span)
            },
        )
    }

    /// The result of a function that a failed `?` cannot give; an unknown one can become what it gives.
    fn not_propagating(&mut self, ret: Ty, outcome: &Outcome) -> Option<String> {
        let ret = self.resolve(ret);
        let wanted = if outcome.error.is_some() { self.result } else { self.option };
        let fits = match *self.types.get(ret) {
            TyKind::Adt(id, _) => Some(id) == wanted,
            TyKind::Var(_) | TyKind::Error => true,
            _ => false,
        };
        (!fits).then(|| self.show(ret))
    }

    /// `e.?`: present and not empty.
    pub fn present(&mut self, value: &'a ast::Expr, span: Span) -> Expr {
        let value = self.optional(value);
        if self.payload_of(value.ty).is_none() {
            return self.not_empty(value, span);
        }
        let Some(outcome) = self.outcome(&value, ".?") else { return self.of_nothing(value, span) };
        self.match_outcome(
            value,
            &outcome,
            Ty::BOOL,
            span,
            |checker, payload| checker.not_empty(payload, span),
            |_, _| expr(ExprKind::Literal(Constant::Bool(false)), Ty::BOOL, span),
        )
    }

    /// Whether a collection or text has elements; of everything else, that it is there.
    fn not_empty(&mut self, value: Expr, span: Span) -> Expr {
        let ty = self.resolve(value.ty);
        let len = self.interner.intern("len");
        match self.find_method(ty, len) {
            Some(id) => {
                let length = self.call_checked(id, vec![value], span);
                let zero = self.int(0, Ty::I64, span);
                self.compare(CompareOp::Gt, length, zero, span)
            }
            None => {
                let there = expr(ExprKind::Literal(Constant::Bool(true)), Ty::BOOL, span);
                expr(ExprKind::Block(vec![value, there], true), Ty::BOOL, span)
            }
        }
    }
}

/// The two cases of an `Option` or `Result`.
struct Outcome {
    good: u32,
    payload: Ty,
    bad: u32,
    /// What the bad case carries.
    error: Option<Ty>,
}
