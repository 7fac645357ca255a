//! Blocks, branches, loops and jumps.

use crate::hir::{Expr, ExprKind, LogicOp, LoopId, Pattern, PatternKind, TyKind, UnaryOp};
use crate::mir::{Alias, Block, Hint, Reg, Ty};
use crate::runtime::object;

use super::function::{Dest, FnLowerer, LoopFrame, Operand, Pending, Val};
use super::types::Rep;

impl<'p> FnLowerer<'_, 'p> {
    pub fn block(&mut self, parts: &'p [Expr], has_value: bool, dest: Dest) {
        let depth = self.pending.len();
        let around = self.scope_end;
        self.scope_end = parts.last().map_or(around, |part| part.span.end);
        let (last, before) = match parts.split_last() {
            Some((last, before)) if has_value => (Some(last), before),
            _ => (None, parts),
        };
        for part in before {
            self.expr_to(part, Dest::Discard);
        }
        if let Some(last) = last {
            self.expr_to(last, dest);
        }
        self.scope_end = around;
        self.leave(depth);
    }

    pub fn if_(&mut self, cond: &'p Expr, then: &'p Expr, otherwise: Option<&'p Expr>, dest: Dest) {
        let yes = self.b.block();
        let join = self.b.block();
        let no = otherwise.map(|_| self.b.block());
        if !self.branch_on(cond, yes, no.unwrap_or(join)) {
            return;
        }
        let mut joined = no.is_none();
        for (block, part) in [(Some(yes), Some(then)), (no, otherwise)] {
            let (Some(block), Some(part)) = (block, part) else { continue };
            self.b.switch_to(block);
            self.expr_to(part, dest);
            joined |= !self.is_dead();
            self.b.goto(join);
        }
        if joined {
            self.b.switch_to(join);
        }
    }

    /// Ends the block with jumps to `yes` where the condition holds and to `no` where it does not, without a bool in
    /// between for `and`, `or` and `not`: what a loop tests is then seen in its test. Whether either can be reached.
    fn branch_on(&mut self, cond: &'p Expr, yes: Block, no: Block) -> bool {
        if let ExprKind::Logic(op, a, b) = &cond.kind {
            let right = self.b.block();
            let reached = match op {
                LogicOp::And => self.branch_on(a, right, no),
                LogicOp::Or => self.branch_on(a, yes, right),
            };
            if reached {
                self.b.switch_to(right);
                self.branch_on(b, yes, no);
            }
            return reached;
        }
        if let ExprKind::Unary(UnaryOp::Not, a) = &cond.kind {
            return self.branch_on(a, no, yes);
        }
        let holds = self.scalar(cond);
        if self.is_dead() {
            return false;
        }
        self.b.branch(holds, yes, no, Hint::None);
        true
    }

    pub fn logic(&mut self, op: LogicOp, a: &'p Expr, b: &'p Expr, dest: Dest) {
        let result = self.b.reg(Ty::BOOL);
        let left = self.scalar(a);
        if self.is_dead() {
            return;
        }
        self.b.assign(result, left);
        let (right, join) = (self.b.block(), self.b.block());
        match op {
            LogicOp::And => self.b.branch(left, right, join, Hint::None),
            LogicOp::Or => self.b.branch(left, join, right, Hint::None),
        }
        self.b.switch_to(right);
        let value = self.scalar(b);
        self.b.assign(result, value);
        self.b.goto(join);
        self.b.switch_to(join);
        self.put(Operand::reg(result), crate::hir::Ty::BOOL, dest);
    }

    // ---- loops

    fn enter(&mut self, id: LoopId, dest: Dest) -> LoopFrame {
        let (next, exit) = (self.b.block(), self.b.block());
        let depth = self.pending.len();
        let frame = LoopFrame { next, exit, depth, dest, exits: false };
        self.loops[id.idx()] = Some(frame);
        frame
    }

    fn frame(&self, id: LoopId) -> Option<LoopFrame> {
        self.loops[id.idx()]
    }

    pub fn loop_(&mut self, id: LoopId, body: &'p Expr, dest: Dest) {
        let frame = self.enter(id, dest);
        self.b.goto(frame.next);
        self.b.switch_to(frame.next);
        self.expr_to(body, Dest::Discard);
        self.b.goto(frame.next);
        if self.frame(id).is_some_and(|l| l.exits) {
            self.b.switch_to(frame.exit);
        }
    }

    pub fn while_(&mut self, id: LoopId, cond: &'p Expr, body: &'p Expr) {
        let frame = self.enter(id, Dest::Discard);
        self.b.goto(frame.next);
        self.b.switch_to(frame.next);
        let start = self.b.block();
        if !self.branch_on(cond, start, frame.exit) {
            return;
        }
        self.b.switch_to(start);
        self.expr_to(body, Dest::Discard);
        self.b.goto(frame.next);
        self.b.switch_to(frame.exit);
    }

    pub fn for_(&mut self, id: LoopId, pattern: &'p Pattern, iter: &'p Expr, body: &'p Expr) {
        let ty = self.subst(iter.ty);
        match (&iter.kind, self.cx.types.get(ty).clone()) {
            (ExprKind::Range { start, end, is_inclusive }, _) => {
                self.for_range(id, pattern, start, end, *is_inclusive, body);
            }
            (_, TyKind::Range(elem)) => {
                let op = self.expr(iter);
                let Val::Mem(addr) = op.val else { return };
                let Rep::Memory(mem) = self.rep(ty) else { return };
                let ends: Vec<Reg> = (0..2)
                    .map(|i| {
                        let field = self.b.field_addr(addr, mem, i);
                        let elem = self.stored(elem);
                        self.b.load(elem, field, Alias::Any)
                    })
                    .collect();
                self.count(id, pattern, ends[0], ends[1], false, body);
            }
            (_, TyKind::Array(elem)) => {
                let op = self.consumed(iter);
                let raw = match self.own(op, ty) {
                    Val::Reg(reg) if !self.is_dead() => self.b.mov(reg),
                    _ => return,
                };
                self.pending.push(Pending::Temp(Val::Reg(raw), ty));
                let len = self.header(raw, elem, object::LENGTH);
                let first = self.elements(raw, elem);
                self.for_elements(id, pattern, first, len, elem, Alias::Element, body);
                self.release();
            }
            (_, TyKind::FixedArray(elem, n)) => {
                let op = self.expr(iter);
                let op = self.stable(op, ty);
                let Val::Mem(first) = op.val else { return };
                self.hold(op, ty);
                let len = self.b.int(Ty::USIZE, n as i64);
                self.for_elements(id, pattern, first, len, elem, Alias::Any, body);
                self.release();
            }
            _ => self.unsupported("a loop over this type", iter.span),
        }
    }

    fn for_range(
        &mut self,
        id: LoopId,
        pattern: &'p Pattern,
        start: &'p Expr,
        end: &'p Expr,
        is_inclusive: bool,
        body: &'p Expr,
    ) {
        let start = self.stable_scalar(start);
        let end = self.stable_scalar(end);
        if !self.is_dead() {
            self.count(id, pattern, start, end, is_inclusive, body);
        }
    }

    /// Counts from one number up to another.
    fn count(
        &mut self,
        id: LoopId,
        pattern: &'p Pattern,
        start: Reg,
        end: Reg,
        is_inclusive: bool,
        body: &'p Expr,
    ) {
        let ty = self.b.func.ty(start);
        let counter = self.b.reg(ty);
        self.b.assign(counter, start);
        let frame = self.enter(id, Dest::Discard);
        let (head, turn) = (self.b.block(), self.b.block());
        self.b.goto(head);
        self.b.switch_to(head);
        let more = if is_inclusive { self.b.le(counter, end) } else { self.b.lt(counter, end) };
        self.b.branch(more, turn, frame.exit, Hint::None);
        self.b.switch_to(turn);
        self.turn(pattern, Operand::borrowed(Val::Reg(counter)), body, frame.next);
        self.b.goto(frame.next);
        self.b.switch_to(frame.next);
        if is_inclusive {
            // The last number may be the greatest of its type: leave before counting past it.
            let last = self.b.eq(counter, end);
            let step = self.b.block();
            self.b.branch(last, frame.exit, step, Hint::None);
            self.b.switch_to(step);
        }
        let one = self.b.int(ty, 1);
        let stepped = self.b.add(counter, one);
        self.b.assign(counter, stepped);
        self.b.goto(head);
        self.b.switch_to(frame.exit);
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of a loop over memory")]
    fn for_elements(
        &mut self,
        id: LoopId,
        pattern: &'p Pattern,
        first: Reg,
        len: Reg,
        elem: crate::hir::Ty,
        alias: Alias,
        body: &'p Expr,
    ) {
        let counter = self.b.reg(Ty::USIZE);
        let zero = self.b.int(Ty::USIZE, 0);
        self.b.assign(counter, zero);
        let frame = self.enter(id, Dest::Discard);
        let (head, turn) = (self.b.block(), self.b.block());
        self.b.goto(head);
        self.b.switch_to(head);
        let more = self.b.lt(counter, len);
        self.b.branch(more, turn, frame.exit, Hint::None);
        self.b.switch_to(turn);
        let stored = self.stored(elem);
        let addr = self.b.index_addr(first, stored, counter);
        let value = self.load(addr, elem, alias);
        self.turn(pattern, value, body, frame.next);
        self.b.goto(frame.next);
        self.b.switch_to(frame.next);
        let one = self.b.int(Ty::USIZE, 1);
        let stepped = self.b.add(counter, one);
        self.b.assign(counter, stepped);
        self.b.goto(head);
        self.b.switch_to(frame.exit);
    }

    /// One turn of a loop, its variables in a scope of their own; on to the next if the pattern does not match.
    fn turn(&mut self, pattern: &'p Pattern, value: Operand, body: &'p Expr, next: Block) {
        let depth = self.pending.len();
        let around = std::mem::replace(&mut self.scope_end, body.span.end);
        self.bind_or(pattern, value, next);
        self.expr_to(body, Dest::Discard);
        self.scope_end = around;
        self.leave(depth);
    }

    pub fn break_(&mut self, id: LoopId, value: Option<&'p Expr>) {
        let Some(frame) = self.frame(id) else { return };
        if let Some(value) = value {
            self.expr_to(value, frame.dest);
        }
        if self.is_dead() {
            return;
        }
        self.drop_above(frame.depth);
        self.b.goto(frame.exit);
        if let Some(frame) = &mut self.loops[id.idx()] {
            frame.exits = true;
        }
    }

    pub fn continue_(&mut self, id: LoopId) {
        let Some(frame) = self.frame(id) else { return };
        self.drop_above(frame.depth);
        self.b.goto(frame.next);
    }

    pub fn return_(&mut self, value: Option<&'p Expr>) {
        let result = match (value, self.out) {
            (Some(value), Some(out)) => {
                self.expr_to(value, Dest::Addr(out));
                None
            }
            (Some(value), None) => {
                let ret = self.ret;
                if self.rep(ret) == Rep::Unit {
                    self.expr_to(value, Dest::Discard);
                    None
                } else {
                    let result = self.expr_owned(value);
                    // What is deferred may assign the variable whose register this is.
                    let is_read_later = self.pending.iter().any(|left| matches!(left, Pending::Defer(_)));
                    Some(if is_read_later { self.b.mov(result) } else { result })
                }
            }
            (None, _) => None,
        };
        self.drop_above(0);
        self.b.ret(result);
    }

    // ---- variables, panics

    pub fn let_(&mut self, pattern: &'p Pattern, init: &'p Expr) {
        if let PatternKind::Bind(local) = pattern.kind {
            return self.declare_with(local, init);
        }
        let ty = self.subst(init.ty);
        let value = self.expr(init);
        if self.is_dead() {
            return;
        }
        let value = self.stable(value, ty);
        // The parts that are bound are copies or live in it: it stays until the block ends.
        self.hold(value, ty);
        self.bind(pattern, Operand::borrowed(value.val));
    }

    pub fn panic_with(&mut self, message: &'p Expr) {
        if let ExprKind::Literal(crate::hir::Constant::Text(text)) = message.kind {
            let text = self.cx.name(text);
            return self.panic(text);
        }
        let span = self.b.span();
        let text = self.scalar(message);
        if self.is_dead() {
            return;
        }
        self.b.at(span);
        let place = self.place_text();
        self.call_lang("panic", Vec::new(), &[text, place]);
        self.b.terminate(crate::mir::Terminator::Unreachable);
    }

    /// The place of the current expression as `file:line:column`; in code that panics in the name of its caller, the
    /// caller's.
    pub fn place_text(&mut self) -> Reg {
        if let Some(place) = self.place {
            return place;
        }
        let place = object::place_text(self.b.module, self.b.span());
        self.text(&place)
    }

    pub fn assert(&mut self, cond: &'p Expr, message: &'p Expr) {
        let span = self.b.span();
        let holds = self.scalar(cond);
        if self.is_dead() {
            return;
        }
        self.b.at(span);
        let (bad, good) = (self.b.block(), self.b.block());
        self.b.branch(holds, good, bad, Hint::Likely);
        self.b.switch_to(bad);
        if let ExprKind::Literal(crate::hir::Constant::Text(text)) = message.kind {
            let text = format!("assertion failed: {}", self.cx.name(text));
            self.panic(&text);
        } else {
            let text = self.scalar(message);
            let prefix = self.text("assertion failed: ");
            let text = self.call_lang_value("text_concat", Vec::new(), &[prefix, text]);
            self.b.at(span);
            let place = self.place_text();
            self.call_lang("panic", Vec::new(), &[text, place]);
            self.b.terminate(crate::mir::Terminator::Unreachable);
        }
        self.b.switch_to(good);
    }
}
