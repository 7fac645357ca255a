//! Values with fields: construction, fields, elements.

use std::rc::Rc;

use super::arguments::{Given, Slot};
use super::context::*;
use super::infer::VarKind;
use super::mismatch::of_field;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, ArgKind, ExprKind as Ast, Ident};

/// The fields of a range.
const RANGE_FIELDS: [&str; 2] = ["start", "end"];

impl<'a> Checker<'a> {
    /// `Point(x: 1.0, ..p)`.
    pub fn construct(
        &mut self,
        item: TypeItem,
        name: Ident,
        written: &'a [ast::Type],
        args: &[Given<'a>],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let ty = self.type_of_item(item, written, name);
        self.construct_of(ty, name, args, span, expect)
    }

    /// A value of a type built from its fields.
    pub fn construct_of(
        &mut self,
        ty: Ty,
        name: Ident,
        args: &[Given<'a>],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let TyKind::Adt(id, type_args) = self.types.get(ty).clone() else {
            self.check_loosely(args);
            if ty != Ty::ERROR {
                let shown = self.show(ty);
                let error =
                    Diagnostic::error(Code::NotCallable, format!("`{shown}` is not built from fields"))
                        .at(name.span, "not a struct or class");
                self.error(error);
            }
            return self.error_expr(span);
        };
        if matches!(self.adts[id.idx()].kind, AdtKind::Enum | AdtKind::Actor) {
            self.check_loosely(args);
            return self.unsupported("a value of this type", span);
        }
        if !args.is_empty() && !self.shows_fields(id) {
            let name = self.name(self.adts[id.idx()].name);
            let error = Diagnostic::error(Code::Arguments, format!("`{name}` is built without arguments"))
                .at(span, "arguments here")
                .help("write what it holds in braces: `{a, b}`, `{key: value}`");
            self.error(error);
            self.check_loosely(args);
            return self.error_expr(span);
        }
        if self.unit_base(ty).is_some() {
            return self.construct_unit(ty, name, args, span);
        }
        // What is expected decides type parameters that no field mentions, and literals.
        if let Some(wanted) = expect.ty() {
            match self.types.get(self.resolve(wanted)).clone() {
                TyKind::Adt(other, _) if other == id => {
                    self.unify(ty, wanted);
                }
                TyKind::Dyn(of, args) => self.take_wanted_way(ty, of, &args, span),
                _ => {}
            }
        }
        self.record(id, ty, &type_args, name, args, span)
    }

    fn record(
        &mut self,
        id: AdtId,
        ty: Ty,
        type_args: &[Ty],
        name: Ident,
        args: &[Given<'a>],
        span: Span,
    ) -> Expr {
        let declared = self.adts[id.idx()].span;
        let fields: Vec<(Symbol, Ty)> = match self.adts[id.idx()].variants.first() {
            Some(variant) => {
                variant.fields.iter().map(|f| (f.name.unwrap_or(self.sym.empty), f.ty)).collect()
            }
            None => Vec::new(),
        };
        let decls = self.adt_infos[id.idx()].fields.clone();
        let base = args.iter().position(|arg| arg.kind == ArgKind::Update);
        let (args, base) = match base {
            Some(at) if at + 1 == args.len() => (&args[..at], Some(args[at].value)),
            Some(at) => {
                let error = Diagnostic::error(Code::Arguments, "`..` comes last")
                    .at(args[at].value.span, "the fields not named come from here")
                    .help("move it to the end");
                self.error(error);
                self.check_loosely(args);
                return self.error_expr(span);
            }
            None => (args, None),
        };
        if !self.takes(args, false) {
            return expr(ExprKind::Error, ty, span);
        }
        let slots: Vec<Slot> = fields
            .iter()
            .zip(&decls)
            .map(|(&(name, ty), decl)| Slot {
                name,
                is_optional: base.is_some() || decl.decl.default.is_some(),
                is_variadic: false,
                takes_function: self.takes_function(ty),
            })
            .collect();
        let what = format!("`{}`", self.name(name.name));
        let Some(targets) = self.assign_arguments((&what, "field"), &slots, args, span, Some(declared))
        else {
            self.check_loosely(args);
            if let Some(base) = base {
                self.expr(base, Expect::Any);
            }
            return expr(ExprKind::Error, ty, span);
        };
        let mut given = vec![false; fields.len()];
        let mut checked: Vec<Option<(u32, Expr)>> = args.iter().map(|_| None).collect();
        let generics = Rc::clone(&self.adt_infos[id.idx()].scope.generics);
        for waiting in [false, true] {
            if waiting {
                self.take_only_ways(&generics, type_args, span);
            }
            for (i, (arg, &target)) in args.iter().zip(&targets).enumerate() {
                if self.waits_for_others(arg.value) == waiting {
                    let field_ty = self.types.substitute(fields[target].1, type_args);
                    given[target] = true;
                    let why = of_field(decls[target].decl);
                    checked[i] = Some((target as u32, self.field_value(arg.value, field_ty, why)));
                }
            }
        }
        let mut values: Vec<(u32, Expr)> = checked.into_iter().flatten().collect();
        if let Some(base) = base {
            return self.update(base, ty, &fields, type_args, values, &given, span);
        }
        for (i, decl) in decls.iter().enumerate().filter(|(i, _)| !given[*i]) {
            let Some(default) = decl.decl.default.as_ref() else { continue };
            let field_ty = self.types.substitute(fields[i].1, type_args);
            values.push((i as u32, self.field_default(default, decl.decl, &decl.scope, field_ty)));
        }
        expr(ExprKind::Record(values), ty, span)
    }

    /// What a field of a type is to hold.
    pub fn field_value(&mut self, value: &'a ast::Expr, held: Ty, why: Why) -> Expr {
        let wanted = self.read_type(held);
        let value = self.expr_as(value, wanted, why);
        self.held_value(value, held)
    }

    /// `Point(x: 9.0, ..p)`: the named fields are evaluated first, as written, then `p`.
    #[allow(clippy::too_many_arguments, reason = "the parts of one construction, used once")]
    fn update(
        &mut self,
        base: &'a ast::Expr,
        ty: Ty,
        fields: &[(Symbol, Ty)],
        type_args: &[Ty],
        values: Vec<(u32, Expr)>,
        given: &[bool],
        span: Span,
    ) -> Expr {
        let mut code = Vec::new();
        let mut parts = Vec::with_capacity(fields.len());
        for (index, value) in values {
            let at = value.span;
            let (bind, local) = self.temporary(value, false);
            code.push(bind);
            parts.push((index, self.local(local, at)));
        }
        let base = self.expr_as(base, ty, Why::None);
        let at = base.span;
        let (bind, base) = self.temporary(base, false);
        code.push(bind);
        for (i, &(_, field_ty)) in fields.iter().enumerate().filter(|(i, _)| !given[*i]) {
            let field_ty = self.types.substitute(field_ty, type_args);
            let base = self.local(base, at);
            parts.push((i as u32, expr(ExprKind::Field(Box::new(base), i as u32), field_ty, at)));
        }
        code.push(expr(ExprKind::Record(parts), ty, span));
        expr(ExprKind::Block(code, true), ty, span)
    }

    /// The number and type of a field, also of a tuple by its label and of a range by `start` and `end`.
    pub fn field_of(&mut self, ty: Ty, name: Symbol) -> Option<(u32, Ty)> {
        let ty = self.resolve(ty);
        match self.types.get(ty) {
            TyKind::Adt(id, args) => {
                let adt = &self.adts[id.idx()];
                if adt.kind == AdtKind::Enum || !self.shows_fields(*id) {
                    return None;
                }
                let fields = &adt.variants.first()?.fields;
                let at = fields.iter().position(|field| field.name == Some(name))?;
                let (field, args) = (fields[at].ty, args.clone());
                Some((at as u32, self.types.substitute(field, &args)))
            }
            TyKind::Tuple(types, Some(labels)) => {
                let at = labels.iter().position(|&label| label == name)?;
                Some((at as u32, types[at]))
            }
            TyKind::Range(elem) => {
                let at = RANGE_FIELDS.iter().position(|&field| field == self.name(name))?;
                Some((at as u32, *elem))
            }
            _ => None,
        }
    }

    /// Whether the code here may know of a type's fields: those of the runtime's structs are its own.
    pub fn shows_fields(&self, id: AdtId) -> bool {
        let is_runtime = |module: usize| self.modules[module].is_runtime;
        let current = &self.bodies[self.current];
        !is_runtime(self.adt_infos[id.idx()].scope.module) || is_runtime(current.scope.module)
    }

    /// The names of a type's fields, in order.
    pub fn field_names(&self, ty: Ty) -> Vec<Symbol> {
        match self.types.get(self.resolve(ty)) {
            TyKind::Adt(id, _) if self.adts[id.idx()].kind != AdtKind::Enum && self.shows_fields(*id) => {
                let variants = &self.adts[id.idx()].variants;
                variants.first().map_or(Vec::new(), |v| v.fields.iter().filter_map(|f| f.name).collect())
            }
            TyKind::Tuple(_, Some(labels)) => labels.clone(),
            _ => Vec::new(),
        }
    }

    /// `a.b`: a field, or a method called without parentheses.
    pub fn field_expr(&mut self, e: &'a ast::Expr, base: &'a ast::Expr, name: Ident, expect: Expect) -> Expr {
        let span = e.span;
        if let Some((named, name)) = self.named(e) {
            return self.named_value(named, name.name, span, expect);
        }
        if let Some(owner) = self.owner(base) {
            return self.member_of_type(owner, name, span, expect);
        }
        let base = self.expr(base, Expect::Any);
        self.member(base, name, span, expect)
    }

    /// A field of a value, or a method called without parentheses.
    pub fn member(&mut self, base: Expr, name: Ident, span: Span, expect: Expect) -> Expr {
        let held = self.held_member(base, name, span, expect);
        self.read_field(held)
    }

    /// The same, of a field what it holds.
    pub fn held_member(&mut self, base: Expr, name: Ident, span: Span, expect: Expect) -> Expr {
        let base = self.needed(base);
        let ty = base.ty;
        if ty == Ty::ERROR || ty == Ty::NEVER {
            return self.of_nothing(base, span);
        }
        if let Some((index, field_ty)) = self.field_of(ty, name.name) {
            return expr(ExprKind::Field(Box::new(base), index), field_ty, span);
        }
        if self.builtin_method(ty, name.name).is_some()
            || self.find_method(ty, name.name).is_some()
            || self.method_of_parts(ty, name.name).is_some()
        {
            if self.lacks_arguments(ty, name, span) {
                return self.error_expr(span);
            }
            return self.method_call(base, name, &[], &[], span, expect);
        }
        self.unknown_member_of(&base, name, "field");
        self.error_expr(span)
    }

    /// `t.0`.
    pub fn tuple_field(&mut self, base: Expr, index: u64, span: Span) -> Expr {
        let base = self.needed(base);
        let ty = base.ty;
        match self.types.get(ty) {
            TyKind::Error | TyKind::Never => self.of_nothing(base, span),
            TyKind::Var(_) if self.var_kind(ty) == Some(VarKind::Any) => {
                let what = format!("that `.{index}` belongs to");
                self.not_known_here(ty, &what, span, "needs a known type in front");
                self.error_expr(span)
            }
            TyKind::Tuple(types, _) => {
                let n = types.len();
                match usize::try_from(index).ok().and_then(|i| types.get(i)) {
                    Some(&part) => expr(ExprKind::Field(Box::new(base), index as u32), part, span),
                    None => {
                        let shown = self.show(ty);
                        let error = Diagnostic::error(
                            Code::UnknownMember,
                            format!("`{shown}` has no element {index}"),
                        )
                        .at(span, "no such element")
                        .help(format!("its elements are 0 to {}", n.saturating_sub(1)));
                        self.error(error);
                        self.error_expr(span)
                    }
                }
            }
            _ => {
                let shown = self.show(ty);
                let error = Diagnostic::error(Code::UnknownMember, format!("`{shown}` is no tuple"))
                    .at(span, "only tuples have numbered elements");
                self.error(error);
                self.error_expr(span)
            }
        }
    }

    /// `a[i]`.
    pub fn index(&mut self, base: &'a ast::Expr, index: &'a ast::Expr, span: Span) -> Expr {
        let base = self.expr(base, Expect::Any);
        self.index_of(base, index, span)
    }

    /// `a[i]` of what is checked.
    pub fn index_of(&mut self, base: Expr, index: &'a ast::Expr, span: Span) -> Expr {
        let base = self.needed(base);
        let ty = base.ty;
        let elem = match *self.types.get(ty) {
            TyKind::Array(elem) | TyKind::FixedArray(elem, _) => elem,
            TyKind::Tuple(..) => {
                if let Ast::Int { value, .. } = index.kind {
                    return self.tuple_field(base, value, span);
                }
                self.expr(index, Expect::Any);
                let error = Diagnostic::error(Code::NotIndexable, "a tuple is indexed by a literal only")
                    .at(index.span, "this is not known when compiling");
                self.error(error);
                return self.error_expr(span);
            }
            TyKind::Text if self.slice_help(index).is_none() => {
                let index = self.expr_as(index, Ty::I64, Why::None);
                return self.call_lang("text_index", vec![base, index], "indexing a text", span);
            }
            TyKind::Text => Ty::TEXT,
            TyKind::Error | TyKind::Never => {
                self.expr(index, Expect::Any);
                return self.of_nothing(base, span);
            }
            TyKind::Adt(id, _) if Some(id) == self.dict => return self.dict_get(base, index, span),
            TyKind::Var(_) if self.var_kind(ty) == Some(VarKind::Any) => {
                self.not_known_here(ty, "of what is indexed", base.span, "needs a known type");
                self.expr(index, Expect::Any);
                return self.of_nothing(base, span);
            }
            _ => {
                self.expr(index, Expect::Any);
                let shown = self.words_for(&base);
                let error =
                    Diagnostic::error(Code::NotIndexable, format!("{} cannot be indexed", shown.full))
                        .at(base.span, shown.label());
                self.error(error);
                return self.error_expr(span);
            }
        };
        if let Some(help) = self.slice_help(index) {
            let error = Diagnostic::error(Code::TypeMismatch, "an index is an integer, and this is a range")
                .at(index.span, "this is a range")
                .help(help);
            self.error(error);
            return self.error_expr(span);
        }
        let index = self.expr(index, Expect::Any);
        if self.var_kind(index.ty) == Some(VarKind::Any) {
            self.unify(index.ty, Ty::I64);
        }
        let index = self.settled(index);
        let found = index.ty;
        if !matches!(self.types.get(found), TyKind::Int(_) | TyKind::Error | TyKind::Never) {
            let shown = self.words_for(&index);
            let message = format!("an index is an integer, and this is {}", shown.full);
            let error = Diagnostic::error(Code::TypeMismatch, message).at(index.span, shown.label());
            self.error(error);
        }
        expr(ExprKind::Index(Box::new(base), Box::new(index)), elem, span)
    }

    /// What to write for a range as an index.
    fn slice_help(&self, index: &ast::Expr) -> Option<String> {
        let Ast::Range { start, end, is_inclusive } = &index.kind else { return None };
        let bound = |e: &Option<Box<ast::Expr>>, more: u64| match e.as_deref().map(|e| &e.kind) {
            None => Some(String::new()),
            Some(Ast::Int { value, .. }) => Some((value + more).to_string()),
            Some(Ast::Name(name)) if more == 0 => Some(self.name(*name).to_owned()),
            Some(Ast::Name(name)) => Some(format!("{} + {more}", self.name(*name))),
            Some(_) => None,
        };
        let bounds = bound(start, 0).zip(bound(end, u64::from(*is_inclusive)));
        Some(match bounds {
            Some((start, end)) => format!("a part is written `[{start}:{end}]`"),
            None => "a part is written `[start:end]`, the end not being in it".to_owned(),
        })
    }

    /// `a[i:j]`, `a[i:j:k]`.
    pub fn slice(&mut self, base: &'a ast::Expr, bounds: &'a ast::SliceBounds, span: Span) -> Expr {
        let base = self.expr(base, Expect::Any);
        let base = self.as_array(base);
        if let Some(step) = &bounds.step {
            return self.stride(base, bounds, step, span);
        }
        let bound = |checker: &mut Self, e: &'a Option<ast::Expr>, default: u64| match e {
            Some(e) => checker.expr_as(e, Ty::I64, Why::None),
            None => checker.int(default, Ty::I64, span),
        };
        let start = bound(self, &bounds.start, 0);
        let end = bound(self, &bounds.end, i64::MAX as u64);
        let ty = self.resolve(base.ty);
        let name = match self.types.get(ty) {
            TyKind::Text => "text_slice",
            TyKind::Array(_) => "array_slice",
            TyKind::Error | TyKind::Never => return self.of_nothing(base, span),
            _ => {
                let shown = self.words_for(&base);
                let error = Diagnostic::error(Code::NotIndexable, format!("{} cannot be sliced", shown.full))
                    .at(base.span, shown.label());
                self.error(error);
                return self.error_expr(span);
            }
        };
        self.call_lang(name, vec![base, start, end], "a slice", span)
    }

    /// `a[i:j:k]`.
    fn stride(&mut self, base: Expr, bounds: &'a ast::SliceBounds, step: &'a ast::Expr, span: Span) -> Expr {
        let ty = self.resolve(base.ty);
        let name = match self.types.get(ty) {
            TyKind::Array(_) => "array_stride",
            TyKind::Text => "text_stride",
            TyKind::Error | TyKind::Never => return self.of_nothing(base, span),
            _ => {
                let shown = self.words_for(&base);
                let message = format!("{} cannot be sliced in steps", shown.full);
                let error = Diagnostic::error(Code::NotIndexable, message).at(base.span, shown.label());
                self.error(error);
                return self.error_expr(span);
            }
        };
        let Some(optional) = self.option_of(Ty::I64) else { return self.error_expr(span) };
        let mut bound = |e: &'a Option<ast::Expr>| match e {
            Some(e) => self.expr_as(e, optional, Why::None),
            None => self.nil(span, Expect::Ty(optional, Why::None)),
        };
        let (start, end) = (bound(&bounds.start), bound(&bounds.end));
        let step = self.expr_as(step, Ty::I64, Why::None);
        self.call_lang(name, vec![base, start, end, step], "a slice with a step", span)
    }

    /// Whether the runtime marks a function `@lang("name")`.
    pub fn is_lang(&self, func: FuncId, name: &str) -> bool {
        self.interner.lookup(name).and_then(|name| self.lang.get(&name)) == Some(&func)
    }

    /// A call of a function that the runtime marks `@lang("name")`.
    pub fn call_lang(&mut self, name: &str, args: Vec<Expr>, what: &str, span: Span) -> Expr {
        match self.interner.lookup(name).and_then(|name| self.lang_decls.get(&name).copied()) {
            Some(id) => self.call_checked(id, args, span),
            None => self.unsupported(what, span),
        }
    }
}
