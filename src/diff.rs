//! Two organizations, or one at two times, compared by what its accounts can run.
//!
//! A cell is a cmdlet or one parameter of it on some extent. What one side proves and the other excludes was gained or
//! lost; what differs besides is open. Nothing here is more certain than the side that shows less: an export that shrank
//! can leave answers open, and claims nothing.

mod causes;
mod cells;
mod matching;
mod offers;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::accounts::{Account, Accounts, Alike};
use crate::graph::{Escalator, Gain, Gap, GapId, Rights, Stranger, whole};
use crate::inventory::IdentityKind;
use crate::name::fold;
use crate::source::Span;

use causes::Explaining;
use cells::{Claim, Compared, Open as OpenCells, Reason};
use matching::{Matching, Pair};
use offers::{Common, Offers};

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The one before.
    Old,
    /// The one after.
    New,
}

impl Side {
    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }

    const fn index(self) -> usize {
        self as usize
    }

    const fn other(self) -> Self {
        match self {
            Self::Old => Self::New,
            Self::New => Self::Old,
        }
    }
}

/// Whether something came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It came.
    Gained,
    /// It went.
    Lost,
}

impl Direction {
    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
        }
    }

    /// The side that has it.
    const fn side(self) -> Side {
        match self {
            Self::Gained => Side::New,
            Self::Lost => Side::Old,
        }
    }
}

/// A place on one of the sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The side.
    pub side: Side,
    /// Where.
    pub at: Span,
}

/// Everything that differs. All of it is text: no part needs the organizations any more.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// How many accounts were compared.
    pub accounts: usize,
    /// What was gained and lost, as it is shown.
    pub changes: Vec<Change>,
    /// What accounts could give themselves and could not before.
    pub escalations: Vec<Raised>,
    /// What cannot be told.
    pub open: Vec<Open>,
    /// Objects that have another name.
    pub renamed: Vec<Object>,
    /// Objects of one name that were deleted and made anew.
    pub replaced: Vec<Object>,
    /// Whether any object is on both sides.
    pub has_common: bool,
    /// Whether anything could be decided of any account.
    pub decided: bool,
}

/// What some accounts gained or lost, for the same reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether it came or went.
    pub direction: Direction,
    /// Who, sorted without case.
    pub accounts: Vec<String>,
    /// The dangerous ones of the cmdlets that came.
    pub dangerous: Vec<String>,
    /// What changed, so that they have it or have it no more. At least one.
    pub causes: Vec<Cause>,
    /// What they gained or lost, sorted by cmdlet, then extent.
    pub cmdlets: Rc<[Cells]>,
}

impl Change {
    /// Whether nothing but an update of Exchange is behind it.
    #[must_use]
    pub fn is_update(&self) -> bool {
        self.causes.iter().all(|cause| cause.update)
    }
}

/// A cmdlet on one extent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cells {
    /// Its name without case, by which it is sorted.
    folded: String,
    /// The cmdlet.
    pub cmdlet: String,
    /// The recipients that it works on, in a word or by the name of a scope.
    pub recipients: String,
    /// The configuration that it works on.
    pub configuration: String,
    /// Whether the cmdlet itself is meant, and not only some parameters.
    pub whole: bool,
    /// The parameters, sorted without case.
    pub parameters: Vec<String>,
}

/// The kind of a fact that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CauseKind {
    /// Somebody is a member of a group.
    Member,
    /// An account has a policy.
    Policy,
    /// An assignment works on some extent.
    Assignment,
    /// A scope holds something.
    Scope,
    /// A role has a cmdlet with some parameters.
    Entry,
}

impl CauseKind {
    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Policy => "policy",
            Self::Assignment => "assignment",
            Self::Scope => "scope",
            Self::Entry => "entry",
        }
    }
}

/// A fact that one side has and the other lacks or has otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Its kind.
    pub kind: CauseKind,
    /// The group, account, role, assignment or scope.
    pub object: String,
    /// The member, policy or cmdlet.
    pub member: Option<String>,
    /// How it was, where it only changed.
    pub was: Option<String>,
    /// How it is.
    pub is: Option<String>,
    /// Whether only an update of Exchange can have changed it.
    pub update: bool,
    /// The place that shows it.
    pub place: Option<Place>,
}

/// What an account could give itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The account.
    pub account: String,
    /// The kind of what it would gain.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// How many steps that takes.
    pub steps: usize,
}

/// What cannot be told of an account.
#[derive(Clone, Debug)]
pub struct Open {
    /// The account.
    pub account: String,
    /// The side that leaves it open.
    pub side: Side,
    /// What it might have.
    pub might: Direction,
    /// The cmdlets; `None` where it may be any.
    pub cmdlets: Option<Vec<String>>,
    /// What would settle it.
    pub gaps: Vec<Gap>,
}

/// The kind of an object that has another name or another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// An account.
    Account,
    /// A group.
    Group,
    /// A role assignment policy.
    Policy,
    /// A management scope.
    Scope,
}

impl ObjectKind {
    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Group => "group",
            Self::Policy => "policy",
            Self::Scope => "scope",
        }
    }
}

/// An object that is on both sides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its name on the old side.
    pub old: String,
    /// Its name on the new side.
    pub new: String,
    /// The id by which it is known on the new side.
    pub id: Option<String>,
}

/// Compares two sides.
#[must_use]
pub fn compare<'i>(mut sides: [Accounts<'i>; 2]) -> Diff {
    let matching = Matching::of(sides.each_ref().map(|side| side.organization().inventory()));
    let pairs = matching.accounts(&sides.each_ref());
    let mut common = Common::default();
    let mut offers = [Offers::default(), Offers::default()];
    let mut changes = Changes::default();
    let mut diff = Diff { accounts: pairs.len(), has_common: matching.has_common(), ..Diff::default() };
    let mut known: BTreeMap<[Key; 2], Rc<Compared>> = BTreeMap::new();
    let mut all_rights: Vec<[Option<Rights>; 2]> = Vec::with_capacity(pairs.len());
    let mut strangers: BTreeMap<(usize, Key), Rights> = BTreeMap::new();
    for pair in &pairs {
        let keys = [0, 1].map(|side| Key::of(&mut sides, pair, side));
        let rights = [0, 1].map(|side| rights_of(&mut sides, pair, side, keys[side], &mut strangers));
        let compared = known.get(&keys).cloned().unwrap_or_else(|| {
            let compared = cells::compare(&sides, pair, &rights, &mut common, &mut offers);
            let compared = Rc::new(compared);
            known.insert(keys, Rc::clone(&compared));
            compared
        });
        let name = pair.shown(&sides.each_ref());
        if !compared.claims.is_empty() {
            let explaining = Explaining { sides: &sides, matching: &matching, pair, rights: &rights };
            changes.add(name, &explaining, &compared.claims, &common);
        }
        diff.decided |= compared.open.iter().all(|open| open.cmdlets.is_some()) || !compared.claims.is_empty();
        for open in &compared.open {
            diff.open.push(say_open(&mut sides, pair, &rights, open, &common));
        }
        all_rights.push(rights);
    }
    diff.changes = changes.finish(&sides[1]);
    diff.escalations = escalations(&sides, &matching, &pairs, &all_rights);
    diff.renamed = matching.renamed;
    diff.replaced = matching.replaced;
    diff.renamed.sort();
    diff.replaced.sort();
    diff
}

/// What accounts have in common that share one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Alike(Alike),
    /// One that the side does not show, and nothing there could mean it by its name.
    Stranger(u8, Option<bool>),
    /// One that the side may show under another name.
    Doubtful,
    /// One by itself.
    Alone(Account),
}

impl Key {
    fn of(sides: &mut [Accounts<'_>; 2], pair: &Pair, side: usize) -> Self {
        let other = match pair.of {
            [Some(account), _] if side == 0 => return Self::Alike(sides[0].alike(account)),
            [_, Some(account)] if side == 1 => return Self::Alike(sides[1].alike(account)),
            [one, other] => one.or(other),
        };
        let Some(account) = other.filter(|_| !pair.doubtful) else { return Self::Doubtful };
        let stranger = stranger(&sides[1 - side], account);
        match sides[side].organization().stranger_key(&stranger) {
            Some((kinds, linked)) => Self::Stranger(kinds, linked),
            None => Self::Alone(account),
        }
    }
}

/// An account of a side, as the other sees it. One that the caller asserts is known by its name.
fn stranger<'i>(side: &Accounts<'i>, account: Account) -> Stranger<'i> {
    let inventory: &'i crate::inventory::Inventory = side.organization().inventory();
    match account {
        Account::Exported(id) => {
            let identities = whole(inventory.principals.identities(id));
            let identities = identities.map(|(kind, text)| (kind, inventory.show(text.symbol))).collect();
            Stranger { identities, linked: inventory.principals.get(id).linked_mailbox }
        }
        Account::Asserted(_) => Stranger { identities: vec![(IdentityKind::Name, side.shown(account))], linked: None },
    }
}

/// What an account holds on a side; `None` where it may be there under another name.
fn rights_of(
    sides: &mut [Accounts<'_>; 2],
    pair: &Pair,
    side: usize,
    key: Key,
    strangers: &mut BTreeMap<(usize, Key), Rights>,
) -> Option<Rights> {
    if let Some(account) = pair.of[side] {
        return Some(sides[side].rights(account));
    }
    let other = pair.of[1 - side].filter(|_| key != Key::Doubtful)?;
    if let Some(known) = strangers.get(&(side, key)) {
        return Some(known.clone());
    }
    let stranger = stranger(&sides[1 - side], other);
    let rights = sides[side].organization_mut().stranger(&stranger);
    strangers.insert((side, key), rights.clone());
    Some(rights)
}

fn say_open(
    sides: &mut [Accounts<'_>; 2],
    pair: &Pair,
    rights: &[Option<Rights>; 2],
    open: &OpenCells,
    common: &Common,
) -> Open {
    let side = open.side.index();
    let name = pair.shown(&sides.each_ref()).to_owned();
    let mut gaps: Vec<Gap> = Vec::new();
    for reason in &open.reasons {
        let graph = match pair.of[side] {
            Some(account) => sides[side].graph_mut(account),
            None => sides[side].organization_mut(),
        };
        gaps.push(match (reason, &rights[side]) {
            (Reason::Gap(GapId::OWN_POLICY), Some(_)) if pair.of[side].is_none() => Gap::unknown_policy(&name, None),
            (Reason::Gap(gap), Some(rights)) => graph.gap_for(rights, *gap).into_owned(),
            (Reason::Gap(gap), None) => graph.gap(*gap).into_owned(),
            (Reason::Parameters { role, cmdlet, at }, _) => {
                let gap = graph.parameters_of(*role, *cmdlet, *at);
                graph.gap(gap).into_owned()
            }
            (Reason::Scope { path }, Some(rights)) => graph.compared_scope(&rights.held[*path]),
            (Reason::Name | Reason::Scope { .. }, _) => Gap::unknown_name(&name),
        });
    }
    gaps.sort_by_cached_key(|gap| (gap.code, fold(&gap.object)));
    gaps.dedup();
    let cmdlets = open.cmdlets.as_ref().map(|cmdlets| {
        let mut cmdlets: Vec<String> = cmdlets.iter().map(|cmdlet| common.show(*cmdlet).to_owned()).collect();
        cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
        cmdlets
    });
    Open { account: name, side: open.side, might: open.might, cmdlets, gaps }
}

/// Changes as they are brought together.
#[derive(Default)]
struct Changes {
    /// Lists of cells, each once.
    cells: BTreeMap<Rc<[Cells]>, usize>,
    found: BTreeMap<(Direction, Vec<CauseKey>, usize), Change>,
}

/// A cause without its place.
type CauseKey = (CauseKind, String, Option<String>, Option<String>, Option<String>);

impl Changes {
    fn add(&mut self, name: &str, explaining: &Explaining<'_, '_>, claims: &[Claim], common: &Common) {
        for direction in [Direction::Gained, Direction::Lost] {
            let mut by_causes: BTreeMap<Vec<causes::Fact>, Vec<&Claim>> = BTreeMap::new();
            let mut known: BTreeMap<(usize, u32), Vec<causes::Fact>> = BTreeMap::new();
            for claim in claims.iter().filter(|claim| claim.direction == direction) {
                by_causes.entry(explaining.facts(claim, common, &mut known)).or_default().push(claim);
            }
            for (facts, claims) in by_causes {
                let mut causes: Vec<Cause> = facts.iter().map(|fact| explaining.say(direction, fact)).collect();
                causes.sort();
                causes.dedup();
                let cells = cells_of(&claims, common);
                let number = self.cells.len();
                let number = *self.cells.entry(Rc::clone(&cells)).or_insert(number);
                let key = |cause: &Cause| {
                    let Cause { kind, object, member, was, is, .. } = cause.clone();
                    (kind, fold(&object), member.map(|member| fold(&member)), was, is)
                };
                let key = (direction, causes.iter().map(key).collect(), number);
                let change = self.found.entry(key).or_insert_with(|| Change {
                    direction,
                    accounts: Vec::new(),
                    dangerous: Vec::new(),
                    causes,
                    cmdlets: cells,
                });
                change.accounts.push(name.to_owned());
            }
        }
    }

    /// All changes in the order in which they are shown: what is dangerous, what came, what went, updates.
    fn finish(self, side: &Accounts<'_>) -> Vec<Change> {
        let dangers = side.organization().catalogue().dangers();
        let mut changes: Vec<Change> = self.found.into_values().collect();
        for change in changes.iter_mut().filter(|change| change.direction == Direction::Gained) {
            let is_dangerous = |cells: &&Cells| {
                let parameters = || cells.parameters.iter().map(String::as_str);
                dangers.of(&cells.cmdlet).iter().any(|danger| danger.comes_with(cells.whole, parameters()))
            };
            change.dangerous = change.cmdlets.iter().filter(is_dangerous).map(|cells| cells.cmdlet.clone()).collect();
            change.dangerous.dedup();
        }
        changes.sort_by_cached_key(|change| {
            let rank = match change.direction {
                _ if change.is_update() => 3,
                Direction::Gained => u8::from(change.dangerous.is_empty()),
                Direction::Lost => 2,
            };
            let names: Vec<String> = change.accounts.iter().map(|name| fold(name)).collect();
            (rank, std::cmp::Reverse(names.len()), names, change.causes.clone(), Rc::clone(&change.cmdlets))
        });
        changes
    }
}

/// Claims by cmdlet and extent.
fn cells_of(claims: &[&Claim], common: &Common) -> Rc<[Cells]> {
    let mut found: BTreeMap<(String, &str, &str), Cells> = BTreeMap::new();
    for claim in claims {
        let extent = common.extent(claim.extent);
        let cmdlet = common.show(claim.cmdlet);
        let (recipients, configuration) = (extent.recipients.shown(), extent.configuration.shown());
        let cells = found.entry((fold(cmdlet), recipients, configuration)).or_insert_with(|| Cells {
            folded: fold(cmdlet),
            cmdlet: cmdlet.to_owned(),
            recipients: recipients.to_owned(),
            configuration: configuration.to_owned(),
            whole: false,
            parameters: Vec::new(),
        });
        match claim.parameter {
            None => cells.whole = true,
            Some(parameter) => cells.parameters.push(common.show(parameter).to_owned()),
        }
    }
    let finished = found.into_values().map(|mut cells| {
        cells.parameters.sort_by_cached_key(|name| fold(name));
        cells.parameters.dedup();
        cells
    });
    finished.collect()
}

/// What accounts could give themselves on the new side and neither held nor could give themselves on the old one.
fn escalations(
    sides: &[Accounts<'_>; 2],
    matching: &Matching,
    pairs: &[Pair],
    rights: &[[Option<Rights>; 2]],
) -> Vec<Raised> {
    let graphs = sides.each_ref().map(|side| side.organization());
    let escalators = graphs.map(Escalator::new);
    let mut raised = Vec::new();
    for (pair, rights) in pairs.iter().zip(rights) {
        let [Some(old), Some(new)] = rights else { continue };
        if !matches!(pair.of[1], Some(Account::Exported(_))) || matches!(pair.of[0], Some(Account::Asserted(_))) {
            continue;
        }
        let ways = escalators[1].of(new);
        // What the old side leaves open may have been there.
        if ways.is_empty() || !graphs[0].gaps_of(old).is_empty() {
            continue;
        }
        let before: BTreeSet<(u8, String)> =
            escalators[0].of(old).iter().map(|way| gain_key(way.gain, &escalators[0].shown(way.gain))).collect();
        for way in ways {
            let name = escalators[1].shown(way.gain);
            let (held, old_name) = match way.gain {
                Gain::Group(group) => {
                    let other = matching.other(1, group);
                    let held = other.is_some_and(|other| old.groups.contains(&other));
                    (held, other.map(|other| graphs[0].inventory().show_principal(other).to_owned()))
                }
                Gain::Role(role) => {
                    let role = graphs[0].inventory().names.get(graphs[1].inventory().show(role));
                    (role.is_some_and(|role| old.held.iter().any(|held| held.role == Some(role))), None)
                }
                Gain::Scope(_) | Gain::Directory | Gain::Accounts => (false, None),
            };
            let key = gain_key(way.gain, old_name.as_deref().unwrap_or(&name));
            if !held && !before.contains(&key) {
                let account = pair.shown(&sides.each_ref()).to_owned();
                raised.push(Raised { account, kind: kind_of(way.gain), name, steps: way.steps.len() });
            }
        }
    }
    raised
}

fn gain_key(gain: Gain, name: &str) -> (u8, String) {
    let kind = match gain {
        Gain::Role(_) => 0,
        Gain::Group(_) => 1,
        Gain::Scope(_) => 2,
        Gain::Directory => 3,
        Gain::Accounts => 4,
    };
    (kind, fold(name))
}

fn kind_of(gain: Gain) -> &'static str {
    match gain {
        Gain::Role(_) => "role",
        Gain::Group(_) => "group",
        Gain::Scope(_) => "scope",
        Gain::Directory => "directory",
        Gain::Accounts => "accounts",
    }
}
