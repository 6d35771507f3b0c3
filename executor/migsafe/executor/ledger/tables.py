"""The tables of the ledger: whether they are there, making them, and bringing them up to date."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from migsafe.schemas.names import quoted
from migsafe.schemas.problem import Problem, Refusal

if TYPE_CHECKING:
    import psycopg

FORMAT = 2
"""Version of the tables that this migsafe reads and writes."""

_FIRST = 1
"""The format that `install.sql` makes."""

UPGRADES: dict[int, str] = {1: "format_2.sql"}
"""For each older format the `.sql` file that lifts it to the next one, and adds a row to `migsafe.meta`."""


class LedgerDamaged(Problem):
    """The ledger is not whole. Nothing was changed."""


class LedgerUnreadable(Refusal):
    """The role that connects may not read or make the ledger. Nothing was changed."""


class LedgerTooNew(Refusal):
    """A newer migsafe wrote the ledger. Nothing was changed."""


class Meta(NamedTuple):
    """What the ledger says of itself."""

    format: int
    lineage: str


def meta(connection: psycopg.Connection) -> Meta | None:
    """What the ledger says of itself; None where there is no ledger at all.

    Raises LedgerDamaged where part of it is gone, LedgerUnreadable where this role would not see its rows, and
    LedgerTooNew.
    """
    has_schema, tables, hidden = connection.execute(_own("found.sql")).fetchone() or (False, [], False)
    if not has_schema:
        return None
    if missing := {"ledger", "meta"} - set(tables):
        raise _gone(
            f"the schema migsafe is there, but not {' and '.join(f'migsafe.{name}' for name in sorted(missing))}"
        )
    if hidden:
        raise _unreadable(connection, "row level security hides its rows from this role")
    about = _read_meta(connection)
    if about.format > FORMAT:
        raise LedgerTooNew(
            f"the ledger has format {about.format}",
            why=f"a newer migsafe wrote it; this one knows formats up to {FORMAT}",
            remedy="upgrade this one: pip install --upgrade migsafe",
        )
    return about


def install(connection: psycopg.Connection) -> None:
    """Make the ledger, or lift an older one to the present format, in one transaction; else do nothing.

    Raises LedgerUnreadable naming the right that is missing, LedgerDamaged and LedgerTooNew.
    """
    from psycopg import errors  # noqa: PLC0415 - slow to import

    try:
        with connection.transaction():
            about = meta(connection)
            if about is None:
                connection.execute(_own("install.sql"))
            for older in range(_FIRST if about is None else about.format, FORMAT):
                connection.execute(_own(UPGRADES[older]))
            # What it holds follows from the target, so that a lost one is no damage.
            if connection.execute(
                "SELECT FROM pg_catalog.to_regclass('migsafe.catalog') AS t WHERE t IS NULL"
            ).rowcount:
                connection.execute(_own("catalog.sql"))
    except errors.InsufficientPrivilege as error:
        raise LedgerUnreadable(
            "the ledger cannot be made: the role that connects may not create the schema migsafe",
            why=error.diag.message_primary or "the server refuses it",
            remedy=f"as the database's owner: GRANT CREATE ON DATABASE {_this(connection)}",
        ) from error


def _read_meta(connection: psycopg.Connection) -> Meta:
    from psycopg import errors  # noqa: PLC0415 - slow to import

    try:
        row = connection.execute(_own("meta.sql")).fetchone()
    except errors.InsufficientPrivilege as error:
        raise _unreadable(connection, error.diag.message_primary or "the server refuses it") from error
    if row is None:
        raise _gone("migsafe.meta is empty")
    return Meta(int(row[0]), str(row[1]))


def _gone(why: str) -> LedgerDamaged:
    return LedgerDamaged(
        "the history table of migsafe is gone from this database",
        why=why,
        remedy="restore the schema migsafe from a backup (migsafe backup list); without one, compare the database with "
        "the migrations before you drop the schema migsafe and begin a new history",
    )


def _unreadable(connection: psycopg.Connection, why: str) -> LedgerUnreadable:
    return LedgerUnreadable(
        f"the ledger cannot be read as {connection.info.user}",
        why=why,
        remedy="connect as the role that owns the schema migsafe: psql -c '\\dn migsafe' names it",
    )


def _this(connection: psycopg.Connection) -> str:
    return f"{quoted(connection.info.dbname)} TO {quoted(connection.info.user)}"


def _own(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
