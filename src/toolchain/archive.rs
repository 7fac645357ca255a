//! Archives of object files, with an index of what each member defines: the form that GNU tools, LLVM's and Microsoft's share.

use std::fmt::Write;

use object::{Object, ObjectSymbol};

/// A file of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Its name, without folders.
    pub name: &'a str,
    /// An object file, ELF or COFF.
    pub bytes: &'a [u8],
}

const MAGIC: &[u8] = b"!<arch>\n";
const HEADER: usize = 60;
/// The longest name that has room in a header, where a slash ends it.
const SHORT: usize = 15;

/// The archive of objects. It holds no dates and no owners: the same objects make the same archive.
///
/// # Errors
/// Says which member is no object file.
pub fn archive(members: &[Member<'_>]) -> Result<Vec<u8>, String> {
    let mut symbols: Vec<(usize, String)> = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let file = object::File::parse(member.bytes).map_err(|error| format!("{}: {error}", member.name))?;
        for symbol in file.symbols().filter(|symbol| symbol.is_global() && !symbol.is_undefined()) {
            let name = symbol.name().map_err(|error| format!("{}: {error}", member.name))?;
            symbols.push((index, name.to_owned()));
        }
    }
    let mut long_names = String::new();
    let names: Vec<String> = members
        .iter()
        .map(|member| {
            if member.name.len() <= SHORT {
                return format!("{}/", member.name);
            }
            let at = long_names.len();
            long_names.push_str(member.name);
            long_names.push_str("/\n");
            format!("/{at}")
        })
        .collect();

    let index_bytes = 4 + 4 * symbols.len() + symbols.iter().map(|(_, name)| name.len() + 1).sum::<usize>();
    let mut at = MAGIC.len() + HEADER + index_bytes.next_multiple_of(2);
    if !long_names.is_empty() {
        at += HEADER + long_names.len().next_multiple_of(2);
    }
    let mut places = Vec::with_capacity(members.len());
    for member in members {
        places.push(u32::try_from(at).map_err(|_| "the archive has more than 4 GiB".to_owned())?);
        at += HEADER + member.bytes.len().next_multiple_of(2);
    }

    let mut index = Vec::with_capacity(index_bytes);
    index.extend((symbols.len() as u32).to_be_bytes());
    for (member, _) in &symbols {
        index.extend(places[*member].to_be_bytes());
    }
    for (_, name) in &symbols {
        index.extend(name.as_bytes());
        index.push(0);
    }

    let mut out = MAGIC.to_vec();
    append(&mut out, "/", &index);
    if !long_names.is_empty() {
        append(&mut out, "//", long_names.as_bytes());
    }
    for (member, name) in members.iter().zip(&names) {
        append(&mut out, name, member.bytes);
    }
    Ok(out)
}

/// Appends a member: header, bytes, and one more where they are odd in number.
fn append(out: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let mut header = String::with_capacity(HEADER);
    // Writing to a string does not fail.
    let _ = writeln!(header, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, 644, bytes.len());
    out.extend(header.as_bytes());
    out.extend(bytes);
    if !bytes.len().is_multiple_of(2) {
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use object::read::archive::ArchiveFile;
    use object::write::{Object, Symbol, SymbolSection};
    use object::{Architecture, BinaryFormat, Endianness, SymbolFlags, SymbolKind, SymbolScope};

    use super::*;

    /// An object that defines a function and uses another.
    fn object(defined: &str, used: &str) -> Vec<u8> {
        let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
        let text = object.section_id(object::write::StandardSection::Text);
        for (name, section) in [(defined, SymbolSection::Section(text)), (used, SymbolSection::Undefined)] {
            object.add_symbol(Symbol {
                name: name.into(),
                value: 0,
                size: 0,
                kind: SymbolKind::Text,
                scope: SymbolScope::Dynamic,
                weak: false,
                section,
                flags: SymbolFlags::None,
            });
        }
        object.write().unwrap()
    }

    #[test]
    fn archives_are_read_back() {
        let (first, second) = (object("one", "two"), object("two", "three"));
        let long = "a name that has no room in a header.o";
        let bytes =
            archive(&[Member { name: "first.o", bytes: &first }, Member { name: long, bytes: &second }]);
        let bytes = bytes.unwrap();
        let file = ArchiveFile::parse(&*bytes).unwrap();
        let members: Vec<(String, &[u8])> = file
            .members()
            .map(|member| member.unwrap())
            .map(|member| {
                (String::from_utf8_lossy(member.name()).into_owned(), member.data(&*bytes).unwrap())
            })
            .collect();
        assert_eq!(members, [("first.o".to_owned(), &*first), (long.to_owned(), &*second)]);
        let index: Vec<(String, String)> = file
            .symbols()
            .unwrap()
            .unwrap()
            .map(|symbol| symbol.unwrap())
            .map(|symbol| {
                let member = file.member(symbol.offset()).unwrap();
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                (text(symbol.name()), text(member.name()))
            })
            .collect();
        assert_eq!(index, [("one".to_owned(), "first.o".to_owned()), ("two".to_owned(), long.to_owned())]);
        assert!(archive(&[Member { name: "x", bytes: b"nothing" }]).unwrap_err().starts_with("x: "));
    }
}
