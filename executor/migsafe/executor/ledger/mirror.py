"""Writes a readable copy of the history beside the manifest, for those who look there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from migsafe.schemas.ledger import PastRun

NAME = ".migration_history"

_HEAD = (
    "# A copy of the ledger in the database, never the truth: migsafe writes it and never reads it. One run a line.\n"
)


def mirror(folder: Path, runs: Sequence[PastRun], shown: Callable[[str], str] = str) -> None:
    """Replace `.migration_history` in `folder` with these runs, in their order, as JSON lines.

    `shown` makes a line harmless to look at without changing what it says.

    The file is readable by its owner only, and there is at any moment either the old or the new one as a whole.
    Raises OSError.
    """
    lines = "".join(f"{shown(run.model_dump_json())}\n" for run in runs)
    handle, name = tempfile.mkstemp(prefix=NAME, dir=folder)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_HEAD + lines)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(folder / NAME)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(folder)


def _sync(folder: Path) -> None:
    """Make the new name durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
