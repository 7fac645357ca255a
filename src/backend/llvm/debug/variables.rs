//! Variables in debug information: what they are, and which part of a function knows them.

use std::cmp::Reverse;

use super::super::func::{FuncWriter, Value};
use super::super::gates::Gate;
use super::super::types::TypeTable;
use super::types::Held;
use super::{Debug, Scope};
use crate::diagnostics::Span;
use crate::mir::{CoreOp, Function, Inst, Module, Op, Reg, StrId, Ty};

/// What tells a variable of a function from others: copies of its code describe it again.
type Key = (StrId, Span, u32);

/// A variable of the function being written.
#[derive(Clone, Copy, Debug)]
struct Variable {
    node: u32,
    /// A place where it is known.
    location: u32,
}

/// The variables of the function being written.
#[derive(Default)]
pub(super) struct Variables {
    known: rustc_hash::FxHashMap<Key, Variable>,
    /// Those that live in registers, as far as the function is written.
    by_reg: rustc_hash::FxHashMap<Reg, Key>,
    /// From each position of the source on, the innermost block.
    blocks: Vec<(u32, u32)>,
}

impl Variables {
    /// The innermost block at a position of the function's file.
    pub fn block_at(&self, position: u32) -> Option<u32> {
        let after = self.blocks.partition_point(|block| block.0 <= position);
        after.checked_sub(1).map(|i| self.blocks[i].1)
    }
}

/// What an operation says of a variable.
fn described(op: &Op) -> Option<(StrId, Ty, u32, Held)> {
    match *op {
        Op::Core(CoreOp::DebugDeclare { slot: _, name, ty, param }) => {
            Some((name, ty, param, Held::InMemory))
        }
        Op::Core(CoreOp::DebugValue { value: _, name, ty, param }) => {
            Some((name, ty, param, Held::Elsewhere))
        }
        Op::Core(_) | Op::Rich(_) => None,
    }
}

impl Debug {
    /// Makes the nodes of a function's variables. Each local one begins a block, which ends where it is no longer known: a
    /// later one of the same name hides it.
    pub fn variables(&mut self, table: &TypeTable<'_>, module: &Module, func: &Function, scope: Scope) {
        self.variables = Variables::default();
        let insts = || func.blocks.iter().flat_map(|block| &block.insts);
        let is_local = |inst: &&Inst| {
            inst.span.file == scope.file && described(&inst.op).is_some_and(|(_, _, param, _)| param == 0)
        };
        let mut spans: Vec<Span> = insts().filter(is_local).map(|inst| inst.span).collect();
        spans.sort_unstable_by_key(|span| (span.start, Reverse(span.end)));
        spans.dedup();
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut blocks: Vec<(u32, u32)> = Vec::new();
        let around = |open: &[(u32, u32)]| open.last().map_or(scope.node, |block| block.1);
        for span in spans {
            while let Some(&(end, _)) = open.last().filter(|block| block.0 <= span.start) {
                open.pop();
                blocks.push((end, around(&open)));
            }
            let end = open.last().map_or(span.end, |block| block.0.min(span.end));
            let Some((path, line, column)) = module.place(span) else { continue };
            let (parent, file) = (around(&open), self.file(span.file, path));
            let node = self.node(&format!(
                "distinct !DILexicalBlock(scope: !{parent}, file: !{file}, line: {line}, column: {column})"
            ));
            blocks.push((span.start, node));
            open.push((end, node));
        }
        while let Some((end, _)) = open.pop() {
            blocks.push((end, around(&open)));
        }
        self.variables.blocks = blocks;

        for inst in insts() {
            let Some((name, ty, param, held)) = described(&inst.op) else { continue };
            let key = (name, inst.span, param);
            if self.variables.known.contains_key(&key) {
                continue;
            }
            let Some((path, line, _)) = module.place(inst.span) else { continue };
            let (file, node) = (self.file(inst.span.file, path), self.ty(table, ty, held));
            let block = self.variables.block_at(inst.span.start).filter(|_| param == 0);
            let block = block.unwrap_or(scope.node);
            let mut text = super::Text::default();
            text.s("!DILocalVariable(name: ");
            text.quoted(module.str(name).as_bytes());
            if param > 0 {
                text.s(&format!(", arg: {param}"));
            }
            text.s(&format!(", scope: !{block}, file: !{file}, line: {line}, type: !{node})"));
            let node = self.node(&String::from_utf8_lossy(&text.bytes));
            let location = self.place(line, 0, block);
            self.variables.known.insert(key, Variable { node, location });
        }
    }
}

impl FuncWriter<'_, '_> {
    /// Writes what an instruction means for variables: it describes one, or gives the register of one a new value.
    pub fn describe(&mut self, inst: &Inst) {
        let Some(debug) = self.cx.debug.as_mut().filter(|_| self.scope.is_some()) else { return };
        match inst.op {
            Op::Core(CoreOp::DebugDeclare { slot, name, param, .. }) => {
                let key = (name, inst.span, param);
                let slot = Value::Local(self.first_slot + slot.0);
                if let Some(&variable) = debug.variables.known.get(&key) {
                    self.describe_as("declare", Ty::PTR, slot, variable);
                }
            }
            Op::Core(CoreOp::DebugValue { value, name, param, .. }) => {
                debug.variables.by_reg.insert(value, (name, inst.span, param));
                let now = self.get(value);
                self.describe_reg(value, now);
            }
            Op::Core(_) | Op::Rich(_) => {
                if let Some(dst) = inst.dst.filter(|dst| debug.variables.by_reg.contains_key(dst)) {
                    let now = self.get(dst);
                    self.describe_reg(dst, now);
                }
            }
        }
    }

    /// Writes that a register has a new value, for the variable that lives there.
    pub fn describe_reg(&mut self, reg: Reg, value: Value) {
        let Some(debug) = self.cx.debug.as_ref().filter(|_| self.scope.is_some()) else { return };
        let variables = &debug.variables;
        let known = variables.by_reg.get(&reg).and_then(|key| variables.known.get(key)).copied();
        let ty = self.func.ty(reg);
        if let Some(variable) = known.filter(|_| self.cx.types.is_scalar(ty)) {
            self.describe_as("value", ty, value, variable);
        }
    }

    fn describe_as(&mut self, what: &'static str, ty: Ty, value: Value, variable: Variable) {
        let begin = self.cx.gate(Gate::DebugRecords);
        let is_record = begin.starts_with('#');
        let metadata = if is_record { "" } else { "metadata " };
        self.code.s("  ");
        self.code.s(begin);
        self.code.s(what);
        self.code.s("(");
        self.code.s(metadata);
        self.code.s(self.cx.types.scalar(ty));
        self.code.s(" ");
        self.value(ty, value);
        let Variable { node, location } = variable;
        let end = if is_record { format!(", !{location})\n") } else { format!("), !dbg !{location}\n") };
        self.code.s(&format!(", {metadata}!{node}, {metadata}!DIExpression(){end}"));
        if let Some(debug) = &mut self.cx.debug {
            debug.is_described |= !is_record;
        }
    }
}
