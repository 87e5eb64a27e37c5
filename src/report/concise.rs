//! `--format concise`: one line a diagnostic, `path:line:column: error[rule]: message`.

use std::fmt::Write;

use super::escape::visible;
use super::{Finished, Style, accepted, coverage};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceFile, Sources};

/// Appends the report.
pub fn write(out: &mut String, finished: &Finished<'_>, style: &Style) {
    for diagnostic in finished.diagnostics {
        push_line(out, finished.sources, diagnostic, style);
    }
    coverage::push(out, finished);
}

/// Appends one diagnostic as one line.
pub fn push_line(out: &mut String, sources: &Sources<'_>, diagnostic: &Diagnostic, style: &Style) {
    let file = diagnostic.labels.first().map(|label| sources.file(label.span.file));
    push_line_in(out, file, diagnostic, style);
}

/// Appends one diagnostic whose place is in `file`; `None` where it has no place.
pub fn push_line_in(out: &mut String, file: Option<&SourceFile<'_>>, diagnostic: &Diagnostic, style: &Style) {
    if let (Some(file), Some(label)) = (file, diagnostic.labels.first()) {
        let (line, column) = file.line_column(label.span.start);
        // Writing to a string cannot fail.
        let _ = write!(out, "{}:{line}:{column}: ", visible(&file.path));
    }
    let (on, off) = if style.color { (color(diagnostic.severity), "\u{1b}[0m") } else { ("", "") };
    let (severity, rule) = (diagnostic.severity.name(), diagnostic.rule.name);
    let accepted = accepted(diagnostic);
    let _ = writeln!(out, "{on}{severity}[{rule}]{off}: {}{}", visible(&diagnostic.text()), visible(&accepted));
}

/// The terminal's own red, yellow and cyan, which a reader's theme has made legible.
const fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\u{1b}[31m",
        Severity::Warning => "\u{1b}[33m",
        Severity::Note => "\u{1b}[36m",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::Sample;

    #[test]
    fn each_diagnostic_is_one_line() {
        let sample = Sample::new();
        let mut out = String::new();
        write(&mut out, &sample.finished(), &Style::default());
        for diagnostic in &sample.diagnostics {
            assert!(out.contains(&format!("{}[{}]: ", diagnostic.severity.name(), diagnostic.rule.name)));
        }
        insta::assert_snapshot!(out);
    }

    #[test]
    fn colours_are_written_only_when_asked_for() {
        let sample = Sample::new();
        let (mut plain, mut colored) = (String::new(), String::new());
        write(&mut plain, &sample.finished(), &Style::default());
        write(&mut colored, &sample.finished(), &Style { color: true, width: 100 });
        assert!(!plain.contains('\u{1b}'));
        let bare = ["\u{1b}[31m", "\u{1b}[33m", "\u{1b}[36m", "\u{1b}[0m"]
            .iter()
            .fold(colored.clone(), |text, code| text.replace(code, ""));
        assert!(colored != plain && bare == plain);
    }
}
