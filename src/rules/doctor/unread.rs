//! Rows of members that do not say of which group.

use crate::diagnostic::{Label, Report, noticed};
use crate::inventory::{Class, Inventory, MembersState};
use crate::name::fold;
use crate::powershell::export_of;
use crate::record::Kind;
use crate::remedy::Fix;

use super::note;

/// A file that is named for a group whose members are not known, and holds rows of people without a group.
pub(super) fn check(inventory: &Inventory, report: &mut Report) {
    let principals = &inventory.principals;
    let is_open = |id: &crate::inventory::PrincipalId| {
        let principal = principals.get(*id);
        principal.class == Some(Class::SecurityGroup) && principal.members.state == MembersState::NotExported
    };
    let letters = |text: &str| fold(&text.chars().filter(|char| char.is_alphanumeric()).collect::<String>());
    let open: Vec<(String, &str)> = principals
        .ids()
        .filter(is_open)
        .map(|id| inventory.show_principal(id))
        .map(|name| (letters(name), name))
        .filter(|(letters, _)| letters.len() > 2)
        .collect();
    for fact in inventory.files.iter().filter(|fact| fact.kind == Kind::Recipient) {
        let path = inventory.path(fact.file);
        let stem = letters(path.rsplit(['/', '\\']).next().and_then(|name| name.split('.').next()).unwrap_or(path));
        let Some((_, name)) = open.iter().filter(|(letters, _)| stem.contains(letters)).max_by_key(|(it, _)| it.len())
        else {
            continue;
        };
        let message = format!("`{path}` may list the members of `{name}`: its name says so, and no column does");
        let labels = vec![Label::new(fact.first, "a column `RoleGroup` would say whose members these are")];
        let fix = Fix::export(export_of(Kind::RoleGroupMember, name), "exports the members with their group");
        report.say(note(noticed::UNREAD_COLUMN, message, labels, fix, format!("RoleGroupMember {path}")));
    }
}
