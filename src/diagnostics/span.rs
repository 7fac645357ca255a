//! Places in source text.

/// A source file's handle in the [`SourceMap`](super::SourceMap) of a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct FileId(pub u32);

/// A half-open byte range of one source file. Every token, AST node, HIR node and MIR instruction carries one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// The file; `FileId(0)` is the reserved file of things with no source.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of things the compiler made itself.
    pub const NONE: Span = Span { file: FileId(0), start: 0, end: 0 };

    /// A span in `file` from byte `start` up to `end`.
    pub fn new(file: FileId, start: u32, end: u32) -> Span {
        Span { file, start, end }
    }

    /// The smallest span that holds both; `other` must be of the same file.
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether all of `other` lies in it.
    pub fn holds(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// Whether there is source text behind it.
    pub fn is_some(self) -> bool {
        self.file != FileId(0)
    }
}
