//! Lists of names whose text can be read in two ways, settled by the names that the exports hold.

use crate::inventory::disagreements::GivenFact;
use crate::inventory::facts::{Facts, Form, Lists, NameList, Stretch, Text};
use crate::name::{Names, Symbol, fold};
use crate::record::Kind;

/// A whole value that is the name of a known object is never split; every other is the list it looks like. Words that
/// blanks join are split where the names of the exports allow one way alone, and the exports hold groups and accounts.
pub(super) fn settle(facts: &mut Facts) {
    let mut known = vec![false; facts.names.len()];
    let whole = facts.lists.identities.iter().filter(|(_, text)| text.form == Form::Whole);
    whole.for_each(|(_, text)| known[text.symbol.index()] = true);
    let is_dictionary = is_whole(facts, &[Kind::Recipient]) && is_whole(facts, &[Kind::Group, Kind::RoleGroup]);
    let Facts { groups, lists: Lists { texts, .. }, names, .. } = facts;
    for group in groups {
        for list in [&mut group.members, &mut group.managed_by, &mut group.roles] {
            if let NameList::Either(items, whole) = *list {
                let name = names.find_by_hash(whole, |name| is_joined(name, items.of(texts), names));
                let name = name.filter(|name| known[name.index()]);
                let one = name.map(|symbol| list_of(texts, &[Text { symbol, form: Form::Whole }]));
                *list = NameList::Whole(one.unwrap_or(items));
            }
        }
        for list in [&mut group.members, &mut group.managed_by] {
            if let NameList::Unsplit(text) = list
                && is_dictionary
                && text.form == Form::Whole
                && let Some(items) = only_way(names.show(text.symbol), &known, names)
            {
                *list = NameList::Whole(list_of(texts, &items));
            }
        }
    }
}

/// What role groups and policies list as given to them, with the whole names in their lists: roles, then assignments. A
/// place in a directory is no name that rows show.
pub(in crate::inventory) fn given(facts: &Facts) -> Vec<(GivenFact, [Vec<Symbol>; 2])> {
    let mut known = vec![false; facts.names.len()];
    let roles = facts.roles.iter().map(|role| role.name).chain(facts.assignments.iter().filter_map(|it| it.name));
    roles.for_each(|text| known[text.symbol.index()] = true);
    let Facts { lists: Lists { texts, .. }, names, .. } = facts;
    let items = |list: NameList| -> Vec<Symbol> {
        let items = match list {
            NameList::Either(items, whole) => {
                // One name that holds a separator is none of its pieces.
                let name = names.find_by_hash(whole, |name| is_joined(name, items.of(texts), names));
                if name.is_some_and(|name| known[name.index()]) { &[] } else { items.of(texts) }
            }
            list => list.items(&facts.lists),
        };
        let is_name = |text: &&Text| text.form == Form::Whole && !names.show(text.symbol).contains(['/', '\\', '=']);
        items.iter().filter(is_name).map(|text| text.symbol).collect()
    };
    let given = facts.given.iter().filter(|fact| fact.holder.form == Form::Whole);
    given.map(|fact| (fact.clone(), [items(fact.roles), items(fact.assignments)])).collect()
}

fn list_of(texts: &mut Vec<Text>, items: &[Text]) -> Stretch {
    let start = texts.len();
    texts.extend_from_slice(items);
    Stretch::between(start, texts.len())
}

/// Whether a name holds all of these items, one behind the other.
fn is_joined(name: &str, items: &[Text], names: &Names) -> bool {
    let name = fold(name);
    let mut rest = name.as_str();
    items.iter().all(|item| {
        let item = fold(names.show(item.symbol));
        let found = rest.find(&item);
        rest = found.map_or("", |at| &rest[at + item.len()..]);
        found.is_some()
    })
}

/// Whether records of any of these kinds were read, and all of them.
fn is_whole(facts: &Facts, kinds: &[Kind]) -> bool {
    let mut files = facts.files.iter().filter(|fact| kinds.contains(&fact.kind)).peekable();
    files.peek().is_some()
        && files.all(super::super::FileFact::is_whole)
        && facts.lost.is_empty()
        && kinds.iter().all(|kind| facts.listings.iter().all(|one| one.kind != *kind || one.extent.is_whole()))
}

/// The one way to read a text as known names with blanks between them; `None` where there is none or are several.
fn only_way(text: &str, known: &[bool], names: &Names) -> Option<Vec<Text>> {
    /// No name of a directory object has more characters.
    const NAME_BYTES_MAX: usize = 256;
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices(' ').map(|(at, _)| at + 1)).filter(|at| *at < text.len()).collect();
    // For each start, in how many ways the rest can be read, and where the first name of such a way ends.
    let mut ways: Vec<(u8, usize, Symbol)> = vec![(0, 0, Symbol::new(0)); starts.len()];
    for index in (0..starts.len()).rev() {
        let start = starts[index];
        let ends = starts[index + 1..].iter().map(|next| next - 1).chain([text.len()]);
        for (step, end) in ends.enumerate().take_while(|(_, end)| end - start <= NAME_BYTES_MAX) {
            let Some(name) = names.get(&text[start..end]).filter(|name| known[name.index()]) else { continue };
            let next = index + step + 1;
            let rest = ways.get(next).map_or(1, |(count, ..)| *count);
            if rest > 0 {
                ways[index] = (ways[index].0.saturating_add(rest).min(2), next, name);
            }
        }
    }
    let mut items = Vec::new();
    let mut index = 0;
    while let Some(&(count, next, symbol)) = ways.get(index) {
        if count != 1 {
            return None;
        }
        items.push(Text { symbol, form: Form::Whole });
        index = next;
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(known: &[&str], text: &str) -> Option<Vec<String>> {
        let mut names = Names::default();
        for name in known {
            names.intern(name);
        }
        let known = vec![true; names.len()];
        let items = only_way(text, &known, &names)?;
        Some(items.iter().map(|item| names.show(item.symbol).to_owned()).collect())
    }

    #[test]
    fn words_are_split_where_one_way_alone_leads_through() {
        let known = ["anna", "Help Desk", "Bo Lind"];
        assert_eq!(
            read(&known, "anna Help Desk bo lind"),
            Some(vec!["anna".into(), "Help Desk".into(), "Bo Lind".into()])
        );
        assert_eq!(read(&known, "anna"), Some(vec!["anna".into()]));
        assert_eq!(read(&known, "anna Help"), None);
        assert_eq!(read(&known, "anna  Bo Lind"), None);
        assert_eq!(read(&["Help", "Desk", "Help Desk"], "Help Desk"), None);
        assert_eq!(read(&["Help", "Desk", "Help Desk", "anna"], "anna Help Desk"), None);
    }
}
