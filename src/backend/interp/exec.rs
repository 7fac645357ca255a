//! The machine: frames, calls, and one step at a time.
//!
//! Calls push frames on a stack of the machine's own, so that the depth of the program's recursion is limited by
//! [`Limits::depth`](super::Limits) and never by the host's stack.

use std::rc::Rc;
use std::time::Instant;

use super::code::*;
use super::decode::{Addresses, Decoder};
use super::externs;
use super::fault::Fault;
use super::host::Host;
use super::memory::{Leaks, Memory};
use super::system::{ENVIRON, World};
use super::value::{Scalar, Value, put_word, word_of};
use super::{Limits, TrapKind};
use crate::diagnostics::{Code as ErrorCode, Diagnostic, Span};
use crate::mir::*;
use crate::target::{DataLayout, Layouts, Target};

/// Why the machine stopped before the first function returned.
#[derive(Clone, PartialEq, Debug)]
pub enum Stop {
    /// The program trapped.
    Trap(TrapKind),
    /// The program did something undefined.
    Fault(Fault),
    /// The program called `exit`.
    Exit(i32),
    /// It wrote to a pipe that nobody reads any more.
    ClosedPipe,
    /// It used up its operations.
    OutOfFuel,
    /// It did not end in time.
    TimedOut,
    /// It recursed too deeply, or its slots do not fit.
    StackOverflow,
    /// It needs something that the interpreter does not have.
    Unsupported(Box<Diagnostic>),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// An activation. The positions are those of its registers on the machine's stacks.
struct Frame {
    code: Rc<Code>,
    pc: usize,
    words: usize,
    bytes: usize,
    /// Number of its first stack slot.
    slots: usize,
    /// Where the caller wants the result.
    dst: Option<Place>,
}

/// Operations between two looks at the clock: the clock costs more than an operation, and a slice takes milliseconds.
const SLICE: u64 = 1 << 17;

/// Activations for what is called when the stack is used up.
const SPARE_DEPTH: usize = 100;

/// A program being run.
pub struct Machine<'m, 'h> {
    decoder: Decoder<'m>,
    decoded: Vec<Option<Rc<Code>>>,
    memory: Memory,
    host: &'h mut dyn Host,
    world: World,
    frame: Frame,
    callers: Vec<Frame>,
    words: Vec<u64>,
    /// Aggregate registers: for each its bytes, then a mark for each byte.
    bytes: Vec<u8>,
    /// Operations that may be executed before the next look at the clock.
    fuel: u64,
    /// Those behind it.
    reserve: u64,
    deadline: Option<Instant>,
    depth: usize,
    big_endian: bool,
    pointer: Access,
    count: Access,
}

impl<'m, 'h> Machine<'m, 'h> {
    /// A machine with the module's globals in its memory.
    ///
    /// # Errors
    /// [`Stop::Unsupported`] when they do not fit.
    pub fn new(
        module: &'m Module,
        target: &'m Target,
        host: &'h mut dyn Host,
        limits: &Limits,
    ) -> Result<Machine<'m, 'h>, Stop> {
        let layout = &target.data_layout;
        let mut memory = Memory::new(layout, module.funcs.len(), limits.memory);
        let layouts = Layouts::new(&module.types, layout);
        let addresses = load_globals(module, &layouts, layout, &mut memory)?;
        let is_environ = |global: &Global| global.init.is_none() && global.name == ENVIRON;
        let environ = module.globals.iter().position(is_environ).and_then(|at| addresses.globals[at]);
        let access = |ty: Ty| {
            let scalar = Scalar::of(&module.types, ty, layout.pointer_bits()).unwrap_or(Scalar::U64);
            Access { scalar, align: layouts.align(ty) as u8 }
        };
        let nothing = Code {
            func: FuncId(0),
            insns: Vec::new(),
            spans: Vec::new(),
            params: Vec::new(),
            words: 0,
            bytes: 0,
            slots: Vec::new(),
            calls: Vec::new(),
            switches: Vec::new(),
            flagged: Vec::new(),
        };
        Ok(Machine {
            pointer: access(Ty::PTR),
            count: access(Ty::ISIZE),
            decoder: Decoder::new(module, target, addresses),
            decoded: vec![None; module.funcs.len()],
            world: World::new(host, &mut memory, environ)?,
            memory,
            host,
            frame: Frame { code: Rc::new(nothing), pc: 0, words: 0, bytes: 0, slots: 0, dst: None },
            callers: Vec::new(),
            words: Vec::new(),
            bytes: Vec::new(),
            fuel: 0,
            reserve: limits.fuel,
            deadline: limits.deadline,
            depth: limits.depth,
            big_endian: layout.big_endian,
        })
    }

    /// Puts the strings of a command line into memory as C wants them; `argc` and `argv`.
    ///
    /// # Errors
    /// [`Stop::StackOverflow`] when they do not fit, as an operating system would have it.
    pub fn command_line(&mut self, args: &[String]) -> Result<[Value; 2], Stop> {
        let size = self.pointer.scalar.size();
        let mut vector = vec![0; (args.len() + 1) * size];
        for (arg, entry) in args.iter().zip(vector.chunks_exact_mut(size)) {
            let mut text = arg.clone().into_bytes();
            text.push(0);
            let address = self.memory.add_constant(&text, 1).ok_or(Stop::StackOverflow)?;
            put_word(address, entry, self.big_endian);
        }
        let align = u64::from(self.pointer.align);
        let argv = self.memory.add_constant(&vector, align).ok_or(Stop::StackOverflow)?;
        Ok([Value::from(args.len() as i32), Value::Scalar { ty: Ty::PTR, bits: argv }])
    }

    /// Calls a function and runs until it returns.
    ///
    /// # Errors
    /// Whatever else ends the program.
    pub fn run(&mut self, entry: FuncId, args: &[Value]) -> Result<Option<Value>, Stop> {
        let func = self.decoder.module.func(entry);
        let sig = self.decoder.module.types.sig(func.sig);
        let fits =
            args.len() == sig.params.len() && args.iter().zip(&sig.params).all(|(a, &ty)| a.ty() == ty);
        if !func.is_defined() || !fits {
            let message = format!("`{}` cannot be called with the given arguments", func.name);
            return Err(Stop::Unsupported(Box::new(Diagnostic::error(ErrorCode::MirInvalid, message))));
        }
        let code = self.code(entry)?;
        self.push_frame(Rc::clone(&code), None)?;
        for (arg, &param) in args.iter().zip(&code.params) {
            match (arg, param) {
                (Value::Scalar { bits, .. }, Place::Word(word, scalar)) => {
                    self.set(word, scalar.canonical(*bits));
                }
                (Value::Aggregate { bytes, init, .. }, Place::Agg(agg))
                    if bytes.len() == agg.size as usize =>
                {
                    let at = self.frame.bytes + agg.at as usize;
                    self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
                    self.bytes[at + bytes.len()..at + 2 * bytes.len()].copy_from_slice(init);
                }
                (Value::Scalar { .. }, Place::Agg(_)) | (Value::Aggregate { .. }, _) => {
                    let message = format!("an argument of `{}` has the wrong size", func.name);
                    return Err(Stop::Unsupported(Box::new(Diagnostic::error(
                        ErrorCode::MirInvalid,
                        message,
                    ))));
                }
            }
        }
        let ret = sig.ret;
        let value = self.steps()?.map(|place| self.value(ret, place));
        self.drop_frame();
        Ok(value)
    }

    /// Calls a function without parameters that ends the program, with room on the stack for it.
    ///
    /// # Errors
    /// However it ends the program.
    pub fn run_above(&mut self, func: FuncId) -> Result<Option<Value>, Stop> {
        self.depth += SPARE_DEPTH;
        self.run(func, &[])
    }

    /// Calls a function without parameters when the program has stopped, or was stopped, and whatever was running is over.
    ///
    /// # Errors
    /// However that stops.
    pub fn run_after(&mut self, func: FuncId) -> Result<Option<Value>, Stop> {
        self.deadline = None;
        while !self.callers.is_empty() {
            self.drop_frame();
        }
        self.run(func, &[])
    }

    /// The function and place at which the machine stopped.
    pub fn position(&self) -> (FuncId, Span) {
        let Frame { code, pc, .. } = &self.frame;
        (code.func, pc.checked_sub(1).and_then(|at| code.spans.get(at)).copied().unwrap_or(Span::NONE))
    }

    /// Steps that may still be made.
    pub fn fuel(&self) -> u64 {
        self.fuel + self.reserve
    }

    /// What is left on the heap.
    pub fn leaks(&mut self) -> Leaks {
        self.memory.leaks()
    }

    fn value(&self, ty: Ty, place: Place) -> Value {
        match place {
            Place::Word(word, _) => Value::Scalar { ty, bits: self.get(word) },
            Place::Agg(agg) => {
                let (bytes, init) = self.bytes[self.span_of(agg)].split_at(agg.size as usize);
                Value::Aggregate { ty, bytes: bytes.to_vec(), init: init.to_vec() }
            }
        }
    }

    // ---- registers

    fn get(&self, word: Word) -> u64 {
        self.words[self.frame.words + word as usize]
    }

    fn set(&mut self, word: Word, value: u64) {
        self.words[self.frame.words + word as usize] = value;
    }

    /// The bytes and marks of an aggregate register.
    fn span_of(&self, agg: Agg) -> std::ops::Range<usize> {
        let at = self.frame.bytes + agg.at as usize;
        at..at + 2 * agg.size as usize
    }

    /// Copies an aggregate register; the positions are in the frame.
    fn copy_agg(&mut self, dst: Agg, src: u32) {
        let from = self.span_of(Agg { at: src, size: dst.size });
        let to = self.span_of(dst).start;
        self.bytes.copy_within(from, to);
    }

    fn get_field(&self, from: FieldAt, scalar: Scalar) -> Result<u64, Fault> {
        let size = scalar.size();
        let at = self.frame.bytes + (from.agg.at + from.offset) as usize;
        let marks = at + from.agg.size as usize;
        if self.bytes[marks..marks + size].contains(&0) {
            return Err(Fault::UninitialisedField { offset: u64::from(from.offset) });
        }
        from_memory(scalar, word_of(&self.bytes[at..at + size], self.big_endian))
    }

    fn set_field(&mut self, to: FieldAt, scalar: Scalar, word: u64) {
        let size = scalar.size();
        let at = self.frame.bytes + (to.agg.at + to.offset) as usize;
        let marks = at + to.agg.size as usize;
        put_word(word, &mut self.bytes[at..at + size], self.big_endian);
        self.bytes[marks..marks + size].fill(0xff);
    }

    fn set_flagged(&mut self, dst: u32, word: u64, flag: bool) {
        let Flagged { value, scalar, flag: flag_at } = self.frame.code.flagged[dst as usize];
        let span = self.span_of(value.agg);
        self.bytes[span].fill(0);
        self.set_field(value, scalar, word);
        self.set_field(flag_at, Scalar::Bool, u64::from(flag));
    }

    // ---- memory

    fn load(&mut self, addr: Word, access: Access) -> Result<u64, Fault> {
        let Access { scalar, align } = access;
        let word = self.memory.read(self.get(addr), scalar.size(), u64::from(align))?;
        from_memory(scalar, word)
    }

    fn store(&mut self, addr: Word, access: Access, word: u64) -> Result<(), Fault> {
        self.memory.write(self.get(addr), access.scalar.size(), u64::from(access.align), word)
    }

    fn move_address(&mut self, base: Word, by: u64) -> Result<u64, Fault> {
        let base = self.get(base);
        let to = self.pointer.scalar.canonical(base.wrapping_add(by));
        self.memory.check_move(base, to)?;
        Ok(to)
    }

    // ---- calls

    fn code(&mut self, func: FuncId) -> Result<Rc<Code>, Stop> {
        if let Some(code) = &self.decoded[func.idx()] {
            return Ok(Rc::clone(code));
        }
        let code = Rc::new(self.decoder.decode(func)?);
        self.decoded[func.idx()] = Some(Rc::clone(&code));
        Ok(code)
    }

    /// Makes a function's frame current, with all registers zero; the caller's frame is kept.
    fn push_frame(&mut self, code: Rc<Code>, dst: Option<Place>) -> Result<(), Stop> {
        if self.callers.len() >= self.depth {
            return Err(Stop::StackOverflow);
        }
        let (words, bytes, slots) = (self.words.len(), self.bytes.len(), self.memory.slots());
        for &(size, align) in &code.slots {
            self.memory.push_slot(size, align).ok_or(Stop::StackOverflow)?;
        }
        self.words.resize(words + code.words, 0);
        self.bytes.resize(bytes + code.bytes, 0);
        let frame = Frame { code, pc: 0, words, bytes, slots, dst };
        self.callers.push(std::mem::replace(&mut self.frame, frame));
        Ok(())
    }

    /// Copies a register between frames that start at the given positions.
    fn transfer(
        &mut self,
        from: Place,
        (words, bytes): (usize, usize),
        to: Place,
        (to_words, to_bytes): (usize, usize),
    ) {
        match (from, to) {
            (Place::Word(from, _), Place::Word(to, _)) => {
                self.words[to_words + to as usize] = self.words[words + from as usize];
            }
            (Place::Agg(from), Place::Agg(to)) => {
                let at = bytes + from.at as usize;
                self.bytes.copy_within(at..at + 2 * from.size as usize, to_bytes + to.at as usize);
            }
            // the verifier compares the types of arguments and results
            (Place::Word(..), Place::Agg(_)) | (Place::Agg(_), Place::Word(..)) => {}
        }
    }

    fn call(&mut self, func: FuncId, site: u32) -> Result<(), Stop> {
        let code = self.code(func)?;
        let caller = Rc::clone(&self.frame.code);
        let site = &caller.calls[site as usize];
        let from = (self.frame.words, self.frame.bytes);
        self.push_frame(Rc::clone(&code), site.dst)?;
        let to = (self.frame.words, self.frame.bytes);
        for (&arg, &param) in site.args.iter().zip(&code.params) {
            self.transfer(arg, from, param, to);
        }
        Ok(())
    }

    fn call_extern(&mut self, run: externs::Run, site: u32) -> Result<(), Stop> {
        let caller = Rc::clone(&self.frame.code);
        let CallSite { args, dst } = &caller.calls[site as usize];
        let mut words = [0; externs::MAX_PARAMS];
        for (word, &arg) in words.iter_mut().zip(args) {
            if let Place::Word(at, _) = arg {
                *word = self.get(at);
            }
        }
        let span = self.position().1;
        let (memory, host, world) = (&mut self.memory, &mut *self.host, &mut self.world);
        let (args, deadline) = (&words[..args.len()], self.deadline);
        let result = run(&mut externs::Call { args, memory, host, world, span, deadline })?;
        if let Some(Place::Word(dst, scalar)) = *dst {
            self.set(dst, scalar.canonical(result));
        }
        Ok(())
    }

    fn call_indirect(&mut self, callee: Word, sig: SigId, site: u32) -> Result<(), Stop> {
        let func = self.memory.function_at(self.get(callee))?;
        let function = self.decoder.module.func(func);
        if !function.is_defined() {
            // What counts is not how it is declared but what it is.
            let run = self.decoder.external(func, sig, self.position().1)?;
            self.call_extern(run, site)
        } else if function.sig != sig {
            Err(Fault::WrongSignature.into())
        } else {
            self.call(func, site)
        }
    }

    /// Calls a function and puts its frame in the place of the current one.
    fn tail_call(&mut self, func: FuncId, site: u32) -> Result<(), Stop> {
        self.call(func, site)?;
        if let Some(ended) = self.callers.pop() {
            let frame = &mut self.frame;
            self.words.drain(ended.words..frame.words);
            self.bytes.drain(ended.bytes..frame.bytes);
            self.memory.end_slots(ended.slots..frame.slots);
            (frame.words, frame.bytes, frame.slots) = (ended.words, ended.bytes, ended.slots);
            frame.dst = ended.dst;
        }
        Ok(())
    }

    /// Ends the current frame. True when its caller is the outside: then the frame stays, for its result to be read.
    fn leave(&mut self, value: Option<Place>) -> bool {
        if self.callers.len() == 1 {
            return true;
        }
        if let (Some(value), Some(dst), Some(caller)) = (value, self.frame.dst, self.callers.last()) {
            let (from, to) = ((self.frame.words, self.frame.bytes), (caller.words, caller.bytes));
            self.transfer(value, from, dst, to);
        }
        self.drop_frame();
        false
    }

    /// Goes back to the caller's frame.
    fn drop_frame(&mut self) {
        let Some(caller) = self.callers.pop() else { return };
        let ended = std::mem::replace(&mut self.frame, caller);
        self.memory.end_slots(ended.slots..self.memory.slots());
        self.words.truncate(ended.words);
        self.bytes.truncate(ended.bytes);
    }

    // ---- steps

    fn pay(&mut self, cost: u32) -> Result<(), Stop> {
        match self.fuel.checked_sub(u64::from(cost)) {
            Some(left) => self.fuel = left,
            None => self.next_slice(u64::from(cost))?,
        }
        Ok(())
    }

    /// Pays with the next slice of what is left, if there is time for one.
    #[cold]
    fn next_slice(&mut self, cost: u64) -> Result<(), Stop> {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(Stop::TimedOut);
        }
        let left = self.fuel().checked_sub(cost).ok_or(Stop::OutOfFuel)?;
        self.fuel = left.min(SLICE);
        self.reserve = left - self.fuel;
        Ok(())
    }

    /// Runs until the first function returns; the place of its result.
    fn steps(&mut self) -> Result<Option<Place>, Stop> {
        loop {
            let insn = self.frame.code.insns[self.frame.pc];
            self.frame.pc += 1;
            match insn {
                Insn::Const { dst, bits } => self.set(dst, bits),
                Insn::Copy { dst, a } => self.set(dst, self.get(a)),
                Insn::Unary { f, dst, a } => self.set(dst, f(self.get(a))),
                Insn::Binary { f, dst, a, b } => self.set(dst, f(self.get(a), self.get(b))),
                Insn::Divide { f, dst, a, b, zero } => {
                    let result = f(self.get(a), self.get(b)).ok_or(Stop::Trap(zero))?;
                    self.set(dst, result);
                }
                Insn::Ternary { f, dst, a, b, c } => self.set(dst, f(self.get(a), self.get(b), self.get(c))),
                Insn::Carry { f, dst, a, b } => {
                    let (result, overflowed) = f(self.get(a), self.get(b));
                    self.set_flagged(dst, result, overflowed);
                }
                Insn::Select { dst, cond, a, b } => {
                    let chosen = if self.get(cond) != 0 { a } else { b };
                    self.set(dst, self.get(chosen));
                }

                Insn::ZeroAgg { dst } => {
                    let span = self.span_of(dst);
                    let (bytes, marks) = self.bytes[span].split_at_mut(dst.size as usize);
                    bytes.fill(0);
                    marks.fill(0xff);
                }
                Insn::ClearAgg { dst } => {
                    let span = self.span_of(dst);
                    self.bytes[span].fill(0);
                }
                Insn::CopyAgg { dst, a } => self.copy_agg(dst, a),
                Insn::SelectAgg { dst, cond, a, b } => {
                    let chosen = if self.get(cond) != 0 { a } else { b };
                    self.copy_agg(dst, chosen);
                }
                Insn::GetField { dst, from, scalar } => {
                    let word = self.get_field(from, scalar)?;
                    self.set(dst, word);
                }
                Insn::GetAgg { dst, from } => {
                    let size = dst.size as usize;
                    let at = self.frame.bytes + (from.agg.at + from.offset) as usize;
                    let marks = at + from.agg.size as usize;
                    let to = self.span_of(dst).start;
                    self.bytes.copy_within(at..at + size, to);
                    self.bytes.copy_within(marks..marks + size, to + size);
                }
                Insn::SetField { to, value, scalar } => self.set_field(to, scalar, self.get(value)),
                Insn::SetAgg { to, value } => {
                    let size = value.size as usize;
                    let from = self.span_of(value).start;
                    let at = self.frame.bytes + (to.agg.at + to.offset) as usize;
                    self.bytes.copy_within(from..from + size, at);
                    self.bytes.copy_within(from + size..from + 2 * size, at + to.agg.size as usize);
                }
                Insn::SetTag { dst, variant } => {
                    self.set_field(FieldAt { agg: dst, offset: 0 }, Scalar::U32, u64::from(variant));
                }
                Insn::CheckTag { value, variant } => {
                    let found = self.get_field(FieldAt { agg: value, offset: 0 }, Scalar::U32)? as u32;
                    if found != variant {
                        return Err(Fault::WrongVariant { expected: variant, found }.into());
                    }
                }

                Insn::SlotAddr { dst, slot } => {
                    self.set(dst, self.memory.slot_address(self.frame.slots + slot as usize));
                }
                Insn::Load { dst, addr, access } => {
                    let word = self.load(addr, access)?;
                    self.set(dst, word);
                }
                Insn::Store { value, addr, access } => self.store(addr, access, self.get(value))?,
                Insn::LoadAgg { dst, addr, align } => {
                    let (address, span) = (self.get(addr), self.span_of(dst));
                    self.memory.read_marked(address, u64::from(align), &mut self.bytes[span])?;
                }
                Insn::StoreAgg { value, addr, align } => {
                    let (address, span) = (self.get(addr), self.span_of(value));
                    self.memory.write_marked(address, u64::from(align), &self.bytes[span])?;
                }
                Insn::Rmw { rmw, dst, value, addr, access } => {
                    let old = self.load(addr, access)?;
                    let new = modified(rmw, access.scalar, old, self.get(value));
                    self.store(addr, access, new)?;
                    self.set(dst, old);
                }
                Insn::CmpXchg { dst, expected, new, addr, access } => {
                    let old = self.load(addr, access)?;
                    let equal = old == self.get(expected);
                    // written either way: an exchange that fails must be able to write all the same
                    self.store(addr, access, if equal { self.get(new) } else { old })?;
                    self.set_flagged(dst, old, equal);
                }
                Insn::Copying { dst, src, len, may_overlap } => {
                    self.memory.copy(self.get(dst), self.get(src), self.get(len), may_overlap)?;
                }
                Insn::Fill { dst, byte, len } => {
                    self.memory.fill(self.get(dst), self.get(byte) as u8, self.get(len))?;
                }
                Insn::Field { dst, base, offset } => {
                    let to = self.move_address(base, offset)?;
                    self.set(dst, to);
                }
                Insn::Index { dst, base, index, size } => {
                    let to = self.move_address(base, self.get(index).wrapping_mul(size))?;
                    self.set(dst, to);
                }
                Insn::Alloc { dst, size, zeroed } => {
                    let (size, span) = (self.get(size), self.position().1);
                    let address = if zeroed {
                        self.memory.alloc_zeroed(size, span)?
                    } else {
                        self.memory.alloc(size, span)
                    };
                    self.set(dst, address);
                }
                Insn::Resize { dst, base, size } => {
                    let span = self.position().1;
                    let address = self.memory.resize(self.get(base), self.get(size), span)?;
                    self.set(dst, address);
                }
                Insn::Free { base } => self.memory.free(self.get(base))?,
                Insn::Count { addr, by, last } => {
                    let count = self.load(addr, self.count)?.wrapping_add(by as u64);
                    self.store(addr, self.count, count)?;
                    if let Some(last) = last {
                        self.set(last, u64::from(count == 0));
                    }
                }
                Insn::IsUnique { dst, addr } => {
                    let count = self.load(addr, self.count)?;
                    self.set(dst, u64::from(count == 1));
                }

                Insn::Call { func, site } => self.call(func, site)?,
                Insn::CallExtern { run, site } => self.call_extern(run, site)?,
                Insn::CallIndirect { callee, sig, site } => self.call_indirect(callee, sig, site)?,
                Insn::TailCall { func, site, cost } => {
                    self.pay(cost)?;
                    self.tail_call(func, site)?;
                }
                Insn::Assume { cond } => {
                    if self.get(cond) == 0 {
                        return Err(Fault::FalseAssumption.into());
                    }
                }
                Insn::Trap => return Err(Stop::Trap(TrapKind::Trap)),

                Insn::Jump { to, cost } => {
                    self.pay(cost)?;
                    self.frame.pc = to as usize;
                }
                Insn::Branch { cond, then, otherwise, cost } => {
                    self.pay(cost)?;
                    self.frame.pc = (if self.get(cond) != 0 { then } else { otherwise }) as usize;
                }
                Insn::Switch { value, table, cost } => {
                    self.pay(cost)?;
                    let SwitchTable { cases, default } = &self.frame.code.switches[table as usize];
                    let value = self.get(value);
                    let found = cases.binary_search_by_key(&value, |case| case.0);
                    self.frame.pc = found.map_or(*default, |at| cases[at].1) as usize;
                }
                Insn::Return { value, cost } => {
                    self.pay(cost)?;
                    if self.leave(value) {
                        return Ok(value);
                    }
                }
                Insn::Unreachable => return Err(Fault::Unreachable.into()),
            }
        }
    }
}

/// The canonical word of a scalar that memory holds as `word`.
fn from_memory(scalar: Scalar, word: u64) -> Result<u64, Fault> {
    if scalar == Scalar::Bool && word > 1 {
        return Err(Fault::NotABool { byte: word });
    }
    Ok(scalar.canonical(word))
}

/// What a read-modify-write leaves in memory.
fn modified(rmw: RmwOp, scalar: Scalar, old: u64, value: u64) -> u64 {
    let smaller = if scalar.is_signed() { (old as i64) < value as i64 } else { old < value };
    let word = match rmw {
        RmwOp::Xchg => value,
        RmwOp::Add => old.wrapping_add(value),
        RmwOp::Sub => old.wrapping_sub(value),
        RmwOp::And => old & value,
        RmwOp::Or => old | value,
        RmwOp::Xor => old ^ value,
        RmwOp::Min => {
            if smaller {
                old
            } else {
                value
            }
        }
        RmwOp::Max => {
            if smaller {
                value
            } else {
                old
            }
        }
    };
    scalar.canonical(word)
}

/// Puts the globals into memory, once with zeros so that all have addresses, then with their values.
fn load_globals(
    module: &Module,
    layouts: &Layouts,
    layout: &DataLayout,
    memory: &mut Memory,
) -> Result<Addresses, Stop> {
    let no_room = || {
        let message = "the module's globals do not fit the interpreter's memory";
        Stop::Unsupported(Box::new(Diagnostic::error(ErrorCode::NotSupported, message)))
    };
    let mut addresses = Addresses {
        funcs: (0..module.funcs.len()).map(|i| memory.function_address(FuncId(i as u32))).collect(),
        globals: Vec::with_capacity(module.globals.len()),
    };
    let mut places = Vec::new();
    for global in &module.globals {
        let (size, align) = (layouts.size(global.ty), layouts.align(global.ty));
        addresses.globals.push(match &global.init {
            None => None,
            Some(init) => {
                places.push((global.ty, init));
                let address = memory.add_global(size, align, global.constant).ok_or_else(no_room)?;
                Some(address)
            }
        });
    }
    let image = Image { module, layouts, addresses: &addresses, big_endian: layout.big_endian };
    for (index, (ty, init)) in places.into_iter().enumerate() {
        image.put(ty, init, memory.global_bytes(index));
    }
    for (global, address) in module.globals.iter().zip(&mut addresses.globals) {
        // The one variable of the C library that there is.
        if global.init.is_none() && global.name == ENVIRON {
            let (size, align) = (layouts.size(global.ty), layouts.align(global.ty));
            *address = Some(memory.add_global(size, align, false).ok_or_else(no_room)?);
        }
    }
    Ok(addresses)
}

/// Lays out first values of globals.
struct Image<'a> {
    module: &'a Module,
    layouts: &'a Layouts<'a>,
    addresses: &'a Addresses,
    big_endian: bool,
}

impl Image<'_> {
    fn put(&self, ty: Ty, init: &Init, bytes: &mut [u8]) {
        let size = (self.layouts.size(ty) as usize).min(bytes.len());
        let word = match init {
            Init::Zero => return,
            Init::Bytes(from) => {
                let len = from.len().min(size);
                bytes[..len].copy_from_slice(&from[..len]);
                return;
            }
            Init::Fields(fields) => {
                for (i, field) in fields.iter().enumerate() {
                    let at = self.layouts.field_offset(ty, i as u32) as usize;
                    if let Some(field_ty) = self.module.types.field(ty, i as u32) {
                        self.put(field_ty, field, &mut bytes[at..]);
                    }
                }
                return;
            }
            Init::Bits(bits) => *bits,
            Init::Func(func) => self.addresses.funcs[func.idx()],
            Init::Global(global) => self.addresses.globals[global.idx()].unwrap_or(0),
        };
        put_word(word, &mut bytes[..size], self.big_endian);
    }
}
