//! The byte buffer that everything is written into.

/// LLVM assembly under construction: one growing buffer, no temporaries.
#[derive(Default)]
pub(super) struct Text {
    /// What has been written.
    pub bytes: Vec<u8>,
}

impl Text {
    /// Appends text as it is.
    pub fn s(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Appends an integer in decimal.
    pub fn n(&mut self, number: impl itoa::Integer) {
        self.s(itoa::Buffer::new().format(number));
    }

    /// Appends another text after an empty line, unless it is empty.
    pub fn section(&mut self, text: &Text) {
        if !text.bytes.is_empty() {
            self.s("\n");
            self.bytes.extend_from_slice(&text.bytes);
        }
    }

    /// Appends an identifier after its sigil, in quotes where it needs them (LangRef, "Identifiers").
    pub fn name(&mut self, sigil: &str, name: &str) {
        self.s(sigil);
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'$' | b'.' | b'_');
        let starts_well = name.as_bytes().first().is_some_and(|b| !b.is_ascii_digit());
        if starts_well && name.bytes().all(plain) {
            self.s(name);
        } else {
            self.quoted(name.as_bytes());
        }
    }

    /// Appends bytes as a quoted string; what is not plain ASCII becomes `\XX`.
    pub fn quoted(&mut self, bytes: &[u8]) {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        self.bytes.push(b'"');
        for &byte in bytes {
            if (0x20..0x7F).contains(&byte) && byte != b'"' && byte != b'\\' {
                self.bytes.push(byte);
            } else {
                let digits = [b'\\', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
                self.bytes.extend_from_slice(&digits);
            }
        }
        self.bytes.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        let mut out = Text::default();
        out.name("@", text);
        String::from_utf8(out.bytes).unwrap()
    }

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        assert_eq!(name("rt_print.i64$2"), "@rt_print.i64$2");
        assert_eq!(name("max<i64>"), "@\"max<i64>\"");
        assert_eq!(name("1st"), "@\"1st\"");
        assert_eq!(name("a\"b\\c\u{e9}"), "@\"a\\22b\\5Cc\\C3\\A9\"");
        assert_eq!(name(""), "@\"\"");
    }
}
