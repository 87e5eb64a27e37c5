//! What records repeat: most role entries of an export stood in another role before, word for word.
//!
//! A reader that has come to the second half of an entry, behind its name, asks whether that half stands here as it
//! stood behind the same name before. Nothing is decided by that: the same bytes read from the same state are the same
//! fields. So the reader itself comes first, and learns what it has read.

use std::borrow::Cow;
use std::ops::Range;

use crate::name::hash;
use crate::record::{Complete, Field, Property, RawList, Value};
use crate::source::to_u32;

/// How many halves of one name are kept; names that share a place share them.
const HALVES_MAX: usize = 8;

/// How many places there are. With all of them full, the kept halves take a few megabytes.
const PLACES: usize = 1 << 12;

/// The number of no half.
const NONE: u32 = u32::MAX;

/// So many records decide whether asking pays.
const TRIAL_RECORDS: u32 = 1 << 12;

/// A short table is read before anything in it repeats.
const SHORT_RECORDS: u32 = 1 << 6;

/// The second halves of the entries read so far. All have the same properties.
#[derive(Debug)]
pub(super) struct Repeats<'t> {
    halves: Vec<Half<'t>>,
    /// The fields of the halves, one half behind the other.
    fields: Vec<KnownField<'t>>,
    /// The number of the last half of each place, which is the hash of its name.
    places: Vec<u32>,
    asked: u32,
    found: u32,
    /// The number that records with the first half share.
    first: u32,
}

/// What stood behind a name.
#[derive(Clone, Copy, Debug)]
struct Half<'t> {
    name: &'t str,
    text: &'t str,
    /// The half before it in its place.
    before: u32,
}

/// A field of a half: where it stands, from the start of the half on, and its value.
#[derive(Clone, Copy, Debug)]
struct KnownField<'t> {
    start: u32,
    end: u32,
    value: KnownValue<'t>,
}

/// A value that is whole and stands in the text as it is.
#[derive(Clone, Copy, Debug)]
enum KnownValue<'t> {
    Nothing,
    Text(&'t str),
    List(RawList<'t>),
}

impl<'t> Repeats<'t> {
    /// Nothing is known yet. `first` is a number that no records of the file share.
    pub(super) fn new(first: u32) -> Self {
        Self { halves: Vec::new(), fields: Vec::new(), places: Vec::new(), asked: 0, found: 0, first }
    }

    /// Whether to ask: where few halves repeat, looking for them costs more than it saves.
    pub(super) fn pays(&self) -> bool {
        self.asked < TRIAL_RECORDS || self.found >= self.asked / 4
    }

    /// Puts the half that stands at `at`, and stood behind this name before, in `fields`, and returns the number that the
    /// records with it share and where it ends.
    pub(super) fn take(&mut self, name: &str, text: &str, at: usize, fields: &mut [Field<'t>]) -> Option<(u32, usize)> {
        self.asked += 1;
        let rest = &text.as_bytes()[at..];
        let fits = |half: &Half<'_>| {
            half.name.len() == name.len() && rest.starts_with(half.text.as_bytes()) && half.name == name
        };
        let (number, half) = self.halves_of(name).find(|(_, half)| fits(half))?;
        let end = at + half.text.len();
        self.found += 1;
        let start = to_u32(at);
        let known = &self.fields[number as usize * fields.len()..];
        for (field, known) in fields.iter_mut().zip(known) {
            (field.at.start, field.at.end) = (start + known.start, start + known.end);
            known.value.put(&mut field.value);
        }
        Some((self.first + number, end))
    }

    /// Keeps the half that was read at `at`, and returns the number that the records with it share. `None` where no more is
    /// kept, or a value is not whole. What is to be said about the fields, which say where they stand, is the reader's.
    pub(super) fn learn(&mut self, name: &'t str, text: &'t str, at: usize, fields: &[Field<'t>]) -> Option<u32> {
        if self.places.is_empty() {
            if self.asked <= SHORT_RECORDS {
                return None;
            }
            self.places = vec![NONE; PLACES];
        }
        if self.halves_of(name).count() >= HALVES_MAX {
            return None;
        }
        let (number, kept) = (to_u32(self.halves.len()), self.fields.len());
        for field in fields {
            let Some(value) = KnownValue::of(field) else {
                self.fields.truncate(kept);
                return None;
            };
            let (start, end) = (field.at.start - to_u32(at), field.at.end - to_u32(at));
            self.fields.push(KnownField { start, end, value });
        }
        let before = std::mem::replace(&mut self.places[place_of(name)], number);
        self.halves.push(Half { name, text, before });
        Some(self.first + number)
    }

    /// The halves in the place of a name, with their numbers.
    fn halves_of(&self, name: &str) -> impl Iterator<Item = (u32, &Half<'t>)> {
        let mut number = self.places.get(place_of(name)).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let half = self.halves.get(number as usize)?;
            let number = std::mem::replace(&mut number, half.before);
            Some((number, half))
        })
    }
}

impl<'t> KnownValue<'t> {
    fn of(field: &Field<'t>) -> Option<Self> {
        match &field.value {
            Value::Nothing => Some(Self::Nothing),
            Value::Text(Cow::Borrowed(text), Complete::Yes) => Some(Self::Text(text)),
            Value::List(list) => Some(Self::List(*list)),
            Value::Text(..) | Value::Object(_) => None,
        }
    }

    /// Replaces a value, most often by one of the same kind: that takes half the time of a new one.
    fn put(self, value: &mut Value<'t>) {
        match (value, self) {
            (Value::Text(Cow::Borrowed(text), Complete::Yes), Self::Text(known)) => *text = known,
            (Value::List(list), Self::List(known)) => *list = known,
            (value, Self::Nothing) => *value = Value::Nothing,
            (value, Self::Text(known)) => *value = Value::text(known),
            (value, Self::List(known)) => *value = Value::List(known),
        }
    }
}

/// Where the name of a role entry stands, and its second half: the parameters, and the properties beside them that neither
/// name the role nor hold its name. `None` where no parameters stand behind the name.
pub(super) fn second_half<T>(items: &[T], property: impl Fn(&T) -> Property) -> Option<(usize, Range<usize>)> {
    let find = |wanted: Property| items.iter().position(|item| property(item) == wanted);
    let (name, parameters) = (find(Property::Name)?, find(Property::Parameters)?);
    let differs = |item: &T| matches!(property(item), Property::Role | Property::Identity);
    let between = items.get(name + 1..parameters)?;
    let start = between.iter().rposition(differs).map_or(name + 1, |last| name + 2 + last);
    let end = items[parameters..].iter().position(differs).map_or(items.len(), |first| parameters + first);
    Some((name, start..end))
}

fn place_of(name: &str) -> usize {
    hash(name.as_bytes()) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(repeats: &mut Repeats<'static>, name: &str, text: &str) -> Option<(u32, usize)> {
        repeats.take(name, text, 0, &mut [])
    }

    /// What is known behind a short table.
    fn repeats() -> Repeats<'static> {
        let mut repeats = Repeats::new(7);
        for _ in 0..=SHORT_RECORDS {
            assert_eq!(take(&mut repeats, "Get-Mailbox", ""), None);
        }
        repeats
    }

    #[test]
    fn a_half_is_known_behind_its_own_name_alone() {
        let mut repeats = repeats();
        assert_eq!(repeats.learn("Get-Mailbox", "A;B,", 0, &[]), Some(7));
        assert_eq!(repeats.learn("Get-User", "A,", 0, &[]), Some(8));
        assert_eq!(take(&mut repeats, "Get-Mailbox", "A;B,x"), Some((7, 4)));
        assert_eq!(take(&mut repeats, "Get-User", "A,"), Some((8, 2)));
        assert_eq!(take(&mut repeats, "Get-User", "A;B,x"), None);
        assert_eq!(take(&mut repeats, "get-mailbox", "A;B,x"), None);
    }

    #[test]
    fn a_value_that_is_not_whole_is_not_kept() {
        let mut repeats = repeats();
        let at = crate::source::Span { file: crate::source::FileId(0), start: 3, end: 4 };
        let field = |value| Field { name: Cow::Borrowed("Type"), property: Property::Type, at, value };
        let (whole, cut) = (field(Value::text("x")), field(Value::Text(Cow::Borrowed("x"), Complete::Cut)));
        assert_eq!(repeats.learn("Get-User", "x,y,", 3, &[whole.clone(), cut]), None);
        assert_eq!(repeats.learn("Get-User", "x,x,", 3, &[whole.clone(), whole.clone()]), Some(7));
        let mut fields = [whole.clone(), whole];
        assert_eq!(repeats.take("Get-User", "........x,x,", 8, &mut fields), Some((7, 12)));
        assert_eq!((fields[0].at.start, fields[0].at.end), (8, 9));
    }

    #[test]
    fn what_never_repeats_is_neither_kept_nor_looked_for() {
        let texts: Vec<String> = (0..2 * TRIAL_RECORDS).map(|number| format!("P{number},")).collect();
        let mut repeats = Repeats::new(7);
        let kept = texts.iter().filter(|text| {
            assert_eq!(repeats.take("Get-Mailbox", text, 0, &mut []), None);
            repeats.learn("Get-Mailbox", text, 0, &[]).is_some()
        });
        assert_eq!(kept.count(), HALVES_MAX);
        assert!(!repeats.pays(), "some are known, but nobody looks any more");
    }
}
