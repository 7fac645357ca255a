//! The C library's way to the operating system, as glibc has it: files, directories, the environment, processes, clocks.

use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::exec::Stop;
use super::externs::{Call, Extern, externs};
use super::fault::Fault;
use super::host::{Errno, Facts, Host, Spawn, System};
use super::memory::Memory;
use crate::backend::libc::C;

/// The variable of the C library that points to the environment.
pub const ENVIRON: &str = "environ";

const EBADF: Errno = 9;
const ENOMEM: Errno = 12;
const EINVAL: Errno = 22;
const ENOSYS: Errno = 38;

/// Most bytes that are read or written at once.
const CHUNK: u64 = 1 << 16;

/// A directory being listed.
struct Listing {
    names: Vec<Vec<u8>>,
    next: usize,
    /// Where entries are put.
    entry: u64,
}

/// What the C library keeps for a program.
#[derive(Default)]
pub struct World {
    /// Where `errno` is, once it was asked for.
    errno: Option<u64>,
    env: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where [`ENVIRON`] is, if the program has it.
    environ: Option<u64>,
    /// Open files, and directories, by the blocks of memory that stand for them. A block that is freed is no file.
    files: FxHashMap<u64, u32>,
    listings: FxHashMap<u64, Listing>,
}

impl World {
    /// The world that a program begins in.
    ///
    /// # Errors
    /// The environment does not fit its memory.
    pub fn new(host: &mut dyn Host, memory: &mut Memory, environ: Option<u64>) -> Result<World, Stop> {
        let mut world = World { env: host.environment(), environ, ..World::default() };
        world.publish(memory)?;
        Ok(world)
    }

    /// Makes [`ENVIRON`] point to the environment as it is.
    fn publish(&mut self, memory: &mut Memory) -> Result<(), Stop> {
        let Some(environ) = self.environ else { return Ok(()) };
        let size = memory.pointer_size();
        let count = self.env.len() as u64;
        let vector = memory.add_global((count + 1) * size, size, false).ok_or(Stop::StackOverflow)?;
        for ((name, value), at) in self.env.iter().zip(0..) {
            let line = [name, &b"="[..], value, b"\0"].concat();
            let line = memory.add_constant(&line, 1).ok_or(Stop::StackOverflow)?;
            memory.put_pointer(vector + at * size, line)?;
        }
        Ok(memory.put_pointer(environ, vector)?)
    }
}

impl Call<'_> {
    fn text(&mut self, index: usize) -> Result<Vec<u8>, Fault> {
        Ok(self.memory.c_string(self.args[index])?.to_vec())
    }

    /// Asks the system.
    fn ask<T>(&mut self, what: impl FnOnce(&mut dyn System) -> Result<T, Errno>) -> Result<T, Errno> {
        self.host.system().ok_or(ENOSYS).and_then(what)
    }

    /// Where `errno` is.
    pub fn errno(&mut self) -> Result<u64, Stop> {
        if let Some(known) = self.world.errno {
            return Ok(known);
        }
        let address = self.memory.add_global(4, 4, false).ok_or(Stop::StackOverflow)?;
        self.world.errno = Some(address);
        Ok(address)
    }

    /// The result of a function that sets `errno` and gives `failed` when it fails.
    fn or(&mut self, result: Result<u64, Errno>, failed: u64) -> Result<u64, Stop> {
        match result {
            Ok(word) => Ok(word),
            Err(error) => {
                let errno = self.errno()?;
                self.memory.write(errno, 4, 4, error as u64)?;
                Ok(failed)
            }
        }
    }

    /// The result of a function that gives 0, or -1 and sets `errno`.
    pub fn done(&mut self, result: Result<(), Errno>) -> Result<u64, Stop> {
        self.or(result.map(|()| 0), u64::MAX)
    }

    /// A new block that stands for an open file.
    fn opened(&mut self, file: Result<u32, Errno>) -> Result<u64, Stop> {
        let block = file.and_then(|file| match self.memory.alloc(8, self.span) {
            0 => Err(ENOMEM),
            block => {
                self.world.files.insert(block, file);
                Ok(block)
            }
        });
        self.or(block, 0)
    }

    /// The open file of an argument. Using one that was closed is undefined, and found by looking at its block.
    fn file(&mut self, index: usize) -> Result<u32, Stop> {
        let block = self.args[index];
        self.memory.check_room(block, 8)?;
        self.world.files.get(&block).copied().ok_or(Stop::Fault(Fault::Wild { address: block }))
    }

    /// Frees the block of a file or directory.
    fn closed(&mut self) -> Result<(), Fault> {
        self.memory.free(self.args[0])
    }

    /// `fread` with a size of 1: how many bytes were read.
    fn read_file(&mut self) -> Result<u64, Stop> {
        let (to, len, file) = (self.args[0], self.args[1].saturating_mul(self.args[2]), self.file(3)?);
        self.memory.check_room(to, len)?;
        let mut done = 0;
        while done < len {
            let mut buffer = vec![0; (len - done).min(CHUNK) as usize];
            match self.ask(|system| system.read(file, &mut buffer)) {
                Ok(0) => break,
                Ok(count) => {
                    self.memory.put_bytes(to + done, &buffer[..count])?;
                    done += count as u64;
                }
                Err(error) => {
                    self.memory.put_bytes(self.args[3], &[1])?;
                    return self.or(Err(error), done);
                }
            }
        }
        Ok(done)
    }

    /// The strings of a vector that ends with null.
    fn strings(&mut self, mut vector: u64) -> Result<Vec<Vec<u8>>, Fault> {
        let mut all = Vec::new();
        loop {
            let string = self.memory.pointer_at(vector)?;
            if string == 0 {
                return Ok(all);
            }
            all.push(self.memory.c_string(string)?.to_vec());
            vector += self.memory.pointer_size();
        }
    }

    /// Opens a directory to list it.
    pub fn open_directory(&mut self) -> Result<u64, Stop> {
        let path = self.text(0)?;
        let names = match self.ask(|system| system.names(&path)) {
            Ok(names) => names,
            Err(error) => return self.or(Err(error), 0),
        };
        let (block, entry) = (self.memory.alloc(8, self.span), self.memory.add_global(280, 8, false));
        let (1.., Some(entry)) = (block, entry) else { return self.or(Err(ENOMEM), 0) };
        self.world.listings.insert(block, Listing { names, next: 0, entry });
        Ok(block)
    }

    /// The next entry of a directory, with its name at an offset.
    pub fn next_entry(&mut self, offset: u64) -> Result<u64, Stop> {
        self.memory.check_room(self.args[0], 8)?;
        let Some(listing) = self.world.listings.get_mut(&self.args[0]) else {
            return self.or(Err(EBADF), 0);
        };
        let Some(name) = listing.names.get(listing.next) else { return Ok(0) };
        listing.next += 1;
        self.memory.put_bytes(listing.entry + offset, &[name, &b"\0"[..]].concat())?;
        Ok(listing.entry)
    }

    /// What a clock of ours shows, as a `timespec`.
    pub fn tell_time(&mut self, clock: i32) -> Result<u64, Stop> {
        match self.ask(|system| system.time(clock)) {
            Ok(time) => {
                let (at, size) = (self.args[1], self.memory.pointer_size());
                self.memory.put_pointer(at, time.div_euclid(1_000_000_000) as u64)?;
                let rest = time.rem_euclid(1_000_000_000) as u64;
                Ok(self.memory.put_pointer(at + size, rest).map(|()| 0)?)
            }
            Err(error) => self.done(Err(error)),
        }
    }

    /// `stat` of macOS: mode, time of the last change, size.
    pub fn stat(&mut self) -> Result<u64, Stop> {
        let path = self.text(0)?;
        match self.ask(|system| system.facts(&path)) {
            Ok(facts) => {
                let to = self.args[1];
                self.memory.fill(to, 0, 144)?;
                self.memory.write(to + 4, 2, 1, u64::from(facts.mode))?;
                self.memory.write(to + 48, 8, 1, facts.modified.0 as u64)?;
                self.memory.write(to + 56, 8, 1, u64::from(facts.modified.1))?;
                self.memory.write(to + 96, 8, 1, facts.size)?;
                Ok(0)
            }
            Err(error) => self.done(Err(error)),
        }
    }

    fn put_facts(&mut self, facts: Facts) -> Result<(), Fault> {
        let to = self.args[4];
        self.memory.fill(to, 0, 256)?;
        // Mask, mode, size, and seconds and nanoseconds of the last change, where Linux has them on every processor.
        self.memory.write(to, 4, 1, 0x7ff)?;
        self.memory.write(to + 28, 2, 1, u64::from(facts.mode))?;
        self.memory.write(to + 40, 8, 1, facts.size)?;
        self.memory.write(to + 112, 8, 1, facts.modified.0 as u64)?;
        self.memory.write(to + 120, 4, 1, u64::from(facts.modified.1))
    }

    /// A `timespec` as nanoseconds.
    fn timespec(&mut self, at: u64) -> Result<u64, Fault> {
        let size = self.memory.pointer_size();
        let (seconds, rest) = (self.memory.pointer_at(at)?, self.memory.pointer_at(at + size)?);
        Ok(seconds.saturating_mul(1_000_000_000).saturating_add(rest))
    }

    /// Changes the environment.
    fn set_variable(&mut self, name: Vec<u8>, value: Option<Vec<u8>>) -> Result<u64, Stop> {
        if name.is_empty() || name.contains(&b'=') {
            return self.done(Err(EINVAL));
        }
        let known = self.world.env.iter().position(|(known, _)| *known == name);
        match (known, value) {
            (Some(at), Some(value)) => self.world.env[at].1 = value,
            (None, Some(value)) => self.world.env.push((name, value)),
            (Some(at), None) => drop(self.world.env.remove(at)),
            (None, None) => {}
        }
        self.world.publish(self.memory)?;
        Ok(0)
    }

    /// `posix_spawnp`, which gives the number of the error. Its list of files, ours to lay out, is their count and for each
    /// the descriptor in the child and the open file.
    fn spawn(&mut self) -> Result<u64, Stop> {
        let program = self.text(1)?;
        let (actions, argv, envp) = (self.args[2], self.args[4], self.args[5]);
        let mut files = Vec::new();
        if actions != 0 {
            for i in 0..self.memory.read(actions, 4, 1)? {
                let entry = actions + 4 + i * 8;
                let file = self.memory.read(entry + 4, 4, 1)? as u32;
                files.push((self.memory.read(entry, 4, 1)? as i32, file));
            }
        }
        let args = self.strings(argv)?;
        let split = |line: Vec<u8>| {
            let at = line.iter().position(|&byte| byte == b'=').unwrap_or(line.len());
            (line[..at].to_vec(), line[(at + 1).min(line.len())..].to_vec())
        };
        let env = self.strings(envp)?.into_iter().map(split).collect();
        match self.ask(|system| system.spawn(&Spawn { program, args, env, files })) {
            Ok(process) => {
                self.memory.write(self.args[0], 4, 4, u64::from(process))?;
                Ok(0)
            }
            Err(error) => Ok(error as u64),
        }
    }
}

externs! { SYSTEM:
    "__errno_location"() -> Ptr |c| c.errno();
    "strerror"(Int) -> Ptr |c| {
        let error = c.int(0);
        let text = c.host.system().map_or_else(String::new, |system| system.describe(error));
        Ok(c.memory.add_constant(&[text.as_bytes(), b"\0"].concat(), 1).unwrap_or(0))
    };

    "fopen"(Ptr, Ptr) -> Ptr |c| {
        let (path, mode) = (c.text(0)?, c.text(1)?);
        let file = c.ask(|system| system.open(&path, &mode));
        c.opened(file)
    };
    "tmpfile"() -> Ptr |c| {
        let file = c.ask(|system| system.open_temporary());
        c.opened(file)
    };
    "fileno"(Ptr) -> Int |c| Ok(u64::from(c.file(0)?));
    "fread"(Ptr, Size, Size, Ptr) -> Size |c| c.read_file();
    "fwrite"(Ptr, Size, Size, Ptr) -> Size |c| {
        let (len, file) = (c.args[1].saturating_mul(c.args[2]), c.file(3)?);
        let bytes = c.memory.bytes(c.args[0], len)?.to_vec();
        let written = c.ask(|system| system.write(file, &bytes));
        c.or(written.map(|()| len), 0)
    };
    "ferror"(Ptr) -> Int |c| {
        c.file(0)?;
        Ok(c.memory.read(c.args[0], 1, 1).unwrap_or(0))
    };
    "fflush"(Ptr) -> Int |c| c.file(0).map(|_| 0);
    "fseek"(Ptr, Size, Int) -> Int |c| {
        let (file, from) = (c.file(0)?, c.int(2));
        let offset = if c.memory.pointer_size() == 4 { i64::from(c.args[1] as i32) } else { c.args[1] as i64 };
        let moved = c.ask(|system| system.seek(file, offset, from));
        c.done(moved.map(drop))
    };
    "ftell"(Ptr) -> Size |c| {
        let file = c.file(0)?;
        let place = c.ask(|system| system.seek(file, 0, 1));
        c.or(place, u64::MAX)
    };
    "fclose"(Ptr) -> Int |c| {
        let file = c.file(0)?;
        c.closed()?;
        c.world.files.remove(&c.args[0]);
        let closed = c.ask(|system| system.close(file));
        c.done(closed)
    };
    "statx"(Int, Ptr, Int, Int, Ptr) -> Int |c| {
        let path = c.text(1)?;
        match c.ask(|system| system.facts(&path)) {
            Ok(facts) => Ok(c.put_facts(facts).map(|()| 0)?),
            Err(error) => c.done(Err(error)),
        }
    };
    "unlink"(Ptr) -> Int |c| {
        let path = c.text(0)?;
        let removed = c.ask(|system| system.remove(&path));
        c.done(removed)
    };
    "rename"(Ptr, Ptr) -> Int |c| {
        let (from, to) = (c.text(0)?, c.text(1)?);
        let renamed = c.ask(|system| system.rename(&from, &to));
        c.done(renamed)
    };

    "mkdir"(Ptr, Int) -> Int |c| {
        let path = c.text(0)?;
        let made = c.ask(|system| system.make_directory(&path));
        c.done(made)
    };
    "mkdtemp"(Ptr) -> Ptr |c| {
        let mut path = c.text(0)?;
        let made = c.ask(|system| system.make_temporary_directory(&mut path));
        c.memory.put_bytes(c.args[0], &path)?;
        let result = made.map(|()| c.args[0]);
        c.or(result, 0)
    };
    "rmdir"(Ptr) -> Int |c| {
        let path = c.text(0)?;
        let removed = c.ask(|system| system.remove_directory(&path));
        c.done(removed)
    };
    "opendir"(Ptr) -> Ptr |c| c.open_directory();
    "readdir64"(Ptr) -> Ptr |c| c.next_entry(19);
    "closedir"(Ptr) -> Int |c| {
        c.closed()?;
        let was_open = c.world.listings.remove(&c.args[0]).map(drop);
        c.done(was_open.ok_or(EBADF))
    };
    "getcwd"(Ptr, Size) -> Ptr |c| {
        const ERANGE: Errno = 34;
        c.memory.check_room(c.args[0], c.args[1])?;
        let path = c.ask(|system| system.directory()).and_then(|mut path| {
            path.push(0);
            if path.len() as u64 <= c.args[1] { Ok(path) } else { Err(ERANGE) }
        });
        match path {
            Ok(path) => {
                c.memory.put_bytes(c.args[0], &path)?;
                Ok(c.args[0])
            }
            Err(error) => c.or(Err(error), 0),
        }
    };
    "chdir"(Ptr) -> Int |c| {
        let path = c.text(0)?;
        let changed = c.ask(|system| system.change_directory(&path));
        c.done(changed)
    };

    "getenv"(Ptr) -> Ptr |c| {
        let name = c.text(0)?;
        let Some((_, value)) = c.world.env.iter().find(|(known, _)| *known == name) else { return Ok(0) };
        Ok(c.memory.add_constant(&[value, &b"\0"[..]].concat(), 1).unwrap_or(0))
    };
    "setenv"(Ptr, Ptr, Int) -> Int |c| {
        let (name, value) = (c.text(0)?, c.text(1)?);
        if c.int(2) == 0 && c.world.env.iter().any(|(known, _)| *known == name) {
            return Ok(0);
        }
        c.set_variable(name, Some(value))
    };
    "unsetenv"(Ptr) -> Int |c| {
        let name = c.text(0)?;
        c.set_variable(name, None)
    };

    "posix_spawn_file_actions_init"(Ptr) -> Int |c| c.memory.write(c.args[0], 4, 1, 0).map(|()| 0).map_err(Stop::from);
    "posix_spawn_file_actions_adddup2"(Ptr, Int, Int) -> Int |c| {
        let actions = c.args[0];
        let count = c.memory.read(actions, 4, 1)?;
        c.memory.write(actions + 4 + count * 8, 4, 1, c.args[2])?;
        c.memory.write(actions + 8 + count * 8, 4, 1, c.args[1])?;
        Ok(c.memory.write(actions, 4, 1, count + 1).map(|()| 0)?)
    };
    "posix_spawn_file_actions_destroy"(Ptr) -> Int |c| c.memory.check_room(c.args[0], 4).map(|()| 0).map_err(Stop::from);
    "posix_spawnp"(Ptr, Ptr, Ptr, Ptr, Ptr, Ptr) -> Int |c| c.spawn();
    "waitpid"(Int, Ptr, Int) -> Int |c| {
        const WNOHANG: i32 = 1;
        let (process, waits) = (c.args[0] as u32, c.int(2) & WNOHANG == 0);
        let until = if waits { c.deadline } else { Some(Instant::now()) };
        match c.ask(|system| system.wait(process, until)) {
            Ok(Some(status)) => {
                c.memory.write(c.args[1], 4, 4, status as u64)?;
                Ok(u64::from(process))
            }
            Ok(None) if waits => Err(Stop::TimedOut),
            Ok(None) => Ok(0),
            Err(error) => c.done(Err(error)),
        }
    };
    "kill"(Int, Int) -> Int |c| {
        let (process, signal) = (c.args[0] as u32, c.int(1));
        let killed = c.ask(|system| system.kill(process, signal));
        c.done(killed)
    };
    "getppid"() -> Int |c| Ok(c.ask(|system| Ok(system.parent())).map_or(0, u64::from));
    "getpid"() -> Int |c| Ok(c.ask(|system| Ok(system.process())).map_or(0, u64::from));

    "clock_gettime"(Int, Ptr) -> Int |c| c.tell_time(c.int(0));
    "nanosleep"(Ptr, Ptr) -> Int |c| {
        let time = Duration::from_nanos(c.timespec(c.args[0])?);
        let left = c.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let slept = c.ask(|system| {
            system.sleep(left.map_or(time, |left| time.min(left)));
            Ok(())
        });
        if left.is_some_and(|left| left < time) {
            return Err(Stop::TimedOut);
        }
        c.done(slept)
    };
    "getentropy"(Ptr, Size) -> Int |c| {
        c.memory.check_room(c.args[0], c.args[1])?;
        if c.args[1] > 256 {
            return c.done(Err(EINVAL));
        }
        let mut buffer = vec![0; c.args[1] as usize];
        let filled = c.ask(|system| system.random(&mut buffer));
        c.memory.put_bytes(c.args[0], &buffer)?;
        c.done(filled)
    };
}
