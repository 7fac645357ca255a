//! Functions of the C library that macOS has under other names than glibc, or with other numbers and structures.

use super::externs::{Call, Extern, externs};
use crate::backend::libc::C;

/// Where the name is in an entry of a directory.
const NAME: u64 = 21;

externs! { DARWIN:
    "__error"() -> Ptr |c| c.errno();

    "stat"(Ptr, Ptr) -> Int |c| c.stat();
    "stat$INODE64"(Ptr, Ptr) -> Int |c| c.stat();
    "opendir"(Ptr) -> Ptr |c| c.open_directory();
    "opendir$INODE64"(Ptr) -> Ptr |c| c.open_directory();
    "readdir"(Ptr) -> Ptr |c| c.next_entry(NAME);
    "readdir$INODE64"(Ptr) -> Ptr |c| c.next_entry(NAME);

    "clock_gettime"(Int, Ptr) -> Int |c| {
        const EINVAL: i32 = 22;
        match c.int(0) {
            0 => c.tell_time(0),
            6 => c.tell_time(1),
            _ => c.done(Err(EINVAL)),
        }
    };
}
