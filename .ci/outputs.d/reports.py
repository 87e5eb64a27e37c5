"""Writes the reports that the clients are given: REPORTS/<case>.<format>, and what JSON says of each."""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parents[2]
FORMATS = ["json", "sarif", "github", "gitlab", "junit", "markdown", "csv", "html"]
NAMES = [
    "<script>document.title='run'</script>",
    "\"><img src=x onerror=document.title='run'>",
    "</script><script>document.title='run'</script>",
    "<a href=\"javascript:document.title='run'\">x</a>",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "=cmd|'/c calc'!A1",
    "a\u202egnp.exe\u200d",
    "red\u001b[31m\u0007",
    "two\nlines\u2028three\u0085",
    "::error file=x::y%0A::warning::z",
    "##[error]x",
    "[[ATTACHMENT|/etc/passwd]]",
    "]]> <!-- & &#27; --> \ufffe",
    "a|b\\|c``d`",
    "@everyone www.evil.example #1 **bold** _x_",
    "' \u2019; Remove-Mailbox x",
    "\u6f22\u5b57 Zo\u00eb",
    "{{constructor}} ${x} %s",
]
ASSIGNMENTS = (
    "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,"
    "RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n"
)
SCOPES = "Organization,OrganizationConfig,Organization,OrganizationConfig"


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def organization(names, policy):
    entries, mailboxes = "Role,Name,Parameters\r\n", "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\r\n"
    assignments = ASSIGNMENTS
    for name in map(quoted, names):
        entries += f"{name},Set-Mailbox,Alias;Identity\r\n"
        assignments += f"{name},{name},{name},User,True,Regular,{SCOPES}\r\n"
        mailboxes += f"{name},,UserMailbox,\r\n"
    return {
        "exports/entries.csv": entries,
        "exports/assignments.csv": assignments,
        "exports/mailboxes.csv": mailboxes,
        "rolecall.toml": policy + '[exports]\npaths = ["exports"]\n',
    }


def cases(folder):
    fixture = HERE / "fixtures/organization/exports"
    write(folder / "fixture", {
        "rolecall.toml": f"""extends = ["pack:exchange-baseline"]
[exports]
paths = ['{fixture}']
[[require]]
id = "intune"
account = "svc-*"
pack = "intune-connector-on-premises"
[[waive]]
rule = "direct-assignment"
reason = "goes | with `4711`"
expires = 2026-12-31
[[waive]]
rule = "missing-cmdlet"
account = "svc-nobody"
reason = "not yet in use"
expires = 2026-12-24
owner = "ada"
"""})
    (folder / "several").mkdir()
    subprocess.run(["cp", "-r", f"{HERE}/fixtures/organizations/.", folder / "several"], check=True)
    write(folder / "hostile", organization(
        NAMES, '[[forbid]]\nid = "ours"\ncmdlets = ["Set-Mailbox"]\n[[require]]\nid = "needs"\naccount = "*"\n'
        'cmdlets = ["Get-Nothing"]\n'))
    write(folder / "clean", organization(
        ["ada"], '[[require]]\nid = "ours"\naccount = "ada"\ncmdlets = ["Set-Mailbox"]\n[rules]\ndirect-assignment = "off"\n'))
    write(folder / "mistaken", organization(["ada"], '[[require]]\nid = "ours"\n[[forbid]]\n[[forbid]]\n'))
    write(folder / "nothing", organization(["ada"], '[[require]]\nid = "x"\naccount = "adda"\ncmdlets = ["Set-Mailbox"]\n'))
    items = ", ".join(f'"Get-Thing{number}"' for number in range(20))
    write(folder / "large", organization(
        [f"svc-{number:04}" for number in range(650)],
        f'[[require]]\nid = "things"\naccount = "svc-*"\ncmdlets = [{items}]\n[rules]\ndirect-assignment = "off"\n'))


def main():
    reports = pathlib.Path(sys.argv[1])
    reports.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        cases(folder)
        for case in sorted(os.listdir(folder)):
            codes = set()
            for form in FORMATS:
                command = [os.environ["ROLECALL"], "check", "--today", "2026-11-30", "--format", form]
                ran = subprocess.run(command, cwd=folder / case, stdout=open(reports / f"{case}.{form}", "wb"), stderr=subprocess.DEVNULL)
                codes.add(ran.returncode)
            assert len(codes) == 1, f"{case}: exit codes {codes}"
            print(f"{case}: exit {codes.pop()}")


main()
