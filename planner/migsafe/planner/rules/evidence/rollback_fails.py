"""A declared rollback that does not run, or after which its migration cannot be applied again."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="rollback-fails",
    severity=Severity.ERROR,
    dimension=Dimension.RECOVERY,
    points=0,  # what the way back is worth is weighed with the class of the undo, which is the measured one
    harm="When the migration has to be undone in a hurry, its rollback fails, or nothing can be applied after it.",
    remedy="Correct the rollback script: what it drops or makes must be exactly what its migration made or dropped.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence(
        "Declared rollbacks are run on a scratch server after their migrations, which are then applied again: by "
        "`validate --rehearse` all, by `plan` those of pending migrations, where it is a warning at most."
    ),
)
