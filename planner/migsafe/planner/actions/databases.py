"""Databases, tablespaces and settings of the whole server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.session import setting_value
from migsafe.planner.actions.value import value
from migsafe.planner.tree import inner, options, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node


@value
class CreateDatabase:
    """CREATE DATABASE."""

    name: str


@value
class AlterDatabase:
    """ALTER DATABASE with options (`tablespace`, `connection_limit`, `refresh collation version` ...)."""

    name: str
    options: tuple[tuple[str, str], ...]


@value
class AlterDatabaseSetting:
    """ALTER DATABASE ... SET or RESET; a setting of None is RESET ALL."""

    name: str
    setting: str | None
    value: str | None


@value
class AlterSystem:
    """ALTER SYSTEM SET or RESET: holds for every database of the server."""

    setting: str | None
    value: str | None


@value
class CreateTablespace:
    """CREATE TABLESPACE."""

    name: str


@value
class AlterTablespace:
    """ALTER TABLESPACE ... SET or RESET."""

    name: str


@value
class MoveTablespace:
    """ALTER ... ALL IN TABLESPACE ... SET TABLESPACE: moves every relation of a kind."""

    origin: str
    to: str


def create_database(node: Node) -> tuple[CreateDatabase]:
    """CreatedbStmt."""
    return (CreateDatabase(word(node, "dbname")),)


def alter_database(node: Node) -> tuple[AlterDatabase]:
    """AlterDatabaseStmt."""
    return (AlterDatabase(word(node, "dbname"), tuple(options(node, "options").items())),)


def refresh_collation(node: Node) -> tuple[AlterDatabase]:
    """AlterDatabaseRefreshCollStmt."""
    return (AlterDatabase(word(node, "dbname"), (("refresh collation version", "true"),)),)


def alter_database_setting(node: Node) -> tuple[AlterDatabaseSetting]:
    """AlterDatabaseSetStmt."""
    setting = inner(node, "setstmt")
    return (AlterDatabaseSetting(word(node, "dbname"), word(setting, "name") or None, setting_value(setting)),)


def alter_system(node: Node) -> tuple[AlterSystem]:
    """AlterSystemStmt."""
    setting = inner(node, "setstmt")
    return (AlterSystem(word(setting, "name") or None, setting_value(setting)),)


def create_tablespace(node: Node) -> tuple[CreateTablespace]:
    """CreateTableSpaceStmt."""
    return (CreateTablespace(word(node, "tablespacename")),)


def alter_tablespace(node: Node) -> tuple[AlterTablespace]:
    """AlterTableSpaceOptionsStmt."""
    return (AlterTablespace(word(node, "tablespacename")),)


def move_tablespace(node: Node) -> tuple[MoveTablespace]:
    """AlterTableMoveAllStmt."""
    return (MoveTablespace(word(node, "orig_tablespacename"), word(node, "new_tablespacename")),)
