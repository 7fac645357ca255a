//! Text to tokens to syntax tree.

pub mod ast;
mod dump;
mod intern;
mod lexer;
mod parser;
mod token;

pub use dump::dump;
pub use intern::{Interner, Symbol};
pub use parser::parse;

use crate::diagnostics::{Code, Diagnostic, FileId, Span};

/// The greatest height of an expression's tree. A chain `a + b + c` is as high as it has operators. Everything that
/// walks the tree recurses at most this often (times a small constant), for which the driver's threads have the stack.
pub const MAX_HEIGHT: u32 = 10_000;

/// How many brackets, blocks, types and patterns may be inside one another.
pub const MAX_NESTING: u32 = 256;

/// The text of a source file, or the error that says where it is no UTF-8. The span counts bytes of the text up to
/// there, so a source map that holds the valid part (or a lossy conversion of the whole) shows the right line.
pub fn check_utf8(file: FileId, bytes: &[u8]) -> Result<&str, Diagnostic> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or(0);
        Diagnostic::error(
            Code::InvalidUtf8,
            format!("the file is not UTF-8: byte {byte:#04x} at offset {at}"),
        )
        .at(Span::new(file, at as u32, at as u32 + 1), "not UTF-8 from here on")
        .help("save the file as UTF-8, or convert it with a tool such as iconv")
    })
}
