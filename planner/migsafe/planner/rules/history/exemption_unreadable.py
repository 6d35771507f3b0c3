"""A comment that was meant to exempt a statement and does not."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from migsafe.planner.allowances import Unreadable, allowances
from migsafe.planner.closest import closest
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


@cache
def _names() -> frozenset[str]:
    from migsafe.planner.rules import RULES  # noqa: PLC0415 - the list holds this rule

    return frozenset(rule.name for rule in RULES)


def _find(
    migrations: tuple[Judged, ...],
    state: SchemaState,  # noqa: ARG001 - the signature of a check
    context: Context,  # noqa: ARG001
) -> Iterator[tuple[Statement, Hit]]:
    for migration in migrations:
        for statement in migration.statements:
            yield from ((statement, Hit("", told)) for told in _wrong(statement))
        for marker in migration.division.folded:
            for said in allowances(marker):
                line = said.line if isinstance(said, Unreadable) else said.owner.rpartition(":")[2]
                told = (
                    f"the comment on line {line} stands at {marker.sql.split()[0].upper()}, which does nothing itself"
                )
                yield marker, Hit("", told)


def _wrong(statement: Statement) -> Iterator[str]:
    for said in allowances(statement):
        match said:
            case Unreadable(line=line, why=why):
                yield f"the comment on line {line} sets nothing aside: {why}"
            case _ if said.rule not in _names():
                near = closest(said.rule, _names())
                meant = f"; did you mean {near}?" if near else ""
                yield f"the comment at {said.owner} allows {said.rule}, and there is no such rule{meant}"
            case _:
                pass


RULE = Rule(
    name="exemption-unreadable",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=0,
    harm="It looks as if a danger had been accepted, but the comment sets nothing aside.",
    remedy="Write `-- migsafe: allow RULE because REASON` before the statement; `migsafe explain` lists the rules.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="""
-- migsafe: allow truncate
TRUNCATE notes;
""",
    safe="""
-- migsafe: allow truncate because the table holds nothing but a cache
TRUNCATE notes;
""",
    check=OnSet(_find),
)
