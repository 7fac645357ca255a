//! Release code against the same program in C or C++ under `clang -O3`, as ratios of one run.
//!
//! `cargo bench --bench compare [-- NAME…]`. Both programs must print the same; they are run in turn, and the shortest
//! time of each counts, which is what other load on the machine disturbs least.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs of each program.
const ROUNDS: usize = 9;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/programs");
    let mut names: Vec<String> = std::fs::read_dir(&sources)
        .expect("benches/programs is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "spl"))
        .map(|path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned())
        .filter(|name| wanted.is_empty() || wanted.contains(name))
        .collect();
    names.sort();
    let out = tempfile::tempdir().expect("a temporary directory");
    println!("{:<12} {:>10} {:>10} {:>7}", "program", "C ms", "simplec ms", "ratio");
    let mut product = 1.0;
    for name in &names {
        let c = build_c(&sources, name, out.path());
        let simple = build_simple(&sources, name, out.path());
        let (mut best_c, mut best_simple) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            let (c_time, c_output) = run(&c);
            let (simple_time, simple_output) = run(&simple);
            assert_eq!(c_output, simple_output, "{name}: the two programs print different things");
            best_c = best_c.min(c_time);
            best_simple = best_simple.min(simple_time);
        }
        let (c_ms, simple_ms) = (best_c.as_secs_f64() * 1e3, best_simple.as_secs_f64() * 1e3);
        let ratio = simple_ms / c_ms;
        product *= ratio;
        println!("{name:<12} {c_ms:>10.1} {simple_ms:>10.1} {ratio:>7.3}");
    }
    println!("{:<12} {:>29.3}", "geometric mean", product.powf(1.0 / names.len() as f64));
}

fn build_c(sources: &Path, name: &str, out: &Path) -> PathBuf {
    let exe = out.join(format!("{name}.c.exe"));
    let (c, cpp) = (sources.join(format!("{name}.c")), sources.join(format!("{name}.cpp")));
    let (variable, usual, source) =
        if cpp.exists() { ("CLANGXX", "clang++-18", cpp) } else { ("CLANG", "clang-18", c) };
    let mut command = Command::new(std::env::var(variable).unwrap_or_else(|_| usual.to_string()));
    succeed(command.arg("-O3").arg(source).arg("-lm").arg("-o").arg(&exe));
    exe
}

fn build_simple(sources: &Path, name: &str, out: &Path) -> PathBuf {
    let exe = out.join(format!("{name}.spl.exe"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_simplec"));
    succeed(
        command
            .args(["build", "--release", "--backend=llvm"])
            .arg(sources.join(format!("{name}.spl")))
            .arg("-o")
            .arg(&exe),
    );
    exe
}

fn succeed(command: &mut Command) {
    let status = command.status().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(status.success(), "{command:?} failed");
}

fn run(exe: &Path) -> (Duration, Vec<u8>) {
    let start = Instant::now();
    let output = Command::new(exe).output().unwrap_or_else(|e| panic!("{}: {e}", exe.display()));
    let time = start.elapsed();
    assert!(output.status.success(), "{} failed", exe.display());
    (time, output.stdout)
}
