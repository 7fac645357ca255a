//! Values behind a wider type, `dyn Trait`, a union or `Any`: objects that hold the value and say what it is.
//!
//! The object has the address of a table for its trait and the value's type: the address of the type's *description*,
//! which handles the value without knowing it, then the methods, each as a function that takes the address of the value.
//! A description is a table, too, of no methods: that of `Any` and of unions, whose objects are the same.

use std::rc::Rc;

use crate::diagnostics::Span;
use crate::hir::{self, CompareOp, Expr, ExprKind, FuncId, Passing, TraitRef, TyKind};
use crate::mir::{
    self, Abi, Alias, FunctionBuilder, Global, GlobalId, Hint, Init, Linkage, Module, Reg, Signature,
    Terminator, Ty, TypeData,
};
use crate::runtime::object;

use super::access::Place;
use super::closure::Target;
use super::dispatch::Callee;
use super::function::{Dest, FnLowerer, Operand, Val};
use super::types::Rep;
use super::{Context, Glue, Instance};

/// The case of `Option` with a payload.
pub(super) const SOME: u32 = 1;

/// What a helper does with the objects of a type's values. In the order of the description's fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum BoxGlue {
    /// Drops the value and frees the object, `(object)`.
    Free,
    /// A new object with a copy of the value, `(object) -> object`.
    Copy,
    /// `(object, object) -> bool`.
    Equal,
    /// Appends the value, `(buffer, object)`.
    Show,
    /// As it is shown inside of others, `(buffer, object)`.
    ShowQuoted,
}

/// What a table holds behind the description.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Slot {
    /// The table of a trait that the table's own brings along, for the same type.
    Table(TraitRef),
    /// A method, a function of its trait, with the trait's arguments.
    Method(FuncId, Vec<hir::Ty>),
}

impl Context<'_> {
    /// What the tables of a trait's objects hold.
    fn slots(&mut self, wide: hir::Ty) -> Rc<[Slot]> {
        if let Some(known) = self.slots.get(&wide) {
            return Rc::clone(known);
        }
        let mut slots = Vec::new();
        if let TyKind::Dyn(id, args) = self.types.get(wide).clone() {
            let mut all = vec![TraitRef { id, args }];
            let mut next = 0;
            while let Some(of) = all.get(next).cloned() {
                let known = &self.program.traits[of.id.idx()];
                if next > 0 {
                    slots.push(Slot::Table(of.clone()));
                }
                slots.extend(known.dispatched.iter().map(|&f| Slot::Method(f, of.args.clone())));
                let args: Vec<hir::Ty> = [wide].into_iter().chain(of.args).collect();
                for wanted in &known.supers {
                    let args = wanted.args.iter().map(|&ty| self.types.substitute(ty, &args)).collect();
                    let wanted = TraitRef { id: wanted.id, args };
                    if !all.contains(&wanted) {
                        all.push(wanted);
                    }
                }
                next += 1;
            }
        }
        let slots: Rc<[Slot]> = slots.into();
        self.slots.insert(wide, Rc::clone(&slots));
        slots
    }

    /// Where the table of a wider type's objects is in those of a trait that brings it along: in a slot, or, for `Any`,
    /// the description.
    fn upcast_slot(&mut self, from: hir::Ty, wide: hir::Ty) -> Option<Option<u32>> {
        match (self.types.get(from).clone(), self.types.get(wide).clone()) {
            (TyKind::Dyn(..), TyKind::Any) => Some(None),
            (TyKind::Dyn(..), TyKind::Dyn(id, args)) => {
                let wanted = Slot::Table(TraitRef { id, args });
                let at = self.slots(from).iter().position(|slot| *slot == wanted)?;
                Some(Some(at as u32))
            }
            _ => None,
        }
    }

    /// Whether values of a type may be aligned to more than two addresses.
    fn has_vector(&mut self, ty: hir::Ty) -> bool {
        self.holds(ty, &|cx, ty| matches!(cx.types.get(ty), TyKind::Vector(..)).then_some(true))
    }

    /// The slot of a method in the tables of its `Self`, when that is a type of objects of its trait.
    pub fn virtual_slot(&mut self, id: FuncId, args: &[hir::Ty]) -> Option<u32> {
        self.program.funcs[id.idx()].of_trait?;
        let (&wide, rest) = args.split_first()?;
        let slots = self.slots(wide);
        let wanted = |slot: &Slot| matches!(slot, Slot::Method(f, args) if *f == id && args == rest);
        slots.iter().position(wanted).map(|at| at as u32)
    }

    /// The table of the objects of a wider type that hold values of a type.
    pub fn table(&mut self, module: &mut Module, wide: hir::Ty, ty: hir::Ty) -> GlobalId {
        if self.types.is_described(wide) {
            return self.description(module, ty);
        }
        if let Some(&known) = self.tables.get(&(wide, ty)) {
            return known;
        }
        let slots = self.slots(wide);
        let mut name = "rt::table::".to_string();
        self.write_type(&mut name, wide);
        name.push_str("::");
        self.write_type(&mut name, ty);
        let id = constant(module, name, slots.len() + object::METHODS as usize);
        self.tables.insert((wide, ty), id);
        let mut fields = vec![Init::Global(self.description(module, ty))];
        for slot in slots.iter() {
            fields.push(match slot {
                Slot::Table(of) => {
                    let wide = self.types.intern(TyKind::Dyn(of.id, of.args.clone()));
                    Init::Global(self.table(module, wide, ty))
                }
                Slot::Method(func, rest) => {
                    let args = [ty].into_iter().chain(rest.iter().copied()).collect();
                    let callee = self.resolve(*func, args);
                    Init::Func(self.by_address(module, callee, ty))
                }
            });
        }
        module.globals[id.idx()].init = Some(Init::Fields(fields));
        id
    }

    /// The description of a type.
    fn description(&mut self, module: &mut Module, ty: hir::Ty) -> GlobalId {
        if let Some(&known) = self.tables.get(&(hir::Ty::ANY, ty)) {
            return known;
        }
        let mut name = "rt::type::".to_string();
        self.write_type(&mut name, ty);
        let id = constant(module, name, object::DESCRIPTION_ENTRIES as usize);
        self.tables.insert((hir::Ty::ANY, ty), id);
        let quoted = if self.quotes(ty) { BoxGlue::ShowQuoted } else { BoxGlue::Show };
        let helpers = [BoxGlue::Free, BoxGlue::Copy, BoxGlue::Equal, BoxGlue::Show, quoted];
        let helpers = helpers.map(|glue| Init::Func(self.glue(module, Glue::Box(glue), ty)));
        let fields = std::iter::once(Init::Global(id)).chain(helpers).collect();
        module.globals[id.idx()].init = Some(Init::Fields(fields));
        id
    }

    /// Whether the text form of a value differs inside of others.
    fn quotes(&mut self, ty: hir::Ty) -> bool {
        match self.types.get(ty).clone() {
            TyKind::Text | TyKind::Char | TyKind::Any | TyKind::Dyn(..) => true,
            TyKind::Union(parts) => parts.into_iter().any(|part| self.quotes(part)),
            TyKind::Adt(id, args) => {
                Some(id) == self.program.option && args.into_iter().any(|payload| self.quotes(payload))
            }
            _ => false,
        }
    }

    /// A method as a function that takes the address of its receiver: itself if it does, or one that reads the receiver.
    fn by_address(&mut self, module: &mut Module, (id, args): Callee, ty: hir::Ty) -> mir::FuncId {
        let rep = self.rep(module, ty);
        let passing = self.program.funcs[id.idx()].params.first().map(|param| param.passing);
        if passing == Some(Passing::Mut) || matches!(rep, Rep::Memory(_)) {
            return self.func(module, id, args);
        }
        let instance = Instance::ByAddress(id, args.clone(), ty);
        if let Some(&known) = self.instances.get(&instance) {
            return known;
        }
        let target = self.func(module, id, args.clone());
        let mut sig = module.sig_of(target).clone();
        let at = self.receiver_at(module, id, &args);
        match rep.reg_ty() {
            Some(_) => sig.params[at] = Ty::PTR,
            None => sig.params.insert(at, Ty::PTR),
        }
        let name = format!("rt::by_address::{}", module.func(target).name);
        let known = module.declare(name, sig, Linkage::Internal);
        self.instances.insert(instance.clone(), known);
        self.queue.push((instance, known));
        known
    }

    /// The position of a method's receiver among the parameters: behind the address for a result in memory.
    fn receiver_at(&mut self, module: &mut Module, id: FuncId, args: &[hir::Ty]) -> usize {
        let ret = self.types.substitute(self.program.funcs[id.idx()].ret, args);
        usize::from(matches!(self.rep(module, ret), Rep::Memory(_)))
    }
}

/// A global of addresses that nothing changes.
fn constant(module: &mut Module, name: String, count: usize) -> GlobalId {
    let ty = module.types.intern(TypeData::FixedArray(Ty::PTR, count as u64));
    let (init, linkage, span) = (Some(Init::Zero), Linkage::Internal, Span::NONE);
    module.add_global(Global { name, ty, init, constant: true, thread_local: false, linkage, span })
}

/// Lowers a function that reads the receiver at an address and calls the method that takes its value.
pub(super) fn lower_by_address(
    cx: &mut Context,
    module: &mut Module,
    callee: FuncId,
    args: &[hir::Ty],
    ty: hir::Ty,
    id: mir::FuncId,
) {
    let target = cx.func(module, callee, args.to_vec());
    let at = cx.receiver_at(module, callee, args);
    let rep = cx.rep(module, ty);
    let mut b = FunctionBuilder::new(module, id);
    let count = b.module.sig_of(id).params.len();
    let mut params: Vec<Reg> = (0..count).map(|i| b.param(i)).collect();
    let receiver = params.remove(at);
    if let Some(reg_ty) = rep.reg_ty() {
        params.insert(at, b.load(reg_ty, receiver, Alias::Any));
    }
    let list = b.list(&params);
    let result = b.call(target, list);
    match b.module.sig_of(id).ret {
        Ty::NEVER => b.terminate(Terminator::Unreachable),
        _ => b.ret(result),
    }
    b.finish();
}

impl<'p> FnLowerer<'_, 'p> {
    /// The address of the value in an object. It is the same in all objects: no value that one may hold is aligned to more
    /// than two addresses.
    fn boxed_value(&mut self, of: Reg) -> Reg {
        let ty = object::box_type(self.b.module, Ty::U64);
        self.b.field_addr(of, ty, object::VALUE)
    }

    fn table_of(&mut self, of: Reg) -> Reg {
        let ty = object::box_type(self.b.module, Ty::U64);
        let at = self.b.field_addr(of, ty, object::TABLE);
        self.b.load(Ty::PTR, at, Alias::Header)
    }

    fn entry(&mut self, table: Reg, index: u32) -> Reg {
        let index = self.b.int(Ty::USIZE, i64::from(index));
        let at = self.b.index_addr(table, Ty::PTR, index);
        self.b.load(Ty::PTR, at, Alias::Header)
    }

    /// Calls a function of the description of an object's value.
    fn call_described(&mut self, of: Reg, field: u32, args: &[Reg], ret: Ty) -> Option<Reg> {
        let table = self.table_of(of);
        let description = self.entry(table, object::DESCRIPTION);
        let callee = self.entry(description, field);
        let sig = Signature { params: vec![Ty::PTR; args.len()], ret, variadic: false, abi: Abi::Simple };
        let sig = self.b.module.types.intern_sig(sig);
        let args = self.b.list(args);
        self.b.call_indirect(callee, sig, args)
    }

    /// Drops the value in an object without references, and frees the object.
    pub fn free_object(&mut self, of: Reg) {
        self.call_described(of, object::FREE, &[of], Ty::UNIT);
    }

    /// Appends the value in an object.
    pub fn show_object(&mut self, of: Reg, buffer: Reg, quoted: bool) {
        let field = if quoted { object::SHOW_QUOTED } else { object::SHOW };
        self.call_described(of, field, &[buffer, of], Ty::UNIT);
    }

    /// The body of the helper that compares two objects: equal values of one type.
    pub fn equal_objects(&mut self, a: Reg, b: Reg) {
        let (left, right) = (self.table_of(a), self.table_of(b));
        let (left, right) = (self.entry(left, object::DESCRIPTION), self.entry(right, object::DESCRIPTION));
        let same_type = self.b.eq(left, right);
        let (compare, differ) = (self.b.block(), self.b.block());
        self.b.branch(same_type, compare, differ, Hint::None);
        self.b.switch_to(compare);
        let equal = self.call_described(a, object::EQUAL, &[a, b], Ty::BOOL);
        self.b.ret(equal);
        self.b.switch_to(differ);
        let no = self.b.bool(false);
        self.b.ret(Some(no));
    }

    /// The body of a helper that handles objects with values of a type.
    pub fn box_helper(&mut self, glue: BoxGlue, ty: hir::Ty, first: Reg, second: Reg) {
        match glue {
            BoxGlue::Free => {
                let value = self.boxed_value(first);
                self.drop_at(value, ty, Alias::Any);
                self.b.heap_free(first);
                self.b.ret(None);
            }
            BoxGlue::Copy => {
                let copy = self.new_box(ty);
                let (table, at) = (self.table_of(first), self.boxed_value(first));
                self.set_table(copy, table);
                let value = self.load(at, ty, Alias::Any);
                let to = self.boxed_value(copy);
                self.store(value, ty, to, Alias::Any);
                self.b.ret(Some(copy));
            }
            BoxGlue::Equal => {
                // What cannot be compared is equal to itself alone.
                let equal = if self.cx.is_comparable(ty) {
                    let (a, b) = (self.boxed_value(first), self.boxed_value(second));
                    let (a, b) = (self.load(a, ty, Alias::Any).val, self.load(b, ty, Alias::Any).val);
                    self.compare_values(CompareOp::Eq, a, b, ty)
                } else {
                    self.b.eq(first, second)
                };
                self.b.ret(Some(equal));
            }
            BoxGlue::Show | BoxGlue::ShowQuoted => {
                let at = self.boxed_value(second);
                let value = self.load(at, ty, Alias::Any);
                self.show(value.val, ty, first, glue == BoxGlue::ShowQuoted);
                self.b.ret(None);
            }
        }
    }

    /// An object with room for a value of a type.
    fn new_box(&mut self, ty: hir::Ty) -> Reg {
        let stored = self.stored(ty);
        let boxed = object::box_type(self.b.module, stored);
        let size = self.b.size_of(boxed);
        self.call_lang_value("object_new", Vec::new(), &[size])
    }

    fn set_table(&mut self, of: Reg, table: Reg) {
        let ty = object::box_type(self.b.module, Ty::U64);
        let at = self.b.field_addr(of, ty, object::TABLE);
        self.b.store(table, at, Alias::Header);
    }

    /// A value as one of a wider type.
    pub fn upcast(&mut self, value: &'p Expr, wide: hir::Ty, dest: Dest) {
        let ty = self.subst(value.ty);
        let is_same = |cx: &Context| cx.types.is_described(ty) && cx.types.is_described(wide);
        if ty == wide || is_same(self.cx) {
            return self.expr_to(value, dest);
        }
        let op = self.consumed(value);
        if self.is_dead() {
            return;
        }
        if let Some(slot) = self.cx.upcast_slot(ty, wide) {
            self.hold(op, ty);
            let object = self.with_table(op, slot);
            self.release();
            return self.put(Operand::reg(object), wide, dest);
        }
        if self.cx.has_vector(ty) {
            return self.unsupported("a SIMD vector behind `dyn`, a union or `Any`", value.span);
        }
        let object = self.new_box(ty);
        let table = self.cx.table(self.b.module, wide, ty);
        let table = self.b.global_addr(table);
        self.set_table(object, table);
        let at = self.boxed_value(object);
        self.store(op, ty, at, Alias::Any);
        self.put(Operand::reg(object), wide, dest);
    }

    /// A copy of an object with another table, which is in a slot of its own, or its description.
    fn with_table(&mut self, op: Operand, slot: Option<u32>) -> Reg {
        let Val::Reg(of) = op.val else { return self.b.reg(Ty::PTR) };
        let table = self.table_of(of);
        let index = slot.map_or(object::DESCRIPTION, |slot| object::METHODS + slot);
        let table = self.entry(table, index);
        let copy = self.call_described(of, object::COPY, &[of], Ty::PTR).unwrap_or(of);
        self.set_table(copy, table);
        copy
    }

    /// Whether an object holds a value of a type, or of one of a union's.
    pub fn is_of(&mut self, of: Reg, wide: hir::Ty, ty: hir::Ty) -> Reg {
        let table = self.table_of(of);
        let types = match self.cx.types.get(ty).clone() {
            TyKind::Union(parts) => parts,
            _ => vec![ty],
        };
        let tests: Vec<Reg> = types
            .into_iter()
            .map(|ty| {
                let wanted = self.cx.table(self.b.module, wide, ty);
                let wanted = self.b.global_addr(wanted);
                self.b.eq(table, wanted)
            })
            .collect();
        let any = tests.into_iter().reduce(|a, b| self.b.or(a, b));
        any.unwrap_or_else(|| self.b.bool(false))
    }

    /// The value of a wider type as one of a type that it is known to be of, borrowed.
    pub fn narrowed(&mut self, value: Val, wide: hir::Ty, ty: hir::Ty) -> Operand {
        if self.cx.is_option(wide) {
            return Operand::borrowed(self.payload(value, wide, SOME, 0));
        }
        match value {
            Val::Reg(of) if ty != wide && !self.cx.types.is_described(ty) => {
                let at = self.boxed_value(of);
                self.load(at, ty, Alias::Any)
            }
            Val::Unit | Val::Reg(_) | Val::Mem(_) => Operand::borrowed(value),
        }
    }

    /// Makes sure that an optional variable of a module still holds something: a function may have changed it since that
    /// was tested.
    pub fn look_again(&mut self, variable: &Expr, value: Val, wide: hir::Ty) {
        if let ExprKind::Global(_) = variable.kind
            && self.cx.is_option(wide)
        {
            self.must_be_there(value, wide);
        }
    }

    /// The place of a value in the object of a variable, which is made the only reference to it.
    pub fn narrowed_place(&mut self, whole: Place, wide: hir::Ty, ty: hir::Ty) -> Place {
        if self.cx.is_option(wide) {
            return match (whole, self.rep(wide)) {
                (_, Rep::Counted) => self.own_payload(whole, wide, SOME),
                (Place::Addr(addr, alias), Rep::Memory(mem)) => {
                    Place::Addr(self.b.variant_addr(addr, mem, SOME, 0), alias)
                }
                // An address that is not null.
                _ => whole,
            };
        }
        if ty == wide || self.cx.types.is_described(ty) {
            return whole;
        }
        let of = match whole {
            Place::Addr(addr, _) => self.own_object(addr, wide),
            Place::Reg(reg) => {
                let temp = self.temp(wide);
                self.b.store(reg, temp, Alias::Any);
                let of = self.own_object(temp, wide);
                self.b.assign(reg, of);
                of
            }
            Place::None => return Place::None,
        };
        Place::Addr(self.boxed_value(of), Alias::Any)
    }

    /// The object that a method is called on, from the argument for its receiver. One that the method changes is the
    /// variable's own, and kept: others may put another into the variable meanwhile.
    pub fn receiver_object(&mut self, place: &'p Expr, passing: Option<Passing>, arg: Reg) -> Reg {
        match passing {
            Some(Passing::Mut) => {
                let ty = self.subst(place.ty);
                let of = self.own_object(arg, ty);
                if !self.is_rooted_here(place) {
                    let kept = self.stable(Operand::borrowed(Val::Reg(of)), ty);
                    self.hold(kept, ty);
                }
                of
            }
            Some(Passing::Shared | Passing::Iso) | None => arg,
        }
    }

    /// Calls a method of an object, whose value is the argument of a number.
    pub fn call_virtual(
        &mut self,
        (id, type_args): (FuncId, &[hir::Ty]),
        of: Reg,
        method: u32,
        receiver: usize,
        mut args: Vec<Reg>,
    ) -> Option<Reg> {
        let target = Target::new(id, type_args.to_vec(), Vec::new());
        let (mut params, _, ret) = self.cx.signature(self.b.module, &target);
        params[receiver] = Ty::PTR;
        let sig = Signature { params, ret, variadic: false, abi: Abi::Simple };
        let sig = self.b.module.types.intern_sig(sig);
        args[receiver] = self.boxed_value(of);
        let args = self.b.list(&args);
        self.b.call_virtual(of, method, sig, args)
    }

    /// The object in a variable at an address, which is made the only reference to it.
    fn own_object(&mut self, addr: Reg, ty: hir::Ty) -> Reg {
        let shared = self.b.load(Ty::PTR, addr, Alias::Any);
        let of = self.b.mov(shared);
        let unique = self.b.is_unique(of);
        let (copy, done) = (self.b.block(), self.b.block());
        self.b.branch(unique, done, copy, Hint::Likely);
        self.b.switch_to(copy);
        let fresh = self.call_described(shared, object::COPY, &[shared], Ty::PTR).unwrap_or(shared);
        self.b.store(fresh, addr, Alias::Any);
        self.b.assign(of, fresh);
        self.drop_val(Val::Reg(shared), ty);
        self.b.goto(done);
        self.b.switch_to(done);
        of
    }
}
