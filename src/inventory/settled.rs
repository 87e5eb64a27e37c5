//! Records of one object that contradict each other: what they state differently is not known, whichever was read first.

use crate::name::Symbol;
use crate::record::{Kind, Property};
use crate::source::Span;

use super::facts::{AssignmentFact, Facts, Form, Identity, IdentityKind, PolicyFact, Stated, Text};

/// Two records that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// What they are records of.
    pub kind: Kind,
    /// The name of the object.
    pub name: Symbol,
    /// Their places.
    pub places: (Span, Span),
}

/// What a record states of a property, as a number of the value; and how it comes to state nothing.
type Stating<F> = (fn(&F) -> Option<u32>, fn(&mut F));

/// Forgets what records of one object state differently, and tells of which objects that is.
pub(super) fn settle(facts: &mut Facts) -> Vec<Contradiction> {
    let mut found = contradictions(
        &mut facts.assignments,
        Kind::RoleAssignment,
        |it| whole(it.name),
        |it| it.at,
        &[
            (|it| flag(it.enabled), |it| it.enabled = Stated::Unclear),
            (|it| flag(it.delegating), |it| it.delegating = Stated::Unclear),
            (|it| it.assignee_type.map(|kind| kind as u32), |it| it.assignee_type = None),
            (|it| it.scopes[0].map(Symbol::number), |it| forget_scope(it, 0)),
            (|it| it.scopes[1].map(Symbol::number), |it| forget_scope(it, 1)),
            (|it| it.scopes[2].map(Symbol::number), |it| forget_scope(it, 2)),
            (|it| it.scopes[3].map(Symbol::number), |it| forget_scope(it, 3)),
            (|it| custom(it, it.custom[0], Property::CustomRecipientWriteScope), |it| forget_custom(it, 0)),
            (|it| custom(it, it.custom[1], Property::CustomConfigWriteScope), |it| forget_custom(it, 1)),
            (
                |it| custom(it, it.resource, Property::CustomResourceScope),
                |it| {
                    it.resource = None;
                    it.unseen.add_column(Property::CustomResourceScope);
                },
            ),
        ],
    );
    found.extend(contradictions(
        &mut facts.roles,
        Kind::Role,
        |it| whole(Some(it.name)),
        |it| it.at,
        &[
            (|it| text(it.parent?), |it| it.parent = None),
            (|it| it.end_user.map(u32::from), |it| it.end_user = None),
            (|it| it.scopes[0].map(Symbol::number), |it| it.scopes[0] = None),
            (|it| it.scopes[1].map(Symbol::number), |it| it.scopes[1] = None),
            (|it| it.scopes[2].map(Symbol::number), |it| it.scopes[2] = None),
            (|it| it.scopes[3].map(Symbol::number), |it| it.scopes[3] = None),
        ],
    ));
    found.extend(contradictions(
        &mut facts.scopes,
        Kind::ManagementScope,
        |it| named(&it.identities),
        |it| it.at,
        &[
            (|it| flag(it.exclusive), |it| it.exclusive = Stated::Unclear),
            (|it| it.restriction.map(Symbol::number), |it| it.restriction = None),
            (|it| cell(it.root), |it| it.root = Stated::Unclear),
            (|it| cell(it.recipients), |it| it.recipients = Stated::Unclear),
            (|it| cell(it.servers), |it| it.servers = Stated::Unclear),
            (|it| cell(it.databases), |it| it.databases = Stated::Unclear),
        ],
    ));
    let default: Stating<PolicyFact> = (|it| flag(it.default), |it| it.default = Stated::Unclear);
    let policies = &mut facts.policies;
    found.extend(contradictions(
        policies,
        Kind::RoleAssignmentPolicy,
        |it| named(&it.identities),
        |it| it.at,
        &[default],
    ));
    found
}

fn contradictions<F>(
    facts: &mut [F],
    kind: Kind,
    name: impl Fn(&F) -> Option<Symbol>,
    at: impl Fn(&F) -> Span,
    properties: &[Stating<F>],
) -> Vec<Contradiction> {
    let name_of = |(index, fact)| Some((name(fact)?, index));
    let mut by_name: Vec<(Symbol, usize)> = facts.iter().enumerate().filter_map(name_of).collect();
    by_name.sort_unstable();
    let mut found = Vec::new();
    for same in by_name.chunk_by(|one, next| one.0 == next.0).filter(|same| same.len() > 1) {
        let mut places = None;
        for (said, forget) in properties {
            let mut stating = same.iter().filter_map(|(_, index)| Some((said(&facts[*index])?, *index)));
            let Some((value, one)) = stating.next() else { continue };
            let Some((_, other)) = stating.find(|(other, _)| *other != value) else { continue };
            places.get_or_insert((at(&facts[one]), at(&facts[other])));
            same.iter().for_each(|(_, index)| forget(&mut facts[*index]));
        }
        found.extend(places.map(|places| Contradiction { kind, name: same[0].0, places }));
    }
    found
}

fn whole(text: Option<Text>) -> Option<Symbol> {
    text.filter(|text| text.form == Form::Whole).map(|text| text.symbol)
}

fn named(identities: &[Identity]) -> Option<Symbol> {
    whole(identities.iter().find(|(kind, _)| *kind == IdentityKind::Name).map(|(_, text)| *text))
}

fn flag(stated: Stated<bool>) -> Option<u32> {
    if let Stated::Is(flag) = stated { Some(u32::from(flag)) } else { None }
}

/// A text, or none where a cell is printed empty.
fn text(text: Option<Text>) -> Option<u32> {
    text.map_or(Some(u32::MAX), |text| whole(Some(text)).map(Symbol::number))
}

fn cell(stated: Stated<Option<Text>>) -> Option<u32> {
    if let Stated::Is(said) = stated { text(said) } else { None }
}

/// The name of a custom scope, where the row shows its column.
fn custom(fact: &AssignmentFact, name: Option<Text>, column: Property) -> Option<u32> {
    if fact.unseen.has(column) { None } else { text(name) }
}

fn forget_scope(fact: &mut AssignmentFact, place: usize) {
    const COLUMNS: [Property; 4] = [
        Property::RecipientReadScope,
        Property::RecipientWriteScope,
        Property::ConfigReadScope,
        Property::ConfigWriteScope,
    ];
    fact.scopes[place] = None;
    fact.unseen.add_column(COLUMNS[place]);
}

fn forget_custom(fact: &mut AssignmentFact, place: usize) {
    fact.custom[place] = None;
    fact.unseen.add_column([Property::CustomRecipientWriteScope, Property::CustomConfigWriteScope][place]);
}
