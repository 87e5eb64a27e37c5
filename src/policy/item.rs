//! `Item`: one cmdlet that is asked for, perhaps with parameters, as `CMDLET[:P]` writes it.

use crate::name::{fold, same};
use crate::source::Span;

/// A cmdlet and the parameters that are asked for with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// As written, without the blanks around it. An entry of exactly this name wins over the split at the colon:
    /// `GetUserPhoto:GET` is one entry.
    pub text: String,
    /// What is before the colon; may hold `*` and `{a,b}`.
    pub cmdlet: String,
    /// The parameters, without a leading dash.
    pub parameters: Vec<String>,
    /// Whether all of the parameters are asked for or any of them.
    pub mode: ParameterMode,
    /// Where it is used.
    pub at: Span,
    /// Where the set that is used there has it, if it comes by one.
    pub listed: Option<Span>,
    /// Whether a pack lists it that the table names.
    pub packed: bool,
}

/// Whether all parameters of an item are asked for, or any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterMode {
    /// Separated by `,`; also where there is one or none.
    All,
    /// Separated by `|`.
    Any,
}

impl Item {
    /// Reads `CMDLET`, `CMDLET:A,B` or `CMDLET:A|B`.
    ///
    /// Errors: a message about what is malformed.
    pub fn parse(text: &str, at: Span) -> Result<Self, String> {
        let text = text.trim();
        let (cmdlet, list) = match text.split_once(':') {
            Some((cmdlet, list)) => (cmdlet.trim_end(), Some(list)),
            None => (text, None),
        };
        check_cmdlet(text, cmdlet)?;
        let (parameters, mode) = match list {
            Some(list) => parameters_of(text, list)?,
            None => (Vec::new(), ParameterMode::All),
        };
        Ok(Self { text: text.to_owned(), cmdlet: cmdlet.to_owned(), parameters, mode, at, listed: None, packed: false })
    }

    /// Adds the item to a list, once however often it is written.
    pub(super) fn push_onto(self, items: &mut Vec<Self>) {
        if !items.iter().any(|known| same(&known.text, &self.text)) {
            items.push(self);
        }
    }

    /// Whether a cmdlet is meant, case aside.
    #[must_use]
    pub fn matches(&self, cmdlet: &str) -> bool {
        if self.is_wild() { matches_pattern(&self.cmdlet, cmdlet) } else { same(&self.cmdlet, cmdlet) }
    }

    /// Whether the cmdlet holds a wildcard, so that it may mean several.
    #[must_use]
    pub fn is_wild(&self) -> bool {
        self.cmdlet.contains(['*', '{'])
    }
}

fn check_cmdlet(text: &str, cmdlet: &str) -> Result<(), String> {
    if cmdlet.is_empty() {
        return Err(format!("`{text}` names no cmdlet"));
    }
    if cmdlet.starts_with('@') {
        return Err(format!("`{cmdlet}` is no cmdlet"));
    }
    let mut inside = false;
    for char in cmdlet.chars() {
        match char {
            '{' if inside => return Err(format!("the braces of `{text}` are nested")),
            '}' if !inside => return Err(format!("`{text}` closes a brace that it does not open")),
            '{' | '}' => inside = !inside,
            ',' | '|' if !inside => return Err(format!("`{text}` holds several cmdlets")),
            '|' => return Err(format!("the braces of `{text}` separate with `,`, not with `|`")),
            char if char.is_whitespace() => return Err(format!("`{text}` holds a blank")),
            _ => {}
        }
    }
    if inside { Err(format!("`{text}` opens a brace that it does not close")) } else { Ok(()) }
}

fn parameters_of(text: &str, list: &str) -> Result<(Vec<String>, ParameterMode), String> {
    let mode = match (list.contains(','), list.contains('|')) {
        (true, true) => return Err(format!("`{text}` mixes `,` (all of them) and `|` (any of them)")),
        (_, true) => ParameterMode::Any,
        _ => ParameterMode::All,
    };
    let mut parameters: Vec<String> = Vec::new();
    for part in list.split([',', '|']) {
        let part = part.trim();
        let parameter = part.strip_prefix('-').unwrap_or(part);
        if parameter.is_empty() {
            return Err(format!("`{text}` lacks a parameter"));
        }
        if parameter.contains(|char: char| char.is_whitespace() || matches!(char, '*' | '?' | '{' | '}' | ':')) {
            return Err(format!("`{part}` in `{text}` is no parameter"));
        }
        if !parameters.iter().any(|known| same(known, parameter)) {
            parameters.push(parameter.to_owned());
        }
    }
    Ok((parameters, mode))
}

/// Whether the whole of `text` fits `pattern`, case aside.
///
/// Walks the text once and keeps every place of the pattern that it could stand at, so the time is at most their
/// product, whatever the pattern. `pattern` has balanced braces that do not nest, which `Item::parse` checks.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    // Most cmdlets begin or end otherwise.
    let (start, end) = (pattern.split(['*', '{']).next(), pattern.rsplit(['*', '}']).next());
    let (start, end) = (start.unwrap_or("").as_bytes(), end.unwrap_or("").as_bytes());
    if pattern.is_ascii() && text.is_ascii() {
        let bytes = text.as_bytes();
        let has = |part: Option<&[u8]>, literal: &[u8]| part.is_some_and(|part| part.eq_ignore_ascii_case(literal));
        let begins = has(bytes.get(..start.len()), start);
        if !begins || !has(bytes.len().checked_sub(end.len()).and_then(|from| bytes.get(from..)), end) {
            return false;
        }
    }
    let pattern: Vec<char> = fold(pattern).chars().collect();
    let mut now = vec![false; pattern.len() + 1];
    now[0] = true;
    spread(&pattern, &mut now);
    for char in fold(text).chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (place, _) in now.iter().enumerate().filter(|&(_, &here)| here) {
            match pattern.get(place) {
                Some('*') => next[place] = true,
                // A brace or a comma inside one is never consumed: `spread` has gone on from it.
                Some(&wanted) if wanted == char && !matches!(char, '{' | '}' | ',') => next[place + 1] = true,
                _ => {}
            }
        }
        spread(&pattern, &mut next);
        now = next;
    }
    now[pattern.len()]
}

/// Adds the places that are reached without a character: behind a star, into each branch of a brace, out of one.
///
/// All of these lead onwards, so one pass from left to right finds them.
fn spread(pattern: &[char], places: &mut [bool]) {
    for place in 0..pattern.len() {
        if !places[place] {
            continue;
        }
        match pattern[place] {
            '*' | '}' => places[place + 1] = true,
            '{' => {
                places[place + 1] = true;
                for branch in place + 1..end_of_brace(pattern, place) {
                    places[branch + 1] |= pattern[branch] == ',';
                }
            }
            ',' => places[end_of_brace(pattern, place)] = true,
            _ => {}
        }
    }
}

/// The place of the closing brace that follows.
fn end_of_brace(pattern: &[char], from: usize) -> usize {
    (from..pattern.len()).find(|&place| pattern[place] == '}').unwrap_or(pattern.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    const AT: Span = Span { file: FileId(0), start: 0, end: 0 };

    fn item(text: &str) -> Item {
        Item::parse(text, AT).expect("well-formed")
    }

    #[test]
    fn parameters_are_all_or_any() {
        assert_eq!(item("Set-Mailbox").parameters, Vec::<String>::new());
        let all = item(" Set-Mailbox : ForwardingAddress, -DeliverToMailboxAndForward,forwardingaddress ");
        assert_eq!(all.cmdlet, "Set-Mailbox");
        assert_eq!(all.parameters, ["ForwardingAddress", "DeliverToMailboxAndForward"]);
        assert_eq!(all.mode, ParameterMode::All);
        let any = item("Set-Mailbox:ForwardingAddress|ForwardingSmtpAddress");
        assert_eq!((any.parameters.len(), any.mode), (2, ParameterMode::Any));
    }

    #[test]
    fn what_is_malformed_is_said() {
        for (text, wanted) in [
            ("", "names no cmdlet"),
            (":Identity", "names no cmdlet"),
            ("Set-Mailbox:A,B|C", "mixes `,`"),
            ("Set-Mailbox:", "lacks a parameter"),
            ("Set-Mailbox:A,", "lacks a parameter"),
            ("Set-Mailbox:A*", "`A*` in `Set-Mailbox:A*` is no parameter"),
            ("Set-Mailbox,Get-Mailbox", "several cmdlets"),
            ("Set-Mailbox -Identity", "holds a blank"),
            ("{Get,Set-Mailbox", "opens a brace"),
            ("Get}-Mailbox", "closes a brace"),
            ("{Get,{Set}}-Mailbox", "are nested"),
            ("{Get|Set}-Mailbox", "separate with `,`"),
            ("@redirect-mail", "is no cmdlet"),
        ] {
            let message = Item::parse(text, AT).expect_err(text);
            assert!(message.contains(wanted), "{text}: {message}");
        }
    }

    #[test]
    fn wildcards_and_braces_match_without_case() {
        for (pattern, text, fits) in [
            ("Get-Mailbox", "get-MAILBOX", true),
            ("Get-Mailbox", "Get-Mailboxes", false),
            ("Get-*", "Get-Mailbox", true),
            ("Get-*", "Set-Mailbox", false),
            ("*", "", true),
            ("*-Mailbox*", "Set-MailboxPlan", true),
            ("{New,Set,Enable}-InboxRule", "set-inboxrule", true),
            ("{New,Set,Enable}-InboxRule", "Get-InboxRule", false),
            ("{New,Set,Enable}-InboxRule", "NewSet-InboxRule", false),
            ("{New,Set,Enable}-InboxRule", "-InboxRule", false),
            ("{New,}-InboxRule", "-InboxRule", true),
            ("{Get,*Set}-{A,B*}", "ReSet-Bx", true),
            ("{Get,*Set}-{A,B*}", "Get-Ax", false),
            ("*{a,b}", "aab", true),
            ("{a,b}*{c,d}", "a,c", true),
        ] {
            assert_eq!(item(pattern).matches(text), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = "{a*,a*,a*,b}*".repeat(40) + "!";
        assert!(!matches_pattern(&pattern, &"a".repeat(200)));
    }
}
