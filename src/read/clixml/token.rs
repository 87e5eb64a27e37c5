//! The tags of a CLIXML text, with their places. The one file that knows the XML reader.

use memchr::memchr;
use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::Event;

/// Why reading cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The text ends first.
    Ends,
    /// Something else stands at this offset than CLIXML allows.
    Syntax(usize),
    /// A document type definition begins at this offset. PowerShell writes none, and none is followed.
    Definition(usize),
}

/// A tag, or the text between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// `<Name …>`, or `<Name … />` where `empty`.
    Open(Tag<'t>),
    /// `</Name>`.
    Close(&'t str),
    /// Text, or a part of it.
    Text,
    /// The end of the text.
    End,
}

/// An opening tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    /// The name.
    pub(super) name: &'t str,
    /// What stands behind the name.
    attributes: &'t str,
    /// Whether it is closed at once.
    pub(super) empty: bool,
    /// Where it begins.
    pub(super) at: usize,
}

impl<'t> Tag<'t> {
    /// The raw value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&'t str> {
        let mut rest = self.attributes.trim_ascii_start();
        loop {
            let (key, tail) = rest.split_at(memchr(b'=', rest.as_bytes())?);
            let tail = tail[1..].trim_ascii_start();
            let quote = *tail.as_bytes().first().filter(|byte| matches!(byte, b'"' | b'\''))?;
            let value = &tail[1..];
            let value = &value[..memchr(quote, value.as_bytes())?];
            if key.trim_ascii_end() == name {
                return Some(value);
            }
            rest = tail[value.len() + 2..].trim_ascii_start();
        }
    }

    /// The number that names an object, or a list of types.
    pub(super) fn number(&self) -> Option<usize> {
        self.attribute("RefId")?.parse().ok()
    }
}

/// The tokens of a text, one after the other.
pub(super) struct Tokens<'t> {
    text: &'t str,
    xml: Reader<&'t [u8]>,
    /// Whether the last token was a tag, so that reading can go on from any place in the text behind it.
    after_tag: bool,
    /// Where the last token began.
    start: usize,
}

impl<'t> Tokens<'t> {
    /// The tokens from an offset on.
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, xml: reader(&text[at..]), after_tag: false, start: at }
    }

    /// Where the next token begins.
    pub(super) fn at(&self) -> usize {
        self.text.len() - self.xml.get_ref().len()
    }

    /// Where the last token begins.
    pub(super) fn began(&self) -> usize {
        self.start
    }

    /// The text of the last token.
    pub(super) fn last(&self) -> &'t str {
        &self.text[self.start..self.at()]
    }

    /// Goes to another place.
    pub(super) fn seek(&mut self, at: usize) {
        self.xml = reader(&self.text[at..]);
        self.after_tag = false;
    }

    /// Goes on behind a tag that ends at an offset.
    pub(super) fn pass(&mut self, at: usize) {
        self.seek(at);
        self.after_tag = true;
    }

    /// Goes on behind the closing tag at an offset.
    pub(super) fn leap(&mut self, at: usize) -> Result<(), Fault> {
        self.seek(at);
        self.after_tag = true;
        self.closing().map(|_| ()).ok_or(Fault::Syntax(at))
    }

    /// The content of the element that was just opened, up to its closing tag, where there is only text in it. Most
    /// elements are like that, and take no more than a search for the next tag.
    pub(super) fn leaf(&mut self, name: &str) -> Option<&'t str> {
        if !self.after_tag {
            return None;
        }
        let rest = &self.text[self.at()..];
        let content = &rest[..memchr(b'<', rest.as_bytes())?];
        let closing = rest[content.len()..].strip_prefix("</")?.strip_prefix(name)?;
        let behind = closing.strip_prefix('>')?;
        *self.xml.get_mut() = behind.as_bytes();
        Some(content)
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Token<'t>, Fault> {
        loop {
            if self.after_tag {
                self.skip_blank();
                if let Some(tag) = self.opening() {
                    return Ok(Token::Open(tag));
                }
                if let Some(name) = self.closing() {
                    return Ok(Token::Close(name));
                }
            }
            let start = self.at();
            self.start = start;
            let event = self.xml.read_event();
            let slice = self.text.get(start..self.at()).unwrap_or("");
            self.after_tag = matches!(event, Ok(Event::Start(_) | Event::Empty(_) | Event::End(_)));
            return match event {
                Ok(Event::Start(_)) => Ok(Token::Open(tag(slice, start, false))),
                Ok(Event::Empty(_)) => Ok(Token::Open(tag(slice, start, true))),
                Ok(Event::End(_)) => Ok(Token::Close(without(slice, "</", ">").trim_ascii_end())),
                Ok(Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) => Ok(Token::Text),
                Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_)) => continue,
                Ok(Event::DocType(_)) => Err(Fault::Definition(start)),
                Ok(Event::Eof) => Ok(Token::End),
                Err(Error::Syntax(SyntaxError::UnclosedDoctype)) => Err(Fault::Definition(start)),
                Err(Error::Syntax(SyntaxError::InvalidBangMarkup)) => Err(Fault::Syntax(start)),
                // Whatever else is unclosed is so at the end of the text.
                Err(Error::Syntax(_)) => Err(Fault::Ends),
                Err(_) => Err(Fault::Syntax(start)),
            };
        }
    }

    /// The opening tag that stands here, where it is as PowerShell writes it: short, and with nothing but double quotation
    /// marks around its attributes. Most of a document is such tags; the XML reader has the word on every other.
    fn opening(&mut self) -> Option<Tag<'t>> {
        const TAG_BYTES_MAX: usize = 256;
        let at = self.at();
        let rest = *self.xml.get_ref();
        if rest.first() != Some(&b'<') || !rest.get(1)?.is_ascii_alphabetic() {
            return None;
        }
        let mut quoted = false;
        let mut end = None;
        for (index, byte) in rest.iter().enumerate().take(TAG_BYTES_MAX).skip(1) {
            match byte {
                b'"' => quoted = !quoted,
                b'>' if !quoted => {
                    end = Some(index);
                    break;
                }
                b'<' | b'\'' => return None,
                _ => {}
            }
        }
        let end = end?;
        let empty = rest[end - 1] == b'/';
        *self.xml.get_mut() = &rest[end + 1..];
        self.start = at;
        Some(tag(&self.text[at..=at + end], at, empty))
    }

    /// The name in the closing tag that stands here. Nothing but a name can be in one, so it needs no more than a search.
    fn closing(&mut self) -> Option<&'t str> {
        let at = self.at();
        let tag = self.text[at..].strip_prefix("</")?;
        let end = memchr(b'>', tag.as_bytes())?;
        self.start = at;
        *self.xml.get_mut() = &tag.as_bytes()[end + 1..];
        Some(tag[..end].trim_ascii_end())
    }

    /// Passes over the blanks before a tag, which would be a token of their own.
    fn skip_blank(&mut self) {
        let rest = *self.xml.get_ref();
        let length = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
        if rest.get(length) == Some(&b'<') {
            *self.xml.get_mut() = &rest[length..];
        }
    }
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut xml = Reader::from_str(text);
    let config = xml.config_mut();
    // Names are compared by the callers, who know what they opened; so reading can go on from any tag.
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    xml
}

fn tag(slice: &str, at: usize, empty: bool) -> Tag<'_> {
    let inside = without(slice, "<", if empty { "/>" } else { ">" });
    let end = inside.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(inside.len());
    Tag { name: &inside[..end], attributes: &inside[end..], empty, at }
}

/// The part of a tag between its brackets.
fn without<'t>(slice: &'t str, open: &str, close: &str) -> &'t str {
    let slice = slice.strip_prefix(open).unwrap_or(slice);
    slice.strip_suffix(close).unwrap_or(slice)
}
