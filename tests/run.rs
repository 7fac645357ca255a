//! Differential tests: every program under tests/run and examples runs on every back end, and each must do exactly
//! what is written down.
//!
//! A program is `NAME.spl`, `NAME.mir`, or `NAME/main.spl` with the modules that it uses. Beside it, or in `expected/` of its folder, lies `NAME.out`: its standard output, byte for
//! byte. Comments in the program say what else there is to know: `# exit: 3` the exit code (0 if not said),
//! `# stderr: TEXT` the first line of standard error, `# at: 4:5` the line and
//! column that its second line names, `# args: a b` the arguments, `# without: BACKEND, BACKEND: WHY` which back ends cannot run it.
//!
//! * `SIMPLEC_TEST_BACKENDS=interp,llvm-O2` selects back ends; `llvm` is all of LLVM's.
//! * `SIMPLEC_BLESS=1` writes the `.out` files, after showing what changes, of programs that all back ends agree on.
//! * `SIMPLEC_FULL=1` runs the samples, too: linked Cranelift objects, LLVM -O3 and valgrind of every program instead of
//!   an eighth of them.
//!
//! What is missing here is said, and fails where `CI` is set.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Failed, Trial};
use run_harness::engine::{Engine, Forms};
use run_harness::{Expected, Observed, diff, is_set, lot, program_of, programs};
use simplec::driver::with_deep_stack;

mod run_harness;

/// What all tests share.
struct Context {
    engines: Vec<Engine>,
    bless: bool,
    full: bool,
    comparisons: AtomicUsize,
}

impl Context {
    fn run(&self, path: &Path, is_drawn: bool) -> Result<(), String> {
        let expected = Expected::of(path)?;
        if expected.stdout.is_none() && !self.bless {
            return Err(format!("{} is missing: SIMPLEC_BLESS=1 writes it", expected.out_file.display()));
        }
        let forms = Forms::of(path, expected.calls.is_some())?;

        let mut observed: Vec<(Engine, Observed)> = Vec::new();
        let mut failures = String::new();
        for &engine in &self.engines {
            if !expected.is_for(engine.name()) {
                continue;
            }
            if engine.is_sampled() && !self.full && !is_drawn {
                continue;
            }
            match engine.observe(path, &forms, &expected.args, expected.is_panic()) {
                Ok(seen) => observed.push((engine, seen)),
                Err(why) => failures.push_str(&format!("{}: {why}\n", engine.name())),
            }
        }
        self.comparisons.fetch_add(observed.len(), Ordering::Relaxed);
        if self.bless && failures.is_empty() {
            return bless(&expected, &observed);
        }
        for (engine, seen) in &observed {
            for difference in expected.differences(seen) {
                failures.push_str(&format!("{}: {difference}\n", engine.name()));
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(failures) }
    }
}

/// Takes the output that all engines agree on as the expected one.
fn bless(expected: &Expected, observed: &[(Engine, Observed)]) -> Result<(), String> {
    let Some(((first, one), rest)) = observed.split_first() else { return Err("no back end ran".to_owned()) };
    for (engine, other) in rest {
        if one != other {
            return Err(format!(
                "{} and {} disagree, so nothing is blessed: {}",
                first.name(),
                engine.name(),
                diff(&one.stdout, &other.stdout)
            ));
        }
    }
    let old = expected.stdout.clone().unwrap_or_default();
    if expected.stdout.as_ref() != Some(&one.stdout) {
        eprintln!("{}: {}", expected.out_file.display(), diff(&old, &one.stdout));
        std::fs::write(&expected.out_file, &one.stdout).map_err(|error| error.to_string())?;
    }
    // Only the output is blessed: the exit code and the error are the author's word.
    let rest = expected.differences(&Observed { stdout: old, ..one.clone() });
    if rest.is_empty() { Ok(()) } else { Err(rest.join("\n")) }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let context: &'static Context = Box::leak(Box::new(Context {
        engines: Engine::available("run tests"),
        bless: is_set("SIMPLEC_BLESS"),
        full: is_set("SIMPLEC_FULL"),
        comparisons: AtomicUsize::new(0),
    }));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all: Vec<PathBuf> = ["tests/run", "examples"].into_iter().flat_map(programs).collect();
    let count = all.len();
    let trials = all.into_iter().map(|path| {
        let program = program_of(&path);
        let name = program.strip_prefix(root).unwrap_or(program).with_extension("").display().to_string();
        let is_drawn = lot(&name).is_multiple_of(8);
        Trial::test(name, move || with_deep_stack(|| context.run(&path, is_drawn)).map_err(Failed::from))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    println!(
        "run tests: {} of {count} programs, {} back ends, {} comparisons",
        count as u64 - conclusion.num_filtered_out,
        context.engines.len(),
        context.comparisons.load(Ordering::Relaxed)
    );
    conclusion.exit_code()
}
