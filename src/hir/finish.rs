//! The last pass: unknowns replaced in all trees, literals given their final form, and the program put together.

use super::context::*;
use super::growth::Growth;
use super::order::Order;
use super::tree::*;
use super::types::{GROWS, Ty, TyKind, endless_types};
use super::walk::walk;
use crate::diagnostics::{Code, Diagnostic};

impl<'a> Checker<'a> {
    /// The checked program.
    pub fn finish(mut self, entry: Option<FuncId>) -> Program {
        self.pass_captures();
        self.take_defaults();
        self.check_obligations();
        self.check_formats();
        for (ty, span) in std::mem::take(&mut self.unknown_operands) {
            let ty = self.settle(ty);
            if !self.is_number(ty) && ty != Ty::ERROR && ty != Ty::NEVER {
                let error =
                    Diagnostic::error(Code::CannotInfer, "the types of these operands are not known here")
                        .at(span, "inferred too late to choose the operation")
                        .help("write the type of the function's result: `-> T`");
                self.error(error);
            }
        }
        for (ty, span) in std::mem::take(&mut self.unknown_integers) {
            let ty = self.settle(ty);
            if self.is_number(ty) && !matches!(self.types.get(ty), TyKind::Int(_)) {
                let error = Diagnostic::error(Code::BadOperand, "only integers have this operation")
                    .at(span, format!("the operands are of type `{}`", self.show(ty)));
                self.error(error);
            }
        }
        let (traits, impls) = self.finish_traits();
        let mut funcs = Vec::with_capacity(self.funcs.len());
        for slot in std::mem::take(&mut self.funcs) {
            funcs.push(self.finish_func(slot));
        }
        let mut globals = self.finish_globals();
        self.check_moves(&funcs, &globals, &impls);
        self.check_copies(&funcs);
        if let Some(entry) = entry {
            self.check_order(&mut Order::new(&mut funcs, &mut globals, &impls), entry);
        }
        let last_value = self.last_value(&globals);
        Program {
            types: self.types,
            adts: self.adts,
            traits,
            impls,
            builtin_traits: self.builtin_traits,
            funcs,
            globals,
            lang: self.lang,
            option: self.option,
            result: self.result,
            examples: self.examples,
            dict: self.dict,
            set: self.set,
            entry,
            declarations: self.declarations,
            is_library: false,
            last_value,
        }
    }

    /// Reports functions that call themselves with ever larger type arguments.
    fn check_copies(&mut self, funcs: &[Func]) {
        let mut growth = Growth::new(funcs.iter().map(|func| func.generics as usize));
        for (owner, func) in funcs.iter().enumerate() {
            let FuncKind::Body(body) = &func.kind else { continue };
            if func.generics == 0 {
                continue;
            }
            walk(&body.value, &mut |e| {
                if let ExprKind::Call { func, type_args, .. } | ExprKind::FuncValue(func, type_args, _) =
                    &e.kind
                {
                    growth.mentions(&self.types, owner, func.idx(), type_args);
                }
            });
        }
        for owner in growth.endless().into_keys() {
            let error = endless_types(self.name(funcs[owner].name), funcs[owner].span, GROWS);
            self.error(error);
        }
    }

    fn finish_func(&mut self, slot: FuncSlot) -> Func {
        let info = slot.decl.map(|decl| &self.decls[decl.0 as usize]);
        let attrs = info.map_or_else(FuncAttrs::default, |info| info.attrs);
        let intrinsic = info.and_then(|info| info.intrinsic);
        let foreign =
            info.and_then(|info| info.extern_symbol.map(|symbol| (symbol, info.decl.is_c_variadic)));
        let of_trait = info.and_then(|info| info.of_trait);
        let of_impl = info.and_then(|info| info.of_impl).map(|index| self.impls[index].of.clone());
        let is_requirement = of_trait.is_some() && info.is_some_and(|info| info.decl.body.is_none());
        let kind = match (intrinsic, foreign, slot.body) {
            _ if is_requirement => FuncKind::Requirement,
            (Some(intrinsic), _, _) => FuncKind::Intrinsic(intrinsic),
            (None, Some((symbol, variadic)), _) => FuncKind::Extern { symbol, variadic },
            (None, None, Some(mut body)) => {
                self.finish_body_types(&mut body);
                FuncKind::Body(body)
            }
            // An error was reported, or nothing calls this template: no program holds it.
            (None, None, None) => FuncKind::Body(Body {
                locals: Vec::new(),
                loops: 0,
                value: expr(ExprKind::Error, Ty::ERROR, slot.span),
            }),
        };
        let params = slot.params.into_iter().map(|p| Param { ty: self.final_type(p.ty), ..p }).collect();
        let ret = self.final_type(slot.ret);
        let captures = slot.captures.iter().map(|capture| capture.local).collect();
        Func {
            name: slot.name,
            path: slot.path,
            owner: slot.owner,
            of_trait,
            of_impl,
            generics: slot.generics.len() as u32,
            captures,
            params,
            ret,
            kind,
            attrs,
            span: slot.span,
        }
    }

    /// The traits and what implements them, their methods by the functions made of them.
    fn finish_traits(&mut self) -> (Vec<Trait>, Vec<Impl>) {
        let func_of = |decls: &[FnInfo], id: DeclId| decls[id.0 as usize].func;
        for index in 0..self.traits.len() {
            let methods = self.trait_infos[index].methods.clone();
            for id in methods {
                let Some(func) = func_of(&self.decls, id) else { continue };
                self.traits[index].methods.push(func);
                if self.is_dispatched(id) {
                    self.traits[index].dispatched.push(func);
                }
            }
        }
        let impls = self.impls.iter().map(|info| Impl {
            of: info.of.clone(),
            generics: info.scope.generics.len() as u32,
            ty: info.scope.self_ty.unwrap_or(Ty::ERROR),
            methods: info.methods.iter().map(|id| id.and_then(|id| func_of(&self.decls, id))).collect(),
        });
        (std::mem::take(&mut self.traits), impls.collect())
    }

    fn finish_body_types(&mut self, body: &mut Body) {
        for local in &mut body.locals {
            local.ty = self.final_type(local.ty);
        }
        self.finish_expr(&mut body.value);
    }

    /// The type without unknowns; one that nothing decided is reported.
    fn final_type(&mut self, ty: Ty) -> Ty {
        let ty = self.deep(ty);
        if !self.types.has_var(ty) {
            return ty;
        }
        let mut open = None;
        let result = self.types.map(ty, &mut |kind| match *kind {
            TyKind::Var(var) => {
                open.get_or_insert(var);
                Some(Ty::ERROR)
            }
            _ => None,
        });
        if let Some(var) = open {
            self.report_unknown(var);
        }
        result
    }

    fn finish_expr(&mut self, e: &mut Expr) {
        e.ty = self.final_type(e.ty);
        self.check_size(e.span);
        if let ExprKind::Literal(Constant::Int(index)) = e.kind {
            e.kind = self.finish_number(index, e);
            return;
        }
        if let ExprKind::FuncValue(_, args, _) | ExprKind::Call { type_args: args, .. } = &mut e.kind {
            for arg in args {
                *arg = self.final_type(*arg);
            }
        }
        each_pattern(&mut e.kind, &mut |pattern| self.finish_pattern(pattern));
        each_child(&mut e.kind, &mut |child| self.finish_expr(child));
    }

    /// The literal of a number, now that its type is known; one out of range is reported.
    fn finish_number(&mut self, index: u64, e: &Expr) -> ExprKind {
        let number = self.numbers[index as usize];
        match (number, self.types.get(e.ty)) {
            (Number::Int { value, negative }, TyKind::F32 | TyKind::F64) => {
                let float = if e.ty == Ty::F32 { f64::from(value as f32) } else { value as f64 };
                ExprKind::Literal(Constant::Float(if negative { -float } else { float }))
            }
            (Number::Int { value, negative }, _) => match self.fit_int(value, negative, e.ty, e.span) {
                Some(value) => ExprKind::Literal(Constant::Int(value)),
                None => ExprKind::Error,
            },
            (Number::Float { single, .. }, TyKind::F32) => {
                ExprKind::Literal(Constant::Float(f64::from(single)))
            }
            (Number::Float { value, .. }, _) => ExprKind::Literal(Constant::Float(value)),
        }
    }

    fn finish_pattern(&mut self, pattern: &mut Pattern) {
        pattern.ty = self.final_type(pattern.ty);
        match &mut pattern.kind {
            PatternKind::Wildcard
            | PatternKind::Bind(_)
            | PatternKind::Constant(_)
            | PatternKind::Range { .. } => {}
            PatternKind::Downcast(inner) => self.finish_pattern(inner),
            PatternKind::Or(parts) => parts.iter_mut().for_each(|part| self.finish_pattern(part)),
            PatternKind::Fields(fields, _) | PatternKind::Variant(_, fields) => {
                fields.iter_mut().for_each(|(_, field)| self.finish_pattern(field));
            }
            PatternKind::Array { prefix, suffix, .. } => {
                prefix.iter_mut().chain(suffix).for_each(|part| self.finish_pattern(part));
            }
        }
    }

    /// The module-level variables.
    fn finish_globals(&mut self) -> Vec<Global> {
        let mut out = Vec::with_capacity(self.globals.len());
        for global in std::mem::take(&mut self.globals) {
            let ty = self.final_type(global.ty.unwrap_or(Ty::ERROR));
            let path = self.modules[global.module].path.clone();
            let mut initial = global.initial;
            if let Some(Initial::Constant(Constant::Int(index))) = initial {
                let literal = expr(ExprKind::Literal(Constant::Int(index)), ty, global.span);
                initial = match self.finish_number(index, &literal) {
                    ExprKind::Literal(number) => Some(Initial::Constant(number)),
                    _ => None,
                };
            }
            out.push(Global { name: global.name, path, ty, initial, is_checked: false, span: global.span });
        }
        out
    }
}

/// Calls `f` with each pattern directly inside an expression.
fn each_pattern(kind: &mut ExprKind, f: &mut dyn FnMut(&mut Pattern)) {
    match kind {
        ExprKind::Let(pattern, _) | ExprKind::For { pattern, .. } => f(pattern),
        ExprKind::Match(_, arms) => arms.iter_mut().for_each(|arm| f(&mut arm.pattern)),
        _ => {}
    }
}

/// Calls `f` with each expression directly inside an expression.
pub(super) fn each_child(kind: &mut ExprKind, f: &mut dyn FnMut(&mut Expr)) {
    match kind {
        ExprKind::Error
        | ExprKind::Unit
        | ExprKind::Literal(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Continue(_)
        | ExprKind::Declare(_) => {}
        ExprKind::Tuple(parts)
        | ExprKind::Array(parts)
        | ExprKind::Variant(_, parts)
        | ExprKind::Block(parts, _) => {
            parts.iter_mut().for_each(f);
        }
        ExprKind::Call { args, .. } | ExprKind::FuncValue(_, _, args) | ExprKind::Print { args, .. } => {
            args.iter_mut().for_each(f);
        }
        ExprKind::Record(fields) => fields.iter_mut().for_each(|(_, value)| f(value)),
        ExprKind::Field(a, _)
        | ExprKind::Unary(_, a)
        | ExprKind::Cast(a)
        | ExprKind::Upcast(a)
        | ExprKind::Narrow(a)
        | ExprKind::Unwrap(a)
        | ExprKind::Defer(a)
        | ExprKind::Let(_, a)
        | ExprKind::Panic(a)
        | ExprKind::Deref(a)
        | ExprKind::Initialise(_, a)
        | ExprKind::Loop(_, a) => f(a),
        ExprKind::Repeat(a, b)
        | ExprKind::Range { start: a, end: b, .. }
        | ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::Logic(_, a, b)
        | ExprKind::While(_, a, b)
        | ExprKind::For { iter: a, body: b, .. }
        | ExprKind::Assign(a, b)
        | ExprKind::AssignOp(_, a, b)
        | ExprKind::Assert(a, b) => {
            f(a);
            f(b);
        }
        ExprKind::CallValue(callee, args) => {
            f(callee);
            args.iter_mut().for_each(f);
        }
        ExprKind::Format(parts) => {
            for part in parts {
                match part {
                    FormatPart::Text(_) => {}
                    FormatPart::Value(value, _) => f(value),
                }
            }
        }
        ExprKind::If(cond, then, otherwise) => {
            f(cond);
            f(then);
            if let Some(otherwise) = otherwise {
                f(otherwise);
            }
        }
        ExprKind::Match(value, arms) => {
            f(value);
            for arm in arms {
                if let Some(guard) = &mut arm.guard {
                    f(guard);
                }
                f(&mut arm.body);
            }
        }
        ExprKind::Break(_, value) | ExprKind::Return(value) => {
            if let Some(value) = value {
                f(value);
            }
        }
    }
}

/// Replaces variables that are read or changed by others.
pub(super) fn rename_locals(e: &mut Expr, map: &[LocalId]) {
    match &mut e.kind {
        ExprKind::Local(local) => *local = map[local.idx()],
        kind => each_child(kind, &mut |child| rename_locals(child, map)),
    }
}
