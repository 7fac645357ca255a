//! Functions as values: of the program, of types, cases of enums, constructors.

use super::builtin_methods::BuiltinMethod;
use super::builtins::BuiltinFn;
use super::context::*;
use super::infer::VarKind;
use super::lambda::Wanted;
use super::statics::Owner;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, Ident};

impl<'a> Checker<'a> {
    /// A function as a value; that of a template for the types that are expected. `owner` is the type in front of it.
    pub fn function_value(
        &mut self,
        id: DeclId,
        written: &'a [ast::Type],
        owner: Option<Ty>,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let info = &self.decls[id.0 as usize];
        let (decl, scope, receiver) = (info.decl, info.scope.clone(), info.receiver);
        let passings = receiver.into_iter().chain(info.params.iter().map(|param| param.passing));
        let (mut is_shared, is_variadic) = (true, decl.is_c_variadic);
        passings.for_each(|passing| is_shared &= passing == Passing::Shared);
        let given: Vec<Option<Ty>> = info.params.iter().map(|param| param.ty).collect();
        if !is_shared || is_variadic {
            let text = self.name(decl.name.name);
            let error = Diagnostic::error(Code::NotAValue, format!("`{text}` cannot be a value"));
            let error = if is_variadic {
                error.at(span, "it takes any number of arguments")
            } else {
                error.at(span, "it has a `mut` or `iso` parameter, which function types do not have")
            };
            self.error(error.help("call it in a lambda: `\\x: …`"));
            return self.error_expr(span);
        }
        let wanted = self.wanted_function(expect);
        let type_args = self.type_arguments(id, written, span);
        let self_ty = scope.self_ty.map(|ty| self.types.substitute(ty, &type_args));
        if let (Some(owner), Some(self_ty)) = (owner, self_ty) {
            self.unify(self_ty, owner);
        }
        self.select_way(id, &type_args, span);
        self.require_bounds(id, &type_args, span);
        let known = self.decls[id.0 as usize].func;
        let mut are_known = true;
        let (func, type_args) = match known {
            Some(func) => (func, type_args),
            None => match self.template_for(&given, wanted.as_ref(), span) {
                Ok((types, known)) => {
                    are_known = known;
                    self.instantiate(id, types, type_args)
                }
                Err(wanted) => {
                    self.wrong_parameters(wanted, given.len(), span);
                    self.forgive(wanted.ret);
                    return self.error_expr(span);
                }
            },
        };
        self.note_use(id, func, span);
        let own: Vec<Ty> = self.funcs[func.idx()].params.iter().map(|param| param.ty).collect();
        let params: Vec<Ty> = own.into_iter().map(|ty| self.types.substitute(ty, &type_args)).collect();
        // What a nested function refers to is known now, not later.
        let is_due = are_known || self.decls[id.0 as usize].around.is_some();
        let ret = if is_due { self.result_of(func) } else { self.pend(func, id, span) };
        let ret = self.types.substitute(ret, &type_args);
        let wanted_ret = wanted.as_ref().filter(|wanted| !wanted.may_throw(self)).map(|wanted| wanted.ret);
        if let Some(wanted) = wanted {
            let wanted = self.resolve(wanted.ret);
            let call = |args| ExprKind::Call { func, type_args: type_args.clone(), args };
            // What does not return fits in where a result is asked for, but its code gives none.
            if ret == Ty::NEVER && wanted != Ty::NEVER && self.var_kind(wanted).is_none() {
                return self.adapter(params, wanted, span, |_, args| expr(call(args), Ty::NEVER, span));
            }
            // A result that nobody wants is left behind, as that of a lambda is.
            if wanted == Ty::UNIT && ret != Ty::UNIT && self.is_known_result(ret) {
                return self.adapter(params, Ty::UNIT, span, |_, args| {
                    let call = expr(call(args), ret, span);
                    expr(ExprKind::Block(vec![call], false), Ty::UNIT, span)
                });
            }
        }
        let ty = self.types.intern(TyKind::Fn(params, ret));
        if let Some(wanted) = wanted_ret {
            let call = |_: &mut Self, args| ExprKind::Call { func, type_args: type_args.clone(), args };
            if let Some(adapted) = self.adapted_to(wanted, ty, span, call) {
                return adapted;
            }
        }
        expr(ExprKind::FuncValue(func, type_args, Vec::new()), ty, span)
    }

    /// Whether a result is a value that is known, and not what may be thrown.
    pub fn is_known_result(&self, ret: Ty) -> bool {
        ret != Ty::ERROR && self.var_kind(ret).is_none() && self.thrown_parts(ret).is_none()
    }

    /// The types that a template's parameters without one are to have, and whether they are known; what is wanted, if that
    /// is a function of another number of parameters.
    fn template_for<'w>(
        &mut self,
        given: &[Option<Ty>],
        wanted: Option<&'w Wanted>,
        span: Span,
    ) -> Result<(Vec<Ty>, bool), &'w Wanted> {
        let (mut types, mut are_known) = (Vec::new(), true);
        for i in (0..given.len()).filter(|&i| given[i].is_none()) {
            let ty = match wanted {
                None => self.fresh(VarKind::Any, span),
                Some(wanted) => *wanted.params.get(i).ok_or(wanted)?,
            };
            let known = self.known_type(ty);
            are_known &= known.is_some();
            types.push(known.unwrap_or(ty));
        }
        match wanted {
            Some(wanted) if wanted.params.len() != given.len() => Err(wanted),
            _ => Ok((types, are_known)),
        }
    }

    /// The type with the unknowns of literals decided; `None` when others are left.
    pub fn known_type(&mut self, ty: Ty) -> Option<Ty> {
        for var in self.unknowns(ty) {
            let unknown = self.types.intern(TyKind::Var(var));
            let decided = self.settle(unknown);
            self.var_kind(decided).is_none().then_some(())?;
        }
        Some(self.deep(ty))
    }

    /// `Type.name` without parentheses: a case, or a function of the type as a value, a method with its receiver as the
    /// first parameter.
    pub fn member_of_type(&mut self, owner: Owner, name: Ident, span: Span, expect: Expect) -> Expr {
        let ty = match owner {
            Owner::Type(Ty::ERROR) => return self.error_expr(span),
            Owner::Type(ty) => ty,
            Owner::Trait(id) => {
                let (of, text) = (self.name(self.traits[id.idx()].name), self.name(name.name));
                let error = Diagnostic::error(Code::NotAValue, format!("`{of}.{text}` is no value"))
                    .at(name.span, "which type's is meant is not known here")
                    .help(format!("name the type: `Type.{text}`"));
                self.error(error);
                return self.error_expr(span);
            }
        };
        if let Some(id) = self.enum_of(ty)
            && let Some(variant) = self.variant_of(id, name.name)
        {
            return self.case_or_value(ty, variant, span, expect);
        }
        let mut found: Vec<DeclId> = self.own_method(ty, name.name).into_iter().collect();
        if found.is_empty() {
            found = self.trait_methods_of(ty, name.name, false);
        }
        match found[..] {
            [id] => return self.function_value(id, &[], Some(ty), span, expect),
            [_, _, ..] => self.ambiguous_method(&found, ty, name),
            [] => {
                if let Some(method) = self.builtin_method(ty, name.name) {
                    return self.builtin_method_value(method, ty, span);
                }
                match self.enum_of(ty) {
                    Some(id) => {
                        self.unknown_variant(id, name);
                    }
                    None => self.unknown_member(ty, name, "function"),
                }
            }
        }
        self.bind_unknowns(ty);
        self.error_expr(span)
    }

    fn builtin_method_value(&mut self, method: BuiltinMethod, ty: Ty, span: Span) -> Expr {
        let mut params = vec![ty];
        params.resize(1 + method.arguments(), ty);
        let ret = self.fresh(VarKind::Any, span);
        self.adapter(params, ret, span, |checker, mut args| {
            let receiver = args.remove(0);
            let value = checker.apply_builtin_method(method, receiver, args, span);
            checker.unify(ret, value.ty);
            value
        })
    }

    /// A case of an enum that carries something, as the function that makes it.
    pub fn case_value(&mut self, ty: Ty, variant: u32, span: Span, expect: Expect) -> Expr {
        let TyKind::Adt(id, type_args) = self.types.get(self.resolve(ty)).clone() else {
            return self.error_expr(span);
        };
        let fields = &self.adts[id.idx()].variants[variant as usize].fields;
        let types: Vec<Ty> = fields.iter().map(|field| field.ty).collect();
        let params: Vec<Ty> = types.into_iter().map(|ty| self.types.substitute(ty, &type_args)).collect();
        self.expect_result(&params, ty, expect);
        self.adapter(params, ty, span, |_, args| expr(ExprKind::Variant(variant, args), ty, span))
    }

    /// A struct or class as the function that makes it of all its fields.
    pub fn constructor_value(&mut self, id: AdtId, span: Span, expect: Expect) -> Expr {
        let ty = self.open_type(id, span);
        let TyKind::Adt(_, type_args) = self.types.get(ty).clone() else { return self.error_expr(span) };
        let fields = self.adts[id.idx()].variants.first().map_or(&[][..], |variant| &variant.fields);
        let types: Vec<Ty> = fields.iter().map(|field| field.ty).collect();
        let params: Vec<Ty> = types.into_iter().map(|ty| self.types.substitute(ty, &type_args)).collect();
        self.expect_result(&params, ty, expect);
        self.adapter(params, ty, span, |_, args| expr(ExprKind::Record((0..).zip(args).collect()), ty, span))
    }

    /// Lets what is expected decide the type arguments of a constructor; what does not fit is reported later.
    fn expect_result(&mut self, params: &[Ty], ty: Ty, expect: Expect) {
        let Some(wanted) = self.wanted_function(expect) else { return };
        if wanted.params.len() == params.len() {
            self.unify(ty, wanted.ret);
            for (&param, &wanted) in params.iter().zip(&wanted.params) {
                self.unify(param, wanted);
            }
        }
    }

    /// `print` and its kin as a value, where a function is expected.
    pub fn builtin_value(&mut self, function: BuiltinFn, name: Symbol, span: Span, expect: Expect) -> Expr {
        let wanted = self.wanted_function(expect);
        let output = match function {
            BuiltinFn::Print => Some((false, true)),
            BuiltinFn::PrintRaw => Some((false, false)),
            BuiltinFn::Eprint => Some((true, true)),
            BuiltinFn::Assert | BuiltinFn::Expect | BuiltinFn::Panic | BuiltinFn::Fail => None,
        };
        if let (Some((to_stderr, newline)), Some(wanted)) = (output, wanted) {
            self.unify(wanted.ret, Ty::UNIT);
            return self.adapter(wanted.params, Ty::UNIT, span, |checker, args| {
                for arg in &args {
                    checker.require(arg.ty, Builtin::Show, span);
                }
                expr(ExprKind::Print { args, to_stderr, newline }, Ty::UNIT, span)
            });
        }
        let text = self.name(name);
        let error = Diagnostic::error(Code::NotAValue, format!("`{text}` can only be called"))
            .at(span, "this is no value")
            .help(format!("call it: `{text}(…)`"));
        self.error(error);
        self.error_expr(span)
    }
}
