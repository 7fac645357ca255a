//! Places: reading them, and finding their address to change them.

use crate::hir::{self, BinaryOp, Expr, ExprKind, TyKind};
use crate::mir::{Alias, Hint, Reg, Ty};
use crate::runtime::object;

use super::function::{Dest, FnLowerer, Operand, Pending, Storage, Val};
use super::present::Lent;
use super::types::Rep;
use super::walk::{self, mentions};

/// What runs while a place is in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum During {
    /// Nothing that could change what leads to the place.
    Nothing,
    /// Anything: what leads to the place is kept.
    Others,
}

/// What the address of a place is made of.
#[derive(Default)]
pub(super) struct Path<'p> {
    instance: Option<Reg>,
    indices: Vec<Reg>,
    /// How many of the indices are used.
    used: usize,
    /// What the place is in that others could take away while it is in use.
    kept: Vec<(Operand, hir::Ty)>,
    /// What stands for a part of it meanwhile.
    pub lent: Option<Lent<'p>>,
}

impl Path<'_> {
    /// To find the place once more.
    pub fn again(&mut self) {
        self.used = 0;
    }

    fn next_index(&mut self) -> Option<Reg> {
        self.used += 1;
        self.indices.get(self.used - 1).copied()
    }
}

/// Where a place's value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Nowhere: its type is unit.
    None,
    /// In a variable's register.
    Reg(Reg),
    /// In memory.
    Addr(Reg, Alias),
}

impl<'p> FnLowerer<'_, 'p> {
    /// The value in a place, borrowed; a field or element of a temporary is owned.
    pub fn read(&mut self, e: &'p Expr) -> Operand {
        let ty = self.subst(e.ty);
        match &e.kind {
            ExprKind::Local(local) => match self.storage[local.idx()] {
                Storage::None => self.known_operand(*local),
                Storage::Reg(reg) => Operand::borrowed(Val::Reg(reg)),
                Storage::Addr(addr) => self.load(addr, ty, Alias::Any),
            },
            ExprKind::Global(global) => {
                let addr = self.global(*global);
                self.load(addr, ty, Alias::Global)
            }
            ExprKind::Field(base, index) => {
                let base_ty = self.subst(base.ty);
                let op = self.expr(base);
                if self.is_dead() {
                    return self.dead(e.ty);
                }
                let Some((field, alias)) = self.field_addr(op.val, base_ty, *index) else {
                    return self.dead(e.ty);
                };
                let value = self.load(field, ty, alias);
                self.part_of(op, base_ty, value, ty)
            }
            ExprKind::Index(base, index) => self.read_index(base, index, ty),
            ExprKind::Narrow(whole) => {
                let op = self.expr(whole);
                let wide = self.subst(whole.ty);
                self.look_again(whole, op.val, wide);
                self.narrowed(op.val, wide, ty)
            }
            ExprKind::Unwrap(whole) => {
                let op = self.expr(whole);
                if self.is_dead() {
                    return self.dead(ty);
                }
                let wide = self.subst(whole.ty);
                self.b.at(e.span);
                self.must_be_there(op.val, wide);
                let found = self.narrowed(op.val, wide, ty);
                self.part_of(op, wide, found, ty)
            }
            ExprKind::Deref(pointer) => {
                let addr = self.scalar(pointer);
                if self.is_dead() { self.dead(ty) } else { self.load(addr, ty, Alias::Any) }
            }
            _ => self.expr(e),
        }
    }

    /// A part read out of a whole: when the whole is a temporary, it is dropped, and the part is a copy.
    fn part_of(&mut self, whole: Operand, whole_ty: hir::Ty, part: Operand, part_ty: hir::Ty) -> Operand {
        if !whole.owned || !self.cx.needs_drop(whole_ty) {
            return part;
        }
        let part = match part.val {
            Val::Mem(_) => Val::Mem(self.copy_to_temp(part, part_ty)),
            Val::Unit | Val::Reg(_) => self.own(part, part_ty),
        };
        self.drop_val(whole.val, whole_ty);
        Operand::owned(part)
    }

    /// The address of a field of a struct, tuple or instance.
    pub fn field_addr(&mut self, base: Val, ty: hir::Ty, index: u32) -> Option<(Reg, Alias)> {
        match (base, self.rep(ty)) {
            (Val::Mem(addr), Rep::Memory(mem)) => Some((self.b.field_addr(addr, mem, index), Alias::Any)),
            (Val::Reg(raw), Rep::Counted) => Some((self.field_of(raw, ty, index), Alias::Field)),
            _ => {
                self.cx.internal("a field of something that has none");
                None
            }
        }
    }

    /// The value at an address, borrowed.
    pub fn load(&mut self, addr: Reg, ty: hir::Ty, alias: Alias) -> Operand {
        match self.rep(ty) {
            Rep::Unit => Operand::UNIT,
            Rep::Memory(_) => Operand::borrowed(Val::Mem(addr)),
            Rep::Scalar(reg_ty) => Operand::borrowed(Val::Reg(self.b.load(reg_ty, addr, alias))),
            Rep::Counted | Rep::Nullable(_) => Operand::borrowed(Val::Reg(self.b.load(Ty::PTR, addr, alias))),
        }
    }

    fn read_index(&mut self, base: &'p Expr, index: &'p Expr, ty: hir::Ty) -> Operand {
        let base_ty = self.subst(base.ty);
        let mut op = self.expr(base);
        if !is_simple(index) {
            op = self.stable(op, base_ty);
        }
        self.hold(op, base_ty);
        let index = self.scalar(index);
        self.take();
        if self.is_dead() {
            return self.dead(ty);
        }
        let value = match (op.val, self.cx.types.get(base_ty).clone()) {
            (Val::Reg(raw), TyKind::Array(elem)) => {
                let len = self.header(raw, elem, object::LENGTH);
                let index = self.index_check(index, len);
                let addr = self.element(raw, elem, index);
                self.load(addr, elem, Alias::Element)
            }
            (Val::Mem(addr), TyKind::FixedArray(elem, n)) => {
                let len = self.b.int(Ty::USIZE, n as i64);
                let index = self.index_check(index, len);
                let stored = self.stored(elem);
                let addr = self.b.index_addr(addr, stored, index);
                self.load(addr, elem, Alias::Any)
            }
            _ => {
                self.cx.internal("an index into something that is no array");
                return self.dead(ty);
            }
        };
        self.part_of(op, base_ty, value, ty)
    }

    /// A field of an array's header.
    pub fn header(&mut self, raw: Reg, elem: hir::Ty, field: u32) -> Reg {
        let addr = self.header_addr(raw, elem, field);
        self.b.load(Ty::USIZE, addr, Alias::Header)
    }

    /// Sets a field of an array's header.
    pub fn set_header(&mut self, raw: Reg, elem: hir::Ty, field: u32, value: Reg) {
        let addr = self.header_addr(raw, elem, field);
        self.b.store(value, addr, Alias::Header);
    }

    fn header_addr(&mut self, raw: Reg, elem: hir::Ty, field: u32) -> Reg {
        let elem = self.stored(elem);
        let ty = object::array_type(self.b.module, elem);
        self.b.field_addr(raw, ty, field)
    }

    /// The address of an array's first element.
    pub fn elements(&mut self, raw: Reg, elem: hir::Ty) -> Reg {
        self.header_addr(raw, elem, object::ELEMENTS)
    }

    /// The address of an array's element.
    pub fn element(&mut self, raw: Reg, elem: hir::Ty, index: Reg) -> Reg {
        let first = self.elements(raw, elem);
        let stored = self.stored(elem);
        self.b.index_addr(first, stored, index)
    }

    /// A value that later code cannot change: a borrowed one is copied.
    pub fn stable(&mut self, op: Operand, ty: hir::Ty) -> Operand {
        if op.owned {
            return op;
        }
        match op.val {
            Val::Unit => op,
            Val::Reg(reg) => {
                let copy = self.b.mov(reg);
                if self.cx.needs_drop(ty) {
                    self.retain(copy, ty);
                }
                Operand::reg(copy)
            }
            Val::Mem(_) => Operand::owned(Val::Mem(self.copy_to_temp(op, ty))),
        }
    }

    /// A value that is compared or shown: where that runs code of the program, which may change the place that it was read
    /// from, a copy.
    pub fn stable_for_code(&mut self, op: Operand, e: &Expr, ty: hir::Ty) -> Operand {
        if self.cx.runs_code(ty) && !self.is_rooted_here(e) { self.stable(op, ty) } else { op }
    }

    // ---- places to change

    /// The place that an expression names, each array on the way made the only one. What keeps it is pending: the caller
    /// releases that when the place is no longer needed.
    pub fn place(&mut self, e: &'p Expr, during: During) -> Place {
        let mut path = self.path(e, during);
        let place = self.place_at(e, during, &mut path);
        self.keep(&mut path);
        place
    }

    /// Keeps what a place is in. Changes to places that are found later would be made to a copy of it.
    pub fn keep(&mut self, path: &mut Path<'p>) {
        for (op, ty) in path.kept.drain(..) {
            let op = self.stable(op, ty);
            self.hold(op, ty);
        }
    }

    /// What there is to evaluate in a place, evaluated.
    pub fn path(&mut self, e: &'p Expr, during: During) -> Path<'p> {
        let mut path = Path::default();
        self.place_path(e, during, true, &mut path);
        path
    }

    /// First the instance that the place is in, if there is one, and all indices behind it, left to right ...
    fn place_path(&mut self, e: &'p Expr, during: During, rest_is_simple: bool, path: &mut Path<'p>) {
        match &e.kind {
            ExprKind::Field(base, _) => {
                let base_ty = self.subst(base.ty);
                if !self.cx.is_class(base_ty) {
                    return self.place_path(base, during, rest_is_simple, path);
                }
                let op = self.expr(base);
                let stays = during == During::Nothing && rest_is_simple || self.is_fixed(base);
                let op = if stays { op } else { self.stable(op, base_ty) };
                self.hold(op, base_ty);
                if let Val::Reg(raw) = op.val {
                    path.instance = Some(raw);
                }
            }
            ExprKind::Index(base, index) => {
                self.place_path(base, during, rest_is_simple && is_simple(index), path);
                path.indices.push(self.stable_scalar(index));
            }
            ExprKind::Narrow(base) | ExprKind::Unwrap(base) => {
                self.place_path(base, during, rest_is_simple, path)
            }
            _ => {}
        }
    }

    /// ... then the addresses, which no index expression can invalidate any more.
    pub fn place_at(&mut self, e: &'p Expr, during: During, path: &mut Path<'p>) -> Place {
        let ty = self.subst(e.ty);
        if self.is_dead() || self.rep(ty) == Rep::Unit {
            return Place::None;
        }
        match &e.kind {
            ExprKind::Local(local) => match self.storage[local.idx()] {
                Storage::None => Place::None,
                Storage::Reg(reg) => Place::Reg(reg),
                Storage::Addr(addr) => Place::Addr(addr, Alias::Any),
            },
            ExprKind::Global(global) => Place::Addr(self.global(*global), Alias::Global),
            ExprKind::Field(base, index) => {
                let base_ty = self.subst(base.ty);
                let base = match path.instance.filter(|_| self.cx.is_class(base_ty)) {
                    Some(raw) => Val::Reg(raw),
                    None => match self.place_at(base, during, path) {
                        Place::Addr(addr, _) => Val::Mem(addr),
                        Place::Reg(reg) => Val::Reg(reg),
                        Place::None => return Place::None,
                    },
                };
                match self.field_addr(base, base_ty, *index) {
                    Some((addr, alias)) => Place::Addr(addr, alias),
                    None => Place::None,
                }
            }
            ExprKind::Index(base, _) => {
                let base_ty = self.subst(base.ty);
                let place = self.place_at(base, during, path);
                let Some(index) = path.next_index() else { return Place::None };
                match self.cx.types.get(base_ty).clone() {
                    TyKind::Array(elem) => {
                        let raw = match place {
                            Place::Reg(reg) => reg,
                            Place::Addr(addr, alias) => self.b.load(Ty::PTR, addr, alias),
                            Place::None => return Place::None,
                        };
                        let raw = self.make_unique(place, raw, elem);
                        // Others may make the array grow meanwhile: that leaves this one where it is.
                        if during == During::Others && !self.is_rooted_here(base) {
                            path.kept.push((Operand::borrowed(Val::Reg(raw)), base_ty));
                        }
                        let len = self.header(raw, elem, object::LENGTH);
                        let index = self.index_check(index, len);
                        Place::Addr(self.element(raw, elem, index), Alias::Element)
                    }
                    TyKind::FixedArray(elem, n) => {
                        let Place::Addr(addr, alias) = place else { return Place::None };
                        let len = self.b.int(Ty::USIZE, n as i64);
                        let index = self.index_check(index, len);
                        let stored = self.stored(elem);
                        Place::Addr(self.b.index_addr(addr, stored, index), alias)
                    }
                    _ => {
                        self.cx.internal("an index into something that is no array");
                        Place::None
                    }
                }
            }
            ExprKind::Narrow(whole) => {
                let wide = self.subst(whole.ty);
                let place = self.place_at(whole, during, path);
                if let Place::Addr(addr, alias) = place {
                    let value = self.load(addr, wide, alias);
                    self.look_again(whole, value.val, wide);
                }
                let found = self.narrowed_place(place, wide, ty);
                let stays = !self.cx.is_option(wide) || self.stays(whole, during, path);
                if stays { found } else { self.lend(found, whole, ty, path) }
            }
            ExprKind::Unwrap(whole) => {
                let place = self.place_at(whole, during, path);
                self.b.at(e.span);
                let found = self.found_place(place, whole, ty);
                if self.stays(whole, during, path) { found } else { self.lend(found, whole, ty, path) }
            }
            ExprKind::Deref(pointer) => {
                let addr = self.scalar(pointer);
                if self.is_dead() {
                    return Place::None;
                }
                if let Some(dict) = walk::dict_of(pointer)
                    && during == During::Others
                    && !self.is_rooted_here(dict)
                {
                    let op = self.expr(dict);
                    path.kept.push((op, self.subst(dict.ty)));
                }
                Place::Addr(addr, Alias::Any)
            }
            _ => {
                // A method that changes `self` may be called on a temporary: the change is lost with it.
                let op = self.expr(e);
                let op = self.stable(op, ty);
                match op.val {
                    Val::Mem(addr) => Place::Addr(addr, Alias::Any),
                    Val::Unit | Val::Reg(_) => {
                        let temp = self.copy_to_temp(op, ty);
                        Place::Addr(temp, Alias::Any)
                    }
                }
            }
        }
    }

    /// Copies the array in a place unless it is the only reference; its object.
    fn make_unique(&mut self, place: Place, raw: Reg, elem: hir::Ty) -> Reg {
        let result = self.b.mov(raw);
        let unique = self.b.is_unique(raw);
        let (copy, done) = (self.b.block(), self.b.block());
        self.b.branch(unique, done, copy, Hint::Likely);
        self.b.switch_to(copy);
        let fresh = self.call_lang_value("array_detach", vec![elem], &[raw]);
        self.b.assign(result, fresh);
        match place {
            Place::None => {}
            Place::Reg(reg) => self.b.assign(reg, fresh),
            Place::Addr(addr, alias) => self.b.store(fresh, addr, alias),
        }
        self.b.goto(done);
        self.b.switch_to(done);
        result
    }

    /// `place = value`.
    pub fn assign(&mut self, place: &'p Expr, value: &'p Expr) {
        let ty = self.subst(place.ty);
        let counted = self.cx.needs_drop(ty);
        // A scalar variable's new value is made in its own register: nothing else can see it half done.
        if let (ExprKind::Local(local), false) = (&place.kind, counted)
            && let Storage::Reg(reg) = self.storage[local.idx()]
        {
            let value = self.expr(value);
            return self.put(value, ty, Dest::Reg(reg));
        }
        if self.append(place, value) {
            return;
        }
        let depth = self.pending.len();
        // Left to right: what there is to evaluate in the place, then the value. It may move what leads to the place.
        let during = if is_simple(value) { During::Nothing } else { During::Others };
        let mut path = self.path(place, during);
        let value_op = self.consumed(value);
        let value_op = match value_op.val {
            // The value may be part of what is overwritten.
            _ if counted || !is_simple(place) => self.stable(value_op, ty),
            Val::Mem(_) if !value_op.owned => self.stable(value_op, ty),
            Val::Unit | Val::Reg(_) | Val::Mem(_) => value_op,
        };
        let held = self.pending.len();
        self.hold(value_op, ty);
        let target = self.place_at(place, During::Nothing, &mut path);
        if self.is_dead() {
            return self.pending.truncate(depth);
        }
        // From here on the value belongs to the place.
        self.pending[held] = Pending::Temp(Val::Unit, ty);
        match target {
            Place::None => self.drop_operand(value_op, ty),
            Place::Reg(reg) => {
                let old = counted.then(|| self.b.mov(reg));
                self.assign_val(reg, value_op.val);
                if let Some(old) = old {
                    self.drop_val(Val::Reg(old), ty);
                }
            }
            Place::Addr(addr, alias) => self.replace(addr, alias, value_op, ty),
        }
        self.leave(depth);
    }

    /// Puts a value where another is. It is there before the old one is dropped, whatever dropping that may run.
    pub fn replace(&mut self, addr: Reg, alias: Alias, new: Operand, ty: hir::Ty) {
        let old = self.cx.needs_drop(ty).then(|| {
            let old = self.load(addr, ty, alias);
            match old.val {
                Val::Mem(from) => {
                    let temp = self.temp(ty);
                    self.copy_bits(temp, from, ty);
                    Val::Mem(temp)
                }
                Val::Unit | Val::Reg(_) => old.val,
            }
        });
        self.store(new, ty, addr, alias);
        if let Some(old) = old {
            self.drop_val(old, ty);
        }
    }

    /// `place op= value`, on scalars.
    pub fn assign_op(&mut self, op: BinaryOp, place: &'p Expr, value: &'p Expr) {
        let ty = self.subst(place.ty);
        let depth = self.pending.len();
        let stays = is_simple(value) || self.is_apart(place, value);
        let during = if stays { During::Nothing } else { During::Others };
        let mut path = self.path(place, during);
        let mut target = self.place_at(place, During::Nothing, &mut path);
        let old = self.read_place(target, ty);
        let old = if is_simple(value) { old } else { self.b.mov(old) };
        let value = self.scalar(value);
        if !stays {
            // The value may have moved what the address leads to.
            path.again();
            target = self.place_at(place, During::Nothing, &mut path);
        }
        if self.is_dead() {
            return self.pending.truncate(depth);
        }
        let new = self.arithmetic(op, old, value, ty);
        self.write_place(target, new);
        self.leave(depth);
    }

    /// Whether evaluating the value can change nothing that leads to the place.
    fn is_apart(&self, place: &Expr, value: &Expr) -> bool {
        self.cx
            .root(place)
            .is_some_and(|local| !self.by_reference.contains(&local) && !mentions(value, local))
    }

    fn read_place(&mut self, place: Place, ty: hir::Ty) -> Reg {
        match place {
            Place::Reg(reg) => reg,
            Place::Addr(addr, alias) => match self.load(addr, ty, alias).val {
                Val::Reg(reg) | Val::Mem(reg) => reg,
                Val::Unit => self.b.reg(Ty::I64),
            },
            Place::None => self.b.reg(Ty::I64),
        }
    }

    fn write_place(&mut self, place: Place, value: Reg) {
        match place {
            Place::None => {}
            Place::Reg(reg) => self.b.assign(reg, value),
            Place::Addr(addr, alias) => self.b.store(value, addr, alias),
        }
    }

    /// Whether it is a variable that keeps its value as long as it is in scope.
    pub fn is_fixed(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Local(local) => {
                let is_var = self.body.is_none_or(|body| body.locals[local.idx()].is_var);
                !is_var && !self.by_reference.contains(local)
            }
            _ => false,
        }
    }

    fn is_in_instance(&self, base: &Expr) -> bool {
        self.cx.is_class(base.ty)
    }

    /// Whether the place is a part of a variable that only this function can change.
    pub fn is_rooted_here(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Local(local) => !self.by_reference.contains(local),
            ExprKind::Field(base, _) if self.is_in_instance(base) => false,
            ExprKind::Field(base, _)
            | ExprKind::Index(base, _)
            | ExprKind::Narrow(base)
            | ExprKind::Unwrap(base) => self.is_rooted_here(base),
            ExprKind::Global(_) => false,
            ExprKind::Deref(pointer) => walk::dict_of(pointer).is_some_and(|dict| self.is_rooted_here(dict)),
            _ => true,
        }
    }
}

/// Whether evaluating an expression changes nothing.
pub(super) fn is_simple(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Unit
        | ExprKind::Literal(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::FuncValue(..) => true,
        ExprKind::Field(a, _)
        | ExprKind::Unary(_, a)
        | ExprKind::Cast(a)
        | ExprKind::Narrow(a)
        | ExprKind::Unwrap(a)
        | ExprKind::Deref(a) => is_simple(a),
        ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::Logic(_, a, b) => is_simple(a) && is_simple(b),
        ExprKind::Range { start, end, .. } => is_simple(start) && is_simple(end),
        ExprKind::Tuple(parts) | ExprKind::Array(parts) | ExprKind::Variant(_, parts) => {
            parts.iter().all(is_simple)
        }
        ExprKind::Record(parts) => parts.iter().all(|p| is_simple(&p.1)),
        ExprKind::Repeat(a, b) => is_simple(a) && is_simple(b),
        ExprKind::Error
        | ExprKind::Upcast(_)
        | ExprKind::Call { .. }
        | ExprKind::CallValue(..)
        | ExprKind::Print { .. }
        | ExprKind::Format(_)
        | ExprKind::Block(..)
        | ExprKind::If(..)
        | ExprKind::Match(..)
        | ExprKind::Loop(..)
        | ExprKind::While(..)
        | ExprKind::For { .. }
        | ExprKind::Break(..)
        | ExprKind::Continue(_)
        | ExprKind::Return(_)
        | ExprKind::Let(..)
        | ExprKind::Defer(_)
        | ExprKind::Declare(_)
        | ExprKind::Assign(..)
        | ExprKind::AssignOp(..)
        | ExprKind::Initialise(..)
        | ExprKind::Panic(_)
        | ExprKind::Assert(..) => false,
    }
}
