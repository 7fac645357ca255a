//! What is generated from the definition of the arguments: completions and manual pages.

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Args;
use crate::diagnostics::{Code, Diagnostic, closest};

/// The script that completes arguments in a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "simplec", &mut out);
    out
}

/// The manual page of simplec or of one of its commands, in roff.
///
/// # Errors
/// [`Code::Usage`] where there is no such command.
pub fn manual(name: Option<&str>) -> Result<Vec<u8>, Diagnostic> {
    let mut program = Args::command();
    // Gives the commands the options that go with every one, and their full names.
    program.build();
    let command = match name {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let error = Diagnostic::error(Code::Usage, format!("there is no command `{name}`"));
                let near = closest(name, program.get_subcommands().map(clap::Command::get_name));
                return Err(match near {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("`simplec help` lists them"),
                });
            }
        },
    };
    let mut out = Vec::new();
    // Writing to memory does not fail.
    let _ = Man::new(command).render(&mut out);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_and_every_command_has_its_text() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8(completions(*shell)).unwrap();
            assert!(script.contains("simplec") && script.contains("save-temps"), "{shell}");
        }
        for command in Args::command().get_subcommands() {
            let page = String::from_utf8(manual(Some(command.get_name())).unwrap()).unwrap();
            assert!(page.contains(&format!("simplec\\-{}", command.get_name())), "{page}");
        }
        let page = String::from_utf8(manual(None).unwrap()).unwrap();
        assert!(page.contains(".TH simplec 1"), "{page}");
        assert_eq!(manual(Some("buidl")).unwrap_err().helps, ["did you mean `build`?"]);
    }
}
