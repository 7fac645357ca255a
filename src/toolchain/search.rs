//! Where tools are looked for. The only place that reads the environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where to look for tools and where to remember what was found. [`Search::from_env`] fills in the machine's;
/// the command line then overrides `prefix`, `clang`, `llc` and `cache`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    /// `--llvm-prefix`: an LLVM installation that must be used.
    pub prefix: Option<PathBuf>,
    /// `--clang`: a clang that must be used, the other tools coming from its installation.
    pub clang: Option<PathBuf>,
    /// `--llc`: an llc that must generate the code of what clang has optimised.
    pub llc: Option<PathBuf>,
    /// `SIMPLEC_LLVM`: the same as `prefix`, and weaker.
    pub variable: Option<PathBuf>,
    /// The folders of PATH, each once.
    pub path: Vec<PathBuf>,
    /// Installations, and folders whose subfolders named `llvm-N` or `llvm@N` are installations.
    pub places: Vec<PathBuf>,
    /// Where answers of tools and compiled modules are remembered; `None` remembers nothing.
    pub cache: Option<PathBuf>,
    /// Whether modules that are remembered are compiled all the same, and compared.
    pub verify_cache: bool,
    /// How long a question to a tool may take.
    pub limit: Duration,
}

impl Search {
    /// Nothing to look at, nothing remembered: the ground on which tests and hermetic builds put their own.
    pub fn nowhere() -> Search {
        Search {
            prefix: None,
            clang: None,
            llc: None,
            variable: None,
            path: Vec::new(),
            places: Vec::new(),
            cache: None,
            verify_cache: false,
            limit: Duration::from_secs(20),
        }
    }

    /// What this machine's environment says: `SIMPLEC_LLVM`, PATH, `SIMPLEC_CACHE`, `XDG_CACHE_HOME` and the home
    /// folder.
    pub fn from_env() -> Search {
        Search::from_variables(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Search {
        let mut path: Vec<PathBuf> = Vec::new();
        for folder in variable("PATH").iter().flat_map(std::env::split_paths) {
            // /bin is a link to /usr/bin on most systems: look at each folder once.
            let folder = folder.canonicalize().unwrap_or(folder);
            if !folder.as_os_str().is_empty() && !path.contains(&folder) {
                path.push(folder);
            }
        }
        let cache = variable("SIMPLEC_CACHE").map(PathBuf::from).or_else(|| {
            let base = variable("XDG_CACHE_HOME")
                .or_else(|| variable("LOCALAPPDATA"))
                .map(PathBuf::from)
                .or_else(|| Some(Path::new(&variable("HOME")?).join(".cache")))?;
            Some(base.join("simplec"))
        });
        Search {
            variable: variable("SIMPLEC_LLVM").map(PathBuf::from),
            path,
            places: known_places().iter().map(PathBuf::from).collect(),
            cache,
            ..Search::nowhere()
        }
    }
}

/// Where distributions and installers put LLVM.
fn known_places() -> &'static [&'static str] {
    if cfg!(windows) {
        &["C:\\Program Files\\LLVM", "C:\\Program Files (x86)\\LLVM"]
    } else if cfg!(target_os = "macos") {
        &["/opt/homebrew/opt", "/usr/local/opt", "/opt/local/libexec"]
    } else {
        &["/usr/lib", "/usr/lib64", "/home/linuxbrew/.linuxbrew/opt"]
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Search {
        Search::from_variables(|name| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_cache_is_named_or_under_the_users_cache() {
        let cache = |pairs: &[(&str, &str)]| with(pairs).cache;
        assert_eq!(cache(&[("HOME", "/h")]), Some("/h/.cache/simplec".into()));
        assert_eq!(cache(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]), Some("/x/simplec".into()));
        assert_eq!(cache(&[("SIMPLEC_CACHE", "/s"), ("XDG_CACHE_HOME", "/x")]), Some("/s".into()));
        assert_eq!(cache(&[]), None);
    }

    #[test]
    fn path_folders_come_once_and_in_order() {
        let search = with(&[("PATH", "/nowhere/b::/nowhere/a:/nowhere/b")]);
        assert_eq!(search.path, [PathBuf::from("/nowhere/b"), PathBuf::from("/nowhere/a")]);
    }
}
