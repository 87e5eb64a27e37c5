"""The snippets of docs/ci.md, held by the schemas of those who read them, by pre-commit, and by the editor's expressions."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parents[2]
tools = pathlib.Path(sys.argv[1]) / "venv/bin"
sections = (HERE / "docs/ci.md").read_text().split("\n## ")[1:]
blocks = {}
for section in sections:
    for kind, block in re.findall(r"```(\w+)\n(.*?)```", section, re.S):
        blocks.setdefault(section.split("\n")[0], (kind, block))

with tempfile.TemporaryDirectory() as made:
    folder = pathlib.Path(made)
    for title, schema in [
        ("GitHub Actions", "vendor.github-workflows"),
        ("GitLab CI", "vendor.gitlab-ci"),
        ("Azure DevOps", "vendor.azure-pipelines"),
    ]:
        path = folder / "snippet.yml"
        path.write_text(blocks[title][1])
        subprocess.run([tools / "check-jsonschema", "--builtin-schema", schema, path], check=True, stdout=subprocess.DEVNULL)
        print(f"{title}: {schema}")

    # pre-commit runs it, and fails where the check does.
    repository = folder / "repository"
    subprocess.run(["cp", "-r", f"{HERE}/fixtures/organizations/.", repository], check=True)
    (repository / ".pre-commit-config.yaml").write_text(blocks["pre-commit"][1])
    path = f"{pathlib.Path(os.environ['ROLECALL']).resolve().parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": made}
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@contoso.com"]
    for command in [[*git, "init", "-q"], [*git, "add", "-A"]]:
        subprocess.run(command, cwd=repository, check=True, env=environment)
    ran = subprocess.run([tools / "pre-commit", "run", "--all-files"], cwd=repository, env=environment, capture_output=True, text=True)
    assert ran.returncode == 1 and "missing-cmdlet" in ran.stdout, ran
    print("pre-commit: runs, and fails with the check")

    task = json.loads(blocks["Visual Studio Code"][1])["tasks"][0]
    command = [os.environ["ROLECALL"], *task["args"]]
    report = subprocess.run(command, cwd=repository, capture_output=True, text=True).stdout
    pattern = re.compile(task["problemMatcher"]["pattern"]["regexp"])
    found = [pattern.match(line) for line in report.splitlines() if re.search(r"(error|warning|note)\[", line)]
    assert found and all(found), report
    assert all((repository / one.group(1)).is_file() for one in found), report
    print(f"Visual Studio Code: {len(found)} problems")
