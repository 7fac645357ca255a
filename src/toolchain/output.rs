//! Writing an output beside its destination and renaming it: a tool that fails half-way leaves nothing behind, and
//! nobody ever sees half a file.

use std::io;
use std::path::{Path, PathBuf};

use super::error::ToolchainError;
use super::temporary::Temporary;

/// A place for an output that is not there yet. Dropped without [`Pending::publish`], it leaves nothing.
#[derive(Debug)]
pub struct Pending {
    // A folder, not a file: tools give a file that they make themselves the right permissions.
    folder: Temporary,
    temporary: PathBuf,
    destination: PathBuf,
}

impl Pending {
    /// A place beside `destination`, on the same file system.
    ///
    /// # Errors
    /// [`ToolchainError::CannotWrite`] when its folder is missing or closed to us, or it is a folder itself.
    pub fn beside(destination: &Path) -> Result<Pending, ToolchainError> {
        let cannot = |why: String| ToolchainError::CannotWrite { path: destination.to_owned(), why };
        if destination.is_dir() {
            return Err(cannot("it is a folder".to_owned()));
        }
        let name = destination.file_name().ok_or_else(|| cannot("it names no file".to_owned()))?;
        let parent = match destination.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            Some(_) | None => Path::new("."),
        };
        let folder = Temporary::within(parent, ".simplec-").map_err(|error| {
            cannot(match error.kind() {
                // A folder of the kernel's is there, and has no room for others' files.
                io::ErrorKind::NotFound if parent.is_dir() => {
                    format!("nothing can be made in {}: {error}", parent.display())
                }
                io::ErrorKind::NotFound => format!("there is no folder {}", parent.display()),
                _ => error.to_string(),
            })
        })?;
        let temporary = folder.path().join(name);
        Ok(Pending { folder, temporary, destination: destination.to_owned() })
    }

    /// Where the tool is to write.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Whether the tool has written something.
    pub fn is_written(&self) -> bool {
        std::fs::metadata(&self.temporary).is_ok_and(|facts| facts.is_file() && facts.len() > 0)
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// [`ToolchainError::CannotWrite`].
    pub fn publish(self) -> Result<(), ToolchainError> {
        std::fs::rename(&self.temporary, &self.destination).map_err(|error| ToolchainError::CannotWrite {
            path: self.destination,
            why: error.to_string(),
        })?;
        drop(self.folder);
        Ok(())
    }
}
