//! Archives of object files, with an index of what each member defines.

use std::io::Cursor;

use ar_archive_writer::{ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream};

use crate::target::LinkerFlavor;

/// A file of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Its name, without folders.
    pub name: &'a str,
    /// An object file.
    pub bytes: &'a [u8],
}

/// The archive of objects, in the form that a linker reads. It holds no dates and no owners: the same objects make the same archive.
///
/// # Errors
/// Says which member is no object, or cannot be written.
pub fn archive(members: &[Member<'_>], linker: LinkerFlavor) -> Result<Vec<u8>, String> {
    let kind = match linker {
        LinkerFlavor::Gnu | LinkerFlavor::Mingw | LinkerFlavor::Wasm => ArchiveKind::Gnu,
        LinkerFlavor::Darwin => ArchiveKind::Darwin,
    };
    // The writer would take such a member and leave it out of the index.
    for member in members {
        object::File::parse(member.bytes)
            .map_err(|error| format!("{} is no object file: {error}", member.name))?;
    }
    let members: Vec<NewArchiveMember<'_>> = members
        .iter()
        .map(|member| NewArchiveMember::new(member.bytes, &DEFAULT_OBJECT_READER, member.name.to_owned()))
        .collect();
    let mut out = Cursor::new(Vec::new());
    write_archive_to_stream(&mut out, &members, kind, false, None).map_err(|error| error.to_string())?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use object::read::archive::ArchiveFile;
    use object::write::{Object, Symbol, SymbolSection};
    use object::{Architecture, BinaryFormat, Endianness, SymbolFlags, SymbolKind, SymbolScope};

    use super::*;

    /// An object that defines a function and uses another.
    fn object(format: BinaryFormat, defined: &str, used: &str) -> Vec<u8> {
        let mut object = Object::new(format, Architecture::X86_64, Endianness::Little);
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
    fn members_are_objects() {
        let wrong = Member { name: "notes.o", bytes: b"not an object" };
        let error = archive(&[wrong], LinkerFlavor::Gnu).unwrap_err();
        assert!(error.starts_with("notes.o is no object file: "), "{error}");
    }

    #[test]
    fn archives_are_read_back() {
        let long = "a name that has no room in a header.o";
        for (format, linker, prefix) in [
            (BinaryFormat::Elf, LinkerFlavor::Gnu, ""),
            (BinaryFormat::Coff, LinkerFlavor::Mingw, ""),
            (BinaryFormat::MachO, LinkerFlavor::Darwin, "_"),
        ] {
            let (first, second) = (object(format, "one", "two"), object(format, "two", "three"));
            let members = [Member { name: "first.o", bytes: &first }, Member { name: long, bytes: &second }];
            let bytes = archive(&members, linker).unwrap();
            assert_eq!(bytes, archive(&members, linker).unwrap());
            let file = ArchiveFile::parse(&*bytes).unwrap();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let members: Vec<_> = file.members().map(|member| member.unwrap()).collect();
            let names: Vec<String> = members.iter().map(|member| text(member.name())).collect();
            assert_eq!(names, ["first.o", long], "{format:?}");
            // Members for macOS are filled up with newlines.
            assert!(members[0].data(&*bytes).unwrap().starts_with(&first));
            assert!(members[1].data(&*bytes).unwrap().starts_with(&second));
            let symbols = file.symbols().unwrap().unwrap().map(|symbol| symbol.unwrap());
            let index: Vec<(String, String)> = symbols
                .map(|symbol| (text(symbol.name()), text(file.member(symbol.offset()).unwrap().name())))
                .collect();
            let expected = [("one", "first.o"), ("two", long)];
            assert_eq!(index, expected.map(|(name, member)| (format!("{prefix}{name}"), member.to_owned())));
        }
    }
}
