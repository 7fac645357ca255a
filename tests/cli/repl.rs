//! `simplec repl`: entries from a pipe, what they give, and what stays of them.

use crate::place::{Place, Ran};

/// A dialogue: what it prints, and its standard error.
fn talk(place: &Place, entries: &str) -> Ran {
    place.simplec_with(&["repl"], entries)
}

fn answers(entries: &str) -> String {
    let ran = talk(&Place::new(), entries);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    ran.stdout
}

#[test]
fn values_are_shown_with_their_types_and_kept() {
    let entries =
        "1 + 2\nit * 10\nval x = 4\n\"a\" + \"b\"\n[it, \"{x}\"]\n()\nprint x\nSome(x)\n'it'\nx as u8\n";
    let shown = "3: i64\n30: i64\n\"ab\": text\n[\"ab\", \"4\"]: [text]\n4\n4: i64?\n\"it\": text\n4: u8\n";
    assert_eq!(answers(entries), shown);
}

#[test]
fn variables_stay_and_effects_are_not_repeated() {
    let entries = "\
var n = 1
fn bump() -> i64:
    print \"bumped\"
    n += 1
    n
bump()
n = 10
bump()
val f = \\x: x + n
n = 0
f(1)
var names = [\"a\"]
names.push(\"b\")
val copy = names
names[0] = \"c\"
copy
names
";
    let shown = "bumped\n2: i64\nbumped\n11: i64\n1: i64\n[\"a\", \"b\"]: [text]\n[\"a\", \"b\"]: [text]\n[\"c\", \"b\"]: [text]\n";
    assert_eq!(answers(entries), shown);
}

#[test]
fn names_are_declared_anew_and_what_used_them_goes_on() {
    let entries = "\
fn f() -> i64: 1
fn g() -> i64: f() + 1
fn f() -> text: \"new\"
f()
g()
struct P:
    x: i64
val old = P(1)
struct P:
    name: text
P(\"p\")
old.x
val old = 3
old
";
    assert_eq!(answers(entries), "\"new\": text\n2: i64\nP(name: \"p\"): P\n1: i64\n3: i64\n");
}

#[test]
fn values_of_all_kinds_go_from_entry_to_entry() {
    let entries = "\
class Node:
    value: i64
    next: Node? = nil

    fn sum() -> i64: self.value + (self.next.map(\\n: n.sum()) ?? 0)

trait Named:
    fn name() -> text

impl Named for Node:
    fn name(): \"node {self.value}\"

val list = Node(1, Node(2))
list.next!.value = 5
list.sum()
val things: [Any] = [list, 3, \"x\"]
match things[0]:
    case n: Node: n.sum()
    case _: -1
things[1] is i64
val named: Named = list
named.name()
var d = {\"a\": [1]}
d[\"b\"] = [2]
d[\"b\"]!.push(3)
d
val keep: [fn(i64) -> i64] = [\\x: x + list.sum()]
keep[0](1)
";
    let shown = "6: i64\n6: i64\ntrue: bool\n\"node 1\": text\n[2, 3]: [i64]\n{\"a\": [1], \"b\": [2, 3]}: {text: [i64]}\n7: i64\n";
    assert_eq!(answers(entries), shown);
}

#[test]
fn entries_of_several_lines_end_where_they_are_complete() {
    let entries = "\
fn f(n: i64) -> i64:
    if n > 1:

        # A line may be empty.
        n * f(n - 1)
    else:
        1
f(5)
val xs = [
    1,
    2,
]
xs.len() +
    1
if xs.len() > 3:
    print \"many\"
else:
    print \"few\"
val s = \"\"\"a

b\"\"\"
s.len()
# Nothing but a comment.
for x in xs: print x
";
    assert_eq!(answers(entries), "120: i64\n3: i64\nfew\n4: i64\n1\n2\n");
}

#[test]
fn what_goes_wrong_leaves_the_dialogue_as_it_was() {
    let entries = "\
var n = 1
val x: text = n
x
n +

)
fn g() -> i64: [1, 2][n + 4]
n = 2
g()
val y = g()
y
n
fn deep(n: i64) -> i64: deep(n + 1) + 1
deep(0)
describe \"a group\":
    it \"is none\": assert false
n + 1
";
    let ran = talk(&Place::new(), entries);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "2: i64\n3: i64\n"), "{}", ran.stderr);
    for says in [
        "error[E0201]: expected `text`, found `i64`\n --> entry 2:1:15",
        "error[E0101]: there is no `x` here",
        "error[E0011]: expected an expression",
        "panic: index 6 out of range for length 2\n  at entry",
        "error[E0101]: there is no `y` here",
        "panic: stack overflow\n",
        "error[E0021]: a dialogue has no specifications",
    ] {
        assert!(ran.stderr.contains(says), "{says}\nis not in\n{}", ran.stderr);
    }
}

#[test]
fn commands_ask_for_types_help_and_the_end() {
    let place = Place::new();
    let ran = talk(
        &place,
        "val x = 2.5\n:type [x]\n:t print\n:type y\n:nothing\n:help\n:quit\nprint \"not reached\"\n",
    );
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.starts_with("[f64]\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains(":type EXPRESSION") && !ran.stdout.contains("reached"), "{}", ran.stdout);
    assert!(ran.stderr.contains("there is no `y` here"), "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no command `:nothing`"), "{}", ran.stderr);
    // An effect is not what a type is asked for.
    assert_eq!(answers("var n = 0\nfn f() -> i64:\n    n += 1\n    n\n:type f()\nn\n"), "i64\n0: i64\n");
    let ran = talk(&place, "print 1\nrt_exit(7)\nprint 2\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (7, "1\n"));
}

#[test]
fn modules_are_brought_in_once() {
    let place = Place::new();
    place.write(
        "log.spl",
        "var level = 1\nprint \"log begins\"\nfn raised() -> i64:\n    level += 1\n    level\n",
    );
    let ran = talk(
        &place,
        "use log\nlog.raised()\nuse log.{raised as up}\nup()\nlog.level = 10\nup()\nlog.level\n",
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "log begins\n2: i64\n3: i64\n11: i64\n11: i64\n");
}
