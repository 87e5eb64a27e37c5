//! `Wildcard`: a pattern for names.

/// A pattern in which `*` stands for any text and `?` for one character; without case.
#[derive(Clone, Debug)]
pub struct Wildcard {
    folded: Vec<char>,
    /// The ASCII letters before anything wild.
    start: String,
}

impl Wildcard {
    /// A pattern, to be held against many names.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        let folded: Vec<char> = pattern.chars().flat_map(char::to_lowercase).collect();
        let start = folded.iter().take_while(|char| char.is_ascii() && !matches!(char, '*' | '?')).collect();
        Self { folded, start }
    }

    /// Whether a whole name fits.
    ///
    /// Linear in the name for each star: the last star is the only one that is ever moved.
    #[must_use]
    #[inline]
    pub fn matches(&self, name: &str) -> bool {
        // Most names differ in their first letter.
        if let (Some(&first), Some(&letter)) = (self.folded.first(), name.as_bytes().first())
            && !matches!(first, '*' | '?')
            && letter.is_ascii()
            && char::from(letter.to_ascii_lowercase()) != first
        {
            return false;
        }
        self.matches_whole(name)
    }

    fn matches_whole(&self, name: &str) -> bool {
        if name.is_ascii() {
            let bytes = name.as_bytes();
            // Most names that are held against a pattern do not begin as it does.
            if !bytes.get(..self.start.len()).is_some_and(|start| start.eq_ignore_ascii_case(self.start.as_bytes())) {
                return false;
            }
            self.matches_letters(bytes.len(), |index| char::from(bytes[index].to_ascii_lowercase()))
        } else {
            let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
            self.matches_letters(letters.len(), |index| letters[index])
        }
    }

    fn matches_letters(&self, length: usize, letter: impl Fn(usize) -> char) -> bool {
        let pattern = &self.folded;
        let (mut at, mut from) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while from < length {
            if at < pattern.len() && pattern[at] == '*' {
                star = Some((at, from));
                at += 1;
            } else if at < pattern.len() && (pattern[at] == '?' || pattern[at] == letter(from)) {
                at += 1;
                from += 1;
            } else if let Some((star_at, star_from)) = star {
                star = Some((star_at, star_from + 1));
                at = star_at + 1;
                from = star_from + 1;
            } else {
                return false;
            }
        }
        pattern[at..].iter().all(|char| *char == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_letter() {
        for (pattern, name, fits) in [
            ("svc-*", "SVC-Intune", true),
            ("svc-*", "adm-svc-", false),
            ("*-1?", "svc-10", true),
            ("*-1?", "svc-1", false),
            ("z?rich", "Zürich", true),
            ("*a*b", "aab", true),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(Wildcard::new(pattern).matches(name), fits, "{pattern} on {name}");
        }
    }
}
