//! Calls of the program's other functions: direct, through addresses, through tables, of itself, and in place of a return.

use simplec::mir::*;

use super::body::{Body, Recursion};

/// A parameter, as a caller has to know it.
#[derive(Clone, Copy, Debug)]
pub enum Param {
    /// A value.
    Value(Ty),
    /// The address of an initialised value.
    Place {
        /// Of this type.
        ty: Ty,
        /// Whether the function writes through it.
        writable: bool,
        /// Whether no other address may lead there.
        alone: bool,
    },
    /// How often the function may call itself.
    Depth,
}

/// A function that others may call.
#[derive(Clone, Debug)]
pub struct Helper {
    pub id: FuncId,
    pub sig: SigId,
    pub params: Vec<Param>,
    pub ret: Ty,
    pub abi: Abi,
    /// Operations that a call runs, callees included.
    pub cost: u64,
}

/// A constant table of addresses of functions of one signature.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub global: GlobalId,
    /// The first of its functions among the helpers.
    pub first: usize,
    /// How many there are.
    pub len: usize,
}

/// How often a function may call itself from one call of another.
pub const MAX_RECURSION: u64 = 5;

impl Body<'_, '_> {
    /// Calls a function that was made earlier.
    pub fn call(&mut self) {
        if self.times == 1
            && self.rng.one_in(2)
            && let Some(recursion) = self.recursion.take()
        {
            let helper = recursion.helper.clone();
            let args = self.args(&helper, Some(&recursion));
            return self.finish_call(&helper, CoreOp::Call { func: helper.id, args });
        }
        if !self.world.tables.is_empty() && self.rng.one_in(3) {
            let table = self.rng.pick(&self.world.tables);
            return self.call_by_table(table);
        }
        let Some(helper) = self.helper(|_| true) else { return self.simple() };
        let args = self.args(&helper, None);
        let op = if self.rng.one_in(3) {
            let others = self.helper(|other| other.sig == helper.sig && same_params(other, &helper));
            let mut callee = self.b.func_addr(helper.id);
            if let Some(other) = others {
                let cond = self.pick(Ty::BOOL);
                let other = self.b.func_addr(other.id);
                callee = self.b.select(cond, callee, other);
            }
            CoreOp::CallIndirect { callee, sig: helper.sig, args }
        } else {
            CoreOp::Call { func: helper.id, args }
        };
        self.finish_call(&helper, op);
    }

    pub fn call_directly(&mut self, helper: &Helper) {
        let args = self.args(helper, None);
        self.finish_call(helper, CoreOp::Call { func: helper.id, args });
    }

    fn call_by_table(&mut self, table: Table) {
        let helpers = &self.world.helpers[table.first..table.first + table.len];
        let cost = helpers.iter().map(|h| h.cost).max().unwrap_or(0);
        if !self.affords(cost) {
            return self.simple();
        }
        let helper = Helper { cost, ..helpers[0].clone() };
        let args = self.args(&helper, None);
        let base = self.b.global_addr(table.global);
        let index = self.below(Ty::U32, table.len as u64);
        let at = self.b.index_addr(base, Ty::PTR, index);
        let callee = self.b.load(Ty::PTR, at, Alias::Global);
        self.finish_call(&helper, CoreOp::CallIndirect { callee, sig: helper.sig, args });
    }

    fn finish_call(&mut self, helper: &Helper, op: CoreOp) {
        self.pay(helper.cost);
        let dst =
            if helper.ret == Ty::UNIT || self.rng.one_in(12) { None } else { Some(self.dst(helper.ret)) };
        self.b.push(dst, op);
        if let Some(dst) = dst {
            self.define(dst);
        }
    }

    /// Returns by a call, when there is a function of this result.
    pub fn tail_call(&mut self) -> bool {
        let sig = self.b.module.types.sig(self.b.func.sig).clone();
        if sig.abi != Abi::Simple {
            return false;
        }
        // An address of something of this activation would not outlive it.
        let takes_values = |h: &Helper| !h.params.iter().any(|p| matches!(p, Param::Place { .. }));
        let recursion = self.recursion.clone().filter(|r| takes_values(&r.helper));
        if let Some(recursion) = recursion.filter(|_| self.rng.one_in(2)) {
            self.recursion = None;
            let args = self.args(&recursion.helper, Some(&recursion));
            self.b.terminate(Terminator::TailCall { func: recursion.helper.id, args });
            return true;
        }
        let fits = |h: &Helper| h.ret == sig.ret && h.abi == Abi::Simple && takes_values(h);
        let Some(helper) = self.helper(fits) else { return false };
        let args = self.args(&helper, None);
        self.pay(helper.cost);
        self.b.terminate(Terminator::TailCall { func: helper.id, args });
        true
    }

    /// A helper that can be afforded here.
    fn helper(&mut self, fits: impl Fn(&Helper) -> bool) -> Option<Helper> {
        let known: Vec<usize> = (0..self.world.helpers.len())
            .filter(|&i| self.affords(self.world.helpers[i].cost) && fits(&self.world.helpers[i]))
            .collect();
        (!known.is_empty()).then(|| self.world.helpers[self.rng.pick(&known)].clone())
    }

    fn args(&mut self, helper: &Helper, recursion: Option<&Recursion>) -> RegList {
        let mut args = Vec::new();
        for &param in &helper.params {
            let arg = match (param, recursion) {
                (Param::Value(ty), _) => self.pick(ty),
                (Param::Place { ty, writable, alone }, _) => self.address_of(ty, writable, alone),
                (Param::Depth, Some(recursion)) => {
                    let one = self.b.int(Ty::U32, 1);
                    self.b.sub(recursion.depth, one)
                }
                (Param::Depth, None) => self.below(Ty::U32, MAX_RECURSION + 1),
            };
            args.push(arg);
        }
        self.b.list(&args)
    }

    fn address_of(&mut self, ty: Ty, writable: bool, alone: bool) -> Reg {
        let known: Vec<Reg> = self
            .places
            .iter()
            .filter(|place| place.ty == ty && (place.writable || !writable))
            .map(|place| place.ptr)
            .collect();
        if alone || known.is_empty() {
            let place = self.slot_of(ty);
            if !alone {
                self.places.push(place);
            }
            return place.ptr;
        }
        self.rng.pick(&known)
    }
}

/// Whether two functions of one signature may be passed the same arguments.
fn same_params(a: &Helper, b: &Helper) -> bool {
    a.params.iter().zip(&b.params).all(|params| match params {
        (Param::Value(_), Param::Value(_)) | (Param::Depth, Param::Depth) => true,
        (Param::Place { .. }, _) | (_, Param::Place { .. }) => false,
        (Param::Value(_), Param::Depth) | (Param::Depth, Param::Value(_)) => false,
    })
}
