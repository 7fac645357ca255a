//! Operations made from their rows of the op table: what the classes ask for is all they need.

use std::slice::Iter;
use std::sync::OnceLock;

use simplec::mir::*;
use simplec::op_table;

use super::body::Body;
use super::program::{INTS, SCALARS};

/// A field of an operation, when registers are all it can be made of.
trait FromRegs: Sized {
    fn take(_regs: &mut Iter<Reg>) -> Option<Self> {
        None
    }
}

impl FromRegs for Reg {
    fn take(regs: &mut Iter<Reg>) -> Option<Reg> {
        regs.next().copied()
    }
}

macro_rules! not_registers {
    ($($kind:ty),*) => { $(impl FromRegs for $kind {})* };
}
not_registers!(RegList, Ty, u32, FuncId, GlobalId, SlotId, SigId, StrId, Bits, Alias, Ordering, RmwOp);

type Make = fn(&mut Iter<Reg>) -> Option<CoreOp>;

macro_rules! makers {
    (core {
        $(#[doc = $doc:literal] $variant:ident $method:ident $text:literal $category:ident [$($effect:ident)*]
          ($($field:ident: $kind:ident $($class:ident)?),*) -> $result:ident $(($arg:ident))?;)*
    } rich $rich:tt) => {
        /// By row of the table: the operation of some registers; `None` when it needs more than registers.
        const MAKE: &[Make] = &[$(|_regs| Some(CoreOp::$variant { $($field: <$kind as FromRegs>::take(_regs)?),* })),*];
    };
}
op_table!(makers);

/// The operation in which back ends are meant to differ: the interpreter alone checks memory.
pub const MEANT_TO_DIFFER: &str = "heap.is_checked";

/// The rows that need nothing but registers of values.
fn simple_rows() -> &'static [usize] {
    static ROWS: OnceLock<Vec<usize>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let is_value = |class| !matches!(class, None | Some(Class::Ptr));
        let is_simple = |info: &OpInfo| {
            let effects = info.effects;
            !(effects.reads || effects.writes || effects.allocates)
                && info.fields.iter().all(|field| field.kind == "Reg" && is_value(field.class))
                && info.result != ResultRule::None
                && info.result != ResultRule::Fixed(Ty::PTR)
                && info.name != MEANT_TO_DIFFER
        };
        (0..CoreOp::TABLE.len()).filter(|&row| is_simple(&CoreOp::TABLE[row])).collect()
    })
}

impl Body<'_, '_> {
    /// An operation out of the table.
    pub fn simple(&mut self) {
        let row = self.rng.pick(simple_rows());
        let info = &CoreOp::TABLE[row];
        let Some((types, result)) = (0..40).find_map(|_| self.types_for(info)) else { return };
        let mut regs: Vec<Reg> = types.iter().map(|&ty| self.pick(ty)).collect();
        match info.name {
            "div" | "rem" if types[0].is_int() => regs[1] = self.not_zero(regs[1]),
            // Which NaN an operation makes is not specified, so nothing may ask for its bits or its sign.
            "copysign" => regs[1] = self.canonical(regs[1]),
            "bitcast" => regs[0] = self.canonical(regs[0]),
            _ => {}
        }
        if let Some(op) = MAKE[row](&mut regs.iter()) {
            let dst = self.dst(result);
            self.b.push(Some(dst), op);
            self.define(dst);
        }
    }

    /// Types for the operands and the result; `None` for some that the classes allow and the operation does not.
    fn types_for(&mut self, info: &OpInfo) -> Option<(Vec<Ty>, Ty)> {
        let given = match info.result {
            ResultRule::Given(class) => Some(self.type_in(class)?),
            ResultRule::None
            | ResultRule::Fixed(_)
            | ResultRule::Like(_)
            | ResultRule::Flagged(_)
            | ResultRule::Called => None,
        };
        let position = |name: &str| info.fields.iter().position(|field| field.name == name);
        let mut types = Vec::new();
        for field in info.fields {
            types.push(match (field.class?, info.result) {
                (Class::First, _) => types[0],
                (Class::Dst, ResultRule::Like(name)) => types[position(name)?],
                (Class::Dst, _) => given?,
                (class, _) => self.type_in(class)?,
            });
        }
        let result = match info.result {
            ResultRule::Fixed(ty) => ty,
            ResultRule::Like(name) => types[position(name)?],
            ResultRule::Flagged(name) => self.b.module.types.tuple(vec![types[position(name)?], Ty::BOOL]),
            ResultRule::None | ResultRule::Called | ResultRule::Given(_) => given?,
        };
        let (from, to) = (types.first().and_then(|ty| ty.fixed_bits()), result.fixed_bits());
        let fits = match info.name {
            "trunc" => from? > to?,
            "extend" => (types[0] == Ty::BOOL || from? < to?) && to.is_some(),
            "promote" => from? < to?,
            "demote" => from? > to?,
            "bitcast" => from? == to?,
            _ => true,
        };
        fits.then_some((types, result))
    }

    /// A random type of values in a class.
    fn type_in(&mut self, class: Class) -> Option<Ty> {
        let types: &[Ty] = match class {
            Class::Any => &self.world.values,
            Class::Scalar => SCALARS,
            Class::Int => INTS,
            Class::IntBool if self.rng.one_in(6) => &[Ty::BOOL],
            Class::IntBool => INTS,
            Class::Num if self.rng.one_in(4) => &[Ty::F32, Ty::F64],
            Class::Num => INTS,
            Class::Float => &[Ty::F32, Ty::F64],
            Class::Bool => &[Ty::BOOL],
            Class::Usize => &[Ty::USIZE],
            Class::Byte => &[Ty::U8],
            Class::Aggregate => &self.world.aggregates,
            Class::Enum => &self.world.enums,
            Class::Ptr
            | Class::Array
            | Class::Dict
            | Class::Text
            | Class::Range
            | Class::Vector
            | Class::First
            | Class::Dst => &[],
        };
        (!types.is_empty()).then(|| self.rng.pick(types))
    }

    /// The integer, or something else in place of 0.
    fn not_zero(&mut self, reg: Reg) -> Reg {
        let ty = self.ty(reg);
        let other = loop {
            let value = super::constant::int(self.rng, ty);
            if super::constant::canonical(ty, value) != 0 {
                break self.b.int(ty, value);
            }
        };
        if self.rng.one_in(3) {
            return other;
        }
        let zero = self.b.int(ty, 0);
        let is_zero = self.b.eq(reg, zero);
        self.b.select(is_zero, other, reg)
    }

    /// Parts of aggregates and enums, and what can be asked of types.
    pub fn aggregate(&mut self) {
        match self.rng.below(12) {
            0..3 => {
                let Some(agg) = self.aggregate_in_scope() else { return };
                let (index, ty) = self.field_of(self.ty(agg));
                let dst = self.dst(ty);
                self.b.push(Some(dst), CoreOp::AggGet { agg, index });
                self.define(dst);
            }
            3..5 => {
                let Some(agg) = self.aggregate_in_scope() else { return };
                let (index, ty) = self.field_of(self.ty(agg));
                let value = self.pick(ty);
                let dst = self.dst(self.ty(agg));
                self.b.push(Some(dst), CoreOp::AggSet { agg, index, value });
                self.define(dst);
            }
            5..7 => {
                let types: Vec<Ty> = self.world.aggregates.iter().chain(&self.world.enums).copied().collect();
                let ty = self.rng.pick(&types);
                self.fresh(ty);
            }
            7..10 => {
                let ty = self.rng.pick(&self.world.enums);
                let value = self.pick(ty);
                self.matching(value);
            }
            10 => {
                let ty = self.rng.pick(&self.world.values);
                let reg = if self.rng.one_in(2) { self.b.size_of(ty) } else { self.b.align_of(ty) };
                self.define(reg);
            }
            _ => {
                let ty = self.rng.pick(&self.world.aggregates);
                let (index, _) = self.field_of(ty);
                let reg = self.b.offset_of(ty, index);
                self.define(reg);
            }
        }
    }

    /// A struct, tuple or array that has fields.
    fn aggregate_in_scope(&mut self) -> Option<Reg> {
        let types = &self.b.module.types;
        let has_fields = |reg: &Reg| types.field_count(self.ty(*reg)).is_some_and(|n| n > 0);
        let known: Vec<Reg> = self.regs.iter().copied().filter(has_fields).collect();
        (!known.is_empty()).then(|| self.rng.pick(&known))
    }

    /// A random field of a type that has some, and its type.
    pub fn field_of(&mut self, ty: Ty) -> (u32, Ty) {
        let count = self.b.module.types.field_count(ty).unwrap_or(0);
        let index = self.rng.below(count as usize) as u32;
        (index, self.b.module.types.field(ty, index).expect("the index is below the count"))
    }
}
