//! Debug information: of which function, file and line instructions are, and what the variables are.

mod types;
mod variables;

use rustc_hash::FxHashMap;

use super::text::Text;
use super::types::TypeTable;
use crate::backend::symbol::spelling;
use crate::diagnostics::{FileId, Span};
use crate::mir::{Function, Module, Ty};

use types::Held;
use variables::Variables;

/// Numbers of nodes begin here: those of the other metadata are a handful.
const FIRST: u32 = 1000;
/// The compile unit, and the type of every function: nothing is said of parameters.
const UNIT: u32 = FIRST;
const TYPE: u32 = FIRST + 1;
const NO_TYPES: u32 = FIRST + 2;
const MAIN_FILE: u32 = FIRST + 3;

/// The function that instructions are in, as a scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Scope {
    /// Number of its node.
    pub node: u32,
    file: FileId,
}

/// The nodes of a module.
pub(super) struct Debug {
    nodes: Text,
    count: u32,
    directory: String,
    files: FxHashMap<FileId, u32>,
    /// Parts of functions that come from other files.
    parts: FxHashMap<(u32, FileId), u32>,
    locations: FxHashMap<(u32, u32, u32), u32>,
    types: FxHashMap<(Ty, Held), u32>,
    variables: Variables,
    /// Whether LLVM's functions that describe variables are called.
    is_described: bool,
    is_optimized: bool,
}

impl Debug {
    /// Without functions; files that are not absolute are in the directory.
    pub fn new(module: &Module, directory: &str, is_optimized: bool) -> Debug {
        let mut debug = Debug {
            nodes: Text::default(),
            count: 0,
            directory: directory.to_owned(),
            files: FxHashMap::default(),
            parts: FxHashMap::default(),
            locations: FxHashMap::default(),
            types: FxHashMap::default(),
            variables: Variables::default(),
            is_described: false,
            is_optimized,
        };
        let optimized = if is_optimized { "true" } else { "false" };
        // Without an index of names, which LLVM 17 and 18 write incompletely: the types that they make for conversions are not
        // in it, and llvm-dwarfdump says so.
        debug.node(&format!(
            "distinct !DICompileUnit(language: DW_LANG_C_plus_plus_14, file: !{MAIN_FILE}, producer: \"simplec {}\", \
             isOptimized: {optimized}, runtimeVersion: 0, emissionKind: FullDebug, nameTableKind: None)",
            env!("CARGO_PKG_VERSION")
        ));
        debug.node(&format!("!DISubroutineType(types: !{NO_TYPES})"));
        debug.node("!{null}");
        debug.file_node(&module.name);
        debug
    }

    fn node(&mut self, text: &str) -> u32 {
        let number = self.reserve();
        self.define(number, text);
        number
    }

    /// The number of a node that is written later.
    fn reserve(&mut self) -> u32 {
        self.count += 1;
        FIRST + self.count - 1
    }

    fn define(&mut self, number: u32, text: &str) {
        self.nodes.s("!");
        self.nodes.n(number);
        self.nodes.s(" = ");
        self.nodes.s(text);
        self.nodes.s("\n");
    }

    fn begin(&mut self) -> u32 {
        let number = self.reserve();
        self.nodes.s("!");
        self.nodes.n(number);
        self.nodes.s(" = ");
        number
    }

    fn file_node(&mut self, path: &str) -> u32 {
        let number = self.begin();
        self.nodes.s("!DIFile(filename: ");
        self.nodes.quoted(path.as_bytes());
        self.nodes.s(", directory: ");
        self.nodes.quoted(self.directory.as_bytes());
        self.nodes.s(")\n");
        number
    }

    fn file(&mut self, id: FileId, path: &str) -> u32 {
        if let Some(&known) = self.files.get(&id) {
            return known;
        }
        let number = self.file_node(path);
        self.files.insert(id, number);
        number
    }

    /// The scope of a function. One that the compiler has made has one, too: what is put in place of a call there would lose
    /// its own otherwise.
    pub fn function(&mut self, table: &TypeTable<'_>, module: &Module, func: &Function) -> Scope {
        let mut spans = func.blocks.iter().flat_map(|block| &block.insts).map(|inst| inst.span);
        // The function of top-level statements has no place of its own.
        let span = std::iter::once(func.span).chain(&mut spans).find(|span| span.is_some());
        let span = span.unwrap_or(Span::NONE);
        let (file, line) = match module.place(span) {
            Some((path, line, _)) => (self.file(span.file, path), line),
            None => (MAIN_FILE, 0),
        };
        let node = self.begin();
        let name = func.name.strip_prefix("main::").unwrap_or(&func.name);
        self.nodes.s("distinct !DISubprogram(name: ");
        self.nodes.quoted(name.as_bytes());
        self.nodes.s(", linkageName: ");
        self.nodes.quoted(spelling(&func.name, func.linkage).as_bytes());
        let optimized = if self.is_optimized { " | DISPFlagOptimized" } else { "" };
        self.nodes.s(&format!(
            ", scope: !{file}, file: !{file}, line: {line}, type: !{TYPE}, scopeLine: {line}, \
             spFlags: DISPFlagDefinition{optimized}, unit: !{UNIT})\n"
        ));
        let scope = Scope { node, file: span.file };
        self.variables(table, module, func, scope);
        scope
    }

    /// The number of a place in a function; line 0 is that of what has none.
    pub fn location(&mut self, module: &Module, scope: Scope, span: Span) -> u32 {
        let (line, column, node) = match module.place(span) {
            Some((_, line, column)) if span.file == scope.file => {
                (line, column, self.variables.block_at(span.start).unwrap_or(scope.node))
            }
            Some((path, line, column)) => (line, column, self.part(scope, span.file, path)),
            None => (0, 0, scope.node),
        };
        self.place(line, column, node)
    }

    fn place(&mut self, line: u32, column: u32, node: u32) -> u32 {
        if let Some(&known) = self.locations.get(&(line, column, node)) {
            return known;
        }
        let number = self.node(&format!("!DILocation(line: {line}, column: {column}, scope: !{node})"));
        self.locations.insert((line, column, node), number);
        number
    }

    /// What a function has of another file, where a function of that one was put in place of its call.
    fn part(&mut self, scope: Scope, id: FileId, path: &str) -> u32 {
        if let Some(&known) = self.parts.get(&(scope.node, id)) {
            return known;
        }
        let file = self.file(id, path);
        let node = scope.node;
        let number =
            self.node(&format!("!DILexicalBlockFile(scope: !{node}, file: !{file}, discriminator: 0)"));
        self.parts.insert((scope.node, id), number);
        number
    }

    /// Writes the nodes.
    pub fn write(&self, out: &mut Text) {
        out.s(&format!("!llvm.dbg.cu = !{{!{UNIT}}}\n"));
        out.bytes.extend_from_slice(&self.nodes.bytes);
    }

    /// Declares LLVM's functions that describe variables, where they are called.
    pub fn declare(&self, out: &mut Text) {
        if self.is_described {
            for what in ["declare", "value"] {
                out.s(&format!("declare void @llvm.dbg.{what}(metadata, metadata, metadata)\n"));
            }
        }
    }
}

/// Puts a location behind each instruction of some text: the lines that are indented once and end one.
pub(super) fn locate(code: &mut Text, from: usize, location: u32) {
    let text = code.bytes.split_off(from);
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let is_instruction = line.starts_with(b"  ") && line.get(2) != Some(&b' ') && !line.ends_with(b"[\n");
        match line.strip_suffix(b"\n") {
            Some(instruction) if is_instruction => {
                code.bytes.extend_from_slice(instruction);
                code.s(", !dbg !");
                code.n(location);
                code.s("\n");
            }
            Some(_) | None => code.bytes.extend_from_slice(line),
        }
    }
}
