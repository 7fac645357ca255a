//! Which back end makes the code, and why: a pure function, so that `--print=backend` and a build cannot disagree.

use super::options::{Backend, EmitKind, Options, Profile};
use crate::diagnostics::{Code, Diagnostic};
use crate::toolchain::Level;

/// What the choice depends on.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The options.
    pub options: &'a Options,
    /// Whether the program is run by this process or one it starts, rather than written to files.
    pub is_run: bool,
    /// Whether the Cranelift back end is part of this simplec and has a code generator for the target.
    pub cranelift: bool,
    /// Whether the target is this machine, so that code made in memory can be called.
    pub is_host: bool,
}

/// A back end, and how it came to be chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Who makes the code.
    pub backend: Backend,
    /// Why, as the end of "LLVM, because …".
    pub why: String,
    /// Whether the code is made in memory and called there.
    pub in_process: bool,
    /// What is done when this back end is missing or fails, and is not told to be the only one.
    pub fallback: Option<Box<Choice>>,
}

/// Chooses. The first of these that says something decides: `--backend`, the outputs asked for, the target, the
/// optimisation level, the profile.
///
/// # Errors
/// [`Code::Usage`] when `--backend` names one that cannot do what is asked, with one that can.
pub fn choose(request: &Request<'_>) -> Result<Choice, Diagnostic> {
    let (backend, why) = match request.options.backend {
        Some(backend) => {
            suits(backend, request)?;
            (backend, format!("`--backend={}` says so", backend.name()))
        }
        None => by_itself(request),
    };
    let falls_back = backend == Backend::Llvm
        && request.options.backend.is_none()
        && request.options.fallback
        && request.cranelift
        && !emits(request).any(EmitKind::needs_llvm);
    let choice =
        |backend, why, fallback| Choice { backend, why, in_process: in_process(request, backend), fallback };
    let why_next = || "LLVM is missing or failed".to_owned();
    let fallback = falls_back.then(|| Box::new(choice(Backend::Cranelift, why_next(), None)));
    Ok(choice(backend, why, fallback))
}

fn in_process(request: &Request<'_>, backend: Backend) -> bool {
    request.is_run
        && match backend {
            Backend::Interp => true,
            Backend::Cranelift => request.is_host,
            Backend::Llvm => false,
        }
}

fn emits<'a>(request: &Request<'a>) -> impl Iterator<Item = EmitKind> + 'a {
    let asked = if request.is_run { &[] } else { request.options.emit.as_slice() };
    asked.iter().map(|emit| emit.kind)
}

fn by_itself(request: &Request<'_>) -> (Backend, String) {
    let options = request.options;
    if let Some(kind) = emits(request).find(|kind| kind.needs_llvm()) {
        return (Backend::Llvm, format!("only it writes `--emit={}`", kind.name()));
    }
    if options.debug_info.is_some() && !request.is_run {
        return (Backend::Llvm, "only it describes variables to debuggers".to_owned());
    }
    if options.profile == Profile::Test && request.is_run {
        return (Backend::Interp, "profile test checks memory".to_owned());
    }
    if !request.cranelift {
        return (Backend::Llvm, format!("Cranelift makes no code for {}", options.target.triple));
    }
    match options.level {
        Some(Level::O0) => (Backend::Cranelift, "`-O0` asks for a fast build".to_owned()),
        Some(level) => (Backend::Llvm, format!("`{}` asks for optimised code", level.flag())),
        None => {
            let backend = match options.profile {
                Profile::Debug | Profile::Test | Profile::Bootstrap => Backend::Cranelift,
                Profile::Release | Profile::Size | Profile::Speed => Backend::Llvm,
            };
            (backend, format!("it is what profile {} uses", options.profile.name()))
        }
    }
}

/// Whether a back end that was named can do what is asked.
fn suits(backend: Backend, request: &Request<'_>) -> Result<(), Diagnostic> {
    let refuse = |why: String, help: &str| Err(Diagnostic::error(Code::Usage, why).help(help.to_owned()));
    let triple = &request.options.target.triple;
    match backend {
        Backend::Llvm => Ok(()),
        Backend::Cranelift => {
            if !request.cranelift {
                return refuse(
                    format!("Cranelift makes no code for {triple}"),
                    "`--backend=llvm` makes code for every target",
                );
            }
            match emits(request).find(|kind| kind.needs_llvm()) {
                Some(kind) => refuse(
                    format!("the Cranelift back end does not write `--emit={}`", kind.name()),
                    "`--backend=llvm` does",
                ),
                None => Ok(()),
            }
        }
        Backend::Interp if request.is_run => Ok(()),
        Backend::Interp => match emits(request).find(|&kind| kind != EmitKind::Mir) {
            Some(kind) => refuse(
                format!("the interpreter makes no code, so it does not write `--emit={}`", kind.name()),
                "`simplec run --backend=interp` runs the program; `--backend=cranelift` builds it",
            ),
            None if request.options.emit.is_empty() => refuse(
                "the interpreter makes no code, so there is nothing to build".to_owned(),
                "`simplec run --backend=interp` runs the program; `--backend=cranelift` builds it",
            ),
            None => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::options::Emit;
    use crate::target;

    /// One row: what is asked, in words, and the choice or the start of the refusal.
    fn decide(asked: &str) -> String {
        let mut options = Options::new(target::find("x86_64-unknown-linux-gnu").unwrap().clone());
        let (mut is_run, mut cranelift, mut is_host) = (false, true, true);
        for word in asked.split_whitespace() {
            match word.split_once('=') {
                Some(("backend", name)) => options.backend = Backend::parse(name),
                Some(("profile", name)) => options.profile = Profile::parse(name).unwrap(),
                Some(("emit", name)) => {
                    options.emit.push(Emit { kind: EmitKind::parse(name).unwrap(), path: None })
                }
                Some(("target", name)) => {
                    options.target = target::find(name).unwrap().clone();
                    (cranelift, is_host) = (options.target.pointer_width == 64, false);
                }
                _ => match word {
                    "run" => is_run = true,
                    "-O0" => options.level = Some(Level::O0),
                    "-O2" => options.level = Some(Level::O2),
                    "-Oz" => options.level = Some(Level::Oz),
                    "no-fallback" => options.fallback = false,
                    "without-cranelift" => cranelift = false,
                    other => panic!("{other}"),
                },
            }
        }
        match choose(&Request { options: &options, is_run, cranelift, is_host }) {
            Ok(choice) => {
                let shown = |choice: &Choice| {
                    let place = if choice.in_process { " in process" } else { "" };
                    format!("{}{place}", choice.backend.name())
                };
                let then = choice
                    .fallback
                    .as_deref()
                    .map_or(String::new(), |next| format!(", then {}", shown(next)));
                format!("{}{then}: {}", shown(&choice), choice.why)
            }
            Err(error) => format!("refused: {}", error.message),
        }
    }

    #[test]
    fn table_of_choices() {
        for (asked, expected) in [
            ("", "cranelift: it is what profile debug uses"),
            ("run", "cranelift in process: it is what profile debug uses"),
            ("profile=release", "llvm, then cranelift: it is what profile release uses"),
            ("profile=size", "llvm, then cranelift: it is what profile size uses"),
            ("profile=speed", "llvm, then cranelift: it is what profile speed uses"),
            ("profile=bootstrap", "cranelift: it is what profile bootstrap uses"),
            ("profile=test", "cranelift: it is what profile test uses"),
            ("run profile=test", "interp in process: profile test checks memory"),
            ("run profile=release", "llvm, then cranelift in process: it is what profile release uses"),
            ("profile=release no-fallback", "llvm: it is what profile release uses"),
            ("-O0", "cranelift: `-O0` asks for a fast build"),
            ("profile=release -O0", "cranelift: `-O0` asks for a fast build"),
            ("-O2", "llvm, then cranelift: `-O2` asks for optimised code"),
            ("-Oz", "llvm, then cranelift: `-Oz` asks for optimised code"),
            ("backend=llvm", "llvm: `--backend=llvm` says so"),
            ("backend=cranelift profile=release", "cranelift: `--backend=cranelift` says so"),
            ("run backend=interp", "interp in process: `--backend=interp` says so"),
            ("run backend=llvm", "llvm: `--backend=llvm` says so"),
            ("target=i686-linux-gnu", "llvm: Cranelift makes no code for i686-unknown-linux-gnu"),
            ("run target=i686-linux-gnu", "llvm: Cranelift makes no code for i686-unknown-linux-gnu"),
            ("run target=i686-linux-gnu profile=test", "interp in process: profile test checks memory"),
            ("target=aarch64-linux-gnu", "cranelift: it is what profile debug uses"),
            ("run target=aarch64-linux-gnu", "cranelift: it is what profile debug uses"),
            ("without-cranelift", "llvm: Cranelift makes no code for x86_64-unknown-linux-gnu"),
            ("emit=mir", "cranelift: it is what profile debug uses"),
            ("emit=obj emit=asm", "llvm: only it writes `--emit=asm`"),
            ("emit=llvm-ir", "llvm: only it writes `--emit=llvm-ir`"),
            ("emit=mir backend=interp", "interp: `--backend=interp` says so"),
            ("backend=cranelift emit=asm", "refused: the Cranelift back end does not write `--emit=asm`"),
            (
                "backend=cranelift target=i686-linux-gnu",
                "refused: Cranelift makes no code for i686-unknown-linux-gnu",
            ),
            ("backend=interp", "refused: the interpreter makes no code, so there is nothing to build"),
            (
                "backend=interp emit=obj",
                "refused: the interpreter makes no code, so it does not write `--emit=obj`",
            ),
        ] {
            assert_eq!(decide(asked), expected, "asked: {asked}");
        }
    }
}
