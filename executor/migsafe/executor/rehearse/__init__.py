"""The rehearsal: a plan is run on a shadow by the executor's own steps, and each statement is measured."""

from migsafe.executor.rehearse.expected import require_as_rehearsed
from migsafe.executor.rehearse.history import try_history
from migsafe.executor.rehearse.rehearsal import Lacking, Script, limits_on_shadow, rehearse
from migsafe.executor.rehearse.running import run_migration, run_on, runner, worker_on

__all__ = [
    "Lacking",
    "Script",
    "limits_on_shadow",
    "rehearse",
    "require_as_rehearsed",
    "run_migration",
    "run_on",
    "runner",
    "try_history",
    "worker_on",
]
