//! What one error, warning or remark says.

use super::{Code, Span};

/// How bad it is, worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Nothing is produced.
    Error,
    /// Something is produced, and is probably not what was wanted.
    Warning,
    /// A remark.
    Note,
    /// A proposal.
    Help,
}

impl Severity {
    /// The word in front of the message.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
            Severity::Help => "help",
        }
    }
}

/// A place and what to say about it (possibly nothing).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The source text it points at.
    pub span: Span,
    /// Words shown beside the marked text; may be empty.
    pub text: String,
}

/// One message to the user. Messages start with a small letter and end without a full stop.
///
/// ```
/// use simplec::diagnostics::{Code, Diagnostic, Span};
/// let d = Diagnostic::error(Code::UnterminatedText, "text literal is not closed")
///     .at(Span::NONE, "opened here")
///     .help("add a closing `\"`");
/// assert!(d.is_error());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a diagnostic does nothing until it is pushed or returned"]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its entry in `simplec explain`.
    pub code: Option<Code>,
    /// What happened.
    pub message: String,
    /// The offending place, if there is one.
    pub primary: Option<Label>,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// Facts that explain it.
    pub notes: Vec<String>,
    /// What to do next.
    pub helps: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic of any severity.
    pub fn new(severity: Severity, code: Option<Code>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity,
            code,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// An error.
    pub fn error(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, Some(code), message)
    }

    /// A warning.
    pub fn warning(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, Some(code), message)
    }

    /// A fault of the compiler itself, never of the program: an invariant that did not hold.
    pub fn internal(message: impl std::fmt::Display) -> Diagnostic {
        Diagnostic::error(Code::Internal, format!("internal compiler error: {message}"))
            .note("this is a bug in simplec, not in your program")
            .help("report it together with the source file and the command line")
    }

    /// Points at the offending place.
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.primary = Some(Label { span, text: label.into() });
        self
    }

    /// Points at another place that explains it.
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { span, text: label.into() });
        self
    }

    /// Adds a fact.
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// Adds a proposal.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.helps.push(help.into());
        self
    }

    /// Whether it stops the compilation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The primary span, or [`Span::NONE`].
    pub fn span(&self) -> Span {
        self.primary.as_ref().map_or(Span::NONE, |label| label.span)
    }
}
