"""Findings made from a rule, and what policies and exemptions make of those that come from elsewhere than the SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.exempted import Exemptions
from migsafe.schemas.finding import Finding
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Judged
    from migsafe.planner.rules.rule import Hit, Rule
    from migsafe.schemas.policies import Policies


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a finding stands; without a line it concerns the whole file, without a path the whole set."""

    path: str = ""
    line: int = 0
    column: int = 0
    excerpt: str = ""
    statement: str = ""
    """SHA-256 of the statement."""

    @classmethod
    def of(cls, statement: Statement) -> Spot:
        """The place of a statement."""
        place = statement.place
        return cls(place.path, place.line, place.column, place.excerpt, statement.sha256)


def finding_of(
    rule: Rule, spot: Spot, hit: Hit, *, severity: Severity | None = None, points: int | None = None
) -> Finding:
    """What a rule says of a place; severity and points are the rule's own where nothing else is given."""
    return Finding(
        rule=rule.name,
        severity=rule.severity if severity is None else severity,
        dimension=rule.dimension,
        points=rule.points if points is None else points,
        object=str(hit.object),
        detail=hit.detail,
        harm=rule.harm,
        remedy=rule.remedy,
        path=spot.path,
        line=spot.line,
        column=spot.column,
        excerpt=spot.excerpt,
        statement=spot.statement,
        waiver=None,
        safer=hit.safer.strip(),
    )


def weigh(
    findings: Iterable[Finding], migrations: Sequence[Judged], policies: Policies, today: dt.date
) -> tuple[Finding, ...]:
    """Findings that were made after `judge` had spoken, as policies and exemptions have them; switched off: left out.

    `migrations` are those that they may be on; what is on none of them is exempted by nobody.
    """
    exemptions = Exemptions(policies.exemptions, today)
    for migration in migrations:
        for statement in migration.statements:
            exemptions.read(statement)
    files = {migration.path: migration for migration in migrations}
    counted = (weighed(each, policies, exemptions, files.get(each.path)) for each in findings)
    return tuple(each for each in counted if each is not None)


def weighed(finding: Finding, policies: Policies, exemptions: Exemptions, migration: Judged | None) -> Finding | None:
    """The finding with the severity that a policy gives its rule, and with its waiver; None where it is switched off.

    Without a policy it keeps its own severity, which may differ from finding to finding of one rule.
    """
    said = policies.rules.get(finding.rule)
    severity = finding.severity if said is None or said.severity is None else said.severity
    if severity is Severity.OFF:
        return None
    waiver = (
        exemptions.waiver(finding.rule, finding.statement, finding.line, migration) if migration is not None else None
    )
    return finding.model_copy(update={"severity": severity, "waiver": waiver})
