"""A declared rollback after which the schema is not what it was before the migration."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="rollback-differs",
    severity=Severity.ERROR,
    dimension=Dimension.RECOVERY,
    points=0,  # what the way back is worth is weighed with the class of the undo, which is the measured one
    harm="After undoing, the application of yesterday meets a schema that it has never run on.",
    remedy="Add what is missing to the rollback script; a generated one is told by `validate --rehearse --json`.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence(
        "Declared rollbacks are run on a scratch server after their migrations, which are then applied again: by "
        "`validate --rehearse` all, by `plan` those of pending migrations, where it is a warning at most."
    ),
)
