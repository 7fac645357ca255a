//! Text to tokens to AST.
