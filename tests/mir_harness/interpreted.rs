//! Cases on the interpreter.

use simplec::backend::interp::{Capture, Limits, Outcome, Value, run};
use simplec::mir::{Module, Ty};
use simplec::target::{self, Layouts, Target};

use super::case::{Case, Expected, File, fields};
use super::program::Ended;

/// What is wrong with a case.
pub fn check(file: &File, case: &Case) -> Option<String> {
    let target = if case.narrow { target::find("i686-unknown-linux-gnu") } else { target::host() };
    let target = match target {
        Ok(target) => target,
        Err(diagnostic) => return Some(diagnostic.message),
    };
    let value = |arg: &super::case::Leaf| Value::Scalar { ty: arg.ty, bits: arg.canonical(case.narrow) };
    let args: Vec<Value> = case.args.iter().map(value).collect();
    let name = &file.module.func(case.func).name;
    let mut world = Capture::default();
    let report = run(&file.module, target, name, &args, &mut world, Limits::default());
    let stderr = String::from_utf8_lossy(&world.stderr);
    match (&case.expected, &report.outcome) {
        (Expected::Returns(_), Outcome::Returned(value)) => {
            let ret = file.module.sig_of(case.func).ret;
            let found =
                value.as_ref().map_or(Ok(Vec::new()), |value| words(&file.module, target, ret, value));
            let leaked =
                (!report.leaks.lost.is_empty()).then(|| format!("{}: {:?}", case.line, report.leaks));
            found.map_or_else(Some, |found| case.compare(&found)).or(leaked)
        }
        (Expected::Traps, Outcome::Trapped { .. }) => None,
        (Expected::Panics(words), Outcome::Exited(code)) if Ended::Exited(*code).panicked(&stderr, words) => {
            None
        }
        (Expected::Faults(words), Outcome::Fault { fault, .. }) if fault.to_string().contains(words) => None,
        (_, Outcome::Fault { fault, function, .. }) => {
            Some(format!("{} found a fault in `{function}`: {fault}", case.line))
        }
        (_, Outcome::Unsupported(diagnostic)) => Some(format!("{}: {}", case.line, diagnostic.message)),
        (_, other) => Some(format!("{} found {other:?}", case.line)),
    }
}

/// The scalars of a result as they lie in memory.
fn words(module: &Module, target: &Target, ret: Ty, value: &Value) -> Result<Vec<u64>, String> {
    let layouts = Layouts::new(&module.types, &target.data_layout);
    match value {
        Value::Scalar { ty, bits } => Ok(vec![bits & (u64::MAX >> (64 - 8 * layouts.size(*ty)))]),
        Value::Aggregate { bytes, init, .. } => {
            let field = |(i, ty): (usize, Ty)| {
                let at = layouts.field_offset(ret, i as u32) as usize;
                let range = at..at + layouts.size(ty) as usize;
                if init[range.clone()].contains(&0) {
                    return Err(format!("field {i} of the result is not initialised"));
                }
                let mut word = [0; 8];
                word[..range.len()].copy_from_slice(&bytes[range]);
                Ok(u64::from_le_bytes(word))
            };
            fields(module, ret).into_iter().enumerate().map(field).collect()
        }
    }
}
