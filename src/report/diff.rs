//! `rolecall diff`: what changed between two exports.

mod human;
mod markdown;
mod words;

use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Label};
use crate::diff::{Cause, Cells, Change, Diff, Direction, Object, Open, Place, Side};
use crate::source::Sources;

use super::access::push_gap;
use super::escape::{push_json, push_list};

/// One side as it was read.
#[derive(Debug)]
pub struct Read<'a> {
    /// What was named.
    pub path: String,
    /// The commit, where it is one; `index` for what is staged.
    pub revision: Option<String>,
    /// Its files.
    pub sources: &'a Sources<'a>,
    /// How many files were read.
    pub files: u64,
    /// How many records they hold.
    pub records: u64,
    /// Why these may not be all, each a word.
    pub reasons: Vec<String>,
}

/// A comparison, ready to print.
#[derive(Debug)]
pub struct Compared<'a> {
    /// The sides, the old one first.
    pub sides: [Read<'a>; 2],
    /// What differs.
    pub diff: &'a Diff,
    /// Findings of the policy that are new, and those that are gone; each with the side that its labels point into.
    pub findings: [Vec<Diagnostic>; 2],
}

/// The counts, in accounts.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    gained: usize,
    lost: usize,
    open: usize,
    dangerous: usize,
}

impl Compared<'_> {
    fn counts(&self) -> Counts {
        let of = |counts: &dyn Fn(&&Change) -> bool| {
            let names = self.diff.changes.iter().filter(counts).flat_map(|change| &change.accounts);
            names.collect::<std::collections::BTreeSet<_>>().len()
        };
        let open = self.diff.open.iter().map(|open| &open.account).collect::<std::collections::BTreeSet<_>>().len();
        Counts {
            gained: of(&|change| change.direction == Direction::Gained),
            lost: of(&|change| change.direction == Direction::Lost),
            open,
            dangerous: of(&|change| !change.dangerous.is_empty()),
        }
    }

    fn sources(&self, side: Side) -> &Sources<'_> {
        match side {
            Side::Old => self.sides[0].sources,
            Side::New => self.sides[1].sources,
        }
    }

    /// `file:line:column` of a place.
    fn shown(&self, place: Place) -> String {
        let file = self.sources(place.side).file(place.at.file);
        let (line, column) = file.line_column(place.at.start);
        format!("{}:{line}:{column}", file.path)
    }

    /// Appends it as one JSON object.
    ///
    /// Shape: `docs/schemas/diff.schema.json`.
    pub fn push_json(&self, out: &mut String) {
        out.push_str("{\"version\":1,\"old\":");
        self.sides[0].push_json(out);
        out.push_str(",\"new\":");
        self.sides[1].push_json(out);
        let Counts { gained, lost, open, dangerous } = self.counts();
        let [new, fixed] = self.findings.each_ref().map(Vec::len);
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            ",\"summary\":{{\"accounts\":{},\"gained\":{gained},\"lost\":{lost},\"open\":{open},\"dangerous\":{dangerous},\"renamed\":{},\"new_findings\":{new},\"fixed_findings\":{fixed}}}",
            self.diff.accounts,
            self.diff.renamed.len()
        );
        push_list(out, ",\"changes\":", &self.diff.changes, |out, change| self.push_change(out, change));
        push_list(out, ",\"escalations\":", &self.diff.escalations, |out, raised| {
            push_text(out, "{\"account\":", &raised.account);
            push_text(out, ",\"gains\":{\"kind\":", raised.kind);
            push_text(out, ",\"name\":", &raised.name);
            let _ = write!(out, "}},\"steps\":{}}}", raised.steps);
        });
        push_list(out, ",\"open\":", &self.diff.open, |out, open| self.push_open(out, open));
        push_list(out, ",\"renamed\":", &self.diff.renamed, push_object);
        push_list(out, ",\"replaced\":", &self.diff.replaced, push_object);
        out.push_str(",\"findings\":{");
        for (index, (key, side)) in [("new", Side::New), ("fixed", Side::Old)].into_iter().enumerate() {
            let _ = write!(out, "{}\"{key}\":", if index > 0 { "," } else { "" });
            push_list(out, "", &self.findings[index], |out, diagnostic| {
                super::json::push_diagnostic(out, self.sources(side), diagnostic);
            });
        }
        out.push_str("}}\n");
    }

    fn push_change(&self, out: &mut String, change: &Change) {
        push_text(out, "{\"change\":", change.direction.name());
        push_texts(out, ",\"accounts\":", &change.accounts);
        push_texts(out, ",\"dangerous\":", &change.dangerous);
        push_list(out, ",\"causes\":", &change.causes, |out, cause| self.push_cause(out, cause));
        push_list(out, ",\"cmdlets\":", &change.cmdlets, push_cells);
        out.push('}');
    }

    fn push_cause(&self, out: &mut String, cause: &Cause) {
        push_text(out, "{\"kind\":", cause.kind.name());
        push_text(out, ",\"object\":", &cause.object);
        for (key, text) in [("member", &cause.member), ("was", &cause.was), ("is", &cause.is)] {
            let _ = write!(out, ",\"{key}\":");
            match text {
                Some(text) => push_json(out, text),
                None => out.push_str("null"),
            }
        }
        let _ = write!(out, ",\"update\":{},\"location\":", cause.update);
        match cause.place {
            Some(place) => {
                super::json::push_location(out, self.sources(place.side), &Label::new(place.at, ""), true);
            }
            None => out.push_str("null"),
        }
        out.push('}');
    }

    fn push_open(&self, out: &mut String, open: &Open) {
        push_text(out, "{\"account\":", &open.account);
        push_text(out, ",\"side\":", open.side.name());
        push_text(out, ",\"might\":", open.might.name());
        match &open.cmdlets {
            Some(cmdlets) => push_texts(out, ",\"cmdlets\":", cmdlets),
            None => out.push_str(",\"cmdlets\":null"),
        }
        push_list(out, ",\"gaps\":", &open.gaps, |out, gap| push_gap(out, gap, self.sources(open.side)));
        out.push('}');
    }
}

impl Read<'_> {
    fn push_json(&self, out: &mut String) {
        push_text(out, "{\"path\":", &self.path);
        out.push_str(",\"revision\":");
        match &self.revision {
            Some(revision) => push_json(out, revision),
            None => out.push_str("null"),
        }
        let complete = self.reasons.is_empty();
        // Writing to a string cannot fail.
        let _ = write!(out, ",\"files\":{},\"records\":{},\"complete\":{complete}", self.files, self.records);
        push_texts(out, ",\"reasons\":", &self.reasons);
        out.push('}');
    }
}

fn push_cells(out: &mut String, cells: &Cells) {
    push_text(out, "{\"cmdlet\":", &cells.cmdlet);
    // Writing to a string cannot fail.
    let _ = write!(out, ",\"whole\":{}", cells.whole);
    push_texts(out, ",\"parameters\":", &cells.parameters);
    push_text(out, ",\"scope\":{\"recipient\":", &cells.recipients);
    push_text(out, ",\"config\":", &cells.configuration);
    out.push_str("}}");
}

fn push_object(out: &mut String, object: &Object) {
    push_text(out, "{\"kind\":", object.kind.name());
    push_text(out, ",\"old\":", &object.old);
    push_text(out, ",\"new\":", &object.new);
    out.push_str(",\"guid\":");
    match &object.id {
        Some(id) => push_json(out, id),
        None => out.push_str("null"),
    }
    out.push('}');
}

fn push_text(out: &mut String, before: &str, text: &str) {
    out.push_str(before);
    push_json(out, text);
}

fn push_texts(out: &mut String, before: &str, texts: &[String]) {
    push_list(out, before, texts, |out, text| push_json(out, text));
}
