//! Scopes by name: how one is shown, and which assignments name it.

use std::collections::BTreeSet;

use crate::inventory::{Assignment, Form, IdentityKind, ScopeFact, Text, last_part, stands_for};
use crate::rules::Context;

/// The name of a scope as it is shown.
pub(super) fn name<'i>(context: &Context<'_, 'i>, scope: &'i ScopeFact) -> &'i str {
    let named = scope.identities.iter().find(|(kind, _)| *kind == IdentityKind::Name).or(scope.identities.first());
    named.map_or("", |(_, text)| context.inventory().show(text.symbol))
}

/// What assignments say of their scopes, each once: thousands name the same few.
pub(super) fn said(context: &Context<'_, '_>) -> BTreeSet<Text> {
    context.inventory().assignments.iter().flat_map(texts).copied().collect()
}

/// Whether anything that assignments say names a scope, or may.
pub(super) fn is_used(context: &Context<'_, '_>, said: &BTreeSet<Text>, scope: &ScopeFact) -> bool {
    said.iter().any(|text| names(context, *text, scope))
}

/// Whether one assignment names a scope, or may.
pub(super) fn uses(context: &Context<'_, '_>, assignment: &Assignment, scope: &ScopeFact) -> bool {
    texts(assignment).any(|text| names(context, *text, scope))
}

fn texts(assignment: &Assignment) -> impl Iterator<Item = &Text> {
    assignment.custom.iter().chain([&assignment.resource]).flatten()
}

/// Whether a text names a scope, or may: it may be cut, or a path that ends in the name.
fn names(context: &Context<'_, '_>, text: Text, scope: &ScopeFact) -> bool {
    let inventory = context.inventory();
    let said = inventory.show(text.symbol);
    let names = || scope.identities.iter().map(|(_, text)| inventory.show(text.symbol));
    let fits = |said: &str| names().any(|name| stands_for(name, said, text.form));
    fits(said) || text.form == Form::Whole && last_part(said).is_some_and(|last| fits(&last))
}
