"""What the caller of a run decides, and what a run came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from migsafe.executor.standing import BrokenOff

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from migsafe.executor.steps.lone import Answer
    from migsafe.schemas.backup import BackupRecord
    from migsafe.schemas.catalog import Catalog, Change
    from migsafe.schemas.events import Listener

TakeBackup: TypeAlias = "Callable[[Listener], BackupRecord]"
"""Takes the backup of the target, verified when it returns; raises BackupFailed."""

Compare: TypeAlias = "Callable[[Catalog, Catalog], tuple[Change, ...]]"
"""What differs between two catalogs."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """The word of somebody who goes without the backup that is due."""

    who: str
    how: str
    """How they confirmed it, e.g. `--skip-backup, confirmed at the prompt`."""


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """What the caller decides."""

    now: dt.datetime
    """The present moment, with its offset: expiry, window and freeze are judged by it."""
    actor: str
    """Operating system user and host, e.g. `ann@build-7`."""
    tool: str
    """Version of migsafe."""
    take_backup: TakeBackup | None = None
    waiver: Waiver | None = None
    """Given where the backup that is due is to be skipped."""
    wait_ms: int = 0
    """How long to wait for another run to end."""
    answer: Answer | None = None
    """What a person says of a step that broke off and that the catalog tells nothing about."""
    broken_off: BrokenOff = BrokenOff.REFUSE
    compare: Compare | None = None
    """Says in sentences what changed where the plan no longer fits the target."""
    schemas: tuple[str, ...] = ()
    """The managed schemas, whose catalog is recorded when all is done; empty: none is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    run: str | None
    """Its id in the ledger; None for a dry run."""
    resumed: bool
    migrations: tuple[str, ...]
    """Files applied or reverted (or tried), in order."""
    steps: int
    """Steps done in this run."""
    backup: BackupRecord | None
    not_tried: tuple[str, ...]
    """What a dry run could not try, in words."""
    seconds: float
