//! Names as small numbers.

use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A name or a piece of text, equal exactly when the characters are, among the symbols of one [`Interner`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Symbol(u32);

impl Symbol {
    /// Its place in the order in which an interner met its names: dense from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The names of a session. Passed along explicitly: two sessions in one process never meet.
#[derive(Debug, Default)]
pub struct Interner {
    symbols: FxHashMap<Arc<str>, Symbol>,
    texts: Vec<Arc<str>>,
}

impl Interner {
    /// An interner with no names.
    pub fn new() -> Interner {
        Interner::default()
    }

    /// The symbol of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if let Some(&symbol) = self.symbols.get(text) {
            return symbol;
        }
        let symbol = Symbol(self.texts.len() as u32);
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.symbols.insert(text, symbol);
        symbol
    }

    /// The symbol of a text if it was interned before.
    pub fn lookup(&self, text: &str) -> Option<Symbol> {
        self.symbols.get(text).copied()
    }

    /// The characters of a symbol of this interner.
    pub fn get(&self, symbol: Symbol) -> &str {
        &self.texts[symbol.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_a_symbol() {
        let mut interner = Interner::new();
        let (a, b) = (interner.intern("a"), interner.intern("b"));
        assert_ne!(a, b);
        assert_eq!(interner.intern("a"), a);
        assert_eq!((interner.get(b), interner.lookup("b"), interner.lookup("c")), ("b", Some(b), None));
    }
}
