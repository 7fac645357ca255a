//! Operations that the runtime's source calls by name.

use crate::hir::{self, Expr, Intrinsic};
use crate::mir::{Alias, CoreOp, Reg, Terminator, Ty, TypeData};
use crate::runtime::object;

use super::access::{During, Place};
use super::function::{Dest, FnLowerer, Operand, Val};
use super::types::Rep;

/// How many scalars of a value `is_zero` looks at: looking at more would take longer than it saves.
const MOST_LOOKED_AT: u32 = 16;

impl<'p> FnLowerer<'_, 'p> {
    /// A call of an intrinsic.
    pub fn intrinsic(
        &mut self,
        op: Intrinsic,
        types: &[hir::Ty],
        args: &'p [Expr],
        ret: hir::Ty,
        dest: Dest,
    ) {
        let ty = types.first().copied().unwrap_or(hir::Ty::UNIT);
        match op {
            Intrinsic::ArraySetRaw => return self.array_set_raw(args),
            Intrinsic::PtrWrite => return self.write_through(args, ty, Alias::Any),
            Intrinsic::ElementWrite => return self.write_through(args, ty, Alias::Element),
            Intrinsic::Show => return self.show_intrinsic(args, ty),
            Intrinsic::Hash => return self.hash_intrinsic(args, ty, dest),
            Intrinsic::Address => {
                let addr = match args.first().map(|place| self.place(place, During::Nothing)) {
                    Some(Place::Addr(addr, _)) => addr,
                    // Of type unit: there is nothing to read.
                    Some(Place::None) => self.b.zero(Ty::PTR),
                    Some(Place::Reg(_)) | None => {
                        return self.cx.internal("the address of what is not in memory");
                    }
                };
                return self.put(Operand::reg(addr), ret, dest);
            }
            _ => {}
        }
        let depth = self.pending.len();
        let mut regs = Vec::with_capacity(args.len());
        for arg in args {
            let arg_ty = self.subst(arg.ty);
            let op = self.expr(arg);
            regs.extend(self.argument(op, arg_ty));
            self.hold(op, arg_ty);
        }
        if self.is_dead() {
            self.pending.truncate(depth);
            return;
        }
        let result = self.operation(op, ty, ret, &regs);
        while self.pending.len() > depth {
            self.release();
        }
        self.put(result, ret, dest);
    }

    fn operation(&mut self, op: Intrinsic, ty: hir::Ty, ret: hir::Ty, regs: &[Reg]) -> Operand {
        let arg = |i: usize| regs.get(i).copied().unwrap_or(Reg(0));
        let stored = self.stored(ty);
        let b = &mut self.b;
        let reg = match op {
            Intrinsic::SizeOf => b.size_of(stored),
            Intrinsic::ArrayOffset => {
                let array = object::array_type(b.module, stored);
                b.offset_of(array, object::ELEMENTS)
            }
            Intrinsic::NeedsDrop => {
                let needs = self.cx.needs_drop(ty);
                self.b.bool(needs)
            }
            Intrinsic::IsFloat => b.bool(stored.is_float()),
            Intrinsic::RunsCode => {
                let runs = self.cx.runs_code(ty);
                self.b.bool(runs)
            }
            Intrinsic::IsZero => match self.rep(ty) {
                Rep::Unit | Rep::Counted => self.b.bool(false),
                Rep::Scalar(_) | Rep::Nullable(_) => self.is_zero_scalar(arg(0)),
                Rep::Memory(mem) => {
                    let mut left = MOST_LOOKED_AT;
                    self.is_zero_at(arg(0), mem, &mut left)
                }
            },
            Intrinsic::PtrNull => b.zero(Ty::PTR),
            Intrinsic::PtrIsNull => {
                let null = b.zero(Ty::PTR);
                b.eq(arg(0), null)
            }
            // Nothing changes but what the checker knows.
            Intrinsic::PtrCast => arg(0),
            Intrinsic::PtrAt => b.index_addr(arg(0), stored, arg(1)),
            Intrinsic::PtrAdd => b.ptr_add(arg(0), arg(1)),
            Intrinsic::PtrPayload => {
                let Some(id) = self.cx.program.option else { return self.dead(ret) };
                let option = self.cx.types.intern(hir::TyKind::Adt(id, vec![ty]));
                match self.narrowed_place(Place::Addr(arg(0), Alias::Element), option, ty) {
                    Place::Addr(addr, _) => addr,
                    Place::None | Place::Reg(_) => arg(0),
                }
            }
            Intrinsic::WeakPlace => self.cell_of(arg(0), ty),
            Intrinsic::PtrTake => {
                let value = self.load(arg(0), ty, Alias::Any);
                return Operand::owned(value.val);
            }
            Intrinsic::PtrRead => return self.read_through(arg(0), ty, Alias::Any),
            Intrinsic::ElementRead => return self.read_through(arg(0), ty, Alias::Element),
            Intrinsic::PtrDrop => {
                self.drop_at(arg(0), ty, Alias::Any);
                return Operand::UNIT;
            }
            Intrinsic::PtrCopy => {
                let size = b.size_of(stored);
                let bytes = b.mul(size, arg(2));
                b.mem_move(arg(0), arg(1), bytes);
                return Operand::UNIT;
            }
            Intrinsic::PtrFill => {
                b.mem_fill(arg(0), arg(1), arg(2));
                return Operand::UNIT;
            }
            Intrinsic::HeaderLoad => b.load(Ty::USIZE, arg(0), Alias::Header),
            Intrinsic::HeaderStore => {
                b.store(arg(1), arg(0), Alias::Header);
                return Operand::UNIT;
            }
            Intrinsic::HeapAlloc => b.heap_alloc(arg(0)),
            Intrinsic::HeapIsChecked => b.heap_is_checked(),
            Intrinsic::FreeBlocks => {
                let lists = self.cx.free_blocks(self.b.module);
                self.b.global_addr(lists)
            }
            Intrinsic::Calls => {
                let calls = self.cx.calls(self.b.module);
                self.b.global_addr(calls)
            }
            Intrinsic::Environ => {
                let variable = self.cx.environ(self.b.module);
                self.b.global_addr(variable)
            }
            Intrinsic::HeapAllocZeroed => b.heap_alloc_zeroed(arg(0)),
            Intrinsic::HeapResize => b.heap_resize(arg(0), arg(1)),
            Intrinsic::HeapFree => {
                b.heap_free(arg(0));
                return Operand::UNIT;
            }
            Intrinsic::Retain => {
                b.retain(arg(0));
                return Operand::UNIT;
            }
            Intrinsic::Release => b.release(arg(0)),
            Intrinsic::IsUnique => b.is_unique(arg(0)),
            Intrinsic::ArrayRaw | Intrinsic::TextRaw => b.mov(arg(0)),
            Intrinsic::ArrayOwn | Intrinsic::TextOwn => return Operand::reg(arg(0)),
            Intrinsic::EmptyRaw => self.empty_object(),
            Intrinsic::FloatBits => b.bitcast(Ty::U64, arg(0)),
            Intrinsic::FloatFromBits => b.bitcast(Ty::F64, arg(0)),
            Intrinsic::Float32Bits => b.bitcast(Ty::U32, arg(0)),
            Intrinsic::Float32FromBits => b.bitcast(Ty::F32, arg(0)),
            Intrinsic::CountOnes => b.popcount(arg(0)),
            Intrinsic::LeadingZeros => b.leading_zeros(arg(0)),
            Intrinsic::TrailingZeros => b.trailing_zeros(arg(0)),
            Intrinsic::RotateLeft => b.rotate_left(arg(0), arg(1)),
            Intrinsic::RotateRight => b.rotate_right(arg(0), arg(1)),
            Intrinsic::AddOverflows => {
                let flagged = b.add_checked(arg(0), arg(1));
                b.agg_get(Ty::BOOL, flagged, 1)
            }
            Intrinsic::SubOverflows => {
                let flagged = b.sub_checked(arg(0), arg(1));
                b.agg_get(Ty::BOOL, flagged, 1)
            }
            Intrinsic::MulOverflows => {
                let flagged = b.mul_checked(arg(0), arg(1));
                b.agg_get(Ty::BOOL, flagged, 1)
            }
            Intrinsic::Abs => b.abs(arg(0)),
            Intrinsic::Sqrt => b.sqrt(arg(0)),
            Intrinsic::Floor => b.floor(arg(0)),
            Intrinsic::Ceil => b.ceil(arg(0)),
            Intrinsic::Round => b.round_away(arg(0)),
            Intrinsic::Trunc => b.round_zero(arg(0)),
            Intrinsic::CallerPlace => return Operand::reg(self.place_text()),
            Intrinsic::Unreachable => {
                b.terminate(Terminator::Unreachable);
                return self.dead(ret);
            }
            Intrinsic::ArraySetRaw
            | Intrinsic::PtrWrite
            | Intrinsic::ElementWrite
            | Intrinsic::Deref
            | Intrinsic::Address
            | Intrinsic::Hash
            | Intrinsic::Show => {
                self.cx.internal("an intrinsic that is lowered elsewhere");
                return self.dead(ret);
            }
        };
        Operand::borrowed(Val::Reg(reg))
    }

    fn is_zero_scalar(&mut self, value: Reg) -> Reg {
        let b = &mut self.b;
        let ty = b.func.ty(value);
        // Of a float the bits count: -0.0 equals zero, and is none.
        let bits = match ty {
            Ty::F32 => b.bitcast(Ty::U32, value),
            Ty::F64 => b.bitcast(Ty::U64, value),
            _ => value,
        };
        let zero = b.zero(b.func.ty(bits));
        b.eq(bits, zero)
    }

    /// Whether zero bytes are a copy of the value at an address; no where `left` scalars do not tell.
    fn is_zero_at(&mut self, addr: Reg, ty: Ty, left: &mut u32) -> Reg {
        let types = &self.b.module.types;
        if ty.is_scalar() && *left > 0 {
            *left -= 1;
            let value = self.b.load(ty, addr, Alias::Any);
            return self.is_zero_scalar(value);
        }
        if let TypeData::Enum(id) = *types.get(ty) {
            // The tag 0 alone, where nothing belongs to it.
            let bare = types.enum_def(id).variants.first().is_some_and(|(_, payload)| payload.is_empty());
            return if bare { self.is_zero_at(addr, Ty::U32, left) } else { self.b.bool(false) };
        }
        let fields = types.field_count(ty).filter(|&count| count <= u64::from(*left));
        let Some(fields) = fields else { return self.b.bool(false) };
        let mut all = self.b.bool(true);
        for index in 0..fields as u32 {
            if let Some(field_ty) = self.b.module.types.field(ty, index) {
                let field = self.b.field_addr(addr, ty, index);
                let zero = self.is_zero_at(field, field_ty, left);
                all = self.b.and(all, zero);
            }
        }
        all
    }

    fn read_through(&mut self, addr: Reg, ty: hir::Ty, alias: Alias) -> Operand {
        let value = self.load(addr, ty, alias);
        match value.val {
            Val::Mem(_) => Operand::owned(Val::Mem(self.copy_to_temp(value, ty))),
            Val::Unit | Val::Reg(_) => Operand::owned(self.own(value, ty)),
        }
    }

    fn write_through(&mut self, args: &'p [Expr], ty: hir::Ty, alias: Alias) {
        let [to, value] = args else { return self.cx.internal("a write with other than two arguments") };
        let to = self.stable_scalar(to);
        let value = self.expr(value);
        if !self.is_dead() {
            self.store(value, ty, to, alias);
        }
    }

    fn array_set_raw(&mut self, args: &'p [Expr]) {
        let [array, raw] = args else {
            return self.cx.internal("`array_set_raw` with other than two arguments");
        };
        let raw = self.stable_scalar(raw);
        match self.place(array, During::Nothing) {
            Place::None => {}
            Place::Reg(reg) => self.b.push(Some(reg), CoreOp::Mov { a: raw }),
            Place::Addr(addr, alias) => self.b.store(raw, addr, alias),
        }
    }

    /// `hash<T>(state: u64, x: T) -> u64`.
    fn hash_intrinsic(&mut self, args: &'p [Expr], ty: hir::Ty, dest: Dest) {
        let [state, value] = args else { return self.cx.internal("`hash` with other than two arguments") };
        let state = self.stable_scalar(state);
        let op = self.expr(value);
        self.hold(op, ty);
        if !self.is_dead() {
            let mixed = self.hash(state, op.val, ty);
            self.put(Operand::reg(mixed), hir::Ty::U64, dest);
        }
        self.release();
    }

    /// `show<T>(buffer: mut [u8], x: T)`.
    fn show_intrinsic(&mut self, args: &'p [Expr], ty: hir::Ty) {
        let [buffer, value] = args else { return self.cx.internal("`show` with other than two arguments") };
        let Place::Addr(buffer, _) = self.place(buffer, During::Nothing) else {
            return self.cx.internal("a buffer that is not in memory");
        };
        let op = self.expr(value);
        self.hold(op, ty);
        if !self.is_dead() {
            self.show(op.val, ty, buffer, true);
        }
        self.release();
    }
}
