//! Room for recursion.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// Bytes of stack for the compiler: the syntax tree may be [`MAX_HEIGHT`](crate::syntax::MAX_HEIGHT) high, and each
/// level costs a few frames in the parser, the checker and lowering. Only what is used is ever committed.
const DEEP: usize = 1 << 29;

/// Calls `work` on a thread with a stack deep enough for every pass, and passes its panics on.
pub fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let work = Mutex::new(Some(work));
    let call = || {
        let work = work.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.map(|work| work())
    };
    let done = thread::scope(|scope| {
        // Under a limit on virtual memory a smaller stack is better than none: ordinary programs need little.
        for size in [DEEP, DEEP >> 3] {
            let builder = thread::Builder::new().name("simplec".to_owned()).stack_size(size);
            if let Ok(thread) = builder.spawn_scoped(scope, call) {
                return thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
        }
        call()
    });
    match done {
        Some(result) => result,
        None => unreachable!("a thread that did not start took no work, and only one started"),
    }
}

#[cfg(test)]
mod tests {
    use super::with_deep_stack;

    #[test]
    fn it_is_deep_and_passes_results_and_panics_on() {
        fn depth(n: u64) -> u64 {
            let frame = std::hint::black_box([n; 16]);
            if n == 0 { 0 } else { depth(n - 1) + frame[3] / n }
        }
        // 200,000 frames of at least 128 bytes are more than a test thread's 2 MiB.
        assert_eq!(with_deep_stack(|| depth(200_000)), 200_000);
        assert!(std::panic::catch_unwind(|| with_deep_stack(|| panic!("on purpose"))).is_err());
    }
}
