"""Writes what fuzzing begins with into a folder: the fixtures, in the form that each target reads."""

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
    # The same twice, so that what stood before comes again.
    write("foretold", number, data)
    write("foretold", 1_000 + number, data[: BYTES_MAX // 2] + data[: BYTES_MAX // 2])
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
