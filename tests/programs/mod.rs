//! Programs of Simple that are made up from a seed: declarations of every kind, and bodies whose expressions are of the
//! type that their places want. They end, and show most of what they computed.

mod expr;

use super::rng::Rng;

/// A type of generated programs.
#[derive(Clone, PartialEq, Eq)]
enum Ty {
    Int,
    Small,
    Float,
    Bool,
    Text,
    Array(Box<Ty>),
    Option(Box<Ty>),
    Pair(Box<Ty>, Box<Ty>),
    Dict(Box<Ty>),
    Fn(Box<Ty>, Box<Ty>),
    /// One that the program declares.
    Named(&'static str),
}

/// Types that every generated program declares.
const NAMED: [&str; 6] = ["P", "C", "E", "B<i64>", "T", "L"];

const DECLARED: &str = "\
struct P:
    x: i64
    s: text = \"p\"
class C:
    n: i64 = 0
    next: C? = nil
    weak back: C = nil
    kept: [fn(i64) -> i64] = []
    me add(by: i64) -> i64:
        self.n += by
        self.n
enum E:
    A
    B1(n: i64)
    C2(p: P, o: text?)
enum L:
    End
    More(n: i64, rest: L)
    Both(a: L, b: L, o: text?)
struct B<V>:
    value: V
    all: [V] = []
trait T:
    fn name() -> text
    fn size() -> i64: self.name().len()
impl<V> B<V>:
    fn map<R>(f: fn(V) -> R) -> B<R>: B(f(self.value), [])
impl T for P:
    fn name(): self.s
impl T for C:
    fn name(): \"c{self.n}\"
impl T for i64:
    fn name(): \"{self}\"
fn least<V: Ord>(a: V, b: V) -> V: if a < b: a else: b
fn risky(n: i64) -> i64 throws text:
    if n > 3: throw \"{n}\"
    n
fn grow(xs: mut [i64], by: i64) -> i64:
    xs.push(by)
    if xs.len() > 2: xs[0] = xs[1] & by
    xs.len()
fn total(l: L) -> i64:
    match l:
        case End: 1
        case More(n, More(m, rest)): n ^ m ^ total(rest)
        case More(n, rest): n & total(rest)
        case Both(a, b, _): total(a) ^ total(b)
fn longer(l: L, by: i64) -> L:
    match l:
        case End: L.More(by, L.End)
        case More(n, rest): L.More(n, longer(rest, by))
        case Both(a, b, o): L.Both(b, longer(a, by), o)
fn half(n: i64?) -> i64?:
    val m = n?
    if m == 3: return nil
    Some(m / 2)
";

/// Writes one program.
pub struct Generator<'r> {
    rng: &'r mut Rng,
    out: String,
    /// Variables in scope, and whether they may change.
    names: Vec<(String, Ty, bool)>,
    made: usize,
    /// Of so many expressions one is of another type than its place wants; 0 for none.
    strays: usize,
    /// In how many loops the place is that is written.
    loops: usize,
    /// What the function that is written gives; `main` gives nothing.
    gives: Option<Ty>,
}

impl<'r> Generator<'r> {
    /// A generator that takes its choices from `rng`. Of `strays` expressions one is wrong; with 0 all programs are valid.
    pub fn new(rng: &'r mut Rng, strays: usize) -> Generator<'r> {
        Generator { rng, out: DECLARED.to_owned(), names: Vec::new(), made: 0, strays, loops: 0, gives: None }
    }

    /// A program.
    pub fn program(mut self) -> String {
        let mut functions = Vec::new();
        for i in 0..=self.rng.below(3) {
            let (param, ret) = (self.ty(2), self.ty(2));
            self.out += &format!("fn f{i}(a: {}) -> {}:\n", param.show(), ret.show());
            self.names = vec![("a".to_owned(), param.clone(), false)];
            self.gives = Some(ret.clone());
            self.body(1, 3);
            let value = self.expr(&ret, 3);
            self.line(1, &value);
            functions.push((param, ret));
        }
        self.gives = None;
        self.names.clear();
        self.out += "fn main():\n";
        self.body(1, 5);
        for (i, (param, ret)) in functions.into_iter().enumerate() {
            let call = format!("f{i}({})", self.expr(&param, 2));
            self.line(1, &if ret.shows() { format!("print {call}") } else { format!("val r{i} = {call}") });
        }
        let shown = self.names.iter().filter(|(_, ty, _)| ty.shows());
        let shown: Vec<&str> = shown.map(|(name, ..)| name.as_str()).collect();
        let shown = format!("print 0, {}", shown.join(", "));
        self.line(1, shown.trim_end_matches(", "));
        self.out
    }

    fn ty(&mut self, depth: usize) -> Ty {
        let part = |this: &mut Self| Box::new(this.ty(depth - 1));
        match self.rng.below(if depth == 0 { 6 } else { 11 }) {
            0 | 1 => Ty::Int,
            2 if self.rng.one_in(2) => Ty::Small,
            2 => Ty::Float,
            3 => Ty::Bool,
            4 => Ty::Text,
            5 => Ty::Named(NAMED[self.rng.below(NAMED.len())]),
            6 => Ty::Array(part(self)),
            7 => Ty::Option(part(self)),
            8 => Ty::Pair(part(self), part(self)),
            9 => Ty::Dict(part(self)),
            _ => Ty::Fn(part(self), part(self)),
        }
    }

    fn body(&mut self, depth: usize, most: usize) {
        for _ in 0..=self.rng.below(most) {
            self.statement(depth);
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.out += &format!("{}{text}\n", "    ".repeat(depth));
    }

    /// A block in which names are bound: it shows them.
    fn block(&mut self, depth: usize, head: &str, bound: Vec<(String, Ty, bool)>) {
        self.line(depth, head);
        let mark = self.names.len();
        let shown = bound.iter().filter(|(_, ty, _)| ty.shows()).map(|(name, ..)| name.as_str());
        let shown = shown.collect::<Vec<_>>().join(", ");
        self.line(depth + 1, &if shown.is_empty() { "pass".to_owned() } else { format!("print {shown}") });
        self.names.extend(bound);
        if depth < 4 {
            self.body(depth + 1, 2);
        }
        self.names.truncate(mark);
    }

    /// A loop: where it stands, `break` and `continue` may stand.
    fn repeated(&mut self, depth: usize, head: &str, bound: Vec<(String, Ty, bool)>) {
        self.loops += 1;
        self.block(depth, head, bound);
        self.loops -= 1;
    }

    fn fresh(&mut self) -> String {
        self.made += 1;
        format!("v{}", self.made)
    }

    fn statement(&mut self, depth: usize) {
        match self.rng.below(18) {
            0..=3 => self.binding(depth),
            4 | 5 => self.change(depth),
            6 => {
                let cond = self.expr(&Ty::Bool, 2);
                self.block(depth, &format!("if {cond}:"), Vec::new());
                if self.rng.one_in(2) {
                    self.block(depth, "else:", Vec::new());
                }
            }
            7 => {
                let (name, item) = (self.fresh(), self.ty(2));
                let items = self.expr(&Ty::Array(Box::new(item.clone())), 2);
                self.repeated(depth, &format!("for {name} in {items}:"), vec![(name, item, false)]);
            }
            8 => {
                let (key, name, item) = (self.fresh(), self.fresh(), self.ty(1));
                let items = self.expr(&Ty::Dict(Box::new(item.clone())), 2);
                let head = format!("for ({key}, {name}) in {items}.items():");
                self.repeated(depth, &head, vec![(key, Ty::Text, false), (name, item, false)]);
            }
            9 => {
                let name = self.fresh();
                self.line(depth, &format!("var {name} = 0"));
                let times = self.rng.below(4);
                self.line(depth, &format!("while {name} < {times}:"));
                self.line(depth + 1, &format!("{name} += 1"));
                self.repeated(depth + 1, "if true:", vec![(name, Ty::Int, false)]);
            }
            10 => {
                let (name, ty) = (self.fresh(), self.ty(2));
                let value = self.expr(&Ty::Option(Box::new(ty.clone())), 2);
                self.block(depth, &format!("if val {name} = {value}:"), vec![(name, ty, false)]);
            }
            11 => self.matched(depth),
            12 => {
                let ty = self.shown(2);
                let value = self.expr(&ty, 2);
                self.line(depth, &format!("defer print {value}"));
            }
            13 => {
                let (name, value) = (self.fresh(), self.expr(&Ty::Int, 2));
                self.line(depth, "try:");
                self.line(depth + 1, &format!("print risky({value})"));
                self.block(depth, &format!("catch {name}:"), vec![(name, Ty::Text, false)]);
            }
            14 => {
                let (name, second, a, b) = (self.fresh(), self.fresh(), self.ty(1), self.ty(1));
                let value = self.expr(&Ty::Pair(Box::new(a.clone()), Box::new(b.clone())), 2);
                self.line(depth, &format!("val ({name}, {second}) = {value}"));
                self.names.extend([(name, a, false), (second, b, false)]);
            }
            15 => self.exit(depth),
            _ => {
                let ty = self.shown(2);
                let value = self.expr(&ty, 3);
                self.line(depth, &format!("print {value}"));
            }
        }
    }

    fn binding(&mut self, depth: usize) {
        let (name, ty) = (self.fresh(), self.ty(2));
        let word = self.rng.pick(&["val", "var"]);
        let value = self.expr(&ty, 3);
        let note = if self.rng.one_in(2) { format!(": {}", ty.show()) } else { String::new() };
        self.line(depth, &format!("{word} {name}{note} = {value}"));
        self.names.push((name, ty, word == "var"));
    }

    /// A change of a variable, of a part of it, or of an instance.
    fn change(&mut self, depth: usize) {
        let changeable: Vec<_> = self.names.iter().filter(|(.., var)| *var).cloned().collect();
        if changeable.is_empty() || self.rng.one_in(6) {
            let (target, value) = (self.expr(&Ty::Named("C"), 1), self.expr(&Ty::Int, 2));
            return self.line(depth, &format!("{target}.n += {value}"));
        }
        let (name, ty, _) = changeable[self.rng.below(changeable.len())].clone();
        let line = match (self.rng.below(4), &ty) {
            (0, Ty::Array(item)) => format!("{name}.push({})", self.expr(item, 2)),
            (1, Ty::Array(item)) => {
                format!("if {name}.len() > 0: {name}[-1] = {}", self.expr(item, 2))
            }
            (2, Ty::Array(item)) if **item == Ty::Int => {
                format!("print grow({name}, {})", self.expr(item, 1))
            }
            (0, Ty::Dict(item)) => {
                format!("{name}[\"{}\"] = {}", self.rng.pick(&["k", "l"]), self.expr(item, 2))
            }
            (1, Ty::Dict(_)) => format!("{name}.remove(\"k\")"),
            (0 | 1, Ty::Int) => format!("{name} += {}", self.expr(&ty, 2)),
            (0 | 1, Ty::Text) => format!("{name} += {}", self.expr(&ty, 2)),
            (0, Ty::Named("P")) => format!("{name}.x = {}", self.expr(&Ty::Int, 2)),
            (1, Ty::Named("P")) => format!("{name}.s += {}", self.expr(&Ty::Text, 2)),
            (0, Ty::Named("B<i64>")) => format!("{name}.all.push({})", self.expr(&Ty::Int, 2)),
            (0, Ty::Pair(a, _)) => format!("{name}.0 = {}", self.expr(a, 2)),
            _ => format!("{name} = {}", self.expr(&ty, 2)),
        };
        self.line(depth, &line);
    }

    fn matched(&mut self, depth: usize) {
        if self.rng.one_in(2) {
            let (first, rest, item) = (self.fresh(), self.fresh(), self.ty(1));
            let array = Ty::Array(Box::new(item.clone()));
            let value = self.expr(&array, 2);
            self.line(depth, &format!("match {value}:"));
            self.block(depth + 1, "case []:", Vec::new());
            self.block(depth + 1, &format!("case [{first}]:"), vec![(first.clone(), item.clone(), false)]);
            let bound = vec![(first.clone(), item, false), (rest.clone(), array, false)];
            return self.block(depth + 1, &format!("case [{first}, ...{rest}]:"), bound);
        }
        let name = self.fresh();
        if self.rng.one_in(3) {
            let (rest, value) = (self.fresh(), self.expr(&Ty::Named("L"), 3));
            self.line(depth, &format!("match {value}:"));
            let bound = vec![(rest.clone(), Ty::Named("L"), false)];
            self.block(depth + 1, &format!("case More(0 | 1, {rest}) | Both({rest}, End, _):"), bound);
            let bound = vec![(name.clone(), Ty::Int, false), (rest.clone(), Ty::Named("L"), false)];
            self.block(depth + 1, &format!("case Both(More({name}, {rest}), _, _):"), bound);
            return self.block(depth + 1, "case _:", Vec::new());
        }
        let value = self.expr(&Ty::Named("E"), 2);
        self.line(depth, &format!("match {value}:"));
        self.block(depth + 1, "case A:", Vec::new());
        self.block(depth + 1, &format!("case B1({name}) if {name} > 1:"), vec![(name, Ty::Int, false)]);
        let (p, o) = (self.fresh(), self.fresh());
        let bound = vec![(p.clone(), Ty::Named("P"), false), (o.clone(), Ty::Text, false)];
        self.block(depth + 1, &format!("case C2({p}, Some({o})):"), bound);
        self.block(depth + 1, "case _:", Vec::new());
    }

    /// An early end of a loop or of the function.
    fn exit(&mut self, depth: usize) {
        let cond = self.expr(&Ty::Bool, 1);
        if self.loops > 0 {
            let word = self.rng.pick(&["break", "continue"]);
            return self.line(depth, &format!("if {cond}: {word}"));
        }
        match self.gives.clone() {
            Some(ty) => {
                let value = self.expr(&ty, 2);
                self.line(depth, &format!("if {cond}: return {value}"));
            }
            None if self.rng.one_in(4) => self.line(depth, &format!("if {cond}: panic(\"stop\")")),
            None => self.line(depth, &format!("if {cond}: print 1")),
        }
    }

    /// A type whose values can be printed.
    fn shown(&mut self, depth: usize) -> Ty {
        let ty = self.ty(depth);
        if ty.shows() { ty } else { Ty::Int }
    }
}

impl Ty {
    /// Whether values of it can be printed, and print the same everywhere.
    fn shows(&self) -> bool {
        match self {
            Ty::Int | Ty::Small | Ty::Float | Ty::Bool | Ty::Text => true,
            Ty::Array(item) | Ty::Option(item) | Ty::Dict(item) => item.shows(),
            Ty::Pair(a, b) => a.shows() && b.shows(),
            Ty::Fn(..) => false,
            Ty::Named(name) => *name != "T",
        }
    }

    fn show(&self) -> String {
        match self {
            Ty::Int => "i64".to_owned(),
            Ty::Small => "u8".to_owned(),
            Ty::Float => "f64".to_owned(),
            Ty::Bool => "bool".to_owned(),
            Ty::Text => "text".to_owned(),
            Ty::Array(item) => format!("[{}]", item.show()),
            Ty::Option(item) => match **item {
                Ty::Fn(..) => format!("({})?", item.show()),
                _ => format!("{}?", item.show()),
            },
            Ty::Pair(a, b) => format!("({}, {})", a.show(), b.show()),
            Ty::Dict(item) => format!("{{text: {}}}", item.show()),
            Ty::Fn(from, to) => format!("fn({}) -> {}", from.show(), to.show()),
            Ty::Named(name) => (*name).to_owned(),
        }
    }
}
