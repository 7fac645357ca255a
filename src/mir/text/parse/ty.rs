//! Text to MIR: types and signatures.

use super::{MAX_DEPTH, NamedType, Parsed, Parser};
use crate::diagnostics::Code;
use crate::mir::text::lex::Tok;
use crate::mir::*;

impl Parser<'_> {
    /// Runs `inner` one level deeper; an error past the limit.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            return Err(self.report(Code::MirSyntax, self.span(), message));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    pub(super) fn ty(&mut self) -> Parsed<Ty> {
        self.nested(Self::type_inner)
    }

    fn type_inner(&mut self) -> Parsed<Ty> {
        let data = match self.peek() {
            Tok::TypeName => return self.named_type(),
            Tok::LParen => self.tuple()?,
            Tok::LBracket => {
                self.at += 1;
                let elem = self.ty()?;
                let data = if self.eat(Tok::Semicolon) {
                    TypeData::FixedArray(elem, self.uint("a length", u64::MAX)?)
                } else {
                    TypeData::Array(elem)
                };
                self.expect(Tok::RBracket, "`]`")?;
                data
            }
            Tok::LBrace => {
                self.at += 1;
                let key = self.ty()?;
                self.expect(Tok::Colon, "`:`")?;
                let value = self.ty()?;
                self.expect(Tok::RBrace, "`}`")?;
                TypeData::Dict(key, value)
            }
            Tok::Less => {
                self.at += 1;
                let lanes = self.uint("a number of lanes", u64::from(u32::MAX))? as u32;
                if !self.eat_word("x") {
                    return Err(self.expected("`x`"));
                }
                let elem = self.ty()?;
                self.expect(Tok::Greater, "`>`")?;
                TypeData::Vector(elem, lanes)
            }
            Tok::Word => {
                let (word, span) = self.word("a type")?;
                if let Some(&(_, ty)) = Ty::NAMED.iter().find(|named| named.0 == word) {
                    return Ok(ty);
                }
                let of: fn(Ty) -> TypeData = match word {
                    "range" => TypeData::Range,
                    "ref" => TypeData::Ref,
                    _ => {
                        let near = self.closest(word, Ty::NAMED.iter().map(|named| named.0));
                        let near = near.map(|near| format!("`{near}`"));
                        return Err(self.unknown(span, format!("type `{word}`"), near));
                    }
                };
                self.expect(Tok::Less, "`<`")?;
                let part = self.ty()?;
                self.expect(Tok::Greater, "`>`")?;
                of(part)
            }
            _ => return Err(self.expected("a type")),
        };
        Ok(self.m.types.intern(data))
    }

    fn named_type(&mut self) -> Parsed<Ty> {
        let (name, span) = self.named(Tok::TypeName, "a type")?;
        match self.types.get(&name) {
            Some(&NamedType::Struct(id)) => Ok(self.m.types.intern(TypeData::Struct(id))),
            Some(&NamedType::Enum(id)) => Ok(self.m.types.intern(TypeData::Enum(id))),
            None => {
                let structs = self.m.types.structs().iter().map(|def| def.name.as_str());
                let enums = self.m.types.enums().iter().map(|def| def.name.as_str());
                let near = self.closest(&name, structs.chain(enums)).map(|near| format!("`${near}`"));
                Err(self.unknown(span, format!("type `${name}`"), near))
            }
        }
    }

    /// `(a, b)`; a tuple of one type has a comma behind it.
    fn tuple(&mut self) -> Parsed<TypeData> {
        self.at += 1;
        let mut fields = Vec::new();
        while !self.eat(Tok::RParen) {
            fields.push(self.ty()?);
            if self.eat(Tok::Comma) {
                continue;
            }
            if fields.len() == 1 {
                return Err(self.expected("`,` (a tuple of one type is written `(a,)`)"));
            }
            self.expect(Tok::RParen, "`,` or `)`")?;
            break;
        }
        Ok(TypeData::Tuple(fields))
    }

    /// `fn(a, b) -> c`, or with the C convention `c fn(a, b) -> c`, as a handle.
    pub(super) fn sig(&mut self) -> Parsed<SigId> {
        let abi = if self.eat_word("c") { Abi::C } else { Abi::Simple };
        if !self.eat_word("fn") {
            return Err(self.expected("a signature"));
        }
        self.expect(Tok::LParen, "`(`")?;
        let mut params = Vec::new();
        let mut variadic = false;
        self.list(Tok::RParen, "`,` or `)`", |p| {
            if variadic {
                return Err(p.expected("`)` behind `...`"));
            }
            variadic = p.eat(Tok::Dots);
            if !variadic {
                params.push(p.ty()?);
            }
            Ok(())
        })?;
        let ret = self.result()?;
        Ok(self.m.types.intern_sig(Signature { params, ret, variadic, abi }))
    }

    /// What stands behind the parameters.
    pub(super) fn result(&mut self) -> Parsed<Ty> {
        if self.eat(Tok::Arrow) { self.ty() } else { Ok(Ty::UNIT) }
    }
}
