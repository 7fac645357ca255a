//! Files the user gets: whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diagnostics::{Code, Diagnostic};
use crate::toolchain::{Pending, Temporary, ToolchainError};

/// An output being made.
pub(super) struct Staged {
    place: Place,
    destination: PathBuf,
}

enum Place {
    /// Beside the destination, to be renamed.
    Beside(Pending),
    /// Elsewhere, to be copied: the destination is a device or a pipe, which a rename would replace by a file.
    Elsewhere { folder: Temporary, file: PathBuf },
}

impl Staged {
    /// A place for what will be at `destination`.
    ///
    /// # Errors
    /// [`Code::CannotWrite`].
    pub fn new(destination: &Path) -> Result<Staged, Diagnostic> {
        let is_special =
            std::fs::metadata(destination).is_ok_and(|facts| !facts.is_file() && !facts.is_dir());
        let place = if is_special {
            let folder = scratch()?;
            let file = folder.path().join("output");
            Place::Elsewhere { folder, file }
        } else {
            Place::Beside(Pending::beside(destination).map_err(|error| error.diagnostic())?)
        };
        Ok(Staged { place, destination: destination.to_owned() })
    }

    /// Where to write it.
    pub fn path(&self) -> &Path {
        match &self.place {
            Place::Beside(pending) => pending.path(),
            Place::Elsewhere { file, .. } => file,
        }
    }

    /// Where it will be.
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`Code::CannotWrite`].
    pub fn write(&self, bytes: &[u8]) -> Result<(), Diagnostic> {
        std::fs::write(self.path(), bytes).map_err(|error| cannot_write(&self.destination, &error))
    }

    /// An error of a tool that was told to write to [`Staged::path`], in terms of the destination.
    pub fn explain(&self, error: ToolchainError) -> ToolchainError {
        match error {
            ToolchainError::CannotWrite { why, .. } => {
                ToolchainError::CannotWrite { path: self.destination.clone(), why }
            }
            other => other,
        }
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// [`Code::CannotWrite`].
    pub fn publish(self) -> Result<(), Diagnostic> {
        match self.place {
            Place::Beside(pending) => pending.publish().map_err(|error| error.diagnostic()),
            Place::Elsewhere { folder, file } => {
                let copied = copy_into(&file, &self.destination);
                drop(folder);
                copied.map_err(|error| cannot_write(&self.destination, &error))
            }
        }
    }
}

fn copy_into(file: &Path, destination: &Path) -> io::Result<()> {
    let bytes = std::fs::read(file)?;
    let mut device = std::fs::OpenOptions::new().write(true).open(destination)?;
    device.write_all(&bytes)?;
    device.flush()
}

/// A folder for intermediate files that vanishes with the value.
///
/// # Errors
/// [`Code::CannotWrite`].
pub(super) fn scratch() -> Result<Temporary, Diagnostic> {
    Temporary::new().map_err(|error| cannot_write(&std::env::temp_dir(), &error))
}

/// The error of a file that could not be written.
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Diagnostic {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such directory".to_owned(),
        io::ErrorKind::StorageFull => "no space left on device".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Diagnostic::error(Code::CannotWrite, format!("cannot write {}: {why}", path.display()))
}
