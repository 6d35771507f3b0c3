"""A SECURITY DEFINER function that strangers may call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.policies_left import policies_left
from migsafe.planner.rules.clues.relations_left import FunctionLeft, callable_by_api, functions_left
from migsafe.planner.rules.clues.strangers import Rights, rights
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


_ASKING = ("auth.uid", "auth.jwt", "auth.role", "auth.email", "current_setting", "session_user", "request.jwt")
"""Words of a body that looks at who calls."""


def _body(left: FunctionLeft) -> str:
    return (left.made.body or left.statement.sql).lower().replace('"', "")


def _asking(functions: Iterable[FunctionLeft]) -> set[QualifiedName]:
    """The functions whose body looks at who calls, or calls one of the set that does."""
    bodies = {left.name: _body(left) for left in functions}
    found = {name for name, body in bodies.items() if any(word in body for word in _ASKING)}
    called = [re.compile(rf"\b{re.escape(name.name)}\s*\(") for name in found]
    return found | {name for name, body in bodies.items() if any(call.search(body) for call in called)}


def _open_to(left: FunctionLeft, said: Rights, context: Context) -> str:
    """Which stranger may call it: everybody by default, and on Supabase anon by the schema's default privileges."""
    if "public" not in left.now.revoked and not said.taken_from_call(left.name, "public"):
        return "everybody"
    by_default = context.supabase and left.name.schema == "public"
    taken = "anon" in left.now.revoked or said.taken_from_call(left.name, "anon")
    return "anon" if by_default and not taken else ""


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    """Functions that policies call are left out: whoever reads the table must be able to call them."""
    said = rights(migrations)
    conditions = (each for left in policies_left(migrations, after) for each in left.conditions)
    in_policies = {call.function.name for each in conditions for call in each.calls}
    functions = tuple(functions_left(migrations, after))
    asking = _asking(functions)
    for left in functions:
        if not left.now.security_definer or not callable_by_api(left) or not context.exposed(left.name):
            continue
        who = _open_to(left, said, context)
        if who and left.name.name not in in_policies and left.name not in asking:
            roles = "PUBLIC, anon, authenticated" if context.supabase else "PUBLIC"
            routine = "PROCEDURE" if left.made.procedure else "FUNCTION"
            safer = f"{left.statement.sql};\nREVOKE EXECUTE ON {routine} {left} FROM {roles};"
            yield left.statement, Hit(str(left.name), f"{who} may call {left.name}, which never asks who it is", safer)


RULE = Rule(
    name="security-definer-executable",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=40,
    harm="Whoever reaches the API runs the function with the rights of its owner, past row level security.",
    remedy="REVOKE EXECUTE from PUBLIC, anon and authenticated and GRANT it to who needs it, or move the function to a "
    "schema that is not exposed.",
    before="CREATE SCHEMA api;\nCREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="""
CREATE FUNCTION api.forget(note bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = ''
  AS 'DELETE FROM public.notes WHERE id = note';
""",
    safe="""
CREATE FUNCTION api.forget(note bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = ''
  AS 'DELETE FROM public.notes WHERE id = note';
REVOKE EXECUTE ON FUNCTION api.forget(bigint) FROM PUBLIC;
""",
    check=OnSet(_find),
)
