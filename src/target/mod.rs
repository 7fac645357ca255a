//! Targets: what simplec knows about each triple, and the layout and calling conventions that follow from it.

mod abi;
mod data_layout;
mod layout;
mod registry;
mod spec;

pub use abi::Extension;
pub use data_layout::{DataLayout, FunctionAlign, Mangling, PointerLayout};
pub use layout::{Layout, Layouts};
pub use registry::{all, find, host, nearest};
pub use spec::{Arch, CAbi, Emulator, Endian, LinkerFlavor, ObjectFormat, Os, Pe, Target};
