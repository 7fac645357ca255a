//! Whether the files leave no operation out that is compiled.

use std::collections::BTreeSet;
use std::path::PathBuf;

use simplec::mir::{Category, CoreOp, RichOp};

use super::case::File;

/// Fails with the operations that no function of any file uses.
pub fn check(files: &[PathBuf]) -> Result<(), String> {
    let mut used = BTreeSet::new();
    for path in files {
        let file = File::read(path)?;
        let blocks = file.module.funcs.iter().flat_map(|func| &func.blocks);
        used.extend(blocks.flat_map(|block| &block.insts).map(|inst| inst.op.info().name));
    }
    let is_compiled = |category| !matches!(category, Category::Simd | Category::Gpu | Category::Async);
    let rows = CoreOp::TABLE.iter().chain(RichOp::TABLE).filter(|row| is_compiled(row.category));
    let unused: Vec<&str> = rows.map(|row| row.name).filter(|name| !used.contains(name)).collect();
    if unused.is_empty() {
        Ok(())
    } else {
        Err(format!("no file under tests/mir uses {}", unused.join(", ")))
    }
}
