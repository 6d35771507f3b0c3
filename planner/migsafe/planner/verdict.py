"""Whether a plan may be applied at all, and whether a backup comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from migsafe.schemas.effect import Loss
from migsafe.schemas.manifest import Order, Required
from migsafe.schemas.plan import PlannedBackup, Standing
from migsafe.schemas.severity import Severity
from migsafe.schemas.step import statements_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.schemas.finding import Finding
    from migsafe.schemas.manifest import Backup, Manifest
    from migsafe.schemas.plan import MigrationStanding, PlannedMigration
    from migsafe.schemas.policies import Policies
    from migsafe.schemas.risk import Risk

Planned = tuple["PlannedMigration", ...]


def loses_data(migration: PlannedMigration) -> bool:
    """Whether a statement of the migration takes rows, a column or a table away that were there before the plan.

    What the plan itself made and nobody has used yet it makes again, as often as wanted.
    """
    texts = (text for step in migration.steps for text in statements_of(step))
    return any(effect.loss is not Loss.NONE and not effect.new for text in texts for effect in text.effects)


def backup_for(settings: Backup, planned: Planned) -> PlannedBackup:
    """Whether a backup is taken before these migrations, and why."""
    due, reason = _due(settings, planned)
    return PlannedBackup(due=due, reason=reason, settings=settings)


def _due(settings: Backup, planned: Planned) -> tuple[bool, str]:
    losing = [migration.file for migration in planned if loses_data(migration)]
    if not planned:
        return False, "nothing is to be done"
    match settings.before_apply:
        case Required.ALWAYS:
            return True, "the manifest asks for one before each apply"
        case Required.DESTRUCTIVE if losing:
            return True, f"{losing[0]} loses data"
        case Required.DESTRUCTIVE:
            return False, "the manifest asks for one only when data is lost, and none is"
        case Required.NEVER:
            return False, "the manifest asks for none"
        case _:
            assert_never(settings.before_apply)


def refusals_by_history(history: Iterable[MigrationStanding], order: Order) -> tuple[str, ...]:
    """What in folder and history stands against any plan.

    A run that broke off does not: apply asks about it, under the lock, when it left a migration half done.
    """
    blocking = {Standing.EDITED, Standing.MISSING, Standing.RELABELLED}
    if order is Order.LINEAR:
        blocking.add(Standing.OUT_OF_ORDER)
    return tuple(f"{line.file or line.label}: {line.detail}" for line in history if line.standing in blocking)


def refusals_by_policy(
    manifest: Manifest, planned: Planned, overall: tuple[Finding, ...], risk: Risk
) -> tuple[str, ...]:
    """What in the manifest's policies stands against these migrations."""
    findings = [*overall, *(finding for migration in planned for finding in migration.findings)]
    return (
        *(_as_reason(each) for each in findings if each.counts and each.severity is Severity.ERROR),
        *_above_their_limit(manifest.policies, findings),
        *_missing_rollbacks(manifest.rollbacks.required, planned),
        *_too_risky(manifest.policies.max_risk, risk),
    )


def _above_their_limit(policies: Policies, findings: Iterable[Finding]) -> Iterator[str]:
    """An error stands against the plan already, whatever its points."""
    limits = {name: policy.max_points for name, policy in policies.rules.items()}
    for finding in findings:
        limit = limits.get(finding.rule, 100)
        if finding.counts and finding.severity is not Severity.ERROR and finding.points > limit:
            yield f"{_as_reason(finding)} ({finding.points} points, and the manifest allows {limit})"


def _as_reason(finding: Finding) -> str:
    line = f":{finding.line}" if finding.line else ""
    return f"{finding.rule} in {finding.path}{line}: {finding.detail}"


def _missing_rollbacks(required: Required, planned: Planned) -> Iterator[str]:
    for migration in planned:
        wanted = required is Required.ALWAYS or (required is Required.DESTRUCTIVE and loses_data(migration))
        if wanted and not migration.undo.steps:
            yield f"{migration.file} has no usable rollback, and the manifest requires one: {migration.undo.reason}"


def _too_risky(limit: int, risk: Risk) -> Iterator[str]:
    if risk.score > limit:
        yield f"the risk is {risk.score} ({risk.level}), and the manifest allows {limit}"
