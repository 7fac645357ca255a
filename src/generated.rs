//! Parts of files that tests write: what stands between two marks is made from declarations, and a test fails where it is
//! not up to date.

use std::fs;
use std::path::Path;

/// Checks what stands in a file of the repository between two marks, or with `SIMPLEC_BLESS` writes it.
pub(crate) fn check(file: &str, start: &str, end: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&path).expect(file);
    let from = text.find(start).unwrap_or_else(|| panic!("{file} lacks `{start}`")) + start.len();
    let to = from + text[from..].find(end).unwrap_or_else(|| panic!("{file} lacks `{end}` behind `{start}`"));
    if std::env::var_os("SIMPLEC_BLESS").is_some() {
        fs::write(&path, format!("{}{wanted}{}", &text[..from], &text[to..])).expect(file);
    } else {
        assert!(&text[from..to] == wanted, "{file} is not up to date: run with SIMPLEC_BLESS=1");
    }
}
