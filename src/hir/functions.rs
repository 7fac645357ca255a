//! Instances of functions, and the check of their bodies.

use std::rc::Rc;

use super::context::*;
use super::infer::VarKind;
use super::mismatch::written_at;
use super::tree::*;
use super::types::{GROWS, Ty, TyKind, endless_types};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::Symbol;

/// How many functions with inferred results may wait for one another: each is checked inside the check of its caller.
const MAX_WAITING: usize = 1_000;

/// How often a template may need an instance of itself for larger types: more come to no end, and two in one body would be
/// thousands by then.
const MOST_GROWTHS: u32 = 8;

/// In how many instances of itself with open arguments a template may need another one. Each of them makes its own, so that
/// calls with several types would lead to as many as there are orders of these.
const MOST_OPEN: u32 = 4;

impl<'a> Checker<'a> {
    /// A new instance of a function; `arg_types` are those of its parameters without a written type. `stand_for` is what its
    /// type parameters stand for in the terms of a caller.
    pub fn make_instance(
        &mut self,
        id: DeclId,
        arg_types: &[Ty],
        generics: Rc<[Generic]>,
        name: Symbol,
        stand_for: Option<Rc<[Ty]>>,
    ) -> FuncId {
        let info = &mut self.decls[id.0 as usize];
        info.is_used = true;
        let span = info.decl.name.span;
        let (path, receiver, declared) = (info.path.clone(), info.receiver, Rc::clone(&info.params));
        // The functions of a trait belong to no type, and those inside a method to the method.
        let is_method = info.of_trait.is_none() && info.around.is_none();
        let (self_ty, ret, throws) = (info.scope.self_ty, info.ret, info.throws);
        let mut in_terms = |ty: Ty| match &stand_for {
            Some(args) => self.types.substitute(ty, args),
            None => ty,
        };
        let (self_ty, ret) = (self_ty.map(&mut in_terms), ret.map(&mut in_terms));
        let throws = throws.map(&mut in_terms);
        let mut params = Vec::with_capacity(declared.len() + 1);
        if let (Some(passing), Some(ty)) = (receiver, self_ty) {
            params.push(Param { name: self.sym.self_, ty, passing });
        }
        let mut arg_types = arg_types.iter();
        for param in declared.iter() {
            let written = param.ty.map(&mut in_terms);
            let ty = written.or_else(|| arg_types.next().copied()).unwrap_or(Ty::ERROR);
            params.push(Param { name: param.name.name, ty, passing: param.passing });
        }
        let ret = match ret {
            Some(ret) => ret,
            None => {
                let given = self.fresh(VarKind::Any, span);
                throws.map_or(given, |error| self.thrown_type(given, error))
            }
        };
        self.funcs.push(FuncSlot {
            decl: Some(id),
            name,
            path,
            generics,
            owner: self_ty.filter(|_| is_method),
            params,
            ret,
            state: State::Unchecked,
            body: None,
            body_id: 0,
            captures: Vec::new(),
            span,
            called: None,
            made_in: None,
            size: 0,
            stand_for,
        });
        FuncId(self.funcs.len() as u32 - 1)
    }

    /// The instance of a template for these types of arguments, and its type arguments.
    pub fn instantiate(
        &mut self,
        id: DeclId,
        mut arg_types: Vec<Ty>,
        type_args: Vec<Ty>,
    ) -> (FuncId, Vec<Ty>) {
        arg_types.iter_mut().for_each(|ty| *ty = self.deep(*ty));
        if arg_types.iter().any(|&ty| self.types.has_var(ty)) {
            self.instantiate_open(id, arg_types, type_args)
        } else {
            self.instantiate_known(id, arg_types, type_args)
        }
    }

    /// The instance for arguments that leave types open, which its body and the caller decide together. For that both speak
    /// of the caller's type parameters: the template's own stand for the type arguments of the call.
    fn instantiate_open(
        &mut self,
        id: DeclId,
        arguments: Vec<Ty>,
        mut type_args: Vec<Ty>,
    ) -> (FuncId, Vec<Ty>) {
        type_args.iter_mut().for_each(|ty| *ty = self.deep(*ty));
        let inherited = self.decls[id.0 as usize].inherited;
        let mut generics = self.cx().scope.generics.to_vec();
        generics[inherited..].iter_mut().for_each(|generic| generic.is_foreign = true);
        let same = (0..generics.len() as u32).map(|i| self.types.intern(TyKind::Param(i))).collect();
        let func = self
            .open_instance_around(id, &arguments, &type_args)
            .unwrap_or_else(|| self.instance(id, arguments, generics.into(), Some(type_args.into())));
        (func, same)
    }

    /// The instance around the code being checked that is meant by a call of its template, if what is open in the types of the
    /// one is all that tells them from those of the other. In its own body a function with open types has these types and no
    /// others: each of its calls of itself would lead to a further one.
    fn open_instance_around(&mut self, id: DeclId, arguments: &[Ty], type_args: &[Ty]) -> Option<FuncId> {
        let mut at = self.checking;
        while let Some(func) = at {
            let slot = &self.funcs[func.idx()];
            at = slot.made_in;
            if slot.decl != Some(id) || slot.state != State::InProgress {
                continue;
            }
            let Some(stand_for) = slot.stand_for.clone() else { continue };
            let declared = Rc::clone(&self.decls[id.0 as usize].params);
            let skip = slot.params.len() - declared.len();
            let own = slot.params[skip..].iter().zip(declared.iter());
            let own = own.filter(|(_, declared)| declared.ty.is_none()).map(|(param, _)| param.ty);
            let own = own.chain(stand_for.iter().copied());
            let mut pairs: Vec<(Ty, Ty)> = own.zip(arguments.iter().chain(type_args).copied()).collect();
            pairs.iter_mut().for_each(|(a, b)| (*a, *b) = (self.deep(*a), self.deep(*b)));
            let is_open = |ty: Ty| self.types.has_var(ty);
            if pairs.iter().all(|&(a, b)| a == b || is_open(a) || is_open(b))
                && pairs.into_iter().all(|(a, b)| self.unify(a, b))
            {
                return Some(func);
            }
        }
        None
    }

    /// The instance for arguments of known types, which all callers share. Behind the type arguments that are given stand the
    /// type parameters of the caller that the types mention.
    fn instantiate_known(
        &mut self,
        id: DeclId,
        arg_types: Vec<Ty>,
        mut type_args: Vec<Ty>,
    ) -> (FuncId, Vec<Ty>) {
        let info = &self.decls[id.0 as usize];
        let (scope, inherited) = (info.scope.clone(), info.inherited);
        let own = scope.generics.len();
        let mut lifted: Vec<u32> = Vec::new();
        let mut arguments = Vec::with_capacity(arg_types.len());
        for ty in arg_types {
            let mut replacements: Vec<(u32, u32)> = Vec::new();
            self.types.map(ty, &mut |kind| {
                if let TyKind::Param(i) = *kind
                    && i as usize >= inherited
                {
                    let at = lifted.iter().position(|&p| p == i).unwrap_or_else(|| {
                        lifted.push(i);
                        lifted.len() - 1
                    });
                    replacements.push((i, (own + at) as u32));
                }
                None
            });
            let table: Vec<Ty> =
                replacements.iter().map(|&(_, to)| self.types.intern(TyKind::Param(to))).collect();
            arguments.push(self.types.map(ty, &mut |kind| match *kind {
                TyKind::Param(i) => replacements.iter().position(|&(from, _)| from == i).map(|at| table[at]),
                _ => None,
            }));
        }
        let caller = Rc::clone(&self.bodies[self.current].scope.generics);
        let mut generics = scope.generics.to_vec();
        generics.extend(self.lift(&caller, lifted, inherited, own, &mut type_args));
        (self.instance(id, arguments, generics.into(), None), type_args)
    }

    /// The instance for these arguments, made if there is none yet.
    fn instance(
        &mut self,
        id: DeclId,
        mut arguments: Vec<Ty>,
        generics: Rc<[Generic]>,
        stand_for: Option<Rc<[Ty]>>,
    ) -> FuncId {
        let size = arguments.iter().fold(0, |size: u32, &ty| size.saturating_add(self.types.size(ty)));
        let is_endless = match &stand_for {
            None => self.growths(id, size) > MOST_GROWTHS,
            Some(_) => self.open_instances(id) > MOST_OPEN,
        };
        if is_endless {
            arguments.fill(Ty::ERROR);
        }
        let key_types =
            arguments.iter().chain(stand_for.iter().flat_map(|args| args.iter())).copied().collect();
        let key = (id, key_types, Rc::clone(&generics));
        if let Some(&func) = self.instances.get(&key) {
            return func;
        }
        let name = self.decls[id.0 as usize].decl.name;
        if is_endless {
            let error = endless_types(self.name(name.name), name.span, GROWS);
            self.error(error);
        }
        let shown: Vec<String> = arguments.iter().map(|&ty| self.show(ty)).collect();
        let name = format!("{}<{}>", self.name(name.name), shown.join(","));
        let name = self.interner.intern(&name);
        // What is still open may be different things in the end.
        let name = stand_for.as_ref().and_then(|_| self.numbered(&[], name)).unwrap_or(name);
        let func = self.make_instance(id, &arguments, generics, name, stand_for);
        let slot = &mut self.funcs[func.idx()];
        (slot.made_in, slot.size) = (self.checking, size);
        self.instances.insert(key, func);
        self.unchecked.push(func);
        func
    }

    /// How often, on the way to the function being checked, a template was made for larger types than before; the last time
    /// for types of this size.
    fn growths(&self, id: DeclId, mut size: u32) -> u32 {
        let (mut growths, mut at) = (0, self.checking);
        while let Some(func) = at {
            let slot = &self.funcs[func.idx()];
            if slot.decl == Some(id) && slot.size < size {
                (growths, size) = (growths + 1, slot.size);
            }
            at = slot.made_in;
        }
        growths
    }

    /// How many instances of a template with open types, each made in the one before, lead to the function being checked.
    fn open_instances(&self, id: DeclId) -> u32 {
        let (mut count, mut at) = (0, self.checking);
        while let Some(func) = at {
            let slot = &self.funcs[func.idx()];
            count += u32::from(slot.decl == Some(id) && slot.stand_for.is_some());
            at = slot.made_in;
        }
        count
    }

    /// The type parameters of the caller that stand behind a template's own, and with them those that their bounds
    /// mention; the caller's are the arguments for them.
    fn lift(
        &mut self,
        caller: &[Generic],
        mut lifted: Vec<u32>,
        inherited: usize,
        own: usize,
        type_args: &mut Vec<Ty>,
    ) -> Vec<Generic> {
        let mut next = 0;
        while let Some(&i) = lifted.get(next) {
            for bound in caller[i as usize].bounds.iter() {
                for &arg in &bound.of.args {
                    self.types.map(arg, &mut |kind| {
                        if let TyKind::Param(i) = *kind
                            && i as usize >= inherited
                            && !lifted.contains(&i)
                        {
                            lifted.push(i);
                        }
                        None
                    });
                }
            }
            next += 1;
        }
        let mut renumbered: Vec<Ty> =
            (0..caller.len() as u32).map(|i| self.types.intern(TyKind::Param(i))).collect();
        for (at, &i) in lifted.iter().enumerate() {
            type_args.push(renumbered[i as usize]);
            renumbered[i as usize] = self.types.intern(TyKind::Param((own + at) as u32));
        }
        let mut generics = Vec::with_capacity(lifted.len());
        for i in lifted {
            let Generic { name, bounds, .. } = caller[i as usize].clone();
            let mut moved = Vec::with_capacity(bounds.len());
            for bound in bounds.iter() {
                moved.push(Bound { of: self.substitute_trait(&bound.of, &renumbered), span: bound.span });
            }
            generics.push(Generic { name, bounds: moved.into(), is_foreign: true });
        }
        generics
    }

    /// The scope of a template's body where its type parameters stand for other types.
    fn in_terms_of(&mut self, args: &[Ty], scope: TyScope, id: DeclId) -> TyScope {
        let info = &self.decls[id.0 as usize];
        let (own, inherited) = (Rc::clone(&info.scope.generics), info.inherited);
        let mut given: Vec<(Symbol, Ty)> =
            (inherited..own.len()).rev().map(|i| (own[i].name, args[i])).collect();
        given.extend(scope.given.iter().map(|&(name, ty)| (name, self.types.substitute(ty, args))));
        let self_ty = scope.self_ty.map(|ty| self.types.substitute(ty, args));
        TyScope { given: given.into(), self_ty, ..scope }
    }

    /// The result of a function, over its own type parameters; its body is checked first if that decides it.
    pub fn result_of(&mut self, func: FuncId) -> Ty {
        let slot = &self.funcs[func.idx()];
        let ret = slot.ret;
        // What a nested function refers to is known now, not later.
        let is_due = slot.decl.is_some_and(|decl| {
            let info = &self.decls[decl.0 as usize];
            info.ret.is_none() || info.is_template && info.around.is_some()
        });
        if is_due && !self.check_early(func) { Ty::ERROR } else { self.deep(ret) }
    }

    /// Checks a body now, because the one being checked depends on it; whether that was possible.
    pub fn check_early(&mut self, func: FuncId) -> bool {
        let slot = &self.funcs[func.idx()];
        if slot.state != State::Unchecked || self.bodies.len() <= MAX_WAITING {
            self.check_func(func);
            return true;
        }
        let name = slot.decl.map_or(slot.name, |decl| self.decls[decl.0 as usize].decl.name.name);
        let message = "depends on too many functions without a written result";
        let error =
            Diagnostic::error(Code::CannotInfer, format!("the result of `{}` {message}", self.name(name)))
                .at(slot.span, "this needs a written result")
                .help("write the type of the result: `-> T`");
        self.error(error);
        false
    }

    /// Checks the instances of templates that nobody needed to be checked for their results.
    pub fn check_instances(&mut self) {
        let mut next = 0;
        while let Some(&func) = self.unchecked.get(next) {
            self.check_func(func);
            self.end_pending(0);
            next += 1;
        }
    }

    /// Checks the body of a function once.
    pub fn check_func(&mut self, func: FuncId) {
        let slot = &mut self.funcs[func.idx()];
        if slot.state != State::Unchecked {
            return;
        }
        slot.state = State::InProgress;
        let (ret, span, generics) = (slot.ret, slot.span, Rc::clone(&slot.generics));
        let stand_for = slot.stand_for.clone();
        let is_open = stand_for.is_some();
        let params: Vec<(Symbol, Ty, Passing)> =
            slot.params.iter().map(|p| (p.name, p.ty, p.passing)).collect();
        let Some(id) = slot.decl else { return };
        let info = &self.decls[id.0 as usize];
        let decl = info.decl;
        let Some(body) = &decl.body else {
            self.funcs[func.idx()].state = State::Done;
            return;
        };
        let mut path = info.path.clone();
        path.push(decl.name.name);
        let is_inferred = info.ret.is_none();
        let ret_why = Why::Return(decl.name.name, decl.name.span, decl.ret.as_ref().map(written_at));
        let around = info.around;
        let declared: Rc<[ParamInfo<'a>]> = Rc::clone(&info.params);
        let scope = TyScope { generics, ..info.scope.clone() };
        let scope = match stand_for {
            Some(args) => self.in_terms_of(&args, scope, id),
            None => scope,
        };
        let skip = params.len() - declared.len();
        let called = self.funcs[func.idx()].called;
        let outer = self.enter_body(scope, path, around, ret, ret_why);
        let around = self.checking.replace(func);
        self.cx().called = called;
        for (i, (name, ty, passing)) in params.into_iter().enumerate() {
            let at = if i < skip { span } else { declared[i - skip].name.span };
            let local = self.new_local(name, ty, false, at);
            let param = i.checked_sub(skip).map(|i| &declared[i]);
            let info = &mut self.cx().locals[local.idx()];
            info.passing = Some(passing);
            info.origin.written = param.filter(|param| !param.is_variadic).and_then(|param| param.written);
            self.cx().names.declare(name, Binding::Local(local));
        }
        let (mark, pending) = (self.infer.mark(), self.pending.len());
        let value =
            self.what_it_gives(false, |checker, ret| checker.body_value(body, ret, ret_why, is_inferred));
        if !is_open {
            self.end_pending(pending);
        }
        self.default_literals(mark);
        let given = self.cx().given();
        self.settle(given);
        self.check_size(span);
        self.leave_body(func, value, outer);
        self.checking = around;
    }

    /// Makes a new body the one that is checked. The one that was is what [`Checker::leave_body`] needs.
    pub fn enter_body(
        &mut self,
        scope: TyScope,
        path: Vec<Symbol>,
        around: Option<Around>,
        ret: Ty,
        ret_why: Why,
    ) -> usize {
        let outer = std::mem::replace(&mut self.current, self.bodies.len());
        self.bodies.push(BodyCx {
            id: self.body_count,
            around,
            captures: Vec::new(),
            scope,
            path,
            locals: Vec::new(),
            loop_count: 0,
            loops: Vec::new(),
            names: Scope::default(),
            ret,
            ret_why,
            returns_nothing: false,
            chained: None,
            first_end: None,
            is_top_level: false,
            tries: Vec::new(),
            throws: super::throws::Throws::Nothing,
            example: None,
            is_deferred: false,
            called: None,
            is_lambda: false,
            holes: Vec::new(),
            facts: super::narrow::Facts::default(),
        });
        self.body_count += 1;
        outer
    }

    /// Ends the body being checked and gives it to its function. Its types may still hold unknowns.
    pub fn leave_body(&mut self, func: FuncId, value: Expr, outer: usize) {
        let Some(cx) = self.bodies.pop() else { return };
        self.current = outer;
        let locals: Vec<Local> = cx
            .locals
            .iter()
            .map(|l| Local {
                name: l.name,
                ty: l.ty,
                is_var: l.is_var || (l.is_changed && l.passing.is_none()),
                span: l.span,
            })
            .collect();
        let changed: Vec<LocalId> = (0..cx.locals.len() as u32)
            .map(LocalId)
            .filter(|l| cx.locals[l.idx()].is_changed && cx.locals[l.idx()].passing == Some(Passing::Shared))
            .collect();
        let mut body = Body { locals, loops: cx.loop_count, value };
        let slot = &mut self.funcs[func.idx()];
        slot.body_id = cx.id;
        slot.captures = cx.captures;
        slot.state = State::Done;
        if !changed.is_empty() {
            let map = copy_parameters(&mut body, &changed);
            self.move_captured(cx.id, &map);
        }
        self.funcs[func.idx()].body = Some(body);
    }
}

/// A shared parameter that the body changes through its own methods is a value of its own: the body works on a copy.
/// The result tells what each variable became.
fn copy_parameters(body: &mut Body, changed: &[LocalId]) -> Vec<LocalId> {
    let mut map: Vec<LocalId> = (0..body.locals.len() as u32).map(LocalId).collect();
    let mut code = Vec::with_capacity(changed.len() + 1);
    for &param in changed {
        let copy = LocalId(body.locals.len() as u32);
        let Local { name, ty, span, .. } = body.locals[param.idx()];
        body.locals.push(Local { name, ty, is_var: true, span });
        map[param.idx()] = copy;
        let pattern = Pattern { kind: PatternKind::Bind(copy), ty, span };
        let value = expr(ExprKind::Local(param), ty, span);
        code.push(binding(pattern, value, span));
    }
    let (ty, span) = (body.value.ty, body.value.span);
    let placeholder = expr(ExprKind::Unit, Ty::UNIT, span);
    let mut value = std::mem::replace(&mut body.value, placeholder);
    super::finish::rename_locals(&mut value, &map);
    code.push(value);
    body.value = expr(ExprKind::Block(code, true), ty, span);
    map
}
