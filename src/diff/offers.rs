//! What the paths of an account give, in a language that both sides share.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::accounts::{Account, Accounts};
use crate::graph::{GapId, Graph, OpenPath, Rights, RoleEntries, is_common};
use crate::name::{Names, Symbol};
use crate::scope::{Area, Configuration, Extent, Known, Recipients, is_session, reads, written};
use crate::source::Span;

/// What both sides are brought into: names, lists of parameters and extents have one number on either.
#[derive(Debug, Default)]
pub(super) struct Common {
    names: Names,
    lists: Vec<Rc<[Symbol]>>,
    list_numbers: BTreeMap<Rc<[Symbol]>, u32>,
    extents: Vec<Extent>,
    extent_numbers: BTreeMap<Extent, u32>,
    contains: BTreeMap<(u32, u32), Known>,
    /// By what extents of cmdlets differ, for each cmdlet that was asked for.
    classes: BTreeMap<Symbol, u8>,
}

/// One way to a cmdlet.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) cmdlet: Symbol,
    /// The parameters that it surely has.
    pub(super) list: u32,
    /// Whether these are all.
    pub(super) complete: bool,
    /// On what; `None` where it may be anything.
    pub(super) extent: Option<u32>,
    /// Whether it is there for certain.
    pub(super) sure: bool,
    pub(super) from: From,
}

/// Where an offer comes from.
#[derive(Clone, Debug)]
pub(super) enum From {
    /// An entry by a path of the account.
    Entry { path: usize, role: Symbol, cmdlet: Symbol, at: Span, gap: Option<GapId> },
    /// Something that no export shows, for these reasons.
    Gaps(Rc<[GapId]>),
    /// The account may be on this side under another name.
    Name,
}

/// What was made of the roles and paths of one side.
#[derive(Debug, Default)]
pub(super) struct Offers<'i> {
    roles: BTreeMap<(usize, Symbol), Rc<[Entry]>>,
    entries: BTreeMap<usize, RoleEntries<'i>>,
    extents: BTreeMap<PathKey, u32>,
}

/// What the extent of a path hangs on: the graph, the assignment, the role, the policy, and the class of the cmdlet.
type PathKey = (usize, Option<usize>, Option<Symbol>, Option<Symbol>, u8);

/// An entry of a role.
#[derive(Clone, Debug)]
struct Entry {
    cmdlet: Symbol,
    local: Symbol,
    list: u32,
    complete: bool,
    at: Span,
    gap: Option<GapId>,
}

impl Common {
    pub(super) fn show(&self, symbol: Symbol) -> &str {
        self.names.show(symbol)
    }

    /// The parameters of a list, common ones aside.
    pub(super) fn list(&self, number: u32) -> &[Symbol] {
        &self.lists[number as usize]
    }

    pub(super) fn extent(&self, number: u32) -> &Extent {
        &self.extents[number as usize]
    }

    /// Whether one extent contains another; what may be anything may contain anything.
    pub(super) fn contains(&mut self, outer: Option<u32>, inner: Option<u32>) -> Known {
        let (Some(outer), Some(inner)) = (outer, inner) else { return Known::Unknown };
        if outer == inner {
            return Known::Yes;
        }
        let Self { contains, extents, .. } = self;
        *contains.entry((outer, inner)).or_insert_with(|| extents[outer as usize].contains(&extents[inner as usize]))
    }

    fn intern_list(&mut self, mut list: Vec<Symbol>) -> u32 {
        list.sort_unstable();
        list.dedup();
        let list: Rc<[Symbol]> = list.into();
        let next = self.lists.len();
        let number = *self.list_numbers.entry(Rc::clone(&list)).or_insert(crate::source::to_u32(next));
        if number as usize == next {
            self.lists.push(list);
        }
        number
    }

    fn intern_extent(&mut self, extent: Extent) -> u32 {
        let next = self.extents.len();
        let number = *self.extent_numbers.entry(extent.clone()).or_insert(crate::source::to_u32(next));
        if number as usize == next {
            self.extents.push(extent);
        }
        number
    }

    /// Cmdlets of one class work on the same by one path.
    fn class(&mut self, cmdlet: Symbol) -> u8 {
        let Self { classes, names, .. } = self;
        *classes.entry(cmdlet).or_insert_with(|| {
            let name = names.show(cmdlet);
            let writes = written(name);
            match (reads(name), is_session(name)) {
                (true, _) => 0,
                (_, true) => 1,
                _ => [writes.recipients, writes.servers, writes.databases]
                    .into_iter()
                    .fold(2, |class, known| class * 3 + known as u8),
            }
        })
    }
}

impl<'i> Offers<'i> {
    /// Everything that an account is given or may be, sorted by cmdlet.
    pub(super) fn of(
        &mut self,
        side: &Accounts<'i>,
        account: Option<Account>,
        rights: &Rights,
        common: &mut Common,
    ) -> Vec<Offer> {
        let graph = graph(side, account);
        let key = key(account);
        let mut offers = Vec::new();
        for (path, held) in rights.held.iter().enumerate() {
            let Some(role) = held.role else { continue };
            for entry in self.role(graph, key, role, common).iter() {
                let extent = self.extent(graph, key, rights, path, entry.cmdlet, common);
                let reach = common.extent(extent);
                let nothing = matches!(reach.recipients, Recipients::Nobody)
                    && matches!(reach.configuration, Configuration::Nothing);
                if nothing {
                    continue;
                }
                let unknown = reach.recipients == Recipients::Unknown;
                offers.push(Offer {
                    cmdlet: entry.cmdlet,
                    list: entry.list,
                    complete: entry.complete,
                    extent: Some(extent).filter(|_| !unknown),
                    sure: held.is_sure() && entry.gap.is_none() && !unknown,
                    from: From::Entry { path, role, cmdlet: entry.local, at: entry.at, gap: entry.gap },
                });
            }
        }
        offers.sort_by_key(|offer| offer.cmdlet);
        offers
    }

    /// What may come besides, of a cmdlet, or of any where none is asked.
    pub(super) fn open(
        &mut self,
        side: &Accounts<'i>,
        account: Option<Account>,
        rights: &Rights,
        cmdlet: Option<Symbol>,
        common: &mut Common,
    ) -> Vec<Offer> {
        let graph = graph(side, account);
        let name = cmdlet.map(|cmdlet| common.show(cmdlet).to_owned());
        let any = common.names.intern("");
        let list = common.intern_list(Vec::new());
        let mut offers = Vec::new();
        for (path, gaps) in graph.open_paths(rights, name.as_deref()) {
            let extent = match path {
                OpenPath::Anything => None,
                // A cmdlet that no export names may read or write.
                OpenPath::Held(path) => match cmdlet {
                    Some(cmdlet) => {
                        let extent = self.extent(graph, key(account), rights, path, cmdlet, common);
                        Some(extent).filter(|extent| common.extent(*extent).recipients != Recipients::Unknown)
                    }
                    None => None,
                },
                OpenPath::OwnMailbox => Some(common.intern_extent(Extent {
                    recipients: Recipients::Own(String::new()),
                    configuration: Configuration::Organization,
                    assumed: [false; 2],
                    kept: Some(Vec::new()),
                })),
            };
            let from = From::Gaps(gaps.into());
            offers.push(Offer { cmdlet: cmdlet.unwrap_or(any), list, complete: false, extent, sure: false, from });
        }
        offers
    }

    /// Anything at all, because the account may be there under another name.
    pub(super) fn anything(cmdlet: Option<Symbol>, common: &mut Common) -> Vec<Offer> {
        let cmdlet = cmdlet.unwrap_or_else(|| common.names.intern(""));
        let list = common.intern_list(Vec::new());
        vec![Offer { cmdlet, list, complete: false, extent: None, sure: false, from: From::Name }]
    }

    fn role(&mut self, graph: &Graph<'i>, key: usize, role: Symbol, common: &mut Common) -> Rc<[Entry]> {
        if let Some(known) = self.roles.get(&(key, role)) {
            return Rc::clone(known);
        }
        let inventory = graph.inventory();
        let entries = self.entries.entry(key).or_default().of_role(graph, role);
        let entries: Rc<[Entry]> = entries
            .iter()
            .map(|entry| {
                let names = entry.parameters.iter().map(|name| inventory.show(*name));
                let list = names.filter(|name| !is_common(name)).map(|name| common.names.intern(name)).collect();
                Entry {
                    cmdlet: common.names.intern(inventory.show(entry.cmdlet)),
                    local: entry.cmdlet,
                    list: common.intern_list(list),
                    complete: entry.parameters_complete,
                    at: entry.at,
                    gap: entry.gap,
                }
            })
            .collect();
        self.roles.insert((key, role), Rc::clone(&entries));
        entries
    }

    fn extent(
        &mut self,
        graph: &Graph<'i>,
        key: usize,
        rights: &Rights,
        path: usize,
        cmdlet: Symbol,
        common: &mut Common,
    ) -> u32 {
        let held = &rights.held[path];
        let class = common.class(cmdlet);
        *self.extents.entry((key, held.assignment, held.role, held.policy, class)).or_insert_with(|| {
            let extent = graph.works_on(held, common.names.show(cmdlet));
            common.intern_extent(extent)
        })
    }
}

/// The graph that answers for an account; for one that the side does not show, the organization's.
pub(super) fn graph<'a, 'i>(side: &'a Accounts<'i>, account: Option<Account>) -> &'a Graph<'i> {
    account.map_or_else(|| side.organization(), |account| side.graph(account))
}

/// Which of the side's graphs that is.
fn key(account: Option<Account>) -> usize {
    match account {
        Some(Account::Asserted(index)) => index + 1,
        Some(Account::Exported(_)) | None => 0,
    }
}

/// The scopes of two extents that are not alike, each by its name.
pub(super) fn differing<'e>(one: &'e Extent, other: &'e Extent) -> impl Iterator<Item = &'e Area> {
    one.areas().filter(move |area| !other.areas().any(|known| known == *area))
}
