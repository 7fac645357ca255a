//! The random differential test: MIR programs made from seeds run on every back end, and all have to agree with the
//! interpreter.
//!
//! A program is valid by construction, terminates, does nothing undefined, and gives a checksum of everything it
//! computed. `--seed N` and `--count N` choose the programs, `--full` (or SIMPLEC_FULL set) takes 5,000 instead of 100; a
//! difference is reported with its seed, and with `--reduce` the program is made small and written to `target/random/`.
//!
//! ```text
//! cargo test --test random -- --seed 7 --count 1 --reduce
//! ```

mod backends;
mod body;
mod call;
mod checksum;
mod constant;
mod control;
mod memory;
mod ops;
mod program;
mod reduce;
#[path = "../rng/mod.rs"]
mod rng;
mod sensitivity;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use rayon::prelude::*;
use simplec::diagnostics::FileId;
use simplec::mir::{self, CoreOp, Module, Op};

use backends::{BackEnd, Machine};
use program::{Programs, generate, with_main};

/// Programs in one module: enough that starting the tools does not count, few enough that all processors work.
const BATCH: u64 = 25;

/// Programs in a run of the usual tests.
const USUAL: u64 = 100;
/// Programs with `--full`.
const FULL: u64 = 5_000;

/// Programs of which one operation is made wrong: of 100 as few as 40 have noticed it and as many as 61, by their seeds.
const SPOILT: u64 = 500;
/// Of 100 operations that give a wrong result, how many have to show. Others stand where a program does not come by.
const SENSITIVE: u64 = 45;

/// Differences after which a run stops: one cause mostly has many.
const ENOUGH: usize = 10;

struct Options {
    seed: u64,
    count: u64,
    reduce: bool,
    print: bool,
    only: Option<String>,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, file] = args.as_slice()
        && first == "--jit"
    {
        return match backends::run_jit(Path::new(file)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("{message}");
                ExitCode::FAILURE
            }
        };
    }
    match options(&args) {
        Ok(Some(options)) if options.print => {
            print!("{}", mir::print(&with_main(&generate(options.seed..options.seed + options.count))));
            ExitCode::SUCCESS
        }
        Ok(Some(options)) => {
            let ok = run(&options).unwrap_or_else(|message| {
                eprintln!("random MIR: {message}");
                false
            });
            // As other test programs end, for those who count.
            let (word, passed) = if ok { ("ok", 1) } else { ("FAILED", 0) };
            println!("test result: {word}. {passed} passed; {} failed", 1 - passed);
            if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Ok(None) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("random MIR: {message}");
            ExitCode::from(2)
        }
    }
}

/// Reads the command line; `None` when a filter of `cargo test` leaves this test out.
fn options(args: &[String]) -> Result<Option<Options>, String> {
    let full = std::env::var_os("SIMPLEC_FULL").is_some();
    let count = if full { FULL } else { USUAL };
    let mut options = Options { seed: 0, count, reduce: false, print: false, only: None };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("`{arg}` needs a value"));
        let number = |text: &String| text.parse().map_err(|_| format!("`{text}` is not a number"));
        match arg.as_str() {
            "--seed" => options.seed = number(value()?)?,
            "--count" => options.count = number(value()?)?,
            "--full" => options.count = FULL,
            "--reduce" => options.reduce = true,
            "--print" => options.print = true,
            "--back-end" => options.only = Some(value()?.clone()),
            "--list" => return Ok(None),
            // What `cargo test` passes to every test program.
            "--quiet" | "-q" | "--nocapture" | "--no-capture" | "--exact" | "--include-ignored" => {}
            filter if !filter.starts_with('-') && !"random".contains(filter) => return Ok(None),
            filter if !filter.starts_with('-') => {}
            unknown => return Err(format!("unknown option `{unknown}`")),
        }
    }
    Ok(Some(options))
}

/// What a batch found.
struct Found {
    /// Results compared.
    comparisons: usize,
    /// Seed, back end and what was wrong.
    differences: Vec<(u64, BackEnd, String)>,
    /// By row of the op table, how often it was made.
    made: Vec<usize>,
}

fn run(options: &Options) -> Result<bool, String> {
    let start = Instant::now();
    let machine = Machine::find()?;
    let (mut back_ends, note) = backends::available(&machine);
    if let Some(note) = note {
        eprintln!("{note}");
        if std::env::var_os("CI").is_some() {
            return Err("every back end has to be compared where `CI` is set".into());
        }
    }
    if let Some(only) = &options.only {
        back_ends.retain(|back_end| back_end.name() == only);
        if back_ends.is_empty() {
            return Err(format!("no back end `{only}` here"));
        }
    }
    let end = options.seed.saturating_add(options.count);
    let batches: Vec<_> = (options.seed..end)
        .step_by(BATCH as usize)
        .map(|first| first..end.min(first.saturating_add(BATCH)))
        .collect();
    let found: Vec<Found> =
        batches.into_par_iter().map(|seeds| batch(seeds, &back_ends, &machine)).collect::<Result<_, _>>()?;

    let comparisons: usize = found.iter().map(|f| f.comparisons).sum();
    let differences: Vec<_> = found.iter().flat_map(|f| &f.differences).collect();
    for (seed, back_end, what) in differences.iter().take(ENOUGH) {
        eprintln!("DIFFERENCE seed {seed} on {}: {what}", back_end.name());
        report(*seed, *back_end, &machine, options.reduce)?;
    }
    let mut ok = differences.is_empty();
    if options.count >= USUAL {
        for (row, info) in CoreOp::TABLE.iter().enumerate() {
            if info.name != ops::MEANT_TO_DIFFER && found.iter().all(|f| f.made[row] == 0) {
                eprintln!("no program has the operation `{}`", info.name);
                ok = false;
            }
        }
    }
    if options.count >= USUAL && options.only.is_none() {
        let noticed = sensitivity::noticed(options.seed..options.seed.saturating_add(SPOILT), &machine);
        println!("random MIR: {noticed} of {SPOILT} single wrong operations change a checksum");
        if noticed < (SPOILT * SENSITIVE / 100) as usize {
            eprintln!("fewer than {SENSITIVE} in 100: the programs compute too much that they do not use");
            ok = false;
        }
    }
    println!(
        "random MIR: {} programs, {} back ends, {comparisons} comparisons, {} differences in {:.1} s",
        options.count,
        back_ends.len() + 1,
        differences.len(),
        start.elapsed().as_secs_f64(),
    );
    Ok(ok)
}

/// Runs the programs of some seeds on every back end.
///
/// # Errors
/// The interpreter found fault with a program: the generator is wrong.
fn batch(seeds: std::ops::Range<u64>, back_ends: &[BackEnd], machine: &Machine) -> Result<Found, String> {
    let programs = generate(seeds.clone());
    let module = check(&programs).map_err(|what| format!("seeds {seeds:?}: {what}"))?;
    let calls = programs.calls.len();
    let mut found = Found { comparisons: 0, differences: Vec::new(), made: made(&module) };
    let expected = match machine.run(BackEnd::Interpreter, &module, calls) {
        Ok(expected) => expected,
        Err(what) => {
            for seed in seeds.clone() {
                let one = generate([seed]);
                if let Err(what) = machine.run(BackEnd::Interpreter, &with_main(&one), one.calls.len()) {
                    return Err(format!("seed {seed}: the interpreter says: {what}"));
                }
            }
            return Err(format!("seeds {seeds:?}: the interpreter says: {what}"));
        }
    };
    for &back_end in back_ends {
        found.comparisons += calls;
        match machine.run(back_end, &module, calls) {
            Ok(results) => {
                let results = results.iter().zip(&expected).zip(&programs.calls);
                let wrong = results.filter(|((result, expected), _)| result != expected);
                let wrong = wrong.map(|((result, expected), call)| {
                    (call.seed, back_end, format!("{result:#018x}, not {expected:#018x}"))
                });
                found.differences.extend(wrong);
            }
            Err(what) => found.differences.extend(alone(seeds.clone(), back_end, machine, &what)),
        }
    }
    found.differences.dedup_by_key(|difference| (difference.0, difference.1));
    Ok(found)
}

/// Which of the programs fail by themselves; the first stands for all when none does.
fn alone(
    seeds: std::ops::Range<u64>,
    back_end: BackEnd,
    machine: &Machine,
    what: &str,
) -> Vec<(u64, BackEnd, String)> {
    let fails = |seed: u64| {
        let one = generate([seed]);
        let error = machine.run(back_end, &with_main(&one), one.calls.len()).err()?;
        Some((seed, back_end, error))
    };
    let first = seeds.start;
    let failing: Vec<_> = seeds.filter_map(fails).take(3).collect();
    if failing.is_empty() { vec![(first, back_end, format!("its batch: {what}"))] } else { failing }
}

/// The verified module with a `main`, which also survives being printed and read.
fn check(programs: &Programs) -> Result<Module, String> {
    let module = with_main(programs);
    if let Err(errors) = mir::verify(&module) {
        return Err(errors.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("\n"));
    }
    let text = mir::print(&module);
    match mir::parse(FileId(0), "random.mir", &text) {
        Ok(again) if mir::print(&again) == text => Ok(module),
        Ok(_) => Err("the text form changes when it is read and printed".into()),
        Err(errors) => Err(errors.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("\n")),
    }
}

fn made(module: &Module) -> Vec<usize> {
    let mut made = vec![0; CoreOp::TABLE.len()];
    let insts = module.funcs.iter().flat_map(|f| &f.blocks).flat_map(|b| &b.insts);
    for inst in insts {
        if let Op::Core(op) = inst.op {
            made[op.index()] += 1;
        }
    }
    made
}

/// Writes the program of a seed to a file, reduced if that is asked for.
fn report(seed: u64, back_end: BackEnd, machine: &Machine, reduced: bool) -> Result<(), String> {
    let mut programs = generate([seed]);
    if !reduce::differs(&programs, back_end, machine) {
        eprintln!("  the program by itself does not differ");
        return Ok(());
    }
    if reduced {
        programs = reduce::reduce(&programs, back_end, machine);
    }
    let module = with_main(&programs);
    let mut text = format!("; seed {seed}, wrong on {}\n", back_end.name());
    if let Ok(expected) = machine.run(BackEnd::Interpreter, &module, programs.calls.len()) {
        for (call, expected) in programs.calls.iter().zip(expected) {
            let args: Vec<String> = call.args.iter().map(|(ty, bits)| literal(*ty, *bits)).collect();
            text.push_str(&format!("; run: @{}({}) == {expected}\n", call.name, args.join(", ")));
        }
    }
    text.push_str(&mir::print(&programs.module));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/random");
    let path: PathBuf = folder.join(format!("seed-{seed}-{}.mir", back_end.name()));
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    eprintln!("  written to {}", path.display());
    Ok(())
}

fn literal(ty: mir::Ty, bits: u64) -> String {
    match ty {
        mir::Ty::BOOL => (bits != 0).to_string(),
        mir::Ty::F32 => format!("{:?}", f32::from_bits(bits as u32)),
        mir::Ty::F64 => format!("{:?}", f64::from_bits(bits)),
        _ if ty.is_signed() => (bits as i64).to_string(),
        _ => bits.to_string(),
    }
}
