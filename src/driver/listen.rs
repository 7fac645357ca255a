//! What a curious user may watch: `-v`, `-###` and `--save-temps` print it, everything else ignores it.

use std::path::Path;

use super::choose::Choice;
use crate::toolchain::{Command, Output, Runner};

/// Something worth telling.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A back end was chosen.
    Chosen(&'a Choice),
    /// A command is about to run.
    Command {
        /// The command.
        command: &'a Command,
        /// It will not run: the user asked to see it only.
        is_shown: bool,
    },
    /// What LLVM would make was remembered.
    Reused(&'a Path),
    /// An intermediate file stays.
    Kept(&'a Path),
}

/// Hears what happens.
pub trait Listener: Sync {
    /// Called in the order of events.
    fn hear(&self, event: Event<'_>);
}

/// Hears and tells nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Listener for Silent {
    fn hear(&self, _event: Event<'_>) {}
}

/// A runner whose commands the listener hears of first.
pub(super) struct Told<'a> {
    pub runner: &'a dyn Runner,
    pub listener: &'a dyn Listener,
}

impl Runner for Told<'_> {
    fn run(&self, command: &Command, stdin: Option<&[u8]>) -> Output {
        self.listener.hear(Event::Command { command, is_shown: false });
        self.runner.run(command, stdin)
    }
}
