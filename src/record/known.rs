//! What Exchange itself calls its roles and groups: names that are one, whatever they hold.

use crate::name::same;

/// Whether a text is the name of a built-in role, or of a role group or policy that comes with Exchange.
#[must_use]
pub(crate) fn is_known_name(text: &str) -> bool {
    let roles = include_str!("../catalogue/roles.tsv").lines().skip(2).filter_map(|row| row.split('\t').next());
    let others = include_str!("../catalogue/defaults.tsv").lines().skip(2).filter_map(|row| row.split('\t').nth(1));
    roles.chain(others).any(|name| same(name, text))
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
}
