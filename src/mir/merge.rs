//! Two modules to one, as a linker makes one program of two objects.
//!
//! What one module exports, the other may declare as extern, with the same types. Names of types and internal symbols are a
//! module's own: where one is taken already, the newcomer gets a number. Types of one name stay two types.

use rustc_hash::{FxHashMap, FxHashSet};

use super::field::Field;
use super::relocate::{Relocation, relocate_body, relocate_init};
use super::{
    EnumDef, FuncId, Function, Global, GlobalId, Linkage, Module, ParamFacts, StructDef, Ty, TypeData,
    print_type,
};
use crate::diagnostics::{Code, Diagnostic, Span};

/// Adds everything of another module; handles of the first one stay what they are.
///
/// # Errors
/// [`Code::Prototype`] where a declaration has other types than the definition, [`Code::MirDuplicate`] where both modules
/// define a symbol.
pub fn merge(module: Module, other: Module) -> Result<Module, Vec<Diagnostic>> {
    let mut merger = Merger {
        symbols: FxHashMap::default(),
        taken: module.symbols().chain(other.symbols()).map(str::to_owned).collect(),
        to: Relocation { first_string: module.strings.len() as u32, ..Relocation::default() },
        module,
        errors: Vec::new(),
    };
    merger.types(&other);
    merger.add(other);
    if merger.errors.is_empty() { Ok(merger.module) } else { Err(merger.errors) }
}

/// What a symbol of the first module is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Symbol {
    Func(FuncId),
    Global(GlobalId),
}

/// What a symbol of the second module becomes.
enum Place<T> {
    /// A new one, or a declaration that gets its definition.
    Here(T),
    /// One that is there.
    Known(T),
}

struct Merger {
    module: Module,
    symbols: FxHashMap<String, Symbol>,
    /// Every symbol of either module.
    taken: FxHashSet<String>,
    to: Relocation,
    errors: Vec<Diagnostic>,
}

impl Module {
    /// The names of globals and functions.
    fn symbols(&self) -> impl Iterator<Item = &str> {
        let globals = self.globals.iter().map(|global| global.name.as_str());
        globals.chain(self.funcs.iter().map(|func| func.name.as_str()))
    }
}

impl Merger {
    /// Types and signatures. Parts of a type were interned before it, but for named ones: those get their fields last.
    fn types(&mut self, other: &Module) {
        let types = &mut self.module.types;
        let names =
            types.structs().iter().map(|def| &def.name).chain(types.enums().iter().map(|def| &def.name));
        let mut names: FxHashSet<String> = names.cloned().collect();
        let mut own = |name: &str| {
            let name = numbered(name, &names);
            names.insert(name.clone());
            name
        };
        let structs: Vec<_> = other.types.structs().iter().map(|def| own(&def.name)).collect();
        let enums: Vec<_> = other.types.enums().iter().map(|def| own(&def.name)).collect();
        let structs: Vec<_> = structs
            .into_iter()
            .map(|name| types.add_struct(StructDef { name, fields: Vec::new() }))
            .collect();
        let enums: Vec<_> =
            enums.into_iter().map(|name| types.add_enum(EnumDef { name, variants: Vec::new() })).collect();
        for index in 0..other.types.len() as u32 {
            let known = |ty: &Ty| self.to.types[ty.0 as usize];
            let data = other.types.get(Ty(index)).with_parts(|ty| known(&ty));
            let data = match data {
                TypeData::Struct(id) => TypeData::Struct(structs[id.0 as usize]),
                TypeData::Enum(id) => TypeData::Enum(enums[id.0 as usize]),
                unnamed => unnamed,
            };
            self.to.types.push(types.intern(data));
        }
        let known = |ty: Ty| self.to.types[ty.0 as usize];
        for (def, &id) in other.types.structs().iter().zip(&structs) {
            let fields = def.fields.iter().map(|(name, ty)| (name.clone(), known(*ty))).collect();
            types.struct_def_mut(id).fields = fields;
        }
        for (def, &id) in other.types.enums().iter().zip(&enums) {
            let payload =
                |(name, tys): &(String, Vec<Ty>)| (name.clone(), tys.iter().map(|&ty| known(ty)).collect());
            types.enum_def_mut(id).variants = def.variants.iter().map(payload).collect();
        }
        for index in 0..other.types.sig_count() as u32 {
            let mut sig = other.types.sig(super::SigId(index)).clone();
            sig.params.iter_mut().for_each(|ty| *ty = known(*ty));
            sig.ret = known(sig.ret);
            self.to.sigs.push(types.intern_sig(sig));
        }
    }

    /// Symbols first, since bodies and initial values refer to all of them, then what they are.
    fn add(&mut self, other: Module) {
        let Module { name: _, types: _, funcs, globals, strings, files } = other;
        self.module.strings.extend(strings);
        for file in files {
            if self.module.files.iter().all(|known| known.file != file.file) {
                self.module.files.push(file);
            }
        }
        for (i, global) in self.module.globals.iter().enumerate() {
            self.symbols.insert(global.name.clone(), Symbol::Global(GlobalId(i as u32)));
        }
        for (i, func) in self.module.funcs.iter().enumerate() {
            self.symbols.insert(func.name.clone(), Symbol::Func(FuncId(i as u32)));
        }
        let globals: Vec<(Place<GlobalId>, Global)> = globals
            .into_iter()
            .map(|mut global| {
                global.ty.relocate(&self.to);
                let place = self.place_global(&mut global);
                let (Place::Here(id) | Place::Known(id)) = place;
                self.to.globals.push(id);
                (place, global)
            })
            .collect();
        let funcs: Vec<(Place<FuncId>, Function)> = funcs
            .into_iter()
            .map(|mut func| {
                func.sig.relocate(&self.to);
                func.params.iter_mut().for_each(|facts| {
                    facts.points_to = facts.points_to.map(|ty| self.to.types[ty.0 as usize])
                });
                let place = self.place_func(&mut func);
                let (Place::Here(id) | Place::Known(id)) = place;
                self.to.funcs.push(id);
                (place, func)
            })
            .collect();
        for (place, mut global) in globals {
            if let Place::Here(id) = place {
                global.init.iter_mut().for_each(|init| relocate_init(init, &self.to));
                self.module.globals[id.idx()] = global;
            }
        }
        for (place, mut func) in funcs {
            if let Place::Here(id) = place {
                relocate_body(&mut func, &self.to);
                self.module.funcs[id.idx()] = func;
            }
        }
    }

    /// What the first module has under a symbol that both of them show to others. An internal symbol of a name that is
    /// taken gets another.
    fn shared(&mut self, name: &mut String, linkage: Linkage) -> Option<Symbol> {
        let found = *self.symbols.get(name.as_str())?;
        let is_internal = match found {
            Symbol::Func(id) => self.module.func(id).linkage == Linkage::Internal,
            Symbol::Global(id) => self.module.globals[id.idx()].linkage == Linkage::Internal,
        };
        if linkage != Linkage::Internal && !is_internal {
            return Some(found);
        }
        let fresh = numbered(name, &self.taken);
        self.taken.insert(fresh.clone());
        if linkage == Linkage::Internal {
            *name = fresh;
            return None;
        }
        match found {
            Symbol::Func(id) => self.module.funcs[id.idx()].name = fresh,
            Symbol::Global(id) => self.module.globals[id.idx()].name = fresh,
        }
        None
    }

    fn place_global(&mut self, global: &mut Global) -> Place<GlobalId> {
        let Some(symbol) = self.shared(&mut global.name, global.linkage) else {
            return Place::Here(self.module.add_global(global.clone()));
        };
        let Symbol::Global(id) = symbol else {
            self.clash(&global.name, symbol, global.span);
            return Place::Known(self.module.add_global(global.clone()));
        };
        let known = &self.module.globals[id.idx()];
        let is_same = known.ty == global.ty && known.thread_local == global.thread_local;
        match (known.init.is_some(), global.init.is_some()) {
            (true, true) if global.linkage == Linkage::Weak && is_same => {}
            (true, true) if known.linkage == Linkage::Weak && is_same => {
                return Place::Here(id);
            }
            (true, true) => self.clash(&global.name, symbol, global.span),
            (has_value, _) if !is_same || known.constant != global.constant => {
                let (declared, defined) = if has_value { (&*global, known) } else { (known, &*global) };
                let types = [declared, defined].map(|global| {
                    let of = if global.thread_local { "thread_local " } else { "" };
                    format!("{of}{}", print_type(&self.module, global.ty))
                });
                let error = differs(&global.name, declared.span, &types[0], &types[1]);
                self.errors.push(error);
            }
            (false, true) => return Place::Here(id),
            (true | false, false) => {}
        }
        Place::Known(id)
    }

    fn place_func(&mut self, func: &mut Function) -> Place<FuncId> {
        let Some(symbol) = self.shared(&mut func.name, func.linkage) else {
            return Place::Here(self.add_func(func.clone()));
        };
        let Symbol::Func(id) = symbol else {
            self.clash(&func.name, symbol, func.span);
            return Place::Known(self.add_func(func.clone()));
        };
        let known = self.module.func(id);
        match (known.is_defined(), func.is_defined()) {
            (true, true) if func.linkage == Linkage::Weak && known.sig == func.sig => {}
            (true, true) if known.linkage == Linkage::Weak && known.sig == func.sig => {
                return Place::Here(id);
            }
            (true, true) => self.clash(&func.name, symbol, func.span),
            (false, false) if known.sig == func.sig => {
                // What one declaration promises of its arguments, the callers of another may not keep.
                for (known, other) in self.module.funcs[id.idx()].params.iter_mut().zip(&func.params) {
                    if known != other {
                        *known = ParamFacts::default();
                    }
                }
            }
            // As in C, each declaration's own types are what its callers go by.
            (false, false) if !self.module.sig_of(id).variadic && !self.variadic(func) => {
                let name = numbered(&func.name, &self.taken);
                self.taken.insert(name.clone());
                let sig = self.module.types.sig(func.sig).clone();
                return Place::Known(self.module.forward(name, id, sig));
            }
            (is_defined, _) if known.sig != func.sig => {
                let (declared, defined) = if is_defined { (&*func, known) } else { (known, &*func) };
                let error =
                    differs(&func.name, declared.span, &self.prototype(declared), &self.prototype(defined));
                self.errors.push(error);
            }
            (false, true) => return Place::Here(id),
            (true | false, false) => {}
        }
        Place::Known(id)
    }

    fn add_func(&mut self, func: Function) -> FuncId {
        self.module.funcs.push(func);
        FuncId(self.module.funcs.len() as u32 - 1)
    }

    fn variadic(&self, func: &Function) -> bool {
        self.module.types.sig(func.sig).variadic
    }

    /// Parameters and result as text.
    fn prototype(&self, func: &Function) -> String {
        let sig = self.module.types.sig(func.sig);
        let mut params: Vec<_> = sig.params.iter().map(|&ty| print_type(&self.module, ty)).collect();
        if sig.variadic {
            params.push("...".to_owned());
        }
        let abi = match sig.abi {
            super::Abi::C => " c",
            super::Abi::Simple => "",
        };
        format!("({}) -> {}{abi}", params.join(", "), print_type(&self.module, sig.ret))
    }

    /// Both modules say what a symbol is; told at the place of the first one's.
    fn clash(&mut self, name: &str, symbol: Symbol, other: Span) {
        let first = match symbol {
            Symbol::Func(id) => self.module.func(id).span,
            Symbol::Global(id) => self.module.globals[id.idx()].span,
        };
        let span = if first.is_some() { first } else { other };
        let error = Diagnostic::error(Code::MirDuplicate, format!("symbol `@{name}` is defined twice"));
        let error = if span.is_some() { error.at(span, "") } else { error };
        let note = "exported names are one scope, the runtime's included";
        self.errors.push(error.note(note).help("choose another name, or do not export it"));
    }
}

/// A declaration that is not what the definition is.
fn differs(name: &str, declared: Span, declaration: &str, definition: &str) -> Diagnostic {
    let message = format!("`@{name}` is declared as `{declaration}`, and defined otherwise");
    let error = Diagnostic::error(Code::Prototype, message);
    let error = if declared.is_some() { error.at(declared, "") } else { error };
    error.help(format!("the definition has `{definition}`"))
}

/// A name that is not taken: the name itself, or with a number.
fn numbered(name: &str, taken: &FxHashSet<String>) -> String {
    let numbers = (1u32..).map(|number| format!("{name}#{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbers);
    names.find(|name| !taken.contains(name)).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mir::{parse, print, verify};

    fn merged(one: &str, two: &str) -> Result<String, Vec<String>> {
        let [one, two] = [(1, one), (2, two)].map(|(file, text)| {
            let module = parse(crate::diagnostics::FileId(file), "test.mir", text).unwrap();
            verify(&module).unwrap();
            module
        });
        let messages =
            |errors: Vec<Diagnostic>| errors.into_iter().map(|error| error.message).collect::<Vec<_>>();
        let module = merge(one, two).map_err(messages)?;
        verify(&module).unwrap_or_else(|errors| panic!("{errors:?}"));
        Ok(print(&module))
    }

    #[test]
    fn names_that_nobody_else_sees_get_numbers() {
        let text = |n: u32| {
            format!(
                "struct $S {{ next: ptr, value: i{n} }}\nenum $E {{ A, B($S) }}\n\
                 global @g: ($S, $E) = zero\nglobal @at: ptr = @g\n\
                 fn @f(%x: $S) -> i{n} {{\nbb0:\n  %y: i{n} = call @f(%x)\n  %p: ptr = global_addr @at\n  return %y\n}}\n"
            )
        };
        let module = merged(&text(32), &text(64)).unwrap();
        for part in [
            "struct $S#1 { next: ptr, value: i64 }",
            "enum $E#1 { A, B($S#1) }",
            "global @g#1: ($S#1, $E#1) = zero",
            "global @at#1: ptr = @g#1",
            "fn @f#1(%x: $S#1) -> i64 {",
            "  %y: i64 = call @f#1(%x)",
            "  %p: ptr = global_addr @at#1",
            "  %y: i32 = call @f(%x)",
        ] {
            let quoted = part.replace("S#1", "\"S#1\"").replace("E#1", "\"E#1\"");
            let quoted =
                quoted.replace("@g#1", "@\"g#1\"").replace("@at#1", "@\"at#1\"").replace("@f#1", "@\"f#1\"");
            assert!(module.contains(&quoted), "no `{quoted}` in:\n{module}");
        }
    }

    #[test]
    fn declarations_are_what_the_other_module_exports() {
        let declares = "extern global @g: i64\nextern fn @f(i64) -> i64\n\
                        fn @own() -> i64 {\nbb0:\n  %p: ptr = global_addr @g\n  %x: i64 = load %p\n  \
                        %y: i64 = call @f(%x)\n  return %y\n}\n";
        let defines = "export global @g: i64 = 7\nexport fn @f(%x: i64) -> i64 c {\nbb0:\n  return %x\n}\n";
        for (one, two) in [(declares, defines), (defines, declares)] {
            let module = merged(one, two).unwrap();
            assert!(module.contains("export global @g: i64 = 7"), "{module}");
            assert!(!module.contains("extern"), "{module}");
        }
        let narrow = declares.replace("i64", "i32");
        for (one, two) in [(narrow.as_str(), defines), (defines, narrow.as_str())] {
            let errors = merged(one, two).unwrap_err();
            assert!(errors[0].starts_with("`@g` is declared as `i32`"), "{errors:?}");
            assert!(errors[1].starts_with("`@f` is declared as `(i32) -> i32"), "{errors:?}");
        }
        let errors = merged(defines, defines).unwrap_err();
        assert_eq!(errors, ["symbol `@g` is defined twice", "symbol `@f` is defined twice"]);
        let clash = "export global @f: i64 = 7\n";
        assert_eq!(merged(defines, clash).unwrap_err(), ["symbol `@f` is defined twice"]);
        assert_eq!(merged(clash, defines).unwrap_err(), ["symbol `@f` is defined twice"]);
    }

    #[test]
    fn callers_of_a_c_function_go_by_their_own_declaration() {
        let (one, two) = (
            "extern fn @f(usize) -> i64\n",
            "extern fn @f(i64) -> i64\nfn @own() -> i64 {\nbb0:\n  \
                           %x: i64 = const 1\n  %y: i64 = call @f(%x)\n  return %y\n}\n",
        );
        let module = merged(one, two).unwrap();
        assert!(module.contains("call @\"f#1\"(%x)") && module.contains("call.indirect"), "{module}");
        let variadic = "extern fn @f(i64, ...) -> i64\n";
        assert_eq!(merged(one, variadic).unwrap_err().len(), 1);
        assert!(merged(variadic, variadic).is_ok());
    }
}
