"""Lets a server analyse queries without running them, and writes down what it said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

from migsafe.schemas.impact import PreparedQuery, ResultColumn, ServerRefusal
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg
    from psycopg.pq.abc import PGresult

    from migsafe.schemas.impact import Query

_TIMEOUT = "1s"
"""For one query. Analysis takes less than a millisecond; longer is a lock that somebody holds."""

_Type: TypeAlias = "tuple[int, int]"
"""Object id and modifier."""


@dataclass(frozen=True, slots=True)
class Posture:
    """Under which settings queries are read: those of the application, not what a migration made of the session."""

    search_path: str
    role: str


@dataclass(frozen=True, slots=True)
class _Described:
    """What the server said of one query, types still as numbers."""

    refusal: ServerRefusal | None = None
    parameters: tuple[int, ...] = ()
    columns: tuple[tuple[str, _Type], ...] = ()
    relations: tuple[int, ...] = ()


def posture(connection: psycopg.Connection) -> Posture:
    """The settings of the session as it is now."""
    row = connection.execute(_own("posture.sql")).fetchone()
    if row is None:
        raise Problem("the server says nothing of its settings", remedy="see its log, then try again")
    return Posture(*row)


def prepare_all(
    connection: psycopg.Connection, queries: Sequence[Query], under: Posture | None = None
) -> tuple[PreparedQuery, ...]:
    """What the server makes of each query now, in their order; without `under`, with the session's own settings.

    Each is parsed and described by the extended protocol, in a savepoint that is rolled back: nothing is run or locked
    afterwards, and one text is one statement. That gives what pg_prepared_statements shows, and result types also
    before version 16. The role needs USAGE on schemas and no right to any table: those are asked for at execution.
    Queries with an obstacle are not sent. In a transaction that holds locks, `relations` names the locked ones too.
    """
    with connection.transaction(force_rollback=True):
        assumed = under or posture(connection)
        settings = {"role": assumed.role, "search_path": assumed.search_path, "timeout": _TIMEOUT}
        connection.execute(_own("assume.sql"), settings)
        described = [_described(connection, query) for query in queries]
        types, relations = _type_names(connection, described), _relation_names(connection, described)
    return tuple(_prepared(query, found, types, relations) for query, found in zip(queries, described, strict=True))


def _described(connection: psycopg.Connection, query: Query) -> _Described:
    if query.obstacle:
        return _Described(ServerRefusal(message=query.obstacle, sqlstate="", position=0))
    with connection.transaction(force_rollback=True):
        found = _asked(connection, query.sql)
        if found.refusal is not None:
            return found
        relations = tuple(oid for (oid,) in connection.execute(_own("locked.sql")))
        return _Described(None, found.parameters, found.columns, relations)


def _asked(connection: psycopg.Connection, sql: str) -> _Described:
    from psycopg.pq import ExecStatus  # noqa: PLC0415 - slow to import

    server = connection.pgconn
    encoding = connection.info.encoding
    try:
        text = sql.encode(encoding)
    except UnicodeEncodeError:
        return _Described(ServerRefusal(message=f"the text has no form in {encoding}", sqlstate="22021", position=0))
    for result in (server.prepare(b"", text, []), server.describe_prepared(b"")):
        if result.status != ExecStatus.COMMAND_OK:
            return _Described(_refusal(result, encoding))
    return _Described(
        None,
        tuple(result.param_type(number) for number in range(result.nparams)),
        tuple(
            ((result.fname(number) or b"").decode(encoding), (result.ftype(number), result.fmod(number)))
            for number in range(result.nfields)
        ),
    )


def _refusal(result: PGresult, encoding: str) -> ServerRefusal:
    from psycopg.pq import DiagnosticField  # noqa: PLC0415 - slow to import

    message = result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b"the server gave no reason"
    return ServerRefusal(
        message=message.decode(encoding, errors="replace"),
        sqlstate=(result.error_field(DiagnosticField.SQLSTATE) or b"").decode(),
        position=int(result.error_field(DiagnosticField.STATEMENT_POSITION) or 0),
    )


def _type_names(connection: psycopg.Connection, described: Iterable[_Described]) -> dict[_Type, str]:
    """The names of all types that occur, asked for at once."""
    asked = sorted({type_ for found in described for type_ in _types(found)})
    lists = {"types": [oid for oid, _ in asked], "modifiers": [modifier for _, modifier in asked]}
    rows = connection.execute(_own("types.sql"), lists).fetchall()
    return {type_: name or "unknown" for type_, (name,) in zip(asked, rows, strict=True)}


def _relation_names(connection: psycopg.Connection, described: Iterable[_Described]) -> dict[int, str]:
    """The names of all tables and views that occur, as they are now."""
    asked = sorted({oid for found in described for oid in found.relations})
    rows = connection.execute(_own("relations.sql"), [asked]).fetchall()
    return {oid: str(QualifiedName(name, schema)) for oid, schema, name in rows}


def _types(found: _Described) -> list[_Type]:
    return [*((oid, -1) for oid in found.parameters), *(type_ for _, type_ in found.columns)]


def _prepared(query: Query, found: _Described, types: dict[_Type, str], relations: dict[int, str]) -> PreparedQuery:
    return PreparedQuery(
        query=query,
        refusal=found.refusal,
        parameters=tuple(types[oid, -1] for oid in found.parameters),
        columns=tuple(
            ResultColumn(name=name, type=types[type_], identity=f"{type_[0]}:{type_[1]}")
            for name, type_ in found.columns
        ),
        relations=tuple(sorted(relations[oid] for oid in found.relations if oid in relations)),
    )


@cache
def _own(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
