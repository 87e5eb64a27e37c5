//! `rolecall init`: a commented policy to start from, made for the exports that are there.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

use super::output::replace;
use crate::accounts::Accounts;
use crate::catalogue::Environment;
use crate::exports::{self, Wanted};
use crate::graph::Assumptions;
use crate::hidden::toml;
use crate::inventory::Inventory;
use crate::policy::FILE_NAME;
use crate::report::escape::visible;

/// What is written where nothing is there: it takes the pack `exchange-baseline` and nothing else.
const START: &str = include_str!("init.toml");

/// The schema that the first line of the start names, for editors. It lies next to it, so that nothing is ever downloaded.
const SCHEMA: (&str, &str) = ("rolecall.schema.json", include_str!("../../docs/schemas/policy.schema.json"));

/// How many service accounts the start names.
const ACCOUNTS_MAX: usize = 5;

pub(super) fn run() -> ExitCode {
    let found = Found::here();
    for (name, text) in [(FILE_NAME, found.start().as_str()), SCHEMA] {
        if let Err(error) = write(name, text) {
            let why = match error.kind() {
                ErrorKind::AlreadyExists => "it is there already".to_owned(),
                _ => error.to_string(),
            };
            eprintln!("error: `{name}` cannot be written: {why}");
            return ExitCode::from(2);
        }
    }
    eprintln!("{}", visible(&found.next()));
    ExitCode::SUCCESS
}

/// Writes a file that is not there. It is made and not opened, so that nothing is ever lost.
fn write(name: &str, text: &str) -> io::Result<()> {
    let path = Path::new(name);
    drop(File::create_new(path)?);
    replace(path, text.as_bytes()).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

/// The exports that are there, and what they show.
#[derive(Debug, Default)]
struct Found {
    /// What the policy is to read.
    paths: Vec<String>,
    /// How many exports that is.
    files: usize,
    environment: Option<Environment>,
    /// The service accounts, by their names.
    services: Vec<String>,
}

impl Found {
    /// Looks into the folder `exports`, else at the files of this folder; not into other folders, which may be any.
    fn here() -> Self {
        let of = |paths: &[&str]| Self::of(paths.iter().map(|path| (*path).to_owned()).collect());
        let is_there = Path::new("exports").is_dir();
        is_there
            .then(|| of(&["exports"]))
            .flatten()
            .or_else(|| of(&["*.csv", "*.json", "*.xml", "*.txt"]))
            .unwrap_or_default()
    }

    /// What some paths hold; `None` where that is no export.
    fn of(paths: Vec<String>) -> Option<Self> {
        let opened = exports::open(&Wanted::one(paths.clone()));
        let mut loaded = exports::load(&opened);
        let known = loaded.outcomes.iter().filter(|file| file.known == Some(true));
        let files: Vec<&str> = known.map(|file| loaded.sources.file(file.file).path.as_str()).collect();
        if files.is_empty() {
            return None;
        }
        // Of several patterns, those count that found an export.
        let is_of_use = |path: &String| match path.strip_prefix('*') {
            Some(ending) => files.iter().any(|file| file.ends_with(ending)),
            None => true,
        };
        let (paths, files) = (paths.into_iter().filter(is_of_use).collect(), files.len());
        let inventory = Inventory::of(loaded.organizations.pop()?.own);
        let accounts = Accounts::new(&inventory, &[], Assumptions::default());
        let services = accounts.named("svc*").into_iter().map(|account| accounts.shown(account).to_owned());
        Some(Self { paths, files, environment: Environment::shown_by(&inventory), services: services.collect() })
    }

    /// The policy: that which fits any exports, with the paths and the accounts of these.
    fn start(&self) -> String {
        let list = |names: &[String]| names.iter().map(|name| toml(name)).collect::<Vec<_>>().join(", ");
        let mut start = START.to_owned();
        if !self.paths.is_empty() {
            start = start.replacen("paths = [\"exports\"]", &format!("paths = [{}]", list(&self.paths)), 1);
        }
        if let Some(first) = self.services.first() {
            let services = &self.services[..self.services.len().min(ACCOUNTS_MAX)];
            start = start.replacen("account = \"svc-intune\"", &format!("account = {}", toml(first)), 1);
            let messaging = "# messaging = ";
            start = start.replacen(messaging, &format!("# services  = [{}]\n{messaging}", list(services)), 1);
        }
        start
    }

    /// What was written, and what to do next.
    fn next(&self) -> String {
        if self.files == 0 {
            return format!(
                "wrote `{FILE_NAME}`; put exports into `exports` (`rolecall collect` prints the script that makes them) and run `rolecall check`"
            );
        }
        let place = self.environment.map_or("Exchange", |environment| match environment {
            Environment::OnPremises | Environment::Server2013 | Environment::Server2016 => "Exchange Server",
            Environment::Online => "Exchange Online",
            Environment::Purview => "Purview",
        });
        let exports = if self.files == 1 { "1 export".to_owned() } else { format!("{} exports", self.files) };
        let services = match self.services.as_slice() {
            [] => String::new(),
            [one] => format!(", with the service account `{one}`"),
            [first, rest @ ..] => format!(", with the service accounts `{first}` and {} more", rest.len()),
        };
        let paths = self.paths.join("`, `");
        format!("wrote `{FILE_NAME}` for {exports} of {place} in `{paths}`{services}; run `rolecall check`")
    }
}
