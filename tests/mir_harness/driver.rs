//! The `main` that is added to a file so that it becomes a program.
//!
//! Without arguments it makes every call that returns, twice, and writes each scalar of each result to standard
//! output as 8 bytes: once with arguments that the compiler cannot know, once with constants. With `n` arguments it
//! makes the `n`th of the calls that trap or panic (the odd ones with unknown arguments).

use simplec::mir::*;

use super::case::{Case, File, Leaf, fields};

/// The file's module with `main`.
pub fn program(file: &File) -> Module {
    let mut module = file.module.clone();
    let sig = |params: Vec<Ty>, ret| Signature { params, ret, variadic: false, abi: Abi::C };
    let write = module.func_named("write").unwrap_or_else(|| {
        module.declare("write", sig(vec![Ty::I32, Ty::PTR, Ty::USIZE], Ty::ISIZE), Linkage::Extern)
    });
    let main = module.declare("main", sig(vec![Ty::I32, Ty::PTR], Ty::I32), Linkage::Export);
    let mut driver = Driver { b: FunctionBuilder::new(&mut module, main), write, slots: Vec::new() };
    driver.build(&file.cases);
    driver.b.finish();
    module
}

struct Driver<'m> {
    b: FunctionBuilder<'m>,
    write: FuncId,
    /// A slot for values of each type.
    slots: Vec<(Ty, SlotId)>,
}

impl Driver<'_> {
    fn build(&mut self, cases: &[Case]) {
        let count = self.b.param(0);
        let mut choices = Vec::new();
        let returning = self.b.block();
        for case in cases.iter().filter(|case| case.stops()) {
            for known in [false, true] {
                let block = self.b.block();
                choices.push((choices.len() as u64 + 2, block));
                let entry = self.b.current();
                self.b.switch_to(block);
                self.call(case, known);
                self.leave(7);
                if let Some(entry) = entry {
                    self.b.switch_to(entry);
                }
            }
        }
        self.b.switch(count, &choices, returning);
        // a block for each case keeps the register allocators' work linear
        let mut block = returning;
        for case in cases.iter().filter(|case| case.returns()) {
            for known in [false, true] {
                self.b.switch_to(block);
                self.call(case, known);
                block = self.b.block();
                self.b.goto(block);
            }
        }
        self.b.switch_to(block);
        self.leave(0);
    }

    fn leave(&mut self, status: i64) {
        let status = self.b.int(Ty::I32, status);
        self.b.ret(Some(status));
    }

    fn slot(&mut self, ty: Ty) -> SlotId {
        if let Some(&(_, slot)) = self.slots.iter().find(|(known, _)| *known == ty) {
            return slot;
        }
        let slot = self.b.slot(ty);
        self.slots.push((ty, slot));
        slot
    }

    /// A value; unless it is to be known, it goes through memory that the compiler may not look through.
    fn argument(&mut self, leaf: Leaf, known: bool) -> Reg {
        let value = self.b.const_(leaf.ty, Bits(leaf.canonical(false)));
        if known {
            return value;
        }
        let slot = self.slot(leaf.ty);
        let addr = self.b.slot_addr(slot);
        self.b.store_volatile(value, addr);
        self.b.load_volatile(leaf.ty, addr)
    }

    fn call(&mut self, case: &Case, known: bool) {
        let args: Vec<Reg> = case.args.iter().map(|&arg| self.argument(arg, known)).collect();
        let args = self.b.list(&args);
        let Some(result) = self.b.call(case.func, args) else { return };
        let ty = self.b.func.ty(result);
        let leaves = fields(self.b.module, ty);
        if self.b.module.types.field_count(ty).is_none() {
            self.output(result);
            return;
        }
        for (index, leaf) in leaves.into_iter().enumerate() {
            let field = self.b.agg_get(leaf, result, index as u32);
            self.output(field);
        }
    }

    /// Writes a scalar, padded with zeros to 8 bytes.
    fn output(&mut self, value: Reg) {
        let slot = self.slot(Ty::U64);
        let addr = self.b.slot_addr(slot);
        let zero = self.b.int(Ty::U64, 0);
        self.b.store(zero, addr, Alias::Any);
        self.b.store(value, addr, Alias::Any);
        let (stdout, len) = (self.b.int(Ty::I32, 1), self.b.int(Ty::USIZE, 8));
        let args = self.b.list(&[stdout, addr, len]);
        self.b.call(self.write, args);
    }
}
