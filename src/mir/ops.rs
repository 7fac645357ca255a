//! The operation table: every MIR operation, declared once.
//!
//! [`op_table!`] hands the whole table to a macro. The enums, the descriptors, `uses()`, the builder's methods,
//! the text form's printer and parser, the verifier's type rules, docs/mir.md and the coverage tests all derive from
//! it. An entry reads
//!
//! ```text
//! /// One line of documentation.
//! Variant method "text.name" Category [effects] (field: Kind Class, ...) -> result;
//! ```
//!
//! * *Kind* is the field's Rust type; a `Reg` has a [`Class`] that its type must be in, a `RegList` has none.
//! * *result* is `none`, a fixed type (`bool`, `ptr`, `usize`, `u32`), `like(field)` (the type of that operand),
//!   `flagged(field)` (the tuple of that type and `bool`), `called` (the callee's result) or `given(Class)`: then the
//!   destination register's own type says what is made, and must be in the class.
//!
//! **Core** operations are implemented by every back end (or refused by it with a diagnostic that names the
//! operation). **Rich** operations are replaced by core ones in `expand/` before a back end sees them.

use super::field::Field;
use super::module::{FuncId, GlobalId, MaybeFunc, Reg, RegList, SlotId, StrId};
use super::op_info::{
    Alias, Bits, Category, Class, Effects, FieldInfo, OpInfo, Ordering, ResultRule, RmwOp, Tier,
};
use super::relocate::Relocation;
use super::types::{SigId, Ty};

/// Hands the op table to a macro, so that code over all operations can be derived from it.
#[macro_export]
macro_rules! op_table {
    ($apply:ident) => { $apply! {
core {
    // ---- constants and moves
    /// A literal of the destination's scalar type, as its bits.
    Const const_ "const" Constant [] (bits: Bits) -> given(Scalar);
    /// The all-zero value of any type without rich parts.
    Zero zero "zero" Constant [] () -> given(Any);
    /// A copy of a register.
    Mov mov "mov" Constant [] (a: Reg Any) -> like(a);
    /// Size in bytes of a type on the target, a multiple of its alignment.
    SizeOf size_of "size_of" Constant [] (ty: Ty) -> usize;
    /// Alignment in bytes of a type on the target.
    AlignOf align_of "align_of" Constant [] (ty: Ty) -> usize;
    /// Byte offset of a field of a struct, tuple or fixed array.
    OffsetOf offset_of "offset_of" Constant [] (ty: Ty, index: u32) -> usize;
    /// Address of a function.
    FuncAddr func_addr "func_addr" Constant [] (func: FuncId) -> ptr;
    /// Address of a global.
    GlobalAddr global_addr "global_addr" Constant [] (global: GlobalId) -> ptr;
    /// Address of a stack slot of this activation.
    SlotAddr slot_addr "slot_addr" Memory [] (slot: SlotId) -> ptr;

    // ---- arithmetic
    /// Sum; integers wrap.
    Add add "add" Arithmetic [] (a: Reg Num, b: Reg Dst) -> like(a);
    /// Difference; integers wrap.
    Sub sub "sub" Arithmetic [] (a: Reg Num, b: Reg Dst) -> like(a);
    /// Product; integers wrap.
    Mul mul "mul" Arithmetic [] (a: Reg Num, b: Reg Dst) -> like(a);
    /// Quotient; integers truncate, `MIN / -1` wraps, an integer zero divisor traps.
    Div div "div" Arithmetic [traps] (a: Reg Num, b: Reg Dst) -> like(a);
    /// Remainder with the sign of the dividend (floats: `fmod`); `MIN % -1` is 0, an integer zero divisor traps.
    Rem rem "rem" Arithmetic [traps] (a: Reg Num, b: Reg Dst) -> like(a);
    /// Negation; integers wrap, floats flip the sign bit.
    Neg neg "neg" Arithmetic [] (a: Reg Num) -> like(a);
    /// Absolute value; `MIN` wraps, unsigned is unchanged, floats clear the sign bit.
    Abs abs "abs" Arithmetic [] (a: Reg Num) -> like(a);
    /// The smaller; floats as IEEE 754-2019 `minimum` (NaN wins, -0 < +0).
    Min min "min" Arithmetic [] (a: Reg Num, b: Reg Dst) -> like(a);
    /// The larger; floats as IEEE 754-2019 `maximum` (NaN wins, -0 < +0).
    Max max "max" Arithmetic [] (a: Reg Num, b: Reg Dst) -> like(a);
    /// Wrapped sum and whether it overflowed.
    AddChecked add_checked "add.checked" Arithmetic [] (a: Reg Int, b: Reg First) -> flagged(a);
    /// Wrapped difference and whether it overflowed.
    SubChecked sub_checked "sub.checked" Arithmetic [] (a: Reg Int, b: Reg First) -> flagged(a);
    /// Wrapped product and whether it overflowed.
    MulChecked mul_checked "mul.checked" Arithmetic [] (a: Reg Int, b: Reg First) -> flagged(a);
    /// Square root, correctly rounded; NaN below zero.
    Sqrt sqrt "sqrt" Float [] (a: Reg Float) -> like(a);
    /// `a * b + c` with one rounding.
    Fma fma "fma" Float [] (a: Reg Float, b: Reg Dst, c: Reg Dst) -> like(a);
    /// `a` with the sign bit of `b`.
    CopySign copysign "copysign" Float [] (a: Reg Float, b: Reg Dst) -> like(a);
    /// The largest whole number not above.
    Floor floor "floor" Float [] (a: Reg Float) -> like(a);
    /// The smallest whole number not below.
    Ceil ceil "ceil" Float [] (a: Reg Float) -> like(a);
    /// Rounded towards zero.
    RoundZero round_zero "round.zero" Float [] (a: Reg Float) -> like(a);
    /// Rounded to nearest, ties to even.
    RoundEven round_even "round.even" Float [] (a: Reg Float) -> like(a);
    /// Rounded to nearest, ties away from zero.
    RoundAway round_away "round.away" Float [] (a: Reg Float) -> like(a);

    // ---- bits
    /// Bitwise and.
    And and "and" Bitwise [] (a: Reg IntBool, b: Reg Dst) -> like(a);
    /// Bitwise or.
    Or or "or" Bitwise [] (a: Reg IntBool, b: Reg Dst) -> like(a);
    /// Bitwise exclusive or.
    Xor xor "xor" Bitwise [] (a: Reg IntBool, b: Reg Dst) -> like(a);
    /// Bitwise complement; of a bool, its negation.
    Not not "not" Bitwise [] (a: Reg IntBool) -> like(a);
    /// Shift left; the count, of any integer type, is taken modulo the width of `a`.
    Shl shl "shl" Bitwise [] (a: Reg Int, count: Reg Int) -> like(a);
    /// Shift right, arithmetic for signed types; the count is taken modulo the width of `a`.
    Shr shr "shr" Bitwise [] (a: Reg Int, count: Reg Int) -> like(a);
    /// Rotate left; the count is taken modulo the width of `a`.
    RotateLeft rotate_left "rotl" Bitwise [] (a: Reg Int, count: Reg Int) -> like(a);
    /// Rotate right; the count is taken modulo the width of `a`.
    RotateRight rotate_right "rotr" Bitwise [] (a: Reg Int, count: Reg Int) -> like(a);
    /// Number of one bits.
    PopCount popcount "popcount" Bitwise [] (a: Reg Int) -> like(a);
    /// Number of leading zero bits; the width for 0.
    LeadingZeros leading_zeros "clz" Bitwise [] (a: Reg Int) -> like(a);
    /// Number of trailing zero bits; the width for 0.
    TrailingZeros trailing_zeros "ctz" Bitwise [] (a: Reg Int) -> like(a);
    /// Bytes in reverse order; of one byte, itself.
    ByteSwap bswap "bswap" Bitwise [] (a: Reg Int) -> like(a);

    // ---- comparison
    /// Equal; false when a float is NaN.
    Eq eq "eq" Comparison [] (a: Reg Scalar, b: Reg First) -> bool;
    /// Not equal; true when a float is NaN.
    Ne ne "ne" Comparison [] (a: Reg Scalar, b: Reg First) -> bool;
    /// Less; by the signedness of the type, false when a float is NaN.
    Lt lt "lt" Comparison [] (a: Reg Scalar, b: Reg First) -> bool;
    /// Less or equal; false when a float is NaN.
    Le le "le" Comparison [] (a: Reg Scalar, b: Reg First) -> bool;
    /// Greater; false when a float is NaN.
    Gt gt "gt" Comparison [] (a: Reg Scalar, b: Reg First) -> bool;
    /// Greater or equal; false when a float is NaN.
    Ge ge "ge" Comparison [] (a: Reg Scalar, b: Reg First) -> bool;

    // ---- casts
    /// To a narrower fixed-width integer: the low bits.
    Trunc trunc "trunc" Cast [] (a: Reg Int) -> given(Int);
    /// To a wider fixed-width integer, by the signedness of the source; a bool gives 0 or 1.
    Extend extend "extend" Cast [] (a: Reg IntBool) -> given(Int);
    /// To any integer type, `usize` and `isize` included: the low bits, or extended by the signedness of the source.
    Resize resize "resize" Cast [] (a: Reg Int) -> given(Int);
    /// Nearest float, ties to even.
    IntToFloat int_to_float "int_to_float" Cast [] (a: Reg Int) -> given(Float);
    /// Towards zero, saturating at the integer's range; NaN gives 0.
    FloatToInt float_to_int "float_to_int" Cast [] (a: Reg Float) -> given(Int);
    /// `f32` to `f64`, exact.
    Promote promote "promote" Cast [] (a: Reg Float) -> given(Float);
    /// `f64` to `f32`, nearest, ties to even.
    Demote demote "demote" Cast [] (a: Reg Float) -> given(Float);
    /// The same bits as another fixed-width scalar of the same width.
    Bitcast bitcast "bitcast" Cast [] (a: Reg Num) -> given(Num);
    /// The address as a number.
    PtrToInt ptr_to_int "ptr_to_int" Cast [] (a: Reg Ptr) -> usize;
    /// The number as an address.
    IntToPtr int_to_ptr "int_to_ptr" Cast [] (a: Reg Usize) -> ptr;
    /// `a` if the condition holds, else `b`; both are evaluated.
    Select select "select" Select [] (cond: Reg Bool, a: Reg Any, b: Reg Dst) -> like(a);

    // ---- memory
    /// Reads a value of the destination's type; the address is aligned for it.
    Load load "load" Memory [reads] (addr: Reg Ptr, alias: Alias) -> given(Any);
    /// Writes a value; the address is aligned for its type.
    Store store "store" Memory [writes] (value: Reg Any, addr: Reg Ptr, alias: Alias) -> none;
    /// A load that is neither removed, repeated nor moved.
    LoadVolatile load_volatile "load.volatile" Memory [reads writes] (addr: Reg Ptr) -> given(Scalar);
    /// A store that is neither removed, repeated nor moved.
    StoreVolatile store_volatile "store.volatile" Memory [writes] (value: Reg Scalar, addr: Reg Ptr) -> none;
    /// Atomic load (`relaxed`, `acquire`, `seq_cst`) of an integer or pointer.
    LoadAtomic load_atomic "load.atomic" Memory [reads writes] (addr: Reg Ptr, order: Ordering) -> given(Scalar);
    /// Atomic store (`relaxed`, `release`, `seq_cst`) of an integer or pointer.
    StoreAtomic store_atomic "store.atomic" Memory [writes] (value: Reg Scalar, addr: Reg Ptr, order: Ordering) -> none;
    /// Atomic read-modify-write of an integer; the old value.
    Rmw rmw "rmw" Memory [reads writes] (rmw: RmwOp, value: Reg Int, addr: Reg Ptr, order: Ordering) -> like(value);
    /// Atomic compare and exchange of an integer; the old value and whether it was exchanged.
    CmpXchg cmpxchg "cmpxchg" Memory [reads writes] (expected: Reg Int, new: Reg First, addr: Reg Ptr, order: Ordering) -> flagged(expected);
    /// Memory fence (`acquire`, `release`, `acq_rel`, `seq_cst`).
    Fence fence "fence" Memory [reads writes] (order: Ordering) -> none;
    /// Copies `len` bytes between ranges that do not overlap.
    MemCopy mem_copy "mem.copy" Memory [reads writes] (dst: Reg Ptr, src: Reg Ptr, len: Reg Usize) -> none;
    /// Copies `len` bytes; the ranges may overlap.
    MemMove mem_move "mem.move" Memory [reads writes] (dst: Reg Ptr, src: Reg Ptr, len: Reg Usize) -> none;
    /// Sets `len` bytes.
    MemFill mem_fill "mem.fill" Memory [writes] (dst: Reg Ptr, byte: Reg Byte, len: Reg Usize) -> none;
    /// Address of a field of the struct, tuple or fixed array at `base`.
    FieldAddr field_addr "field_addr" Memory [] (base: Reg Ptr, ty: Ty, index: u32) -> ptr;
    /// Address of element `index` (any integer, by its signedness) counted from `base`, within one object.
    IndexAddr index_addr "index_addr" Memory [] (base: Reg Ptr, elem: Ty, index: Reg Int) -> ptr;
    /// Address of payload field `field` of variant `variant` of the enum at `base`; its `u32` tag is at `base`.
    VariantAddr variant_addr "variant_addr" Memory [] (base: Reg Ptr, ty: Ty, variant: u32, field: u32) -> ptr;
    /// Address moved by a signed or unsigned number of bytes, within one object.
    PtrAdd ptr_add "ptr_add" Memory [] (base: Reg Ptr, bytes: Reg Int) -> ptr;
    /// Fresh uninitialised memory of `size` bytes, aligned for every scalar; null when there is none.
    HeapAlloc heap_alloc "heap.alloc" Memory [writes allocates] (size: Reg Usize) -> ptr;
    /// The same with every byte zero, which the system often gives for nothing.
    HeapAllocZeroed heap_alloc_zeroed "heap.alloc_zeroed" Memory [writes allocates] (size: Reg Usize) -> ptr;
    /// Whether memory is checked: then each object comes from `heap.alloc` and goes to `heap.free`, so that both are seen.
    HeapIsChecked heap_is_checked "heap.is_checked" Memory [] () -> bool;
    /// Grows or shrinks such memory, keeping its bytes; null, and the old memory untouched, when there is none.
    HeapResize heap_resize "heap.resize" Memory [reads writes allocates] (base: Reg Ptr, size: Reg Usize) -> ptr;
    /// Gives such memory back.
    HeapFree heap_free "heap.free" Memory [writes] (base: Reg Ptr) -> none;
    /// Adds one to the reference count, an `isize`, at the address.
    Retain retain "retain" Memory [reads writes] (a: Reg Ptr) -> none;
    /// Takes one from the reference count at the address; whether it was the last.
    Release release "release" Memory [reads writes] (a: Reg Ptr) -> bool;
    /// Whether the reference count at the address is 1.
    IsUnique is_unique "is_unique" Memory [reads] (a: Reg Ptr) -> bool;

    // ---- calls
    /// Calls a function; arguments past the parameters are C varargs.
    Call call "call" Call [reads writes traps allocates] (func: FuncId, args: RegList) -> called;
    /// Calls the function at an address.
    CallIndirect call_indirect "call.indirect" Call [reads writes traps allocates] (callee: Reg Ptr, sig: SigId, args: RegList) -> called;

    // ---- aggregates
    /// A struct, tuple or fixed array of the given fields.
    AggMake agg_make "agg.make" Aggregate [] (fields: RegList) -> given(Aggregate);
    /// Field `index` of a struct, tuple or fixed array.
    AggGet agg_get "agg.get" Aggregate [] (agg: Reg Aggregate, index: u32) -> given(Any);
    /// The aggregate with field `index` replaced.
    AggSet agg_set "agg.set" Aggregate [] (agg: Reg Aggregate, index: u32, value: Reg Any) -> like(agg);
    /// An enum value of a variant.
    EnumMake enum_make "enum.make" Aggregate [] (variant: u32, payload: RegList) -> given(Enum);
    /// The tag: the index of the variant.
    EnumTag enum_tag "enum.tag" Aggregate [] (value: Reg Enum) -> u32;
    /// A payload field of a value known to be of the variant.
    EnumPayload enum_payload "enum.payload" Aggregate [] (value: Reg Enum, variant: u32, field: u32) -> given(Any);

    // ---- debug information and hints
    /// A source variable lives in a slot; it is of a type as the source has it, and the parameter of a number, from 1, or none.
    DebugDeclare debug_declare "debug.declare" Debug [] (slot: SlotId, name: StrId, ty: Ty, param: u32) -> none;
    /// A source variable lives in a register from here on, whose later values are its, too; else as above.
    DebugValue debug_value "debug.value" Debug [] (value: Reg Any, name: StrId, ty: Ty, param: u32) -> none;
    /// The condition holds; undefined when it does not (the interpreter checks it).
    Assume assume "assume" Hint [writes] (cond: Reg Bool) -> none;
    /// The address, found not to be null: nothing is read through it before; undefined when it is (the interpreter checks it).
    NonNull nonnull "nonnull" Hint [traps] (a: Reg Ptr) -> ptr;
    /// The condition, expected to hold.
    Likely likely "likely" Hint [] (cond: Reg Bool) -> bool;
    /// The condition, expected not to hold.
    Unlikely unlikely "unlikely" Hint [] (cond: Reg Bool) -> bool;
    /// Stops the program at once, abnormally; nothing after it runs.
    Trap trap "trap" Hint [writes traps] () -> none;
}
rich {
    // ---- ranges and bounds
    /// `index`, with a negative one counted from `len`, as a number below `len`; panics outside.
    IndexCheck index_check "index.check" Collection [traps] (index: Reg Int, len: Reg Usize) -> usize;
    /// A half-open range.
    RangeMake range_make "range.make" Collection [] (start: Reg Int, end: Reg First) -> given(Range);

    // ---- values that refer to objects
    /// The value once more: what it refers to has one owner more.
    Share share "share" Collection [reads writes] (value: Reg Any) -> like(value);
    /// Gives a value up: what it refers to has one owner less, and what has none left is freed.
    Drop drop_ "drop" Collection [reads writes] (value: Reg Any) -> none;

    // ---- arrays
    /// An array of the given elements.
    ArrayLiteral array_literal "array.literal" Collection [allocates] (items: RegList) -> given(Array);
    /// Element at an index; panics outside.
    ArrayGet array_get "array.get" Collection [reads traps] (array: Reg Array, index: Reg Int) -> given(Any);
    /// The array with an element replaced; panics outside.
    ArraySet array_set "array.set" Collection [reads writes traps allocates] (array: Reg Array, index: Reg Int, value: Reg Any) -> like(array);
    /// Number of elements.
    ArrayLen array_len "array.len" Collection [reads] (array: Reg Array) -> usize;
    /// Number of elements there is room for.
    ArrayCapacity array_capacity "array.capacity" Collection [reads] (array: Reg Array) -> usize;
    /// The array with room for at least `count` elements in all.
    ArrayReserve array_reserve "array.reserve" Collection [reads writes allocates] (array: Reg Array, count: Reg Usize) -> like(array);
    /// The array with an element added at the end.
    ArrayAppend array_append "array.append" Collection [reads writes allocates] (array: Reg Array, value: Reg Any) -> like(array);
    /// The elements from `start` up to `end`, both counted from the end when negative, brought within the array.
    ArraySlice array_slice "array.slice" Collection [reads allocates] (array: Reg Array, start: Reg Int, end: Reg Int) -> like(array);
    /// The elements of both.
    ArrayConcat array_concat "array.concat" Collection [reads allocates] (a: Reg Array, b: Reg Dst) -> like(a);
    /// The array without elements.
    ArrayClear array_clear "array.clear" Collection [reads writes] (array: Reg Array) -> like(array);

    // ---- dicts
    /// A dict of keys and values in turn; of equal keys the last one's value counts.
    DictLiteral dict_literal "dict.literal" Collection [allocates] (items: RegList) -> given(Dict);
    /// The value at a key, as an optional.
    DictGet dict_get "dict.get" Collection [reads] (dict: Reg Dict, key: Reg Any) -> given(Enum);
    /// The dict with a value at a key.
    DictSet dict_set "dict.set" Collection [reads writes allocates] (dict: Reg Dict, key: Reg Any, value: Reg Any) -> like(dict);
    /// Number of entries.
    DictLen dict_len "dict.len" Collection [reads] (dict: Reg Dict) -> usize;
    /// The dict without a key.
    DictRemove dict_remove "dict.remove" Collection [reads writes] (dict: Reg Dict, key: Reg Any) -> like(dict);
    /// Whether there is a key.
    DictContains dict_contains "dict.contains" Collection [reads] (dict: Reg Dict, key: Reg Any) -> bool;

    // ---- text
    /// A text literal.
    TextLiteral text_literal "text.literal" Collection [] (value: StrId) -> given(Text);
    /// Length in bytes.
    TextLen text_len "text.len" Collection [reads] (text: Reg Text) -> usize;
    /// Whether both have the same bytes.
    TextEq text_eq "text.eq" Collection [reads] (a: Reg Text, b: Reg Text) -> bool;
    /// Both, one after the other.
    TextConcat text_concat "text.concat" Collection [reads allocates] (a: Reg Text, b: Reg Dst) -> like(a);
    /// The bytes from `start` up to `end`, both counted from the end when negative, brought within the text.
    TextSlice text_slice "text.slice" Collection [reads allocates] (text: Reg Text, start: Reg Int, end: Reg Int) -> like(text);
    /// Any value as text by a format specification (language reference §10).
    Format format "format" Collection [reads allocates] (value: Reg Any, spec: StrId) -> given(Text);

    // ---- patterns
    /// Whether an enum value is of a variant.
    PatternIs pattern_is "pattern.is" Pattern [] (value: Reg Enum, variant: u32) -> bool;
    /// A payload field; panics when the value is of another variant.
    PatternAs pattern_as "pattern.as" Pattern [traps] (value: Reg Enum, variant: u32, field: u32) -> given(Any);
    /// Index of the first listed value that is equal to `value`; their number when none is.
    PatternMatch pattern_match "pattern.match" Pattern [] (value: Reg Scalar, values: RegList) -> u32;

    // ---- closures
    /// The closure of a function that captures nothing: an object that is never freed.
    ClosureFunc closure_func "closure.func" Closure [] (func: FuncId) -> ptr;
    /// A new closure that owns captured values; `func` takes its address before the parameters.
    ClosureMake closure_make "closure.make" Closure [writes traps allocates] (func: FuncId, drop: MaybeFunc, captures: RegList) -> ptr;
    /// Address of a captured value; `env` is the tuple of all of them.
    ClosureCapture closure_capture "closure.capture" Closure [] (closure: Reg Ptr, env: Ty, index: u32) -> ptr;
    /// Calls a closure by its signature.
    ClosureApply closure_apply "closure.apply" Closure [reads writes traps allocates] (closure: Reg Ptr, sig: SigId, args: RegList) -> called;
    /// A new closure that owns another, of this signature, and its first arguments.
    ClosurePartial closure_partial "closure.partial" Closure [writes traps allocates] (closure: Reg Ptr, sig: SigId, drop: MaybeFunc, args: RegList) -> ptr;
    /// Gives back a closure without references, and what it captured.
    ClosureFree closure_free "closure.free" Closure [reads writes traps allocates] (closure: Reg Ptr) -> none;
    /// Calls the method of a number of the table whose address is behind the object's reference count.
    CallVirtual call_virtual "call.virtual" Call [reads writes traps allocates] (object: Reg Ptr, method: u32, sig: SigId, args: RegList) -> called;

    // ---- errors
    /// What an outcome holds where it is a success; where it is a failure, the function returns that.
    Try try_ "try" Error [] (outcome: Reg Enum) -> given(Any);
    /// Returns the failure of an outcome from the function where it is one.
    Propagate propagate "propagate" Error [] (outcome: Reg Enum) -> none;
    /// Returns a failure from the function; `unreachable` follows.
    Throw throw "throw" Error [] (error: Reg Any) -> none;
    /// The error with which an `invoke` led to this block.
    Catch catch "catch" Error [] () -> given(Any);
    /// Returns the error with which an `invoke` led to this block; `unreachable` follows.
    Unwind unwind "unwind" Error [] () -> none;

    // ---- SIMD
    /// Every lane the same.
    VecSplat vec_splat "vec.splat" Simd [] (a: Reg Scalar) -> given(Vector);
    /// One lane.
    VecExtract vec_extract "vec.extract" Simd [] (vec: Reg Vector, lane: u32) -> given(Scalar);
    /// The vector with one lane replaced.
    VecInsert vec_insert "vec.insert" Simd [] (vec: Reg Vector, lane: u32, value: Reg Scalar) -> like(vec);
    /// Lanes picked from two vectors by a vector of lane numbers.
    VecShuffle vec_shuffle "vec.shuffle" Simd [] (a: Reg Vector, b: Reg Dst, lanes: Reg Vector) -> like(a);
    /// Lane by lane, `a` where the mask holds, else `b`.
    VecSelect vec_select "vec.select" Simd [] (mask: Reg Vector, a: Reg Vector, b: Reg Dst) -> like(a);
    /// Lane-wise comparison for equality.
    VecEq vec_eq "vec.eq" Simd [] (a: Reg Vector, b: Reg First) -> given(Vector);
    /// Lane-wise comparison for less.
    VecLt vec_lt "vec.lt" Simd [] (a: Reg Vector, b: Reg First) -> given(Vector);
    /// Sum of the lanes, from the first on.
    VecSum vec_sum "vec.sum" Simd [] (vec: Reg Vector) -> given(Scalar);
    /// Product of the lanes, from the first on.
    VecProduct vec_product "vec.product" Simd [] (vec: Reg Vector) -> given(Scalar);
    /// The smallest lane.
    VecMin vec_min "vec.min" Simd [] (vec: Reg Vector) -> given(Scalar);
    /// The largest lane.
    VecMax vec_max "vec.max" Simd [] (vec: Reg Vector) -> given(Scalar);
    /// Lanes loaded from a vector of addresses where the mask holds, else taken from `other`.
    VecGather vec_gather "vec.gather" Simd [reads] (addrs: Reg Vector, mask: Reg Vector, other: Reg Vector) -> like(other);
    /// Lanes stored to a vector of addresses where the mask holds.
    VecScatter vec_scatter "vec.scatter" Simd [writes] (value: Reg Vector, addrs: Reg Vector, mask: Reg Vector) -> none;

    // ---- GPU
    /// Global thread index in a dimension, 0 to 2.
    GpuGlobalId gpu_global_id "gpu.global_id" Gpu [] (dim: u32) -> usize;
    /// Waits for all threads of the block.
    GpuBarrier gpu_barrier "gpu.barrier" Gpu [reads writes] () -> none;
    /// Atomic sum in device memory; the old value.
    GpuAtomicAdd gpu_atomic_add "gpu.atomic_add" Gpu [reads writes] (value: Reg Num, addr: Reg Ptr) -> like(value);
    /// Runs a kernel over a grid.
    GpuLaunch gpu_launch "gpu.launch" Gpu [reads writes] (kernel: FuncId, grid: Reg Usize, args: RegList) -> none;

    // ---- async and actors
    /// Waits for a future's value.
    Await await_ "await" Async [reads writes traps] (future: Reg Ptr) -> given(Any);
    /// Hands a value to the generator's consumer.
    Yield yield_ "yield" Async [reads writes] (value: Reg Any) -> none;
    /// Starts an actor.
    ActorSpawn actor_spawn "actor.spawn" Async [writes allocates] (init: FuncId, args: RegList) -> ptr;
    /// Sends a message to an actor.
    ActorSend actor_send "actor.send" Async [writes allocates] (actor: Reg Ptr, handler: FuncId, args: RegList) -> none;
    /// Sends a message to an actor and waits for the answer.
    ActorAsk actor_ask "actor.ask" Async [reads writes traps allocates] (actor: Reg Ptr, handler: FuncId, args: RegList) -> given(Any);
}
    } };
}
pub(crate) use op_table;

macro_rules! result_rule {
    (none) => {
        ResultRule::None
    };
    (bool) => {
        ResultRule::Fixed(Ty::BOOL)
    };
    (ptr) => {
        ResultRule::Fixed(Ty::PTR)
    };
    (usize) => {
        ResultRule::Fixed(Ty::USIZE)
    };
    (u32) => {
        ResultRule::Fixed(Ty::U32)
    };
    (called) => {
        ResultRule::Called
    };
    (like($field:ident)) => {
        ResultRule::Like(stringify!($field))
    };
    (flagged($field:ident)) => {
        ResultRule::Flagged(stringify!($field))
    };
    (given($class:ident)) => {
        ResultRule::Given(Class::$class)
    };
}

macro_rules! optional_class {
    () => {
        None
    };
    ($class:ident) => {
        Some(Class::$class)
    };
}

macro_rules! define_tier {
    ($enum:ident $tier:ident {
        $(#[doc = $doc:literal] $variant:ident $method:ident $text:literal $category:ident [$($effect:ident)*]
          ($($field:ident: $kind:ident $($class:ident)?),*) -> $result:ident $(($arg:ident))?;)*
    }) => {
        #[doc = concat!("The operations of tier ", stringify!($tier), "; the table in this file says what each does.")]
        #[derive(Clone, Copy, PartialEq, Debug)]
        #[allow(missing_docs, reason = "fields are documented by the table's classes")]
        pub enum $enum { $(#[doc = $doc] $variant { $($field: $kind),* }),* }

        impl $enum {
            /// Every row of this tier, in table order.
            pub const TABLE: &'static [OpInfo] = &[$(OpInfo {
                name: $text,
                tier: Tier::$tier,
                category: Category::$category,
                effects: {
                    #[allow(unused_mut, reason = "operations without effects")]
                    let mut effects = Effects::NONE;
                    $(effects.$effect = true;)*
                    effects
                },
                fields: &[$(FieldInfo {
                    name: stringify!($field),
                    kind: stringify!($kind),
                    class: optional_class!($($class)?),
                }),*],
                result: result_rule!($result $(($arg))?),
                doc: $doc,
            }),*];

            /// Position of the operation's row in [`Self::TABLE`].
            pub fn index(&self) -> usize {
                #[allow(non_camel_case_types, clippy::enum_variant_names, reason = "a counter named after the variants")]
                #[derive(Clone, Copy)]
                enum Row { $($variant),* }
                match self { $($enum::$variant { .. } => Row::$variant as usize),* }
            }

            /// Calls `visit` with each register read, in field order.
            #[allow(unused_variables, reason = "operations without registers use neither argument")]
            pub fn each_use(&self, pool: &[Reg], visit: &mut dyn FnMut(Reg)) {
                match self { $($enum::$variant { $($field),* } => { $(Field::each_use($field, pool, visit);)* })* }
            }

            /// Replaces each register read that stands in the operation itself; those in a [`RegList`] are the pool's.
            #[allow(unused_variables, reason = "operations without registers use neither argument")]
            pub fn map_uses(&mut self, map: &mut dyn FnMut(Reg) -> Reg) {
                match self { $($enum::$variant { $($field),* } => { $(Field::map_uses($field, map);)* })* }
            }

            /// Replaces the handles of a module that stand in the operation by those of another module.
            #[allow(unused_variables, reason = "operations without fields")]
            pub(super) fn relocate(&mut self, to: &Relocation) {
                match self { $($enum::$variant { $($field),* } => { $(Field::relocate($field, to);)* })* }
            }

            /// The registers of single-register fields, in field order, each with its class.
            #[allow(unused_variables, unused_mut, reason = "operations without registers")]
            pub fn classed_uses(&self, visit: &mut dyn FnMut(Reg, Class)) {
                match self { $($enum::$variant { $($field),* } => {
                    $($(visit(*$field, Class::$class);)?)*
                })* }
            }

            /// The register in the field named by a `like` or `flagged` result rule.
            fn like(&self) -> Option<Reg> {
                match self { $($enum::$variant { .. } => like_field!(self, $enum $variant $result $(($arg))?),)* }
            }
        }
    };
}

macro_rules! like_field {
    ($self:ident, $enum:ident $variant:ident like($arg:ident)) => {
        match $self {
            $enum::$variant { $arg, .. } => Some(*$arg),
            _ => None,
        }
    };
    ($self:ident, $enum:ident $variant:ident flagged($arg:ident)) => {
        match $self {
            $enum::$variant { $arg, .. } => Some(*$arg),
            _ => None,
        }
    };
    ($self:ident, $enum:ident $variant:ident $other:ident $(($arg:ident))?) => {
        None
    };
}

macro_rules! define_ops {
    (core $core:tt rich $rich:tt) => {
        define_tier!(CoreOp Core $core);
        define_tier!(RichOp Rich $rich);
    };
}
op_table!(define_ops);

/// An operation of either tier.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Op {
    /// Implemented by back ends.
    Core(CoreOp),
    /// Expanded before.
    Rich(RichOp),
}

impl Op {
    /// The operation's row of the table.
    pub fn info(&self) -> &'static OpInfo {
        match self {
            Op::Core(op) => &CoreOp::TABLE[op.index()],
            Op::Rich(op) => &RichOp::TABLE[op.index()],
        }
    }

    /// Calls `visit` with each register read, in field order; `pool` is the function's.
    pub fn each_use(&self, pool: &[Reg], mut visit: impl FnMut(Reg)) {
        match self {
            Op::Core(op) => op.each_use(pool, &mut visit),
            Op::Rich(op) => op.each_use(pool, &mut visit),
        }
    }

    /// Replaces the handles of a module that stand in the operation by those of another module.
    pub(super) fn relocate(&mut self, to: &Relocation) {
        match self {
            Op::Core(op) => op.relocate(to),
            Op::Rich(op) => op.relocate(to),
        }
    }

    /// The single-register operands with the classes that the table demands.
    pub fn classed_uses(&self, mut visit: impl FnMut(Reg, Class)) {
        match self {
            Op::Core(op) => op.classed_uses(&mut visit),
            Op::Rich(op) => op.classed_uses(&mut visit),
        }
    }

    /// The operand whose type the result has, or has beside a flag.
    pub fn like(&self) -> Option<Reg> {
        match self {
            Op::Core(op) => op.like(),
            Op::Rich(op) => op.like(),
        }
    }
}

impl From<CoreOp> for Op {
    fn from(op: CoreOp) -> Op {
        Op::Core(op)
    }
}

impl From<RichOp> for Op {
    fn from(op: RichOp) -> Op {
        Op::Rich(op)
    }
}
