//! Objects for every target.

use ::object::read::{Object, ObjectSection, ObjectSymbol, RelocationTarget};
use ::object::{Endianness, RelocationFlags, SymbolKind};

use crate::backend::cranelift::{Opt, Options, object, supports};
use crate::target;

use super::{messages, module};

#[test]
fn three_processors_are_supported() {
    let supported: Vec<&str> =
        target::all().iter().filter(|t| supports(t)).map(|t| t.triple.as_str()).collect();
    assert_eq!(
        supported,
        [
            "x86_64-unknown-linux-gnu",
            "aarch64-unknown-linux-gnu",
            "riscv64gc-unknown-linux-gnu",
            "x86_64-pc-windows-gnu",
            "x86_64-apple-darwin",
            "aarch64-apple-darwin",
        ]
    );
    let i686 = target::find("i686-unknown-linux-gnu").expect("known");
    let errors = object(&module(""), i686, &Options::default()).expect_err("32 bits");
    assert_eq!(
        messages(&errors),
        ["the Cranelift back end does not support target `i686-unknown-linux-gnu`"]
    );
}

const INTS: [&str; 10] = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "isize", "usize"];

/// Every operation on scalars with every type it takes.
fn every_scalar_operation() -> String {
    let mut text = String::from(
        "extern fn @printf(ptr, ...) -> i32\nextern global @there: i64\nglobal @here: (i64, ptr) = (7, @here)\n\
         const @pointer: ptr = @g_i8\n",
    );
    let mut body = |name: &str, params: &str, lines: &[String]| {
        text.push_str(&format!("export fn @{name}({params}) {{\nbb0:\n"));
        for (i, line) in lines.iter().enumerate() {
            text.push_str(&format!("  %r{i}: {line}\n"));
        }
        text.push_str("  return\n}\n");
    };
    for ty in INTS {
        let mut lines = Vec::new();
        for op in [
            "add", "sub", "mul", "div", "rem", "min", "max", "and", "or", "xor", "shl", "shr", "rotl", "rotr",
        ] {
            lines.push(format!("{ty} = {op} %a, %b"));
        }
        for op in ["neg", "abs", "not", "popcount", "clz", "ctz", "bswap"] {
            lines.push(format!("{ty} = {op} %a"));
        }
        for op in ["add", "sub", "mul"] {
            lines.push(format!("({ty}, bool) = {op}.checked %a, %b"));
        }
        for op in ["eq", "ne", "lt", "le", "gt", "ge"] {
            lines.push(format!("bool = {op} %a, %b"));
        }
        for count in INTS {
            for op in ["shl", "shr", "rotl", "rotr"] {
                lines.push(format!("{ty} = {op} %a, %{count}"));
            }
            lines.push(format!("{count} = resize %a"));
            lines.push(format!("ptr = index_addr %p, i16, %{count}"));
        }
        for op in ["xchg", "add", "sub", "and", "or", "xor", "min", "max"] {
            lines.push(format!("{ty} = rmw {op}, %a, %p, seq_cst"));
        }
        lines.push(format!("({ty}, bool) = cmpxchg %a, %b, %p, acq_rel"));
        lines.push(format!("{ty} = load.atomic %p, acquire"));
        lines.push(format!("{ty} = load.volatile %p"));
        lines.push(format!("{ty} = select %c, %a, %b"));
        for float in ["f32", "f64"] {
            lines.push(format!("{float} = int_to_float %a"));
            lines.push(format!("{ty} = float_to_int %{float}"));
        }
        let counts: Vec<String> = INTS.iter().map(|count| format!("%{count}: {count}")).collect();
        let params =
            format!("%a: {ty}, %b: {ty}, %c: bool, %p: ptr, %f32: f32, %f64: f64, {}", counts.join(", "));
        body(&format!("g_{ty}"), &params, &lines);
    }
    for ty in ["f32", "f64"] {
        let mut lines = Vec::new();
        for op in ["add", "sub", "mul", "div", "rem", "min", "max", "copysign"] {
            lines.push(format!("{ty} = {op} %a, %b"));
        }
        for op in ["neg", "abs", "sqrt", "floor", "ceil", "round.zero", "round.even", "round.away"] {
            lines.push(format!("{ty} = {op} %a"));
        }
        for op in ["eq", "ne", "lt", "le", "gt", "ge"] {
            lines.push(format!("bool = {op} %a, %b"));
        }
        lines.push(format!("{ty} = fma %a, %b, %b"));
        lines.push(format!("{ty} = load.volatile %p"));
        lines.push("ptr = global_addr @there".to_owned());
        lines.push("ptr = global_addr @here".to_owned());
        lines.push("ptr = func_addr @printf".to_owned());
        lines.push("ptr = func_addr @g_i8".to_owned());
        lines.push("i32 = call @printf(%p, %d, %p)".to_owned());
        lines.push("usize = const 9".to_owned());
        body(&format!("g_{ty}"), &format!("%a: {ty}, %b: {ty}, %p: ptr, %d: f64"), &lines);
    }
    text
}

#[test]
fn every_scalar_operation_compiles_for_every_target() {
    let module = module(&every_scalar_operation());
    for target in target::all().iter().filter(|target| supports(target)) {
        for opt in [Opt::None, Opt::Speed] {
            for pic in [false, true] {
                let options = Options { opt, pic, verify: true, debug: None };
                let bytes = object(&module, target, &options)
                    .unwrap_or_else(|errors| panic!("{}: {:?}", target.triple, messages(&errors)));
                assert!(bytes.len() > 1000, "{}", target.triple);
                let again = object(&module, target, &options).expect("as before");
                assert!(bytes == again, "{}: two compilations differ", target.triple);
            }
        }
    }
}

#[test]
fn symbols_are_the_names_of_mir() {
    let text = "export fn @\"a.b<i64, [T]>::c $\"() {\nbb0:\n  return\n}\n";
    let linux = target::find("x86_64-unknown-linux-gnu").expect("known");
    let bytes = object(&module(text), linux, &Options::default()).expect("compiles");
    let name = b"\0a.b<i64, [T]>::c $\0";
    assert!(bytes.windows(name.len()).any(|window| window == name));
}

#[test]
fn what_is_only_declared_is_in_no_symbol_table() {
    let text = "extern fn @unused() -> i64\nextern global @spare: i64\nextern fn @used() -> i64\nextern global @seen: i64\n\
         const @table: (ptr, ptr) = (@used, @seen)\n";
    for target in target::all().iter().filter(|target| supports(target)) {
        let bytes = object(&module(text), target, &Options::default()).expect("compiles");
        let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
        assert!(has(b"used") && has(b"seen"), "{}", target.triple);
        assert!(!has(b"unused") && !has(b"spare"), "{}", target.triple);
    }
}

/// The symbols of an object, each with its scope and the kind of its section, and what each relocation refers to, with its type.
fn symbols_and_relocations(bytes: &[u8]) -> (Vec<String>, Vec<(String, u16)>) {
    let file = ::object::File::parse(bytes).expect("an object");
    let is_ours = |kind| matches!(kind, SymbolKind::Text | SymbolKind::Data | SymbolKind::Unknown);
    let symbols = file.symbols().filter(|symbol| is_ours(symbol.kind())).map(|symbol| {
        let section = symbol.section_index().map(|index| file.section_by_index(index).expect("is there"));
        let place = section.map_or("Elsewhere".to_owned(), |section| format!("{:?}", section.kind()));
        let scope = if symbol.is_global() { "global" } else { "local" };
        format!("{} {scope} {place}", symbol.name().expect("UTF-8"))
    });
    let relocations = file.sections().flat_map(|section| section.relocations().collect::<Vec<_>>());
    let relocations = relocations.map(|(_, relocation)| {
        let RelocationTarget::Symbol(target) = relocation.target() else { panic!("{relocation:?}") };
        let target = file.symbol_by_index(target).and_then(|symbol| symbol.name().map(str::to_owned));
        let kind = match relocation.flags() {
            RelocationFlags::MachO { r_type, .. } => r_type.into(),
            RelocationFlags::Coff { typ } => typ,
            other => panic!("{other:?}"),
        };
        (target.expect("is there"), kind)
    });
    (symbols.collect(), relocations.collect())
}

/// Internal symbols are local, and what may be anywhere is reached through a table: macOS makes it by relocations of their own,
/// and for Windows it is in the object.
#[test]
fn objects_for_macos_and_windows_have_symbols_and_relocations_that_their_linkers_know() {
    use ::object::macho::*;
    use ::object::pe::{IMAGE_REL_AMD64_ADDR64, IMAGE_REL_AMD64_REL32};
    let module = module(
        "extern fn @there() -> i64 c\nfn @inner() -> i64 {\nbb0:\n  %r: i64 = call @there()\n  return %r\n}\n\
         global @count: i64 = 5\nconst @table: ptr = @f\n\
         export fn @f() -> i64 c {\nbb0:\n  %r: i64 = call @inner()\n  %p: ptr = global_addr @count\n  \
         %n: i64 = load %p\n  %s: i64 = add %r, %n\n  return %s\n}\n",
    );
    let macos = [
        "_::inner local Text",
        "_::count local Data",
        "_::table local ReadOnlyData",
        "_f global Text",
        "_there global Elsewhere",
    ];
    let windows = [
        "::inner local Text",
        "f global Text",
        "::count local Data",
        "::table local ReadOnlyData",
        "there global Elsewhere",
        ".refptr.there local ReadOnlyData",
        ".refptr.::count local ReadOnlyData",
    ];
    let small = |kind: u8| u16::from(kind);
    type Relocations<'a> = &'a [(&'a str, u16)];
    let rows: [(&str, &[&str], Relocations<'_>); 3] = [
        (
            "x86_64-apple-darwin",
            &macos,
            &[
                ("_::count", small(X86_64_RELOC_GOT)),
                ("_::inner", small(X86_64_RELOC_BRANCH)),
                ("_there", small(X86_64_RELOC_GOT)),
                ("_f", small(X86_64_RELOC_UNSIGNED)),
            ],
        ),
        (
            "aarch64-apple-darwin",
            &macos,
            &[
                ("_::count", small(ARM64_RELOC_GOT_LOAD_PAGEOFF12)),
                ("_::count", small(ARM64_RELOC_GOT_LOAD_PAGE21)),
                ("_::inner", small(ARM64_RELOC_BRANCH26)),
                ("_there", small(ARM64_RELOC_GOT_LOAD_PAGEOFF12)),
                ("_there", small(ARM64_RELOC_GOT_LOAD_PAGE21)),
                ("_f", small(ARM64_RELOC_UNSIGNED)),
            ],
        ),
        (
            "x86_64-pc-windows-gnu",
            &windows,
            &[
                (".refptr.there", IMAGE_REL_AMD64_REL32),
                ("::inner", IMAGE_REL_AMD64_REL32),
                (".refptr.::count", IMAGE_REL_AMD64_REL32),
                ("f", IMAGE_REL_AMD64_ADDR64),
                ("there", IMAGE_REL_AMD64_ADDR64),
                ("::count", IMAGE_REL_AMD64_ADDR64),
            ],
        ),
    ];
    for (triple, symbols, relocations) in rows {
        let target = target::find(triple).expect("known");
        let (found, refers) =
            symbols_and_relocations(&object(&module, target, &Options::default()).expect("compiles"));
        assert_eq!(found, symbols, "{triple}");
        let refers: Vec<(&str, u16)> = refers.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        assert_eq!(refers, relocations, "{triple}");
    }
}

/// A linker takes the oldest system of all objects.
#[test]
fn objects_for_macos_say_which_system_they_are_for() {
    use ::object::macho::{LC_BUILD_VERSION, MachHeader64, PLATFORM_MACOS};
    use ::object::read::macho::MachHeader;
    for target in target::all().iter().filter(|target| target.system_version().is_some()) {
        assert_eq!(target.system_version(), Some("11.0.0"), "{}", target.triple);
        let bytes = object(&module("export fn @f() {\nbb0:\n  return\n}\n"), target, &Options::default());
        let bytes = bytes.expect("compiles");
        let header = MachHeader64::<Endianness>::parse(&*bytes, 0).expect("a header");
        let mut commands = header.load_commands(Endianness::Little, &*bytes, 0).expect("commands");
        let version = std::iter::from_fn(|| commands.next().expect("a command"))
            .find(|command| command.cmd() == LC_BUILD_VERSION)
            .and_then(|command| command.build_version().expect("a version"))
            .expect("is there");
        let told = (version.platform.get(Endianness::Little), version.minos.get(Endianness::Little));
        assert_eq!(told, (PLATFORM_MACOS, 11 << 16), "{}", target.triple);
    }
}
