//! Filters: what is said of two of them agrees with what they match, recipient by recipient.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use rolecall::scope::{Attribute, Filter, Known};
use shared::{Choices, parts};

const PROPERTIES: [&str; 4] = ["City", "Title", "Department", "CustomAttribute1"];
const TEXTS: [&str; 8] = ["a", "ab", "b", "aba", "x y", "O'Brien", "zq", "Ä"];
const RECIPIENTS: usize = 24;

/// A filter whose meaning is known, so that the text need not be read to tell it.
enum Tree {
    Compare(usize, &'static str, usize, bool, bool),
    Null(usize, bool),
    Not(Box<Self>),
    Join(Box<Self>, bool, Box<Self>),
}

impl Tree {
    fn of(choices: &mut Choices<'_>, depth: usize) -> Self {
        let inner = |choices: &mut Choices<'_>| Box::new(Self::of(choices, depth - 1));
        match choices.below(if depth == 0 { 4 } else { 8 }) {
            0..3 => Self::Compare(
                choices.below(PROPERTIES.len()),
                choices.of(&["eq", "ne", "like", "notlike"]),
                choices.below(TEXTS.len()),
                choices.once_in(2),
                choices.once_in(2),
            ),
            3 => Self::Null(choices.below(PROPERTIES.len()), choices.once_in(2)),
            4 => Self::Not(inner(choices)),
            _ => Self::Join(inner(choices), choices.once_in(2), inner(choices)),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Compare(property, operator, text, before, after) => {
                let wild = |is: bool| if is && operator.ends_with("like") { "*" } else { "" };
                let text = TEXTS[*text].replace('\'', "''");
                format!("{} -{operator} '{}{text}{}'", PROPERTIES[*property], wild(*before), wild(*after))
            }
            Self::Null(property, equal) => {
                format!("{} -{} $null", PROPERTIES[*property], if *equal { "eq" } else { "ne" })
            }
            Self::Not(inner) => format!("-not({})", inner.text()),
            Self::Join(left, and, right) => {
                format!("({}) {} ({})", left.text(), if *and { "-and" } else { "-or" }, right.text())
            }
        }
    }

    fn holds(&self, recipient: &[Option<String>]) -> bool {
        match self {
            Self::Compare(property, operator, text, before, after) => {
                let (value, text) = (recipient[*property].as_deref(), TEXTS[*text].to_lowercase());
                let value = value.map(str::to_lowercase);
                let fits = value.is_some_and(|value| match (operator.ends_with("like"), before, after) {
                    (true, true, true) => value.contains(&text),
                    (true, true, false) => value.ends_with(&text),
                    (true, false, true) => value.starts_with(&text),
                    _ => value == text,
                });
                fits == matches!(*operator, "eq" | "like")
            }
            Self::Null(property, equal) => recipient[*property].is_none() == *equal,
            Self::Not(inner) => !inner.holds(recipient),
            Self::Join(left, true, right) => left.holds(recipient) && right.holds(recipient),
            Self::Join(left, false, right) => left.holds(recipient) || right.holds(recipient),
        }
    }
}

/// What is certain is so.
fn agrees(said: Known, truth: bool) -> bool {
    said != Known::of(!truth)
}

fn drawn(choices: &mut Choices<'_>) -> Vec<Vec<Option<String>>> {
    let value = |choices: &mut Choices<'_>| match choices.below(4) {
        0 => None,
        count => Some((0..count).map(|_| choices.of(&TEXTS)).collect()),
    };
    (0..RECIPIENTS).map(|_| PROPERTIES.iter().map(|_| value(choices)).collect()).collect()
}

fn trees(choices: &mut Choices<'_>) {
    let (left, right) = (Tree::of(choices, 3), Tree::of(choices, 3));
    let parse = |tree: &Tree| Filter::parse(&tree.text()).unwrap_or_else(|_| panic!("it is one: {}", tree.text()));
    let (one, other) = (parse(&left), parse(&right));
    let (contains, overlaps, same) = (one.contains(&other), one.overlaps(&other), one.same(&other));
    for recipient in drawn(choices) {
        let attribute = |property: &str| {
            let index =
                PROPERTIES.iter().position(|known| known.eq_ignore_ascii_case(property)).expect("there is no other");
            recipient[index].as_deref().map_or(Attribute::Empty, Attribute::Text)
        };
        let (is_left, is_right) = (left.holds(&recipient), right.holds(&recipient));
        let shown = || format!("{}\n{}\n{recipient:?}", left.text(), right.text());
        assert!(agrees(one.matches(&attribute), is_left), "matches: {}", shown());
        let part = |property: &str| if property == "city" { Attribute::Unknown } else { attribute(property) };
        assert!(agrees(one.matches(&part), is_left), "matches in part: {}", shown());
        assert!(contains != Known::Yes || is_left || !is_right, "contains: {}", shown());
        assert!(overlaps != Known::No || !is_left || !is_right, "overlaps: {}", shown());
        assert!(same != Known::Yes || is_left == is_right, "same: {}", shown());
        assert!(one.is_everything() != Known::Yes || is_left, "everything: {}", shown());
        assert!(one.is_nothing() != Known::Yes || !is_left, "nothing: {}", shown());
    }
}

/// Texts that are any: what is said of them does not contradict itself, nor what they match.
fn texts(parts: &[&str], choices: &mut Choices<'_>) {
    let mut filters = Vec::new();
    for text in parts.iter().take(2) {
        match Filter::parse(text) {
            Ok(filter) => filters.push(filter),
            Err(error) => assert!(error.at <= text.len() && text.is_char_boundary(error.at), "{error:?} in {text:?}"),
        }
    }
    let [one, rest @ ..] = &filters[..] else { return };
    assert_eq!(one.same(one), Known::Yes);
    assert_eq!(one.contains(one), Known::Yes);
    let braces = format!("{{ ({}) }}", parts[0]);
    if filters.len() == parts.len().min(2)
        && let Ok(again) = Filter::parse(&braces)
    {
        assert_eq!(one.same(&again), Known::Yes, "parentheses change nothing: {braces}");
    }
    let Some(other) = rest.first() else { return };
    let (contains, contained) = (one.contains(other), other.contains(one));
    let (overlaps, same) = (one.overlaps(other), one.same(other));
    assert_eq!(overlaps, other.overlaps(one), "it overlaps as it is overlapped");
    assert_eq!(same, other.same(one), "it is the same as it is that of the other");
    assert!(same != Known::Yes || contains != Known::No && contained != Known::No, "what is the same contains");
    assert!(overlaps != Known::No || contains != Known::Yes || other.is_nothing() != Known::No, "nothing is shared");
    // Recipients who have what the filters name.
    let words: Vec<&str> = parts.iter().flat_map(|text| text.split(['\'', '"', '*', ' '])).collect();
    for _ in 0..RECIPIENTS {
        let names = one.properties().into_iter().chain(other.properties());
        let values: BTreeMap<&str, Option<&str>> =
            names.map(|name| (name, Some(choices.of(&words)).filter(|word| !word.is_empty()))).collect();
        let attribute = |property: &str| match values.get(property) {
            Some(Some(value)) => Attribute::Text(value),
            Some(None) => Attribute::Empty,
            None => Attribute::Unknown,
        };
        let (left, right) = (one.matches(&attribute), other.matches(&attribute));
        let shown = || format!("{parts:?} {values:?}");
        assert!(contains != Known::Yes || left != Known::No || right != Known::Yes, "contains: {}", shown());
        assert!(overlaps != Known::No || left != Known::Yes || right != Known::Yes, "overlaps: {}", shown());
        let differ = matches!((left, right), (Known::Yes, Known::No) | (Known::No, Known::Yes));
        assert!(same != Known::Yes || !differ, "same: {}", shown());
        assert!(one.is_everything() != Known::Yes || left != Known::No, "everything: {}", shown());
        assert!(one.is_nothing() != Known::Yes || left != Known::Yes, "nothing: {}", shown());
    }
}

fuzz_target!(|data: &[u8]| {
    let all = parts(data);
    let written: Vec<&str> = all.iter().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    if all.len() > 1 && written.len() == all.len() {
        texts(&written[..all.len() - 1], &mut Choices(all[all.len() - 1]));
    } else {
        trees(&mut Choices(data));
    }
});
