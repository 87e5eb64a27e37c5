//! `Who`: an account, a group or another assignee that a policy speaks of.

use crate::source::Span;

/// An account or another assignee, as a policy names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// What it is.
    pub kind: WhoKind,
    /// Its name, any identity of it, without `group:`; `*` and `?` are wild.
    pub text: String,
    /// Where it is used.
    pub at: Span,
    /// Where the list that is used there has it, if it comes by one.
    pub listed: Option<Span>,
}

/// What a `Who` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhoKind {
    /// An account; for a holder of roles also the name of an assignment policy.
    Account,
    /// Written `group:NAME`.
    Group,
}

impl Who {
    /// An account that somebody names at `at`.
    #[must_use]
    pub fn account(text: &str, at: Span) -> Self {
        Self { kind: WhoKind::Account, text: text.to_owned(), at, listed: None }
    }

    /// Reads `NAME` or `group:NAME`.
    ///
    /// Errors: a message about what is malformed.
    pub(super) fn parse(text: &str, at: Span) -> Result<Self, String> {
        let word = "group:";
        let (kind, name) = match text.get(..word.len()) {
            Some(start) if start.eq_ignore_ascii_case(word) => (WhoKind::Group, text[word.len()..].trim()),
            _ => (WhoKind::Account, text),
        };
        if name.is_empty() {
            return Err(format!("`{text}` names no group"));
        }
        Ok(Self { kind, text: name.to_owned(), at, listed: None })
    }

    /// As a policy would write it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.kind {
            WhoKind::Account => self.text.clone(),
            WhoKind::Group => format!("group:{}", self.text),
        }
    }
}
