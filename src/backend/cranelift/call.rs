//! Calls and returns.
//!
//! Cranelift has no notion of C varargs. What the C ABIs say of them is done here:
//!
//! * System V x86-64: like parameters, and `al` bounds the vector registers in use. Nothing in Cranelift writes `al`
//!   before a call, so a call that passes floats goes through [`Symbol::Variadic`], which does and jumps on. Without
//!   floats any `al` will do.
//! * Microsoft x64 and RISC-V: floats go where integers of their size would.
//! * AAPCS64: like parameters. Apple's variant: on the stack, 8 bytes each, so the parameter registers that are left
//!   over are filled up first.

use cranelift_codegen::ir::{self, AbiParam, FuncRef, Inst, InstBuilder, MemFlagsData, Value, types};

use super::abi::{self, Pass};
use super::memory::Addr;
use super::symbol::Symbol;
use super::translate::{Place, Translator};
use crate::diagnostics::{Code, Diagnostic};
use crate::mir::{FuncId, Reg, RegList, SigId, Signature};
use crate::target::CAbi;

/// Integer parameter registers of AAPCS64.
const AAPCS64_INT_REGS: usize = 8;

/// The arguments of a call, as Cranelift takes them.
struct Args {
    values: Vec<Value>,
    /// Some of them point into this activation.
    borrow_frame: bool,
}

impl Translator<'_, '_> {
    /// A direct call.
    pub fn call(&mut self, dst: Option<Reg>, func: FuncId, args: RegList) {
        let module = self.unit.module;
        let sig = module.sig_of(func);
        let into = self.result_address(dst, sig);
        let mut given = self.args(sig, args, into);
        let callee = if sig.variadic {
            self.variadic_callee(func, sig, args, &mut given.values)
        } else {
            self.func_ref(func)
        };
        let call = self.ins().call(callee, &given.values);
        self.take_result(dst, sig, call);
    }

    /// A call of an address.
    pub fn call_indirect(&mut self, dst: Option<Reg>, callee: Reg, id: SigId, args: RegList) {
        let types = self.types;
        let sig = types.sig(id);
        if let Some(diagnostic) = abi::unsupported_in_c(types, self.layouts, sig, self.span) {
            self.diagnostics.push(diagnostic);
            return;
        }
        let into = self.result_address(dst, sig);
        let mut given = self.args(sig, args, into);
        let sig_ref = if sig.variadic {
            let mut clif = abi::signature(self.unit.isa, types, self.layouts, sig);
            if self.varargs(sig, args, &mut clif, &mut given.values) {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::NotSupported,
                        "the Cranelift back end does not pass floats as varargs through a function pointer",
                    )
                    .at(self.span, "")
                    .help("call the function by its name, or use `--backend=llvm`"),
                );
            }
            self.builder.import_signature(clif)
        } else {
            self.sig_ref(id)
        };
        let callee = self.value(callee);
        let call = self.ins().call_indirect(sig_ref, callee, &given.values);
        self.take_result(dst, sig, call);
    }

    /// `return`.
    pub fn return_(&mut self, value: Option<Reg>) {
        let sig = self.types.sig(self.func.sig);
        let pass = abi::pass_result(self.types, self.layouts, sig.abi, sig.ret);
        let values = match (pass, value.map(|reg| (reg, self.place(reg)))) {
            (Pass::Scalar(_), Some((reg, _))) => vec![self.value(reg)],
            (Pass::Words(n), Some((_, Place::Slot(slot, _)))) => self.load_words(Addr::slot(slot), n),
            (Pass::Pointer, Some((reg, _))) => {
                if let Some(into) = self.result_pointer() {
                    self.store_reg(reg, Addr::pointer(into));
                }
                Vec::new()
            }
            (Pass::Nothing | Pass::Scalar(_) | Pass::Words(_) | Pass::Pointer, _) => Vec::new(),
        };
        self.ins().return_(&values);
    }

    /// `tail_call`, which is between functions of the Simple ABI. It reuses the activation unless an argument is so
    /// large that it is passed as a pointer into this very activation; then it is a call and a return.
    pub fn tail_call(&mut self, func: FuncId, args: RegList) {
        let module = self.unit.module;
        let given = self.args(module.sig_of(func), args, self.result_pointer());
        let callee = self.func_ref(func);
        if !given.borrow_frame {
            self.ins().return_call(callee, &given.values);
            return;
        }
        let call = self.ins().call(callee, &given.values);
        let results = self.builder.inst_results(call).to_vec();
        self.ins().return_(&results);
    }

    /// Where a result that is passed as a pointer goes: the destination, or memory nobody reads.
    fn result_address(&mut self, dst: Option<Reg>, sig: &Signature) -> Option<Value> {
        if abi::pass_result(self.types, self.layouts, sig.abi, sig.ret) != Pass::Pointer {
            return None;
        }
        let slot = match dst.map(|dst| self.place(dst)) {
            Some(Place::Slot(slot, _)) => slot,
            Some(Place::Nothing | Place::Scalar(_)) | None => self.new_slot(self.layouts.layout(sig.ret)),
        };
        Some(self.address(Addr::slot(slot)))
    }

    fn args(&mut self, sig: &Signature, args: RegList, result: Option<Value>) -> Args {
        let func = self.func;
        let mut given = Args { values: Vec::with_capacity(args.len as usize + 1), borrow_frame: false };
        given.values.extend(result);
        for (&reg, &ty) in args.of(&func.pool).iter().zip(&sig.params) {
            match (abi::pass_param(self.types, self.layouts, sig.abi, ty), self.place(reg)) {
                (Pass::Nothing, _) => {}
                (Pass::Words(n), Place::Slot(slot, _)) => {
                    let words = self.load_words(Addr::slot(slot), n);
                    given.values.extend(words);
                }
                (Pass::Pointer, _) => {
                    given.values.push(self.value(reg));
                    given.borrow_frame = true;
                }
                (Pass::Scalar(_) | Pass::Words(_), _) => given.values.push(self.value(reg)),
            }
        }
        given
    }

    fn load_words(&mut self, addr: Addr, n: u32) -> Vec<Value> {
        (0..n).map(|i| self.load_scalar(types::I64, addr.plus(8 * u64::from(i)))).collect()
    }

    fn take_result(&mut self, dst: Option<Reg>, sig: &Signature, call: Inst) {
        let results = self.builder.inst_results(call).to_vec();
        match (abi::pass_result(self.types, self.layouts, sig.abi, sig.ret), dst.map(|dst| self.place(dst))) {
            (Pass::Scalar(_), Some(_)) => {
                if let Some(&value) = results.first() {
                    self.set(dst, value);
                }
            }
            (Pass::Words(_), Some(Place::Slot(slot, _))) => self.store_words(Addr::slot(slot), &results),
            (Pass::Nothing | Pass::Scalar(_) | Pass::Words(_) | Pass::Pointer, _) => {}
        }
    }

    fn variadic_callee(
        &mut self,
        func: FuncId,
        sig: &Signature,
        args: RegList,
        values: &mut Vec<Value>,
    ) -> FuncRef {
        let mut clif = abi::signature(self.unit.isa, self.types, self.layouts, sig);
        let floats = self.varargs(sig, args, &mut clif, values);
        let symbol = if floats { Symbol::Variadic(func) } else { Symbol::Func(func) };
        let sig = self.builder.import_signature(clif);
        self.import(symbol, sig)
    }

    /// Appends the arguments past the parameters. Whether `al` has to say that there are floats.
    fn varargs(
        &mut self,
        sig: &Signature,
        args: RegList,
        clif: &mut ir::Signature,
        values: &mut Vec<Value>,
    ) -> bool {
        let func = self.func;
        let extra = args.of(&func.pool).get(sig.params.len()..).unwrap_or_default();
        let as_ints = match self.unit.c_abi {
            CAbi::Win64 | CAbi::Lp64d | CAbi::AppleAapcs64 => true,
            CAbi::SysV64
            | CAbi::SysV32
            | CAbi::Win32
            | CAbi::Aapcs64
            | CAbi::Aapcs
            | CAbi::AapcsVfp
            | CAbi::Ilp32
            | CAbi::Ilp32d
            | CAbi::Wasm
            | CAbi::Open
            | CAbi::To32
            | CAbi::To64
            | CAbi::SignedTo64 => false,
        };
        if self.unit.c_abi == CAbi::AppleAapcs64 && !extra.is_empty() {
            let used = clif.params.iter().filter(|param| param.value_type.is_int()).count();
            for _ in used..AAPCS64_INT_REGS {
                clif.params.push(AbiParam::new(types::I64));
                let filler = self.iconst(types::I64, 0);
                values.push(filler);
            }
        }
        let mut floats = false;
        for &reg in extra {
            let mut value = self.value(reg);
            let ty = self.builder.func.dfg.value_type(value);
            if as_ints {
                value = match ty {
                    types::F64 => self.ins().bitcast(types::I64, MemFlagsData::new(), value),
                    types::I32 if self.ty(reg).is_signed() => self.ins().sextend(types::I64, value),
                    types::I32 => self.ins().uextend(types::I64, value),
                    _ => value,
                };
            }
            let ty = self.builder.func.dfg.value_type(value);
            floats |= ty.is_float();
            clif.params.push(AbiParam::new(ty));
            values.push(value);
        }
        floats && self.unit.c_abi == CAbi::SysV64
    }
}
