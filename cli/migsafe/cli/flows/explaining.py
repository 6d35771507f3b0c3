"""explain: what a rule looks for, why, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.findings import TONES, labelled
from migsafe.cli.lines import EMPTY, Line, Span, aligned, faint, line, strong
from migsafe.planner.closest import closest
from migsafe.planner.rules import RULES, Rule
from migsafe.schemas.problem import ExitCode, Usage
from migsafe.schemas.report import REPORT_FORMAT, RulesReport, RuleText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen


def explain(_options: Options, screen: Screen, name: str | None) -> ExitCode:
    """Tell one rule in full, or list them all. Raises Usage for a name that no rule has."""
    chosen = RULES if name is None else (_named(name),)
    if screen.json:
        rules = tuple(_document(rule) for rule in chosen)
        screen.document(RulesReport(kind="rules", format=REPORT_FORMAT, rules=rules))
    screen.show(_list(chosen) if name is None else _page(chosen[0], screen.width))
    return ExitCode.DONE


def _named(name: str) -> Rule:
    rules = {rule.name: rule for rule in RULES}
    if name not in rules:
        near = closest(name, rules)
        raise Usage(
            f"there is no rule {name!r}",
            why=f"did you mean {near}?" if near else "",
            remedy=f"migsafe explain {near}" if near else "see all of them: migsafe explain",
        )
    return rules[name]


def _list(rules: tuple[Rule, ...]) -> Iterator[Line]:
    rows = ((Span(f"{rule.severity}", TONES[rule.severity]), strong(rule.name), f"{rule.dimension}") for rule in rules)
    yield from aligned(rows)
    yield line(faint("one in full: migsafe explain NAME"))


def _page(rule: Rule, width: int) -> Iterator[Line]:
    head = Span(f"{rule.severity}[{rule.name}]", TONES[rule.severity])
    yield line(head, f"  {rule.dimension}, {rule.points} risk points")
    yield EMPTY
    yield from labelled("harm", rule.harm, "", width)
    yield from labelled("help", rule.remedy, "", width)
    for label, sql in (("unsafe", rule.unsafe), ("safe", rule.safe)):
        yield EMPTY
        yield line(strong(f"  {label}"))
        yield from (line(f"    {text}") for text in sql.splitlines())
    yield EMPTY
    yield line(faint("  in migsafe.yaml: policies.rules." + rule.name + ".severity: off | notice | warning | error"))


def _document(rule: Rule) -> RuleText:
    return RuleText(
        name=rule.name,
        severity=rule.severity,
        dimension=rule.dimension,
        points=rule.points,
        harm=rule.harm,
        remedy=rule.remedy,
        unsafe=rule.unsafe,
        safe=rule.safe,
    )
