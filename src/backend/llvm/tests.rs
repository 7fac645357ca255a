//! What goldens (`tests/ir`) do not show: refusals, determinism, speed.

use super::*;
use crate::diagnostics::FileId;
use crate::mir::parse;
use crate::target::find;

fn written(text: &str, triple: &str) -> Result<String, Vec<String>> {
    let module = parse(FileId(1), "test.mir", text).expect("the text parses");
    let target = find(triple).expect("a known target");
    match write(&module, target, &Options::default()) {
        Ok(bytes) => Ok(String::from_utf8(bytes).expect("text")),
        Err(errors) => Err(errors.into_iter().map(|error| error.message).collect()),
    }
}

fn refused(text: &str) -> Vec<String> {
    written(text, "x86_64-unknown-linux-gnu").expect_err("is refused")
}

#[test]
fn what_is_not_supported_is_named_all_of_it() {
    assert_eq!(
        refused(
            "fn @f(%t: text, %u: text) -> usize {\nbb0:\n  %c: text = text.concat %t, %u\n  \
             %n: usize = text.len %c\n  return %n\n}\n\
             fn @g() -> unit {\nbb0:\n  panic \"no\"\n}\n"
        ),
        [
            "operation `text.concat` is not supported by the LLVM back end",
            "operation `text.len` is not supported by the LLVM back end",
            "terminator `panic` is not supported by the LLVM back end",
        ]
    );
    assert_eq!(
        refused("fn @f(%v: <4 x f32>) -> unit {\nbb0:\n  return\n}\n"),
        ["the vector type `<4 x float>` is not supported by the LLVM back end"]
    );
}

#[test]
fn aggregates_in_c_signatures_are_refused_not_guessed() {
    let errors = refused(
        "struct $P { x: f64, y: f64 }\nextern fn @area($P) -> f64\n\
         fn @f(%p: $P) -> f64 {\nbb0:\n  %a: f64 = call @area(%p)\n  return %a\n}\n",
    );
    assert_eq!(errors, ["an aggregate in a C signature is not supported by the LLVM back end"]);
    let errors = refused(
        "struct $P { x: f64, y: f64 }\nextern fn @area($P) -> f64\n\
         fn @f() -> ptr {\nbb0:\n  %a: ptr = func_addr @area\n  return %a\n}\n",
    );
    assert_eq!(errors, ["an aggregate in the C signature of `area` is not supported by the LLVM back end"]);
}

#[test]
fn names_that_llvm_keeps_for_itself_are_refused() {
    let errors = refused("extern fn @llvm.mine() -> unit\n");
    assert_eq!(errors, ["the symbol name `llvm.mine` is not supported by the LLVM back end"]);
}

#[test]
fn the_same_module_gives_the_same_bytes() {
    let text = many_functions(50);
    let first = written(&text, "x86_64-unknown-linux-gnu").expect("is written");
    assert_eq!(written(&text, "x86_64-unknown-linux-gnu"), Ok(first));
}

/// A module of functions with a loop, arithmetic and loads.
fn many_functions(count: usize) -> String {
    let mut text = String::new();
    for f in 0..count {
        text.push_str(&format!(
            "fn @f{f}(%a: i64, %b: i64, %p: ptr) -> i64 {{\nbb0:\n  %x: i64 = mov %a\n  %one: i64 = const 1\n  \
             %i: i64 = const 0\n  goto bb1\nbb1:\n"
        ));
        for k in 0..10 {
            text.push_str(&format!(
                "  %x = add %x, %b\n  %y{k}: i64 = mul %x, %a\n  %q{k}: ptr = index_addr %p, i64, %x\n  \
                 %z{k}: i64 = load %q{k} !element\n  %x = xor %z{k}, %y{k}\n"
            ));
        }
        let callee = (f * 7 + 1) % count;
        text.push_str(&format!(
            "  %i = add %i, %one\n  %c: bool = lt %i, %b\n  branch %c, bb1, bb2\nbb2:\n  \
             %r: i64 = call @f{callee}(%x, %i, %p)\n  return %r\n}}\n"
        ));
    }
    text
}

/// At most 0.2 s per million instructions with optimisation. `cargo test --release --lib writer_speed -- --ignored
/// --nocapture` prints the time.
#[test]
#[ignore = "a measurement"]
fn writer_speed() {
    for count in [2_000, 20_000] {
        let module = parse(FileId(1), "test.mir", &many_functions(count)).expect("the text parses");
        let instructions: usize =
            module.funcs.iter().flat_map(|f| &f.blocks).map(|block| block.insts.len() + 1).sum();
        let target = find("x86_64-unknown-linux-gnu").expect("a known target");
        let best = (0..3).map(|_| {
            let start = std::time::Instant::now();
            let text = write(&module, target, &Options::default()).expect("is written");
            (start.elapsed(), text.len())
        });
        let (time, bytes) = best.min().expect("three runs");
        let per_million = time.as_secs_f64() * 1e6 / instructions as f64;
        println!(
            "{count} functions, {instructions} instructions, {bytes} bytes: {per_million:.3} s per million"
        );
    }
}

#[test]
fn debug_information_gives_each_instruction_its_place() {
    let text = "fn @f(%a: i64, %b: i64) -> i64 {\nbb0:\n  %r: i64 = div %a, %b\n  switch %r, [0: bb1, 1: bb2], bb1\n\
                bb1:\n  return %r\nbb2:\n  %q: i64 = call @f(%r, %r)\n  return %q\n}\n";
    let module = parse(FileId(1), "dir/te\"st.mir", text).expect("the text parses");
    let options = Options { debug: Some("/here".to_owned()), ..Options::default() };
    let target = find("x86_64-unknown-linux-gnu").expect("a known target");
    let written = String::from_utf8(write(&module, target, &options).expect("it is written")).expect("text");
    for part in [
        "!DIFile(filename: \"dir/te\\22st.mir\", directory: \"/here\")",
        "distinct !DISubprogram(name: \"f\", ",
        "!DILocation(line: 8, column: 3, ",
        "!DILocation(line: 0, column: 0, ",
        "!llvm.dbg.cu = !{!1000}",
        "!\"Debug Info Version\", i32 3}",
    ] {
        assert!(written.contains(part), "no {part} in\n{written}");
    }
    let start = written.find("define ").expect("a function");
    let body = &written[start..start + written[start..].find("\n}").expect("its end")];
    for line in body.lines().skip(1).filter(|line| line.starts_with("  ")) {
        let is_part = line.starts_with("    ") || line.ends_with('[');
        assert_eq!(!is_part, line.contains(", !dbg !"), "{line}");
    }
}
