//! The text form of MIR; docs/mir.md has its grammar.
//!
//! Printing and parsing are exact inverses up to what the text does not carry: places in another language's source,
//! registers and strings that nothing uses, and the order of the handles of types. `print(parse(print(m)))` equals
//! `print(m)` byte for byte. Both directions derive from the op table through one trait with an implementation per
//! kind of field, so that a new operation needs no code here.

mod lex;
mod parse;
mod print;

pub use parse::parse;
pub use print::{print, print_function, print_type};

#[cfg(test)]
mod tests;
