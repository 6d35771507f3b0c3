"""A shadow as whoever rehearses on it sees it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.executor.connect import leave_out_the_shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.schemas.catalog import Catalog
    from migsafe.schemas.evidence import Shadow


@dataclass(frozen=True, slots=True)
class ShadowDatabase:
    """A database that may be changed at will, and is dropped in the end."""

    url: str
    """Connects as the role that migrations run as, which is no superuser."""
    watcher_url: str
    """Connects as a role that may lock every table."""
    about: Shadow
    """What it is, as evidence tells of it."""
    schemas: tuple[str, ...]
    """The schemas whose catalog is compared."""
    template: str = ""
    """The key of the template that has it as it was made; empty where it is on a server of somebody else."""


@contextmanager
def session(url: str) -> Iterator[psycopg.Connection]:
    """A connection in autocommit mode to a server of ours."""
    import psycopg  # noqa: PLC0415 - slow to import

    leave_out_the_shell()
    with psycopg.connect(url, autocommit=True, prepare_threshold=None, application_name="migsafe rehearsal") as opened:
        yield opened


def catalog_of(shadow: ShadowDatabase) -> Catalog:
    """Everything of the shadow's schemas that a migration can change."""
    from migsafe.executor.catalog import read_catalog  # noqa: PLC0415 - with psycopg
    from migsafe.executor.survey.shape import same_spelling  # noqa: PLC0415 - with psycopg

    with session(shadow.url) as connection, connection.transaction(force_rollback=True), same_spelling(connection):
        return read_catalog(connection, shadow.schemas)
