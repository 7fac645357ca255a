//! Remembering answers of tools: small files named by a hash of everything the answer depends on.
//!
//! An entry that cannot be read, or is not what was expected, does not exist; one that cannot be written is not
//! worth an error.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::objects::Objects;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What tells one build of a tool from another at the same path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    path: PathBuf,
    bytes: u64,
    modified_nanos: u128,
}

impl Identity {
    /// The identity of the file at `path`; `None` if there is none.
    pub fn of(path: &Path) -> Option<Identity> {
        let facts = std::fs::metadata(path).ok()?;
        let modified_nanos = facts.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        Some(Identity { path: path.to_owned(), bytes: facts.len(), modified_nanos })
    }
}

/// How much lies in the cache.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Stored {
    /// Answers of tools.
    pub answers: usize,
    /// Modules compiled by LLVM.
    pub objects: usize,
    /// The bytes of all.
    pub bytes: u64,
}

/// The cache below a folder, or none.
#[derive(Clone, Copy, Debug)]
pub struct Cache<'a>(pub Option<&'a Path>);

impl Cache<'_> {
    /// The answer to `question` by the tool of that identity.
    pub fn get<T: DeserializeOwned>(self, question: &str, tool: &Identity) -> Option<T> {
        let text = std::fs::read(self.file(question, tool)?).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Remembers an answer. Readers in other processes see the old one or this, never a part.
    pub fn put<T: Serialize>(self, question: &str, tool: &Identity, answer: &T) {
        // Every failure here only means that the tool is asked again.
        let _ = self.try_put(question, tool, answer);
    }

    fn try_put<T: Serialize>(self, question: &str, tool: &Identity, answer: &T) -> Option<()> {
        let file = self.file(question, tool)?;
        let folder = file.parent()?;
        std::fs::create_dir_all(folder).ok()?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder).ok()?;
        temporary.write_all(&serde_json::to_vec(answer).ok()?).ok()?;
        temporary.persist(&file).ok()?;
        Some(())
    }

    /// What lies in it.
    pub fn stored(self) -> Stored {
        let mut stored = Stored::default();
        let mut count = |folder: PathBuf| {
            let mut number = 0;
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                number += 1;
                stored.bytes += entry.metadata().map_or(0, |facts| facts.len());
            }
            number
        };
        let answers = self.folder().map_or(0, &mut count);
        let objects = self.0.map_or(0, |cache| count(Objects(cache).folder()));
        Stored { answers, objects, ..stored }
    }

    /// Forgets everything; what there was.
    ///
    /// # Errors
    /// Of the file system.
    pub fn clear(self) -> std::io::Result<Stored> {
        let stored = self.stored();
        for folder in self.folder().into_iter().chain(self.0.map(|cache| Objects(cache).folder())) {
            match std::fs::remove_dir_all(folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(stored)
    }

    fn folder(self) -> Option<PathBuf> {
        Some(self.0?.join("toolchain"))
    }

    fn file(self, question: &str, tool: &Identity) -> Option<PathBuf> {
        let folder = self.folder()?;
        let mut hasher = blake3::Hasher::new();
        for part in [env!("CARGO_PKG_VERSION"), question] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        hasher.update(tool.path.as_os_str().as_encoded_bytes());
        hasher.update(&tool.bytes.to_le_bytes()).update(&tool.modified_nanos.to_le_bytes());
        Some(folder.join(format!("{}.json", &hasher.finalize().to_hex()[..32])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_belong_to_question_and_tool_and_damage_is_a_miss() {
        let folder = tempfile::tempdir().unwrap();
        let tool = folder.path().join("tool");
        std::fs::write(&tool, "one").unwrap();
        let old = Identity::of(&tool).unwrap();
        let cache = Cache(Some(folder.path()));
        cache.put("layout", &old, &"e-m:e".to_owned());
        assert_eq!(cache.get::<String>("layout", &old).as_deref(), Some("e-m:e"));
        assert_eq!(cache.get::<String>("version", &old), None);
        assert_eq!(cache.get::<u32>("layout", &old), None, "another kind of answer");

        std::fs::write(&tool, "longer").unwrap();
        let new = Identity::of(&tool).unwrap();
        assert_eq!(cache.get::<String>("layout", &new), None, "the tool was replaced");

        for entry in std::fs::read_dir(folder.path().join("toolchain")).unwrap() {
            std::fs::write(entry.unwrap().path(), "\"e-m").unwrap();
        }
        assert_eq!(cache.get::<String>("layout", &old), None);
        assert_eq!(cache.clear().unwrap(), Stored { answers: 1, bytes: 4, objects: 0 });
        assert_eq!(cache.clear().unwrap(), Stored::default());
        assert_eq!(Identity::of(&folder.path().join("none")), None);
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let tool = Identity::of(&file).unwrap();
        Cache(Some(&file)).put("layout", &tool, &1);
        assert_eq!(Cache(Some(&file)).get::<u32>("layout", &tool), None);
        Cache(None).put("layout", &tool, &1);
        assert_eq!(Cache(None).get::<u32>("layout", &tool), None);
    }
}
