//! Management scopes over a random organization, as plain data, and who may work on whom by them.

use proptest::prelude::*;

use crate::powershell::{Datum, Object};

use super::export::{Export, exports};
use super::judge::{Asked, Bound, Grant, Said, writes_recipients};
use super::organization::{CMDLETS, Organization, UserKind, organizations};

const SCOPES: [&str; 4] = ["Zürich Staff", "Zürich", "Board", "Lima Desk"];
const DEPARTMENTS: [&str; 3] = ["Sales", "Board", "Vertrieb Zürich"];
const ROOTS: [&str; 2] = ["contoso.com/Staff", "contoso.com/Lima"];

/// What a scope asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    Department(&'static str),
    Everybody,
    /// Of what no export shows.
    Unseen,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    pub(crate) name: &'static str,
    pub(crate) exclusive: bool,
    pub(crate) root: Option<&'static str>,
    pub(crate) filter: Filter,
}

/// An organization with its scopes, and the department of each user.
#[derive(Clone, Debug)]
pub(crate) struct Scoped {
    pub(crate) organization: Organization,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) departments: Vec<Option<&'static str>>,
}

/// Organizations of which one assignment in three, unless a policy gets it, has a scope of its own.
pub(crate) fn scoped() -> impl Strategy<Value = Scoped> {
    let scopes = prop::collection::vec(any::<(u8, u8)>(), 1..=SCOPES.len());
    (organizations(), scopes, any::<[u8; 12]>(), any::<[u8; 14]>()).prop_map(|(mut organization, raw, people, own)| {
        let scope = |(name, (kind, root)): (&'static str, (u8, u8))| Scope {
            name,
            exclusive: kind % 3 == 0,
            root: ROOTS.get(usize::from(root % 4)).copied(),
            filter: match kind / 3 % 6 {
                0 => Filter::Everybody,
                1 => Filter::Unseen,
                other => Filter::Department(DEPARTMENTS[usize::from(other) % DEPARTMENTS.len()]),
            },
        };
        let scopes: Vec<Scope> = SCOPES.into_iter().zip(raw).map(scope).collect();
        for (assignment, choice) in organization.assignments.iter_mut().zip(own) {
            // What a role for end users gives ends at the own mailbox, whatever its assignment names.
            let role = &organization.roles[assignment.role];
            if role.own {
                (assignment.scopes, assignment.custom) = (role.scopes, None);
                continue;
            }
            let is_named = assignment.custom == Some(SCOPES[0]);
            let may_be = assignment.scopes[1] == "Organization" && choice % 3 == 0;
            if !is_named && !may_be {
                continue;
            }
            let scope = scopes[usize::from(choice / 3) % scopes.len()];
            let word = if scope.exclusive { "ExclusiveRecipientScope" } else { "CustomRecipientScope" };
            (assignment.scopes[1], assignment.custom) = (word, Some(scope.name));
        }
        let department = |raw: u8| DEPARTMENTS.get(usize::from(raw % 4)).copied();
        let departments = (0..organization.users.len()).map(|user| department(people[user])).collect();
        Scoped { organization, scopes, departments }
    })
}

impl Scope {
    pub(crate) fn text(&self) -> String {
        match self.filter {
            Filter::Department(name) => format!("Department -eq '{name}'"),
            Filter::Everybody => "Name -like '*'".to_owned(),
            Filter::Unseen => "CustomAttribute9 -eq 'x'".to_owned(),
        }
    }
}

impl Scoped {
    /// Whether a scope matches everybody, so that it narrows nothing.
    pub(crate) fn has_scope_of_everybody(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope.filter, Filter::Everybody) && scope.root.is_none())
    }

    /// The files of the organization, the departments and the scopes among them.
    pub(crate) fn exports(&self) -> Vec<Export> {
        let text = |text: &str| Datum::Text(text.to_owned());
        let optional = |value: Option<&str>| value.map_or(Datum::Null, text);
        let mut files = exports(&self.organization);
        for object in files.iter_mut().flat_map(|file| &mut file.objects).filter(|it| it.kind == "Recipient") {
            let user = self.organization.users.iter().position(|user| object.get("Name") == Some(&text(user.name)));
            let department = user.and_then(|user| self.departments[user]);
            object.properties.push(("Department", optional(department)));
        }
        let scope = |scope: &Scope| Object {
            kind: "ManagementScope",
            properties: vec![
                ("Name", text(scope.name)),
                ("ScopeRestrictionType", text("RecipientScope")),
                ("Exclusive", Datum::Bool(scope.exclusive)),
                ("RecipientRoot", optional(scope.root)),
                ("RecipientFilter", text(&scope.text())),
            ],
        };
        let objects = self.scopes.iter().map(scope).collect();
        files.push(Export { name: "scopes", objects, how: files[0].how.clone() });
        files
    }

    /// Whether a scope holds a user; `None` where no export says.
    pub(crate) fn holds(&self, scope: &Scope, user: usize) -> Option<bool> {
        if scope.root == Some(ROOTS[1]) {
            return Some(false);
        }
        match scope.filter {
            Filter::Everybody => Some(true),
            Filter::Unseen => None,
            Filter::Department(name) => self.shows_department(user).then(|| self.departments[user] == Some(name)),
        }
    }

    /// Whether a file of a user has the column at all: where it is blank throughout, the cmdlet may have no such property.
    fn shows_department(&self, user: usize) -> bool {
        let users = &self.organization.users;
        let in_mailboxes = |user: usize| users[user].kind != UserKind::Bare;
        let in_users = |user: usize| self.organization.layout.users_twice || !in_mailboxes(user);
        let is_shown = |is_in: &dyn Fn(usize) -> bool| {
            is_in(user) && (0..users.len()).any(|other| is_in(other) && self.departments[other].is_some())
        };
        is_shown(&in_mailboxes) || is_shown(&in_users)
    }

    /// Whether what a user has by an assignment works on another; `None` where no export says.
    pub(crate) fn covers(&self, user: usize, grant: &Grant, target: usize) -> Option<bool> {
        let name = CMDLETS[grant.cmdlet];
        let reads = ["Get-", "Test-", "Search-"].iter().any(|verb| name.starts_with(verb));
        let assignment = &self.organization.assignments[grant.assignment];
        let word = assignment.scopes[usize::from(!reads)];
        let own = self.scopes.iter().find(|scope| assignment.custom == Some(scope.name) && !reads);
        let inside = match (word, own) {
            (_, Some(scope)) => self.holds(scope, target),
            ("Organization" | "OU", None) => Some(true),
            ("Self", None) => Some(user == target),
            ("None", None) => Some(false),
            _ => None,
        };
        if reads || inside == Some(false) || own.is_some_and(|scope| scope.exclusive) {
            return inside;
        }
        let exclusive = || self.scopes.iter().filter(|scope| scope.exclusive).map(|scope| self.holds(scope, target));
        // Whether they bind what a user does with the own mailbox is not documented.
        let shuts = exclusive().any(|holds| holds == Some(true)) && word != "Self" && !grant.by_policy;
        match (shuts, exclusive().all(|holds| holds == Some(false))) {
            (true, _) => Some(false),
            (false, true) => inside,
            (false, false) => None,
        }
    }

    /// The answers that are right, where scopes may share nobody.
    pub(crate) fn right_answers(&self, user: usize, asked: &Asked) -> Vec<Said> {
        self.organization.right_answers_where(user, asked, &|one, other| self.are_apart(one, other))
    }

    /// Whether two grants have scopes in different units, or of different departments.
    fn are_apart(&self, one: &Grant, other: &Grant) -> bool {
        let scope = |grant: &Grant| {
            let custom = self.organization.assignments[grant.assignment].custom;
            self.scopes.iter().find(|scope| custom == Some(scope.name))
        };
        let (Some(one), Some(other), true) = (scope(one), scope(other), writes_recipients(one)) else { return false };
        let are_in_other_units = matches!((one.root, other.root), (Some(one), Some(other)) if one != other);
        let differs = |left, right| matches!((left, right), (Filter::Department(left), Filter::Department(right)) if left != right);
        are_in_other_units || differs(one.filter, other.filter)
    }

    /// Whether a user can run a cmdlet on another; `None` where no export says.
    pub(crate) fn can_run_on(&self, user: usize, cmdlet: usize, target: usize) -> Option<bool> {
        let sure: Vec<usize> =
            self.organization.grants_of(user, Bound::Lower).iter().map(|grant| grant.assignment).collect();
        let all = self.organization.grants_of(user, Bound::Upper);
        let mut answer = Some(false);
        for grant in all.iter().filter(|grant| grant.cmdlet == cmdlet) {
            match self.covers(user, grant, target) {
                Some(true) if sure.contains(&grant.assignment) => return Some(true),
                Some(false) => {}
                _ => answer = None,
            }
        }
        answer
    }
}
