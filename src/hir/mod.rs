//! Names, types and inference: AST to typed HIR.
