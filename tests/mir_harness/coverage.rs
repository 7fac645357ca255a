//! Whether the files leave no core operation out.

use std::path::PathBuf;

use simplec::mir::{CoreOp, Op};

use super::case::File;

/// Fails with the core operations that no function of any file uses.
pub fn check(files: &[PathBuf]) -> Result<(), String> {
    let mut used = vec![false; CoreOp::TABLE.len()];
    for path in files {
        let file = File::read(path)?;
        let blocks = file.module.funcs.iter().flat_map(|func| &func.blocks);
        for inst in blocks.flat_map(|block| &block.insts) {
            if let Op::Core(op) = inst.op {
                used[op.index()] = true;
            }
        }
    }
    let unused = CoreOp::TABLE.iter().zip(used).filter(|(_, used)| !used).map(|(row, _)| row.name);
    let unused: Vec<&str> = unused.collect();
    if unused.is_empty() {
        Ok(())
    } else {
        Err(format!("no file under tests/mir uses {}", unused.join(", ")))
    }
}
