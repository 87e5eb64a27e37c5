//! Whom a policy means: accounts by name, and those in a group at any depth.

use std::collections::BTreeSet;

use crate::accounts::{Account, Accounts};
use crate::graph::{GapId, Graph};
use crate::inventory::{Class, PrincipalId};
use crate::policy::{Who, WhoKind};

/// The accounts that are meant, sorted by name without case, and why there may be more.
pub(super) fn whom(accounts: &mut Accounts<'_>, who: &Who) -> (Vec<Account>, BTreeSet<GapId>) {
    if who.kind == WhoKind::Account {
        return (accounts.named(&who.text), BTreeSet::new());
    }
    let mut all = BTreeSet::new();
    let mut gaps = BTreeSet::new();
    for group in accounts.organization().groups_named(&who.text) {
        let inside = accounts.organization_mut().inside(group);
        all.extend(inside.sure.into_iter().map(Account::Exported));
        gaps.extend(inside.gaps);
    }
    // What the caller asserts of an account stands for it, also where exports show it in the group.
    for account in accounts.asserted() {
        let named = accounts.organization().accounts_named(accounts.shown(account));
        if named.into_iter().any(|id| all.contains(&Account::Exported(id))) {
            all.insert(account);
        }
    }
    let known = all.into_iter().filter(|account| accounts.knows(*account)).collect();
    (accounts.sorted(known), gaps)
}

/// The principals that are meant themselves: an account, or a group and not those in it.
pub(super) fn principals(accounts: &Accounts<'_>, who: &Who) -> BTreeSet<PrincipalId> {
    let graph = accounts.organization();
    match who.kind {
        WhoKind::Group => graph.groups_named(&who.text).into_iter().collect(),
        WhoKind::Account => graph.accounts_named(&who.text).into_iter().collect(),
    }
}

/// A principal as a policy would name it.
pub(super) fn as_named(graph: &Graph<'_>, id: PrincipalId) -> String {
    let name = graph.inventory().show_principal(id);
    match graph.inventory().principals.get(id).class {
        Some(Class::SecurityGroup | Class::DistributionGroup) => format!("group:{name}"),
        _ => name.to_owned(),
    }
}
