"""What a plan does to the application's queries: the queries, what the server made of them, and the verdicts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from migsafe.schemas.document import Document


class InFile(Document):
    """The query stands in a file of the project."""

    kind: Literal["file"]
    path: str
    """The file, relative to the manifest."""
    line: int
    """Line of the query's first word, from 1."""

    def __str__(self) -> str:
        """`path:line`."""
        return f"{self.path}:{self.line}"


class InStatistics(Document):
    """The query was seen by pg_stat_statements of the target."""

    kind: Literal["statistics"]
    id: str
    """`queryid` of pg_stat_statements."""
    calls: int
    """How often it was called since the statistics were reset."""
    mean_ms: float
    """Mean time of a call in milliseconds."""

    def __str__(self) -> str:
        """How often it was called, and its id for who wants to look it up."""
        times = "once" if self.calls == 1 else f"{self.calls:,} times"
        return f"called {times} (pg_stat_statements {self.id})"


Origin: TypeAlias = Annotated[InFile | InStatistics, Field(discriminator="kind")]


class Query(Document):
    """One query of the application."""

    sql: str
    """The text with parameters as $1, $2, ...; as it was found where `obstacle` says something."""
    origin: Origin
    """Where it comes from."""
    obstacle: str
    """Why it cannot be given to a server at all; empty where it can."""


class ResultColumn(Document):
    """One column of what a query returns."""

    name: str
    """Its name, unquoted."""
    type: str
    """Its type as PostgreSQL spells it, with precision and the like; a row type with its columns."""
    identity: str
    """Object id and modifier of the type: the same when the type is renamed. Means something in one database only."""

    def is_like(self, other: ResultColumn) -> bool:
        """Whether a client that keeps a prepared statement takes one for the other."""
        renamed_type = self.identity == other.identity and self.type.partition("(")[2] == other.type.partition("(")[2]
        return self.name == other.name and (self.type == other.type or renamed_type)

    def __str__(self) -> str:
        """Name and type."""
        return f"{self.name} {self.type}"


class ServerRefusal(Document):
    """What the server said of a query that it did not prepare."""

    message: str
    """Its primary message."""
    sqlstate: str
    """Five characters."""
    position: int
    """Where in the query's text, in characters from 1; 0 where the server does not say."""


class PreparedQuery(Document):
    """A query and what a server made of it at one moment."""

    query: Query
    """The query."""
    refusal: ServerRefusal | None
    """Set when the server did not prepare it."""
    parameters: tuple[str, ...]
    """Types of $1, $2, ..."""
    columns: tuple[ResultColumn, ...]
    """What it returns; empty where it returns no rows."""
    relations: tuple[str, ...]
    """Relations that it reads or writes, also through views, qualified and quoted as in SQL."""


class Verdict(StrEnum):
    """What becomes of a query."""

    BROKEN = "broken"
    RESULT_TYPE_CHANGES = "result-type-changes"
    UNAFFECTED = "unaffected"
    NOT_CHECKABLE = "not-checkable"


class Cause(Document):
    """The statement of a migration that did it."""

    path: str
    """The migration's file, relative to the manifest."""
    line: int
    """Line of the statement's first word, from 1."""
    statement: str
    """The statement, or its first line."""
    sha256: str
    """SHA-256 of the statement as in the plan, for exemptions; empty where it is not known."""


class Touched(Document):
    """A relation that a query uses, or a column of it."""

    relation: str
    """The relation, qualified and quoted as in SQL."""
    column: str
    """The column, unquoted; empty for the relation as a whole."""

    def __str__(self) -> str:
        """`schema.table.column` or `schema.table`."""
        return f"{self.relation}.{self.column}" if self.column else self.relation


class QueryImpact(Document):
    """What a plan does to one query."""

    query: Query
    """The query."""
    verdict: Verdict
    """Whether it still works and returns the same."""
    message: str
    """Broken, not checkable: the server's words or the reason. Result changes: before and after. Else empty."""
    sqlstate: str
    """SQLSTATE of the server's refusal; 0A000 where only clients that keep it prepared fail; else empty."""
    position: int
    """Where in the query's text, in characters from 1; 0 where unknown."""
    because: Cause | None
    """The statement that did it, where it could be told."""
    objects: tuple[Touched, ...]
    """What of the schema the query uses."""
    estimated: bool
    """True where no server was asked."""
    altered: tuple[Touched, ...] = ()
    """Of these, what the plan drops, renames or retypes; always an estimate, told from the text of the query."""
