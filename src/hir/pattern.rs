//! Patterns, and the match expression.

use super::context::*;
use super::tree::*;
use super::types::{IntTy, Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, ExprKind as Ast, Ident, LetKind, PatternKind as Pat, UnOp};

/// Where an error was reported: no alternative, so that nothing is said about what a match with it covers.
pub(super) const NOTHING: PatternKind = PatternKind::Or(Vec::new());

/// What is known while one whole pattern is checked.
pub(super) struct PatternCx {
    /// The variables bound so far.
    bound: Vec<(Ident, LocalId)>,
    /// In a later alternative of `A | B`: the variables of the first, to be bound again.
    again: Option<Vec<(Ident, LocalId)>>,
    is_var: bool,
    /// What else to write where every value must match; nothing where one may fail to.
    instead: Option<&'static str>,
}

/// What else to write than a declaration with a pattern that a value may fail to match.
const ASK_FIRST: &str = "use `match` or `if val`";
/// The same of what loops go through.
const ASK_EACH: &str = "give each element a name and ask it in the round: `match`, `if val`, or in a comprehension `if x != nil`";

/// The least and greatest value of an integer type; `usize` and `isize` are taken at their widest.
pub(super) fn int_bounds(int: IntTy) -> (i128, i128) {
    let bits = int.bits().unwrap_or(64);
    if int.is_signed() {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    }
}

impl<'a> Checker<'a> {
    /// A pattern of a declaration: it matches every value of the type.
    pub fn binding_pattern(&mut self, pattern: &'a ast::Pattern, ty: Ty, is_var: bool) -> Pattern {
        self.whole_pattern(pattern, ty, is_var, Some(ASK_FIRST))
    }

    /// A pattern of a loop: it matches everything that the loop goes through.
    pub fn element_pattern(&mut self, pattern: &'a ast::Pattern, ty: Ty) -> Pattern {
        self.whole_pattern(pattern, ty, false, Some(ASK_EACH))
    }

    /// The pattern of `if val` and `while val`: for what is there, unless it is one for the optional value itself.
    pub fn present_pattern(&mut self, pattern: &'a ast::Pattern, ty: Ty) -> Pattern {
        let span = pattern.span;
        let name = match pattern.kind {
            Pat::Name(name) if !self.asks_whether_there(pattern) => Some(name),
            _ if self.asks_whether_there(pattern) => return self.whole_pattern(pattern, ty, false, None),
            _ => None,
        };
        let Some((payload, present)) = self.payload_of(ty) else {
            let Some(name) = name else { return self.whole_pattern(pattern, ty, false, None) };
            let shown = self.show(ty);
            if self.resolve(ty) != Ty::ERROR {
                let error = Diagnostic::error(Code::TypeMismatch, format!("`{shown}` is always there"))
                    .at(name.span, "only an optional value may be absent")
                    .help("declare it with `val` in front of the `if`");
                self.error(error);
            }
            return self.whole_pattern(pattern, Ty::ERROR, false, None);
        };
        let inner = self.whole_pattern(pattern, payload, false, None);
        Pattern { kind: PatternKind::Variant(present, vec![(0, inner)]), ty, span }
    }

    fn whole_pattern(
        &mut self,
        pattern: &'a ast::Pattern,
        ty: Ty,
        is_var: bool,
        instead: Option<&'static str>,
    ) -> Pattern {
        let mut cx = PatternCx { bound: Vec::new(), again: None, is_var, instead };
        let result = self.pattern(pattern, ty, &mut cx);
        for (name, local) in cx.bound {
            self.cx().names.declare(name.name, Binding::Local(local));
        }
        result
    }

    pub fn bind_name(&mut self, name: Ident, ty: Ty, cx: &mut PatternCx) -> LocalId {
        if let Some(first) = &cx.again
            && let Some(&(_, local)) = first.iter().find(|(other, _)| other.name == name.name)
        {
            let old = self.cx().locals[local.idx()].ty;
            if !self.unify(old, ty) {
                let (old, ty) = (self.resolve(old), self.resolve(ty));
                self.mismatch(old, ty, name.span, Why::None);
            }
            cx.bound.push((name, local));
            return local;
        }
        let first = cx.bound.iter().find(|(other, _)| other.name == name.name).map(|(other, _)| other.span);
        self.report_duplicate(name, first, "name");
        let local = self.new_local(name.name, ty, cx.is_var, name.span);
        cx.bound.push((name, local));
        local
    }

    pub fn refutable(&mut self, cx: &PatternCx, span: Span) {
        if let Some(instead) = cx.instead {
            let error = Diagnostic::error(Code::RefutablePattern, "this pattern does not match every value")
                .at(span, "may fail to match")
                .help(instead);
            self.error(error);
        }
    }

    pub fn pattern(&mut self, pattern: &'a ast::Pattern, ty: Ty, cx: &mut PatternCx) -> Pattern {
        let span = pattern.span;
        let ty = self.resolve(ty);
        let make = |kind| Pattern { kind, ty, span };
        if let Some(part) = self.part_of_pattern(pattern, ty) {
            self.refutable(cx, span);
            let inner = self.pattern(pattern, part, cx);
            return make(self.downcast(inner, ty));
        }
        if let Some((payload, present)) = self.payload_of_pattern(pattern, ty) {
            self.refutable(cx, span);
            let inner = self.pattern(pattern, payload, cx);
            return make(PatternKind::Variant(present, vec![(0, inner)]));
        }
        match &pattern.kind {
            Pat::Wildcard => make(PatternKind::Wildcard),
            Pat::Name(name) => {
                if let Some(variant) = self.enum_of(ty).and_then(|id| self.variant_of(id, name.name)) {
                    return self.variant_pattern(variant, &[], ty, span, cx);
                }
                if cx.instead.is_none()
                    && let Some(id) = self.enum_of(ty)
                    && self.is_misspelt_case(id, name.name)
                {
                    self.unknown_variant(id, *name);
                    return make(NOTHING);
                }
                if cx.instead.is_none()
                    && let Some(constant) = self.named_constant(&[*name], ty)
                {
                    return make(constant);
                }
                make(PatternKind::Bind(self.bind_name(*name, ty, cx)))
            }
            Pat::Literal(literal) => {
                self.refutable(cx, span);
                if let Ast::Nil = literal.kind {
                    return self.nil_pattern(ty, span);
                }
                make(self.literal_pattern(literal, ty))
            }
            Pat::Range { start, end, is_inclusive } => {
                self.refutable(cx, span);
                make(self.range_pattern(start.as_deref(), end.as_deref(), *is_inclusive, ty, span))
            }
            Pat::Or(parts) => self.or_pattern(parts, ty, span, cx),
            Pat::Tuple(parts) => self.tuple_pattern(parts, ty, span, cx),
            Pat::Array(parts) => {
                // The length of a fixed array is right or a mistake; any array has room for a rest alone.
                let is_fixed = matches!(self.types.get(ty), TyKind::FixedArray(..));
                let is_rest = matches!(parts.as_slice(), [ast::Pattern { kind: Pat::Rest(_), .. }]);
                if !is_fixed && !is_rest {
                    self.refutable(cx, span);
                }
                self.array_pattern(parts, ty, span, cx)
            }
            Pat::Construct { path, args } => self.construct_pattern(path, args, ty, span, cx),
            Pat::Path(path) => match self.named_constant(path, ty) {
                Some(kind) => {
                    self.refutable(cx, span);
                    make(kind)
                }
                None => self.construct_pattern(path, &[], ty, span, cx),
            },
            Pat::Typed(inner, written) => {
                let scope = self.cx().scope.clone();
                let wanted = self.ty(written, &scope);
                if self.is_wider(wanted, ty) {
                    self.refutable(cx, span);
                    let inner = self.pattern(inner, wanted, cx);
                    return make(self.downcast(inner, ty));
                }
                // `case n: T` is also for an optional value that holds a `T`.
                if let Some((payload, present)) = self.payload_of(ty)
                    && self.var_kind(wanted).is_none()
                    && self.payload_of(wanted).is_none()
                {
                    self.refutable(cx, span);
                    return make(PatternKind::Variant(
                        present,
                        vec![(0, self.pattern(pattern, payload, cx))],
                    ));
                }
                if !self.unify(ty, wanted) {
                    self.mismatch(ty, wanted, written.span, Why::None);
                    self.pattern(inner, wanted, cx);
                    return make(NOTHING);
                }
                self.pattern(inner, wanted, cx)
            }
            Pat::Rest(_) => {
                let error = Diagnostic::error(
                    Code::ExpectedPattern,
                    "`...` stands only inside a tuple, array or struct pattern",
                )
                .at(span, "nothing here has a rest");
                self.error(error);
                make(NOTHING)
            }
        }
    }

    /// The pattern of a name that is a module-level `const`.
    fn named_constant(&mut self, path: &[Ident], ty: Ty) -> Option<PatternKind> {
        let module = self.cx().scope.module;
        let span = path.iter().map(|name| name.span).reduce(Span::to)?;
        let ValueItem::Global(id) = self.path_value_item(module, path)? else { return None };
        let global = &self.globals[id.idx()];
        let decl = &self.lets[global.let_index];
        if decl.ast.kind != LetKind::Const || !matches!(decl.ast.pattern.kind, Pat::Name(_)) {
            return None;
        }
        let (init, module) = (decl.ast.init.as_ref()?, decl.module);
        let declared = self.global_type(id, span);
        let part = self.union_parts(ty).and_then(|parts| self.part_for(declared, &parts));
        if let Some(part) = part.map(|part| self.resolve(part)) {
            let inner = Pattern { kind: self.named_constant(path, part)?, ty: part, span };
            return Some(PatternKind::Downcast(Box::new(inner)));
        }
        if let Some((payload, present)) = self.payload_of(ty) {
            let inner = Pattern { kind: self.named_constant(path, payload)?, ty: payload, span };
            return Some(PatternKind::Variant(present, vec![(0, inner)]));
        }
        if !self.unify(ty, declared) {
            self.mismatch(ty, declared, span, Why::None);
            return Some(NOTHING);
        }
        if let Some(value) = self.const_int(init, module, 0)
            && matches!(self.types.get(declared), TyKind::Int(_))
        {
            return Some(PatternKind::Constant(Constant::Int(value as u64)));
        }
        Some(self.literal_pattern(init, declared))
    }

    fn literal_pattern(&mut self, literal: &'a ast::Expr, ty: Ty) -> PatternKind {
        let constant = self.literal_constant(literal, ty);
        constant.map_or(NOTHING, |constant| self.of_number(PatternKind::Constant(constant), ty, literal.span))
    }

    /// The pattern of a value for that of its number: of a unit, what it wraps.
    fn of_number(&self, kind: PatternKind, ty: Ty, span: Span) -> PatternKind {
        match self.unit_base(ty) {
            Some(ty) => PatternKind::Fields(vec![(0, Pattern { kind, ty, span })], None),
            None => kind,
        }
    }

    /// The constant of a literal; that of a unit has its number.
    fn literal_constant(&mut self, literal: &'a ast::Expr, ty: Ty) -> Option<Constant> {
        let Some(suffix) = unit_suffix(literal) else { return self.constant(literal, ty) };
        let unit = self.unit_of_suffix(suffix, literal.span)?;
        if !self.unify(ty, unit) {
            self.mismatch(ty, unit, literal.span, Why::None);
            return None;
        }
        let base = self.unit_base(unit).unwrap_or(Ty::ERROR);
        self.constant(literal, base)
    }

    /// A constant of a pattern, of the type of what is matched.
    fn constant(&mut self, literal: &'a ast::Expr, ty: Ty) -> Option<Constant> {
        let ty = self.settle(ty);
        if ty == Ty::ERROR {
            return None;
        }
        let (negative, inner) = match &literal.kind {
            Ast::Unary(UnOp::Neg, inner) => (true, &**inner),
            _ => (false, literal),
        };
        let found = match &inner.kind {
            Ast::Int { value, suffix } => {
                if let Some(ast::Suffix::Type(suffix)) = suffix
                    && super::expr::number_type(*suffix) != ty
                {
                    super::expr::number_type(*suffix)
                } else if let TyKind::Int(_) = self.types.get(ty) {
                    return self.fit_int(*value, negative, ty, literal.span).map(Constant::Int);
                } else if ty == Ty::F32 || ty == Ty::F64 {
                    let value = *value as f64;
                    return Some(Constant::Float(if negative { -value } else { value }));
                } else {
                    Ty::I64
                }
            }
            Ast::Float { value, single, .. } => {
                let value = if ty == Ty::F32 { f64::from(*single) } else { *value };
                if ty == Ty::F32 || ty == Ty::F64 {
                    return Some(Constant::Float(if negative { -value } else { value }));
                }
                Ty::F64
            }
            Ast::Bool(value) if self.unify(ty, Ty::BOOL) => return Some(Constant::Bool(*value)),
            Ast::Text(text) if self.unify(ty, Ty::TEXT) => return Some(Constant::Text(*text)),
            Ast::Text(text) if ty == Ty::CHAR && self.only_char(*text).is_some() => {
                return self.only_char(*text).map(|letter| Constant::Int(u64::from(letter)));
            }
            Ast::Bool(_) => Ty::BOOL,
            Ast::Text(_) => Ty::TEXT,
            _ => {
                let error = Diagnostic::error(Code::NotConstant, "a pattern is compared with constants only")
                    .at(literal.span, "not a constant")
                    .help("compare in a guard: `case x if x == …`");
                self.error(error);
                return None;
            }
        };
        self.mismatch(ty, found, literal.span, Why::None);
        None
    }

    /// An integer literal as its type stores it; one out of range is reported.
    pub fn fit_int(&mut self, value: u64, negative: bool, ty: Ty, span: Span) -> Option<u64> {
        let TyKind::Int(int) = *self.types.get(ty) else { return Some(value) };
        let (least, greatest) = int_bounds(int);
        let number = if negative { -i128::from(value) } else { i128::from(value) };
        if (least..=greatest).contains(&number) {
            return Some(number as u64);
        }
        let name = self.show(ty);
        let mut error =
            Diagnostic::error(Code::LiteralRange, format!("`{number}` does not fit into `{name}`"))
                .at(span, format!("`{name}` holds {least} to {greatest}"));
        if int == IntTy::I64 && number > greatest {
            error = error.help("write it as `u64`: with the suffix `u64`, or where a `u64` is expected");
        }
        self.error(error);
        None
    }

    fn range_pattern(
        &mut self,
        start: Option<&'a ast::Expr>,
        end: Option<&'a ast::Expr>,
        is_inclusive: bool,
        ty: Ty,
        span: Span,
    ) -> PatternKind {
        let ty = self.settle(ty);
        let base = self.unit_base(ty).unwrap_or(ty);
        if !self.is_number(base) && base != Ty::CHAR && base != Ty::ERROR {
            let shown = self.show(ty);
            let mut error = Diagnostic::error(
                Code::TypeMismatch,
                format!("a range does not match a value of type `{shown}`"),
            )
            .at(span, "ranges match numbers, units of them and characters");
            if ty == Ty::TEXT {
                error = error.help("compare in a guard: `case s if \"a\" <= s <= \"z\"`");
            }
            self.error(error);
            return NOTHING;
        }
        let mut bounds = [None; 2];
        for (bound, literal) in bounds.iter_mut().zip([start, end]) {
            let Some(literal) = literal else { continue };
            *bound = self.literal_constant(literal, ty);
            if bound.is_none() {
                return NOTHING;
            }
        }
        let [start, end] = bounds;
        if let (Some(first), Some(last)) = (start, end)
            && self.is_empty_range(first, last, is_inclusive, base)
        {
            let warning = Diagnostic::warning(Code::UnreachableArm, "this range is empty")
                .at(span, "nothing is in it")
                .help("the lower end stands first, and `..` leaves out the upper one");
            self.error(warning);
        }
        self.of_number(PatternKind::Range { start, end, is_inclusive }, ty, span)
    }

    fn is_empty_range(&self, first: Constant, last: Constant, is_inclusive: bool, ty: Ty) -> bool {
        let order = match (first, last, self.types.get(ty)) {
            (Constant::Int(a), Constant::Int(b), TyKind::Int(int)) if int_bounds(*int).0 < 0 => {
                (a as i64).cmp(&(b as i64))
            }
            (Constant::Int(a), Constant::Int(b), _) => a.cmp(&b),
            (Constant::Float(a), Constant::Float(b), _) => a.total_cmp(&b),
            _ => return false,
        };
        order.is_gt() || order.is_eq() && !is_inclusive
    }

    fn or_pattern(&mut self, parts: &'a [ast::Pattern], ty: Ty, span: Span, cx: &mut PatternCx) -> Pattern {
        let outer = cx.bound.len();
        let mut alternatives = Vec::with_capacity(parts.len());
        let mut first: Option<Vec<(Ident, LocalId)>> = None;
        for part in parts {
            let saved = cx.again.clone();
            if let Some(first) = &first {
                let mut all = saved.clone().unwrap_or_default();
                all.extend(first.iter().copied());
                cx.again = Some(all);
            }
            alternatives.push(self.pattern(part, ty, cx));
            cx.again = saved;
            let bound = cx.bound.split_off(outer);
            match &first {
                None => first = Some(bound),
                Some(first) => self.same_names(first, &bound, part.span),
            }
        }
        cx.bound.extend(first.unwrap_or_default());
        Pattern { kind: PatternKind::Or(alternatives), ty, span }
    }

    fn same_names(&mut self, first: &[(Ident, LocalId)], other: &[(Ident, LocalId)], span: Span) {
        let missing = first.iter().find(|(name, _)| other.iter().all(|(o, _)| o.name != name.name));
        let extra = other.iter().find(|(name, _)| first.iter().all(|(o, _)| o.name != name.name));
        if let Some((name, _)) = missing.or(extra) {
            let at = if missing.is_some() { span } else { name.span };
            let text = self.name(name.name);
            let error = Diagnostic::error(
                Code::AlternativeNames,
                format!("`{text}` is bound by some of the alternatives only"),
            )
            .at(at, "the alternatives must bind the same names")
            .help(format!("bind `{text}` in each, or write two cases"));
            self.error(error);
        }
    }

    /// `match v:`.
    pub fn match_expr(&mut self, m: &'a ast::Match, span: Span, expect: Expect) -> Expr {
        let mark = self.infer.mark();
        let mut value = self.expr(&m.value, Expect::Any);
        if m.arms.iter().any(|arm| self.asks_whether_there(&arm.pattern)) {
            value = self.as_optional(value);
        }
        self.default_literals(mark);
        let ty = value.ty;
        let mut heads = Vec::with_capacity(m.arms.len());
        let mut bodies = Vec::with_capacity(m.arms.len());
        let mut ended = Vec::new();
        for arm in &m.arms {
            let names = self.cx().names.mark();
            let pattern = self.whole_pattern(&arm.pattern, ty, false, None);
            let facts = self.cx().facts.mark();
            let guard = arm.guard.as_ref().map(|written| {
                let mark = self.infer.mark();
                let guard = self.condition(written);
                self.default_literals(mark);
                self.learn(written, true);
                guard
            });
            heads.push((pattern, guard));
            let body = self.branch(&mut ended, |checker| checker.block(&arm.body, expect));
            self.note_end(body.ty, expect);
            bodies.push(body);
            self.forget(facts);
            self.cx().names.forget_since(names);
        }
        self.end_all(ended);
        let result = self.branch_type(&mut bodies, expect, true);
        let result = if m.arms.is_empty() { Ty::ERROR } else { result };
        let arms: Vec<Arm> = heads
            .into_iter()
            .zip(bodies)
            .map(|((pattern, guard), body)| Arm { pattern, guard, body })
            .collect();
        self.check_exhaustive(&arms, ty, m.keyword);
        expr(ExprKind::Match(Box::new(value), arms), result, span)
    }
}

/// The suffix of a literal, or of one behind a sign, when it is a unit's.
pub(super) fn unit_suffix(literal: &ast::Expr) -> Option<Symbol> {
    match &literal.kind {
        Ast::Unary(UnOp::Neg, inner) => unit_suffix(inner),
        Ast::Int { suffix: Some(ast::Suffix::Unit(unit)), .. }
        | Ast::Float { suffix: Some(ast::Suffix::Unit(unit)), .. } => Some(*unit),
        _ => None,
    }
}
