//! The keys of a policy file: one list that the parser, the schema and the documentation share.

/// What the value of a key may be.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// A text that is not empty.
    Text,
    /// A list of texts.
    Texts,
    /// A text or a list of texts.
    TextOrTexts,
    /// A list of cmdlets with parameters, or `@name` for a set of them.
    Items,
    /// A list of accounts: any identity, `group:NAME`, or `@name` for a list of them.
    Accounts,
    /// The same, or one of them alone.
    AccountOrAccounts,
    /// A date, as a date or as a text of that form.
    Date,
    /// `true` or `false`.
    Flag,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// Some of a few words.
    Words(&'static [&'static str]),
    /// One table.
    Table(&'static Shape),
    /// A list of tables.
    Tables(&'static Shape),
}

/// A key that a table may hold.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What its value may be.
    pub takes: Takes,
    /// What it means, in a line.
    pub about: &'static str,
}

/// Which keys a table may hold.
#[derive(Clone, Copy, Debug)]
pub enum Keys {
    /// These, in the lists that make them up.
    Known(&'static [&'static [Key]]),
    /// Any, each with such a value.
    Any(Takes),
}

/// A table: its name, its keys, and which of them it cannot do without.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its key in the file; `the file` for the whole of it.
    pub name: &'static str,
    /// What it may hold.
    pub keys: Keys,
    /// What must be there.
    pub must: &'static [&'static str],
    /// Of these, one must be there; none where any table will do.
    pub any: &'static [&'static str],
}

impl Shape {
    /// The keys by name; none where any name will do.
    pub fn known(&self) -> impl Iterator<Item = &'static Key> {
        let lists: &'static [&'static [Key]] = match self.keys {
            Keys::Known(lists) => lists,
            Keys::Any(_) => &[],
        };
        lists.iter().flat_map(|list| list.iter())
    }

    /// One key.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.known().find(|key| key.name == name)
    }
}

/// Whether a key belongs to the file itself, above all headers. Below one it would belong to that table.
#[must_use]
pub fn stands_above_headers(name: &str) -> bool {
    FILE.key(name).is_some_and(|key| !matches!(key.takes, Takes::Table(_) | Takes::Tables(_)))
}

const fn key(name: &'static str, takes: Takes, about: &'static str) -> Key {
    Key { name, takes, about }
}

/// A level of a built-in rule.
pub const RULE_LEVELS: &[&str] = &["off", "note", "warning", "error"];
/// A level of a table.
pub const LEVELS: &[&str] = &["note", "warning", "error"];
/// What may be taken for granted where a column is missing.
pub const ASSUMPTIONS: &[&str] = &["enabled", "regular-by-name", "own-scope"];
/// What `preset` takes.
pub const PRESETS: &[&str] = &["default", "strict", "all"];
/// What `scope` takes.
pub const SCOPES: &[&str] = &["organization", "self"];
/// What `beyond` takes.
pub const BEYOND: &[&str] = &["self", "any"];
/// What `environment` takes.
pub const ENVIRONMENTS: &[&str] = &["2013", "2016", "2019", "se", "online", "purview"];

/// What every policy may say.
const COMMON: &[Key] = &[
    key("id", Takes::Text, "its name in reports; a table of the same id in a file that extends this one replaces it"),
    key("level", Takes::Word(LEVELS), "how much its findings weigh; the rule decides where this is not given"),
    key("why", Takes::Text, "why it is asked for; reports show it"),
    key("source", Takes::Text, "where it was published"),
    key("refs", Takes::Texts, "what it answers to, such as an ATT&CK technique or a CIS item"),
    key("owner", Takes::Text, "who answers for it"),
    key("review-by", Takes::Date, "when it should be looked at again"),
    key("organization", Takes::TextOrTexts, "the organizations it speaks of; all where this is not given"),
];

/// A whole policy file.
pub static FILE: Shape = Shape {
    name: "the file",
    keys: Keys::Known(&[&[
        key("extends", Takes::TextOrTexts, "policy files and packs (`pack:NAME`) whose tables are added to these"),
        key("disable", Takes::TextOrTexts, "ids of tables of extended files that do not count; `NAME/id` for a pack's"),
        key("exports", Takes::Table(&EXPORTS), "what to read where the command line names nothing"),
        key("lint", Takes::Table(&LINT), "which built-in rules run"),
        key("rules", Takes::Table(&RULES), "the levels of single rules"),
        key("sets", Takes::Table(&SETS), "names for lists of cmdlets; use as `@name`"),
        key("accounts", Takes::Table(&ACCOUNTS), "names for lists of accounts; use as `@name`"),
        key("require", Takes::Tables(&REQUIRE), "what accounts must be able to run"),
        key("forbid", Takes::Tables(&FORBID), "what is forbidden but to those who are excepted"),
        key("except", Takes::Tables(&EXCEPT), "further exceptions of a `[[forbid]]`, such as one of a pack"),
        key("separate", Takes::Tables(&SEPARATE), "what no account may hold one of each of"),
        key("group", Takes::Tables(&GROUP), "who may be in a group"),
        key("role", Takes::Tables(&ROLE), "who may hold a role, and who may delegate it"),
        key("waive", Takes::Tables(&WAIVE), "a finding that is accepted for a while"),
        key("account", Takes::Tables(&ACCOUNT), "what an account holds, where no export of assignments says so"),
        key("organization", Takes::Tables(&ORGANIZATION), "an organization: its exports, and which Exchange it runs"),
        key("test", Takes::Tables(&TEST), "what the policy must find in exports made for the purpose"),
    ]]),
    must: &[],
    any: &[],
};

/// `[exports]`
pub static EXPORTS: Shape = Shape {
    name: "exports",
    keys: Keys::Known(&[&[
        key("paths", Takes::TextOrTexts, "files and folders, relative to this file"),
        key("assume", Takes::Words(ASSUMPTIONS), "what is taken for granted where a column is missing"),
    ]]),
    must: &[],
    any: &[],
};

/// `[lint]`
pub static LINT: Shape = Shape {
    name: "lint",
    keys: Keys::Known(&[&[key("preset", Takes::Word(PRESETS), "which built-in rules run")]]),
    must: &[],
    any: &[],
};

/// `[rules]`
pub static RULES: Shape = Shape { name: "rules", keys: Keys::Any(Takes::Word(RULE_LEVELS)), must: &[], any: &[] };

/// `[sets]`
pub static SETS: Shape = Shape { name: "sets", keys: Keys::Any(Takes::Items), must: &[], any: &[] };

/// `[accounts]`
pub static ACCOUNTS: Shape = Shape { name: "accounts", keys: Keys::Any(Takes::Accounts), must: &[], any: &[] };

/// `[[require]]`
pub static REQUIRE: Shape = Shape {
    name: "require",
    keys: Keys::Known(&[
        &[
            key("account", Takes::AccountOrAccounts, "who must be able to"),
            key("pack", Takes::Text, "a published list, added to `cmdlets`"),
            key("cmdlets", Takes::Items, "what they must be able to run"),
            key("roles", Takes::Texts, "roles that they must hold by enabled regular assignments"),
            key("session", Takes::Texts, "cmdlets that every session has and no role holds: they count as granted"),
            key("scope", Takes::Word(SCOPES), "`organization`: less is a finding; `self`: the own mailbox is enough"),
            key("only", Takes::Flag, "whether anything beyond is a finding"),
            key("allow", Takes::Items, "what else may be held where `only` is set"),
            key("title", Takes::Text, "what the list is"),
            key("valid-from", Takes::Date, "the first day on which the list was true"),
            key("valid-to", Takes::Date, "the last day on which the list was true"),
            key("withdrawn", Takes::Text, "why the list is true no longer; the report notes it"),
        ],
        COMMON,
    ]),
    must: &[],
    any: &["cmdlets", "pack", "roles", "session"],
};

/// `[[forbid]]`
pub static FORBID: Shape = Shape {
    name: "forbid",
    keys: Keys::Known(&[
        &[
            key("cmdlets", Takes::Items, "what is forbidden"),
            key("except", Takes::AccountOrAccounts, "accounts that may, by whatever path"),
            key("except-through", Takes::AccountOrAccounts, "paths that are fine, for all accounts that use them"),
            key(
                "beyond",
                Takes::Word(BEYOND),
                "`self`: grants for the own mailbox do not count; `any`: every grant does",
            ),
        ],
        COMMON,
    ]),
    must: &["cmdlets"],
    any: &[],
};

/// `[[except]]`
pub static EXCEPT: Shape = Shape {
    name: "except",
    keys: Keys::Known(&[
        &[
            key("of", Takes::Text, "the id of the table; `PACK/id` for one of a pack"),
            key("accounts", Takes::AccountOrAccounts, "accounts that may, by whatever path"),
            key("through", Takes::AccountOrAccounts, "paths that are fine, for all accounts that use them"),
        ],
        COMMON,
    ]),
    must: &["of"],
    any: &["accounts", "through"],
};

/// `[[separate]]`
pub static SEPARATE: Shape = Shape {
    name: "separate",
    keys: Keys::Known(&[
        &[
            key("left", Takes::Items, "no account may hold one of these"),
            key("right", Takes::Items, "and one of these"),
            key(
                "beyond",
                Takes::Word(BEYOND),
                "`self`: grants for the own mailbox do not count; `any`: every grant does",
            ),
        ],
        COMMON,
    ]),
    must: &["left", "right"],
    any: &[],
};

/// `[[group]]`
pub static GROUP: Shape = Shape {
    name: "group",
    keys: Keys::Known(&[
        &[
            key("name", Takes::Text, "the group; `*` and `?` are wild"),
            key("members", Takes::AccountOrAccounts, "who may be in it; `[]` is no one"),
            key("exact", Takes::Flag, "whether one that is missing is a finding too"),
            key("complete", Takes::Flag, "whether these are all members, also where the exports do not show all"),
            key("reason", Takes::Text, "how one knows that they are all"),
            key("expires", Takes::Date, "the last day on which one may rely on it"),
        ],
        COMMON,
    ]),
    must: &["name", "members"],
    any: &[],
};

/// `[[role]]`
pub static ROLE: Shape = Shape {
    name: "role",
    keys: Keys::Known(&[
        &[
            key("name", Takes::Text, "the role; `*` and `?` are wild"),
            key("holders", Takes::AccountOrAccounts, "whom it may be assigned to; `[]` is no one"),
            key("delegators", Takes::AccountOrAccounts, "who may delegate it; `[]` is no one"),
        ],
        COMMON,
    ]),
    must: &["name"],
    any: &["holders", "delegators"],
};

/// The keys that say which findings are meant.
const FINDING: &[Key] = &[
    key("rule", Takes::Text, "the rule"),
    key("account", Takes::Text, "the account; `*` and `?` are wild"),
    key("group", Takes::Text, "the group; `*` and `?` are wild"),
    key("role", Takes::Text, "the role; `*` and `?` are wild"),
    key("cmdlet", Takes::Text, "the cmdlet; `*` and `?` are wild"),
    key("assignment", Takes::Text, "the assignment; `*` and `?` are wild"),
];

/// `[[waive]]`
pub static WAIVE: Shape = Shape {
    name: "waive",
    keys: Keys::Known(&[
        &[
            key("fingerprint", Takes::Text, "one finding, as `rolecall check --format json` names it"),
            key("reason", Takes::Text, "why it is accepted"),
            key("expires", Takes::Date, "the last day on which it is"),
        ],
        FINDING,
        COMMON,
    ]),
    must: &["reason", "expires"],
    any: &["rule", "fingerprint"],
};

/// `[[account]]`
pub static ACCOUNT: Shape = Shape {
    name: "account",
    keys: Keys::Known(&[
        &[
            key("name", Takes::Text, "the account"),
            key("entries", Takes::TextOrTexts, "files with all role entries that it holds, relative to this file"),
            key("roles", Takes::TextOrTexts, "all roles that it holds"),
        ],
        COMMON,
    ]),
    must: &["name"],
    any: &["entries", "roles"],
};

/// `[[organization]]`
pub static ORGANIZATION: Shape = Shape {
    name: "organization",
    keys: Keys::Known(&[&[
        key("name", Takes::Text, "its name"),
        key("environment", Takes::Word(ENVIRONMENTS), "which Exchange it runs"),
        key("paths", Takes::TextOrTexts, "its exports, relative to this file"),
    ]]),
    must: &["name", "paths"],
    any: &[],
};

/// `[[test]]`
pub static TEST: Shape = Shape {
    name: "test",
    keys: Keys::Known(&[&[
        key("name", Takes::Text, "what it shows"),
        key("exports", Takes::TextOrTexts, "files and folders, relative to this file; `*` is wild"),
        key("organization", Takes::Text, "whose they are, where there are several organizations"),
        key("today", Takes::Date, "the day on which it takes place, where waivers matter"),
        key("expect", Takes::Tables(&EXPECT), "what must be found"),
        key("reject", Takes::Tables(&EXPECT), "what must not be found"),
    ]]),
    must: &["name", "exports"],
    any: &["expect", "reject"],
};

/// One finding of `expect` or `reject`.
pub static EXPECT: Shape = Shape { name: "expect", keys: Keys::Known(&[FINDING]), must: &["rule"], any: &[] };
