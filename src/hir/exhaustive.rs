//! Whether the arms of a match cover every value, and which value they miss.
//!
//! The algorithm is Maranget's ("Warnings for pattern matching", 2007), without the part for usefulness of an arm: rows
//! of patterns are specialised by the constructors of the first column's type until no column is left.

use super::context::*;
use super::pattern::int_bounds;
use super::tree::*;
use super::types::{IntTy, Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};

/// A constructor of a type whose values can be listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Constructor {
    Bool(bool),
    /// The only one of a tuple or struct.
    Only,
    Variant(u32),
    /// The arrays of a length.
    Length(usize),
    /// Of a union: the values of one of its types.
    Part(Ty),
    /// The arrays of a length and all longer ones, which no pattern tells apart.
    AtLeast(usize),
    /// The integers from one to another, both included, which no pattern tells apart.
    Between(i128, i128),
}

/// The longest fixed array that is looked at element by element.
const MAX_FIXED: u64 = 64;

/// How many sets of rows one match may be taken apart into; a match beyond it is not one that people write.
const MAX_STEPS: u32 = 100_000;

/// So many rows are looked at in a step.
const ROWS_PER_STEP: usize = 64;

type Row<'p> = Vec<Option<&'p Pattern>>;

impl Checker<'_> {
    /// Reports a value that no arm without a guard takes, and arms behind one that takes everything.
    pub fn check_exhaustive(&mut self, arms: &[Arm], ty: Ty, keyword: Span) {
        let ty = self.deep(ty);
        if ty == Ty::ERROR || ty == Ty::NEVER {
            return;
        }
        let catch_all = arms.iter().position(|arm| arm.guard.is_none() && is_irrefutable(&arm.pattern));
        if let Some(at) = catch_all {
            for dead in &arms[at + 1..] {
                let warning = Diagnostic::warning(Code::UnreachableArm, "this case is never reached")
                    .at(dead.pattern.span, "never reached")
                    .also(arms[at].pattern.span, "this takes everything that is left");
                self.error(warning);
            }
            return;
        }
        let rows: Vec<Row> =
            arms.iter().filter(|arm| arm.guard.is_none()).map(|arm| vec![Some(&arm.pattern)]).collect();
        let mut steps = MAX_STEPS;
        let missing = self.missing(&rows, &[ty], &mut steps);
        if steps == 0 {
            self.unsupported("a match of this many combinations without `case _`", keyword);
            return;
        }
        let Some(missing) = missing else { return };
        let missing = missing.into_iter().next().unwrap_or_else(|| "_".to_owned());
        let guarded = arms.iter().any(|arm| arm.guard.is_some());
        // Of numbers and texts no case can be named that is missing.
        let (message, label) = match missing.as_str() {
            "_" => {
                ("the match does not cover every value".to_owned(), "all other values are missing".to_owned())
            }
            _ => (format!("the match does not cover `{missing}`"), format!("`{missing}` is missing")),
        };
        let help = match self.types.get(ty) {
            TyKind::Int(_) if missing != "_" => {
                format!("add `case {missing}: …`, or `case _: …` for all that is left")
            }
            _ => format!("add `case {missing}: …`"),
        };
        let mut error = Diagnostic::error(Code::MissingCase, message).at(keyword, label).help(help);
        if guarded {
            error = error.note("a case with a guard covers nothing: the guard may not hold");
        }
        self.error(error);
    }

    /// A list of values, one for each column, that no row matches.
    fn missing(&mut self, rows: &[Row], types: &[Ty], steps: &mut u32) -> Option<Vec<String>> {
        *steps = steps.saturating_sub(1 + (rows.len() / ROWS_PER_STEP) as u32);
        if *steps == 0 {
            return None;
        }
        let Some((&ty, rest)) = types.split_first() else {
            return rows.is_empty().then(Vec::new);
        };
        let mut flat: Vec<Row> = Vec::with_capacity(rows.len());
        for row in rows {
            flatten(row, &mut flat);
        }
        if flat.iter().all(|row| row[0].is_none_or(is_plain)) {
            // No row looks at this column.
            let rows: Vec<Row> = flat.iter().map(|row| row[1..].to_vec()).collect();
            let mut found = self.missing(&rows, rest, steps)?;
            found.insert(0, "_".to_owned());
            return Some(found);
        }
        let others: Vec<Row> =
            flat.iter().filter(|row| row[0].is_none_or(is_plain)).map(|row| row[1..].to_vec()).collect();
        if let TyKind::Int(_) = self.types.get(ty)
            && self.missing(&others, rest, steps).is_none()
        {
            // What takes every number is enough: they need not be told apart.
            return None;
        }
        let constructors = self.constructors(ty, &flat);
        let is_listed = !constructors.is_empty();
        for (constructor, parts) in constructors {
            let specialised: Vec<Row> =
                flat.iter().filter_map(|row| self.specialise(row, constructor, parts.len())).collect();
            let columns: Vec<Ty> = parts.iter().chain(rest).copied().collect();
            if let Some(mut found) = self.missing(&specialised, &columns, steps) {
                let tail = found.split_off(parts.len());
                let mut all = vec![self.describe_value(ty, constructor, &found)];
                all.extend(tail);
                return Some(all);
            }
        }
        if is_listed {
            return None;
        }
        // Infinitely many values, or too many to list: those that no pattern names.
        let mut found = self.missing(&others, rest, steps)?;
        found.insert(0, "_".to_owned());
        Some(found)
    }

    /// The constructors of a type with the types of their parts, as far as the rows' first column tells them apart;
    /// none when its values are not listed.
    fn constructors(&mut self, ty: Ty, rows: &[Row]) -> Vec<(Constructor, Vec<Ty>)> {
        match self.types.get(ty).clone() {
            TyKind::Bool => {
                vec![(Constructor::Bool(true), Vec::new()), (Constructor::Bool(false), Vec::new())]
            }
            TyKind::Int(int) => {
                let parts = intervals(int, rows).into_iter();
                parts.map(|(first, last)| (Constructor::Between(first, last), Vec::new())).collect()
            }
            TyKind::Tuple(parts, _) => vec![(Constructor::Only, parts)],
            TyKind::FixedArray(elem, n) if n <= MAX_FIXED => {
                vec![(Constructor::Only, vec![elem; n as usize])]
            }
            TyKind::Union(parts) => parts.into_iter().map(|ty| (Constructor::Part(ty), vec![ty])).collect(),
            TyKind::Array(elem) => {
                let longest = distinguished_length(rows);
                let exact = (0..longest).map(|n| (Constructor::Length(n), vec![elem; n]));
                exact.chain([(Constructor::AtLeast(longest), vec![elem; longest])]).collect()
            }
            TyKind::Adt(id, args) => {
                let is_enum = self.adts[id.idx()].kind == AdtKind::Enum;
                let fields: Vec<Vec<Ty>> = self.adts[id.idx()]
                    .variants
                    .iter()
                    .map(|variant| variant.fields.iter().map(|field| field.ty).collect())
                    .collect();
                let mut out = Vec::with_capacity(fields.len());
                for (i, types) in fields.into_iter().enumerate() {
                    let types: Vec<Ty> =
                        types.into_iter().map(|ty| self.types.substitute(ty, &args)).collect();
                    let types = types.into_iter().map(|ty| self.read_type(ty)).collect();
                    out.push((
                        if is_enum { Constructor::Variant(i as u32) } else { Constructor::Only },
                        types,
                    ));
                }
                out
            }
            _ => Vec::new(),
        }
    }

    /// The row for values of a constructor: its parts in front of the other columns.
    fn specialise<'p>(&self, row: &Row<'p>, constructor: Constructor, arity: usize) -> Option<Row<'p>> {
        let mut parts: Row<'p> = vec![None; arity];
        let mut place = |fields: &'p [(u32, Pattern)]| {
            for (i, field) in fields {
                if let Some(slot) = parts.get_mut(*i as usize) {
                    *slot = Some(field);
                }
            }
        };
        match row[0].map(|pattern| &pattern.kind) {
            None | Some(PatternKind::Wildcard | PatternKind::Bind(_)) => {}
            Some(PatternKind::Constant(Constant::Bool(value))) => {
                if constructor != Constructor::Bool(*value) {
                    return None;
                }
            }
            Some(PatternKind::Fields(fields, _)) => place(fields),
            Some(PatternKind::Variant(i, fields)) => {
                if constructor != Constructor::Variant(*i) {
                    return None;
                }
                place(fields);
            }
            Some(PatternKind::Array { prefix, rest, suffix }) => {
                let fits = match constructor {
                    Constructor::Length(n) if rest.is_none() => n == prefix.len(),
                    Constructor::Length(n) | Constructor::AtLeast(n) => {
                        rest.is_some() && n >= prefix.len() + suffix.len()
                    }
                    Constructor::Bool(_)
                    | Constructor::Only
                    | Constructor::Variant(_)
                    | Constructor::Between(..)
                    | Constructor::Part(_) => false,
                };
                if !fits {
                    return None;
                }
                let from_end = arity - suffix.len();
                parts.iter_mut().zip(prefix).for_each(|(slot, part)| *slot = Some(part));
                parts[from_end..].iter_mut().zip(suffix).for_each(|(slot, part)| *slot = Some(part));
            }
            Some(PatternKind::Downcast(inner)) => match constructor {
                Constructor::Part(ty) if self.resolve(inner.ty) == ty => parts[0] = Some(&**inner),
                Constructor::Part(ty)
                    if is_irrefutable(inner)
                        && self.union_parts(inner.ty).is_some_and(|types| types.contains(&ty)) => {}
                _ => return None,
            },
            Some(kind @ (PatternKind::Constant(_) | PatternKind::Range { .. })) => {
                let (Constructor::Between(low, high), Some(pattern)) = (constructor, row[0]) else {
                    return None;
                };
                let TyKind::Int(int) = *self.types.get(self.resolve(pattern.ty)) else { return None };
                if !numbers(kind, int).is_some_and(|(first, last)| first <= low && high <= last) {
                    return None;
                }
            }
            Some(PatternKind::Or(_)) => return None,
        }
        parts.extend_from_slice(&row[1..]);
        Some(parts)
    }

    fn describe_value(&self, ty: Ty, constructor: Constructor, parts: &[String]) -> String {
        let list = parts.join(", ");
        match (constructor, self.types.get(ty)) {
            (Constructor::Bool(value), _) => value.to_string(),
            (Constructor::Part(ty), _) => format!("{list}: {}", self.show(ty)),
            (Constructor::Between(low, high), TyKind::Int(int)) => {
                let (least, greatest) = int_bounds(*int);
                match (low == least, high == greatest) {
                    _ if low == high => low.to_string(),
                    (true, true) => "_".to_owned(),
                    (true, false) => format!("..={high}"),
                    (false, true) => format!("{low}.."),
                    (false, false) => format!("{low}..={high}"),
                }
            }
            (Constructor::Between(..), _) => "_".to_owned(),
            (Constructor::Only, TyKind::Adt(id, _)) => {
                format!("{}({list})", self.name(self.adts[id.idx()].name))
            }
            (Constructor::Variant(i), TyKind::Adt(id, _)) => {
                let name = self.name(self.adts[id.idx()].variants[i as usize].name);
                if parts.is_empty() { name.to_owned() } else { format!("{name}({list})") }
            }
            (Constructor::Length(_), _) | (Constructor::Only, TyKind::FixedArray(..)) => format!("[{list}]"),
            (Constructor::AtLeast(0), _) => "[...]".to_owned(),
            (Constructor::AtLeast(_), _) => format!("[{list}, ...]"),
            (Constructor::Only | Constructor::Variant(_), _) => format!("({list})"),
        }
    }
}

/// The length from which on no array pattern of the first column tells arrays apart: none has that many elements
/// exactly, and the elements that one looks at from the start are not those that another looks at from the end.
fn distinguished_length(rows: &[Row]) -> usize {
    let (mut from_start, mut from_end, mut exact) = (0, 0, 0);
    for pattern in rows.iter().filter_map(|row| row[0]) {
        if let PatternKind::Array { prefix, rest, suffix } = &pattern.kind {
            match rest {
                None => exact = exact.max(prefix.len() + 1),
                Some(_) => {
                    from_start = from_start.max(prefix.len());
                    from_end = from_end.max(suffix.len());
                }
            }
        }
    }
    exact.max(from_start + from_end)
}

/// The first and the last integer of a pattern for integers of a type; `None` if there are none.
fn numbers(pattern: &PatternKind, int: IntTy) -> Option<(i128, i128)> {
    let (least, greatest) = int_bounds(int);
    let number = |constant: Constant| match constant {
        Constant::Int(bits) if least < 0 => Some(i128::from(bits as i64)),
        Constant::Int(bits) => Some(i128::from(bits)),
        Constant::Float(_) | Constant::Bool(_) | Constant::Text(_) => None,
    };
    let (first, last) = match *pattern {
        PatternKind::Constant(constant) => {
            let number = number(constant)?;
            (number, number)
        }
        PatternKind::Range { start, end, is_inclusive } => (
            start.map_or(Some(least), number)?,
            match end {
                Some(end) => number(end)? - i128::from(!is_inclusive),
                None => greatest,
            },
        ),
        _ => return None,
    };
    (first <= last).then_some((first, last))
}

/// The integers of a type, cut wherever a pattern of the first column begins or ends. None where the patterns are a few single
/// numbers: those that they leave out are best called "all others".
fn intervals(int: IntTy, rows: &[Row]) -> Vec<(i128, i128)> {
    let (least, greatest) = int_bounds(int);
    let patterns: Vec<_> = rows.iter().filter_map(|row| numbers(&row[0]?.kind, int)).collect();
    if patterns.len() as i128 <= greatest - least && patterns.iter().all(|(first, last)| first == last) {
        return Vec::new();
    }
    let mut starts: Vec<i128> = patterns.into_iter().flat_map(|(first, last)| [first, last + 1]).collect();
    starts.extend([least, greatest + 1]);
    starts.sort_unstable();
    starts.dedup();
    starts.windows(2).map(|pair| (pair[0], pair[1] - 1)).collect()
}

/// Whether it takes every value without looking.
fn is_plain(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::Wildcard | PatternKind::Bind(_))
}

/// Whether it takes every value of its type.
pub(super) fn is_irrefutable(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Wildcard | PatternKind::Bind(_) => true,
        PatternKind::Fields(fields, _) => fields.iter().all(|(_, field)| is_irrefutable(field)),
        PatternKind::Or(parts) => parts.iter().any(is_irrefutable),
        PatternKind::Array { prefix, rest, suffix } => {
            rest.is_some() && prefix.is_empty() && suffix.is_empty()
        }
        PatternKind::Constant(_)
        | PatternKind::Range { .. }
        | PatternKind::Variant(..)
        | PatternKind::Downcast(_) => false,
    }
}

/// The row once for each alternative of its first column.
fn flatten<'p>(row: &Row<'p>, out: &mut Vec<Row<'p>>) {
    match row[0].map(|pattern| &pattern.kind) {
        Some(PatternKind::Or(parts)) => {
            for part in parts {
                let mut row = row.clone();
                row[0] = Some(part);
                flatten(&row, out);
            }
        }
        _ => out.push(row.clone()),
    }
}
