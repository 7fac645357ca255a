//! The data layout of a triple, asked of clang.
//!
//! A module whose layout line is missing or wrong is miscompiled without a word, and the string differs between
//! versions, so the tool that will compile the module is the authority on it.

use super::cache::Cache;
use super::error::{Invocation, ToolchainError};
use super::probe::Llvm;
use super::run::{Command, Runner, Status};
use super::search::Search;
use crate::target::DataLayout;

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
    let command = Command::new(&llvm.clang)
        .args(["--no-default-config", "-S", "-emit-llvm", "-x", "c", "-", "-o", "-"])
        .arg(format!("--target={triple}"))
        .env("LC_ALL", "C")
        .limit(Some(search.limit));
    let output = runner.run(&command, None);
    let by = Invocation::new("clang", Some(llvm.version_line.clone()), &command, &output);
    if let Some(error) = ToolchainError::of_status(&by, &output.status, None) {
        return Err(error);
    }
    if output.status != Status::Ok {
        return Err(ToolchainError::NoSuchTarget { by, triple: triple.to_owned() });
    }
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
