//! The answers to a requirement about one account, for what plans how to meet it.

use crate::accounts::{Account, Accounts};
use crate::graph::{Answer, GapId, Question, RoleEntries};
use crate::policy::Requirement;

use super::questions::Questions;
use super::whom::whom;

/// One item of a requirement, as the exports know it, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemAnswer {
    /// The cmdlet.
    pub cmdlet: String,
    /// Parameters of which all are needed.
    pub all: Vec<String>,
    /// Parameters of which one is needed.
    pub any: Vec<String>,
    /// Whether the own mailbox is enough.
    pub own_mailbox: bool,
    /// Whether it must reach the whole organization.
    pub organization: bool,
    /// Whether it is met; unknown where exports do not say.
    pub state: ItemState,
    /// What leaves it open.
    pub gaps: Vec<GapId>,
}

/// Whether an item is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    /// It is.
    Met,
    /// It is not.
    Missing,
    /// No export says.
    Open,
}

impl ItemAnswer {
    /// What a graph is asked.
    #[must_use]
    pub fn question(&self) -> Question<'_> {
        let own_mailbox = self.own_mailbox;
        Question { cmdlet: &self.cmdlet, all: &self.all, any: &self.any, own_mailbox, on: None }
    }

    /// The item as a policy writes it.
    #[must_use]
    pub fn shown(&self) -> String {
        match (self.all.as_slice(), self.any.as_slice()) {
            ([], []) => self.cmdlet.clone(),
            ([], any) => format!("{}:{}", self.cmdlet, any.join("|")),
            (all, _) => format!("{}:{}", self.cmdlet, all.join(",")),
        }
    }
}

/// Answers every item of a requirement for one account.
pub fn answers(accounts: &mut Accounts<'_>, account: Account, requirement: &Requirement) -> Vec<ItemAnswer> {
    let own_mailbox = requirement.scope == Some("self");
    let organization = requirement.scope == Some("organization");
    let mut questions = Questions::new(accounts.inventories());
    let items = questions.ask(&requirement.items, own_mailbox, |_| {});
    let rights = accounts.rights(account);
    let graph = accounts.graph_mut(account);
    let grants = graph.grants(&rights, &mut RoleEntries::all());
    let answer = |asked: &super::questions::Asked<'_>| {
        let question = asked.question(own_mailbox);
        let judged = graph.answer(&rights, &grants, &question);
        let is_narrow = organization && judged.narrow;
        let (state, gaps) = match judged.answer {
            Answer::Granted | Answer::Merged if !is_narrow => (ItemState::Met, Vec::new()),
            Answer::Granted | Answer::Merged if judged.wider.is_empty() => (ItemState::Missing, Vec::new()),
            Answer::Granted | Answer::Merged => (ItemState::Open, judged.wider),
            Answer::NotGranted => (ItemState::Missing, Vec::new()),
            Answer::Unknown => (ItemState::Open, judged.gaps),
        };
        ItemAnswer {
            cmdlet: asked.cmdlet.to_owned(),
            all: question.all.to_vec(),
            any: question.any.to_vec(),
            own_mailbox,
            organization,
            state,
            gaps,
        }
    };
    items.iter().map(answer).collect()
}

/// Whether a requirement is one of an account.
#[must_use]
pub fn asks_of(accounts: &mut Accounts<'_>, requirement: &Requirement, account: Account) -> bool {
    requirement.accounts.iter().any(|who| whom(accounts, who).0.contains(&account))
}
