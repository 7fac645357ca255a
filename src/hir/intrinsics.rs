//! The operations of the compiler that the runtime's source calls by name.

macro_rules! intrinsics {
    ($($(#[doc = $doc:literal])* $variant:ident $name:literal;)*) => {
        /// An operation of the compiler that the runtime's source calls; declared there with its type.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Intrinsic { $($(#[doc = $doc])* $variant),* }

        impl Intrinsic {
            /// Every intrinsic with the name of its declaration.
            pub const ALL: &'static [(&'static str, Intrinsic)] = &[$(($name, Intrinsic::$variant)),*];
        }
    };
}

intrinsics! {
    /// `size_of<T>() -> usize`: bytes from one element of an array to the next.
    SizeOf "size_of";
    /// `array_offset<T>() -> usize`: offset of the first element in an array's heap object.
    ArrayOffset "array_offset";
    /// `needs_drop<T>() -> bool`: whether copies of a `T` are counted.
    NeedsDrop "needs_drop";
    /// `is_float<T>() -> bool`: whether a `T` is an `f32` or `f64`.
    IsFloat "is_float";
    /// `runs_code<T>() -> bool`: whether comparing or hashing a `T` may run code of the program.
    RunsCode "runs_code";
    /// `is_zero<T>(x: T) -> bool`: whether zero bytes are a copy of the value; may say no of a type that takes long to look at.
    IsZero "is_zero";
    /// `ptr_null<T>() -> ptr<T>`.
    PtrNull "ptr_null";
    /// `ptr_is_null<T>(p: ptr<T>) -> bool`.
    PtrIsNull "ptr_is_null";
    /// `ptr_cast<T, U>(p: ptr<T>) -> ptr<U>`.
    PtrCast "ptr_cast";
    /// `ptr_at<T>(p: ptr<T>, i: usize) -> ptr<T>`: address of element `i`.
    PtrAt "ptr_at";
    /// `ptr_add<T>(p: ptr<T>, bytes: usize) -> ptr<u8>`: address of a byte.
    PtrAdd "ptr_add";
    /// `ptr_take<T>(p: ptr<T>) -> T`: the value there, which is no longer owned by its place.
    PtrTake "ptr_take";
    /// `ptr_read<T>(p: ptr<T>) -> T`: a copy of the value there.
    PtrRead "ptr_read";
    /// `ptr_write<T>(p: ptr<T>, v: T)`: puts a copy there, without dropping what was there.
    PtrWrite "ptr_write";
    /// `ptr_drop<T>(p: ptr<T>)`: drops the value there.
    PtrDrop "ptr_drop";
    /// `ptr_copy<T>(dst: ptr<T>, src: ptr<T>, n: usize)`: moves the bits of `n` values; the ranges may overlap.
    PtrCopy "ptr_copy";
    /// `ptr_fill(dst: ptr<u8>, byte: u8, n: usize)`.
    PtrFill "ptr_fill";
    /// `header_load(p: ptr<usize>) -> usize`: a count, length or capacity of a heap object.
    HeaderLoad "header_load";
    /// `header_store(p: ptr<usize>, v: usize)`.
    HeaderStore "header_store";
    /// `element_read<T>(p: ptr<T>) -> T`: a copy of an array's element.
    ElementRead "element_read";
    /// `element_write<T>(p: ptr<T>, v: T)`: as `ptr_write`, of an array's element.
    ElementWrite "element_write";
    /// `heap_alloc(bytes: usize) -> ptr<u8>`: null when there is no memory.
    HeapAlloc "heap_alloc";
    /// `heap_is_checked() -> bool`: whether each object is to come from `heap_alloc` and go to `heap_free`.
    HeapIsChecked "heap_is_checked";
    /// `free_blocks() -> ptr<ptr<u8>>`: the lists of the runtime's allocator (`runtime/pool.spl`), null at first.
    FreeBlocks "free_blocks";
    /// `calls() -> ptr<ptr<u8>>`: where the innermost call is kept that has not returned (`runtime/panic.spl`), null at first.
    Calls "calls";
    /// `os_environ() -> ptr<ptr<ptr<u8>>>`: the C library's variable that leads to the environment.
    Environ "os_environ";
    /// `heap_alloc_zeroed(bytes: usize) -> ptr<u8>`: null when there is no memory.
    HeapAllocZeroed "heap_alloc_zeroed";
    /// `heap_resize(p: ptr<u8>, bytes: usize) -> ptr<u8>`: null when there is no memory.
    HeapResize "heap_resize";
    /// `heap_free(p: ptr<u8>)`.
    HeapFree "heap_free";
    /// `retain(p: ptr<u8>)`: one more reference to the heap object.
    Retain "retain";
    /// `release(p: ptr<u8>) -> bool`: one fewer; whether it was the last.
    Release "release";
    /// `is_unique(p: ptr<u8>) -> bool`: whether there is only one reference.
    IsUnique "is_unique";
    /// `array_raw<T>(xs: [T]) -> ptr<u8>`: the heap object; the array keeps it.
    ArrayRaw "array_raw";
    /// `array_own<T>(p: ptr<u8>) -> [T]`: the array that owns one reference to the heap object.
    ArrayOwn "array_own";
    /// `array_set_raw<T>(xs: mut [T], p: ptr<u8>)`: makes the variable hold the heap object, without dropping the old one.
    ArraySetRaw "array_set_raw";
    /// `text_raw(s: text) -> ptr<u8>`: the heap object, laid out like that of a `[u8]`.
    TextRaw "text_raw";
    /// `text_own(p: ptr<u8>) -> text`.
    TextOwn "text_own";
    /// `empty_raw() -> ptr<u8>`: the heap object of every empty array and text; never freed.
    EmptyRaw "empty_raw";
    /// `float_bits(x: f64) -> u64`.
    FloatBits "float_bits";
    /// `float_from_bits(bits: u64) -> f64`.
    FloatFromBits "float_from_bits";
    /// `float32_bits(x: f32) -> u32`.
    Float32Bits "float32_bits";
    /// `float32_from_bits(bits: u32) -> f32`.
    Float32FromBits "float32_from_bits";
    /// `count_ones<T>(x: T) -> T`, of an integer type.
    CountOnes "count_ones";
    /// `leading_zeros<T>(x: T) -> T`.
    LeadingZeros "leading_zeros";
    /// `trailing_zeros<T>(x: T) -> T`.
    TrailingZeros "trailing_zeros";
    /// `rotate_left<T>(x: T, n: i64) -> T`.
    RotateLeft "rotate_left";
    /// `rotate_right<T>(x: T, n: i64) -> T`.
    RotateRight "rotate_right";
    /// `add_overflows<T>(a: T, b: T) -> bool`, of an integer type: whether the sum wraps.
    AddOverflows "add_overflows";
    /// `sub_overflows<T>(a: T, b: T) -> bool`: whether the difference wraps.
    SubOverflows "sub_overflows";
    /// `mul_overflows<T>(a: T, b: T) -> bool`: whether the product wraps.
    MulOverflows "mul_overflows";
    /// `abs<T>(x: T) -> T`, of a number type; `MIN` wraps.
    Abs "abs";
    /// `sqrt<T>(x: T) -> T`, of a float type.
    Sqrt "sqrt";
    /// `floor<T>(x: T) -> T`.
    Floor "floor";
    /// `ceil<T>(x: T) -> T`.
    Ceil "ceil";
    /// `round<T>(x: T) -> T`: ties away from zero.
    Round "round";
    /// `trunc<T>(x: T) -> T`.
    Trunc "trunc";
    /// `deref<T>(p: ptr<T>) -> T`: the value there, as a place.
    Deref "deref";
    /// `address<T>(x: mut T) -> ptr<T>`: where a place is.
    Address "address";
    /// `ptr_payload<T>(p: ptr<T?>) -> ptr<T>`: address of the value that is there.
    PtrPayload "ptr_payload";
    /// `weak_place<T>(x: T) -> ptr<Weak<T>?>`: where an instance has the reference to its cell for weak fields.
    WeakPlace "weak_place";
    /// `hash<T>(state: u64, x: T) -> u64`: the state with a value mixed in; equal values mix in the same.
    Hash "hash";
    /// `show<T>(buffer: mut [u8], x: T)`: appends the value as it is shown inside a container.
    Show "show";
    /// `caller_place() -> text`: of a function that panics in the name of its caller, the place of that.
    CallerPlace "caller_place";
    /// `unreachable() -> never`.
    Unreachable "unreachable";
}
