//! Types and patterns.

use super::Dumper;
use crate::syntax::ast::*;

impl Dumper<'_> {
    pub(super) fn ty(&mut self, ty: &Type) {
        match &ty.kind {
            TypeKind::Path { path, args } => {
                self.path(path);
                if !args.is_empty() {
                    self.put("<");
                    self.separated(args, ", ", Self::ty);
                    self.put(">");
                }
            }
            TypeKind::Array(element) => {
                self.put("[");
                self.ty(element);
                self.put("]");
            }
            TypeKind::FixedArray(element, count) => {
                self.put("[");
                self.ty(element);
                self.put("; ");
                self.expr(count);
                self.put("]");
            }
            TypeKind::Dict(key, value) => {
                self.put("{");
                self.ty(key);
                self.put(": ");
                self.ty(value);
                self.put("}");
            }
            TypeKind::Set(element) => {
                self.put("{");
                self.ty(element);
                self.put("}");
            }
            TypeKind::Tuple(elems) => {
                self.put("(");
                self.separated(elems, ", ", |d, elem| {
                    d.label(elem.label);
                    d.ty(&elem.ty);
                });
                self.put(")");
            }
            TypeKind::Option(inner) => {
                self.ty(inner);
                self.put("?");
            }
            TypeKind::Fn { params, ret, throws } => {
                self.put("fn(");
                self.separated(params, ", ", Self::ty);
                self.put(")");
                self.result(ret.as_deref(), throws.as_deref());
            }
            TypeKind::Union(types) => {
                self.put("(");
                self.separated(types, " | ", Self::ty);
                self.put(")");
            }
            TypeKind::Dyn(inner) => {
                self.put("dyn ");
                self.ty(inner);
            }
            TypeKind::Vector(lanes, element) => {
                self.put("vec[");
                self.expr(lanes);
                self.put(", ");
                self.ty(element);
                self.put("]");
            }
            TypeKind::Capability(capability, inner) => {
                self.put(match capability {
                    Capability::Mut => "mut ",
                    Capability::Iso => "iso ",
                    Capability::Weak => "weak ",
                });
                self.ty(inner);
            }
            TypeKind::Infer => self.put("_"),
        }
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Wildcard => self.put("_"),
            PatternKind::Name(name) => self.name(name.name),
            PatternKind::Literal(expr) => self.expr(expr),
            PatternKind::Range { start, end, is_inclusive } => {
                self.range(start.as_deref(), end.as_deref(), *is_inclusive);
            }
            PatternKind::Or(patterns) => {
                self.put("(");
                self.separated(patterns, " | ", Self::pattern);
                self.put(")");
            }
            PatternKind::Tuple(elems) => {
                self.put("(");
                self.separated(elems, ", ", Self::pattern_arg);
                self.put(")");
            }
            PatternKind::Array(elems) => {
                self.put("[");
                self.separated(elems, ", ", Self::pattern);
                self.put("]");
            }
            PatternKind::Construct { path, args } => {
                self.path(path);
                self.put("(");
                self.separated(args, ", ", Self::pattern_arg);
                self.put(")");
            }
            PatternKind::Path(path) => self.path(path),
            PatternKind::Typed(inner, ty) => {
                self.pattern(inner);
                self.put(": ");
                self.ty(ty);
            }
            PatternKind::Rest(name) => {
                self.put("...");
                if let Some(name) = name {
                    self.name(name.name);
                }
            }
        }
    }

    pub(super) fn pattern_arg(&mut self, arg: &PatternArg) {
        self.label(arg.label);
        self.pattern(&arg.pattern);
    }

    pub(super) fn range(&mut self, start: Option<&Expr>, end: Option<&Expr>, is_inclusive: bool) {
        self.put(if is_inclusive { "(..=" } else { "(.." });
        for bound in [start, end] {
            self.put(" ");
            match bound {
                Some(bound) => self.expr(bound),
                None => self.put("_"),
            }
        }
        self.put(")");
    }
}
