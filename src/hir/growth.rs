//! Type parameters that grow: types and functions that lead back to themselves with ever larger type arguments, of which
//! there would be copies without end.
//!
//! Each type parameter is a node. Where `A<T>` mentions `B<X>`, the edges lead from the parameters in X to B's: growing ones,
//! if X is more than the parameter alone. The copies are without end exactly where a growing edge lies on a cycle
//! (Kennedy and Pierce, "On Decidability of Nominal Subtyping with Variance", 2007, section 7).

use std::collections::BTreeMap;

use super::types::{Ty, TyKind, Types};

/// What mentions what, by type parameters.
pub(super) struct Growth {
    /// By owner, the node of its first parameter; behind the last, the number of nodes.
    first: Vec<usize>,
    /// By node: where its edges lead, and whether they grow.
    edges: Vec<Vec<(usize, bool)>>,
}

impl Growth {
    /// Of owners with these numbers of type parameters.
    pub fn new(params: impl Iterator<Item = usize>) -> Growth {
        let mut first = vec![0];
        first.extend(params.scan(0, |nodes, params| {
            *nodes += params;
            Some(*nodes)
        }));
        let nodes = first.last().copied().unwrap_or(0);
        Growth { first, edges: vec![Vec::new(); nodes] }
    }

    /// Notes that an owner mentions another with type arguments over its own type parameters.
    pub fn mentions(&mut self, types: &Types, owner: usize, other: usize, args: &[Ty]) {
        for (to, &arg) in (self.first[other]..self.first[other + 1]).zip(args) {
            self.lead(types, owner, to, arg, false);
        }
    }

    fn lead(&mut self, types: &Types, owner: usize, to: usize, ty: Ty, grows: bool) {
        if let TyKind::Param(param) = *types.get(ty) {
            let from = self.first[owner] + param as usize;
            if from < self.first[owner + 1] {
                self.edges[from].push((to, grows));
            }
        }
        types.each_part(types.get(ty), &mut |part| self.lead(types, owner, to, part, true));
    }

    /// The owners that would need copies without end, in order, each with those whose mention in it makes it so.
    pub fn endless(&self) -> BTreeMap<usize, Vec<usize>> {
        let group = self.groups();
        let mut endless: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (node, edges) in self.edges.iter().enumerate() {
            for &(to, _) in edges.iter().filter(|&&(to, grows)| grows && group[to] == group[node]) {
                endless.entry(self.owner(node)).or_default().push(self.owner(to));
            }
        }
        endless
    }

    fn owner(&self, node: usize) -> usize {
        self.first.partition_point(|&first| first <= node) - 1
    }

    /// By node, a number that it shares with those which it leads to and which lead back (Tarjan's algorithm).
    fn groups(&self) -> Vec<usize> {
        const NEW: usize = usize::MAX;
        let count = self.edges.len();
        let (mut found, mut lowest, mut group) = (vec![NEW; count], vec![NEW; count], vec![NEW; count]);
        let (mut open, mut path, mut next) = (Vec::new(), Vec::new(), 0);
        for start in (0..count).filter(|&node| !self.edges[node].is_empty()) {
            if found[start] == NEW {
                path.push((start, 0));
            }
            while let Some((node, edge)) = path.pop() {
                if edge == 0 {
                    (found[node], lowest[node]) = (next, next);
                    next += 1;
                    open.push(node);
                } else {
                    let (to, _) = self.edges[node][edge - 1];
                    lowest[node] = lowest[node].min(lowest[to]);
                }
                match self.edges[node].get(edge) {
                    Some(&(to, _)) => {
                        path.push((node, edge + 1));
                        if found[to] == NEW {
                            path.push((to, 0));
                        }
                    }
                    None if lowest[node] == found[node] => {
                        while let Some(member) = open.pop() {
                            // What leads here later is in no cycle with it.
                            (group[member], lowest[member]) = (node, NEW);
                            if member == node {
                                break;
                            }
                        }
                    }
                    None => {}
                }
            }
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The endless ones among owners with one type parameter, by what each mentions: another, with how many arrays around
    /// the parameter.
    fn endless(mentions: &[&[(usize, u32)]]) -> Vec<usize> {
        let mut types = Types::default();
        let mut growth = Growth::new(mentions.iter().map(|_| 1));
        for (owner, mentioned) in mentions.iter().enumerate() {
            for &(other, arrays) in *mentioned {
                let param = types.intern(TyKind::Param(0));
                let arg = (0..arrays).fold(param, |ty, _| types.intern(TyKind::Array(ty)));
                growth.mentions(&types, owner, other, &[arg]);
            }
        }
        growth.endless().into_keys().collect()
    }

    #[test]
    fn only_a_cycle_that_grows_is_endless() {
        assert_eq!(endless(&[&[(0, 0)]]), [0; 0], "a list");
        assert_eq!(endless(&[&[(0, 1)]]), [0], "a nest");
        assert_eq!(endless(&[&[(1, 1)], &[(2, 1)], &[]]), [0; 0], "no cycle");
        assert_eq!(endless(&[&[(1, 0)], &[(2, 1)], &[(0, 0)]]), [1], "at one place of a cycle");
        assert_eq!(endless(&[&[(1, 1)], &[(1, 0), (2, 0)], &[(1, 0)]]), [0; 0], "into a cycle");
        assert_eq!(endless(&[&[(1, 0), (2, 2)], &[(0, 0)], &[(2, 0)]]), [0; 0], "out of a cycle");
        assert_eq!(endless(&[&[(0, 1), (0, 2)], &[(0, 0), (1, 3)]]), [0, 1], "several");
    }
}
