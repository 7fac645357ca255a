//! Targets of the user's own, and those that only LLVM knows.

use std::process::Command;

use object::{Architecture, Object, ObjectKind, ObjectSection, ObjectSymbol};

use crate::place::{Place, has_llvm};

const HELLO: &str = "fn main():\n    print \"hello from {6 * 7}\"\n";
const X86_64: &str = include_str!("../../toolchains/x86_64-unknown-linux-gnu.json");

/// A target file like that of 64-bit Linux on x86, with some of its text replaced.
fn like_x86_64(place: &Place, replaced: &[(&str, &str)]) {
    let mut text = X86_64.to_owned();
    for (from, to) in replaced {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    place.write("mine.json", text);
}

#[test]
fn a_target_file_of_ones_own_is_as_good_as_ours() {
    if !has_llvm() || !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return;
    }
    let place = Place::new();
    place.write("hello.spl", HELLO);
    let mine = [
        (
            "\"triple\": \"x86_64-unknown-linux-gnu\"",
            "\"triple\": \"x86_64-mine-linux\", \"llvm_triple\": \"x86_64-unknown-linux-gnu\"",
        ),
        ("\"cpu\": \"x86-64\"", "\"cpu\": \"x86-64-v2\""),
    ];
    like_x86_64(&place, &mine);
    assert_eq!(
        place.simplec(&["--print=target-triple", "--target=./mine.json"]).succeeds().stdout,
        "x86_64-mine-linux\n"
    );
    for link in ["self-contained", "system"] {
        let link = format!("--link={link}");
        let ran = place.simplec(&["run", "-O2", "--target=./mine.json", &link, "hello.spl"]);
        assert_eq!(ran.succeeds().stdout, "hello from 42\n");
    }
    let text = place.simplec(&["build", "--target=./mine.json", "--emit=llvm-ir", "-o", "-", "hello.spl"]);
    assert!(text.succeeds().stdout.contains("\"target-cpu\"=\"x86-64-v2\""));
}

#[test]
fn a_target_file_that_is_wrong_is_told_what_is_wrong() {
    let place = Place::with_main();
    let refused = |says: &str| {
        place
            .simplec(&["build", "--target=./mine.json", "main.mir"])
            .fails(1, &["error[E0701]: `./mine.json` describes no target", says]);
    };
    for (text, says) in [
        ("", "EOF while parsing"),
        ("[]", "invalid"),
        ("{", "line 1"),
        ("{\"triple\": \"a-b\"}", "missing field `description`"),
    ] {
        place.write("mine.json", text);
        refused(says);
    }
    for (from, to, says) in [
        ("\"pointer_width\": 64", "\"pointer_width\": 32", "but data_layout says 64"),
        ("\"pointer_width\": 64", "\"pointer_width\": \"64\"", "expected u32"),
        ("\"little\"", "\"big\"", "endian is big"),
        ("\"linux\"", "\"plan9\"", "unknown variant `plan9`"),
        ("\"linux\"", "\"macos\"", "object_format is elf, but os is macos"),
        ("\"sysv64\"", "\"sysv65\"", "unknown variant `sysv65`"),
        ("\"gnu\",\n  \"libraries\"", "\"link.exe\",\n  \"libraries\"", "unknown variant `link.exe`"),
        ("f80:128", "f80:12", "12 is no alignment"),
        ("\"entry\"", "\"entrance\"", "unknown field `entrance`"),
        ("\"tier\": 1", "\"tier\": 4", "tier is 4"),
    ] {
        like_x86_64(&place, &[(from, to)]);
        refused(says);
    }
    if has_llvm() {
        like_x86_64(&place, &[("i64:64-i128:128", "i64:32-i128:128")]);
        refused("for x86_64-unknown-linux-gnu");
        like_x86_64(
            &place,
            &[("\"triple\": \"x86_64-unknown-linux-gnu\"", "\"triple\": \"pdp11-dec-unix\"")],
        );
        refused("pdp11-dec-unix");
        like_x86_64(&place, &[("\"cpu\": \"x86-64\"", "\"cpu\": \"x86-\\\"65\"")]);
        refused("'x86-\"65' is not a recognized processor");
        like_x86_64(&place, &[("\"+cmov\"", "\"+cmoof\"")]);
        refused("'+cmoof' is not a recognized feature");
        // Here LLVM stops as at an error of its own.
        let board = include_str!("../../toolchains/riscv32imac-unknown-none-elf.json");
        place.write("mine.json", board.replace("\"target_abi\": \"ilp32\"", "\"target_abi\": \"ilp33\""));
        refused("target-abi");
    }
    assert_eq!(place.outputs(), ["mine.json"]);
}

#[test]
fn objects_are_made_for_every_triple_that_llvm_knows() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("hello.spl", HELLO);
    for (triple, architecture, is_little, is_64) in [
        ("powerpc64le-unknown-linux-gnu", Architecture::PowerPc64, true, true),
        ("powerpc-unknown-linux-gnu", Architecture::PowerPc, false, false),
        ("s390x-unknown-linux-gnu", Architecture::S390x, false, true),
        ("mips-unknown-linux-gnu", Architecture::Mips, false, false),
        ("mips64el-unknown-linux-gnuabi64", Architecture::Mips64, true, true),
        ("loongarch64-unknown-linux-gnu", Architecture::LoongArch64, true, true),
        ("sparcv9-unknown-linux-gnu", Architecture::Sparc64, false, true),
        ("aarch64_be-unknown-linux-gnu", Architecture::Aarch64, false, true),
        // Near to names that come with simplec, and no slips.
        ("x86_64-unknown-linux-musl", Architecture::X86_64, true, true),
        // COFF does not say how wide pointers are.
        ("x86_64-pc-windows-msvc", Architecture::X86_64, true, false),
        ("aarch64-apple-ios", Architecture::Aarch64, true, true),
        ("riscv64-unknown-none-elf", Architecture::Riscv64, true, true),
        // Nothing in these names says what objects are.
        ("x86_64-unknown-none", Architecture::X86_64, true, true),
        ("aarch64-unknown-none", Architecture::Aarch64, true, true),
        // Cranelift has no relocations for these.
        ("aarch64-pc-windows-msvc", Architecture::Aarch64, true, false),
    ] {
        for level in ["-O0", "-O2"] {
            place.simplec(&["build", level, "--target", triple, "--emit=obj=out.o", "hello.spl"]).succeeds();
            let bytes = std::fs::read(place.path("out.o")).unwrap();
            let file = object::File::parse(&*bytes).unwrap();
            assert_eq!(file.architecture(), architecture, "{triple}");
            assert_eq!((file.is_little_endian(), file.is_64()), (is_little, is_64), "{triple}");
            let main = if triple.contains("apple") { "_main" } else { "main" };
            let main = file.symbols().find(|symbol| symbol.name() == Ok(main)).unwrap();
            assert!(main.is_global() && main.is_definition(), "{triple}");
        }
        place
            .simplec(&["build", "--target", triple, "hello.spl"])
            .fails(1, &["error[E0701]", triple, "--emit=obj"]);
    }
    // The help of a run has what a build does not refuse.
    for (triple, says, not) in [
        (
            "s390x-unknown-linux-gnu",
            "`simplec build --emit=obj` writes the object file",
            "writes the program",
        ),
        ("x86_64-apple-darwin", "`simplec build` writes the program to a file", "--emit=obj"),
    ] {
        let ran = place.simplec(&["run", "--target", triple, "hello.spl"]);
        ran.fails(1, &["error[E0702]: programs for ", " do not run on this machine", says]);
        assert!(!ran.stderr.contains(not), "{}", ran.stderr);
    }
    place
        .simplec(&["build", "--target=x86_64-unknown-linux-gnux", "hello.spl"])
        .fails(1, &["error[E0701]: unknown target", "did you mean `x86_64-unknown-linux-gnu`?"]);
    for narrow in ["--target=msp430-unknown-elf", "--target=avr-unknown-unknown"] {
        place
            .simplec(&["build", narrow, "hello.spl"])
            .fails(1, &["error[E0701]", "16, and must be 32 or 64"]);
    }
    place.simplec(&["build", "--target=bpfel-unknown-none", "hello.spl"]).fails(
        1,
        &["error[E0701]: simplec makes nothing for bpfel-unknown-none", "'memmove' is not supported"],
    );
    place
        .simplec(&["build", "--target=riscv64", "hello.spl"])
        .fails(1, &["error[E0701]", "not of the form arch-system", "write `riscv64-unknown-none`"]);
    place
        .simplec(&["build", "--target=pdp11-dec-unix", "hello.spl"])
        .fails(1, &["error[E0701]: unknown target", "unknown target triple 'pdp11-dec-unix'"]);
}

/// Products, quotients and shifts of both widths, and floats, of numbers that no compiler knows.
const ARITHMETIC: &str = "\
fn mixed(a: u64, b: i64, x: i32, y: u32) -> text:
    var all = \"\"
    var n: u64 = 0
    while n < 64:
        all = \"{all} {a << n} {a >> n} {b >> n as i64} {b * (n as i64 - 30)} {a * (a >> n)} {b / (n as i64 + 3)}\"
        n += 9
    \"{all} {x * 3 / 7} {x % 10} {y / 7} {y % 1000} {x / -13} {12345.678.sqrt() / 3.0}\"

fn main(): print mixed(1311768467750121201, -81985529216486895, -77777, 4000000000)
";

/// The board of the tests, by clang.
fn board(place: &Place, flags: &[&str]) -> Option<String> {
    let known = place.simplec(&["--print=toolchain"]);
    let clang = known.stdout.lines().find_map(|line| line.strip_prefix("clang "))?.to_owned();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/boards/semihosting.c");
    let made = Command::new(clang)
        .args(flags)
        .args(["-ffreestanding", "-Os", "-c", source, "-o"])
        .arg(place.path("board.o"))
        .status();
    assert!(made.unwrap().success());
    Some(place.path("board.o").display().to_string())
}

#[test]
fn the_least_processors_of_a_family_have_all_arithmetic() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("sums.spl", ARITHMETIC);
    let expected = place.simplec(&["run", "sums.spl"]).succeeds().stdout.clone();
    let thumb = include_str!("../../toolchains/thumbv7m-none-eabi.json");
    let riscv = include_str!("../../toolchains/riscv32imac-unknown-none-elf.json");
    let arm = include_str!("../../toolchains/armv7-unknown-linux-gnueabihf.json");
    let script = format!(" -T{}/tests/boards/mps2-an385.ld", env!("CARGO_MANIFEST_DIR"));
    let of_thumb = ["--target=thumbv6m-none-eabi", "-mcpu=cortex-m0"];
    let of_riscv = ["--target=riscv32-unknown-none-elf", "-march=rv32ic", "-mabi=ilp32"];
    for (file, changes, flags, script) in [
        (
            thumb,
            &[("thumbv7m-none-eabi", "thumbv6m-none-eabi"), ("cortex-m3", "cortex-m0")][..],
            &of_thumb[..],
            script.as_str(),
        ),
        (riscv, &[("\"+m\",", ""), ("\"+a\",", "")], &of_riscv, ""),
        (
            arm,
            &[
                ("\"triple\"", "\"llvm_triple\": \"armv6-unknown-linux-gnueabihf\", \"triple\""),
                ("\"+armv7-a\",", ""),
                ("\"+vfp3d16\"", "\"+vfp2\""),
                ("\"cpu\": \"generic\"", "\"cpu\": \"arm1176jzf-s\""),
            ],
            &[],
            "",
        ),
    ] {
        let mut text = file.to_owned();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        place.write("least.json", text);
        let mut args = vec!["--target=./least.json".to_owned()];
        if !flags.is_empty() {
            let Some(board) = board(&place, flags) else { return };
            args.push(format!("-Clink-args={board}{script}"));
        }
        for level in ["-O0", "-O2"] {
            let mut command =
                vec!["build".to_owned(), level.to_owned(), "sums.spl".to_owned(), "-osums.elf".to_owned()];
            command.extend(args.iter().cloned());
            place.simplec(&command).succeeds();
            command[0] = "run".to_owned();
            command.remove(3);
            let ran = place.simplec(&command);
            if ran.stderr.contains("do not run on this machine") {
                eprintln!("least processors: not run, {}", ran.stderr);
                continue;
            }
            assert_eq!(ran.succeeds().stdout, expected, "{changes:?} {level}");
        }
    }
}

#[test]
fn programs_for_the_shared_libraries_of_another_linux() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("hello.spl", HELLO);
    place.write("sums.spl", "export fn sum(a: i64, b: i64) -> i64: a + b\n");
    place.write("far.spl", "extern fn far_away() -> i32\n\nfn main(): print far_away()\n");
    for (triple, architecture, loader) in [
        ("x86_64-unknown-linux-gnu", Architecture::X86_64, "/lib64/ld-linux-x86-64.so.2"),
        ("i686-unknown-linux-gnu", Architecture::I386, "/lib/ld-linux.so.2"),
        ("aarch64-unknown-linux-gnu", Architecture::Aarch64, "/lib/ld-linux-aarch64.so.1"),
        ("armv7-unknown-linux-gnueabihf", Architecture::Arm, "/lib/ld-linux-armhf.so.3"),
        ("riscv64gc-unknown-linux-gnu", Architecture::Riscv64, "/lib/ld-linux-riscv64-lp64d.so.1"),
        ("riscv32gc-unknown-linux-gnu", Architecture::Riscv32, "/lib/ld-linux-riscv32-ilp32d.so.1"),
    ] {
        let build = ["build", "-O2", "--link=dynamic", "--target", triple];
        place.simplec(&[&build[..], &["-o", "hello", "hello.spl"]].concat()).succeeds();
        let bytes = std::fs::read(place.path("hello")).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        assert_eq!((file.architecture(), file.kind()), (architecture, ObjectKind::Dynamic), "{triple}");
        let interpreter = file.section_by_name(".interp").unwrap().data().unwrap();
        assert_eq!(interpreter.strip_suffix(b"\0"), Some(loader.as_bytes()), "{triple}");
        let needed = |name: &str| {
            file.dynamic_symbols().any(|symbol| symbol.name() == Ok(name) && symbol.is_undefined())
        };
        assert!(needed("__libc_start_main") && needed("write"), "{triple}");

        place.simplec(&[&build[..], &["--emit=dylib", "-o", "libsums.so", "sums.spl"]].concat()).succeeds();
        let bytes = std::fs::read(place.path("libsums.so")).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        let defined = file.dynamic_symbols().filter(|symbol| symbol.is_definition());
        let defined: Vec<&str> = defined.map(|symbol| symbol.name().unwrap()).collect();
        assert_eq!(defined, ["sum"], "{triple}");

        let refused = place.simplec(&[&build[..], &["far.spl"]].concat());
        refused
            .fails(1, &["error[E0703]", "the list of the system's functions", "`far_away`", "-C link-args="]);
    }
    place
        .simplec(&["build", "--link=dynamic", "--target=x86_64-windows-gnu", "hello.spl"])
        .fails(2, &["error[E0803]: there is no `--link=dynamic` for x86_64-pc-windows-gnu"]);
}

/// What a program brings along is for the smallest one to bear.
#[test]
fn the_greeting_stays_small() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("hello.spl", include_str!("../../examples/hello.spl"));
    for (triple, most) in [
        ("x86_64-unknown-linux-gnu", 5_120),
        ("i686-unknown-linux-gnu", 5_120),
        ("x86_64-pc-windows-gnu", 5_120),
        ("i686-pc-windows-gnu", 5_120),
        ("wasm32-wasi", 4_096),
    ] {
        let build = ["build", "-Os", "--link=self-contained", "-C", "link-args=-s", "--target", triple];
        place.simplec(&[&build[..], &["-o", "hello", "hello.spl"]].concat()).succeeds();
        let bytes = std::fs::metadata(place.path("hello")).unwrap().len();
        assert!(bytes <= most, "{triple}: {bytes} bytes, and {most} were to be enough");
    }
}
