//! What Exchange itself calls its roles and groups: names that are one, whatever they hold.

use crate::name::same;

const ROLES: &str = include_str!("../catalogue/roles.tsv");
const OTHERS: &str = include_str!("../catalogue/defaults.tsv");

/// Names of so many bytes and more share what is noted of them.
const LENGTHS: usize = 64;

/// For names of each length, the bytes that they begin and that they end with, in lower case: most texts are told from all
/// of them by these.
const ENDS: [[u128; 2]; LENGTHS] = {
    let mut ends = [[0; 2]; LENGTHS];
    note(ROLES.as_bytes(), 0, &mut ends);
    note(OTHERS.as_bytes(), 1, &mut ends);
    ends
};

/// Notes the names in a column of a table.
const fn note(table: &[u8], wanted: usize, ends: &mut [[u128; 2]; LENGTHS]) {
    let (mut at, mut start, mut column) = (0, 0, 0);
    while at < table.len() {
        if table[at] == b'\t' || table[at] == b'\n' {
            if column == wanted && at > start {
                let noted = &mut ends[place(at - start)];
                noted[0] |= bit(table[start]);
                noted[1] |= bit(table[at - 1]);
            }
            (start, column) = (at + 1, if table[at] == b'\t' { column + 1 } else { 0 });
        }
        at += 1;
    }
}

const fn place(length: usize) -> usize {
    if length < LENGTHS { length } else { LENGTHS - 1 }
}

const fn bit(byte: u8) -> u128 {
    1 << (byte.to_ascii_lowercase() & 0x7F)
}

/// Whether a text is the name of a built-in role, or of a role group or policy that comes with Exchange.
#[must_use]
pub(crate) fn is_known_name(text: &str) -> bool {
    let ([first, .., last] | [first @ last]) = text.as_bytes() else { return false };
    let [firsts, lasts] = ENDS[place(text.len())];
    // Letters beyond ASCII may fold to others, of another length.
    if text.is_ascii() && (firsts & bit(*first) == 0 || lasts & bit(*last) == 0) {
        return false;
    }
    names().any(|name| same(name, text))
}

fn names() -> impl Iterator<Item = &'static str> {
    let roles = ROLES.lines().skip(2).filter_map(|row| row.split('\t').next());
    let others = OTHERS.lines().skip(2).filter_map(|row| row.split('\t').nth(1));
    roles.chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_roles_and_role_groups_are_known() {
        let known = ["mail recipients", "Organization Management", "Default Role Assignment Policy"].map(is_known_name);
        assert_eq!(
            (known, is_known_name("Mail Recipients Journaling"), is_known_name("role")),
            ([true; 3], false, false)
        );
    }

    #[test]
    fn every_known_name_is_one_however_it_is_written() {
        for name in names().filter(|name| !name.is_empty()) {
            assert!(is_known_name(name) && is_known_name(&name.to_uppercase()), "{name}");
        }
    }
}
