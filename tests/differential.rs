//! The differential test of the whole compiler: programs of Simple made from seeds run on every back end, and all have to
//! agree with the interpreter, which also finds lost memory.
//!
//! `--seed N` and `--count N` choose the programs, `--full` (or SIMPLEC_FULL set) takes 2,000 instead of 40, and each of them
//! runs on the back ends that are sampled otherwise. SIMPLEC_TEST_BACKENDS selects back ends. A program that they differ on,
//! or that is not valid, is written to `target/differential/`.
//!
//! ```text
//! cargo test --test differential -- --seed 7 --count 1
//! ```

use std::num::NonZero;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use run_harness::engine::{Engine, Forms};
use run_harness::{Observed, diff, is_set};
use simplec::driver::with_deep_stack;

use programs::Generator;
use rng::Rng;

mod programs;
mod rng;
mod run_harness;

/// Programs of a usual run.
const USUAL: u64 = 40;
/// Programs with `--full`.
const FULL: u64 = 2_000;
/// Of so many programs one runs on the back ends that are sampled in a usual run.
const SAMPLE: u64 = 8;
/// What a panic exits with (language.md, section 7).
const PANIC: u8 = 101;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test NAME` gives every test program the name.
    let filter = args.first().filter(|first| !first.starts_with('-'));
    if args.iter().any(|arg| arg == "--list")
        || filter.is_some_and(|name| !"differential".contains(name.as_str()))
    {
        return ExitCode::SUCCESS;
    }
    let number = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        Some(args.get(at + 1)?.parse::<u64>().expect("a number"))
    };
    let full = args.iter().any(|arg| arg == "--full") || is_set("SIMPLEC_FULL");
    let count = number("--count").unwrap_or(if full { FULL } else { USUAL });
    let seed = number("--seed").unwrap_or(0);

    let engines = Engine::available("differential test");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/differential");
    std::fs::create_dir_all(&folder).expect("a folder for programs");
    let next = AtomicU64::new(0);
    let work = || {
        let mut tally = Tally::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return tally;
            }
            let seed = seed.wrapping_add(number);
            let all = full || seed.is_multiple_of(SAMPLE);
            let engines: Vec<Engine> =
                engines.iter().copied().filter(|engine| all || !engine.is_sampled()).collect();
            match compare(seed, &engines, &folder) {
                Ok(compared) => {
                    tally.comparisons += compared.comparisons;
                    tally.panics += u64::from(compared.panics);
                }
                Err(why) => tally.failures.push((seed, why)),
            }
        }
    };
    // Threads of their own: the driver has work for rayon's, which would wait for it.
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| with_deep_stack(work))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a failure is a result")).collect()
    });
    let comparisons: usize = tallies.iter().map(|tally| tally.comparisons).sum();
    let panics: u64 = tallies.iter().map(|tally| tally.panics).sum();
    let mut failures: Vec<&(u64, String)> = tallies.iter().flat_map(|tally| &tally.failures).collect();
    failures.sort();
    for (seed, why) in &failures {
        println!("seed {seed}: {why}");
    }
    let failed = failures.len() as u64;
    println!(
        "differential test: {count} programs, of which {panics} panic, {comparisons} comparisons, {failed} differences"
    );
    // The form in which scripts/test counts results.
    let word = if failed == 0 { "ok" } else { "FAILED" };
    let passed = count - failed;
    println!("test result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a worker found.
#[derive(Default)]
struct Tally {
    comparisons: usize,
    panics: u64,
    failures: Vec<(u64, String)>,
}

/// What a program came to.
struct Compared {
    comparisons: usize,
    panics: bool,
}

/// Runs the program of a seed; its file stays when something is wrong with it.
fn compare(seed: u64, engines: &[Engine], folder: &Path) -> Result<Compared, String> {
    let path = folder.join(format!("seed-{seed}.spl"));
    let text = Generator::new(&mut Rng::new(seed), 0).program();
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    let result = differences(&path, engines);
    if result.is_ok() {
        std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    result.map_err(|why| format!("{}\n{why}", path.display()))
}

fn differences(path: &Path, engines: &[Engine]) -> Result<Compared, String> {
    let forms = Forms::of(path, false)?;
    let first = Engine::Interp.observe(path, &forms, &[], false)?;
    let panics = first.end == Ok(PANIC);
    let (mut comparisons, mut found) = (0, String::new());
    for engine in engines.iter().filter(|&&engine| engine != Engine::Interp) {
        comparisons += 1;
        match engine.observe(path, &forms, &[], panics) {
            Ok(seen) if seen == first => {}
            Ok(seen) => found.push_str(&format!("{}: {}\n", engine.name(), difference(&first, &seen))),
            Err(why) => found.push_str(&format!("{}: {why}\n", engine.name())),
        }
    }
    if found.is_empty() { Ok(Compared { comparisons, panics }) } else { Err(found) }
}

fn difference(expected: &Observed, seen: &Observed) -> String {
    if expected.stdout != seen.stdout {
        return diff(&expected.stdout, &seen.stdout);
    }
    format!(
        "it ends with {:?}, `{}`, `{}` instead of {:?}, `{}`, `{}`",
        seen.end, seen.stderr, seen.place, expected.end, expected.stderr, expected.place
    )
}
