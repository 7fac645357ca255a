//! The compiler's own speed on generated programs of growing size: time for each function must stay the same.
//!
//! `cargo bench --bench scale [-- build|mixed|writer…]`. Debug builds (Cranelift, an object, no link) of Simple
//! programs, end to end; checks and debug builds of a program of classes, enums, generic functions and closures; and
//! the LLVM writer alone on generated MIR.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use simplec::backend::llvm;
use simplec::mir::{Abi, FunctionBuilder, Hint, Linkage, Module, Signature, Ty};
use simplec::target;
use wait4::Wait4;

/// Runs of each measurement, more of short ones; the least of each cost counts.
const ROUNDS: usize = 3;

/// The allocator that the compiler has: the writer runs in this process.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Functions of the generated programs.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// What a run of the compiler cost.
struct Cost {
    wall: Duration,
    /// Time of its own instructions on all processors: what the machine's other work and the system's clearing of
    /// pages disturb least.
    user: Duration,
    /// The most memory that it had, in bytes.
    memory: u64,
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for (name, part) in [("build", builds as fn()), ("mixed", mixed_programs), ("writer", writer)] {
        if wanted.is_empty() || wanted.iter().any(|it| it == name) {
            part();
        }
    }
}

fn builds() {
    println!(
        "{:<26} {:>9} {:>9} {:>12} {:>12} {:>7}",
        "debug build, without link", "functions", "ms", "us/function", "user us/fn", "MB"
    );
    for size in SIZES {
        let Cost { wall, user, memory } = debug_build(size);
        let each = |time| ms(time) * 1e3 / size as f64;
        println!(
            "{:<26} {size:>9} {:>9.1} {:>12.2} {:>12.2} {:>7}",
            "",
            ms(wall),
            each(wall),
            each(user),
            memory >> 20
        );
    }
}

fn mixed_programs() {
    println!(
        "{:<26} {:>9} {:>9} {:>12} {:>12} {:>7}",
        "classes, enums, closures", "lines", "check ms", "build ms", "user ms", "MB"
    );
    for lines in [10_000, 100_000, 1_000_000] {
        let (check, build) = mixed(lines);
        let (wall, user) = (ms(build.wall), ms(build.user));
        println!(
            "{:<26} {lines:>9} {:>9.1} {wall:>12.1} {user:>12.1} {:>7}",
            "",
            ms(check.wall),
            build.memory >> 20
        );
    }
}

fn writer() {
    println!("{:<26} {:>9} {:>9} {:>12}", "LLVM writer", "functions", "ms", "s/M insts");
    for size in SIZES {
        let module = generate_mir(size);
        let insts: usize = module.funcs.iter().flat_map(|f| &f.blocks).map(|b| b.insts.len() + 1).sum();
        let time = ms(write_ir(&module));
        println!("{:<26} {size:>9} {time:>9.1} {:>12.3}", "", time * 1e3 / insts as f64);
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn debug_build(size: usize) -> Cost {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let source = dir.path().join("generated.spl");
    std::fs::write(&source, generate_simple(size)).expect("the program can be written");
    least(&["build", "--emit=obj", "-o", "generated.o", "generated.spl"], dir.path())
}

/// A check and a debug build of so many lines.
fn mixed(lines: usize) -> (Cost, Cost) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(dir.path().join("mixed.spl"), generate_mixed(lines)).expect("the program can be written");
    let check = least(&["check", "mixed.spl"], dir.path());
    (check, least(&["build", "--emit=obj", "-o", "mixed.o", "mixed.spl"], dir.path()))
}

/// Runs the compiler some times.
fn least(args: &[&str], dir: &Path) -> Cost {
    let once = || {
        let start = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_simplec"));
        let child = command.args(args).current_dir(dir).spawn().expect("simplec runs");
        let used = child.wait4().expect("simplec ends");
        assert!(used.status.success(), "simplec failed on the generated program");
        Cost { wall: start.elapsed(), user: used.rusage.utime, memory: used.rusage.maxrss }
    };
    let first = once();
    (1..ROUNDS).map(|_| once()).fold(first, |least, cost| Cost {
        wall: least.wall.min(cost.wall),
        user: least.user.min(cost.user),
        memory: least.memory.min(cost.memory),
    })
}

/// Accounts and what happens to them, over and over, each time with names of its own: 40 lines a turn.
fn generate_mixed(lines: usize) -> String {
    const TURN: &str = r#"class Account@:
    owner: text
    balance: i64 = 0
    history: [i64] = []
    me deposit(amount: i64):
        self.balance = self.balance + amount
        self.history.push(amount)
    fn report() -> text: "{self.owner}: {self.balance:>8}"

enum Event@:
    Deposit(amount: i64)
    Transfer(to: text, amount: i64)
    Close

fn apply@(account: Account@, event: Event@) -> i64:
    match event:
        case Deposit(amount):
            account.deposit(amount)
            amount
        case Transfer(to, amount):
            if amount > account.balance: return -1
            account.deposit(-amount)
            to.len()
        case Close: 0

fn largest@<T: Ord>(xs: [T], start: T) -> T:
    var best = start
    for x in xs:
        if x > best: best = x
    best

fn work@(n: i64) -> i64:
    val account = Account@(owner: "someone @")
    val events = [Event@.Deposit(n), Event@.Transfer("other", 3), Event@.Close]
    var sum = 0
    for event in events: sum += apply@(account, event)
    val doubled = account.history.map(\x: x * 2).filter(\x: x > @)
    sum + largest@(doubled, 0) + account.report().len()

"#;
    let turns = lines / (TURN.lines().count() + 1);
    let mut text = String::new();
    for turn in 0..turns {
        text.push_str(&TURN.replace('@', &turn.to_string()));
    }
    text.push_str("fn main():\n    var total = 0\n");
    for turn in 0..turns {
        writeln!(text, "    total += work{turn}({turn})").expect("writing to a string");
    }
    text.push_str("    print total\n");
    text
}

/// `size` functions of seven lines, each calling the one before.
fn generate_simple(size: usize) -> String {
    let mut text = String::from("fn f0(a: i64, b: i64) -> i64: a + b\n\n");
    for i in 1..size {
        let before = i - 1;
        write!(
            text,
            "fn f{i}(a: i64, b: i64) -> i64:\n    var s = a * {i} + b\n    for k in 0..4:\n        if s % 2 == 0:\n            \
             s = s / 2 + k\n        else:\n            s = s * 3 + 1\n    if b > 0: f{before}(s, b - 1) else: s\n\n"
        )
        .expect("writing to a string");
    }
    writeln!(text, "fn main():\n    print f{}(1, 3)", size - 1).expect("writing to a string");
    text
}

fn write_ir(module: &Module) -> Duration {
    let target = target::host().expect("the host is a known target");
    let options = llvm::Options::default();
    (0..rounds(module.funcs.len()))
        .map(|_| {
            let start = Instant::now();
            let text = llvm::write(module, target, &options).expect("the module is valid");
            assert!(!text.is_empty());
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// Runs of a measurement inside this process: short ones are lost in noise, and cost little to repeat.
fn rounds(size: usize) -> usize {
    ROUNDS * (SIZES[SIZES.len() - 1] / size).clamp(1, 10)
}

/// `size` functions of 40 instructions with a loop and a call.
fn generate_mir(size: usize) -> Module {
    let mut module = Module::new("generated");
    let sig = Signature { params: vec![Ty::I64, Ty::I64], ret: Ty::I64, variadic: false, abi: Abi::Simple };
    let ids: Vec<_> =
        (0..size).map(|i| module.declare(format!("f{i}"), sig.clone(), Linkage::Internal)).collect();
    for (i, &id) in ids.iter().enumerate() {
        let mut b = FunctionBuilder::new(&mut module, id);
        let (x, y) = (b.param(0), b.param(1));
        let (sum, count) = (b.reg(Ty::I64), b.reg(Ty::I64));
        let start = b.int(Ty::I64, i as i64);
        b.assign(sum, start);
        b.assign(count, y);
        let (head, body, exit) = (b.block(), b.block(), b.block());
        b.goto(head);
        b.switch_to(head);
        let zero = b.int(Ty::I64, 0);
        let more = b.gt(count, zero);
        b.branch(more, body, exit, Hint::Likely);
        b.switch_to(body);
        for k in 0..6 {
            let factor = b.int(Ty::I64, k + 3);
            let product = b.mul(sum, factor);
            let mixed = b.xor(product, x);
            let shift = b.int(Ty::I64, k + 1);
            let shifted = b.shr(mixed, shift);
            let next = b.add(mixed, shifted);
            b.assign(sum, next);
        }
        let one = b.int(Ty::I64, 1);
        let fewer = b.sub(count, one);
        b.assign(count, fewer);
        b.goto(head);
        b.switch_to(exit);
        let args = b.list(&[sum, x]);
        let called = b.call(ids[i.saturating_sub(1)], args);
        b.ret(called);
        b.finish();
    }
    module
}
