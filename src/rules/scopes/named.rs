//! Scopes by name: how one is shown, and which assignments name it.

use crate::inventory::{Assignment, Form, IdentityKind, ScopeFact, last_part, stands_for};
use crate::rules::Context;

/// The name of a scope as it is shown.
pub(super) fn name<'i>(context: &Context<'_, 'i>, scope: &'i ScopeFact) -> &'i str {
    let named = scope.identities.iter().find(|(kind, _)| *kind == IdentityKind::Name).or(scope.identities.first());
    named.map_or("", |(_, text)| context.inventory().show(text.symbol))
}

/// Whether an assignment names a scope, or may.
pub(super) fn is_used(context: &Context<'_, '_>, scope: &ScopeFact) -> bool {
    context.inventory().assignments.iter().any(|assignment| uses(context, assignment, scope))
}

/// Whether one assignment names a scope, or may: the name may be cut, or stand at the end of a path.
pub(super) fn uses(context: &Context<'_, '_>, assignment: &Assignment, scope: &ScopeFact) -> bool {
    let inventory = context.inventory();
    let names = || scope.identities.iter().map(|(_, text)| inventory.show(text.symbol));
    assignment.custom.iter().chain([&assignment.resource]).flatten().any(|text| {
        let said = inventory.show(text.symbol);
        let last = last_part(said);
        let fits = |said: &str| names().any(|name| stands_for(name, said, text.form));
        fits(said) || last.is_some_and(|last| text.form == Form::Whole && fits(&last))
    })
}
