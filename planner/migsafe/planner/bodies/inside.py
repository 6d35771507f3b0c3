"""The statements inside a statement: of its code block, and of the functions that it calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.volatility import is_steady
from migsafe.planner.bodies import plpgsql
from migsafe.planner.bodies.plpgsql import Embedded, Opaque
from migsafe.planner.parse import Statement, parse
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.state_objects import FunctionState
    from migsafe.schemas.names import QualifiedName

DEEPEST = 8
"""Calls within calls that are followed."""

# Functions of PostgreSQL that are volatile and change no table: what they do is known.
_KNOWN = frozenset(
    """
    clock_timestamp currval gen_random_uuid lastval nextval pg_advisory_xact_lock pg_advisory_lock pg_advisory_unlock
    pg_notify pg_reload_conf pg_sleep pg_try_advisory_lock pg_try_advisory_xact_lock random set_config setval timeofday
    """.split()
)

# Functions of extensions that write only their extension's own tables, or none: a job is scheduled, a request queued, a
# secret kept, a queue made. What a job or a message does later is no part of the migration.
_OF_EXTENSIONS = frozenset(
    """
    cron.alter_job cron.schedule cron.schedule_in_database cron.unschedule net.http_delete net.http_get net.http_post
    pgmq.archive pgmq.create pgmq.create_unlogged pgmq.delete pgmq.read pgmq.send pgmq.send_batch
    vault.create_secret vault.update_secret
    gen_random_bytes gen_salt uuid_generate_v1 uuid_generate_v4
    extensions.gen_random_bytes extensions.gen_salt extensions.uuid_generate_v1 extensions.uuid_generate_v4
    """.split()
)


@dataclass(frozen=True, slots=True)
class Inside:
    """What a statement runs beside itself."""

    statements: tuple[Statement, ...] = ()
    """In order; places are those in the file. Branches and loops count as taken, once."""
    unknown: tuple[str, ...] = ()
    """What could not be analysed, each as a clause."""


_NOTHING = Inside()
_OPENS = (act.DoBlock, act.CallProcedure, act.Select, act.SessionCommand, act.Unread)


def inside(statement: Statement, state: SchemaState) -> Inside:
    """What the statement runs beside itself, one level deep; `state` has the bodies of the functions that it calls."""
    if not any(isinstance(action, _OPENS) for action in statement.actions):
        return _NOTHING
    parts = [_of_action(action, statement, state) for action in statement.actions]
    return Inside(
        tuple(found for part in parts for found in part.statements),
        tuple(dict.fromkeys(word for part in parts for word in part.unknown)),
    )


def unfolded(statement: Statement, state: SchemaState) -> Iterator[Statement]:
    """The statement and, in order, everything that it runs, at any depth.

    Lazily: whoever walks may change `state` by each statement before asking for the next.
    """
    yield statement
    for each in inside(statement, state).statements:
        yield from unfolded(each, state)


def _of_action(action: act.Action, statement: Statement, state: SchemaState) -> Inside:  # noqa: PLR0911 - one short case for each action
    match action:
        case act.DoBlock(language="plpgsql", body=body):
            return _placed(_block(body), statement, body)
        case act.DoBlock(language=language):
            return Inside((), (f"a code block in {language} was not analysed",))
        case act.CallProcedure(call=call):
            return _called([call], statement, state)
        case act.Select(calls=calls):
            return _called([call for call in calls if _may_do_something(call.function)], statement, state)
        case act.SessionCommand(command="EXECUTE" as command):
            return Inside((), (f"what {command} runs was not analysed",))
        case act.Unread(kind=kind):
            return Inside((), (f"{kind} was not analysed",))
        case _:
            return _NOTHING


def _may_do_something(function: QualifiedName) -> bool:
    if function.schema in {None, "pg_catalog"} and function.name in _KNOWN:
        return False
    return not is_steady(function)


def _of_an_extension(function: QualifiedName) -> bool:
    return ".".join(part for part in (function.schema, function.name) if part) in _OF_EXTENSIONS


def _called(calls: Iterable[act.Call], statement: Statement, state: SchemaState) -> Inside:
    found: list[Statement] = []
    unknown: list[str] = []
    for call in dict.fromkeys(calls):
        name = str(call.function)
        overloads = _meant(call, state.functions.get(state.function_name(call.function), ()))
        if name in statement.within or len(statement.within) >= DEEPEST:
            continue  # a function that calls itself does nothing new
        if not overloads and not _of_an_extension(call.function):
            unknown.append(f"what {name}() does was not analysed")
        for overload in overloads:
            part = _of_function(call, overload, replace(statement, within=(*statement.within, name)))
            found.extend(part.statements)
            unknown.extend(part.unknown)
    return Inside(tuple(found), tuple(unknown))


def _meant(call: act.Call, overloads: tuple[FunctionState, ...]) -> tuple[FunctionState, ...]:
    """The overloads that take as many arguments, arrays where arrays are given; all of them where none does."""
    fitting = tuple(each for each in overloads if _takes(each, call.arguments))
    return fitting or overloads


def _takes(function: FunctionState, given: tuple[str | None, ...]) -> bool:
    if not len(function.arguments) - function.optional <= len(given) <= len(function.arguments):
        return False
    pairs = zip(given, function.arguments, strict=False)
    return all(text is None or (text.startswith("{") and text.endswith("}")) is kind.array for text, kind in pairs)


def _of_function(call: act.Call, function: FunctionState, caller: Statement) -> Inside:
    if function.volatility == "immutable":
        return _NOTHING
    if function.body is None or function.language not in {"sql", "plpgsql"}:
        return Inside((), (f"what {call.function}() does was not analysed",))
    if function.language == "sql":
        return _placed((Embedded(0, function.body),), caller, None)
    return _placed(plpgsql.read(_definition(function), _given(call, function)), caller, None, f"{call.function}(): ")


def _given(call: act.Call, function: FunctionState) -> tuple[tuple[str, str], ...]:
    """The arguments that are constants, given or by default, by position and by name."""
    missing = max(0, len(function.arguments) - len(call.arguments))
    texts = (*call.arguments, *function.defaults[function.optional - missing :]) if missing else call.arguments
    names = function.names or ("",) * len(texts)
    constants = [(number, text) for number, text in enumerate(texts) if text is not None]
    by_name = ((names[number], text) for number, text in constants if number < len(names) and names[number])
    return (*((f"${number + 1}", text) for number, text in constants), *by_name)


def _definition(function: FunctionState) -> str:
    """A CREATE FUNCTION of the same body, which is all that the PL/pgSQL parser wants."""
    pairs = zip(function.names or ("",) * len(function.arguments), function.arguments, strict=False)
    arguments = ", ".join(f"{name} {kind}".strip() for name, kind in pairs)
    returns = str(function.returns) if function.returns is not None else "void"
    tag = _tag(function.body or "")
    return f"CREATE FUNCTION f({arguments}) RETURNS {returns} LANGUAGE plpgsql AS {tag}{function.body}{tag}"


def _block(body: str) -> tuple[Embedded | Opaque, ...]:
    tag = _tag(body)
    return plpgsql.read(f"DO {tag}{body}{tag}")


def _tag(body: str) -> str:
    """A dollar quote that does not stand in the body."""
    number = 0
    while (tag := f"$body{number or ''}$") in body:
        number += 1
    return tag


def _placed(found: Iterable[Embedded | Opaque], around: Statement, body: str | None, prefix: str = "") -> Inside:
    """What was found, with its place in the file: of a block its own line, of a function that of the call."""
    statements: list[Statement] = []
    unknown: list[str] = []
    for each in found:
        line, column = _place(around, body, each.line)
        match each:
            case Opaque(what=what):
                where = f"line {line}: " if body is not None and each.line else ""
                unknown.append(f"{prefix}{where}{what}")
            case Embedded(sql=sql):
                try:
                    parsed = _parsed(sql, around.path)
                except Refusal as refusal:
                    unknown.append(f"{prefix}line {line}: {refusal.what}")
                    continue
                statements.extend(
                    replace(one, line=line, column=column, sha256=around.sha256, within=around.within or ("DO",))
                    for one in parsed
                )
    return Inside(tuple(statements), tuple(unknown))


@lru_cache(maxsize=4096)
def _parsed(sql: str, path: str) -> tuple[Statement, ...]:
    return parse(sql.encode(), path)


def _place(around: Statement, body: str | None, line: int) -> tuple[int, int]:
    """Line and column in the file of a line of the body; the statement's own where the body is not written plainly."""
    start = around.sql.find(body) if body else -1
    if start < 0 or not body or not line:
        return around.line, around.column
    text = body.splitlines()[line - 1] if line <= len(body.splitlines()) else ""
    indent = len(text) - len(text.lstrip()) + 1
    lines_before = around.sql.count("\n", 0, start)
    if line == 1:
        indent += start - (around.sql.rfind("\n", 0, start) + 1) + (around.column - 1 if lines_before == 0 else 0)
    return around.line + lines_before + line - 1, indent
