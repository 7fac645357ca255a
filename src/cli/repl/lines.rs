//! Lines of input: edited on a terminal, read as they are otherwise.

use std::io::{self, BufRead, IsTerminal};

/// Where lines come from.
pub enum Lines {
    /// A terminal, where a line is edited and earlier ones come back.
    #[cfg(feature = "line-editing")]
    Edited(Box<rustyline::DefaultEditor>),
    /// Anything else.
    Plain,
}

impl Lines {
    /// The lines of standard input.
    pub fn new() -> Lines {
        #[cfg(feature = "line-editing")]
        if io::stdin().is_terminal()
            && io::stdout().is_terminal()
            && let Ok(editor) = rustyline::DefaultEditor::new()
        {
            return Lines::Edited(Box::new(editor));
        }
        Lines::Plain
    }

    /// Whether somebody sits there and waits for answers.
    pub fn is_terminal(&self) -> bool {
        match self {
            #[cfg(feature = "line-editing")]
            Lines::Edited(_) => true,
            Lines::Plain => io::stdin().is_terminal() && io::stdout().is_terminal(),
        }
    }

    /// The next line, without its end.
    pub fn next(&mut self, prompt: &str) -> Line {
        match self {
            #[cfg(feature = "line-editing")]
            Lines::Edited(editor) => match editor.readline(prompt) {
                Ok(line) => {
                    // A line that is not remembered is no reason to stop.
                    let _ = editor.add_history_entry(line.as_str());
                    Line::Text(line)
                }
                Err(rustyline::error::ReadlineError::Interrupted) => Line::Dropped,
                Err(_) => Line::End,
            },
            Lines::Plain => {
                let mut line = Vec::new();
                match io::stdin().lock().read_until(b'\n', &mut line) {
                    Ok(1..) => {
                        Line::Text(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned())
                    }
                    Ok(0) | Err(_) => Line::End,
                }
            }
        }
    }
}

/// What was read.
pub enum Line {
    /// A line.
    Text(String),
    /// The user takes back what was entered so far.
    Dropped,
    /// There is no more.
    End,
}
