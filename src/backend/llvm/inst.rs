//! From operations to instructions: the dispatch, and the pieces that instructions are written of.

use super::func::{FuncWriter, Label, Value};
use super::intrinsics::{Intrinsic, Overload};
use crate::mir::{CoreOp, Hint, Inst, Op, Reg, Terminator, Ty};

/// A piece of an instruction.
pub(super) trait Piece {
    fn put(self, w: &mut FuncWriter<'_, '_>);
}

impl Piece for &str {
    fn put(self, w: &mut FuncWriter<'_, '_>) {
        w.code.s(self);
    }
}

impl Piece for u64 {
    fn put(self, w: &mut FuncWriter<'_, '_>) {
        w.code.n(self);
    }
}

/// The spelling of a scalar type.
pub(super) struct T(pub Ty);

impl Piece for T {
    fn put(self, w: &mut FuncWriter<'_, '_>) {
        w.code.s(w.cx.types.scalar(self.0));
    }
}

/// A scalar value without its type.
pub(super) struct V(pub Ty, pub Value);

impl Piece for V {
    fn put(self, w: &mut FuncWriter<'_, '_>) {
        w.value(self.0, self.1);
    }
}

/// A scalar value after its type.
pub(super) struct Tv(pub Ty, pub Value);

impl Piece for Tv {
    fn put(self, w: &mut FuncWriter<'_, '_>) {
        T(self.0).put(w);
        w.code.s(" ");
        w.value(self.0, self.1);
    }
}

impl Piece for Overload {
    fn put(self, w: &mut FuncWriter<'_, '_>) {
        self.name(&mut w.code);
    }
}

/// A block as an operand.
pub(super) struct To(pub crate::mir::Block);

impl Piece for To {
    fn put(self, w: &mut FuncWriter<'_, '_>) {
        w.code.s("label ");
        w.target(Label { block: self.0, cut: 0 });
    }
}

/// Writes an instruction with a result out of pieces; its value is the result.
macro_rules! make {
    ($w:ident; $($piece:expr),+ $(,)?) => {{
        let value = $w.begin();
        $($crate::backend::llvm::inst::Piece::put($piece, $w);)+
        $w.code.s("\n");
        value
    }};
}
pub(super) use make;

/// Writes an instruction without a result out of pieces.
macro_rules! act {
    ($w:ident; $($piece:expr),+ $(,)?) => {{
        $w.code.s("  ");
        $($crate::backend::llvm::inst::Piece::put($piece, $w);)+
        $w.code.s("\n");
    }};
}
pub(super) use act;

/// Rich operations are not for back ends: what is left of them here has no expansion.
const EXPANDED: &str = "write it in core operations: no back end has it";

impl FuncWriter<'_, '_> {
    /// Writes an instruction.
    pub fn inst(&mut self, inst: &Inst) {
        let value = match inst.op {
            Op::Core(op) => self.core(op, inst.dst),
            Op::Rich(_) => {
                self.cx.unsupported(inst.span, format!("operation `{}`", inst.op.info().name), EXPANDED);
                inst.dst.map(|dst| self.poison(self.func.ty(dst)))
            }
        };
        if let (Some(dst), Some(value)) = (inst.dst, value) {
            self.set(dst, value);
        }
    }

    /// Writes a core operation; the value of its result, unless it has none or a bulky one, which is in its home.
    fn core(&mut self, op: CoreOp, dst: Option<Reg>) -> Option<Value> {
        let ty = dst.map_or(Ty::UNIT, |dst| self.func.ty(dst));
        Some(match op {
            CoreOp::Const { bits } => Value::Bits(bits.0),
            CoreOp::Zero {} => return self.zero(dst?),
            CoreOp::Mov { a } | CoreOp::NonNull { a } => return self.mov(dst?, a),
            CoreOp::SizeOf { ty } => Value::Bits(self.cx.types.layouts.size(ty)),
            CoreOp::AlignOf { ty } => Value::Bits(self.cx.types.layouts.align(ty)),
            CoreOp::OffsetOf { ty, index } => Value::Bits(self.cx.types.layouts.field_offset(ty, index)),
            CoreOp::FuncAddr { func } => Value::Func(func),
            CoreOp::GlobalAddr { global } => Value::Global(global),
            CoreOp::SlotAddr { slot } => Value::Local(self.first_slot + slot.0),

            CoreOp::Add { a, b } => self.arithmetic("add ", "fadd ", a, b),
            CoreOp::Sub { a, b } => self.arithmetic("sub ", "fsub ", a, b),
            CoreOp::Mul { a, b } => self.arithmetic("mul ", "fmul ", a, b),
            CoreOp::Div { a, b } => self.div(a, b),
            CoreOp::Rem { a, b } => self.rem(a, b),
            CoreOp::Neg { a } => self.neg(a),
            CoreOp::Abs { a } => self.abs(a),
            CoreOp::Min { a, b } => self.min_max(a, b, false),
            CoreOp::Max { a, b } => self.min_max(a, b, true),
            CoreOp::AddChecked { a, b } => {
                self.checked(Intrinsic::SAddOverflow, Intrinsic::UAddOverflow, a, b)
            }
            CoreOp::SubChecked { a, b } => {
                self.checked(Intrinsic::SSubOverflow, Intrinsic::USubOverflow, a, b)
            }
            CoreOp::MulChecked { a, b } => {
                self.checked(Intrinsic::SMulOverflow, Intrinsic::UMulOverflow, a, b)
            }
            CoreOp::Sqrt { a } => self.like(Intrinsic::Sqrt, &[a]),
            CoreOp::Fma { a, b, c } => self.like(Intrinsic::Fma, &[a, b, c]),
            CoreOp::CopySign { a, b } => self.like(Intrinsic::CopySign, &[a, b]),
            CoreOp::Floor { a } => self.like(Intrinsic::Floor, &[a]),
            CoreOp::Ceil { a } => self.like(Intrinsic::Ceil, &[a]),
            CoreOp::RoundZero { a } => self.like(Intrinsic::Truncate, &[a]),
            // In the default rounding mode, the only one there is, `rint` is `roundeven`, which older C libraries lack.
            CoreOp::RoundEven { a } => self.like(Intrinsic::RoundInt, &[a]),
            CoreOp::RoundAway { a } => self.like(Intrinsic::Round, &[a]),

            CoreOp::And { a, b } => self.binary("and ", a, b),
            CoreOp::Or { a, b } => self.binary("or ", a, b),
            CoreOp::Xor { a, b } => self.binary("xor ", a, b),
            CoreOp::Not { a } => {
                let a = self.get(a);
                make!(self; "xor ", Tv(ty, a), if ty == Ty::BOOL { ", true" } else { ", -1" })
            }
            CoreOp::Shl { a, count } => self.shift("shl ", a, count),
            CoreOp::Shr { a, count } => self.shift(if ty.is_signed() { "ashr " } else { "lshr " }, a, count),
            CoreOp::RotateLeft { a, count } => self.rotate(Intrinsic::FunnelLeft, a, count),
            CoreOp::RotateRight { a, count } => self.rotate(Intrinsic::FunnelRight, a, count),
            CoreOp::PopCount { a } => self.like(Intrinsic::PopCount, &[a]),
            CoreOp::LeadingZeros { a } => self.flagged(Intrinsic::LeadingZeros, a),
            CoreOp::TrailingZeros { a } => self.flagged(Intrinsic::TrailingZeros, a),
            CoreOp::ByteSwap { a } => {
                if self.cx.types.bits(ty) == 8 {
                    self.get(a)
                } else {
                    self.like(Intrinsic::ByteSwap, &[a])
                }
            }

            CoreOp::Eq { a, b } => self.compare(a, b, ["eq ", "eq ", "oeq "]),
            CoreOp::Ne { a, b } => self.compare(a, b, ["ne ", "ne ", "une "]),
            CoreOp::Lt { a, b } => self.compare(a, b, ["ult ", "slt ", "olt "]),
            CoreOp::Le { a, b } => self.compare(a, b, ["ule ", "sle ", "ole "]),
            CoreOp::Gt { a, b } => self.compare(a, b, ["ugt ", "sgt ", "ogt "]),
            CoreOp::Ge { a, b } => self.compare(a, b, ["uge ", "sge ", "oge "]),

            CoreOp::Trunc { a } | CoreOp::Extend { a } | CoreOp::Resize { a } => self.resize(a, ty),
            CoreOp::IntToFloat { a } => self.int_to_float(a, ty),
            CoreOp::FloatToInt { a } => self.float_to_int(a, ty),
            CoreOp::Promote { a } => self.convert("fpext ", a, ty),
            CoreOp::Demote { a } => self.convert("fptrunc ", a, ty),
            CoreOp::Bitcast { a } => self.bitcast(a, ty),
            CoreOp::PtrToInt { a } => self.convert("ptrtoint ", a, ty),
            CoreOp::IntToPtr { a } => self.convert("inttoptr ", a, ty),
            CoreOp::Select { cond, a, b } => return self.select(dst?, cond, a, b),

            CoreOp::Load { addr, alias } => {
                let addr = self.get(addr);
                return self.load(dst?, addr, 0, alias);
            }
            CoreOp::Store { value, addr, alias } => {
                let addr = self.get(addr);
                self.store(value, addr, 0, alias);
                return None;
            }
            CoreOp::LoadVolatile { addr } => self.load_marked("volatile ", addr, ty, None),
            CoreOp::StoreVolatile { value, addr } => {
                return self.store_marked("volatile ", value, addr, None);
            }
            CoreOp::LoadAtomic { addr, order } => self.load_marked("atomic ", addr, ty, Some(order)),
            CoreOp::StoreAtomic { value, addr, order } => {
                return self.store_marked("atomic ", value, addr, Some(order));
            }
            CoreOp::Rmw { rmw, value, addr, order } => self.rmw(rmw, value, addr, order),
            CoreOp::CmpXchg { expected, new, addr, order } => self.cmpxchg(expected, new, addr, order),
            CoreOp::Fence { order } => return self.fence(order),
            CoreOp::MemCopy { dst, src, len } => return self.mem_copy(Intrinsic::MemCopy, dst, src, len),
            CoreOp::MemMove { dst, src, len } => return self.mem_copy(Intrinsic::MemMove, dst, src, len),
            CoreOp::MemFill { dst, byte, len } => return self.mem_fill(dst, byte, len),
            CoreOp::FieldAddr { base, ty, index } => {
                let (base, offset) = (self.get(base), self.cx.types.layouts.field_offset(ty, index));
                self.offset(base, offset)
            }
            CoreOp::IndexAddr { base, elem, index } => self.index_addr(base, elem, index),
            CoreOp::VariantAddr { base, ty, variant, field } => {
                let (base, offset) = (self.get(base), self.payload_offset(ty, variant, field));
                self.offset(base, offset)
            }
            CoreOp::PtrAdd { base, bytes } => self.index_addr(base, Ty::U8, bytes),
            CoreOp::HeapAlloc { size } => self.heap_alloc(size),
            CoreOp::HeapIsChecked {} => Value::Bits(0),
            CoreOp::HeapAllocZeroed { size } => self.heap_alloc_zeroed(size),
            CoreOp::HeapResize { base, size } => self.heap_resize(base, size),
            CoreOp::HeapFree { base } => return self.heap_free(base),
            CoreOp::Retain { a } => {
                self.count(a, "add ");
                return None;
            }
            CoreOp::Release { a } => {
                let old = self.count(a, "sub ");
                make!(self; "icmp eq ", Tv(Ty::ISIZE, old), ", 1")
            }
            CoreOp::IsUnique { a } => {
                let a = self.get(a);
                let count = self.load_leaf(a, Ty::ISIZE, crate::mir::Alias::Header);
                make!(self; "icmp eq ", Tv(Ty::ISIZE, count), ", 1")
            }

            CoreOp::Call { func, args } => return self.call(func, args, dst),
            CoreOp::CallIndirect { callee, sig, args } => return self.call_indirect(callee, sig, args, dst),

            CoreOp::AggMake { fields } => return self.agg_make(dst?, fields),
            CoreOp::AggGet { agg, index } => return self.agg_get(dst?, agg, index),
            CoreOp::AggSet { agg, index, value } => return self.agg_set(dst?, agg, index, value),
            CoreOp::EnumMake { variant, payload } => return self.enum_make(dst?, variant, payload),
            CoreOp::EnumTag { value } => self.enum_tag(value),
            CoreOp::EnumPayload { value, variant, field } => {
                return self.enum_payload(dst?, value, variant, field);
            }

            // What they mean for debug information, `describe` writes.
            CoreOp::DebugDeclare { .. } | CoreOp::DebugValue { .. } => return None,
            CoreOp::Assume { cond } => {
                let cond = self.get(cond);
                let assume = self.cx.intrinsics.overload(Intrinsic::Assume, Ty::UNIT, Ty::UNIT);
                act!(self; "call void ", assume, "(", Tv(Ty::BOOL, cond), ")");
                return None;
            }
            CoreOp::Likely { cond } => self.expect(cond, ", i1 true)"),
            CoreOp::Unlikely { cond } => self.expect(cond, ", i1 false)"),
            CoreOp::Trap {} => {
                self.trap();
                return None;
            }
        })
    }

    fn expect(&mut self, cond: Reg, outcome: &str) -> Value {
        let cond = self.get(cond);
        let expect = self.cx.intrinsics.overload(Intrinsic::Expect, Ty::BOOL, Ty::UNIT);
        make!(self; "call i1 ", expect, "(", Tv(Ty::BOOL, cond), outcome)
    }

    pub fn trap(&mut self) {
        let trap = self.cx.intrinsics.overload(Intrinsic::Trap, Ty::UNIT, Ty::UNIT);
        act!(self; "call void ", trap, "()");
    }

    /// Writes the end of a block.
    pub fn terminator(&mut self, term: &Terminator) {
        match *term {
            Terminator::Goto(to) => act!(self; "br ", To(to)),
            Terminator::Branch { cond, then, otherwise, hint } => {
                let cond = self.get(cond);
                self.code.s("  br ");
                Tv(Ty::BOOL, cond).put(self);
                self.code.s(", ");
                To(then).put(self);
                self.code.s(", ");
                To(otherwise).put(self);
                match hint {
                    Hint::None => {}
                    Hint::Likely => self.weights(true),
                    Hint::Unlikely => self.weights(false),
                }
                self.code.s("\n");
            }
            Terminator::Switch { value, cases, default } => {
                let ty = self.func.ty(value);
                let value = self.get(value);
                self.code.s("  switch ");
                Tv(ty, value).put(self);
                self.code.s(", ");
                To(default).put(self);
                self.code.s(" [\n");
                for &(bits, to) in cases.of(&self.func.cases) {
                    act!(self; "  ", Tv(ty, Value::Bits(bits)), ", ", To(to));
                }
                self.code.s("  ]\n");
            }
            Terminator::Return(value) => self.ret(value),
            Terminator::Unreachable => act!(self; "unreachable"),
            Terminator::TailCall { func, args } => self.tail_call(func, args),
            Terminator::Panic(_) => self.refuse("terminator `panic`"),
            Terminator::Invoke { .. } => self.refuse("terminator `invoke`"),
        }
    }

    fn refuse(&mut self, what: &str) {
        self.cx.unsupported(self.span, what.to_owned(), EXPANDED);
        act!(self; "unreachable");
    }
}
