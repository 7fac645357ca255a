//! `simplec test`: examples, and what becomes of those that fail.

use std::time::{Duration, Instant};

use crate::place::{Place, has_llvm};

const SPEC: &str = "var n = 0
describe \"a counter\":
    before_each:
        n += 1
    it \"starts anew\":
        expect n == 1
    context \"when changed\":
        before_each:
            n += 10
        it \"is prepared from the outside in\":
            expect(n).to_equal(11)
        it \"fails\":
            print \"so far\"
            expect n == 12
    it \"panics\":
        panic(\"no way\")
";

#[test]
fn examples_run_apart_and_failures_show_both_sides() {
    let place = Place::new();
    place.write("counter_spec.spl", SPEC);
    place.write("other.spl", "print 1\n");
    for backend in ["interp", "cranelift"] {
        let ran = place.simplec(&["test", "--backend", backend]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        for line in [
            "ok      a counter > starts anew",
            "ok      a counter > when changed > is prepared from the outside in",
            "FAILED  a counter > when changed > fails",
            "expectation failed: n == 12",
            "left:  11",
            "right: 12",
            "so far",
            "no way",
            "2 passed, 2 failed, 1 file",
        ] {
            assert!(ran.stdout.contains(line), "{backend}: {line} is missing in\n{}", ran.stdout);
        }
    }
    let ran = place.simplec(&["test", "--filter", "from the outside", "counter_spec.spl"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("1 passed, 0 failed"), "{}", ran.stdout);
    let ran = place.simplec(&["test", "--list"]);
    assert_eq!(ran.stdout.lines().count(), 4, "{}", ran.stdout);
    assert_eq!(place.simplec(&["test", "missing"]).code, 1);
    place.write("bad_test.spl", "describe \"x\":\n    it \"y\":\n        expect z\n");
    let ran = place.simplec(&["test", "--filter", "starts"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("1 passed, 0 failed, 2 files, 1 not compiled"), "{}", ran.stdout);
}

/// Runs a specification on every back end there is; each has to report what `reported` holds, and these counts.
#[track_caller]
fn on_every_back_end(options: &[&str], text: &str, reported: &[&str], (passed, failed): (usize, usize)) {
    let place = Place::new();
    place.write("a_spec.spl", text);
    let compiled =
        if has_llvm() { &["--backend=cranelift", "--backend=llvm"][..] } else { &["--backend=cranelift"] };
    for backend in [&["--backend=interp"], compiled].concat() {
        let ran = place.simplec(&[&["test", backend], options, &["a_spec.spl"]].concat());
        assert_eq!(ran.code, i32::from(failed > 0), "{backend}: {}{}", ran.stdout, ran.stderr);
        for part in reported {
            assert!(ran.stdout.contains(part), "{backend}: no `{part}` in:\n{}", ran.stdout);
        }
        let counts = format!("\n{passed} passed, {failed} failed, 1 file (");
        assert!(ran.stdout.contains(&counts), "{backend}: {}", ran.stdout);
    }
}

#[test]
fn an_example_without_an_end_is_stopped_and_the_next_one_runs() {
    let text = "use std.process
describe \"time\":
    it \"loops\":
        var n = 0
        loop: n += 1
    it \"sleeps\": rt_sleep_ms(600000)
    it \"waits\": process.run(\"sleep\", [\"600\"])
    it \"passes\": expect true
";
    let late = |title: &str, line: u32| {
        format!("\n  time > {title}\n    at a_spec.spl:{line}\n    it did not end within 1 s\n")
    };
    let reported =
        [late("loops", 3), late("sleeps", 6), late("waits", 7), "  ok      time > passes\n".to_owned()];
    let start = Instant::now();
    on_every_back_end(&["--timeout", "1"], text, &reported.each_ref().map(String::as_str), (1, 3));
    assert!(start.elapsed() < Duration::from_secs(300), "a child was waited for");
}

#[test]
fn a_time_limit_of_nothing_is_none() {
    on_every_back_end(&["--timeout", "0"], "it \"sleeps\": rt_sleep_ms(20)\n", &[], (1, 0));
}

#[test]
fn an_example_that_is_left_before_its_end_fails() {
    let text = "describe \"exits\":
    it \"fine\":
        rt_exit(0)
        expect false
    it \"code\": rt_exit(3)
    it \"to the end\": expect true
for n in 1..4:
    it \"round\":
        if n == 2: break
if false:
    it \"nowhere\": expect true
";
    let reported = [
        "  FAILED  exits > fine\n  FAILED  exits > code\n  ok      exits > to the end\n  FAILED  round\n  FAILED  nowhere\n",
        "\n  exits > fine\n    at a_spec.spl:2\n    it was left before its end, as by `rt_exit(0)`; ",
        "\n  exits > code\n    at a_spec.spl:5\n    it ended with code 3\n",
        "\n  round\n    at a_spec.spl:8\n    it was left before its end, ",
        "\n  nowhere\n    at a_spec.spl:11\n    it did not run: ",
    ];
    on_every_back_end(&[], text, &reported, (1, 4));
    // What ends the program behind an example is no failure of it.
    on_every_back_end(&[], "it \"a\": expect true\nrt_exit(0)\n", &[], (1, 0));
}

#[test]
fn what_is_to_run_behind_an_example_runs_behind_one_that_fails() {
    let text = "var seen: [i64] = []
describe \"outer\":
    after_each: print \"outer {seen}\"
    describe \"inner\":
        before_each: seen = [0]
        after_each: print \"inner\"
        it \"expects\":
            defer: print \"left\"
            for n in 1..9:
                seen.push(n)
                expect n < 2
        it \"asserts\": assert seen.is_empty(), \"reason\"
        it \"fails\": fail(\"no\")
        it \"panics\": panic(\"end\")
    describe \"prepared\":
        before_each: expect 1 == 2
        it \"never\": print \"here\"
";
    let reported = [
        "    expectation failed: n < 2\n      left:  2\n      right: 2\n      at a_spec.spl:11:17\n    it printed:\n      left\n      inner\n      outer [0, 1, 2]\n",
        "    assertion failed: reason\n      at a_spec.spl:12:23\n    it printed:\n      inner\n      outer [0]\n",
        "    no\n      at a_spec.spl:13:21\n    it printed:\n      inner\n      outer [0]\n",
        "    end\n      at a_spec.spl:14:22\n\n",
        "    expectation failed: 1 == 2\n      left:  1\n      right: 2\n      at a_spec.spl:16:22\n    it printed:\n      outer []\n",
    ];
    on_every_back_end(&[], text, &reported, (0, 5));
}

/// The condition of an expectation, in a file with some values, and what a failure of it shows below the condition.
const SHOWN: &[(&str, &str)] = &[
    ("3 in xs", "left:  3\n      right: [1, 2]\n"),
    ("2 not in xs", "left:  2\n      right: [1, 2]\n"),
    ("\"x\" in \"abc\"", "left:  \"x\"\n      right: \"abc\"\n"),
    ("xs.contains(5)", "left:  [1, 2]\n      right: 5\n"),
    ("maybe in [name]", "left:  \"1\\n\"\n      right: [\"a \"]\n"),
    ("either is text", "left:  3\n"),
    ("not (either is i64)", "left:  3\n"),
    ("either is i64 and maybe is nil", "part:  maybe is nil\n      left:  \"1\\n\"\n"),
    ("hidden is i64", "left:  <fn>\n"),
    ("7 in 1..5", "left:  7\n      right: 5\n"),
    ("1 < xs[1] < 2", "part:  xs[1] < 2\n      left:  2\n      right: 2\n"),
    ("xs.len() == 2 and xs[0] == 3", "part:  xs[0] == 3\n      left:  1\n      right: 3\n"),
    (
        "xs[0] == 2 or large(xs[0])",
        "part:  xs[0] == 2\n      left:  1\n      right: 2\n      part:  large(xs[0])\n",
    ),
    ("not (xs == [1, 2])", "left:  [1, 2]\n      right: [1, 2]\n"),
    ("not (xs[0] == 2 or xs[1] == 2)", "part:  xs[1] == 2\n      left:  2\n      right: 2\n"),
    (
        "not (xs[0] == 1 and xs[1] == 2)",
        "part:  xs[0] == 1\n      left:  1\n      right: 1\n      part:  xs[1] == 2\n",
    ),
    ("5 as u64 == xs[0] - 2", "left:  5\n      right: -1\n"),
    ("name == \"a\"", "left:  \"a \"\n      right: \"a\"\n"),
    ("maybe == \"1\"", "left:  \"1\\n\"\n      right: \"1\"\n"),
    ("maybe == nil", "left:  \"1\\n\"\n      right: nil\n"),
    ("large(2)", "at a_spec.spl:"),
];

#[test]
fn the_values_that_decided_are_shown() {
    let mut text =
        "fn large(n: i64) -> bool: n > 3\nval xs = [1, 2]\nval name = \"a \"\nval maybe: text? = \"1\\n\"\n\
         val either: i64 | text = 3\nval hidden: i64 | fn() = \\: ()\n"
            .to_owned();
    let mut reported = Vec::new();
    for (number, (condition, shown)) in SHOWN.iter().enumerate() {
        text += &format!("it \"{number}\": expect {condition}\n");
        reported.push(format!("    expectation failed: {condition}\n      {shown}"));
    }
    text += "it \"matcher\": expect(xs).to_contain(4)\nit \"message\": expect xs.len() == 3, \"too few\"\n";
    reported.push(
        "    expectation failed: expect(xs).to_contain(4)\n      left:  [1, 2]\n      right: 4\n".to_owned(),
    );
    reported.push("    expectation failed: too few\n      left:  2\n      right: 3\n".to_owned());
    let reported: Vec<&str> = reported.iter().map(String::as_str).collect();
    on_every_back_end(&[], &text, &reported, (0, SHOWN.len() + 2));
}

/// Each part is evaluated once, and only as far as it decides; what an expectation tells of a variable is known behind it.
#[test]
fn expectations_evaluate_as_conditions_do() {
    let text = "fn seen(n: i64) -> i64:
    print n
    n
it \"a\":
    expect seen(1) < seen(2) < seen(3)
    expect seen(4) == 4 or seen(5) == 5
    expect not (seen(6) == 7 and seen(8) == 8)
    val n = [seen(9)].find(\\x: x > 3)
    expect n != nil
    expect n + 1 == 10
    fail(\"end\")
";
    let printed = "    it printed:\n      1\n      2\n      3\n      4\n      6\n      9\n";
    on_every_back_end(&[], text, &[printed], (0, 1));
}

const TWO: &str = "describe \"sums\":
    it \"adds\":
        print \"printed\"
        eprint \"told\"
        val a = 1
        expect a == 2 or a > 3
    it \"ends\": expect true
    it \"hangs\":
        loop: rt_sleep_ms(1000)
";

#[test]
fn results_are_objects_where_json_is_asked_for() {
    let place = Place::new();
    place.write("a_spec.spl", TWO);
    place.write("b_spec.spl", "it \"b\": expect 1\n");
    place.write("page.md", "```simple\nval x: i64 = \"x\"\n```\n");
    let json = |args: &[&str]| -> (i32, Vec<serde_json::Value>) {
        let ran = place.simplec(&[&["test", "--message-format=json"], args].concat());
        for line in ran.stderr.lines() {
            assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
        }
        let mut lines: Vec<serde_json::Value> =
            ran.stdout.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        for line in &mut lines {
            for kind in ["example", "summary"] {
                let Some(object) = line.get_mut(kind) else { continue };
                let least = if object.get("outcome").is_some_and(|outcome| outcome == "timed-out") {
                    1.0
                } else {
                    0.0
                };
                if let Some(seconds) = object.get_mut("seconds") {
                    assert!(seconds.as_f64().is_some_and(|seconds| seconds >= least), "{seconds}");
                    *seconds = 0.into();
                }
            }
        }
        (ran.code, lines)
    };
    let example = |line: u32, title: &str, rest: serde_json::Value| {
        let mut object = serde_json::json!({
            "file": "a_spec.spl", "line": line, "title": ["sums", title], "stdout": "", "stderr": "", "seconds": 0
        });
        object.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        serde_json::json!({ "example": object })
    };
    let values = serde_json::json!([
        {"part": "a == 2", "left": "1", "right": "2"}, {"part": "a > 3", "left": "1", "right": "3"}
    ]);
    let failure = serde_json::json!({
        "message": "expectation failed: a == 2 or a > 3", "values": values, "place": "a_spec.spl:6:9"
    });
    let failed = serde_json::json!({
        "outcome": "failed", "failure": failure, "stdout": "printed\n", "stderr": "told\n"
    });
    let late = serde_json::json!({ "message": "it did not end within 1 s", "values": [] });
    let expected = vec![
        example(2, "adds", failed),
        example(7, "ends", serde_json::json!({ "outcome": "passed" })),
        example(8, "hangs", serde_json::json!({ "outcome": "timed-out", "failure": late })),
        serde_json::json!({
            "summary": { "passed": 1, "failed": 2, "files": 2, "not_compiled": 1, "seconds": 0 }
        }),
    ];
    assert_eq!(json(&["--timeout=1"]), (1, expected));
    let (code, listed) = json(&["--list", "--filter=ends", "a_spec.spl"]);
    let row = serde_json::json!({ "file": "a_spec.spl", "line": 7, "title": ["sums", "ends"] });
    assert_eq!((code, listed), (0, vec![serde_json::json!({ "example": row })]));
    let (code, page) = json(&["page.md"]);
    assert_eq!((code, page[0]["example"]["outcome"].as_str()), (1, Some("not-compiled")));
}

#[test]
fn only_failures_and_counts_are_reported_quietly() {
    let place = Place::new();
    place.write("a_spec.spl", TWO);
    let ran = place.simplec(&["test", "-q", "--filter=adds"]);
    let report = "\nfailures:\n\n  sums > adds\n    at a_spec.spl:2\n    expectation failed: a == 2 or a > 3\n      part:  a == 2\n      left:  1\n      right: 2\n      part:  a > 3\n      left:  1\n      right: 3\n      at a_spec.spl:6:9\n    it printed:\n      printed\n    to standard error:\n      told\n\n0 passed, 1 failed, 1 file (";
    assert!(ran.fails(1, &[]).stdout.starts_with(report), "{}", ran.stdout);
    let ran = place.simplec(&["test", "-q", "--filter=ends"]);
    assert!(ran.succeeds().stdout.starts_with("\n1 passed, 0 failed, 1 file ("), "{}", ran.stdout);
}

#[test]
fn that_there_is_nothing_to_run_is_an_error() {
    let place = Place::new();
    place.write("empty_spec.spl", "");
    place.write("none_spec.spl", "describe \"a\":\n    before_each: print 1\nprint 2\n");
    place.write("page.md", "# A\n```text\nb\n```\n");
    for file in ["empty_spec.spl", "none_spec.spl", "page.md", "."] {
        place.simplec(&["test", file]).fails(2, &["there is no example to run", "an example is `it"]);
    }
    place.write("one_spec.spl", "describe \"a\":\n    it \"b\": expect true\n");
    for args in [&["test", "--filter", "c"][..], &["test", "--list", "--filter", "c"]] {
        place.simplec(args).fails(2, &["no title of an example contains `c`", "`--list` without"]);
    }
    // One that has none is no error beside others.
    assert!(place.simplec(&["test"]).succeeds().stdout.contains("1 passed, 0 failed, 1 file ("));
    place.simplec(&["test", "--target=none", "one_spec.spl"]).fails(1, &["error[E0701]"]);
    place.simplec(&["test", "absent_spec.spl"]).fails(1, &["cannot read `absent_spec.spl`"]);
}

#[test]
fn an_example_that_the_system_does_not_answer_is_left_to_itself() {
    let place = Place::new();
    let pipe = place.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let text = "it \"reads\": print rt_file_read_text(\"pipe\")\nit \"passes\": expect true\n";
    place.write("a_spec.spl", text);
    for backend in ["--backend=interp", "--backend=cranelift"] {
        let ran = place.simplec(&["test", backend, "--timeout=1", "--jobs=1", "a_spec.spl"]);
        let report = "a_spec.spl\n  FAILED  reads\n  ok      passes\n\nfailures:\n\n  reads\n    at a_spec.spl:1\n    it did not end within 1 s\n\n1 passed, 1 failed, ";
        assert!(ran.fails(1, &[]).stdout.starts_with(report), "{}", ran.stdout);
    }
}

#[test]
fn a_failure_tells_of_calls_in_builds_that_keep_account_of_them() {
    let place = Place::new();
    place.write("a_spec.spl", "fn check(n: i64):\n    assert n == 1\nit \"a\": check(2)\n");
    let ran = place.simplec(&["test", "-C", "backtrace=yes", "a_spec.spl"]);
    let said = "    assertion failed: n == 1\n      at a_spec.spl:2:5 in check\n      called at a_spec.spl:3:9\n\n0 passed";
    assert!(ran.fails(1, &[]).stdout.contains(said), "{}", ran.stdout);
    let ran = place.simplec(&["test", "-C", "backtrace=yes", "--message-format=json", "a_spec.spl"]);
    let calls = "\"place\":\"a_spec.spl:2:5 in check\",\"calls\":[\"called at a_spec.spl:3:9\"]";
    assert!(ran.fails(1, &[]).stdout.contains(calls), "{}", ran.stdout);
}
