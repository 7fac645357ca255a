//! Calls: what is called, and inference of type arguments.

use std::rc::Rc;

use super::arguments::{Given, Slot, given, spread_for_one};
use super::context::*;
use super::describe::plural;
use super::infer::VarKind;
use super::names::Named;
use super::partial::is_hole;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span, closest};
use crate::syntax::ast::{self, ArgKind, ExprKind as Ast, Ident};

/// What a declared function is called on.
pub(super) enum Receiver {
    /// Nothing: it stands by itself.
    None,
    /// A value, for a method.
    Value(Expr),
    /// The type itself, for a `static fn`.
    Type(Ty),
}

impl<'a> Checker<'a> {
    /// `callee(args)`.
    pub fn call(&mut self, callee: &'a ast::Expr, args: &'a [ast::Arg], span: Span, expect: Expect) -> Expr {
        if args.iter().any(|arg| is_hole(&arg.value)) {
            return self.partial(callee, args, span, expect);
        }
        self.call_given(callee, &given(None, args), span, expect)
    }

    /// `x |> f(a)` is `f(x, a)`, `x |> f(a, _)` is `f(a, x)`, and `x |> f` is `f(x)`.
    pub fn pipe(&mut self, value: &'a ast::Expr, callee: &'a ast::Expr, span: Span, expect: Expect) -> Expr {
        match &callee.kind {
            Ast::Call(callee, args) if args.iter().any(|arg| is_hole(&arg.value)) => {
                self.pipe_into_hole(value, callee, args, span, expect)
            }
            Ast::Call(callee, args) => self.call_given(callee, &given(Some(value), args), span, expect),
            _ => self.call_given(callee, &given(Some(value), &[]), span, expect),
        }
    }

    pub fn call_given(
        &mut self,
        callee: &'a ast::Expr,
        args: &[Given<'a>],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let (callee, type_args): (&'a ast::Expr, &'a [ast::Type]) = match &callee.kind {
            Ast::Instantiate(inner, type_args) => (inner, type_args),
            _ => (callee, &[]),
        };
        if let Some((named, name)) = self.named(callee) {
            return self.call_named(named, name, callee, type_args, args, span, expect);
        }
        match &callee.kind {
            Ast::Name(name) => {
                self.unknown_name(*name, callee.span);
                // What stands behind `import` or a misspelt `use` would be a name of a module, and no value.
                let text = self.name(*name);
                if text != "import" && closest(text, ["use"].into_iter()).is_none() {
                    self.check_loosely(args);
                }
                self.error_expr(span)
            }
            Ast::Field(base, member) => {
                if let Some(owner) = self.owner(base) {
                    return self.call_static(owner, *member, type_args, args, span, expect);
                }
                if let Some(expectation) = self.matcher(base, *member, args, span) {
                    return expectation;
                }
                let receiver = self.expr(base, Expect::Any);
                self.method_call(receiver, *member, type_args, args, span, expect)
            }
            _ => self.call_value(callee, args, span),
        }
    }

    /// A call of what a name stands for.
    #[expect(clippy::too_many_arguments, reason = "what is called, as it is written and as it is known")]
    fn call_named(
        &mut self,
        named: Named,
        name: Ident,
        callee: &'a ast::Expr,
        type_args: &'a [ast::Type],
        args: &[Given<'a>],
        span: Span,
        expect: Expect,
    ) -> Expr {
        match named {
            Named::Func(id) => {
                let call = self.call_decl(id, Receiver::None, type_args, args, callee.span, span);
                return self.dereferenced(id, call);
            }
            Named::Type(item) => {
                let name = Ident { span: callee.span, ..name };
                return self.construct(item, name, type_args, args, span, expect);
            }
            Named::Variant(id, variant) => {
                let ty = self.open_type(id, callee.span);
                return self.variant(ty, variant, args, span, expect);
            }
            Named::Builtin(function) => return self.call_builtin(function, args, span),
            Named::Local(_) | Named::Lambda(_) | Named::Outer(_) | Named::Global(_) => {
                return self.call_value(callee, args, span);
            }
            Named::TheType(ty) if matches!(self.types.get(ty), TyKind::Adt(..)) => {
                let name = Ident { span: callee.span, ..name };
                return self.construct_of(ty, name, args, span, expect);
            }
            Named::TheType(ty) => {
                let text = self.show(ty);
                let error =
                    Diagnostic::error(Code::NotCallable, format!("`{text}` is a type and cannot be called"))
                        .at(callee.span, "no function")
                        .help(format!("convert with `… as {text}`"));
                self.error(error);
            }
            Named::Module(module) => drop(self.module_is_no_value(module, callee.span)),
            Named::NotOffered(what) => self.not_offered(what),
        }
        self.check_loosely(args);
        self.error_expr(span)
    }

    /// The intrinsic `deref` gives a place.
    fn dereferenced(&self, id: DeclId, call: Expr) -> Expr {
        match call.kind {
            ExprKind::Call { mut args, .. }
                if self.decls[id.0 as usize].intrinsic == Some(Intrinsic::Deref) && args.len() == 1 =>
            {
                expr(ExprKind::Deref(Box::new(args.remove(0))), call.ty, call.span)
            }
            _ => call,
        }
    }

    /// A call whose value is wanted: of a method that changes its receiver and has no other value, it is the receiver.
    fn chained(&mut self, call: Expr) -> Expr {
        let span = call.span;
        match call.kind {
            ExprKind::Call { func, type_args, mut args } if self.is_chaining(func) => {
                let mut code = Vec::new();
                let place = self.spill_indices(args.remove(0), &mut code);
                let value = self.same_place(&place);
                args.insert(0, place);
                let ty = value.ty;
                code.push(expr(ExprKind::Call { func, type_args, args }, call.ty, span));
                code.push(value);
                expr(ExprKind::Block(code, true), ty, span)
            }
            // The receiver was put into a temporary first.
            ExprKind::Block(mut code, true) => {
                let Some(last) = code.pop() else { return self.error_expr(span) };
                let last = self.chained(last);
                let ty = last.ty;
                match last.kind {
                    ExprKind::Block(inner, true) => code.extend(inner),
                    _ => code.push(last),
                }
                expr(ExprKind::Block(code, true), ty, span)
            }
            _ => call,
        }
    }

    pub fn is_chaining(&self, func: FuncId) -> bool {
        self.funcs[func.idx()].decl.is_some_and(|id| self.decls[id.0 as usize].is_chaining)
    }

    fn call_value(&mut self, callee: &'a ast::Expr, args: &[Given<'a>], span: Span) -> Expr {
        if !self.takes(args, false) {
            return self.error_expr(span);
        }
        if !matches!(callee.kind, Ast::Lambda(_)) && !self.is_general_lambda(callee) {
            let function = self.expr(callee, Expect::Any);
            return self.call_function(function, args, span);
        }
        // The arguments tell what the lambda takes, but for those of which it tells what they are.
        let waits: Vec<bool> = args.iter().map(|arg| self.waits_for_others(arg.value)).collect();
        let told: Vec<Result<Expr, Ty>> = args
            .iter()
            .zip(&waits)
            .map(|(arg, waits)| match waits {
                true => Err(self.fresh(VarKind::Any, arg.value.span)),
                false => Ok(self.expr(arg.value, Expect::Any)),
            })
            .collect();
        let params: Vec<Ty> =
            told.iter().map(|arg| arg.as_ref().map_or_else(|&ty| ty, |value| value.ty)).collect();
        let ret = self.fresh(VarKind::Any, span);
        let wanted = self.types.intern(TyKind::Fn(Vec::clone(&params), ret));
        let function = self.expr(callee, Expect::Ty(wanted, Why::Called));
        let ret = match *self.types.get(self.resolve(function.ty)) {
            TyKind::Fn(_, given) if self.thrown_parts(given).is_some() => given,
            _ => ret,
        };
        let wanted = self.types.intern(TyKind::Fn(params, ret));
        let function = self.coerce(function, wanted, Why::None);
        let why = Why::Callee(function.span);
        let values = told
            .into_iter()
            .zip(args)
            .map(|(told, arg)| told.unwrap_or_else(|ty| self.expr_as(arg.value, ty, why)))
            .collect();
        self.value_called(function, values, ret, span)
    }

    /// Whether an argument is checked behind the others, because they tell its type: a lambda, or a function whose
    /// parameters have none.
    pub fn waits_for_others(&self, arg: &ast::Expr) -> bool {
        let is_awaited = |local: LocalId| self.is_awaited(self.bodies[self.current].locals[local.idx()].ty);
        matches!(arg.kind, Ast::Lambda(_))
            || self.is_template(arg)
            || matches!(self.named(arg), Some((Named::Local(local), _)) if is_awaited(local))
    }

    /// A call of a function value.
    pub fn call_function(&mut self, function: Expr, args: &[Given<'a>], span: Span) -> Expr {
        let ty = self.resolve(function.ty);
        if self.var_kind(ty) == Some(VarKind::Any) {
            // What is called is a function of what it is called with.
            let args: Vec<Expr> = args.iter().map(|arg| self.expr(arg.value, Expect::Any)).collect();
            let args: Vec<Expr> = args.into_iter().map(|arg| self.settled(arg)).collect();
            let ret = self.fresh(VarKind::Any, span);
            let wanted = TyKind::Fn(args.iter().map(|arg| arg.ty).collect(), ret);
            let wanted = self.types.intern(wanted);
            self.await_function(ty, Expect::Ty(wanted, Why::Called));
            return match self.types.get(self.resolve(ty)).clone() {
                TyKind::Fn(params, ret) if params.len() == args.len() => {
                    let why = Why::Callee(function.span);
                    let args =
                        args.into_iter().zip(params).map(|(arg, ty)| self.coerce(arg, ty, why)).collect();
                    let ret = self.settle(ret);
                    self.value_called(function, args, ret, span)
                }
                _ => {
                    self.unify(ty, wanted);
                    expr(ExprKind::CallValue(Box::new(function), args), ret, span)
                }
            };
        }
        let TyKind::Fn(params, ret) = self.types.get(ty).clone() else {
            if ty != Ty::ERROR {
                let shown = self.words_for(&function);
                let message = format!("a value of type {} cannot be called", shown.full);
                let error = Diagnostic::error(Code::NotCallable, message).at(function.span, shown.label());
                self.error(error);
            }
            self.check_loosely(args);
            return self.error_expr(span);
        };
        if params.len() != args.len() {
            let error = Diagnostic::error(
                Code::Arguments,
                format!("expected {}, found {}", plural(params.len(), "argument"), args.len()),
            )
            .at(span, format!("the function takes {}", plural(params.len(), "argument")));
            self.error(error);
            self.forgive(ty);
            self.check_loosely(args);
            return self.error_expr(span);
        }
        let why = Why::Callee(function.span);
        let args = args.iter().zip(params).map(|(arg, ty)| self.expr_as(arg.value, ty, why)).collect();
        let ret = self.settle(ret);
        self.value_called(function, args, ret, span)
    }

    /// `receiver.name(args)`. What changes its receiver and has no other value gives it, unless nobody wants the value: then
    /// the receiver is not read, which would make it shared.
    pub fn method_call(
        &mut self,
        receiver: Expr,
        name: Ident,
        type_args: &'a [ast::Type],
        args: &[Given<'a>],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let call = self.call_of_method(receiver, name, type_args, args, span);
        if self.is_statement(expect) { call } else { self.chained(call) }
    }

    /// Whether what may be for its effect alone is: as a statement, and at the end of a function that returns nothing
    /// elsewhere.
    pub fn is_statement(&mut self, expect: Expect) -> bool {
        match expect {
            Expect::Unused => true,
            Expect::Loose => self.cx().returns_nothing,
            Expect::Any | Expect::Ty(..) => false,
        }
    }

    fn call_of_method(
        &mut self,
        receiver: Expr,
        name: Ident,
        type_args: &'a [ast::Type],
        args: &[Given<'a>],
        span: Span,
    ) -> Expr {
        let receiver = self.needed(receiver);
        let ty = receiver.ty;
        if ty == Ty::ERROR || ty == Ty::NEVER {
            self.check_loosely(args);
            return self.of_nothing(receiver, span);
        }
        if let Some(id) = self.own_method_for(ty, name.name, args.len()) {
            return self.call_decl(id, Receiver::Value(receiver), type_args, args, name.span, span);
        }
        let of_traits = self.trait_methods_of(ty, name.name, false);
        if of_traits.len() > 1 {
            self.ambiguous_method(&of_traits, ty, name);
            self.check_loosely(args);
            return self.error_expr(span);
        }
        if let [id] = of_traits[..] {
            return self.call_decl(id, Receiver::Value(receiver), type_args, args, name.span, span);
        }
        if let Some(method) = self.builtin_method(ty, name.name) {
            return self.call_builtin_method(method, receiver, args, span);
        }
        if let Some((index, field_ty)) = self.field_of(ty, name.name)
            && matches!(self.types.get(self.resolve(field_ty)), TyKind::Fn(..))
        {
            let function = expr(ExprKind::Field(Box::new(receiver), index), field_ty, name.span);
            return self.call_function(function, args, span);
        }
        if let [id] = self.trait_methods_of(ty, name.name, true)[..] {
            return self.call_decl(id, Receiver::Value(receiver), type_args, args, name.span, span);
        }
        if self.is_known_present(&receiver) {
            let whole = self.whole(receiver);
            return self.call_of_method(whole, name, type_args, args, span);
        }
        if self.method_of_parts(ty, name.name) == Some(Passing::Shared) {
            let array = self.as_array(receiver);
            return self.call_of_method(array, name, type_args, args, span);
        }
        self.check_loosely(args);
        self.unknown_member_of(&receiver, name, "method");
        self.error_expr(span)
    }

    /// The type arguments of a call: those of functions around it are handed on, its own written or unknown.
    pub fn type_arguments(&mut self, id: DeclId, written: &'a [ast::Type], span: Span) -> Vec<Ty> {
        let info = &self.decls[id.0 as usize];
        let (scope, inherited, own, decl) = (info.scope.clone(), info.inherited, info.own, info.decl);
        let first = scope.generics.len() - own;
        let mut args: Vec<Ty> = (0..inherited as u32).map(|i| self.types.intern(TyKind::Param(i))).collect();
        while args.len() < first {
            let unknown = self.fresh(VarKind::Any, span);
            args.push(unknown);
        }
        let generics = scope.generics[..first].into();
        self.add_unknown_args(&decl.generics, &TyScope { generics, ..scope }, &mut args, span);
        if written.is_empty()
            || !self.expect_type_args_for(decl.name.name, &decl.generics, written.len(), span)
        {
            return args;
        }
        let scope = self.cx().scope.clone();
        for (arg, ty) in args[first..].iter_mut().zip(written) {
            let ty = self.ty(ty, &scope);
            self.unify(*arg, ty);
            *arg = ty;
        }
        args
    }

    /// A call of a declared function, with the receiver of a method.
    pub fn call_decl(
        &mut self,
        id: DeclId,
        receiver: Receiver,
        written: &'a [ast::Type],
        args: &[Given<'a>],
        name_span: Span,
        span: Span,
    ) -> Expr {
        let info = &self.decls[id.0 as usize];
        let params: Rc<[ParamInfo<'a>]> = Rc::clone(&info.params);
        let (decl, scope, passing) = (info.decl, info.scope.clone(), info.receiver);
        let what = format!("`{}`", self.name(decl.name.name));
        let slots: Vec<Slot> = params.iter().map(|param| self.slot(param)).collect();
        let extra = if decl.is_c_variadic { args.len().saturating_sub(slots.len()) } else { 0 };
        let (args, varargs) = args.split_at(args.len() - extra);
        if !self.takes(args, true) || !self.takes(varargs, false) {
            return self.error_expr(span);
        }
        let Some(targets) =
            self.assign_arguments((&what, "parameter"), &slots, args, span, Some(decl.name.span))
        else {
            self.check_loosely(args);
            let is_plain = self.decls[id.0 as usize].ret.filter(|_| scope.generics.is_empty());
            return expr(ExprKind::Error, is_plain.unwrap_or(Ty::ERROR), span);
        };
        for (arg, &target) in args.iter().zip(&targets) {
            if arg.kind == ArgKind::Spread && !params[target].is_variadic {
                let message = format!("`{}` takes one argument", self.name(params[target].name.name));
                let error = spread_for_one(message, arg).also(params[target].name.span, "declared here");
                self.error(error);
                self.check_loosely(args);
                return self.error_expr(span);
            }
        }
        let type_args = self.type_arguments(id, written, name_span);
        let in_order = targets.windows(2).all(|pair| pair[0] <= pair[1]);
        let waiting_from = self.waiting.len();
        let mut before = Vec::new();
        let mut all = Vec::with_capacity(params.len() + 1);
        let self_ty = self.types.substitute(scope.self_ty.unwrap_or(Ty::ERROR), &type_args);
        match (receiver, passing) {
            (Receiver::Value(receiver), Some(passing)) => {
                self.unify(self_ty, receiver.ty);
                self.check_dispatch(id, receiver.ty, name_span);
                all.push(self.receiver(receiver, passing, &mut before));
            }
            (Receiver::Type(ty), _) => {
                self.unify(self_ty, ty);
            }
            (Receiver::Value(_), None) => {
                let error = Diagnostic::error(
                    Code::UnknownMember,
                    format!("{what} is a function of the type itself"),
                )
                .at(name_span, "called on a value")
                .help("call it on the type: `Type.name(…)`");
                self.error(error);
                self.check_loosely(args);
                return self.error_expr(span);
            }
            (Receiver::None, _) => {}
        }
        self.select_way(id, &type_args, name_span);
        let skip = all.len();
        let mut checked: Vec<Option<Expr>> = args.iter().map(|_| None).collect();
        let waits: Vec<bool> = args.iter().map(|arg| self.waits_for_others(arg.value)).collect();
        for is_second in [false, true] {
            if is_second {
                self.take_only_ways(&scope.generics, &type_args, name_span);
            }
            for (i, (arg, &target)) in args.iter().zip(&targets).enumerate() {
                if waits[i] == is_second {
                    let param = &params[target];
                    checked[i] = Some(match arg.kind {
                        ArgKind::Value | ArgKind::Trailing
                            if param.ty.is_none() && in_order && self.is_open_function(arg.value) =>
                        {
                            self.wait(arg.value)
                        }
                        ArgKind::Value | ArgKind::Trailing => self.argument(arg.value, param, &type_args),
                        ArgKind::Spread | ArgKind::Update => self.expr(arg.value, Expect::Any),
                    });
                }
            }
        }
        let mut values: Vec<Option<Expr>> = params.iter().map(|_| None).collect();
        let mut rest: Vec<(ArgKind, Expr)> = Vec::new();
        for ((value, arg), &target) in checked.into_iter().flatten().zip(args).zip(&targets) {
            let param = &params[target];
            if param.is_variadic {
                rest.push((arg.kind, value));
                continue;
            }
            let value = if param.passing == Passing::Mut {
                self.opened(value, &mut before)
            } else if in_order {
                value
            } else {
                let at = value.span;
                let (bind, local) = self.temporary(value, false);
                before.push(bind);
                self.local(local, at)
            };
            values[target] = Some(value);
        }
        let (mut arg_types, mut places) = (Vec::new(), Vec::new());
        for (param, value) in params.iter().zip(values) {
            let ty = param.ty.map(|ty| self.types.substitute(ty, &type_args));
            let value = match (value, ty, param.default) {
                (Some(value), _, _) => value,
                (None, Some(ty), _) if param.is_variadic => {
                    self.variadic_array(std::mem::take(&mut rest), ty, span)
                }
                (None, ty, Some(default)) => self.default_value(default, &scope, id, ty),
                (None, _, None) => self.error_expr(span),
            };
            if ty.is_none() {
                if self.is_awaited(value.ty) && matches!(value.kind, ExprKind::Error) {
                    places.push(all.len());
                }
                let known = self.known_type(value.ty).or_else(|| self.open_function(value.ty));
                arg_types.push(known.unwrap_or_else(|| self.unknown_argument(&value)));
            }
            all.push(value);
        }
        for arg in varargs {
            let value = self.expr(arg.value, Expect::Any);
            all.push(self.settled(value));
        }
        self.require_bounds(id, &type_args, name_span);
        let known = self.decls[id.0 as usize].func;
        let (func, type_args) = match known {
            Some(func) => (func, type_args),
            None => self.instantiate(id, arg_types, type_args),
        };
        self.note_use(id, func, name_span);
        if !places.is_empty() {
            self.check_early(func);
        }
        let ret = self.result_of(func);
        for (at, value) in places.into_iter().zip(self.arrived(waiting_from)) {
            all[at] = value;
        }
        self.check_exclusive(&all, passing, &params, skip);
        let ty = self.types.substitute(ret, &type_args);
        let call = expr(ExprKind::Call { func, type_args, args: all }, ty, span);
        let name = Some(decl.name.name);
        let call = if self.thrown_parts(ty).is_some() { self.may_throw(call, name, span) } else { call };
        if before.is_empty() {
            return call;
        }
        let ty = call.ty;
        before.push(call);
        expr(ExprKind::Block(before, true), ty, span)
    }

    /// An argument, made to fit its parameter.
    fn argument(&mut self, value: &'a ast::Expr, param: &ParamInfo<'a>, type_args: &[Ty]) -> Expr {
        let why = Why::Param(param.name.name, param.name.span, param.written);
        let ty = param.ty.map(|ty| self.types.substitute(ty, type_args));
        match ty {
            Some(ty) if param.is_variadic => {
                let elem = match *self.types.get(ty) {
                    TyKind::Array(elem) => elem,
                    _ => ty,
                };
                self.expr_as(value, elem, why)
            }
            Some(ty) if param.passing == Passing::Mut => self.mut_argument(value, ty, why),
            Some(ty) => self.expr_as(value, ty, why),
            None => {
                let value = self.expr(value, Expect::Any);
                self.settled(value)
            }
        }
    }

    /// The type of a function that leaves types open, or waits, or of what holds such: what is called with it may decide them.
    pub fn open_function(&mut self, ty: Ty) -> Option<Ty> {
        let ty = self.deep(ty);
        let around = self.types.map(ty, &mut |kind| matches!(kind, TyKind::Fn(..)).then_some(Ty::UNIT));
        (!self.types.has_var(around) || self.is_awaited(ty)).then_some(ty)
    }

    /// Reports an argument whose type is to decide that of a parameter and is itself not known.
    fn unknown_argument(&mut self, value: &Expr) -> Ty {
        let error = Diagnostic::error(Code::CannotInfer, "the type of this argument is not known")
            .at(value.span, self.words(value.ty, None).label())
            .help("write the types of its parts, as in `fn(x: i64): …`");
        self.error(error);
        self.forgive(value.ty);
        Ty::ERROR
    }

    /// A call of a function with arguments that are checked; they are made to fit.
    pub fn call_checked(&mut self, id: DeclId, args: Vec<Expr>, span: Span) -> Expr {
        let info = &self.decls[id.0 as usize];
        let (params, scope, receiver) = (Rc::clone(&info.params), info.scope.clone(), info.receiver);
        let known = info.func;
        let type_args = self.type_arguments(id, &[], span);
        let self_ty = receiver.and(scope.self_ty);
        let types = self_ty.into_iter().map(Some).chain(params.iter().map(|param| param.ty));
        let (mut fitted, mut arg_types) = (Vec::with_capacity(args.len()), Vec::new());
        for (arg, ty) in args.into_iter().zip(types) {
            fitted.push(match ty {
                Some(ty) => {
                    let ty = self.types.substitute(ty, &type_args);
                    self.coerce(arg, ty, Why::None)
                }
                None => {
                    let arg = self.settled(arg);
                    arg_types.push(arg.ty);
                    arg
                }
            });
        }
        self.require_bounds(id, &type_args, span);
        let (func, type_args) = match known {
            Some(func) => (func, type_args),
            None => self.instantiate(id, arg_types, type_args),
        };
        let ret = self.result_of(func);
        let ty = self.types.substitute(ret, &type_args);
        expr(ExprKind::Call { func, type_args, args: fitted }, ty, span)
    }

    /// Checks something of the current body with the names of another place: those of its module, and of what is around
    /// it.
    pub fn in_scope<R>(
        &mut self,
        scope: TyScope,
        around: Option<Around>,
        check: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let current = self.current;
        let cx = self.cx();
        let scope = std::mem::replace(&mut cx.scope, scope);
        let loops = std::mem::take(&mut cx.loops);
        let result = match around {
            // Declared in the current body: what was declared later is not seen.
            Some(Around { body, mark }) if body == current => {
                let later = cx.names.forget_since(mark);
                let result = check(self);
                later.into_iter().for_each(|(name, binding)| self.cx().names.declare(name, binding));
                result
            }
            _ => {
                let around = std::mem::replace(&mut cx.around, around);
                let names = std::mem::take(&mut cx.names);
                let result = check(self);
                let cx = self.cx();
                cx.around = around;
                cx.names = names;
                result
            }
        };
        let cx = self.cx();
        cx.scope = scope;
        cx.loops = loops;
        result
    }
}
