//! What clang knows of a triple: the data layout, how C passes small integers, and processors with their features.
//!
//! A module whose layout line is missing or wrong is miscompiled without a word, and the string differs between
//! versions, so the tool that will compile the module is the authority on it.

use super::cache::Cache;
use super::error::{Invocation, ToolchainError};
use super::probe::Llvm;
use super::run::{Command, Output, Runner, Status};
use super::search::Search;
use crate::target::{CAbi, DataLayout, Target};

/// The data layout that `llvm` uses for an LLVM triple.
///
/// # Errors
/// [`ToolchainError::NoSuchTarget`] when it knows none, and the failures of running it.
pub fn data_layout(
    llvm: &Llvm,
    triple: &str,
    search: &Search,
    runner: &dyn Runner,
) -> Result<DataLayout, ToolchainError> {
    let cache = Cache(search.cache.as_deref());
    let question = format!("layout {triple}");
    if let Some(layout) = cache.get::<DataLayout>(&question, &llvm.identity) {
        return Ok(layout);
    }
    let (by, output) = translate("", llvm, triple, search, runner)?;
    let text = output.stdout_text();
    let line = text.lines().find_map(|line| line.strip_prefix("target datalayout = \"")?.strip_suffix('"'));
    let Some(line) = line else {
        return Err(ToolchainError::Garbled { by, answer: "no data layout in its IR".to_owned() });
    };
    match DataLayout::parse(line) {
        Ok(layout) => {
            cache.put(&question, &llvm.identity, &line);
            Ok(layout)
        }
        Err(answer) => Err(ToolchainError::Garbled { by, answer }),
    }
}

/// A target that simplec has no file for, by what `llvm` says of it.
///
/// # Errors
/// As for [`data_layout`]; [`ToolchainError::UnlikeAny`] for one whose programs simplec could not be right about.
pub fn describe(
    llvm: &Llvm,
    triple: &str,
    search: &Search,
    runner: &dyn Runner,
) -> Result<Target, ToolchainError> {
    let layout = data_layout(llvm, triple, search, runner)?;
    let unlike = |why| ToolchainError::UnlikeAny { triple: triple.to_owned(), why };
    let (_, output) = translate(SMALL_INTEGERS, llvm, triple, search, runner)?;
    let text = output.stdout_text();
    let result_of = |name: &str| {
        let line =
            text.lines().find(|line| line.starts_with("define ") && line.contains(&format!("@{name}(")));
        let words = line.unwrap_or_default().split(&format!("@{name}(")).next().unwrap_or_default();
        words.split(' ').any(|word| word == "signext" || word == "zeroext").then(|| words.contains("signext"))
    };
    let c_abi = match (result_of("unsigned32"), result_of("signed8")) {
        (Some(false), _) => CAbi::To64,
        (Some(true), _) => CAbi::SignedTo64,
        (None, Some(_)) => CAbi::To32,
        (None, None) => CAbi::Open,
    };
    let target = Target::of_llvm(triple, layout, c_abi).map_err(unlike)?;
    let (by, output) = run(&["-O1", "-c", "-x", "c"], EVERYDAY, llvm, triple, search, runner)?;
    if output.status != Status::Ok {
        return Err(unlike(format!("clang makes no objects of C for it: {}", by.complaint())));
    }
    Ok(target)
}

/// What `llvm` has against the processor, features and ABI of a target, in its own words. It leaves out a name that it does not know, so that
/// what it compiles is for another processor than the target's.
///
/// # Errors
/// The failures of running it.
pub fn objection(
    llvm: &Llvm,
    target: &Target,
    search: &Search,
    runner: &dyn Runner,
) -> Result<Option<String>, ToolchainError> {
    let cache = Cache(search.cache.as_deref());
    let (cpu, features) = (quoted(&target.cpu), quoted(&target.llvm_features()));
    let abi = target.target_abi.as_deref().map_or(String::new(), |abi| {
        format!("!llvm.module.flags = !{{!0}}\n!0 = !{{i32 1, !\"target-abi\", !{}}}\n", quoted(abi))
    });
    let module = format!(
        "define void @f() #0 {{\n  ret void\n}}\nattributes #0 = {{ \"target-cpu\"={cpu} \"target-features\"={features} }}\n{abi}"
    );
    let triple = target.llvm_triple();
    let question = format!("objection {triple} {module}");
    if let Some(known) = cache.get::<Option<String>>(&question, &llvm.identity) {
        return Ok(known);
    }
    let options = ["-S", "-O0", "-Wno-override-module", "-x", "ir"];
    let (_, output) = run(&options, &module, llvm, triple, search, runner)?;
    let text = String::from_utf8_lossy(&output.stderr);
    let line = match output.status {
        Status::Ok => text.lines().find(|line| line.contains(" (ignoring ")),
        _ => text.lines().find(|line| !line.is_empty()),
    };
    let said = line.map(|line| {
        let said = line.split(" (ignoring ").next().unwrap_or(line);
        said.rsplit("error: ").next().unwrap_or(said).to_owned()
    });
    cache.put(&question, &llvm.identity, &said);
    Ok(said)
}

/// A text as LLVM's IR writes it.
fn quoted(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' | 0..0x20 | 0x7f.. => format!("\\{byte:02X}"),
        plain => char::from(plain).to_string(),
    };
    format!("\"{}\"", text.bytes().map(byte).collect::<String>())
}

/// Functions whose results tell how a convention extends integers.
const SMALL_INTEGERS: &str = "unsigned unsigned32(unsigned x) { return x; }\n\
                              signed char signed8(signed char x) { return x; }\n";

/// What every program needs and not every processor has: memory moved by as many bytes as a variable says, and functions
/// called by their addresses.
const EVERYDAY: &str = "void move(char *to, char *from, unsigned long n) { __builtin_memmove(to, from, n); }\n\
                        int call(int (*f)(int, int, int, int, int, int), int x) { return f(x, x, x, x, x, x) + x; }\n";

/// The IR that clang makes of C.
fn translate(
    c: &str,
    llvm: &Llvm,
    triple: &str,
    search: &Search,
    runner: &dyn Runner,
) -> Result<(Invocation, Output), ToolchainError> {
    let (by, output) = run(&["-S", "-emit-llvm", "-x", "c"], c, llvm, triple, search, runner)?;
    if output.status != Status::Ok {
        return Err(ToolchainError::NoSuchTarget { by, triple: triple.to_owned() });
    }
    Ok((by, output))
}

/// What clang answers to a text.
fn run(
    options: &[&str],
    text: &str,
    llvm: &Llvm,
    triple: &str,
    search: &Search,
    runner: &dyn Runner,
) -> Result<(Invocation, Output), ToolchainError> {
    let command = Command::new(&llvm.clang)
        .arg("--no-default-config")
        .args(options)
        .args(["-", "-o", "-"])
        .arg(format!("--target={triple}"))
        .env("LC_ALL", "C")
        .limit(Some(search.limit));
    let output = runner.run(&command, Some(text.as_bytes()));
    let by = Invocation::new("clang", Some(llvm.version_line.clone()), &command, &output);
    if let Some(error) = ToolchainError::of_status(&by, &output.status, None) {
        return Err(error);
    }
    Ok((by, output))
}
