//! Where the rooms put their diagnostics.

use super::{Diagnostic, Severity, Span};
use rustc_hash::FxHashSet;

/// Collects diagnostics: drops a second one of the same severity at the same place (it is nearly always a consequence
/// of the first), keeps at most a limit of errors and of the rest, and counts what it did not keep.
#[derive(Debug)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    seen: FxHashSet<(Severity, Span)>,
    limit: usize,
    errors: usize,
    others: usize,
}

impl Default for Diagnostics {
    fn default() -> Diagnostics {
        Diagnostics::with_limit(Diagnostics::DEFAULT_LIMIT)
    }
}

impl Diagnostics {
    /// How many errors are kept unless told otherwise; as many warnings and notes are.
    pub const DEFAULT_LIMIT: usize = 50;

    /// An empty sink with the default limit.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// An empty sink that keeps `limit` errors and `limit` other diagnostics.
    pub fn with_limit(limit: usize) -> Diagnostics {
        Diagnostics { kept: Vec::new(), seen: FxHashSet::default(), limit, errors: 0, others: 0 }
    }

    /// Takes a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let span = diagnostic.span();
        let is_new = if span.is_some() {
            self.seen.insert((diagnostic.severity, span))
        } else {
            !self.kept.contains(&diagnostic)
        };
        if !is_new {
            return;
        }
        let count = if diagnostic.is_error() { &mut self.errors } else { &mut self.others };
        *count += 1;
        if *count <= self.limit {
            self.kept.push(diagnostic);
        }
    }

    /// Takes everything from another sink.
    pub fn append(&mut self, other: Diagnostics) {
        let (errors, others) = (other.hidden(Severity::Error), other.hidden(Severity::Warning));
        for diagnostic in other.kept {
            self.push(diagnostic);
        }
        self.errors += errors;
        self.others += others;
    }

    /// Whether an error was taken.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors were taken, kept or not.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// How many warnings and notes were taken, kept or not.
    pub fn warning_count(&self) -> usize {
        self.others
    }

    /// Whether nothing was taken.
    pub fn is_empty(&self) -> bool {
        self.errors + self.others == 0
    }

    /// How many errors (or, for any other severity, warnings and notes) were counted and not kept.
    pub fn hidden(&self, severity: Severity) -> usize {
        let count = if severity == Severity::Error { self.errors } else { self.others };
        count.saturating_sub(self.limit)
    }

    /// The kept diagnostics by file and position; those without a place come first, ties in the order they were taken.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<&Diagnostic> = self.kept.iter().collect();
        all.sort_by_key(|d| {
            let span = d.span();
            (span.file, span.start, span.end)
        });
        all
    }

    /// The kept diagnostics in the order they were taken.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, FileId};

    fn error_at(start: u32) -> Diagnostic {
        Diagnostic::error(Code::Internal, format!("e{start}")).at(Span::new(FileId(1), start, start + 1), "")
    }

    #[test]
    fn same_place_is_reported_once_and_order_is_by_position() {
        let mut sink = Diagnostics::new();
        sink.push(error_at(9));
        sink.push(error_at(3));
        sink.push(error_at(9));
        assert_eq!(sink.error_count(), 2);
        let order: Vec<_> = sink.sorted().iter().map(|d| d.message.clone()).collect();
        assert_eq!(order, ["e3", "e9"]);
    }

    #[test]
    fn past_the_limit_errors_are_only_counted() {
        let mut sink = Diagnostics::with_limit(2);
        for i in 0..5 {
            sink.push(error_at(i));
        }
        assert_eq!((sink.iter().count(), sink.error_count(), sink.hidden(Severity::Error)), (2, 5, 3));
        let mut all = Diagnostics::with_limit(2);
        all.append(sink);
        assert_eq!((all.error_count(), all.hidden(Severity::Error)), (5, 3));
    }
}
