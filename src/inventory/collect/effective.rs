//! The users whom an assignment reaches, each in a row of its own.

use crate::name::same;
use crate::record::{Complete, Property, Value};

use super::super::facts::AssigneeType;
use super::super::identity::last_part;
use super::super::row::Row;
use super::{assignee_type, word_of};

/// The user of a row that `-GetEffectiveUsers` adds. The assignment's own row is reached by no method but `Direct`. `asked`:
/// whether the command has that switch, where one is known: without it no row of a group or a policy names a user.
pub(super) fn effective_user<'r>(record: &Row<'r, '_>, asked: Option<bool>) -> Option<(&'r str, Complete)> {
    match word_of(record, Property::AssignmentMethod) {
        _ if asked == Some(false) => return None,
        None if asked.is_none() => return user_behind_group(record),
        Some(method) if same(method, "Direct") => return None,
        _ => {}
    }
    match record.value(Property::EffectiveUserName)? {
        Value::Text(text, complete) if !is_everybody(text) => Some((text, *complete)),
        _ => None,
    }
}

/// What stands for all whom a group, a policy or a linked group reaches, and the same in the languages of the shell.
///
/// Source: the values of `EffectiveUserName` without `-GetEffectiveUsers` (Get-ManagementRoleAssignment); the translations
/// are ours.
const EVERYBODY: &[&str] = &[
    "All Group Members",
    "All Policy Assignees",
    "All Linked Group Members",
    "Alle Gruppenmitglieder",
    "Alle Mitglieder der Gruppe",
    "Alle Richtlinienempfänger",
    "Alle Richtlinienzugewiesenen",
    "Alle Mitglieder der verknüpften Gruppe",
    "Alle verknüpften Gruppenmitglieder",
    "Tous les membres du groupe",
    "Tous les membres de groupe",
    "Tous les destinataires de la stratégie",
    "Tous les membres du groupe lié",
    "Todos los miembros del grupo",
    "Todos los usuarios asignados a la directiva",
    "Todos los miembros del grupo vinculado",
    "Tutti i membri del gruppo",
    "Tutti gli assegnatari del criterio",
    "Tutti i membri del gruppo collegato",
    "Todos os membros do grupo",
    "Todos os usuários atribuídos à política",
    "Todos os membros do grupo vinculado",
    "Alle groepsleden",
    "Wszyscy członkowie grupy",
    "Все участники группы",
    "Все члены группы",
    "すべてのグループ メンバー",
    "모든 그룹 구성원",
    "所有组成员",
    "所有群組成員",
];

/// Whether a text stands for all whom a group or a policy reaches.
pub(super) fn is_everybody(text: &str) -> bool {
    let text = text.trim();
    EVERYBODY.iter().any(|known| same(known, text))
}

/// Without the columns that say so, `User` is whom the assignment reaches where it is not the group that is assigned.
fn user_behind_group<'r>(record: &Row<'r, '_>) -> Option<(&'r str, Complete)> {
    let of_group = assignee_type(record)
        .is_some_and(|kind| kind.is_role_group() || matches!(kind, AssigneeType::SecurityGroup | AssigneeType::Policy));
    let user = record.value(Property::User)?.whole().filter(|_| of_group)?;
    let name = record.value(Property::RoleAssigneeName)?.whole()?;
    let last = last_part(user)?;
    let others = record.value(Property::RoleAssignee).and_then(Value::whole).and_then(last_part);
    (!same(&last, name) && !others.is_some_and(|other| same(&other, &last))).then_some((user, Complete::Yes))
}
