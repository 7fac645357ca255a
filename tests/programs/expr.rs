//! Expressions of programs that are made up.

use super::{Generator, Ty};

impl Generator<'_> {
    /// An expression of a type, or once in a while of another.
    pub(super) fn expr(&mut self, wanted: &Ty, depth: usize) -> String {
        let strays = self.strays > 0 && self.rng.one_in(self.strays);
        let ty = if strays { self.ty(1) } else { wanted.clone() };
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
            3 => {
                let items = self.expr(&Ty::Array(Box::new(ty.clone())), depth);
                // Often there is none.
                if self.rng.one_in(8) {
                    format!("{items}[0]")
                } else {
                    format!("({items}.get(-1) ?? {})", self.expr(ty, depth))
                }
            }
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
                let op = self.rng.pick(&["+", "-", "*", "&", "|", "^", "<<", ">>"]);
                match self.rng.below(12) {
                    11 => format!("total({})", self.expr(&Ty::Named("L"), depth)),
                    5 => format!(
                        "({} {} {})",
                        self.expr(ty, depth),
                        self.rng.pick(&["/", "%"]),
                        self.rng.pick(&["3", "-2"])
                    ),
                    6 => format!("{}.fold({}, \\q, r: q ^ r)", self.ints(depth), self.expr(ty, depth)),
                    7 => {
                        format!("({}.next?.n ?? {})", self.expr(&Ty::Named("C"), depth), self.expr(ty, depth))
                    }
                    8 => format!("(half({}) ?? 5)", self.expr(&Ty::Option(Box::new(Ty::Int)), depth)),
                    9 => format!("{}.all.len()", self.expr(&Ty::Named("B<i64>"), depth)),
                    10 => format!("{}.values().len()", self.expr(&Ty::Dict(Box::new(Ty::Text)), depth)),
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
                let of = self.shown(1);
                match self.rng.below(7) {
                    3 => format!("{}.upper()", self.expr(ty, depth)),
                    4 => format!("{}.replace(\"a\", {})", self.expr(ty, depth), self.expr(ty, depth)),
                    5 => format!("{}[{}:]", self.expr(ty, depth), self.rng.below(3)),
                    6 => {
                        let parts = self.expr(&Ty::Array(Box::new(Ty::Text)), depth);
                        format!("{parts}.join({})", self.expr(ty, depth))
                    }
                    0 => format!("{}.name()", self.expr(&Ty::Named("T"), depth)),
                    1 => format!("({} + {})", self.expr(ty, depth), self.expr(ty, depth)),
                    _ => format!("\"<{{({})}}>\"", self.expr(&of, depth).replace('"', "'")),
                }
            }
            Ty::Array(item) => {
                let name = self.fresh();
                match (self.rng.below(8), &**item) {
                    (0, _) => {
                        format!("{}.map(\\{name}: {})", self.ints(depth), self.expr(item, depth))
                    }
                    (1, _) => {
                        let value = self.expr(item, depth);
                        format!("[{value} for {name} in {} if {name} > 0]", self.ints(depth))
                    }
                    (2, _) => format!("[...{}, {}]", self.expr(ty, depth), self.expr(item, depth)),
                    (3, _) => format!("{}.concat({})", self.expr(ty, depth), self.expr(ty, depth)),
                    (4, Ty::Int | Ty::Small | Ty::Text | Ty::Float) => {
                        format!("[q for q in {} if q >= {}]", self.expr(ty, depth), self.expr(item, depth))
                    }
                    (5, Ty::Pair(a, b)) => {
                        let (a, b) = (Ty::Array(a.clone()), Ty::Array(b.clone()));
                        format!("{}.zip({})", self.expr(&a, depth), self.expr(&b, depth))
                    }
                    (6, _) => format!("{}[::-1]", self.expr(ty, depth)),
                    _ => format!("{}[1:]", self.expr(ty, depth)),
                }
            }
            Ty::Option(item) => format!("{}.first()", self.expr(&Ty::Array(item.clone()), depth)),
            Ty::Dict(_) => format!("{{**{}}}", self.expr(ty, depth)),
            Ty::Named("P") => format!("P(x: {}, ..{})", self.expr(&Ty::Int, depth), self.expr(ty, depth)),
            Ty::Named("L") => {
                format!("longer({}, {})", self.expr(ty, depth), self.expr(&Ty::Int, depth))
            }
            Ty::Named("B<i64>") => {
                format!("{}.map(\\q: {})", self.expr(ty, depth), self.expr(&Ty::Int, depth))
            }
            Ty::Pair(..) | Ty::Fn(..) | Ty::Named(_) => self.literal(ty, depth),
        }
    }

    fn ints(&mut self, depth: usize) -> String {
        self.expr(&Ty::Array(Box::new(Ty::Int)), depth)
    }

    fn literal(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Int if self.rng.one_in(40) => "9223372036854775807".to_owned(),
            Ty::Int => {
                self.rng.pick(&["0", "1", "2", "-7", "(2..5).to_array().len()", "[1, 2].sum()"]).to_owned()
            }
            Ty::Small => self.rng.pick(&["1u8", "200u8", "0xFFu8"]).to_owned(),
            Ty::Float => self.rng.pick(&["0.5", "-1e9", "2.0"]).to_owned(),
            Ty::Bool => self.rng.pick(&["true", "false"]).to_owned(),
            Ty::Text => self
                .rng
                .pick(&["\"\"", "\"aé\"", "'raw'", "\"x\".repeat(2)", "\"longer than what fits\""])
                .to_owned(),
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
            Ty::Named("C") => self.rng.pick(&["C()", "C(3)", "C(1, C(2))"]).to_owned(),
            Ty::Named("E") => match self.rng.below(3) {
                0 => "E.A".to_owned(),
                1 => format!("E.B1({})", self.expr(&Ty::Int, depth)),
                _ => format!(
                    "E.C2({}, {})",
                    self.expr(&Ty::Named("P"), depth),
                    self.expr(&Ty::Option(Box::new(Ty::Text)), depth)
                ),
            },
            Ty::Named("L") if depth == 0 => "L.End".to_owned(),
            Ty::Named("L") => match self.rng.below(3) {
                0 => "L.End".to_owned(),
                1 => format!("L.More({}, {})", self.expr(&Ty::Int, depth), self.expr(ty, depth)),
                _ => {
                    let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
                    format!("L.Both({a}, {b}, {})", self.expr(&Ty::Option(Box::new(Ty::Text)), depth))
                }
            },
            Ty::Named("B<i64>") => format!("B({}, [])", self.expr(&Ty::Int, depth)),
            Ty::Named(_) => {
                let name = self.rng.pick(&["P", "C"]);
                format!("({} as T)", self.expr(&Ty::Named(name), depth))
            }
        }
    }
}
