//! Types and signatures have no place of their own: what is wrong with one is said at its first use.

use super::Verifier;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::*;

impl<'m> Verifier<'m> {
    /// Reports what is wrong with a type.
    pub(super) fn bad_type(&mut self, ty: Ty, message: String) {
        let user = self.user_of(ty);
        self.error_in(Code::MirTypeDef, user, message);
    }

    /// Reports what is wrong with a signature.
    pub(super) fn bad_sig(&mut self, sig: SigId, message: &str) {
        let user = self.m.funcs.iter().find(|func| func.sig == sig);
        let user = user.map(|func| (func.span, func.name.as_str()));
        self.error_in(Code::MirSignature, user, message.to_owned());
    }

    fn error_in(&mut self, code: Code, user: Option<(Span, &str)>, message: String) {
        let error = Diagnostic::error(code, message);
        self.errors.push(match user {
            Some((span, name)) if span.is_some() => error.at(span, format!("used here, in `@{name}`")),
            Some((_, name)) => error.note(format!("used in `@{name}`")),
            None => error,
        });
    }

    /// The first global, or instruction or declaration of a function, that has a value of which the type is a part.
    fn user_of(&self, ty: Ty) -> Option<(Span, &'m str)> {
        let module = self.m;
        let leading = self.leading_to(ty);
        let uses = |ty: Ty| leading.get(ty.0 as usize) == Some(&true);
        if let Some(global) = module.globals.iter().find(|global| uses(global.ty)) {
            return Some((global.span, &global.name));
        }
        let types = &module.types;
        let in_signature = |id: SigId| {
            (id.0 as usize) < types.sig_count() && {
                let sig = types.sig(id);
                sig.params.iter().any(|&param| uses(param)) || uses(sig.ret)
            }
        };
        module.funcs.iter().find_map(|func| {
            let made = func.regs.iter().position(|reg| uses(reg.ty)).map(|reg| Reg(reg as u32));
            let mut insts = func.blocks.iter().flat_map(|block| &block.insts);
            let span = match made {
                Some(reg) => insts.find(|inst| inst.dst == Some(reg)).map(|inst| inst.span),
                None if func.slots.iter().any(|slot| uses(slot.ty)) || in_signature(func.sig) => None,
                None => return None,
            };
            Some((span.unwrap_or(func.span), func.name.as_str()))
        })
    }

    /// By type, whether it is the one or has it as a part. What is wrong may be a part that is not there.
    fn leading_to(&self, ty: Ty) -> Vec<bool> {
        let types = &self.m.types;
        let mut leading = vec![false; types.len()];
        leading[ty.0 as usize] = true;
        let mut has_grown = true;
        while std::mem::take(&mut has_grown) {
            for i in 0..leading.len() {
                let data = types.get(Ty(i as u32));
                let mut parts: Vec<Ty> = data.parts().collect();
                if let TypeData::Struct(id) = data
                    && let Some(def) = types.structs().get(id.0 as usize)
                {
                    parts.extend(def.fields.iter().map(|field| field.1));
                }
                if let TypeData::Enum(id) = data
                    && let Some(def) = types.enums().get(id.0 as usize)
                {
                    parts.extend(def.variants.iter().flat_map(|variant| &variant.1));
                }
                if !leading[i] && parts.iter().any(|part| leading.get(part.0 as usize) == Some(&true)) {
                    leading[i] = true;
                    has_grown = true;
                }
            }
        }
        leading
    }
}
