//! Printing and interpolated text: everything is appended to a byte buffer, a `[u8]` of the runtime.

use crate::hir::{self, Expr, ExprKind, FormatPart, LocalId, TyKind};
use crate::mir::{Alias, Bits, Reg, Ty};
use crate::syntax::ast::{Align, FormatKind, FormatSpec, Sign};

use super::Glue;
use super::access::{During, Place, is_simple};
use super::function::{FnLowerer, Operand, Val};
use super::walk::mentions;

/// A part of a text, evaluated.
enum Piece<'p> {
    Text(&'p str),
    Value(Val, hir::Ty, Option<&'p FormatSpec>),
}

/// Whether two expressions name one place, with indices whose evaluation changes nothing.
fn is_same_place(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Local(x), ExprKind::Local(y)) => x == y,
        (ExprKind::Global(x), ExprKind::Global(y)) => x == y,
        (ExprKind::Literal(x), ExprKind::Literal(y)) => x == y,
        (ExprKind::Field(x, i), ExprKind::Field(y, j)) => i == j && is_same_place(x, y),
        (ExprKind::Index(x, i), ExprKind::Index(y, j)) => is_same_place(x, y) && is_same_place(i, j),
        (ExprKind::Binary(op, x, i), ExprKind::Binary(other, y, j)) => {
            op == other && is_same_place(x, y) && is_same_place(i, j)
        }
        (ExprKind::Deref(x), ExprKind::Deref(y)) => is_same_place(x, y) || is_same_search(x, y),
        _ => false,
    }
}

/// Whether two addresses of a dict's value are those of one key.
fn is_same_search(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Call { func: f, args: x, .. }, ExprKind::Call { func: g, args: y, .. }) => {
            f == g && x.iter().zip(y).all(|(x, y)| is_same_place(x, y))
        }
        _ => false,
    }
}

fn part_mentions(part: &FormatPart, local: LocalId) -> bool {
    match part {
        FormatPart::Text(_) => false,
        FormatPart::Value(e, _) => mentions(e, local),
    }
}

impl<'p> FnLowerer<'_, 'p> {
    /// `print` and its kin: all parts into the stream's buffer, then one call that writes it out when it is time.
    pub fn print(&mut self, args: &'p [Expr], to_stderr: bool, newline: bool) {
        // The arguments first: what they print themselves comes before this line.
        let depth = self.pending.len();
        let mut values = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            let ty = self.subst(arg.ty);
            let op = self.expr(arg);
            if self.is_dead() {
                self.pending.truncate(depth);
                return;
            }
            let op = self.stable_for_code(op, arg, ty);
            // What the program itself does to show a value comes before this line, too.
            let (op, ty) = match self.cx.runs_code_to_show(ty) {
                true => (self.shown(op, ty), hir::Ty::TEXT),
                false => (op, ty),
            };
            let rest_is_simple = args[i + 1..].iter().all(is_simple);
            let op = if rest_is_simple { op } else { self.stable(op, ty) };
            self.hold(op, ty);
            values.push((op.val, ty));
        }
        let buffer = self.buffer_slot();
        let fd = self.b.int(Ty::I32, if to_stderr { 2 } else { 1 });
        let start = self.call_lang_value("out_take", Vec::new(), &[fd]);
        self.b.store(start, buffer, Alias::Any);
        for (i, &(value, ty)) in values.iter().enumerate() {
            if i > 0 {
                self.show_literal(" ", buffer);
            }
            self.show(value, ty, buffer, false);
        }
        if newline {
            self.show_literal("\n", buffer);
        }
        let full = self.b.load(Ty::PTR, buffer, Alias::Any);
        self.call_lang("out_put", Vec::new(), &[fd, full]);
        while self.pending.len() > depth {
            self.release();
        }
    }

    /// Interpolated text.
    pub fn format(&mut self, parts: &'p [FormatPart]) -> Operand {
        let buffer = self.new_buffer();
        for part in parts {
            match part {
                FormatPart::Text(text) => {
                    let text = self.cx.name(*text);
                    self.show_literal(text, buffer);
                }
                FormatPart::Value(e, spec) => {
                    let ty = self.subst(e.ty);
                    // Until it is finished, a jump out of the text drops what there is.
                    let so_far = self.b.load(Ty::PTR, buffer, Alias::Any);
                    self.hold(Operand::reg(so_far), hir::Ty::TEXT);
                    let op = self.expr(e);
                    self.take();
                    if self.is_dead() {
                        return self.dead(hir::Ty::TEXT);
                    }
                    let op = self.stable_for_code(op, e, ty);
                    self.hold(op, ty);
                    match spec {
                        None => self.show(op.val, ty, buffer, false),
                        Some(spec) => self.show_with(op.val, ty, buffer, spec),
                    }
                    self.release();
                }
            }
        }
        Operand::reg(self.b.load(Ty::PTR, buffer, Alias::Any))
    }

    /// `place = "{place}…"`, which `place += …` is too: appended to the text where it is, if it is its only reference, so
    /// that building a text piece by piece takes linear time. Whether the assignment was of this kind.
    pub fn append(&mut self, place: &'p Expr, value: &'p Expr) -> bool {
        let ExprKind::Format(parts) = &value.kind else { return false };
        let [FormatPart::Value(first, None), rest @ ..] = parts.as_slice() else { return false };
        if !is_same_place(place, first) {
            return false;
        }
        // The old text counts as read before the other parts are evaluated: they may not change it.
        let is_untouched = match place.kind {
            ExprKind::Local(local) => {
                !self.by_reference.contains(&local) && !rest.iter().any(|p| part_mentions(p, local))
            }
            _ => false,
        };
        let is_pure = |part: &FormatPart| match part {
            FormatPart::Text(_) => true,
            FormatPart::Value(e, _) => {
                let ty = self.subst(e.ty);
                is_simple(e) && !self.cx.runs_code_to_show(ty)
            }
        };
        if !is_untouched && !rest.iter().all(is_pure) {
            return false;
        }
        let depth = self.pending.len();
        let mut values = Vec::with_capacity(rest.len());
        for part in rest {
            values.push(match part {
                FormatPart::Text(text) => Piece::Text(self.cx.name(*text)),
                FormatPart::Value(e, spec) => {
                    let ty = self.subst(e.ty);
                    let op = self.expr(e);
                    if self.is_dead() {
                        self.pending.truncate(depth);
                        return true;
                    }
                    // One more reference, so that `s += s` copies.
                    let op = self.stable(op, ty);
                    self.hold(op, ty);
                    Piece::Value(op.val, ty, spec.as_ref())
                }
            });
        }
        let target = self.place(place, During::Nothing);
        let buffer = match target {
            Place::None => return true,
            Place::Addr(addr, _) => addr,
            Place::Reg(reg) => {
                let slot = self.buffer_slot();
                self.b.store(reg, slot, Alias::Any);
                slot
            }
        };
        for piece in values {
            match piece {
                Piece::Text(text) => self.show_literal(text, buffer),
                Piece::Value(value, ty, None) => self.show(value, ty, buffer, false),
                Piece::Value(value, ty, Some(spec)) => self.show_with(value, ty, buffer, spec),
            }
        }
        if let Place::Reg(reg) = target {
            let text = self.b.load(Ty::PTR, buffer, Alias::Any);
            self.b.assign(reg, text);
        }
        while self.pending.len() > depth {
            self.release();
        }
        true
    }

    /// A value as text, in place of the value.
    fn shown(&mut self, op: Operand, ty: hir::Ty) -> Operand {
        self.hold(op, ty);
        let buffer = self.new_buffer();
        self.show(op.val, ty, buffer, false);
        self.release();
        Operand::reg(self.b.load(Ty::PTR, buffer, Alias::Any))
    }

    fn buffer_slot(&mut self) -> Reg {
        let slot = self.b.slot(Ty::PTR);
        self.b.slot_addr(slot)
    }

    /// The address of a variable that holds an empty buffer.
    fn new_buffer(&mut self) -> Reg {
        let buffer = self.buffer_slot();
        let empty = self.empty_object();
        self.b.retain(empty);
        self.b.store(empty, buffer, Alias::Any);
        buffer
    }

    /// Appends fixed text.
    pub fn show_literal(&mut self, text: &str, buffer: Reg) {
        if !text.is_empty() {
            let text = self.text(text);
            self.call_lang("show_text", Vec::new(), &[buffer, text]);
        }
    }

    /// Appends a value as `print` shows it; inside containers text is quoted.
    pub fn show(&mut self, value: Val, ty: hir::Ty, buffer: Reg, quoted: bool) {
        if let Some(own) = self.cx.own_method(hir::Builtin::Show, ty) {
            let text = self.call_own(own, &[value]);
            self.call_lang("show_text", Vec::new(), &[buffer, text]);
            return self.drop_val(Val::Reg(text), hir::Ty::TEXT);
        }
        match (value, self.cx.types.get(ty).clone()) {
            (Val::Unit, _) => self.show_literal("()", buffer),
            (_, TyKind::Adt(id, _)) if Some(id) == self.cx.program.option => {
                self.show_option(value, ty, buffer, quoted);
            }
            (Val::Mem(addr), TyKind::Adt(id, args)) if Some(id) == self.cx.program.dict => {
                self.call_lang("show_dict", args, &[buffer, addr]);
            }
            (Val::Mem(addr), TyKind::Adt(id, args)) if Some(id) == self.cx.program.set => {
                self.call_lang("show_set", args, &[buffer, addr]);
            }
            (Val::Mem(reg), _) | (Val::Reg(reg), TyKind::Adt(..)) => {
                self.call_glue(Glue::Show, ty, &[buffer, reg]);
            }
            (Val::Reg(reg), TyKind::Array(elem)) => {
                self.call_lang("show_array", vec![elem], &[buffer, reg]);
            }
            (Val::Reg(_), TyKind::Fn(..)) => self.show_literal("<fn>", buffer),
            // Not the address: output is the same in each run.
            (Val::Reg(_), TyKind::Ptr(_)) => self.show_literal("<ptr>", buffer),
            (Val::Reg(reg), TyKind::Dyn(..) | TyKind::Union(_) | TyKind::Any) => {
                self.show_object(reg, buffer, quoted)
            }
            (Val::Reg(reg), kind) => match self.show_function(&kind, quoted) {
                Some((name, wide)) => {
                    let reg = match wide {
                        Some(wide) => self.b.resize(wide, reg),
                        None => reg,
                    };
                    self.call_lang(name, Vec::new(), &[buffer, reg]);
                }
                None => self.unsupported("printing this type", self.b.span()),
            },
        }
    }

    /// The runtime function that appends a value of a built-in type, and the integer type that it takes.
    fn show_function(&mut self, kind: &TyKind, quoted: bool) -> Option<(&'static str, Option<Ty>)> {
        match kind {
            TyKind::Bool => Some(("show_bool", None)),
            TyKind::Char => Some((if quoted { "show_char_quoted" } else { "show_char" }, None)),
            TyKind::Int(int) if int.is_signed() => Some(("show_int", Some(Ty::I64))),
            TyKind::Int(_) => Some(("show_uint", Some(Ty::U64))),
            TyKind::F32 => Some(("show_f32", None)),
            TyKind::F64 => Some(("show_f64", None)),
            TyKind::Text => Some((if quoted { "show_quoted" } else { "show_text" }, None)),
            _ => None,
        }
    }

    /// Appends a value by a format specification (language reference §10).
    fn show_with(&mut self, value: Val, ty: hir::Ty, buffer: Reg, spec: &FormatSpec) {
        let kind = self.cx.types.get(ty).clone();
        let as_float = matches!(spec.kind, FormatKind::Exponent | FormatKind::Fixed | FormatKind::Percent);
        match (value, kind) {
            (Val::Reg(reg), TyKind::Int(int)) if !as_float => {
                let signed = int.is_signed();
                let wide = self.b.resize(if signed { Ty::I64 } else { Ty::U64 }, reg);
                let bits = self.b.resize(Ty::I64, wide);
                let is_unsigned = self.b.bool(!signed);
                let mut args = vec![buffer, bits, is_unsigned];
                args.extend(self.spec_args(spec));
                self.call_lang("format_int", Vec::new(), &args);
            }
            (Val::Reg(reg), TyKind::Int(_) | TyKind::F32 | TyKind::F64) => {
                let from = self.b.func.ty(reg);
                let wide = self.convert(reg, from, Ty::F64);
                let single = self.b.bool(from == Ty::F32);
                let mut args = vec![buffer, wide, single];
                args.extend(self.spec_args(spec));
                self.call_lang("format_float", Vec::new(), &args);
            }
            (Val::Reg(reg), TyKind::Text) => self.pad(reg, buffer, spec),
            _ => {
                let inner = self.new_buffer();
                self.show(value, ty, inner, false);
                let text = self.b.load(Ty::PTR, inner, Alias::Any);
                self.pad(text, buffer, spec);
                self.drop_val(Val::Reg(text), hir::Ty::TEXT);
            }
        }
    }

    fn pad(&mut self, text: Reg, buffer: Reg, spec: &FormatSpec) {
        let mut args = vec![buffer, text];
        args.extend(self.spec_args(spec));
        self.call_lang("format_text", Vec::new(), &args);
    }

    /// The fields of a specification as the runtime takes them, all `i64`: fill, align (0 none, 1 left, 2 right,
    /// 3 centre, 4 after the sign), sign (0 minus, 1 plus, 2 space), alternate, zero padded, width, commas,
    /// precision (-1 none), kind (0 display, then the letter).
    fn spec_args(&mut self, spec: &FormatSpec) -> Vec<Reg> {
        let align = match spec.align {
            None => 0,
            Some(Align::Left) => 1,
            Some(Align::Right) => 2,
            Some(Align::Centre) => 3,
            Some(Align::AfterSign) => 4,
        };
        let sign = match spec.sign {
            Sign::Minus => 0,
            Sign::Plus => 1,
            Sign::Space => 2,
        };
        let kind = match spec.kind {
            FormatKind::Display => 0,
            FormatKind::Binary => i64::from(b'b'),
            FormatKind::Octal => i64::from(b'o'),
            FormatKind::Decimal => i64::from(b'd'),
            FormatKind::LowerHex => i64::from(b'x'),
            FormatKind::UpperHex => i64::from(b'X'),
            FormatKind::Exponent => i64::from(b'e'),
            FormatKind::Fixed => i64::from(b'f'),
            FormatKind::Percent => i64::from(b'%'),
        };
        let fields = [
            i64::from(u32::from(spec.fill)),
            align,
            sign,
            i64::from(spec.is_alternate),
            i64::from(spec.is_zero_padded),
            i64::from(spec.width),
            i64::from(spec.has_commas),
            spec.precision.map_or(-1, i64::from),
            kind,
        ];
        fields.iter().map(|&f| self.b.const_(Ty::I64, Bits(f as u64))).collect()
    }
}
