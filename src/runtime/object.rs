//! Heap objects: what the compiler, `expand/` and the runtime's source agree on.
//!
//! A heap object begins with an `isize` reference count. Of an array, a `usize` length and a `usize` capacity follow,
//! then the elements, each part aligned as the fields of a struct are; a text is the object of its bytes. Of an instance
//! of a class, its fields follow; of a function value, the address of the code, that of the function that gives the
//! captures up (or null), then the tuple of the captures; of a value behind `dyn Trait` or `Any`, the address of the table
//! that says what the value is and can do, then the value; of an enum that would hold itself, the number of the case, then what it
//! carries. Literals, the empty object and blank instances are globals of
//! the same shape, whose count starts so high that it never falls to zero.

use crate::mir::{FuncId, Global, GlobalId, Init, Linkage, Module, Ty, TypeData, Types, scalar_type};

/// Field of the reference count.
pub const COUNT: u32 = 0;
/// Field of the length.
pub const LENGTH: u32 = 1;
/// Field of the capacity.
pub const CAPACITY: u32 = 2;
/// Field of the first element.
pub const ELEMENTS: u32 = 3;

/// Field of a closure's code.
pub const CODE: u32 = 1;
/// Field of the function that gives up what a closure captured; null when there is nothing to give up.
pub const DROP: u32 = 2;
/// Field of the tuple of what a closure captured.
pub const CAPTURES: u32 = 3;

/// Where an instance's fields begin.
pub const FIELDS: u32 = 1;

/// Field of an instance's reference to its cell for weak fields, null for none; the instance's own fields are behind it.
/// Only classes have it whose instances some weak field holds.
pub const CELL: u32 = 1;
/// Field of the table of an object behind a wider type.
pub const TABLE: u32 = 1;
/// Field of the value of an object behind a wider type.
pub const VALUE: u32 = 2;

/// Field of the number of a node's case.
pub const CASE: u32 = 1;
/// Field of the first thing that a node's case carries.
pub const PAYLOAD: u32 = 2;

/// Entry of a table: the description of the value's type.
pub const DESCRIPTION: u32 = 0;
/// Entry of a table: the first method.
pub const METHODS: u32 = 1;

/// Entry of a description, which is a table without methods: frees an object.
pub const FREE: u32 = 1;
/// Entry of a description: copies an object.
pub const COPY: u32 = 2;
/// Entry of a description: compares two objects.
pub const EQUAL: u32 = 3;
/// Entry of a description: appends the value of an object.
pub const SHOW: u32 = 4;
/// Entry of a description: appends the value as it is shown inside of others.
pub const SHOW_QUOTED: u32 = 5;
/// How many entries a description has.
pub const DESCRIPTION_ENTRIES: u32 = 6;

/// The reference count of objects that are never freed: half of a 32-bit range away from zero and from overflow.
pub const IMMORTAL: u64 = 1 << 30;

/// Added to the reference count of an instance while it is being shown.
pub const SHOWN: u64 = 1 << 29;

/// How many pointers the lists of free blocks for instances take (`runtime/pool.spl`).
pub const FREE_LISTS: u64 = 33;

/// Symbol of the empty object.
pub const EMPTY: &str = "rt::empty";

/// Symbol of the variable that has the innermost frame of a program that keeps account of its calls, a `ptr`.
pub const CALLS: &str = "rt::calls";
/// Field of a frame: the one around it, or null.
pub const AROUND: u32 = 0;
/// Field of a frame: the text object of the place of its call that has not returned; null before the first.
pub const PLACE: u32 = 1;

/// Symbol of the function that ends the program with a message and a place, both text objects: `(ptr, ptr) -> never`.
pub const PANIC: &str = "rt_panic";
/// Symbol of the function that reports an index out of range: index, length, place `(i64, i64, ptr) -> never`.
pub const PANIC_INDEX: &str = "rt_panic_index";

/// The type of an object of elements of a type, up to and with its first element.
pub fn array_type(module: &mut Module, elem: Ty) -> Ty {
    module.types.tuple(vec![Ty::ISIZE, Ty::USIZE, Ty::USIZE, elem])
}

/// How a value of a rich type is held: an array or a text by the address of its object, a dict as the runtime's struct of
/// entries, index and count (`dicts.spl`), a range by its ends. `None` for other types.
pub fn representation(types: &mut Types, data: &TypeData) -> Option<Ty> {
    match *data {
        TypeData::Text | TypeData::Array(_) => Some(Ty::PTR),
        TypeData::Dict(..) => Some(types.tuple(vec![Ty::PTR, Ty::PTR, Ty::I64])),
        TypeData::Range(elem) => Some(types.tuple(vec![elem, elem])),
        scalar_type!()
        | TypeData::Unit
        | TypeData::Never
        | TypeData::Struct(_)
        | TypeData::Enum(_)
        | TypeData::Tuple(_)
        | TypeData::FixedArray(..)
        | TypeData::Ref(_)
        | TypeData::Vector(..) => None,
    }
}

/// The type of a closure that captured a tuple.
pub fn closure_type(module: &mut Module, env: Ty) -> Ty {
    module.types.tuple(vec![Ty::ISIZE, Ty::PTR, Ty::PTR, env])
}

/// The type of an object that holds a value behind a wider type.
pub fn box_type(module: &mut Module, value: Ty) -> Ty {
    module.types.tuple(vec![Ty::ISIZE, Ty::PTR, value])
}

/// Adds the closure of code that takes the closure and uses nothing of it.
pub fn closure_global(module: &mut Module, name: String, code: FuncId) -> GlobalId {
    let env = module.types.tuple(Vec::new());
    let ty = closure_type(module, env);
    let fields = vec![Init::Bits(IMMORTAL), Init::Func(code), Init::Zero, Init::Zero];
    object_global(module, name, ty, Init::Fields(fields))
}

/// Adds the object of a text literal.
pub fn text_global(module: &mut Module, name: String, bytes: &[u8]) -> GlobalId {
    array_global(module, name, Ty::U8, bytes.len() as u64, Init::Bytes(bytes.to_vec()))
}

/// Adds the object of an array of known elements, `elements` being the value of a fixed array of them.
pub fn array_global(module: &mut Module, name: String, elem: Ty, len: u64, elements: Init) -> GlobalId {
    let data = module.types.intern(TypeData::FixedArray(elem, len));
    let ty = array_type(module, data);
    let fields = vec![Init::Bits(IMMORTAL), Init::Bits(len), Init::Bits(len), elements];
    object_global(module, name, ty, Init::Fields(fields))
}

/// Adds the empty object; its elements would be aligned for anything.
pub fn empty_global(module: &mut Module) -> GlobalId {
    let data = module.types.intern(TypeData::FixedArray(Ty::F64, 0));
    let ty = array_type(module, data);
    let fields = vec![Init::Bits(IMMORTAL), Init::Zero, Init::Zero, Init::Zero];
    object_global(module, EMPTY.to_string(), ty, Init::Fields(fields))
}

/// Adds a global that is an object.
pub fn object_global(module: &mut Module, name: String, ty: Ty, init: Init) -> GlobalId {
    // Not constant: the reference count is written.
    let span = crate::diagnostics::Span::NONE;
    module.add_global(Global {
        name,
        ty,
        init: Some(init),
        constant: false,
        thread_local: false,
        linkage: Linkage::Internal,
        span,
    })
}

/// A span as `file:line:column`; empty when it has no place.
pub fn place_text(module: &Module, span: crate::diagnostics::Span) -> String {
    module.place(span).map_or_else(String::new, |(path, line, column)| format!("{path}:{line}:{column}"))
}
