//! Control flow: branches, switches, loops with one entry and with two, and early returns.

use simplec::mir::*;

use super::body::Body;
use super::constant;
use super::program::INTS;

impl Body<'_, '_> {
    pub fn control(&mut self) {
        match self.rng.below(16) {
            0..5 => self.branch(),
            5..9 => self.switch(),
            9..12 => self.counted_loop(),
            12 => self.test_at_end_loop(),
            13 => self.two_entry_loop(),
            14 => self.leave_loop(),
            _ => self.early_return(),
        }
    }

    fn condition(&mut self) -> Reg {
        let cond = self.pick(Ty::BOOL);
        match self.rng.below(8) {
            0 => self.b.likely(cond),
            1 => self.b.unlikely(cond),
            _ => cond,
        }
    }

    fn hint(&mut self) -> Hint {
        self.rng.pick(&[Hint::None, Hint::None, Hint::Likely, Hint::Unlikely])
    }

    /// New registers that every arm of a branch is going to write.
    fn merged(&mut self) -> Vec<Reg> {
        let count = self.rng.below(3);
        (0..count)
            .map(|_| {
                let ty = self.rng.pick(&self.world.values);
                self.b.reg(ty)
            })
            .collect()
    }

    /// One arm: statements, then the merged registers, then on to the block after.
    fn arm(&mut self, merged: &[Reg], join: Block) {
        let mark = self.mark();
        let count = self.rng.between(1, 5);
        self.statements(count);
        for &reg in merged {
            let value = self.pick(self.ty(reg));
            self.b.assign(reg, value);
        }
        self.reset(mark);
        self.b.goto(join);
    }

    fn branch(&mut self) {
        let cond = self.condition();
        let merged = self.merged();
        let (then, otherwise, join) = (self.b.block(), self.b.block(), self.b.block());
        let hint = self.hint();
        if merged.is_empty() && self.rng.one_in(2) {
            self.b.branch(cond, then, join, hint);
            self.b.switch_to(then);
            self.arm(&merged, join);
            // A block that nothing leads to.
            self.b.switch_to(otherwise);
            self.b.goto(join);
        } else {
            self.b.branch(cond, then, otherwise, hint);
            self.b.switch_to(then);
            self.arm(&merged, join);
            self.b.switch_to(otherwise);
            self.arm(&merged, join);
        }
        self.b.switch_to(join);
        self.define_all(merged);
    }

    fn switch(&mut self) {
        let ty = self.rng.pick(INTS);
        let count = self.rng.between(0, 6);
        // Cases have to be different on every target.
        let narrow = match ty {
            Ty::USIZE => Ty::U32,
            Ty::ISIZE => Ty::I32,
            other => other,
        };
        // Dense from some start on, or anywhere.
        let (value, mut cases): (Reg, Vec<u64>) = if self.rng.one_in(2) {
            let start = constant::int(self.rng, narrow);
            let index = self.below(ty, count as u64 + 2);
            let low = self.b.const_(narrow, Bits(constant::canonical(narrow, start)));
            let low = if narrow == ty { low } else { self.b.resize(ty, low) };
            let cases =
                (0..count).map(|i| constant::canonical(narrow, start.wrapping_add(i as i64))).collect();
            (self.b.add(low, index), cases)
        } else {
            let cases = (0..count).map(|_| constant::scalar(self.rng, narrow)).collect();
            (self.pick(ty), cases)
        };
        cases.sort_unstable();
        cases.dedup();
        if self.rng.one_in(2) {
            cases.reverse();
        }
        let merged = self.merged();
        let arms: Vec<Block> = (0..self.rng.between(1, 3)).map(|_| self.b.block()).collect();
        let (default, join) = (self.b.block(), self.b.block());
        let cases: Vec<(u64, Block)> = cases
            .into_iter()
            .map(|bits| {
                let to = if self.rng.one_in(6) { default } else { self.rng.pick(&arms) };
                (bits, to)
            })
            .collect();
        self.b.switch(value, &cases, default);
        for (i, &arm) in arms.iter().enumerate() {
            self.b.switch_to(arm);
            // On to the next arm, where C would have no `break`.
            let next = arms.get(i + 1).copied().filter(|_| self.rng.one_in(4));
            match next {
                Some(next) => self.arm(&[], next),
                None => self.arm(&merged, join),
            }
        }
        self.b.switch_to(default);
        self.arm(&merged, join);
        self.b.switch_to(join);
        self.define_all(merged);
    }

    /// Looks at the payload of an enum value, by its tag.
    pub fn matching(&mut self, value: Reg) {
        let ty = self.ty(value);
        let TypeData::Enum(id) = self.data(ty) else { return };
        let variants = self.b.module.types.enum_def(id).variants.clone();
        let tag = self.b.enum_tag(value);
        // The statements of the arms may write other values to the register.
        let value = self.b.mov(value);
        let merged = self.merged();
        let blocks: Vec<Block> = variants.iter().map(|_| self.b.block()).collect();
        let join = self.b.block();
        let (&default, others) = blocks.split_last().expect("enums have variants");
        let cases: Vec<(u64, Block)> = others.iter().enumerate().map(|(i, &b)| (i as u64, b)).collect();
        self.b.switch(tag, &cases, default);
        for (variant, (&block, (_, payload))) in blocks.iter().zip(&variants).enumerate() {
            self.b.switch_to(block);
            let mark = self.mark();
            for (field, &ty) in payload.iter().enumerate() {
                let part = self.b.enum_payload(ty, value, variant as u32, field as u32);
                self.define(part);
            }
            self.arm(&merged, join);
            self.reset(mark);
        }
        self.b.switch_to(join);
        self.define_all(merged);
    }

    /// A copy that no statement writes.
    fn keep(&mut self, reg: Reg) -> Reg {
        let copy = self.b.mov(reg);
        self.frozen.push(copy);
        copy
    }

    fn loop_body(&mut self, exit: Block, latch: Block, times: u64) {
        let mark = self.mark();
        self.loops.push((exit, latch));
        self.times *= times;
        let count = self.rng.between(1, 5);
        self.statements(count);
        // Values go round the loop.
        for _ in 0..self.rng.below(3) {
            let outer = &self.regs[..mark.regs];
            let open: Vec<Reg> = outer.iter().copied().filter(|reg| !self.frozen.contains(reg)).collect();
            if self.b.current().is_some() && !open.is_empty() {
                let to = self.rng.pick(&open);
                let value = self.pick(self.ty(to));
                self.b.assign(to, value);
            }
        }
        self.times /= times;
        self.loops.pop();
        self.reset(mark);
    }

    fn counted_loop(&mut self) {
        let most = self.rng.between(1, 7) as u64;
        if !self.affords(most * 24) {
            return self.branch();
        }
        let ty = self.rng.pick(INTS);
        let count = if self.rng.one_in(2) { self.below(ty, most + 1) } else { self.b.int(ty, most as i64) };
        let count = self.keep(count);
        let start = self.b.int(ty, 0);
        let i = self.keep(start);
        let (header, body, latch, exit) = (self.b.block(), self.b.block(), self.b.block(), self.b.block());
        self.b.goto(header);
        self.b.switch_to(header);
        let more = if self.rng.one_in(2) { self.b.lt(i, count) } else { self.b.ne(i, count) };
        self.b.branch(more, body, exit, Hint::None);
        self.b.switch_to(body);
        self.define(i);
        self.loop_body(exit, latch, most);
        self.b.goto(latch);
        self.b.switch_to(latch);
        let one = self.b.int(ty, 1);
        self.b.push(Some(i), CoreOp::Add { a: i, b: one });
        self.b.goto(header);
        self.b.switch_to(exit);
    }

    /// Counts down, and tests after the body.
    fn test_at_end_loop(&mut self) {
        let most = self.rng.between(1, 5) as u64;
        if !self.affords(most * 24) {
            return self.branch();
        }
        let ty = self.rng.pick(INTS);
        let start = self.b.int(ty, most as i64);
        let i = self.keep(start);
        let (body, latch, exit) = (self.b.block(), self.b.block(), self.b.block());
        self.b.goto(body);
        self.b.switch_to(body);
        self.define(i);
        self.loop_body(exit, latch, most);
        self.b.goto(latch);
        self.b.switch_to(latch);
        let one = self.b.int(ty, 1);
        self.b.push(Some(i), CoreOp::Sub { a: i, b: one });
        let zero = self.b.int(ty, 0);
        let more = self.b.gt(i, zero);
        self.b.branch(more, body, exit, Hint::Likely);
        self.b.switch_to(exit);
    }

    /// A loop of two blocks that is entered at either: no header dominates it.
    fn two_entry_loop(&mut self) {
        let most = self.rng.between(2, 6) as u64;
        if !self.affords(most * 48) {
            return self.branch();
        }
        let fuel = self.b.int(Ty::U32, most as i64);
        let fuel = self.keep(fuel);
        let cond = self.condition();
        let (a, b, exit) = (self.b.block(), self.b.block(), self.b.block());
        self.b.branch(cond, a, b, Hint::None);
        for (here, other) in [(a, b), (b, a)] {
            self.b.switch_to(here);
            let latch = self.b.block();
            self.loop_body(exit, latch, most);
            self.b.goto(latch);
            self.b.switch_to(latch);
            let one = self.b.int(Ty::U32, 1);
            self.b.push(Some(fuel), CoreOp::Sub { a: fuel, b: one });
            let zero = self.b.int(Ty::U32, 0);
            let done = self.b.eq(fuel, zero);
            self.b.branch(done, exit, other, Hint::None);
        }
        self.b.switch_to(exit);
    }

    /// `break` or `continue`, out of any loop around in which no heap block was allocated.
    fn leave_loop(&mut self) {
        let Some(&(exit, latch)) = self.loops.last() else { return self.branch() };
        let cond = self.condition();
        let (leave, stay) = (self.b.block(), self.b.block());
        self.b.branch(cond, leave, stay, Hint::None);
        self.b.switch_to(leave);
        let to = if self.rng.one_in(2) { exit } else { latch };
        self.b.goto(to);
        self.b.switch_to(stay);
    }

    fn early_return(&mut self) {
        let cond = self.condition();
        let (leave, stay) = (self.b.block(), self.b.block());
        let hint = self.hint();
        self.b.branch(cond, leave, stay, hint);
        self.b.switch_to(leave);
        let mark = self.mark();
        if self.rng.one_in(2) {
            self.statements(2);
        }
        self.finish_path();
        self.reset(mark);
        self.b.switch_to(stay);
    }

    /// Returns from the function, with a value in scope or by a tail call.
    pub fn finish_path(&mut self) {
        if self.b.current().is_none() {
            return;
        }
        for i in 0..self.heap.len() {
            self.b.heap_free(self.heap[i]);
        }
        if self.rng.one_in(3) && self.tail_call() {
            return;
        }
        let ret = self.b.module.types.sig(self.b.func.sig).ret;
        let value = (ret != Ty::UNIT).then(|| self.pick(ret));
        self.b.ret(value);
    }
}
