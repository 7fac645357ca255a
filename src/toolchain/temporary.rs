//! Folders for files that are not there to stay. They vanish with their value, and when a signal ends the process.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Those that are there: a process that a signal ends runs no destructors.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn folders() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder that is removed, with what is in it, when the value is dropped.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// A folder among the system's temporary files.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new() -> io::Result<Temporary> {
        Temporary::within(&std::env::temp_dir(), "simplec-")
    }

    /// A folder in another one, with a name that begins so.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn within(parent: &Path, prefix: &str) -> io::Result<Temporary> {
        // None is made that a signal at this moment would not find.
        let mut folders = folders();
        let path = tempfile::Builder::new().prefix(prefix).tempdir_in(parent)?.keep();
        folders.insert(path.clone());
        Ok(Temporary { path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
        folders().remove(&self.path);
    }
}

/// From now on the signals by which users and systems end a process remove its temporary folders first. A signal that is
/// ignored, as under `nohup`, stays so.
#[cfg(unix)]
pub fn remove_on_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let wanted = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|&signal| !is_ignored(signal));
    // Without a handler the folders stay, as they did before there was one.
    let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else { return };
    let wait = move || {
        for signal in signals.forever() {
            let folders = folders();
            for folder in &*folders {
                let _ = std::fs::remove_dir_all(folder);
            }
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    };
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
}

#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    // SAFETY: all zero is a value of the structure, which the call fills in; it changes nothing.
    let action = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action);
        action
    };
    action.sa_sigaction == libc::SIG_IGN
}

/// Other systems end a process without asking it.
#[cfg(not(unix))]
pub fn remove_on_signals() {}
