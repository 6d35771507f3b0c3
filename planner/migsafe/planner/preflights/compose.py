"""Composes the queries of preflights: the one place where their SQL is made, identifiers quoted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.schemas.names import QualifiedName
    from migsafe.schemas.preflight import Consequence, Hazard

EXACT_UP_TO = 10_000
"""Rows are counted exactly up to this number: more say nothing that changes a decision, and cost time."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the rows of one table."""

    hazard: Hazard
    consequence: Consequence
    table: QualifiedName
    words: str
    condition: str = ""
    """What such a row fulfils, as SQL; empty for every row."""
    columns: tuple[str, ...] = ()
    """Columns of the table that the question needs as they were before the plan."""
    groups: tuple[str, ...] = ()
    """Expressions that several rows share; then groups of such rows are counted."""
    source: str = ""
    """What stands after FROM; empty for the table itself."""
    alias: str = ""
    """What the table is called there; empty for its own name."""
    needs: tuple[tuple[QualifiedName, tuple[str, ...]], ...] = ()
    """Other tables, and the columns of them that it needs."""
    limit: int = EXACT_UP_TO


@dataclass(frozen=True, slots=True)
class Wordless:
    """A question that should be asked and cannot be put into SQL."""

    hazard: Hazard
    table: QualifiedName
    reason: str
    columns: tuple[str, ...] = field(default=())


def count_sql(question: Question) -> str:
    """A query of one number, at most one above the question's limit."""
    chosen = f"SELECT 1 FROM {_from(question)}{_where(question.condition)}{_grouped(question)}"
    return f"SELECT count(*) FROM ({chosen} LIMIT {question.limit + 1}) AS found"


def sample_sql(question: Question, key: tuple[str, ...]) -> str | None:
    """A query of the key, as texts, of one such row."""
    if not key:
        return None
    prefix = f"{quoted(question.alias)}." if question.alias else ""
    wanted = ", ".join(f"{prefix}{quoted(column)}::text" for column in key)
    condition = question.condition
    if question.groups:
        shared = ", ".join(question.groups)
        group = f"SELECT {shared} FROM {_from(question)}{_where(condition)}{_grouped(question)} LIMIT 1"
        condition = f"({shared}) IN ({group})"
    return f"SELECT {wanted} FROM {_from(question)}{_where(condition)} LIMIT 1"


def _from(question: Question) -> str:
    named = f"{question.table} AS {quoted(question.alias)}" if question.alias else str(question.table)
    return question.source or named


def _where(condition: str) -> str:
    return f" WHERE {condition}" if condition else ""


def _grouped(question: Question) -> str:
    return f" GROUP BY {', '.join(question.groups)} HAVING count(*) > 1" if question.groups else ""


def both(conditions: Iterable[str]) -> str:
    """All of the conditions; empty where there is none."""
    return " AND ".join(f"({one})" for one in conditions if one)


def not_null(columns: Iterable[str]) -> list[str]:
    """One condition for each expression: that it is not NULL."""
    return [f"{column} IS NOT NULL" for column in columns]


def literal(text: str) -> str:
    """A text constant. Sessions of migsafe have standard_conforming_strings on, the server's default since 9.1."""
    return "'" + text.replace("'", "''") + "'"


def listed(names: Iterable[str]) -> str:
    """Names of columns for a sentence."""
    return ", ".join(quoted(name) for name in names)
