//! Statements.

use super::*;

impl Parser<'_> {
    pub(super) fn stmts_until(&mut self, end: TokenKind) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        while !self.at(end) {
            let start = self.pos;
            let mut result = self.stmt_into(&mut stmts);
            if result.is_ok() {
                result = self.end_of_stmt();
            }
            if result.is_err() {
                self.synchronise(start);
            }
            if self.pos == start {
                // Nothing takes a stray layout token; without progress there is no end.
                self.bump();
            }
        }
        stmts
    }

    /// A statement, unless it is `pass`.
    fn stmt_into(&mut self, stmts: &mut Vec<Stmt>) -> Parsed<()> {
        if !self.eat(TokenKind::Pass) {
            stmts.push(self.stmt()?);
        }
        Ok(())
    }

    /// `: block`: indented lines, or statements on the same line. `takes_semis` tells whether `;` goes on with it.
    pub(super) fn block(&mut self, takes_semis: bool) -> Parsed<Block> {
        if !self.at(TokenKind::Colon) {
            let mut error = self.expectation(Code::ExpectedToken, "`:`");
            if self.at(TokenKind::Assign) {
                error = error.help("compare with `==`");
            } else if self.at(TokenKind::Arrow) || self.at(TokenKind::FatArrow) {
                error = error.help("the body of a function follows `:`");
            } else if matches!(self.kind(), TokenKind::LBrace | TokenKind::Newline)
                || self.slice(self.here()) == "then"
            {
                error = error.help("a block follows `:` and is indented");
            }
            self.fail::<()>(error).or_else(|failed| {
                // With an indented block behind it, only the `:` is missing.
                let has_block = self.at(TokenKind::Newline) && self.ahead(1).kind == TokenKind::Indent;
                if has_block { Ok(()) } else { Err(failed) }
            })?;
            return self.body(takes_semis);
        }
        self.bump();
        self.body(takes_semis)
    }

    /// What follows the `:` or arrow of a block.
    pub(super) fn body(&mut self, takes_semis: bool) -> Parsed<Block> {
        self.body_lines(takes_semis, None)
    }

    /// The body of a function, which may start with its documentation.
    pub(super) fn body_with_doc(&mut self, doc: &mut Option<Symbol>) -> Parsed<Block> {
        self.body_lines(true, Some(doc))
    }

    /// What a function does: its `return`s and `yield`s are not those of the function around.
    pub(super) fn function_body(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<Block>) -> Parsed<Block> {
        let around = (self.has_bare_return, self.has_yield);
        let body = parse(self);
        (self.has_bare_return, self.has_yield) = around;
        body
    }

    fn body_lines(&mut self, takes_semis: bool, mut doc: Option<&mut Option<Symbol>>) -> Parsed<Block> {
        let mut stmts = Vec::new();
        let around = std::mem::take(&mut self.has_bare_return);
        let yields_around = std::mem::take(&mut self.has_yield);
        if self.at(TokenKind::Newline) {
            self.indented(|p| {
                if let Some(doc) = doc.take() {
                    *doc = p.doc_text();
                }
                p.stmt_into(&mut stmts)
            })?;
        } else {
            self.nested(|p| p.stmt_into(&mut stmts))?;
            while takes_semis && self.at(TokenKind::Semi) && !self.ahead(1).kind.is_layout() {
                self.bump();
                self.nested(|p| p.stmt_into(&mut stmts))?;
            }
        }
        let span = match (stmts.first(), stmts.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::new(self.file, self.last_end(), self.last_end()),
        };
        // Most bodies are short, and a list grows to four at once: the rest would be half of the tree.
        stmts.shrink_to_fit();
        let has_bare_return = self.has_bare_return;
        self.has_bare_return |= around;
        let has_yield = self.has_yield;
        self.has_yield |= yields_around;
        Ok(Block { stmts, has_bare_return, has_yield, span })
    }

    pub(super) fn stmt(&mut self) -> Parsed<Stmt> {
        let doc = self.doc_comment();
        let attrs = self.attrs()?;
        let start = self.here();
        let next = self.ahead(1);
        use TokenKind::*;
        let kind = match self.kind() {
            Val | Var | Let | Const => self.let_stmt(attrs, doc)?,
            Static if next.kind != Fn && next.kind != Async => self.let_stmt(attrs, doc)?,
            Shared
                if matches!(next.kind, Val | Var) || self.ahead(2).kind == Colon && next.kind.is_name() =>
            {
                self.let_stmt(attrs, doc)?
            }
            _ if self.at_item() => {
                let item = self.item(attrs, doc)?;
                let span = item.span;
                return Ok(Stmt { kind: StmtKind::Item(Box::new(item)), span });
            }
            _ if !attrs.is_empty() => {
                let error = self.expectation(Code::ExpectedItem, "a declaration after the attribute");
                return self.fail(error);
            }
            While => {
                self.bump();
                let cond = Box::new(self.cond()?);
                StmtKind::While { cond, body: self.block(true)? }
            }
            For => {
                self.bump();
                let pattern = Box::new(self.pattern_list()?);
                self.in_word()?;
                let iter = Box::new(self.expr()?);
                StmtKind::For { pattern, iter, body: self.block(true)? }
            }
            Defer => {
                self.bump();
                StmtKind::Defer(if self.at(Colon) { self.block(true)? } else { self.body(false)? })
            }
            With => {
                self.bump();
                let (value, name) = resource(self.expr()?);
                StmtKind::With { value: Box::new(value), name, body: self.block(true)? }
            }
            Describe | Context | It if matches!(next.kind, Text | RawText | TextOpen) && next.has_space => {
                let kind = if self.bump().kind == It { SpecKind::Example } else { SpecKind::Group };
                let title = Some(self.expr()?);
                StmtKind::Spec(Box::new(Spec { kind, title, body: self.block(true)? }))
            }
            BeforeEach | AfterEach if next.kind == Colon => {
                let kind =
                    if self.bump().kind == BeforeEach { SpecKind::BeforeEach } else { SpecKind::AfterEach };
                StmtKind::Spec(Box::new(Spec { kind, title: None, body: self.block(true)? }))
            }
            Case if next.kind != Assign && next.kind != Dot && next.kind != LParen => {
                let error = Diagnostic::error(Code::MisplacedItem, "`case` outside of `match`")
                    .at(start, "")
                    .help("indent the arms under `match value:`");
                return self.fail(error);
            }
            _ => self.expr_stmt()?,
        };
        Ok(Stmt { kind, span: self.since(start) })
    }

    fn let_stmt(&mut self, attrs: Vec<Attr>, doc: Option<Symbol>) -> Parsed<StmtKind> {
        let mut kind = match self.bump().kind {
            TokenKind::Var => LetKind::Var,
            TokenKind::Const => LetKind::Const,
            TokenKind::Static => LetKind::Static,
            TokenKind::Shared => LetKind::Shared,
            TokenKind::Let if self.at(TokenKind::Mut) && self.ahead(1).kind.is_name() => {
                self.bump();
                LetKind::Var
            }
            _ => LetKind::Val,
        };
        match (kind, self.kind()) {
            (LetKind::Shared, TokenKind::Val | TokenKind::Var) => {
                self.bump();
            }
            // `static mut X` and `static var X` are spelt for clearness; a static may always change.
            (LetKind::Static, TokenKind::Mut | TokenKind::Var) if self.ahead(1).kind.is_name() => {
                self.bump();
            }
            (LetKind::Static, TokenKind::Val) => {
                self.bump();
                kind = LetKind::Val;
            }
            _ => {}
        }
        let pattern = self.pattern_list()?;
        let ty = if self.eat(TokenKind::Colon) { Some(self.ty()?) } else { None };
        let init = if self.eat(TokenKind::Assign) { Some(self.expr()?) } else { None };
        if init.is_none() && kind != LetKind::Shared {
            let error = self.expectation(Code::ExpectedToken, "`=`");
            self.diags.push(error.help("a variable is declared with its first value: `var n = 0`"));
        }
        Ok(StmtKind::Let(Box::new(Let { kind, pattern, ty, init, attrs, doc })))
    }

    /// A condition: an expression, or `val pattern = expression`.
    pub(super) fn cond(&mut self) -> Parsed<Cond> {
        if !matches!(self.kind(), TokenKind::Val | TokenKind::Var | TokenKind::Let) {
            return Ok(Cond::Expr(self.expr()?));
        }
        self.bump();
        let mut pattern = self.pattern()?;
        if self.eat(TokenKind::Colon) {
            let ty = self.ty()?;
            let span = pattern.span.to(ty.span);
            pattern = Pattern { kind: PatternKind::Typed(Box::new(pattern), ty), span };
        }
        self.expect(TokenKind::Assign)?;
        Ok(Cond::Let(pattern, self.expr()?))
    }

    fn expr_stmt(&mut self) -> Parsed<StmtKind> {
        use TokenKind::{If, Loop, Match, Try};
        if matches!(self.kind(), If | Match | Loop | Try) && self.brackets == 0 {
            // A statement that ends with a block ends there: `-x` on the next line is not subtracted from it.
            let value = self.compound(true)?;
            if self.tokens[self.pos - 1].kind == TokenKind::Dedent || self.kind().is_layout() {
                return Ok(StmtKind::Expr(value));
            }
            return self.expr_stmt_rest(value);
        }
        if self.at_command_call() {
            return self.command_call();
        }
        let target = self.expr()?;
        self.expr_stmt_rest(target)
    }

    fn expr_stmt_rest(&mut self, target: Expr) -> Parsed<StmtKind> {
        let op = match self.kind() {
            TokenKind::Assign => None,
            TokenKind::PlusAssign => Some(BinOp::Add),
            TokenKind::MinusAssign => Some(BinOp::Sub),
            TokenKind::StarAssign => Some(BinOp::Mul),
            TokenKind::SlashAssign => Some(BinOp::Div),
            TokenKind::PercentAssign => Some(BinOp::Rem),
            TokenKind::StarStarAssign => Some(BinOp::Pow),
            _ => return Ok(StmtKind::Expr(target)),
        };
        if !is_place(&target) {
            let error = Diagnostic::error(Code::BadAssignment, "this cannot be assigned")
                .at(target.span, "no variable, field or element");
            return self.fail(match target.kind {
                ExprKind::Hole => error.help("leave out `_ =`: a value need not be used"),
                _ => error,
            });
        }
        self.bump();
        Ok(StmtKind::Assign { target: Box::new(target), op, value: Box::new(self.expr()?) })
    }

    /// Whether a call without parentheses stands here: names joined by dots, a blank, and the start of an expression
    /// that could not go on with an operator.
    fn at_command_call(&self) -> bool {
        if !self.kind().is_name() {
            return false;
        }
        use TokenKind::*;
        let mut ahead = 1;
        while self.ahead(ahead).kind == Dot && self.ahead(ahead + 1).kind.is_word() {
            ahead += 2;
        }
        let (first, second) = (self.ahead(ahead), self.ahead(ahead + 1));
        if !first.has_space {
            return false;
        }
        match first.kind {
            Number | RawText | Text | TextOpen | True | False | Nil | LParen | LBracket | LBrace | Fn
            | If | Match | Await | Try | Ellipsis => true,
            Not => second.kind != In,
            // `print -1` against `a - 1` and `a -\n1`.
            Minus | Tilde => !second.has_space && !second.kind.is_layout(),
            kind => kind.is_name(),
        }
    }

    fn command_call(&mut self) -> Parsed<StmtKind> {
        let start = self.here();
        let name = self.word();
        let mut callee = Expr { kind: ExprKind::Name(name.name), span: name.span };
        while self.eat(TokenKind::Dot) {
            let member = self.any_word("a name")?;
            let span = callee.span.to(member.span);
            callee = Expr { kind: ExprKind::Field(Box::new(callee), member), span };
        }
        let mut args = vec![self.arg()?];
        // In brackets a comma separates what is in the brackets.
        while self.brackets == 0 && self.eat(TokenKind::Comma) {
            args.push(self.arg()?);
        }
        let span = self.since(start);
        Ok(StmtKind::Expr(Expr { kind: ExprKind::Call(Box::new(callee), args), span }))
    }
}

/// `e as name` reads as a cast; after `with` it names the resource.
fn resource(value: Expr) -> (Expr, Option<Ident>) {
    let span = value.span;
    match value.kind {
        ExprKind::Cast(value, ty) => match ty.kind {
            TypeKind::Path { path, args } if path.len() == 1 && args.is_empty() => (*value, Some(path[0])),
            kind => {
                let ty = Box::new(Type { kind, span: ty.span });
                (Expr { kind: ExprKind::Cast(value, ty), span }, None)
            }
        },
        kind => (Expr { kind, span }, None),
    }
}

fn is_place(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_)
        | ExprKind::Field(..)
        | ExprKind::TupleField(..)
        | ExprKind::Index(..)
        | ExprKind::Slice(..)
        | ExprKind::OptionalChain(..) => true,
        ExprKind::Unwrap(inner) => is_place(inner),
        ExprKind::Tuple(args) => !args.is_empty() && args.iter().all(|arg| is_place(&arg.value)),
        _ => false,
    }
}
