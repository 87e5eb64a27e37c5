//! Exports of several organizations in one run: their directories, a column that names them, their manifests.

use crate::diagnostic::{Label, Report, RuleId};
use crate::inventory::Inventory;
use crate::remedy::Fix;

use super::note;

/// The exports of one run are of several organizations.
pub const MIXED_ORGANIZATIONS: RuleId = RuleId::reading("mixed-organizations");

const HELP_OF_COLUMN: &str = "write the rows of each into a folder of its own, and check each by itself: `rolecall check FOLDER`; or name each folder in an `[[organization]]` of the policy";
const HELP: &str = "check each by itself: `rolecall check FOLDER` on the exports of one; or name each in an `[[organization]]` of the policy";

pub(super) fn check(inventory: &Inventory, report: &mut Report) {
    let shown = &inventory.origins;
    let other = shown.iter().enumerate().find_map(|(index, second)| {
        shown[..index].iter().find(|first| first.origin.excludes(&second.origin)).map(|first| (first, second))
    });
    if let Some((first, second)) = other {
        let (one, two) = (first.origin.name(), second.origin.name());
        let labels =
            vec![Label::new(second.at, format!("this is of {two}")), Label::new(first.at, format!("this is of {one}"))];
        let message = format!("the exports are of several organizations: {one} and {two}");
        report.say(note(MIXED_ORGANIZATIONS, message, labels, Fix::policy(HELP), format!("{one}\u{1f}{two}")));
        return;
    }
    if let Some((one, first)) = inventory.tenants.first()
        && let Some((two, second)) = inventory.tenants.iter().find(|(name, _)| !crate::name::same(name, one))
    {
        let labels =
            vec![Label::new(*second, format!("this is of `{two}`")), Label::new(*first, format!("this is of `{one}`"))];
        let message = format!("the exports are of several organizations: `{one}` and `{two}`");
        report.say(note(
            MIXED_ORGANIZATIONS,
            message,
            labels,
            Fix::policy(HELP_OF_COLUMN),
            format!("{one}\u{1f}{two}"),
        ));
        return;
    }
    let named = inventory.manifests.iter().filter_map(|manifest| manifest.organization.as_ref());
    let mut named = named.map(|(name, at)| (name, *at));
    let Some((one, first)) = named.next() else { return };
    if let Some((two, second)) = named.find(|(name, _)| !crate::name::same(name, one)) {
        let labels = vec![Label::new(second, "this collection's"), Label::new(first, "the other's")];
        let message = format!("the collections are of several organizations: `{one}` and `{two}`");
        report.say(note(MIXED_ORGANIZATIONS, message, labels, Fix::policy(HELP), format!("{one}\u{1f}{two}")));
    }
}
