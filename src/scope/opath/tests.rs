//! Filters from Microsoft's pages with their meanings; what cannot be read; and the decisions against enumeration.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

fn filter(text: &str) -> Filter {
    Filter::parse(text).unwrap_or_else(|error| panic!("{text} at {}", error.at))
}

/// The attributes of a recipient: what is not listed is not exported, an empty text is printed empty.
fn matches(text: &str, attributes: &[(&str, &'static str)]) -> Known {
    let attribute = |property: &str| {
        let found = attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(property));
        found.map_or(
            Attribute::Unknown,
            |(_, value)| if value.is_empty() { Attribute::Empty } else { Attribute::Text(value) },
        )
    };
    filter(text).matches(&attribute)
}

/// The page, the filter, attributes, whether they match.
type Documented = (&'static str, &'static str, &'static [(&'static str, &'static str)], Known);

#[test]
fn documented_filters_match_what_their_pages_say() {
    // Each: the page, the filter, attributes, whether they match.
    let scopes = "Understanding management role scope filters (OfficeDocs-Exchange)";
    let complex = r#"{ ((City -Eq "Vancouver") -And (Department -Eq "Sales")) -Or (Title -Like "*Manager*") }"#;
    let new = "New-ManagementScope (office-docs-powershell)";
    let apps = "Role Based Access Control for Applications (OfficeDocs-Exchange)";
    let filters = "Recipient filters in Exchange PowerShell commands (office-docs-powershell)";
    let list = "Recipient filters for address lists in Exchange Online PowerShell";
    let table: &[Documented] = &[
        (scopes, r#"{ City -Eq "Vancouver" }"#, &[("City", "vancouver")], Known::Yes),
        (scopes, complex, &[("City", "Vancouver"), ("Department", "Sales"), ("Title", "CEO")], Known::Yes),
        (scopes, complex, &[("City", "Seattle"), ("Department", "Sales"), ("Title", "IT Manager")], Known::Yes),
        (scopes, complex, &[("City", "Vancouver"), ("Department", "Marketing"), ("Title", "Writer")], Known::No),
        (new, "Title -like 'VP*'", &[("Title", "VP Sales")], Known::Yes),
        (new, "Title -like 'VP*'", &[("Title", "Clerk")], Known::No),
        (new, "Title -like 'VP*'", &[("Title", "")], Known::No),
        (new, "Title -like 'VP*'", &[], Known::Unknown),
        (new, "RecipientType -eq 'UserMailbox'", &[("RecipientType", "MailContact")], Known::No),
        (
            "Set-ManagementScope (office-docs-powershell)",
            "City -eq 'Seattle' -and RecipientType -eq 'UserMailbox'",
            &[("City", "Seattle"), ("RecipientType", "UserMailbox")],
            Known::Yes,
        ),
        (apps, "CustomAttribute1 -eq '012332'", &[("CustomAttribute1", "012332")], Known::Yes),
        (apps, "Alias -ne mbxa", &[("Alias", "mbxb")], Known::Yes),
        (
            apps,
            "MemberOfGroup -eq 'CN=mesga,OU=Fabrikam346.onmicrosoft.com,DC=outlook,DC=com'",
            &[("Alias", "mbxb")],
            Known::Unknown,
        ),
        (
            filters,
            "((RecipientTypeDetails -eq 'UserMailbox') -and (Company -eq 'Contoso') -and (Office -eq 'North Building'))",
            &[("RecipientTypeDetails", "UserMailbox"), ("Company", "Contoso"), ("Office", "South Building")],
            Known::No,
        ),
        (filters, "HiddenFromAddressListsEnabled -eq $true", &[("HiddenFromAddressListsEnabled", "True")], Known::Yes),
        (filters, "CountryCode -eq 840", &[("CountryCode", "840")], Known::Yes),
        (
            list,
            "(Department -like 'Sales*' -or Department -like 'Marketing*') -and (Company -eq 'Contoso' -or Company -eq 'Fabrikam')",
            &[("Department", "Marketing East"), ("Company", "Fabrikam")],
            Known::Yes,
        ),
    ];
    for (page, text, attributes, expected) in table {
        assert_eq!(matches(text, attributes), *expected, "{page}: {text} for {attributes:?}");
    }
}

#[test]
fn what_cannot_be_read_says_where() {
    for (text, at) in [
        ("", 0),
        ("City", 4),
        ("City -eq", 8),
        ("City -matches 'a'", 5),
        ("City -eq 'a", 9),
        ("City -eq 'a' Title -eq 'b'", 13),
        ("City -eq 'a' -xor Title -eq 'b'", 13),
        ("(City -eq 'a'", 13),
        ("City -eq 'a')", 12),
        ("{ City -eq 'a' ) }", 15),
        ("City -eq 'a' -and", 17),
        ("()", 1),
        ("City -like $null", 11),
        ("City -eq $user", 9),
        ("City -eq 'O'Brien'", 12),
    ] {
        assert_eq!(Filter::parse(text), Err(FilterError { at }), "{text}");
    }
}

#[test]
fn deep_and_long_filters_end_well() {
    let deep = format!("{}City -eq 'a'{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Filter::parse(&deep).is_err());
    let negated = format!("{}City -eq 'a'", "-not ".repeat(100_001));
    assert_eq!(filter(&negated).same(&filter("City -ne 'a'")), Known::Yes);
    let alternating = format!("City -eq 'a'{}", " -or City -eq 'b' -and Title -eq 'c'".repeat(10_000));
    assert!(Filter::parse(&alternating).is_err());
    let list = |count: u32| {
        let items: Vec<String> =
            (0..count).map(|number| format!("PrimarySmtpAddress -eq 'a{number}@contoso.com'")).collect();
        items.join(" -or ")
    };
    let (long, longer) = (filter(&list(20_000)), filter(&list(20_001)));
    assert_eq!(longer.contains(&long), Known::Yes);
    assert_eq!(long.contains(&longer), Known::Unknown);
}

#[test]
fn filters_that_are_the_same_are_found_to_be() {
    for (left, right) in [
        ("City -eq 'a' -and Title -eq 'b'", "(((TITLE -EQ \"B\"))) -and (city -eq 'A')"),
        ("-not(City -eq 'a' -or Title -eq 'b')", "City -ne 'a' -and Title -ne 'b'"),
        ("!(!(City -like 'a*'))", "City -like 'a*'"),
        ("City -notlike 'a*'", "-not(City -like 'a*')"),
        ("City -like '*'", "City -ne $null"),
        ("City -eq 'a'", "City -eq 'a' -and (City -like 'a*' -or Title -eq 'b')"),
        ("Notes -eq 'O''Brien'", "Notes -eq \"O'Brien\""),
        ("CountryCode -eq '840'", "CountryCode -eq 840"),
    ] {
        assert_eq!(filter(left).same(&filter(right)), Known::Yes, "{left} and {right}");
    }
    assert_eq!(filter("City -eq 'a'").same(&filter("City -eq 'b'")), Known::No);
    assert_eq!(filter("Notes -eq 'a'").same(&filter("Notes -eq 'b'")), Known::Unknown);
}

#[test]
fn everything_and_nothing_are_said_only_where_certain() {
    for (text, everything, nothing) in [
        ("Name -like '*'", Known::Yes, Known::No),
        ("Name -ne $null", Known::Yes, Known::No),
        ("City -eq 'a' -or City -ne 'a'", Known::Yes, Known::No),
        ("Notes -eq 'a' -or -not(Notes -eq 'a')", Known::Yes, Known::Unknown),
        ("Alias -like '*'", Known::Unknown, Known::Unknown),
        ("City -like '*'", Known::No, Known::No),
        ("City -eq 'a' -and City -eq 'b'", Known::No, Known::Yes),
        ("City -eq 'a' -and City -eq $null", Known::No, Known::Yes),
        ("City -like 'a*' -and City -notlike '*a*'", Known::No, Known::Yes),
        // A property that may have several values contradicts itself only where the very same comparison is denied.
        ("EmailAddresses -eq 'a' -and EmailAddresses -eq 'b'", Known::Unknown, Known::Unknown),
        ("EmailAddresses -eq 'a' -and EmailAddresses -ne 'a'", Known::Unknown, Known::Yes),
        // The directory takes accents for nothing, and a country for its code.
        ("City -eq 'Zürich' -and City -eq 'Zurich'", Known::No, Known::Unknown),
        ("CountryOrRegion -eq 'US' -and CountryOrRegion -eq 'United States'", Known::Unknown, Known::Unknown),
        (
            "RecipientTypeDetails -eq 'UserMailbox' -and RecipientTypeDetails -eq 'RoomMailbox'",
            Known::Unknown,
            Known::Yes,
        ),
        ("RecipientTypeDetails -eq 'UserMailbox' -and RecipientTypeDetails -eq 1", Known::Unknown, Known::Unknown),
    ] {
        assert_eq!((filter(text).is_everything(), filter(text).is_nothing()), (everything, nothing), "{text}");
    }
}

#[test]
fn one_filter_holds_another_or_shares_something_with_it() {
    for (left, right, contains, overlaps) in [
        ("City -eq 'a'", "City -eq 'a' -and Title -eq 'b'", Known::Yes, Known::Yes),
        ("City -eq 'a' -and Title -eq 'b'", "City -eq 'a'", Known::No, Known::Yes),
        ("City -eq 'a'", "City -eq 'b'", Known::No, Known::No),
        ("City -like 'a*'", "City -like 'ab*'", Known::Yes, Known::Yes),
        ("City -like 'a*'", "City -like 'b*'", Known::No, Known::No),
        ("City -ne 'a'", "City -eq $null", Known::Yes, Known::Yes),
        ("Notes -eq 'a'", "Notes -eq 'b'", Known::Unknown, Known::Unknown),
        ("Notes -eq 'a'", "Notes -eq 'a' -and CountryCode -gt 5", Known::Yes, Known::Unknown),
    ] {
        assert_eq!(filter(left).contains(&filter(right)), contains, "{left} holds {right}");
        assert_eq!(filter(left).overlaps(&filter(right)), overlaps, "{left} with {right}");
    }
}

#[test]
fn a_mix_without_parentheses_is_read_both_ways() {
    let mixed = "City -eq 'a' -or City -eq 'b' -and Title -eq 'c'";
    // Either reading takes this one, and only one of them that.
    assert_eq!(matches(mixed, &[("City", "b"), ("Title", "c")]), Known::Yes);
    assert_eq!(matches(mixed, &[("City", "a"), ("Title", "d")]), Known::Unknown);
    assert_eq!(matches(mixed, &[("City", "d"), ("Title", "c")]), Known::No);
    assert_eq!(filter(mixed).same(&filter(mixed)), Known::Yes);
    // An `-and` in front of an `-or` is the same either way.
    assert_eq!(
        matches("Title -eq 'c' -and City -eq 'b' -or City -eq 'a'", &[("City", "a"), ("Title", "d")]),
        Known::Yes
    );
}

#[test]
fn what_the_directory_may_take_for_the_same_is_not_told_apart() {
    assert_eq!(matches("City -eq 'Zurich'", &[("City", "Zürich")]), Known::Unknown);
    assert_eq!(matches("City -ne 'Zurich'", &[("City", "Bern")]), Known::Yes);
    for (asked, shown, known) in [
        ("Zürich", "zürich", Known::Yes),
        ("Zürich", "Lima", Known::No),
        ("Lima", "Zürich", Known::No),
        ("Zürich", "Genève", Known::No),
        ("Zürich", "Zurich", Known::Unknown),
        ("Zürich", "Zuerich", Known::Unknown),
        ("Straße", "STRASSE", Known::Unknown),
        ("Zu\u{308}rich", "Zürich", Known::Unknown),
        ("Москва", "Lima", Known::Unknown),
    ] {
        assert_eq!(matches(&format!("City -eq '{asked}'"), &[("City", shown)]), known, "{asked}, {shown}");
    }
    assert_eq!(matches("City -eq 'New York'", &[("City", "New  York")]), Known::Unknown);
    assert_eq!(matches("City -like 'a*b*c'", &[("City", "axbxc")]), Known::Unknown);
    assert_eq!(matches("City -notlike 'a*'", &[("City", "")]), Known::Yes);
    assert_eq!(matches("CountryCode -gt 5", &[("CountryCode", "7")]), Known::Unknown);
    assert_eq!(matches("City -eq 'a' -or City -ne 'a'", &[]), Known::Yes);
}

const PROPERTIES: [&str; 3] = ["City", "Title", "Department"];

/// A filter as a tree, so that the test need not read what it writes.
#[derive(Clone, Debug)]
enum Tree {
    Compare(usize, &'static str, &'static str),
    Null(usize, bool),
    Not(Box<Tree>),
    Join(Box<Tree>, bool, Box<Tree>),
}

impl Tree {
    fn text(&self) -> String {
        match self {
            Self::Compare(property, operator, value) => format!("{} -{operator} '{value}'", PROPERTIES[*property]),
            Self::Null(property, equal) => {
                format!("{} -{} $null", PROPERTIES[*property], if *equal { "eq" } else { "ne" })
            }
            Self::Not(inner) => format!("-not({})", inner.text()),
            Self::Join(left, and, right) => {
                format!("({}) {} ({})", left.text(), if *and { "-and" } else { "-or" }, right.text())
            }
        }
    }

    /// What the words mean, told anew: the decisions share nothing with it.
    fn holds(&self, values: [Option<&str>; 3]) -> bool {
        match self {
            Self::Compare(property, operator, pattern) => {
                let value = values[*property];
                let like = || {
                    let inner = pattern.trim_matches('*');
                    value.is_some_and(|value| match (pattern.starts_with('*'), pattern.ends_with('*')) {
                        (true, true) => value.contains(inner),
                        (true, false) => value.ends_with(inner),
                        (false, true) => value.starts_with(inner),
                        (false, false) => value == inner,
                    })
                };
                match *operator {
                    "eq" => value == Some(pattern),
                    "ne" => value != Some(pattern),
                    "like" => like(),
                    _ => !like(),
                }
            }
            Self::Null(property, equal) => values[*property].is_none() == *equal,
            Self::Not(inner) => !inner.holds(values),
            Self::Join(left, true, right) => left.holds(values) && right.holds(values),
            Self::Join(left, false, right) => left.holds(values) || right.holds(values),
        }
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    let equality = (0..3usize, prop::sample::select(vec!["eq", "ne"]), prop::sample::select(vec!["a", "ab", "b"]));
    let patterns = vec!["*", "a*", "ab*", "*b", "*a*", "*ab", "b*", "a"];
    let pattern = (0..3usize, prop::sample::select(vec!["like", "notlike"]), prop::sample::select(patterns));
    let leaf = prop_oneof![
        equality.prop_map(|(property, operator, value)| Tree::Compare(property, operator, value)),
        pattern.prop_map(|(property, operator, value)| Tree::Compare(property, operator, value)),
        (0..3usize, any::<bool>()).prop_map(|(property, equal)| Tree::Null(property, equal)),
    ];
    leaf.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|tree| Tree::Not(Box::new(tree))),
            (inner.clone(), any::<bool>(), inner).prop_map(|(left, and, right)| Tree::Join(
                Box::new(left),
                and,
                Box::new(right)
            )),
        ]
    })
}

/// Every value that the comparisons tell apart: each begins, goes on and ends with something they name, or nothing.
fn values() -> Vec<Option<String>> {
    let mut values = vec![None];
    for start in ["", "a", "ab", "b"] {
        for middle in ["", "zq", "zqazq"] {
            for end in ["", "b", "ab"] {
                let value = format!("{start}{middle}{end}");
                if !value.is_empty() && !values.contains(&Some(value.clone())) {
                    values.push(Some(value));
                }
            }
        }
    }
    values
}

fn universe(values: &[Option<String>]) -> Vec<[Option<&str>; 3]> {
    let mut all = Vec::new();
    for city in values {
        for title in values {
            all.extend(values.iter().map(|department| [city.as_deref(), title.as_deref(), department.as_deref()]));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_100_815),
        ..ProptestConfig::default()
    })]

    #[test]
    fn decisions_agree_with_enumeration(left in trees(), right in trees()) {
        let values = values();
        let universe = universe(&values);
        let (one, other) = (filter(&left.text()), filter(&right.text()));
        let said = |answer: Known, truth: bool, question: &str| {
            prop_assert!(answer != Known::of(!truth), "{}: {} / {}", question, left.text(), right.text());
            Ok(())
        };
        let on: Vec<(bool, bool)> = universe.iter().map(|values| (left.holds(*values), right.holds(*values))).collect();
        said(one.is_everything(), on.iter().all(|(left, _)| *left), "everything")?;
        said(one.is_nothing(), !on.iter().any(|(left, _)| *left), "nothing")?;
        said(one.same(&other), on.iter().all(|(left, right)| left == right), "same")?;
        said(one.contains(&other), on.iter().all(|(left, right)| *left || !right), "contains")?;
        said(one.overlaps(&other), on.iter().any(|(left, right)| *left && *right), "overlaps")?;
        prop_assert_eq!(one.same(&one), Known::Yes);
        // With every attribute known, every answer is.
        for (values, (holds, _)) in universe.iter().zip(&on).step_by(371) {
            let attribute = |property: &str| {
                let index = PROPERTIES.iter().position(|known| known.eq_ignore_ascii_case(property));
                index.map_or(Attribute::Unknown, |index| values[index].map_or(Attribute::Empty, Attribute::Text))
            };
            prop_assert_eq!(one.matches(&attribute), Known::of(*holds), "{} for {:?}", left.text(), values);
            // What is known in part agrees with what is known in full.
            let part = |property: &str| if property == "city" { Attribute::Unknown } else { attribute(property) };
            prop_assert!(one.matches(&part) != Known::of(!holds), "{} for {:?}", left.text(), values);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_within_it(text in "[ ()'\"!$*a-zA-Z-]{0,60}") {
        if let Err(error) = Filter::parse(&text) {
            prop_assert!(error.at <= text.len());
        }
    }
}
