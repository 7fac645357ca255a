//! Remembering what clang made of modules: each under a hash of everything that it depends on.
//!
//! An entry begins with the hash of what follows, so that damage of any kind is a miss. The ones that were used last stay when
//! there are too many. As in the cache of answers, what cannot be read or written is no error.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::cache::Identity;
use super::compile::{CompileJob, compile};
use super::error::ToolchainError;
use super::output::Pending;
use super::probe::Llvm;
use super::run::Runner;
use super::search::Search;

/// Bytes that entries may have together.
const LIMIT: u64 = 512 << 20;

/// Bytes of the hash before an entry.
const HASH: usize = blake3::OUT_LEN;

/// As [`compile`], but does not run clang for a module that the cache of the search holds: then the entry. Where the
/// search is to verify its cache, clang runs and must make the same.
///
/// # Errors
/// As for [`compile`]; [`ToolchainError::CacheDiffers`].
pub fn compile_once(
    llvm: &Llvm,
    job: &CompileJob<'_>,
    search: &Search,
    runner: &dyn Runner,
) -> Result<Option<PathBuf>, ToolchainError> {
    let Some(cache) = &search.cache else { return compile(llvm, job, runner).map(|()| None) };
    let folder = Objects(cache).folder();
    let entry = folder.join(key(llvm, job));
    let known = read(&entry);
    if search.verify_cache
        && let Some(known) = &known
    {
        compile(llvm, job, runner)?;
        return match std::fs::read(job.output) {
            Ok(made) if made == *known => Ok(None),
            Ok(_) | Err(_) => Err(ToolchainError::CacheDiffers { entry }),
        };
    }
    if let Some(bytes) = known {
        let pending = Pending::beside(job.output)?;
        std::fs::write(pending.path(), bytes).map_err(|error| ToolchainError::CannotWrite {
            path: job.output.to_owned(),
            why: error.to_string(),
        })?;
        pending.publish()?;
        return Ok(Some(entry));
    }
    compile(llvm, job, runner)?;
    // A failure here only means that clang runs again.
    let _ = write(&folder, &entry, job.output, LIMIT);
    Ok(None)
}

/// The cache of objects below a folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Objects<'a>(pub &'a Path);

impl Objects<'_> {
    pub fn folder(self) -> PathBuf {
        self.0.join("objects")
    }
}

/// The name of an entry: what is compiled, by what, and how.
fn key(llvm: &Llvm, job: &CompileJob<'_>) -> String {
    // The program that runs may be a wrapper of the one whose version is known.
    let llc = llvm.llc.as_deref().and_then(Identity::of);
    let identity = format!("{:?} {:?} {llc:?}", llvm.identity, Identity::of(&llvm.clang));
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    for text in [env!("CARGO_PKG_VERSION"), &llvm.version_line, &identity, job.triple, job.level.flag()] {
        part(text.as_bytes());
    }
    part(format!("{:?} {}", job.product, job.sections).as_bytes());
    for arg in job.llvm_args {
        part(arg.as_bytes());
    }
    part(job.module);
    hasher.finalize().to_hex().to_string()
}

/// What an entry holds, if it is whole.
fn read(entry: &Path) -> Option<Vec<u8>> {
    let mut bytes = std::fs::read(entry).ok()?;
    if bytes.len() < HASH {
        return None;
    }
    let content = bytes.split_off(HASH);
    if blake3::hash(&content).as_bytes()[..] != bytes[..] {
        return None;
    }
    // It was used just now, and stays longer than others.
    let used = std::fs::File::options().append(true).open(entry);
    let _ = used.and_then(|file| file.set_modified(SystemTime::now()));
    Some(content)
}

/// Puts a file into the cache; readers see all of it or nothing.
fn write(folder: &Path, entry: &Path, output: &Path, limit: u64) -> Option<()> {
    let content = std::fs::read(output).ok()?;
    std::fs::create_dir_all(folder).ok()?;
    let mut temporary = tempfile::Builder::new().prefix(".new-").tempfile_in(folder).ok()?;
    temporary.write_all(blake3::hash(&content).as_bytes()).ok()?;
    temporary.write_all(&content).ok()?;
    temporary.persist(entry).ok()?;
    trim(folder, limit)
}

/// Deletes entries, those first that were not used for longest, until the rest is well below the limit.
fn trim(folder: &Path, limit: u64) -> Option<()> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let Ok(facts) = entry.metadata() else { continue };
        entries.push((facts.modified().ok()?, facts.len(), entry.path()));
    }
    let mut bytes: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
    if bytes <= limit {
        return Some(());
    }
    entries.sort();
    for (_, size, path) in entries {
        if bytes <= limit / 4 * 3 {
            break;
        }
        if std::fs::remove_file(path).is_ok() {
            bytes -= size;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_whole_or_missing() {
        let folder = tempfile::tempdir().unwrap();
        let (output, entry) = (folder.path().join("a.o"), folder.path().join("objects/key"));
        std::fs::write(&output, "object").unwrap();
        assert_eq!(read(&entry), None);
        write(&folder.path().join("objects"), &entry, &output, LIMIT).unwrap();
        assert_eq!(read(&entry).as_deref(), Some(&b"object"[..]));
        let whole = std::fs::read(&entry).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[..10], &[], &[&whole[..], &b"x"[..]].concat()] {
            std::fs::write(&entry, damaged).unwrap();
            assert_eq!(read(&entry), None);
        }
        // A folder that cannot be made is no reason to fail.
        assert_eq!(write(&output, &output.join("key"), &output, LIMIT), None);
    }

    #[test]
    fn what_was_used_last_stays() {
        let folder = tempfile::tempdir().unwrap();
        let objects = folder.path().join("objects");
        let output = folder.path().join("a.o");
        std::fs::write(&output, vec![7; 100]).unwrap();
        let size = 100 + HASH as u64;
        for name in ["one", "two", "three"] {
            write(&objects, &objects.join(name), &output, 3 * size).unwrap();
            let old = std::fs::File::options().append(true).open(objects.join(name)).unwrap();
            let age = std::time::Duration::from_secs(if name == "one" { 2000 } else { 1000 });
            old.set_modified(SystemTime::now() - age).unwrap();
        }
        assert!(read(&objects.join("one")).is_some());
        write(&objects, &objects.join("four"), &output, 3 * size).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(&objects).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["four", "one"]);
    }
}
