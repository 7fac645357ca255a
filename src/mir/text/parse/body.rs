//! Text to MIR: bodies of functions.

use super::item::ParamName;
use super::{Parsed, Parser, Symbol, field};
use crate::diagnostics::{Code, Span};
use crate::mir::text::lex::{Tok, Token};
use crate::mir::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Names, or numbers, of registers. `%1` and `%"1"` are different registers.
type RegKey<'s> = (bool, Cow<'s, str>);

pub(super) struct Body<'p, 's> {
    pub(super) p: &'p mut Parser<'s>,
    func: Function,
    regs: FxHashMap<RegKey<'s>, Reg>,
    /// Index of the body's first token.
    start: usize,
    /// By token from there, the register that it mentions; anything where it mentions none.
    mentions: Vec<Reg>,
    /// Per register, whether its type was met.
    typed: Vec<bool>,
    slots: FxHashMap<Cow<'s, str>, SlotId>,
    blocks: FxHashMap<&'s str, Block>,
    /// Type of the result of the instruction being read.
    pub(super) dst: Option<Ty>,
}

impl<'s> Body<'_, 's> {
    /// Reads from behind the `{` to the end of the item.
    pub(super) fn parse(p: &mut Parser<'s>, id: FuncId, params: Vec<ParamName>) {
        let mut func = p.m.funcs[id.idx()].clone();
        func.regs.clear();
        let mut body = Body {
            func,
            regs: FxHashMap::default(),
            start: p.at,
            mentions: Vec::new(),
            typed: Vec::new(),
            slots: FxHashMap::default(),
            blocks: FxHashMap::default(),
            dst: None,
            p,
        };
        // Reported errors end a walk early; the function is left without a body, and the whole parse has failed.
        if body.params(&params).is_ok() && body.collect().is_ok() && body.read().is_ok() {
            body.p.m.funcs[id.idx()] = body.func;
        }
    }

    fn params(&mut self, params: &[ParamName]) -> Parsed<()> {
        let sig = self.func.sig;
        for (i, param) in params.iter().enumerate() {
            let token = self.p.tokens[param.token];
            let reg = self.declare_reg(token)?;
            if reg.idx() != i {
                let (span, name) = (self.p.token_span(token), self.reg_text(token));
                return Err(self.p.report(
                    Code::MirDuplicate,
                    span,
                    format!("parameter `{name}` is named twice"),
                ));
            }
            self.func.regs[i].ty = self.p.m.types.sig(sig).params[i];
            self.typed[i] = true;
        }
        Ok(())
    }

    fn reg_text(&self, token: Token) -> &'s str {
        &self.p.text[token.start as usize..token.end as usize]
    }

    fn reg_key(&mut self, token: Token) -> Parsed<RegKey<'s>> {
        let name = self.p.name_at(token)?;
        Ok((self.p.text.as_bytes()[token.start as usize + 1].is_ascii_digit(), name))
    }

    /// The register of a token, made at its first mention.
    fn declare_reg(&mut self, token: Token) -> Parsed<Reg> {
        let key = self.reg_key(token)?;
        if let Some(&reg) = self.regs.get(&key) {
            return Ok(reg);
        }
        let name = if key.0 { None } else { Some(self.p.intern(key.1.clone())) };
        let reg = Reg(self.func.regs.len() as u32);
        self.func.regs.push(RegData { ty: Ty::UNIT, name });
        self.typed.push(false);
        self.regs.insert(key, reg);
        Ok(reg)
    }

    /// Finds registers, their types, and labels, so that they may be used before their definitions.
    fn collect(&mut self) -> Parsed<()> {
        let start = self.start;
        self.mentions.resize(self.p.end - start, Reg(0));
        let mut first_mentions = Vec::new();
        for at in start..self.p.end {
            let token = self.p.tokens[at];
            self.p.at = at + 1;
            let may_label = token.starts_line || at == start;
            if token.kind == Tok::Word && may_label && self.p.peek() == Tok::Colon {
                let label = self.reg_text(token);
                let block = Block(self.blocks.len() as u32);
                if self.blocks.insert(label, block).is_some() {
                    let span = self.p.token_span(token);
                    return Err(self.p.report(
                        Code::MirDuplicate,
                        span,
                        format!("block `{label}` is defined twice"),
                    ));
                }
            }
            if token.kind != Tok::Reg {
                continue;
            }
            let known = self.func.regs.len();
            let reg = self.declare_reg(token)?;
            self.mentions[at - start] = reg;
            if reg.idx() == known {
                first_mentions.push((reg, token));
            }
            if self.p.eat(Tok::Colon) {
                let span = self.p.span();
                let ty = self.p.ty()?;
                let span = self.p.span_from(span);
                if self.typed[reg.idx()] && self.func.ty(reg) != ty {
                    let name = self.reg_text(token);
                    self.p.report(Code::MirDuplicate, span, format!("`{name}` has two types"));
                }
                self.typed[reg.idx()] = true;
                self.func.regs[reg.idx()].ty = ty;
            }
        }
        self.p.at = start;
        let mut result = Ok(());
        for (reg, token) in first_mentions {
            if !self.typed[reg.idx()] {
                let (span, name) = (self.p.token_span(token), self.reg_text(token));
                let what = format!("register `{name}`");
                result =
                    Err(self.p.unknown(span, what, Some(format!("`{name}: i64 = …` at its definition"))));
            }
        }
        result
    }

    fn read(&mut self) -> Parsed<()> {
        while self.p.eat_word("slot") {
            self.slot_line()?;
        }
        let mut result = Ok(());
        let mut current: Option<BlockData> = None;
        while !matches!(self.p.peek(), Tok::RBrace | Tok::Eof) {
            let line = self.p.at;
            if let Err(reported) = self.line(&mut current) {
                result = Err(reported);
                self.p.at = self.p.at.max(line + 1);
                while self.p.at < self.p.end
                    && !self.p.tokens[self.p.at].starts_line
                    && self.p.peek() != Tok::RBrace
                {
                    self.p.at += 1;
                }
                // A broken line in front of a label was the terminator.
                if self.at_label() {
                    current = None;
                }
            }
        }
        if current.is_some() && result.is_ok() {
            result = Err(self.p.expected("a terminator"));
        }
        if result.is_ok() && self.func.blocks.is_empty() {
            result = Err(self.p.expected("a block"));
        }
        self.p.expect(Tok::RBrace, "`}`")?;
        self.p.item_end()?;
        result
    }

    fn slot_line(&mut self) -> Parsed<()> {
        let span = self.p.span();
        let quoted = self.p.peek() == Tok::Str;
        let key = self.p.member("the name of a slot")?;
        let name = if is_number(&key) && !quoted { None } else { Some(self.p.intern(key.clone())) };
        self.p.expect(Tok::Colon, "`:`")?;
        let ty = self.p.ty()?;
        let slot = SlotId(self.func.slots.len() as u32);
        self.func.slots.push(SlotData { ty, name });
        let key = slot_key(quoted, key);
        if self.slots.insert(key, slot).is_some() {
            return Err(self.p.report(Code::MirDuplicate, span, "this slot is declared twice".into()));
        }
        Ok(())
    }

    fn at_label(&self) -> bool {
        self.p.peek() == Tok::Word && self.p.peek_at(1) == Tok::Colon
    }

    /// Reads a label, an instruction or a terminator.
    fn line(&mut self, current: &mut Option<BlockData>) -> Parsed<()> {
        if self.at_label() {
            if current.is_some() {
                return Err(self.p.expected("a terminator before the next block"));
            }
            let (term, term_span) = (Terminator::Unreachable, self.p.span());
            self.p.at += 2;
            *current = Some(BlockData { insts: Vec::new(), term, term_span });
            return Ok(());
        }
        let start = self.p.span();
        let dst = if self.p.peek() == Tok::Reg {
            let dst = self.reg()?;
            if self.p.eat(Tok::Colon) {
                self.p.ty()?;
            }
            self.p.expect(Tok::Equals, "`=`")?;
            Some(dst)
        } else {
            None
        };
        self.dst = dst.map(|dst| self.func.ty(dst));
        let (name, name_span) = self.p.word("an operation")?;
        if let Some(&parse) = self.p.ops.get(name) {
            let op = parse(self)?;
            let span = self.p.span_from(start);
            let Some(block) = current else {
                return Err(self.p.report(
                    Code::MirSyntax,
                    start,
                    "an instruction outside of a block".into(),
                ));
            };
            block.insts.push(Inst { op, dst, span });
        } else {
            let term = self.terminator(name, name_span, dst)?;
            let term_span = self.p.span_from(start);
            let Some(block) = current.take() else {
                return Err(self.p.report(Code::MirSyntax, start, "a terminator outside of a block".into()));
            };
            self.func.blocks.push(BlockData { term, term_span, ..block });
        }
        if self.p.at < self.p.end && !self.p.tokens[self.p.at].starts_line && self.p.peek() != Tok::RBrace {
            return Err(self.p.expected("the end of the line"));
        }
        Ok(())
    }

    fn terminator(&mut self, name: &str, span: Span, dst: Option<Reg>) -> Parsed<Terminator> {
        let term = match name {
            "goto" => Terminator::Goto(self.block()?),
            "branch" => {
                let cond = self.reg()?;
                let then = self.comma_block()?;
                let otherwise = self.comma_block()?;
                let hint = if self.p.eat_word("likely") {
                    Hint::Likely
                } else if self.p.eat_word("unlikely") {
                    Hint::Unlikely
                } else {
                    Hint::None
                };
                Terminator::Branch { cond, then, otherwise, hint }
            }
            "switch" => self.switch()?,
            "return" => {
                let next_line = self.p.at < self.p.end && self.p.tokens[self.p.at].starts_line;
                let has_value = self.p.peek() == Tok::Reg && !next_line;
                Terminator::Return(if has_value { Some(self.reg()?) } else { None })
            }
            "unreachable" => Terminator::Unreachable,
            "panic" => {
                let message = self.p.string()?;
                Terminator::Panic(self.p.intern(message))
            }
            "tail_call" => Terminator::TailCall { func: self.func()?, args: self.reg_list()? },
            "invoke" => {
                let (func, args) = (self.func()?, self.reg_list()?);
                let ok = self.comma_block()?;
                let error = self.comma_block()?;
                return Ok(Terminator::Invoke { func, args, dst, ok, error });
            }
            _ => {
                let near = self.p.closest(name, field::op_names()).map(|near| format!("`{near}`"));
                return Err(self.p.unknown(span, format!("operation `{name}`"), near));
            }
        };
        if dst.is_some() {
            return Err(self.p.report(Code::MirSyntax, span, format!("`{name}` has no result")));
        }
        Ok(term)
    }

    fn switch(&mut self) -> Parsed<Terminator> {
        let value = self.reg()?;
        let ty = self.func.ty(value);
        self.p.expect(Tok::Comma, "`,`")?;
        self.p.expect(Tok::LBracket, "`[`")?;
        let start = self.func.cases.len() as u32;
        while !self.p.eat(Tok::RBracket) {
            let bits = self.p.literal(ty)?;
            self.p.expect(Tok::Colon, "`:`")?;
            let to = self.block()?;
            self.func.cases.push((bits, to));
            if !self.p.eat(Tok::Comma) && self.p.peek() != Tok::RBracket {
                return Err(self.p.expected("`,` or `]`"));
            }
        }
        let cases = CaseList { start, len: self.func.cases.len() as u32 - start };
        Ok(Terminator::Switch { value, cases, default: self.comma_block()? })
    }

    fn comma_block(&mut self) -> Parsed<Block> {
        self.p.expect(Tok::Comma, "`,`")?;
        self.block()
    }

    fn block(&mut self) -> Parsed<Block> {
        let (label, span) = self.p.word("a block")?;
        match self.blocks.get(label) {
            Some(&block) => Ok(block),
            None => Err(self.p.unknown(span, format!("block `{label}`"), None)),
        }
    }

    pub(super) fn func(&mut self) -> Parsed<FuncId> {
        match self.p.symbol()? {
            (Symbol::Func(func), ..) => Ok(func),
            (Symbol::Global(_), span, name) => {
                Err(self.p.report(Code::MirSyntax, span, format!("`@{name}` is a global, not a function")))
            }
        }
    }

    pub(super) fn reg(&mut self) -> Parsed<Reg> {
        if self.p.peek() != Tok::Reg {
            return Err(self.p.expected("a register"));
        }
        self.p.at += 1;
        Ok(self.mentions[self.p.at - 1 - self.start])
    }

    pub(super) fn slot(&mut self) -> Parsed<SlotId> {
        let span = self.p.span();
        let quoted = self.p.peek() == Tok::Str;
        let name = self.p.member("a slot")?;
        let key = slot_key(quoted, name);
        match self.slots.get(&key) {
            Some(&slot) => Ok(slot),
            None => Err(self.p.unknown(span, format!("slot `{key}`"), None)),
        }
    }

    pub(super) fn reg_list(&mut self) -> Parsed<RegList> {
        self.p.expect(Tok::LParen, "`(`")?;
        let start = self.func.pool.len() as u32;
        while !self.p.eat(Tok::RParen) {
            let reg = self.reg()?;
            self.func.pool.push(reg);
            if !self.p.eat(Tok::Comma) && self.p.peek() != Tok::RParen {
                return Err(self.p.expected("`,` or `)`"));
            }
        }
        Ok(RegList { start, len: self.func.pool.len() as u32 - start })
    }
}

/// Whether a slot's name is the label of one without a name.
fn is_number(name: &str) -> bool {
    name.strip_prefix('s').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

/// `s0` and `"s0"` are different slots.
fn slot_key(quoted: bool, name: Cow<'_, str>) -> Cow<'_, str> {
    if quoted && is_number(&name) { Cow::Owned(format!("\"{name}")) } else { name }
}
