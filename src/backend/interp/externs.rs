//! The functions of the C library that interpreted programs may call, in one table.

use std::time::Instant;

use super::TrapKind;
use super::darwin::DARWIN;
use super::exec::Stop;
use super::host::{Host, Unwritten};
use super::memory::Memory;
use super::system::{SYSTEM, World};
use crate::backend::libc::C;
use crate::diagnostics::Span;
use crate::target::Os;

/// What a function of the table works on.
pub struct Call<'a> {
    /// Canonical words of the arguments.
    pub args: &'a [u64],
    /// The program's memory.
    pub memory: &'a mut Memory,
    /// The world outside.
    pub host: &'a mut dyn Host,
    /// What the C library keeps for the program.
    pub world: &'a mut World,
    /// Place of the call.
    pub span: Span,
    /// When the run is stopped.
    pub deadline: Option<Instant>,
}

impl Call<'_> {
    fn double(&self, index: usize) -> f64 {
        f64::from_bits(self.args[index])
    }

    fn float(&self, index: usize) -> f32 {
        f32::from_bits(self.args[index] as u32)
    }

    /// An argument of C's `int`.
    pub fn int(&self, index: usize) -> i32 {
        self.args[index] as i32
    }

    /// Writes to a descriptor; the count, or -1.
    fn write(&mut self, fd: i32, address: u64, len: u64) -> Result<u64, Stop> {
        let bytes = self.memory.bytes(address, len)?;
        match self.host.write(fd, bytes) {
            Ok(n) => Ok(n as u64),
            Err(Unwritten::Failed) => Ok(u64::MAX),
            Err(Unwritten::ClosedPipe) => Err(Stop::ClosedPipe),
        }
    }
}

/// A function: the word of its result, 0 for none.
pub type Run = fn(&mut Call) -> Result<u64, Stop>;

/// The most parameters that a function of the table has.
pub const MAX_PARAMS: usize = 6;

/// A row of the table.
pub struct Extern {
    /// Its C name.
    pub name: &'static str,
    /// Its parameters.
    pub params: &'static [C],
    /// Its result.
    pub ret: C,
    /// What it does.
    pub run: Run,
}

/// The functions of systems that are no macOS.
fn all() -> impl Iterator<Item = &'static Extern> {
    OTHERS.iter().chain(MATH).chain(SYSTEM)
}

/// The function of a name, as a system has it.
pub fn find(name: &str, os: Os) -> Option<&'static Extern> {
    let own = match os {
        Os::MacOs => DARWIN,
        Os::Linux | Os::Windows | Os::Wasi | Os::None => &[],
    };
    own.iter().chain(all()).find(|known| known.name == name)
}

macro_rules! externs {
    ($table:ident: $($name:literal($($param:ident),*) -> $ret:ident |$call:ident| $body:expr;)*) => {
        pub(super) const $table: &[Extern] = &[$(Extern {
            name: $name,
            params: &[$(C::$param),*],
            ret: C::$ret,
            run: |$call: &mut Call| $body,
        }),*];
    };
}
pub(super) use externs;

/// Functions of floats that exist as `name` for double and `namef` for float.
macro_rules! math {
    ($($name:literal $float_name:literal |$a:ident $(, $b:ident)?| $body:expr;)*) => {
        const MATH: &[Extern] = &[$(
            math!(one $name Double double f64 |$a $(, $b)?| $body),
            math!(one $float_name Float float f32 |$a $(, $b)?| $body)
        ),*];
    };
    (one $name:literal $c:ident $get:ident $t:ident |$a:ident| $body:expr) => {
        Extern {
            name: $name,
            params: &[C::$c],
            ret: C::$c,
            run: |call| {
                let $a: $t = call.$get(0);
                let result: $t = $body;
                Ok(u64::from(result.to_bits()))
            },
        }
    };
    (one $name:literal $c:ident $get:ident $t:ident |$a:ident, $b:ident| $body:expr) => {
        Extern {
            name: $name,
            params: &[C::$c, C::$c],
            ret: C::$c,
            run: |call| {
                let ($a, $b): ($t, $t) = (call.$get(0), call.$get(1));
                let result: $t = $body;
                Ok(u64::from(result.to_bits()))
            },
        }
    };
}

externs! { OTHERS:
    "malloc"(Size) -> Ptr |c| Ok(c.memory.alloc(c.args[0], c.span));
    "calloc"(Size, Size) -> Ptr |c| {
        let Some(size) = c.args[0].checked_mul(c.args[1]) else { return Ok(0) };
        Ok(c.memory.alloc_zeroed(size, c.span)?)
    };
    "realloc"(Ptr, Size) -> Ptr |c| Ok(c.memory.resize(c.args[0], c.args[1], c.span)?);
    "free"(Ptr) -> Void |c| Ok(c.memory.free(c.args[0]).map(|()| 0)?);

    "memcpy"(Ptr, Ptr, Size) -> Ptr |c| {
        c.memory.copy(c.args[0], c.args[1], c.args[2], false)?;
        Ok(c.args[0])
    };
    "memmove"(Ptr, Ptr, Size) -> Ptr |c| {
        c.memory.copy(c.args[0], c.args[1], c.args[2], true)?;
        Ok(c.args[0])
    };
    "memset"(Ptr, Int, Size) -> Ptr |c| {
        c.memory.fill(c.args[0], c.args[1] as u8, c.args[2])?;
        Ok(c.args[0])
    };
    "memcmp"(Ptr, Ptr, Size) -> Int |c| {
        let left = c.memory.bytes(c.args[0], c.args[2])?.to_vec();
        let right = c.memory.bytes(c.args[1], c.args[2])?;
        Ok(left.as_slice().cmp(right) as i64 as u64)
    };
    "memchr"(Ptr, Int, Size) -> Ptr |c| {
        let wanted = c.args[1] as u8;
        let found = c.memory.bytes(c.args[0], c.args[2])?.iter().position(|&byte| byte == wanted);
        Ok(found.map_or(0, |at| c.args[0] + at as u64))
    };
    "strlen"(Ptr) -> Size |c| Ok(c.memory.c_string(c.args[0])?.len() as u64);
    "strcmp"(Ptr, Ptr) -> Int |c| {
        let left = c.memory.c_string(c.args[0])?.to_vec();
        let right = c.memory.c_string(c.args[1])?;
        Ok(left.as_slice().cmp(right) as i64 as u64)
    };

    "write"(Int, Ptr, Size) -> Size |c| c.write(c.int(0), c.args[1], c.args[2]);
    "read"(Int, Ptr, Size) -> Size |c| {
        let mut buffer = vec![0; usize::try_from(c.args[2]).unwrap_or(0).min(1 << 16)];
        match c.host.read(c.int(0), &mut buffer) {
            Some(len) => {
                c.memory.put_bytes(c.args[1], &buffer[..len])?;
                Ok(len as u64)
            }
            None => Ok(u64::MAX),
        }
    };
    // What an interpreted program writes is the host's to show.
    "isatty"(Int) -> Int |_c| Ok(0);
    "puts"(Ptr) -> Int |c| {
        let mut line = c.memory.c_string(c.args[0])?.to_vec();
        line.push(b'\n');
        Ok(c.host.write(1, &line).map_or(u64::MAX, |n| n as u64))
    };
    "putchar"(Int) -> Int |c| {
        let byte = c.args[0] as u8;
        Ok(c.host.write(1, &[byte]).map_or(u64::MAX, |_| u64::from(byte)))
    };

    "exit"(Int) -> Void |c| Err(Stop::Exit(c.int(0)));
    "_exit"(Int) -> Void |c| Err(Stop::Exit(c.int(0)));
    "abort"() -> Void |_c| Err(Stop::Trap(TrapKind::Abort));
    "abs"(Int) -> Int |c| Ok(c.int(0).wrapping_abs() as u64);
}

math! {
    "sin" "sinf" |a| a.sin();
    "cos" "cosf" |a| a.cos();
    "tan" "tanf" |a| a.tan();
    "asin" "asinf" |a| a.asin();
    "acos" "acosf" |a| a.acos();
    "atan" "atanf" |a| a.atan();
    "sinh" "sinhf" |a| a.sinh();
    "cosh" "coshf" |a| a.cosh();
    "tanh" "tanhf" |a| a.tanh();
    "exp" "expf" |a| a.exp();
    "exp2" "exp2f" |a| a.exp2();
    "expm1" "expm1f" |a| a.exp_m1();
    "log" "logf" |a| a.ln();
    "log2" "log2f" |a| a.log2();
    "log10" "log10f" |a| a.log10();
    "log1p" "log1pf" |a| a.ln_1p();
    "cbrt" "cbrtf" |a| a.cbrt();
    "sqrt" "sqrtf" |a| a.sqrt();
    "fabs" "fabsf" |a| a.abs();
    "floor" "floorf" |a| a.floor();
    "ceil" "ceilf" |a| a.ceil();
    "trunc" "truncf" |a| a.trunc();
    "round" "roundf" |a| a.round();
    "rint" "rintf" |a| a.round_ties_even();
    "pow" "powf" |a, b| a.powf(b);
    "fmod" "fmodf" |a, b| a % b;
    "atan2" "atan2f" |a, b| a.atan2(b);
    "hypot" "hypotf" |a, b| a.hypot(b);
    "copysign" "copysignf" |a, b| a.copysign(b);
}

#[cfg(test)]
mod tests {
    use super::super::fault::Fault;
    use super::super::host::Capture;
    use super::*;
    use crate::backend::libc::Libc;
    use crate::target::DataLayout;

    struct Fixture {
        memory: Memory,
        host: Capture,
        world: World,
    }

    impl Fixture {
        fn new() -> Fixture {
            let layout = DataLayout::parse("e-i64:64").unwrap();
            let memory = Memory::new(&layout, 0, 1 << 20);
            Fixture { memory, host: Capture::default(), world: World::default() }
        }

        fn text(&mut self, text: &str) -> u64 {
            self.memory.add_constant(format!("{text}\0").as_bytes(), 1).unwrap()
        }

        fn call(&mut self, name: &str, args: &[u64]) -> Result<u64, Stop> {
            let found = find(name, Os::Linux).unwrap();
            assert_eq!(found.params.len(), args.len());
            let (memory, host, world) = (&mut self.memory, &mut self.host, &mut self.world);
            let mut call = Call { args, memory, host, world, span: Span::NONE, deadline: None };
            (found.run)(&mut call)
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = all().map(|known| known.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(all().all(|known| known.params.len() <= MAX_PARAMS));
    }

    #[test]
    fn strings_and_output() {
        let mut f = Fixture::new();
        let hello = f.text("hello");
        assert_eq!(f.call("strlen", &[hello]), Ok(5));
        assert_eq!(f.call("write", &[1, hello + 1, 3]), Ok(3));
        assert_eq!(f.call("write", &[7, hello, 3]), Ok(u64::MAX));
        f.call("puts", &[hello]).unwrap();
        assert_eq!(f.host.stdout, b"ellhello\n");
        assert_eq!(f.call("memchr", &[hello, u64::from(b'l'), 5]), Ok(hello + 2));
        assert_eq!(f.call("memchr", &[hello, 0, 5]), Ok(0));
        let help = f.text("help");
        assert_eq!(f.call("memcmp", &[hello, help, 3]), Ok(0));
        assert_eq!(f.call("strcmp", &[hello, help]), Ok(u64::MAX), "l before p");
        assert!(matches!(f.call("write", &[1, hello, 7]), Err(Stop::Fault(Fault::OutOfBounds { .. }))));
    }

    #[test]
    fn heap_functions_share_the_heap_with_the_operations() {
        let mut f = Fixture::new();
        let p = f.call("calloc", &[2, 4]).unwrap();
        assert_eq!(f.memory.read(p, 8, 8), Ok(0));
        let q = f.call("realloc", &[p, 16]).unwrap();
        assert_eq!(f.memory.read(q, 8, 8), Ok(0));
        f.call("free", &[q]).unwrap();
        assert_eq!(f.call("free", &[q]), Err(Stop::Fault(Fault::DoubleFree { address: q })));
        assert_eq!(f.call("calloc", &[u64::MAX, 2]), Ok(0));
    }

    #[test]
    fn both_widths_of_math() {
        let mut f = Fixture::new();
        assert_eq!(f.call("pow", &[2f64.to_bits(), 10f64.to_bits()]), Ok(1024f64.to_bits()));
        let (two, half) = (u64::from(2f32.to_bits()), u64::from(0.5f32.to_bits()));
        assert_eq!(f.call("powf", &[two, half]), Ok(u64::from(2f32.sqrt().to_bits())));
    }

    #[test]
    fn input_environment_and_ends() {
        let mut f = Fixture::new();
        f.host.input = b"abc".to_vec();
        f.host.env.push(("HOME".into(), "/".into()));
        f.world = World::new(&mut f.host, &mut f.memory, None).unwrap();
        let buffer = f.call("malloc", &[8]).unwrap();
        assert_eq!(f.call("read", &[0, buffer, 2]), Ok(2));
        assert_eq!(f.memory.bytes(buffer, 2), Ok(&b"ab"[..]));
        let name = f.text("HOME");
        let value = f.call("getenv", &[name]).unwrap();
        assert_eq!(f.memory.c_string(value), Ok(&b"/"[..]));
        assert_eq!(f.call("exit", &[3]), Err(Stop::Exit(3)));
        assert_eq!(f.call("abort", &[]), Err(Stop::Trap(TrapKind::Abort)));
    }

    #[test]
    fn operations_and_programs_call_the_same_functions() {
        for libc in Libc::ALL {
            let (params, ret) = libc.prototype();
            let known = find(libc.name(), Os::Linux).unwrap();
            assert_eq!((known.params, known.ret), (params, ret), "{}", known.name);
        }
    }
}
