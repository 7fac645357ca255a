//! Metadata nodes, numbered at their first use and written at the end of the module.

use super::text::Text;
use crate::mir::Alias;

/// A node that instructions refer to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Node {
    /// Root of the tree of access types. Accesses without a type alias everything, so it is no char type.
    TbaaRoot,
    /// What an access of a class touches: a child of the root, so that two classes never alias. That freed memory is handed
    /// out again does not break this: what `malloc` returns is another object to LLVM, and `free` ends the old one.
    TbaaType(Alias),
    /// An access of a class.
    TbaaAccess(Alias),
    /// A byte that holds a bool.
    BoolRange,
    /// A branch that usually goes to its first block, or its second.
    Weights {
        /// To the first.
        first: bool,
    },
}

/// The nodes in use; the number of one is its position.
#[derive(Default)]
pub(super) struct Metadata {
    nodes: Vec<Node>,
}

/// How much more often the usual side of a branch is taken: clang's weight for `__builtin_expect`.
const USUAL: u32 = 2000;

impl Metadata {
    /// The number of a node, which is in the module from here on.
    pub fn number(&mut self, node: Node) -> usize {
        // A handful of nodes at most: a search is cheaper than a table.
        if let Some(known) = self.nodes.iter().position(|&known| known == node) {
            return known;
        }
        match node {
            Node::TbaaType(_) => self.number(Node::TbaaRoot),
            Node::TbaaAccess(class) => self.number(Node::TbaaType(class)),
            Node::TbaaRoot | Node::BoolRange | Node::Weights { .. } => 0,
        };
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Writes the nodes and, behind them, the module flags.
    pub fn write(&mut self, out: &mut Text, flags: &[(u32, &str, FlagValue<'_>)]) {
        if !flags.is_empty() {
            out.s("\n!llvm.module.flags = !{");
            for i in 0..flags.len() {
                out.s(if i == 0 { "!" } else { ", !" });
                out.n(self.nodes.len() + i);
            }
            out.s("}\n");
        }
        for (i, &node) in self.nodes.iter().enumerate() {
            out.s("!");
            out.n(i);
            out.s(" = ");
            self.write_node(out, node);
            out.s("\n");
        }
        for (i, (behaviour, name, value)) in flags.iter().enumerate() {
            out.s("!");
            out.n(self.nodes.len() + i);
            out.s(" = !{i32 ");
            out.n(*behaviour);
            out.s(", !\"");
            out.s(name);
            out.s("\", ");
            match value {
                FlagValue::Number(number) => {
                    out.s("i32 ");
                    out.n(*number);
                }
                FlagValue::Text(text) => {
                    out.s("!");
                    out.quoted(text.as_bytes());
                }
            }
            out.s("}\n");
        }
    }

    fn write_node(&self, out: &mut Text, node: Node) {
        let position = |node| self.nodes.iter().position(|&known| known == node).unwrap_or_default();
        match node {
            Node::TbaaRoot => out.s("!{!\"simple\"}"),
            Node::TbaaType(class) => {
                out.s("!{!\"");
                out.s(class_name(class));
                out.s("\", !");
                out.n(position(Node::TbaaRoot));
                out.s("}");
            }
            Node::TbaaAccess(class) => {
                let ty = position(Node::TbaaType(class));
                out.s("!{!");
                out.n(ty);
                out.s(", !");
                out.n(ty);
                out.s(", i64 0}");
            }
            Node::BoolRange => out.s("!{i8 0, i8 2}"),
            Node::Weights { first } => {
                out.s("!{!\"branch_weights\", i32 ");
                out.n(if first { USUAL } else { 1 });
                out.s(", i32 ");
                out.n(if first { 1 } else { USUAL });
                out.s("}");
            }
        }
    }
}

/// Value of a module flag.
pub(super) enum FlagValue<'a> {
    Number(u32),
    Text(&'a str),
}

fn class_name(class: Alias) -> &'static str {
    match class {
        Alias::Any => "any",
        Alias::Header => "header",
        Alias::Element => "element",
        Alias::Global => "global",
        Alias::Field => "field",
    }
}
