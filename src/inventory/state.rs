//! What a row says of the state of its object: whether an account may sign in,
//! whether a group has an address and can hold permissions, whether there is a mailbox.

use crate::name::same;
use crate::record::Property;
use crate::source::Span;

use super::collect::{truth, word_of};
use super::facts::{Class, Stated};
use super::row::Row;

/// What the type of the last row says: rows of one type mostly stand together.
#[derive(Clone, Debug, Default)]
pub(super) struct Types {
    /// The words of `RecipientTypeDetails` and `RecipientType`, and what a report calls the object.
    words: [Option<String>; 3],
    says: TypeSays,
}

/// What the words for a recipient's type say, the detailed one first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TypeSays {
    pub(super) class: Option<Class>,
    /// Whether it has a mailbox.
    pub(super) mailbox: Option<bool>,
    /// Whether it is a linked mailbox, whose user lives in another forest: the broader `RecipientType` of one is that of
    /// any mailbox.
    pub(super) linked: Option<bool>,
    /// Whether it is an application: Exchange Online prints `ServicePrincipal`.
    pub(super) application: bool,
    /// Whether it is a group with an address: its type says `Mail…`.
    pub(super) mail_enabled: Option<bool>,
}

impl Types {
    pub(super) fn of(&mut self, record: &Row<'_, '_>) -> TypeSays {
        const COLUMNS: [Property; 3] = [Property::RecipientTypeDetails, Property::RecipientType, Property::ObjectType];
        let words = COLUMNS.map(|property| word_of(record, property));
        if words != self.words.each_ref().map(Option::as_deref) {
            self.words = words.map(|word| word.map(ToOwned::to_owned));
            self.says = TypeSays::of(words[0], words[1], words[2]);
        }
        self.says
    }
}

impl TypeSays {
    /// A report may call a mailbox `User`, so that its word says no more than what is an account and what is a group.
    fn of(details: Option<&str>, broad: Option<&str>, report: Option<&str>) -> Self {
        let words = || [details, broad].into_iter().flatten();
        let mailbox = words().next().map(is_of_mailbox);
        Self {
            class: words().chain(report).find_map(class_of_word),
            mailbox,
            linked: match details {
                Some(word) => Some(same(word, "LinkedMailbox") || same(word, "LinkedUser")),
                None => mailbox.filter(|has| !has),
            },
            application: words().any(|word| same(word, "ServicePrincipal")),
            mail_enabled: words().next().map(|word| word.get(..4).is_some_and(|start| same(start, "Mail"))),
        }
    }
}

fn class_of_word(word: &str) -> Option<Class> {
    // What most recipients are.
    if same(word, "UserMailbox") {
        return Some(Class::Account);
    }
    let word = word.to_ascii_lowercase();
    let has = |part: &str| word.contains(part);
    if has("groupmailbox") || has("distributiongroup") || has("nonuniversalgroup") && has("mail") || has("dynamic") {
        Some(Class::DistributionGroup)
    } else if has("group") {
        Some(Class::SecurityGroup)
    } else if has("foreign") {
        Some(Class::Foreign)
    } else if has("contact") || has("publicfolder") {
        Some(Class::Other)
    } else if has("mailbox") || has("user") || has("computer") || has("principal") {
        Some(Class::Account)
    } else {
        None
    }
}

/// Whether a recipient of a type has a mailbox.
fn is_of_mailbox(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.contains("mailbox") && !word.starts_with("remote") && word != "groupmailbox"
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
pub(super) fn group_security(record: &Row<'_, '_>, class: Option<Class>) -> Option<bool> {
    match class {
        Some(Class::SecurityGroup) => return Some(true),
        Some(Class::DistributionGroup) => return Some(false),
        _ => {}
    }
    let word = record.value(Property::GroupType)?.whole()?.to_ascii_lowercase();
    Some(word.contains("security"))
}
