//! Text to MIR: what stands at the top level.

use super::body::Body;
use super::{NamedType, Parsed, Parser, Symbol};
use crate::diagnostics::{Code, Span};
use crate::mir::text::lex::Tok;
use crate::mir::*;
use std::borrow::Cow;
use std::ops::Range;

/// An item whose head was read.
enum Item {
    Module,
    Struct(StructId),
    Enum(EnumId),
    Global { linkage: Linkage, constant: bool, thread_local: bool },
    Func { linkage: Linkage },
}

/// What remains of an item after its head or its signature: tokens.
type Rest = Range<usize>;

const KEYWORDS: &[&str] =
    &["module", "struct", "enum", "thread_local", "global", "const", "fn", "export", "weak", "extern"];

impl<'s> Parser<'s> {
    pub(super) fn module(&mut self) {
        let mut items = Vec::new();
        for range in self.split() {
            (self.at, self.end) = (range.start, range.end);
            if let Ok(item) = self.head() {
                items.push((item, self.at..range.end));
            }
        }
        let mut globals = Vec::new();
        let mut bodies = Vec::new();
        for (item, rest) in items {
            (self.at, self.end) = (rest.start, rest.end);
            // An error was reported; the item is left out, and so is what stands in it.
            let _ = self.item(item, &mut globals, &mut bodies);
        }
        for (global, rest) in globals {
            (self.at, self.end) = (rest.start, rest.end);
            let ty = self.m.globals[global.idx()].ty;
            if let Ok(init) = self.init(Some(ty)).and_then(|init| self.item_end().map(|()| init)) {
                self.m.globals[global.idx()].init = Some(init);
            }
        }
        for (func, names, rest) in bodies {
            (self.at, self.end) = (rest.start, rest.end);
            Body::parse(self, func, names);
        }
    }

    /// The token ranges of the items: one starts at a keyword outside of braces. A keyword at the very start of a line
    /// starts one in any case, so that a missing `}` is reported where it is missing.
    fn split(&mut self) -> Vec<Rest> {
        let count = self.tokens.len() - 1;
        let mut starts = Vec::new();
        let mut depth = 0i32;
        for at in 0..count {
            let token = self.tokens[at];
            match token.kind {
                Tok::LBrace => depth += 1,
                Tok::RBrace => depth -= 1,
                Tok::Word if token.starts_line => {
                    let word = &self.text[token.start as usize..token.end as usize];
                    let is_label = self.tokens[at + 1].kind == Tok::Colon;
                    let at_margin =
                        token.start == 0 || self.text.as_bytes()[token.start as usize - 1] == b'\n';
                    if KEYWORDS.contains(&word) && !is_label && (depth <= 0 || at_margin) {
                        starts.push(at);
                        depth = 0;
                    }
                }
                _ => {}
            }
        }
        if starts.first() != Some(&0) && count > 0 {
            (self.at, self.end) = (0, count);
            self.expected(
                "`module`, `struct`, `enum`, `thread_local`, `global`, `const`, `fn`, `export`, `weak` or `extern`",
            );
        }
        let ends = starts.iter().skip(1).copied().chain([count]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }

    /// Reads keywords, and the name of a type, which from here on may be used.
    fn head(&mut self) -> Parsed<Item> {
        let linkage = if self.eat_word("export") {
            Linkage::Export
        } else if self.eat_word("weak") {
            Linkage::Weak
        } else if self.eat_word("extern") {
            Linkage::Extern
        } else {
            Linkage::Internal
        };
        let thread_local = self.eat_word("thread_local");
        let (word, span) = self.word("a declaration")?;
        let item = match word {
            "global" | "const" => Item::Global { linkage, constant: word == "const", thread_local },
            _ if thread_local => {
                self.at -= 1;
                return Err(self.expected("`global`"));
            }
            "fn" => Item::Func { linkage },
            "module" | "struct" | "enum" if linkage != Linkage::Internal => {
                let message = format!("a {word} has no linkage");
                return Err(self.report(Code::MirSyntax, span, message));
            }
            "module" => Item::Module,
            "struct" => {
                let (name, span) = self.named(Tok::TypeName, "the name of a struct")?;
                let id = self.m.types.add_struct(StructDef { name: name.to_string(), fields: Vec::new() });
                self.declare_type(name, span, NamedType::Struct(id));
                Item::Struct(id)
            }
            "enum" => {
                let (name, span) = self.named(Tok::TypeName, "the name of an enum")?;
                let id = self.m.types.add_enum(EnumDef { name: name.to_string(), variants: Vec::new() });
                self.declare_type(name, span, NamedType::Enum(id));
                Item::Enum(id)
            }
            _ => {
                self.at -= 1;
                return Err(self.expected("`fn`, `global` or `const`"));
            }
        };
        Ok(item)
    }

    fn declare_type(&mut self, name: Cow<'s, str>, span: Span, ty: NamedType) {
        if self.types.contains_key(&name) {
            self.report(Code::MirDuplicate, span, format!("type `${name}` is declared twice"));
        }
        self.types.insert(name, ty);
    }

    fn declare_symbol(&mut self, name: Cow<'s, str>, span: Span, symbol: Symbol) {
        if self.symbols.contains_key(&name) {
            self.report(Code::MirDuplicate, span, format!("symbol `@{name}` is declared twice"));
        }
        self.symbols.insert(name, symbol);
    }

    fn item(
        &mut self,
        item: Item,
        globals: &mut Vec<(GlobalId, Rest)>,
        bodies: &mut Vec<(FuncId, Vec<ParamName>, Rest)>,
    ) -> Parsed<()> {
        match item {
            Item::Module => {
                self.m.name = self.string()?.into_owned();
                self.item_end()
            }
            Item::Struct(id) => {
                let fields = self.fields()?;
                self.m.types.struct_def_mut(id).fields = fields;
                self.item_end()
            }
            Item::Enum(id) => {
                let variants = self.variants()?;
                self.m.types.enum_def_mut(id).variants = variants;
                self.item_end()
            }
            Item::Global { linkage, constant, thread_local } => {
                let (name, span) = self.named(Tok::Symbol, "the name of a global")?;
                self.expect(Tok::Colon, "`:`")?;
                let ty = self.ty()?;
                let id = GlobalId(self.m.globals.len() as u32);
                let name_text = name.to_string();
                let global =
                    Global { name: name_text, ty, init: None, constant, thread_local, linkage, span };
                self.m.globals.push(global);
                self.declare_symbol(name, span, Symbol::Global(id));
                if !self.eat(Tok::Equals) {
                    return self.item_end();
                }
                globals.push((id, self.at..self.end));
                Ok(())
            }
            Item::Func { linkage } => {
                let (id, names) = self.func_head(linkage)?;
                if self.peek() != Tok::LBrace {
                    return self.item_end();
                }
                bodies.push((id, names, self.at + 1..self.end));
                Ok(())
            }
        }
    }

    pub(super) fn item_end(&mut self) -> Parsed<()> {
        if self.peek() == Tok::Eof { Ok(()) } else { Err(self.expected("the next declaration")) }
    }

    fn fields(&mut self) -> Parsed<Vec<(String, Ty)>> {
        self.expect(Tok::LBrace, "`{`")?;
        let mut fields = Vec::new();
        self.list(Tok::RBrace, "`,` or `}`", |p| {
            let name = p.member("the name of a field")?.into_owned();
            p.expect(Tok::Colon, "`:`")?;
            let ty = p.ty()?;
            fields.push((name, ty));
            Ok(())
        })?;
        Ok(fields)
    }

    fn variants(&mut self) -> Parsed<Vec<(String, Vec<Ty>)>> {
        self.expect(Tok::LBrace, "`{`")?;
        let mut variants = Vec::new();
        self.list(Tok::RBrace, "`,` or `}`", |p| {
            let name = p.member("the name of a variant")?.into_owned();
            let mut payload = Vec::new();
            if p.eat(Tok::LParen) {
                p.list(Tok::RParen, "`,` or `)`", |p| {
                    payload.push(p.ty()?);
                    Ok(())
                })?;
            }
            variants.push((name, payload));
            Ok(())
        })?;
        Ok(variants)
    }

    fn func_head(&mut self, linkage: Linkage) -> Parsed<(FuncId, Vec<ParamName>)> {
        let (name, span) = self.named(Tok::Symbol, "the name of a function")?;
        self.expect(Tok::LParen, "`(`")?;
        let (mut names, mut params, mut facts) = (Vec::new(), Vec::new(), Vec::new());
        let mut variadic = false;
        self.list(Tok::RParen, "`,` or `)`", |p| {
            if variadic {
                return Err(p.expected("`)` behind `...`"));
            }
            if p.eat(Tok::Dots) {
                variadic = true;
                return Ok(());
            }
            if p.peek() == Tok::Reg {
                names.push(ParamName { token: p.at });
                p.at += 1;
                p.expect(Tok::Colon, "`:`")?;
            }
            params.push(p.ty()?);
            facts.push(p.param_facts()?);
            Ok(())
        })?;
        let ret = self.result()?;
        let abi = if self.eat_word("c") || !self.eat_word("simple") && linkage == Linkage::Extern {
            Abi::C
        } else {
            Abi::Simple
        };
        let count = params.len();
        let sig = self.m.types.intern_sig(Signature { params, ret, variadic, abi });
        let mut func = Function::declare(name.to_string(), sig, &self.m.types, linkage);
        func.span = span;
        func.params = facts;
        func.facts = self.func_facts();
        if self.peek() == Tok::LBrace && names.len() != count {
            return Err(self.report(Code::MirSyntax, span, "a parameter of a body needs a name".into()));
        }
        let id = FuncId(self.m.funcs.len() as u32);
        self.m.funcs.push(func);
        self.declare_symbol(name, span, Symbol::Func(id));
        Ok((id, names))
    }

    fn param_facts(&mut self) -> Parsed<ParamFacts> {
        let mut facts = ParamFacts::default();
        loop {
            if self.eat_word("noalias") {
                facts.noalias = true;
            } else if self.eat_word("readonly") {
                facts.readonly = true;
            } else if self.eat_word("nonnull") {
                facts.nonnull = true;
            } else if self.eat_word("points_to") {
                self.expect(Tok::LParen, "`(`")?;
                facts.points_to = Some(self.ty()?);
                self.expect(Tok::RParen, "`)`")?;
            } else {
                return Ok(facts);
            }
        }
    }

    fn func_facts(&mut self) -> FuncFacts {
        let mut facts = FuncFacts::default();
        loop {
            if self.eat_word("inline") {
                facts.inline = Inline::Hint;
            } else if self.eat_word("always_inline") {
                facts.inline = Inline::Always;
            } else if self.eat_word("never_inline") {
                facts.inline = Inline::Never;
            } else if self.eat_word("cold") {
                facts.cold = true;
            } else if self.eat_word("constructor") {
                facts.constructor = true;
            } else if self.eat_word("destructor") {
                facts.destructor = true;
            } else {
                return facts;
            }
        }
    }

    /// An initial value; the type, where it is known, says what literals mean.
    fn init(&mut self, ty: Option<Ty>) -> Parsed<Init> {
        self.nested(|p| p.init_inner(ty))
    }

    fn init_inner(&mut self, ty: Option<Ty>) -> Parsed<Init> {
        let close = match self.peek() {
            Tok::LParen => Tok::RParen,
            Tok::LBracket => Tok::RBracket,
            Tok::Symbol => {
                return Ok(match self.symbol()?.0 {
                    Symbol::Func(func) => Init::Func(func),
                    Symbol::Global(global) => Init::Global(global),
                });
            }
            Tok::Str => {
                let span = self.span();
                let inner = &self.text[span.start as usize + 1..span.end as usize - 1];
                self.at += 1;
                return match super::unescape(inner) {
                    Ok(bytes) => Ok(Init::Bytes(bytes.into_owned())),
                    Err(message) => Err(self.report(Code::MirSyntax, span, message)),
                };
            }
            _ if self.eat_word("zero") => return Ok(Init::Zero),
            _ => return self.literal(ty.unwrap_or(Ty::UNIT)).map(Init::Bits),
        };
        self.at += 1;
        let mut fields = Vec::new();
        self.list(close, "`,` or the closing bracket", |p| {
            let index = fields.len() as u32;
            let field = ty.and_then(|ty| p.m.types.field(ty, index));
            if let (Some(ty), None) = (ty, field) {
                let message = format!("`{}` has no part {index}", print_type(&p.m, ty));
                return Err(p.report(Code::MirInit, p.span(), message));
            }
            fields.push(p.init(field)?);
            Ok(())
        })?;
        Ok(Init::Fields(fields))
    }
}

/// The token that names a parameter.
pub(super) struct ParamName {
    pub(super) token: usize,
}
