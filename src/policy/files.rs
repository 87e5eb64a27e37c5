//! Policy files on the disk: which one applies, which others it extends, and what they say together.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::names::Names;
use super::{Common, Pack, Policy, closest, keys, mistake, say};
use crate::diagnostic::Report;
use crate::name::same;
use crate::paths::{beside, identity};
use crate::source::{Contents, FileId, SourceFile, Sources, Span};

/// The name of a policy file that is found by itself.
pub const FILE_NAME: &str = "rolecall.toml";

/// How many files may extend one another, one the next.
const DEPTH_MAX: usize = 32;

/// A policy file and all that it extends, opened and not yet read.
#[derive(Debug)]
pub struct Files {
    /// The first is the one that was named or found.
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    /// How reports name it.
    shown: String,
    /// What ids of its tables have before them where another file speaks of them: a pack's name.
    prefix: Option<&'static str>,
    contents: Contents,
    /// What it extends, in order.
    extends: Vec<Result<usize, Trouble>>,
}

/// Why a file cannot be extended.
#[derive(Debug)]
enum Trouble {
    Unreadable(io::Error),
    /// It can be read and is something else: what it holds is nobody's business.
    NoPolicy,
    UnknownPack,
    Circular,
    TooDeep,
}

/// Finds the policy file of a folder: in it, or in the nearest folder above that has one. How it is shown leads there
/// from `folder`, which must be absolute.
#[must_use]
pub fn find(folder: &Path) -> Option<String> {
    let mut shown = String::new();
    for above in folder.ancestors() {
        if above.join(FILE_NAME).is_file() {
            return Some(shown + FILE_NAME);
        }
        shown.push_str("../");
    }
    None
}

impl Files {
    /// Opens the pack or the file of a name, and what it extends.
    ///
    /// Errors: the first cannot be read. What is wrong with the others is said when they are read.
    pub fn open(given: &str) -> io::Result<Self> {
        let mut files = Self { files: Vec::new() };
        // A file of the same name is meant only where its path says so: a pack must not change with the folder.
        match super::pack(given) {
            Some(pack) => files.add_pack(pack, &mut Vec::new()),
            None => files.add(
                given.to_owned(),
                Contents::open(Path::new(given))?,
                None,
                &mut vec![identity(Path::new(given))],
            ),
        };
        Ok(files)
    }

    /// How reports name the files, the one that was named or found first.
    pub fn shown(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.shown.as_str())
    }

    /// The same but for packs, which ship with rolecall.
    pub fn editable(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|file| file.prefix.is_none()).map(|file| file.shown.as_str())
    }

    /// The files, as reports show them, with their bytes.
    pub fn contents(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|file| (file.shown.as_str(), file.contents.bytes()))
    }

    fn add_pack(&mut self, pack: &'static Pack, open: &mut Vec<PathBuf>) -> usize {
        let contents = Contents::from(pack.text.as_bytes().to_vec());
        self.add(format!("pack:{}", pack.name), contents, Some(pack.name), open)
    }

    /// Adds a file and what it extends; `open` are the files that lead here.
    fn add(
        &mut self,
        shown: String,
        contents: Contents,
        prefix: Option<&'static str>,
        open: &mut Vec<PathBuf>,
    ) -> usize {
        let index = self.files.len();
        let extends = match SourceFile::decode(FileId(0), shown.clone(), contents.bytes()) {
            Ok(file) => super::extends_of(&file),
            // That it is too large is said when it is read.
            Err(_) => Vec::new(),
        };
        self.files.push(File { shown: shown.clone(), prefix, contents, extends: Vec::new() });
        for text in extends {
            let link = self.link(&shown, &text.text, open);
            self.files[index].extends.push(link);
        }
        index
    }

    fn link(&mut self, from: &str, text: &str, open: &mut Vec<PathBuf>) -> Result<usize, Trouble> {
        if let Some(name) = text.strip_prefix("pack:") {
            let pack = super::pack(name).ok_or(Trouble::UnknownPack)?;
            let shown = format!("pack:{}", pack.name);
            let known = self.files.iter().position(|file| file.shown == shown);
            return Ok(known.unwrap_or_else(|| self.add_pack(pack, open)));
        }
        let shown = beside(from, text);
        let identity = identity(Path::new(&shown));
        if open.contains(&identity) {
            return Err(Trouble::Circular);
        }
        if let Some(known) = self.files.iter().position(|file| file.shown == shown) {
            return Ok(known);
        }
        if open.len() == DEPTH_MAX {
            return Err(Trouble::TooDeep);
        }
        let contents = Contents::open(Path::new(&shown)).map_err(Trouble::Unreadable)?;
        if SourceFile::decode(FileId(0), shown.clone(), contents.bytes()).is_ok_and(|file| !super::is_policy(&file)) {
            return Err(Trouble::NoPolicy);
        }
        open.push(identity);
        let index = self.add(shown, contents, None, open);
        open.pop();
        Ok(index)
    }

    /// Reads the files into one policy, and adds them to `sources`.
    ///
    /// What a file says itself wins over what it extends: a table of the same id replaces the other, and so does a
    /// level or a list of the same name. What to read, organizations and tests are those of the first file alone.
    pub fn read<'f>(&'f self, sources: &mut Sources<'f>, rules: &[&'static str], report: &mut Report) -> Policy {
        let ids: Vec<FileId> = self.files.iter().map(|file| sources.add(|id| decoded(file, id))).collect();
        let mut reading = Reading { files: self, ids, rules, known: vec![None; self.files.len()] };
        let mut policy = reading.read(0, sources, report);
        let first = sources.file(reading.ids[0]).span();
        policy.end = self.files[0].prefix.is_none().then_some(Span { start: first.end, ..first });
        policy.check_organizations(report);
        policy.check_exceptions(report);
        for (file, id) in self.files.iter().zip(&reading.ids) {
            if SourceFile::decode(*id, String::new(), file.contents.bytes()).is_err() {
                let message = format!("`{}` is too large for a policy", file.shown);
                let help = "keep tables and tests, and move long lists into files that it extends".to_owned();
                say(report, mistake::UNREADABLE_FILE, message, sources.file(*id).span(), Some(help));
            }
        }
        policy
    }
}

fn decoded(file: &File, id: FileId) -> SourceFile<'_> {
    let mut read = SourceFile::decode(id, file.shown.clone(), file.contents.bytes())
        .unwrap_or_else(|_| SourceFile::empty(id, file.shown.clone()));
    read.ships = file.prefix.is_some();
    read
}

/// A run over the files, each read once.
struct Reading<'r> {
    files: &'r Files,
    ids: Vec<FileId>,
    rules: &'r [&'static str],
    /// The lists of the files that were read.
    known: Vec<Option<Names>>,
}

impl Reading<'_> {
    fn read(&mut self, index: usize, sources: &Sources<'_>, report: &mut Report) -> Policy {
        let mut base = Policy::default();
        let mut names = Names::default();
        let file = &self.files.files[index];
        for link in &file.extends {
            let Ok(other) = *link else { continue };
            // A file that two others extend counts once; its lists are known to both.
            if self.known[other].is_none() {
                let mut inherited = self.read(other, sources, report);
                inherited.prefix_ids(self.files.files[other].prefix, &self.files.files[other].shown);
                base.extend_by(inherited);
            }
            names.inherit(self.known[other].as_ref());
        }
        let source = sources.file(self.ids[index]);
        let own = super::read_with(source, &mut names, self.rules, index == 0, report);
        self.say_trouble(index, &own, report);
        own.disable_in(&mut base, report);
        base.extend_by(own);
        self.known[index] = Some(names);
        base
    }

    fn say_trouble(&self, index: usize, own: &Policy, report: &mut Report) {
        for (text, link) in own.extends.iter().zip(&self.files.files[index].extends) {
            let shown = keys::one_line(&text.text);
            let (rule, message, help) = match link {
                Ok(_) => continue,
                Err(Trouble::UnknownPack) => {
                    let name = text.text.trim_start_matches("pack:");
                    let near = closest(name, super::PACKS.iter().map(|pack| pack.name));
                    let help = near.map_or("`rolecall packs` lists the packs".to_owned(), |near| {
                        format!("did you mean `pack:{near}`?")
                    });
                    (mistake::UNKNOWN_PACK, format!("no pack is called `{}`", keys::one_line(name)), Some(help))
                }
                Err(Trouble::Unreadable(error)) => {
                    let near = closest(&text.text, super::PACKS.iter().map(|pack| pack.name));
                    let help = near.map_or("paths count from the folder of this file".to_owned(), |near| {
                        format!("did you mean `pack:{near}`?")
                    });
                    (mistake::UNREADABLE_FILE, format!("`{shown}` cannot be read: {error}"), Some(help))
                }
                Err(Trouble::NoPolicy) => {
                    let help = "name a policy file, or a pack as in `pack:exchange-baseline`".to_owned();
                    (mistake::UNREADABLE_FILE, format!("`{shown}` is no policy: it has no key of one"), Some(help))
                }
                Err(Trouble::Circular) => {
                    let message = format!("`{shown}` extends this file, as this file extends it");
                    let help = "take it out of `extends` here, or this file out of `extends` there".to_owned();
                    (mistake::CIRCULAR_EXTENDS, message, Some(help))
                }
                Err(Trouble::TooDeep) => {
                    let message =
                        format!("`{shown}` is the last of more than {DEPTH_MAX} files that extend one another");
                    let help = "let one file extend several, which extend none".to_owned();
                    (mistake::UNREADABLE_FILE, message, Some(help))
                }
            };
            say(report, rule, message, text.at, help);
        }
    }
}

impl Policy {
    /// Gives the ids the form in which another file speaks of them: behind the name of a pack. Tables without an id
    /// are told apart by the name of their file.
    fn prefix_ids(&mut self, pack: Option<&str>, shown: &str) {
        let stem = Path::new(shown).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        self.each_common(|common| match pack {
            Some(pack) if !common.id.contains('/') => {
                common.id = format!("{pack}/{}", common.id);
                common.named = true;
            }
            None if !common.named && !common.id.contains('/') => common.id = format!("{stem}/{}", common.id),
            _ => {}
        });
    }

    /// Removes from the inherited tables those that `disable` names.
    fn disable_in(&self, base: &mut Self, report: &mut Report) {
        for text in &self.disable {
            if !base.tables().any(|(_, common)| same(&common.id, &text.text)) {
                let near = closest(&text.text, base.tables().map(|(_, common)| common.id.as_str()));
                let help = match near {
                    Some(near) => format!("did you mean `{}`?", keys::one_line(near)),
                    None => "name a table of an extended file by its `id`, one of a pack by `PACK/id`".to_owned(),
                };
                let message = format!("no extended file has a table `{}`", keys::one_line(&text.text));
                say(report, mistake::UNKNOWN_ID, message, text.at, Some(help));
            }
            base.retain(|common| !same(&common.id, &text.text));
        }
    }

    /// Adds another policy, which wins over this one.
    fn extend_by(&mut self, other: Self) {
        let named: BTreeSet<String> = other
            .tables()
            .filter(|(_, common)| common.named)
            .map(|(_, common)| crate::name::fold(&common.id))
            .collect();
        self.retain(|common| !named.contains(&crate::name::fold(&common.id)));
        self.requirements.extend(other.requirements);
        self.forbids.extend(other.forbids);
        self.exceptions.extend(other.exceptions);
        self.separates.extend(other.separates);
        self.groups.extend(other.groups);
        self.roles.extend(other.roles);
        self.waivers.extend(other.waivers);
        self.assertions.extend(other.assertions);
        self.levels.extend(other.levels);
        self.preset = other.preset.or(self.preset);
        self.organizations = other.organizations;
        self.tests = other.tests;
        self.exports = other.exports;
        self.extends = other.extends;
        self.disable = other.disable;
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&Common) -> bool) {
        self.requirements.retain(|table| keep(&table.common));
        self.forbids.retain(|table| keep(&table.common));
        self.exceptions.retain(|table| keep(&table.common));
        self.separates.retain(|table| keep(&table.common));
        self.groups.retain(|table| keep(&table.common));
        self.roles.retain(|table| keep(&table.common));
        self.waivers.retain(|table| keep(&table.common));
        self.assertions.retain(|table| keep(&table.common));
    }

    fn each_common(&mut self, mut change: impl FnMut(&mut Common)) {
        self.requirements.iter_mut().for_each(|table| change(&mut table.common));
        self.forbids.iter_mut().for_each(|table| change(&mut table.common));
        self.exceptions.iter_mut().for_each(|table| change(&mut table.common));
        self.separates.iter_mut().for_each(|table| change(&mut table.common));
        self.groups.iter_mut().for_each(|table| change(&mut table.common));
        self.roles.iter_mut().for_each(|table| change(&mut table.common));
        self.waivers.iter_mut().for_each(|table| change(&mut table.common));
        self.assertions.iter_mut().for_each(|table| change(&mut table.common));
    }
}
