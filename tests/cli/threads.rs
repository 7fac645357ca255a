//! Thread-local globals where there are several threads, and in libraries that C loads.

use std::process::Command;

use crate::place::{Place, has_llvm};

/// `step` counts calls, in each thread by itself.
const MODULE: &str = "\
thread_local global @calls: i32 = 40
export thread_local global @last: i32 = 0

export fn @step() -> i32 c {
bb0:
  %p: ptr = global_addr @calls
  %n: i32 = load %p
  %one: i32 = const 1
  %more: i32 = add %n, %one
  store %more, %p
  %q: ptr = global_addr @last
  store %more, %q
  return %more
}
";

/// Two calls here, one in another thread, and its result and ours: 41 and 42, of which the status is the sum less 80.
const MAIN: &str = "
extern fn @pthread_create(ptr, ptr, ptr, ptr) -> i32
extern fn @pthread_join(usize, ptr) -> i32

global @seen: i32 = 0

fn @other(%argument: ptr) -> ptr c {
bb0:
  %n: i32 = call @step()
  %p: ptr = global_addr @seen
  store %n, %p
  return %argument
}

export fn @main() -> i32 c {
  slot s0: usize
bb0:
  call @step()
  %thread: ptr = slot_addr s0
  %null: ptr = const null
  %start: ptr = func_addr @other
  call @pthread_create(%thread, %null, %start, %null)
  %id: usize = load %thread
  call @pthread_join(%id, %null)
  %ours: i32 = call @step()
  %p: ptr = global_addr @seen
  %theirs: i32 = load %p
  %sum: i32 = add %ours, %theirs
  %less: i32 = const 80
  %status: i32 = sub %sum, %less
  return %status
}
";

const USER: &str = "\
#include <pthread.h>
int step(void);
extern _Thread_local int last;
static void *other(void *seen) { *(int *)seen = step(); return 0; }
int main(void) {
  pthread_t thread;
  int seen = 0;
  step();
  if (pthread_create(&thread, 0, other, &seen) || pthread_join(thread, 0)) return 1;
  return seen == 41 && last == 41 && step() == 42 && last == 42 ? 0 : 2;
}
";

fn backends() -> Vec<&'static str> {
    if has_llvm() { vec!["llvm", "cranelift"] } else { vec!["cranelift"] }
}

#[test]
fn each_thread_has_its_own() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let place = Place::new();
    place.write("main.mir", format!("{MODULE}{MAIN}"));
    // In memory first.
    assert_eq!(place.simplec(&["run", "main.mir"]).code, 3);
    for backend in backends() {
        let backend = format!("--backend={backend}");
        place.simplec(&["build", &backend, "--link=system", "-o", "main", "main.mir"]).succeeds();
        assert_eq!(Command::new(place.path("main")).status().unwrap().code(), Some(3), "{backend}");
    }
}

#[test]
fn libraries_share_them_with_c() {
    if !has_llvm() || !cfg!(target_os = "linux") {
        return;
    }
    let place = Place::new();
    place.write("steps.mir", MODULE);
    place.write("user.c", USER);
    for options in [
        ["--emit=staticlib=libsteps.a", "--backend=llvm", "--link=system"],
        ["--emit=staticlib=libsteps.a", "--backend=cranelift", "--link=system"],
        ["--emit=dylib=libsteps.so", "--backend=llvm", "--link=system"],
        ["--emit=dylib=libsteps.so", "--backend=llvm", "--link=dynamic"],
        ["--emit=dylib=libsteps.so", "--backend=cranelift", "--link=system"],
        ["--emit=dylib=libsteps.so", "--backend=cranelift", "--link=dynamic"],
    ] {
        place.simplec(&[&["build"], &options[..], &["steps.mir"]].concat()).succeeds();
        let args = ["user.c", "-pthread", "-L.", "-lsteps", "-Wl,-rpath,$ORIGIN", "-o", "user"];
        let done = Command::new("cc").args(args).current_dir(place.folder.path()).output().unwrap();
        assert!(done.status.success(), "{options:?}: {}", String::from_utf8_lossy(&done.stderr));
        assert!(Command::new(place.path("user")).status().unwrap().success(), "{options:?}");
    }
}

#[test]
fn those_of_c_are_reached_by_what_is_linked_only() {
    let place = Place::new();
    place.write(
        "main.mir",
        "extern thread_local global @theirs: i32\n\nexport fn @main() -> i32 c {\nbb0:\n  \
         %p: ptr = global_addr @theirs\n  %n: i32 = load %p\n  return %n\n}\n",
    );
    place.write("theirs.c", "_Thread_local int theirs = 9;\n");
    place
        .simplec(&["run", "main.mir"])
        .fails(1, &["code in memory has no thread-local `theirs`", "main.mir:5:", "build the program"]);
    if !cfg!(target_os = "linux") {
        return;
    }
    let done = Command::new("cc").args(["-c", "theirs.c"]).current_dir(place.folder.path()).status();
    assert!(done.unwrap().success());
    for backend in backends() {
        let backend = format!("--backend={backend}");
        let args = ["build", &backend, "--link=system", "-C", "link-args=theirs.o", "-o", "main", "main.mir"];
        place.simplec(&args).succeeds();
        assert_eq!(Command::new(place.path("main")).status().unwrap().code(), Some(9), "{backend}");
    }
}
