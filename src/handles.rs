//! Handles: positions in a table, each table with a type of its own.

/// Declares handle types. They are public numbers, so that text forms and tests can make them.
macro_rules! handles {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index.
            pub fn idx(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

pub(crate) use handles;
