//! What was answered of each pair of account and required item, for a report that shows all of them.

use super::questions::Asked;
use crate::graph::{Answer, Judged};

/// The answers to one requirement.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The organization, where there are several.
    pub organization: Option<String>,
    /// The requirement.
    pub requirement: String,
    /// What it asks for: the cmdlet, and the whole item as the policy writes it.
    pub items: Vec<(String, String)>,
    /// The accounts that it asks of, those together that hold the same, with the answer to each item.
    pub rows: Vec<(Vec<String>, Vec<Answer>)>,
}

impl Matrix {
    /// Of what a requirement asks; every session has the cmdlets of `session`.
    pub(super) fn to(requirement: &str, session: &[String], items: &[Asked<'_>]) -> Self {
        let session = session.iter().map(|cmdlet| (cmdlet.clone(), cmdlet.clone()));
        let items = items.iter().map(|one| (one.cmdlet.to_owned(), one.text()));
        Self { requirement: requirement.to_owned(), items: session.chain(items).collect(), ..Self::default() }
    }

    /// Adds accounts: `answers` are those to `asked`, and what was not asked is plainly granted.
    pub(super) fn add(
        &mut self,
        accounts: Vec<String>,
        items: &[Asked<'_>],
        asked: &[Asked<'_>],
        answers: &[Judged<'_>],
    ) {
        let mut told = asked.iter().zip(answers).peekable();
        let answer = |one: &Asked<'_>| match told.next_if(|(asked, _)| asked.id == one.id) {
            Some((_, judged)) => judged.answer,
            None => Answer::Granted,
        };
        let session = self.items.len() - items.len();
        let answers = std::iter::repeat_n(Answer::Granted, session).chain(items.iter().map(answer)).collect();
        self.rows.push((accounts, answers));
    }
}
