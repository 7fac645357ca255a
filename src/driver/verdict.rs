//! What became of an example, and why it failed.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::hir::LABELS;

/// What became of an example.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// What went wrong, if anything did.
    pub failure: Option<Failure>,
    /// What it wrote to standard output.
    pub output: String,
    /// What it wrote to standard error, but for the failure.
    pub errors: String,
    /// How long it ran.
    pub time: Duration,
}

impl Verdict {
    /// It in a word.
    pub fn outcome(&self) -> Outcome {
        self.failure.as_ref().map_or(Outcome::Passed, |failure| failure.outcome)
    }
}

/// What became of an example, in a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It ran to its end.
    Passed,
    /// Something does not hold.
    Failed,
    /// It was stopped when its time was over.
    TimedOut,
    /// It does not compile: the program of a document.
    NotCompiled,
}

/// Why an example failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// In which way: not [`Outcome::Passed`].
    pub outcome: Outcome,
    /// What is wrong.
    pub message: String,
    /// The values that decided.
    pub values: Vec<Shown>,
    /// Where, `file:line:column`, if that is known.
    pub place: Option<String>,
    /// The calls that led to it, the innermost first, in builds that keep account of them; each as the program says it.
    pub calls: Vec<String>,
}

/// Values that decided that an expectation does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Shown {
    /// The part of the condition that they belong to, if that is not all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// On the left of its operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    /// On the right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
}

/// How the lines begin that tell of calls behind the place of a panic (runtime/panic.spl).
const CALLS: [&str; 2] = ["  called at ", "  and "];

impl Shown {
    fn fields(&mut self) -> [&mut Option<String>; 3] {
        [&mut self.part, &mut self.left, &mut self.right]
    }
}

impl Failure {
    /// A failure of which nothing but this is known.
    pub fn new(outcome: Outcome, message: impl Into<String>) -> Failure {
        Failure { outcome, message: message.into(), values: Vec::new(), place: None, calls: Vec::new() }
    }

    /// The first panic that a program wrote to standard error, and what else it wrote there.
    pub fn of_panic(stderr: &str) -> Option<(Failure, String)> {
        let start = if stderr.starts_with("panic: ") { 0 } else { stderr.find("\npanic: ")? + 1 };
        let mut failure = Failure::new(Outcome::Failed, "");
        let mut lines = stderr[start + "panic: ".len()..].split_inclusive('\n').peekable();
        let mut message: Vec<&str> = Vec::new();
        for line in lines.by_ref() {
            let line = line.strip_suffix('\n').unwrap_or(line);
            if let Some(place) = line.strip_prefix("  at ") {
                failure.place = Some(place.to_owned());
                break;
            }
            message.push(line);
        }
        while let Some(call) = lines.next_if(|line| CALLS.iter().any(|start| line.starts_with(start))) {
            failure.calls.push(call.trim().to_owned());
        }
        let is_value = |line: &&str| LABELS.iter().any(|label| line.starts_with(label));
        let values = message.iter().position(is_value).unwrap_or(message.len());
        failure.message = message[..values].join("\n");
        for line in &message[values..] {
            failure.add_value(line);
        }
        Some((failure, stderr[..start].to_owned() + &lines.collect::<String>()))
    }

    /// Adds a line of values; one without a label goes on with the value above it.
    fn add_value(&mut self, line: &str) {
        let label = LABELS.iter().position(|label| line.starts_with(label));
        let is_next = label.is_some_and(|label| {
            self.values
                .last_mut()
                .is_none_or(|last| last.fields()[label..].iter().any(|field| field.is_some()))
        });
        if is_next {
            self.values.push(Shown::default());
        }
        let Some(last) = self.values.last_mut() else { return };
        match label {
            Some(label) => *last.fields()[label] = Some(line[LABELS[label].len()..].to_owned()),
            None => {
                if let Some(value) = last.fields().into_iter().rev().find_map(|field| field.as_mut()) {
                    value.push('\n');
                    value.push_str(line);
                }
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        for Shown { part, left, right } in &self.values {
            for (label, value) in LABELS.iter().zip([part, left, right]) {
                if let Some(value) = value {
                    write!(f, "\n{label}{value}")?;
                }
            }
        }
        if let Some(place) = &self.place {
            write!(f, "\n  at {place}")?;
        }
        self.calls.iter().try_for_each(|call| write!(f, "\n  {call}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_taken_apart_and_shown_as_it_was() {
        let text = "a\nb or c\n  part:  b\n  left:  1\n  right: P(\n2)\n  part:  c\n  at f.spl:1:2\n  called at f.spl:3:4 in g\n  and 2 more";
        let (failure, rest) =
            Failure::of_panic(&format!("before\npanic: {text}\nbehind\npanic: no")).expect("a panic");
        assert_eq!(failure.to_string(), text);
        assert_eq!(rest, "before\nbehind\npanic: no");
        assert_eq!((failure.message.as_str(), failure.place.as_deref()), ("a\nb or c", Some("f.spl:1:2")));
        let some = |text: &str| Some(text.to_owned());
        let first = Shown { part: some("b"), left: some("1"), right: some("P(\n2)") };
        assert_eq!(failure.values, [first, Shown { part: some("c"), ..Shown::default() }]);
        assert_eq!(failure.calls, ["called at f.spl:3:4 in g", "and 2 more"]);
        let (plain, rest) = Failure::of_panic("panic: x").expect("a panic");
        assert_eq!((plain, rest.as_str()), (Failure::new(Outcome::Failed, "x"), ""));
        assert_eq!(Failure::of_panic("don't panic: x"), None);
    }
}
