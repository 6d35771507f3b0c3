"""Databases kept as templates, so that a history is replayed once; bounded, and whole or not there at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migsafe.executor.shadow import roles
from migsafe.executor.shadow.database import session
from migsafe.executor.shadow.rights import Rights, present_rights, restore, rights_of, setting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migsafe.executor.shadow.scratch import Scratch

_PREFIX = "migsafe_t_"
_DRAFT = "migsafe_draft"
_MOST = 12
_MOST_BYTES = 2_000_000_000
_STRATEGY_SINCE = 15

_SETTINGS = """
SELECT coalesce(role.rolname, ''), setting
FROM pg_catalog.pg_db_role_setting AS own
JOIN pg_catalog.pg_database AS database ON database.oid = own.setdatabase
LEFT JOIN pg_catalog.pg_roles AS role ON role.oid = own.setrole
CROSS JOIN unnest(own.setconfig) AS setting
WHERE database.datname = current_database()
"""
_OWNER = """
SELECT owner.rolname FROM pg_catalog.pg_database AS database
JOIN pg_catalog.pg_roles AS owner ON owner.oid = database.datdba WHERE database.datname = current_database()
"""
# Those of the superuser: a migration may create databases too, and is not to give one out as a template.
_KEPT = """
SELECT datname, coalesce(shobj_description(oid, 'pg_database'), ''), pg_database_size(oid) FROM pg_catalog.pg_database
WHERE datname LIKE 'migsafe_t_%' AND datdba = 10
"""
_STRAY = """
SELECT datname FROM pg_catalog.pg_database
WHERE datname NOT IN ('template0', 'template1', current_database()) AND NOT (datname LIKE 'migsafe_t_%' AND datdba = 10)
"""


@dataclass(frozen=True, slots=True)
class Note:
    """What CREATE DATABASE ... TEMPLATE does not copy: owner, settings, and which roles are there."""

    roles: Mapping[int, str]
    settings: tuple[tuple[str, str], ...]
    """Role (empty for all) and `name=value`."""
    owner: str
    left_out: tuple[str, ...] = ()
    """What of the target the database lacks."""
    rights: Rights | None = None
    """What its roles may do; None where an older migsafe made the note."""

    def text(self) -> str:
        """As the comment on a template keeps it."""
        said = {"roles": dict(self.roles), "settings": self.settings, "owner": self.owner, "left_out": self.left_out}
        return json.dumps(said if self.rights is None else {**said, "rights": self.rights.told()})


def note_of(text: str) -> Note:
    """The note in a template's comment."""
    said = json.loads(text)
    found = {int(oid): str(name) for oid, name in said["roles"].items()}
    settings = tuple((role, setting) for role, setting in said["settings"])
    rights = rights_of(said["rights"]) if "rights" in said else None
    return Note(found, settings, said["owner"], tuple(said["left_out"]), rights)


def longest(scratch: Scratch, keys: Sequence[str]) -> tuple[int, Note] | None:
    """The last of the keys that a template is kept for: its place in the row, and the note.

    One of whose roles is gone, since a migration on another shadow dropped it, is no longer the same.
    """
    kept = {str(name): str(text) for name, text, _ in scratch.rows(_KEPT)}
    there = {int(str(oid)) for (oid,) in scratch.rows("SELECT oid::bigint FROM pg_catalog.pg_roles")}
    for at in range(len(keys) - 1, -1, -1):
        text = kept.get(_name(keys[at]))
        if text and (note := note_of(text)).roles.keys() <= there:
            return at, note
    return None


def copy(scratch: Scratch, key: str, note: Note, name: str) -> None:
    """Make the database `name` from the template of a key, with all that its note tells."""
    with session(scratch.server.url("template1")) as connection:
        roles.settle(connection, note.roles)
        if note.rights is not None:
            restore(connection, note.rights)
    _copied(scratch, name, _name(key), note)
    used = scratch.folder / f"{_name(key)}.used"
    used.touch(mode=0o600)


def store(scratch: Scratch, key: str, name: str, left_out: tuple[str, ...] = ()) -> None:
    """Keep the database `name` as the template of a key. Nobody is connected to it.

    It gets its name at the end: a draft that a killed run left is dropped by the next.
    """
    from psycopg import sql  # noqa: PLC0415 - slow to import

    note = replace(_note(scratch, name), left_out=left_out)
    draft, final = sql.Identifier(_DRAFT), sql.Identifier(_name(key))
    drop(scratch, _DRAFT)
    _copied(scratch, _DRAFT, name, None)
    scratch.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(draft, sql.Literal(note.text())))
    drop(scratch, _name(key))
    scratch.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(draft, final))
    (scratch.folder / f"{_name(key)}.used").touch(mode=0o600)


def forget(scratch: Scratch, key: str) -> None:
    """Drop the template of a key, if there is one."""
    drop(scratch, _name(key))
    (scratch.folder / f"{_name(key)}.used").unlink(missing_ok=True)


def tidy(scratch: Scratch) -> None:
    """Drop what migrations made, and the templates not used for longest until number and bytes are within bounds."""
    for (name,) in scratch.rows(_STRAY):
        drop(scratch, str(name))
    kept = sorted(scratch.rows(_KEPT), key=lambda row: _used(scratch, str(row[0])), reverse=True)
    total, stay = 0, set[int]()
    for number, (name, text, size) in enumerate(kept):
        total += int(str(size))
        if number >= _MOST or (total > _MOST_BYTES and number):
            drop(scratch, str(name))
            (scratch.folder / f"{name}.used").unlink(missing_ok=True)
        else:
            stay |= note_of(str(text)).roles.keys()
    with session(scratch.server.url("template1")) as connection:
        roles.forget_unused(connection, stay)


def create_empty(scratch: Scratch, name: str) -> None:
    """Make an empty database from template0."""
    _copied(scratch, name, "template0", None)


def drop(scratch: Scratch, name: str) -> None:
    """Drop a database if it is there, with the sessions in it and the replication slots on it."""
    from psycopg import sql  # noqa: PLC0415 - slow to import

    slots = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = {} AND NOT active"
    scratch.execute(sql.SQL(slots).format(sql.Literal(name)))
    scratch.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _copied(scratch: Scratch, name: str, template: str, note: Note | None) -> None:
    from psycopg import sql  # noqa: PLC0415 - slow to import

    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    if scratch.server.installation.major >= _STRATEGY_SINCE:
        copied += sql.SQL(" STRATEGY file_copy")
    scratch.execute(copied)
    if note is None:
        return
    database = sql.Identifier(name)
    scratch.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, sql.Identifier(note.owner)))
    for role, told in note.settings:
        option, _, value = told.partition("=")
        whose = sql.SQL("ROLE {} IN DATABASE {}").format(sql.Identifier(role), database)
        subject = whose if role else sql.SQL("DATABASE {}").format(database)
        scratch.execute(sql.SQL("ALTER {} ").format(subject) + setting(option, value))


def _note(scratch: Scratch, name: str) -> Note:
    with session(scratch.server.url(name)) as connection:
        settings = tuple((role, setting) for role, setting in connection.execute(_SETTINGS.encode()).fetchall())
        owner = connection.execute(_OWNER.encode()).fetchone()
        rights = present_rights(connection)
        return Note(roles.present(connection), settings, str(owner[0]) if owner else "", rights=rights)


def _name(key: str) -> str:
    return f"{_PREFIX}{key[:40]}"


def _used(scratch: Scratch, name: str) -> float:
    file = scratch.folder / f"{name}.used"
    return file.stat().st_mtime if file.exists() else 0.0
