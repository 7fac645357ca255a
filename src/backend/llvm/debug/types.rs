//! Types in debug information.
//!
//! A text or an array is the address of an object: a count, a length and a capacity, each of a pointer's size, then the
//! elements (docs/mir.md, "Types"). Where the address is in memory it is described as an array whose length and elements
//! are found through it, so that a debugger shows the elements. A debugger does not do so for the elements of another
//! array, nor for what is in a register: there it is a pointer to the object.

use super::super::types::TypeTable;
use super::Debug;
use crate::mir::{EnumId, Ty, TypeData};

/// Where a value is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Held {
    /// At an address of its own, or in a field of what is.
    InMemory,
    /// In a register, or among the elements of an array.
    Elsewhere,
}

impl Debug {
    /// The node of a type.
    pub fn ty(&mut self, table: &TypeTable<'_>, ty: Ty, held: Held) -> u32 {
        if let Some(&known) = self.types.get(&(ty, held)) {
            return known;
        }
        // Known before its parts are: they may refer to it.
        let number = self.reserve();
        self.types.insert((ty, held), number);
        let size = table.layouts.size(ty) * 8;
        let text = match table.types.get(ty) {
            TypeData::Unit | TypeData::Never => composite("structure", "()", 0, self.list(&[])),
            TypeData::Bool => basic("bool", size, "boolean"),
            TypeData::Int { .. } | TypeData::Usize | TypeData::Isize => {
                basic(name_of(ty), size, if ty.is_signed() { "signed" } else { "unsigned" })
            }
            TypeData::F32 | TypeData::F64 => basic(name_of(ty), size, "float"),
            TypeData::Ptr | TypeData::Dict(..) => derived("pointer", "baseType: null", size),
            TypeData::Ref(to) => {
                let to = self.ty(table, *to, Held::InMemory);
                derived("reference", &format!("baseType: !{to}"), size)
            }
            TypeData::Text => {
                let char = self.node(&basic("char", 8, "unsigned_char"));
                self.object(table, "text", Ty::U8, char, held)
            }
            TypeData::Array(elem) => {
                let node = self.ty(table, *elem, Held::Elsewhere);
                self.object(table, "array", *elem, node, held)
            }
            TypeData::Struct(id) => {
                let def = table.types.struct_def(*id);
                let mut members = Vec::with_capacity(def.fields.len());
                for (i, (name, field)) in def.fields.iter().enumerate() {
                    let offset = table.layouts.field_offset(ty, i as u32);
                    members.push(self.member(table, name, *field, offset, held));
                }
                composite("structure", shown(&def.name), size, self.list(&members))
            }
            TypeData::Tuple(parts) => {
                let mut members = Vec::with_capacity(parts.len());
                for (i, &part) in parts.iter().enumerate() {
                    let offset = table.layouts.field_offset(ty, i as u32);
                    members.push(self.member(table, &format!("_{i}"), part, offset, held));
                }
                composite("structure", "tuple", size, self.list(&members))
            }
            TypeData::Range(elem) => self.elements(table, *elem, 2, size),
            TypeData::FixedArray(elem, n) => self.elements(table, *elem, *n, size),
            TypeData::Vector(elem, n) => self.elements(table, *elem, u64::from(*n), size),
            TypeData::Enum(id) => self.enumeration(table, *id, size, number, held),
        };
        self.define(number, &text);
        number
    }

    /// A text or array.
    fn object(&mut self, table: &TypeTable<'_>, name: &str, elem: Ty, node: u32, held: Held) -> String {
        let pointer = table.layouts.size(Ty::PTR);
        let first = (3 * pointer).next_multiple_of(table.layouts.align(elem));
        let mut array = |count: &str, rest: &str| {
            let range = self.node(&format!("!DISubrange(count: !DIExpression({count}))"));
            let range = self.list(&[range]);
            format!("!DICompositeType(tag: DW_TAG_array_type, baseType: !{node}, elements: !{range}{rest})")
        };
        if held == Held::InMemory {
            let object = "DW_OP_push_object_address, DW_OP_deref, DW_OP_plus_uconst, ";
            let place = format!(", dataLocation: !DIExpression({object}{first})");
            return array(&format!("{object}{pointer}, DW_OP_deref"), &place);
        }
        let back = first - pointer;
        let elements =
            array(&format!("DW_OP_push_object_address, DW_OP_constu, {back}, DW_OP_minus, DW_OP_deref"), "");
        let elements = self.node(&elements);
        let mut members = Vec::with_capacity(4);
        for (i, (name, ty)) in
            [("count", Ty::ISIZE), ("length", Ty::USIZE), ("capacity", Ty::USIZE)].iter().enumerate()
        {
            members.push(self.member(table, name, *ty, i as u64 * pointer, held));
        }
        members.push(self.node(&format!(
            "!DIDerivedType(tag: DW_TAG_member, name: \"elements\", baseType: !{elements}, offset: {})",
            first * 8
        )));
        let object = composite("structure", name, first * 8, self.list(&members));
        let object = self.node(&object);
        derived("pointer", &format!("baseType: !{object}"), pointer * 8)
    }

    fn elements(&mut self, table: &TypeTable<'_>, elem: Ty, n: u64, size: u64) -> String {
        let node = self.ty(table, elem, Held::Elsewhere);
        let range = self.node(&format!("!DISubrange(count: {n})"));
        let range = self.list(&[range]);
        format!(
            "!DICompositeType(tag: DW_TAG_array_type, baseType: !{node}, size: {size}, elements: !{range})"
        )
    }

    /// An enum: a plain one without payloads, else a tag and the variant that it tells.
    fn enumeration(
        &mut self,
        table: &TypeTable<'_>,
        id: EnumId,
        size: u64,
        number: u32,
        held: Held,
    ) -> String {
        let def = table.types.enum_def(id);
        let tag = self.ty(table, Ty::U32, held);
        let mut variants = Vec::with_capacity(def.variants.len());
        if def.variants.iter().all(|variant| variant.1.is_empty()) {
            for (i, (name, _)) in def.variants.iter().enumerate() {
                let name = quoted(name);
                variants
                    .push(self.node(&format!("!DIEnumerator(name: {name}, value: {i}, isUnsigned: true)")));
            }
            let list = self.list(&variants);
            let name = quoted(shown(&def.name));
            return format!(
                "!DICompositeType(tag: DW_TAG_enumeration_type, name: {name}, baseType: !{tag}, size: {size}, \
                 elements: !{list})"
            );
        }
        let part = self.reserve();
        for (i, (name, fields)) in def.variants.iter().enumerate() {
            let mut members = Vec::with_capacity(fields.len());
            for (k, &field) in fields.iter().enumerate() {
                let offset = table.layouts.variant_field_offset(id, i as u32, k as u32);
                members.push(self.member(table, &format!("_{k}"), field, offset, held));
            }
            let payload = composite("structure", name, size, self.list(&members));
            let payload = self.node(&payload);
            let name = quoted(name);
            variants.push(self.node(&format!(
                "!DIDerivedType(tag: DW_TAG_member, name: {name}, scope: !{part}, baseType: !{payload}, \
                 size: {size}, extraData: i32 {i})"
            )));
        }
        let discriminator = self.node(&format!(
            "!DIDerivedType(tag: DW_TAG_member, scope: !{number}, baseType: !{tag}, size: 32, \
             flags: DIFlagArtificial)"
        ));
        let list = self.list(&variants);
        self.define(
            part,
            &format!(
                "!DICompositeType(tag: DW_TAG_variant_part, scope: !{number}, size: {size}, elements: !{list}, \
                 discriminator: !{discriminator})"
            ),
        );
        composite("structure", shown(&def.name), size, self.list(&[part]))
    }

    fn member(&mut self, table: &TypeTable<'_>, name: &str, ty: Ty, offset: u64, held: Held) -> u32 {
        let node = self.ty(table, ty, held);
        let (name, size) = (quoted(name), table.layouts.size(ty) * 8);
        self.node(&format!(
            "!DIDerivedType(tag: DW_TAG_member, name: {name}, baseType: !{node}, size: {size}, offset: {})",
            offset * 8
        ))
    }

    fn list(&mut self, nodes: &[u32]) -> u32 {
        let nodes: Vec<String> = nodes.iter().map(|node| format!("!{node}")).collect();
        self.node(&format!("!{{{}}}", nodes.join(", ")))
    }
}

fn basic(name: &str, size: u64, encoding: &str) -> String {
    format!("!DIBasicType(name: \"{name}\", size: {size}, encoding: DW_ATE_{encoding})")
}

fn derived(tag: &str, base: &str, size: u64) -> String {
    format!("!DIDerivedType(tag: DW_TAG_{tag}_type, {base}, size: {size})")
}

fn composite(tag: &str, name: &str, size: u64, elements: u32) -> String {
    let name = quoted(name);
    format!("!DICompositeType(tag: DW_TAG_{tag}_type, name: {name}, size: {size}, elements: !{elements})")
}

fn name_of(ty: Ty) -> &'static str {
    Ty::NAMED.iter().find(|named| named.1 == ty).map_or("", |named| named.0)
}

/// The name of a type as the program has it.
fn shown(name: &str) -> &str {
    let name = name.strip_prefix("debug::").unwrap_or(name);
    name.strip_prefix("main::").unwrap_or(name)
}

fn quoted(name: &str) -> String {
    let mut text = super::Text::default();
    text.quoted(name.as_bytes());
    String::from_utf8_lossy(&text.bytes).into_owned()
}
