//! MIR functions to [`Code`], each at its first call.

use super::TrapKind;
use super::arith::{self, Binary, Unary};
use super::code::*;
use super::exec::Stop;
use super::externs::{self, Run};
use super::value::Scalar;
use crate::backend::libc;
use crate::diagnostics::{Code as ErrorCode, Diagnostic, Span};
use crate::mir::*;
use crate::target::{DataLayout, Layouts, Os, Target};

/// Decodes the functions of one module for one target.
pub struct Decoder<'m> {
    pub module: &'m Module,
    pub layouts: Layouts<'m>,
    pub layout: &'m DataLayout,
    os: Os,
    pub addresses: Addresses,
}

impl<'m> Decoder<'m> {
    pub fn new(module: &'m Module, target: &'m Target, addresses: Addresses) -> Decoder<'m> {
        let layout = &target.data_layout;
        Decoder { module, layouts: Layouts::new(&module.types, layout), layout, os: target.os, addresses }
    }

    /// The scalar that a type is; `None` for aggregates.
    pub fn scalar(&self, ty: Ty) -> Option<Scalar> {
        Scalar::of(&self.module.types, ty, self.layout.pointer_bits())
    }

    /// Decodes a function with a body.
    ///
    /// # Errors
    /// [`Stop::Unsupported`] for what the interpreter does not have.
    pub fn decode(&self, id: FuncId) -> Result<Code, Stop> {
        let func = self.module.func(id);
        let code = Code {
            func: id,
            insns: Vec::new(),
            spans: Vec::new(),
            params: Vec::new(),
            words: 0,
            bytes: 0,
            slots: func.slots.iter().map(|s| (self.layouts.size(s.ty), self.layouts.align(s.ty))).collect(),
            calls: Vec::new(),
            switches: Vec::new(),
            flagged: Vec::new(),
        };
        let mut body =
            Body { decoder: self, func, code, places: Vec::new(), span: func.span, op: "function" };
        body.place_registers()?;
        body.code.params = body.places[..func.params.len()].to_vec();
        let mut starts = Vec::with_capacity(func.blocks.len());
        for block in &func.blocks {
            let start = body.code.insns.len();
            starts.push(start as u32);
            for inst in &block.insts {
                body.inst(inst)?;
            }
            body.span = block.term_span;
            body.terminator(&block.term, start)?;
        }
        body.code.resolve(&starts);
        Ok(body.code)
    }

    /// The C library's function that an extern function stands for, to be called with a signature.
    ///
    /// # Errors
    /// [`Stop::Unsupported`] when there is none, or it has another prototype.
    pub fn external(&self, id: FuncId, sig: SigId, span: Span) -> Result<Run, Stop> {
        let name = &self.module.func(id).name;
        let sig = self.module.types.sig(sig);
        let Some(known) = externs::find(name, self.os) else {
            return Err(unsupported(format!("the interpreter has no extern function `{name}`"), span));
        };
        if libc::fits(sig, known.params, known.ret, self.layout.pointer_bits()) {
            Ok(known.run)
        } else {
            Err(unsupported(
                format!("extern function `{name}` is not declared as the C library has it"),
                span,
            ))
        }
    }
}

/// Addresses that are constants of a run.
#[derive(Debug, Default)]
pub struct Addresses {
    /// Of each function.
    pub funcs: Vec<u64>,
    /// Of each global; `None` of those defined elsewhere.
    pub globals: Vec<Option<u64>>,
}

fn unsupported(message: String, span: Span) -> Stop {
    let diagnostic = Diagnostic::error(ErrorCode::OpNotSupported, message);
    let diagnostic = if span.is_some() { diagnostic.at(span, "needed here") } else { diagnostic };
    Stop::Unsupported(Box::new(
        diagnostic.help("compile it instead: `--backend=cranelift` or `--backend=llvm`"),
    ))
}

fn invalid(op: &str) -> Stop {
    Stop::Unsupported(Box::new(Diagnostic::internal(format!(
        "`{op}` with operands of the wrong type reached the interpreter"
    ))))
}

impl Code {
    /// Turns the block numbers in jumps into positions.
    fn resolve(&mut self, starts: &[u32]) {
        let resolve = |block: &mut u32| *block = starts[*block as usize];
        for insn in &mut self.insns {
            if let Insn::Jump { to, .. } = insn {
                resolve(to);
            } else if let Insn::Branch { then, otherwise, .. } = insn {
                resolve(then);
                resolve(otherwise);
            }
        }
        for table in &mut self.switches {
            table.cases.iter_mut().for_each(|(_, to)| resolve(to));
            resolve(&mut table.default);
        }
    }
}

/// A function being decoded.
struct Body<'a, 'm> {
    decoder: &'a Decoder<'m>,
    func: &'m Function,
    code: Code,
    places: Vec<Place>,
    span: Span,
    /// Name of the operation at hand, for messages.
    op: &'static str,
}

impl Body<'_, '_> {
    fn place_registers(&mut self) -> Result<(), Stop> {
        let (mut words, mut bytes) = (0u64, 0u64);
        for reg in &self.func.regs {
            let place = match self.decoder.scalar(reg.ty) {
                Some(scalar) => {
                    words += 1;
                    Place::Word(words as u32 - 1, scalar)
                }
                None => {
                    if let TypeData::Vector(..) = self.decoder.module.types.get(reg.ty) {
                        let error = Diagnostic::error(
                            ErrorCode::OpNotSupported,
                            "the interpreter has no vector types",
                        );
                        // No other back end has them either.
                        let error = error.at(self.span, "needed here").help("use a fixed array");
                        return Err(Stop::Unsupported(Box::new(error)));
                    }
                    let size = self.decoder.layouts.size(reg.ty);
                    let at = bytes;
                    bytes = size.saturating_mul(2).saturating_add(bytes);
                    if bytes > u64::from(u32::MAX) {
                        return Err(unsupported(
                            format!("the registers of `{}` do not fit the interpreter", self.func.name),
                            self.span,
                        ));
                    }
                    Place::Agg(Agg { at: at as u32, size: size as u32 })
                }
            };
            self.places.push(place);
        }
        (self.code.words, self.code.bytes) = (words as usize, bytes as usize);
        Ok(())
    }

    // ---- operands; the verifier has seen to it that they are of the right class

    fn invalid(&self) -> Stop {
        invalid(self.op)
    }

    fn place(&self, reg: Reg) -> Place {
        self.places[reg.idx()]
    }

    fn word(&self, reg: Reg) -> Result<Word, Stop> {
        self.scalar(reg).map(|(word, _)| word)
    }

    fn scalar(&self, reg: Reg) -> Result<(Word, Scalar), Stop> {
        match self.place(reg) {
            Place::Word(word, scalar) => Ok((word, scalar)),
            Place::Agg(_) => Err(self.invalid()),
        }
    }

    fn agg(&self, reg: Reg) -> Result<Agg, Stop> {
        match self.place(reg) {
            Place::Agg(agg) => Ok(agg),
            Place::Word(..) => Err(self.invalid()),
        }
    }

    fn some<T>(&self, found: Option<T>) -> Result<T, Stop> {
        found.ok_or_else(|| self.invalid())
    }

    fn push(&mut self, insn: Insn) {
        self.code.insns.push(insn);
        self.code.spans.push(self.span);
    }

    // ---- instructions

    fn unary(&mut self, dst: Reg, f: fn(Scalar) -> Option<Unary>, a: Reg) -> Result<(), Stop> {
        let (a, scalar) = self.scalar(a)?;
        let insn = Insn::Unary { f: self.some(f(scalar))?, dst: self.word(dst)?, a };
        self.push(insn);
        Ok(())
    }

    fn binary(&mut self, dst: Reg, f: fn(Scalar) -> Option<Binary>, a: Reg, b: Reg) -> Result<(), Stop> {
        let (a, scalar) = self.scalar(a)?;
        let insn = Insn::Binary { f: self.some(f(scalar))?, dst: self.word(dst)?, a, b: self.word(b)? };
        self.push(insn);
        Ok(())
    }

    fn compare(&mut self, dst: Reg, f: fn(Scalar) -> Binary, a: Reg, b: Reg) -> Result<(), Stop> {
        let (a, scalar) = self.scalar(a)?;
        let insn = Insn::Binary { f: f(scalar), dst: self.word(dst)?, a, b: self.word(b)? };
        self.push(insn);
        Ok(())
    }

    fn divide(
        &mut self,
        dst: Reg,
        int: fn(Scalar) -> Option<arith::Divide>,
        float: fn(Scalar) -> Option<Binary>,
        (a, b): (Reg, Reg),
        zero: TrapKind,
    ) -> Result<(), Stop> {
        let (a, scalar) = self.scalar(a)?;
        let (b, dst) = (self.word(b)?, self.word(dst)?);
        let insn = match int(scalar) {
            Some(f) => Insn::Divide { f, dst, a, b, zero },
            None => Insn::Binary { f: self.some(float(scalar))?, dst, a, b },
        };
        self.push(insn);
        Ok(())
    }

    fn carry(&mut self, dst: Reg, f: fn(Scalar) -> Option<arith::Carry>, a: Reg, b: Reg) -> Result<(), Stop> {
        let (a, scalar) = self.scalar(a)?;
        let f = self.some(f(scalar))?;
        let dst = self.flagged(dst, scalar)?;
        let insn = Insn::Carry { f, dst, a, b: self.word(b)? };
        self.push(insn);
        Ok(())
    }

    fn flagged(&mut self, dst: Reg, scalar: Scalar) -> Result<u32, Stop> {
        let agg = self.agg(dst)?;
        let ty = self.func.ty(dst);
        let field = |index| FieldAt { agg, offset: self.decoder.layouts.field_offset(ty, index) as u32 };
        let flagged = Flagged { value: field(0), scalar, flag: field(1) };
        self.code.flagged.push(flagged);
        Ok(self.code.flagged.len() as u32 - 1)
    }

    fn cast(&mut self, dst: Reg, a: Reg, f: fn(Scalar, Scalar) -> Option<Unary>) -> Result<(), Stop> {
        let ((dst, to), (a, from)) = (self.scalar(dst)?, self.scalar(a)?);
        let insn = Insn::Unary { f: self.some(f(from, to))?, dst, a };
        self.push(insn);
        Ok(())
    }

    fn copy(&mut self, dst: Reg, a: Reg) -> Result<(), Stop> {
        let insn = match self.place(dst) {
            Place::Word(dst, _) => Insn::Copy { dst, a: self.word(a)? },
            Place::Agg(dst) => Insn::CopyAgg { dst, a: self.agg(a)?.at },
        };
        self.push(insn);
        Ok(())
    }

    fn constant(&mut self, dst: Reg, bits: u64) -> Result<(), Stop> {
        let (dst, scalar) = self.scalar(dst)?;
        self.push(Insn::Const { dst, bits: scalar.canonical(bits) });
        Ok(())
    }

    fn access(&self, reg: Reg) -> Option<Access> {
        let ty = self.func.ty(reg);
        self.decoder.scalar(ty).map(|scalar| Access { scalar, align: self.decoder.layouts.align(ty) as u8 })
    }

    fn load(&mut self, dst: Reg, addr: Reg) -> Result<(), Stop> {
        let addr = self.word(addr)?;
        let insn = match (self.place(dst), self.access(dst)) {
            (Place::Word(dst, _), Some(access)) => Insn::Load { dst, addr, access },
            (Place::Agg(agg), None) => {
                let align = self.decoder.layouts.align(self.func.ty(dst)) as u32;
                Insn::LoadAgg { dst: agg, addr, align }
            }
            (Place::Word(..), None) | (Place::Agg(_), Some(_)) => return Err(self.invalid()),
        };
        self.push(insn);
        Ok(())
    }

    fn store(&mut self, value: Reg, addr: Reg) -> Result<(), Stop> {
        let addr = self.word(addr)?;
        let insn = match (self.place(value), self.access(value)) {
            (Place::Word(value, _), Some(access)) => Insn::Store { value, addr, access },
            (Place::Agg(agg), None) => {
                let align = self.decoder.layouts.align(self.func.ty(value)) as u32;
                Insn::StoreAgg { value: agg, addr, align }
            }
            (Place::Word(..), None) | (Place::Agg(_), Some(_)) => return Err(self.invalid()),
        };
        self.push(insn);
        Ok(())
    }

    fn field(&mut self, dst: Reg, base: Reg, offset: u64) -> Result<(), Stop> {
        let insn = Insn::Field { dst: self.word(dst)?, base: self.word(base)?, offset };
        self.push(insn);
        Ok(())
    }

    fn index(&mut self, dst: Reg, base: Reg, index: Reg, size: u64) -> Result<(), Stop> {
        let insn =
            Insn::Index { dst: self.word(dst)?, base: self.word(base)?, index: self.word(index)?, size };
        self.push(insn);
        Ok(())
    }

    fn get(&mut self, dst: Reg, agg: Agg, offset: u64) {
        let from = FieldAt { agg, offset: offset as u32 };
        self.push(match self.place(dst) {
            Place::Word(dst, scalar) => Insn::GetField { dst, from, scalar },
            Place::Agg(dst) => Insn::GetAgg { dst, from },
        });
    }

    fn set(&mut self, agg: Agg, offset: u64, value: Reg) {
        let to = FieldAt { agg, offset: offset as u32 };
        self.push(match self.place(value) {
            Place::Word(value, scalar) => Insn::SetField { to, value, scalar },
            Place::Agg(value) => Insn::SetAgg { to, value },
        });
    }

    fn enum_id(&self, reg: Reg) -> Result<EnumId, Stop> {
        match self.decoder.module.types.get(self.func.ty(reg)) {
            TypeData::Enum(id) => Ok(*id),
            _ => Err(self.invalid()),
        }
    }

    fn args(&self, args: RegList) -> Box<[Place]> {
        args.of(&self.func.pool).iter().map(|&reg| self.place(reg)).collect()
    }

    fn site(&mut self, args: RegList, dst: Option<Place>) -> u32 {
        self.code.calls.push(CallSite { args: self.args(args), dst });
        self.code.calls.len() as u32 - 1
    }

    fn call(&mut self, func: FuncId, args: RegList, dst: Option<Place>) -> Result<(), Stop> {
        let insn = if self.decoder.module.func(func).is_defined() {
            Insn::Call { func, site: self.site(args, dst) }
        } else {
            let sig = self.decoder.module.func(func).sig;
            Insn::CallExtern { run: self.decoder.external(func, sig, self.span)?, site: self.site(args, dst) }
        };
        self.push(insn);
        Ok(())
    }

    /// An extern function leaves no frame to reuse: it is called, and its result returned.
    fn tail_call(&mut self, func: FuncId, args: RegList, cost: u32) -> Result<Insn, Stop> {
        if self.decoder.module.func(func).is_defined() {
            return Ok(Insn::TailCall { func, site: self.site(args, None), cost });
        }
        let value = self.decoder.scalar(self.decoder.module.sig_of(func).ret).map(|scalar| {
            self.code.words += 1;
            Place::Word(self.code.words as u32 - 1, scalar)
        });
        self.call(func, args, value)?;
        Ok(Insn::Return { value, cost })
    }

    fn inst(&mut self, inst: &Inst) -> Result<(), Stop> {
        self.span = inst.span;
        self.op = inst.op.info().name;
        match inst.op {
            Op::Core(op) => self.core(op, inst.dst),
            Op::Rich(_) => Err(unsupported(
                format!("operation `{}` is not supported by the interpreter", self.op),
                self.span,
            )),
        }
    }

    fn core(&mut self, op: CoreOp, result: Option<Reg>) -> Result<(), Stop> {
        let (decoder, name) = (self.decoder, self.op);
        let layouts = &decoder.layouts;
        let dst = || result.ok_or_else(|| invalid(name));
        match op {
            CoreOp::Const { bits } => self.constant(dst()?, bits.0),
            CoreOp::Zero {} => match self.place(dst()?) {
                Place::Word(dst, _) => {
                    self.push(Insn::Const { dst, bits: 0 });
                    Ok(())
                }
                Place::Agg(dst) => {
                    self.push(Insn::ZeroAgg { dst });
                    Ok(())
                }
            },
            CoreOp::Mov { a } => self.copy(dst()?, a),
            CoreOp::SizeOf { ty } => self.constant(dst()?, layouts.size(ty)),
            CoreOp::AlignOf { ty } => self.constant(dst()?, layouts.align(ty)),
            CoreOp::OffsetOf { ty, index } => self.constant(dst()?, layouts.field_offset(ty, index)),
            CoreOp::FuncAddr { func } => self.constant(dst()?, decoder.addresses.funcs[func.idx()]),
            CoreOp::GlobalAddr { global } => match decoder.addresses.globals[global.idx()] {
                Some(address) => self.constant(dst()?, address),
                None => {
                    let name = &self.decoder.module.globals[global.idx()].name;
                    Err(unsupported(format!("the interpreter has no extern global `{name}`"), self.span))
                }
            },
            CoreOp::SlotAddr { slot } => {
                let insn = Insn::SlotAddr { dst: self.word(dst()?)?, slot: slot.0 };
                self.push(insn);
                Ok(())
            }

            CoreOp::Add { a, b } => self.binary(dst()?, arith::add, a, b),
            CoreOp::Sub { a, b } => self.binary(dst()?, arith::sub, a, b),
            CoreOp::Mul { a, b } => self.binary(dst()?, arith::mul, a, b),
            CoreOp::Div { a, b } => {
                self.divide(dst()?, arith::div_int, arith::div_float, (a, b), TrapKind::DivisionByZero)
            }
            CoreOp::Rem { a, b } => {
                self.divide(dst()?, arith::rem_int, arith::rem_float, (a, b), TrapKind::RemainderByZero)
            }
            CoreOp::Neg { a } => self.unary(dst()?, arith::neg, a),
            CoreOp::Abs { a } => self.unary(dst()?, arith::abs, a),
            CoreOp::Min { a, b } => self.binary(dst()?, arith::min, a, b),
            CoreOp::Max { a, b } => self.binary(dst()?, arith::max, a, b),
            CoreOp::AddChecked { a, b } => self.carry(dst()?, arith::add_checked, a, b),
            CoreOp::SubChecked { a, b } => self.carry(dst()?, arith::sub_checked, a, b),
            CoreOp::MulChecked { a, b } => self.carry(dst()?, arith::mul_checked, a, b),
            CoreOp::Sqrt { a } => self.unary(dst()?, arith::sqrt, a),
            CoreOp::Fma { a, b, c } => {
                let dst = self.word(dst()?)?;
                let (a, scalar) = self.scalar(a)?;
                let f = self.some(arith::fma(scalar))?;
                let insn = Insn::Ternary { f, dst, a, b: self.word(b)?, c: self.word(c)? };
                self.push(insn);
                Ok(())
            }
            CoreOp::CopySign { a, b } => self.binary(dst()?, arith::copysign, a, b),
            CoreOp::Floor { a } => self.unary(dst()?, arith::floor, a),
            CoreOp::Ceil { a } => self.unary(dst()?, arith::ceil, a),
            CoreOp::RoundZero { a } => self.unary(dst()?, arith::round_zero, a),
            CoreOp::RoundEven { a } => self.unary(dst()?, arith::round_even, a),
            CoreOp::RoundAway { a } => self.unary(dst()?, arith::round_away, a),

            CoreOp::And { a, b } => self.binary(dst()?, arith::and, a, b),
            CoreOp::Or { a, b } => self.binary(dst()?, arith::or, a, b),
            CoreOp::Xor { a, b } => self.binary(dst()?, arith::xor, a, b),
            CoreOp::Not { a } => self.unary(dst()?, arith::not, a),
            CoreOp::Shl { a, count } => self.binary(dst()?, arith::shl, a, count),
            CoreOp::Shr { a, count } => self.binary(dst()?, arith::shr, a, count),
            CoreOp::RotateLeft { a, count } => self.binary(dst()?, arith::rotate_left, a, count),
            CoreOp::RotateRight { a, count } => self.binary(dst()?, arith::rotate_right, a, count),
            CoreOp::PopCount { a } => self.unary(dst()?, arith::popcount, a),
            CoreOp::LeadingZeros { a } => self.unary(dst()?, arith::leading_zeros, a),
            CoreOp::TrailingZeros { a } => self.unary(dst()?, arith::trailing_zeros, a),
            CoreOp::ByteSwap { a } => self.unary(dst()?, arith::byte_swap, a),

            CoreOp::Eq { a, b } => self.compare(dst()?, arith::eq, a, b),
            CoreOp::Ne { a, b } => self.compare(dst()?, arith::ne, a, b),
            CoreOp::Lt { a, b } => self.compare(dst()?, arith::lt, a, b),
            CoreOp::Le { a, b } => self.compare(dst()?, arith::le, a, b),
            CoreOp::Gt { a, b } => self.compare(dst()?, arith::gt, a, b),
            CoreOp::Ge { a, b } => self.compare(dst()?, arith::ge, a, b),

            CoreOp::Trunc { a } | CoreOp::Extend { a } | CoreOp::Resize { a } | CoreOp::Bitcast { a } => {
                self.cast(dst()?, a, |_, to| Some(arith::resize(to)))
            }
            CoreOp::IntToFloat { a } => self.cast(dst()?, a, arith::int_to_float),
            CoreOp::FloatToInt { a } => self.cast(dst()?, a, arith::float_to_int),
            CoreOp::Promote { a } => self.cast(dst()?, a, |_, _| Some(arith::PROMOTE)),
            CoreOp::Demote { a } => self.cast(dst()?, a, |_, _| Some(arith::DEMOTE)),
            CoreOp::PtrToInt { a } | CoreOp::IntToPtr { a } => self.copy(dst()?, a),
            CoreOp::Select { cond, a, b } => {
                let cond = self.word(cond)?;
                let insn = match self.place(dst()?) {
                    Place::Word(dst, _) => Insn::Select { dst, cond, a: self.word(a)?, b: self.word(b)? },
                    Place::Agg(dst) => Insn::SelectAgg { dst, cond, a: self.agg(a)?.at, b: self.agg(b)?.at },
                };
                self.push(insn);
                Ok(())
            }

            CoreOp::Load { addr, alias: _ }
            | CoreOp::LoadVolatile { addr }
            | CoreOp::LoadAtomic { addr, order: _ } => self.load(dst()?, addr),
            CoreOp::Store { value, addr, alias: _ }
            | CoreOp::StoreVolatile { value, addr }
            | CoreOp::StoreAtomic { value, addr, order: _ } => self.store(value, addr),
            CoreOp::Rmw { rmw, value, addr, order: _ } => {
                let access = self.some(self.access(value))?;
                let (dst, value, addr) = (self.word(dst()?)?, self.word(value)?, self.word(addr)?);
                self.push(Insn::Rmw { rmw, dst, value, addr, access });
                Ok(())
            }
            CoreOp::CmpXchg { expected, new, addr, order: _ } => {
                let access = self.some(self.access(expected))?;
                let dst = dst()?;
                let dst = self.flagged(dst, access.scalar)?;
                let (expected, new, addr) = (self.word(expected)?, self.word(new)?, self.word(addr)?);
                self.push(Insn::CmpXchg { dst, expected, new, addr, access });
                Ok(())
            }
            CoreOp::Fence { order: _ } => Ok(()), // there is one thread
            CoreOp::MemCopy { dst, src, len } => self.copying(dst, src, len, false),
            CoreOp::MemMove { dst, src, len } => self.copying(dst, src, len, true),
            CoreOp::MemFill { dst, byte, len } => {
                let insn = Insn::Fill { dst: self.word(dst)?, byte: self.word(byte)?, len: self.word(len)? };
                self.push(insn);
                Ok(())
            }
            CoreOp::FieldAddr { base, ty, index } => {
                self.field(dst()?, base, layouts.field_offset(ty, index))
            }
            CoreOp::IndexAddr { base, elem, index } => self.index(dst()?, base, index, layouts.size(elem)),
            CoreOp::VariantAddr { base, ty, variant, field } => {
                let TypeData::Enum(id) = self.decoder.module.types.get(ty) else {
                    return Err(self.invalid());
                };
                self.field(dst()?, base, layouts.variant_field_offset(*id, variant, field))
            }
            CoreOp::PtrAdd { base, bytes } => self.index(dst()?, base, bytes, 1),
            CoreOp::HeapAlloc { size } => self.alloc(dst()?, size, false),
            CoreOp::HeapAllocZeroed { size } => self.alloc(dst()?, size, true),
            CoreOp::HeapIsChecked {} => self.constant(dst()?, 1),
            CoreOp::HeapResize { base, size } => {
                let insn =
                    Insn::Resize { dst: self.word(dst()?)?, base: self.word(base)?, size: self.word(size)? };
                self.push(insn);
                Ok(())
            }
            CoreOp::HeapFree { base } => {
                let insn = Insn::Free { base: self.word(base)? };
                self.push(insn);
                Ok(())
            }
            CoreOp::Retain { a } => {
                let insn = Insn::Count { addr: self.word(a)?, by: 1, last: None };
                self.push(insn);
                Ok(())
            }
            CoreOp::Release { a } => {
                let insn = Insn::Count { addr: self.word(a)?, by: -1, last: Some(self.word(dst()?)?) };
                self.push(insn);
                Ok(())
            }
            CoreOp::IsUnique { a } => {
                let insn = Insn::IsUnique { dst: self.word(dst()?)?, addr: self.word(a)? };
                self.push(insn);
                Ok(())
            }

            CoreOp::Call { func, args } => self.call(func, args, result.map(|reg| self.place(reg))),
            CoreOp::CallIndirect { callee, sig, args } => {
                let callee = self.word(callee)?;
                let site = self.site(args, result.map(|reg| self.place(reg)));
                self.push(Insn::CallIndirect { callee, sig, site });
                Ok(())
            }

            CoreOp::AggMake { fields } => {
                let dst = dst()?;
                let (agg, ty) = (self.agg(dst)?, self.func.ty(dst));
                self.push(Insn::ClearAgg { dst: agg });
                for (i, &field) in fields.of(&self.func.pool).iter().enumerate() {
                    self.set(agg, self.decoder.layouts.field_offset(ty, i as u32), field);
                }
                Ok(())
            }
            CoreOp::AggGet { agg, index } => {
                let offset = layouts.field_offset(self.func.ty(agg), index);
                self.get(dst()?, self.agg(agg)?, offset);
                Ok(())
            }
            CoreOp::AggSet { agg, index, value } => {
                let offset = layouts.field_offset(self.func.ty(agg), index);
                let dst = dst()?;
                self.copy(dst, agg)?;
                self.set(self.agg(dst)?, offset, value);
                Ok(())
            }
            CoreOp::EnumMake { variant, payload } => {
                let dst = dst()?;
                let (agg, id) = (self.agg(dst)?, self.enum_id(dst)?);
                self.push(Insn::ClearAgg { dst: agg });
                self.push(Insn::SetTag { dst: agg, variant });
                for (i, &field) in payload.of(&self.func.pool).iter().enumerate() {
                    self.set(agg, self.decoder.layouts.variant_field_offset(id, variant, i as u32), field);
                }
                Ok(())
            }
            CoreOp::EnumTag { value } => {
                self.get(dst()?, self.agg(value)?, 0);
                Ok(())
            }
            CoreOp::EnumPayload { value, variant, field } => {
                let offset = layouts.variant_field_offset(self.enum_id(value)?, variant, field);
                let (dst, value) = (dst()?, self.agg(value)?);
                self.push(Insn::CheckTag { value, variant });
                self.get(dst, value, offset);
                Ok(())
            }

            CoreOp::DebugDeclare { .. } | CoreOp::DebugValue { .. } => Ok(()),
            CoreOp::Assume { cond } => {
                let insn = Insn::Assume { cond: self.word(cond)? };
                self.push(insn);
                Ok(())
            }
            CoreOp::NonNull { a } => {
                let insn = Insn::Assume { cond: self.word(a)? };
                self.push(insn);
                self.copy(dst()?, a)
            }
            CoreOp::Likely { cond } | CoreOp::Unlikely { cond } => self.copy(dst()?, cond),
            CoreOp::Trap {} => {
                self.push(Insn::Trap);
                Ok(())
            }
        }
    }

    fn alloc(&mut self, dst: Reg, size: Reg, zeroed: bool) -> Result<(), Stop> {
        let insn = Insn::Alloc { dst: self.word(dst)?, size: self.word(size)?, zeroed };
        self.push(insn);
        Ok(())
    }

    fn copying(&mut self, dst: Reg, src: Reg, len: Reg, may_overlap: bool) -> Result<(), Stop> {
        let insn =
            Insn::Copying { dst: self.word(dst)?, src: self.word(src)?, len: self.word(len)?, may_overlap };
        self.push(insn);
        Ok(())
    }

    fn terminator(&mut self, term: &Terminator, start: usize) -> Result<(), Stop> {
        let cost = (self.code.insns.len() - start) as u32 + 1;
        let insn = match *term {
            Terminator::Goto(to) => Insn::Jump { to: to.0, cost },
            Terminator::Branch { cond, then, otherwise, hint: _ } => {
                Insn::Branch { cond: self.word(cond)?, then: then.0, otherwise: otherwise.0, cost }
            }
            Terminator::Switch { value, cases, default } => {
                let (value, scalar) = self.scalar(value)?;
                let cases = cases.of(&self.func.cases).iter();
                let mut cases: Box<[(u64, u32)]> =
                    cases.map(|&(bits, to)| (scalar.canonical(bits), to.0)).collect();
                cases.sort_unstable();
                self.code.switches.push(SwitchTable { cases, default: default.0 });
                Insn::Switch { value, table: self.code.switches.len() as u32 - 1, cost }
            }
            Terminator::Return(value) => Insn::Return { value: value.map(|reg| self.place(reg)), cost },
            Terminator::Unreachable => Insn::Unreachable,
            Terminator::TailCall { func, args } => self.tail_call(func, args, cost)?,
            Terminator::Panic(_) => return Err(self.rich_terminator("panic")),
            Terminator::Invoke { .. } => return Err(self.rich_terminator("invoke")),
        };
        self.push(insn);
        Ok(())
    }

    fn rich_terminator(&self, name: &str) -> Stop {
        unsupported(format!("terminator `{name}` is not supported by the interpreter"), self.span)
    }
}
