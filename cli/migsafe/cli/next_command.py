"""The next command to type, as this user has to type it: with the plan file and the options that were given."""

from __future__ import annotations

import re
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_ON_A_PROJECT = re.compile(
    r"\bmigsafe (plan|facts|apply|up|down|purge|status|drift|history|backup|doctor|validate|new|rollback)\b"
)
_ON_A_FILE = re.compile(r"\bmigsafe (apply|show) plan\.json")
USUAL_MANIFEST = Path("migsafe.yaml")


def as_typed(remedy: str, manifest: Path, env: str | None) -> str:
    """The remedy, whose commands name the manifest and the environment of the command that failed.

    Without them the next command would be about another target than the one that the message is about.
    """
    said = [] if manifest == USUAL_MANIFEST else ["--manifest", str(manifest)]
    said += [] if env is None else ["--env", env]
    return _ON_A_PROJECT.sub(lambda found: f"{found[0]} {shlex.join(said)}", remedy) if said else remedy


@contextmanager
def naming_plan(file: str, env: str | None = None) -> Iterator[None]:
    """Let the problems that are raised meanwhile name the file of the plan that they are about.

    `env` is the plan's environment, where the command line did not say it.
    """
    try:
        yield
    except Problem as problem:
        remedy = _ON_A_FILE.sub(lambda found: f"migsafe {found[1]} {shlex.quote(file)}", problem.remedy)
        problem.remedy = as_typed(remedy, USUAL_MANIFEST, env)
        raise
