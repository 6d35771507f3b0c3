# ruff: noqa: INP001 - a script, not a package
"""Judges real migration histories by all rules, and writes how often each rule finds something.

    python scripts/write_corpus_counts.py FOLDER_OF_HISTORIES [--show RULE]

FOLDER/A holds Supabase projects (their schema `public` is reached through the API), FOLDER/B others. Each history is
judged as one set, as `migsafe validate` does, and once more file by file, each as a deploy of its own on what the files
before it left. The counts go to docs/corpus-findings.md; `--show` prints what one rule says instead.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from replay import LAYOUTS, File, layout_of

from migsafe.planner.carry import walk
from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.rules import RULES
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import Wrapping, divide
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Policies
from migsafe.schemas.problem import Problem
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.schemas.finding import Finding

PAGE = Path(__file__).resolve().parent.parent / "docs" / "corpus-findings.md"
TODAY = dt.date(2026, 1, 1)
_PLACEHOLDER = re.compile(rb"\{\{[^}]*\}\}")


@dataclass
class Counted:
    """What the rules say of one history."""

    name: str
    files: int = 0
    statements: int = 0
    seconds: float = 0
    unread: list[str] = field(default_factory=list)
    together: list[Finding] = field(default_factory=list)
    one_by_one: list[Finding] = field(default_factory=list)


def files_of(folder: Path) -> Iterator[File]:
    """The way up of every migration, in the order of the history's own runner."""
    plan = folder / "sqitch.plan"
    if plan.exists():
        yield from _sqitch(folder, plan)
        return
    # Flyway's `U` files are ways down, and its `R` files come last.
    found = (file for file in LAYOUTS[layout_of(folder)](folder) if not re.match(r"U\d", file.name))
    for file in sorted(found, key=lambda each: each.name.startswith("R__")):
        yield replace(file, text=_PLACEHOLDER.sub(b"auth", file.text))


def _sqitch(folder: Path, plan: Path) -> Iterator[File]:
    lines = (line.split() for line in plan.read_text().splitlines())
    names = (words[0] for words in lines if words and not words[0].startswith(("%", "#", "@", "-")))
    for name in dict.fromkeys(names):
        if (path := folder / "deploy" / f"{name}.sql").exists():
            yield File(f"{name}.sql", path.read_bytes(), Wrapping.TRANSACTION)


def count(folder: Path, surroundings: Surroundings) -> Counted:
    """Judge one history both ways. Files that cannot be read are left out, and named."""
    counted = Counted(folder.name.replace("+", "/"))
    started = time.monotonic()
    migrations = list(_read(files_of(folder), counted))
    said = judge(migrations, SchemaState(), Policies(), surroundings, TODAY)
    counted.together = [finding for each in said.findings for finding in each]
    counted.seconds = time.monotonic() - started
    state = SchemaState()
    for migration in migrations:
        alone = judge([migration], state, Policies(), surroundings, TODAY)
        counted.one_by_one.extend(alone.findings[0])
        for _ in walk(migration.division.segments, state):
            pass
    return counted


def _read(files: Iterable[File], counted: Counted) -> Iterator[Judged]:
    for file in files:
        try:
            statements = parse(file.text, file.name, file.first_line)
            division = divide(statements, file.wrapping)
        except Problem as problem:
            counted.unread.append(f"{file.name}: {problem}".replace("\n", " "))
            continue
        counted.files += 1
        counted.statements += len(statements)
        yield Judged(file.name, file.name, division)


def page(histories: list[Counted]) -> str:
    """The counts, as Markdown."""
    lines = ["# What the rules say of real histories", "", "<!-- Made by scripts/write_corpus_counts.py. -->", ""]
    lines += [
        "Every migration of the histories of [corpus.md](corpus.md) and a few more, judged by all rules without a",
        "target: as one set, and file by file, each as a deploy of its own. None of their lines is part of migsafe.",
        "",
        "| history | files | statements | errors | warnings | notices | not analysed | seconds | unread files |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(_history, histories),
        "",
        "`Not analysed` counts statements of which a part is told by their run alone: SQL that is put together from",
        f"rows or clocks, functions that no file defines: {_share(histories):.2f} % of all, and the rule lists each.",
        "",
        "| rule | severity | as one set | each file alone | share of files | histories |",
        "|---|---|---|---|---|---|",
        *_by_rule(histories),
        "",
        f"Silent in all of them: {_silent(histories)}.",
    ]
    return "\n".join(lines) + "\n"


def _history(one: Counted) -> str:
    by = Counter(finding.severity for finding in one.together)
    opaque = _opaque(one)
    told = (
        by[Severity.ERROR],
        by[Severity.WARNING],
        by[Severity.NOTICE],
        opaque,
        f"{one.seconds:.1f}",
        len(one.unread),
    )
    return " | ".join(["| " + one.name, str(one.files), f"{one.statements:,}", *map(str, told)]) + " |"


def _opaque(one: Counted) -> int:
    """Statements of which a part was not analysed; one in a code block counts by its own line."""
    return len({(each.path, each.line) for each in one.together if each.rule == "statement-not-analysed"})


def _share(histories: list[Counted]) -> float:
    """Of all statements of all histories, in percent."""
    return 100 * sum(map(_opaque, histories)) / max(1, sum(one.statements for one in histories))


def _by_rule(histories: list[Counted]) -> Iterator[str]:
    together = Counter(finding.rule for one in histories for finding in one.together)
    alone = Counter(finding.rule for one in histories for finding in one.one_by_one)
    files = Counter(rule for one in histories for rule, _ in {(each.rule, each.path) for each in one.together})
    every = max(1, sum(one.files for one in histories))
    severities = {rule.name: rule.severity for rule in RULES}
    for name, _ in (together | alone).most_common():
        where = sum(any(finding.rule == name for finding in one.together) for one in histories)
        counts = f"{together[name]} | {alone[name]} | {files[name] / every:.1%} | {where}"
        yield f"| [{name}](rules/{name}.md) | {severities[name]} | {counts} |"


def _silent(histories: list[Counted]) -> str:
    heard = {finding.rule for one in histories for finding in (*one.together, *one.one_by_one)}
    on = (rule.name for rule in RULES if rule.severity is not Severity.OFF and rule.unsafe)
    return ", ".join(f"`{name}`" for name in on if name not in heard)


def main() -> None:
    """Judge all histories below a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", help="print what this rule says, and write no page")
    given = parser.parse_args()
    histories = []
    for group, platform in (("A", Platform.SUPABASE), ("B", Platform.POSTGRES)):
        exposed = frozenset({"public"} if platform is Platform.SUPABASE else ())
        folders = sorted((given.folder / group).iterdir())
        histories.extend(count(folder, Surroundings(platform, exposed)) for folder in folders)
    if given.show is None:
        PAGE.write_text(page(histories), encoding="utf-8")
        return
    for one in histories:
        for finding in one.together:
            if finding.rule == given.show:
                sys.stdout.write(f"{one.name} {finding.path}:{finding.line}: {finding.detail}\n    {finding.excerpt}\n")


if __name__ == "__main__":
    main()
