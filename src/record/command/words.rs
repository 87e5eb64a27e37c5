//! The words of a command line, as PowerShell's parser sees them in argument mode.
//!
//! Quotes, doubled quotes, backticks, groups and blocks are understood as far as it takes to find where a word, a stage
//! of the pipeline and a statement end, and what a quoted argument says.
//! Source: about_Quoting_Rules, about_Parsing, about_Special_Characters.

use std::borrow::Cow;

/// One word of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// As typed.
    pub(super) raw: &'t str,
    /// What it says: quotes and escapes resolved.
    pub(super) text: Cow<'t, str>,
    /// Whether it says the same whatever the shell holds: no variable, no group, no list.
    pub(super) literal: bool,
    /// Whether it begins with a quote, so that it is no name of a command or a parameter.
    pub(super) quoted: bool,
}

/// What the tokenizer finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Word(Word<'t>),
    /// `|`.
    Pipe,
    /// The end of a statement.
    End,
    /// What is printed goes to a file instead.
    Away,
}

/// Characters that PowerShell takes for a double quote; web pages turn quotes into the others.
pub(super) const fn is_double_quote(char: char) -> bool {
    matches!(char, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}')
}

/// Characters that PowerShell takes for a single quote.
pub(super) const fn is_single_quote(char: char) -> bool {
    matches!(char, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}')
}

/// Characters that PowerShell takes for the dash of a parameter.
pub(super) const fn is_dash(char: char) -> bool {
    matches!(char, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

/// Splits a command line into tokens.
pub(super) fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = line[at..].chars().next() {
        let next = at + first.len_utf8();
        match first {
            '\n' | ';' => {
                tokens.push(Token::End);
                at = next;
            }
            '|' if line[next..].starts_with('|') => {
                tokens.push(Token::End);
                at = next + 1;
            }
            '|' => {
                tokens.push(Token::Pipe);
                at = next;
            }
            '&' if line[next..].starts_with('&') => {
                tokens.push(Token::End);
                at = next + 1;
            }
            '#' => at = line[at..].find('\n').map_or(line.len(), |end| at + end),
            ')' | '}' | '`' => at = next,
            char if char.is_whitespace() => at = next,
            _ => at = redirection(line, at, &mut tokens).unwrap_or_else(|| word(line, at, &mut tokens)),
        }
    }
    tokens
}

/// Takes `> file`, `2>&1` and their kind.
fn redirection(line: &str, at: usize, tokens: &mut Vec<Token<'_>>) -> Option<usize> {
    let rest = &line[at..];
    let stream = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'*').count();
    let arrow = rest[stream..].strip_prefix('>')?;
    let target = arrow.trim_start_matches('>').trim_start();
    if let Some(merged) = target.strip_prefix('&') {
        let digits = merged.bytes().take_while(u8::is_ascii_digit).count();
        return Some(line.len() - merged.len() + digits);
    }
    if matches!(&rest[..stream], "" | "1" | "*") {
        tokens.push(Token::Away);
    }
    // The target is a word that says nothing about what is printed.
    let start = line.len() - target.len();
    Some(if target.is_empty() { line.len() } else { word(line, start, &mut Vec::new()).max(start + 1) })
}

/// Takes one word that starts at `at`, and returns where it ends.
fn word<'t>(line: &'t str, at: usize, tokens: &mut Vec<Token<'t>>) -> usize {
    let mut text = Text::new(line, at);
    let mut literal = true;
    let quoted = line[at..].starts_with(|char| is_double_quote(char) || is_single_quote(char));
    let mut here = at;
    while let Some(char) = line[here..].chars().next() {
        let next = here + char.len_utf8();
        match char {
            '|' | ';' | ')' | '}' => break,
            ',' => {
                literal = false;
                text.keep(here, next);
                here = next + line[next..].len() - line[next..].trim_start().len();
            }
            '`' => {
                let escaped = line[next..].chars().next();
                here = next + escaped.map_or(0, char::len_utf8);
                text.push_escaped(escaped);
            }
            '(' | '{' => {
                literal = false;
                here = matching(line, here);
                text.keep(next - 1, here);
            }
            '$' => {
                literal = false;
                text.keep(here, next);
                here = next;
            }
            _ if is_double_quote(char) => here = double_quoted(line, next, &mut text, &mut literal),
            _ if is_single_quote(char) => here = single_quoted(line, next, &mut text),
            _ if char.is_whitespace() => break,
            _ => {
                text.keep(here, next);
                here = next;
            }
        }
    }
    let here = here.max(at + line[at..].chars().next().map_or(1, char::len_utf8));
    let raw = &line[at..here];
    let literal = literal || ["$true", "$false", "$null"].iter().any(|known| raw.eq_ignore_ascii_case(known));
    tokens.push(Token::Word(Word { raw, text: text.finish(), literal, quoted }));
    here
}

fn double_quoted(line: &str, start: usize, text: &mut Text<'_>, literal: &mut bool) -> usize {
    let mut here = start;
    while let Some(char) = line[here..].chars().next() {
        let next = here + char.len_utf8();
        match char {
            '`' => {
                let escaped = line[next..].chars().next();
                text.push_escaped(escaped);
                here = next + escaped.map_or(0, char::len_utf8);
            }
            _ if is_double_quote(char) => {
                let Some(doubled) = line[next..].chars().next().filter(|&doubled| is_double_quote(doubled)) else {
                    return next;
                };
                text.push(doubled);
                here = next + doubled.len_utf8();
            }
            '$' if line[next..].starts_with('(') => {
                *literal = false;
                here = matching(line, next);
                text.keep(next - 1, here);
            }
            '$' => {
                if line[next..]
                    .starts_with(|char: char| char.is_alphanumeric() || matches!(char, '_' | '{' | '?' | '^'))
                {
                    *literal = false;
                }
                text.keep(here, next);
                here = next;
            }
            _ => {
                text.keep(here, next);
                here = next;
            }
        }
    }
    here
}

fn single_quoted(line: &str, start: usize, text: &mut Text<'_>) -> usize {
    let mut here = start;
    while let Some(char) = line[here..].chars().next() {
        let next = here + char.len_utf8();
        if !is_single_quote(char) {
            text.keep(here, next);
            here = next;
            continue;
        }
        let Some(doubled) = line[next..].chars().next().filter(|&doubled| is_single_quote(doubled)) else {
            return next;
        };
        text.push(doubled);
        here = next + doubled.len_utf8();
    }
    here
}

/// Where the first item of a list ends: at its comma, or at the end.
pub(super) fn item_end(list: &str) -> usize {
    let mut here = 0;
    while let Some(char) = list[here..].chars().next() {
        let next = here + char.len_utf8();
        here = match char {
            ',' => return here,
            '(' | '{' => matching(list, here),
            _ if is_double_quote(char) => quote_end(list, next, is_double_quote),
            _ if is_single_quote(char) => quote_end(list, next, is_single_quote),
            _ => next,
        };
    }
    list.len()
}

/// The place behind the bracket that closes the one at `open`; the end where none does.
pub(super) fn matching(line: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    let mut here = open;
    while let Some(char) = line[here..].chars().next() {
        here += char.len_utf8();
        match char {
            '(' | '{' => depth += 1,
            ')' | '}' => {
                depth -= 1;
                if depth == 0 {
                    return here;
                }
            }
            '`' => here += line[here..].chars().next().map_or(0, char::len_utf8),
            _ if is_double_quote(char) => here = quote_end(line, here, is_double_quote),
            _ if is_single_quote(char) => here = quote_end(line, here, is_single_quote),
            _ => {}
        }
    }
    here
}

/// The place behind the quote that ends a text which began before `start`. A doubled quote ends it and begins another.
fn quote_end(line: &str, start: usize, is_quote: fn(char) -> bool) -> usize {
    let mut escaped = false;
    for (offset, char) in line[start..].char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        if is_quote(char) {
            return start + offset + char.len_utf8();
        }
        escaped = char == '`' && !is_quote('\'');
    }
    line.len()
}

/// Whether a quote, a bracket or a pipeline is still open at the end, so that the command goes on on the next line.
pub(crate) fn is_open(line: &str) -> bool {
    let trimmed = line.trim_end();
    if trimmed.ends_with(['|', ',', '`', '{', '(', '=']) {
        return true;
    }
    let mut depth = 0_i64;
    let mut here = 0;
    while let Some(char) = line[here..].chars().next() {
        here += char.len_utf8();
        let is_quote: fn(char) -> bool = match char {
            '(' | '{' => {
                depth += 1;
                continue;
            }
            ')' | '}' => {
                depth -= 1;
                continue;
            }
            '`' => {
                here += line[here..].chars().next().map_or(0, char::len_utf8);
                continue;
            }
            _ if is_double_quote(char) => is_double_quote,
            _ if is_single_quote(char) => is_single_quote,
            _ => continue,
        };
        let end = quote_end(line, here, is_quote);
        if end == line.len() && !line[here..].ends_with(is_quote) {
            return true;
        }
        here = end;
    }
    depth > 0
}

/// A text that stays borrowed as long as it is one slice of the line.
struct Text<'t> {
    line: &'t str,
    start: usize,
    end: usize,
    owned: Option<String>,
}

impl<'t> Text<'t> {
    const fn new(line: &'t str, at: usize) -> Self {
        Self { line, start: at, end: at, owned: None }
    }

    /// Appends a slice of the line.
    fn keep(&mut self, start: usize, end: usize) {
        match &mut self.owned {
            Some(owned) => owned.push_str(&self.line[start..end]),
            None if self.start == self.end => (self.start, self.end) = (start, end),
            None if self.end == start => self.end = end,
            None => self.owned = Some([&self.line[self.start..self.end], &self.line[start..end]].concat()),
        }
    }

    fn push(&mut self, char: char) {
        self.owned.get_or_insert_with(|| self.line[self.start..self.end].to_owned()).push(char);
    }

    /// Appends what a backtick and a character stand for. A backtick at the end of a line joins it with the next.
    fn push_escaped(&mut self, escaped: Option<char>) {
        match escaped {
            Some('n') => self.push('\n'),
            Some('t') => self.push('\t'),
            Some('\r' | '\n') | None => {}
            Some(char) => self.push(char),
        }
    }

    fn finish(self) -> Cow<'t, str> {
        self.owned.map_or(Cow::Borrowed(&self.line[self.start..self.end]), Cow::Owned)
    }
}
