//! The source files of a session.

use super::{FileId, Span};
use std::sync::Arc;

/// The longest source text a [`Span`] can address, in bytes.
pub const MAX_SOURCE_BYTES: usize = u32::MAX as usize - 1;

/// One source text and where its lines start.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: Arc<str>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// The name to show, as the user wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The byte where each line starts.
    pub fn line_starts(&self) -> &[u32] {
        &self.line_starts
    }

    /// The number of lines; a text that ends in a line end has an empty last line.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The line (from 1) that holds byte `offset`, and the byte offset inside it (from 0). Logarithmic in the number
    /// of lines, whatever their length: what debug information uses.
    pub fn line_of(&self, offset: u32) -> (u32, u32) {
        let index = self.line_starts.partition_point(|&start| start <= offset) - 1;
        (index as u32 + 1, offset - self.line_starts[index])
    }

    /// The byte range of `line` (from 1) without its line end.
    pub fn line_range(&self, line: u32) -> std::ops::Range<usize> {
        let index = line as usize - 1;
        let start = self.line_starts[index] as usize;
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        let line = &self.text[start..end];
        start..start + line.trim_end_matches(['\n', '\r']).len()
    }
}

/// A place as people count it: lines and columns from 1, columns in code points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    /// Line, from 1.
    pub line: u32,
    /// Column in code points, from 1.
    pub column: u32,
}

/// All source files of a session. `FileId(0)` stands for things with no source, so the first file is `FileId(1)`.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// A map with no files.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a file. The text must not be longer than [`MAX_SOURCE_BYTES`]; whoever reads files refuses longer ones.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let text = text.into();
        assert!(text.len() <= MAX_SOURCE_BYTES, "source text longer than a span can address");
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        self.files.push(SourceFile { name: name.into(), text, line_starts });
        FileId(self.files.len() as u32)
    }

    /// The file behind a handle; `None` for `FileId(0)` and foreign handles.
    pub fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get((file.0 as usize).checked_sub(1)?)
    }

    /// Every file with its handle, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32 + 1), f))
    }

    /// The text a span covers; `None` when it has no source.
    pub fn snippet(&self, span: Span) -> Option<&str> {
        self.get(span.file)?.text.get(span.start as usize..span.end as usize)
    }

    /// Where a span starts; `None` when it has no source. Linear in the length of its line.
    pub fn start_of(&self, span: Span) -> Option<Location> {
        self.locate(span.file, span.start)
    }

    /// Where a span ends (one past its last character); `None` when it has no source.
    pub fn end_of(&self, span: Span) -> Option<Location> {
        self.locate(span.file, span.end)
    }

    fn locate(&self, file: FileId, offset: u32) -> Option<Location> {
        let file = self.get(file)?;
        let offset = offset.min(file.text.len() as u32);
        let (line, column) = file.line_of(offset);
        let bytes = &file.text.as_bytes()[(offset - column) as usize..offset as usize];
        // Counting the bytes that start a code point is right even where the offset falls inside one.
        let chars = bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u32;
        Some(Location { line, column: chars + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_code_points() {
        let mut map = SourceMap::new();
        let file = map.add("a.spl", "ab\näöx\r\n");
        assert_eq!(file, FileId(1));
        let at = |start| map.start_of(Span::new(file, start, start)).unwrap();
        assert_eq!(at(0), Location { line: 1, column: 1 });
        assert_eq!(at(2), Location { line: 1, column: 3 });
        assert_eq!(at(3), Location { line: 2, column: 1 });
        assert_eq!(at(7), Location { line: 2, column: 3 });
        assert_eq!(at(10), Location { line: 3, column: 1 });
        assert_eq!(map.get(file).unwrap().line_range(2), 3..8);
        assert_eq!(map.snippet(Span::new(file, 3, 5)), Some("ä"));
        assert!(map.start_of(Span::NONE).is_none());
    }
}
