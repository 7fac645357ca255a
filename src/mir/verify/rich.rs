//! Invariants of single rich operations, beyond what the op table states.

use super::func::Body;
use crate::diagnostics::Code;
use crate::mir::*;

impl<'m> Body<'_, 'm> {
    /// Invariants 15 and 16; classes and result rules hold.
    pub(super) fn rich(&mut self, op: RichOp, dst: Option<Ty>) {
        let dst = dst.unwrap_or(Ty::UNIT);
        let ty = |reg: Reg| self.f.ty(reg);
        match op {
            RichOp::RangeMake { start, .. } => {
                let wanted = TypeData::Range(ty(start));
                self.result_is(dst, wanted);
            }
            RichOp::ArrayLiteral { items } => {
                let elem = self.elem(dst);
                self.all_of("an element", self.list(items), elem);
            }
            RichOp::ArrayGet { array, .. } => {
                let elem = self.elem(ty(array));
                self.same_type("the result", dst, elem);
            }
            RichOp::ArraySet { array, value, .. } | RichOp::ArrayAppend { array, value } => {
                let (elem, value) = (self.elem(ty(array)), ty(value));
                self.same_type("operand `value`", value, elem);
            }
            RichOp::DictLiteral { items } => self.dict_literal(dst, items),
            RichOp::DictGet { dict, key } => {
                let value = self.key_of(dict, key);
                self.optional(dst, value);
            }
            RichOp::DictSet { dict, key, value } => {
                let value_ty = self.key_of(dict, key);
                self.same_type("operand `value`", self.f.ty(value), value_ty);
            }
            RichOp::DictRemove { dict, key } | RichOp::DictContains { dict, key } => {
                self.key_of(dict, key);
            }
            RichOp::PatternIs { value, variant } => {
                self.variant(ty(value), variant);
            }
            RichOp::PatternAs { value, variant, field } => {
                if let Some(field) = self.payload(ty(value), variant, field) {
                    self.same_type("the result", dst, field);
                }
            }
            RichOp::PatternMatch { value, values } => {
                let wanted = ty(value);
                self.all_of("a listed value", self.list(values), wanted);
            }
            RichOp::Try { outcome } => self.try_(ty(outcome), dst),
            RichOp::Propagate { outcome } => {
                self.propagated(ty(outcome));
            }
            RichOp::Throw { error } => self.fails_with(Some(ty(error))),
            RichOp::ClosureFunc { func } => self.of_closure(func, false),
            RichOp::ClosureMake { func, drop, .. } => {
                self.of_closure(func, true);
                self.drops(drop);
            }
            RichOp::ClosureCapture { env, index, .. } => {
                if matches!(self.m.types.get(env), TypeData::Tuple(_)) {
                    self.field(env, index);
                } else {
                    let env = self.show(env);
                    self.error(Code::MirType, format!("the captures of a closure are a tuple, not {env}"));
                }
            }
            RichOp::ClosureApply { sig, args, .. } => {
                self.arguments(self.m.types.sig(sig), args);
                self.closure_sig(sig);
            }
            RichOp::ClosurePartial { sig, drop, args, .. } => {
                let mut bound = self.m.types.sig(sig).clone();
                bound.params.truncate(args.len as usize);
                self.arguments(&bound, args);
                self.closure_sig(sig);
                self.drops(drop);
            }
            RichOp::CallVirtual { sig, args, .. } => self.arguments(self.m.types.sig(sig), args),
            RichOp::GpuLaunch { kernel, args, .. } => self.arguments(self.m.sig_of(kernel), args),
            RichOp::VecSplat { a } => {
                let elem = self.lanes(dst).0;
                self.same_type("operand `a`", self.f.ty(a), elem);
            }
            RichOp::VecExtract { vec, lane } => {
                let elem = self.lane(ty(vec), lane);
                self.same_type("the result", dst, elem);
            }
            RichOp::VecInsert { vec, lane, value } => {
                let elem = self.lane(ty(vec), lane);
                self.same_type("operand `value`", self.f.ty(value), elem);
            }
            RichOp::VecShuffle { a, lanes, .. } => {
                let (elem, count) = self.lanes(ty(lanes));
                if !elem.is_int() || count != self.lanes(self.f.ty(a)).1 {
                    self.error(
                        Code::MirType,
                        "operand `lanes` of `vec.shuffle` is not one integer for each lane".into(),
                    );
                }
            }
            RichOp::VecSelect { mask, a, .. } => {
                let (mask, like) = (ty(mask), ty(a));
                self.mask("operand `mask`", mask, like);
            }
            RichOp::VecEq { a, .. } | RichOp::VecLt { a, .. } => {
                let like = ty(a);
                self.mask("the result", dst, like);
            }
            RichOp::VecSum { vec }
            | RichOp::VecProduct { vec }
            | RichOp::VecMin { vec }
            | RichOp::VecMax { vec } => {
                let elem = self.lanes(ty(vec)).0;
                if !elem.is_int() && !elem.is_float() {
                    self.error(Code::MirType, format!("the lanes of `{}` are no numbers", self.name));
                }
                self.same_type("the result", dst, elem);
            }
            RichOp::VecGather { addrs, mask, other: values }
            | RichOp::VecScatter { value: values, addrs, mask } => {
                let (addrs, mask, values) = (ty(addrs), ty(mask), ty(values));
                let wanted = TypeData::Vector(Ty::PTR, self.lanes(values).1);
                if *self.m.types.get(addrs) != wanted {
                    let message =
                        format!("operand `addrs` of `{}` is not one `ptr` for each lane", self.name);
                    self.error(Code::MirType, message);
                }
                self.mask("operand `mask`", mask, values);
            }
            RichOp::GpuGlobalId { dim } => {
                if dim > 2 {
                    self.error(Code::MirField, format!("`gpu.global_id` of dimension {dim}"));
                }
            }
            RichOp::IndexCheck { .. }
            | RichOp::Share { .. }
            | RichOp::Drop { .. }
            | RichOp::TextEq { .. }
            | RichOp::ArrayLen { .. }
            | RichOp::ArrayCapacity { .. }
            | RichOp::ArrayReserve { .. }
            | RichOp::ArraySlice { .. }
            | RichOp::ArrayConcat { .. }
            | RichOp::ArrayClear { .. }
            | RichOp::DictLen { .. }
            | RichOp::TextLiteral { .. }
            | RichOp::TextLen { .. }
            | RichOp::TextConcat { .. }
            | RichOp::TextSlice { .. }
            | RichOp::Format { .. }
            | RichOp::ClosureFree { .. }
            | RichOp::Catch {}
            | RichOp::Unwind {}
            | RichOp::GpuBarrier {}
            | RichOp::GpuAtomicAdd { .. }
            | RichOp::Await { .. }
            | RichOp::Yield { .. }
            | RichOp::ActorSpawn { .. }
            | RichOp::ActorSend { .. }
            | RichOp::ActorAsk { .. } => {}
        }
    }

    /// Whether a function can be a closure's, which takes the closure's address first where there are captures.
    fn of_closure(&mut self, func: FuncId, takes_closure: bool) {
        let sig = self.m.sig_of(func);
        let fits = !takes_closure || sig.abi == Abi::Simple && sig.params.first() == Some(&Ty::PTR);
        if sig.variadic || !fits {
            let why = if sig.variadic {
                "is variadic"
            } else {
                "is not of the `simple` convention with a `ptr` first"
            };
            let name = &self.m.func(func).name;
            self.error(
                Code::MirCall,
                format!("`@{name}` {why} and cannot be the function of `{}`", self.name),
            );
        }
    }

    fn closure_sig(&mut self, sig: SigId) {
        let sig = self.m.types.sig(sig);
        if sig.abi != Abi::Simple || sig.variadic {
            self.error(
                Code::MirCall,
                format!("`{}` is of closures, which have the `simple` convention", self.name),
            );
        }
    }

    /// Whether a function can give captures up.
    fn drops(&mut self, drop: MaybeFunc) {
        let Some(drop) = drop else { return };
        let sig = self.m.sig_of(drop);
        if sig.abi != Abi::Simple || sig.params != [Ty::PTR] || sig.ret != Ty::UNIT {
            let name = &self.m.func(drop).name;
            let message = format!(
                "`@{name}` does not drop for `{}`: that takes one `ptr` and gives nothing",
                self.name
            );
            self.error(Code::MirCall, message);
        }
    }

    fn result_is(&mut self, dst: Ty, wanted: TypeData) {
        if *self.m.types.get(dst) != wanted {
            let dst = self.show(dst);
            self.error(Code::MirResult, format!("the result of `{}` is not {dst}", self.name));
        }
    }

    /// The element type of an array type.
    fn elem(&self, ty: Ty) -> Ty {
        if let TypeData::Array(elem) = self.m.types.get(ty) { *elem } else { Ty::UNIT }
    }

    /// Lane type and number of a vector type.
    fn lanes(&self, ty: Ty) -> (Ty, u32) {
        if let TypeData::Vector(elem, count) = self.m.types.get(ty) { (*elem, *count) } else { (Ty::UNIT, 0) }
    }

    fn lane(&mut self, ty: Ty, lane: u32) -> Ty {
        let (elem, count) = self.lanes(ty);
        if lane >= count {
            let ty = self.show(ty);
            self.error(Code::MirField, format!("`{}`: {ty} has no lane {lane}", self.name));
        }
        elem
    }

    /// Whether a type is one bool for each lane of another.
    fn mask(&mut self, what: &str, mask: Ty, like: Ty) {
        let wanted = TypeData::Vector(Ty::BOOL, self.lanes(like).1);
        if *self.m.types.get(mask) != wanted {
            let message = format!("{what} of `{}` is not one `bool` for each lane", self.name);
            self.error(Code::MirType, message);
        }
    }

    fn all_of(&mut self, what: &str, regs: &'m [Reg], wanted: Ty) {
        regs.iter().for_each(|&reg| self.same_type(what, self.f.ty(reg), wanted));
    }

    /// Checks the key of an access to a dict; the type of its values.
    fn key_of(&mut self, dict: Reg, key: Reg) -> Ty {
        let TypeData::Dict(key_ty, value) = *self.m.types.get(self.f.ty(dict)) else { return Ty::UNIT };
        self.same_type("operand `key`", self.f.ty(key), key_ty);
        value
    }

    fn dict_literal(&mut self, dst: Ty, items: RegList) {
        let TypeData::Dict(key, value) = *self.m.types.get(dst) else { return };
        let items = self.list(items);
        if !items.len().is_multiple_of(2) {
            return self.error(Code::MirField, "`dict.literal` has a key without a value".into());
        }
        for pair in items.chunks(2) {
            self.same_type("a key", self.f.ty(pair[0]), key);
            self.same_type("a value", self.f.ty(pair[1]), value);
        }
    }

    /// Whether an enum type has a variant for a value and one for none.
    fn optional(&mut self, ty: Ty, value: Ty) {
        let TypeData::Enum(id) = *self.m.types.get(ty) else { return };
        let variants = &self.m.types.enum_def(id).variants;
        let some = variants.iter().any(|v| v.1 == [value]);
        if variants.len() != 2 || !some || !variants.iter().any(|v| v.1.is_empty()) {
            let (ty, value) = (self.show(ty), self.show(value));
            self.error(
                Code::MirResult,
                format!("the result of `{}` is no optional {value}, but {ty}", self.name),
            );
        }
    }
}
