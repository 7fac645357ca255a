//! A whole program: its types, globals and functions, and the calls that run it.

use simplec::diagnostics::Span;
use simplec::mir::*;

use super::body::{Body, Place, Recursion, Root};
use super::call::{Helper, MAX_RECURSION, Param, Table};
use super::constant;
use super::rng::Rng;

pub const INTS: &[Ty] =
    &[Ty::I8, Ty::I16, Ty::I32, Ty::I64, Ty::U8, Ty::U16, Ty::U32, Ty::U64, Ty::USIZE, Ty::ISIZE];

/// The types of values that are not aggregates. Pointers are apart: their numbers differ by back end.
pub const SCALARS: &[Ty] = &[
    Ty::BOOL,
    Ty::I8,
    Ty::I16,
    Ty::I32,
    Ty::I64,
    Ty::U8,
    Ty::U16,
    Ty::U32,
    Ty::U64,
    Ty::USIZE,
    Ty::ISIZE,
    Ty::F32,
    Ty::F64,
];

/// What the functions of one program share.
pub struct World {
    /// Begins every name.
    prefix: String,
    /// Every type of values, scalars more often.
    pub values: Vec<Ty>,
    /// Structs, tuples and arrays.
    pub aggregates: Vec<Ty>,
    pub enums: Vec<Ty>,
    /// A type of no bytes.
    empty: Option<Ty>,
    /// By type, the function that makes a number of a value.
    pub hashes: Vec<(Ty, FuncId)>,
    /// The functions that make one NaN of all, for `f32` and `f64`.
    pub canonical: [FuncId; 2],
    /// The first is the trace.
    pub globals: Vec<GlobalValue>,
    pub helpers: Vec<Helper>,
    pub tables: Vec<Table>,
}

/// A global that holds a value.
#[derive(Clone, Copy)]
pub struct GlobalValue {
    pub id: GlobalId,
    pub ty: Ty,
    pub constant: bool,
}

/// A call of a program, whose result is compared.
#[derive(Clone, Debug)]
pub struct Call {
    /// Name of the function, of the result `u64`.
    pub name: String,
    /// Types and bits of the arguments.
    pub args: Vec<(Ty, u64)>,
    /// The seed that the program was made from.
    pub seed: u64,
}

/// Programs in a module, and how to run them.
#[derive(Clone, Debug, Default)]
pub struct Programs {
    pub module: Module,
    pub calls: Vec<Call>,
}

/// Functions with this in their names are part of how results are told apart; a reducer leaves their bodies alone.
pub const CANONICAL: &str = "canonical.";

/// The programs of some seeds. Each is the same whatever the others are.
pub fn generate(seeds: impl IntoIterator<Item = u64>) -> Programs {
    let mut programs = Programs { module: Module::new("random"), calls: Vec::new() };
    let canonical = [(Ty::F32, "f32"), (Ty::F64, "f64")].map(|(ty, name)| {
        let sig = Signature { params: vec![ty], ret: ty, variadic: false, abi: Abi::Simple };
        let id = programs.module.declare(format!("{CANONICAL}{name}"), sig, Linkage::Internal);
        let mut b = FunctionBuilder::new(&mut programs.module, id);
        let x = b.param(0);
        let is_number = b.eq(x, x);
        let nan = if ty == Ty::F32 { u64::from(f32::NAN.to_bits()) } else { f64::NAN.to_bits() };
        let nan = b.const_(ty, Bits(nan));
        let value = b.select(is_number, x, nan);
        b.ret(Some(value));
        b.finish();
        id
    });
    for seed in seeds {
        add(&mut programs, seed, canonical);
    }
    programs
}

fn add(programs: &mut Programs, seed: u64, canonical: [FuncId; 2]) {
    let mut rng = Rng::new(seed);
    let rng = &mut rng;
    let module = &mut programs.module;
    let mut world = World {
        prefix: format!("p{seed}"),
        values: Vec::new(),
        aggregates: Vec::new(),
        enums: Vec::new(),
        empty: None,
        hashes: Vec::new(),
        canonical,
        globals: Vec::new(),
        helpers: Vec::new(),
        tables: Vec::new(),
    };
    world.add_types(module, rng);
    world.add_hashes(module, rng);
    world.add_trace(module);
    for i in 0..rng.below(4) {
        world.add_global(module, rng, i);
    }
    for i in 0..rng.between(1, 4) {
        if rng.one_in(3) {
            world.add_family(module, rng, i);
        } else {
            let helper = world.add_helper(module, rng, &format!("f{i}"));
            world.helpers.push(helper);
        }
    }

    let params: Vec<Ty> = (0..rng.between(2, 5)).map(|_| rng.pick(SCALARS)).collect();
    let sig = Signature { params: params.clone(), ret: Ty::U64, variadic: false, abi: Abi::Simple };
    let name = world.prefix.clone();
    let id = module.declare(name.clone(), sig, Linkage::Export);
    // What the program is called with must stay unknown to optimisers, or they run it themselves.
    module.funcs[id.idx()].facts.inline = Inline::Never;
    let left = rng.between(15, 60) as u32;
    let mut body = Body::new(module, id, rng, &world, left);
    body.define_all((0..params.len() as u32).map(Reg));
    body.take_globals();
    while body.left > 0 && body.affords(8) && body.b.current().is_some() {
        body.statements(8);
    }
    for helper in &world.helpers {
        if body.b.current().is_some() && body.affords(helper.cost) {
            body.call_directly(helper);
        }
    }
    let sum = body.checksum();
    body.b.ret(Some(sum));
    body.b.finish();
    for _ in 0..rng.between(1, 3) {
        let args = params.iter().map(|&ty| (ty, constant::scalar(rng, ty))).collect();
        programs.calls.push(Call { name: name.clone(), args, seed });
    }
}

impl World {
    fn add_types(&mut self, module: &mut Module, rng: &mut Rng) {
        for _ in 0..3 {
            self.values.extend_from_slice(SCALARS);
        }
        // Values without bytes have registers, fields and parameters, too.
        if rng.one_in(4) {
            let elem = rng.pick(SCALARS);
            let array = module.types.intern(TypeData::FixedArray(elem, 0));
            self.empty = Some(if rng.one_in(2) { module.types.tuple(Vec::new()) } else { array });
            self.values.extend(self.empty);
        }
        for i in 0..rng.between(2, 5) {
            let ty = match rng.below(3) {
                0 => {
                    let fields = self.parts(module, rng, 5);
                    let fields =
                        fields.into_iter().enumerate().map(|(i, ty)| (format!("f{i}"), ty)).collect();
                    let id =
                        module.types.add_struct(StructDef { name: format!("{}.S{i}", self.prefix), fields });
                    module.types.intern(TypeData::Struct(id))
                }
                1 => {
                    let fields = self.parts(module, rng, 4);
                    module.types.tuple(fields)
                }
                _ => {
                    let elem = self.parts(module, rng, 1)[0];
                    let count = rng.between(1, 6) as u64;
                    module.types.intern(TypeData::FixedArray(elem, count))
                }
            };
            if !self.aggregates.contains(&ty) {
                self.aggregates.push(ty);
                self.values.extend([ty, ty]);
            }
        }
        for i in 0..rng.between(1, 2) {
            let variants = (0..rng.between(1, 4))
                .map(|v| {
                    let payload = if rng.one_in(3) { Vec::new() } else { self.parts(module, rng, 3) };
                    (format!("V{v}"), payload)
                })
                .collect();
            let id = module.types.add_enum(EnumDef { name: format!("{}.E{i}", self.prefix), variants });
            let ty = module.types.intern(TypeData::Enum(id));
            self.enums.push(ty);
            self.values.extend([ty, ty]);
        }
    }

    /// Types of up to `most` fields.
    fn parts(&self, module: &Module, rng: &mut Rng, most: usize) -> Vec<Ty> {
        let small = |ty: &Ty| leaves(module, *ty) <= 6;
        let known = self.aggregates.iter().chain(&self.enums).chain(&self.empty);
        let known: Vec<Ty> = known.copied().filter(small).collect();
        let mut part =
            || if known.is_empty() || !rng.one_in(4) { rng.pick(SCALARS) } else { rng.pick(&known) };
        let mut parts = vec![part()];
        for _ in 1..most {
            if part().0 % 4 != 0 {
                parts.push(part());
            }
        }
        parts
    }

    fn add_hashes(&mut self, module: &mut Module, rng: &mut Rng) {
        for (i, ty) in self.aggregates.iter().chain(&self.enums).copied().enumerate().collect::<Vec<_>>() {
            let sig = Signature { params: vec![ty], ret: Ty::U64, variadic: false, abi: Abi::Simple };
            let id = module.declare(format!("{}.hash{i}", self.prefix), sig, Linkage::Internal);
            let mut body = Body::new(module, id, rng, self, 0);
            let number = body.number_of_parts(Reg(0));
            body.b.ret(Some(number));
            body.b.finish();
            self.hashes.push((ty, id));
        }
    }

    /// The global that functions mix into what they do not return.
    fn add_trace(&mut self, module: &mut Module) {
        let (name, ty, init) = (format!("{}.trace", self.prefix), Ty::U64, Some(Init::Bits(1)));
        let linkage = Linkage::Internal;
        let id = module.add_global(Global {
            name,
            ty,
            init,
            constant: false,
            thread_local: false,
            linkage,
            span: Span::NONE,
        });
        self.globals.push(GlobalValue { id, ty, constant: false });
    }

    fn add_global(&mut self, module: &mut Module, rng: &mut Rng, index: usize) {
        let ty = rng.pick(&self.values);
        let constant = rng.one_in(3);
        let init = if rng.one_in(6) { Init::Zero } else { init(module, rng, ty) };
        let linkage = if rng.one_in(3) { Linkage::Export } else { Linkage::Internal };
        let name = format!("{}.g{index}", self.prefix);
        let id = module.add_global(Global {
            name,
            ty,
            init: Some(init),
            constant,
            thread_local: !constant && rng.one_in(4),
            linkage,
            span: Span::NONE,
        });
        self.globals.push(GlobalValue { id, ty, constant });
    }

    /// Several functions of one signature, and a table of their addresses.
    fn add_family(&mut self, module: &mut Module, rng: &mut Rng, index: usize) {
        let first = self.helpers.len();
        let params: Vec<Ty> = (0..rng.below(5)).map(|_| rng.pick(&self.values)).collect();
        let ret = rng.pick(&self.values);
        let len = rng.between(2, 3);
        for i in 0..len {
            let sig = Signature { params: params.clone(), ret, variadic: false, abi: Abi::Simple };
            let params = params.iter().map(|&ty| Param::Value(ty)).collect();
            let helper = self.define(module, rng, &format!("f{index}{}", ["a", "b", "c"][i]), sig, params);
            self.helpers.push(helper);
        }
        let funcs = self.helpers[first..].iter().map(|helper| Init::Func(helper.id)).collect();
        let ty = module.types.intern(TypeData::FixedArray(Ty::PTR, len as u64));
        let global = module.add_global(Global {
            name: format!("{}.table{index}", self.prefix),
            ty,
            init: Some(Init::Fields(funcs)),
            constant: true,
            thread_local: false,
            linkage: Linkage::Internal,
            span: Span::NONE,
        });
        self.tables.push(Table { global, first, len });
    }

    fn add_helper(&mut self, module: &mut Module, rng: &mut Rng, name: &str) -> Helper {
        let abi = if rng.one_in(4) { Abi::C } else { Abi::Simple };
        // The back ends do not pass aggregates by the C convention yet.
        let values: &[Ty] = if abi == Abi::C { SCALARS } else { &self.values };
        let recursive = rng.one_in(4);
        let mut params: Vec<Param> = (0..recursive as usize).map(|_| Param::Depth).collect();
        let count = if rng.one_in(5) { rng.between(6, 14) } else { rng.below(6) };
        for _ in 0..count {
            params.push(if rng.one_in(4) {
                let ty = rng.pick(&self.values);
                Param::Place { ty, writable: !rng.one_in(3), alone: rng.one_in(3) }
            } else {
                Param::Value(rng.pick(values))
            });
        }
        let ret = if rng.one_in(8) { Ty::UNIT } else { rng.pick(values) };
        let types = params.iter().map(|&param| match param {
            Param::Value(ty) => ty,
            Param::Place { .. } => Ty::PTR,
            Param::Depth => Ty::U32,
        });
        let sig = Signature { params: types.collect(), ret, variadic: false, abi };
        self.define(module, rng, name, sig, params)
    }

    fn define(
        &self,
        module: &mut Module,
        rng: &mut Rng,
        name: &str,
        sig: Signature,
        params: Vec<Param>,
    ) -> Helper {
        let (ret, abi) = (sig.ret, sig.abi);
        let linkage = if rng.one_in(4) { Linkage::Export } else { Linkage::Internal };
        let id = module.declare(format!("{}.{name}", self.prefix), sig, linkage);
        let recursive = params.iter().any(|param| matches!(param, Param::Depth));
        let func = &mut module.funcs[id.idx()];
        func.facts.cold = rng.one_in(12);
        func.facts.inline = match rng.below(8) {
            0 => Inline::Hint,
            1 if !recursive => Inline::Always,
            2 => Inline::Never,
            _ => Inline::Auto,
        };
        for (facts, param) in func.params.iter_mut().zip(&params) {
            if let &Param::Place { ty, writable, alone } = param {
                facts.noalias = alone;
                facts.readonly = !writable;
                facts.nonnull = rng.one_in(2);
                facts.points_to = rng.one_in(2).then_some(ty);
            }
        }
        let mut helper = Helper { id, sig: func.sig, params, ret, abi, cost: 0 };
        let left = rng.between(3, 22) as u32;
        let mut body = Body::new(module, id, rng, self, left);
        for (i, param) in helper.params.iter().enumerate() {
            let reg = Reg(i as u32);
            match *param {
                Param::Value(_) => body.define_all([reg]),
                Param::Place { ty, writable, .. } => {
                    let place = Place { ptr: reg, ty, root: Root::Unknown, alias: Alias::Any, writable };
                    body.places.push(place);
                }
                Param::Depth => {
                    body.frozen.push(reg);
                    body.define(reg);
                    let (stop, go) = (body.b.block(), body.b.block());
                    let zero = body.b.int(Ty::U32, 0);
                    let done = body.b.eq(reg, zero);
                    body.b.branch(done, stop, go, Hint::None);
                    body.b.switch_to(stop);
                    let mark = body.mark();
                    let value = (ret != Ty::UNIT).then(|| body.fresh(ret));
                    body.b.ret(value);
                    body.reset(mark);
                    body.b.switch_to(go);
                    body.recursion = Some(Recursion { helper: helper.clone(), depth: reg });
                }
            }
        }
        body.take_globals();
        while body.left > 0 && body.affords(8) && body.b.current().is_some() {
            body.statements(6);
        }
        // A function that only returns a value is optimised in other ways than one that writes memory.
        if !body.rng.one_in(3) {
            body.trace();
        }
        body.finish_path();
        helper.cost = body.cost * if recursive { MAX_RECURSION + 1 } else { 1 };
        body.b.finish();
        helper
    }
}

impl Body<'_, '_> {
    /// Brings some of the globals into scope.
    fn take_globals(&mut self) {
        for i in 0..self.world.globals.len() {
            if self.rng.one_in(2) {
                let GlobalValue { id, ty, constant } = self.world.globals[i];
                let ptr = self.b.global_addr(id);
                let place =
                    Place { ptr, ty, root: Root::Global(id), alias: Alias::Global, writable: !constant };
                self.places.push(place);
            }
        }
    }
}

/// Number of scalars in a value of a type.
fn leaves(module: &Module, ty: Ty) -> u64 {
    match module.types.get(ty) {
        TypeData::Enum(id) => {
            let variants = &module.types.enum_def(*id).variants;
            1 + variants.iter().flat_map(|v| &v.1).map(|&ty| leaves(module, ty)).sum::<u64>()
        }
        _ => match module.types.field_count(ty) {
            Some(count) => {
                (0..count as u32).filter_map(|i| module.types.field(ty, i)).map(|ty| leaves(module, ty)).sum()
            }
            None => 1,
        },
    }
}

/// A first value of a global.
fn init(module: &Module, rng: &mut Rng, ty: Ty) -> Init {
    match module.types.get(ty) {
        TypeData::Enum(_) => Init::Zero,
        &TypeData::FixedArray(Ty::U8, count) => Init::Bytes((0..count).map(|_| rng.bits() as u8).collect()),
        _ => match module.types.field_count(ty) {
            Some(count) => {
                let fields = (0..count as u32).filter_map(|i| module.types.field(ty, i));
                Init::Fields(fields.map(|ty| init(module, rng, ty)).collect())
            }
            None => Init::Bits(constant::scalar(rng, ty)),
        },
    }
}

/// The programs with a `main` that calls each, and writes the results to standard output as they lie in memory.
pub fn with_main(programs: &Programs) -> Module {
    let mut module = programs.module.clone();
    let params = vec![Ty::I32, Ty::PTR, Ty::USIZE];
    let sig = Signature { params, ret: Ty::ISIZE, variadic: false, abi: Abi::C };
    let write = module.declare("write", sig, Linkage::Extern);
    let count = programs.calls.len() as u64;
    let results = module.types.intern(TypeData::FixedArray(Ty::U64, count));
    let sig = Signature { params: vec![], ret: Ty::I32, variadic: false, abi: Abi::C };
    let callees: Vec<Option<FuncId>> =
        programs.calls.iter().map(|call| module.func_named(&call.name)).collect();
    let main = module.declare("main", sig, Linkage::Export);
    let mut b = FunctionBuilder::new(&mut module, main);
    let slot = b.slot(results);
    let buffer = b.slot_addr(slot);
    for (i, (call, callee)) in programs.calls.iter().zip(callees).enumerate() {
        let args: Vec<Reg> = call.args.iter().map(|&(ty, bits)| b.const_(ty, Bits(bits))).collect();
        let args = b.list(&args);
        let result = callee.and_then(|func| b.call(func, args)).expect("programs return a number");
        let at = b.field_addr(buffer, results, i as u32);
        b.store(result, at, Alias::Any);
    }
    let out = b.int(Ty::I32, 1);
    let len = b.int(Ty::USIZE, count as i64 * 8);
    let args = b.list(&[out, buffer, len]);
    b.call(write, args);
    let zero = b.int(Ty::I32, 0);
    b.ret(Some(zero));
    b.finish();
    module
}
