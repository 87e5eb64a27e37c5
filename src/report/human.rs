//! `--format human`: diagnostics for people, each with the lines it speaks of and the marks below them.
//!
//! miette draws; it is used in this file alone. It gets an excerpt of the marked lines rather than the files, because it
//! would print a line of 100 KB whole and scan a file from its start for every label.

mod excerpt;
mod wrap;

use std::borrow::Cow;
use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};

use super::escape::visible;
use super::{Finished, Style, accepted, coverage};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::remedy::Fix;
use crate::source::Sources;

use excerpt::Excerpt;

/// Appends the report.
pub fn write(out: &mut String, finished: &Finished<'_>, style: &Style) {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_context_lines(0)
        .with_links(false)
        // We break lines ourselves: what stands in backticks is for copying and stays whole.
        .with_wrap_lines(false)
        .without_syntax_highlighting();
    let mut before = None;
    for diagnostic in finished.diagnostics {
        push_diagnostic(out, &handler, finished.sources, &what_is_new(diagnostic, before), style.width);
        out.push('\n');
        before = Some(diagnostic);
    }
    coverage::push(out, finished);
}

/// The diagnostic without what the one before it has just shown: seven cmdlets that are missing for one reason show
/// the reason once.
fn what_is_new<'d>(diagnostic: &'d Diagnostic, before: Option<&Diagnostic>) -> Cow<'d, Diagnostic> {
    let alike = |before: &&Diagnostic| {
        let same_subject = before.rule == diagnostic.rule && before.subject.account == diagnostic.subject.account;
        same_subject && !before.fixes.is_empty() && before.fixes == diagnostic.fixes
    };
    let Some(before) = before.filter(alike) else { return Cow::Borrowed(diagnostic) };
    let labels: Vec<Label> = diagnostic.labels.iter().filter(|label| !before.labels.contains(label)).cloned().collect();
    if labels.is_empty() || labels.len() == diagnostic.labels.len() {
        return Cow::Borrowed(diagnostic);
    }
    Cow::Owned(Diagnostic { labels, fixes: vec![Fix::policy("as above")], ..diagnostic.clone() })
}

fn push_diagnostic(
    out: &mut String,
    handler: &GraphicalReportHandler,
    sources: &Sources<'_>,
    diagnostic: &Diagnostic,
    width: usize,
) {
    let drawn = Drawn::of(sources, diagnostic, width);
    let before = out.len();
    if handler.render_report(out, &drawn).is_err() {
        // Only an excerpt without a label's line could fail; the diagnostic must show all the same.
        debug_assert!(false, "every label stands in the excerpt");
        out.truncate(before);
        super::concise::push_line(out, sources, diagnostic, &Style { color: false, width });
    }
}

/// A diagnostic as miette wants it: everything escaped and wrapped.
#[derive(Debug)]
struct Drawn {
    code: String,
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    excerpt: Excerpt,
}

impl Drawn {
    fn of(sources: &Sources<'_>, diagnostic: &Diagnostic, width: usize) -> Self {
        /// What stands before the message and before the help.
        const MESSAGE_INDENT: usize = 4;
        const HELP_INDENT: usize = 8;
        let message = format!("{}{}", diagnostic.message, accepted(diagnostic));
        let message = wrap::wrap(&visible(&message), width.saturating_sub(MESSAGE_INDENT));
        let help = |help: &String| wrap::wrap(&visible(help), width.saturating_sub(HELP_INDENT));
        Self {
            code: format!("{}[{}]", diagnostic.severity.name(), diagnostic.rule.0),
            severity: match diagnostic.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Note => miette::Severity::Advice,
            },
            message,
            help: crate::powershell::help(&diagnostic.fixes).as_ref().map(help),
            excerpt: Excerpt::of(sources, &diagnostic.labels, width),
        }
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Drawn {}

impl miette::Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.marks.iter().map(|mark| {
            let text = Some(mark.text.clone()).filter(|text| !text.is_empty());
            let span = (mark.start, mark.end - mark.start);
            if mark.primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let rows = self.rows_of(span.offset(), span.offset() + span.len()).ok_or(MietteError::OutOfBounds)?;
        let (first, last) = (&rows[0], &rows[rows.len() - 1]);
        Ok(Box::new(MietteSpanContents::new_named(
            first.path.clone(),
            &self.text.as_bytes()[first.start..last.end],
            (first.start, last.end - first.start).into(),
            first.line as usize - 1,
            self.column_of(span.offset()) as usize - 1,
            rows.len(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::Sample;

    fn drawn(style: &Style) -> String {
        let sample = Sample::new();
        let mut out = String::new();
        write(&mut out, &sample.finished(), style);
        out
    }

    #[test]
    fn the_sample_is_drawn() {
        insta::assert_snapshot!(drawn(&Style::default()));
    }

    #[test]
    fn every_diagnostic_every_label_and_every_place_is_shown() {
        let sample = Sample::new();
        let out = drawn(&Style::default());
        for diagnostic in &sample.diagnostics {
            assert!(out.contains(&format!("{}[{}]", diagnostic.severity.name(), diagnostic.rule.0)));
            for label in &diagnostic.labels {
                assert!(out.contains(&*visible(&label.text)), "{}", label.text);
            }
        }
    }

    #[test]
    fn nothing_hidden_reaches_the_terminal_and_lines_keep_the_width() {
        let out = drawn(&Style { color: false, width: 60 });
        assert!(!out.contains(|char| crate::hidden::is_hidden(char) || char == '\u{1b}' || char == '\r'));
        let rows = out.lines().filter(|line| line.trim_start().starts_with(|char: char| char.is_ascii_digit()));
        assert!(rows.clone().count() > 5 && rows.clone().any(|row| row.contains("│ …")));
        for row in rows.filter(|row| row.contains('│')) {
            assert!(unicode_width::UnicodeWidthStr::width(row) <= 60, "{row}");
        }
    }

    #[test]
    fn colours_are_written_only_when_asked_for_and_links_never() {
        let colored = drawn(&Style { color: true, width: 100 });
        assert!(colored.contains("\u{1b}[31m") && !colored.contains("\u{1b}]8"));
    }
}
