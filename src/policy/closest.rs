//! "Did you mean": the one word of a list that a typo comes closest to.

use crate::name::fold;

/// Returns the candidate that `word` most likely means, if any is near enough to be worth saying.
///
/// Of equally near ones the first counts, so a fixed list gives a fixed answer.
#[must_use]
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // Beyond a third of the word a suggestion confuses more than it helps.
    let distance_max = (word.chars().count() / 3).max(1);
    let word = fold(word);
    let mut best: Option<(usize, &str)> = None;
    let length = word.chars().count();
    for candidate in candidates {
        let folded = fold(candidate);
        // A distance is never less than the difference in length, which costs little to see.
        if folded.chars().count().abs_diff(length) > distance_max {
            continue;
        }
        let distance = strsim::osa_distance(&word, &folded);
        if distance <= distance_max && best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
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
    }
}
