//! `[[except]]`: what a table excepts in addition to its own exceptions.

use super::keys::one_line;
use super::{Exception, Forbid, Policy, Who, closest, mistake, say};
use crate::diagnostic::Report;
use crate::hidden::toml;
use crate::name::same;
use crate::remedy::Remedy;

impl Policy {
    /// Who may do what a table forbids, by whatever path.
    pub fn excepted<'p>(&'p self, forbid: &'p Forbid) -> impl Iterator<Item = &'p Who> {
        forbid.except.iter().chain(self.exceptions_of(forbid).flat_map(|it| &it.accounts))
    }

    /// The assignees whose grants a table excepts.
    pub fn excepted_through<'p>(&'p self, forbid: &'p Forbid) -> impl Iterator<Item = &'p Who> {
        forbid.except_through.iter().chain(self.exceptions_of(forbid).flat_map(|it| &it.through))
    }

    fn exceptions_of<'p>(&'p self, forbid: &'p Forbid) -> impl Iterator<Item = &'p Exception> {
        self.exceptions.iter().filter(|it| same(&it.of.text, &forbid.common.id))
    }

    /// Says which exceptions are of no table that could have them. Asked of all files together: of two that extend a
    /// pack, only the first reads it.
    pub(super) fn check_exceptions(&self, report: &mut Report) {
        let has = |id: &str| self.forbids.iter().any(|forbid| same(&forbid.common.id, id));
        for of in self.exceptions.iter().map(|it| &it.of).filter(|of| !has(&of.text)) {
            let shown = one_line(&of.text);
            let near = || closest(&of.text, self.forbids.iter().map(|it| it.common.id.as_str()));
            let (message, help) = match self.tables().find(|(_, common)| same(&common.id, &of.text)) {
                Some((kind, _)) => {
                    (format!("`{shown}` is a `[[{kind}]]`, which has no exceptions"), "name a `[[forbid]]`".to_owned())
                }
                None => (
                    format!("no `[[forbid]]` is called `{shown}`"),
                    match near() {
                        Some(near) => format!("did you mean `{}`?", one_line(near)),
                        None => "name a `[[forbid]]` by its `id`, one of a pack by `PACK/id`".to_owned(),
                    },
                ),
            };
            say(report, mistake::UNKNOWN_ID, message, of.at, Some(help));
        }
    }

    /// The table that adds an exception to a table of a pack, at the end of the policy file. `None` where there is no
    /// file but packs.
    #[must_use]
    pub fn exception(&self, forbid: &Forbid, key: &str, names: &[String]) -> Option<Remedy> {
        let list = |names: &mut dyn Iterator<Item = &str>| names.map(toml).collect::<Vec<_>>().join(", ");
        let names = list(&mut names.iter().map(String::as_str));
        let mut text = format!("\n[[except]]\nof = {}\n{key} = [{names}]\nwhy = \"…\"\n", toml(&forbid.common.id));
        if !self.organizations.is_empty() {
            let of = list(&mut self.organizations.iter().map(|it| it.name.text.as_str()));
            text.push_str(&format!("organization = [{of}]\n"));
        }
        Some(Remedy::Edit { at: self.end?, text })
    }
}
