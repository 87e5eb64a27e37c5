//! "Did you mean": the one word of a list that a typo comes closest to.

use crate::name::fold;

/// How many pairs of words `Candidates` compare: with each of many words a long list would be looked through again. The
/// last words then get no suggestion, where so much is unknown that none helps.
const COMPARISONS_MAX: usize = 1 << 19;

/// Returns the candidate that `word` most likely means, if any is near enough to be worth saying.
///
/// Of equally near ones the first counts, so a fixed list gives a fixed answer. A long word may also be how a longer one
/// begins.
#[must_use]
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    const LONG: usize = 8;
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let length = word.chars().count();
    let near = Candidates::new(candidates.iter().copied()).closest(word);
    if near.is_some() || length < LONG {
        return near;
    }
    let end = |candidate: &str| candidate.char_indices().nth(length).map_or(candidate.len(), |(end, _)| end);
    let near = Candidates::new(candidates.iter().map(|candidate| &candidate[..end(candidate)])).closest(word)?;
    candidates.into_iter().find(|candidate| candidate.starts_with(near))
}

/// Words that many others may have meant.
#[derive(Clone, Debug)]
pub struct Candidates<'c> {
    /// Each with its folded form and the letters of that.
    words: Vec<(&'c str, String, Letters)>,
    /// How many more are compared.
    left: usize,
}

impl<'c> Candidates<'c> {
    /// Prepares some words.
    pub fn new(words: impl IntoIterator<Item = &'c str>) -> Self {
        let word = |word: &'c str| {
            let folded = fold(word);
            let letters = letters_of(&folded);
            (word, folded, letters)
        };
        Self { words: words.into_iter().map(word).collect(), left: COMPARISONS_MAX }
    }

    /// The candidate that `word` most likely means, as `closest` finds it.
    pub fn closest(&mut self, word: &str) -> Option<&'c str> {
        if self.left == 0 {
            return None;
        }
        self.left = self.left.saturating_sub(self.words.len());
        // Beyond a third of the word a suggestion confuses more than it helps.
        let distance_max = (word.chars().count() / 3).max(1);
        let word = fold(word);
        let letters = letters_of(&word);
        let mut best: Option<(usize, &str)> = None;
        for (candidate, folded, its) in &self.words {
            let nearer = best.map_or(distance_max, |(nearest, _)| nearest.saturating_sub(1));
            if distance_min(&letters, its) > nearer {
                continue;
            }
            let distance = strsim::osa_distance(&word, folded);
            if distance <= nearer {
                best = Some((distance, candidate));
            }
            if distance == 0 {
                break;
            }
        }
        best.map(|(_, candidate)| candidate)
    }
}

/// How often letters occur, each counted with all others of the same remainder.
type Letters = [u16; 32];

fn letters_of(word: &str) -> Letters {
    let mut letters = [0_u16; 32];
    for char in word.chars() {
        let count = &mut letters[char as usize % letters.len()];
        *count = count.saturating_add(1);
    }
    letters
}

/// A distance that words of these letters have at least: each step adds a letter, takes one away, or does both. It costs
/// little to see, and few candidates of a long list are nearer.
fn distance_min(left: &Letters, right: &Letters) -> usize {
    let missing = |from: &Letters, other: &Letters| -> usize {
        from.iter().zip(other).map(|(count, others)| usize::from(count.saturating_sub(*others))).sum()
    };
    missing(left, right).max(missing(right, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word_and_another_word_finds_nothing() {
        let words = ["cmdlets", "account", "pack"];
        assert_eq!(closest("cmdlet", words), Some("cmdlets"));
        assert_eq!(closest("Acount", words), Some("account"));
        assert_eq!(closest("reason", words), None);
        assert_eq!(closest("pcak", words), Some("pack"));
        assert_eq!(closest("b", ["c", "a"]), Some("c"), "the first of equally near ones");
    }

    #[test]
    fn where_nearly_all_is_unknown_the_last_words_get_no_suggestion() {
        let words: Vec<String> = (0..1000).map(|number| format!("user{number:04}")).collect();
        let mut candidates = Candidates::new(words.iter().map(String::as_str));
        assert_eq!(candidates.closest("usr0007"), Some("user0007"));
        let found = (0..1000).filter(|_| candidates.closest("usr0007").is_some()).count();
        assert_eq!(found, COMPARISONS_MAX / 1000);
    }

    #[test]
    fn letters_never_hide_a_near_word() {
        let words = [
            "",
            "a",
            "ab",
            "ba",
            "abc",
            "aabb",
            "Get-Mailbox",
            "Set-Mailbox",
            "get-mailobx",
            "Größe",
            "größen",
            "x`1!",
        ];
        for (word, other) in words.iter().flat_map(|word| words.iter().map(move |other| (word, other))) {
            let least = distance_min(&letters_of(&fold(word)), &letters_of(&fold(other)));
            assert!(least <= strsim::osa_distance(&fold(word), &fold(other)), "{word} {other}");
        }
    }
}
