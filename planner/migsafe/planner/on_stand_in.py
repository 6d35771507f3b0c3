"""What a server with stand-ins is sent in place of a statement that only the true platform understands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import libpg_query
from migsafe.planner.tree import flag, inner, items, number, texts, unwrap, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node

# An index method's parameters are declared by its C code. A stand-in has borrowed another method's.
_METHODS = frozenset({"hnsw", "ivfflat", "diskann", "rum", "pgroonga"})
_NOTICE = "RAISE NOTICE '{} left out: only the true platform lets you'"
_NAMESPACES = frozenset({"timescaledb"})

_WORDS = re.compile(rf"\b({'|'.join((*_METHODS, *_NAMESPACES))}|event\s+trigger|for\s+all\s+tables)\b", re.IGNORECASE)
# On the platform every project's database has this name; on a server with many of them it is another's.
_PLATFORM_DATABASE = re.compile(r'\bDATABASE\s+(?:postgres\b|"postgres")', re.IGNORECASE)
_ON_DATABASE = frozenset({"AlterDatabaseSetStmt", "AlterDatabaseStmt", "GrantStmt", "CommentStmt", "AlterOwnerStmt"})

_ALL_TABLES = re.compile(r"\bFOR\s+ALL\s+TABLES\b", re.IGNORECASE)
# In the body of a code block: a statement on an event trigger, or an EXECUTE that makes one, to its semicolon.
_PIECE = r"""(?:[^;'"$]|'(?:[^']|'')*'|"[^"]*"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|\$)"""
_IN_BODY = re.compile(
    rf"""\b(?:(?:CREATE|ALTER|DROP|COMMENT\s+ON)\s+EVENT\s+TRIGGER\b|
    EXECUTE\b(?=[^;]*\bEVENT\s+TRIGGER\b)){_PIECE}*;""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_WITH = re.compile(rb"\bWITH\s*\(\s*\Z", re.IGNORECASE)
_REST = re.compile(rb"(?:[^()']|'[^']*'|\([^()]*\))*\)")


def on_stand_in(sql: str) -> str | None:
    """The text to send to a server with stand-ins; None where it takes `sql` as it is, which is nearly always.

    Parameters of an index method that is stood in for are left away. A statement on an event trigger becomes a
    NOTICE that says so, a publication of all tables an empty one. What is set on the platform's database is set on
    the current one.
    """
    if not (_WORDS.search(sql) or _PLATFORM_DATABASE.search(sql)):
        return None
    text = sql.encode()
    trees = libpg_query.parse(text)
    return _instead(text, *unwrap(inner(trees[0], "stmt"))) if len(trees) == 1 else None


def _instead(text: bytes, kind: str, node: Node) -> str | None:
    if kind == "AlterTableStmt" and _only_foreign_options(node):
        return _left_out("parameters of timescaledb are")
    if _on_event_trigger(kind, node):
        return _left_out("an event trigger is")
    if kind == "DoStmt":
        return _without_event_triggers(text.decode())
    if kind in _ON_DATABASE and _of_platform_database(node):
        return _on_current_database(text.decode())
    return _shortened(text, kind, node)


def _shortened(text: bytes, kind: str, node: Node) -> str | None:
    match kind:
        case "IndexStmt" if word(node, "accessMethod") in _METHODS:
            return _without(text, unwrapped(node, "options", "DefElem"))
        case "CreatePublicationStmt" if flag(node, "for_all_tables"):
            return _ALL_TABLES.sub("", text.decode(), count=1)
        case "CreateTableAsStmt":
            options = unwrapped(inner(node, "into"), "options", "DefElem")
            return _without(text, options) if _foreign(options) else None
        case _:
            return None


def _on_event_trigger(kind: str, node: Node) -> bool:
    """Hosted platforms let the migration role have these by a C hook; a PostgreSQL of our own asks for a superuser."""
    match kind:
        case "CreateEventTrigStmt" | "AlterEventTrigStmt":
            return True
        case "DropStmt":
            about = word(node, "removeType")
        case "CommentStmt":
            about = word(node, "objtype")
        case "RenameStmt":
            about = word(node, "renameType")
        case "AlterOwnerStmt":
            about = word(node, "objectType")
        case _:
            return False
    return about == "OBJECT_EVENT_TRIGGER"


def _without_event_triggers(sql: str) -> str | None:
    """The code block with a NOTICE in place of each statement on an event trigger; None where it has none.

    A block whose body is a plain string, with every quote in it doubled, is sent as it is: few are written so.
    """
    if "$" not in sql:
        return None
    shortened = _IN_BODY.sub(f"{_NOTICE.format('an event trigger is')};", sql)
    return shortened if shortened != sql else None


def _of_platform_database(node: Node) -> bool:
    named = texts(items(node, "objects")) if "objects" in node else texts([inner(node, "object")])
    about = word(node, "objtype") or word(node, "objectType")
    return word(node, "dbname") == "postgres" or (about == "OBJECT_DATABASE" and named == ("postgres",))


def _on_current_database(sql: str) -> str:
    pattern = _PLATFORM_DATABASE.sub("DATABASE %I", sql.replace("%", "%%"))
    body = f"BEGIN EXECUTE format({_quoted(pattern)}, current_database()); END"
    return f"DO {_quoted(body)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'" if "\\" in text else f"'{escaped}'"


def _foreign(options: list[Node]) -> bool:
    return any(word(option, "defnamespace") in _NAMESPACES for option in options)


def _only_foreign_options(node: Node) -> bool:
    commands = unwrapped(node, "cmds", "AlterTableCmd")
    lists = [unwrapped(inner(inner(command, "def"), "List"), "items", "DefElem") for command in commands]
    return len(commands) == len(items(node, "cmds")) and all(_foreign(options) for options in lists)


def _left_out(what: str) -> str:
    return f"DO $$ BEGIN {_NOTICE.format(what)}; END $$"


def _without(text: bytes, options: list[Node]) -> str | None:
    """The text without the WITH (...) that holds the options."""
    if not options:
        return None
    begin = _WITH.search(text, 0, number(options[0], "location"))
    end = _REST.match(text, number(options[-1], "location"))
    if begin is None or end is None:
        return None
    return (text[: begin.start()] + text[end.end() :]).decode()
