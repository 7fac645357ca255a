//! Literals: scalars, texts, and arrays of them, which are objects of the program itself.

use crate::hir::{self, Constant, Expr, ExprKind, TyKind};
use crate::mir::{Bits, GlobalId, Init, Ty};

use super::function::{FnLowerer, Operand, Val};
use super::types::Rep;

/// Shorter array literals are built in place: they are the ones that are changed next, and would be copied for it.
const SHORTEST_OBJECT: usize = 8;

/// The bits of a literal of a scalar type; `None` for a text.
pub(super) fn bits(constant: Constant, ty: Ty) -> Option<Bits> {
    let float = |value: f64| {
        if ty == Ty::F32 { Bits(u64::from((value as f32).to_bits())) } else { Bits(value.to_bits()) }
    };
    match constant {
        Constant::Text(_) => None,
        Constant::Bool(value) => Some(Bits(u64::from(value))),
        Constant::Int(bits) if ty.is_float() => Some(float(bits as f64)),
        Constant::Int(bits) => Some(Bits::of_int(ty, bits as i64)),
        Constant::Float(value) => Some(float(value)),
    }
}

impl<'p> FnLowerer<'_, 'p> {
    /// The value of a literal.
    pub fn constant(&mut self, constant: Constant, ty: hir::Ty) -> Operand {
        let reg = match constant {
            Constant::Text(text) => self.text(self.cx.name(text)),
            Constant::Bool(_) | Constant::Int(_) | Constant::Float(_) => match self.scalar_bits(constant, ty)
            {
                Some((ty, bits)) => self.b.const_(ty, bits),
                None => {
                    self.cx.internal("a number literal of a type that is no number");
                    self.b.reg(Ty::I64)
                }
            },
        };
        // A text literal is borrowed from the program itself.
        Operand::borrowed(Val::Reg(reg))
    }

    /// The bits of a literal in the register type of its type; `None` for a text.
    fn scalar_bits(&mut self, constant: Constant, ty: hir::Ty) -> Option<(Ty, Bits)> {
        let Rep::Scalar(ty) = self.rep(ty) else { return None };
        bits(constant, ty).map(|bits| (ty, bits))
    }

    /// The object of an array literal whose elements are all literals. Nobody's to free or to change: whoever writes to
    /// it copies it first.
    pub fn literal_object(&mut self, items: &'p [Expr], elem: hir::Ty) -> Option<GlobalId> {
        if items.len() < SHORTEST_OBJECT {
            return None;
        }
        self.object(items, elem)
    }

    fn object(&mut self, items: &'p [Expr], elem: hir::Ty) -> Option<GlobalId> {
        if items.is_empty() {
            return Some(self.cx.empty(self.b.module));
        }
        let data = items.iter().map(|item| self.init(item)).collect::<Option<Vec<Init>>>()?;
        let stored = self.stored(elem);
        Some(self.cx.array_literal(self.b.module, stored, data))
    }

    /// The value of an expression that is known before the program runs.
    fn init(&mut self, e: &'p Expr) -> Option<Init> {
        match &e.kind {
            ExprKind::Literal(Constant::Text(text)) => {
                let text = self.cx.name(*text).as_bytes();
                Some(Init::Global(self.cx.text(self.b.module, text)))
            }
            ExprKind::Literal(constant) => {
                let ty = self.subst(e.ty);
                self.scalar_bits(*constant, ty).map(|(_, bits)| Init::Bits(bits.0))
            }
            ExprKind::Tuple(parts) => {
                parts.iter().map(|part| self.init(part)).collect::<Option<Vec<Init>>>().map(Init::Fields)
            }
            ExprKind::Array(items) => {
                let ty = self.subst(e.ty);
                match *self.cx.types.get(ty) {
                    TyKind::Array(elem) => self.object(items, elem).map(Init::Global),
                    _ => items.iter().map(|item| self.init(item)).collect::<Option<_>>().map(Init::Fields),
                }
            }
            // Whatever else there is may run code.
            _ => None,
        }
    }
}
