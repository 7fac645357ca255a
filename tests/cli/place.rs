//! Places where simplec runs.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder with files, in which simplec runs.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub environment: Vec<(&'static str, Option<PathBuf>)>,
}

/// What a run left behind.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The program that every test of `.mir` uses: its exit code is 7.
pub const MAIN: &str = "export fn @main() -> i32 c {\nbb0:\n  %0: i32 = const 7\n  return %0\n}\n";

impl Place {
    pub fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// A place with the program that every test of `.mir` uses: its exit code is 7.
    pub fn with_main() -> Place {
        let place = Place::new();
        place.write("main.mir", MAIN);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// No LLVM: `SIMPLEC_LLVM` names a folder without one. Known places cannot be hidden, but this binds.
    pub fn without_llvm(mut self) -> Place {
        std::fs::create_dir(self.path("empty")).unwrap();
        self.environment.push(("SIMPLEC_LLVM", Some(self.path("empty"))));
        self
    }

    /// PATH holds these programs of the real one and nothing else.
    pub fn with_path(mut self, programs: &[&str]) -> Place {
        let bin = self.path("bin");
        std::fs::create_dir(&bin).unwrap();
        for name in programs {
            let real = std::env::split_paths(&std::env::var_os("PATH").unwrap())
                .map(|folder| folder.join(name))
                .find(|path| path.exists());
            symlink(real.unwrap_or_else(|| panic!("{name} is not on PATH")), bin.join(name)).unwrap();
        }
        self.environment.push(("PATH", Some(bin)));
        self.environment.push(("SIMPLEC_LLVM", None));
        self
    }

    pub fn simplec<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// The same with this standard input.
    pub fn simplec_with<S: AsRef<OsStr>>(&self, args: &[S], input: &str) -> Ran {
        let input = File::open(self.write("input.spl", input)).unwrap();
        Ran::of(self.command(args).stdin(input).output().unwrap())
    }

    pub fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_simplec"));
        command.args(args).current_dir(self.folder.path()).env("SIMPLEC_CACHE", self.path("cache"));
        command.env_remove("RUST_BACKTRACE").env_remove("SIMPLEC_LLVM");
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// The names in the folder, but for what the tests put there themselves.
    pub fn outputs(&self) -> Vec<String> {
        let known = ["main.mir", "cache", "empty", "bin"];
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !known.contains(&name.as_str()) && !name.ends_with(".spl"))
            .collect();
        names.sort();
        names
    }
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// It failed with this exit code, said all of this, and did not panic.
    #[track_caller]
    pub fn fails(&self, code: i32, says: &[&str]) -> &Ran {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        for part in says {
            assert!(self.stderr.contains(part), "no `{part}` in:\n{}", self.stderr);
        }
        assert!(!self.stderr.contains("internal compiler error"), "{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn succeeds(&self) -> &Ran {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }
}

/// Whether there is an LLVM, as there must be in CI.
pub fn has_llvm() -> bool {
    let found = Place::new().simplec(&["--print=toolchain"]).code == 0;
    assert!(found || std::env::var_os("CI").is_none(), "LLVM is missing: run scripts/setup first");
    found
}

/// Whether everything may be read and written.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}
