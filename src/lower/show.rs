//! The helpers that append the text form of values with parts (language reference §7).

use crate::hir::{self, TyKind};
use crate::mir::{Alias, Hint, Reg, Ty};
use crate::runtime::object;

use super::function::{FnLowerer, Val};

impl FnLowerer<'_, '_> {
    /// The body of the helper.
    pub fn show_parts(&mut self, ty: hir::Ty, buffer: Reg, value: Reg) {
        let value = self.value_of(value, ty);
        match (value, self.cx.types.get(ty).clone()) {
            (_, TyKind::Tuple(parts, labels)) => {
                self.show_literal("(", buffer);
                for (i, part) in parts.iter().enumerate() {
                    let label = labels.as_ref().map(|l| format!("{}: ", self.cx.name(l[i])));
                    self.show_field(value, ty, i as u32, *part, label.unwrap_or_default(), buffer);
                }
                self.show_literal(if parts.len() == 1 { ",)" } else { ")" }, buffer);
            }
            (Val::Mem(first), TyKind::FixedArray(elem, n)) => {
                let count = self.b.int(Ty::I64, n as i64);
                self.call_lang("show_elements", vec![elem], &[buffer, first, count]);
            }
            (_, TyKind::Range(elem)) => {
                self.show_field(value, ty, 0, elem, String::new(), buffer);
                self.show_literal("..", buffer);
                let Some((end, alias)) = self.field_addr(value, ty, 1) else { return };
                let end = self.load(end, elem, alias);
                self.show(end.val, elem, buffer, true);
            }
            (_, TyKind::Adt(id, _)) => match self.cx.program.adts[id.idx()].kind {
                hir::AdtKind::Struct => self.show_fields(value, ty, id, buffer),
                hir::AdtKind::Class | hir::AdtKind::Actor => self.show_instance(value, ty, id, buffer),
                hir::AdtKind::Enum => self.show_case(value, ty, id, buffer),
            },
            _ => self.cx.internal("a helper to show a type that has no parts"),
        }
    }

    /// Appends the payload, or `nil`.
    pub fn show_option(&mut self, value: Val, ty: hir::Ty, buffer: Reg, quoted: bool) {
        self.each_case(value, ty, &mut |f, case| match f.cx.field_types(ty, case).first() {
            Some(&payload) => {
                let there = f.payload(value, ty, case, 0);
                f.show(there, payload, buffer, quoted);
            }
            None => f.show_literal("nil", buffer),
        });
    }

    /// `Name(field: value)`.
    fn show_fields(&mut self, value: Val, ty: hir::Ty, id: hir::AdtId, buffer: Reg) {
        let adt = &self.cx.program.adts[id.idx()];
        self.show_literal(&format!("{}(", self.cx.name(adt.name)), buffer);
        let types = self.cx.field_types(ty, 0);
        for (i, field) in adt.variants[0].fields.iter().enumerate() {
            let label = field.name.map(|n| format!("{}: ", self.cx.name(n))).unwrap_or_default();
            self.show_field(value, ty, i as u32, types[i], label, buffer);
        }
        self.show_literal(")", buffer);
    }

    /// As a struct, or `…` inside itself. While an instance is being shown its reference count is marked, which takes no
    /// memory however many there are: no count comes near the mark.
    fn show_instance(&mut self, value: Val, ty: hir::Ty, id: hir::AdtId, buffer: Reg) {
        let Val::Reg(raw) = value else { return };
        let instance = self.cx.instance_type(self.b.module, ty);
        let at = self.b.field_addr(raw, instance, object::COUNT);
        let count = self.b.load(Ty::ISIZE, at, Alias::Header);
        let mark = self.b.int(Ty::ISIZE, object::SHOWN as i64);
        let is_marked = self.b.ge(count, mark);
        let (again, first, done) = (self.b.block(), self.b.block(), self.b.block());
        self.b.branch(is_marked, again, first, Hint::Unlikely);
        self.b.switch_to(again);
        self.show_literal("…", buffer);
        self.b.goto(done);
        self.b.switch_to(first);
        let marked = self.b.add(count, mark);
        self.b.store(marked, at, Alias::Header);
        self.show_fields(value, ty, id, buffer);
        let count = self.b.load(Ty::ISIZE, at, Alias::Header);
        let unmarked = self.b.sub(count, mark);
        self.b.store(unmarked, at, Alias::Header);
        self.b.goto(done);
        self.b.switch_to(done);
    }

    /// `Enum.Case(value)`; a result without its enum's name.
    fn show_case(&mut self, value: Val, ty: hir::Ty, id: hir::AdtId, buffer: Reg) {
        let program = self.cx.program;
        let adt = &program.adts[id.idx()];
        let prefix =
            if Some(id) == program.result { String::new() } else { format!("{}.", self.cx.name(adt.name)) };
        self.each_case(value, ty, &mut |f, case| {
            let name = f.cx.name(adt.variants[case as usize].name);
            f.show_literal(&format!("{prefix}{name}"), buffer);
            let types = f.cx.field_types(ty, case);
            for (i, &part) in types.iter().enumerate() {
                f.show_literal(if i == 0 { "(" } else { ", " }, buffer);
                let field = f.payload(value, ty, case, i as u32);
                f.show(field, part, buffer, true);
            }
            f.show_literal(if types.is_empty() { "" } else { ")" }, buffer);
        });
    }

    fn show_field(&mut self, value: Val, of: hir::Ty, index: u32, ty: hir::Ty, label: String, buffer: Reg) {
        let separator = if index > 0 { ", " } else { "" };
        self.show_literal(&format!("{separator}{label}"), buffer);
        let Some((field, alias)) = self.field_addr(value, of, index) else { return };
        let part = self.load(field, ty, alias);
        // Code of the program may put something else into the field of an instance meanwhile.
        let may_change = self.cx.is_class(of) && self.cx.runs_code_to_show(ty);
        let part = if may_change { self.stable(part, ty) } else { part };
        self.hold(part, ty);
        self.show(part.val, ty, buffer, true);
        self.release();
    }
}
