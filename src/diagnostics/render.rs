//! Diagnostics as text: for people, for editors (one line each) and for programs (JSON lines).
//!
//! A rendering is linear in what it prints: long lines are cut to a window around each marked place, so that an error
//! in a ten-megabyte line prints as much as any other.

use super::{Diagnostic, Diagnostics, Label, Severity, SourceFile, SourceMap};
use serde::Serialize;
use std::fmt::Write;

/// How diagnostics are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// Message, source lines, markers, notes and helps.
    #[default]
    Human,
    /// `file:line:column: error[E0123]: message`, one line each.
    Short,
    /// One JSON object per line.
    Json,
}

/// Turns diagnostics into text.
#[derive(Clone, Copy, Debug)]
pub struct Renderer<'a> {
    sources: &'a SourceMap,
    format: Format,
    colour: bool,
}

/// Characters of a source line that are shown at most.
const LINE_WIDTH: usize = 140;
/// Characters before a marked place that are kept when its line is cut.
const LINE_LEAD: usize = 50;
const TAB: &str = "    ";

const BOLD: &str = "\x1b[1m";
const BLUE: &str = "\x1b[1;34m";
const RESET: &str = "\x1b[0m";

impl<'a> Renderer<'a> {
    /// A renderer over these sources; `colour` adds ANSI escapes to the human format.
    pub fn new(sources: &'a SourceMap, format: Format, colour: bool) -> Renderer<'a> {
        Renderer { sources, format, colour: colour && format == Format::Human }
    }

    /// Everything a sink kept, in order of position, and a line that counts what it did not keep.
    pub fn render_all(&self, diagnostics: &Diagnostics) -> String {
        let mut out = String::new();
        for diagnostic in diagnostics.sorted() {
            self.render_into(diagnostic, &mut out);
        }
        if self.format != Format::Json {
            for (severity, what) in [(Severity::Error, "errors"), (Severity::Warning, "warnings")] {
                let hidden = diagnostics.hidden(severity);
                if hidden > 0 {
                    let _ = writeln!(out, "… and {hidden} more {what}");
                }
            }
        }
        out
    }

    /// One diagnostic.
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        let mut out = String::new();
        self.render_into(diagnostic, &mut out);
        out
    }

    fn render_into(&self, diagnostic: &Diagnostic, out: &mut String) {
        match self.format {
            Format::Human => self.human(diagnostic, out),
            Format::Short => self.short(diagnostic, out),
            Format::Json => self.json(diagnostic, out),
        }
    }

    fn short(&self, diagnostic: &Diagnostic, out: &mut String) {
        if let Some(place) = diagnostic.primary.as_ref().and_then(|label| self.place(label)) {
            let _ = write!(out, "{place}: ");
        }
        self.heading(diagnostic, out);
    }

    fn heading(&self, diagnostic: &Diagnostic, out: &mut String) {
        let colour = colour_of(diagnostic.severity);
        self.paint(out, colour, |out| {
            out.push_str(diagnostic.severity.name());
            if let Some(code) = diagnostic.code {
                let _ = write!(out, "[{code}]");
            }
        });
        self.paint(out, BOLD, |out| {
            out.push_str(": ");
            out.push_str(&diagnostic.message);
        });
        out.push('\n');
    }

    fn place(&self, label: &Label) -> Option<String> {
        let file = self.sources.get(label.span.file)?;
        let at = self.sources.start_of(label.span)?;
        Some(format!("{}:{}:{}", file.name(), at.line, at.column))
    }

    fn human(&self, diagnostic: &Diagnostic, out: &mut String) {
        self.heading(diagnostic, out);
        let mut marks = self.marks(diagnostic);
        let gutter = marks.iter().map(|mark| decimal_width(mark.line)).max().unwrap_or(1);
        // The file of the primary label comes first, then other files in the order they are mentioned.
        while let Some(first) = marks.first() {
            let file_id = first.label.span.file;
            let (mut here, rest): (Vec<Mark>, Vec<Mark>) =
                marks.into_iter().partition(|mark| mark.label.span.file == file_id);
            marks = rest;
            let arrow = if here[0].is_primary { "-->" } else { ":::" };
            let place = self.place(here[0].label).unwrap_or_default();
            here.sort_by_key(|mark| (mark.line, !mark.is_primary, mark.start));
            self.paint(out, BLUE, |out| {
                let _ = write!(out, "{:gutter$}{arrow} ", "");
            });
            let _ = writeln!(out, "{place}");
            self.rule(gutter, out);
            out.push('\n');
            self.snippet(&here, diagnostic.severity, gutter, out);
        }
        for (kind, lines) in [("note", &diagnostic.notes), ("help", &diagnostic.helps)] {
            for line in lines {
                self.paint(out, BLUE, |out| {
                    let _ = write!(out, "{:gutter$} = ", "");
                });
                self.paint(out, BOLD, |out| out.push_str(kind));
                let _ = writeln!(out, ": {}", line.replace('\n', &format!("\n{:gutter$}         ", "")));
            }
        }
        out.push('\n');
    }

    /// The labels that have source, the primary one first.
    fn marks<'d>(&self, diagnostic: &'d Diagnostic) -> Vec<Mark<'d>>
    where
        'a: 'd,
    {
        let labels = diagnostic.primary.iter().map(|label| (label, true));
        let labels = labels.chain(diagnostic.secondary.iter().map(|label| (label, false)));
        labels
            .filter_map(|(label, is_primary)| {
                let file = self.sources.get(label.span.file)?;
                let (line, _) = file.line_of(label.span.start.min(file.text().len() as u32));
                let range = file.line_range(line);
                let start = (label.span.start as usize).clamp(range.start, range.end);
                let end = (label.span.end as usize).clamp(start, range.end);
                // The text of a file that is no UTF-8 has a longer replacement where the span counts one bad byte.
                let start = file.text().floor_char_boundary(start);
                let end = file.text().ceil_char_boundary(end);
                Some(Mark { label, is_primary, file, line, start, end })
            })
            .collect()
    }

    /// The marked lines of one file, each line once unless it is so long that every mark needs its own window.
    fn snippet(&self, marks: &[Mark], severity: Severity, gutter: usize, out: &mut String) {
        let mut shown: Option<(u32, usize, usize)> = None;
        for mark in marks {
            let (from, to) = window(mark);
            if shown != Some((mark.line, from, to)) {
                if shown.is_some_and(|(line, ..)| line + 1 < mark.line) {
                    self.paint(out, BLUE, |out| out.push_str("...\n"));
                }
                self.paint(out, BLUE, |out| {
                    let _ = write!(out, "{:>gutter$} | ", mark.line);
                });
                self.source_line(mark, from, to, out);
                shown = Some((mark.line, from, to));
            }
            self.rule(gutter, out);
            let text = mark.file.text();
            let cut = if from > mark.file.line_range(mark.line).start { 1 } else { 0 };
            let indent = display_width(&text[from..mark.start]) + cut;
            let width = display_width(&text[mark.start..mark.end.min(to)]).max(1);
            let (sign, colour) = if mark.is_primary { ("^", colour_of(severity)) } else { ("-", BLUE) };
            let _ = write!(out, " {:indent$}", "");
            self.paint(out, colour, |out| {
                out.push_str(&sign.repeat(width));
                if !mark.label.text.is_empty() {
                    out.push(' ');
                    out.push_str(&mark.label.text);
                }
            });
            out.push('\n');
        }
        self.rule(gutter, out);
        out.push('\n');
    }

    fn source_line(&self, mark: &Mark, from: usize, to: usize, out: &mut String) {
        let line = mark.file.line_range(mark.line);
        if from > line.start {
            out.push('…');
        }
        for c in mark.file.text()[from..to].chars() {
            match c {
                '\t' => out.push_str(TAB),
                c if is_unprintable(c) => out.push('\u{FFFD}'),
                c => out.push(c),
            }
        }
        out.push_str(if to < line.end { "…\n" } else { "\n" });
    }

    fn rule(&self, gutter: usize, out: &mut String) {
        self.paint(out, BLUE, |out| {
            let _ = write!(out, "{:gutter$} |", "");
        });
    }

    fn paint(&self, out: &mut String, colour: &str, write: impl FnOnce(&mut String)) {
        if self.colour {
            out.push_str(colour);
        }
        write(out);
        if self.colour {
            out.push_str(RESET);
        }
    }

    fn json(&self, diagnostic: &Diagnostic, out: &mut String) {
        let labels = diagnostic.primary.iter().map(|label| (label, true));
        let labels = labels.chain(diagnostic.secondary.iter().map(|label| (label, false)));
        let spans = labels.filter_map(|(label, is_primary)| {
            let start = self.sources.start_of(label.span)?;
            let end = self.sources.end_of(label.span)?;
            Some(JsonSpan {
                file: self.sources.get(label.span.file)?.name(),
                byte_start: label.span.start,
                byte_end: label.span.end,
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                is_primary,
                label: &label.text,
            })
        });
        let mut rendered = String::new();
        Renderer::new(self.sources, Format::Human, false).human(diagnostic, &mut rendered);
        let message = JsonDiagnostic {
            severity: diagnostic.severity.name(),
            code: diagnostic.code.map(|code| code.to_string()),
            message: &diagnostic.message,
            spans: spans.collect(),
            notes: &diagnostic.notes,
            helps: &diagnostic.helps,
            rendered,
        };
        // Strings and numbers only: there is nothing in it that JSON could refuse.
        if let Ok(line) = serde_json::to_string(&message) {
            out.push_str(&line);
            out.push('\n');
        }
    }
}

/// A label with its first line; a label over several lines is marked on the first.
struct Mark<'a> {
    label: &'a Label,
    is_primary: bool,
    file: &'a SourceFile,
    line: u32,
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct JsonSpan<'a> {
    file: &'a str,
    byte_start: u32,
    byte_end: u32,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    is_primary: bool,
    label: &'a str,
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    severity: &'static str,
    code: Option<String>,
    message: &'a str,
    spans: Vec<JsonSpan<'a>>,
    notes: &'a [String],
    helps: &'a [String],
    rendered: String,
}

fn colour_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\x1b[1;31m",
        Severity::Warning => "\x1b[1;33m",
        Severity::Note => "\x1b[1;32m",
        Severity::Help => "\x1b[1;36m",
    }
}

/// The bytes of a mark's line that are shown: all of a short line, else a window around the mark.
fn window(mark: &Mark) -> (usize, usize) {
    let text = mark.file.text();
    let line = mark.file.line_range(mark.line);
    if line.len() <= LINE_WIDTH {
        return (line.start, line.end);
    }
    let before = text[line.start..mark.start].char_indices().rev().take(LINE_LEAD).last();
    let from = before.map_or(mark.start, |(at, _)| line.start + at);
    let after = text[from..line.end].char_indices().nth(LINE_WIDTH);
    (from, after.map_or(line.end, |(at, _)| from + at))
}

/// Control characters and direction overrides, which could make a terminal show something else than the file.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn display_width(text: &str) -> usize {
    text.chars().map(|c| if c == '\t' { TAB.len() } else { 1 }).sum()
}

fn decimal_width(n: u32) -> usize {
    n.checked_ilog10().unwrap_or(0) as usize + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Span};

    fn human(text: &str, build: impl FnOnce(&dyn Fn(u32, u32) -> Span) -> Diagnostic) -> String {
        let mut sources = SourceMap::new();
        let file = sources.add("a.spl", text);
        let diagnostic = build(&|start, end| Span::new(file, start, end));
        Renderer::new(&sources, Format::Human, false).render(&diagnostic)
    }

    #[test]
    fn primary_and_secondary_places_are_marked() {
        let out = human("val a = 1\nval b = 2\n\nval\tä = a + c\n", |at| {
            Diagnostic::error(Code::Internal, "no such name")
                .at(at(34, 35), "here")
                .also(at(4, 5), "similar")
                .help("did you mean `a`?")
                .note("names are looked up inside out")
        });
        let expected = "\
error[E0900]: no such name
 --> a.spl:4:13
  |
1 | val a = 1
  |     - similar
...
4 | val    ä = a + c
  |                ^ here
  |
  = note: names are looked up inside out
  = help: did you mean `a`?

";
        assert_eq!(out, expected);
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let text = format!("{}X{}", "ä".repeat(1_000_000), "b".repeat(1_000_000));
        let out = human(&text, |at| Diagnostic::error(Code::Internal, "m").at(at(2_000_000, 2_000_001), "l"));
        assert!(out.contains("a.spl:1:1000001\n"));
        assert!(out.len() < 1_000, "{} bytes", out.len());
        let lines: Vec<&str> = out.lines().collect();
        let column = |line: &str, c: char| line.chars().position(|x| x == c);
        assert_eq!(column(lines[3], 'X'), column(lines[4], '^'));
    }

    #[test]
    fn marks_past_the_end_and_terminal_escapes_are_harmless() {
        let out = human("a\x1b[31m", |at| Diagnostic::error(Code::Internal, "m").at(at(6, 90), ""));
        assert!(out.contains("1 | a\u{FFFD}[31m\n") && out.contains('^'));
    }

    #[test]
    fn short_and_json() {
        let mut sources = SourceMap::new();
        let file = sources.add("a \"b\".spl", "x\ny z\n");
        let d = Diagnostic::warning(Code::Usage, "say \"hi\"").at(Span::new(file, 4, 5), "l");
        let short = Renderer::new(&sources, Format::Short, true).render(&d);
        assert_eq!(short, "a \"b\".spl:2:3: warning[E0803]: say \"hi\"\n");
        let json = Renderer::new(&sources, Format::Json, true).render(&d);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["message"], "say \"hi\"");
        assert_eq!(value["spans"][0]["column"], 3);
        assert_eq!(json.lines().count(), 1);
    }

    #[test]
    fn hidden_errors_are_counted() {
        let sources = SourceMap::new();
        let mut sink = Diagnostics::with_limit(1);
        for i in 0..3 {
            sink.push(Diagnostic::error(Code::Usage, format!("e{i}")));
        }
        let out = Renderer::new(&sources, Format::Short, false).render_all(&sink);
        assert_eq!(out, "error[E0803]: e0\n… and 2 more errors\n");
    }
}
