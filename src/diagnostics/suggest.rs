//! "Did you mean": the known word nearest to an unknown one.

/// The candidate nearest to `word`, if it is near enough to be what was meant: at most a third of the longer
/// word's letters differ (inserted, left out, changed, or two neighbours swapped), and words that differ only in
/// case always match. Of equally near ones the first wins, so a caller with ordered candidates is deterministic.
///
/// ```
/// use simplec::diagnostics::closest;
/// assert_eq!(closest("lenght", ["length", "left"].into_iter()), Some("length"));
/// assert_eq!(closest("x", ["length"].into_iter()), None);
/// ```
pub fn closest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().collect();
    let mut rows = Rows::default();
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        if candidate == word {
            continue;
        }
        if candidate.to_lowercase() == word.to_lowercase() {
            return Some(candidate);
        }
        let other: Vec<char> = candidate.chars().collect();
        let limit = letters.len().max(other.len()) / 3;
        let limit = best.map_or(limit, |(distance, _)| limit.min(distance.saturating_sub(1)));
        if let Some(distance) = rows.distance_within(&letters, &other, limit) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The three rows of the dynamic programme that are alive at a time, kept between candidates.
#[derive(Default)]
struct Rows {
    before: Vec<usize>,
    last: Vec<usize>,
    this: Vec<usize>,
}

impl Rows {
    /// The optimal string alignment distance (Levenshtein's with swaps of neighbours) when it is 1 to `limit`.
    fn distance_within(&mut self, a: &[char], b: &[char], limit: usize) -> Option<usize> {
        if limit == 0 || a.len().abs_diff(b.len()) > limit {
            return None;
        }
        self.last.clear();
        self.last.extend(0..=b.len());
        for i in 1..=a.len() {
            self.this.clear();
            self.this.push(i);
            for j in 1..=b.len() {
                let changed = self.last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut cost = changed.min(self.last[j] + 1).min(self.this[j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    cost = cost.min(self.before[j - 2] + 1);
                }
                self.this.push(cost);
            }
            if self.this.iter().min().is_none_or(|&least| least > limit) {
                return None;
            }
            std::mem::swap(&mut self.before, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.this);
        }
        self.last.last().copied().filter(|&distance| distance <= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn nearest_first_and_nothing_far() {
        let known = ["print", "eprint", "println", "parse_int"];
        let near = |word: &str| closest(word, known.into_iter());
        assert_eq!(near("prnit"), Some("print"), "a swap is one step");
        assert_eq!(near("eprin"), Some("eprint"));
        assert_eq!(near("parseint"), Some("parse_int"));
        assert_eq!(near("PRINT"), Some("print"), "case alone always matches");
        assert_eq!(near("sqrt"), None);
        assert_eq!(near(""), None);
        assert_eq!(closest("ab", ["cd", "a"].into_iter()), None, "half of a short word is not near");
    }

    #[test]
    fn ties_go_to_the_first() {
        assert_eq!(closest("cut", ["cat", "cot"].into_iter()), Some("cat"));
    }
}
