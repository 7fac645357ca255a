//! Written types to types, and the constants inside them.

use super::context::*;
use super::describe::plural;
use super::tree::TraitRef;
use super::types::{Ty, TyKind, large_type};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, BinOp, ExprKind, TypeKind, UnOp};

/// The built-in types with arguments, and how many.
const CONSTRUCTORS: &[(&str, usize)] = &[("ptr", 1), ("Range", 1), ("cstr", 0)];

/// How deep an expression of constants may be.
const MAX_CONSTANT: u32 = 1_000;

impl<'a> Checker<'a> {
    /// The built-in type of a name without arguments.
    pub fn builtin_type(&self, name: &str) -> Option<Ty> {
        Ty::named().find(|&(known, _)| known == name).map(|(_, ty)| ty)
    }

    /// The type that is written; errors are reported once, here.
    pub fn ty(&mut self, written: &'a ast::Type, scope: &TyScope) -> Ty {
        let ty = self.written_type(written, scope);
        self.check_size(written.span);
        ty
    }

    /// Reports a type that was too large to be made, the first one only: what is made of it would be, too.
    pub fn check_size(&mut self, span: Span) {
        if self.types.take_outgrown() && self.diags.iter().all(|error| error.code != Some(Code::TooLarge)) {
            self.error(large_type(span));
        }
    }

    fn written_type(&mut self, written: &'a ast::Type, scope: &TyScope) -> Ty {
        match &written.kind {
            TypeKind::Path { path, args } => self.path_type(path, args, written.span, scope),
            TypeKind::Array(elem) => {
                let elem = self.ty(elem, scope);
                self.types.intern(TyKind::Array(elem))
            }
            TypeKind::FixedArray(elem, count) => {
                let elem = self.ty(elem, scope);
                match self.count(count, scope.module) {
                    Some(n) => self.types.intern(TyKind::FixedArray(elem, n)),
                    None => Ty::ERROR,
                }
            }
            TypeKind::Tuple(parts) => {
                if parts.is_empty() {
                    return Ty::UNIT;
                }
                let types = parts.iter().map(|part| self.ty(&part.ty, scope)).collect();
                let labels: Option<Vec<Symbol>> =
                    parts.iter().map(|part| part.label.map(|l| l.name)).collect();
                self.types.intern(TyKind::Tuple(types, labels))
            }
            TypeKind::Fn { params, ret, throws } => {
                let params = params.iter().map(|param| self.ty(param, scope)).collect();
                let mut ret = ret.as_ref().map_or(Ty::UNIT, |ret| self.ty(ret, scope));
                if let Some(throws) = throws {
                    let error = self.ty(throws, scope);
                    ret = self.thrown_type(ret, error);
                }
                self.types.intern(TyKind::Fn(params, ret))
            }
            TypeKind::Dict(key, value) => {
                let (key, value) = (self.ty(key, scope), self.ty(value, scope));
                self.dict_type(key, value)
            }
            TypeKind::Set(elem) => {
                let elem = self.ty(elem, scope);
                self.set_type(elem)
            }
            TypeKind::Option(payload) => {
                let payload = self.ty(payload, scope);
                match self.option_of(payload) {
                    Some(ty) => ty,
                    None => self.unsupported("an optional type", written.span).ty,
                }
            }
            TypeKind::Union(parts) => self.union_type(parts, written.span, scope),
            TypeKind::Dyn(of) => match self.bound(of, scope) {
                Some(Bound { of: TraitRef { id, args }, .. }) => self.types.intern(TyKind::Dyn(id, args)),
                None => Ty::ERROR,
            },
            TypeKind::Vector(..) => self.unsupported("a SIMD vector", written.span).ty,
            TypeKind::Capability(..) => {
                let error = Diagnostic::error(
                    Code::MisplacedCapability,
                    "a capability stands where it means nothing",
                )
                .at(
                    written.span,
                    "`mut` and `iso` belong in front of the type of a parameter or field, `weak` of a field's",
                )
                .help("remove the word");
                self.error(error);
                Ty::ERROR
            }
            TypeKind::Infer => self.fresh(super::infer::VarKind::Any, written.span),
        }
    }

    fn path_type(
        &mut self,
        path: &'a [ast::Ident],
        args: &'a [ast::Type],
        span: Span,
        scope: &TyScope,
    ) -> Ty {
        let [name] = path else { return self.qualified_type(path, args, span, scope) };
        if let Some(&(_, ty)) = scope.given.iter().find(|(given, _)| *given == name.name) {
            self.expect_type_args(name.name, 0, args.len(), span);
            return ty;
        }
        if let Some(i) = scope.generic(name.name) {
            self.expect_type_args(name.name, 0, args.len(), span);
            return self.types.intern(TyKind::Param(i));
        }
        let text = self.name(name.name);
        if text == "Self"
            && let Some(ty) = scope.self_ty
        {
            return ty;
        }
        if let Some(item) = self.module_type(scope.module, name.name) {
            let args: Vec<Ty> = args.iter().map(|arg| self.ty(arg, scope)).collect();
            return self.item_type(item, args, *name, span);
        }
        if let Some(ty) = self.builtin_type(text) {
            self.expect_type_args(name.name, 0, args.len(), span);
            return ty;
        }
        if let Some(&(constructor, n)) = CONSTRUCTORS.iter().find(|(c, _)| *c == text) {
            let args: Vec<Ty> = args.iter().map(|arg| self.ty(arg, scope)).collect();
            if !self.expect_type_args(name.name, n, args.len(), span) {
                return Ty::ERROR;
            }
            let kind = match constructor {
                "ptr" => TyKind::Ptr(args[0]),
                "Range" => TyKind::Range(args[0]),
                _ => TyKind::Ptr(Ty::U8),
            };
            return self.types.intern(kind);
        }
        self.unknown_type(*name, scope);
        Ty::ERROR
    }

    /// Whether what is written, which may be something else, names types only.
    pub fn is_type(&self, written: &ast::Type) -> bool {
        match &written.kind {
            TypeKind::Path { path, .. } => self.is_type_path(path),
            TypeKind::Array(of) | TypeKind::Set(of) | TypeKind::Option(of) => self.is_type(of),
            TypeKind::Tuple(parts) => parts.iter().all(|part| self.is_type(&part.ty)),
            TypeKind::Union(parts) => parts.iter().all(|part| self.is_type(part)),
            TypeKind::FixedArray(..)
            | TypeKind::Dict(..)
            | TypeKind::Fn { .. }
            | TypeKind::Dyn(_)
            | TypeKind::Vector(..)
            | TypeKind::Capability(..)
            | TypeKind::Infer => true,
        }
    }

    fn is_type_path(&self, path: &[ast::Ident]) -> bool {
        let scope = &self.bodies[self.current].scope;
        let [name] = path else { return matches!(self.path_type_item(scope.module, path), Ok(Some(_))) };
        let text = self.name(name.name);
        scope.given.iter().any(|(given, _)| *given == name.name)
            || scope.generic(name.name).is_some()
            || text == "Self" && scope.self_ty.is_some()
            || self.module_type(scope.module, name.name).is_some()
            || self.builtin_type(text).is_some()
            || CONSTRUCTORS.iter().any(|(constructor, _)| *constructor == text)
    }

    /// `module.Type<args>`.
    fn qualified_type(
        &mut self,
        path: &'a [ast::Ident],
        args: &'a [ast::Type],
        span: Span,
        scope: &TyScope,
    ) -> Ty {
        let Some(&name) = path.last() else { return Ty::ERROR };
        match self.path_type_item(scope.module, path) {
            Ok(Some(item)) => {
                let args: Vec<Ty> = args.iter().map(|arg| self.ty(arg, scope)).collect();
                return self.item_type(item, args, name, span);
            }
            Ok(None) => self.unknown_path(path, scope),
            Err(what) => self.not_offered(what),
        }
        Ty::ERROR
    }

    /// Reports a path that leads to no type.
    pub fn unknown_path(&mut self, path: &[ast::Ident], scope: &TyScope) {
        let Some((&name, of)) = path.split_last() else { return };
        let &[first, ..] = of else { return self.unknown_type(name, scope) };
        if let Ok(Some(item)) = self.path_type_item(scope.module, of) {
            return self.no_type_of_type(item, of, name);
        }
        if self.module_by_name(scope.module, first.name).is_some() {
            return self.unknown_type(name, scope);
        }
        match self.name(first.name).starts_with(char::is_uppercase) {
            true => self.unknown_type(first, scope),
            false => self.no_module(first),
        }
    }

    /// Reports a path of a type and a name in it where there is to be a type: there are no types in types.
    fn no_type_of_type(&mut self, item: TypeItem, of: &[ast::Ident], name: ast::Ident) {
        let id = match item {
            TypeItem::Adt(id) if self.adts[id.idx()].kind == super::tree::AdtKind::Enum => Some(id),
            _ => None,
        };
        if let Some(id) = id.filter(|&id| self.variant_of(id, name.name).is_none()) {
            self.unknown_variant(id, name);
            return;
        }
        let shown: Vec<&str> = of.iter().map(|part| self.name(part.name)).collect();
        let (shown, text) = (shown.join("."), self.name(name.name));
        let error = match id {
            Some(_) => {
                Diagnostic::error(Code::UnknownType, format!("`{shown}.{text}` is a case, and no type"))
                    .at(name.span, "not a type")
                    .help(format!(
                        "the type is `{shown}`; a pattern, `case {shown}.{text}(…):`, asks for the case"
                    ))
            }
            None => Diagnostic::error(Code::UnknownType, format!("`{shown}` has no type `{text}`"))
                .at(name.span, "types have no types in them"),
        };
        self.error(error);
    }

    /// What an alias stands for, over its type parameters.
    pub fn alias_type(&mut self, index: usize) -> Ty {
        let AliasInfo { decl, module, state, ty } = self.aliases[index];
        if state == State::Done {
            return ty;
        }
        self.aliases[index].state = State::InProgress;
        let scope = TyScope::of_module(module);
        let scope = TyScope { generics: self.generics(&scope, &decl.generics), ..scope };
        let ty = self.ty(&decl.ty, &scope);
        // A part that is left open is another at each use.
        let state = if self.types.has_var(ty) { State::Unchecked } else { State::Done };
        self.aliases[index] = AliasInfo { decl, module, state, ty };
        ty
    }

    /// The type of a declared name in an expression or a pattern; fresh unknowns stand for arguments that are left out.
    pub fn type_of_item(&mut self, item: TypeItem, written: &'a [ast::Type], name: ast::Ident) -> Ty {
        let args = if written.is_empty() {
            match item {
                TypeItem::Adt(id) => {
                    let info = &self.adt_infos[id.idx()];
                    self.unknown_args(info.generics, info.scope.module, name.span)
                }
                TypeItem::Alias(index) => {
                    let AliasInfo { decl, module, .. } = self.aliases[index];
                    self.unknown_args(&decl.generics, module, name.span)
                }
                TypeItem::Trait(_) | TypeItem::Mixin(_) | TypeItem::Unsupported => Vec::new(),
            }
        } else {
            let scope = self.cx().scope.clone();
            written.iter().map(|ty| self.ty(ty, &scope)).collect()
        };
        self.item_type(item, args, name, name.span)
    }

    /// The struct, enum or the like that a path in a pattern names, itself or by an alias.
    pub fn type_of_path(&mut self, path: &[ast::Ident]) -> Option<Ty> {
        let module = self.cx().scope.module;
        match self.path_type_item(module, path).ok()?? {
            item @ (TypeItem::Adt(_) | TypeItem::Alias(_)) => {
                let ty = self.type_of_item(item, &[], *path.last()?);
                matches!(self.types.get(ty), TyKind::Adt(..)).then_some(ty)
            }
            TypeItem::Trait(_) | TypeItem::Mixin(_) | TypeItem::Unsupported => None,
        }
    }

    /// The type of a declared name with its arguments.
    pub fn item_type(&mut self, item: TypeItem, args: Vec<Ty>, name: ast::Ident, span: Span) -> Ty {
        match item {
            TypeItem::Adt(id) => {
                let info = &self.adt_infos[id.idx()];
                let (params, module) = (info.generics, info.scope.module);
                let args =
                    self.with_defaults(name, params, module, args.clone(), span).unwrap_or_else(|| {
                        // Its methods and fields are known all the same.
                        args.into_iter().chain(std::iter::repeat(Ty::ERROR)).take(params.len()).collect()
                    });
                self.types.intern(TyKind::Adt(id, args))
            }
            TypeItem::Alias(index) => {
                let AliasInfo { decl, module, .. } = self.aliases[index];
                if self.aliases[index].state == State::InProgress {
                    let error = Diagnostic::error(
                        Code::InfiniteType,
                        format!("the type `{}` stands for itself", self.name(name.name)),
                    )
                    .at(decl.name.span, "declared by way of itself")
                    .help("an enum with a case for each, or a class, can hold itself");
                    self.error(error);
                    return Ty::ERROR;
                }
                let Some(args) = self.with_defaults(name, &decl.generics, module, args, span) else {
                    return Ty::ERROR;
                };
                let ty = self.alias_type(index);
                self.types.substitute(ty, &args)
            }
            // A trait alone is the type of its objects.
            TypeItem::Trait(id) => {
                let info = &self.trait_infos[id.idx()];
                let (decl, module) = (info.decl, info.scope.module);
                let Some(args) = self.with_defaults(name, &decl.generics, module, args, span) else {
                    return Ty::ERROR;
                };
                self.types.intern(TyKind::Dyn(id, args))
            }
            TypeItem::Mixin(_) => {
                self.mixin_is_no_type(name);
                Ty::ERROR
            }
            // The declaration itself was reported.
            TypeItem::Unsupported => Ty::ERROR,
        }
    }

    pub fn expect_type_args(&mut self, name: Symbol, wanted: usize, found: usize, span: Span) -> bool {
        if wanted != found {
            self.wrong_type_args(name, &plural(wanted, "type argument"), found, span);
        }
        wanted == found
    }

    pub fn wrong_type_args(&mut self, name: Symbol, wanted: &str, found: usize, span: Span) {
        let name = self.name(name);
        let mut error =
            Diagnostic::error(Code::TypeArguments, format!("`{name}` takes {wanted}, not {found}"))
                .at(span, format!("{} here", plural(found, "type argument")));
        if found == 0 {
            error = error.help(format!("write a type for each, or a type parameter: `{name}<…>`"));
        }
        self.error(error);
    }

    fn unknown_type(&mut self, name: ast::Ident, scope: &TyScope) {
        let text = self.name(name.name);
        if is_vector_alias(text) {
            self.unsupported("a SIMD vector", name.span);
            return;
        }
        let mut error = Diagnostic::error(Code::UnknownType, format!("there is no type `{text}`"))
            .at(name.span, "not declared here or in the prelude");
        let names = &self.namespaces[self.module_names[scope.module]];
        let declared = names.order.iter().filter(|n| names.types.contains_key(n)).map(|&n| self.name(n));
        let declared = declared.chain(self.imported_names(scope.module));
        let generics = scope.generics.iter().map(|g| self.name(g.name));
        let builtin = Ty::named().map(|(name, _)| name).chain(CONSTRUCTORS.iter().map(|(n, _)| *n));
        const FOREIGN: &[(&str, &str)] = &[
            ("int", "i64"),
            ("float", "f64"),
            ("double", "f64"),
            ("str", "text"),
            ("string", "text"),
            ("String", "text"),
            ("Text", "text"),
            ("boolean", "bool"),
            ("void", "()"),
        ];
        if let Some((_, ours)) = FOREIGN.iter().find(|(theirs, _)| *theirs == text) {
            error = error.help(format!("write `{ours}`"));
        } else if let Some(near) = self.nearest(text, || generics.chain(declared).chain(builtin).collect()) {
            error = error.help(format!("did you mean `{near}`?"));
        }
        self.error(error);
    }

    /// The length in a fixed array's type.
    fn count(&mut self, e: &'a ast::Expr, module: usize) -> Option<u64> {
        match self.const_int(e, module, 0) {
            Some(n) => {
                if let Ok(n) = u32::try_from(n) {
                    return Some(u64::from(n));
                }
                let error =
                    Diagnostic::error(Code::NotConstant, format!("a fixed array cannot have {n} elements"))
                        .at(e.span, "this length is out of range");
                self.error(error);
            }
            None => {
                let error = Diagnostic::error(Code::NotConstant, "the length of a fixed array must be known")
                    .at(e.span, "this is not known when compiling")
                    .help("write a number or a `const`, or use an array `[T]`");
                self.error(error);
            }
        }
        None
    }

    /// The value of an integer expression of literals, module-level constants and operators.
    pub fn const_int(&mut self, e: &'a ast::Expr, module: usize, depth: u32) -> Option<i128> {
        if depth > MAX_CONSTANT {
            return None;
        }
        match &e.kind {
            ExprKind::Int { value, .. } => Some(i128::from(*value)),
            ExprKind::Unary(UnOp::Neg, inner) => self.const_int(inner, module, depth + 1)?.checked_neg(),
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.const_int(a, module, depth + 1)?, self.const_int(b, module, depth + 1)?);
                match op {
                    BinOp::Add => a.checked_add(b),
                    BinOp::Sub => a.checked_sub(b),
                    BinOp::Mul => a.checked_mul(b),
                    BinOp::Div => a.checked_div(b),
                    BinOp::Rem => a.checked_rem(b),
                    BinOp::Pow => a.checked_pow(u32::try_from(b).ok()?),
                    BinOp::Shl => {
                        a.checked_mul(1i128.checked_shl(u32::try_from(b).ok().filter(|&n| n < 64)?)?)
                    }
                    _ => None,
                }
            }
            ExprKind::Name(_) | ExprKind::Field(..) => {
                let ValueItem::Global(id) = self.path_value_item(module, &path_of(e)?)? else { return None };
                if let Some(&known) = self.constants.get(&id) {
                    return known;
                }
                let global = &self.globals[id.idx()];
                let (decl, module) = (self.lets[global.let_index].ast, self.lets[global.let_index].module);
                if global.is_var || !matches!(decl.pattern.kind, ast::PatternKind::Name(_)) {
                    return None;
                }
                // One that is defined by way of itself has no value.
                self.constants.insert(id, None);
                let value = self.const_int(decl.init.as_ref()?, module, depth + 1);
                self.constants.insert(id, value);
                value
            }
            _ => None,
        }
    }
}

/// The names of `a.b.c`.
fn path_of(e: &ast::Expr) -> Option<Vec<ast::Ident>> {
    match &e.kind {
        ExprKind::Name(name) => Some(vec![ast::Ident { name: *name, span: e.span }]),
        ExprKind::Field(base, name) => {
            let mut path = path_of(base)?;
            path.push(*name);
            Some(path)
        }
        _ => None,
    }
}

/// Whether a name is that of a vector, as `f32x4`, `i8x16`.
fn is_vector_alias(name: &str) -> bool {
    let Some((elem, count)) = name.split_once('x') else { return false };
    matches!(elem, "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "f32" | "f64")
        && count.parse::<u8>().is_ok_and(u8::is_power_of_two)
}
