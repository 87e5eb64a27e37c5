//! When a transcript began: the one date that a console writes into its output.

use crate::source::{SourceFile, Span};

use super::View;

/// Returns the day on which the transcript in a file began, as `2026-03-02`, and where it says so.
///
/// Source: the `TranscriptPrologue` of PowerShell's resources. The words are localized; the moment behind the colon is
/// not, and is written as `20260302070011`.
#[must_use]
pub fn transcript_day(file: &SourceFile<'_>) -> Option<(String, Span)> {
    /// The moment stands in the third line of the header, in every version.
    const LINES_MAX: usize = 6;
    let view = View::new(file);
    let mut lines = view.text().trim_start_matches('\u{feff}').lines();
    if !is_frame(lines.next()?) {
        return None;
    }
    let moment = lines.take(LINES_MAX).take_while(|line| !is_frame(line)).find_map(|line| {
        let moment = line.rsplit([':', ' ', '\u{FF1A}', '\u{A0}']).next()?.trim_end();
        is_moment(moment).then_some(moment)
    })?;
    let day = format!("{}-{}-{}", &moment[..4], &moment[4..6], &moment[6..8]);
    Some((day, view.span_of(moment)))
}

fn is_frame(line: &str) -> bool {
    let line = line.trim_end();
    line.len() == 22 && line.bytes().all(|byte| byte == b'*')
}

/// Whether a text is fourteen digits whose first eight can be a day.
fn is_moment(text: &str) -> bool {
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(0);
    text.len() == 14
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (2006..2100).contains(&number(0, 4))
        && (1..=12).contains(&number(4, 6))
        && (1..=31).contains(&number(6, 8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn day(text: &str) -> Option<String> {
        let file = SourceFile::decode(FileId(0), "a.txt".into(), text.as_bytes()).expect("small");
        transcript_day(&file).map(|(day, at)| format!("{day} {}", file.slice(at)))
    }

    #[test]
    fn a_transcript_says_when_it_began_in_any_language() {
        let stars = "*".repeat(22);
        let start = |line: &str| {
            format!("{stars}\r\nWindows PowerShell transcript start\r\n{line}\r\nUsername: x\r\n{stars}\r\n")
        };
        assert_eq!(day(&start("Start time: 20260302070011")), Some("2026-03-02 20260302070011".into()));
        assert_eq!(day(&start("Startzeit: 20260302070011")), Some("2026-03-02 20260302070011".into()));
        assert_eq!(day(&start("開始時刻：20260302070011")), Some("2026-03-02 20260302070011".into()));
        assert_eq!(day(&start("Start time: 20261302070011")), None);
        assert_eq!(day("Start time: 20260302070011\r\n"), None);
        assert_eq!(day(""), None);
    }
}
