//! Trees of small texts, as the dump shows them.

use super::*;
use crate::syntax::dump;

/// The dump of a text that has no errors.
fn ast(text: &str) -> String {
    let (out, errors) = both(text);
    assert_eq!(errors, "", "in {text}");
    out.trim_end().to_string()
}

/// The errors of a text: code, byte, message.
fn errors(text: &str) -> String {
    both(text).1
}

fn both(text: &str) -> (String, String) {
    let (mut interner, mut diags) = (Interner::new(), Diagnostics::new());
    let module = parse(FileId(1), text, &mut interner, &mut diags);
    let mut errors = String::new();
    for error in diags.sorted() {
        let at = error.span().start;
        errors.push_str(&format!("{}@{at} {}\n", error.code.map_or(0, Code::number), error.message));
    }
    (dump(&module, &interner), errors)
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(ast(text), *expected, "in {text}");
    }
}

#[test]
fn precedence_follows_the_language_reference() {
    check(&[
        ("x & 1 == 0", "(== (& x 1) 0)"),
        ("a or b and not c == d", "(or a (and b (not (== c d))))"),
        ("a + b * c ** d ** e", "(+ a (* b (** c (** d e))))"),
        ("-a ** b", "(** (- a) b)"),
        ("a - b - c", "(- (- a b) c)"),
        ("0 < x <= 10", "(chain 0 < x <= 10)"),
        ("(a < b) < c", "(< (< a b) c)"),
        ("a < b == c < d", "(== (< a b) (< c d))"),
        ("x |> f(a) |> g", "(|> (|> x (call f a)) g)"),
        ("a..b + 1", "(.. a (+ b 1))"),
        ("0..=n", "(..= 0 n)"),
        ("a | b ^ c xor d & e << f", "(| a (^ (^ b c) (& d (<< e f))))"),
        ("a not in b", "(not in a b)"),
        ("a is not nil", "(not (is a nil))"),
        ("a is i64 | text and b", "(and (is a (i64 | text)) b)"),
        ("a + b is s.Circle == c", "(== (is (+ a b) s.Circle) c)"),
        ("a ?? b ?? c + 1", "(+ (?? a (?? b c)) 1)"),
        ("a ?? -1", "(?? a (- 1))"),
        ("x as i64 + 1", "(+ (as x i64) 1)"),
        ("x as i64 < y", "(< (as x i64) y)"),
        ("x as [u8]", "(as x [u8])"),
        ("await f() + 1", "(+ (await (call f)) 1)"),
        ("f >> g", "(>> f g)"),
    ]);
}

#[test]
fn postfixes_chain() {
    check(&[
        ("a.b.c(1)[2].0?", "(? (. (index (call (. (. a b) c) 1) 2) 0))"),
        ("a?.b?.c(1)", "(?. a (?. (. ?. b) (call (. ?. c) 1)))"),
        ("a.?", "(.? a)"),
        ("a! + b?", "(+ (! a) (? b))"),
        ("a[1:2:3]", "(slice a 1 2 3)"),
        ("a[:-1]", "(slice a _ (- 1) _)"),
        ("a[::2]", "(slice a _ _ 2)"),
        ("a[i, j]", "(index a (tuple i j))"),
        ("x->push(1)", "(-> x push 1)"),
        ("t.0.1", "(. (. t 0) 1)"),
        ("xs.map(\\x: x * 2).len()", "(call (. (call (. xs map) (fn (x) {(* x 2)})) len))"),
        ("x.match.if", "(. (. x match) if)"),
    ]);
}

#[test]
fn type_arguments_of_calls() {
    check(&[
        ("ptr_read<T>(p)", "(call (inst ptr_read T) p)"),
        ("f<[i64], {K: V}?>(x)", "(call (inst f [i64] {K: V}?) x)"),
        ("Stack<Stack<i64>>()", "(call (inst Stack Stack<i64>))"),
        ("Stack<i64>.new()", "(call (. (inst Stack i64) new))"),
        ("a < b", "(< a b)"),
        ("f(a < b, c > d)", "(call f (< a b) (> c d))"),
        ("a<b", "(< a b)"),
    ]);
}

#[test]
fn literals() {
    check(&[
        ("(42i32, 0xFFu8)", "(tuple 42I32 255U8)"),
        ("1_000", "1000"),
        ("0b1010 | 0o17", "(| 10 15)"),
        ("18446744073709551615", "18446744073709551615"),
        ("1e3 + 1.5f32 + 2f64", "(+ (+ 1000.0 1.5F32) 2.0F64)"),
        ("7_uid", "7_uid"),
        (r#""a\n\x41\u{e4}\"{{}}""#, r#""a\nAä\"{}""#),
        (r#"'a\n{x}'"#, r#""a\\n{x}""#),
        (r#"r"a\n{x}""#, r#""a\\n{x}""#),
        ("x = \"\"\"a\n\"b\\n\"\"\"", r#"x = "a\n\"b\\n""#),
        ("[1, ...a, 2,]", "(array 1 ...a 2)"),
        ("[0; n + 1]", "(repeat 0 (+ n 1))"),
        ("x = {}", "x = (dict)"),
        ("x = {\"a\": 1, **d}", "x = (dict \"a\": 1 **d)"),
        ("x = {1, 2}", "x = (set 1 2)"),
        ("()", "(tuple)"),
        ("(a,)", "(tuple a)"),
        ("(q: 1, r: 2)", "(tuple q: 1 r: 2)"),
        ("vec[1.0, 2.0]", "(vec 1.0 2.0)"),
        (
            "[x * y for x in xs for y in ys if x < y]",
            "(array-for (* x y) for x in xs for y in ys if (< x y))",
        ),
        ("d = {k: v for k, v in ps}", "d = (dict-for k: v for (k, v) in ps)"),
    ]);
}

#[test]
fn interpolation() {
    check(&[
        (r#""a {b} c""#, r#"(text "a " b " c")"#),
        (r#""{f("x", {1})}""#, r#"(text (call f "x" (set 1)))"#),
        (
            r#""{x:*>+#010,.2f}""#,
            r##"(text (format x '*' Some(Right) Plus #true 0true 10 ,true Some(2) Fixed))"##,
        ),
        (r#""{n:05d}""#, r##"(text (format n ' ' None Minus #false 0true 5 ,false None Decimal))"##),
        (r#""{if a: 1 else: 2}""#, "(text (if a {1} else {2}))"),
        ("f\"\"\"a\n{b}\"\"\"", "(text \"a\\n\" b)"),
    ]);
}

#[test]
fn commands_take_the_rest_of_the_line() {
    check(&[
        ("print x", "(call print x)"),
        ("print (a + b).abs()", "(call print (call (. (+ a b) abs)))"),
        ("print(a) + 1", "(+ (call print a) 1)"),
        ("print -1, \"a\"", "(call print (- 1) \"a\")"),
        ("a - 1", "(- a 1)"),
        ("a -1", "(call a (- 1))"),
        ("assert x == 1, \"m\"", "(call assert (== x 1) \"m\")"),
        ("expect (x - 5.0).abs() < 0.001", "(call expect (< (call (. (- x 5.0) abs)) 0.001))"),
        ("io.print not x", "(call (. io print) (not x))"),
        ("x not in y", "(not in x y)"),
        ("xs.each \\x: print x", "(call (. xs each) (fn (x) {(call print x)}))"),
        ("f(\\x: print x, y)", "(call f (fn (x) {(call print x)}) y)"),
        ("xs.fold(0) \\a, b: a + b", "(call (. xs fold) 0 (fn (a, b) {(+ a b)}))"),
        ("print [1]", "(call print (array 1))"),
    ]);
}

#[test]
fn bindings_and_assignments() {
    check(&[
        ("val a = 1", "val a = 1"),
        ("var a: i64? = nil", "var a: i64? = nil"),
        ("let mut a = 1; let b = 2", "var a = 1\nval b = 2"),
        ("val (a, (b, _), ...rest) = t", "val (a, (b, _), ...rest) = t"),
        ("for i, x in xs: pass", "for (i, x) in xs {}"),
        ("a.b[0] **= 2", "(index (. a b) 0) **= 2"),
        ("const N: [i64; 3] = [1, 2, 3]", "const N: [i64; 3] = (array 1 2 3)"),
        ("(a, b) = (b, a)", "(tuple a b) = (tuple b a)"),
        ("val x: Stack<Stack<i64>>= y", "val x: Stack<Stack<i64>> = y"),
        ("type = 1\nunit = it + context", "type = 1\nunit = (+ it context)"),
    ]);
}

#[test]
fn control() {
    check(&[
        ("if a: b\nelif c: d\nelse: e", "(if a {b} c {d} else {e})"),
        ("val x = if a: 1 else: 2", "val x = (if a {1} else {2})"),
        ("f(if a: 1 else 2)", "(call f (if a {1} else {2}))"),
        ("if val Some(x) = f(): g", "(if val Some(x) = (call f) {g})"),
        ("while val x = it.next():\n    f x", "while val x = (call (. it next)) {(call f x)}"),
        ("loop:\n    break\n    continue", "(loop\n  (break)\n  (continue))"),
        ("for (k, v) in d.items(): print k", "for (k, v) in (call (. d items)) {(call print k)}"),
        ("defer f()\ndefer:\n  g()", "defer {(call f)}\ndefer {(call g)}"),
        ("with open(p) as f: g", "with (call open p) as f {g}"),
        ("try:\n    f()\ncatch e:\n    g(e)", "(try {(call f)} catch e {(call g e)})"),
        ("val x = try f() else e: 0", "val x = (try (call f) else e {0})"),
        ("if a:\n    b\n-c", "(if a {b})\n(- c)"),
        ("val x =\n    if a:\n        1\n    else:\n        2\ny", "val x = (if a {1} else {2})\ny"),
    ]);
}

#[test]
fn matches() {
    let text = "\
match v:
    case 0 | -1: a
    case 1..5 if x > 2: b
    case n: i64: c
    case n: f(n)
    case Some(Point(x: 0, y)): d
    case [a, ...rest]: e
    case Shape.Empty:
        print 1
        f
    | \"a\" -> g
    | n if n > 0 -> f(n)
    | n: [i64] -> h
    (a, _) => i
    x: text => j
    nil => k
";
    let expected = "\
(match v
  case (0 | (- 1)) {a}
  case (.. 1 5) if (> x 2) {b}
  case n: i64 {c}
  case n {(call f n)}
  case Some(Point(x: 0, y)) {d}
  case [a, ...rest] {e}
  case Shape.Empty
    (call print 1)
    f
  case \"a\" {g}
  case n if (> n 0) {(call f n)}
  case n: [i64] {h}
  case (a, _) {i}
  case x: text {j}
  case nil {k})";
    check(&[(text, expected)]);
}

#[test]
fn lambdas() {
    check(&[
        ("\\: 1", "(fn () {1})"),
        ("\\(a, b), c: a", "(fn ((a, b), c) {a})"),
        ("f = fn(n: i64) -> i64: n * 2", "f = (fn (n: i64) -> i64 {(* n 2)})"),
        ("xs.map \\x:\n    val y = x\n    y\nz", "(call (. xs map) (fn (x)\n  val y = x\n  y))\nz"),
        ("f(\\x:\n    g\n    h\n)", "(call f (fn (x)\n  g\n  h))"),
        (
            "xs\n    .map \\x:\n        x\n    .filter \\y: y\nz",
            "(call (. (call (. xs map) (fn (x) {x})) filter) (fn (y) {y}))\nz",
        ),
        ("f(\\x: y = x)", "(call f (fn (x)\n  y = x))"),
    ]);
}

#[test]
fn functions() {
    check(&[
        ("fn add(a: i64, b: i64 = 1) -> i64: a + b", "fn add(a: i64, b: i64 = 1) -> i64 {(+ a b)}"),
        (
            "fn f<T: Ord + Show, U>(x: T) -> U throws E:\n  x",
            "fn f<T: Ord + Show, U>(x: T) -> U throws E {x}",
        ),
        ("fn sum(xs: i64...): 0", "fn sum(xs: i64...) {0}"),
        ("extern fn printf(fmt: cstr, ...) -> i32", "extern fn printf(fmt: cstr, ...) -> i32"),
        ("export fn f(n: i32): g", "export fn f(n: i32) {g}"),
        ("async fn f(): await g()", "async fn f() {(await (call g))}"),
        ("@inline\n@extern(\"x\", 1)\nfn f(a: ptr<T>)", "@inline\n@extern \"x\" 1\nfn f(a: ptr<T>)"),
        ("#[gpu] fn k(): pass", "@gpu\nfn k() {}"),
        ("## One.\n/// Two.\nfn f(): 1", "doc \"One.\\nTwo.\"\nfn f() {1}"),
        ("fn f():\n    \"\"\"Doc.\"\"\"\n    1", "doc \"Doc.\"\nfn f() {1}"),
        (
            "fn f(a: mut [T], b: iso C, g: fn(i64, T?) -> U) -> (): a",
            "fn f(a: mut [T], b: iso C, g: fn(i64, T?) -> U) -> () {a}",
        ),
        ("fn outer():\n    fn inner(): 1\n    inner()", "fn outer()\n  fn inner() {1}\n  (call inner)"),
        ("fn f(x: i64 | text | nil, v: vec[4, f32]): x", "fn f(x: (i64 | text | nil), v: vec[4, f32]) {x}"),
    ]);
}

#[test]
fn types() {
    let text = "\
struct Point<T>:
    \"\"\"A place.\"\"\"
    x: T
    ## The other.
    y: f64 = 0.0
    fn len() -> f64: self.x
class Counter with Logged:
    n: i64 = 0
    weak parent: Counter?
    me inc(): self.n += 1
    static fn new() -> Counter: Counter(n: 0, ..p)
enum Shape<T>:
    Circle(r: f64)
    Pair(T, T)
    Empty = 3
    fn area() -> f64: 0.0
enum Color: Red, Green
trait Named: Eq + Show:
    fn name() -> text
    fn greet() -> text: \"hi\"
impl<T> Named for Stack<T>:
    fn name() -> text: \"s\"
impl<T> [T]:
    fn first() -> T?: self.get(0)
mixin Logged:
    log: [text]
actor Account:
    me deposit(n: i64): pass
struct Unit
type Id<T> = {text: T}
unit UserId: i64 as uid
";
    let expected = "\
doc \"A place.\"
struct Point<T>
  x: T
  doc \"The other.\"
  y: f64 = 0.0
  fn len() -> f64 {(. self x)}
class Counter with Logged
  n: i64 = 0
  parent: weak Counter?
  me inc()
    (. self n) += 1
  static fn new() -> Counter {(call Counter n: 0 ..p)}
enum Shape<T>
  Circle(r: f64)
  Pair(T, T)
  Empty = 3
  fn area() -> f64 {0.0}
enum Color
  Red
  Green
trait Named: Eq + Show
  fn name() -> text
  fn greet() -> text {\"hi\"}
impl<T> Named for Stack<T>
  fn name() -> text {\"s\"}
impl<T> [T]
  fn first() -> T? {(call (. self get) 0)}
mixin Logged
  log: [text]
actor Account
  me deposit(n: i64) {}
struct Unit
type Id<T> = {text: T}
unit UserId: i64 as uid";
    check(&[(text, expected)]);
}

#[test]
fn modules_specs_and_actors() {
    check(&[
        (
            "\"\"\"About.\"\"\"\nuse a.b.{x, y as z}\nuse a.*\nuse a as c",
            "doc \"About.\"\nuse a.b.{x, y as z}\nuse a.*\nuse a as c",
        ),
        (
            "use .a.b\nexport a, b\nexport *\nexport use c.*",
            "use .a.b\nexport a, b\nexport *\nexport use c.*",
        ),
        (
            "describe \"a\":\n    before_each: f()\n    it \"b {1}\":\n        expect a == b\n        expect(x).to_equal(y)",
            "group \"a\"\n  before_each {(call f)}\n  example (text \"b \" 1)\n    (call expect (== a b))\n    (call (. (call expect x) to_equal) y)",
        ),
        (
            "val h = spawn A(1)\nh.send(deposit(5))",
            "val h = (spawn (call A 1))\n(call (. h send) (call deposit 5))",
        ),
        ("shared tile: [f32; 64]", "shared tile: [f32; 64]"),
        ("fn g():\n    yield 1\n    throw e\n    return", "fn g()\n  (yield 1)\n  (throw e)\n  (return)"),
        ("f(if: 1, in: 2)", "(call f if: 1 in: 2)"),
    ]);
}

#[test]
fn one_mistake_gives_one_error() {
    for (text, expected) in [
        ("val a = \nval b = 2", "11@7 expected an expression, found the end of the line\n"),
        ("if x > 1\n    print x\nprint y", "10@8 expected `:`, found the end of the line\n"),
        ("if x = 1:\n    print x", "10@5 expected `:`, found `=`\n"),
        ("fn f(:\n    val x = )\n    y\nval z = 1", "10@5 expected a parameter, found `:`\n"),
        ("fn f():\nprint 1", "12@7 expected an indented block, found the end of the line\n"),
        ("f() = 1", "19@0 this cannot be assigned\n"),
        ("val if = 1", "23@4 `if` is a word of the language, not a name\n"),
        ("a b c", "10@4 expected the end of the line, found `c`\n"),
        ("\"a\\q\"", "2@2 `\\q` is no escape\n"),
        ("300u8", "4@0 this number is larger than any `u8` holds\n"),
        ("99999999999999999999", "4@0 this number is larger than any integer type holds\n"),
        ("0x + 1em + 0b12", "3@0 `0x` has no digits\n"),
        ("\"{x:.2q}\"", "18@4 `q` does not fit into a format specification\n"),
        ("\"{a + }\"", "11@6 expected an expression, found `}`\n"),
        ("print (1 + [2)", "9@11 `[` is not closed\n"),
        ("f(a: 1, 2)", "22@8 an argument without name after one with a name\n"),
        (
            "struct P:\n    x f64\n    y: f64\n    z",
            "10@16 expected `:` and the field's type, found `f64`\n10@36 expected `:` and the field's type, found the end of the line\n",
        ),
        ("case 1: 2", "21@0 `case` outside of `match`\n"),
        ("a = 1 € 2", "5@6 `€` is no part of the language\n"),
        ("match x:\n    case: 1\n    case _: +2", "15@17 "),
    ] {
        let found = errors(text);
        if expected.ends_with('\n') {
            assert_eq!(found, expected, "in {text}");
        } else {
            assert!(!found.is_empty(), "in {text}");
        }
    }
}

#[test]
fn errors_in_different_places_are_all_found() {
    let text = "val = 1\nfn f():\n    val x = (1 +)\n    if a\n    print \"x\nval y = 2 +* 3\n";
    let codes: Vec<String> = errors(text).lines().map(|l| l.split(' ').next().unwrap().to_string()).collect();
    assert_eq!(codes, ["15@4", "11@32", "10@42", "1@53", "11@67"]);
}

/// Runs on the small stack of a test thread.
#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    let n = 100_000;
    let deep = [
        "(".repeat(n) + "1" + &")".repeat(n),
        "(".repeat(n),
        "[".repeat(n) + &"]".repeat(n),
        "- ".repeat(n) + "1",
        "not ".repeat(n) + "a",
        "a ** ".repeat(n) + "a",
        "a ?? ".repeat(n) + "a",
        "\\x: ".repeat(n) + "a",
        "val x: ".to_string() + &"[".repeat(n) + "i64" + &"]".repeat(n),
        "val ".to_string() + &"(".repeat(n) + "x" + &")".repeat(n) + " = 1",
        "if a: ".repeat(n) + "b",
        "a + ".repeat(n) + "a",
        "a".to_string() + &".b".repeat(n),
        "a".to_string() + &"()".repeat(n),
        "{".repeat(n),
        "\"{".repeat(n),
    ];
    for text in &deep {
        let errors = errors(text);
        assert!(errors.contains("16@") || errors.contains("9@") || errors.contains("17@"), "{errors}");
    }
    let blocks: String = (0..1_000).map(|i| " ".repeat(i) + "if a:\n").collect();
    assert!(errors(&blocks).contains("16@"));
}

#[test]
fn long_is_not_deep() {
    assert_eq!(errors(&("a + ".repeat(9_000) + "a")), "");
    assert_eq!(errors(&("[".to_string() + &"1 + 1, ".repeat(20_000) + "]")), "");
    assert_eq!(errors(&("if a: b\n".to_string() + &"elif a: b\n".repeat(20_000))), "");
    assert_eq!(errors(&"x = 1; ".repeat(20_000)), "");
}

#[test]
fn garbage_never_panics() {
    let mut seed = 1u64;
    let words = [
        "(", ")", "[", "]", "{", "}", "\"", "'", ":", "\n", "\n    ", "\n  ", "if", "else", "match", "case",
        "|", "->", "fn", "struct", "x", "1", "=", "+", "\\", ",", "f\"\"\"", ".", "?", "#[", "@a", "\t", "é",
        "€", "..", "<", ">>", "use", "export", "val", "try", "catch", "enum", "impl", "trait", ";", "not",
        "in", "vec[", "\"{x:", "```",
    ];
    for _ in 0..3_000 {
        let mut text = String::new();
        for _ in 0..40 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            text.push_str(words[(seed >> 33) as usize % words.len()]);
            if seed >> 60 & 1 == 0 {
                text.push(' ');
            }
        }
        both(&text);
    }
}

/// Twice the text takes about twice the time: run with `--ignored`, it prints the times.
#[test]
#[ignore = "a measurement"]
fn time_is_linear() {
    for megabytes in [5, 10] {
        let n = megabytes << 20;
        let inputs = [
            ("one line", "val a = [".to_string() + &"f(x1 + 23), \"té{y}\", ".repeat(n / 23) + "]"),
            ("one text", "val a = \"".to_string() + &"x".repeat(n) + "\""),
            ("one sum", "val a = 1".to_string() + &" + 1".repeat(n / 4)),
            ("short lines", "x = y + 1\n".repeat(n / 10)),
            (
                "functions",
                "fn f(a: i64) -> i64:\n    if a > 1:\n        return a\n    a * 2\n".repeat(n / 63),
            ),
            ("errors", "val = (1 +\n€ \"\n".repeat(n / 17)),
            ("open brackets", "([{".repeat(n / 3)),
            ("closing brackets", "(".repeat(n / 2) + &"]".repeat(n / 2)),
            ("comparisons", "a<b,".repeat(n / 4)),
            ("interpolations", "\"{".repeat(n / 2)),
        ];
        for (name, text) in inputs {
            let start = std::time::Instant::now();
            let (mut interner, mut diags) = (Interner::new(), Diagnostics::new());
            parse(FileId(1), &text, &mut interner, &mut diags);
            println!("{name}: {megabytes} MB, {} errors, {:?}", diags.error_count(), start.elapsed());
        }
    }
}
