//! The types of the checked program: interned, compared by handle.

use rustc_hash::FxHashMap;

use super::tree::{AdtId, TraitId};
use crate::diagnostics::{Code, Diagnostic, Span};

/// Handle of an interned type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Ty(pub u32);

/// A built-in integer type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "each is the type of its own name")]
pub enum IntTy {
    I8,
    I16,
    I32,
    I64,
    Isize,
    U8,
    U16,
    U32,
    U64,
    Usize,
}

impl IntTy {
    /// Two's complement.
    pub fn is_signed(self) -> bool {
        self <= IntTy::Isize
    }

    /// Width in bits; `None` for `isize` and `usize`, whose width is the target's.
    pub fn bits(self) -> Option<u32> {
        match self {
            IntTy::I8 | IntTy::U8 => Some(8),
            IntTy::I16 | IntTy::U16 => Some(16),
            IntTy::I32 | IntTy::U32 => Some(32),
            IntTy::I64 | IntTy::U64 => Some(64),
            IntTy::Isize | IntTy::Usize => None,
        }
    }
}

/// What a type is (language reference §5).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    /// Stands where an error was reported; agrees with every type, so that one mistake is one message.
    Error,
    /// `()`.
    Unit,
    /// The type of what does not end; agrees with every type.
    Never,
    /// `bool`.
    Bool,
    /// `char`, a Unicode scalar value.
    Char,
    /// An integer type.
    Int(IntTy),
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// `text`.
    Text,
    /// `(A, B)`; the labels, when there are any, are those of the whole tuple.
    Tuple(Vec<Ty>, Option<Vec<crate::syntax::Symbol>>),
    /// `[T; n]`.
    FixedArray(Ty, u64),
    /// `[T]`.
    Array(Ty),
    /// `a..b`, of an integer type; both ends are stored, the end exclusive.
    Range(Ty),
    /// A struct, class, enum or actor with its type arguments. `Option` and `Result` are enums of the prelude, `{K: V}`
    /// and `Set<T>` structs of it.
    Adt(AdtId, Vec<Ty>),
    /// `fn(A) -> B`.
    Fn(Vec<Ty>, Ty),
    /// `ptr<T>`, at the C boundary and in the runtime.
    Ptr(Ty),
    /// `dyn Trait`.
    Dyn(TraitId, Vec<Ty>),
    /// `A | B`, as [`Types::union`] orders it.
    Union(Vec<Ty>),
    /// `Any`.
    Any,
    /// `vec[N, T]`.
    Vector(u32, Ty),
    /// A type parameter: its position among those of the function (those of its `impl` come first).
    Param(u32),
    /// An unknown of inference; never in a finished program.
    Var(u32),
}

/// The pattern of the types without parts whose values hold no reference, and of the one that stands for errors.
macro_rules! plain_type {
    () => {
        $crate::hir::TyKind::Error
            | $crate::hir::TyKind::Unit
            | $crate::hir::TyKind::Never
            | $crate::hir::TyKind::Bool
            | $crate::hir::TyKind::Char
            | $crate::hir::TyKind::Int(_)
            | $crate::hir::TyKind::F32
            | $crate::hir::TyKind::F64
    };
}
pub(crate) use plain_type;

macro_rules! fixed_handles {
    ($($name:ident $index:literal $word:literal $kind:expr;)*) => {
        impl Ty {
            /// By handle: the types that are one word, as they are written; what stands for errors is none.
            const WORDS: &[&str] = &[$($word),*];
            $(#[doc = concat!("The handle of `", stringify!($kind), "`.")] pub const $name: Ty = Ty($index);)*
        }
        fn fixed_kinds() -> Vec<TyKind> { vec![$($kind),*] }
    };
}

fixed_handles! {
    ERROR 0 "?" TyKind::Error;
    UNIT 1 "()" TyKind::Unit;
    NEVER 2 "never" TyKind::Never;
    BOOL 3 "bool" TyKind::Bool;
    CHAR 4 "char" TyKind::Char;
    I8 5 "i8" TyKind::Int(IntTy::I8);
    I16 6 "i16" TyKind::Int(IntTy::I16);
    I32 7 "i32" TyKind::Int(IntTy::I32);
    I64 8 "i64" TyKind::Int(IntTy::I64);
    ISIZE 9 "isize" TyKind::Int(IntTy::Isize);
    U8 10 "u8" TyKind::Int(IntTy::U8);
    U16 11 "u16" TyKind::Int(IntTy::U16);
    U32 12 "u32" TyKind::Int(IntTy::U32);
    U64 13 "u64" TyKind::Int(IntTy::U64);
    USIZE 14 "usize" TyKind::Int(IntTy::Usize);
    F32 15 "f32" TyKind::F32;
    F64 16 "f64" TyKind::F64;
    TEXT 17 "text" TyKind::Text;
    ANY 18 "Any" TyKind::Any;
}

impl Ty {
    /// The word for it, if it is one.
    pub fn word(self) -> Option<&'static str> {
        Ty::WORDS.get(self.0 as usize).copied()
    }

    /// The types that are a lone name.
    pub fn named() -> impl Iterator<Item = (&'static str, Ty)> {
        let words = Ty::WORDS.iter().enumerate().map(|(index, &word)| (word, Ty(index as u32)));
        words.filter(|(word, _)| word.starts_with(char::is_alphabetic)).chain([("unit", Ty::UNIT)])
    }

    /// Unit, never, or a built-in scalar type: values that hold no reference.
    pub fn is_scalar(self) -> bool {
        (Ty::UNIT.0..=Ty::F64.0).contains(&self.0)
    }
}

/// The error of a function or type that needs ever larger ones, and what is seen of that there.
pub(crate) fn endless_types(name: &str, span: Span, seen: &str) -> Diagnostic {
    Diagnostic::error(Code::EndlessTypes, format!("`{name}` needs ever larger types"))
        .at(span, seen)
        .help("use a type that holds itself, an enum or a class, in place of a type parameter that grows")
}

/// What is seen of a [`Growth`](super::growth::Growth) without end.
pub(crate) const GROWS: &str = "each use of it by itself makes a larger type";

/// Of how many types one may be written. Each `val b = (a, a)` doubles a type: forty of them would take for ever to read.
const LARGEST: u32 = 4_096;

/// The error of a type that is too large to be made.
pub(crate) fn large_type(span: Span) -> Diagnostic {
    Diagnostic::error(Code::TooLarge, "a type here is too large")
        .at(span, format!("written out, it would name more than {LARGEST} types"))
        .help("declare a struct or class for a part of it: such a type counts as one")
}

/// What is known of a type by its parts.
#[derive(Clone, Copy, Debug)]
struct Facts {
    /// How many types it is written of, itself included.
    size: u32,
    /// Whether one of them is an unknown.
    has_var: bool,
    /// Whether one of them is a type parameter.
    has_param: bool,
}

/// The interner of types.
#[derive(Clone, Debug)]
pub struct Types {
    kinds: Vec<TyKind>,
    facts: Vec<Facts>,
    index: FxHashMap<TyKind, Ty>,
    /// The types of each union in the order in which they were first named.
    named_orders: FxHashMap<Ty, Vec<Ty>>,
    /// Whether one larger than [`LARGEST`] was asked for.
    has_outgrown: bool,
}

impl Default for Types {
    fn default() -> Types {
        let kinds = fixed_kinds();
        let index = kinds.iter().enumerate().map(|(i, k)| (k.clone(), Ty(i as u32))).collect();
        let mut types = Types {
            kinds,
            facts: Vec::new(),
            index,
            named_orders: FxHashMap::default(),
            has_outgrown: false,
        };
        types.facts = types.kinds.iter().map(|kind| types.facts_of(kind)).collect();
        types
    }
}

impl Types {
    /// The handle of a type, made at its first use. In place of one that is too large stands [`Ty::ERROR`], and
    /// [`Types::take_outgrown`] tells of it.
    pub fn intern(&mut self, kind: TyKind) -> Ty {
        if let Some(&ty) = self.index.get(&kind) {
            return ty;
        }
        let facts = self.facts_of(&kind);
        if facts.size > LARGEST {
            self.has_outgrown = true;
            return Ty::ERROR;
        }
        let ty = Ty(self.kinds.len() as u32);
        self.facts.push(facts);
        self.kinds.push(kind.clone());
        self.index.insert(kind, ty);
        ty
    }

    /// `A | B`. What is a union itself is taken apart, each type is there once, and in one order: `A | B` is `B | A`.
    /// Of one type it is that type, and `Any` if that is among them.
    pub fn union(&mut self, parts: Vec<Ty>) -> Ty {
        let mut all = Vec::with_capacity(parts.len());
        for part in parts {
            match self.get(part) {
                TyKind::Union(_) => all.extend(self.as_named(part)),
                _ => all.push(part),
            }
        }
        if let Some(&whole) = all.iter().find(|part| matches!(**part, Ty::ERROR | Ty::ANY)) {
            return whole;
        }
        let named = all.clone();
        all.sort_unstable();
        all.dedup();
        match all[..] {
            [] => Ty::NEVER,
            [only] => only,
            _ => {
                let union = self.intern(TyKind::Union(all));
                self.named_orders.entry(union).or_insert(named);
                union
            }
        }
    }

    /// The types of a union in the order in which they were first named, each once.
    pub fn as_named(&self, union: Ty) -> Vec<Ty> {
        let mut parts: Vec<Ty> = Vec::new();
        for &part in self.named_orders.get(&union).into_iter().flatten() {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts
    }

    /// Whether values of the type are objects that say of which type they are, and nothing else.
    pub fn is_described(&self, ty: Ty) -> bool {
        matches!(self.get(ty), TyKind::Any | TyKind::Union(_))
    }

    /// Whether a type was too large to be made since this was last asked.
    pub fn take_outgrown(&mut self) -> bool {
        std::mem::take(&mut self.has_outgrown)
    }

    /// Of how many types it is written, itself included.
    pub fn size(&self, ty: Ty) -> u32 {
        self.facts[ty.0 as usize].size
    }

    /// The size of the largest type so far.
    pub fn largest(&self) -> u32 {
        self.facts.iter().map(|facts| facts.size).max().unwrap_or(0)
    }

    /// Whether a part of it is an unknown, which may have been decided since.
    pub fn has_var(&self, ty: Ty) -> bool {
        self.facts[ty.0 as usize].has_var
    }

    fn facts_of(&self, kind: &TyKind) -> Facts {
        let mut whole = Facts {
            size: 1,
            has_var: matches!(kind, TyKind::Var(_)),
            has_param: matches!(kind, TyKind::Param(_)),
        };
        self.each_part(kind, &mut |part| {
            let part = self.facts[part.0 as usize];
            whole.size = whole.size.saturating_add(part.size);
            whole.has_var |= part.has_var;
            whole.has_param |= part.has_param;
        });
        whole
    }

    /// Calls `visit` with each type that one is written of.
    pub fn each_part(&self, kind: &TyKind, visit: &mut dyn FnMut(Ty)) {
        match kind {
            TyKind::Tuple(parts, _) | TyKind::Union(parts) => parts.iter().copied().for_each(visit),
            TyKind::Adt(_, args) | TyKind::Dyn(_, args) => args.iter().copied().for_each(visit),
            TyKind::Fn(params, ret) => params.iter().chain([ret]).copied().for_each(visit),
            TyKind::FixedArray(part, _)
            | TyKind::Array(part)
            | TyKind::Range(part)
            | TyKind::Ptr(part)
            | TyKind::Vector(_, part) => visit(*part),
            plain_type!() | TyKind::Text | TyKind::Any | TyKind::Param(_) | TyKind::Var(_) => {}
        }
    }

    /// Calls `visit` with each struct, class or enum that a type is written of, with its type arguments.
    pub fn each_mention(&self, ty: Ty, visit: &mut dyn FnMut(AdtId, &[Ty])) {
        let kind = self.get(ty);
        if let TyKind::Adt(id, args) = kind {
            visit(*id, args);
        }
        self.each_part(kind, &mut |part| self.each_mention(part, visit));
    }

    /// What a handle stands for.
    pub fn get(&self, ty: Ty) -> &TyKind {
        &self.kinds[ty.0 as usize]
    }

    /// Whether the type has no parts, and is no parameter or unknown that stands for another.
    pub fn is_leaf(&self, ty: Ty) -> bool {
        ty <= Ty::ANY
    }

    /// The type with each type parameter replaced by the argument at its position.
    pub fn substitute(&mut self, ty: Ty, args: &[Ty]) -> Ty {
        if args.is_empty() || !self.facts[ty.0 as usize].has_param {
            return ty;
        }
        self.map(ty, &mut |kind| match kind {
            TyKind::Param(i) => args.get(*i as usize).copied(),
            _ => None,
        })
    }

    /// The type rebuilt with every part for which `replace` answers replaced by the answer.
    pub fn map(&mut self, ty: Ty, replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Ty {
        let kind = self.get(ty).clone();
        if let Some(new) = replace(&kind) {
            return new;
        }
        let mut list = |types: &mut Types, tys: Vec<Ty>| -> Vec<Ty> {
            tys.into_iter().map(|t| types.map(t, replace)).collect()
        };
        let kind = match kind {
            TyKind::Tuple(parts, labels) => TyKind::Tuple(list(self, parts), labels),
            TyKind::FixedArray(elem, n) => TyKind::FixedArray(self.map(elem, replace), n),
            TyKind::Array(elem) => TyKind::Array(self.map(elem, replace)),
            TyKind::Range(elem) => TyKind::Range(self.map(elem, replace)),
            TyKind::Adt(id, args) => TyKind::Adt(id, list(self, args)),
            TyKind::Fn(params, ret) => {
                let params = list(self, params);
                TyKind::Fn(params, self.map(ret, replace))
            }
            TyKind::Ptr(to) => TyKind::Ptr(self.map(to, replace)),
            TyKind::Dyn(id, args) => TyKind::Dyn(id, list(self, args)),
            TyKind::Union(_) => {
                let parts = list(self, self.as_named(ty));
                return self.union(parts);
            }
            TyKind::Vector(n, elem) => TyKind::Vector(n, self.map(elem, replace)),
            plain_type!() | TyKind::Text | TyKind::Any | TyKind::Param(_) | TyKind::Var(_) => return ty,
        };
        self.intern(kind)
    }

    /// The parts of two types of one constructor, side by side; `None` when the constructors differ.
    pub fn pairs(&self, a: Ty, b: Ty) -> Option<Vec<(Ty, Ty)>> {
        let lists = |xs: &[Ty], ys: &[Ty]| {
            (xs.len() == ys.len()).then(|| xs.iter().copied().zip(ys.iter().copied()).collect())
        };
        match (self.get(a), self.get(b)) {
            (TyKind::Tuple(xs, _), TyKind::Tuple(ys, _)) | (TyKind::Union(xs), TyKind::Union(ys)) => {
                lists(xs, ys)
            }
            (TyKind::FixedArray(x, n), TyKind::FixedArray(y, m)) if n == m => Some(vec![(*x, *y)]),
            (TyKind::Vector(n, x), TyKind::Vector(m, y)) if n == m => Some(vec![(*x, *y)]),
            (TyKind::Array(x), TyKind::Array(y))
            | (TyKind::Range(x), TyKind::Range(y))
            | (TyKind::Ptr(x), TyKind::Ptr(y)) => Some(vec![(*x, *y)]),
            (TyKind::Adt(x, xs), TyKind::Adt(y, ys)) if x == y => lists(xs, ys),
            (TyKind::Dyn(x, xs), TyKind::Dyn(y, ys)) if x == y => lists(xs, ys),
            (TyKind::Fn(xs, x), TyKind::Fn(ys, y)) => {
                let mut pairs: Vec<(Ty, Ty)> = lists(xs, ys)?;
                pairs.push((*x, *y));
                Some(pairs)
            }
            // Other constructors have no parts, or differ.
            _ => (a == b).then(Vec::new),
        }
    }
}
