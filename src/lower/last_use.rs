//! Where a body reads variables for the last time: there what consumes the value takes the variable's own instead of a copy.

use rustc_hash::FxHashSet;

use super::walk::{children, walk};
use crate::hir::{Body, Expr, ExprKind, LocalId, PatternKind};

/// Reads of variables, by the addresses of their expressions, which stay where they are while a body is lowered.
#[derive(Default)]
pub(super) struct LastUses(FxHashSet<*const Expr>);

impl LastUses {
    /// The reads in a body behind which nothing mentions the variable, wherever its scope is left: they stand where it is
    /// declared, not in a branch or loop of their own, and alone in their statement, the other parts of which may have
    /// borrowed from it.
    pub fn of(body: &Body, params: usize) -> LastUses {
        let mut finder = Finder {
            region: Region(0),
            regions: 1,
            statements: vec![0],
            started: 1,
            variables: vec![Variable::default(); body.locals.len()],
        };
        let depth = usize::from(matches!(body.value.kind, ExprKind::Block(..)));
        for variable in &mut finder.variables[..params] {
            variable.declared = Some((Region(0), depth));
        }
        finder.visit(&body.value);
        LastUses(finder.variables.iter().filter_map(Variable::last_use).collect())
    }

    pub fn contains(&self, e: &Expr) -> bool {
        self.0.contains(&std::ptr::from_ref(e))
    }
}

/// Code that runs as often as its beginning, but for jumps out of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Region(u32);

#[derive(Clone, Copy, Default)]
struct Variable {
    /// Where, and in how many blocks.
    declared: Option<(Region, usize)>,
    last: Option<Mention>,
    /// It is mentioned by what runs later than it stands there, or has no value from its declaration on.
    is_kept: bool,
}

#[derive(Clone, Copy)]
struct Mention {
    at: *const Expr,
    region: Region,
    /// The statement of the block that declares the variable.
    statement: u32,
    /// Whether that statement mentions it elsewhere.
    is_one_of_many: bool,
}

impl Variable {
    fn last_use(&self) -> Option<*const Expr> {
        let ((region, _), last) = (self.declared?, self.last?);
        (!self.is_kept && last.region == region && !last.is_one_of_many).then_some(last.at)
    }
}

struct Finder {
    region: Region,
    regions: u32,
    /// The statement of each block around, and how many were begun.
    statements: Vec<u32>,
    started: u32,
    variables: Vec<Variable>,
}

impl Finder {
    fn apart(&mut self, e: &Expr) {
        let around = std::mem::replace(&mut self.region, Region(self.regions));
        self.regions += 1;
        self.visit(e);
        self.region = around;
    }

    fn keep(&mut self, local: LocalId) {
        self.variables[local.idx()].is_kept = true;
    }

    fn visit(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Local(local) => self.mention(*local, e),
            ExprKind::Let(pattern, init) => {
                self.visit(init);
                if let PatternKind::Bind(local) = pattern.kind {
                    self.variables[local.idx()].declared = Some((self.region, self.statements.len() - 1));
                }
            }
            ExprKind::Block(parts, _) => {
                self.statements.push(0);
                for part in parts {
                    if let Some(statement) = self.statements.last_mut() {
                        *statement = self.started;
                    }
                    self.started += 1;
                    self.visit(part);
                }
                self.statements.pop();
            }
            // It runs when the block is left.
            ExprKind::Defer(code) => walk(code, &mut |e| {
                if let ExprKind::Local(local) = e.kind {
                    self.keep(local);
                }
            }),
            ExprKind::Declare(local) => self.keep(*local),
            ExprKind::Assign(place, value) | ExprKind::AssignOp(_, place, value) => {
                self.visit(value);
                self.visit(place);
            }
            ExprKind::If(cond, then, otherwise) => {
                self.visit(cond);
                self.apart(then);
                otherwise.iter().for_each(|e| self.apart(e));
            }
            ExprKind::Match(value, arms) => {
                self.visit(value);
                for arm in arms {
                    arm.guard.iter().for_each(|e| self.apart(e));
                    self.apart(&arm.body);
                }
            }
            ExprKind::Logic(_, first, second) | ExprKind::Assert(first, second) => {
                self.visit(first);
                self.apart(second);
            }
            ExprKind::For { iter, body, .. } => {
                self.visit(iter);
                self.apart(body);
            }
            ExprKind::Loop(..) | ExprKind::While(..) => children(e, &mut |part| self.apart(part)),
            // Their parts run once each, one behind the other.
            ExprKind::Error
            | ExprKind::Unit
            | ExprKind::Literal(_)
            | ExprKind::Global(_)
            | ExprKind::FuncValue(..)
            | ExprKind::Tuple(_)
            | ExprKind::Array(_)
            | ExprKind::Repeat(..)
            | ExprKind::Range { .. }
            | ExprKind::Record(_)
            | ExprKind::Variant(..)
            | ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::Deref(_)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Compare(..)
            | ExprKind::Cast(_)
            | ExprKind::Upcast(_)
            | ExprKind::Narrow(_)
            | ExprKind::Unwrap(_)
            | ExprKind::Call { .. }
            | ExprKind::CallValue(..)
            | ExprKind::Print { .. }
            | ExprKind::Format(_)
            | ExprKind::Break(..)
            | ExprKind::Continue(_)
            | ExprKind::Return(_)
            | ExprKind::Initialise(..)
            | ExprKind::Panic(_) => children(e, &mut |part| self.visit(part)),
        }
    }

    fn mention(&mut self, local: LocalId, e: &Expr) {
        let variable = &mut self.variables[local.idx()];
        let depth = variable.declared.map_or(0, |(_, depth)| depth);
        let statement = self.statements[depth];
        let is_one_of_many = variable.last.is_some_and(|last| last.statement == statement);
        let at = std::ptr::from_ref(e);
        variable.last = Some(Mention { at, region: self.region, statement, is_one_of_many });
    }
}
