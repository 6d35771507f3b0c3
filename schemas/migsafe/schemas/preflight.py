"""Preflights: questions about the rows of the target whose answers decide whether a statement fails or loses data."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from migsafe.schemas.document import Document


class Hazard(StrEnum):
    """What the rows may have that a statement cannot stand, or would take away."""

    NULLS = "nulls"
    DUPLICATES = "duplicates"
    ORPHANS = "orphans"
    UNFITTING_VALUES = "unfitting-values"
    CHECK_VIOLATED = "check-violated"
    EXCLUSION_VIOLATED = "exclusion-violated"
    DOMAIN_VIOLATED = "domain-violated"
    OUTSIDE_PARTITION = "outside-partition"
    IN_DEFAULT_PARTITION = "in-default-partition"
    ROWS_WITHOUT_VALUE = "rows-without-value"
    LOST_VALUES = "lost-values"
    LOST_ROWS = "lost-rows"
    LOST_PRECISION = "lost-precision"


class Consequence(StrEnum):
    """What it means when rows are found."""

    FAILS = "fails"
    """The statement fails on them, whatever else holds."""
    LOSES = "loses"
    """They, or what they hold, are gone afterwards."""
    SETTLED = "settled"
    """An earlier statement of the plan changes these rows; whether it settles all of them is known only then."""


class Preflight(Document):
    """One question about the rows that stand in the target before the plan."""

    hazard: Hazard
    """What is looked for."""
    consequence: Consequence
    """What it means when it is found."""
    object: str
    """The table, qualified and quoted as in SQL."""
    question: str
    """The question in words."""
    limit: int
    """Rows or groups are counted exactly up to this number."""
    count_sql: str
    """A query of one number: how many there are, at most `limit` + 1."""
    sample_sql: str | None
    """A query of at most one row, the primary key of an offending row as texts; null where no key is known."""
    key: tuple[str, ...]
    """Columns of that key."""
    path: str
    """The file of the statement, relative to the manifest."""
    line: int
    """Line of the statement's first word, from 1."""
    column: int
    """Column of the statement's first word in characters, from 1."""
    excerpt: str
    """The line of the file at which the statement begins."""
    statement: str
    """SHA-256 of the statement."""


class Unasked(Document):
    """A question that should have been asked and could not be put into SQL, or was not answered."""

    hazard: Hazard
    object: str
    """The table, qualified and quoted as in SQL."""
    reason: str
    """Why not, in words."""
    path: str
    line: int
    statement: str
    """SHA-256 of the statement."""


class Clear(Document):
    """No such row."""

    kind: Literal["clear"]


class Found(Document):
    """There are such rows."""

    kind: Literal["found"]
    count: int
    """How many rows or groups of rows."""
    at_least: bool
    """Whether counting stopped there."""
    sample: tuple[str, ...] | None
    """The primary key of one of them; null where none was asked for or known."""


class TimedOut(Document):
    """The answer did not come in time, or somebody holds the table."""

    kind: Literal["timed-out"]
    after_ms: int
    """How long it was waited for."""


class Refused(Document):
    """The server refused the question."""

    kind: Literal["refused"]
    sqlstate: str
    """Its error code; the message is left out, because it may quote data."""


PreflightResult = Annotated[Clear | Found | TimedOut | Refused, Field(discriminator="kind")]
"""The answer to a preflight."""


class Answered(Document):
    """A question and its answer."""

    preflight: Preflight
    result: PreflightResult


class Preflights(Document):
    """All questions about the rows of a target that a plan gives rise to, with their answers."""

    answered: tuple[Answered, ...]
    """In the order of the statements."""
    unasked: tuple[Unasked, ...]
    """Those without an answer."""


NO_PREFLIGHTS = Preflights(answered=(), unasked=())


def words_of(result: Found) -> str:
    """The count in words, e.g. `3`, `more than 1,000`."""
    return f"more than {result.count:,}" if result.at_least else f"{result.count:,}"
