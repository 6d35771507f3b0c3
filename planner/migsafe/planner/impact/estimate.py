"""What a plan does to queries, told without a server from the columns that they use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from migsafe.planner.impact.placeholders import without_dollars
from migsafe.planner.impact.relations import RelationRenamed
from migsafe.schemas.impact import QueryImpact, Touched, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlglot import exp

    from migsafe.planner.impact.relations import Change, Relations
    from migsafe.planner.impact.scope import Output
    from migsafe.planner.impact.types import Type
    from migsafe.schemas.impact import Cause, Query


@dataclass(frozen=True, slots=True)
class Understood:
    """A query read against a schema."""

    sqlstate: str
    """Of the refusal that is foretold; empty where the query is fine or cannot be judged."""
    message: str
    """Why it would not be prepared, or cannot be judged; empty where it is fine."""
    output: Output
    objects: tuple[Touched, ...]

    @property
    def fine(self) -> bool:
        """Whether everything in the query was found."""
        return not self.message


@lru_cache(maxsize=2048)
def _tree(sql: str) -> exp.Expr:
    """The tree of a query; read only, since it is kept for the next look at the same query."""
    from sqlglot import parse_one  # noqa: PLC0415 - slow to import, and wanted only here

    return parse_one(without_dollars(sql), dialect="postgres")


def understood(sql: str, relations: Relations) -> Understood:
    """What a query uses and returns. What sqlglot cannot read, or we cannot follow, has a message and no SQLSTATE."""
    from sqlglot import errors  # noqa: PLC0415 - slow to import, and wanted only here

    from migsafe.planner.impact.rows import rows  # noqa: PLC0415 - imports sqlglot
    from migsafe.planner.impact.scope import Reading, Refused, Scope, Unclear  # noqa: PLC0415 - only needed here

    reading = Reading(relations, rows)
    try:
        tree = _tree(sql)
        output = rows(tree, Scope(), reading)
    except Refused as refused:
        return Understood(refused.sqlstate, str(refused), (), ())
    except (Unclear, errors.SqlglotError, RecursionError, AttributeError, LookupError, TypeError, ValueError) as error:
        # The last four: a tree in a shape that was not met before. That is no reason to stop a plan.
        reason = str(error).partition("\n")[0] or "it is nested too deeply"
        return Understood("", f"it is not understood without a server: {reason}", (), ())
    return Understood(
        "", "", output, tuple(Touched(relation=str(name), column=column) for name, column in reading.touched)
    )


def estimated(queries: Iterable[Query], relations: Relations, changes: Sequence[Change]) -> tuple[QueryImpact, ...]:
    """The impact of changes on each query, marked as an estimate.

    `relations` is the schema before; the changes are made one after the other, and the first that breaks a query, or
    alters what it returns, is named. A query that is not understood before is not checkable, never broken.
    """
    stages = [_Stage(relations, None, frozenset())]
    for change in changes:
        stages.append(_Stage(stages[-1].relations.after(change.alteration), change.because, _names(change)))
    return tuple(_impact(query, stages) for query in queries)


@dataclass(frozen=True, slots=True)
class _Stage:
    """The schema after one alteration."""

    relations: Relations
    because: Cause | None
    names: frozenset[str]
    """The relations that it altered: only a query that uses one of them is read again."""


def _names(change: Change) -> frozenset[str]:
    alteration = change.alteration
    renamed = {str(alteration.to)} if isinstance(alteration, RelationRenamed) else set()
    return frozenset({str(alteration.relation), *renamed})


def _impact(query: Query, stages: Sequence[_Stage]) -> QueryImpact:
    if query.obstacle:
        return _judged(query, Verdict.NOT_CHECKABLE, Understood("", query.obstacle, (), ()), "", None)
    before = understood(query.sql, stages[0].relations)
    if not before.fine:
        return _judged(query, Verdict.NOT_CHECKABLE, before, "", None)
    now, verdict, because = before, Verdict.UNAFFECTED, None
    used = {touched.relation for touched in before.objects}
    for stage in stages[1:]:
        if used.isdisjoint(stage.names):
            continue
        found = understood(query.sql, stage.relations)
        becomes = _verdict(before, found)
        if becomes is not verdict:
            because = None if becomes is Verdict.UNAFFECTED else stage.because
            now, verdict = found, becomes
        elif becomes is not Verdict.BROKEN:
            now = found
    message = _change(before.output, now.output) if verdict is Verdict.RESULT_TYPE_CHANGES else now.message
    told = Understood(now.sqlstate, message, (), before.objects)
    altered = (
        () if verdict is Verdict.UNAFFECTED else _altered(before.objects, stages[0].relations, stages[-1].relations)
    )
    # Clients that keep a statement prepared get 0A000 for other columns, and nothing for other keys inside of JSON.
    kept = verdict is Verdict.RESULT_TYPE_CHANGES and not _only_json(before.output, now.output)
    impact = _judged(query, verdict, told, "0A000" if kept else now.sqlstate, because)
    return impact.model_copy(update={"altered": altered})


def _altered(objects: Iterable[Touched], before: Relations, after: Relations) -> tuple[Touched, ...]:
    """Of what a query uses: relations that are gone, and columns that are gone or of another type."""
    old = {str(name): columns for name, columns in before.columns.items()}
    new = {str(name): columns for name, columns in after.columns.items()}
    found: dict[Touched, None] = {}
    for touched in objects:
        known, left = old.get(touched.relation, {}), new.get(touched.relation)
        if left is None:
            found[Touched(relation=touched.relation, column="")] = None
        elif touched.column and left.get(touched.column) != known.get(touched.column):
            found[touched] = None
    return tuple(found)


def _judged(query: Query, verdict: Verdict, found: Understood, sqlstate: str, because: Cause | None) -> QueryImpact:
    return QueryImpact(
        query=query,
        verdict=verdict,
        message=found.message,
        sqlstate=sqlstate,
        position=0,
        because=because,
        objects=found.objects,
        estimated=True,
    )


def _verdict(before: Understood, after: Understood) -> Verdict:
    if not after.fine:
        return Verdict.BROKEN if after.sqlstate else Verdict.NOT_CHECKABLE
    if len(before.output) != len(after.output):
        return Verdict.RESULT_TYPE_CHANGES
    pairs = zip(before.output, after.output, strict=True)
    same = all(name == other and _same(type_, other_type) for (name, type_), (other, other_type) in pairs)
    return Verdict.UNAFFECTED if same else Verdict.RESULT_TYPE_CHANGES


def _same(before: Type, after: Type) -> bool:
    """Rows must be alike; JSON that is made of rows must keep its keys, and may get more."""
    if before.name != after.name:
        return False
    if before.base in {"json", "jsonb"}:
        return {name for name, _ in before.fields} <= {name for name, _ in after.fields}
    return before.fields == after.fields


def _only_json(before: Output, after: Output) -> bool:
    """Whether nothing but the content of JSON is different."""
    return [(name, type_.name) for name, type_ in before] == [(name, type_.name) for name, type_ in after] and all(
        type_.base in {"json", "jsonb"} or type_.fields == other.fields
        for (_, type_), (_, other) in zip(before, after, strict=True)
    )


def _change(before: Output, after: Output) -> str:
    gone = [_shown(column) for column in before if column not in after]
    new = [_shown(column) for column in after if column not in before]
    parts = [f"no longer {', '.join(gone)}" if gone else "", f"now {', '.join(new)}" if new else ""]
    return f"the result has {' and '.join(part for part in parts if part)}"


def _shown(column: tuple[str, Type]) -> str:
    name, type_ = column
    if type_.fields:
        return f"{name} with {', '.join(field for field, _ in type_.fields)}"
    return f"{name} {type_.name}".rstrip() if "?" not in type_.name else name
