//! `simplec test`: the programs in documents.

use crate::place::Place;

const PAGE: &str = "\
# Sums

```simple
print 1 + 1
```

```output
2
```

No program:

```text
print
```

```simple
fn main():
    print \"a\"
    print \"c\"
```
```output
a
b
```

```simple
val x: i64 = \"x\"
```

```simple
assert 1 == 1
```
";

#[test]
fn programs_of_a_page_print_what_it_says() {
    let place = Place::new();
    place.write("page.md", PAGE);
    let ran = place.simplec(&["test", "page.md"]);
    ran.fails(1, &["error[E0201]: expected `i64`, found `text`\n  --> page.md:28:14"]);
    let shown = "page.md\n  ok      line 4\n  FAILED  line 18\n  FAILED  line 28\n  ok      line 32\n";
    assert!(ran.stdout.starts_with(shown), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("at page.md:18\n    line 2 is to be\n      b\n    and is\n      c\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("it does not compile\n\n2 passed, 2 failed, 1 file ("), "{}", ran.stdout);
    for backend in ["--backend=cranelift", "--backend=interp"] {
        let ran = place.simplec(&["test", backend, "--filter", "line 4", "page.md"]);
        assert!(ran.succeeds().stdout.contains("1 passed, 0 failed"), "{}", ran.stdout);
    }
    let ran = place.simplec(&["test", "--list", "page.md"]);
    assert_eq!(
        ran.succeeds().stdout,
        "page.md: line 4\npage.md: line 18\npage.md: line 28\npage.md: line 32\n"
    );
}

#[test]
fn programs_of_documentation_comments_use_what_they_document() {
    let place = Place::new();
    let text = "\
## Twice a number.
##
## ```simple
## use double.{double}
## for n in 1..3:
##     print double(n)
## ```
## ```output
## 2
## 4
## ```
fn double(n: i64) -> i64: n * 2
";
    place.write("double.spl", text);
    let ran = place.simplec(&["test", "--docs"]);
    let shown = "double.spl\n  ok      line 4\n\n1 passed, 0 failed, 1 file (";
    assert!(ran.succeeds().stdout.starts_with(shown), "{}", ran.stdout);
    place.simplec(&["test"]).fails(2, &["no specification was found"]);
}

#[test]
fn examples_have_this_machines_system() {
    let place = Place::new();
    place.write(
        "system.spl",
        "describe \"the system\":
    it \"keeps files\":
        assert rt_file_write_text(\"kept.txt\", \"x\")
        expect rt_file_read_text(\"kept.txt\") == \"x\"
    it \"has an environment and clocks\":
        assert rt_env_get(\"PATH\").is_some()
        val start = rt_time_now_nanos()
        rt_sleep_ms(20)
        expect rt_time_now_nanos() - start >= 20000000
",
    );
    for backend in [&[][..], &["--backend=interp"], &["--backend=cranelift"]] {
        let ran = place.simplec(&[&["test"], backend, &["system.spl"]].concat());
        assert!(ran.succeeds().stdout.contains("2 passed, 0 failed"), "{}", ran.stdout);
        assert_eq!(std::fs::read_to_string(place.path("kept.txt")).unwrap(), "x");
        std::fs::remove_file(place.path("kept.txt")).unwrap();
    }
}
