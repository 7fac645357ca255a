//! Tokens of small texts.

use super::*;

/// The kinds of a text's tokens, as they are described in messages, without quotes.
fn kinds(text: &str) -> String {
    let mut diags = Diagnostics::new();
    let tokens = lex(FileId(1), text, &mut diags);
    let mut out = String::new();
    for token in &tokens.tokens {
        let shown = match token.kind {
            TokenKind::Newline => "NL",
            TokenKind::Indent => "IN",
            TokenKind::Dedent => "DE",
            TokenKind::Eof => break,
            TokenKind::Error => "ERR",
            _ => &text[token.start as usize..token.end as usize],
        };
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(if token.is_synthetic { token.kind.describe().trim_matches('`') } else { shown });
    }
    for error in diags.iter() {
        let span = error.span();
        out.push_str(&format!(" !{}@{}", error.code.map_or(0, Code::number), span.start));
    }
    out
}

#[test]
fn blocks_become_indent_and_dedent() {
    assert_eq!(kinds("a:\n    b\n\n    # c\n    d\ne\n"), "a : NL IN b NL d NL DE NL e NL");
    assert_eq!(kinds("a:\n\tb:\n        c"), "a : NL IN b : NL IN c NL DE DE");
    assert_eq!(kinds("if a: b\nelse: c"), "if a : b else : c NL");
    assert_eq!(kinds("if a:\n  b\nelse:\n  c\n-d"), "if a : NL IN b NL DE else : NL IN c NL DE NL - d NL");
}

#[test]
fn lines_continue() {
    assert_eq!(kinds("a +\nb"), "a + b NL");
    assert_eq!(kinds("a \\\nb"), "a b NL");
    assert_eq!(kinds("a\n  .b\n  .c\nd"), "a . b . c NL d NL");
    assert_eq!(kinds("a\n  and b\n  not in c"), "a and b not in c NL");
    assert_eq!(kinds("a: T<U>\nb"), "a : T < U > NL b NL");
    assert_eq!(kinds("use a.*\nb"), "use a . * NL b NL");
    assert_eq!(kinds("f(a,\nb)\nc"), "f ( a , b ) NL c NL");
    assert_eq!(kinds("x =\n  if a: b\n  else: c\nd"), "x = if a : b else : c NL d NL");
    assert_eq!(
        kinds("a\n  .m \\x:\n    x\n  .n\nb"),
        "a . m \\ x : NL IN x NL DE . n NL b NL",
        "a chain goes on after a block"
    );
}

#[test]
fn a_lambda_opens_a_block_inside_brackets() {
    assert_eq!(kinds("f(\\x:\n    a\n    b\n)\nc"), "f ( \\ x : NL IN a NL b NL DE ) NL c NL");
    assert_eq!(kinds("f(\\x:\n    a)\nc"), "f ( \\ x : NL IN a NL DE ) NL c NL");
    assert_eq!(kinds("{a:\n  b}"), "{ a : b } NL");
}

#[test]
fn wrong_indentation_is_reported_at_the_line() {
    assert_eq!(kinds("a\n  b\n  c\nd"), "a NL b NL c NL d NL !8@4");
    assert_eq!(kinds("a:\n        b\n    c\nd"), "a : NL IN b NL DE NL c NL d NL !8@17");
    assert_eq!(kinds("  a"), "a NL !8@2");
}

#[test]
fn brackets_are_balanced_whatever_comes() {
    assert_eq!(kinds("(1 + [2)"), "( 1 + [ 2 ] ) NL !9@5");
    assert_eq!(kinds("a)"), "a ERR NL !9@1");
    assert_eq!(kinds("f(\nval x"), "f ( ) NL val x NL !9@1");
    assert_eq!(kinds("f(["), "f ( [ ] ) NL !9@2");
}

#[test]
fn text_splits_at_interpolations() {
    assert_eq!(kinds(r#""a {b} c""#), r#"" a  { b }  c " NL"#);
    assert_eq!(kinds(r#""{f("x", {1})}{n:>4d}""#), r#"" { f ( "x" , { 1 } ) } { n >4d } " NL"#);
    assert_eq!(kinds(r#""{if a: 1 else: 2}""#), r#"" { if a : 1 else : 2 } " NL"#);
    assert_eq!(kinds(r#""{{a}} \" \{" 'x{y}' r"\""#), r#""{{a}} \" \{" 'x{y}' r"\" NL"#);
    assert_eq!(kinds("f\"\"\"a\n{b}\"\"\""), "f\"\"\" a\n { b } \"\"\" NL");
}

#[test]
fn unclosed_text_is_one_error() {
    assert_eq!(kinds("a = \"b\nc"), "a = ERR NL c NL !1@4");
    assert_eq!(kinds("\"a {b c\"\nd"), "\" a  { b c ERR an error NL d NL !17@3");
    assert_eq!(kinds("'''"), "'' ERR NL !1@2");
    assert_eq!(kinds("\"\"\"a\nb"), "ERR NL !1@0");
}

#[test]
fn numbers_ranges_and_tuple_indices() {
    assert_eq!(
        kinds("1..5 1.5 t.0.1 1.abs() 0xFFu8 1e-5 1_000_uid"),
        "1 .. 5 1.5 t . 0 . 1 1 . abs ( ) 0xFFu8 1e-5 1_000_uid NL"
    );
}

#[test]
fn stray_characters_are_one_error_a_run() {
    assert_eq!(kinds("a €€ b"), "a ERR b NL !5@2");
    assert_eq!(kinds("a && b"), "a && b NL !5@2");
}

#[test]
fn comments_nest_and_documentation_is_kept() {
    assert_eq!(kinds("a /* /* */ */ b # c"), "a b NL");
    assert_eq!(kinds("/* /* */"), " !7@0", "nothing but the error");
    let mut diags = Diagnostics::new();
    let docs = lex(FileId(1), "## one\n/// two\nfn f(): pass ## no\n", &mut diags).docs;
    assert_eq!(docs.iter().map(|s| (s.start, s.end)).collect::<Vec<_>>(), [(0, 6), (7, 14)]);
}
