"""The pages on rules, made from the rules themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.carry import advance, walk
from migsafe.planner.effects import effects, summary
from migsafe.planner.parse import parse
from migsafe.planner.rules.rule import NEWEST, OLDEST, OnEvidence
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.effect import Loss
from migsafe.schemas.locks import Lock
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.planner.rules import Rule
    from migsafe.schemas.effect import Effect

_GENERATED = "<!-- Made from the rule itself by `make docs`. -->"


def rule_page(rule: Rule) -> str:
    """The page on one rule, as Markdown: harm, remedy, examples, and what the unsafe example does to tables."""
    scale = ", more or less by the size of the table" if rule.scaled else ""
    parts = [
        f"# {rule.name}",
        _GENERATED,
        f"**{rule.severity.value}** · {rule.dimension.value} · {rule.points} risk points{scale}{_majors(rule)}",
        f"## Harm\n\n{rule.harm}",
        f"## Remedy\n\n{rule.remedy}",
        *([f"## Where it comes from\n\n{rule.check.source}"] if isinstance(rule.check, OnEvidence) else []),
        *(f"## {title}\n\n```sql\n{sql.strip()}\n```" for title, sql in _examples(rule)),
        *_effects_part(rule),
        "## Policy\n\n" + _policy(rule),
    ]
    return "\n\n".join(parts) + "\n"


def index_page(families: Mapping[str, tuple[Rule, ...]]) -> str:
    """The list of rules, as Markdown, family by family."""
    rules = [rule for family in families.values() for rule in family]
    off = sum(rule.severity is Severity.OFF for rule in rules)
    about = (
        f"{len(rules)} rules, {off} of them off until a manifest switches them on. Each example is tried: the rule "
        "finds the unsafe one, no rule that is on speaks of the safe one, and the locks are measured on a server."
    )
    parts = (_family(name, family) for name, family in families.items() if family)
    return "\n".join(["# Rules", "", _GENERATED, "", about, *(line for part in parts for line in part)]) + "\n"


def _family(name: str, rules: tuple[Rule, ...]) -> Iterator[str]:
    yield from ("", f"## {name.replace('_', ' ').capitalize()}", "")
    yield from ("| rule | severity | kind of harm | points | harm |", "|---|---|---|---|---|")
    for rule in rules:
        harm = rule.harm.partition(". ")[0].rstrip(".")
        yield f"| [{rule.name}]({rule.name}.md) | {rule.severity} | {rule.dimension} | {rule.points} | {harm} |"


def pages(families: Mapping[str, tuple[Rule, ...]]) -> dict[str, str]:
    """All pages of `docs/rules`, by file name."""
    rules = (rule for family in families.values() for rule in family)
    return {"README.md": index_page(families)} | {f"{rule.name}.md": rule_page(rule) for rule in rules}


BESIDE = "## Found besides\n"
"""Where the part of `docs/dangers.md` begins that is made from the rules."""


def dangers_page(written: str, families: Mapping[str, tuple[Rule, ...]]) -> str:
    """`docs/dangers.md`: what people wrote above `BESIDE`, and below it every rule that they did not name."""
    above = written.partition(BESIDE)[0]
    rows = (
        f"| {rule.harm.partition('. ')[0].rstrip('.')} | [{rule.name}](rules/{rule.name}.md) |"
        for family in families.values()
        for rule in family
        if f"(rules/{rule.name}.md)" not in above
    )
    return "\n".join([f"{above}{BESIDE}", _GENERATED, "", "| harm | rule |", "|---|---|", *rows]) + "\n"


def _examples(rule: Rule) -> Iterator[tuple[str, str]]:
    named = (("Given", rule.before), ("Unsafe", rule.unsafe), ("Safe", rule.safe))
    return ((title, sql) for title, sql in named if sql)


def _majors(rule: Rule) -> str:
    if (rule.since, rule.until) == (OLDEST, NEWEST):
        return ""
    if rule.until == NEWEST:
        return f" · PostgreSQL {rule.since} and later"
    return f" · PostgreSQL {rule.since} to {rule.until}"


def _policy(rule: Rule) -> str:
    return (
        "Another severity (`off`, `notice`, `warning`, `error`) in `migsafe.yaml`:\n\n"
        f"```yaml\npolicies:\n  rules:\n    {rule.name}:\n      severity: warning\n```"
    )


def _effects_part(rule: Rule) -> Iterator[str]:
    """What the unsafe example does to tables that others use."""
    state = SchemaState()
    for _ in walk(divide(parse(rule.before.encode(), "before")).segments, state):
        pass
    rows: list[str] = []
    for statement in parse(rule.unsafe.encode(), "unsafe"):
        felt = (effect for effect in effects(statement, state) if not effect.new and effect.lock is not Lock.NONE)
        rows.extend(f"| {summary(statement)} | {effect.relation} | {_effect(effect)} |" for effect in felt)
        advance(state, statement)
    if rows:
        head = ["| statement | table | lock | waiting | also |", "|---|---|---|---|---|"]
        yield "\n".join(["## What the unsafe example does\n", *head, *rows])


def _effect(effect: Effect) -> str:
    also = [
        "writes the table anew" if effect.rewrite else "",
        "reads every row" if effect.scan and not effect.rewrite else "",
        f"loses {effect.loss.value.replace('-', ' ')}" if effect.loss is not Loss.NONE else "",
    ]
    return f"{effect.lock.value} | {effect.lock.blocks} | {', '.join(filter(None, also))}".rstrip()
