//! `docs/from-the-shell.md`: every command that Exchange's documentation shows for reading permissions, with what to type
//! here. Each line is run on the fixture organization, and its output is what the page shows. `UPDATE=1` writes the page.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::program::rolecall_in;

/// One question: the commands of the shell, and what answers them here.
struct Question {
    /// In a few words.
    asks: &'static str,
    /// What the documentation shows.
    shell: &'static [&'static str],
    /// What to type here.
    here: &'static [&'static [&'static str]],
    /// What there is to know, where there is something.
    note: &'static str,
}

const ORGANIZATION: &str = "fixtures/organization";
const ONLINE: &str = "fixtures/formats/collect";

/// The questions by section; each section with the folder in which its lines are run.
const SECTIONS: &[(&str, &str, &[Question])] = &[
    (
        "Which role has a cmdlet, and who holds it",
        ORGANIZATION,
        &[
            Question {
                asks: "What gives this cmdlet, and on what scope?",
                shell: &[
                    "Get-ManagementRole -Cmdlet Set-TransportRule | foreach {Get-ManagementRoleAssignment -Role $_.Name -Delegating $false | ft Role,RoleAssigneeType,RoleAssigneeName}",
                    "Get-ManagementRole -Cmdlet Set-TransportRule | foreach {Get-ManagementRoleAssignment -Role $_.Name -Delegating $false | fl Role,RoleAssigneeType,RoleAssigneeName,*Scope*}",
                    "Get-ManagementRoleEntry *\\Set-TransportRule",
                ],
                here: &[&["roles-with", "Set-TransportRule", "exports"]],
                note: "Role groups without members are shown as well, and a role that nobody holds says so.",
            },
            Question {
                asks: "Which roles have this cmdlet with these parameters?",
                shell: &[
                    "Get-ManagementRole -Cmdlet Set-Mailbox -CmdletParameters ForwardingAddress,DeliverToMailboxAndForward",
                    "Get-ManagementRoleEntry -Identity *\\Set-Mailbox -Parameters ForwardingAddress",
                ],
                here: &[&["roles-with", "Set-Mailbox:ForwardingAddress,DeliverToMailboxAndForward", "exports"]],
                note: "A comma asks for all of them, `|` for any.",
            },
            Question {
                asks: "Which cmdlets and parameters are like this?",
                shell: &[
                    "Get-ManagementRoleEntry *\\*-Mailbox*",
                    "Get-ManagementRoleEntry *\\Set-Mailbox -Parameters Forward*",
                ],
                here: &[
                    &["roles-with", "*-MailboxSearch", "exports"],
                    &["roles-with", "Set-Mailbox:Forward*", "exports"],
                ],
                note: "",
            },
            Question {
                asks: "Which roles have these parameters on any cmdlet?",
                shell: &["Get-ManagementRole -CmdletParameters Identity, Database"],
                here: &[&["roles-with", "*:Identity,Database", "exports"]],
                note: "",
            },
            Question {
                asks: "Which entries are alike in roles that are alike?",
                shell: &["Get-ManagementRoleEntry \"*Tier 1*\\*Mailbox*\""],
                here: &[&["roles-with", "*Search*\\*Mailbox*", "exports"]],
                note: "",
            },
            Question {
                asks: "Who can run this cmdlet?",
                shell: &[
                    "ForEach ($RoleEntry in Get-ManagementRoleEntry *\\Set-TransportRule -Parameters Identity) {Get-ManagementRoleAssignment -Role $RoleEntry.Role -GetEffectiveUsers -Delegating $False | FL Role, EffectiveUserName, AssignmentChain}",
                ],
                here: &[&["who-can", "Set-TransportRule:Identity", "exports"]],
                note: "",
            },
            Question {
                asks: "Which roles does nobody hold?",
                shell: &[
                    "$na = Get-ManagementRole; $na | foreach {If ((Get-ManagementRoleAssignment -Role $_.Name -Delegating $false) -eq $null) {$_.Name}}",
                ],
                here: &[&["show", "role", "*Oper*", "exports"]],
                note: "`show role '*'` shows all roles, and says of each who holds it or that it is not assigned.",
            },
        ],
    ),
    (
        "Who has a role",
        ORGANIZATION,
        &[
            Question {
                asks: "Who has this role, and by which way?",
                shell: &[
                    "Get-ManagementRoleAssignment -Role \"Mailbox Search\" -GetEffectiveUsers",
                    "Get-ManagementRoleAssignment -Role \"Mailbox Search\" -GetEffectiveUsers -Delegating $false | where {$_.EffectiveUserName -ne \"All Group Members\"} | ft EffectiveUserName,Role,RoleAssigneeName,AssignmentMethod",
                    "Get-ManagementRoleAssignment -Role \"Mailbox Search\"",
                    "Get-ManagementRoleAssignment -Role \"Mailbox Search\" | Where {$_.RoleAssigneeName -NE \"Active Directory Administrators\"}",
                ],
                here: &[&["show", "role", "Recipient Policies", "exports"]],
                note: "",
            },
            Question {
                asks: "Does this user have it, and how?",
                shell: &[
                    "Get-ManagementRoleAssignment -Role \"Mail Recipients\" -GetEffectiveUsers | Where {$_.EffectiveUserName -Eq \"David Strome\"}",
                ],
                here: &[&["why", "pat", "Set-Mailbox", "exports"]],
                note: "",
            },
            Question {
                asks: "Who may assign which role?",
                shell: &["Get-ManagementRoleAssignment -Enabled $true -Delegating $true"],
                here: &[&["show", "assignment", "Recipient Policies*", "exports"]],
                note: "`show role R` names them under `may be assigned by`; `escalate ACCOUNT` says what an account could give itself.",
            },
        ],
    ),
    (
        "What a user holds",
        ORGANIZATION,
        &[
            Question {
                asks: "Which roles does this user have, also without entries?",
                shell: &[
                    "Get-ManagementRoleAssignment -RoleAssignee bo -Delegating $false | ft Role,RoleAssigneeName,RoleAssigneeType",
                    "Get-ManagementRoleAssignment -RoleAssignee bo",
                    "Get-ManagementRoleAssignment -GetEffectiveUsers | Where {$_.EffectiveUserName -Eq \"bo\"}",
                    "Get-RoleGroup -Filter \"Members -eq 'CN=bo,OU=Users,DC=contoso,DC=com'\"",
                    "Get-Mailbox bo | fl RoleAssignmentPolicy",
                ],
                here: &[&["show", "account", "pat", "exports"]],
                note: "Also the groups that give nothing, the role assignment policy, and what the account may assign.",
            },
            Question {
                asks: "What can this user run, with scopes?",
                shell: &[
                    "Get-ManagementRoleAssignment -RoleAssignee pat | Get-ManagementRole | Get-ManagementRoleEntry",
                    "Get-ManagementRoleAssignment -GetEffectiveUsers | Where {$_.EffectiveUserName -Eq \"pat\"} | ft EffectiveUserName, Role, CustomRecipientWriteScope, CustomConfigWriteScope",
                    "Get-ManagementRoleAssignment -GetEffectiveUsers | Where {$_.EffectiveUserName -Eq \"pat\"} | Export-Csv ways.csv",
                ],
                here: &[&["access", "--account", "pat", "exports", "--format", "csv"]],
                note: "Without `--format csv` it is a list for people, with `--format json` one for programs.",
            },
        ],
    ),
    (
        "Role groups",
        ORGANIZATION,
        &[
            Question {
                asks: "Who is in this group, what does it give, who manages it, on what scope?",
                shell: &[
                    "Get-RoleGroupMember \"Sales Help Desk\"",
                    "Get-RoleGroup \"Sales Help Desk\" | Format-List",
                    "Get-RoleGroup \"Sales Help Desk\" | fl ManagedBy",
                    "Get-ManagementRoleAssignment -RoleAssignee \"Sales Help Desk\" | ft *WriteScope",
                    "Get-ManagementRoleAssignment -RoleAssignee \"Sales Help Desk\" | fl Name",
                    "Get-ManagementRoleAssignment -RoleAssignee \"Sales Help Desk\" -Role \"Mail Recipients\" -Delegating $false",
                ],
                here: &[&["show", "group", "Sales Help Desk", "exports"]],
                note: "",
            },
            Question {
                asks: "Which groups are there, and which are linked?",
                shell: &[
                    "Get-RoleGroup",
                    "Get-RoleGroup -Filter \"RoleGroupType -eq 'Linked'\" | ft Name, LinkedGroup",
                ],
                here: &[&["show", "group", "*", "exports"]],
                note: "",
            },
        ],
    ),
    (
        "Roles",
        ORGANIZATION,
        &[
            Question {
                asks: "What is this role, and what is in it?",
                shell: &[
                    "Get-ManagementRole \"Mailbox Search\" | fl Name, RoleType",
                    "Get-ManagementRole | ft Name, Implicit*",
                    "Get-ManagementRoleEntry \"Mailbox Search\\*\"",
                    "Get-ManagementRoleEntry \"Mailbox Search\\*\" | where {$_.name -like 'New-*'}",
                ],
                here: &[&["show", "role", "Reset Password", "exports"]],
                note: "`-v` shows every parameter.",
            },
            Question {
                asks: "Which parameters does the role have of this cmdlet?",
                shell: &[
                    "Get-ManagementRoleEntry \"Reset Password\\Set-Mailbox\" | fl Name, Parameters, Role, Type",
                    "(Get-ManagementRoleEntry \"Reset Password\\Set-Mailbox\").Parameters",
                ],
                here: &[&["roles-with", "Reset Password\\Set-Mailbox", "exports", "--format", "csv"]],
                note: "",
            },
            Question {
                asks: "Which roles are children, of a type, for end users?",
                shell: &[
                    "Get-ManagementRole \"Mail Recipients\" -GetChildren",
                    "Get-ManagementRole \"Mail Recipients\" -Recurse",
                    "Get-ManagementRole -RoleType UnScoped",
                    "Get-ManagementRole | Where {$_.IsEndUserRole -eq $true} | ft Name,Parent",
                ],
                here: &[&["show", "role", "My*", "exports"]],
                note: "Children are below their parents. A type is shown where it is another word than the name.",
            },
        ],
    ),
    (
        "Assignments and scopes",
        ORGANIZATION,
        &[
            Question {
                asks: "What is this assignment, and whom does it reach?",
                shell: &[
                    "Get-ManagementRoleAssignment \"Mail Recipients-Sales Help Desk\" | fl",
                    "Get-ManagementRoleAssignment \"Mail Recipients-Sales Help Desk\" -GetEffectiveUsers",
                ],
                here: &[&["show", "assignment", "Mail Recipients-Sales Help Desk", "exports"]],
                note: "",
            },
            Question {
                asks: "Which assignments are disabled, or exclusive?",
                shell: &[
                    "Get-ManagementRoleAssignment -Enabled $False",
                    "Get-ManagementRoleAssignment -Exclusive $True",
                ],
                here: &[&["show", "assignment", "*stale*", "exports"]],
                note: "`show assignment '*'` shows all; `check` reports every disabled one with its line.",
            },
            Question {
                asks: "Which scopes are there, which are exclusive, which are unused?",
                shell: &["Get-ManagementScope", "Get-ManagementScope -Exclusive $true", "Get-ManagementScope -Orphan"],
                here: &[&["show", "scope", "*", "exports"]],
                note: "The scopes that Exchange has of its own are there as well.",
            },
            Question {
                asks: "Who works in this scope, this unit, in a predefined scope?",
                shell: &[
                    "Get-ManagementScope \"Contoso Sales\" | fl",
                    "Get-ManagementRoleAssignment -CustomRecipientWriteScope \"Contoso Sales\"",
                    "Get-ManagementRoleAssignment -ExclusiveConfigWriteScope \"Contoso Sales\" -GetEffectiveUsers",
                    "Get-ManagementRoleAssignment -RecipientOrganizationalUnitScope \"contoso.com/Sales\"",
                    "Get-ManagementRoleAssignment -RecipientWriteScope MyGAL",
                ],
                here: &[
                    &["show", "scope", "Contoso Sales", "exports"],
                    &["show", "scope", "contoso.com/*", "exports"],
                    &["show", "scope", "MyGAL", "exports"],
                ],
                note: "",
            },
        ],
    ),
    (
        "One recipient, one server, one database",
        ORGANIZATION,
        &[
            Question {
                asks: "Who can change this recipient?",
                shell: &[
                    "Get-ManagementRoleAssignment -WritableRecipient alice -GetEffectiveUsers",
                    "Get-ManagementRoleAssignment -WritableRecipient alice -GetEffectiveUsers | FT RoleAssigneeName, EffectiveUserName, Role, AssignmentChain",
                    "Get-ManagementScope \"Executive Users\"  # of the example for exclusive scopes: who can manage whom?",
                ],
                here: &[
                    &["who-can", "Set-CASMailbox", "exports", "--on", "alice", "--format", "csv"],
                    &["why", "pat", "Set-Mailbox", "exports", "--on", "alice"],
                ],
                note: "`who-can '*' --on alice` asks for every cmdlet. Exclusive scopes are counted: what they hold is kept from all who hold none.",
            },
            Question {
                asks: "Who can change this server, this database?",
                shell: &[
                    "Get-ManagementRoleAssignment -WritableServer BER-EX02 -RoleAssignee \"Berlin Server Admins\" -GetEffectiveUsers",
                    "Get-ManagementRoleAssignment -WritableDatabase BER-DB01",
                ],
                here: &[&["why", "bo", "Set-ExchangeServer", "exports", "--on", "server:BER-EX02"]],
                note: "`--on database:NAME` asks for a database. `collect` exports servers and databases on-premises; without them, what depends on a filter stays undecided.",
            },
        ],
    ),
    (
        "Role assignment policies",
        ORGANIZATION,
        &[
            Question {
                asks: "Which policies are there, and which is the default?",
                shell: &[
                    "Get-RoleAssignmentPolicy",
                    "Get-RoleAssignmentPolicy | Where { $_.IsDefault -eq $True }",
                    "Get-MailboxPlan | fl DisplayName,RoleAssignmentPolicy",
                ],
                here: &[&["show", "policy", "*", "exports"]],
                note: "Mailbox plans of Exchange Online are counted where `Get-MailboxPlan` was exported.",
            },
            Question {
                asks: "What does this policy give, and which mailboxes have it?",
                shell: &[
                    "Get-ManagementRoleAssignment -RoleAssignee \"Default Role Assignment Policy\" | ft Name,Role",
                    "Get-Mailbox | Where {$_.RoleAssignmentPolicy -Eq \"Default Role Assignment Policy\"}",
                ],
                here: &[&["show", "policy", "Default Role Assignment Policy", "exports"]],
                note: "",
            },
        ],
    ),
    (
        "Applications",
        ONLINE,
        &[
            Question {
                asks: "Which applications are there, and what may one do?",
                shell: &["Get-ServicePrincipal", "Test-ServicePrincipalAuthorization -Identity \"Mail archive\""],
                here: &[&["show", "account", "Mail archive", "online-incomplete"]],
                note: "",
            },
            Question {
                asks: "What may it do on this mailbox?",
                shell: &["Test-ServicePrincipalAuthorization -Identity \"Mail archive\" -Resource anna"],
                here: &[&["access", "--account", "Mail archive", "online-incomplete", "--on", "anna@contoso.com"]],
                note: "The same for people: `access --account A --on M`.",
            },
        ],
    ),
    (
        "What changed",
        ORGANIZATION,
        &[Question {
            asks: "Who changed a role group, and when?",
            shell: &["Search-AdminAuditLog -Cmdlets Update-RoleGroupMember -StartDate 2018-01-01"],
            here: &[&["diff", "exports", "exports"]],
            note: "No export of permissions says who changed something. `diff OLD NEW` says what changed between two exports, and which way gives it; a saved audit log is refused by its name.",
        }],
    ),
];

/// How many lines of an output the page shows.
const LINES_MAX: usize = 14;

/// An argument as it can be typed in PowerShell and in other shells.
fn typed(argument: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_.:/,".contains(char);
    if argument.chars().all(plain) { argument.to_owned() } else { format!("'{argument}'") }
}

fn page() -> String {
    let mut page = "\
# From the shell

What Exchange's documentation has administrators type to read permissions, and what answers it here, from exports alone.
The outputs are those of a made-up organization (`fixtures/organization`); long ones are cut. Where an export is missing,
the answer is undecided, with the command that would decide it.
"
    .to_owned();
    for (section, folder, questions) in SECTIONS {
        // Writing to a string cannot fail.
        let _ = write!(page, "\n## {section}\n");
        for question in *questions {
            let _ = write!(page, "\n### {}\n\n```powershell\n{}\n```\n", question.asks, question.shell.join("\n"));
            for arguments in question.here {
                let ran = rolecall_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), arguments);
                assert!(ran.code != 2 && !ran.stdout.is_empty(), "{arguments:?}: {ran:?}");
                let line: Vec<String> = arguments.iter().map(|argument| typed(argument)).collect();
                let all: Vec<&str> = ran.stdout.lines().collect();
                // A page may end a line nowhere.
                let shown: Vec<String> = all.iter().take(LINES_MAX).map(|line| shortened(line)).collect();
                let more = all.len().saturating_sub(LINES_MAX);
                let more = if more > 0 { format!("\n… and {more} more lines") } else { String::new() };
                let _ = write!(page, "\n```text\n> rolecall {}\n{}{more}\n```\n", line.join(" "), shown.join("\n"));
            }
            if !question.note.is_empty() {
                let _ = write!(page, "\n{}\n", question.note);
            }
        }
    }
    page
}

/// A line, cut where it is longer than anybody reads.
fn shortened(line: &str) -> String {
    const CHARS_MAX: usize = 160;
    match line.chars().count() > CHARS_MAX {
        true => format!("{}…", line.chars().take(CHARS_MAX).collect::<String>()),
        false => line.to_owned(),
    }
}

#[test]
fn the_page_from_the_shell_shows_what_every_line_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/from-the-shell.md");
    let wanted = page();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).expect("the page can be written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(known == wanted, "docs/from-the-shell.md is stale: `UPDATE=1 cargo test` writes it");
}

/// The documentation has sixty commands that read permissions; none is left out.
#[test]
fn every_documented_command_is_on_the_page() {
    let questions = || SECTIONS.iter().flat_map(|(_, _, questions)| questions.iter());
    let commands: Vec<&str> = questions().flat_map(|question| question.shell.iter().copied()).collect();
    assert!(commands.len() >= 60, "{}", commands.len());
    assert!(questions().all(|question| !question.here.is_empty()));
    for cmdlet in [
        "Get-ManagementRole ",
        "Get-ManagementRoleEntry",
        "Get-ManagementRoleAssignment",
        "Get-ManagementScope",
        "Get-RoleGroup ",
        "Get-RoleGroupMember",
        "Get-RoleAssignmentPolicy",
        "Get-Mailbox ",
        "Get-MailboxPlan",
        "Get-ServicePrincipal",
        "Test-ServicePrincipalAuthorization",
        "Search-AdminAuditLog",
    ] {
        assert!(commands.iter().any(|command| format!("{command} ").contains(cmdlet)), "{cmdlet}");
    }
}
