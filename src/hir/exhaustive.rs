//! Whether the arms of a match cover every value, which values they miss, and which arms are never reached.
//!
//! The algorithm is Maranget's ("Warnings for pattern matching", 2007): rows of patterns are specialised by the
//! constructors of the first column's type until no column is left. What it looks for are values that one row takes and no
//! other does: with `_` as the one row those that a match misses, with an arm's own those for which it is reached.

use super::context::*;
use super::pattern::int_bounds;
use super::tree::*;
use super::types::{IntTy, Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};

/// A constructor of a type whose values can be listed.
#[derive(Clone, Copy, PartialEq, Debug)]
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
    /// One of the values of a type whose values are not listed.
    Is(Constant),
}

/// The longest fixed array that is looked at element by element.
const MAX_FIXED: u64 = 64;

/// How many sets of rows one match may be taken apart into; a match beyond it is not one that people write.
const MAX_STEPS: u32 = 100_000;

/// The same of the search for arms that are never reached, which is left at that.
const MAX_REACH_STEPS: u32 = 20_000;

/// So many rows are looked at in a step.
const ROWS_PER_STEP: usize = 64;

/// So many missing cases are named.
const MAX_NAMED: usize = 3;

type Row<'p> = Vec<Option<&'p Pattern>>;

/// How far values are searched.
struct Search {
    steps: u32,
    /// So many values are enough.
    wanted: usize,
}

impl Checker<'_> {
    /// Reports values that no arm without a guard takes, and arms that are never reached.
    pub fn check_exhaustive(&mut self, arms: &[Arm], ty: Ty, keyword: Span) {
        let ty = self.deep(ty);
        if ty == Ty::ERROR || ty == Ty::NEVER {
            return;
        }
        self.check_reached(arms, ty);
        let is_judged = !arms.iter().any(|arm| has_mistake(&arm.pattern));
        if is_judged && !arms.iter().any(|arm| arm.guard.is_none() && is_irrefutable(&arm.pattern)) {
            self.check_covered(arms, ty, keyword);
        }
    }

    fn check_covered(&mut self, arms: &[Arm], ty: Ty, keyword: Span) {
        let mut search = Search { steps: MAX_STEPS, wanted: usize::MAX };
        let missing = self.left_by(&rows(arms), &[None], &[ty], &mut search);
        let is_cut_short = search.steps == 0;
        if is_cut_short && missing.is_empty() {
            let message = "whether the match covers every value takes too long to find out";
            let error = Diagnostic::error(Code::MissingCase, message)
                .at(keyword, "its cases combine in too many ways")
                .help("add `case _: …` for what may be left");
            self.error(error);
            return;
        }
        let missing: Vec<String> = missing.into_iter().flatten().collect();
        let shown: Vec<String> = missing.iter().take(MAX_NAMED).map(|case| format!("`{case}`")).collect();
        let more = match missing.len().saturating_sub(MAX_NAMED) {
            0 => None,
            _ if is_cut_short => Some("more".to_owned()),
            n => Some(format!("{n} more")),
        };
        let shown: Vec<String> = shown.into_iter().chain(more).collect();
        let all_left = "`case _: …` for all that is left";
        let (message, label, help) = match (&missing[..], &shown[..]) {
            ([], _) => return,
            // Of numbers and texts no case can be named that is missing.
            ([only], _) if only == "_" => (
                "the match does not cover every value".to_owned(),
                "all other values are missing".to_owned(),
                "add `case _: …`".to_owned(),
            ),
            ([only], _) => {
                let is_int = matches!(self.types.get(ty), TyKind::Int(_));
                let or_all = if is_int { format!(", or {all_left}") } else { String::new() };
                (
                    format!("the match does not cover `{only}`"),
                    format!("`{only}` is missing"),
                    format!("add `case {only}: …`{or_all}"),
                )
            }
            (_, [first @ .., last]) => {
                let list = format!("{} and {last}", first.join(", "));
                (
                    format!("the match does not cover {list}"),
                    format!("{list} are missing"),
                    format!("add a case for each, or {all_left}"),
                )
            }
            (_, []) => return,
        };
        let mut error = Diagnostic::error(Code::MissingCase, message).at(keyword, label).help(help);
        if arms.iter().any(|arm| arm.guard.is_some()) {
            error = error.note("a case with a guard covers nothing: the guard may not hold");
        }
        self.error(error);
    }

    /// Warns of arms whose values former ones take.
    fn check_reached(&mut self, arms: &[Arm], ty: Ty) {
        let mut search = Search { steps: MAX_REACH_STEPS, wanted: 1 };
        for (at, arm) in arms.iter().enumerate().skip(1).filter(|(_, arm)| !has_mistake(&arm.pattern)) {
            let mut is_reached = |checker: &mut Self, before: &[Arm]| {
                let left = checker.left_by(&rows(before), &[Some(&arm.pattern)], &[ty], &mut search);
                !left.is_empty() || search.steps == 0
            };
            if is_reached(self, &arms[..at]) {
                continue;
            }
            let warning = Diagnostic::warning(Code::UnreachableArm, "this case is never reached")
                .at(arm.pattern.span, "never reached");
            let takes_all = |other: &&Arm| other.guard.is_none() && is_irrefutable(&other.pattern);
            let warning = if let Some(other) = arms[..at].iter().find(takes_all) {
                warning.also(other.pattern.span, "this takes everything that is left")
            } else {
                let alone = |other: &&Arm| !is_reached(self, std::slice::from_ref(*other));
                match arms[..at].iter().find(alone) {
                    Some(other) => warning.also(other.pattern.span, "this takes all that it is for"),
                    None => warning.note("the cases above it take all that it is for"),
                }
            };
            self.error(warning);
        }
    }

    /// The values, one for each column, that a row takes and none of some others does.
    fn left_by(
        &mut self,
        rows: &[Row],
        of: &[Option<&Pattern>],
        types: &[Ty],
        search: &mut Search,
    ) -> Vec<Vec<String>> {
        search.steps = search.steps.saturating_sub(1 + (rows.len() / ROWS_PER_STEP) as u32);
        if search.steps == 0 {
            return Vec::new();
        }
        if rows.iter().any(takes_all) {
            return Vec::new();
        }
        let (Some((&ty, rest)), Some((&head, tail))) = (types.split_first(), of.split_first()) else {
            return vec![Vec::new()];
        };
        if let Some(Pattern { kind: PatternKind::Or(parts), .. }) = head {
            let mut found = Vec::new();
            for part in parts {
                let of: Row = std::iter::once(Some(part)).chain(tail.iter().copied()).collect();
                found.extend(self.left_by(rows, &of, types, search));
                if found.len() >= search.wanted {
                    break;
                }
            }
            return found;
        }
        let others_too = |mut values: Vec<Vec<String>>| {
            values.iter_mut().for_each(|values| values.insert(0, "_".to_owned()));
            values
        };
        let mut flat: Vec<Row> = Vec::with_capacity(rows.len());
        for row in rows {
            flatten(row, &mut flat);
        }
        if flat.iter().all(|row| row[0].is_none_or(is_plain)) && head.is_none_or(is_plain) {
            // No row looks at this column.
            let rows: Vec<Row> = flat.iter().map(|row| row[1..].to_vec()).collect();
            return others_too(self.left_by(&rows, tail, rest, search));
        }
        let others: Vec<Row> =
            flat.iter().filter(|row| row[0].is_none_or(is_plain)).map(|row| row[1..].to_vec()).collect();
        if let TyKind::Int(_) = self.types.get(ty) {
            // What takes every number is enough: they need not be told apart.
            let mut any = Search { steps: search.steps, wanted: 1 };
            let is_enough = self.left_by(&others, tail, rest, &mut any).is_empty();
            search.steps = any.steps;
            if is_enough {
                return Vec::new();
            }
        }
        if head.is_some_and(|pattern| self.is_undecided(pattern, ty)) {
            return others_too(self.left_by(&[], tail, rest, search));
        }
        let whole: Row = of.to_vec();
        flat.push(whole.clone());
        let mut constructors = self.constructors(ty, &flat);
        flat.pop();
        if constructors.is_empty() {
            constructors.extend(head.and_then(|pattern| self.constructor_of(pattern, ty)));
        }
        let is_listed = !constructors.is_empty();
        let mut found = Vec::new();
        for (constructor, parts) in constructors {
            let Some(of) = self.specialise(&whole, constructor, parts.len()) else { continue };
            let specialised: Vec<Row> =
                flat.iter().filter_map(|row| self.specialise(row, constructor, parts.len())).collect();
            let columns: Vec<Ty> = parts.iter().chain(rest).copied().collect();
            for mut values in self.left_by(&specialised, &of, &columns, search) {
                let tail = values.split_off(parts.len());
                let mut all = vec![self.describe_value(ty, constructor, &values)];
                all.extend(tail);
                found.push(all);
            }
            if found.len() >= search.wanted {
                break;
            }
        }
        if is_listed {
            return found;
        }
        // Infinitely many values, or too many to list: those that no pattern names.
        others_too(self.left_by(&others, tail, rest, search))
    }

    /// Whether it cannot be told here which values a pattern takes: a range that has none, which was reported, and a part of
    /// a type of several that are themselves parts of the union.
    fn is_undecided(&self, pattern: &Pattern, ty: Ty) -> bool {
        match (&pattern.kind, self.types.get(ty)) {
            (kind @ PatternKind::Range { .. }, TyKind::Int(int)) => numbers(kind, *int).is_none(),
            (PatternKind::Downcast(inner), _) => {
                self.union_parts(inner.ty).is_some() && !is_irrefutable(inner)
            }
            _ => false,
        }
    }

    /// The constructor of what a pattern asks for of a type whose values are not listed.
    fn constructor_of(&self, pattern: &Pattern, ty: Ty) -> Option<(Constructor, Vec<Ty>)> {
        match &pattern.kind {
            PatternKind::Downcast(inner) => {
                let part = self.resolve(inner.ty);
                Some((Constructor::Part(part), vec![part]))
            }
            kind @ PatternKind::Constant(constant) => match self.types.get(ty) {
                TyKind::Int(int) => {
                    let (first, last) = numbers(kind, *int)?;
                    Some((Constructor::Between(first, last), Vec::new()))
                }
                _ => Some((Constructor::Is(*constant), Vec::new())),
            },
            PatternKind::Wildcard
            | PatternKind::Bind(_)
            | PatternKind::Range { .. }
            | PatternKind::Variant(..)
            | PatternKind::Fields(..)
            | PatternKind::Array { .. }
            | PatternKind::Or(_) => None,
        }
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
            TyKind::Union(_) => {
                self.types.as_named(ty).into_iter().map(|ty| (Constructor::Part(ty), vec![ty])).collect()
            }
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
                    | Constructor::Is(_)
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
                let ty = row[0].map_or(Ty::ERROR, |pattern| self.resolve(pattern.ty));
                let fits = match (constructor, kind, self.types.get(ty)) {
                    (Constructor::Is(asked), PatternKind::Constant(constant), _) => *constant == asked,
                    (Constructor::Between(low, high), _, TyKind::Int(int)) => {
                        numbers(kind, *int).is_some_and(|(first, last)| first <= low && high <= last)
                    }
                    _ => false,
                };
                if !fits {
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
            (Constructor::Between(..) | Constructor::Is(_), _) => "_".to_owned(),
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

/// What the arms without a guard take.
fn rows(arms: &[Arm]) -> Vec<Row<'_>> {
    arms.iter().filter(|arm| arm.guard.is_none()).map(|arm| vec![Some(&arm.pattern)]).collect()
}

/// Whether an error was reported in it, so that what it was to take is not known.
fn has_mistake(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Or(parts) => parts.is_empty() || parts.iter().any(has_mistake),
        PatternKind::Variant(_, fields) | PatternKind::Fields(fields, _) => {
            fields.iter().any(|(_, field)| has_mistake(field))
        }
        PatternKind::Array { prefix, suffix, .. } => prefix.iter().chain(suffix).any(has_mistake),
        PatternKind::Downcast(inner) => has_mistake(inner),
        PatternKind::Wildcard
        | PatternKind::Bind(_)
        | PatternKind::Constant(_)
        | PatternKind::Range { .. } => false,
    }
}

/// Whether a row takes all values of its columns; one without columns does.
fn takes_all(row: &Row) -> bool {
    row.iter().all(|pattern| pattern.is_none_or(is_irrefutable))
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
