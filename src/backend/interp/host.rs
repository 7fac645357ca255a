//! What the interpreter asks of the world outside.

use std::time::{Duration, Instant};

/// Why nothing was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unwritten {
    /// Nobody reads the pipe any more, which ends a program.
    ClosedPipe,
    /// The system refused it.
    Failed,
}

/// The world outside a run: the real one in the driver, [`Capture`] in tests.
pub trait Host {
    /// Writes to a file descriptor; the number of bytes taken.
    ///
    /// # Errors
    /// Nothing is written.
    fn write(&mut self, fd: i32, bytes: &[u8]) -> Result<usize, Unwritten>;

    /// Reads from a file descriptor; the number of bytes read, 0 at the end, `None` on failure.
    fn read(&mut self, fd: i32, buffer: &mut [u8]) -> Option<usize>;

    /// The variables of the environment that a run begins with.
    fn environment(&mut self) -> Vec<(Vec<u8>, Vec<u8>)>;

    /// The operating system; `None` in a world without one, where every request of it fails.
    fn system(&mut self) -> Option<&mut dyn System> {
        None
    }
}

/// The number of an error, as the C library has it in `errno`.
pub type Errno = i32;

/// What there is to know about a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    /// Kind and permissions: C's `st_mode`.
    pub mode: u16,
    /// Bytes.
    pub size: u64,
    /// When it was changed last: seconds since 1970, and nanoseconds.
    pub modified: (i64, u32),
}

/// A child process to start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spawn {
    /// The program, looked up on PATH if it is a bare name.
    pub program: Vec<u8>,
    /// Its arguments, the name it is called by first.
    pub args: Vec<Vec<u8>>,
    /// All of its environment.
    pub env: Vec<(Vec<u8>, Vec<u8>)>,
    /// Its descriptors that are not ours: which, and the open file in its place.
    pub files: Vec<(i32, u32)>,
}

/// An operating system, as far as programs get to it through the C library. Files that are open have numbers.
pub trait System {
    /// Opens a file in a mode of C's `fopen`.
    fn open(&mut self, path: &[u8], mode: &[u8]) -> Result<u32, Errno>;
    /// Opens a new file without a name.
    fn open_temporary(&mut self) -> Result<u32, Errno>;
    /// Reads from an open file; 0 at its end.
    fn read(&mut self, file: u32, buffer: &mut [u8]) -> Result<usize, Errno>;
    /// Writes all bytes to an open file.
    fn write(&mut self, file: u32, bytes: &[u8]) -> Result<(), Errno>;
    /// Moves to a place counted from the start (0), from here (1) or from the end (2); the place from the start.
    fn seek(&mut self, file: u32, offset: i64, from: i32) -> Result<u64, Errno>;
    /// Closes an open file.
    fn close(&mut self, file: u32) -> Result<(), Errno>;

    /// The facts of a file.
    fn facts(&mut self, path: &[u8]) -> Result<Facts, Errno>;
    /// Removes a file.
    fn remove(&mut self, path: &[u8]) -> Result<(), Errno>;
    /// Gives a file or a directory another name.
    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno>;
    /// Makes a directory.
    fn make_directory(&mut self, path: &[u8]) -> Result<(), Errno>;
    /// Makes a directory of a new name: the bytes at the end of the path are chosen.
    fn make_temporary_directory(&mut self, path: &mut [u8]) -> Result<(), Errno>;
    /// Removes an empty directory.
    fn remove_directory(&mut self, path: &[u8]) -> Result<(), Errno>;
    /// The names in a directory.
    fn names(&mut self, path: &[u8]) -> Result<Vec<Vec<u8>>, Errno>;
    /// The current directory.
    fn directory(&mut self) -> Result<Vec<u8>, Errno>;
    /// Changes the current directory.
    fn change_directory(&mut self, path: &[u8]) -> Result<(), Errno>;

    /// Starts a child process; its number.
    fn spawn(&mut self, what: &Spawn) -> Result<u32, Errno>;
    /// Waits for a child process to end, at most until a time where one is given: its status as C's `waitpid` has it, `None`
    /// while it runs.
    fn wait(&mut self, process: u32, until: Option<Instant>) -> Result<Option<i32>, Errno>;
    /// Sends a signal to a child process.
    fn kill(&mut self, process: u32, signal: i32) -> Result<(), Errno>;
    /// The number of this process.
    fn process(&mut self) -> u32;
    /// The number of the process that started this one; 0 where that is not known.
    fn parent(&mut self) -> u32;

    /// The time of a clock in nanoseconds: of the wall (0, since 1970) or one that never goes back (1).
    fn time(&mut self, clock: i32) -> Result<i128, Errno>;
    /// Lets some time pass.
    fn sleep(&mut self, time: Duration);
    /// Fills a buffer with bytes that nobody can guess.
    fn random(&mut self, buffer: &mut [u8]) -> Result<(), Errno>;
    /// What an error means.
    fn describe(&mut self, error: Errno) -> String;
}

/// A world of buffers: what is written to 1 and 2 is kept, 0 reads from `input`, other descriptors fail.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    /// Written to descriptor 1.
    pub stdout: Vec<u8>,
    /// Written to descriptor 2.
    pub stderr: Vec<u8>,
    /// Not yet read from descriptor 0.
    pub input: Vec<u8>,
    /// Environment variables.
    pub env: Vec<(String, String)>,
}

impl Host for Capture {
    fn write(&mut self, fd: i32, bytes: &[u8]) -> Result<usize, Unwritten> {
        let stream = match fd {
            1 => &mut self.stdout,
            2 => &mut self.stderr,
            _ => return Err(Unwritten::Failed),
        };
        stream.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn read(&mut self, fd: i32, buffer: &mut [u8]) -> Option<usize> {
        if fd != 0 {
            return None;
        }
        let len = buffer.len().min(self.input.len());
        buffer[..len].copy_from_slice(&self.input[..len]);
        self.input.drain(..len);
        Some(len)
    }

    fn environment(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.env.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone().into_bytes())).collect()
    }
}
