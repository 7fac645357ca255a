//! `simplec build`: from a file to files.

use std::path::{Path, PathBuf};

use super::choose::Choice;
use super::front;
use super::input::Input;
use super::link;
use super::listen::Event;
use super::native::{self, Error};
use super::options::{Backend, Emit, EmitKind, TimingsFormat};
use super::output::{self, Staged};
use super::session::{Failed, Session};
use super::{timings, undefined};
use crate::diagnostics::{Code, Diagnostic};
use crate::mir::{self, Module};
use crate::target::{ObjectFormat, Target};
use crate::toolchain::Product;

/// One output, with its place made.
struct Planned {
    kind: EmitKind,
    place: Place,
    /// Asked for by `--save-temps` only.
    is_temporary: bool,
}

enum Place {
    Stdout,
    File(Staged),
}

/// Builds everything that was asked for. Outputs appear together, and only when all of them were made; what was asked
/// for on standard output is returned.
///
/// # Errors
/// In the session's diagnostics.
pub fn build(session: &mut Session<'_>, input: &Input) -> Result<Vec<u8>, Failed> {
    let choice = session.choose(false)?;
    session.warn_of_no_debug_information(&choice);
    let wanted = wanted(session, input, &choice)?;
    if session.options.dry_run {
        return show(session, &choice, &wanted).map(|()| Vec::new());
    }
    // A missing directory is reported before any work is done; what is made in one is there while it is needed.
    for path in wanted.iter().filter_map(|output| output.path.as_ref()) {
        Staged::new(path).map_err(|error| session.fail(error))?;
    }
    let module = front::compile(session, input)?;
    let mut planned = Vec::with_capacity(wanted.len());
    for output in wanted {
        let place = match output.path {
            None => Place::Stdout,
            Some(path) => match Staged::new(&path) {
                Ok(staged) => Place::File(staged),
                Err(error) => return Err(session.fail(error)),
            },
        };
        planned.push(Planned { kind: output.kind, place, is_temporary: output.is_temporary });
    }
    let stdout = make(session, input, &choice, &module, &planned)?;
    if let Some(format) = session.options.timings {
        let (text, end) = match format {
            TimingsFormat::Html => (timings::page(session, &input.name(), &choice, &module), ".timings.html"),
            TimingsFormat::Trace => (timings::trace(session, &input.name(), &choice), ".timings.json"),
        };
        let staged = Staged::new(&ending(&base(session, input), end));
        let written = staged.and_then(|staged| staged.write(text.as_bytes()).and_then(|()| staged.publish()));
        written.map_err(|error| session.fail(error))?;
    }
    for output in planned {
        if let Place::File(staged) = output.place {
            let destination = staged.destination().to_owned();
            staged.publish().map_err(|error| session.fail(error))?;
            if output.is_temporary {
                session.listener.hear(Event::Kept(&destination));
            }
        }
    }
    Ok(stdout)
}

/// An output and where it goes; `None` is standard output.
struct Wanted {
    kind: EmitKind,
    path: Option<PathBuf>,
    is_temporary: bool,
}

/// Names every output. A name of its own (`--emit=kind=PATH`) outweighs `-o`; `-o` names the only output, or the
/// program of several, the others having its name with their own endings; without it names come from the input.
fn wanted(session: &mut Session<'_>, input: &Input, choice: &Choice) -> Result<Vec<Wanted>, Failed> {
    let options = &session.options;
    let mut asked = options.emit.clone();
    if asked.is_empty() {
        asked.push(Emit { kind: EmitKind::Exe, path: None });
    }
    let base = base(session, input);
    let single = asked.len() == 1;
    let mut wanted: Vec<Wanted> = Vec::new();
    for emit in &asked {
        let path = match (&emit.path, &options.output) {
            (Some(path), _) => path.clone(),
            (None, Some(path)) if single => path.clone(),
            (None, Some(path)) if path == Path::new("-") => path.clone(),
            (None, Some(path)) if emit.kind == EmitKind::Exe => path.clone(),
            (None, Some(_)) => ending(&base, emit.kind.suffix(&options.target)),
            (None, None) => {
                let name = format!("{}{}", emit.kind.prefix(&options.target), base.display());
                ending(Path::new(&name), emit.kind.suffix(&options.target))
            }
        };
        let path = (path != Path::new("-")).then_some(path);
        wanted.push(Wanted { kind: emit.kind, path, is_temporary: false });
    }
    if options.target.object_format == ObjectFormat::Coff
        && let Some(Wanted { path: Some(library), .. }) = of_kind(&wanted, EmitKind::DyLib)
        && of_kind(&wanted, EmitKind::ImportLib).is_none()
    {
        let path = Some(beside_library(library, &options.target));
        wanted.push(Wanted { kind: EmitKind::ImportLib, path, is_temporary: false });
    }
    if options.save_temps {
        let by_llvm = choice.backend == Backend::Llvm;
        for kind in [EmitKind::Mir, EmitKind::LlvmIr, EmitKind::Obj] {
            let is_made = kind != EmitKind::LlvmIr || by_llvm;
            if is_made && wanted.iter().all(|other| other.kind != kind) {
                let path = Some(ending(&base, kind.suffix(&options.target)));
                wanted.push(Wanted { kind, path, is_temporary: true });
            }
        }
    }
    match refusal(&wanted, input, &options.target) {
        Some(error) => Err(session.fail(error)),
        None => Ok(wanted),
    }
}

fn of_kind(wanted: &[Wanted], kind: EmitKind) -> Option<&Wanted> {
    wanted.iter().find(|output| output.kind == kind)
}

/// Where the import library of a shared library goes, so that `-lNAME` finds it.
fn beside_library(library: &Path, target: &Target) -> PathBuf {
    let kind = EmitKind::ImportLib;
    let stem = library.file_stem().unwrap_or_default().to_string_lossy();
    let name = stem.strip_prefix(kind.prefix(target)).filter(|name| !name.is_empty()).unwrap_or(&stem);
    library.with_file_name(format!("{}{name}{}", kind.prefix(target), kind.suffix(target)))
}

/// What files are named after that have no name of their own.
fn base(session: &Session<'_>, input: &Input) -> PathBuf {
    match &session.options.output {
        Some(path) if path != Path::new("-") => path.clone(),
        Some(_) | None => PathBuf::from(input.stem()),
    }
}

/// `base` with its ending replaced; a dot in the middle of a program's name is not an ending.
fn ending(base: &Path, suffix: &str) -> PathBuf {
    let known = ["spl", "mir", "ll", "bc", "s", "o", "exe", "d", "a", "so", "dll", "dylib"];
    let stem = match base.extension() {
        Some(extension) if known.iter().any(|known| extension == *known) => base.with_extension(""),
        Some(_) | None => base.to_owned(),
    };
    let mut name = stem.into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

/// What is wrong with a set of outputs.
fn refusal(wanted: &[Wanted], input: &Input, target: &Target) -> Option<Diagnostic> {
    let usage = |message: String| Diagnostic::error(Code::Usage, message);
    if target.object_format != ObjectFormat::Coff && of_kind(wanted, EmitKind::ImportLib).is_some() {
        let message = format!("there are no import libraries for {}", target.triple);
        return Some(
            usage(message).help("programs there are linked with the shared library: `--emit=dylib`"),
        );
    }
    if of_kind(wanted, EmitKind::Exe).is_some()
        && let Some(library) = wanted.iter().find(|output| output.kind.is_library())
    {
        let message = format!("`--emit=exe` and `--emit={}` are of different code", library.kind.name());
        return Some(usage(message).help("a library has no `main`: build each by itself"));
    }
    for (index, output) in wanted.iter().enumerate() {
        match &output.path {
            None if !output.kind.is_text() => {
                let message =
                    format!("`--emit={}` is not text and does not go to standard output", output.kind.name());
                return Some(usage(message).help("name a file with `-o`"));
            }
            None => {}
            Some(path) => {
                let is_input = input.path().is_some_and(|input| {
                    input == path
                        || matches!((input.canonicalize(), path.canonicalize()), (Ok(a), Ok(b)) if a == b)
                });
                if is_input {
                    let message = format!("the output {} is the input", path.display());
                    return Some(usage(message).help("name another file with `-o`"));
                }
            }
        }
        if wanted[..index].iter().any(|other| other.kind == output.kind) {
            let message = format!("`--emit={}` is asked for twice", output.kind.name());
            return Some(usage(message).help("one file of each kind is written: leave one out"));
        }
        if let Some(other) = wanted[..index].iter().find(|other| other.path == output.path) {
            let name =
                output.path.as_ref().map_or("standard output".to_owned(), |path| path.display().to_string());
            let message = format!(
                "`--emit={}` and `--emit={}` both go to {name}",
                other.kind.name(),
                output.kind.name()
            );
            return Some(usage(message).help("give one of them a name: `--emit=kind=PATH`"));
        }
    }
    None
}

/// Makes every output in its place; returns what goes to standard output.
fn make(
    session: &mut Session<'_>,
    input: &Input,
    choice: &Choice,
    module: &Module,
    planned: &[Planned],
) -> Result<Vec<u8>, Failed> {
    let find = |kind: EmitKind| planned.iter().find(|output| output.kind == kind);
    let wants_code = planned.iter().any(|output| output.kind.is_code());
    if find(EmitKind::Exe).is_some() {
        needs_main(session, module)?;
    }
    let mut stdout = Vec::new();
    let put = |session: &mut Session<'_>, output: &Planned, bytes: &[u8], stdout: &mut Vec<u8>| match &output
        .place
    {
        Place::Stdout => {
            stdout.extend_from_slice(bytes);
            Ok(())
        }
        Place::File(staged) => staged.write(bytes).map_err(|error| session.fail(error)),
    };
    if let Some(output) = find(EmitKind::Mir) {
        let text = session.time("print MIR", |_| mir::print(module));
        put(session, output, text.as_bytes(), &mut stdout)?;
    }
    if let Some(output) = find(EmitKind::DepInfo) {
        let rule = dependencies(session, input, planned);
        put(session, output, rule.as_bytes(), &mut stdout)?;
    }
    if !wants_code {
        return Ok(stdout);
    }

    let module = &*native::hosted(session, module, find(EmitKind::Exe).is_some())?;
    let scratch = output::scratch().map_err(|error| session.fail(error))?;
    let object = match find(EmitKind::Obj) {
        Some(Planned { place: Place::File(staged), .. }) => staged.path().to_owned(),
        Some(_) | None => {
            let program = planned.iter().find_map(|output| match &output.place {
                Place::File(staged) => Some(staged.destination().to_owned()),
                Place::Stdout => None,
            });
            native::object_of(scratch.path(), &program.unwrap_or_else(|| input.stem().into()))
        }
    };
    let needs_object = planned.iter().any(|output| output.kind.has_object());
    let mut backend = choice.backend;
    if backend == Backend::Llvm {
        let text = native::llvm_text(session, module, find(EmitKind::LlvmIr).is_some())?;
        if let Some(output) = find(EmitKind::LlvmIr) {
            put(session, output, &text, &mut stdout)?;
        }
        for (kind, product) in [(EmitKind::Asm, Product::Assembly), (EmitKind::LlvmBc, Product::Bitcode)] {
            let Some(output) = find(kind) else { continue };
            let path = match &output.place {
                Place::Stdout => scratch.path().join("output"),
                Place::File(staged) => staged.path().to_owned(),
            };
            if let Err(error) = native::clang(session, &text, product, &path) {
                return native::fall_back(session, choice, explained(error, planned, &path)).and(Err(Failed));
            }
            if let Place::Stdout = output.place {
                let bytes = std::fs::read(&path)
                    .map_err(|error| session.fail(output::cannot_write(&path, &error)))?;
                stdout.extend_from_slice(&bytes);
            }
        }
        if needs_object && let Err(error) = native::clang(session, &text, Product::Object, &object) {
            backend = native::fall_back(session, choice, explained(error, planned, &object))?.backend;
        }
    }
    if backend == Backend::Cranelift && needs_object {
        native::cranelift_object(session, module, &object)?;
    }
    if let Some(Planned { place: Place::File(staged), .. }) = find(EmitKind::StaticLib) {
        let bytes = link::archive(session, std::slice::from_ref(&object))?;
        std::fs::write(staged.path(), bytes)
            .map_err(|error| session.fail(output::cannot_write(staged.destination(), &error)))?;
    }
    let exports = find(EmitKind::DyLib).or(find(EmitKind::ImportLib)).map(|output| {
        let name = match &output.place {
            Place::File(staged) if output.kind == EmitKind::DyLib => staged.destination().file_name(),
            Place::File(_) | Place::Stdout => None,
        };
        let name = name.map(|name| name.to_string_lossy().into_owned());
        let usual = || format!("{}{}", input.stem(), EmitKind::DyLib.suffix(&session.options.target));
        link::exports(module, name.unwrap_or_else(usual))
    });
    let objects = std::slice::from_ref(&object);
    for (kind, exports) in [(EmitKind::Exe, None), (EmitKind::DyLib, exports.as_ref())] {
        let Some(Planned { place: Place::File(staged), .. }) = find(kind) else { continue };
        link::link(session, objects, staged.path(), exports)
            .map_err(|error| undefined::told(session, module, explained(error, planned, staged.path())))?;
    }
    if let (Some(Planned { place: Place::File(staged), .. }), Some(exports)) =
        (find(EmitKind::ImportLib), &exports)
    {
        link::import_library(session, exports, staged.path())
            .map_err(|error| native::told(session, explained(error, planned, staged.path())))?;
    }
    Ok(stdout)
}

/// A rule for make: the outputs, or the program where there are no others, depend on the inputs. Each input has an
/// empty rule, so that one that was deleted is no error.
fn dependencies(session: &Session<'_>, input: &Input, planned: &[Planned]) -> String {
    let mut targets: Vec<String> = Vec::new();
    for output in planned {
        match &output.place {
            Place::File(staged) if !output.is_temporary && output.kind != EmitKind::DepInfo => {
                targets.push(escaped(staged.destination()));
            }
            Place::File(_) | Place::Stdout => {}
        }
    }
    if targets.is_empty() {
        let suffix = EmitKind::Exe.suffix(&session.options.target);
        targets.push(escaped(&ending(Path::new(&input.stem()), suffix)));
    }
    let inputs: Vec<String> = session.inputs.iter().map(|input| escaped(input)).collect();
    let mut rule = format!("{}:", targets.join(" "));
    for input in &inputs {
        rule.extend([" ", input]);
    }
    rule.push('\n');
    for input in &inputs {
        rule.extend(["\n", input, ":\n"]);
    }
    rule
}

/// A path as make reads it.
fn escaped(path: &Path) -> String {
    let mut out = String::new();
    for c in path.to_string_lossy().chars() {
        match c {
            ' ' | '#' | ':' => out.extend(['\\', c]),
            '$' => out.push_str("$$"),
            _ => out.push(c),
        }
    }
    out
}

/// A tool's error in terms of the output's own name.
fn explained(error: impl Into<Error>, planned: &[Planned], path: &Path) -> Error {
    let error = match error.into() {
        Error::Tool(error) => error,
        Error::Told => return Error::Told,
    };
    for output in planned {
        if let Place::File(staged) = &output.place
            && staged.path() == path
        {
            return Error::Tool(staged.explain(error));
        }
    }
    Error::Tool(error)
}

/// A program starts somewhere.
pub(super) fn needs_main(session: &mut Session<'_>, module: &Module) -> Result<(), Failed> {
    let defined = module.func_named("main").is_some_and(|id| module.func(id).is_defined());
    if defined {
        return Ok(());
    }
    let error = Diagnostic::error(Code::NoMain, "the program has no `main`");
    Err(session.fail(error.help("define `fn main()`, or build something else: `--emit=obj`")))
}

/// Tells the listener the commands that make a program of that name.
pub(super) fn show_program(session: &mut Session<'_>, choice: &Choice, name: &str) -> Result<(), Failed> {
    let path = format!("{name}{}", session.options.target.executable_suffix);
    let exe = Wanted { kind: EmitKind::Exe, path: Some(PathBuf::from(path)), is_temporary: false };
    show(session, choice, &[exe])
}

/// Tells the listener the commands that a build would run.
fn show(session: &mut Session<'_>, choice: &Choice, wanted: &[Wanted]) -> Result<(), Failed> {
    let path = |kind: EmitKind| {
        wanted.iter().find(|output| output.kind == kind).and_then(|output| output.path.clone())
    };
    let object = path(EmitKind::Obj).unwrap_or_else(|| PathBuf::from("main.o"));
    let exe = path(EmitKind::Exe);
    let mut backend = choice.backend;
    if backend == Backend::Llvm {
        match session.llvm() {
            Ok(llvm) => {
                let mut products =
                    vec![(EmitKind::Asm, Product::Assembly), (EmitKind::LlvmBc, Product::Bitcode)];
                products.retain(|(kind, _)| wanted.iter().any(|output| output.kind == *kind));
                let mut makes: Vec<(Product, PathBuf)> = products
                    .into_iter()
                    .map(|(kind, product)| (product, path(kind).unwrap_or_else(|| PathBuf::from("-"))))
                    .collect();
                if wanted.iter().any(|output| output.kind.has_object()) {
                    makes.push((Product::Object, object.clone()));
                }
                for (product, output) in makes {
                    for command in native::clang_commands(session, &llvm, product, &output) {
                        session.listener.hear(Event::Command { command: &command, is_shown: true });
                    }
                }
            }
            Err(error) => backend = native::fall_back(session, choice, Error::Tool(error))?.backend,
        }
    }
    debug_assert!(backend != Backend::Interp || exe.is_none(), "choose() lets the interpreter build nothing");
    for (output, is_shared) in [(exe, false), (path(EmitKind::DyLib), true)] {
        let Some(output) = output else { continue };
        let command = link::link_command(session, std::slice::from_ref(&object), &output, is_shared);
        let command = command.map_err(|error| native::told(session, error))?;
        session.listener.hear(Event::Command { command: &command, is_shown: true });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::ending;
    use std::path::Path;

    #[test]
    fn endings_replace_known_ones_only() {
        for (base, suffix, expected) in [
            ("a", ".o", "a.o"),
            ("a.spl", ".ll", "a.ll"),
            ("out/prog-1.2", ".o", "out/prog-1.2.o"),
            ("x.exe", ".s", "x.s"),
            ("a.mir", "", "a"),
        ] {
            assert_eq!(ending(Path::new(base), suffix), Path::new(expected));
        }
    }
}
