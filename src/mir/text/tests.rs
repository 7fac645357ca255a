//! The text form: round trips, and what the parser refuses.

use super::*;
use crate::diagnostics::FileId;
use crate::mir::*;

fn parsed(text: &str) -> Module {
    match parse(FileId(1), "test.mir", text) {
        Ok(module) => module,
        Err(errors) => panic!(
            "{}\n{text}",
            errors
                .sorted()
                .iter()
                .map(|e| format!("{}: {}", &text[e.span().start as usize..], e.message))
                .collect::<Vec<_>>()
                .join("\n")
        ),
    }
}

/// Asserts that a text is exactly what its module prints.
fn round_trip(text: &str) {
    assert_eq!(print(&parsed(text)), text);
}

#[test]
fn everything_round_trips() {
    round_trip(
        r#"module "a \"module\""

struct $Point { x: f64, y: f64 }
struct $"Odd Name" { "a b": $Point, next: ptr }
enum $Shape { Circle(f64), Rect(f64, f64), Empty }
global @counter: i64 = -9223372036854775808
const @msg: [u8; 5] = "h\"\\\n\xff"
extern global @errno: i32
export global @table: [(ptr, f32); 2] = [(@f, -0.0), (@counter, bits 0x7fc00001)]
global @nested: (bool, (u8, [u16; 0]), ptr) = (true, (255, zero), null)
extern fn @puts(ptr noalias readonly nonnull points_to(u8)) -> i32
extern fn @printf(ptr, ...) -> i32
extern fn @other(i64) -> i64 simple cold

fn @f(%x: i64, %0: ptr noalias readonly nonnull points_to($Point)) -> {text: [i64]} always_inline cold {
  slot s0: (i64, i64)
  slot point: $Point
  slot "s0": [$"Odd Name"; 3]
bb0:
  %1: i64 = const -1
  %0 = slot_addr "s0"
  %2: range<i64> = zero
  %x = add %x, %1
  goto bb1
bb1:
  %"0": <4 x f32> = zero
  unreachable
}

export fn @main() -> i32 c {
bb0:
  %r: i32 = const 0
  return %r
}
"#,
    );
}

/// An instruction line for each row of the table, with one value of each kind of field.
fn line_of(row: &OpInfo) -> String {
    let mut line = String::from("  ");
    if row.result != ResultRule::None {
        line.push_str("%d = ");
    }
    line.push_str(row.name);
    for (i, field) in row.fields.iter().enumerate() {
        let text = match field.kind {
            "Reg" => "%a",
            "RegList" => "(%a, %a)",
            "Ty" => "[i64; 3]",
            "u32" => "7",
            "FuncId" | "MaybeFunc" => "@f",
            "GlobalId" => "@g",
            "SlotId" => "s0",
            "SigId" => "fn(i64) -> i64",
            "StrId" => "\"text\"",
            "Bits" => "5",
            "Alias" => "!element",
            "Ordering" => "seq_cst",
            "RmwOp" => "add",
            kind => panic!("a kind of field without a sample: {kind}"),
        };
        let called = i > 0 && matches!(row.fields[i - 1].kind, "FuncId" | "MaybeFunc" | "Reg");
        line.push_str(match (i, field.kind) {
            (0, _) | (_, "Alias") => " ",
            (_, "RegList") if called => "",
            (_, "RegList") => " ",
            (_, _) => ", ",
        });
        line.push_str(text);
    }
    line.push('\n');
    line
}

#[test]
fn every_operation_round_trips() {
    let mut text = String::from("global @g: i64 = 0\n\nfn @f(%a: i64, %d: i64) {\n  slot s0: i64\nbb0:\n");
    CoreOp::TABLE.iter().chain(RichOp::TABLE).for_each(|row| text.push_str(&line_of(row)));
    text.push_str("  return\n}\n");
    round_trip(&text);
    let module = parsed(&text);
    let insts = &module.funcs[0].blocks[0].insts;
    for (inst, row) in insts.iter().zip(CoreOp::TABLE.iter().chain(RichOp::TABLE)) {
        assert_eq!(inst.op.info().name, row.name);
        let place = &text[inst.span.start as usize..inst.span.end as usize];
        assert_eq!(place, line_of(row).trim());
    }
}

/// Knuth's linear congruential generator.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0.rotate_left(32)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Names that need quotes, look like labels, numbers or keywords, or are the same again and again.
    fn name(&mut self) -> &'static str {
        self.pick(&[
            "x", "x", "x.1", "y", "s0", "s12", "0", "17", "", "a b", "\"", "\\", "ä\n", "\0", "bits", "fn",
            "bb1",
        ])
    }

    fn ty(&mut self, types: &mut Types, depth: u32) -> Ty {
        let kinds = if depth == 0 { 2 } else { 10 };
        let data = match self.below(kinds) {
            0 | 1 => return Ty(self.below(Ty::NAMED.len()) as u32),
            2 => TypeData::Tuple((0..self.below(3)).map(|_| self.ty(types, depth - 1)).collect()),
            3 => TypeData::FixedArray(self.ty(types, depth - 1), self.bits()),
            4 => TypeData::Array(self.ty(types, depth - 1)),
            5 => TypeData::Dict(self.ty(types, depth - 1), self.ty(types, depth - 1)),
            6 => TypeData::Range(self.ty(types, depth - 1)),
            7 => TypeData::Ref(self.ty(types, depth - 1)),
            8 => TypeData::Vector(self.ty(types, depth - 1), self.bits() as u32),
            _ => {
                let id = self.below(types.structs().len());
                TypeData::Struct(StructId(id as u32))
            }
        };
        types.intern(data)
    }

    fn sig(&mut self, types: &mut Types, depth: u32) -> SigId {
        let params = (0..self.below(3)).map(|_| self.ty(types, depth)).collect();
        let (ret, variadic) = (self.ty(types, depth), self.below(4) == 0);
        let abi = self.pick(&[Abi::Simple, Abi::C]);
        types.intern_sig(Signature { params, ret, variadic, abi })
    }

    fn init(&mut self, types: &Types, ty: Ty, depth: u32) -> Init {
        let fields = types.field_count(ty).filter(|&n| n < 5);
        match (self.below(4), fields) {
            (0, _) => Init::Zero,
            (1, _) => Init::Bytes(self.name().bytes().chain([0xff, 0x80]).collect()),
            (2, Some(n)) if depth > 0 => {
                let field = |i| types.field(ty, i).expect("a field");
                Init::Fields((0..n as u32).map(|i| self.init(types, field(i), depth - 1)).collect())
            }
            _ => Init::Bits(self.bits()),
        }
    }
}

/// A module that says all kinds of things and means nothing.
fn random_module(random: &mut Random) -> Module {
    let mut m = Module::new(random.name());
    for i in 0..3 {
        m.types.add_struct(StructDef { name: format!("{}{i}", random.name()), fields: Vec::new() });
    }
    for i in 0..3 {
        let fields =
            (0..random.below(4)).map(|_| (random.name().to_string(), random.ty(&mut m.types, 2))).collect();
        m.types.struct_def_mut(StructId(i)).fields = fields;
    }
    let variants = (0..3).map(|_| (random.name().to_string(), vec![random.ty(&mut m.types, 1)])).collect();
    m.types.add_enum(EnumDef { name: "E".into(), variants });
    for i in 0..4 {
        let ty = random.ty(&mut m.types, 2);
        let init = (random.below(3) > 0).then(|| random.init(&m.types, ty, 3));
        m.globals.push(Global {
            name: format!("{}g{i}", random.name()),
            ty,
            init,
            constant: random.below(2) == 0,
            thread_local: random.below(2) == 0,
            linkage: random.pick(&[Linkage::Internal, Linkage::Export, Linkage::Weak, Linkage::Extern]),
            span: crate::diagnostics::Span::NONE,
        });
    }
    for i in 0..4 {
        let sig = random.sig(&mut m.types, 2);
        let linkage = random.pick(&[Linkage::Internal, Linkage::Export, Linkage::Weak, Linkage::Extern]);
        let mut func = Function::declare(format!("{}f{i}", random.name()), sig, &m.types, linkage);
        func.facts.cold = random.below(2) == 0;
        func.facts.constructor = random.below(2) == 0;
        func.facts.destructor = random.below(2) == 0;
        func.facts.inline = random.pick(&[Inline::Auto, Inline::Hint, Inline::Always, Inline::Never]);
        for facts in &mut func.params {
            facts.noalias = random.below(2) == 0;
            facts.points_to = (random.below(2) == 0).then_some(Ty::F64);
        }
        m.funcs.push(func);
    }
    for i in 0..3 {
        random_body(random, &mut m, FuncId(i));
    }
    m
}

fn random_body(random: &mut Random, m: &mut Module, id: FuncId) {
    for _ in 0..8 {
        m.add_str(random.name());
    }
    let strings = m.strings.len();
    let mut b = FunctionBuilder::new(m, id);
    // Every register is written at first, so that all have a place for their type.
    let mut regs: Vec<Reg> = (0..b.func.params.len() as u32).map(Reg).collect();
    for _ in 0..8 {
        let ty = random.ty(&mut b.module.types, 1);
        regs.push(b.zero(ty));
    }
    for &reg in &regs {
        b.func.regs[reg.idx()].name = (random.below(2) == 0).then(|| StrId(random.below(strings) as u32));
    }
    let slot = b.slot(Ty::I64);
    b.func.slots.push(SlotData { ty: Ty::PTR, name: Some(StrId(random.below(strings) as u32)) });
    let blocks: Vec<Block> = (0..3).map(|_| b.block()).collect();
    for &block in &blocks {
        for _ in 0..random.below(6) {
            let [dst, a, c] = [0; 3].map(|_| random.pick(&regs));
            let list = b.list(&[a, c, dst]);
            let text = StrId(random.below(strings) as u32);
            let ty = random.ty(&mut b.module.types, 1);
            let sig = random.sig(&mut b.module.types, 1);
            let bits = random.bits();
            match random.below(8) {
                0 | 1 => b.push(Some(dst), CoreOp::Const { bits: Bits(bits) }),
                2 => b.push(None, CoreOp::Call { func: FuncId(random.below(4) as u32), args: list }),
                3 => b.push(Some(dst), CoreOp::CallIndirect { callee: a, sig, args: list }),
                4 => b.push(
                    Some(dst),
                    CoreOp::Load { addr: a, alias: random.pick(&[Alias::Any, Alias::Header]) },
                ),
                5 => {
                    let (slot, param) = (SlotId(random.below(2) as u32), random.below(3) as u32);
                    b.push(None, CoreOp::DebugDeclare { slot, name: text, ty, param });
                }
                6 => b.push(Some(dst), CoreOp::AggMake { fields: list }),
                _ => b.push(Some(dst), RichOp::Format { value: a, spec: text }),
            }
        }
        let to = random.pick(&blocks);
        let value = random.pick(&regs);
        match random.below(6) {
            0 => b.goto(to),
            1 => b.branch(value, to, to, random.pick(&[Hint::None, Hint::Likely, Hint::Unlikely])),
            2 => {
                let bits = random.bits();
                b.switch(value, &[(bits, to), (1, to)], to);
            }
            3 => b.ret(Some(value)),
            4 => b.terminate(Terminator::Panic(StrId(0))),
            _ => {
                let args = b.list(&[value]);
                b.terminate(Terminator::Invoke { func: id, args, dst: Some(value), ok: to, error: to });
            }
        }
        b.switch_to(block);
    }
    b.slot_addr(slot);
    b.finish();
}

#[test]
fn random_modules_round_trip() {
    let mut random = Random(7);
    for i in 0..2000 {
        let module = random_module(&mut random);
        // It is full of broken invariants, none of which may be taken for granted before it is checked.
        assert!(verify(&module).is_err());
        let text = print(&module);
        let again = print(&parsed(&text));
        assert_eq!(again, text, "module {i}");
    }
}

#[test]
fn every_bit_pattern_of_a_float_round_trips() {
    let mut random = Random(8);
    let special = [0, 1, 1 << 31, 1 << 63, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x7f80_0001, 0x7f7f_ffff]
        .into_iter()
        .chain([0x7ff0_0000_0000_0000, 0xfff0_0000_0000_0000, 0x7ff8_0000_0000_0000, 0x7ff0_0000_0000_0001])
        .chain([
            f64::MAX.to_bits(),
            f64::MIN_POSITIVE.to_bits(),
            u64::from(f32::MIN_POSITIVE.to_bits()),
            0.1f64.to_bits(),
        ]);
    let all: Vec<u64> = special.chain((0..20_000).map(|_| random.bits())).collect();
    let mut m = Module::new("");
    for (i, &bits) in all.iter().enumerate() {
        for (ty, bits) in [(Ty::F64, bits), (Ty::F32, bits & 0xffff_ffff)] {
            m.globals.push(Global {
                name: format!("g{i}.{}", ty.0),
                ty,
                init: Some(Init::Bits(bits)),
                constant: true,
                thread_local: false,
                linkage: Linkage::Internal,
                span: crate::diagnostics::Span::NONE,
            });
        }
    }
    let again = parsed(&print(&m));
    for (before, after) in m.globals.iter().zip(&again.globals) {
        assert_eq!(before.init, after.init);
    }
}

#[test]
fn nonsense_is_refused_without_a_panic() {
    let good = print(&random_module(&mut Random(9)));
    let mut random = Random(10);
    for _ in 0..3000 {
        // Any prefix, with a few of its bytes replaced by signs of the language.
        let mut bytes = good.as_bytes()[..random.below(good.len())].to_vec();
        for _ in 0..random.below(4) {
            if !bytes.is_empty() {
                let at = random.below(bytes.len());
                bytes[at] = random.pick(b"()[]{}<>%@$!\"\\;:,=-.0x \n");
            }
        }
        if let Ok(module) = parse(FileId(1), "test.mir", &String::from_utf8_lossy(&bytes)) {
            print(&module);
            let _ = verify(&module);
        }
    }
    let deep = format!("global @g: {} = 0", "[".repeat(100_000));
    assert!(parse(FileId(1), "test.mir", &deep).is_err());
}

/// The text of a function of `n` blocks, with a register for each, a switch over a tenth of them, and one variable that
/// lives through all.
fn long_function(n: usize) -> String {
    let mut text = String::from("fn @long(%x: i64) -> i64 {\nbb0:\n  %sum: i64 = const 0\n  switch %x, [");
    (0..n / 10).for_each(|i| text.push_str(&format!("{i}: bb{}, ", i * 10 + 1)));
    text.push_str("-1: bb1], bb1\n");
    for i in 1..=n {
        text.push_str(&format!(
            "bb{i}:\n  %v{i}: i64 = const {i}\n  %c{i}: bool = lt %v{i}, %x\n  %sum = add %sum, %v{i}\n  branch %c{i}, bb{}, bb{}\n",
            i + 1,
            n + 1
        ));
    }
    text.push_str(&format!("bb{}:\n  return %sum\n}}\n", n + 1));
    text
}

#[test]
fn long_functions_take_time_in_proportion() {
    let seconds = |n: usize| {
        let text = long_function(n);
        let run = || {
            let start = std::time::Instant::now();
            let module = parsed(&text);
            assert!(verify(&module).is_ok());
            assert!(print(&module).len() > n);
            start.elapsed().as_secs_f64()
        };
        (0..3).map(|_| run()).fold(f64::INFINITY, f64::min)
    };
    // 16 times as much; quadratic would be 256 times. On a busy machine one measurement says little.
    let is_in_proportion = || {
        let (short, long) = (seconds(4_000), seconds(64_000));
        println!("{:.1} ms for 4,000 blocks, {:.1} ms for 64,000", short * 1e3, long * 1e3);
        long < short * 80.0
    };
    assert!((0..4).any(|_| is_in_proportion()), "reading and printing take more than in proportion");
}
