//! The file to compile.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::session::{Failed, Session};
use crate::diagnostics::{Code, Diagnostic, FileId, MAX_SOURCE_BYTES};
use crate::syntax::check_utf8;

/// The language of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Simple.
    Simple,
    /// MIR text.
    Mir,
}

/// A file to compile, or standard input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    path: PathBuf,
    /// A program in the file, if that is meant.
    part: Option<String>,
}

impl Input {
    /// The input of that name; `-` is standard input.
    pub fn new(path: impl Into<PathBuf>) -> Input {
        Input { path: path.into(), part: None }
    }

    /// A program that stands in a file; it has the name of the file.
    pub fn part(path: impl Into<PathBuf>, text: impl Into<String>) -> Input {
        Input { path: path.into(), part: Some(text.into()) }
    }

    /// Whether it is the whole file.
    pub(super) fn is_whole(&self) -> bool {
        self.part.is_none()
    }

    /// The path, unless it is standard input.
    pub fn path(&self) -> Option<&Path> {
        (self.path != Path::new("-")).then_some(&self.path)
    }

    /// The name in messages.
    pub fn name(&self) -> String {
        self.path().map_or("<stdin>".to_owned(), |path| path.display().to_string())
    }

    /// What outputs are named after.
    pub fn stem(&self) -> String {
        let stem = self.path().and_then(Path::file_stem);
        stem.map_or("main".to_owned(), |stem| stem.to_string_lossy().into_owned())
    }

    /// MIR if its name ends in `.mir`, Simple otherwise.
    pub fn kind(&self) -> Kind {
        if self.path.extension().is_some_and(|extension| extension == "mir") {
            Kind::Mir
        } else {
            Kind::Simple
        }
    }

    /// Reads it into the session's sources.
    ///
    /// # Errors
    /// [`Code::CannotRead`], [`Code::SourceTooLarge`] and [`Code::InvalidUtf8`], pushed into the session.
    pub(super) fn read(&self, session: &mut Session<'_>) -> Result<FileId, Failed> {
        if let Some(text) = &self.part {
            return Ok(session.sources.add(self.name(), text.as_str()));
        }
        let bytes = read(self.path()).map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "there is no such file".to_owned(),
                io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
                io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
                _ => error.to_string(),
            };
            let message = format!("cannot read `{}`: {why}", self.name());
            session.fail(Diagnostic::error(Code::CannotRead, message))
        })?;
        session.inputs.extend(self.path().map(Path::to_owned));
        if bytes.len() > MAX_SOURCE_BYTES {
            let message = format!("`{}` is longer than {MAX_SOURCE_BYTES} bytes", self.name());
            return Err(session.fail(Diagnostic::error(Code::SourceTooLarge, message)));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(session.sources.add(self.name(), text)),
            Err(error) => {
                // The place and a little more is all that a message shows.
                let shown = error.as_bytes().len().min(error.utf8_error().valid_up_to() + 256);
                let text = String::from_utf8_lossy(&error.as_bytes()[..shown]).into_owned();
                let file = session.sources.add(self.name(), text);
                match check_utf8(file, error.as_bytes()) {
                    Ok(_) => Ok(file),
                    Err(error) => Err(session.fail(error)),
                }
            }
        }
    }
}

/// One byte more than may be is read, so that an endless file is refused and not read to its end.
fn read(path: Option<&Path>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = MAX_SOURCE_BYTES as u64 + 1;
    match path {
        None => io::stdin().lock().take(limit).read_to_end(&mut bytes)?,
        Some(path) => {
            let file = std::fs::File::open(path)?;
            bytes.reserve(file.metadata().map_or(0, |facts| facts.len().min(limit) as usize));
            file.take(limit).read_to_end(&mut bytes)?
        }
    };
    Ok(bytes)
}
