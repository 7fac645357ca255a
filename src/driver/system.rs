//! The objects of our own C library, which self-contained programs are linked with. They do not depend on the program, so
//! that those that were compiled once are remembered.

use std::path::{Path, PathBuf};

use super::native::Error;
use super::session::{Failed, Session};
use super::{front, modules, output};
use crate::backend::llvm;
use crate::diagnostics::{Code, Diagnostic};
use crate::mir::{Linkage, Module};
use crate::runtime::{Source, System, object};
use crate::toolchain::{self, CompileJob, Level, Member, Product};
use crate::{hir, lower};

/// Makes the objects of a library in a folder.
pub(super) fn objects(
    session: &mut Session<'_>,
    system: &System,
    folder: &Path,
) -> Result<Vec<PathBuf>, Error> {
    let llvm = session.llvm()?;
    let data_layout = session.data_layout();
    let triple = session.options.target.llvm_triple().to_owned();
    let mut texts = Vec::new();
    for template in &system.templates {
        let head = format!("target datalayout = \"{data_layout}\"\ntarget triple = \"{triple}\"\n");
        texts.push((head + &template.text).into_bytes());
    }
    let options = llvm::Options {
        llvm_version: llvm.version.major,
        is_c_library: true,
        opt: llvm::OptLevel::Os,
        data_layout: Some(data_layout),
        ..llvm::Options::default()
    };
    for sources in &system.simple {
        let module = library(session, sources)?;
        let text = llvm::write(&module, &session.options.target, &options);
        texts.push(text.map_err(|errors| session.fail_all(errors))?);
    }
    let mut objects = Vec::with_capacity(system.objects());
    for (index, text) in texts.iter().enumerate() {
        let output = folder.join(object_name(index));
        let job = CompileJob {
            module: text,
            triple: &triple,
            level: Level::Os,
            product: Product::Object,
            sections: true,
            output: &output,
            llvm_args: &[],
            limit: session.options.tool_limit,
            reproducers: Some(Path::new(".")),
        };
        toolchain::compile_once(&llvm, &job, &session.search, &session.told())?;
        objects.push(output);
    }
    if system.is_archived {
        let archive = folder.join(ARCHIVE);
        let bytes = archived(session, &objects)?;
        std::fs::write(&archive, bytes)
            .map_err(|error| session.fail(output::cannot_write(&archive, &error)))?;
        objects = vec![archive];
    }
    for (index, import) in system.imports.iter().enumerate() {
        let output = folder.join(object_name(texts.len() + index));
        toolchain::import_library(
            &llvm,
            &session.options.target,
            &import.text,
            &output,
            &session.search,
            &session.told(),
        )?;
        objects.push(output);
    }
    Ok(objects)
}

/// The names of what [`objects`] makes.
pub(super) fn names(system: &System) -> Vec<PathBuf> {
    let imports = system.objects()..system.objects() + system.imports.len();
    if system.is_archived {
        return std::iter::once(PathBuf::from(ARCHIVE)).chain(imports.map(object_name)).collect();
    }
    (0..imports.end).map(object_name).collect()
}

/// An archive of objects.
pub(super) fn archived(session: &mut Session<'_>, objects: &[PathBuf]) -> Result<Vec<u8>, Failed> {
    let mut files = Vec::with_capacity(objects.len());
    for object in objects {
        let bytes = std::fs::read(object).map_err(|error| {
            session.fail(Diagnostic::error(Code::CannotRead, format!("{}: {error}", object.display())))
        })?;
        let name = object.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, bytes));
    }
    let members: Vec<Member<'_>> = files.iter().map(|(name, bytes)| Member { name, bytes }).collect();
    let linker = session.options.target.linker;
    toolchain::archive(&members, linker).map_err(|why| {
        let error = Diagnostic::error(Code::CannotRead, why);
        session.fail(error.help("the LLVM in use wrote it: `simplec toolchain` tells which one that is"))
    })
}

/// The name of the archive of the objects.
const ARCHIVE: &str = "system.a";

/// The name of the linker script.
pub(super) const SCRIPT: &str = "system.ld";

/// Writes the linker script of a library in a folder, if it has one.
pub(super) fn script(
    session: &mut Session<'_>,
    system: &System,
    folder: &Path,
) -> Result<Option<PathBuf>, Error> {
    let Some(script) = &system.script else { return Ok(None) };
    let path = folder.join(SCRIPT);
    std::fs::write(&path, &script.text).map_err(|error| session.fail(output::cannot_write(&path, &error)))?;
    Ok(Some(path))
}

/// The name of one of the objects.
fn object_name(index: usize) -> PathBuf {
    PathBuf::from(format!("system-{index}.o"))
}

/// Core MIR of everything that sources in Simple export.
pub(super) fn library(session: &mut Session<'_>, sources: &[Source]) -> Result<Module, Failed> {
    let mut trees = Vec::with_capacity(sources.len());
    for (name, text) in sources {
        let file = session.sources.add(*name, *text);
        trees.push(modules::parse(session, file)?);
    }
    let name = session.interner.intern("sys");
    let all = trees.iter().map(|(ast, text)| hir::SourceModule {
        ast,
        text,
        path: vec![name],
        name: vec![name],
        package: Vec::new(),
        is_runtime: true,
        has_run: false,
        follows: None,
    });
    let program = hir::check(all.collect(), &mut session.interner, &mut session.diagnostics);
    if session.diagnostics.has_errors() {
        return Err(Failed);
    }
    let exported = program.funcs.iter().filter(|func| func.attrs.is_export);
    let exported: Vec<String> = exported.map(|func| session.interner.get(func.name).to_string()).collect();
    // The program has a panic of its own.
    let is_offered = |name: &&str| *name != object::PANIC;
    let wanted: Vec<&str> = exported.iter().map(String::as_str).filter(is_offered).collect();
    let lowered = lower::lower_runtime(program, &session.interner, Vec::new(), &wanted);
    let module = lowered.map_err(|errors| session.fail_all(errors))?;
    front::own_work(session, &module, "lowering the system's library")?;
    let mut module = front::core(session, module)?;
    if let Some(panic) = module.func_named(object::PANIC) {
        module.funcs[panic.idx()].linkage = Linkage::Internal;
    }
    Ok(module)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Options, Silent};
    use crate::runtime;
    use crate::target;
    use crate::toolchain::{Search, System as Processes};

    /// What may go wrong in it ends the program as in others.
    #[test]
    fn a_library_may_panic() {
        let target = target::find("x86_64-unknown-linux-gnu").unwrap();
        let mut session = Session::new(Options::new(target.clone()), Search::nowhere(), &Processes, &Silent);
        let given = runtime::system(target, false).unwrap();
        let is_common = |(name, _): &&Source| {
            ["intrinsics", "outside", "panic"].iter().any(|file| name.ends_with(&format!("/{file}.spl")))
        };
        let mut sources: Vec<Source> = given.simple[1].iter().filter(is_common).copied().collect();
        sources.push(("more.spl", "export fn part(a: i64, b: i64) -> i64: a / b\n"));
        let Ok(module) = library(&mut session, &sources) else {
            panic!("{:?}", session.diagnostics.sorted())
        };
        let func = |name| module.func(module.func_named(name).unwrap()).linkage;
        assert_eq!((func("part"), func("rt_panic")), (Linkage::Export, Linkage::Internal));
        assert_eq!((func("write"), func("_exit")), (Linkage::Extern, Linkage::Extern));
    }

    /// A library calls nothing but itself and its templates.
    #[test]
    fn libraries_are_whole() {
        let each = target::all().iter().flat_map(|target| [(target, false), (target, true)]);
        let own = each
            .clone()
            .filter_map(|(target, is_shared)| Some((target, runtime::system(target, is_shared)?)));
        let parts =
            each.filter_map(|(target, is_shared)| Some((target, runtime::dynamic(target, is_shared)?)));
        for (target, system) in own.chain(parts) {
            let options = Options::new(target.clone());
            let mut session = Session::new(options, Search::nowhere(), &Processes, &Silent);
            let mut modules = Vec::new();
            for sources in &system.simple {
                match library(&mut session, sources) {
                    Ok(module) => modules.push(module),
                    Err(Failed) => panic!("{}: {:?}", target.triple, session.diagnostics.sorted()),
                }
            }
            let given: Vec<&str> = system.templates.iter().map(|template| template.text.as_str()).collect();
            let funcs = modules.iter().flat_map(|module| &module.funcs);
            for func in funcs.filter(|func| func.linkage == Linkage::Extern) {
                let name = func.name.as_str();
                let is_given = system.asked.contains(&name)
                    || modules.iter().any(|module| {
                        module.func_named(name).is_some_and(|func| module.func(func).linkage.is_offered())
                    })
                    || given.iter().any(|text| {
                        text.contains(&format!("\"{name}:\""))
                            || text.lines().any(|line| {
                                line.starts_with("define ") && line.contains(&format!("@{name}("))
                            })
                    });
                assert!(is_given, "{}: `{name}` is not there", target.triple);
            }
        }
    }
}
