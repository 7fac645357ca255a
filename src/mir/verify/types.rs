//! Invariants of types and signatures.

use super::Verifier;
use crate::diagnostics::{Code, Span};
use crate::mir::*;
use rustc_hash::FxHashSet;

/// What is known of a type's values once its parts are done.
#[derive(Clone, Copy)]
struct Shape {
    size: u64,
    align: u64,
    depth: u32,
    rich: bool,
}

#[derive(Clone, Copy)]
enum State {
    New,
    /// On the path from the type that the walk started at.
    Open,
    Done(Shape),
}

const MAX_SIZE: u64 = 1 << 31;
const MAX_LANES: u32 = 256;

impl Verifier<'_> {
    /// Invariants 1 to 5; fills in `rich`.
    pub(super) fn types(&mut self) {
        self.parts();
        self.names();
        if self.errors.has_errors() {
            return;
        }
        let mut states = vec![State::New; self.m.types.len()];
        for ty in 0..states.len() as u32 {
            if matches!(states[ty as usize], State::New) && !self.shape(Ty(ty), &mut states) {
                return;
            }
        }
        self.rich =
            states.iter().map(|state| matches!(state, State::Done(Shape { rich: true, .. }))).collect();
        for (i, state) in states.iter().enumerate() {
            let State::Done(shape) = state else { continue };
            if shape.size >= MAX_SIZE {
                let ty = Ty(i as u32);
                return self.bad_type(ty, format!("type {} has 2 GiB or more", self.show(ty)));
            }
        }
    }

    /// What a type is written with is there, and can stand there.
    fn parts(&mut self) {
        let types = &self.m.types;
        let structs = types.structs().iter().flat_map(|def| def.fields.iter().map(|f| (&def.name, f.1)));
        let enums = types
            .enums()
            .iter()
            .flat_map(|def| def.variants.iter().flat_map(|v| v.1.iter().map(|&ty| (&def.name, ty))));
        let bad: Vec<_> = structs.chain(enums).filter(|&(_, ty)| !self.is_value(ty)).collect();
        for (name, ty) in bad {
            let message = format!("`${name}` has a field of type {}", self.show(ty));
            self.error(Code::MirTypeDef, Span::NONE, message);
        }
        for i in 0..types.sig_count() {
            let sig = types.sig(SigId(i as u32));
            if sig.params.iter().any(|&ty| !self.is_value(ty)) || sig.ret.0 as usize >= types.len() {
                self.bad_sig(SigId(i as u32), "a signature has a parameter of type `unit` or `never`");
            }
            if sig.variadic && sig.abi != Abi::C {
                self.bad_sig(SigId(i as u32), "a signature with `...` does not have the C convention");
            }
        }
        // Types are interned after their parts, so one walk in order finds how deep they are written.
        let mut depths: Vec<u32> = Vec::with_capacity(types.len());
        for i in 0..types.len() as u32 {
            let known = |ty: Ty| ty.0 < i && ty != Ty::UNIT && ty != Ty::NEVER;
            let data = types.get(Ty(i));
            let good = match data {
                TypeData::Struct(id) => (id.0 as usize) < types.structs().len(),
                TypeData::Enum(id) => (id.0 as usize) < types.enums().len(),
                TypeData::Range(elem) => elem.is_int(),
                TypeData::Vector(elem, lanes) => elem.is_scalar() && (1..=MAX_LANES).contains(lanes),
                scalar_type!()
                | TypeData::Unit
                | TypeData::Never
                | TypeData::Text
                | TypeData::Tuple(_)
                | TypeData::FixedArray(..)
                | TypeData::Array(_)
                | TypeData::Dict(..)
                | TypeData::Ref(_) => data.parts().all(known),
            };
            let deepest = data.parts().filter_map(|part| depths.get(part.0 as usize)).max();
            let depth = deepest.map_or(0, |depth| depth + 1);
            depths.push(depth);
            if !good {
                let shown = self.show(Ty(i));
                self.bad_type(Ty(i), format!("type {shown} has a part that cannot stand there"));
            }
            if depth >= Types::MAX_DEPTH {
                // Printing it would recurse as deep as it is.
                return self
                    .bad_type(Ty(i), format!("type {i} nests {} levels deep or more", Types::MAX_DEPTH));
            }
        }
    }

    fn names(&mut self) {
        let types = &self.m.types;
        let mut seen = FxHashSet::default();
        let mut errors = Vec::new();
        let structs = types.structs().iter().map(|def| &def.name);
        for name in structs.chain(types.enums().iter().map(|def| &def.name)) {
            if name.is_empty() || name.contains('\0') {
                errors.push((Code::MirTypeDef, format!("a type cannot have the name {name:?}")));
            }
            if !seen.insert(name.as_str()) {
                errors.push((Code::MirDuplicate, format!("type `${name}` is declared twice")));
            }
        }
        let structs =
            types.structs().iter().map(|def| (&def.name, repeated(def.fields.iter().map(|f| &f.0))));
        let enums = types.enums().iter().map(|def| (&def.name, repeated(def.variants.iter().map(|v| &v.0))));
        for (name, part) in structs.chain(enums).filter_map(|(name, part)| Some((name, part?))) {
            errors.push((Code::MirDuplicate, format!("`${name}` has two parts named `{part}`")));
        }
        for (code, message) in errors {
            self.error(code, Span::NONE, message);
        }
    }

    /// Walks the parts that a value of the type holds, without recursion. False when an error was found.
    fn shape(&mut self, root: Ty, states: &mut [State]) -> bool {
        let mut stack = vec![root];
        while let Some(&ty) = stack.last() {
            let parts: Vec<Ty> = self.m.types.held(ty).collect();
            match states[ty.0 as usize] {
                State::Done(_) => {
                    stack.pop();
                }
                State::New => {
                    states[ty.0 as usize] = State::Open;
                    for part in parts {
                        match states[part.0 as usize] {
                            State::New => stack.push(part),
                            State::Open => {
                                let shown = self.show(part);
                                self.bad_type(part, format!("type {shown} holds itself by value"));
                                return false;
                            }
                            State::Done(_) => {}
                        }
                    }
                }
                State::Open => {
                    stack.pop();
                    let shape = self.shape_of(ty, &parts, states);
                    if shape.depth >= Types::MAX_DEPTH {
                        let shown = self.show(ty);
                        let depth = Types::MAX_DEPTH;
                        self.bad_type(ty, format!("type {shown} nests {depth} levels deep or more"));
                        return false;
                    }
                    states[ty.0 as usize] = State::Done(shape);
                }
            }
        }
        true
    }

    /// Sizes are those of a target with 8-byte pointers, the largest there are.
    fn shape_of(&self, ty: Ty, parts: &[Ty], states: &[State]) -> Shape {
        let part = |ty: Ty| match states[ty.0 as usize] {
            State::Done(shape) => shape,
            State::New | State::Open => Shape { size: 0, align: 1, depth: 0, rich: false },
        };
        let types = &self.m.types;
        let scalar = |size: u64, rich: bool| (size, size.max(1), rich);
        let (size, align, rich) = match types.get(ty) {
            TypeData::Unit | TypeData::Never => scalar(0, false),
            TypeData::Bool => scalar(1, false),
            TypeData::Int { bits, .. } => scalar(u64::from(*bits) / 8, false),
            TypeData::F32 => scalar(4, false),
            TypeData::Usize | TypeData::Isize | TypeData::F64 | TypeData::Ptr => scalar(8, false),
            TypeData::Text | TypeData::Array(_) | TypeData::Dict(..) | TypeData::Ref(_) => scalar(8, true),
            TypeData::Range(elem) => (part(*elem).size * 2, part(*elem).align, true),
            TypeData::Vector(elem, lanes) => {
                scalar((part(*elem).size * u64::from(*lanes)).next_power_of_two(), false)
            }
            TypeData::FixedArray(elem, n) => {
                let elem = part(*elem);
                (elem.size.saturating_mul(*n), elem.align, elem.rich)
            }
            TypeData::Struct(_) | TypeData::Tuple(_) => in_a_row(0, parts.iter().map(|&ty| part(ty))),
            TypeData::Enum(id) => {
                let rows =
                    types.enum_def(*id).variants.iter().map(|v| in_a_row(4, v.1.iter().map(|&ty| part(ty))));
                rows.fold((4, 4, false), |a, b| (a.0.max(b.0), a.1.max(b.1), a.2 || b.2))
            }
        };
        let depth = parts.iter().map(|&ty| part(ty).depth + 1).max().unwrap_or(0);
        Shape { size, align, depth, rich }
    }
}

/// Size, alignment and richness of values one behind the other, after `start` bytes aligned to themselves.
fn in_a_row(start: u64, parts: impl Iterator<Item = Shape>) -> (u64, u64, bool) {
    let up = |size: u64, align: u64| size.checked_next_multiple_of(align).unwrap_or(u64::MAX);
    let row = parts.fold((start, start.max(1), false), |(size, align, rich), part| {
        (up(size, part.align).saturating_add(part.size), align.max(part.align), rich || part.rich)
    });
    (up(row.0, row.1), row.1, row.2)
}

/// The first name that is there twice.
fn repeated<'n>(names: impl Iterator<Item = &'n String>) -> Option<&'n String> {
    let mut seen = FxHashSet::default();
    names.into_iter().find(|name| !seen.insert(name.as_str()))
}
