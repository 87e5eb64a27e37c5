//! What a row says of the state of its object: whether an account may sign in,
//! whether a group has an address and can hold permissions, whether there is a mailbox.

use crate::name::same;
use crate::record::Property;
use crate::source::Span;

use super::collect::{class, truth, word_of};
use super::facts::{Class, Stated};
use super::row::Row;

/// Whether a row is one of an application: Exchange Online prints `ServicePrincipal`.
pub(super) fn is_application(record: &Row<'_, '_>) -> bool {
    let words = [Property::RecipientTypeDetails, Property::RecipientType];
    words.iter().any(|property| word_of(record, *property).is_some_and(|word| same(word, "ServicePrincipal")))
}

/// Whether a group has an address: its type says `Mail…`.
pub(super) fn mail_enabled(record: &Row<'_, '_>) -> Option<bool> {
    let words = [Property::RecipientTypeDetails, Property::RecipientType];
    let word = words.iter().find_map(|property| word_of(record, *property))?;
    Some(word.get(..4).is_some_and(|start| same(start, "Mail")))
}

/// Whether an account is disabled: Get-Mailbox prints `AccountDisabled`, Get-User the flags of the account.
pub(super) fn account_disabled(record: &Row<'_, '_>) -> Option<(bool, Span)> {
    if let (Stated::Is(disabled), Some(field)) =
        (truth(record, Property::AccountDisabled), record.field(Property::AccountDisabled))
    {
        return Some((disabled, field.at));
    }
    if let Some(field) = record.field(Property::UserAccountControl)
        && let Some(flags) = field.value.whole()
    {
        return Some((flags.split(',').any(|flag| same(flag.trim(), "AccountDisabled")), field.at));
    }
    let field = record.field(Property::RecipientTypeDetails)?;
    same(field.value.whole()?, "DisabledUser").then_some((true, field.at))
}

/// Whether an account may open a session: `False` in either column of Get-User shuts it out.
pub(super) fn may_open_session(record: &Row<'_, '_>) -> Option<(bool, Span)> {
    let said = [Property::RemotePowerShellEnabled, Property::ExoModuleEnabled].map(|property| {
        match (truth(record, property), record.field(property)) {
            (Stated::Is(may), Some(field)) => Some((may, field.at)),
            _ => None,
        }
    });
    said.iter().flatten().find(|(may, _)| !may).or_else(|| said.iter().flatten().next()).copied()
}

/// Whether a group can hold permissions: its recipient type, else its group type.
pub(super) fn group_security(record: &Row<'_, '_>) -> Option<bool> {
    match class(record) {
        Some(Class::SecurityGroup) => return Some(true),
        Some(Class::DistributionGroup) => return Some(false),
        _ => {}
    }
    let word = record.value(Property::GroupType)?.whole()?.to_ascii_lowercase();
    Some(word.contains("security"))
}

/// Whether a recipient has a mailbox, as far as its type says.
pub(super) fn has_mailbox(record: &Row<'_, '_>) -> Option<bool> {
    let word = word_of(record, Property::RecipientTypeDetails).or_else(|| word_of(record, Property::RecipientType))?;
    if same(word, "UserMailbox") {
        return Some(true);
    }
    let word = word.to_ascii_lowercase();
    Some(word.contains("mailbox") && !word.starts_with("remote") && word != "groupmailbox")
}

/// Whether a recipient is a linked mailbox, whose user lives in another forest, as far as its type says: the broader
/// `RecipientType` of one is that of any mailbox.
pub(super) fn linked_mailbox(record: &Row<'_, '_>) -> Option<bool> {
    match word_of(record, Property::RecipientTypeDetails) {
        Some(word) => Some(same(word, "LinkedMailbox") || same(word, "LinkedUser")),
        None => has_mailbox(record).filter(|has| !has),
    }
}
