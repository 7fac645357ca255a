//! This machine's operating system, for interpreted programs, and the world of those whose output is kept.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::backend::interp::{Capture, Errno, Facts, Host, Spawn, System, Unwritten};
use crate::toolchain::{Child, start_child};

/// What C's `errno` is called for.
const EIO: Errno = 5;
const EBADF: Errno = 9;
const ECHILD: Errno = 10;
const EINVAL: Errno = 22;

/// The real system. It has a current directory of its own: programs run side by side in tests, and a process has only one.
pub struct OwnSystem {
    directory: Option<PathBuf>,
    files: BTreeMap<u32, File>,
    next_file: u32,
    children: BTreeMap<u32, Child>,
    start: Instant,
}

impl Default for OwnSystem {
    fn default() -> OwnSystem {
        let directory = std::env::current_dir().ok();
        let (files, children) = (BTreeMap::new(), BTreeMap::new());
        // The first three are the standard streams.
        OwnSystem { directory, files, next_file: 3, children, start: Instant::now() }
    }
}

/// The variables of our own environment.
pub fn environment() -> Vec<(Vec<u8>, Vec<u8>)> {
    let bytes = std::ffi::OsString::into_encoded_bytes;
    std::env::vars_os().map(|(name, value)| (bytes(name), bytes(value))).collect()
}

/// What an interpreted program runs in whose output is looked at: this machine's system and environment, and streams that are
/// kept.
#[derive(Default)]
pub struct Recorded {
    /// What it wrote, what it reads, and variables beside those of our own environment.
    pub streams: Capture,
    system: OwnSystem,
}

impl Recorded {
    /// Ends the child processes that still run.
    pub fn end_children(&mut self) {
        self.system.end_children();
    }
}

impl Host for Recorded {
    fn write(&mut self, fd: i32, bytes: &[u8]) -> Result<usize, Unwritten> {
        self.streams.write(fd, bytes)
    }

    fn read(&mut self, fd: i32, buffer: &mut [u8]) -> Option<usize> {
        self.streams.read(fd, buffer)
    }

    fn environment(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let more = self.streams.environment();
        let mut all = environment();
        all.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        all.extend(more);
        all
    }

    fn system(&mut self) -> Option<&mut dyn System> {
        Some(&mut self.system)
    }
}

impl OwnSystem {
    fn path(&self, path: &[u8]) -> Result<PathBuf, Errno> {
        // What C says of the empty path.
        let not_there = || io_error(io::Error::from(io::ErrorKind::NotFound));
        let path = from_bytes(path).filter(|path| !path.as_os_str().is_empty()).ok_or_else(not_there)?;
        Ok(match &self.directory {
            Some(directory) => directory.join(path),
            None => path,
        })
    }

    /// Ends the child processes that still run, at once.
    fn end_children(&mut self) {
        for child in self.children.values_mut() {
            // It fails only when the process is gone already; to wait takes its entry out of the system's table.
            let _ = child.kill().and_then(|()| child.wait());
        }
    }

    fn file(&mut self, file: u32) -> Result<&mut File, Errno> {
        self.files.get_mut(&file).ok_or(EBADF)
    }

    fn add(&mut self, file: File) -> u32 {
        let number = self.next_file;
        self.next_file += 1;
        self.files.insert(number, file);
        number
    }
}

/// Waits for a child process to end, and no longer than to a time.
fn wait_until(child: &mut Child, end: Instant) -> io::Result<Option<ExitStatus>> {
    const LONGEST: Duration = Duration::from_millis(20);
    let mut pause = Duration::from_micros(100);
    loop {
        let status = child.try_wait()?;
        let left = end.saturating_duration_since(Instant::now());
        if status.is_some() || left.is_zero() {
            return Ok(status);
        }
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(LONGEST);
    }
}

/// The number of an error; those that are no error of the system count as failures of input or output.
fn io_error(error: io::Error) -> Errno {
    const ENOENT: Errno = 2;
    match (error.raw_os_error(), error.kind()) {
        (Some(number), _) => number,
        (None, io::ErrorKind::NotFound) => ENOENT,
        (None, io::ErrorKind::InvalidInput) => EINVAL,
        (None, _) => EIO,
    }
}

#[cfg(unix)]
fn from_bytes(path: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
fn from_bytes(path: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(path).ok().map(PathBuf::from)
}

impl System for OwnSystem {
    fn open(&mut self, path: &[u8], mode: &[u8]) -> Result<u32, Errno> {
        let mut options = OpenOptions::new();
        let both = mode.contains(&b'+');
        match mode.first() {
            Some(b'r') => options.read(true).write(both),
            Some(b'w') if mode.contains(&b'x') => options.write(true).create_new(true).read(both),
            Some(b'w') => options.write(true).create(true).truncate(true).read(both),
            Some(b'a') => options.append(true).create(true).read(both),
            _ => return Err(EINVAL),
        };
        let file = options.open(self.path(path)?).map_err(io_error)?;
        Ok(self.add(file))
    }

    fn open_temporary(&mut self) -> Result<u32, Errno> {
        let file = tempfile::tempfile().map_err(io_error)?;
        Ok(self.add(file))
    }

    fn read(&mut self, file: u32, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.file(file)?.read(buffer).map_err(io_error)
    }

    fn write(&mut self, file: u32, bytes: &[u8]) -> Result<(), Errno> {
        self.file(file)?.write_all(bytes).map_err(io_error)
    }

    fn seek(&mut self, file: u32, offset: i64, from: i32) -> Result<u64, Errno> {
        let place = match from {
            0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| EINVAL)?),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => return Err(EINVAL),
        };
        self.file(file)?.seek(place).map_err(io_error)
    }

    fn close(&mut self, file: u32) -> Result<(), Errno> {
        self.files.remove(&file).map(drop).ok_or(EBADF)
    }

    fn facts(&mut self, path: &[u8]) -> Result<Facts, Errno> {
        let found = fs::metadata(self.path(path)?).map_err(io_error)?;
        let modified = found.modified().map_err(io_error)?;
        let modified = match modified.duration_since(UNIX_EPOCH) {
            Ok(after) => (after.as_secs() as i64, after.subsec_nanos()),
            Err(before) => (-(before.duration().as_secs() as i64), 0),
        };
        #[cfg(unix)]
        let mode = std::os::unix::fs::MetadataExt::mode(&found) as u16;
        #[cfg(not(unix))]
        let mode = if found.is_dir() { 0o40_755 } else { 0o100_644 };
        Ok(Facts { mode, size: found.len(), modified })
    }

    fn remove(&mut self, path: &[u8]) -> Result<(), Errno> {
        fs::remove_file(self.path(path)?).map_err(io_error)
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        fs::rename(self.path(from)?, self.path(to)?).map_err(io_error)
    }

    fn make_directory(&mut self, path: &[u8]) -> Result<(), Errno> {
        fs::create_dir(self.path(path)?).map_err(io_error)
    }

    fn make_temporary_directory(&mut self, path: &mut [u8]) -> Result<(), Errno> {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
        let Some(chosen) = path.len().checked_sub(6) else { return Err(EINVAL) };
        for _ in 0..100 {
            let mut noise = [0; 6];
            self.random(&mut noise)?;
            for (place, byte) in path[chosen..].iter_mut().zip(noise) {
                *place = LETTERS[usize::from(byte) % LETTERS.len()];
            }
            match fs::create_dir(self.path(path)?) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map_err(io_error),
            }
        }
        Err(EIO)
    }

    fn remove_directory(&mut self, path: &[u8]) -> Result<(), Errno> {
        fs::remove_dir(self.path(path)?).map_err(io_error)
    }

    fn names(&mut self, path: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        let entries = fs::read_dir(self.path(path)?).map_err(io_error)?;
        let name = |entry: io::Result<fs::DirEntry>| {
            entry.map(|entry| entry.file_name().into_encoded_bytes()).map_err(io_error)
        };
        let own = [b".".to_vec(), b"..".to_vec()];
        own.into_iter().map(Ok).chain(entries.map(name)).collect()
    }

    fn directory(&mut self) -> Result<Vec<u8>, Errno> {
        let directory = match &self.directory {
            Some(directory) => directory.clone(),
            None => std::env::current_dir().map_err(io_error)?,
        };
        Ok(directory.into_os_string().into_encoded_bytes())
    }

    fn change_directory(&mut self, path: &[u8]) -> Result<(), Errno> {
        const ENOTDIR: Errno = 20;
        let path = self.path(path)?.canonicalize().map_err(io_error)?;
        if !path.is_dir() {
            return Err(ENOTDIR);
        }
        self.directory = Some(path);
        Ok(())
    }

    fn spawn(&mut self, what: &Spawn) -> Result<u32, Errno> {
        let mut files = Vec::new();
        for &(descriptor, file) in &what.files {
            files.push((descriptor, self.file(file)?.try_clone().map_err(io_error)?));
        }
        let word = |bytes: &Vec<u8>| from_bytes(bytes).map(PathBuf::into_os_string).ok_or(EINVAL);
        let args = what.args.iter().map(word).collect::<Result<Vec<_>, _>>()?;
        let variable = |(name, value): &(Vec<u8>, Vec<u8>)| Ok::<_, Errno>((word(name)?, word(value)?));
        let env = what.env.iter().map(variable).collect::<Result<Vec<_>, _>>()?;
        let child = start_child(word(&what.program)?, &args, env, files, self.directory.as_deref());
        let child = child.map_err(io_error)?;
        let number = child.id();
        self.children.insert(number, child);
        Ok(number)
    }

    fn wait(&mut self, process: u32, until: Option<Instant>) -> Result<Option<i32>, Errno> {
        let child = self.children.get_mut(&process).ok_or(ECHILD)?;
        let status = match until {
            None => child.wait().map(Some),
            Some(end) => wait_until(child, end),
        };
        let status = status.map_err(io_error)?;
        let Some(status) = status else { return Ok(None) };
        self.children.remove(&process);
        #[cfg(unix)]
        return Ok(Some(std::os::unix::process::ExitStatusExt::into_raw(status)));
        #[cfg(not(unix))]
        return Ok(Some(status.code().unwrap_or(0) << 8));
    }

    /// The only signal to send without the C library is the one that ends a process at once.
    fn kill(&mut self, process: u32, signal: i32) -> Result<(), Errno> {
        const SIGKILL: i32 = 9;
        const ESRCH: Errno = 3;
        let child = self.children.get_mut(&process).ok_or(ESRCH)?;
        if signal == SIGKILL { child.kill().map_err(io_error) } else { Err(EINVAL) }
    }

    fn parent(&mut self) -> u32 {
        #[cfg(unix)]
        return std::os::unix::process::parent_id();
        #[cfg(not(unix))]
        return 0;
    }

    fn process(&mut self) -> u32 {
        std::process::id()
    }

    fn time(&mut self, clock: i32) -> Result<i128, Errno> {
        match clock {
            0 => Ok(match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(after) => after.as_nanos() as i128,
                Err(before) => -(before.duration().as_nanos() as i128),
            }),
            1 => Ok(self.start.elapsed().as_nanos() as i128),
            _ => Err(EINVAL),
        }
    }

    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn random(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        use std::hash::{BuildHasher, Hasher};
        // Every state of the standard library's hasher begins with keys of the system's randomness.
        for part in buffer.chunks_mut(8) {
            let noise = std::collections::hash_map::RandomState::new().build_hasher().finish().to_ne_bytes();
            part.copy_from_slice(&noise[..part.len()]);
        }
        Ok(())
    }

    fn describe(&mut self, error: Errno) -> String {
        let text = io::Error::from_raw_os_error(error).to_string();
        text.split(" (os error").next().unwrap_or_default().to_owned()
    }
}
