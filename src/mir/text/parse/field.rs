//! Text to MIR: operations, one implementation per kind of field.

use super::body::Body;
use super::{Parsed, Symbol};
use crate::diagnostics::Code;
use crate::mir::text::lex::Tok;
use crate::mir::*;
use rustc_hash::FxHashMap;

/// Reads the fields of one operation.
pub(super) type OpParser = for<'p, 's> fn(&mut Body<'p, 's>) -> Parsed<Op>;

/// A kind of field of an operation.
trait Field: Sized {
    /// Whether a comma divides it from the field before it.
    const COMMA: bool = true;

    fn parse(body: &mut Body<'_, '_>) -> Parsed<Self>;
}

impl Field for Reg {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<Reg> {
        body.reg()
    }
}

impl Field for RegList {
    const COMMA: bool = false;

    fn parse(body: &mut Body<'_, '_>) -> Parsed<RegList> {
        body.reg_list()
    }
}

impl Field for Ty {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<Ty> {
        body.p.ty()
    }
}

impl Field for u32 {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<u32> {
        body.p.uint("a number", u64::from(u32::MAX)).map(|n| n as u32)
    }
}

impl Field for FuncId {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<FuncId> {
        body.func()
    }
}

impl Field for MaybeFunc {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<MaybeFunc> {
        if body.p.eat_word("none") { Ok(None) } else { body.func().map(Some) }
    }
}

impl Field for GlobalId {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<GlobalId> {
        match body.p.symbol()? {
            (Symbol::Global(global), ..) => Ok(global),
            (Symbol::Func(_), span, name) => {
                Err(body.p.report(Code::MirSyntax, span, format!("`@{name}` is a function, not a global")))
            }
        }
    }
}

impl Field for SlotId {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<SlotId> {
        body.slot()
    }
}

impl Field for SigId {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<SigId> {
        body.p.sig()
    }
}

impl Field for StrId {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<StrId> {
        let text = body.p.string()?;
        Ok(body.p.intern(text))
    }
}

impl Field for Bits {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<Bits> {
        body.p.literal(body.dst.unwrap_or(Ty::UNIT)).map(Bits)
    }
}

/// One of the words of a table.
fn one_of<T: Copy>(
    body: &mut Body<'_, '_>,
    kind: Tok,
    names: &'static [(&'static str, T)],
    what: &str,
) -> Parsed<T> {
    let found = names.iter().find(|name| body.p.peek() == kind && name.0 == body.p.text());
    let Some(&(_, value)) = found else { return Err(body.p.expected(what)) };
    body.p.at += 1;
    Ok(value)
}

impl Field for Alias {
    const COMMA: bool = false;

    fn parse(body: &mut Body<'_, '_>) -> Parsed<Alias> {
        if body.p.peek() != Tok::Mark {
            return Ok(Alias::Any);
        }
        one_of(body, Tok::Mark, Alias::NAMES, "`!header`, `!element`, `!global` or `!field`")
    }
}

impl Field for Ordering {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<Ordering> {
        one_of(body, Tok::Word, Ordering::NAMES, "a memory ordering")
    }
}

impl Field for RmwOp {
    fn parse(body: &mut Body<'_, '_>) -> Parsed<RmwOp> {
        one_of(body, Tok::Word, RmwOp::NAMES, "a read-modify-write operation")
    }
}

fn field<F: Field>(body: &mut Body<'_, '_>, first: &mut bool) -> Parsed<F> {
    if F::COMMA && !*first {
        body.p.expect(Tok::Comma, "`,`")?;
    }
    *first = false;
    F::parse(body)
}

macro_rules! parse_tier {
    ($table:ident $enum:ident {
        $(#[doc = $doc:literal] $variant:ident $method:ident $text:literal $category:ident [$($effect:ident)*]
          ($($field:ident: $kind:ident $($class:ident)?),*) -> $result:ident $(($arg:ident))?;)*
    }) => {
        static $table: &[(&str, OpParser)] = &[$(($text, |_body| {
            let mut _first = true;
            $(let $field = field::<$kind>(_body, &mut _first)?;)*
            Ok($enum::$variant { $($field),* }.into())
        })),*];
    };
}

macro_rules! parse_ops {
    (core $core:tt rich $rich:tt) => {
        parse_tier!(CORE CoreOp $core);
        parse_tier!(RICH RichOp $rich);
    };
}
op_table!(parse_ops);

/// The parsers by the operations' names.
pub(super) fn op_parsers() -> FxHashMap<&'static str, OpParser> {
    CORE.iter().chain(RICH).copied().collect()
}

/// The names of all operations.
pub(super) fn op_names() -> impl Iterator<Item = &'static str> {
    CORE.iter().chain(RICH).map(|op| op.0)
}
