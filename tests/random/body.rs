//! The body of one function: what is in scope, and which statement comes next.

use simplec::mir::*;

use super::call::Helper;
use super::program::{INTS, SCALARS, World};
use super::rng::Rng;

/// Memory that holds an initialised value of a type.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its address; never written again.
    pub ptr: Reg,
    /// What is there.
    pub ty: Ty,
    /// What object it is in.
    pub root: Root,
    /// The class that accesses to the object may carry.
    pub alias: Alias,
    /// Whether it may be written.
    pub writable: bool,
}

/// The object a place is in, as far as the function knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    /// A slot or heap block of this activation.
    Own(u32),
    /// A global.
    Global(GlobalId),
    /// What a pointer parameter, or one of several addresses, leads to.
    Unknown,
}

impl Root {
    /// Whether two objects are certainly not the same. What parameters lead to is none of this activation's.
    pub fn is_apart_from(self, other: Root) -> bool {
        match (self, other) {
            (Root::Own(a), Root::Own(b)) => a != b,
            (Root::Global(a), Root::Global(b)) => a != b,
            (Root::Own(_), Root::Global(_)) | (Root::Global(_), Root::Own(_)) => true,
            (Root::Unknown, _) | (_, Root::Unknown) => false,
        }
    }
}

/// How much of the scope there was.
#[derive(Clone, Copy)]
pub struct Mark {
    /// Registers.
    pub regs: usize,
    /// Places.
    pub places: usize,
}

/// The function being generated when it may call itself.
#[derive(Clone)]
pub struct Recursion {
    /// Itself.
    pub helper: Helper,
    /// How many more times, a `u32`; never written.
    pub depth: Reg,
}

/// A function under construction. Every register and place in scope has a value on every path to where code is added.
pub struct Body<'g, 'm> {
    pub b: FunctionBuilder<'m>,
    pub rng: &'g mut Rng,
    pub world: &'g World,
    /// Registers in scope.
    pub regs: Vec<Reg>,
    /// Places in scope.
    pub places: Vec<Place>,
    /// Registers that keep their values: those that loops and recursion count with.
    pub frozen: Vec<Reg>,
    /// The exits and the ends of the loops around.
    pub loops: Vec<(Block, Block)>,
    /// Heap blocks to be freed before a return.
    pub heap: Vec<Reg>,
    pub recursion: Option<Recursion>,
    /// How often the current place runs at most in one activation.
    pub times: u64,
    /// An estimate of the operations run in one activation.
    pub cost: u64,
    /// Statements that may still be made.
    pub left: u32,
    /// Nesting of statements.
    pub depth: u32,
    pub objects: u32,
}

/// Operations that one activation, callees included, may run.
pub const MAX_COST: u64 = 6_000;

impl<'g, 'm> Body<'g, 'm> {
    pub fn new(
        module: &'m mut Module,
        id: FuncId,
        rng: &'g mut Rng,
        world: &'g World,
        left: u32,
    ) -> Body<'g, 'm> {
        let b = FunctionBuilder::new(module, id);
        Body {
            b,
            rng,
            world,
            regs: Vec::new(),
            places: Vec::new(),
            frozen: Vec::new(),
            loops: Vec::new(),
            heap: Vec::new(),
            recursion: None,
            times: 1,
            cost: 10,
            left,
            depth: 0,
            objects: 0,
        }
    }

    pub fn mark(&self) -> Mark {
        Mark { regs: self.regs.len(), places: self.places.len() }
    }

    /// Leaves what came into scope since.
    pub fn reset(&mut self, mark: Mark) {
        self.regs.truncate(mark.regs);
        self.places.truncate(mark.places);
    }

    pub fn ty(&self, reg: Reg) -> Ty {
        self.b.func.ty(reg)
    }

    pub fn data(&self, ty: Ty) -> TypeData {
        self.b.module.types.get(ty).clone()
    }

    /// Brings a register that has just been written into scope.
    pub fn define(&mut self, reg: Reg) -> Reg {
        if !self.regs.contains(&reg) {
            self.regs.push(reg);
        }
        reg
    }

    pub fn define_all(&mut self, regs: impl IntoIterator<Item = Reg>) {
        for reg in regs {
            self.define(reg);
        }
    }

    /// A register to write a value of a type to: a new one, or one that is in scope already.
    pub fn dst(&mut self, ty: Ty) -> Reg {
        if self.rng.one_in(4) {
            let known: Vec<Reg> = self.of_type(ty).filter(|reg| !self.frozen.contains(reg)).collect();
            if !known.is_empty() {
                return self.rng.pick(&known);
            }
        }
        self.b.reg(ty)
    }

    fn of_type(&self, ty: Ty) -> impl Iterator<Item = Reg> {
        self.regs.iter().copied().filter(move |&reg| self.ty(reg) == ty)
    }

    /// A register of a type, mostly one written lately.
    pub fn pick(&mut self, ty: Ty) -> Reg {
        let known: Vec<Reg> = self.of_type(ty).collect();
        if known.is_empty() || self.rng.one_in(8) {
            return self.fresh(ty);
        }
        let (a, b) = (self.rng.below(known.len()), self.rng.below(known.len()));
        known[a.max(b)]
    }

    /// A new register of a type.
    pub fn fresh(&mut self, ty: Ty) -> Reg {
        let reg = match self.data(ty) {
            TypeData::Bool => {
                let of = self.rng.pick(SCALARS);
                let known: Vec<Reg> = self.of_type(of).collect();
                if known.is_empty() || of == Ty::BOOL {
                    let value = self.rng.one_in(2);
                    self.b.bool(value)
                } else {
                    let (a, b) = (self.rng.pick(&known), self.pick(of));
                    self.b.lt(a, b)
                }
            }
            TypeData::Int { .. } | TypeData::Usize | TypeData::Isize => self.fresh_int(ty),
            TypeData::F32 | TypeData::F64 => {
                let from = self.rng.pick(INTS);
                let known: Vec<Reg> = self.of_type(from).collect();
                if known.is_empty() || self.rng.one_in(2) {
                    let bits = super::constant::float(self.rng, ty);
                    self.b.const_(ty, Bits(bits))
                } else {
                    let a = self.rng.pick(&known);
                    self.b.int_to_float(ty, a)
                }
            }
            TypeData::Struct(_) | TypeData::Tuple(_) | TypeData::FixedArray(..) => {
                if self.rng.one_in(6) {
                    self.b.zero(ty)
                } else {
                    let count = self.b.module.types.field_count(ty).unwrap_or(0) as u32;
                    let types: Vec<Ty> =
                        (0..count).filter_map(|i| self.b.module.types.field(ty, i)).collect();
                    let fields: Vec<Reg> = types.into_iter().map(|ty| self.pick(ty)).collect();
                    let fields = self.b.list(&fields);
                    self.b.agg_make(ty, fields)
                }
            }
            TypeData::Enum(id) => {
                let variants = self.b.module.types.enum_def(id).variants.len();
                let variant = self.rng.below(variants);
                let types = self.b.module.types.enum_def(id).variants[variant].1.clone();
                let payload: Vec<Reg> = types.into_iter().map(|ty| self.pick(ty)).collect();
                let payload = self.b.list(&payload);
                self.b.enum_make(ty, variant as u32, payload)
            }
            TypeData::Unit
            | TypeData::Never
            | TypeData::Ptr
            | TypeData::Array(_)
            | TypeData::Dict(..)
            | TypeData::Text
            | TypeData::Range(_)
            | TypeData::Ref(_)
            | TypeData::Vector(..) => unreachable!("values of this type are not picked"),
        };
        self.define(reg)
    }

    fn fresh_int(&mut self, ty: Ty) -> Reg {
        let from = self.rng.pick(INTS);
        let known: Vec<Reg> = self.of_type(from).collect();
        if known.is_empty() || self.rng.one_in(2) {
            let value = super::constant::int(self.rng, ty);
            self.b.int(ty, value)
        } else {
            let a = self.rng.pick(&known);
            self.b.resize(ty, a)
        }
    }

    /// A number below `n`, of a type that holds it.
    pub fn below(&mut self, ty: Ty, n: u64) -> Reg {
        let from = self.rng.pick(&[Ty::U8, Ty::U16, Ty::U32, Ty::U64, Ty::USIZE]);
        let x = self.pick(from);
        let x = if n.is_power_of_two() {
            let mask = self.b.int(from, n as i64 - 1);
            self.b.and(x, mask)
        } else {
            let n = self.b.int(from, n as i64);
            self.b.rem(x, n)
        };
        if from == ty { x } else { self.b.resize(ty, x) }
    }

    /// Whether code that runs `cost` operations fits here.
    pub fn affords(&self, cost: u64) -> bool {
        self.cost + self.times * cost <= MAX_COST
    }

    pub fn pay(&mut self, cost: u64) {
        self.cost += self.times * cost;
    }

    /// Adds statements while there is room, and a current block.
    pub fn statements(&mut self, count: usize) {
        for _ in 0..count {
            if self.left == 0 || self.b.current().is_none() || !self.affords(8) {
                return;
            }
            self.left -= 1;
            self.pay(6);
            self.statement();
        }
    }

    fn statement(&mut self) {
        match self.rng.below(100) {
            0..48 => self.simple(),
            48..58 => self.aggregate(),
            58..76 => self.memory(),
            76..84 => self.call(),
            84..88 => self.aside(),
            _ if self.depth < 4 => {
                self.depth += 1;
                self.control();
                self.depth -= 1;
            }
            _ => self.simple(),
        }
    }

    /// What is there for debuggers and optimisers.
    fn aside(&mut self) {
        match self.rng.below(5) {
            0 => {
                let name = self.b.module.add_str("value");
                let ty = self.rng.pick(&self.world.values);
                let reg = self.pick(ty);
                self.b.debug_value(reg, name, ty, 0);
            }
            1 => {
                let ty = self.rng.pick(&self.world.values);
                let slot = self.b.slot(ty);
                let name = self.b.module.add_str("variable");
                self.b.debug_declare(slot, name, ty, 0);
                let ptr = self.b.slot_addr(slot);
                let value = self.pick(ty);
                self.b.store(value, ptr, Alias::Any);
            }
            2 | 3 => {
                let ty = self.rng.pick(INTS);
                let (a, b) = (self.pick(ty), self.pick(ty));
                let most = self.b.max(a, b);
                let holds = self.b.ge(most, a);
                self.b.assume(holds);
                self.define(most);
            }
            _ => {
                let x = self.below(Ty::U32, 8);
                let limit = self.b.int(Ty::U32, 7);
                let never = self.b.gt(x, limit);
                let (dead, live) = (self.b.block(), self.b.block());
                self.b.branch(never, dead, live, Hint::Unlikely);
                self.b.switch_to(dead);
                if self.rng.one_in(2) {
                    self.b.trap();
                }
                self.b.terminate(Terminator::Unreachable);
                self.b.switch_to(live);
                self.define(x);
            }
        }
    }
}
