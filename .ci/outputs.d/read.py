"""Readers of SARIF and Markdown, and what an HTML parser sees: each must read the reports and find nothing of an export."""

import csv
import gzip
import io
import json
import pathlib
import subprocess
import sys

import html5lib
import jsonschema
from markdown_it import MarkdownIt

reports, tools = map(pathlib.Path, sys.argv[1:])
schema = json.loads((tools / "sarif-schema.json").read_text())
validator = jsonschema.validators.validator_for(schema)
multitool = tools / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
wrong = []


def expect(holds, words):
    if not holds:
        wrong.append(words)


def sarif(path, said):
    report = json.loads(path.read_text())
    errors = list(validator(schema, format_checker=validator.FORMAT_CHECKER).iter_errors(report))
    expect(not errors, f"{path.name}: schema: {[error.message[:120] for error in errors[:3]]}")
    checked = path.with_suffix(".checked")
    subprocess.run([multitool, "validate", path, "--rule-kind", "Sarif;Ghas", "-o", checked, "--log", "ForceOverwrite",
                    "--level", "Error"], check=False, capture_output=True)
    found = [result for run in json.loads(checked.read_text())["runs"] for result in run.get("results", [])]
    found = [f"{one['ruleId']}: {one['message']}" for one in found if one.get("level") == "error"]
    expect(not found, f"{path.name}: multitool: {found[:3]}")
    size = len(gzip.compress(path.read_bytes()))
    expect(size < 10_000_000, f"{path.name}: {size} bytes of gzip")
    table = path.with_suffix(".sarif.csv")
    subprocess.run([tools / "venv/bin/sarif", "csv", path, "-o", table], check=True, capture_output=True)
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    wanted = sum(1 for one in said["diagnostics"] if one["waived"] is None)
    expect(len(rows) == wanted, f"{path.name}: sarif-tools reads {len(rows)} of {wanted}")
    print(f"{path.name}: {len(report['runs'])} runs, {wanted} results, {size} bytes of gzip: no error")


def markdown(path, said):
    text = path.read_text()
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text)
    inline = [child for token in tokens for child in (token.children or [])]
    kinds = {token.type for token in tokens + inline}
    expect(not kinds & {"html_block", "html_inline", "link_open", "image", "em_open", "strong_open"}, f"{path.name}: {kinds}")
    rows = sum(1 for token in tokens if token.type == "tr_open")
    tables = sum(1 for token in tokens if token.type == "table_open")
    cells = sum(1 for token in tokens if token.type == "td_open")
    shown = text.count("more not shown")
    expect(shown or rows - tables - 1 - len(said["coverage"]) == len(said["diagnostics"]),
           f"{path.name}: {rows} rows for {len(said['diagnostics'])} findings")
    expect(len(path.read_bytes()) < 1_000_000, f"{path.name}: too large")
    print(f"{path.name}: {rows} rows, {cells} cells: nothing but text and code")


def page(path, said):
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(path.read_text())
    errors = [code for _, code, _ in parser.errors]
    expect(not errors, f"{path.name}: {errors[:5]}")
    found = tree.findall(".//*[@data-fingerprint]")
    expect(len(found) == len(said["diagnostics"]), f"{path.name}: {len(found)} of {len(said['diagnostics'])} findings")
    quotes = len(tree.findall(".//*[@data-quote]"))
    places = sum(not place["file"].startswith("pack:") for one in said["diagnostics"] for place in one["locations"])
    expect(quotes == places, f"{path.name}: {quotes} quotes of {places}")
    answers = len(tree.findall(".//*[@data-answer]"))
    expect(answers == said["summary"]["asked"], f"{path.name}: {answers} answers of {said['summary']['asked']}")
    ids = {element.get("id") for element in tree.iter() if element.get("id")}
    for link in tree.iter("a"):
        target = link.get("href")
        expect(target.startswith("#") and target[1:] in ids or target.startswith("https://"), f"{path.name}: link to {target}")
    handlers = [key for element in tree.iter() for key in element.attrib if str(key).startswith("on") or key == "style"]
    expect(not handlers, f"{path.name}: {handlers[:3]}")
    size = path.stat().st_size
    limit = 25_000_000 if path.stem == "large" else 3_000_000
    expect(size < limit, f"{path.name}: {size} bytes")
    print(f"{path.name}: {len(found)} findings, {quotes} quotes, {answers} answers, {size} bytes")


for path in sorted(reports.glob("*.json")):
    said = json.loads(path.read_text())
    sarif(path.with_suffix(".sarif"), said)
    markdown(path.with_suffix(".markdown"), said)
    page(path.with_suffix(".html"), said)
if wrong:
    sys.exit("\n".join(wrong))
