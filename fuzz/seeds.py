"""Writes what fuzzing begins with into a folder: the fixtures, in the form that each target reads."""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
BORDER = b"\n%%\n"
# Longer files say little more, and are tried less often.
BYTES_MAX = 12_000


def write(target, number, data):
    folder = pathlib.Path(sys.argv[1]) / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number:04}").write_bytes(data)


def is_policy(path):
    return path.suffix in (".toml", ".baseline")


files = sorted(path for path in ROOT.rglob("*") if path.is_file())
exports = [path for path in files if not is_policy(path) and path.name not in ("report.txt", "args")]
for number, path in enumerate(exports):
    data = path.read_bytes()[:BYTES_MAX]
    write("read", number, data)
    write("foretold", number, data)

# Role entries that stood in another role before, in every shape that foretells them.
ROLES = ["Alpha One", "Beta Two", "Gamma, Three", "Delta"]
ENTRIES = [(f"{verb}-{noun}", ["Identity", "Alias", noun][: 1 + number % 3])
           for number, (verb, noun) in enumerate((verb, noun) for noun in ("Mailbox", "User") for verb in ("Get", "Set", "New"))]


def rows(skips):
    """All pairs but each so manieth."""
    pairs = [(role, *entry) for role in ROLES for entry in ENTRIES]
    return [pair for number, pair in enumerate(pairs) if number % skips]


def shapes(some):
    yield "".join(['"Role","Name","Parameters"\r\n'] + [f'"{role}","{name}","{";".join(own)}"\r\n' for role, name, own in some])
    yield "".join(
        ["Role,Name,Type,Parameters,Identity\n"]
        + [f'"{role}",{name},Cmdlet,{";".join(own)},"{role}\\{name}"\n' for role, name, own in some]
    )
    yield "\r\n" + "".join(
        f"Role       : {role}\r\nName       : {name}\r\nParameters : {{{', '.join(own)}}}\r\nIdentity   : {role}\\{name}\r\n\r\n"
        for role, name, own in some
    )
    heading = f"{'Name':<12} {'Role':<12} Parameters\n{'----':<12} {'----':<12} ----------\n"
    yield heading + "".join(f"{name:<12} {role:<12} {{{', '.join(own)}}}\n" for role, name, own in some)
    objects = [{"Role": role, "Name": name, "Parameters": own} for role, name, own in some]
    yield json.dumps(objects, indent=2)
    yield json.dumps([{**one, "Type": 0, "Identity": f"{one['Role']}\\{one['Name']}"} for one in objects])
    yield clixml(some)


def clixml(some):
    text, number = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\n', 0
    for role, name, own in some:
        items = "".join(f"<S>{item}</S>" for item in own)
        text += (
            f'  <Obj RefId="{number}"><MS><S N="Role">{role}</S><S N="Name">{name}</S>'
            f'<Obj N="Parameters" RefId="{number + 1}"><LST>{items}</LST></Obj></MS></Obj>\n'
        )
        number += 2
    return text + "</Objs>\n"


for skips in (5, 7, 100):
    for number, text in enumerate(shapes(rows(skips))):
        write("foretold", 2_000 + 10 * skips + number, text.encode())
for number, path in enumerate(path for path in files if path.suffix == ".toml"):
    write("policy", number, path.read_bytes()[:BYTES_MAX] + BORDER + "retires “soon”\t\\ \"x\"".encode() + BORDER + b"ada")

folders = sorted({path.parent for path in exports})
for number, folder in enumerate(folders):
    own = [path.read_bytes()[:2_000] for path in exports if path.parent == folder][:8]
    policies = [place / "rolecall.toml" for place in (folder, folder.parent) if (place / "rolecall.toml").is_file()]
    head = [b"# policy\n" + policies[0].read_bytes()] if policies else []
    write("pipeline", number, BORDER.join(head + own))
    write("pipeline", 1_000 + number, BORDER.join(own))

FILTERS = [
    "City -eq 'a' -or City -eq 'b' -and Title -eq 'c'",
    "((City -Eq \"Vancouver\") -And (Department -Eq \"Sales\")) -Or (Title -Like \"*Manager*\")",
    "-not(Alias -like 'ab*') -and RecipientTypeDetails -eq 'UserMailbox'",
    "MemberOfGroup -eq 'CN=a,DC=contoso,DC=com' -or HiddenFromAddressListsEnabled -eq $true",
    "{ CustomAttribute1 -ne $null -and CountryCode -gt 5 }",
    "Notes -eq 'O''Brien' -or EmailAddresses -notlike '*@contoso.com'",
]
for number, one in enumerate(FILTERS):
    for second, other in enumerate(FILTERS):
        write("opath", 10 * number + second, BORDER.join([one.encode(), other.encode(), bytes(range(60))]))
for number in range(8):
    write("opath", 100 + number, bytes((7 * number + step * (number + 3)) % 256 for step in range(200)))
    write("narrowed", number, bytes((5 * number + step * (number + 7)) % 256 for step in range(160)))
