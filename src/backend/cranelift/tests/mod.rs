//! Small MIR texts, run in this process. Expected values are Rust's own operations where those mean the same, and
//! otherwise follow from the operation's documentation.

mod aggregate;
mod calls;
mod control;
mod floats;
mod ints;
mod memory;
mod objects;

use std::fmt::Write;

use super::{Jit, Opt, Options};
use crate::diagnostics::{Diagnostic, FileId};
use crate::mir::{self, Module};

const OPTS: [Opt; 2] = [Opt::None, Opt::Speed];

fn module(text: &str) -> Module {
    let checked = mir::parse(FileId(1), "test.mir", text).and_then(|module| {
        mir::verify(&module)?;
        Ok(module)
    });
    checked.unwrap_or_else(|errors| {
        let messages: Vec<String> = errors.sorted().into_iter().map(|e| e.message.clone()).collect();
        panic!("{}\n{text}", messages.join("\n"))
    })
}

fn messages(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|d| d.message.as_str()).collect()
}

fn jit_with(text: &str, opt: Opt, resolver: &dyn Fn(&str) -> Option<*const u8>) -> Jit {
    let options = Options { opt, verify: true, ..Options::default() };
    match Jit::compile(&module(text), &options, resolver) {
        Ok(jit) => jit,
        Err(errors) => panic!("{:?}\n{text}", messages(&errors)),
    }
}

fn jit(text: &str, opt: Opt) -> Jit {
    jit_with(text, opt, &|_| None)
}

/// What the MIR function `f`, C ABI, from nothing to `i64`, gives; the same at every optimisation level.
fn run(text: &str) -> i64 {
    let results = OPTS.map(|opt| {
        let jit = jit(text, opt);
        let address = jit.address("f").expect("there is a function `f`");
        // SAFETY: every text given here declares `f` as `() -> i64 c`, and `jit` outlives the call.
        let f: extern "C" fn() -> i64 = unsafe { std::mem::transmute(address) };
        f()
    });
    assert_eq!(results[0], results[1], "the optimisation levels disagree\n{text}");
    results[0]
}

/// A piece of MIR that makes a value of operands `%a`, `%b`, `%c`, compiled at every optimisation level. The last line
/// of its body is an operation; the lines before are instructions.
struct Piece {
    text: String,
    jits: Vec<Jit>,
}

impl Piece {
    fn new(operands: &[&str], result: &str, body: &str) -> Piece {
        let mut text = String::from("export fn @f(%p: ptr) -> unit c {\nbb0:\n");
        for (i, ty) in operands.iter().enumerate() {
            let name = ["a", "b", "c"][i];
            let _ = write!(
                text,
                "  %o{i}: u64 = const {}\n  %p{i}: ptr = ptr_add %p, %o{i}\n  %{name}: {ty} = load %p{i}\n",
                8 * (i + 1)
            );
        }
        let (before, operation) = body.rsplit_once('\n').unwrap_or(("", body));
        let _ = write!(text, "{before}\n  %r: {result} = {operation}\n  store %r, %p\n  return\n}}\n");
        let jits = OPTS.iter().map(|&opt| jit(&text, opt)).collect();
        Piece { text, jits }
    }

    /// The bits of the result, of which only `N` bytes are written.
    fn bits(&self, operands: &[u64]) -> u64 {
        let results: Vec<u64> = self
            .jits
            .iter()
            .map(|jit| {
                let mut memory = [0u64; 4];
                memory[1..=operands.len()].copy_from_slice(operands);
                let address = jit.address("f").expect("the piece is a function `f`");
                // SAFETY: `Piece::new` makes `f` a C function of one pointer, which reads and writes four words.
                let f: extern "C" fn(*mut u64) = unsafe { std::mem::transmute(address) };
                f(memory.as_mut_ptr());
                memory[0]
            })
            .collect();
        assert_eq!(
            results[0], results[1],
            "the optimisation levels disagree on {operands:x?}\n{}",
            self.text
        );
        results[0]
    }
}

/// A Rust type with the MIR type that is the same.
trait Scalar: Copy + PartialOrd + std::fmt::Debug + 'static {
    const MIR: &'static str;
    const EDGES: &'static [Self];
    fn to_bits(self) -> u64;
    fn from_bits(bits: u64) -> Self;
}

macro_rules! int_scalar {
    ($($ty:ident $unsigned:ident)*) => { $(
        impl Scalar for $ty {
            const MIR: &'static str = stringify!($ty);
            const EDGES: &'static [$ty] = &[
                $ty::MIN, $ty::MIN.wrapping_add(1), (0 as $ty).wrapping_sub(1), 0, 1, 2, 7, 8, 31, 100,
                $ty::MAX / 2, $ty::MAX / 2 + 1, $ty::MAX - 1, $ty::MAX,
            ];
            fn to_bits(self) -> u64 { self as $unsigned as u64 }
            fn from_bits(bits: u64) -> $ty { bits as $ty }
        }
    )* };
}
int_scalar!(i8 u8 i16 u16 i32 u32 i64 u64 u8 u8 u16 u16 u32 u32 u64 u64 isize usize usize usize);

macro_rules! float_scalar {
    ($($ty:ident)*) => { $(
        impl Scalar for $ty {
            const MIR: &'static str = stringify!($ty);
            const EDGES: &'static [$ty] = &[
                0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 0.3, -0.7, 7.25, 100.75, -1e10, 3e18,
                $ty::MAX, $ty::MIN, $ty::MIN_POSITIVE, $ty::EPSILON, $ty::INFINITY, $ty::NEG_INFINITY, $ty::NAN,
                -8388609.0, 8388607.5, 4503599627370495.5, -9007199254740993.0, 127.9, -128.9, 255.5, 65535.9,
            ];
            fn to_bits(self) -> u64 { $ty::to_bits(self) as u64 }
            fn from_bits(bits: u64) -> $ty { $ty::from_bits(bits as _) }
        }
    )* };
}
float_scalar!(f32 f64);

impl Scalar for bool {
    const MIR: &'static str = "bool";
    const EDGES: &'static [bool] = &[false, true];
    fn to_bits(self) -> u64 {
        u64::from(self)
    }
    fn from_bits(bits: u64) -> bool {
        assert!(bits < 2, "a bool is {bits}");
        bits == 1
    }
}

/// Asserts a unary operation on every edge value.
fn unary<A: Scalar, R: Scalar>(op: &str, expected: impl Fn(A) -> R) {
    let piece = Piece::new(&[A::MIR], R::MIR, &format!("{op} %a"));
    for &a in A::EDGES {
        let got = R::from_bits(piece.bits(&[a.to_bits()]));
        let want = expected(a);
        assert!(same(got, want), "{op} {a:?}: {got:?}, expected {want:?} ({} to {})", A::MIR, R::MIR);
    }
}

/// Asserts a binary operation on every pair of edge values that `defined` admits.
fn binary<A: Scalar, B: Scalar, R: Scalar>(
    op: &str,
    defined: impl Fn(A, B) -> bool,
    expected: impl Fn(A, B) -> R,
) {
    let piece = Piece::new(&[A::MIR, B::MIR], R::MIR, &format!("{op} %a, %b"));
    for &a in A::EDGES {
        for &b in B::EDGES.iter().filter(|&&b| defined(a, b)) {
            let got = R::from_bits(piece.bits(&[a.to_bits(), b.to_bits()]));
            let want = expected(a, b);
            assert!(same(got, want), "{op} {a:?}, {b:?}: {got:?}, expected {want:?} ({})", A::MIR);
        }
    }
}

/// Equal bits, or both NaN: which NaN is nobody's promise.
fn same<R: Scalar>(got: R, want: R) -> bool {
    let is_nan = |value: R| value.partial_cmp(&value).is_none();
    got.to_bits() == want.to_bits() || (is_nan(got) && is_nan(want))
}

fn always<A, B>(_: A, _: B) -> bool {
    true
}
