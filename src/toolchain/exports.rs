//! What a shared library offers, in the forms that linkers are told it where they would offer everything.

use crate::target::{LinkerFlavor, Target};

/// The symbols that others see, as C has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exports {
    /// The name that programs look for.
    pub library: String,
    /// Functions.
    pub functions: Vec<String>,
    /// Variables.
    pub variables: Vec<String>,
}

impl Exports {
    /// A module definition for Windows, a list of symbols for macOS; `None` where objects themselves say which symbols are hidden.
    pub fn text(&self, target: &Target) -> Option<String> {
        let mut text = String::new();
        match target.linker {
            LinkerFlavor::Mingw => {
                text.extend(["LIBRARY \"", &self.library, "\"\nEXPORTS\n"]);
                // Between quotes a name is no word of such files.
                self.functions.iter().for_each(|name| text.extend(["\"", name, "\"\n"]));
                self.variables.iter().for_each(|name| text.extend(["\"", name, "\" DATA\n"]));
            }
            LinkerFlavor::Darwin => {
                let prefix = target.data_layout.symbol_prefix();
                let names = self.functions.iter().chain(&self.variables);
                names.for_each(|name| text.extend([prefix, name, "\n"]));
            }
            LinkerFlavor::Gnu | LinkerFlavor::Wasm => return None,
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target;

    #[test]
    fn lists_are_in_the_form_of_their_linkers() {
        let [library, f, v] = ["x.dll", "f", "v"].map(str::to_owned);
        let exports = Exports { library, functions: vec![f], variables: vec![v] };
        let text = |triple| exports.text(target::find(triple).unwrap());
        let definition = "LIBRARY \"x.dll\"\nEXPORTS\n\"f\"\n\"v\" DATA\n";
        assert_eq!(text("i686-pc-windows-gnu").as_deref(), Some(definition));
        assert_eq!(text("aarch64-apple-darwin").as_deref(), Some("_f\n_v\n"));
        assert_eq!(text("x86_64-unknown-linux-gnu"), None);
    }
}
