//! What a fix is, in words and as what is pasted: the same in every format.

use std::borrow::Cow;
use std::fmt::Write;

use super::escape::visible;
use crate::powershell::commands;
use crate::remedy::{Beyond, Fix, Remedy};
use crate::source::{SourceFile, Sources, Span};

/// What a fix is, and what else it gives.
pub(super) fn words(fix: &Fix, sources: &Sources<'_>) -> String {
    let mut text = visible(&fix.note).into_owned();
    if let Some(beyond) = &fix.beyond {
        text.push_str(&beyond_words(beyond));
    }
    match edit(fix, sources) {
        Some(edit) if is_added(&edit) => {
            let file = edit.0;
            let _ = write!(text, "; add to {}:", visible(&file.path));
        }
        Some((file, at, with)) => {
            let (line, column) = file.line_column(at.start);
            let _ = write!(text, "; in {}:{line}:{column} write `{}`", visible(&file.path), visible(with));
        }
        None => {}
    }
    text
}

/// What is pasted, line by line: commands, or what is added to a policy file.
pub(super) fn pasted(fix: &Fix, sources: &Sources<'_>) -> Vec<String> {
    let added = edit(fix, sources).filter(is_added).map_or("", |(_, _, text)| text.trim_matches('\n'));
    let added = added.lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned);
    commands(&fix.steps).into_iter().chain(added).collect()
}

/// An edit: the file that it changes, where, and the new text.
type Edit<'f> = (&'f SourceFile<'f>, Span, &'f str);

fn edit<'f>(fix: &'f Fix, sources: &'f Sources<'_>) -> Option<Edit<'f>> {
    fix.steps.iter().find_map(|step| match step {
        Remedy::Edit { at, text } => Some((sources.file(at.file), *at, text.as_str())),
        _ => None,
    })
}

/// Whether an edit adds to the end of a file, and replaces nothing.
fn is_added((file, at, _): &Edit<'_>) -> bool {
    at.start == file.span().end
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
