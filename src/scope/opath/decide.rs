//! Decides what filters match.
//!
//! Every question is one: can something match these filters and not those? A filter is taken apart into cases, each a
//! list of comparisons that must all hold. A case that contradicts itself matches nothing; one for which a value of
//! every property is found matches something; about any other nothing is said. Filters with too many cases stay open.

use super::property::{Nature, is_mandatory, nature};
use super::{Attribute, Expression, Literal, Test};
use crate::name::fold;
use crate::scope::known::Known;

/// How many comparisons all cases together may hold.
const WORK_MAX: usize = 20_000;

/// How many pairs of comparisons may be looked at.
const PAIRS_MAX: usize = 1_000_000;

/// How long a made-up value may be, so that the directory would take it.
const VALUE_MAX: usize = 40;

/// One comparison of a case, and whether it must hold.
type Demand<'e> = (&'e Literal, bool);

/// Whether something can satisfy all of these; `false` asks for the opposite of an expression.
pub(super) fn satisfiable(wanted: &[(&Expression, bool)]) -> Known {
    let mut all = vec![Vec::new()];
    for (expression, holds) in wanted {
        let Some(product) = cases(expression, *holds).and_then(|more| product(all, &more)) else {
            return Known::Unknown;
        };
        all = product;
    }
    let mut pairs = PAIRS_MAX;
    let mut answer = Known::No;
    for mut case in all {
        answer = answer.or(possible(&mut case, &mut pairs));
        if answer == Known::Yes {
            break;
        }
    }
    answer
}

/// Whether whatever matches `inner` matches `outer`.
pub(super) fn contains(outer: &Expression, inner: &Expression) -> Known {
    if includes(outer, inner) {
        return Known::Yes;
    }
    !satisfiable(&[(inner, true), (outer, false)])
}

/// Whether the parts alone show it: more conditions match less, more choices match more.
fn includes(outer: &Expression, inner: &Expression) -> bool {
    let all = |inner, outer| Some(is_subset(parts(outer, true)?, parts(inner, true)?));
    let any = |inner, outer| Some(is_subset(parts(inner, false)?, parts(outer, false)?));
    outer == inner || all(inner, outer) == Some(true) || any(inner, outer) == Some(true)
}

/// The conditions of an expression, or its choices; one comparison is either.
fn parts(expression: &Expression, all: bool) -> Option<&[Expression]> {
    match expression {
        Expression::All(parts) if all => Some(parts),
        Expression::Any(parts) if !all => Some(parts),
        Expression::Literal(_) => Some(std::slice::from_ref(expression)),
        _ => None,
    }
}

/// Whether every part of a sorted list is in another.
fn is_subset(small: &[Expression], large: &[Expression]) -> bool {
    let mut rest = large.iter();
    small.iter().all(|part| rest.by_ref().any(|other| other == part))
}

/// The cases of an expression or its opposite; `None` where there are too many.
fn cases(expression: &Expression, holds: bool) -> Option<Vec<Vec<Demand<'_>>>> {
    let (parts, all) = match expression {
        Expression::Literal(literal) => return Some(vec![vec![(literal, literal.holds == holds)]]),
        Expression::All(parts) => (parts, holds),
        Expression::Any(parts) => (parts, !holds),
    };
    let mut whole = if all { vec![Vec::new()] } else { Vec::new() };
    let mut work = 0;
    for part in parts {
        let more = cases(part, holds)?;
        if all {
            whole = product(whole, &more)?;
        } else {
            work += more.iter().map(|case| case.len() + 1).sum::<usize>();
            whole.extend(more);
        }
        if work > WORK_MAX {
            return None;
        }
    }
    Some(whole)
}

/// Every case of one with every case of the other.
fn product<'e>(mut left: Vec<Vec<Demand<'e>>>, right: &[Vec<Demand<'e>>]) -> Option<Vec<Vec<Demand<'e>>>> {
    let size = |cases: &[Vec<Demand<'_>>]| cases.iter().map(|case| case.len() + 1).sum::<usize>();
    if let [one] = right {
        left.iter_mut().for_each(|case| case.extend(one));
        return (left.len() == 1 || size(&left) <= WORK_MAX).then_some(left);
    }
    let work = size(&left).saturating_mul(right.len()).saturating_add(size(right).saturating_mul(left.len()));
    if work > WORK_MAX {
        return None;
    }
    let joined = |case: &Vec<Demand<'e>>, other: &Vec<Demand<'e>>| case.iter().chain(other).copied().collect();
    Some(left.iter().flat_map(|case| right.iter().map(move |other| joined(case, other))).collect())
}

/// Whether something can satisfy one case.
fn possible(case: &mut [Demand<'_>], pairs: &mut usize) -> Known {
    case.sort_unstable_by(|(left, _), (right, _)| left.property.cmp(&right.property));
    let of_one = |left: &Demand<'_>, right: &Demand<'_>| left.0.property == right.0.property;
    // Properties are decided one by one: a value of one says nothing about another, where both are free.
    let mut answer = Known::Yes;
    for demands in case.chunk_by(of_one) {
        answer = answer.and(possible_value(demands, pairs));
        if answer == Known::No {
            break;
        }
    }
    answer
}

/// Whether one property can have a value, or none, that satisfies these.
fn possible_value(demands: &[Demand<'_>], pairs: &mut usize) -> Known {
    let Some((first, _)) = demands.first() else { return Known::Yes };
    let nature = nature(&first.property);
    let mandatory = is_mandatory(&first.property);
    if mandatory && demands.iter().any(|(literal, holds)| literal.test == Test::Present && !holds) {
        return Known::No;
    }
    let wanted = || demands.iter().filter(|(_, holds)| *holds).map(|(literal, _)| &literal.test);
    let Some(left) = pairs.checked_sub(wanted().count().saturating_mul(demands.len())) else { return Known::Unknown };
    *pairs = left;
    for test in wanted() {
        for (other, holds) in demands {
            let contradicts =
                if *holds { excludes(test, &other.test, nature) } else { implies(test, &other.test, nature) };
            if contradicts {
                return Known::No;
            }
        }
    }
    if nature == Nature::Free && has_witness(demands, mandatory, pairs) { Known::Yes } else { Known::Unknown }
}

/// Whether some value made from what the comparisons name satisfies all of them.
fn has_witness(demands: &[Demand<'_>], mandatory: bool, pairs: &mut usize) -> bool {
    let satisfies = |value: Option<&str>| {
        let meets = |(literal, holds): &Demand<'_>| {
            let result = holds_for(&literal.test, value, Nature::Free);
            result == Known::of(*holds)
        };
        demands.iter().all(meets)
    };
    if !mandatory && satisfies(None) {
        return true;
    }
    let mut prefix = "";
    let mut suffix = "";
    let mut middle = String::new();
    let mut values = Vec::new();
    for (literal, _) in demands.iter().filter(|(_, holds)| *holds) {
        match &literal.test {
            Test::Equal(text) => values.push(text.to_string()),
            Test::Prefix(text) if text.len() > prefix.len() => prefix = text,
            Test::Suffix(text) if text.len() > suffix.len() => suffix = text,
            Test::Contains(text) if !middle.contains(&**text) => {
                middle.push_str("zq");
                middle.push_str(text);
            }
            _ => {}
        }
    }
    values.push(format!("{prefix}{middle}zq{suffix}"));
    values.push(format!("{prefix}{suffix}"));
    // An equal value that all share is in every list; the first few stand for all.
    values.truncate(4);
    let Some(left) = pairs.checked_sub(values.len().saturating_mul(demands.len())) else { return false };
    *pairs = left;
    values.iter().any(|value| value.len() <= VALUE_MAX && !value.is_empty() && satisfies(Some(value)))
}

/// Whether a value that passes one comparison surely passes the other.
fn implies(test: &Test, other: &Test, nature: Nature) -> bool {
    match (test, other) {
        _ if test == other => true,
        // Whether an order, or equality with no text, needs a value is not documented.
        (Test::Odd(name, _), Test::Present) => *name == "like",
        (_, Test::Present) => true,
        _ if nature == Nature::Other || nature == Nature::Word => false,
        (Test::Equal(text), _) => holds_for(other, Some(text), nature) == Known::Yes,
        (Test::Prefix(text), Test::Prefix(part)) => text.starts_with(&**part),
        (Test::Suffix(text), Test::Suffix(part)) => text.ends_with(&**part),
        (Test::Prefix(text) | Test::Suffix(text) | Test::Contains(text), Test::Contains(part)) => {
            text.contains(&**part)
        }
        _ => false,
    }
}

/// Whether no single value passes both.
fn excludes(test: &Test, other: &Test, nature: Nature) -> bool {
    if !nature.is_single() {
        return false;
    }
    match (test, other) {
        (Test::Equal(text), _) => holds_for(other, Some(text), nature) == Known::No,
        _ if nature == Nature::Word => false,
        (Test::Prefix(text), Test::Prefix(part)) => {
            is_plain(text) && is_plain(part) && !text.starts_with(&**part) && !part.starts_with(&**text)
        }
        (Test::Suffix(text), Test::Suffix(part)) => {
            is_plain(text) && is_plain(part) && !text.ends_with(&**part) && !part.ends_with(&**text)
        }
        _ => false,
    }
}

/// Whether a recipient matches.
pub(super) fn matches<'a>(expression: &Expression, attribute: &dyn Fn(&str) -> Attribute<'a>) -> Known {
    match expression {
        Expression::Literal(literal) => {
            let nature = nature(&literal.property);
            let result = match attribute(&literal.property) {
                Attribute::Unknown => Known::Unknown,
                Attribute::Empty => holds_for(&literal.test, None, nature),
                Attribute::Text(text) => holds_for(&literal.test, Some(&fold(text)), nature),
            };
            if literal.holds { result } else { !result }
        }
        Expression::All(parts) => parts.iter().fold(Known::Yes, |all, part| all.and(matches(part, attribute))),
        Expression::Any(parts) => parts.iter().fold(Known::No, |any, part| any.or(matches(part, attribute))),
    }
}

/// Whether a folded value passes a comparison.
fn holds_for(test: &Test, value: Option<&str>, nature: Nature) -> Known {
    let Some(value) = value else {
        return match test {
            Test::Odd(name, _) if *name != "like" => Known::Unknown,
            _ => Known::No,
        };
    };
    let (text, holds) = match test {
        Test::Present => return Known::Yes,
        Test::Odd(..) => return Known::Unknown,
        Test::Equal(text) if **text == *value => return Known::Yes,
        // A word may be written as its number, and matched in part only where a page says so.
        Test::Equal(text) if nature == Nature::Word => {
            let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
            return if is_word(text) && is_word(value) { Known::No } else { Known::Unknown };
        }
        _ if nature == Nature::Word => return Known::Unknown,
        Test::Equal(text) => (text, false),
        Test::Prefix(text) => (text, value.starts_with(&**text)),
        Test::Suffix(text) => (text, value.ends_with(&**text)),
        Test::Contains(text) => (text, value.contains(&**text)),
    };
    match holds {
        true => Known::Yes,
        false if nature != Nature::Other && is_plain(text) && is_plain(value) => Known::No,
        false if nature != Nature::Other && matches!(test, Test::Equal(_)) && are_apart(text, value) => Known::No,
        false => Known::Unknown,
    }
}

/// Whether the directory surely tells this text from any other that differs: ASCII, no space at an end or beside another,
/// and nothing escaped, which can be written in several ways.
///
/// Source: [MS-ADTS], string comparison: Active Directory ignores case, accents and the width of letters.
pub(in crate::scope) fn is_plain(text: &str) -> bool {
    text.is_ascii() && is_tidy(text)
}

fn is_tidy(text: &str) -> bool {
    !text.contains('\\') && !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ")
}

/// Whether no collation takes two texts for one: their ASCII letters differ, whatever the others stand for.
fn are_apart(one: &str, other: &str) -> bool {
    /// How many letters one beyond ASCII may stand for: `ß` is `ss`, a mark above a letter is none of its own.
    const STANDS_FOR_MAX: usize = 3;
    if !is_tidy(one) || !is_tidy(other) {
        return false;
    }
    let [one, other] = [one, other].map(|text| text.chars().collect::<Vec<char>>());
    // Whether what is left of each, from these places on, may be the same; from the ends on.
    let mut same = vec![vec![false; other.len() + 1]; one.len() + 1];
    for left in (0..=one.len()).rev() {
        for right in (0..=other.len()).rev() {
            let (own, its) = (one.get(left), other.get(right));
            let is_any = |char: Option<&char>| char.is_some_and(|char| !char.is_ascii());
            let behind = |place: usize, length: usize| place..=(place + STANDS_FOR_MAX).min(length);
            same[left][right] = own.is_none() && its.is_none()
                || own.is_some() && own == its && same[left + 1][right + 1]
                || is_any(own) && behind(right, other.len()).any(|right| same[left + 1][right])
                || is_any(its) && behind(left, one.len()).any(|left| same[left][right + 1]);
        }
    }
    !same[0][0]
}
