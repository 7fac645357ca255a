use super::*;
use crate::diagnostics::FileId;
use crate::mir::*;

fn parsed(text: &str) -> Module {
    match parse(FileId(1), "test.mir", text) {
        Ok(module) => module,
        Err(errors) => panic!(
            "{}\n{text}",
            errors
                .sorted()
                .iter()
                .map(|e| format!("{}: {}", &text[e.span().start as usize..], e.message))
                .collect::<Vec<_>>()
                .join("\n")
        ),
    }
}

/// Asserts that a text is exactly what its module prints.
fn round_trip(text: &str) {
    assert_eq!(print(&parsed(text)), text);
}

#[test]
fn everything_round_trips() {
    round_trip(
        r#"module "a \"module\""

struct $Point { x: f64, y: f64 }
struct $"Odd Name" { "a b": $Point, next: ptr }
enum $Shape { Circle(f64), Rect(f64, f64), Empty }
global @counter: i64 = -9223372036854775808
const @msg: [u8; 5] = "h\"\\\n\xff"
extern global @errno: i32
export global @table: [(ptr, f32); 2] = [(@f, -0.0), (@counter, bits 0x7fc00001)]
global @nested: (bool, (u8, [u16; 0]), ptr) = (true, (255, zero), null)
extern fn @puts(ptr noalias readonly nonnull points_to(u8)) -> i32
extern fn @printf(ptr, ...) -> i32
extern fn @other(i64) -> i64 simple cold

fn @f(%x: i64, %0: ptr noalias readonly nonnull points_to($Point)) -> {text: [i64]} always_inline cold {
  slot s0: (i64, i64)
  slot point: $Point
  slot "s0": [$"Odd Name"; 3]
bb0:
  %1: i64 = const -1
  %0 = slot_addr "s0"
  %2: fn(i64, (u8,), ...) -> range<i64> c = zero
  %x = add %x, %1
  goto bb1
bb1:
  %"0": <4 x f32> = zero
  unreachable
}

export fn @main() -> i32 c {
bb0:
  %r: i32 = const 0
  return %r
}
"#,
    );
}

/// An instruction line for each row of the table, with one value of each kind of field.
fn line_of(row: &OpInfo) -> String {
    let mut line = String::from("  ");
    if row.result != ResultRule::None {
        line.push_str("%d = ");
    }
    line.push_str(row.name);
    for (i, field) in row.fields.iter().enumerate() {
        let text = match field.kind {
            "Reg" => "%a",
            "RegList" => "(%a, %a)",
            "Ty" => "[i64; 3]",
            "u32" => "7",
            "FuncId" => "@f",
            "GlobalId" => "@g",
            "SlotId" => "s0",
            "SigId" => "fn(i64) -> i64",
            "StrId" => "\"text\"",
            "Bits" => "5",
            "Alias" => "!element",
            "Ordering" => "seq_cst",
            "RmwOp" => "add",
            kind => panic!("a kind of field without a sample: {kind}"),
        };
        let called = i > 0 && matches!(row.fields[i - 1].kind, "FuncId" | "Reg");
        line.push_str(match (i, field.kind) {
            (0, _) | (_, "Alias") => " ",
            (_, "RegList") if called => "",
            (_, "RegList") => " ",
            (_, _) => ", ",
        });
        line.push_str(text);
    }
    line.push('\n');
    line
}

#[test]
fn every_operation_round_trips() {
    let mut text = String::from("global @g: i64 = 0\n\nfn @f(%a: i64, %d: i64) {\n  slot s0: i64\nbb0:\n");
    CoreOp::TABLE.iter().chain(RichOp::TABLE).for_each(|row| text.push_str(&line_of(row)));
    text.push_str("  return\n}\n");
    round_trip(&text);
    let module = parsed(&text);
    let insts = &module.funcs[0].blocks[0].insts;
    for (inst, row) in insts.iter().zip(CoreOp::TABLE.iter().chain(RichOp::TABLE)) {
        assert_eq!(inst.op.info().name, row.name);
        let place = &text[inst.span.start as usize..inst.span.end as usize];
        assert_eq!(place, line_of(row).trim());
    }
}
