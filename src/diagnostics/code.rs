//! The table of error codes.
//!
//! One line per code: number, name, title. The long explanation that `simplec explain` prints lives under
//! `explain/`, one file per range, each code a `## E0123` section. Ranges: 00 words and syntax, 01 names, 02 types,
//! 03 patterns and flow, 04 capabilities, 05 modules, 06 MIR text and verifier, 07 targets and toolchain, 08 driver,
//! files and usage, 09 limits of the compiler itself. A code that was released keeps its meaning.

use std::fmt;

macro_rules! codes {
    ($($number:literal $name:ident: $title:literal;)*) => {
        /// What kind of diagnostic it is: the key of `simplec explain`.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u16)]
        pub enum Code {
            $(#[doc = $title] $name = $number,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The title: what this code is about, in a few words.
            pub fn title(self) -> &'static str {
                match self {
                    $(Code::$name => $title,)*
                }
            }
        }
    };
}

codes! {
    // Words and syntax
    1 UnterminatedText: "a text literal that is not closed";
    2 BadEscape: "an unknown or malformed escape";
    3 BadNumber: "a malformed number";
    4 NumberTooLarge: "an integer literal that no integer type holds";
    5 StrayCharacter: "a character that starts no word of the language";
    6 InvalidUtf8: "a source file that is not UTF-8";
    7 UnterminatedComment: "a block comment that is not closed";
    8 BadIndentation: "a line whose indentation fits no open block";
    9 UnmatchedBracket: "a bracket without its partner";
    10 ExpectedToken: "a missing word or sign";
    11 ExpectedExpression: "a missing expression";
    12 ExpectedBlock: "a missing block";
    13 ExpectedItem: "something that is no declaration and no statement";
    14 ExpectedType: "a missing type";
    15 ExpectedPattern: "a missing pattern";
    16 TooDeep: "source text nested too deeply";
    17 BadInterpolation: "a malformed interpolation in a text literal";
    18 BadFormatSpec: "a malformed format specification";
    19 BadAssignment: "an assignment to something that is no place";
    20 UnknownAttribute: "an attribute that simplec does not know";
    21 MisplacedItem: "a declaration where it may not be";
    22 BadArguments: "a malformed argument list";
    23 ReservedWord: "a word of the language used as a name";

    // Names
    101 UnknownName: "a name that nothing declares";
    102 DuplicateName: "a name declared twice";
    103 UnknownType: "a type that nothing declares";
    104 UnknownMember: "a field or method that a type does not have";
    105 AmbiguousMember: "a method that a type has from several traits";
    106 Prototype: "a declaration that differs from the function of its name";
    107 UsedBeforeDeclared: "something used before the values that it needs are there";

    // Types
    201 TypeMismatch: "a value of another type than its place needs";
    202 BadOperand: "an operator that does not apply to its operands";
    203 NotBool: "a condition that is not a bool";
    204 Arguments: "arguments that do not fit the parameters";
    205 NotCallable: "a call of something that is no function";
    206 LiteralRange: "a literal that its type does not hold";
    207 CannotInfer: "a type that cannot be inferred";
    208 MissingReturn: "a function that can end without its value";
    209 BadCast: "a cast between types that have none";
    210 NeedsCast: "integers of which no type holds both";
    211 MissingBound: "a type that lacks a trait which is asked for";
    212 TypeArguments: "type arguments that do not fit";
    213 FormatMismatch: "a format specification that does not fit its value";
    214 NotIterable: "a `for` over something that cannot be gone through";
    215 NotIndexable: "an index into something that has no elements";
    216 InfiniteType: "a type that holds itself";
    217 NotConstant: "a value that must be known when compiling";
    218 NotAValue: "a type or function used as a value";
    219 EndlessTypes: "a function or type that needs ever larger types, or ever more";
    220 TooLarge: "a type, or the use of a lambda or a default, that is too large to work out";
    221 EndlessDefault: "a default that needs itself";
    230 NotATrait: "a type where a trait is needed";
    231 MissingMethod: "an `impl` that lacks methods of its trait";
    232 MethodMismatch: "a method that is not what its trait asks for";
    233 OverlappingImpls: "a trait implemented twice for one type";
    234 NotDispatched: "a method that a trait object does not have";
    235 BadWeak: "a field that cannot be `weak`";
    236 KnownTest: "a test with `is` whose answer is known";
    237 NotAMixin: "a mixin where there is to be a type, or the other way round";
    238 MixinConflict: "a type that would take over two things of one name";

    // Patterns and flow
    301 MissingCase: "a match that does not cover every value";
    302 UnreachableArm: "a case that is never reached";
    303 RefutablePattern: "a declaration whose pattern may not match";
    304 MisplacedFlow: "`break`, `continue` or `return` where it leads nowhere";
    305 AssignToVal: "an assignment to something declared once and for all";
    306 BadMain: "a `main` of the wrong shape";
    307 AlternativeNames: "alternatives of a pattern that bind different names";
    308 ChangedCapture: "a change of a captured variable";
    309 Uncaught: "an error that is thrown where nothing catches it";
    310 StaleTest: "a loop that assigns what was tested in front of it";

    // Capabilities
    401 NotMutable: "a change of something that may not be changed";
    402 AliasedMut: "a variable passed twice where one is `mut`";
    403 MisplacedCapability: "`mut`, `iso` or `weak` where it means nothing";
    404 UsedAfterMove: "a variable used after it was given away";
    405 NotIsolated: "something given away that others reach";

    // Modules
    501 UnknownModule: "a module that is not there";
    502 ModuleCycle: "modules that use each other";
    503 PrivateName: "a name that its module does not offer";
    504 UnusedImport: "a name brought in and not used";

    // MIR text and verifier
    601 MirSyntax: "MIR text that does not parse";
    602 MirInvalid: "MIR that breaks an invariant";
    603 MirUnknown: "a name in MIR text that nothing declares";
    604 MirDuplicate: "a name in MIR that is declared twice";
    605 MirLiteral: "a literal in MIR text that its type does not hold";
    610 MirType: "a MIR operand of the wrong type";
    611 MirResult: "a MIR result that its operation does not have";
    612 MirHandle: "a MIR handle that stands for nothing";
    613 MirUnassigned: "a MIR register that is read before it is written";
    614 MirFlow: "MIR blocks that do not fit together";
    615 MirCall: "a MIR call that its callee's signature does not take";
    616 MirField: "a field, variant or lane that a MIR type does not have";
    617 MirConstant: "a MIR constant that its type does not hold";
    618 MirCast: "a MIR cast between types that it does not connect";
    619 MirOrdering: "a memory ordering that a MIR access does not take";
    620 MirSwitch: "MIR switch cases that are not distinct values of the type";
    621 MirReturn: "a MIR return that its function's result does not fit";
    622 MirInit: "an initial value that a MIR global does not take";
    623 MirSymbol: "a MIR symbol that cannot be";
    624 MirTypeDef: "a MIR type that cannot be";
    625 MirSignature: "a MIR signature that cannot be";

    // Targets and toolchain
    701 UnknownTarget: "a target that simplec does not know";
    702 ToolMissing: "an external tool that was not found";
    703 ToolFailed: "an external tool that failed";
    704 ToolTooOld: "an external tool whose version does not fit";

    // Driver, files and usage
    801 CannotRead: "a file that cannot be read";
    802 CannotWrite: "a file that cannot be written";
    803 Usage: "a command line that does not fit";
    804 SourceTooLarge: "a source file longer than simplec addresses";
    805 NoMain: "a program without a place to start";
    806 ProgramStopped: "a program that was stopped while it ran";

    // Limits of the compiler itself
    900 Internal: "a fault of the compiler";
    901 NotSupported: "a part of the language that this version does not compile";
    902 OpNotSupported: "an operation that the back end in use does not have";
}

/// The explanations, by range.
const EXPLANATIONS: &[&str] = &[
    include_str!("explain/00-syntax.md"),
    include_str!("explain/01-names.md"),
    include_str!("explain/02-types.md"),
    include_str!("explain/03-flow.md"),
    include_str!("explain/04-capabilities.md"),
    include_str!("explain/05-modules.md"),
    include_str!("explain/06-mir.md"),
    include_str!("explain/07-toolchain.md"),
    include_str!("explain/08-driver.md"),
    include_str!("explain/09-limits.md"),
];

impl Code {
    /// The number in `E0123`.
    pub fn number(self) -> u16 {
        self as u16
    }

    /// The code a user names: `E0123`, `e0123`, `0123` or `123`.
    pub fn parse(name: &str) -> Option<Code> {
        let digits = name.strip_prefix(['E', 'e']).unwrap_or(name);
        let number: u16 = digits.parse().ok()?;
        Code::ALL.iter().copied().find(|code| code.number() == number)
    }

    /// The long explanation, with an example, as Markdown without its heading.
    pub fn explanation(self) -> &'static str {
        let heading = format!("## {self}\n");
        for file in EXPLANATIONS {
            if let Some(at) = file.find(&heading) {
                let body = &file[at + heading.len()..];
                return body[..body.find("\n## E").unwrap_or(body.len())].trim();
            }
        }
        self.title()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{:04}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_an_explanation_with_an_example() {
        for &code in Code::ALL {
            let text = code.explanation();
            assert!(text.len() > code.title().len() + 20, "{code} has no section under explain/");
            assert!(text.contains("```") || text.contains('`'), "{code} shows no example");
        }
    }

    #[test]
    fn numbers_are_unique_and_sections_belong_to_codes() {
        assert!(Code::ALL.windows(2).all(|w| w[0].number() < w[1].number()), "keep the table in order");
        for file in EXPLANATIONS {
            for heading in file.lines().filter_map(|line| line.strip_prefix("## ")) {
                assert!(Code::parse(heading).is_some(), "{heading} is in no table");
            }
        }
    }

    #[test]
    fn codes_parse_as_people_write_them() {
        assert_eq!(Code::parse("E0001"), Some(Code::UnterminatedText));
        assert_eq!(Code::parse("901"), Some(Code::NotSupported));
        assert_eq!(Code::parse("E9999"), None);
        assert_eq!(Code::UnterminatedText.to_string(), "E0001");
    }
}
