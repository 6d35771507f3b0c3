"""How fast all rules judge generated files: cold and remembered, beside squawk where it is installed."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from memory import peak

from projects import ENVIRONMENT, Figure, best, migsafe, mixed, project, timed

if TYPE_CHECKING:
    from collections.abc import Iterator


def judged(base: Path) -> Iterator[Figure]:
    """Seconds and memory for 1,000 and 10,000 files of five kinds."""
    ENVIRONMENT["XDG_CACHE_HOME"] = str(base / "cache")
    for count, goal, again, tries in ((1_000, 2.0, 0.6, 3), (10_000, 20.0, None, 1)):
        root = project(base / f"mixed-{count}", count, mixed, "rehearsal: {enabled: false}\n")
        with_squawk = _squawk(root, tries)
        ENVIRONMENT["MIGSAFE_NO_CACHE"] = "1"
        cold = best(tries, partial(migsafe, root, "validate"))
        memory = peak([sys.executable, "-m", "migsafe", "validate"], root)
        del ENVIRONMENT["MIGSAFE_NO_CACHE"]
        migsafe(root, "validate")
        warm = best(tries, partial(migsafe, root, "validate"))
        yield Figure(f"validate, {count:,} mixed files, s", cold, goal)
        yield Figure(f"the same, remembered, {count:,}, s", warm, again)
        yield Figure(f"memory of the first, {count:,}, MB", memory, 250)
        if with_squawk is not None:
            yield Figure(f"squawk on the same, {count:,}, s", with_squawk)
            yield Figure(f"validate, {count:,}, times squawk", cold / with_squawk)


def _squawk(root: Path, tries: int) -> float | None:
    """Seconds of squawk, which looks at each file by itself; None where it is missing (pip install squawk-cli)."""
    program = shutil.which("squawk", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if program is None:
        return None
    files = sorted(str(path) for path in (root / "migrations").iterdir())
    found_something = 1
    return best(tries, lambda: timed([program, *files], root, (0, found_something)))
