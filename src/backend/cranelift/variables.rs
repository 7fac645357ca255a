//! Thread-local globals of code in memory: no loader gives each thread its own, so that code asks for their addresses by
//! a call into this process.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;

use rustc_hash::FxHashMap;

/// The thread-local globals of one module, by thread and number. What a thread has goes with the module's code.
#[derive(Default)]
pub(super) struct Variables {
    known: Mutex<FxHashMap<(ThreadId, u32), Own>>,
}

/// One thread's memory of a global.
struct Own {
    at: *mut u8,
    layout: Layout,
}

// SAFETY: it is memory that nothing but the code reaches, whose author answers for races.
unsafe impl Send for Own {}

impl Drop for Own {
    fn drop(&mut self) {
        // SAFETY: `own` allocated it with this layout.
        unsafe { dealloc(self.at, self.layout) }
    }
}

impl Variables {
    /// The function that code calls, with the address of the module's, the global's number, its first value, its size and its
    /// alignment; it gives the address of the thread's own. An `extern "C" fn` by its address.
    pub const OWN: extern "C" fn(&Variables, u32, *const u8, usize, usize) -> *mut u8 = own;
}

extern "C" fn own(
    variables: &Variables,
    number: u32,
    first: *const u8,
    size: usize,
    align: usize,
) -> *mut u8 {
    let mut known = variables.known.lock().unwrap_or_else(PoisonError::into_inner);
    let own = known.entry((std::thread::current().id(), number)).or_insert_with(|| {
        let layout = match Layout::from_size_align(size.max(1), align) {
            Ok(layout) => layout,
            // The code has them from the layout of a type.
            Err(_) => std::process::abort(),
        };
        // SAFETY: it is not empty, and as large as what is copied.
        let at = unsafe { alloc(layout) };
        if at.is_null() {
            handle_alloc_error(layout);
        }
        // SAFETY: code gives the address of the global's first value, which has this size, and the memory is new.
        unsafe { first.copy_to_nonoverlapping(at, size) };
        Own { at, layout }
    });
    own.at
}
