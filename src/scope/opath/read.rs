//! Reads the text of a filter.
//!
//! The tokens are a grammar of small parsers; parentheses are kept on a stack of our own, so that no input can exhaust
//! the program's.
//!
//! Source: "Additional OPATH syntax information" on the page about recipient filters (office-docs-powershell), and
//! "Understanding management role scope filters" (OfficeDocs-Exchange), which writes braces around the whole.

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_while1};
use nom::character::complete::{alpha1, char, multispace0};
use nom::combinator::{map, map_opt, recognize};
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use crate::name::fold;

use super::{Expression, Filter, FilterError, Literal, Test};

/// How deeply a filter may nest. Exchange's own filters stay below twenty.
const DEPTH_MAX: usize = 128;

/// How `-and` and `-or` without parentheses are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    AndFirst,
    LeftToRight,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    And,
    Or,
}

/// Reads a filter by both rules, where they differ.
pub(super) fn filter(text: &str) -> Result<Filter, FilterError> {
    let mut reader = Reader::new(text, Rule::AndFirst);
    let and_first = reader.read()?;
    let left_to_right = if reader.mixed {
        Some(Reader::new(text, Rule::LeftToRight).read()?).filter(|other| *other != and_first)
    } else {
        None
    };
    Ok(Filter { and_first, left_to_right })
}

struct Reader<'t> {
    /// What is left to read.
    rest: &'t str,
    /// The offset at which reading ends: braces and white space around the filter are not read.
    end: usize,
    rule: Rule,
    /// Whether some group mixes `-and` and `-or`.
    mixed: bool,
}

/// What stands between two parentheses.
struct Group {
    /// Where it opens.
    at: usize,
    /// False below an odd number of `-not`.
    positive: bool,
    terms: Vec<(Expression, usize)>,
    joins: Vec<Join>,
}

impl Group {
    fn new(at: usize, positive: bool) -> Self {
        Self { at, positive, terms: Vec::new(), joins: Vec::new() }
    }
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, rule: Rule) -> Self {
        let filled = text.trim_end();
        let rest = filled.trim_start();
        match rest.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
            Some(inner) => Self { rest: inner, end: filled.len() - 1, rule, mixed: false },
            None => Self { rest, end: filled.len(), rule, mixed: false },
        }
    }

    /// The offset of what is left.
    fn at(&self) -> usize {
        self.offset(self.rest)
    }

    /// The offset of a part that reaches to the end.
    fn offset(&self, part: &str) -> usize {
        self.end.saturating_sub(part.len())
    }

    fn read(&mut self) -> Result<Expression, FilterError> {
        let mut outer: Vec<Group> = Vec::new();
        let mut group = Group::new(self.at(), true);
        loop {
            let positive = self.negations() == group.positive;
            let at = self.at();
            if self.take(char('(')).is_some() {
                if outer.len() >= DEPTH_MAX {
                    return Err(FilterError { at });
                }
                outer.push(std::mem::replace(&mut group, Group::new(at, positive)));
                continue;
            }
            let literal = self.comparison(positive)?;
            group.terms.push((Expression::Literal(literal), 1));
            let mut at = self.at();
            while self.take(char(')')).is_some() {
                let closed = self.fold(group)?;
                group = outer.pop().ok_or(FilterError { at })?;
                group.terms.push(closed);
                at = self.at();
            }
            match self.take(join) {
                Some(join) => group.joins.push(join),
                None if self.rest.is_empty() && outer.is_empty() => return self.fold(group).map(|(whole, _)| whole),
                None => return Err(FilterError { at }),
            }
        }
    }

    /// Takes `-not` and `!`, as many as stand there; true for an even number.
    fn negations(&mut self) -> bool {
        let mut even = true;
        while self.take(not).is_some() {
            even = !even;
        }
        even
    }

    /// Takes what a parser takes, and the white space after it; white space alone where it takes nothing.
    fn take<O>(
        &mut self,
        mut parser: impl Parser<&'t str, Output = O, Error = nom::error::Error<&'t str>>,
    ) -> Option<O> {
        self.rest = self.rest.trim_start();
        let (rest, taken) = parser.parse(self.rest).ok()?;
        self.rest = rest.trim_start();
        Some(taken)
    }

    fn comparison(&mut self, positive: bool) -> Result<Literal, FilterError> {
        self.rest = self.rest.trim_start();
        match comparison(self.rest) {
            Ok((rest, mut literal)) => {
                self.rest = rest.trim_start();
                literal.holds = literal.holds == positive;
                Ok(literal)
            }
            Err(nom::Err::Error(error) | nom::Err::Failure(error)) => Err(FilterError { at: self.offset(error.input) }),
            Err(nom::Err::Incomplete(_)) => Err(FilterError { at: self.end }),
        }
    }

    /// The terms of a group as one expression, with its depth.
    fn fold(&mut self, group: Group) -> Result<(Expression, usize), FilterError> {
        self.mixed |= group.joins.contains(&Join::And) && group.joins.contains(&Join::Or);
        let Group { at, positive, terms, joins } = group;
        let folded = match self.rule {
            Rule::AndFirst => Some(and_first(terms, &joins, positive)),
            Rule::LeftToRight => left_to_right(terms, &joins, positive),
        };
        folded.filter(|(_, depth)| *depth <= DEPTH_MAX).ok_or(FilterError { at })
    }
}

/// A join of parts; below a negation, each is the other.
fn joined(parts: Vec<(Expression, usize)>, join: Join, positive: bool) -> (Expression, usize) {
    let depth = parts.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
    let depth = if parts.len() > 1 { depth + 1 } else { depth };
    let parts = parts.into_iter().map(|(part, _)| part).collect();
    (Expression::join(parts, (join == Join::And) == positive), depth)
}

fn and_first(terms: Vec<(Expression, usize)>, joins: &[Join], positive: bool) -> (Expression, usize) {
    let mut choices = Vec::new();
    let mut run = Vec::new();
    for (index, term) in terms.into_iter().enumerate() {
        if index > 0 && joins[index - 1] == Join::Or {
            choices.push(joined(std::mem::take(&mut run), Join::And, positive));
        }
        run.push(term);
    }
    choices.push(joined(run, Join::And, positive));
    joined(choices, Join::Or, positive)
}

/// `None` where it nests too deeply: each change from one join to the other is a step down.
fn left_to_right(terms: Vec<(Expression, usize)>, joins: &[Join], positive: bool) -> Option<(Expression, usize)> {
    let mut run = Vec::new();
    let mut running = Join::And;
    for (index, term) in terms.into_iter().enumerate() {
        let join = if index == 0 { running } else { joins[index - 1] };
        if join != running && run.len() > 1 {
            let whole = joined(run, running, positive);
            if whole.1 > DEPTH_MAX {
                return None;
            }
            run = vec![whole];
        }
        running = join;
        run.push(term);
    }
    Some(joined(run, running, positive))
}

/// A word after a hyphen, folded.
fn operator(input: &str) -> IResult<&str, String> {
    map(preceded(char('-'), alpha1), fold).parse(input)
}

fn not(input: &str) -> IResult<&str, ()> {
    let word = map_opt(operator, |word| (word == "not").then_some(()));
    alt((map(char('!'), |_| ()), word)).parse(input)
}

fn join(input: &str) -> IResult<&str, Join> {
    let of = |word: String| match word.as_str() {
        "and" => Some(Join::And),
        "or" => Some(Join::Or),
        _ => None,
    };
    map_opt(operator, of).parse(input)
}

fn property(input: &str) -> IResult<&str, &str> {
    take_while1(|char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.')).parse(input)
}

/// A value: `None` for `$null`.
fn value(input: &str) -> IResult<&str, Option<String>> {
    let system = map_opt(preceded(char('$'), alpha1), |word: &str| match fold(word).as_str() {
        "null" => Some(None),
        word @ ("true" | "false") => Some(Some(word.to_owned())),
        _ => None,
    });
    let bare =
        take_while1(|char: char| !char.is_whitespace() && !matches!(char, '(' | ')' | '\'' | '"' | '$' | '{' | '}'));
    alt((map(quoted, Some), system, map(bare, |word| Some(fold(word))))).parse(input)
}

/// Text in quotation marks; the mark itself is doubled.
fn quoted(input: &str) -> IResult<&str, String> {
    let single = recognize(many0_count(alt((tag("''"), is_not("'")))));
    let double = recognize(many0_count(alt((tag("\"\""), is_not("\"")))));
    alt((
        map(delimited(char('\''), single, char('\'')), |text: &str| fold(&text.replace("''", "'"))),
        map(delimited(char('"'), double, char('"')), |text: &str| fold(&text.replace("\"\"", "\""))),
    ))
    .parse(input)
}

fn comparison(input: &str) -> IResult<&str, Literal> {
    let (rest, property) = property(input)?;
    let (rest, _) = multispace0(rest)?;
    let (after, word) = operator(rest)?;
    let (operand, _) = multispace0(after)?;
    let (left, value) = value(operand)?;
    let refuse = |input| Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Verify)));
    let (name, holds) = match word.as_str() {
        "ne" => ("eq", false),
        "notlike" => ("like", false),
        word => (word, true),
    };
    let test = match (name, value) {
        ("eq", None) => Some((Test::Present, !holds)),
        ("eq", Some(value)) => Some((equal(value), holds)),
        ("like", Some(value)) => Some((like(value), holds)),
        ("gt", Some(value)) => Some((Test::Odd("gt", value.into()), true)),
        ("ge", Some(value)) => Some((Test::Odd("ge", value.into()), true)),
        ("lt", Some(value)) => Some((Test::Odd("lt", value.into()), true)),
        ("le", Some(value)) => Some((Test::Odd("le", value.into()), true)),
        // No other comparison with `$null` means anything.
        ("like" | "gt" | "ge" | "lt" | "le", None) => return refuse(operand),
        _ => None,
    };
    match test {
        Some((test, holds)) => Ok((left, Literal { property: fold(property).into(), test, holds })),
        None => refuse(rest),
    }
}

/// `-eq` takes no wildcards: whether a star stands for itself there, no page says.
fn equal(value: String) -> Test {
    if value.is_empty() || value.contains('*') { Test::Odd("eq", value.into()) } else { Test::Equal(value.into()) }
}

/// `-like` takes a star at either end, or both.
///
/// Source: "Filters in the Exchange Online PowerShell module" (office-docs-powershell).
fn like(value: String) -> Test {
    let starts = value.starts_with('*');
    let ends = value.ends_with('*');
    let inner = value.trim_matches('*');
    if inner.contains(['*', '?', '[', ']']) {
        return Test::Odd("like", value.into());
    }
    match (inner.is_empty(), starts, ends) {
        (true, true, _) => Test::Present,
        (true, false, _) => Test::Odd("like", value.into()),
        (false, true, true) => Test::Contains(inner.into()),
        (false, true, false) => Test::Suffix(inner.into()),
        (false, false, true) => Test::Prefix(inner.into()),
        (false, false, false) => Test::Equal(inner.into()),
    }
}
