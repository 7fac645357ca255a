//! The toolchain against tools that misbehave: small shell scripts in a folder of their own, and the real LLVM where
//! it is installed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::target;

/// A folder with scripts that pose as tools.
struct Fakes {
    folder: tempfile::TempDir,
}

/// A clang that answers like a real one of that version. `$MORE` runs when it is asked for anything else.
fn clang(version: &str, more: &str) -> String {
    format!(
        "case \"$*\" in\n\
         *--version*) echo 'Some clang version {version}'; echo 'Target: t' ;;\n\
         *--print-targets*) echo '  Registered Targets:'; echo '    x86-64 - 64-bit X86'; echo '    aarch64 - A64' ;;\n\
         *) {more} ;;\n\
         esac"
    )
}

/// Shell words that find what follows `-o`, into `$out`.
const OUT: &str = "cat >/dev/null; while [ $# -gt 0 ]; do [ \"$1\" = -o ] && out=$2; shift; done;";

impl Fakes {
    fn new() -> Fakes {
        Fakes { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn add(&self, name: &str, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Written under another name: a script that is still open for writing in a child that another test has just
        // forked cannot be run.
        let fresh = path.with_extension("fresh");
        std::fs::write(&fresh, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::rename(&fresh, &path).unwrap();
        path
    }

    /// A search that sees `bin` of this folder and the system's own tools' folder for nothing but the shell.
    fn search(&self) -> Search {
        Search { path: vec![self.path("bin")], limit: Duration::from_secs(5), ..Search::nowhere() }
    }

    fn llvm(&self, more: &str) -> Llvm {
        self.add("bin/clang-18", &clang("18.1.8", more));
        find(&self.search(), &Patient).unwrap()
    }
}

/// The system, and once more where the kernel finds a script busy: a fork in another test's thread may hold it open
/// for a moment.
struct Patient;

impl Runner for Patient {
    fn run(&self, command: &Command, stdin: Option<&[u8]>) -> Output {
        for _ in 0..100 {
            let output = System.run(command, stdin);
            match &output.status {
                Status::NotStarted(why) if why.contains("busy") => {
                    std::thread::sleep(Duration::from_millis(5))
                }
                _ => return output,
            }
        }
        System.run(command, stdin)
    }
}

fn job<'a>(output: &'a Path, limit: Option<Duration>) -> CompileJob<'a> {
    CompileJob {
        module: b"; a module\n",
        triple: "x86_64-unknown-linux-gnu",
        level: Level::O2,
        sections: false,
        product: Product::Object,
        output,
        llvm_args: &[],
        limit,
        reproducers: None,
    }
}

fn text(error: &ToolchainError) -> String {
    let diagnostic = error.diagnostic();
    format!("{}\n{}\n{}", diagnostic.message, diagnostic.notes.join("\n"), diagnostic.helps.join("\n"))
}

#[test]
fn clangs_that_cannot_be_used_are_refused_with_a_reason() {
    for (what, script, reason) in [
        ("old", clang("16.0.6", "exit 1"), "version 16.0.6 is too old"),
        ("Apple's", "echo 'Apple clang version 15.0.0 (clang-1500.3.9.4)'".to_owned(), "Apple numbers"),
        ("garbage", "head -c 3000 /dev/zero; echo gcc".to_owned(), "not clang's"),
        ("no number", "echo 'clang version trunk'".to_owned(), "names no version"),
        ("silent", "exit 0".to_owned(), "not clang's"),
        ("failing", "exit 7".to_owned(), "exit code 7"),
        ("dying", "kill -SEGV $$".to_owned(), "died by signal 11"),
        ("hanging", "sleep 30".to_owned(), "gave no answer in 0.3 s"),
        (
            "without targets",
            "case $1 in --version) echo 'clang version 18.1.8';; esac".to_owned(),
            "names no targets",
        ),
    ] {
        let fakes = Fakes::new();
        let path = fakes.add("bin/clang-18", &script);
        let search = Search { limit: Duration::from_millis(300), ..fakes.search() };
        let limited = if what == "hanging" { search } else { fakes.search() };
        let error = find(&limited, &Patient).unwrap_err();
        assert_eq!(error.classification(), Classification::Recoverable, "{what}");
        let message = text(&error);
        assert!(message.contains(reason), "{what}: {message}");
        assert!(message.contains(path.to_str().unwrap()), "{what}: {message}");

        let named = Search { clang: Some(path.clone()), path: Vec::new(), ..limited };
        let error = find(&named, &Patient).unwrap_err();
        let ToolchainError::LlvmUnsuitable { origin, why, .. } = &error else { panic!("{what}: {error:?}") };
        assert_eq!(*origin, "`--clang`");
        assert!(why.contains(reason), "{what}: {why}");
    }
}

#[test]
fn nothing_found_says_what_was_looked_for_and_what_to_do() {
    let fakes = Fakes::new();
    let error = find(&fakes.search(), &Patient).unwrap_err();
    let message = text(&error);
    for part in [
        "LLVM 17 or newer is needed",
        "clang-18",
        fakes.path("bin").to_str().unwrap(),
        "SIMPLEC_LLVM",
        "--llvm-prefix",
        "install LLVM",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn the_order_of_the_search() {
    let fakes = Fakes::new();
    let found = |search: &Search| find(search, &Patient).unwrap().version.major;
    fakes.add("bin/clang", &clang("20.1.0", "exit 1"));
    assert_eq!(found(&fakes.search()), 20, "a plain name whose version fits");
    fakes.add("opt/llvm-19/bin/clang", &clang("19.1.7", "exit 1"));
    let search = Search { places: vec![fakes.path("opt")], ..fakes.search() };
    assert_eq!(found(&search), 19, "a known place before a plain name");
    fakes.add("bin/clang-17", &clang("17.0.6", "exit 1"));
    assert_eq!(found(&search), 17, "a versioned name on PATH before a known place");
    fakes.add("bin/clang-99", &clang("99.0.0", "exit 1"));
    assert_eq!(found(&search), 99, "no upper bound");
    fakes.add("bin/clang-18", &clang("18.1.8", "exit 1"));
    assert_eq!(found(&search), 18, "18 before all");
    let variable = Search { variable: Some(fakes.path("opt/llvm-19")), ..search.clone() };
    assert_eq!(found(&variable), 19, "what the user names binds");
    fakes.add("mine/clang-17", &clang("17.0.1", "exit 1"));
    let prefix = Search { prefix: Some(fakes.path("mine")), ..variable };
    assert_eq!(found(&prefix), 17, "an option before the variable, a folder of programs as well as a prefix");
    let nowhere = Search { prefix: Some(fakes.path("none")), ..search };
    assert!(matches!(find(&nowhere, &Patient), Err(ToolchainError::LlvmUnsuitable { .. })));
}

#[test]
fn a_newer_version_than_tested_is_used_with_a_warning() {
    let fakes = Fakes::new();
    fakes.add("bin/clang-99", &clang("99.1.0", "exit 1"));
    let llvm = find(&fakes.search(), &Patient).unwrap();
    assert!(llvm.warning().unwrap().contains("99.1.0"));
    let tested = Fakes::new();
    assert_eq!(tested.llvm("exit 1").warning(), None);
}

#[test]
fn wrappers_and_links_lead_to_the_folder_of_the_real_tools() {
    let fakes = Fakes::new();
    let bin = fakes.path("opt/llvm/bin");
    let real = fakes.add(
        "opt/llvm/bin/clang",
        &format!(
            "case $1 in --version) echo 'clang version 18.1.8'; echo 'InstalledDir: {}' ;; *) echo ' x86-64 - X' ;; esac",
            bin.display()
        ),
    );
    fakes.add("opt/llvm/bin/ld.lld", "exit 0");
    fakes.add("bin/ld.lld-18", "exit 0");
    fakes.add("bin/clang-18", &format!("exec {} \"$@\"", real.display()));
    let llvm = find(&fakes.search(), &Patient).unwrap();
    let (bin, real) = (bin.canonicalize().unwrap(), real.canonicalize().unwrap());
    assert_eq!((&llvm.bin, &llvm.clang), (&bin, &real));
    assert_eq!(llvm.tool(Tool::LldElf), Some(bin.join("ld.lld")), "not the one on PATH");
    assert_eq!(llvm.tool(Tool::Opt), None);
    assert!(llvm.has_target(target::Arch::X86_64) && !llvm.has_target(target::Arch::Aarch64));

    // A wrapper that was asked for is run itself.
    let wrapper = fakes.path("bin/clang-18");
    for named in [wrapper.clone(), "clang-18".into()] {
        let llvm = find(&Search { clang: Some(named), ..fakes.search() }, &Patient).unwrap();
        assert_eq!((&llvm.bin, &llvm.clang), (&bin, &wrapper));
    }
}

#[test]
fn a_probe_is_remembered_until_the_tool_changes() {
    let fakes = Fakes::new();
    fakes.add("bin/clang-18", &clang("18.1.8", "exit 1"));
    let search = Search { cache: Some(fakes.path("cache")), ..fakes.search() };
    let runs = AtomicUsize::new(0);
    let counting = |command: &Command, stdin: Option<&[u8]>| {
        runs.fetch_add(1, Ordering::Relaxed);
        Patient.run(command, stdin)
    };
    let first = find(&search, &counting).unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2, "version and targets");
    assert_eq!(find(&search, &counting).unwrap(), first);
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    fakes.add("bin/clang-18", &clang("18.1.10", "exit 1"));
    assert_eq!(find(&search, &counting).unwrap().version.patch, 10);
}

#[test]
fn arguments_of_the_user_are_not_our_bug() {
    let fakes = Fakes::new();
    let refuse = "cat >/dev/null; echo \"clang: Unknown command line argument '-nope'.\" >&2; exit 1";
    let llvm = fakes.llvm(refuse);
    let output = fakes.path("x.o");
    let args = ["-nope".to_owned()];
    let error = compile(&llvm, &CompileJob { llvm_args: &args, ..job(&output, None) }, &Patient).unwrap_err();
    assert!(matches!(error, ToolchainError::BadArguments { .. }), "{error:?}");
    assert!(text(&error).contains("-nope"));
    let error = compile(&llvm, &job(&output, None), &Patient).unwrap_err();
    assert!(matches!(error, ToolchainError::Rejected { .. }), "{error:?}");
}

#[test]
fn misbehaving_compilations() {
    struct Case {
        what: &'static str,
        more: String,
        check: fn(&ToolchainError) -> bool,
        class: Classification,
        keeps_module: bool,
    }
    use Classification::{Fatal, Recoverable};
    use ToolchainError as E;
    let case = |what, more: &str, check, class, keeps_module| Case {
        what,
        more: more.to_owned(),
        check,
        class,
        keeps_module,
    };
    let cases = [
        case(
            "rejects",
            "cat >/dev/null; echo '<stdin>:1:1: error: expected type' >&2; exit 1",
            |e| matches!(e, E::Rejected { .. }),
            Fatal,
            true,
        ),
        case("dies", "kill -ABRT $$", |e| matches!(e, E::Crashed { signal: Some(6), .. }), Recoverable, true),
        case(
            "reports its crash",
            "echo 'PLEASE submit a bug report to x' >&2; exit 1",
            |e| matches!(e, E::Crashed { signal: None, .. }),
            Recoverable,
            true,
        ),
        case("hangs", "sleep 30", |e| matches!(e, E::TimedOut { .. }), Recoverable, true),
        case(
            "lacks the target",
            "echo \"error: unable to create target: 'x'\" >&2; exit 1",
            |e| matches!(e, E::NoSuchTarget { .. }),
            Recoverable,
            false,
        ),
        case(
            "finds the disk full",
            "echo 'LLVM ERROR: IO failure on output stream: No space left on device' >&2; exit 1",
            |e| matches!(e, E::CannotWrite { .. }),
            Fatal,
            false,
        ),
        case("writes nothing", "cat >/dev/null", |e| matches!(e, E::NoOutput { .. }), Recoverable, false),
        case(
            "writes half and fails",
            &format!("{OUT} printf half >\"$out\"; exit 1"),
            |e| matches!(e, E::Rejected { .. }),
            Fatal,
            true,
        ),
        case(
            "writes half and dies",
            &format!("{OUT} printf half >\"$out\"; kill -KILL $$"),
            |e| matches!(e, E::Crashed { signal: Some(9), .. }),
            Recoverable,
            true,
        ),
    ];
    for case in cases {
        let what = case.what;
        let fakes = Fakes::new();
        let llvm = fakes.llvm(&case.more);
        std::fs::create_dir(fakes.path("out")).unwrap();
        let output = fakes.path("out/x.o");
        std::fs::write(&output, "old").unwrap();
        let limit = (what == "hangs").then_some(Duration::from_millis(200));
        let error = compile(&llvm, &job(&output, limit), &Patient).unwrap_err();
        assert!((case.check)(&error), "{what}: {error:?}");
        assert_eq!(error.classification(), case.class, "{what}");
        assert_eq!(std::fs::read(&output).unwrap(), b"old", "{what}: the old output stays");
        let kept = fakes.path("out/x.crash.ll");
        assert_eq!(
            std::fs::read(&kept).ok().as_deref(),
            case.keeps_module.then_some(&b"; a module\n"[..]),
            "{what}"
        );
        let files = std::fs::read_dir(fakes.path("out")).unwrap().count();
        assert_eq!(files, 1 + usize::from(case.keeps_module), "{what}: nothing else is left");
        let message = text(&error);
        if let Some(by) = error.invocation() {
            assert!(message.contains("18.1.8") && message.contains(&by.command), "{what}: {message}");
        }
        assert!(!case.keeps_module || message.contains(kept.to_str().unwrap()), "{what}: {message}");
    }
}

#[test]
fn a_compilation_reads_standard_input_and_replaces_the_output() {
    let fakes = Fakes::new();
    let llvm = fakes.llvm("while [ $# -gt 0 ]; do [ \"$1\" = -o ] && out=$2; shift; done; cat >\"$out\"");
    let output = fakes.path("x.o");
    std::fs::write(&output, "old").unwrap();
    compile(&llvm, &job(&output, None), &Patient).unwrap();
    assert_eq!(std::fs::read(&output).unwrap(), b"; a module\n");
}

#[test]
fn a_missing_output_folder_is_named_before_anything_runs() {
    let fakes = Fakes::new();
    let llvm = fakes.llvm("exit 1");
    let output = fakes.path("no/x.o");
    let never = |_: &Command, _: Option<&[u8]>| -> Output { panic!("nothing may run") };
    let error = compile(&llvm, &job(&output, None), &never).unwrap_err();
    assert!(text(&error).contains("there is no folder"), "{error}");
    let error = compile(&llvm, &job(fakes.folder.path(), None), &never).unwrap_err();
    assert!(text(&error).contains("it is a folder"), "{error}");
}

#[test]
fn layouts_are_asked_once_and_checked() {
    let fakes = Fakes::new();
    let llvm = fakes.llvm("echo 'target datalayout = \"e-m:e-p:32:32-n8\"'");
    let search = Search { cache: Some(fakes.path("cache")), ..fakes.search() };
    assert_eq!(data_layout(&llvm, "i686-linux", &search, &Patient).unwrap().pointer_size(), 4);
    let never = |_: &Command, _: Option<&[u8]>| -> Output { panic!("it was asked already") };
    assert_eq!(data_layout(&llvm, "i686-linux", &search, &never).unwrap().as_str(), "e-m:e-p:32:32-n8");

    for (more, check) in [
        ("echo 'target datalayout = \"e-m:q\"'", "no mangling mode"),
        ("echo nothing", "no data layout"),
        ("exit 1", "cannot generate code for i686-linux"),
    ] {
        let fakes = Fakes::new();
        let llvm = fakes.llvm(more);
        let error = data_layout(&llvm, "i686-linux", &fakes.search(), &Patient).unwrap_err();
        assert!(text(&error).contains(check), "{more}: {}", text(&error));
    }
}

#[test]
fn linkers_are_chosen_from_one_installation() {
    let fakes = Fakes::new();
    let missing = Linker::choose(None, &fakes.search()).unwrap_err();
    assert!(text(&missing).contains("cc, gcc"), "{}", text(&missing));
    let cc = fakes.add("bin/gcc", "exit 0");
    assert_eq!(Linker::choose(None, &fakes.search()), Ok(Linker::Cc { cc: cc.clone(), linker: None }));
    fakes.add("bin/mold", "exit 0");
    assert_eq!(Linker::choose(None, &fakes.search()), Ok(Linker::Cc { cc, linker: Some("mold") }));
    let llvm = fakes.llvm("exit 1");
    let Ok(Linker::Clang { linker, .. }) = Linker::choose(Some(&llvm), &fakes.search()) else { panic!() };
    assert_eq!(linker, Some(fakes.path("bin/mold")));
    fakes.add("bin/ld.lld-18", "exit 0");
    let Ok(Linker::Clang { linker, .. }) = Linker::choose(Some(&llvm), &fakes.search()) else { panic!() };
    assert_eq!(linker, Some(fakes.path("bin/ld.lld-18")));
}

#[test]
fn a_linker_of_llvm_that_is_missing_is_named() {
    let fakes = Fakes::new();
    let llvm = fakes.llvm("exit 1");
    for (triple, name) in [
        ("x86_64-unknown-linux-gnu", "ld.lld"),
        ("x86_64-pc-windows-gnu", "ld.lld"),
        ("aarch64-apple-darwin", "ld64.lld"),
        ("wasm32-wasi", "wasm-ld"),
    ] {
        let missing = text(&Linker::lld(&llvm, target::find(triple).unwrap()).unwrap_err());
        assert!(missing.contains(&format!("has no {name}\n")), "{missing}");
        assert!(missing.contains("install package lld-18 (Debian and Ubuntu)"), "{missing}");
    }
}

#[test]
fn a_linker_that_is_named_is_known_by_its_name() {
    let fakes = Fakes::new();
    for (name, is_linker) in [
        ("ld", true),
        ("/usr/bin/ld.lld-18", true),
        ("wasm-ld", true),
        ("x86_64-w64-mingw32-ld", true),
        ("bin/mold", true),
        ("cc", false),
        ("/ld/aarch64-linux-gnu-gcc-12", false),
        ("clang-18", false),
    ] {
        let linker = Linker::named(name.into(), || Ok(fakes.llvm("exit 1"))).unwrap();
        assert_eq!(matches!(linker, Linker::Clang { .. }), is_linker, "{name}: {linker:?}");
    }
    let missing = Linker::named("ld".into(), || Err(ToolchainError::LinkerMissing { names: Vec::new() }));
    assert!(missing.is_err());
    // What a C compiler links for is its own matter.
    let wasm = target::find("wasm32-wasi").unwrap();
    let output = Path::new("prog");
    let named = Linker::Named { cc: "wasm32-cc".into() };
    assert!(link_command(&named, &LinkJob::new(&[], output, wasm), output).is_ok());
}

#[test]
fn refusals_of_linkers_are_told_apart() {
    let host = target::host().unwrap();
    for (stderr, check) in [
        ("ld.lld: error: undefined symbol: f", "has no `f`"),
        ("ld.lld: error: cannot open Scrt1.o: No such file or directory", "is not installed"),
        ("/usr/bin/ld: cannot find -lgcc", "is not installed"),
        ("ld.lld: error: unable to find library -lc", "is not installed"),
        ("ld.lld: error: unable to find library -lcurl", "linking failed"),
        ("mold: fatal: library not found: c", "linking failed"),
    ] {
        let fakes = Fakes::new();
        let cc = fakes.add("bin/cc", &format!("echo '{stderr}' >&2; exit 1"));
        let output = fakes.path("prog");
        let job = LinkJob::new(&[], &output, host);
        let error = link(&Linker::Cc { cc, linker: None }, &job, &Patient).unwrap_err();
        assert_eq!(error.classification(), Classification::Fatal);
        let message = text(&error);
        assert!(message.contains(check) && message.contains(stderr), "{stderr}: {message}");
        assert!(!output.exists());
    }
}

#[test]
fn a_compiler_without_a_linker_names_what_to_install() {
    for says in [
        r#"clang: error: unable to execute command: Executable "ld" doesn\047t exist!"#,
        r"collect2: fatal error: cannot find \047ld\047",
    ] {
        let fakes = Fakes::new();
        let cc = fakes.add("bin/cc", &format!("printf '{says}\\n' >&2; exit 1"));
        let output = fakes.path("prog");
        let job = LinkJob::new(&[], &output, target::host().unwrap());
        let message = text(&link(&Linker::Cc { cc, linker: None }, &job, &Patient).unwrap_err());
        assert!(message.contains("no linker was found") && message.contains("install"), "{message}");
    }
}

#[test]
fn a_foreign_system_is_not_linked_for() {
    let wasm = target::find("wasm32-wasi").unwrap();
    let output = Path::new("prog");
    let job = LinkJob::new(&[], output, wasm);
    let cc = Linker::Cc { cc: "cc".into(), linker: None };
    assert!(matches!(link_command(&cc, &job, output), Err(ToolchainError::CannotLink { .. })));
}

#[test]
fn the_doctor_lists_what_is_missing() {
    let fakes = Fakes::new();
    let report = examine(&fakes.search(), &Patient);
    assert!(report.chosen.is_none() && report.linker.is_none());
    assert!(report.missing.iter().any(|missing| missing.what.contains("LLVM")));
    assert!(report.targets.iter().all(|target| !target.compiles));

    fakes.add("bin/clang-16", &clang("16.0.6", "exit 1"));
    fakes.llvm("exit 1");
    let report = examine(&fakes.search(), &Patient);
    assert_eq!(report.found.iter().filter(|found| found.is_err()).count(), 1, "the old one is listed");
    assert!(report.missing.iter().any(|missing| missing.what.contains("ld.lld")));
    let arm =
        report.targets.iter().find(|target| target.target.triple.starts_with("aarch64-unknown")).unwrap();
    assert!(arm.compiles);
    if cfg!(target_arch = "x86_64") {
        assert_eq!(arm.runs, Runs::No);
        let qemu = fakes.add("bin/qemu-aarch64", "exit 0");
        let Runs::Emulated(emulator) = runs(arm.target, &fakes.search()) else { panic!() };
        assert_eq!(Path::new(&emulator.program), qemu);
    }
}

/// The real thing, where `scripts/setup` has run: each target's layout is the one its file says, a module compiles
/// for each, and one links and runs. Without an LLVM there is nothing to compare with.
#[test]
fn the_installed_llvm_agrees_with_the_target_files() {
    let search = Search { cache: None, ..Search::from_env() };
    let Ok(llvm) = find(&search, &System) else {
        eprintln!("skipped: no LLVM is installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for target in target::all() {
        if !llvm.has_target(target.arch) {
            continue;
        }
        let layout = data_layout(&llvm, target.llvm_triple(), &search, &System).unwrap();
        assert_eq!(layout.as_str(), target.llvm_data_layout(llvm.version.major), "{}", target.triple);
        let module = format!(
            "target datalayout = \"{layout}\"\ntarget triple = \"{}\"\n\
             define i32 @main() #0 {{\n  ret i32 7\n}}\n\
             attributes #0 = {{ nounwind \"target-cpu\"=\"{}\" \"target-features\"=\"{}\" }}\n",
            target.llvm_triple(),
            target.cpu,
            target.llvm_features()
        );
        let object = folder.path().join(format!("{}.o", target.triple));
        let job =
            CompileJob { module: module.as_bytes(), triple: target.llvm_triple(), ..job(&object, None) };
        let seen = |command: &Command, stdin: Option<&[u8]>| {
            let output = System.run(command, stdin);
            // An unknown processor or feature is only a warning to LLVM.
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", target.triple);
            output
        };
        compile(&llvm, &job, &seen).unwrap();
    }
    let host = target::host().unwrap();
    let object = folder.path().join(format!("{}.o", host.triple));
    let output = folder.path().join("prog");
    let objects = [object];
    let job = LinkJob { strip: true, ..LinkJob::new(&objects, &output, host) };
    for linker in [Linker::choose(Some(&llvm), &search), Linker::choose(None, &search)] {
        link(&linker.unwrap(), &job, &System).unwrap();
        assert_eq!(System.run(&Command::new(&output), None).status, Status::Failed(7));
    }
}
