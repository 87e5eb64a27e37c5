//! What a fix is, in words: the same sentence in every format.

use std::borrow::Cow;
use std::fmt::Write;

use super::escape::visible;
use crate::remedy::{Beyond, Fix, Remedy};
use crate::source::Sources;

/// What a fix is, and what else it gives.
pub(super) fn words(fix: &Fix, sources: &Sources<'_>) -> String {
    let mut text = visible(&fix.note).into_owned();
    if let Some(beyond) = &fix.beyond {
        text.push_str(&beyond_words(beyond));
    }
    let edited = fix.steps.iter().find_map(|step| match step {
        Remedy::Edit { at, text } => Some((sources.file(at.file), at, text)),
        _ => None,
    });
    if let Some((file, at, with)) = edited {
        let (line, column) = file.line_column(at.start);
        let _ = write!(text, "; in {}:{line}:{column} write `{}`", visible(&file.path), visible(with));
    }
    text
}

fn beyond_words(beyond: &Beyond) -> Cow<'static, str> {
    let cmdlets = if beyond.cmdlets == 1 { "1 cmdlet" } else { &format!("{} cmdlets", beyond.cmdlets) };
    Cow::Owned(match beyond.dangerous.as_slice() {
        [] => format!("; also gives {cmdlets}, none of them dangerous"),
        [one] => format!("; also gives {cmdlets}, of which `{one}` is dangerous"),
        [first, rest @ ..] => {
            format!("; also gives {cmdlets}, of which `{first}` and {} more are dangerous", rest.len())
        }
    })
}
