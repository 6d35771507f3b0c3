"""The accounts of all users given away through a view or a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.auth_users import USERS, shows_users
from migsafe.planner.rules.clues.relations_left import functions_left, tables_left, views_left
from migsafe.planner.rules.clues.strangers import rights
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    said = rights(migrations)
    for name, statement in _reading(migrations, after):
        if context.exposed(name) and not said.closed(name):
            yield statement, Hit(name, f"{name} shows rows of auth.users")
    for left in functions_left(migrations, after):
        returns = left.made.returns
        if (
            returns is None
            or returns.qualified != USERS
            or not left.now.security_definer
            or not context.exposed(left.name)
        ):
            continue
        if left.now.revoked.isdisjoint({"public", "anon"}):
            yield left.statement, Hit(str(left.name), f"{left.name} returns rows of auth.users with its owner's rights")


def _reading(migrations: tuple[Judged, ...], after: SchemaState) -> Iterator[tuple[QualifiedName, Statement]]:
    for view in views_left(migrations, after):
        if shows_users(view.statement, view.sources):
            yield view.name, view.statement
    for name, made, statement in tables_left(migrations, after):
        if isinstance(made, act.CreateTableAs) and made.materialized_view and shows_users(statement, made.sources):
            yield name, statement


RULE = Rule(
    name="auth-users-exposed",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=75,
    harm="Whoever has the public key reads e-mail addresses, phone numbers and password hashes of all users.",
    remedy="Keep what others may see in a table of its own, filled by a trigger, and leave auth.users out of the API.",
    before="""
CREATE SCHEMA api;
CREATE SCHEMA auth;
CREATE TABLE auth.users (id uuid PRIMARY KEY, email text, encrypted_password text);
CREATE TABLE profiles (id uuid PRIMARY KEY, nickname text);
""",
    unsafe="CREATE VIEW api.people AS SELECT id, email FROM auth.users;",
    safe="CREATE VIEW api.people WITH (security_invoker = true) AS SELECT id, nickname FROM profiles;",
    check=OnSet(_find),
)
