//! Programs that are made and not damaged: declarations of every kind, and bodies whose expressions are mostly of the type
//! that their places want.

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
const NAMED: [&str; 5] = ["P", "C", "E", "B<i64>", "T"];

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
";

/// Writes one program.
pub struct Generator<'r> {
    rng: &'r mut Rng,
    out: String,
    /// Variables in scope, and whether they may change.
    names: Vec<(String, Ty, bool)>,
    made: usize,
}

impl<'r> Generator<'r> {
    /// A generator that takes its choices from `rng`.
    pub fn new(rng: &'r mut Rng) -> Generator<'r> {
        Generator { rng, out: DECLARED.to_owned(), names: Vec::new(), made: 0 }
    }

    /// A program.
    pub fn program(mut self) -> String {
        for i in 0..=self.rng.below(3) {
            let (param, ret) = (self.ty(2), self.ty(2));
            self.out += &format!("fn f{i}(a: {}) -> {}:\n", param.show(), ret.show());
            self.names = vec![("a".to_owned(), param, false)];
            self.body(1, 3);
            let value = self.expr(&ret, 3);
            self.out += &format!("    {value}\n");
        }
        self.names.clear();
        self.out += "fn main():\n";
        self.body(1, 5);
        self.out += "    print 0\n";
        self.out
    }

    fn ty(&mut self, depth: usize) -> Ty {
        let part = |this: &mut Self| Box::new(this.ty(depth - 1));
        match self.rng.below(if depth == 0 { 6 } else { 11 }) {
            0 | 1 => Ty::Int,
            2 => [Ty::Small, Ty::Float][self.rng.below(2)].clone(),
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

    fn block(&mut self, depth: usize, head: &str, bound: Vec<(String, Ty, bool)>) {
        self.line(depth, head);
        let mark = self.names.len();
        self.names.extend(bound);
        self.line(depth + 1, "pass");
        if depth < 4 {
            self.body(depth + 1, 2);
        }
        self.names.truncate(mark);
    }

    fn fresh(&mut self) -> String {
        self.made += 1;
        format!("v{}", self.made)
    }

    fn statement(&mut self, depth: usize) {
        let ty = self.ty(2);
        let name = self.fresh();
        match self.rng.below(14) {
            0..=3 => {
                let word = ["val", "var"][self.rng.below(2)];
                let value = self.expr(&ty, 3);
                let note = if self.rng.below(2) == 0 { format!(": {}", ty.show()) } else { String::new() };
                self.line(depth, &format!("{word} {name}{note} = {value}"));
                self.names.push((name, ty, word == "var"));
            }
            4 => {
                let changeable: Vec<_> = self.names.iter().filter(|(.., var)| *var).cloned().collect();
                if let Some((name, ty, _)) = changeable.get(self.rng.below(changeable.len())) {
                    let value = self.expr(ty, 2);
                    self.line(depth, &format!("{name} = {value}"));
                }
            }
            5 => {
                let cond = self.expr(&Ty::Bool, 2);
                self.block(depth, &format!("if {cond}:"), Vec::new());
                if self.rng.below(2) == 0 {
                    self.block(depth, "else:", Vec::new());
                }
            }
            6 => {
                let items = self.expr(&Ty::Array(Box::new(ty.clone())), 2);
                self.block(depth, &format!("for {name} in {items}:"), vec![(name, ty, false)]);
            }
            7 => {
                let value = self.expr(&Ty::Option(Box::new(ty.clone())), 2);
                self.block(depth, &format!("if val {name} = {value}:"), vec![(name, ty, false)]);
            }
            8 => {
                let value = self.expr(&Ty::Named("E"), 2);
                self.line(depth, &format!("match {value}:"));
                self.block(depth + 1, "case A:", Vec::new());
                self.block(
                    depth + 1,
                    &format!("case B1({name}) if {name} > 1:"),
                    vec![(name, Ty::Int, false)],
                );
                let (p, o) = (self.fresh(), self.fresh());
                let bound = vec![(p.clone(), Ty::Named("P"), false), (o.clone(), Ty::Text, false)];
                self.block(depth + 1, &format!("case C2({p}, Some({o})):"), bound);
                self.block(depth + 1, "case _:", Vec::new());
            }
            9 => {
                let value = self.expr(&ty, 2);
                self.line(depth, &format!("defer print {value}"));
            }
            10 => {
                let value = self.expr(&Ty::Int, 2);
                self.line(depth, "try:");
                self.line(depth + 1, &format!("print risky({value})"));
                self.block(depth, &format!("catch {name}:"), vec![(name, Ty::Text, false)]);
            }
            11 => {
                let (a, b) = (self.ty(1), self.ty(1));
                let value = self.expr(&Ty::Pair(Box::new(a.clone()), Box::new(b.clone())), 2);
                let second = self.fresh();
                self.line(depth, &format!("val ({name}, {second}) = {value}"));
                self.names.extend([(name, a, false), (second, b, false)]);
            }
            12 => {
                let value = self.expr(&Ty::Int, 2);
                let target = self.expr(&Ty::Named("C"), 1);
                self.line(depth, &format!("{target}.n += {value}"));
            }
            _ => {
                let value = self.expr(&ty, 3);
                self.line(depth, &format!("print {value}"));
            }
        }
    }

    /// An expression of a type, or once in a while of another.
    fn expr(&mut self, wanted: &Ty, depth: usize) -> String {
        let ty = if self.rng.below(150) == 0 { self.ty(1) } else { wanted.clone() };
        let fitting: Vec<String> =
            self.names.iter().filter(|(_, known, _)| *known == ty).map(|(name, ..)| name.clone()).collect();
        if !fitting.is_empty() && self.rng.below(3) != 0 {
            return fitting[self.rng.below(fitting.len())].clone();
        }
        if depth > 0 && self.rng.below(3) != 0 {
            return self.operation(&ty, depth - 1);
        }
        self.literal(&ty, depth.saturating_sub(1))
    }

    /// An expression that works for every type.
    fn operation(&mut self, ty: &Ty, depth: usize) -> String {
        let option = Ty::Option(Box::new(ty.clone()));
        match self.rng.below(9) {
            0 => {
                let (c, a, b) = (self.expr(&Ty::Bool, depth), self.expr(ty, depth), self.expr(ty, depth));
                format!("(if {c}: {a} else: {b})")
            }
            1 => format!("({} ?? {})", self.expr(&option, depth), self.expr(ty, depth)),
            2 => {
                let pair = Ty::Pair(Box::new(ty.clone()), Box::new(Ty::Int));
                format!("{}.0", self.expr(&pair, depth))
            }
            3 => format!("{}[0]", self.expr(&Ty::Array(Box::new(ty.clone())), depth)),
            4 => {
                let from = self.ty(1);
                let f = Ty::Fn(Box::new(from.clone()), Box::new(ty.clone()));
                format!("({})({})", self.expr(&f, depth), self.expr(&from, depth))
            }
            5 => format!("{}[\"k\"]!", self.expr(&Ty::Dict(Box::new(ty.clone())), depth)),
            6 => {
                let (name, cases) = (self.fresh(), self.expr(&Ty::Option(Box::new(Ty::Int)), depth));
                let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
                format!("{cases}.map(\\{name}: {a}).unwrap_or({b})")
            }
            7 => format!("[{}].pop()!", self.expr(ty, depth)),
            _ => self.own_operation(ty, depth),
        }
    }

    /// An operation that gives a value of this type in particular.
    fn own_operation(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Int => {
                let op = ["+", "-", "*", "&", "<<", "%", "**"][self.rng.below(7)];
                match self.rng.below(5) {
                    0 => format!("{}.len()", self.expr(&Ty::Text, depth)),
                    1 => format!("{}.add({})", self.expr(&Ty::Named("C"), depth), self.expr(&Ty::Int, depth)),
                    2 => format!("(try risky({}) else e: e.len())", self.expr(&Ty::Int, depth)),
                    3 => format!("least({}, {})", self.expr(ty, depth), self.expr(ty, depth)),
                    _ => format!("({} {op} {})", self.expr(ty, depth), self.expr(ty, depth)),
                }
            }
            Ty::Small | Ty::Float => format!("({} + {})", self.expr(ty, depth), self.expr(ty, depth)),
            Ty::Bool => {
                let of = self.ty(1);
                match (self.rng.below(3), &of) {
                    (0, _) => format!("not {}", self.expr(ty, depth)),
                    (_, Ty::Fn(..)) => "true".to_owned(),
                    (1, _) => format!("({} == {})", self.expr(&of, depth), self.expr(&of, depth)),
                    _ => format!("({} and {})", self.expr(ty, depth), self.expr(ty, depth)),
                }
            }
            Ty::Text => {
                let of = self.ty(1);
                match self.rng.below(3) {
                    0 => format!("{}.name()", self.expr(&Ty::Named("T"), depth)),
                    1 => format!("({} + {})", self.expr(ty, depth), self.expr(ty, depth)),
                    _ => format!("\"<{{{}}}>\"", self.expr(&of, depth).replace('"', "'")),
                }
            }
            Ty::Array(item) => {
                let name = self.fresh();
                match self.rng.below(4) {
                    0 => format!(
                        "{}.map(\\{name}: {})",
                        self.expr(&Ty::Array(Box::new(Ty::Int)), depth),
                        self.expr(item, depth)
                    ),
                    1 => format!(
                        "[{} for {name} in {} if {name} > 0]",
                        self.expr(item, depth),
                        self.expr(&Ty::Array(Box::new(Ty::Int)), depth)
                    ),
                    2 => format!("[...{}, {}]", self.expr(ty, depth), self.expr(item, depth)),
                    _ => format!("{}[1:]", self.expr(ty, depth)),
                }
            }
            Ty::Option(item) => format!("{}.first()", self.expr(&Ty::Array(item.clone()), depth)),
            Ty::Dict(_) => format!("{{**{}}}", self.expr(ty, depth)),
            Ty::Named("P") => format!("P(x: {}, ..{})", self.expr(&Ty::Int, depth), self.expr(ty, depth)),
            Ty::Named("B<i64>") => {
                format!("{}.map(\\q: {})", self.expr(ty, depth), self.expr(&Ty::Int, depth))
            }
            Ty::Pair(..) | Ty::Fn(..) | Ty::Named(_) => self.literal(ty, depth),
        }
    }

    fn literal(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Int => ["0", "1", "-7", "9223372036854775807", "(2..5).to_array().len()", "[1, 2].sum()"]
                [self.rng.below(5)]
            .to_owned(),
            Ty::Small => ["1u8", "200u8", "0xFFu8"][self.rng.below(3)].to_owned(),
            Ty::Float => ["0.5", "-1e9", "2.0"][self.rng.below(3)].to_owned(),
            Ty::Bool => ["true", "false"][self.rng.below(2)].to_owned(),
            Ty::Text => ["\"\"", "\"aé\"", "'raw'", "\"x\" * 0"][self.rng.below(3)].to_owned(),
            Ty::Array(item) => {
                let items: Vec<String> = (0..=self.rng.below(2)).map(|_| self.expr(item, depth)).collect();
                format!("[{}]", items.join(", "))
            }
            Ty::Option(item) => format!("Some({})", self.expr(item, depth)),
            Ty::Pair(a, b) => format!("({}, {})", self.expr(a, depth), self.expr(b, depth)),
            Ty::Dict(item) => format!("{{\"k\": {}}}", self.expr(item, depth)),
            Ty::Fn(from, to) => {
                let name = self.fresh();
                self.names.push((name.clone(), (**from).clone(), false));
                let body = self.expr(to, depth);
                self.names.pop();
                format!("fn({name}: {}) -> {}: {body}", from.show(), to.show())
            }
            Ty::Named("P") => format!("P({})", self.expr(&Ty::Int, depth)),
            Ty::Named("C") => ["C()", "C(3)", "C(1, C(2))"][self.rng.below(3)].to_owned(),
            Ty::Named("E") => match self.rng.below(3) {
                0 => "E.A".to_owned(),
                1 => format!("E.B1({})", self.expr(&Ty::Int, depth)),
                _ => format!(
                    "E.C2({}, {})",
                    self.expr(&Ty::Named("P"), depth),
                    self.expr(&Ty::Option(Box::new(Ty::Text)), depth)
                ),
            },
            Ty::Named("B<i64>") => format!("B({}, [])", self.expr(&Ty::Int, depth)),
            Ty::Named(_) => {
                let name = ["P", "C"][self.rng.below(2)];
                self.expr(&Ty::Named(name), depth)
            }
        }
    }
}

impl Ty {
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
