//! Modules to code in this process.

use std::ffi::{CStr, c_char, c_int};
use std::mem::ManuallyDrop;
use std::sync::Arc;

use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncOrDataId, Linkage, ModuleRelocTarget, default_libcall_names};
use rustc_hash::FxHashMap;

use super::Options;
use super::compile::{Compiled, compile};
use super::define::{Definer, Import, module_error};
use super::isa;
use super::translate::Unit;
use super::variables::Variables;
use crate::diagnostics::{Code, Diagnostic};
use crate::mir::{Abi, FuncId, Global, GlobalId, Module, Signature, Ty};
use crate::target::{self, Layouts};

/// Code refers to code and data by 32-bit offsets.
const MAX_BYTES: usize = i32::MAX as usize;

/// A module compiled for this machine, in memory. The code goes when it is dropped.
pub struct Jit {
    module: ManuallyDrop<JITModule>,
    funcs: FxHashMap<String, *const u8>,
    data: FxHashMap<String, *const u8>,
    /// What the code has the address of.
    _variables: Arc<Variables>,
    /// What is called before `main`, in order.
    constructors: Vec<*const u8>,
    /// What is called behind it, the last first.
    destructors: Vec<*const u8>,
    main: Option<(*const u8, bool)>,
}

impl Jit {
    /// Compiles a verified module whose rich operations are expanded. `extern_resolver` gives the addresses of what it
    /// declares and does not define; what it does not know is looked up in this process, C library included.
    ///
    /// # Errors
    /// As for [`super::object`], and symbols that are used and defined nowhere.
    pub fn compile(
        module: &Module,
        options: &Options,
        extern_resolver: &dyn Fn(&str) -> Option<*const u8>,
    ) -> Result<Jit, Vec<Diagnostic>> {
        let host = target::host().map_err(|diagnostic| vec![diagnostic])?;
        let isa = isa::for_host(options).map_err(|diagnostic| vec![diagnostic])?;
        let variables = Arc::<Variables>::default();
        let unit = Unit {
            module,
            data_layout: &host.data_layout,
            c_abi: host.c_abi,
            isa: isa.as_ref(),
            has_places: false,
            variables: Some(&variables),
        };
        let compiled = compile(&unit)?;

        let mut builder = JITBuilder::with_isa(isa.clone(), default_libcall_names());
        builder.memory_provider(Box::new(arena(&unit, &compiled)?));
        builder.symbols(math());
        let declared = module.funcs.iter().filter(|func| !func.is_defined()).map(|func| &func.name);
        let declared = declared.chain(module.globals.iter().filter(|g| g.init.is_none()).map(|g| &g.name));
        for name in declared {
            if let Some(address) = extern_resolver(name) {
                builder.symbol(name.as_str(), address);
            }
        }

        let mut jit = Jit {
            module: ManuallyDrop::new(JITModule::new(builder)),
            funcs: FxHashMap::default(),
            data: FxHashMap::default(),
            constructors: Vec::new(),
            destructors: Vec::new(),
            _variables: Arc::clone(&variables),
            main: None,
        };
        // A missing import makes `JITModule` panic; a missing preemptible symbol is null, and can be asked for.
        let mut definer = Definer::new(&unit, &mut *jit.module, Linkage::Preemptible)?;
        definer.define_funcs(compiled)?;
        definer.define_globals()?;
        let mut defined = Vec::new();
        for (i, func) in module.funcs.iter().enumerate().filter(|(_, func)| func.is_defined()) {
            let handle = definer.func(FuncId(i as u32));
            defined.push((func, handle.map_err(|error| vec![module_error(&func.name, func.span, &error)])?));
        }
        let mut data = Vec::new();
        let shared = |global: &Global| global.init.is_some() && !global.thread_local;
        for (i, global) in module.globals.iter().enumerate().filter(|(_, global)| shared(global)) {
            let handle = definer.data(GlobalId(i as u32));
            data.push((
                global,
                handle.map_err(|error| vec![module_error(&global.name, global.span, &error)])?,
            ));
        }
        let imports = std::mem::take(&mut definer.imports);
        jit.check_imports(&imports)?;
        jit.module
            .finalize_definitions()
            .map_err(|error| vec![Diagnostic::internal(format!("JIT memory: {error}"))])?;
        for (func, handle) in defined {
            let address = jit.module.get_finalized_function(handle);
            if func.facts.constructor {
                jit.constructors.push(address);
            }
            if func.facts.destructor {
                jit.destructors.push(address);
            }
            if func.name == "main" {
                jit.main = takes_arguments(module.types.sig(func.sig)).map(|takes| (address, takes));
            }
            jit.funcs.insert(func.name.clone(), address);
        }
        for (global, handle) in data {
            let (address, _) = jit.module.get_finalized_data(handle);
            jit.data.insert(global.name.clone(), address);
        }
        Ok(jit)
    }

    /// The address of a function that the module defines, by its MIR name. It is callable, with the signature and the
    /// convention that MIR gives it, as long as this value lives.
    pub fn address(&self, name: &str) -> Option<*const u8> {
        self.funcs.get(name).copied()
    }

    /// The address of a global that the module defines and all threads share, likewise.
    pub fn data_address(&self, name: &str) -> Option<*const u8> {
        self.data.get(name).copied()
    }

    /// Calls the module's constructors, the program's entry, `main`, with the command line, and the destructors; its exit code.
    ///
    /// # Errors
    /// There is no function `main` of the C ABI that takes nothing, or a count and a vector, and gives an `i32`.
    ///
    /// # Safety
    /// The program runs in this process, with all its rights: it must be free of undefined behaviour (a module made
    /// of safe Simple is; MIR text is what its author makes of it), and the symbols it was given must be what it
    /// declares them to be.
    pub unsafe fn call_main(&self, args: &[&CStr]) -> Result<i32, Diagnostic> {
        let Some((address, takes_arguments)) = self.main else {
            return Err(Diagnostic::error(Code::MirInvalid, "the program has no entry `main`")
                .help("define `export fn @main() -> i32 c`"));
        };
        let call = |&function: &*const u8| {
            // SAFETY: the verifier lets no other signature be a constructor's or destructor's; its code lives as long as `self`.
            let function: extern "C" fn() = unsafe { std::mem::transmute(function) };
            function();
        };
        self.constructors.iter().for_each(call);
        let code = if takes_arguments {
            let mut vector: Vec<*const c_char> = args.iter().map(|arg| arg.as_ptr()).collect();
            vector.push(std::ptr::null());
            // SAFETY: `takes_arguments` read this very signature off the function; its code lives as long as `self`.
            let main: extern "C" fn(c_int, *const *const c_char) -> c_int =
                unsafe { std::mem::transmute(address) };
            main(args.len() as c_int, vector.as_ptr())
        } else {
            // SAFETY: as above, for the signature without parameters.
            let main: extern "C" fn() -> c_int = unsafe { std::mem::transmute(address) };
            main()
        };
        self.destructors.iter().rev().for_each(call);
        Ok(code)
    }

    fn check_imports(&self, imports: &[Import]) -> Result<(), Vec<Diagnostic>> {
        let address = |id: &FuncOrDataId| self.module.get_address(&ModuleRelocTarget::from(*id));
        let missing: Vec<Diagnostic> = imports
            .iter()
            .filter(|import| address(&import.id).is_null())
            .map(|import| {
                Diagnostic::error(
                    Code::NotSupported,
                    format!("symbol `{}` is defined neither in the program nor in this process", import.name),
                )
                .at(import.span, "")
                .help("build the program instead, and link it with the library that has it")
            })
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(missing) }
    }
}

impl Drop for Jit {
    fn drop(&mut self) {
        // SAFETY: the module is taken once, here. Its code cannot be running: calls through `call_main` borrow `self`,
        // and who calls an address is told to keep it alive.
        unsafe { ManuallyDrop::take(&mut self.module).free_memory() }
    }
}

/// Whether `main` takes a count and a vector; `None` when it is no entry.
fn takes_arguments(sig: &Signature) -> Option<bool> {
    match (sig.abi, sig.ret, sig.params.as_slice()) {
        (Abi::C, Ty::I32, []) => Some(false),
        (Abi::C, Ty::I32, [Ty::I32, Ty::PTR]) => Some(true),
        _ => None,
    }
}

/// One stretch of address space for all code and data, so that everything is near everything.
fn arena(unit: &Unit<'_>, compiled: &[Compiled]) -> Result<ArenaMemoryProvider, Vec<Diagnostic>> {
    // Whatever the system's pages are, they are not larger; what is reserved and not used costs nothing.
    const PAGE: usize = 1 << 16;
    const VENEER: usize = 24;
    let layouts = Layouts::new(&unit.module.types, unit.data_layout);
    let code = compiled.iter().map(|c| c.code.len() + c.align as usize + c.relocs.len() * VENEER);
    let data = unit.module.globals.iter().map(|global| {
        usize::try_from(layouts.size(global.ty)).map_or(usize::MAX, |size| size.saturating_add(2 * PAGE))
    });
    let bytes = code.chain(data).fold(16 * PAGE, usize::saturating_add);
    if bytes > MAX_BYTES {
        return Err(vec![
            Diagnostic::error(Code::NotSupported, "the program is too large to be run in memory")
                .help("build it and run what was built"),
        ]);
    }
    ArenaMemoryProvider::new_with_size(bytes)
        .map_err(|error| vec![Diagnostic::internal(format!("JIT memory: {error}"))])
}

/// The part of the C library's mathematics that code may call: this process need not have it loaded.
fn math() -> Vec<(&'static str, *const u8)> {
    extern "C" fn fmod(a: f64, b: f64) -> f64 {
        a % b
    }
    extern "C" fn fmodf(a: f32, b: f32) -> f32 {
        a % b
    }
    extern "C" fn fma(a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
    extern "C" fn fmaf(a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }
    extern "C" fn floor(a: f64) -> f64 {
        a.floor()
    }
    extern "C" fn floorf(a: f32) -> f32 {
        a.floor()
    }
    extern "C" fn ceil(a: f64) -> f64 {
        a.ceil()
    }
    extern "C" fn ceilf(a: f32) -> f32 {
        a.ceil()
    }
    extern "C" fn trunc(a: f64) -> f64 {
        a.trunc()
    }
    extern "C" fn truncf(a: f32) -> f32 {
        a.trunc()
    }
    extern "C" fn nearbyint(a: f64) -> f64 {
        a.round_ties_even()
    }
    extern "C" fn nearbyintf(a: f32) -> f32 {
        a.round_ties_even()
    }
    vec![
        ("fmod", fmod as *const u8),
        ("fmodf", fmodf as *const u8),
        ("fma", fma as *const u8),
        ("fmaf", fmaf as *const u8),
        ("floor", floor as *const u8),
        ("floorf", floorf as *const u8),
        ("ceil", ceil as *const u8),
        ("ceilf", ceilf as *const u8),
        ("trunc", trunc as *const u8),
        ("truncf", truncf as *const u8),
        ("nearbyint", nearbyint as *const u8),
        ("nearbyintf", nearbyintf as *const u8),
    ]
}
