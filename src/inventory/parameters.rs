//! Parameter lists, interned whole: a hundred role entries share one list.

use hashbrown::HashTable;

use crate::name::{Names, Symbol, hash};
use crate::record::damage;
use crate::record::{RawList, Rest, Value};

/// The number of a parameter list within one `ParameterLists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterListId(pub u32);

/// The parameters of a role entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterList {
    /// The parameters, sorted by symbol, each once.
    pub names: Box<[Symbol]>,
    /// Whether the export shows all of them.
    pub complete: bool,
}

impl ParameterList {
    /// Whether the list shows a parameter.
    #[must_use]
    pub fn has(&self, parameter: Symbol) -> bool {
        self.names.binary_search(&parameter).is_ok()
    }
}

/// All parameter lists of an inventory.
///
/// The raw text of a list is looked up first, so that a list that was seen before costs one hash.
#[derive(Clone, Debug, Default)]
pub struct ParameterLists {
    lists: Vec<ParameterList>,
    by_content: HashTable<u32>,
    raw: HashTable<(Box<str>, u64, usize, ParameterListId)>,
    raw_bytes: usize,
}

/// Lists that differ each time, as those of CLIXML do by their numbers, must not be kept twice: beyond this, raw texts are
/// no longer remembered. A large organization has some 1,500 lists of 400 bytes.
const RAW_BYTES_MAX: usize = 1 << 21;

impl ParameterLists {
    /// A list by its number.
    #[must_use]
    pub fn get(&self, id: ParameterListId) -> &ParameterList {
        &self.lists[id.0 as usize]
    }

    /// The list that a cell shows; an absent cell is an incomplete list.
    pub fn of_value(&mut self, value: Option<&Value<'_>>, names: &mut Names) -> ParameterListId {
        match value {
            Some(Value::List(list)) => self.of_raw(list, names),
            Some(Value::Nothing) => self.of_items(Vec::new(), true),
            Some(Value::Text(text, crate::record::Complete::Yes)) => {
                let symbol = parameter(text, names);
                self.of_items(symbol.into_iter().collect(), true)
            }
            Some(Value::Text(..) | Value::Object(_)) | None => self.of_items(Vec::new(), false),
        }
    }

    fn of_raw(&mut self, list: &RawList<'_>, names: &mut Names) -> ParameterListId {
        let splitter = list.split as usize;
        let key = hash(list.raw.as_bytes()) ^ list.detail;
        let same = |(raw, detail, split, _): &(Box<str>, u64, usize, ParameterListId)| {
            **raw == *list.raw && *detail == list.detail && *split == splitter
        };
        if let Some((.., id)) = self.raw.find(key, same) {
            return *id;
        }
        let items = list.items();
        let mut complete = items.rest == Rest::None;
        let mut symbols = Vec::with_capacity(items.items.len());
        for item in &items.items {
            match damage::is_damaged(item) {
                true => complete = false,
                false => symbols.extend(parameter(item, names)),
            }
        }
        let id = self.of_items(symbols, complete);
        if self.raw_bytes < RAW_BYTES_MAX {
            self.raw_bytes += list.raw.len();
            let rehash = |(raw, detail, ..): &(Box<str>, u64, usize, ParameterListId)| hash(raw.as_bytes()) ^ *detail;
            self.raw.insert_unique(key, (list.raw.into(), list.detail, splitter, id), rehash);
        }
        id
    }

    /// Forgets the raw texts: everything has been read.
    pub(super) fn forget_raw(&mut self) {
        self.raw = HashTable::new();
        self.raw_bytes = 0;
    }

    /// The list of these parameters, in any order.
    pub fn of_items(&mut self, mut symbols: Vec<Symbol>, complete: bool) -> ParameterListId {
        symbols.sort_unstable();
        symbols.dedup();
        let list = ParameterList { names: symbols.into(), complete };
        let key = content_hash(&list);
        if let Some(&id) = self.by_content.find(key, |&id| self.lists[id as usize] == list) {
            return ParameterListId(id);
        }
        let id = u32::try_from(self.lists.len()).expect("fewer lists than bytes of text");
        self.lists.push(list);
        let lists = &self.lists;
        self.by_content.insert_unique(key, id, |&id| content_hash(&lists[id as usize]));
        ParameterListId(id)
    }

    /// Takes over the lists of another inventory whose symbols were renamed; returns the new numbers.
    pub fn absorb(&mut self, other: &Self, renamed: &[Symbol]) -> Vec<ParameterListId> {
        let rename = |list: &ParameterList| list.names.iter().map(|symbol| renamed[symbol.index()]).collect();
        other.lists.iter().map(|list| self.of_items(rename(list), list.complete)).collect()
    }

    /// The union of several lists.
    #[must_use]
    pub fn union(&self, ids: impl IntoIterator<Item = ParameterListId>) -> Vec<Symbol> {
        let mut all: Vec<Symbol> = ids.into_iter().flat_map(|id| self.get(id).names.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A parameter's name as lists print it: some exporters keep the dash.
fn parameter(text: &str, names: &mut Names) -> Option<Symbol> {
    let name = match text.as_bytes() {
        [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => text,
        _ => text.trim().trim_start_matches('-'),
    };
    (!name.is_empty()).then(|| names.intern(name))
}

fn content_hash(list: &ParameterList) -> u64 {
    let seed = u64::from(list.complete);
    list.names
        .iter()
        .fold(seed, |sum, symbol| (sum.rotate_left(5) ^ u64::from(symbol.number())).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}
