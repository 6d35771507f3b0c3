"""The review of a plan as Markdown for a pull request; nothing in it can be more than text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.cli.findings import difference, waiver_words
from migsafe.cli.inert import inert
from migsafe.cli.rehearsal_lines import evidence_for, rehearsal_words
from migsafe.cli.round_trip_words import proof_words, rollback_words
from migsafe.cli.wording import (
    backup_words,
    differing,
    effect_words,
    instead_words,
    noteworthy,
    plural,
    quiet_words,
    reason_words,
    risk_words,
    server_words,
    step_words,
    undo_words,
    waived_words,
)
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migsafe.schemas.finding import Finding
    from migsafe.schemas.plan import Plan, PlannedMigration
    from migsafe.schemas.report import ValidateReport
    from migsafe.schemas.step import StatementText

LIMIT = 65_536
"""GitHub takes no longer comment."""

MARKER = "<!-- migsafe -->"
"""The first line, by which a job finds its earlier comment to replace it."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~<>&$^=-])")
_SHORTENED = "\n_Shortened: the rest does not fit into a comment. `migsafe show plan.json` prints all of it._\n"
_MARKS = {Severity.ERROR: "🛑", Severity.WARNING: "⚠️", Severity.NOTICE: "💡", Severity.OFF: ""}


def text(untrusted: str) -> str:
    """Text that Markdown shows as it stands: no link, mention, image, HTML or table cell can come of it."""
    # A zero width joint would be invisible to the reader of a review; an entity is not read as a mention or a link.
    escaped = _SPECIAL.sub(r"\\\1", inert(untrusted))
    return escaped.replace("@", "&#64;").replace("://", "&#58;//").replace("www.", "www&#46;")


def code(untrusted: str) -> str:
    """Text as a code span, whatever backticks it holds."""
    shown = inert(untrusted).replace("|", "¦")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown or ' '}{fence}"


def plan_markdown(plan: Plan) -> str:
    """The review of a plan, at most as long as a comment may be."""
    return shortened(
        [*_plan_head(plan), *(part for one in plan.migrations for part in _migration(one, plan)), _foot(plan)]
    )


def validation_markdown(report: ValidateReport) -> str:
    """What validate found, at most as long as a comment may be."""
    verdict = "✅ passed" if report.passed else "🛑 **refused**"
    counts = f"{plural(report.migrations, 'migration')}, {plural(report.statements, 'statement')}"
    told = ", ".join((counts, *waived_words(report.findings), risk_words(report.risk)))
    head = f"{MARKER}\n### migsafe validate: {verdict}\n\n{told}.\n"
    head += "".join(f"\n{text(words)}.\n" for words in rollback_words(report.rollbacks))
    reasons = "".join(f"- {text(reason)}\n" for reason in report.reasons)
    return shortened([head, f"\n{reasons}" if reasons else "", *_findings(report.findings)])


def shortened(parts: Iterable[str], limit: int = LIMIT) -> str:
    """The parts in one text, cut between parts where it would be longer than `limit` characters, and saying so."""
    kept = ""
    for part in parts:
        if len(kept) + len(part) + len(_SHORTENED) > limit:
            return kept + _SHORTENED
        kept += part
    return kept


def _waived_count(plan: Plan) -> tuple[str, ...]:
    return waived_words((*plan.findings, *(finding for each in plan.migrations for finding in each.findings)))


def _plan_head(plan: Plan) -> Iterator[str]:
    verdict = "✅ may be applied" if plan.verdict.allowed else "🛑 **refused**"
    where = f" in {text(plan.environment)}" if plan.environment else ""
    yield f"{MARKER}\n### migsafe plan for {text(plan.project)}{where}: {verdict}\n\n"
    rows = [
        ("target", f"database {code(plan.target.database)} on {server_words(plan.server_version)}"),
        ("risk", f"**{plan.risk.score}** of 100 ({plan.risk.level})"),
        ("does", ", ".join((f"{plan.direction}: {plural(len(plan.migrations), 'migration')}", *_waived_count(plan)))),
        ("backup", text(backup_words(plan))),
        ("plan", f"{code(plan.id)}, until {text(plan.expires_at)}"),
    ]
    if words := rehearsal_words(plan):
        rows.append(("rehearsal", text(words)))
    if plan.saved_facts is not None:
        rows.append(("facts", f"saved at {text(plan.saved_facts)}; the target itself was not asked"))
    yield "| | |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)
    if plan.verdict.reasons:
        yield "\n" + "".join(f"- 🛑 {text(reason)}\n" for reason in plan.verdict.reasons)
    if astray := differing(plan.history):
        yield "\n**Folder and history differ**\n\n" + "".join(
            f"- {one.standing} {code(one.file or one.label)}: {text(one.detail)}\n" for one in astray
        )
    yield from _findings(plan.findings)
    if not plan.migrations:
        yield "\nNothing to do.\n"


def _migration(migration: PlannedMigration, plan: Plan) -> Iterator[str]:
    yield f"\n#### {code(migration.file)} · {risk_words(migration.risk)}\n\n"
    yield "| step | what | lock and harm |\n|---|---|---|\n"
    for at, step in enumerate(migration.steps, start=1):
        rows = noteworthy(step)
        yield f"| {at} | _{step_words(step)}_ | {text(quiet_words(step))} |\n"
        yield from map(_row, rows)
    if others := [f"- {text(said)}\n" for step in migration.steps for said in instead_words(step)]:
        yield "\n" + "".join(others)
    yield from _changes(plan, migration.file)
    yield f"\nUndo: {text(undo_words(migration.undo))}\n"
    if proof := proof_words(migration.undo, evidence_for(plan, migration.file)):
        yield f"\nRound trip: {text(proof)}\n"
    if migration.undo.generated and migration.undo.sql:
        generated = _fenced(migration.undo.sql.splitlines(), "sql")
        yield f"\n<details><summary>the generated rollback</summary>\n\n{generated}\n</details>\n"
    yield from _findings(migration.findings)


def _changes(plan: Plan, file: str) -> Iterator[str]:
    """What each statement changes in the catalog, as the rehearsal saw it."""
    evidence = evidence_for(plan, file)
    told = (
        [f"- line {each.line}: {text(change)}\n" for each in evidence.statements for change in each.changes]
        if evidence
        else []
    )
    if told:
        yield f"\n<details><summary>{plural(len(told), 'change')}, as rehearsed</summary>\n\n"
        yield from told
        yield "\n</details>\n"


def _row(statement: StatementText) -> str:
    told = [text(effect) for effect in filter(None, map(effect_words, statement.effects))]
    reasons = [text(reason_words(statement.risk))] if statement.risk.points else []
    return f"| | {code(statement.summary)} | {'<br>'.join((*told, *reasons))} |\n"


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    shown = sorted((one for one in findings if one.severity is not Severity.OFF), key=lambda one: -one.severity.rank)
    for one in shown:
        yield _waived(one) if one.waiver else _finding(one)


def _finding(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    head = f"\n{_MARKS[finding.severity]} **{finding.severity}: {text(finding.rule)}** {text(finding.detail)}"
    where = f" ({code(place)})" if place else ""
    excerpt = f"\n\n> {code(finding.excerpt.strip())}" if finding.excerpt.strip() else ""
    instead = _fenced(difference(finding))
    return f"{head}{where}{excerpt}\n\n{text(finding.harm)} **Instead:** {text(finding.remedy)}\n{instead}"


def _fenced(lines: Sequence[str], language: str = "diff") -> str:
    """A block that its own text cannot close."""
    if not lines:
        return ""
    inside = "\n".join(inert(each) for each in lines)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", inside)), default=0))
    return f"\n{fence}{language}\n{inside}\n{fence}\n"


def _waived(finding: Finding) -> str:
    said = waiver_words(finding.waiver) if finding.waiver is not None else ""
    return f"\n⚪ **{text(finding.rule)}** {text(finding.detail)}, {text(said)}\n"


def _foot(plan: Plan) -> str:
    if not plan.risk.points:
        return ""
    rows = "".join(f"| {one.points} | {one.dimension} | {text(one.fact)} |\n" for one in plan.risk.points)
    table = f"| points | harm | fact |\n|---|---|---|\n{rows}"
    return f"\n<details><summary>Where the risk comes from</summary>\n\n{table}\n</details>\n"
