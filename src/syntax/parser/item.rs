//! Declarations.

use super::*;

/// What stands between the `:` of a type and its end.
#[derive(Default)]
struct Members {
    doc: Option<Symbol>,
    fields: Vec<Field>,
    methods: Vec<Item>,
}

impl Parser<'_> {
    /// Attributes in front of a declaration, each perhaps on a line of its own.
    pub(super) fn attrs(&mut self) -> Parsed<Vec<Attr>> {
        let mut attrs = Vec::new();
        loop {
            let start = self.here();
            let is_bracketed = self.at(TokenKind::HashBracket);
            if !is_bracketed && !self.at(TokenKind::At) {
                return Ok(attrs);
            }
            self.bump();
            loop {
                let name = self.any_word("the name of an attribute")?;
                let args = if self.at(TokenKind::LParen) { self.call_args()? } else { Vec::new() };
                attrs.push(Attr { name, args, span: self.since(start) });
                if !(is_bracketed && self.eat(TokenKind::Comma)) {
                    break;
                }
            }
            if is_bracketed {
                self.expect(TokenKind::RBracket)?;
            }
            if self.at(TokenKind::Newline)
                && !matches!(self.ahead(1).kind, TokenKind::Indent | TokenKind::Dedent)
            {
                self.bump();
            }
        }
    }

    /// Whether a declaration stands here. Words that are names elsewhere are told by what follows.
    pub(super) fn at_item(&self) -> bool {
        use TokenKind::*;
        let next = self.ahead(1);
        match self.kind() {
            Fn | Static => next.kind != LParen,
            Struct | Class | Enum | Trait | Impl => true,
            Me => next.kind.is_word() && matches!(self.ahead(2).kind, LParen | Lt),
            Async => matches!(next.kind, Fn | Me),
            Extern => next.kind == Fn,
            Actor | Mixin | Type | Unit => {
                next.kind.is_name() && matches!(self.ahead(2).kind, Colon | Lt | With | Assign | Newline)
            }
            Use => next.kind.is_word() || matches!(next.kind, Dot | DotDot | Ellipsis) && next.has_space,
            Export => next.kind.is_word() && next.has_space || next.kind == Star,
            _ => false,
        }
    }

    pub(super) fn item(&mut self, attrs: Vec<Attr>, doc: Option<Symbol>) -> Parsed<Item> {
        use TokenKind::*;
        let start = self.here();
        let mut is_export = false;
        let mut inner_doc = None;
        if self.at(Export) {
            self.bump();
            if self.at(Use) || self.at(Star) || !self.at_item() {
                let kind = ItemKind::Export(self.export_decl()?);
                return Ok(Item { attrs, doc, is_export: false, kind, span: self.since(start) });
            }
            is_export = true;
        }
        let kind = match self.kind() {
            Struct => self.type_decl(TypeDeclKind::Struct, &mut inner_doc)?,
            Class => self.type_decl(TypeDeclKind::Class, &mut inner_doc)?,
            Actor => self.type_decl(TypeDeclKind::Actor, &mut inner_doc)?,
            Mixin => self.type_decl(TypeDeclKind::Mixin, &mut inner_doc)?,
            Enum => self.enum_decl(&mut inner_doc)?,
            Trait => self.trait_decl(&mut inner_doc)?,
            Impl => self.impl_decl()?,
            Type => {
                self.bump();
                let name = self.ident("the type's name")?;
                let generics = self.generics()?;
                self.expect(Assign)?;
                ItemKind::Alias(AliasDecl { name, generics, ty: self.ty()? })
            }
            Unit => {
                self.bump();
                let name = self.ident("the unit's name")?;
                self.expect(Colon)?;
                let ty = self.ty()?;
                let suffix =
                    if self.eat(As) { Some(self.ident("the suffix of its literals")?) } else { None };
                ItemKind::Unit(UnitDecl { name, ty, suffix })
            }
            Use => {
                self.bump();
                ItemKind::Use(self.use_decl()?)
            }
            _ => self.fn_decl(&mut inner_doc)?,
        };
        Ok(Item { attrs, doc: doc.or(inner_doc), is_export, kind, span: self.since(start) })
    }

    fn fn_decl(&mut self, doc: &mut Option<Symbol>) -> Parsed<ItemKind> {
        let is_static = self.eat(TokenKind::Static);
        let is_extern = self.eat(TokenKind::Extern);
        let is_async = self.eat(TokenKind::Async);
        let kind = match (is_static, self.kind()) {
            (false, TokenKind::Me) => FnKind::Me,
            (true, _) => FnKind::Static,
            (false, _) => FnKind::Plain,
        };
        if !self.eat(TokenKind::Me) {
            self.expect(TokenKind::Fn)?;
        }
        let name = self.any_word("the function's name")?;
        let generics = self.generics()?;
        self.expect(TokenKind::LParen)?;
        let mut is_c_variadic = false;
        let params = self.list(TokenKind::RParen, |p| {
            if p.at(TokenKind::Ellipsis) && is_extern {
                p.bump();
                is_c_variadic = true;
                if p.at(TokenKind::RParen) {
                    return Ok(None);
                }
                return p.expected(Code::ExpectedToken, "`)` after `...`");
            }
            p.param().map(Some)
        })?;
        let params = params.into_iter().flatten().collect();
        let ret = if self.eat(TokenKind::Arrow) { Some(self.ty()?) } else { None };
        let throws = if self.eat(TokenKind::Throws) { Some(self.ty()?) } else { None };
        let has_block = self.at(TokenKind::Newline) && self.ahead(1).kind == TokenKind::Indent;
        let has_ended = self.kind().is_layout() && !self.at(TokenKind::Indent) || self.at(TokenKind::Semi);
        let body = if has_ended && !has_block {
            None
        } else {
            self.colon("a function's body follows `:`")?;
            Some(self.function_body(|p| p.body_with_doc(doc))?)
        };
        Ok(ItemKind::Fn(FnDecl {
            name,
            kind,
            is_async,
            is_extern,
            generics,
            params,
            is_c_variadic,
            ret,
            throws,
            body,
        }))
    }

    fn param(&mut self) -> Parsed<Param> {
        if self.at(TokenKind::Mut) && self.ahead(1).kind.is_name() {
            let mark = self.bump();
            let name = self.slice(self.here()).to_owned();
            let error = Diagnostic::error(Code::ExpectedToken, "`mut` stands in front of the type")
                .at(self.span_of(mark), "not here")
                .help(format!("write `{name}: mut …`"));
            self.diags.push(error);
        }
        if self.at(TokenKind::Ellipsis) || self.at(TokenKind::Star) {
            let error = self
                .expectation(Code::ExpectedToken, "a parameter")
                .help("a variable number of arguments is written `xs: T...`");
            return self.fail(error);
        }
        let name = match self.kind() {
            TokenKind::Underscore => self.word(),
            TokenKind::LParen | TokenKind::LBracket => self.pattern_for_name()?,
            _ => self.ident("a parameter")?,
        };
        let ty = if self.eat(TokenKind::Colon) { Some(self.ty()?) } else { None };
        let is_variadic = self.eat(TokenKind::Ellipsis);
        let default = if self.eat(TokenKind::Assign) { Some(self.expr()?) } else { None };
        Ok(Param { name, ty, is_variadic, default })
    }

    /// `<T, U: Ord + Show>`, or nothing.
    fn generics(&mut self) -> Parsed<Vec<GenericParam>> {
        let mut params = Vec::new();
        if !self.eat(TokenKind::Lt) {
            return Ok(params);
        }
        loop {
            let name = self.ident("a type parameter")?;
            let bounds = if self.eat(TokenKind::Colon) { self.bounds()? } else { Vec::new() };
            let default = if self.eat(TokenKind::Assign) { Some(self.plain_ty()?) } else { None };
            params.push(GenericParam { name, bounds, default });
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect_gt()?;
        Ok(params)
    }

    /// `A + B`.
    fn bounds(&mut self) -> Parsed<Vec<Type>> {
        let mut bounds = vec![self.plain_ty()?];
        while self.eat(TokenKind::Plus) {
            bounds.push(self.plain_ty()?);
        }
        Ok(bounds)
    }

    fn type_decl(&mut self, kind: TypeDeclKind, doc: &mut Option<Symbol>) -> Parsed<ItemKind> {
        self.bump();
        let name = self.ident("the type's name")?;
        let generics = self.generics()?;
        let mut mixins = Vec::new();
        if self.eat(TokenKind::With) {
            mixins.push(self.plain_ty()?);
            while self.eat(TokenKind::Comma) {
                mixins.push(self.plain_ty()?);
            }
        }
        let members = self.members(true)?;
        *doc = members.doc;
        let Members { fields, methods, .. } = members;
        Ok(ItemKind::Type(TypeDecl { kind, name, generics, mixins, fields, methods }))
    }

    fn trait_decl(&mut self, doc: &mut Option<Symbol>) -> Parsed<ItemKind> {
        self.bump();
        let name = self.ident("the trait's name")?;
        let generics = self.generics()?;
        let has_supers = self.at(TokenKind::Colon)
            && self.ahead(1).kind.is_name()
            && matches!(
                self.ahead(2).kind,
                TokenKind::Colon | TokenKind::Plus | TokenKind::Lt | TokenKind::Dot
            );
        let supers = if has_supers {
            self.bump();
            self.bounds()?
        } else {
            Vec::new()
        };
        let members = self.members(false)?;
        *doc = members.doc;
        Ok(ItemKind::Trait(TraitDecl { name, generics, supers, methods: members.methods }))
    }

    fn impl_decl(&mut self) -> Parsed<ItemKind> {
        self.bump();
        let generics = self.generics()?;
        let first = self.plain_ty()?;
        let (of_trait, ty) =
            if self.eat(TokenKind::For) { (Some(first), self.plain_ty()?) } else { (None, first) };
        let members = self.members(false)?;
        Ok(ItemKind::Impl(ImplDecl { generics, of_trait, ty, methods: members.methods }))
    }

    /// `: members`, or nothing for an empty type.
    fn members(&mut self, takes_fields: bool) -> Parsed<Members> {
        let mut members = Members::default();
        let has_block = self.at(TokenKind::Newline) && self.ahead(1).kind == TokenKind::Indent;
        if self.kind().is_layout() && !has_block {
            return Ok(members);
        }
        self.colon(if takes_fields && matches!(self.kind(), TokenKind::LParen | TokenKind::Name) {
            "types do not inherit: share fields and methods by a mixin, `class Dog with Animal:`, and an interface by a trait, `impl Animal for Dog:`"
        } else {
            "what belongs to a type follows `:`"
        })?;
        if !self.at(TokenKind::Newline) {
            self.member(takes_fields, &mut members)?;
            return Ok(members);
        }
        let mut is_first = true;
        self.indented(|p| {
            if std::mem::take(&mut is_first) && p.at_doc_text() {
                members.doc = p.doc_text().or_else(|| p.lone_doc_text());
                if matches!(p.kind(), TokenKind::Newline | TokenKind::Dedent) {
                    return Ok(());
                }
            }
            p.member(takes_fields, &mut members)
        })?;
        Ok(members)
    }

    fn member(&mut self, takes_fields: bool, members: &mut Members) -> Parsed<()> {
        if self.eat(TokenKind::Pass) {
            return Ok(());
        }
        let doc = self.doc_comment();
        let attrs = self.attrs()?;
        // Any word may be a field's name, those that open a declaration too: `val: i64`.
        let is_name = self.ahead(1).kind == TokenKind::Colon;
        let is_fn = matches!(self.kind(), TokenKind::Fn | TokenKind::Static) && !is_name
            || matches!(self.kind(), TokenKind::Me | TokenKind::Async | TokenKind::Extern) && self.at_item();
        if is_fn {
            members.methods.push(self.item(attrs, doc)?);
            return Ok(());
        }
        if !takes_fields {
            let error = Diagnostic::error(Code::MisplacedItem, "only functions may stand here")
                .at(self.here(), "expected `fn` or `me`");
            return self.fail(error);
        }
        if matches!(self.kind(), TokenKind::Val | TokenKind::Var | TokenKind::Let) && !is_name {
            self.bump();
        }
        let weak = (self.at(TokenKind::Weak) && self.ahead(1).kind.is_word()).then(|| self.bump());
        let name = self.any_word("a field or a method")?;
        if !self.at(TokenKind::Colon) {
            let error = self.expectation(Code::ExpectedToken, "`:` and the field's type");
            return self.fail(error);
        }
        self.bump();
        let mut ty = self.ty()?;
        if let Some(weak) = weak {
            let span = self.span_of(weak).to(ty.span);
            ty = Type { kind: TypeKind::Capability(Capability::Weak, Box::new(ty)), span };
        }
        let default = if self.eat(TokenKind::Assign) { Some(self.expr()?) } else { None };
        members.fields.push(Field { name, ty, default, attrs, doc });
        // Fields may also be separated by commas.
        if self.eat(TokenKind::Comma) && !self.kind().is_layout() {
            return self.member(takes_fields, members);
        }
        Ok(())
    }

    fn enum_decl(&mut self, doc: &mut Option<Symbol>) -> Parsed<ItemKind> {
        self.bump();
        let name = self.ident("the enumeration's name")?;
        let generics = self.generics()?;
        self.colon("the cases follow `:`")?;
        let mut variants = Vec::new();
        let mut members = Members::default();
        if self.at(TokenKind::Newline) {
            let mut is_first = true;
            self.indented(|p| {
                if std::mem::take(&mut is_first) && p.at_doc_text() {
                    members.doc = p.doc_text();
                }
                if p.eat(TokenKind::Pass) {
                    return Ok(());
                }
                let is_variant = p.kind().is_name() && !p.at_item();
                if is_variant { p.variants(&mut variants) } else { p.member(false, &mut members) }
            })?;
        } else {
            self.variants(&mut variants)?;
        }
        *doc = members.doc;
        Ok(ItemKind::Enum(EnumDecl { name, generics, variants, methods: members.methods }))
    }

    /// Cases on one line, separated by commas.
    fn variants(&mut self, variants: &mut Vec<Variant>) -> Parsed<()> {
        loop {
            let doc = self.doc_comment();
            let name = self.ident("a case")?;
            let mut fields = Vec::new();
            if self.eat(TokenKind::LParen) {
                fields = self.list(TokenKind::RParen, |p| {
                    let is_named = p.kind().is_word() && p.ahead(1).kind == TokenKind::Colon;
                    let name = if is_named { Some(p.word()) } else { None };
                    if is_named {
                        p.bump();
                    }
                    Ok(VariantField { name, ty: p.ty()? })
                })?;
            }
            let value = if self.eat(TokenKind::Assign) { Some(self.expr()?) } else { None };
            variants.push(Variant { name, fields, value, doc });
            if !self.eat(TokenKind::Comma) || self.kind().is_layout() {
                return Ok(());
            }
        }
    }

    fn use_decl(&mut self) -> Parsed<UseDecl> {
        let mut dots = 0;
        loop {
            match self.kind() {
                TokenKind::Dot => dots += 1,
                TokenKind::DotDot => dots += 2,
                TokenKind::Ellipsis => dots += 3,
                _ => break,
            }
            self.bump();
        }
        let mut path = Vec::new();
        loop {
            match self.kind() {
                TokenKind::Star => {
                    self.bump();
                    return Ok(UseDecl { dots, path, what: UseWhat::All });
                }
                TokenKind::LBrace => {
                    self.bump();
                    let names = self.list(TokenKind::RBrace, |p| Ok((p.any_word("a name")?, p.alias()?)))?;
                    return Ok(UseDecl { dots, path, what: UseWhat::Names(names) });
                }
                _ => path.push(self.any_word("a module's name")?),
            }
            if !self.eat(TokenKind::Dot) {
                return Ok(UseDecl { dots, path, what: UseWhat::Path(self.alias()?) });
            }
        }
    }

    fn alias(&mut self) -> Parsed<Option<Ident>> {
        if self.eat(TokenKind::As) { self.ident("the new name").map(Some) } else { Ok(None) }
    }

    fn export_decl(&mut self) -> Parsed<ExportDecl> {
        if self.eat(TokenKind::Use) {
            return Ok(ExportDecl::Use(self.use_decl()?));
        }
        if self.eat(TokenKind::Star) {
            return Ok(ExportDecl::All);
        }
        let is_variable = matches!(self.kind(), TokenKind::Val | TokenKind::Var | TokenKind::Const);
        if is_variable && self.ahead(1).kind.is_word() {
            let word = self.here();
            let error = Diagnostic::error(Code::ExpectedToken, "a declaration of variables has no `export`")
                .at(word, "names to export stand alone: `export a, b`")
                .help("leave `export` out: a module offers all its names but those that begin with `_`");
            return self.fail(error);
        }
        let mut names = vec![self.any_word("a name to export")?];
        while self.eat(TokenKind::Comma) {
            names.push(self.any_word("a name to export")?);
        }
        Ok(ExportDecl::Names(names))
    }

    fn at_doc_text(&self) -> bool {
        self.at(TokenKind::RawText) && self.slice(self.here()).starts_with("\"\"\"")
    }

    /// A `"""…"""` that is all there is in a type.
    fn lone_doc_text(&mut self) -> Option<Symbol> {
        let text = self.slice(self.here());
        let text = text[3..text.len() - 3].trim().to_string();
        self.bump();
        Some(self.interner.intern(&text))
    }
}
