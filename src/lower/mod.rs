//! HIR to MIR: one copy of each function for each list of type arguments it is called with, values and their
//! ownership made explicit.
//!
//! **Representation** ([`types`]): scalars in registers; texts and arrays as the address of a counted heap object in a
//! register; everything else in memory, by address. **Ownership**: a parameter is borrowed, a result is owned; a variable
//! owns its value and drops it when its block ends, or gives it up to what consumes its last use ([`last_use`]); an
//! expression's value is either owned, and consumed by whoever asked for it, or borrowed from a place that outlives the
//! use.

mod access;
mod boxed;
mod call;
mod closure;
mod control;
mod debug;
mod demangle;
mod dispatch;
mod enums;
mod exposed;
mod expr;
mod format;
mod function;
mod global;
mod glue;
mod hash;
mod instance;
mod intrinsic;
mod last_use;
mod literal;
mod nodes;
mod operators;
mod parts;
mod pattern;
mod present;
mod show;
mod symbol;
mod types;
mod waiting;
mod walk;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostics::{Code, Diagnostic, Span};
use crate::hir::{self, FuncKind, Passing, Program};
use crate::mir::{
    Abi, FuncFacts, FuncId, GlobalId, Init, Inline, Linkage, Module, ParamFacts, STACK_OVERFLOW, Signature,
    SourceFile, StrId, Ty,
};
use crate::runtime::object;
use crate::syntax::{Interner, Symbol};

use boxed::BoxGlue;
use closure::Target;
pub use debug::Variables;
pub use demangle::demangle;
use types::Rep;

/// By how much a type may be larger than any of the checked program: where traits choose what is called, nothing else tells
/// that types grow without end.
const MOST_GROWN: u32 = 300;

/// Lowers a checked program without errors, from its entry function and exported functions on.
///
/// # Errors
/// Whatever this compiler cannot lower yet, each at its place.
pub fn lower(
    program: Program,
    interner: &Interner,
    files: Vec<SourceFile>,
    variables: Variables,
) -> Result<Module, Vec<Diagnostic>> {
    lower_from(program, interner, files, |cx, module| {
        cx.variables = variables;
        cx.hides_runtime = true;
        match cx.program.entry {
            Some(entry) if cx.program.is_library => function::lower_load(cx, module, entry),
            Some(entry) => function::lower_main(cx, module, entry),
            None => {}
        }
        for (i, func) in cx.program.funcs.iter().enumerate() {
            if func.attrs.is_export && !cx.is_runtime(func) {
                cx.func(module, hir::FuncId(i as u32), Vec::new());
            }
        }
    })
}

/// Lowers these exported functions of the runtime, for a program that is no Simple: nothing initialises variables when it
/// starts, so they have their values from the outset.
///
/// # Errors
/// As [`lower`].
pub fn lower_runtime(
    program: Program,
    interner: &Interner,
    files: Vec<SourceFile>,
    wanted: &[&str],
) -> Result<Module, Vec<Diagnostic>> {
    lower_from(program, interner, files, |cx, module| {
        for (i, func) in cx.program.funcs.iter().enumerate() {
            if func.attrs.is_export && wanted.contains(&cx.name(func.name)) {
                cx.func(module, hir::FuncId(i as u32), Vec::new());
            }
        }
        let late = cx.program.globals.iter().filter(|global| global.initial.is_none());
        let late: Vec<&str> = late.map(|global| cx.name(global.name)).collect();
        late.into_iter().for_each(|name| {
            cx.internal(&format!("the runtime's variable `{name}` is initialised by code"));
        });
    })
}

fn lower_from(
    mut program: Program,
    interner: &Interner,
    files: Vec<SourceFile>,
    roots: impl FnOnce(&mut Context, &mut Module),
) -> Result<Module, Vec<Diagnostic>> {
    let types = std::mem::take(&mut program.types);
    let mut module = Module::new("main");
    module.files = files;
    let mut cx = Context {
        program: &program,
        largest: types.largest() + MOST_GROWN,
        types,
        interner,
        instances: FxHashMap::default(),
        queue: Vec::new(),
        reps: FxHashMap::default(),
        instance_types: FxHashMap::default(),
        variables: Variables::Silent,
        hides_runtime: false,
        debug_types: FxHashMap::default(),
        free_blocks: None,
        calls: None,
        drops: FxHashMap::default(),
        nodes: FxHashMap::default(),
        bare_nodes: FxHashMap::default(),
        shown_by_code: FxHashMap::default(),
        run_code: FxHashMap::default(),
        has_weak: program.adts.iter().any(|adt| adt.is_weakly_held),
        kept_for_weak: FxHashMap::default(),
        impls_of: vec![Vec::new(); program.traits.len()],
        impls: FxHashMap::default(),
        exports: FxHashMap::default(),
        copies: FxHashMap::default(),
        externs: FxHashMap::default(),
        slots: FxHashMap::default(),
        tables: FxHashMap::default(),
        texts: FxHashMap::default(),
        array_literals: 0,
        global_names: FxHashSet::default(),
        reg_names: FxHashMap::default(),
        globals: vec![None; program.globals.len()],
        is_ready: FxHashMap::default(),
        empty: None,
        exposed: FxHashSet::default(),
        diagnostics: Vec::new(),
        endless_in_runtime: Vec::new(),
    };
    for (index, of) in program.impls.iter().map(|i| i.of.id.idx()).enumerate() {
        cx.impls_of[of].push(index);
    }
    cx.collect_exports();
    cx.exposed = exposed::exposed_params(&cx);
    roots(&mut cx, &mut module);
    cx.lower_queue(&mut module);
    // What a library has collected to write, nobody asks it for.
    if (cx.program.entry.is_none() || cx.program.is_library) && cx.collects_output() {
        function::lower_end(&mut cx, &mut module);
        cx.lower_queue(&mut module);
    }
    if !cx.is_endless() && !cx.endless_in_runtime.is_empty() {
        return Err(cx.endless_in_runtime);
    }
    if cx.diagnostics.is_empty() { Ok(module) } else { Err(cx.diagnostics) }
}

/// A function that lowering makes: of the program, or to handle values of a type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Instance {
    /// A function of the program.
    Func(Target),
    /// The code of closures: what a function captured is in the closure.
    Code(Target),
    /// Drops what closures of a function captured.
    Captures(Target),
    /// A helper for a type.
    Glue(Glue, hir::Ty),
    /// A method with its type arguments, as a function that takes the address of its receiver of a type.
    ByAddress(hir::FuncId, Vec<hir::Ty>, hir::Ty),
}

/// What a helper for a type does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Glue {
    /// Counts the references in a value that has been copied bit by bit: `(ptr)`, of types in memory.
    Copy,
    /// Drops the value at an address, `(ptr)`, of types in memory; frees the heap object, `(ptr)`, of counted types.
    Drop,
    /// `(ptr, ptr) -> bool`, of addresses of types in memory, of nullable values, and of objects.
    Eq,
    /// `(ptr, ptr) -> i64`, below, at or above zero; as `Eq`.
    Compare,
    /// A hash's state with the value mixed in: `(u64, ptr) -> u64`, of types in memory.
    Hash,
    /// Appends the value's text form: `(buffer: ptr, value: ptr)`; as `Eq`, and of class instances.
    Show,
    /// Handles objects that hold a value of the type.
    Box(BoxGlue),
}

/// How many copies a generic function may have: with many more, memory ends before the compiler does.
const MOST_COPIES: u32 = 1 << 14;

/// What all functions share while they are lowered.
pub(crate) struct Context<'p> {
    pub program: &'p Program,
    pub types: hir::Types,
    pub interner: &'p Interner,
    instances: FxHashMap<Instance, FuncId>,
    queue: Vec<(Instance, FuncId)>,
    reps: FxHashMap<hir::Ty, Rep>,
    instance_types: FxHashMap<hir::Ty, Ty>,
    /// Whether variables are described.
    variables: Variables,
    /// Whether what the runtime exports is the module's own business.
    hides_runtime: bool,
    /// Types as debug information has them.
    debug_types: FxHashMap<hir::Ty, Ty>,
    free_blocks: Option<GlobalId>,
    /// The innermost call that has not returned.
    calls: Option<GlobalId>,
    drops: FxHashMap<hir::Ty, bool>,
    /// Whether a type's values are nodes.
    nodes: FxHashMap<hir::Ty, bool>,
    /// The nodes of cases that carry nothing.
    bare_nodes: FxHashMap<(hir::Ty, u32), GlobalId>,
    shown_by_code: FxHashMap<hir::Ty, bool>,
    run_code: FxHashMap<hir::Ty, bool>,
    /// Whether the program has weak fields.
    has_weak: bool,
    /// Whether a weak field may lose what a value of a type holds.
    kept_for_weak: FxHashMap<hir::Ty, bool>,
    /// By trait, indices among the program's.
    impls_of: Vec<Vec<usize>>,
    /// The `impl` for a trait and its arguments, with its type arguments.
    impls: FxHashMap<(hir::TraitId, Vec<hir::Ty>), Option<dispatch::Chosen>>,
    /// Exported functions of the program and the runtime.
    exports: FxHashMap<Symbol, hir::FuncId>,
    /// How many copies of a function there are.
    copies: FxHashMap<hir::FuncId, u32>,
    /// Functions that are defined elsewhere.
    externs: FxHashMap<Symbol, FuncId>,
    /// What the tables of a type of objects hold.
    slots: FxHashMap<hir::Ty, Rc<[boxed::Slot]>>,
    /// The table of a type of objects for the type of the value.
    tables: FxHashMap<(hir::Ty, hir::Ty), GlobalId>,
    texts: FxHashMap<Vec<u8>, GlobalId>,
    /// How many array literals there are as objects.
    array_literals: usize,
    /// Module-level variables whose name an earlier one has are told apart by their number.
    global_names: FxHashSet<String>,
    reg_names: FxHashMap<Symbol, StrId>,
    globals: Vec<Option<GlobalId>>,
    /// Of those that are checked: whether their initialiser has run.
    is_ready: FxHashMap<hir::GlobalId, GlobalId>,
    empty: Option<GlobalId>,
    /// Of how many types one may be written.
    largest: u32,
    /// `mut` parameters that are not the only way to their place.
    exposed: FxHashSet<(hir::FuncId, usize)>,
    pub diagnostics: Vec<Diagnostic>,
    /// Functions and types of the runtime that need ever larger types: reported where nothing of the program does, which is
    /// what asks for them.
    endless_in_runtime: Vec<Diagnostic>,
}

impl<'p> Context<'p> {
    /// Reports a bug of ours; lowering goes on, so that it is found with the others.
    pub fn internal(&mut self, message: &str) {
        self.diagnostics.push(Diagnostic::internal(message));
    }

    /// Lowers what is waiting, and what that needs.
    fn lower_queue(&mut self, module: &mut Module) {
        while let Some((instance, id)) = self.queue.pop() {
            function::lower_instance(self, module, &instance, id);
            if self.types.take_outgrown() {
                self.diagnostics.push(hir::large_type(module.funcs[id.idx()].span));
                return;
            }
            // One of several branches that grow: the others would go on.
            if self.is_endless() {
                return;
            }
        }
    }

    /// Whether something of the program needs ever larger types.
    fn is_endless(&self) -> bool {
        self.diagnostics.iter().any(|error| error.code == Some(Code::EndlessTypes))
    }

    /// Whether anything is written to a buffer of the runtime.
    fn collects_output(&self) -> bool {
        let put = self.interner.lookup("out_put").and_then(|name| self.program.lang.get(&name));
        put.is_some_and(|&put| {
            self.instances.contains_key(&Instance::Func(Target::new(put, Vec::new(), Vec::new())))
        })
    }

    /// Whether the module of a path is one of the runtime's.
    fn is_of_runtime(&self, path: &[Symbol]) -> bool {
        path.first().is_some_and(|&part| self.interner.get(part) == "rt")
    }

    /// Whether other objects see a function. The runtime is part of each: two libraries made from Simple in one program
    /// would define its symbols twice, and one call the other's. Of it they see what the entry of programs asks for.
    fn is_seen(&self, func: &hir::Func) -> bool {
        let is_hidden = self.hides_runtime && self.is_runtime(func) && self.name(func.name) != STACK_OVERFLOW;
        func.attrs.is_export && !is_hidden
    }

    /// Whether a function is one of the runtime's.
    pub fn is_runtime(&self, func: &hir::Func) -> bool {
        self.is_of_runtime(&func.path)
    }

    /// The types that a function or type needs copies for, with those that are too large replaced and reported.
    fn bounded(
        &mut self,
        mut types: Vec<hir::Ty>,
        path: &[Symbol],
        name: Symbol,
        span: Span,
    ) -> Vec<hir::Ty> {
        let is_of_runtime = self.is_of_runtime(path);
        let largest = self.largest;
        for ty in types.iter_mut().filter(|ty| self.types.size(**ty) > largest) {
            *ty = hir::Ty::ERROR;
            let error = hir::endless_types(
                self.interner.get(name),
                span,
                "here they are far larger than any that is written",
            );
            let errors = if is_of_runtime { &mut self.endless_in_runtime } else { &mut self.diagnostics };
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        types
    }

    /// Counts a copy of a function of the program, and reports one too many.
    fn count_copy(&mut self, id: hir::FuncId) {
        let func = &self.program.funcs[id.idx()];
        let copies = self.copies.entry(id).or_default();
        *copies += 1;
        if *copies == MOST_COPIES + 1 && !self.is_of_runtime(&func.path) {
            let name = self.interner.get(func.name);
            let error = Diagnostic::error(
                Code::EndlessTypes,
                format!("`{name}` is used with more than {MOST_COPIES} lists of types"),
            );
            self.diagnostics.push(
                error
                    .at(func.span, "each needs a copy of its code")
                    .help("two calls with types of their own in each of a chain of functions double the number at each: take a `dyn Trait`"),
            );
        }
    }

    /// The MIR function of a function with type arguments, lowered later if it is new.
    pub fn func(&mut self, module: &mut Module, id: hir::FuncId, args: Vec<hir::Ty>) -> FuncId {
        self.target(module, Target::new(id, args, Vec::new()))
    }

    /// The same, where function values of known code are captured or passed: in their places stands what they captured.
    pub fn target(&mut self, module: &mut Module, mut target: Target) -> FuncId {
        let func = &self.program.funcs[target.func.idx()];
        target.args = self.bounded(target.args, &func.path, func.name, func.span);
        let instance = Instance::Func(target.clone());
        if let Some(&known) = self.instances.get(&instance) {
            return known;
        }
        if let Some(definition) = self.definition(func) {
            let defined = self.func(module, definition, Vec::new());
            self.instances.insert(instance, defined);
            return defined;
        }
        let is_extern = matches!(func.kind, FuncKind::Extern { .. });
        let abi = if func.attrs.is_export || is_extern { Abi::C } else { Abi::Simple };
        self.count_copy(target.func);
        let (params, facts, ret) = self.signature(module, &target);
        if let FuncKind::Extern { symbol, variadic } = func.kind {
            let sig = Signature { params, ret, variadic, abi };
            let id = self.declare_extern(module, symbol, sig, facts, func);
            self.instances.insert(instance, id);
            return id;
        }
        let linkage = if self.is_seen(func) { Linkage::Export } else { Linkage::Internal };
        let sig = Signature { params, ret, variadic: false, abi };
        let mir_id = module.declare(self.target_symbol(&target), sig, linkage);
        let mir = &mut module.funcs[mir_id.idx()];
        mir.params = facts;
        mir.span = func.span;
        let inline = match (func.attrs.is_inline, func.attrs.is_noinline) {
            (true, _) => Inline::Always,
            (_, true) => Inline::Never,
            _ => Inline::Auto,
        };
        mir.facts = FuncFacts { inline, cold: func.attrs.is_cold, ..FuncFacts::default() };
        self.instances.insert(instance.clone(), mir_id);
        self.queue.push((instance, mir_id));
        mir_id
    }

    /// The parameters of a function, what is known of them, and its result.
    pub fn signature(&mut self, module: &mut Module, target: &Target) -> (Vec<Ty>, Vec<ParamFacts>, Ty) {
        let (id, args) = (target.func, &target.args);
        let func = &self.program.funcs[id.idx()];
        let mut params = Vec::new();
        let mut facts = Vec::new();
        let ret_ty = self.types.substitute(func.ret, args);
        let ret = match self.rep(module, ret_ty) {
            Rep::Unit if ret_ty == hir::Ty::NEVER => Ty::NEVER,
            Rep::Unit => Ty::UNIT,
            Rep::Scalar(ty) => ty,
            Rep::Counted | Rep::Nullable(_) => Ty::PTR,
            Rep::Memory(ty) => {
                params.push(Ty::PTR);
                facts.push(ParamFacts {
                    noalias: true,
                    nonnull: true,
                    points_to: Some(ty),
                    ..Default::default()
                });
                Ty::UNIT
            }
        };
        // With the number of the capture or parameter, as long as it is one of the function's own.
        let mut taken: Vec<(hir::Ty, Passing, Option<usize>)> = Vec::new();
        for (i, (ty, passing)) in func.inputs().enumerate() {
            match target.known(i) {
                Some(inner) => {
                    let captured = self.captured(inner);
                    taken.extend(captured.into_iter().map(|ty| (ty, Passing::Shared, None)));
                }
                None => taken.push((self.types.substitute(ty, args), passing, Some(i))),
            }
        }
        for (ty, passing, number) in taken {
            let rep = self.rep(module, ty);
            let by_address = passing == Passing::Mut;
            let Some(reg_ty) = (if by_address { Some(Ty::PTR) } else { rep.reg_ty() }) else { continue };
            params.push(reg_ty);
            facts.push(match rep {
                _ if by_address => ParamFacts {
                    noalias: !number.is_some_and(|number| self.exposed.contains(&(id, number))),
                    nonnull: true,
                    points_to: Some(self.stored_type(module, ty)),
                    ..Default::default()
                },
                Rep::Memory(ty) => {
                    // What was given away has no other name: the caller made room for it alone.
                    let (readonly, noalias) = (passing == Passing::Shared, passing == Passing::Iso);
                    ParamFacts { nonnull: true, readonly, noalias, points_to: Some(ty) }
                }
                Rep::Counted => {
                    let points_to = self.is_class(ty).then(|| self.instance_type(module, ty));
                    ParamFacts { nonnull: true, points_to, ..Default::default() }
                }
                Rep::Unit | Rep::Scalar(_) | Rep::Nullable(_) => ParamFacts::default(),
            });
        }
        if func.attrs.is_located {
            params.push(Ty::PTR);
            facts.push(ParamFacts { nonnull: true, ..Default::default() });
        }
        (params, facts, ret)
    }

    /// The helper function for a type.
    pub fn glue(&mut self, module: &mut Module, glue: Glue, ty: hir::Ty) -> FuncId {
        let instance = Instance::Glue(glue, ty);
        if let Some(&known) = self.instances.get(&instance) {
            return known;
        }
        let (verb, params, ret) = match glue {
            Glue::Copy => ("copy", vec![Ty::PTR], Ty::UNIT),
            Glue::Drop => ("drop", vec![Ty::PTR], Ty::UNIT),
            Glue::Eq => ("eq", vec![Ty::PTR; 2], Ty::BOOL),
            Glue::Compare => ("compare", vec![Ty::PTR; 2], Ty::I64),
            Glue::Hash => ("hash", vec![Ty::U64, Ty::PTR], Ty::U64),
            Glue::Show => ("show", vec![Ty::PTR; 2], Ty::UNIT),
            Glue::Box(BoxGlue::Free) => ("free_box", vec![Ty::PTR], Ty::UNIT),
            Glue::Box(BoxGlue::Copy) => ("copy_box", vec![Ty::PTR], Ty::PTR),
            Glue::Box(BoxGlue::Equal) => ("eq_box", vec![Ty::PTR; 2], Ty::BOOL),
            Glue::Box(BoxGlue::Show) => ("show_box", vec![Ty::PTR; 2], Ty::UNIT),
            Glue::Box(BoxGlue::ShowQuoted) => ("show_quoted_box", vec![Ty::PTR; 2], Ty::UNIT),
        };
        let mut name = format!("rt::{verb}::");
        self.write_type(&mut name, ty);
        let may_be_null = matches!(self.rep(module, ty), Rep::Nullable(_));
        let facts = |&ty: &Ty| ParamFacts { nonnull: ty == Ty::PTR && !may_be_null, ..Default::default() };
        let facts = params.iter().map(facts).collect();
        let sig = Signature { params, ret, variadic: false, abi: Abi::Simple };
        let id = module.declare(name, sig, Linkage::Internal);
        module.funcs[id.idx()].params = facts;
        self.instances.insert(instance.clone(), id);
        self.queue.push((instance, id));
        id
    }

    /// The runtime function that the compiler calls by a name.
    pub fn lang(&mut self, module: &mut Module, name: &str, args: Vec<hir::Ty>) -> FuncId {
        match self.find_lang(module, name, args) {
            Some(id) => id,
            None => {
                self.internal(&format!("the runtime has no function marked `@lang(\"{name}\")`"));
                module.declare(
                    name,
                    Signature { params: vec![], ret: Ty::UNIT, variadic: false, abi: Abi::C },
                    Linkage::Extern,
                )
            }
        }
    }

    /// The same, of a function that is in a file of the runtime which not every program has.
    pub fn find_lang(&mut self, module: &mut Module, name: &str, args: Vec<hir::Ty>) -> Option<FuncId> {
        let known = self.interner.lookup(name).and_then(|s| self.program.lang.get(&s)).copied();
        known.map(|id| self.func(module, id, args))
    }

    /// The symbol of a function with type arguments.
    pub fn symbol(&self, func: &hir::Func, args: &[hir::Ty]) -> String {
        if func.attrs.is_export {
            return self.interner.get(func.name).to_string();
        }
        let mut name = String::new();
        match func.owner {
            Some(owner) => {
                // The arguments of a method's `impl` are part of its owner's name only after substitution, which
                // needs the types mutably; appending all of them is as unique.
                self.write_type(&mut name, owner);
                if let Some(of) = &func.of_impl {
                    // Two traits may ask for methods of one name.
                    let named = &self.program.traits[of.id.idx()];
                    name.push_str(" as ");
                    self.write_path(&mut name, &named.path, named.name);
                    self.write_args(&mut name, &of.args);
                }
                name.push_str("::");
                name.push_str(self.interner.get(func.name));
                if !matches!(self.types.get(owner), hir::TyKind::Adt(..)) {
                    name.insert_str(0, "rt::");
                }
            }
            None => self.write_path(&mut name, &func.path, func.name),
        }
        self.write_args(&mut name, args);
        name
    }

    /// The object of a text literal.
    pub fn text(&mut self, module: &mut Module, bytes: &[u8]) -> GlobalId {
        if bytes.is_empty() {
            return self.empty(module);
        }
        if let Some(&known) = self.texts.get(bytes) {
            return known;
        }
        let id = object::text_global(module, format!("rt::text::{}", self.texts.len()), bytes);
        self.texts.insert(bytes.to_vec(), id);
        id
    }

    /// The object of an array literal of known elements.
    pub fn array_literal(&mut self, module: &mut Module, elem: Ty, elements: Vec<Init>) -> GlobalId {
        let name = format!("rt::array::{}", self.array_literals);
        self.array_literals += 1;
        object::array_global(module, name, elem, elements.len() as u64, Init::Fields(elements))
    }

    /// The empty object.
    pub fn empty(&mut self, module: &mut Module) -> GlobalId {
        *self.empty.get_or_insert_with(|| object::empty_global(module))
    }

    /// A symbol as the name of a register or slot; `None` for an empty one.
    pub fn reg_name(&mut self, module: &mut Module, symbol: Symbol) -> Option<StrId> {
        let name = self.interner.get(symbol);
        (!name.is_empty()).then(|| *self.reg_names.entry(symbol).or_insert_with(|| module.add_str(name)))
    }

    /// The text of a symbol.
    pub fn name(&self, symbol: Symbol) -> &'p str {
        self.interner.get(symbol)
    }
}
