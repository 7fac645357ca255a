//! Symbols that the program shares with C: which function an `extern fn` is.

use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{self, FuncKind};
use crate::mir::{FuncId, Linkage, Module, ParamFacts, Signature};
use crate::syntax::Symbol;

use super::Context;

impl Context<'_> {
    /// Notes which functions are exported, by symbol.
    pub fn collect_exports(&mut self) {
        let program = self.program;
        for (i, func) in program.funcs.iter().enumerate().filter(|(_, func)| func.attrs.is_export) {
            if self.exports.insert(func.name, hir::FuncId(i as u32)).is_some()
                || self.interner.get(func.name) == "main"
            {
                let message = format!("the symbol `{}` is exported twice", self.interner.get(func.name));
                self.diagnostics.push(
                    Diagnostic::error(Code::DuplicateName, message)
                        .at(func.span, "")
                        .note("exported names are one scope, the runtime's and that of `main` included")
                        .help("choose another name"),
                );
            }
        }
    }

    /// The function that an `extern fn` of the program is, if the program has it: of the program itself or of the runtime.
    pub fn definition(&mut self, func: &hir::Func) -> Option<hir::FuncId> {
        let FuncKind::Extern { symbol, variadic } = func.kind else { return None };
        let id = *self.exports.get(&symbol)?;
        let program = self.program;
        let defined = &program.funcs[id.idx()];
        let types = |func: &hir::Func| func.params.iter().map(|p| (p.ty, p.passing)).collect::<Vec<_>>();
        if variadic || types(func) != types(defined) || func.ret != defined.ret {
            let name = self.interner.get(symbol);
            let error = if self.is_runtime(func) {
                let message = format!("`{name}` has not the types that the runtime calls it with");
                let error = Diagnostic::error(Code::Prototype, message).at(defined.span, "");
                error.help(format!("give it `{}`, or another name", self.prototype(func)))
            } else {
                let message = format!("`{name}` is declared otherwise than it is defined");
                let error = Diagnostic::error(Code::Prototype, message).at(func.span, "");
                error.help(format!("the definition has `{}`", self.prototype(defined)))
            };
            self.diagnostics.push(error);
        }
        Some(id)
    }

    /// Parameters and result as written.
    fn prototype(&self, func: &hir::Func) -> String {
        let mut out = String::from("(");
        for (i, param) in func.params.iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            out.push_str(match param.passing {
                hir::Passing::Shared => "",
                hir::Passing::Mut => "mut ",
                hir::Passing::Iso => "iso ",
            });
            self.write_type(&mut out, param.ty);
        }
        out.push_str(") -> ");
        self.write_type(&mut out, func.ret);
        out
    }

    /// The MIR function of a symbol that is defined elsewhere. As in C, each declaration's own types are what its callers
    /// go by: the runtime's `write` takes a `usize`, a program's may take an `i64`.
    pub fn declare_extern(
        &mut self,
        module: &mut Module,
        symbol: Symbol,
        sig: Signature,
        facts: Vec<ParamFacts>,
        func: &hir::Func,
    ) -> FuncId {
        let Some(&known) = self.externs.get(&symbol) else {
            let id = module.declare(self.interner.get(symbol), sig, Linkage::Extern);
            let mir = &mut module.funcs[id.idx()];
            (mir.params, mir.span) = (facts, func.span);
            self.externs.insert(symbol, id);
            return id;
        };
        if *module.sig_of(known) == sig {
            // What one declaration promises of its arguments, the callers of another may not keep.
            for (known, other) in module.funcs[known.idx()].params.iter_mut().zip(facts) {
                if *known != other {
                    *known = ParamFacts::default();
                }
            }
            return known;
        }
        if sig.variadic {
            let name = self.interner.get(symbol);
            let message =
                format!("`{name}` takes a variable number of arguments, and is declared in two ways");
            let error = Diagnostic::error(Code::Prototype, message).at(func.span, "");
            self.diagnostics.push(error.help("declare it with the same types everywhere"));
            return known;
        }
        let name = format!("rt::extern::{}#{}", module.func(known).name, module.funcs.len());
        module.forward(name, known, sig)
    }
}
