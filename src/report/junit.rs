//! `--format junit`: a case a finding, for Jenkins, Azure DevOps and GitLab.
//!
//! It holds what both schemas of Jenkins allow and no more: a file that has more, or one control character, is rejected
//! whole. Of two cases of one name GitLab shows the first.
//! Source: `jenkins-junit.xsd` of junit5, `junit-10.xsd` of Jenkins' xunit-plugin; GitLab documentation, Unit test reports.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::Finished;
use super::coverage::counted;
use super::escape::visible;
use super::finding::{Finding, accepted, incomplete};

/// GitLab reads 30 MB, and 250,000 objects of which a case has at most three.
const BYTES_MAX: usize = 29_000_000;
const CASES_MAX: usize = 60_000;

/// How many accounts the name of a case holds.
const NAMES_MAX: usize = 5;

/// What became of a case.
enum Verdict {
    Passed,
    Failed(&'static str),
    Broken,
    Skipped,
}

/// A case, ready to write.
struct Case {
    name: String,
    class: String,
    verdict: Verdict,
    /// In a few words.
    message: String,
    /// Whole.
    body: String,
}

/// Appends the report.
pub fn write(out: &mut String, finished: &Finished<'_>) {
    let all = Finding::all(finished);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    push(&mut writer, Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    push(&mut writer, Event::Start(BytesStart::new("testsuites")));
    let groups = finished.by_organization(&all);
    let (bytes, cases) = (BYTES_MAX / groups.len(), CASES_MAX / groups.len());
    for (organization, findings) in groups {
        push_suite(&mut writer, organization, &suite(finished, organization, findings, bytes, cases));
    }
    push(&mut writer, Event::End(BytesEnd::new("testsuites")));
    out.push_str(&String::from_utf8_lossy(&writer.into_inner()));
    out.push('\n');
}

/// The cases of a suite, as many as may be; the worst where not all may.
fn suite(
    finished: &Finished<'_>,
    organization: Option<&str>,
    mut findings: Vec<&Finding<'_>>,
    bytes_max: usize,
    cases_max: usize,
) -> Vec<Case> {
    let mut cases: Vec<Case> = findings.iter().map(|finding| case(finished, finding)).collect();
    // Text may grow sixfold where it is escaped; that is looked at only where it could matter.
    let size = |case: &Case| 6 * (case.name.len() + case.class.len() + case.message.len() + case.body.len()) + 200;
    if cases.len() > cases_max || cases.iter().map(size).sum::<usize>() > bytes_max {
        findings.sort_by_key(|finding| finding.rank());
        let mut left = bytes_max;
        let fits = |case: &Case| {
            let escaped =
                [&case.name, &case.class, &case.message, &case.body].map(|text| quick_xml::escape::escape(text).len());
            left = left.saturating_sub(escaped.iter().sum::<usize>() + 200);
            left > 0
        };
        cases = findings.iter().map(|finding| case(finished, finding)).take(cases_max).take_while(fits).collect();
    }
    let more = findings.len() - cases.len();
    cases.insert(0, coverage(finished, organization, more));
    cases
}

fn case(finished: &Finished<'_>, finding: &Finding<'_>) -> Case {
    let said = finding.said;
    let message = finding.message();
    let place = finding.place().map(|place| format!("{}:{}: ", visible(place.file), place.line)).unwrap_or_default();
    let body = format!("{place}{}: {message}", said.severity.name());
    let (verdict, message) = match &said.waived {
        Some(waived) => (Verdict::Skipped, format!("{} {body}", accepted(waived))),
        None if finding.fails(finished.ending.fail_on) => (Verdict::Failed(said.severity.name()), message.into_owned()),
        None => (Verdict::Passed, String::new()),
    };
    Case { name: name(finding), class: format!("rolecall.{}", said.rule.name), verdict, message, body }
}

/// What a case is called from run to run, wherever the finding moves: whom it is about, and its fingerprint.
fn name(finding: &Finding<'_>) -> String {
    let accounts = finding.accounts();
    let mut words: Vec<String> = accounts.iter().take(NAMES_MAX).map(|name| name.to_string()).collect();
    if accounts.len() > NAMES_MAX {
        words.push(format!("and {} more", accounts.len() - NAMES_MAX));
    }
    let mut name = words.join(", ");
    if !name.is_empty() {
        name.push(' ');
    }
    name.push_str(&finding.fingerprint);
    name
}

/// The case that fails where nothing was checked: without one, no finding would read as a pass.
fn coverage(finished: &Finished<'_>, organization: Option<&str>, more: usize) -> Case {
    let why = visible(&finished.ending.why.join("; ")).into_owned();
    let kinds = incomplete(finished, organization);
    let mut body = if kinds.is_empty() { "complete".to_owned() } else { format!("not complete: {}", kinds.join(", ")) };
    if more > 0 {
        body += &format!("; {} more not shown", counted(more as u64, "finding"));
    }
    let verdict = if matches!(finished.ending.code, 2 | 3) { Verdict::Broken } else { Verdict::Passed };
    Case {
        name: "coverage".to_owned(),
        class: "rolecall".to_owned(),
        verdict,
        message: why,
        body: visible(&body).into_owned(),
    }
}

fn push_suite(writer: &mut Writer<Vec<u8>>, organization: Option<&str>, cases: &[Case]) {
    let count = |is: fn(&Verdict) -> bool| cases.iter().filter(|case| is(&case.verdict)).count().to_string();
    let mut suite = BytesStart::new("testsuite");
    suite.push_attribute(("name", &*organization.map_or("rolecall".into(), visible)));
    suite.push_attribute(("tests", cases.len().to_string().as_str()));
    suite.push_attribute(("failures", count(|verdict| matches!(verdict, Verdict::Failed(_))).as_str()));
    suite.push_attribute(("errors", count(|verdict| matches!(verdict, Verdict::Broken)).as_str()));
    suite.push_attribute(("skipped", count(|verdict| matches!(verdict, Verdict::Skipped)).as_str()));
    push(writer, Event::Start(suite));
    for case in cases {
        let mut start = BytesStart::new("testcase");
        start.push_attribute(("name", case.name.as_str()));
        start.push_attribute(("classname", case.class.as_str()));
        push(writer, Event::Start(start));
        push_verdict(writer, case);
        push(writer, Event::End(BytesEnd::new("testcase")));
    }
    push(writer, Event::End(BytesEnd::new("testsuite")));
}

fn push_verdict(writer: &mut Writer<Vec<u8>>, case: &Case) {
    let body = case.body.replace("[[ATTACHMENT|", "[\\u{5b}ATTACHMENT|");
    let (element, kind) = match case.verdict {
        Verdict::Passed => ("system-out", None),
        Verdict::Failed(level) => ("failure", Some(level)),
        Verdict::Broken => ("error", Some("coverage")),
        Verdict::Skipped => ("skipped", None),
    };
    let mut start = BytesStart::new(element);
    start.extend_attributes(kind.map(|kind| ("type", kind)));
    if element != "system-out" {
        start.push_attribute(("message", case.message.as_str()));
    }
    if element == "skipped" {
        push(writer, Event::Empty(start));
        return;
    }
    push(writer, Event::Start(start));
    // GitLab takes it for the path of a picture.
    push(writer, Event::Text(BytesText::new(&body)));
    push(writer, Event::End(BytesEnd::new(element)));
}

fn push(writer: &mut Writer<Vec<u8>>, event: Event<'_>) {
    let done = writer.write_event(event);
    debug_assert!(done.is_ok(), "writing to memory does not fail");
}
