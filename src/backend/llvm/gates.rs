//! What newer LLVM versions understand and older ones reject: the only table of version differences.
//!
//! The writer's dialect is that of [`FLOOR`]; everything newer goes through a [`Gate`]. LLVM upgrades nearly every old
//! spelling, so there is no upper bound.

/// The oldest LLVM whose dialect is written.
pub const FLOOR: u32 = 17;

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GateInfo {
    /// What people call it.
    pub name: &'static str,
    /// First major version that accepts it.
    pub since: u32,
    /// What is written then.
    pub spelling: &'static str,
    /// What is written for older versions; usually nothing.
    pub fallback: &'static str,
    /// A module that exactly the versions from `since` on accept.
    pub probe: &'static str,
}

macro_rules! gates {
    ($($(#[doc = $doc:literal])* $gate:ident = $name:literal, $since:literal, $spelling:literal, $fallback:literal, $probe:literal;)*) => {
        /// A feature of LLVM assembly newer than the floor.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Gate {
            $($(#[doc = $doc])* $gate,)*
        }

        impl Gate {
            /// Every row, in the order of the enum.
            pub const TABLE: &'static [GateInfo] = &[
                $(GateInfo { name: $name, since: $since, spelling: $spelling, fallback: $fallback, probe: $probe },)*
            ];
        }
    };
}

gates! {
    /// Bits combined by `or` never overlap.
    OrDisjoint = "or disjoint", 18, " disjoint", "",
        "define i32 @f(i32 %x) {\n  %y = or disjoint i32 %x, 1\n  ret i32 %y\n}\n";
    /// Memory behind a result pointer may be written at any time.
    Writable = "writable", 18, " writable", "",
        "declare void @f(ptr writable dereferenceable(8))\n";
    /// The bits cut off are zero.
    TruncNuw = "trunc nuw", 19, " nuw", "",
        "define i1 @f(i8 %x) {\n  %y = trunc nuw i8 %x to i1\n  ret i1 %y\n}\n";
    /// Variables are described by records, which are no instructions.
    DebugRecords = "debug records", 19, "#dbg_", "call void @llvm.dbg.",
        "define void @f(i32 %x) !dbg !4 {\n    #dbg_value(i32 %x, !5, !DIExpression(), !6)\n  ret void\n}\n\
         !llvm.dbg.cu = !{!0}\n!llvm.module.flags = !{!1}\n\
         !0 = distinct !DICompileUnit(language: DW_LANG_C, file: !2, emissionKind: FullDebug)\n\
         !1 = !{i32 2, !\"Debug Info Version\", i32 3}\n!2 = !DIFile(filename: \"f\", directory: \"\")\n\
         !3 = !DISubroutineType(types: !7)\n\
         !4 = distinct !DISubprogram(name: \"f\", file: !2, type: !3, spFlags: DISPFlagDefinition, unit: !0)\n\
         !5 = !DILocalVariable(name: \"x\", scope: !4, file: !2)\n!6 = !DILocation(line: 1, scope: !4)\n!7 = !{null}\n";
    /// An address computed with a non-negative offset.
    GepNuw = "getelementptr nuw", 19, " nuw", "",
        "define ptr @f(ptr %p) {\n  %q = getelementptr inbounds nuw i8, ptr %p, i64 8\n  ret ptr %q\n}\n";
    /// The address is kept nowhere.
    NoCapture = "captures(none)", 21, " captures(none)", " nocapture",
        "declare void @f(ptr captures(none))\n";
}

impl Gate {
    /// What a module for LLVM `version` says.
    pub fn text(self, version: u32) -> &'static str {
        let row = &Gate::TABLE[self as usize];
        if version >= row.since { row.spelling } else { row.fallback }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_get_the_fallback() {
        assert_eq!(Gate::TruncNuw.text(18), "");
        assert_eq!(Gate::TruncNuw.text(19), " nuw");
        assert_eq!(Gate::NoCapture.text(20), " nocapture");
        assert_eq!(Gate::NoCapture.text(24), " captures(none)");
    }

    #[test]
    fn rows_are_newer_than_the_floor_and_probes_say_what_they_probe() {
        for row in Gate::TABLE {
            assert!(row.since > FLOOR, "{}: the floor has it", row.name);
            assert!(row.probe.contains(row.spelling), "{}: the probe does not use it", row.name);
        }
    }
}
