//! Operations of ranges, arrays, dicts and text, for which the runtime has generic functions (`runtime/rich.spl`).
//!
//! Generic functions have no code of their own, so expansion writes one line of Simple for each function and types that the
//! module wants: an exported function that calls the generic one, whose type arguments follow from the parameters. They are compiled with the runtime. Values
//! are passed by address, so that no back end has to know how the runtime's own convention passes which type.

use std::fmt::Write;

use super::Expander;
use crate::mir::{
    Abi, Alias, CoreOp, FuncId, FunctionBuilder, Hint, Inst, Linkage, Module, Reg, RegList, Signature, StrId,
    Ty, TypeData, print_type,
};
use crate::runtime::object;
use rustc_hash::FxHashMap;

/// What the symbols of functions that expansion writes begin with.
const WRITTEN: &str = "rt_rich_";

/// The functions of the runtime that a module's operations call.
#[derive(Default)]
pub(super) struct Library {
    /// In Simple.
    pub source: String,
    /// By what is called, and the type that tells the functions of one name apart.
    known: FxHashMap<(Routine, Ty), FuncId>,
}

/// What is called: a generic function by its name, or what makes text of values by a specification.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Routine {
    Generic(&'static str),
    Format(StrId),
}

/// An argument of a routine.
#[derive(Clone, Copy, Debug)]
pub(super) enum Arg {
    /// The address of a place that holds the register's value.
    Value(Reg),
    /// The address of the first of values of a type.
    First(Reg, Ty),
    /// An `i64`: an end of a slice.
    Bound(Reg),
    /// A `usize`.
    Count(Reg),
}

/// Why an operation has no expansion, and what to do about it.
pub(super) struct Unsupported {
    /// What follows the operation's name in the message.
    pub what: String,
    pub help: &'static str,
}

const VALUES: &str = "collections are of scalars, `text`, ranges, tuples, fixed arrays, arrays and dicts; a tuple has the fields of a struct";

impl Expander {
    /// Calls a function that writes a value of a type, which becomes the result. `of` tells the functions of one name apart.
    pub(super) fn make_value(
        &mut self,
        b: &mut FunctionBuilder,
        (dst, ty): (Option<Reg>, Ty),
        name: &'static str,
        of: Ty,
        args: &[Arg],
    ) -> Result<(), Unsupported> {
        self.make_value_by(b, (dst, ty), Routine::Generic(name), of, args)
    }

    fn make_value_by(
        &mut self,
        b: &mut FunctionBuilder,
        (dst, ty): (Option<Reg>, Ty),
        routine: Routine,
        of: Ty,
        args: &[Arg],
    ) -> Result<(), Unsupported> {
        let to = place(b, ty);
        let args: Vec<Arg> = [Arg::First(to, ty)].into_iter().chain(args.iter().copied()).collect();
        self.call(b, routine, of, &args, Ty::UNIT)?;
        result(b, dst, to);
        Ok(())
    }

    /// Calls a function that changes a collection, which becomes the result.
    pub(super) fn change(
        &mut self,
        b: &mut FunctionBuilder,
        dst: Option<Reg>,
        name: &'static str,
        collection: Reg,
        args: &[Arg],
    ) -> Result<(), Unsupported> {
        let of = b.func.ty(collection);
        let at = kept(b, collection);
        let args: Vec<Arg> = [Arg::First(at, of)].into_iter().chain(args.iter().copied()).collect();
        self.call(b, Routine::Generic(name), of, &args, Ty::UNIT)?;
        result(b, dst, at);
        Ok(())
    }

    /// Calls a function with a result that is no collection's part.
    pub(super) fn ask(
        &mut self,
        b: &mut FunctionBuilder,
        dst: Option<Reg>,
        name: &'static str,
        args: &[Arg],
        ret: Ty,
    ) -> Result<(), Unsupported> {
        let of = args.iter().find_map(|&arg| arg.held(b)).unwrap_or(Ty::UNIT);
        let answer = self.call(b, Routine::Generic(name), of, args, ret)?;
        if let (Some(dst), Some(answer)) = (dst, answer) {
            b.assign(dst, answer);
        }
        Ok(())
    }

    /// `array.literal`.
    pub(super) fn array_of(
        &mut self,
        b: &mut FunctionBuilder,
        dst: Reg,
        items: RegList,
    ) -> Result<(), Unsupported> {
        let ty = b.func.ty(dst);
        let elem = element(b, ty);
        let first = row(b, elem, items, 1);
        let count = b.int(Ty::USIZE, i64::from(items.len));
        self.make_value(b, (Some(dst), ty), "array_of", ty, &[Arg::First(first, elem), Arg::Count(count)])
    }

    /// `array.get`.
    pub(super) fn array_get(
        &mut self,
        b: &mut FunctionBuilder,
        inst: &Inst,
        array: Reg,
        index: Reg,
    ) -> Result<(), Unsupported> {
        let ty = b.func.ty(array);
        let elem = element(b, ty);
        let index = self.index_of(b, inst, array, index);
        self.make_value(b, (inst.dst, elem), "array_get", ty, &[Arg::Value(array), Arg::Count(index)])
    }

    /// `array.set`.
    pub(super) fn array_set(
        &mut self,
        b: &mut FunctionBuilder,
        inst: &Inst,
        array: Reg,
        index: Reg,
        value: Reg,
    ) -> Result<(), Unsupported> {
        let index = self.index_of(b, inst, array, index);
        self.change(b, inst.dst, "array_set", array, &[Arg::Count(index), Arg::Value(value)])
    }

    /// `dict.literal`.
    pub(super) fn dict_of(
        &mut self,
        b: &mut FunctionBuilder,
        dst: Reg,
        items: RegList,
    ) -> Result<(), Unsupported> {
        let ty = b.func.ty(dst);
        let TypeData::Dict(key, value) = *b.module.types.get(ty) else { return Ok(()) };
        let pair = b.module.types.tuple(vec![key, value]);
        let first = row(b, pair, items, 2);
        let count = b.int(Ty::USIZE, i64::from(items.len / 2));
        self.make_value(b, (Some(dst), ty), "dict_of", ty, &[Arg::First(first, pair), Arg::Count(count)])
    }

    /// `dict.get`: the variant of the optional that has a value, or the other one.
    pub(super) fn dict_get(
        &mut self,
        b: &mut FunctionBuilder,
        dst: Reg,
        dict: Reg,
        key: Reg,
    ) -> Result<(), Unsupported> {
        let of = b.func.ty(dict);
        let (TypeData::Dict(_, value), TypeData::Enum(id)) =
            (b.module.types.get(of).clone(), b.module.types.get(b.func.ty(dst)).clone())
        else {
            return Ok(());
        };
        let to = place(b, value);
        let args = [Arg::First(to, value), Arg::Value(dict), Arg::Value(key)];
        let Some(found) = self.call(b, Routine::Generic("dict_get"), of, &args, Ty::BOOL)? else {
            return Ok(());
        };
        let some = u32::from(b.module.types.enum_def(id).variants[0].1.is_empty());
        let (there, missing, done) = (b.block(), b.block(), b.block());
        b.branch(found, there, missing, Hint::None);
        b.switch_to(there);
        let value = b.load(value, to, Alias::Any);
        let payload = b.list(&[value]);
        b.push(Some(dst), CoreOp::EnumMake { variant: some, payload });
        b.goto(done);
        b.switch_to(missing);
        b.push(Some(dst), CoreOp::EnumMake { variant: 1 - some, payload: RegList::default() });
        b.goto(done);
        b.switch_to(done);
        Ok(())
    }

    /// `text.literal`.
    pub(super) fn text_literal(&mut self, b: &mut FunctionBuilder, dst: Reg, value: StrId) {
        let text = b.module.str(value).to_string();
        let text = self.text(b, &text);
        b.assign(dst, text);
    }

    /// `format`.
    pub(super) fn format(
        &mut self,
        b: &mut FunctionBuilder,
        dst: Option<Reg>,
        value: Reg,
        spec: StrId,
    ) -> Result<(), Unsupported> {
        let of = b.func.ty(value);
        self.make_value_by(b, (dst, Ty::TEXT), Routine::Format(spec), of, &[Arg::Value(value)])
    }

    /// An index within an array; others panic at the operation's place.
    fn index_of(&mut self, b: &mut FunctionBuilder, inst: &Inst, array: Reg, index: Reg) -> Reg {
        let len = b.reg(Ty::USIZE);
        header(b, Some(len), array, object::LENGTH);
        let checked = b.reg(Ty::USIZE);
        self.index_check(b, &Inst { dst: Some(checked), ..*inst }, index, len);
        checked
    }

    /// Calls a function of the library, which is written if it is not there. `of` tells the functions of one name apart.
    fn call(
        &mut self,
        b: &mut FunctionBuilder,
        routine: Routine,
        of: Ty,
        args: &[Arg],
        ret: Ty,
    ) -> Result<Option<Reg>, Unsupported> {
        let func = match self.library.known.get(&(routine, of)) {
            Some(&known) => known,
            None => {
                let held: Vec<Param> = args.iter().map(|&arg| arg.param(b)).collect();
                let func = self.library.write(b.module, routine, &held, ret)?;
                self.library.known.insert((routine, of), func);
                func
            }
        };
        let regs: Vec<Reg> = args.iter().map(|&arg| arg.passed(b)).collect();
        let args = b.list(&regs);
        let dst = (ret != Ty::UNIT).then(|| b.reg(ret));
        b.push(dst, CoreOp::Call { func, args });
        Ok(dst)
    }
}

/// What a parameter of a routine is.
#[derive(Clone, Copy, Debug)]
enum Param {
    AddressOf(Ty),
    Number(Ty),
}

impl Arg {
    /// The type of what is passed by address.
    fn held(self, b: &FunctionBuilder) -> Option<Ty> {
        match self {
            Arg::Value(reg) => Some(b.func.ty(reg)),
            Arg::First(_, ty) => Some(ty),
            Arg::Bound(_) | Arg::Count(_) => None,
        }
    }

    fn param(self, b: &FunctionBuilder) -> Param {
        match self {
            Arg::Value(reg) => Param::AddressOf(b.func.ty(reg)),
            Arg::First(_, ty) => Param::AddressOf(ty),
            Arg::Bound(_) => Param::Number(Ty::I64),
            Arg::Count(_) => Param::Number(Ty::USIZE),
        }
    }

    fn passed(self, b: &mut FunctionBuilder) -> Reg {
        match self {
            Arg::Value(reg) => kept(b, reg),
            Arg::First(reg, _) | Arg::Count(reg) => reg,
            Arg::Bound(reg) => bound(b, reg),
        }
    }
}

impl Library {
    /// Writes a function and declares it in the module.
    fn write(
        &mut self,
        module: &mut Module,
        routine: Routine,
        held: &[Param],
        ret: Ty,
    ) -> Result<FuncId, Unsupported> {
        let name = format!("{WRITTEN}{}", self.known.len());
        let (mut params, mut sig) = (Vec::new(), Vec::new());
        for (i, param) in held.iter().enumerate() {
            let (ty, text) = match *param {
                Param::AddressOf(ty) => (Ty::PTR, format!("ptr<{}>", simple(module, ty)?)),
                Param::Number(ty) => (ty, simple(module, ty)?),
            };
            sig.push(ty);
            params.push(format!("a{i}: {text}"));
        }
        let result = if ret == Ty::UNIT { "unit".to_owned() } else { simple(module, ret)? };
        let body = match routine {
            Routine::Generic(function) => {
                let args: Vec<String> = (0..held.len()).map(|i| format!("a{i}")).collect();
                format!("rich_{function}({})", args.join(", "))
            }
            Routine::Format(spec) => {
                let spec = module.str(spec);
                if spec.contains(['{', '}', '"', '\\', '\n', '\r']) {
                    return Err(Unsupported {
                        what: format!(" with the specification {spec:?}"),
                        help: "the form is `[[fill]align][sign][#][0][width][,][.precision][type]`, without braces, quotes and backslashes",
                    });
                }
                let colon = if spec.is_empty() { "" } else { ":" };
                format!("ptr_write(a0, \"{{deref(a1){colon}{spec}}}\")")
            }
        };
        // Writing to a string does not fail.
        let _ = writeln!(self.source, "export fn {name}({}) -> {result}: {body}", params.join(", "));
        let sig = Signature { params: sig, ret, variadic: false, abi: Abi::C };
        Ok(module.declare(name, sig, Linkage::Extern))
    }
}

/// A type as Simple spells it.
fn simple(module: &Module, ty: Ty) -> Result<String, Unsupported> {
    let list = |parts: &[Ty]| -> Result<String, Unsupported> {
        let parts = parts.iter().map(|&ty| simple(module, ty)).collect::<Result<Vec<_>, _>>()?;
        Ok(parts.join(", "))
    };
    match module.types.get(ty) {
        TypeData::Bool
        | TypeData::Int { .. }
        | TypeData::Usize
        | TypeData::Isize
        | TypeData::F32
        | TypeData::F64
        | TypeData::Text => Ok(print_type(module, ty)),
        TypeData::Ptr => Ok("ptr<u8>".to_owned()),
        TypeData::Tuple(parts) if parts.len() == 1 => Ok(format!("({},)", list(parts)?)),
        TypeData::Tuple(parts) if !parts.is_empty() => Ok(format!("({})", list(parts)?)),
        TypeData::FixedArray(elem, n) => Ok(format!("[{}; {n}]", simple(module, *elem)?)),
        TypeData::Array(elem) => Ok(format!("[{}]", simple(module, *elem)?)),
        TypeData::Dict(key, _) if holds_floats(module, *key) => Err(Unsupported {
            what: format!(" of a dict with keys of `{}`", print_type(module, *key)),
            help: "floats are no keys: NaN equals nothing",
        }),
        TypeData::Dict(key, value) => {
            Ok(format!("{{{}: {}}}", simple(module, *key)?, simple(module, *value)?))
        }
        TypeData::Range(elem) => Ok(format!("Range<{}>", simple(module, *elem)?)),
        TypeData::Unit
        | TypeData::Never
        | TypeData::Tuple(_)
        | TypeData::Struct(_)
        | TypeData::Enum(_)
        | TypeData::Ref(_)
        | TypeData::Vector(..) => Err(Unsupported {
            what: format!(" of a collection of `{}`", print_type(module, ty)),
            help: VALUES,
        }),
    }
}

/// Whether values of a type that can be a key are made of floats, too.
fn holds_floats(module: &Module, ty: Ty) -> bool {
    ty.is_float() || module.types.get(ty).parts().any(|part| holds_floats(module, part))
}

/// The address of a slot for a value of the type.
fn place(b: &mut FunctionBuilder, ty: Ty) -> Reg {
    let slot = b.slot(ty);
    b.slot_addr(slot)
}

/// The address of a slot that holds a register's value.
fn kept(b: &mut FunctionBuilder, value: Reg) -> Reg {
    let at = place(b, b.func.ty(value));
    b.store(value, at, Alias::Any);
    at
}

/// The address of the first of values that stand one after another, each made of so many registers.
fn row(b: &mut FunctionBuilder, ty: Ty, items: RegList, parts: usize) -> Reg {
    let items = items.of(&b.func.pool).to_vec();
    let whole = b.module.types.intern(TypeData::FixedArray(ty, (items.len() / parts) as u64));
    let first = place(b, whole);
    for (index, item) in (0..).zip(items.chunks(parts)) {
        let at = b.field_addr(first, whole, index);
        if let [value] = *item {
            b.store(value, at, Alias::Any);
            continue;
        }
        for (field, &value) in (0..).zip(item) {
            let at = b.field_addr(at, ty, field);
            b.store(value, at, Alias::Any);
        }
    }
    first
}

/// Loads a result from its place.
fn result(b: &mut FunctionBuilder, dst: Option<Reg>, place: Reg) {
    b.push(dst, CoreOp::Load { addr: place, alias: Alias::Any });
}

/// A field of the header of an array or a text.
pub(super) fn header(b: &mut FunctionBuilder, dst: Option<Reg>, object: Reg, field: u32) {
    let ty = object::array_type(b.module, Ty::U8);
    let at = b.field_addr(object, ty, field);
    b.push(dst, CoreOp::Load { addr: at, alias: Alias::Header });
}

/// An end of a slice as `i64`; what does not fit is past every end.
fn bound(b: &mut FunctionBuilder, index: Reg) -> Reg {
    let ty = b.func.ty(index);
    let fits = ty.is_signed() || ty.fixed_bits().is_some_and(|bits| bits < 64);
    if fits {
        return b.resize(Ty::I64, index);
    }
    let wide = b.resize(Ty::U64, index);
    let most = b.int(Ty::U64, i64::MAX);
    let within = b.min(wide, most);
    b.resize(Ty::I64, within)
}

fn element(b: &FunctionBuilder, array: Ty) -> Ty {
    if let TypeData::Array(elem) = *b.module.types.get(array) { elem } else { Ty::UNIT }
}
