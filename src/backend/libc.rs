//! The C library as back ends see it: the types of its prototypes, and the functions that operations are made of.

use crate::diagnostics::{Code, Diagnostic};
use crate::mir::{Abi, Linkage, Module, Signature, Ty, print_type};

/// A type of a C prototype.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum C {
    /// `void`
    Void,
    /// `int`, 4 bytes on every target
    Int,
    /// `size_t` or `ssize_t`
    Size,
    /// any pointer
    Ptr,
    /// `double`
    Double,
    /// `float`
    Float,
}

impl C {
    /// Whether a type of the caller's declaration is passed as this one is: same width, same kind of register.
    pub fn accepts(self, ty: Ty, pointer_bits: u32) -> bool {
        let int = |width| ty.is_int() && ty.fixed_bits().unwrap_or(pointer_bits) == width;
        match self {
            C::Void => ty == Ty::UNIT || ty == Ty::NEVER,
            C::Int => int(32),
            C::Size | C::Ptr => ty == Ty::PTR || int(pointer_bits),
            C::Double => ty == Ty::F64,
            C::Float => ty == Ty::F32,
        }
    }

    /// How MIR declares it.
    fn spelling(self) -> &'static str {
        match self {
            C::Void => "unit",
            C::Int => "i32",
            C::Size => "usize",
            C::Ptr => "ptr",
            C::Double => "f64",
            C::Float => "f32",
        }
    }
}

/// Whether a signature is that of a prototype; a result may be left unused.
pub(super) fn fits(sig: &Signature, params: &[C], ret: C, pointer_bits: u32) -> bool {
    sig.abi == Abi::C
        && !sig.variadic
        && sig.params.len() == params.len()
        && sig.params.iter().zip(params).all(|(&ty, c)| c.accepts(ty, pointer_bits))
        && (C::Void.accepts(sig.ret, pointer_bits) || ret.accepts(sig.ret, pointer_bits))
}

macro_rules! libc {
    ($($variant:ident $name:literal ($($param:ident),*) -> $ret:ident;)*) => {
        /// Functions of the C library that operations are made of.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub(super) enum Libc { $($variant),* }

        impl Libc {
            /// All of them; the position is the value as a number.
            pub const ALL: &[Libc] = &[$(Libc::$variant),*];

            /// The symbol.
            pub fn name(self) -> &'static str {
                match self { $(Libc::$variant => $name),* }
            }

            /// Parameters and result.
            pub fn prototype(self) -> (&'static [C], C) {
                match self { $(Libc::$variant => (&[$(C::$param),*], C::$ret)),* }
            }
        }
    };
}

libc! {
    Malloc "malloc" (Size) -> Ptr;
    Calloc "calloc" (Size, Size) -> Ptr;
    Realloc "realloc" (Ptr, Size) -> Ptr;
    Free "free" (Ptr) -> Void;
    Memcpy "memcpy" (Ptr, Ptr, Size) -> Ptr;
    Memmove "memmove" (Ptr, Ptr, Size) -> Ptr;
    Memset "memset" (Ptr, Int, Size) -> Ptr;
    Fmod "fmod" (Double, Double) -> Double;
    Fmodf "fmodf" (Float, Float) -> Float;
}

/// Functions of doubles that the back ends' own libraries call where the processor has no instruction for an operation, and
/// how many they take; with an `f` behind the name, of floats.
const ROUNDING: &[(&str, usize)] =
    &[("fma", 3), ("floor", 1), ("ceil", 1), ("trunc", 1), ("rint", 1), ("nearbyint", 1), ("round", 1)];

/// Parameters and result of the function of a name, if operations may call it.
fn prototype(name: &str) -> Option<(&'static [C], C)> {
    if let Some(libc) = Libc::ALL.iter().find(|libc| libc.name() == name) {
        return Some(libc.prototype());
    }
    let count = |name: &str| ROUNDING.iter().find(|(known, _)| *known == name).map(|&(_, count)| count);
    if let Some(count) = count(name) {
        return Some((&[C::Double; 3][..count], C::Double));
    }
    Some((&[C::Float; 3][..count(name.strip_suffix('f')?)?], C::Float))
}

/// What a module makes of the names of these functions that would go wrong: operations call whatever has the name. It
/// may be declared or even defined, but only as C does.
pub(super) fn check(module: &Module, pointer_bits: u32) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for func in module.funcs.iter().filter(|func| func.linkage != Linkage::Internal) {
        let Some((params, ret)) = prototype(&func.name) else { continue };
        let sig = module.types.sig(func.sig);
        if !fits(sig, params, ret, pointer_bits) {
            let given = sig.params.iter().map(|&ty| print_type(module, ty)).collect::<Vec<_>>().join(", ");
            let given = format!("({given}) -> {}", print_type(module, sig.ret));
            let wanted = params.iter().map(|c| c.spelling()).collect::<Vec<_>>().join(", ");
            let wanted = format!("({wanted}) -> {}", ret.spelling());
            let message = format!("`{}` is declared as `{given}`, and not as C has it", func.name);
            let error = Diagnostic::error(Code::Prototype, message)
                .note("operations of this program call the C library's function of this name")
                .help(format!("declare it as `{wanted}`, or choose another name"));
            errors.push(if func.span.is_some() { error.at(func.span, "") } else { error });
        }
    }
    for global in module.globals.iter().filter(|global| global.linkage != Linkage::Internal) {
        if prototype(&global.name).is_some() {
            let message =
                format!("`{}` is a global, and a function of the C library has this name", global.name);
            let error = Diagnostic::error(Code::Prototype, message).help("choose another name");
            errors.push(if global.span.is_some() { error.at(global.span, "") } else { error });
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::SourceMap;
    use crate::mir::parse;

    fn errors(text: &str, pointer_bits: u32) -> Vec<String> {
        let file = SourceMap::new().add("test.mir", text);
        let module = parse(file, "test.mir", text).unwrap();
        check(&module, pointer_bits).into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn operations_call_nothing_of_another_type() {
        for good in [
            "extern fn @malloc(i64) -> ptr\n",
            "extern fn @malloc(usize) -> u64\nextern fn @free(ptr)\n",
            "extern fn @memcpy(ptr, ptr, usize)\n",
            "extern fn @fmaf(f32, f32, f32) -> f32\nextern fn @roundf(f32) -> f32\nextern fn @round(f64) -> f64\n",
            "extern fn @floorff(i32)\nglobal @fma: i64 = 1\n",
            "fn @malloc() {\nbb0:\n  return\n}\n",
            "global @free: i32 = 1\n",
            "export fn @fmodf(%x: f32, %y: f32) -> f32 c {\nbb0:\n  return %x\n}\n",
        ] {
            assert_eq!(errors(good, 64), [""; 0], "{good}");
        }
        for bad in [
            "extern fn @malloc(i32) -> ptr\n",
            "extern fn @malloc(usize) -> i32\n",
            "extern fn @malloc() -> ptr\n",
            "extern fn @realloc(ptr, usize, ...) -> ptr\n",
            "export fn @fmod(%x: f32, %y: f32) -> f32 c {\nbb0:\n  return %x\n}\n",
            "export fn @free(%x: ptr) {\nbb0:\n  return\n}\n",
            "export fn @floor(%x: i64) -> i64 c {\nbb0:\n  return %x\n}\n",
            "extern fn @fma(f64, f64) -> f64\n",
            "extern fn @fmaf(f64, f64, f64) -> f64\n",
            "export global @rintf: i32 = 1\n",
            "export global @free: i32 = 1\n",
            "extern global @memset: ptr\n",
        ] {
            assert_eq!(errors(bad, 64).len(), 1, "{bad}");
        }
        assert_eq!(
            errors("extern fn @malloc(i64) -> ptr\n", 32),
            ["`malloc` is declared as `(i64) -> ptr`, and not as C has it"]
        );
    }

    #[test]
    fn prototypes_accept_either_signedness_but_no_other_width() {
        assert!(C::Int.accepts(Ty::U32, 64));
        assert!(!C::Int.accepts(Ty::I64, 64));
        assert!(C::Size.accepts(Ty::I32, 32));
        assert!(!C::Size.accepts(Ty::I32, 64));
        assert!(C::Size.accepts(Ty::USIZE, 32));
        assert!(!C::Ptr.accepts(Ty::F64, 64));
        assert!(C::Void.accepts(Ty::UNIT, 64));
    }
}
