//! What an administrator must be able to trust before running `rolecall collect`'s script: it reads and
//! changes nothing, every cmdlet in it exists, and nothing from the directory is ever run.
//!
//! The script is checked as text, for a machine that runs the tests need not have PowerShell.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{argument, beside_built_in, folder, rolecall};

const SCRIPT: &str = include_str!("../../src/cli/collect.ps1");

/// The Exchange cmdlets that the script may call.
/// Source: MicrosoftDocs/office-docs-powershell, one page a cmdlet.
const EXCHANGE: &[&str] = &[
    "Get-ADServerSettings",
    "Get-ConnectionInformation",
    "Get-ExchangeServer",
    "Get-Group",
    "Get-Mailbox",
    "Get-MailboxDatabase",
    "Get-ManagementRole",
    "Get-ManagementRoleAssignment",
    "Get-ManagementRoleEntry",
    "Get-ManagementScope",
    "Get-OrganizationConfig",
    "Get-RoleAssignmentPolicy",
    "Get-RoleGroup",
    "Get-RoleGroupMember",
    "Get-ServicePrincipal",
    "Get-User",
];

/// What it may use of PowerShell itself: nothing that starts, removes, connects or evaluates.
const POWERSHELL: &[&str] = &[
    "ForEach-Object",
    "Get-Command",
    "Get-Module",
    "Get-PSSession",
    "New-Object",
    "Select-Object",
    "Set-StrictMode",
    "Start-Sleep",
    "Where-Object",
    "Write-Host",
    "Write-Progress",
];

/// Keywords that stand where a command could.
const KEYWORDS: &[&str] = &[
    "break", "catch", "continue", "else", "elseif", "exit", "finally", "foreach", "function", "if", "param", "return",
    "try", "while",
];

/// Ways to run a text, a file or a program, and to write elsewhere than below the folder.
const FORBIDDEN: &[&str] = &[
    "invoke-",
    "iex",
    "[scriptblock]",
    "scriptblock]::",
    "add-type",
    "import-module",
    "import-pssession",
    "start-process",
    "start-job",
    "connect-exchange",
    "new-pssession",
    "expandstring",
    "invokescript",
    "invokecommand",
    "downloadstring",
    "webclient",
    "diagnostics.process",
    "out-file",
    "set-content",
    "add-content",
    "remove-item",
    "file]::copy",
    ". $",
    "::new(",
];

/// One piece of the script: code, or the text of a string.
#[derive(Debug, PartialEq)]
enum Piece {
    Code(String),
    Text(String),
}

/// Cuts the script into code and strings, without its comments. Line breaks stay in the code.
fn pieces_of(script: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut code = String::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("<#") {
            let end = rest.find("#>").map_or(rest.len(), |at| at + 2);
            rest = &rest[end..];
        } else if first == '#' {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if first == '\'' || first == '"' {
            let (text, length) = string_at(rest, first);
            pieces.push(Piece::Code(std::mem::take(&mut code)));
            pieces.push(Piece::Text(text));
            rest = &rest[length..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    pieces.push(Piece::Code(code));
    pieces
}

/// The text of the string that `rest` begins with, and how many bytes it takes with its quotes.
fn string_at(rest: &str, quote: char) -> (String, usize) {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '`' && quote == '"' {
            text.extend(characters.next().map(|(_, escaped)| escaped));
        } else if character != quote {
            text.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == quote) {
            text.push(quote);
            characters.next();
        } else {
            return (text, at + 1);
        }
    }
    (text, rest.len())
}

/// The code with a `\0` where each string stood.
fn code_of(script: &str) -> String {
    pieces_of(script)
        .into_iter()
        .map(|piece| match piece {
            Piece::Code(code) => code,
            Piece::Text(_) => "\0".to_owned(),
        })
        .collect()
}

/// The texts of all strings.
fn texts_of(script: &str) -> Vec<String> {
    pieces_of(script)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Code(_) => None,
            Piece::Text(text) => Some(text),
        })
        .collect()
}

/// Whether a word is `Verb-Noun`, as the names of cmdlets and functions are.
fn is_command_name(word: &str) -> bool {
    word.split_once('-').is_some_and(|(verb, noun)| {
        [verb, noun].iter().all(|part| {
            part.starts_with(|first: char| first.is_ascii_uppercase())
                && part.chars().all(|it| it.is_ascii_alphanumeric())
        })
    })
}

/// The words of the code that are names of commands: not `$variables`, `.members` or `-parameters`.
fn command_names(code: &str) -> BTreeSet<String> {
    let is_word = |it: char| it.is_alphanumeric() || "_-$.:@".contains(it);
    code.split(|it: char| !is_word(it)).filter(|word| is_command_name(word)).map(str::to_owned).collect()
}

/// The functions that the script defines.
fn functions_of(code: &str) -> BTreeSet<String> {
    code.lines()
        .filter_map(|line| line.strip_prefix("function "))
        .filter_map(|rest| rest.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// The bare words that stand where a command is expected and are neither a keyword nor `Verb-Noun`: aliases.
///
/// Shape: a command begins after a line break, `;`, `|`, `{`, `(` or `&`. A word before ` =` is the key of a table.
fn bare_words(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, opener) in code.char_indices() {
        if !"\n;|{(&}".contains(opener) {
            continue;
        }
        let rest = code[at + opener.len_utf8()..].trim_start_matches(' ');
        let word: String = rest.chars().take_while(|it| it.is_alphanumeric() || "%?-".contains(*it)).collect();
        let is_key = rest[word.len()..].trim_start_matches(' ').starts_with('=');
        let is_number = word.chars().all(|it| it.is_ascii_digit());
        let is_operator = word.starts_with('-');
        if !is_number && !is_operator && !is_key && !is_command_name(&word) {
            found.insert(word);
        }
    }
    for keyword in KEYWORDS {
        found.remove(*keyword);
    }
    found
}

/// The names that the script uses, as commands or as texts, and that `is_known` does not know.
///
/// This is how a catalogue of cmdlets checks the script.
fn unknown_cmdlets(script: &str, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let code = code_of(script);
    let own = functions_of(&code);
    let mut names = command_names(&code);
    names.extend(texts_of(script).into_iter().filter(|text| is_command_name(text)));
    names.into_iter().filter(|name| !own.contains(name) && !is_known(name)).collect()
}

#[test]
fn the_script_calls_nothing_but_exchange_cmdlets_that_read() {
    assert!(EXCHANGE.iter().all(|cmdlet| cmdlet.starts_with("Get-")));
    let is_known = |name: &str| EXCHANGE.contains(&name) || POWERSHELL.contains(&name);
    assert_eq!(unknown_cmdlets(SCRIPT, is_known), Vec::<String>::new());
}

#[test]
fn every_cmdlet_on_the_list_is_used() {
    let names = command_names(&code_of(SCRIPT));
    let unused: Vec<_> = EXCHANGE.iter().chain(POWERSHELL).filter(|cmdlet| !names.contains(**cmdlet)).collect();
    assert_eq!(unused, Vec::<&&str>::new());
}

#[test]
fn the_script_uses_no_alias() {
    assert_eq!(bare_words(&code_of(SCRIPT)), BTreeSet::new());
}

#[test]
fn nothing_that_was_read_is_ever_run() {
    let code = code_of(SCRIPT);
    let lower = code.to_lowercase();
    let found: Vec<_> = FORBIDDEN.iter().filter(|word| lower.contains(**word)).collect();
    assert_eq!(found, Vec::<&&str>::new());
    let invoked: Vec<_> =
        code.match_indices("& ").filter_map(|(at, _)| code[at + 2..].split_whitespace().next()).collect();
    // The one invocation takes a block from `$Commands`, which holds only what is written out there.
    assert_eq!(invoked, ["$command"]);
    assert!(code.contains("$command = $Commands[$Cmdlet]"));
    assert_eq!(code.matches("$Commands =").count(), 1);
    assert_eq!(code.matches("$Commands[").count(), 1);
}

#[test]
fn files_are_written_below_the_folder_only() {
    let code = code_of(SCRIPT);
    for line in code.lines() {
        let writes = ["WriteAllText", "StreamWriter", "]::Delete(", "]::Move(", "]::Replace(", "CreateDirectory"];
        if !writes.iter().any(|word| line.contains(word)) {
            continue;
        }
        // The folder for the new collection is made, and removed once it is empty: nothing is removed with what it holds.
        let is_staging = ["CreateDirectory($Staging)", "[System.IO.Directory]::Delete($Staging)"];
        let paths = line.matches("[System.IO.Path]::Combine($Folder, ").count()
            + line.matches("[System.IO.Path]::Combine($Staging, ").count();
        let wanted = if line.contains("]::Move(") || line.contains("]::Replace(") { 2 } else { 1 };
        assert!(paths == wanted || is_staging.iter().any(|known| line.contains(known)), "{line}");
    }
    assert!(code.contains("$Staging = [System.IO.Path]::Combine($Folder, "));
}

/// The body of a function of the script.
fn function(name: &str) -> &'static str {
    let start = SCRIPT.find(&format!("function {name} {{")).unwrap_or_else(|| panic!("the script has {name}"));
    &SCRIPT[start..start + SCRIPT[start..].find("\n}\n").expect("a function ends")]
}

/// Where a text stands; each stands once.
fn place_of(text: &str) -> usize {
    assert_eq!(SCRIPT.matches(text).count(), 1, "{text}");
    SCRIPT.find(text).expect("it is there once")
}

#[test]
fn nothing_of_the_session_narrows_or_hides_what_is_read() {
    // Default parameter values are out of the way before the first command.
    let emptied = place_of("\n$PSDefaultParameterValues = @{}\n");
    assert!(emptied < place_of("Set-StrictMode"));
    assert!(SCRIPT[emptied..].contains("$SessionDefaults.Keys"), "the manifest names them");
    // Warnings and errors come back from every call, whatever the session prefers.
    assert!(function("New-CallOption").contains("@{ ErrorAction = 'Continue'; WarningAction = 'Continue' }"));
    assert!(function("New-Option").contains("$options = New-CallOption"));
    assert_eq!(SCRIPT.matches("ErrorAction = 'Continue'").count(), 1, "no call has options of its own");
}

#[test]
fn constrained_language_mode_is_named_before_anything_fails() {
    let asked = place_of("$ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage'");
    let after_parameters = &SCRIPT[place_of("[switch]$EffectiveUsers\n)")..asked];
    assert_eq!(command_names(&code_of(after_parameters)), BTreeSet::new());
    assert!(SCRIPT[asked..].trim_start().contains("exit 2"));
}

#[test]
fn the_folder_is_the_first_argument_and_must_be_one() {
    assert!(SCRIPT.contains("    [Parameter(Position = 0)]\n    [string]$Path = '',"));
    assert!(SCRIPT.contains("\n    .\\collect.ps1 .\\exports\n"));
    let resolved = place_of("GetUnresolvedProviderPathFromPSPath($Path, [ref]$Provider, [ref]$Drive)");
    let before = &SCRIPT[..resolved];
    assert!(before[before.rfind("try {").expect("it may fail")..].lines().count() <= 2);
    assert!(SCRIPT[resolved..].contains("[string]$Provider.Name -ne 'FileSystem'"));
}

#[test]
fn an_earlier_collection_stays_whole_until_the_new_one_is() {
    // Exports are written to a folder of their own, and the manifest last.
    assert!(function("Write-Export").contains("Combine($Staging, $File)"));
    assert!(function("Write-Manifest").contains("Combine($Staging, "));
    let written = place_of("Write-Kind $kind $Rows[$kind] $KindNotes[$kind]");
    let moved = place_of("\n    Move-Collection $Manifest\n");
    assert!(written < moved);
    // In between, the manifest in the folder says that the collection is not finished.
    let body = function("Move-Collection");
    let order = [
        "$Manifest['finished'] = $null",
        "WriteAllText([System.IO.Path]::Combine($Folder, 'manifest.json')",
        "]::Delete([System.IO.Path]::Combine($Folder, $about.File))",
        "]::Move([System.IO.Path]::Combine($Staging, $about.File), [System.IO.Path]::Combine($Folder, $about.File))",
        "]::Replace([System.IO.Path]::Combine($Staging, 'manifest.json'), [System.IO.Path]::Combine($Folder, 'manifest.json')",
        "[System.IO.Directory]::Delete($Staging)",
    ];
    let places: Vec<_> = order.iter().map(|step| body.find(step).unwrap_or_else(|| panic!("{step}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    // Nothing else is written to the folder itself, and what goes wrong is said with its exit code.
    assert_eq!(SCRIPT.matches("Combine($Folder, 'manifest.json')").count(), 2);
    assert!(SCRIPT[written..moved].contains("exit 2") && SCRIPT[moved..].contains("exit 2"));
    // rolecall passes over hidden folders, so that a collection in the making is read by nobody.
    place_of("$Staging = [System.IO.Path]::Combine($Folder, '.collecting')");
}

#[test]
fn what_fails_for_a_passing_reason_is_tried_again_twice() {
    assert!(SCRIPT.contains("$Waits = @(5, 20)"));
    let body = function("Receive-Row");
    assert!(body.contains("$tries -ge $Waits.Count") && body.contains("Start-Sleep -Seconds $Waits[$tries]"));
    assert!(body.contains("$Note['warnings'].Add(('tried again after {0} seconds: {1}'"), "the manifest notes it");
    // Refusals and what is not there are final.
    let problem = function("Add-Problem");
    assert!(
        problem.find("Test-Denial").expect("refusals come first") < problem.find("'failed'").expect("then failures")
    );
    assert!(problem.contains("-not (Test-NotFound $Problem) -and (Test-Passing $Problem)"));
}

#[test]
fn a_row_costs_no_call_of_a_function_for_each_value() {
    // What a text does not need, a text does not pay for: each of these stands below a condition.
    for (name, calls) in [
        ("ConvertTo-Row", &["ConvertTo-PlainText", "ConvertTo-Text", "ConvertTo-TextList"][..]),
        ("ConvertTo-Block", &["ConvertTo-EscapedText", "ConvertTo-JsonValue"]),
    ] {
        let body = function(name);
        let lines: Vec<&str> = body.lines().collect();
        let called = command_names(&code_of(body));
        let called: Vec<&str> =
            called.iter().map(String::as_str).filter(|it| *it != name && *it != "New-Object").collect();
        assert_eq!(called, calls, "{name}");
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| calls.iter().any(|call| line.contains(call))) {
            let above = lines[at - 1].trim();
            assert!(above.starts_with("if (") || above.starts_with("} else"), "{name}: {line}");
        }
    }
    assert!(function("ConvertTo-Row").contains("$null -eq $value -or $value -is [string]"));
    // Of mailboxes and users only the text of a row is kept.
    let kept = SCRIPT.lines().find(|line| line.starts_with("$WrittenAtOnce = ")).expect("the script says which");
    assert!(kept.contains("'Mailbox'") && kept.contains("'User'"), "{kept}");
}

#[test]
fn long_reads_show_that_they_go_on() {
    assert!(function("Receive-Once").contains("$Clock.ElapsedMilliseconds -ge $ProgressAt['Next']"));
    let body = function("Show-Progress");
    assert!(body.contains("$ProgressAt['Next'] = $Clock.ElapsedMilliseconds + 500") && body.contains("Write-Progress"));
}

#[test]
fn what_the_filters_of_scopes_compare_is_exported() {
    let order: Vec<_> =
        ["    ManagementScope = @{", "    Group = @{", "    Mailbox = @{", "    User = @{"].map(place_of).into();
    assert!(order.is_sorted(), "scopes are read before what their filters ask for");
    let read = place_of("$Compared = Find-FilterProperty $Rows[$kind]");
    assert!(SCRIPT[..read].contains("Add-FilterProperty $kind $Compared"));
    assert!(SCRIPT[..read].contains("if (-not $Compared.Contains('MemberOfGroup'))"), "distribution groups, too");
}

#[test]
fn no_string_is_expanded() {
    let expanded: Vec<_> = SCRIPT.match_indices('"').filter(|(at, _)| SCRIPT[at + 1..].starts_with('$')).collect();
    assert_eq!(expanded, []);
}

#[test]
fn the_script_survives_every_encoding_a_shell_writes_it_in() {
    // Windows PowerShell's `>` writes UTF-16, `Set-Content` the code page: only ASCII reads the same in all.
    assert!(SCRIPT.is_ascii());
    assert!(!SCRIPT.contains('\r') && !SCRIPT.contains('\t'));
}

#[test]
fn the_environment_is_set_on_one_marked_line() {
    let marked: Vec<_> = SCRIPT
        .lines()
        .filter(|line| line.contains("# rolecall collect --environment replaces the value on this line"))
        .collect();
    assert_eq!(marked.len(), 1);
    assert!(marked[0].starts_with("    [string]$Environment = 'auto',"));
}

#[test]
fn the_script_is_printed_with_the_environment_that_is_asked_for() {
    assert_eq!(rolecall(&["collect"]).stdout, SCRIPT);
    let environments = SCRIPT.split_once("if (@('auto', ").and_then(|(_, rest)| rest.split_once(')'));
    let environments = environments.map(|(list, _)| texts_of(list)).expect("the script checks its parameter");
    assert!(environments.len() > 6, "{environments:?}");
    for environment in &environments {
        let ran = rolecall(&["collect", "--environment", environment]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{environment}");
        let changed: Vec<(&str, &str)> =
            SCRIPT.lines().zip(ran.stdout.lines()).filter(|(printed, asked)| printed != asked).collect();
        let [(_, line)] = changed[..] else { panic!("{environment}: {changed:?}") };
        assert!(line.starts_with(&format!("    [string]$Environment = '{environment}',")), "{line}");
        assert_eq!(ran.stdout.lines().count(), SCRIPT.lines().count());
    }
    let wrong = rolecall(&["collect", "--environment", "exchange"]);
    assert_eq!(wrong.code, 2);
    // What the program offers and what the script takes are the same.
    for environment in &environments {
        assert!(wrong.stderr.contains(environment.as_str()), "{environment}: {}", wrong.stderr);
    }
    let offered = wrong.stderr.split("possible values: ").nth(1).and_then(|rest| rest.split(']').next());
    assert_eq!(offered.map(|list| list.split(", ").count()), Some(environments.len() + 1));
}

/// The properties that the script writes into a file, in its order.
fn properties_of(file: &str) -> Vec<String> {
    let from = SCRIPT.find(&format!("File = '{file}'")).expect("the script writes this file");
    let list_at = |from: usize, name: &str| from + SCRIPT[from..].find(name).expect("each kind has such a list");
    let mut start = list_at(from, "Properties = ") + "Properties = ".len();
    if SCRIPT[start..].starts_with("$AssignmentProperties") {
        start = list_at(0, "$AssignmentProperties = ");
    }
    let end = list_at(start, ")");
    let mut properties = vec!["RoleGroup".to_owned()];
    properties.extend(texts_of(&SCRIPT[start..end]));
    properties.push("RoleEntries".to_owned());
    properties
}

#[test]
fn the_example_collections_look_as_the_script_writes_them() {
    let mut files = 0;
    for folder in ["on-premises", "online-incomplete"] {
        let folder = format!("{}/fixtures/formats/collect/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(folder).expect("the folder is part of the repository") {
            let path = entry.expect("the folder can be listed").path();
            let file = path.file_name().and_then(|name| name.to_str()).expect("the names are ASCII").to_owned();
            if file == "manifest.json" {
                continue;
            }
            files += 1;
            let properties = properties_of(&file);
            let text = std::fs::read_to_string(&path).expect("the file is UTF-8");
            assert!(text.starts_with("[\n  {\n") && text.ends_with("\n  }\n]\n"), "{file}");
            let mut next = 0;
            for line in text.lines() {
                if line == "  {" {
                    next = 0;
                }
                let Some((key, _)) = line.strip_prefix("    \"").and_then(|rest| rest.split_once("\": ")) else {
                    continue;
                };
                let at = properties[next..].iter().position(|it| it == key);
                next += 1 + at.unwrap_or_else(|| panic!("{file}: `{key}` is not written, or not here"));
            }
        }
    }
    assert_eq!(files, 23);
}

#[test]
fn every_file_and_cmdlet_is_documented() {
    let page = include_str!("../../docs/exporting.md");
    let files = texts_of(SCRIPT).into_iter().filter(|text| text.ends_with(".json") && text.len() > ".json".len());
    let missing: Vec<_> =
        files.chain(EXCHANGE.iter().map(|&it| it.to_owned())).filter(|it| !page.contains(&format!("`{it}"))).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_checks_find_what_they_are_for() {
    let known = |name: &str| name == "Get-Mailbox";
    assert_eq!(unknown_cmdlets("Get-Mailbox | Set-Mailbox", known), ["Set-Mailbox"]);
    assert_eq!(unknown_cmdlets("$x = 'Remove-Mailbox'", known), ["Remove-Mailbox"]);
    assert_eq!(unknown_cmdlets("# Set-Mailbox\n'It''s Set-Mailbox'", known), Vec::<String>::new());
    let aliases: Vec<_> = bare_words("Get-Mailbox | select Name | % { gci }\n").into_iter().collect();
    assert_eq!(aliases, ["%", "gci", "select"]);
    assert_eq!(
        pieces_of("a 'b''c' <# d #> \"e`\"f\""),
        [
            Piece::Code("a ".to_owned()),
            Piece::Text("b'c".to_owned()),
            Piece::Code("  ".to_owned()),
            Piece::Text("e\"f".to_owned()),
            Piece::Code(String::new()),
        ]
    );
}

/// A collection of the fixtures, as files that a test may change.
fn collection(name: &str) -> Vec<(String, String)> {
    let folder = format!("{}/fixtures/formats/collect/{name}", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(folder).expect("the folder is part of the repository");
    entries
        .map(|entry| {
            let path = entry.expect("the folder can be listed").path();
            let file = path.file_name().and_then(|name| name.to_str()).expect("the names are ASCII").to_owned();
            (file, std::fs::read_to_string(&path).expect("the file is UTF-8"))
        })
        .collect()
}

/// What `access` says of the accounts of a collection: each with its cmdlets, those in doubt marked, and its gaps.
fn access(files: &[(String, String)]) -> Vec<String> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let folder = folder(&files);
    let ran = rolecall(&["access", &argument(folder.path()), "--format", "json"]);
    ran.json_lines()
        .iter()
        .map(|account| {
            let list = |key: &str| account[key].as_array().expect("a list").clone();
            let cmdlets = list("cmdlets").into_iter().map(|cmdlet| {
                let doubt = if cmdlet["answer"] == "granted" { "" } else { "?" };
                format!("{}{doubt}", cmdlet["cmdlet"].as_str().expect("a name"))
            });
            let gaps = list("gaps");
            let gaps = gaps.iter().map(|gap| format!("{} {}", gap["code"], gap["object"]).replace('"', ""));
            let all = |parts: Vec<String>| parts.join(", ");
            format!("{}: {}; {}", account["account"], all(cmdlets.collect()), all(gaps.collect())).replace('"', "")
        })
        .collect()
}

fn change(files: &mut [(String, String)], file: &str, from: &str, to: &str) {
    let (_, text) = files.iter_mut().find(|(name, _)| name == file).expect("the collection has the file");
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replacen(from, to, 1);
}

#[test]
fn what_the_script_writes_is_read_back_completely() {
    let anna = "Anna Ärlig: Get-CASMailbox, Get-Mailbox, Set-CASMailbox; ";
    let bo = "Bo Bengtsson: Get-Mailbox, Set-CASMailbox; ";
    assert_eq!(access(&collection("on-premises")), [anna, bo]);
    for (name, notes) in [("on-premises", 0), ("online-incomplete", 2)] {
        let folder = format!("fixtures/formats/collect/{name}");
        let report = rolecall(&["check", &folder, "--format", "json"]).json();
        let said = beside_built_in(&report);
        assert_eq!(said.len(), notes, "{said:#?}");
        assert!(said.iter().all(|diagnostic| diagnostic["rule"] == "incomplete-collection"), "{said:#?}");
        assert!(report["coverage"].as_array().expect("a list").iter().all(|kind| kind["kind"] != "Unknown"));
        // Every object is a record: the manifest counts what the files hold.
        let records = rolecall(&["records", &folder]).json_lines().len();
        let rows: u64 = counts(&collection(name)).into_iter().sum();
        assert_eq!(records as u64, rows);
    }
    // The application is known by all its names.
    let online = "fixtures/formats/collect/online-incomplete";
    for name in ["0000beef-1111-2222-3333-444455556666", "Mail archive", "0000cafe-1111-2222-3333-444455556666"] {
        let ran = rolecall(&["why", name, "Mail.Read", online]);
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.stdout, ran.stderr);
    }
}

/// How many rows the manifest of a collection counts in each file.
fn counts(files: &[(String, String)]) -> Vec<u64> {
    let (_, manifest) = files.iter().find(|(name, _)| name == "manifest.json").expect("there is a manifest");
    let manifest: serde_json::Value = serde_json::from_str(manifest).expect("it is JSON");
    let calls = manifest["calls"].as_array().expect("a list").iter();
    calls.filter(|call| call["file"].is_string()).map(|call| call["rows"].as_u64().expect("a number")).collect()
}

const MEMBERS_READ: &str = "\"file\": \"role-group-members.json\",\n      \"rows\": 2,\n      \"result\": \"complete\",\n      \"message\": null,\n      \"role\": \"View-Only Configuration\",\n      \"unread\": []";

#[test]
fn a_group_whose_members_the_script_could_not_read_is_opaque() {
    let mut files = collection("on-premises");
    // Exchange itself says who is in the group by rows of effective users.
    files.retain(|(name, _)| name != "effective-assignments.json");
    change(&mut files, "manifest.json", "\"file\": \"effective-assignments.json\"", "\"file\": null");
    let members = files.iter().find(|(name, _)| name == "role-groups.json").expect("it is there").1.clone();
    // Without the group's own list, the rows are all that shows its members.
    let (before, rest) = members.rsplit_once("    \"Members\": [").expect("the last group lists its members");
    let (_, after) = rest.split_once("],\n").expect("the list ends");
    let bare = [before, after].concat();
    change(&mut files, "role-groups.json", &members, &bare);
    let rows = files.iter().find(|(name, _)| name == "role-group-members.json").expect("it is there").1.clone();
    let (first, _) = rows.split_once(",\n  {").expect("there are two rows");
    change(&mut files, "role-group-members.json", &rows, &format!("{first}\n]\n"));
    let read = MEMBERS_READ.replace("\"rows\": 2", "\"rows\": 1");
    change(&mut files, "manifest.json", MEMBERS_READ, &read);
    assert_eq!(access(&files)[1], "Bo Bengtsson: ; ");
    let failed =
        read.replace("complete", "failed").replace("\"unread\": []", "\"unread\": [\"Organization Management\"]");
    change(&mut files, "manifest.json", &read, &failed);
    // What is shown stays granted; that there is no more can no longer be said.
    let open = access(&files);
    assert_eq!(open[0], "Anna Ärlig: Get-CASMailbox, Get-Mailbox, Set-CASMailbox; ");
    assert_eq!(open[1], "Bo Bengtsson: Get-Mailbox?, Set-CASMailbox?; opaque-group Organization Management");
}

#[test]
fn what_a_manifest_does_not_vouch_for_is_unknown() {
    let entries = "\"file\": \"role-entries.json\",\n      \"rows\": 3,";
    let whole = collection("on-premises");
    let assert_open = |files: &[(String, String)], object: &str| {
        let open = access(files);
        let gap = format!("incomplete-collection {object}");
        assert!(!open.is_empty() && open.iter().all(|account| account.contains(&gap)), "{object}: {open:?}");
        assert!(open[0].contains("Set-CASMailbox,") || open[0].contains("Set-CASMailbox;"), "{open:?}");
    };
    // Another number of rows than was written.
    let mut counted = whole.clone();
    change(&mut counted, "manifest.json", entries, &entries.replace('3', "4"));
    assert_open(&counted, "RoleEntry");
    // A file that somebody took away.
    let mut gone = whole.clone();
    gone.retain(|(name, _)| name != "role-groups.json");
    assert_open(&gone, "RoleGroup");
    // A call that failed as a whole.
    let mut failed = whole.clone();
    change(&mut failed, "manifest.json", MEMBERS_READ, &MEMBERS_READ.replace("complete", "failed"));
    assert_open(&failed, "RoleGroupMember");
    // A script that was stopped.
    let mut stopped = whole.clone();
    change(&mut stopped, "manifest.json", "\"finished\": \"2026-03-02T07:00:45Z\"", "\"finished\": null");
    assert_open(&stopped, "RoleAssignment");
    // The entries of one role.
    let mut unread = whole;
    let read = "\"message\": null,\n      \"role\": \"View-Only Configuration\",\n      \"unread\": []";
    let call = format!("{entries}\n      \"result\": \"complete\",\n      {read}");
    let failed = call.replace("complete", "failed").replace("\"unread\": []", "\"unread\": [\"Mail Recipients\"]");
    change(&mut unread, "manifest.json", &call, &failed);
    assert_open(&unread, "Mail Recipients");
}

#[test]
fn an_export_that_its_manifest_knows_to_be_empty_is_one_of_nothing() {
    let mut files = collection("on-premises");
    let scopes = files.iter().find(|(name, _)| name == "scopes.json").expect("it is there").1.clone();
    change(&mut files, "scopes.json", &scopes, "[]\n");
    change(
        &mut files,
        "manifest.json",
        "\"file\": \"scopes.json\",\n      \"rows\": 1",
        "\"file\": \"scopes.json\",\n      \"rows\": 0",
    );
    let listed: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let report = rolecall(&["check", &argument(folder(&listed).path()), "--format", "json"]).json();
    assert_eq!(beside_built_in(&report), Vec::<Value>::new());
    // By itself the file tells nothing.
    let alone: Vec<(&str, &[u8])> = listed.into_iter().filter(|(name, _)| *name != "manifest.json").collect();
    let report = rolecall(&["check", &argument(folder(&alone).path()), "--format", "json"]).json();
    assert_eq!(beside_built_in(&report)[0]["rule"], "no-export");
}

#[test]
fn a_manifest_that_cannot_be_used_is_said_to_be() {
    let mut files = collection("on-premises");
    let (_, manifest) = files.iter().find(|(name, _)| name == "manifest.json").expect("it is there").clone();
    for (broken, why) in [
        (manifest.replace("\"version\": 1", "\"version\": 2"), "it is of a version that this rolecall does not know"),
        (manifest[..manifest.len() / 2].to_owned(), "it ends in the middle"),
        (
            manifest.replace("\"calls\": [", "\"calls\": 1, \"more\": ["),
            "it is not written as version 1 of a manifest is",
        ),
    ] {
        for (name, text) in &mut files {
            if name == "manifest.json" {
                text.clone_from(&broken);
            }
        }
        let listed: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        let report = rolecall(&["check", &argument(folder(&listed).path()), "--format", "json"]).json();
        let said = beside_built_in(&report);
        assert_eq!(said.len(), 1, "{said:#?}");
        assert_eq!(said[0]["message"], format!("this manifest tells nothing: {why}"));
    }
}
