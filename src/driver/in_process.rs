//! Runs code of this process on a thread of its own, so that its traps end the program and not the compiler.

use std::ffi::{CString, c_int, c_void};
use std::io::{Read, pipe};
use std::os::fd::AsRawFd;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::run::{Ended, call_main, stopped};
use crate::backend::cranelift::Jit;
use crate::mir;

/// Bytes of stack for the program. Only what is used is ever committed.
const STACK: usize = 1 << 28;

/// How far below its stack a program may reach when that is used up.
const BELOW: usize = 1 << 24;

/// Bytes of stack for the handler, and for what the program does at the end of its own.
const SPARE: usize = 1 << 16;

/// What stops a program that traps, or that writes to a pipe that nobody reads any more.
const SIGNALS: [c_int; 6] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGTRAP, libc::SIGPIPE];

/// Where the handler writes which signal it was.
static REPORT: AtomicI32 = AtomicI32::new(-1);
/// An address at the top of the program's stack.
static TOP: AtomicUsize = AtomicUsize::new(0);
/// What ends the program when its stack is used up, `extern "C" fn() -> !`, or null.
static OVERFLOW: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// What the handler writes instead of a signal where nothing of the program's own ends it.
const OVERFLOWED: i32 = -1;

/// What is written instead of a signal when the program asks for its end, less the exit code.
const EXITED: i32 = -2;

/// How a program ended that this process outlives.
pub enum End {
    /// Its entry returned.
    Returned(i32),
    /// It asked for its end.
    Exited(i32),
    /// In another way.
    Other(Ended),
}

const NOT_STARTED: &str = "the program could not be started";

/// A program on its way to its thread.
struct Moved(Arc<Jit>);

// SAFETY: a `Jit` is owned memory and addresses in it; nothing of it belongs to the thread that made it.
unsafe impl Send for Moved {}

/// The address of what stands for a function that ends the process, in a program that the process is to outlive.
pub fn end_of_program(name: &str) -> Option<*const u8> {
    (name == "_exit").then_some(exited as *const u8)
}

/// Tells that the program asked for its end, and stays there.
extern "C" fn exited(code: c_int) -> ! {
    tell(EXITED - (code & 0xff))
}

/// Writes how the program ended, and stays there: its thread has nowhere to go.
fn tell(told: i32) -> ! {
    let bytes = told.to_ne_bytes();
    // SAFETY: the bytes live until the call is over.
    unsafe { libc::write(REPORT.load(SeqCst), bytes.as_ptr().cast(), bytes.len()) };
    loop {
        // SAFETY: it waits.
        unsafe { libc::pause() };
    }
}

/// Runs the entry of a program; how it ended.
pub fn run(jit: Box<Jit>, line: Vec<CString>) -> Ended {
    match watch(Arc::from(jit), line) {
        End::Returned(code) | End::Exited(code) => Ended::Code(code),
        End::Other(ended) => ended,
    }
}

/// Runs the entry of a program; how it ended. One program runs at a time. The thread of one that was stopped stays where it
/// was, until the process ends.
pub fn watch(jit: Arc<Jit>, line: Vec<CString>) -> End {
    let (mut end, report) = match pipe() {
        Ok(ends) => ends,
        Err(error) => return End::Other(stopped(NOT_STARTED, Some(error.to_string()))),
    };
    let job = Arc::new(Mutex::new(Some((Moved(jit), line, report))));
    let take = |job: &Mutex<Option<_>>| job.lock().unwrap_or_else(PoisonError::into_inner).take();
    let start = |size: usize| {
        let job = Arc::clone(&job);
        thread::Builder::new().name("program".to_owned()).stack_size(size).spawn(move || {
            let (Moved(jit), line, report) = take(&job)?;
            let _handled = Handled::install(&jit, report.as_raw_fd());
            Some(call_main(&jit, &line))
        })
    };
    // Under a limit on virtual memory less stack is better than none, and no thread better than no program.
    let Ok(thread) = start(STACK).or_else(|_| start(STACK >> 4)) else {
        return match take(&job) {
            Some((Moved(jit), line, _)) => returned(call_main(&jit, &line)),
            None => End::Other(stopped(NOT_STARTED, None)),
        };
    };
    // Nothing is written, and the writing end closed, when the program returns.
    let mut signal = [0; 4];
    match end.read_exact(&mut signal).map(|()| i32::from_ne_bytes(signal)) {
        Ok(OVERFLOWED) => End::Other(stopped("the program's stack overflowed", None)),
        Ok(told) if told <= EXITED => End::Exited(EXITED - told),
        Ok(signal) => End::Other(Ended::Signal(signal)),
        Err(_) => match thread.join() {
            Ok(ended) => returned(ended.unwrap_or_else(|| stopped(NOT_STARTED, None))),
            Err(panic) => std::panic::resume_unwind(panic),
        },
    }
}

fn returned(ended: Ended) -> End {
    match ended {
        Ended::Code(code) => End::Returned(code),
        Ended::Signal(_) | Ended::Stopped(_) => End::Other(ended),
    }
}

/// The handlers of signals while the program runs; they are those of before when it is dropped.
struct Handled {
    before: Vec<(c_int, libc::sigaction)>,
    stack_before: libc::stack_t,
    _spare: Box<[u8]>,
}

impl Handled {
    fn install(jit: &Jit, report: c_int) -> Handled {
        let mark = 0u8;
        TOP.store(&raw const mark as usize, SeqCst);
        let overflow = jit.address(mir::STACK_OVERFLOW).unwrap_or(ptr::null());
        OVERFLOW.store(overflow.cast_mut().cast(), SeqCst);
        REPORT.store(report, SeqCst);
        let mut spare = vec![0; SPARE].into_boxed_slice();
        let stack = libc::stack_t { ss_sp: spare.as_mut_ptr().cast(), ss_flags: 0, ss_size: SPARE };
        // SAFETY: all zero is a value of these structures, and the stack outlives its use: it is replaced first in `drop`.
        let mut handled =
            unsafe { Handled { before: Vec::new(), stack_before: std::mem::zeroed(), _spare: spare } };
        unsafe {
            libc::sigaltstack(&raw const stack, &raw mut handled.stack_before);
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = caught as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            for signal in SIGNALS {
                let mut before: libc::sigaction = std::mem::zeroed();
                libc::sigaction(signal, &raw const action, &raw mut before);
                handled.before.push((signal, before));
            }
        }
        handled
    }
}

impl Drop for Handled {
    fn drop(&mut self) {
        for (signal, before) in &self.before {
            // SAFETY: it was in force before.
            unsafe { libc::sigaction(*signal, before, ptr::null_mut()) };
        }
        // SAFETY: likewise.
        unsafe { libc::sigaltstack(&raw const self.stack_before, ptr::null_mut()) };
    }
}

/// What a signal calls: it ends the program at the end of its stack, and tells of any other signal and stays there.
/// Only functions that may be called in a handler are.
extern "C" fn caught(signal: c_int, info: *mut libc::siginfo_t, _: *mut c_void) {
    // SAFETY: the system passes the information of the signal.
    let address = unsafe { (*info).si_addr() } as usize;
    let is_access = signal == libc::SIGSEGV || signal == libc::SIGBUS;
    let below = TOP.load(SeqCst).wrapping_sub(address);
    let mut told = signal;
    if is_access && below < STACK + BELOW {
        let overflow = OVERFLOW.load(SeqCst);
        if !overflow.is_null() {
            // SAFETY: it is the address of the function of that name, whose types the verifier has seen to.
            let end: extern "C" fn() = unsafe { std::mem::transmute(overflow) };
            end();
        }
        told = OVERFLOWED;
    }
    tell(told);
}
