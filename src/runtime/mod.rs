//! The runtime library, written in Simple.
