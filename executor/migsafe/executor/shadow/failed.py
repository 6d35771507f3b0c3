"""A scratch server that fails, and kept databases that are damaged: these are cleared away and can be made anew."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migsafe.executor.server.cluster import NotUsable
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

_WITHOUT = "see .migsafe/shadow/*/server.log, then try again; or go without: --no-rehearsal"
# Of a corrupt table or index, and of files that are missing or cannot be read.
_OF_DAMAGE = ("XX", "58")


class ScratchFailed(Problem):
    """The scratch server broke off the rehearsal. The target was not touched."""


class Damaged(ScratchFailed):
    """What was kept of earlier rehearsals could not be used and is gone. The same once more makes it anew."""


def broke_off(error: psycopg.Error) -> ScratchFailed:
    """The Problem of an error that no statement of a plan explains."""
    said = error.diag.message_primary or str(error).strip() or "the connection to it was lost"
    return ScratchFailed(
        "the scratch server broke off the rehearsal; the target was not touched",
        why=f"{said.splitlines()[0]} ({error.sqlstate or 'no SQLSTATE'})",
        remedy=_WITHOUT,
    )


@contextmanager
def cleared_where_damaged(data: Path) -> Iterator[None]:
    """Remove the data of a scratch server whose fault the failure of the block may be. Nobody else uses it.

    Raises Damaged where there was data to blame, ScratchFailed where there was none, and other Problems as they are.
    """
    import psycopg  # noqa: PLC0415 - slow to import

    kept = data.exists()
    try:
        yield
    except (psycopg.Error, Problem) as error:
        if kept and _tells_of_damage(error):
            shutil.rmtree(data)
            raise Damaged(
                "what was kept of earlier rehearsals could not be used and was removed; the target was not touched",
                why=str(error).strip().splitlines()[0],
                remedy="run the same command again: it begins with an empty scratch server",
            ) from error
        if isinstance(error, psycopg.Error):
            raise broke_off(error) from error
        raise


def _tells_of_damage(error: BaseException) -> bool:
    """Whether what is kept may be at fault: it does not start, or an error of the server that no statement explains."""
    import psycopg  # noqa: PLC0415 - slow to import

    if isinstance(error, NotUsable | psycopg.Error):
        return True
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith(_OF_DAMAGE):
            return True
        cause = cause.__cause__
    return False
