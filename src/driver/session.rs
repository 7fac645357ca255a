//! What one invocation works with.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::choose::{self, Choice, Request};
use super::listen::{Event, Listener, Told};
use super::options::{Backend, Options};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, SourceMap};
use crate::syntax::Interner;
use crate::target;
use crate::toolchain::{self, Llvm, Runner, Search, ToolchainError};

/// The sign that something failed; the session's diagnostics say what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub struct Failed;

/// A run of a pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// The pass.
    pub pass: &'static str,
    /// When it began, after the session did.
    pub start: Duration,
    /// Wall-clock time that it took.
    pub time: Duration,
}

/// One invocation of the compiler.
pub struct Session<'a> {
    /// What was asked for.
    pub options: Options,
    /// Every source file read so far.
    pub sources: SourceMap,
    /// The files they came from: what outputs depend on.
    pub inputs: Vec<PathBuf>,
    /// Names.
    pub interner: Interner,
    /// What there is to tell the user.
    pub diagnostics: Diagnostics,
    /// The runs of passes so far, in the order in which they ended.
    pub timings: Vec<Timing>,
    pub(super) search: Search,
    pub(super) runner: &'a dyn Runner,
    pub(super) listener: &'a dyn Listener,
    llvm: Option<Llvm>,
    began: Instant,
}

impl<'a> Session<'a> {
    /// A session that looks for tools where `search` says, runs them by `runner` and tells `listener`.
    pub fn new(
        options: Options,
        search: Search,
        runner: &'a dyn Runner,
        listener: &'a dyn Listener,
    ) -> Session<'a> {
        Session {
            options,
            sources: SourceMap::new(),
            inputs: Vec::new(),
            interner: Interner::new(),
            diagnostics: Diagnostics::new(),
            timings: Vec::new(),
            search,
            runner,
            listener,
            llvm: None,
            began: Instant::now(),
        }
    }

    /// Takes an error. Returned, so that `Err(session.fail(…))` says both.
    pub(super) fn fail(&mut self, error: Diagnostic) -> Failed {
        self.diagnostics.push(error);
        Failed
    }

    /// Takes several errors.
    pub(super) fn fail_all(&mut self, errors: impl IntoIterator<Item = Diagnostic>) -> Failed {
        errors.into_iter().for_each(|error| self.diagnostics.push(error));
        Failed
    }

    /// Runs a pass and notes its time.
    pub(super) fn time<T>(&mut self, pass: &'static str, work: impl FnOnce(&mut Session<'a>) -> T) -> T {
        let start = Instant::now();
        let result = work(self);
        self.timings.push(Timing { pass, start: start - self.began, time: start.elapsed() });
        result
    }

    /// The back end for this session's options.
    ///
    /// # Errors
    /// As [`choose`](choose::choose), pushed into the session.
    pub fn choose(&mut self, is_run: bool) -> Result<Choice, Failed> {
        let target = &self.options.target;
        let is_host = target::host().is_ok_and(|host| host.triple == target.triple);
        let cranelift = super::native::cranelift_supports(target);
        match choose::choose(&Request { options: &self.options, is_run, cranelift, is_host }) {
            Ok(choice) => {
                self.listener.hear(Event::Chosen(&choice));
                Ok(choice)
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Warns if `-g` asks for what a choice does not make.
    pub(super) fn warn_of_no_debug_information(&mut self, choice: &Choice) {
        if self.options.debug_info.is_some() && !self.describes(choice) {
            let message =
                format!("{} writes no debug information, so `-g` has no effect", choice.backend.title());
            self.diagnostics
                .push(Diagnostic::new(Severity::Warning, None, message).help("`--backend=llvm` writes it"));
        }
    }

    /// Whether what a choice makes has debug information.
    fn describes(&self, choice: &Choice) -> bool {
        match choice.backend {
            Backend::Llvm => true,
            Backend::Cranelift => {
                !choice.in_process && super::native::cranelift_describes(&self.options.target)
            }
            Backend::Interp => false,
        }
    }

    /// The LLVM in use, looked for once.
    ///
    /// # Errors
    /// As [`toolchain::find`].
    pub fn llvm(&mut self) -> Result<Llvm, ToolchainError> {
        if let Some(known) = &self.llvm {
            return Ok(known.clone());
        }
        let found = toolchain::find(&self.search, self.runner)?;
        if let Some(warning) = found.warning() {
            self.diagnostics.push(Diagnostic::new(Severity::Warning, None, warning));
        }
        self.llvm = Some(found.clone());
        Ok(found)
    }

    /// The LLVM in use.
    ///
    /// # Errors
    /// As [`Session::llvm`], pushed into the session.
    pub fn llvm_or_fail(&mut self) -> Result<Llvm, Failed> {
        self.llvm().map_err(|error| self.fail(error.diagnostic()))
    }

    /// The data layout of the target: that of the LLVM in use, or what simplec knows of the preferred version where
    /// there is none or it does not say.
    pub fn data_layout(&mut self) -> String {
        let asked = self.llvm().and_then(|llvm| {
            let triple = self.options.target.llvm_triple();
            toolchain::data_layout(&llvm, triple, &self.search, self.runner)
        });
        match asked {
            Ok(layout) => layout.as_str().to_owned(),
            Err(_) => self.options.target.llvm_data_layout(toolchain::PREFERRED),
        }
    }

    /// No longer counts on the LLVM found: it has failed, and may not link either.
    pub(super) fn forget_llvm(&mut self) {
        self.llvm = None;
    }

    /// Whether an LLVM was looked for and found.
    pub(super) fn has_llvm(&self) -> bool {
        self.llvm.is_some()
    }

    /// The runner whose commands a user may want to see.
    pub(super) fn told(&self) -> Told<'a> {
        Told { runner: self.runner, listener: self.listener }
    }
}
