//! Enums that would hold themselves: a value is the address of a counted heap object, a *node*, which is never changed
//! while others refer to it. A node is as large as its case needs: the count, the number of the case, then what that carries.
//!
//! Of the types on the way from a type back to itself, enums are what can end it, so it is they that are held as nodes:
//! those of the program, and `Option` and `Result` only where there are none, as in a struct `S` with a field `S?`.

use rustc_hash::FxHashSet;

use crate::hir::{self, AdtKind, Expr, TyKind};
use crate::mir::{Alias, GlobalId, Hint, Init, Module, Reg, Ty};
use crate::runtime::object;

use super::Context;
use super::access::Place;
use super::function::{Dest, FnLowerer, Operand, Val};

impl Context<'_> {
    /// Whether the values of a type are nodes.
    pub fn is_node(&mut self, ty: hir::Ty) -> bool {
        if let Some(&known) = self.nodes.get(&ty) {
            return known;
        }
        let is_node = self.is_enum(ty) && self.lies_in_itself(ty);
        self.nodes.insert(ty, is_node);
        is_node
    }

    fn is_enum(&self, ty: hir::Ty) -> bool {
        matches!(self.types.get(ty), TyKind::Adt(id, _) if self.program.adts[id.idx()].kind == AdtKind::Enum)
    }

    fn lies_in_itself(&mut self, ty: hir::Ty) -> bool {
        let ends_at_others = self.is_enum_of_runtime(ty);
        let (mut seen, mut stack) = (FxHashSet::default(), self.parts_in_place(ty));
        while let Some(part) = stack.pop() {
            // The error stands in place of a type that grows without end, and so would the value.
            if part == ty || part == hir::Ty::ERROR {
                return true;
            }
            let is_end = ends_at_others && self.is_enum(part) && !self.is_enum_of_runtime(part);
            if !is_end && seen.insert(part) {
                stack.extend(self.parts_in_place(part));
            }
        }
        false
    }

    fn is_enum_of_runtime(&self, ty: hir::Ty) -> bool {
        match self.types.get(ty) {
            TyKind::Adt(id, _) => self.is_of_runtime(&self.program.adts[id.idx()].path),
            _ => false,
        }
    }

    /// The types of the values that lie inside of one of a type, if it is no node.
    fn parts_in_place(&mut self, ty: hir::Ty) -> Vec<hir::Ty> {
        let is_counted = matches!(self.types.get(ty), TyKind::Array(_)) || self.is_class(ty);
        if is_counted { Vec::new() } else { self.parts(ty) }
    }

    /// The type of the nodes of a case.
    fn node_type(&mut self, module: &mut Module, ty: hir::Ty, case: u32) -> Ty {
        let mut fields = vec![Ty::ISIZE, Ty::U32];
        for part in self.field_types(ty, case) {
            fields.push(self.stored_type(module, part));
        }
        module.types.tuple(fields)
    }

    /// The node of a case that carries nothing.
    fn bare_node(&mut self, module: &mut Module, ty: hir::Ty, case: u32) -> GlobalId {
        if let Some(&known) = self.bare_nodes.get(&(ty, case)) {
            return known;
        }
        let mut name = "rt::case::".to_string();
        self.write_type(&mut name, ty);
        if let TyKind::Adt(id, _) = *self.types.get(ty) {
            name.push_str("::");
            name.push_str(self.interner.get(self.program.adts[id.idx()].variants[case as usize].name));
        }
        let fields = Init::Fields(vec![Init::Bits(object::IMMORTAL), Init::Bits(u64::from(case))]);
        let node = self.node_type(module, ty, case);
        let made = object::object_global(module, name, node, fields);
        self.bare_nodes.insert((ty, case), made);
        made
    }
}

impl<'p> FnLowerer<'_, 'p> {
    /// A new node of a case.
    pub fn node(&mut self, case: u32, payload: &'p [Expr], ty: hir::Ty, dest: Dest) {
        if payload.is_empty() {
            let node = self.cx.bare_node(self.b.module, ty, case);
            let raw = self.b.global_addr(node);
            return self.put(Operand::borrowed(Val::Reg(raw)), ty, dest);
        }
        let Some(values) = self.evaluated(payload.iter().zip(0..).map(|(part, i)| (i, part))) else { return };
        let raw = self.new_node(ty, case);
        for (index, value, part_ty) in values {
            let field = self.node_field(raw, ty, case, index);
            self.store(value, part_ty, field, Alias::Field);
        }
        self.put(Operand::reg(raw), ty, dest);
    }

    /// A node of a case without what that carries.
    fn new_node(&mut self, ty: hir::Ty, case: u32) -> Reg {
        let node = self.cx.node_type(self.b.module, ty, case);
        let size = self.b.size_of(node);
        let raw = self.call_lang_value("instance_new", Vec::new(), &[size]);
        let (number, at) = (self.b.int(Ty::U32, i64::from(case)), self.node_tag(raw));
        self.b.store(number, at, Alias::Field);
        raw
    }

    /// The address of the number of a node's case.
    pub fn node_tag(&mut self, raw: Reg) -> Reg {
        let head = self.b.module.types.tuple(vec![Ty::ISIZE, Ty::U32]);
        self.b.field_addr(raw, head, object::CASE)
    }

    /// The address of something that a node of a case carries.
    pub fn node_field(&mut self, raw: Reg, ty: hir::Ty, case: u32, index: u32) -> Reg {
        let node = self.cx.node_type(self.b.module, ty, case);
        self.b.field_addr(raw, node, object::PAYLOAD + index)
    }

    /// Drops what a node without references carries, and frees it.
    pub fn free_node(&mut self, raw: Reg, ty: hir::Ty) {
        self.each_case(Val::Reg(raw), ty, &mut |f, case| {
            for (i, part) in f.cx.field_types(ty, case).into_iter().enumerate() {
                let field = f.node_field(raw, ty, case, i as u32);
                f.drop_at(field, part, Alias::Field);
            }
            let node = f.cx.node_type(f.b.module, ty, case);
            let size = f.b.size_of(node);
            f.call_lang("instance_free", Vec::new(), &[raw, size]);
        });
    }

    /// The place of the one thing that a node of a case carries, the node of a place being made the only reference to it.
    pub fn own_payload(&mut self, whole: Place, ty: hir::Ty, case: u32) -> Place {
        let shared = match whole {
            Place::None => return Place::None,
            Place::Reg(reg) => self.b.mov(reg),
            Place::Addr(addr, alias) => self.b.load(Ty::PTR, addr, alias),
        };
        let raw = self.b.mov(shared);
        let is_unique = self.b.is_unique(raw);
        let (copy, done) = (self.b.block(), self.b.block());
        self.b.branch(is_unique, done, copy, Hint::Likely);
        self.b.switch_to(copy);
        let fresh = self.new_node(ty, case);
        let payload = self.payload(Val::Reg(shared), ty, case, 0);
        let part = self.cx.field_types(ty, case)[0];
        let field = self.node_field(fresh, ty, case, 0);
        self.store(Operand::borrowed(payload), part, field, Alias::Field);
        match whole {
            Place::None => {}
            Place::Reg(reg) => self.b.assign(reg, fresh),
            Place::Addr(addr, alias) => self.b.store(fresh, addr, alias),
        }
        self.b.assign(raw, fresh);
        self.drop_val(Val::Reg(shared), ty);
        self.b.goto(done);
        self.b.switch_to(done);
        Place::Addr(self.node_field(raw, ty, case, 0), Alias::Field)
    }
}
