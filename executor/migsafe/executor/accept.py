"""Takes the catalog as it is for what it should be."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from migsafe.executor.ledger.entries import CatalogAccepted
from migsafe.executor.ledger.journal import Journal, position
from migsafe.executor.ledger.kept import KeptCatalog, keep
from migsafe.executor.ledger.read import read
from migsafe.executor.ledger.tables import install
from migsafe.executor.mutex import Mutex
from migsafe.executor.survey import present_catalog
from migsafe.schemas.problem import Drift, Partial

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.catalog import Catalog


def accept_present(
    url: str, connection: psycopg.Connection, schemas: tuple[str, ...], *, actor: str, tool: str
) -> Catalog:
    """Record the present catalog of these schemas for what it should be, under the lock of the target; the catalog.

    `connection` is one to `url`, in autocommit mode. Plans that were made before are stale afterwards. Raises Locked,
    Drift where the ledger was changed by hand, and Partial where a run broke off: its work is not what should be.
    """
    with Mutex.take(url):
        ledger = read(connection)
        if not ledger.intact:
            raise Drift(
                f"the ledger was changed by hand: entry {ledger.broken_at} does not fit the one before it",
                why="nothing is added to a broken history",
                remedy="see it: migsafe history; restore the schema migsafe from a backup: migsafe backup list",
            )
        if ledger.unfinished is not None and ledger.unfinished.half_done:
            raise Partial(
                "a run broke off in the middle of a migration",
                why="what it left is not how the target should be",
                remedy="go on with it first: migsafe status names the command",
            )
        install(connection)
        catalog = present_catalog(connection, schemas)
        kept = KeptCatalog(schemas=schemas, server_version=connection.info.server_version, catalog=catalog)
        with connection.transaction():
            accepted = CatalogAccepted(catalog=keep(connection, kept), actor=actor, tool=tool)
            Journal(connection, str(uuid.uuid4()), position(connection)).record(accepted)
        return catalog
