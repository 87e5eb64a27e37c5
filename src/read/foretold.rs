//! Records that earlier ones foretell: most role entries of an export stood in another role before, word for word.
//!
//! A record is cut into pieces that are its role's and pieces that are its entry's. Where the pieces of the role above
//! and those of an entry that stood in another role follow each other here, the record is known. Nothing is decided by
//! that: the same bytes read from the same state are the same fields. So the reader itself comes first, and what it has
//! read is learnt.

use std::borrow::Cow;

use crate::diagnostic::RuleId;
use crate::record::{Complete, Field, Property, RawList, Record, Value, is_cmdlet_name};
use crate::source::to_u32;

use super::list;

/// How many entries of one name are kept; names that share a place share them.
const ENTRIES_MAX: usize = 8;

/// How many places there are.
const PLACES: usize = 1 << 12;

/// The number of no entry.
const NONE: u32 = u32::MAX;

/// So many records decide whether asking pays.
const TRIAL_RECORDS: u32 = if cfg!(fuzzing) { 1 << 6 } else { 1 << 12 };

/// A short table is read before anything in it repeats; what a fuzzer writes is shorter.
const SHORT_RECORDS: u32 = if cfg!(fuzzing) { 1 } else { 1 << 5 };

/// So much is kept of the entries of one table. A large organization has some 1,500, of a few hundred bytes each.
const BYTES_MAX: usize = 1 << 22;

/// So many pieces a record has at most.
const PIECES_MAX: usize = 16;

/// Names that begin like this may be those of types, which a list shows that was not written.
const TYPES: [&str; 4] = ["System.", "Microsoft.", "Deserialized.", " "];

/// Whose a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The role's: the same as in the record above.
    Role,
    /// The entry's: the same as in a record of another role.
    Entry,
}

/// A piece of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Where it ends.
    pub(super) end: usize,
    pub(super) whose: Whose,
    /// How many digits stand between it and the next one. They number the objects of a file, and differ each time.
    pub(super) digits: usize,
}

/// The pieces of the records that were read.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Of each piece whose it is, and whether digits follow it: the same in all records.
    shape: Vec<(Whose, bool)>,
    /// The pieces of the role above, if it is known.
    role: Option<Known>,
    /// What the role above is written in once more.
    spare: Known,
    /// The bytes of the entries, one behind the other, and the lengths of their pieces.
    entries: Known,
    /// Of each entry, where its bytes start, and the entry before it in its place.
    places_of: Vec<(u32, u32)>,
    /// How many pieces of a record are its entry's.
    per_entry: usize,
    /// The number of the last entry of each place, which is the hash of its name.
    places: Vec<u32>,
    asked: u32,
    found: u32,
    /// Where the pieces of the record that was found last start.
    starts: [u32; PIECES_MAX],
}

/// Bytes of pieces, one behind the other.
#[derive(Debug, Default)]
struct Known {
    bytes: Vec<u8>,
    lengths: Vec<u32>,
}

impl Known {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.lengths.push(to_u32(bytes.len()));
    }
}

impl Pieces {
    /// The number of the entry that stands at `at` below the role above, and where the record ends. `None` says nothing.
    pub(super) fn take(&mut self, text: &str, at: usize) -> Option<(u32, usize)> {
        self.asked += 1;
        let found = if self.pays() { self.find(text.as_bytes(), at) } else { None }?;
        self.found += 1;
        Some(found)
    }

    /// Where few entries repeat, looking for them costs more than it saves.
    fn pays(&self) -> bool {
        self.asked < TRIAL_RECORDS || self.found >= self.asked / 4
    }

    fn find(&mut self, bytes: &[u8], at: usize) -> Option<(u32, usize)> {
        let role = self.role.as_ref()?;
        let head = self.shape.iter().take_while(|(whose, _)| *whose == Whose::Role).count();
        let mut start = Walk { bytes, at, index: 0, role: (0, 0), entry: (0, 0) };
        start.follow(&self.shape[..head], role, &self.entries, &mut self.starts)?;
        let mut number = *self.places.get(place_of(bytes.get(start.at..)?))?;
        loop {
            let (entry, before) = *self.places_of.get(number as usize)?;
            let mut walk = Walk { entry: (entry as usize, number as usize * self.per_entry), ..start };
            if walk.follow(&self.shape[head..], role, &self.entries, &mut self.starts).is_some() {
                return Some((number, walk.at));
            }
            number = before;
        }
    }

    /// The role above is not known: a record was read that was not learnt.
    pub(super) fn forget_role(&mut self) {
        if let Some(role) = self.role.take() {
            self.spare = role;
        }
    }

    /// Keeps the record at `start`, and returns the number of its entry; `None` where no more is kept.
    pub(super) fn learn(&mut self, text: &str, start: usize, pieces: &[Piece]) -> Option<u32> {
        self.forget_role();
        if self.asked <= SHORT_RECORDS || !self.pays() || pieces.len() > PIECES_MAX {
            return None;
        }
        let shape = pieces.iter().map(|piece| (piece.whose, piece.digits > 0));
        if self.shape.is_empty() {
            self.places = vec![NONE; PLACES];
            self.shape = shape.collect();
            self.per_entry = pieces.iter().filter(|piece| piece.whose == Whose::Entry).count();
        } else if !shape.eq(self.shape.iter().copied()) {
            return None;
        }
        let mut role = std::mem::take(&mut self.spare);
        role.bytes.clear();
        role.lengths.clear();
        let mut at = start;
        for piece in pieces {
            if piece.whose == Whose::Role {
                role.add(&text.as_bytes()[at..piece.end]);
            }
            at = piece.end + piece.digits;
        }
        self.role = Some(role);
        match self.find(text.as_bytes(), start) {
            Some((number, end)) if end == at => Some(number),
            _ => self.keep(text, start, pieces),
        }
    }

    /// Keeps an entry that is new.
    fn keep(&mut self, text: &str, start: usize, pieces: &[Piece]) -> Option<u32> {
        let (number, kept) = (to_u32(self.places_of.len()), self.entries.bytes.len());
        let (mut at, mut place) = (start, None);
        if kept > BYTES_MAX {
            return None;
        }
        for piece in pieces {
            if piece.whose == Whose::Entry {
                let bytes = &text.as_bytes()[at..piece.end];
                if place.is_none() {
                    let (found, mut known) = (place_of(&text.as_bytes()[at..]), 0);
                    let mut before = self.places[found];
                    while let Some((_, next)) = self.places_of.get(before as usize) {
                        (known, before) = (known + 1, *next);
                    }
                    if known >= ENTRIES_MAX {
                        return None;
                    }
                    place = Some(found);
                }
                self.entries.add(bytes);
            }
            at = piece.end + piece.digits;
        }
        let before = std::mem::replace(&mut self.places[place?], number);
        self.places_of.push((to_u32(kept), before));
        Some(number)
    }
}

/// A comparison on its way.
#[derive(Clone, Copy)]
struct Walk<'x> {
    bytes: &'x [u8],
    at: usize,
    /// How many pieces are behind it.
    index: usize,
    /// How many bytes and pieces of the role, and of all entries, are.
    role: (usize, usize),
    entry: (usize, usize),
}

impl Walk<'_> {
    /// Compares the next pieces, and notes where they start.
    #[inline]
    fn follow(
        &mut self,
        shape: &[(Whose, bool)],
        role: &Known,
        entries: &Known,
        starts: &mut [u32; PIECES_MAX],
    ) -> Option<()> {
        for (whose, digits) in shape {
            let (known, (from, piece)) = match whose {
                Whose::Role => (role, &mut self.role),
                Whose::Entry => (entries, &mut self.entry),
            };
            let length = known.lengths[*piece] as usize;
            if self.bytes.get(self.at..self.at + length)? != &known.bytes[*from..*from + length] {
                return None;
            }
            starts[self.index] = to_u32(self.at);
            (*from, *piece) = (*from + length, *piece + 1);
            (self.at, self.index) = (self.at + length, self.index + 1);
            if *digits {
                let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                if count == 0 {
                    return None;
                }
                self.at += count;
            }
        }
        Some(())
    }
}

/// The place of the name that stands here, which ends before a byte that is less than a hyphen, or one of `;<|`. Eight
/// bytes are looked at at a time.
fn place_of(bytes: &[u8]) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let (words, rest) = bytes.as_chunks();
    let rest = std::iter::once_with(|| rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    let mut place = 0_u64;
    for word in words.iter().map(|word| u64::from_le_bytes(*word)).chain(rest) {
        let is = |byte: u8| (word ^ (LOW * u64::from(byte))).wrapping_sub(LOW);
        let less = word.wrapping_sub(LOW * u64::from(b'-'));
        let ends = (less | is(b';') | is(b'<') | is(b'|')) & !word & (LOW << 7);
        // The lowest of these bits is that of the first byte that ends the name; without any, the word is of it.
        let first = ends & ends.wrapping_neg();
        let name = word & (first >> 7).wrapping_sub(1);
        place = (place.rotate_left(5) ^ name).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        if ends != 0 {
            break;
        }
    }
    (place >> 32) as usize % PLACES
}

/// The records of one table or list, all with the same properties.
#[derive(Debug)]
pub(super) struct Foretold<'t> {
    pieces: Pieces,
    /// How many fields a record has, and which are these.
    count: usize,
    name: usize,
    role: Option<usize>,
    identity: Option<usize>,
    /// The fields of the role above.
    of_role: Vec<Place>,
    /// Those of the entries, one entry behind the other.
    of_entries: Vec<(Place, KnownValue<'t>)>,
    /// How the entries end, and what is to be noticed about their fields.
    ends: Vec<End>,
    remarks: Vec<(RuleId, usize)>,
    /// Whether the identity of the record above is that of its role and its name, and what stands before the name.
    composed: bool,
    prefix: String,
    /// The number that records with the first entry share.
    first: u32,
}

/// What a reader knows of a record beside its fields.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside<'r> {
    /// Where its name stands before its properties.
    pub(super) shown: Option<usize>,
    /// Where numbers stand that differ each time, and how long they are.
    pub(super) digits: &'r [(usize, usize)],
    /// What is to be noticed about its fields.
    pub(super) remarks: &'r [(RuleId, usize)],
}

/// What is known of an entry beside its fields.
#[derive(Clone, Copy, Debug)]
struct End {
    /// How many bytes stand behind the record.
    behind: u32,
    /// Where its remarks end.
    remarks: u32,
    /// Whether its identity goes on that of a role.
    composed: bool,
}

/// Where a field stands: its piece and the offset in it, of its start and of its end.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    start: (u32, u32),
    end: (u32, u32),
}

/// A value that is whole and stands in the text as it is.
#[derive(Clone, Copy, Debug)]
enum KnownValue<'t> {
    /// It begins with the role's.
    Elsewhere,
    Nothing,
    Text(&'t str),
    List(RawList<'t>),
}

impl<'t> Foretold<'t> {
    /// Nothing is known yet. `None` where the records are no role entries, or have no parameters, or nothing is foretold.
    /// `first` is a number that no records of the file share.
    pub(super) fn new(properties: impl Iterator<Item = Property>, first: u32) -> Option<Self> {
        let properties: Vec<Property> = properties.collect();
        let find = |wanted: Property| properties.iter().position(|property| *property == wanted);
        find(Property::Parameters).filter(|_| first != u32::MAX)?;
        Some(Self {
            pieces: Pieces::default(),
            count: properties.len(),
            name: find(Property::Name)?,
            role: find(Property::Role),
            identity: find(Property::Identity),
            of_role: Vec::new(),
            of_entries: Vec::new(),
            ends: Vec::new(),
            remarks: Vec::new(),
            composed: false,
            prefix: String::new(),
            first,
        })
    }

    /// Puts the record that stands at `at` in `record`, which holds the one above, and returns where reading goes on.
    pub(super) fn take(&mut self, text: &'t str, at: usize, record: &mut Record<'t>) -> Option<usize> {
        let (number, next) = self.pieces.take(text, at)?;
        let end = &self.ends[number as usize];
        if end.composed != self.composed {
            return None;
        }
        let starts = &self.pieces.starts;
        let of_entry = &self.of_entries[number as usize * self.count..];
        let offset = |(piece, offset): (u32, u32)| starts[piece as usize] + offset;
        for ((field, of_role), (of_entry, value)) in record.fields.iter_mut().zip(&self.of_role).zip(of_entry) {
            let place = if matches!(value, KnownValue::Elsewhere) { of_role } else { of_entry };
            (field.at.start, field.at.end) = (offset(place.start), offset(place.end));
            value.put(&mut field.value);
        }
        if let Some(identity) = self.identity.filter(|_| self.composed) {
            record.fields[identity].at.end = offset(of_entry[identity].0.end);
            self.compose(text, identity, record);
        }
        (record.at.start, record.at.end) = (to_u32(at), to_u32(next) - end.behind);
        record.repeats = Some(self.first + number);
        Some(next)
    }

    /// Puts the role and the name together.
    fn compose(&self, text: &'t str, identity: usize, record: &mut Record<'t>) {
        let [name, field] = match record.fields.get_disjoint_mut([self.name, identity]) {
            Ok(fields) => fields,
            Err(_) => return,
        };
        match &mut field.value {
            Value::Text(Cow::Owned(shown), _) => {
                shown.clear();
                shown.push_str(&self.prefix);
                shown.push_str(name.value.whole().unwrap_or(""));
            }
            value => *value = Value::text(&text[field.at.start as usize..field.at.end as usize]),
        }
    }

    /// What is to be noticed about the fields of the records that share this number.
    pub(super) fn remarks(&self, number: u32) -> &[(RuleId, usize)] {
        let index = (number - self.first) as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before].remarks);
        &self.remarks[start as usize..self.ends[index].remarks as usize]
    }

    /// The record at hand is not learnt.
    pub(super) fn forget_role(&mut self) {
        self.pieces.forget_role();
    }

    /// Keeps a record that was read, behind which reading goes on at `next`, and returns the number that it shares with
    /// others.
    pub(super) fn learn(
        &mut self,
        text: &'t str,
        next: usize,
        record: &Record<'t>,
        beside: &Beside<'_>,
    ) -> Option<u32> {
        self.pieces.forget_role();
        let start = record.at.start as usize;
        let pieces = self.cut(text, next, record, beside)?;
        let place = |offset: u32| {
            let offset = offset as usize;
            // What starts where a piece ends belongs to the next one; digits are in none.
            let piece = pieces.iter().position(|piece| offset < piece.end)?;
            let from = if piece == 0 { start } else { pieces[piece - 1].end + pieces[piece - 1].digits };
            Some((to_u32(piece), to_u32(offset.checked_sub(from)?)))
        };
        let place_of = |field: &Field<'_>| Some(Place { start: place(field.at.start)?, end: place(field.at.end)? });
        self.of_role = record.fields.iter().map(place_of).collect::<Option<Vec<Place>>>()?;
        let is_of_role = |index: usize| pieces[self.of_role[index].start.0 as usize].whose == Whose::Role;
        // About what is the role's, there must be nothing to be said.
        let is_known = |(index, field): (usize, &Field<'t>)| match is_of_role(index) {
            true => matches!(field.value, Value::Nothing | Value::Text(_, Complete::Yes)),
            false => KnownValue::of(&field.value).is_some(),
        };
        if !record.fields.iter().enumerate().all(is_known) || beside.remarks.iter().any(|(_, index)| is_of_role(*index))
        {
            return None;
        }
        let known = self.pieces.places_of.len();
        let number = self.pieces.learn(text, start, &pieces)?;
        if number as usize == known {
            for (field, place) in record.fields.iter().zip(&self.of_role) {
                let is_of_role = pieces[place.start.0 as usize].whose == Whose::Role;
                let value = if is_of_role { None } else { KnownValue::of(&field.value) };
                self.of_entries.push((*place, value.unwrap_or(KnownValue::Elsewhere)));
            }
            self.remarks.extend_from_slice(beside.remarks);
            let (behind, remarks) = (to_u32(next) - record.at.end, to_u32(self.remarks.len()));
            self.ends.push(End { behind, remarks, composed: self.composed });
        }
        Some(self.first + number)
    }

    /// Cuts a record into its pieces; `None` where it is not whole, or none of a cmdlet.
    fn cut(&mut self, text: &'t str, next: usize, record: &Record<'t>, beside: &Beside<'_>) -> Option<Vec<Piece>> {
        let fields = &record.fields;
        let name = fields.get(self.name).filter(|_| fields.len() == self.count)?.value.whole()?;
        if !record.complete || !is_cmdlet_name(name) {
            return None;
        }
        let range = |field: &Field<'_>| field.at.start as usize..field.at.end as usize;
        // Where the name stands in the text, and where something of the role's starts and ends.
        let mut names = vec![beside.shown.unwrap_or(usize::MAX), range(&fields[self.name]).start];
        let mut roles = Vec::with_capacity(2);
        if let Some(role) = self.role {
            let at = range(&fields[role]);
            roles.push((at.start, fields.get(role + 1).map_or(at.end, |next| range(next).start)));
        }
        self.composed = false;
        if let Some(identity) = self.identity {
            let (at, value) = (range(&fields[identity]), &fields[identity].value);
            // What was wrapped breaks where the width says.
            let is_joined = matches!(value, Value::Text(Cow::Borrowed(_), _)) || record.shape != list::READER.shape;
            let prefix = value.whole().and_then(|value| value.strip_suffix(name)).filter(|prefix| {
                let is_type = TYPES.iter().any(|start| prefix.starts_with(start));
                is_joined && !is_type && prefix.ends_with('\\') && text[at.clone()].ends_with(name)
            });
            if let Some(prefix) = prefix {
                self.composed = true;
                self.prefix.clear();
                self.prefix.push_str(prefix);
                names.push(at.end - name.len());
            }
            roles.push((at.start, if self.composed { at.end - name.len() } else { at.start }));
        }
        roles.sort_unstable();
        let first = names.into_iter().min()?;
        let mut pieces = vec![(first, Whose::Role)];
        for (from, to) in roles.into_iter().filter(|(from, _)| *from >= first) {
            pieces.extend([(from, Whose::Entry), (to, Whose::Role)]);
        }
        pieces.push((next, Whose::Entry));
        let mut cut = Vec::with_capacity(pieces.len() + beside.digits.len());
        let (mut at, mut digits) = (record.at.start as usize, beside.digits.iter().peekable());
        for (end, whose) in pieces {
            while let Some((number, length)) = digits.next_if(|(number, _)| *number < end) {
                // Numbers of what is broken may overlap.
                if *number < at {
                    return None;
                }
                cut.push(Piece { end: *number, whose, digits: *length });
                at = number + length;
            }
            if end < at {
                return None;
            }
            cut.push(Piece { end, whose, digits: 0 });
            at = end;
        }
        Some(cut)
    }
}

impl<'t> KnownValue<'t> {
    fn of(value: &Value<'t>) -> Option<Self> {
        match value {
            Value::Nothing => Some(Self::Nothing),
            Value::Text(Cow::Borrowed(text), Complete::Yes) => Some(Self::Text(text)),
            Value::List(list) => Some(Self::List(*list)),
            Value::Text(..) | Value::Object(_) => None,
        }
    }

    /// Replaces a value, most often by one of the same kind: that takes half the time of a new one.
    fn put(self, value: &mut Value<'t>) {
        match (value, self) {
            (_, Self::Elsewhere) => {}
            (Value::Text(Cow::Borrowed(text), Complete::Yes), Self::Text(known)) => *text = known,
            (Value::List(list), Self::List(known)) => *list = known,
            (value, Self::Nothing) => *value = Value::Nothing,
            (value, Self::Text(known)) => *value = Value::text(known),
            (value, Self::List(known)) => *value = Value::List(known),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::clixml;
    use super::*;
    use crate::record::Kind;
    use crate::source::{FileId, Span};

    /// Reads `role|name|rest` as a reader would that learns all it cannot take.
    fn read(pieces: &mut Pieces, text: &str) -> Option<u32> {
        if let Some((number, end)) = pieces.take(text, 0) {
            assert_eq!(end, text.len());
            return Some(number);
        }
        let name = text.find('|').expect("a role") + 1;
        let piece = |end, whose| Piece { end, whose, digits: 0 };
        pieces.learn(text, 0, &[piece(name, Whose::Role), piece(text.len(), Whose::Entry)])
    }

    /// Behind a short table.
    fn pieces() -> Pieces {
        let mut pieces = Pieces::default();
        for _ in 0..SHORT_RECORDS {
            assert_eq!(read(&mut pieces, "A|Get-Mailbox|"), None);
        }
        pieces
    }

    #[test]
    fn an_entry_is_known_below_every_role_and_behind_its_own_name_alone() {
        let mut pieces = pieces();
        assert_eq!(read(&mut pieces, "A|Get-Mailbox|A;B,"), Some(0));
        assert_eq!(read(&mut pieces, "A|Get-User|A,"), Some(1));
        assert_eq!(pieces.take("B|Get-User|A,", 0), None, "nothing is known of the role");
        assert_eq!(read(&mut pieces, "B|Get-User|A,"), Some(1));
        assert_eq!(pieces.take("B|Get-Mailbox|A;B,C|", 0), Some((0, 18)));
        assert_eq!(pieces.take("B|Get-Mailbox|A;", 0), None);
        assert_eq!(pieces.take("B|get-mailbox|A;B,", 0), None);
        pieces.forget_role();
        assert_eq!(pieces.take("B|Get-Mailbox|A;B,", 0), None);
    }

    #[test]
    fn numbers_that_differ_each_time_are_passed_over() {
        let mut pieces = Pieces { asked: SHORT_RECORDS + 1, ..Pieces::default() };
        let cut = |text: &str, digits: usize| {
            let piece = |end, whose, digits| Piece { end, whose, digits };
            [piece(2, Whose::Role, digits), piece(text.len(), Whose::Entry, 0)]
        };
        assert_eq!(pieces.learn("A|7|Get-User|", 0, &cut("A|7|Get-User|", 1)), Some(0));
        assert_eq!(pieces.take("A|1234|Get-User|", 0), Some((0, 16)));
        assert_eq!(pieces.take("A||Get-User|", 0), None);
    }

    #[test]
    fn numbers_that_overlap_are_not_learnt() {
        let text = "Alpha|Get-User|1234|Identity|";
        let span = |start: u32, end: u32| Span { file: FileId(0), start, end };
        let field = |property: Property, start: u32, end: u32| Field {
            name: Cow::Borrowed("x"),
            property,
            at: span(start, end),
            value: Value::text(&text[start as usize..end as usize]),
        };
        let fields =
            vec![field(Property::Role, 0, 5), field(Property::Name, 6, 14), field(Property::Parameters, 20, 28)];
        let record = Record {
            kind: Kind::RoleEntry,
            shape: clixml::READER.shape,
            command: None,
            at: span(0, 28),
            complete: true,
            repeats: None,
            fields,
        };
        let learn = |digits: &[(usize, usize)]| {
            let properties = [Property::Role, Property::Name, Property::Parameters];
            let mut foretold = Foretold::new(properties.into_iter(), 0).expect("role entries");
            foretold.pieces.asked = SHORT_RECORDS + 1;
            foretold.learn(text, text.len(), &record, &Beside { digits, ..Beside::default() })
        };
        assert_eq!(learn(&[(15, 4)]), Some(0));
        assert_eq!(learn(&[(15, 4), (17, 2)]), None);
    }

    #[test]
    fn what_never_repeats_is_neither_kept_nor_looked_for() {
        let mut pieces = Pieces::default();
        let kept =
            (0..2 * TRIAL_RECORDS).filter(|number| read(&mut pieces, &format!("A|Get-Mailbox|P{number},")).is_some());
        assert_eq!(kept.count(), ENTRIES_MAX);
        assert!(!pieces.pays(), "some are known, but nobody looks any more");
    }
}
