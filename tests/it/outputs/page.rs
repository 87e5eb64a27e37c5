//! The HTML report: everything is in it, nothing of an export is obeyed by a browser, and every link leads somewhere. What
//! a browser makes of it is in `.ci/outputs`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::said::{attribute, unescape};
use super::{ENDINGS, NAMES, accepted, check, ending, hostile};

/// The tags of a page, each with its attributes and the text up to the next tag.
fn tags(page: &str) -> Vec<(&str, &str)> {
    // The script and the style are ours, and stand as they are.
    page.split('<').skip(1).filter_map(|part| part.split_once('>')).collect()
}

fn values(page: &str, name: &str) -> Vec<String> {
    tags(page).iter().filter_map(|(tag, _)| attribute(&format!(" {tag}"), name)).collect()
}

fn visible(text: &str) -> String {
    rolecall::report::escape::visible(text).into_owned()
}

#[test]
fn it_holds_every_quote_every_answer_and_every_count() {
    for folder in [accepted(), hostile(), crate::organizations::copy()] {
        let page = check(&folder, "html", &[]).stdout;
        let report = check(&folder, "json", &[]).json();
        let summary = &report["summary"];
        let mut quotes: Vec<(String, String)> = Vec::new();
        for place in report["diagnostics"]
            .as_array()
            .expect("a list")
            .iter()
            .flat_map(|one| one["locations"].as_array().expect("a list"))
        {
            let file = place["file"].as_str().expect("a path");
            if !file.starts_with("pack:") {
                quotes.push((visible(file), place["line"].to_string()));
            }
        }
        let quoted =
            tags(&page).into_iter().map(|(tag, _)| format!(" {tag}")).filter(|tag| tag.contains(" data-quote"));
        let mut found: Vec<(String, String)> = quoted
            .map(|tag| (attribute(&tag, "data-file").expect("a file"), attribute(&tag, "data-line").expect("a line")))
            .collect();
        quotes.sort();
        found.sort();
        assert_eq!(found, quotes);
        let answers = values(&page, "data-answer");
        for (word, key) in [("granted", "granted"), ("not-granted", "missing"), ("unknown", "undecided")] {
            let count = answers.iter().filter(|answer| *answer == word).count();
            assert_eq!(Some(count as u64), summary[key].as_u64(), "{word}");
        }
        let sections: Vec<String> = page
            .split("<section id=\"")
            .skip(1)
            .map(|part| part.split('"').next().expect("an id").to_owned())
            .collect();
        assert_eq!(sections, ["overview", "coverage", "findings", "accounts", "matrix", "waived", "about"]);
        let overview = page.split("<section id=\"").nth(1).expect("it is there");
        for (name, key) in
            [("errors", "errors"), ("accepted", "waived"), ("asked", "asked"), ("undecided", "undecided")]
        {
            let tile = format!("data-count=\"{name}\"><dt>{name}</dt><dd>{}</dd>", summary[key]);
            assert!(overview.contains(&tile), "{tile}");
        }
    }
}

#[test]
fn nothing_of_an_export_is_obeyed_and_every_link_leads_somewhere() {
    for folder in [accepted(), hostile(), crate::organizations::copy()] {
        let page = check(&folder, "html", &[]).stdout;
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
        let names: Vec<&str> =
            tags(&page).iter().map(|(tag, _)| tag.split([' ', '/']).next().expect("a name")).collect();
        for (name, count) in [("script", 1), ("style", 1), ("img", 0), ("iframe", 0), ("link", 0), ("base", 0)] {
            assert_eq!(names.iter().filter(|found| **found == name).count(), count, "{name}");
        }
        let ids = values(&page, "id");
        let different: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(different.len(), ids.len(), "two elements of one id");
        for link in values(&page, "href") {
            let target = link.strip_prefix('#').expect("a place of the page");
            assert!(different.contains(&target.to_owned()), "{link}");
        }
        for (tag, _) in tags(&page) {
            let mut outside = true;
            // What stands in quotes is a value; the rest are names.
            for part in tag.split('"') {
                let handler = part.split(' ').any(|word| word.starts_with("on") || word.starts_with("style"));
                assert!(!outside || !handler || tag.starts_with("style"), "{tag}");
                outside = !outside;
            }
        }
        let policy = values(&page, "content").into_iter().find(|policy| policy.contains("default-src"));
        assert!(policy.expect("a policy").starts_with("default-src 'none'; style-src 'sha256-"));
    }
}

#[test]
fn every_account_shows_its_ways_in_words_and_as_a_picture() {
    let page = check(&accepted(), "html", &[]).stdout;
    let accounts: Vec<&str> = page.split("<details class=\"account\"").skip(1).collect();
    assert_eq!(accounts.len(), 14);
    let of = |name: &str| {
        *accounts.iter().find(|one| one.contains(&format!("data-account=\"{name}\""))).expect("it is there")
    };
    let intune = of("svc-intune");
    let (picture, tables) = intune.split_once("</svg>").expect("a picture");
    for words in ["svc-intune", "Intune Connector", "Mail Recipients", "Recipient Policies", "Organization"] {
        assert!(picture.contains(words) && tables.contains(words), "{words}");
    }
    assert!(
        picture.contains("role=\"img\" aria-label=\"svc-intune holds: through Intune Connector role Mail Recipients"),
        "{picture}"
    );
    // Every role is drawn or counted, whoever holds it.
    assert!(of("adm-anna").contains("Organization Management</title>") && of("adm-anna").contains(" roles more"));
    assert!(of("svc-stale").contains("Mail Recipients (disabled)"));
    let hostile = check(&hostile(), "html", &[]).stdout;
    let names = values(&hostile, "data-account");
    for name in NAMES {
        assert!(names.contains(&visible(name)), "{name}");
        assert!(
            unescape(&hostile.replace("&&", "").replace("&#", "")).contains(&visible(name)) || name.contains('&'),
            "{name}"
        );
    }
}

#[test]
fn an_account_that_no_export_shows_stands_among_the_accounts() {
    let page = check(&ending(ENDINGS[3].0), "html", &[]).stdout;
    assert!(values(&page, "data-account").contains(&"adda".to_owned()));
    assert!(page.contains("aria-label=\"adda holds: no role\""));
}

#[test]
fn a_run_that_checked_nothing_says_so_first() {
    for (policy, code) in ENDINGS {
        let ran = check(&ending(policy), "html", &[]);
        let head = ran.stdout.split("<p class=\"head\">").nth(1).and_then(|rest| rest.split('<').next());
        let wanted = match code {
            0 => "Everything that was asked is as the policy says",
            1 => "2 findings to settle",
            2 => "Something that was named could not be used",
            _ => "Nothing was checked",
        };
        assert_eq!((ran.code, head), (code, Some(wanted)), "{policy}");
    }
}

#[test]
fn the_files_stand_in_it_with_what_their_bytes_come_to() {
    let folder = ending(ENDINGS[0].0);
    let page = check(&folder, "html", &[]).stdout;
    // printf '%s' … | sha256sum of exports/entries.csv
    let entries = "Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,Alias;Identity\r\n";
    assert_eq!(std::fs::read_to_string(folder.path().join("exports/entries.csv")).expect("it is ours"), entries);
    let row = page.split("exports/entries.csv</span></th><td><code class=\"digest\">").nth(1).expect("its row");
    assert_eq!(row.split('<').next(), Some("4f01ee335f6afa238ff854f45ffc8fa75828ad04e028f084e3e0e82298babf28"));
    assert!(page.contains("rolecall.toml</span></th><td><code class=\"digest\">"));
}

#[test]
fn each_cause_stands_with_its_findings_and_with_every_command_of_its_fixes() {
    for folder in [accepted(), hostile(), crate::organizations::copy()] {
        let page = check(&folder, "html", &[]).stdout;
        let json: Value = check(&folder, "json", &[]).json();
        let blocks: Vec<&str> = page
            .split(" data-cause=\"")
            .skip(1)
            .map(|part| part.split("</section>").next().expect("a section ends"))
            .collect();
        let causes = json["causes"].as_array().expect("a list");
        assert_eq!(blocks.len(), causes.len());
        for (block, cause) in blocks.into_iter().zip(causes) {
            assert_eq!(block.split('"').next(), cause["id"].as_str());
            let found: Vec<&str> = block
                .split(" data-fingerprint=\"")
                .skip(1)
                .map(|part| part.split('"').next().expect("it ends"))
                .collect();
            assert_eq!(Value::from(found), cause["findings"]);
            let block = unescape(block);
            for fix in cause["fixes"].as_array().expect("a list") {
                for command in ["commands", "undo"].iter().flat_map(|key| fix[key].as_array().expect("a list")) {
                    let command = visible(command.as_str().expect("a text"));
                    assert!(block.contains(&format!("<code>{command}</code>")), "{command}");
                }
            }
        }
    }
}

#[test]
fn a_report_of_the_whole_run_needs_no_script_to_be_read() {
    let page = check(&accepted(), "html", &[]).stdout;
    let json: Value = check(&accepted(), "json", &[]).json();
    let before = page.split("<script>").next().expect("a page");
    for one in json["diagnostics"].as_array().expect("a list") {
        let print = one["fingerprint"].as_str().expect("a text");
        let article = before.split("<article ").find(|part| part.contains(&format!("data-fingerprint=\"{print}\"")));
        let article = unescape(&article.expect("it is there").replace("<code>", "`").replace("</code>", "`"));
        let message = visible(one["message"].as_str().expect("a text"));
        assert!(article.contains(&message), "{message}: {article}");
    }
}
