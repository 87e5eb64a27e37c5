//! The plan of a large organization: who and what there is, in which proportions.
//!
//! They are those of real ones: cmdlets with a dozen parameters and a few with eighty, entries whose
//! parameter lists repeat from role to role, child roles that are their parents thinned out, groups in
//! groups, one cycle.

use super::{Datum, Object};

const SNAPIN: &str = "Microsoft.Exchange.Management.PowerShell.E2010";
pub(super) const POLICY: &str = "Default Role Assignment Policy";
const COMMON: [&str; 12] = [
    "Confirm",
    "Debug",
    "DomainController",
    "ErrorAction",
    "ErrorVariable",
    "Identity",
    "OutBuffer",
    "OutVariable",
    "Verbose",
    "WarningAction",
    "WarningVariable",
    "WhatIf",
];
const VERBS: [&str; 12] =
    ["Get", "Set", "New", "Remove", "Enable", "Disable", "Test", "Add", "Update", "Start", "Search", "Export"];
pub(super) const WORDS: [&str; 64] = [
    "Address",
    "Agent",
    "Archive",
    "Attachment",
    "Audit",
    "Batch",
    "Calendar",
    "Certificate",
    "Client",
    "Connector",
    "Contact",
    "Content",
    "Database",
    "Delivery",
    "Device",
    "Domain",
    "Edge",
    "Endpoint",
    "Export",
    "Federation",
    "Filter",
    "Folder",
    "Forwarding",
    "Group",
    "Hold",
    "Hybrid",
    "Inbound",
    "Journal",
    "Label",
    "Language",
    "Limit",
    "Location",
    "Mailbox",
    "Member",
    "Message",
    "Migration",
    "Mobile",
    "Monitoring",
    "Notification",
    "Organization",
    "Outbound",
    "Partner",
    "Permission",
    "Policy",
    "Queue",
    "Quota",
    "Recipient",
    "Relay",
    "Remote",
    "Retention",
    "Route",
    "Rule",
    "Schedule",
    "Scope",
    "Search",
    "Server",
    "Sharing",
    "Site",
    "Statistics",
    "Template",
    "Transport",
    "Trust",
    "User",
    "Virtual",
];
const FIRST_NAMES: [&str; 16] = [
    "Anna",
    "Ben",
    "Carla",
    "Dmitri",
    "Elif",
    "François",
    "Grace",
    "Håkan",
    "Inés",
    "José",
    "Katja",
    "Liam",
    "Mónica",
    "Nils",
    "Søren",
    "Zoë",
];
const LAST_NAMES: [&str; 16] = [
    "Almeida", "Brandt", "Chen", "Dvořák", "Eriksen", "Fischer", "García", "Haddad", "Jensen", "Kowalski", "López",
    "Müller", "Nguyen", "Okafor", "Petrov", "Schäfer",
];
const REGIONS: [&str; 6] = ["Tier 1", "Tier 2", "EMEA", "APAC", "Help Desk", "Contoso"];
const CMDLET_COUNT: usize = 880;
const ROOT_ROLE_COUNT: usize = 75;

/// Knuth's 64-bit linear congruential generator; its upper half is random enough to lay out a plan.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        let mut random = Random(seed);
        // Neighbouring seeds would start alike.
        for _ in 0..4 {
            random.step();
        }
        random
    }

    fn step(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 32
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.step()).expect("32 bits fit") % end.max(1)
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

pub(super) struct Role {
    pub(super) name: String,
    pub(super) parent: Option<usize>,
    /// Places in `LargeOrganization::variants`.
    pub(super) entries: Vec<u32>,
}

pub(super) struct Assignment {
    pub(super) role: usize,
    pub(super) assignee: String,
    pub(super) assignee_type: &'static str,
    pub(super) delegating: bool,
    pub(super) enabled: bool,
    pub(super) scope: Option<usize>,
}

/// The plan: what there is, not yet as text.
pub(crate) struct LargeOrganization {
    /// An entry of each cmdlet with each of its parameter lists; its role is filled in on writing.
    pub(super) variants: Vec<Object>,
    pub(super) roles: Vec<Role>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) role_groups: Vec<Vec<String>>,
    pub(super) groups: Vec<Vec<String>>,
    pub(super) scope_count: usize,
    pub(super) user_count: usize,
    pub(super) seed: u64,
}

/// Plans an organization with so many role entries and people.
pub(crate) fn large_organization(entries: usize, users: usize, seed: u64) -> LargeOrganization {
    let mut random = Random::new(seed);
    let (variants, firsts) = plan_variants(&mut random);
    let roles = plan_roles(entries, &firsts, &mut random);
    let role_group_count = 14 + entries / 400;
    let group_count = role_group_count / 2 + 2;
    let (role_groups, groups) = plan_groups(role_group_count, group_count, users, &mut random);
    let scope_count = 5 + entries / 1000;
    let mut assignments = Vec::new();
    for (role, own) in roles.iter().enumerate() {
        let mut assign = |assignee: String, assignee_type, delegating| {
            assignments.push(Assignment { role, assignee, assignee_type, delegating, enabled: true, scope: None });
        };
        if own.name.starts_with("My") {
            assign(POLICY.to_owned(), "RoleAssignmentPolicy", false);
        } else if own.parent.is_none() {
            assign(role_group_name(0), "RoleGroup", false);
        }
        // Exchange lets Organization Management hand on every role, the custom ones too.
        assign(role_group_name(0), "RoleGroup", true);
    }
    let assignment_count = assignments.len() + entries / 20;
    while assignments.len() < assignment_count {
        let role = random.below(roles.len());
        let (assignee, assignee_type) = match random.below(100) {
            0 => (user_name(random.below(users.max(1))), "User"),
            1..10 => (group_name(random.below(group_count)), "SecurityGroup"),
            _ => (role_group_name(random.below(role_group_count)), "RoleGroup"),
        };
        let delegating = random.percent(1);
        let enabled = random.percent(97);
        let scope = random.percent(30).then(|| random.below(scope_count));
        assignments.push(Assignment { role, assignee, assignee_type, delegating, enabled, scope });
    }
    LargeOrganization { variants, roles, assignments, role_groups, groups, scope_count, user_count: users, seed }
}

/// The entries that roles are made of, and of each cmdlet where its variants are.
fn plan_variants(random: &mut Random) -> (Vec<Object>, Vec<(usize, usize)>) {
    let mut variants = Vec::new();
    let mut firsts = Vec::with_capacity(CMDLET_COUNT);
    for number in 0..CMDLET_COUNT {
        // Verbs turn fastest, so that cmdlets of one noun are neighbours, as they are in roles.
        let noun = number / VERBS.len();
        let name =
            format!("{}-{}{}", VERBS[number % VERBS.len()], WORDS[noun % 64], WORDS[(noun * 7 + 3 + noun / 64) % 64]);
        let own_count = match random.below(10) {
            0 => 30 + random.below(40),
            1..=3 => 10 + random.below(15),
            _ => random.below(8),
        };
        let mut full: Vec<String> = COMMON.iter().map(|name| (*name).to_owned()).collect();
        full.extend((0..own_count).map(|_| random.pick(&WORDS).to_owned() + random.pick(&WORDS)));
        full.sort();
        full.dedup();
        let first = variants.len();
        let thinner = random.below(3);
        for variant in 0..=thinner {
            let kept = |name: &&String| variant == 0 || COMMON.contains(&name.as_str()) || random.percent(60);
            let parameters = full.iter().filter(kept).cloned().collect();
            variants.push(entry(&name, parameters));
        }
        firsts.push((first, thinner + 1));
    }
    (variants, firsts)
}

fn entry(name: &str, parameters: Vec<String>) -> Object {
    Object {
        kind: "RoleEntry",
        properties: vec![
            ("Role", Datum::Reference(String::new())),
            ("Name", Datum::Text(name.to_owned())),
            ("Parameters", Datum::List(parameters)),
            ("Type", Datum::Enum("Cmdlet", 1)),
            ("PSSnapinName", Datum::Text(SNAPIN.to_owned())),
            ("Identity", Datum::Text(String::new())),
        ],
    }
}

fn plan_roles(entry_count: usize, firsts: &[(usize, usize)], random: &mut Random) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    let mut left = entry_count;
    while left > 0 {
        let number = roles.len();
        let root = number < ROOT_ROLE_COUNT;
        let (name, parent, mut entries) = if root {
            let own = if number.is_multiple_of(6) { "My" } else { "" };
            let name = format!("{own}{} {} {number:02}", WORDS[number * 5 % 64], WORDS[number * 11 % 64]);
            let count = match random.below(6) {
                // Times the widest step of three, these still do not come round to the first cmdlet again.
                0 => 100 + random.below(190),
                1..=3 => 20 + random.below(60),
                _ => 5 + random.below(20),
            };
            let start = random.below(firsts.len());
            let cmdlets = (0..count).map(|step| (start + step * (1 + number % 3)) % firsts.len());
            let entries = cmdlets.map(|cmdlet| random_variant(firsts[cmdlet], random)).collect::<Vec<_>>();
            (name, None, entries)
        } else {
            let parent = random.below(ROOT_ROLE_COUNT.min(number));
            let name = format!("{} {} {number:05}", random.pick(&REGIONS), roles[parent].name);
            let kept = roles[parent].entries.iter().filter(|_| random.percent(70)).copied().collect::<Vec<_>>();
            (name, Some(parent), if kept.is_empty() { roles[parent].entries.clone() } else { kept })
        };
        entries.truncate(left);
        left -= entries.len();
        roles.push(Role { name, parent, entries });
    }
    roles
}

fn random_variant((first, count): (usize, usize), random: &mut Random) -> u32 {
    let chosen = if random.percent(65) { first } else { first + random.below(count) };
    u32::try_from(chosen).expect("there are a few thousand variants")
}

type Members = Vec<Vec<String>>;

/// Role groups contain people and groups; groups contain people and later groups, and the last two
/// each other.
fn plan_groups(role_groups: usize, groups: usize, users: usize, random: &mut Random) -> (Members, Members) {
    let mut plan = |nested: std::ops::Range<usize>| {
        let count = 1 + random.below(12);
        let mut members: Vec<String> = (0..count.min(users)).map(|_| user_name(random.below(users))).collect();
        if !nested.is_empty() && random.percent(35) {
            members.push(group_name(nested.start + random.below(nested.len())));
        }
        members.sort();
        members.dedup();
        members
    };
    let of_role_groups = (0..role_groups).map(|_| plan(0..groups)).collect();
    let mut of_groups: Members = (0..groups).map(|group| plan(group + 1..groups)).collect();
    for (group, other) in [(groups - 1, groups - 2), (groups - 2, groups - 1)] {
        of_groups[group].retain(|member| *member != group_name(other));
        of_groups[group].push(group_name(other));
    }
    (of_role_groups, of_groups)
}

pub(super) fn role_group_name(number: usize) -> String {
    match number {
        0 => "Organization Management".to_owned(),
        1 => "Recipient Management".to_owned(),
        _ => format!("Role Group {} {number:05}", WORDS[number % 64]),
    }
}

pub(super) fn group_name(number: usize) -> String {
    format!("Security Group {number:05}")
}

pub(super) fn scope_name(number: usize) -> String {
    format!("Scope {} {number:04}", WORDS[number % 64])
}

pub(super) fn user_name(number: usize) -> String {
    if number.is_multiple_of(50) { format!("svc-{number:06}") } else { format!("user{number:06}") }
}

/// Names of people repeat, as in life.
pub(super) fn random_person(random: &mut Random) -> String {
    format!("{} {}", random.pick(&FIRST_NAMES), random.pick(&LAST_NAMES))
}
