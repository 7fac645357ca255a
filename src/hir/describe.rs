//! Types in the words of the language, for messages.

use std::rc::Rc;

use super::context::{Checker, Generic};
use super::infer::VarKind;
use super::tree::TraitRef;
use super::types::{Ty, TyKind, plain_type};

impl Checker<'_> {
    /// The type as a user writes it.
    pub fn show(&self, ty: Ty) -> String {
        let mut out = String::new();
        self.write_type(&mut out, ty);
        out
    }

    /// The type in the words of a declaration whose type parameters these are.
    pub fn show_among(&mut self, ty: Ty, generics: &Rc<[Generic]>) -> String {
        let outer = self.naming.replace(Rc::clone(generics));
        let shown = self.show(ty);
        self.naming = outer;
        shown
    }

    /// A trait with its arguments.
    pub fn show_trait(&self, of: &TraitRef) -> String {
        let mut out = String::new();
        self.write_args(&mut out, self.name(self.traits[of.id.idx()].name), &of.args);
        out
    }

    fn write_list(&self, out: &mut String, types: &[Ty]) {
        for (i, &ty) in types.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            self.write_type(out, ty);
        }
    }

    fn write_args(&self, out: &mut String, name: &str, args: &[Ty]) {
        out.push_str(name);
        if !args.is_empty() {
            out.push('<');
            self.write_list(out, args);
            out.push('>');
        }
    }

    fn write_type(&self, out: &mut String, ty: Ty) {
        let ty = self.resolve(ty);
        match self.types.get(ty) {
            plain_type!() | TyKind::Text | TyKind::Any => out.extend(ty.word()),
            TyKind::Tuple(parts, labels) => {
                out.push('(');
                for (i, &part) in parts.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    if let Some(labels) = labels {
                        out.push_str(self.name(labels[i]));
                        out.push_str(": ");
                    }
                    self.write_type(out, part);
                }
                out.push_str(if parts.len() == 1 { ",)" } else { ")" });
            }
            TyKind::FixedArray(elem, n) => {
                out.push('[');
                self.write_type(out, *elem);
                out.push_str(&format!("; {n}]"));
            }
            TyKind::Array(elem) => {
                out.push('[');
                self.write_type(out, *elem);
                out.push(']');
            }
            TyKind::Range(elem) => self.write_args(out, "Range", &[*elem]),
            TyKind::Ptr(to) => self.write_args(out, "ptr", &[*to]),
            TyKind::Adt(id, args) => {
                let name = self.name(self.adts[id.idx()].name);
                if name == "Option" && args.len() == 1 {
                    if self.var_kind(args[0]) == Some(VarKind::Any) {
                        // Of a type that nothing tells: all that there is to see is `nil`.
                        return out.push_str("nil");
                    }
                    // Behind a union or a function `?` would be of its last type.
                    let is_last =
                        matches!(self.types.get(self.resolve(args[0])), TyKind::Union(_) | TyKind::Fn(..));
                    out.push_str(if is_last { "(" } else { "" });
                    self.write_type(out, args[0]);
                    out.push_str(if is_last { ")?" } else { "?" });
                } else if Some(*id) == self.dict && args.len() == 2 {
                    out.push('{');
                    self.write_type(out, args[0]);
                    out.push_str(": ");
                    self.write_type(out, args[1]);
                    out.push('}');
                } else if let Some((value, error)) = self.thrown_parts(ty) {
                    self.write_type(out, value);
                    out.push_str(" throws ");
                    self.write_type(out, error);
                } else {
                    self.write_args(out, name, args);
                }
            }
            TyKind::Fn(params, ret) => {
                out.push_str("fn(");
                self.write_list(out, params);
                out.push(')');
                let thrown = self.thrown_parts(*ret);
                let ret = thrown.map_or(*ret, |(value, _)| value);
                if self.resolve(ret) != Ty::UNIT {
                    out.push_str(" -> ");
                    self.write_type(out, ret);
                }
                if let Some((_, error)) = thrown {
                    out.push_str(" throws ");
                    self.write_type(out, error);
                }
            }
            TyKind::Dyn(id, args) => {
                out.push_str("dyn ");
                self.write_args(out, self.name(self.traits[id.idx()].name), args);
            }
            TyKind::Union(parts) => {
                for (i, &part) in parts.iter().enumerate() {
                    if i > 0 {
                        out.push_str(" | ");
                    }
                    self.write_type(out, part);
                }
            }
            TyKind::Vector(n, elem) => {
                out.push_str(&format!("vec[{n}, "));
                self.write_type(out, *elem);
                out.push(']');
            }
            TyKind::Param(i) => {
                let of_body = self.bodies.get(self.current).map(|body| &body.scope.generics);
                match self.naming.as_ref().or(of_body).and_then(|g| g.get(*i as usize)) {
                    Some(generic) => out.push_str(self.name(generic.name)),
                    None => out.push_str(&format!("T{i}")),
                }
            }
            TyKind::Var(var) => match self.infer.kind(*var).default() {
                Some(default) => self.write_type(out, default),
                None => out.push('_'),
            },
        }
    }
}

/// A count with its noun.
pub(super) fn plural(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}
