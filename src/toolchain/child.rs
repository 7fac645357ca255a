//! Child processes of interpreted programs.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
pub use std::process::Child;
use std::process::Command;

/// Starts a process: the words of its command line, all of its environment, the files in the place of its standard streams,
/// and where it runs.
///
/// # Errors
/// The system's.
pub fn start_child(
    program: OsString,
    args: &[OsString],
    env: Vec<(OsString, OsString)>,
    files: Vec<(i32, File)>,
    directory: Option<&Path>,
) -> io::Result<Child> {
    let mut command = Command::new(program);
    if let Some((name, rest)) = args.split_first() {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::arg0(&mut command, name);
        #[cfg(not(unix))]
        let _ = name;
        command.args(rest);
    }
    command.env_clear().envs(env);
    if let Some(directory) = directory {
        command.current_dir(directory);
    }
    for (descriptor, file) in files {
        match descriptor {
            0 => command.stdin(file),
            1 => command.stdout(file),
            2 => command.stderr(file),
            _ => return Err(io::Error::from(io::ErrorKind::InvalidInput)),
        };
    }
    command.spawn()
}
