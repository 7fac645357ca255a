//! What MIR passes do to programs: which checks leave which loops.
//!
//! Each program of tests/opt is compiled as for `-O2`. Comments on its lines say what must have become of the range checks
//! and uniqueness tests there: `# hoisted` that some innermost loop with code of the line has none of the line's,
//! `# checked` that each still has one, `# uncounted` that none counts references there. That the programs still do the same is for tests/run to find.

use std::path::{Path, PathBuf};

use simplec::diagnostics::{Format, Renderer};
use simplec::driver::{self, Input, Options, Session, Silent, with_deep_stack};
use simplec::mir::analysis::{Cfg, Dominators, innermost};
use simplec::mir::{CoreOp, Inst, Module, Op, RichOp};
use simplec::target;
use simplec::toolchain::{Level, Search, System};

fn compile(path: &Path) -> Module {
    let target = target::host().expect("tests run on a machine that simplec has a target for").clone();
    let options = Options { level: Some(Level::O2), ..Options::new(target) };
    let mut session = Session::new(options, Search::from_env(), &System, &Silent);
    match driver::rich(&mut session, &Input::new(path)) {
        Ok(module) => module,
        Err(_) => panic!(
            "{}",
            Renderer::new(&session.sources, Format::Human, false).render_all(&session.diagnostics)
        ),
    }
}

fn is_check(inst: &Inst) -> bool {
    matches!(inst.op, Op::Rich(RichOp::IndexCheck { .. }) | Op::Core(CoreOp::IsUnique { .. }))
}

fn is_count(inst: &Inst) -> bool {
    matches!(inst.op, Op::Core(CoreOp::Retain { .. } | CoreOp::Release { .. }))
}

/// For each innermost loop with code of a line of the file, whether some instruction of that line is of a kind.
fn loops_at(module: &Module, file: &str, line: u32, is_kind: fn(&Inst) -> bool) -> Vec<bool> {
    let mut found = Vec::new();
    for func in module.funcs.iter().filter(|func| func.is_defined()) {
        let cfg = Cfg::new(func);
        for of in innermost(&cfg, &Dominators::new(&cfg), func.blocks.len()) {
            let here: Vec<&Inst> = of
                .blocks
                .iter()
                .flat_map(|block| &func.blocks[block.idx()].insts)
                .filter(|inst| {
                    module.place(inst.span).is_some_and(|(path, at, _)| at == line && path.ends_with(file))
                })
                .collect();
            if !here.is_empty() {
                found.push(here.into_iter().any(is_kind));
            }
        }
    }
    found
}

fn failures(path: &Path) -> Vec<String> {
    let module = compile(path);
    let file = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let text = std::fs::read_to_string(path).expect("it was just compiled");
    let mut failures = Vec::new();
    let mut notes = 0;
    for (line, content) in (1u32..).zip(text.lines()) {
        let Some((_, noted)) = content.rsplit_once("# ") else { continue };
        for note in noted.split(", ") {
            let loops = |is_kind| loops_at(&module, file, line, is_kind);
            let holds = match note {
                "hoisted" => loops(is_check).contains(&false),
                "checked" => !loops(is_check).is_empty() && !loops(is_check).contains(&false),
                "uncounted" => !loops(is_count).is_empty() && !loops(is_count).contains(&true),
                _ => continue,
            };
            notes += 1;
            if !holds {
                failures.push(format!("{file}:{line}: not {note}"));
            }
        }
    }
    assert!(notes > 0, "{file} says nothing");
    failures
}

#[test]
fn checks_leave_the_loops_they_are_said_to_leave() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opt");
    let mut programs: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("tests/opt is there").flatten().map(|entry| entry.path()).collect();
    programs.sort();
    let failures: Vec<String> = programs.iter().flat_map(|path| with_deep_stack(|| failures(path))).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
