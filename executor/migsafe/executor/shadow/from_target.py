"""A shadow made from the schema of the target itself."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.executor.backup.programs import running, words_of
from migsafe.executor.server.cluster import SUPERUSER
from migsafe.executor.server.platform import MIGRATION_ROLE
from migsafe.executor.server.postmaster import environment
from migsafe.executor.shadow import templates
from migsafe.executor.shadow.database import ShadowDatabase, session
from migsafe.executor.shadow.replay import begun, cleared, described, first_key
from migsafe.schemas.base_from import BaseFrom

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.executor.shadow.dumped import Dumped, Role
    from migsafe.executor.shadow.replay import Wanted
    from migsafe.executor.shadow.scratch import Scratch

_ERROR = re.compile(r"^psql:[^:]*:(?P<line>\d+): (?:ERROR|FATAL):\s+(?P<sqlstate>[0-9A-Z]{5}): (?P<said>.*)$")
_NAME = re.compile(rb"^-- Name: (?P<name>.*?); Type: (?P<type>.*?); Schema: (?P<schema>.*?); Owner:")
# What is there already because the platform brings it: schemas, and objects without one.
_THERE_ALREADY = frozenset({"42P06", "42710", "42P07", "42723"})
_MOST_LEFT_OUT = 50


@contextmanager
def shadow_of_target(scratch: Scratch, wanted: Wanted, dumped: Dumped) -> Iterator[ShadowDatabase]:
    """A shadow with the schema of the target; dropped at the end of the block.

    What of it the scratch server does not take is left out, and told. An equal schema is restored only once.
    """
    templates.drop(scratch, wanted.name)
    start = first_key(scratch, wanted)
    key = hashlib.sha256(f"{start}\0{dumped.sha256}".encode()).hexdigest()
    try:
        found = templates.longest(scratch, [key])
        if found is not None:
            note = found[1]
            templates.copy(scratch, key, note, wanted.name)
            left_out = note.left_out
        else:
            begun(scratch, wanted, [start])
            left_out = _restored(scratch, wanted, dumped)
            templates.store(scratch, key, wanted.name, left_out)
        url = scratch.server.as_role(_connecting(dumped)).url(wanted.name)
        shadow = described(scratch, wanted, BaseFrom.TARGET, url, left_out)
        about = shadow.about.model_copy(update={"same_owners": dumped.with_owners})
        yield replace(shadow, about=about, template=key)
    finally:
        cleared(scratch, wanted.name)


def _connecting(dumped: Dumped) -> str:
    """The target's own role, unless the scratch server's superuser is called the same."""
    return next((role.name for role in dumped.roles if role.connected and role.name != SUPERUSER), MIGRATION_ROLE)


def _restored(scratch: Scratch, wanted: Wanted, dumped: Dumped) -> tuple[str, ...]:
    """Restore the dump as superuser; what was not taken, each with its reason."""
    url = scratch.server.url(wanted.name)
    with session(url) as connection:
        _make_roles(connection, dumped.roles, wanted)
    with tempfile.TemporaryFile() as said, tempfile.NamedTemporaryFile(suffix=".sql") as script:
        script.write(dumped.text)
        script.flush()
        program = os.fspath(dumped.program.program("psql"))
        command = [program, "--no-psqlrc", "--quiet", "--set=VERBOSITY=verbose", f"--file={script.name}", url]
        # Without owners in the text, all is made by the role that the migrations run as.
        role = {} if dumped.with_owners else {"PGOPTIONS": f"-c role={MIGRATION_ROLE}"}
        with running(command, stdout=subprocess.DEVNULL, stderr=said, environment={**environment(), **role}) as process:
            process.wait()
        words = words_of(said)
    return _left_out(dumped.text, words)


def _make_roles(connection: psycopg.Connection, roles: tuple[Role, ...], wanted: Wanted) -> None:
    """The roles of the target that are not there. None is a superuser but those that own event triggers."""
    from psycopg import sql  # noqa: PLC0415 - slow to import

    own = connection.info.user
    present = {name for (name,) in connection.execute(b"SELECT rolname FROM pg_catalog.pg_roles")}
    new = [role for role in roles if role.name not in present]
    for role in new:
        login = "LOGIN" if role.connected else "NOLOGIN"
        rank = "SUPERUSER" if role.superuser and not role.connected else "NOSUPERUSER"
        text = sql.SQL(f"CREATE ROLE {{}} {login} {rank} {role.attributes}")
        connection.execute(text.format(sql.Identifier(role.name)))
    names = {role.name for role in roles}
    for role in new:
        for parent in role.member_of:
            if parent in names - {own} or parent.startswith("pg_"):
                grant = sql.SQL("GRANT {} TO {}")
                connection.execute(grant.format(sql.Identifier(parent), sql.Identifier(role.name)))
    _let_connect(connection, roles, wanted)


def _let_connect(connection: psycopg.Connection, roles: tuple[Role, ...], wanted: Wanted) -> None:
    """Give the role that connects what it has in the target, where it is a superuser: the rights of all others."""
    from psycopg import sql  # noqa: PLC0415 - slow to import

    for role in roles:
        if role.owns_database and not role.superuser:
            owner = sql.SQL("ALTER DATABASE {} OWNER TO {}")
            connection.execute(owner.format(sql.Identifier(wanted.name), sql.Identifier(role.name)))
    me = next((role for role in roles if role.connected and role.superuser), None)
    if me is None:
        return
    name = MIGRATION_ROLE if me.name == SUPERUSER else me.name
    identifier = sql.Identifier(name)
    connection.execute(sql.SQL("ALTER ROLE {} CREATEDB CREATEROLE BYPASSRLS").format(identifier))
    connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(wanted.name), identifier))
    for role in roles:
        if not role.superuser and role.name != name and name not in role.member_of:
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role.name), identifier))


def _left_out(text: bytes, words: str) -> tuple[str, ...]:
    lines = text.split(b"\n")
    found = []
    for line in words.splitlines():
        match = _ERROR.match(line)
        if match is not None and match["sqlstate"] not in _THERE_ALREADY:
            found.append(f"{_named(lines, int(match['line']))}: {match['said']}")
    told = tuple(dict.fromkeys(found))
    rest = (f"and {len(told) - _MOST_LEFT_OUT} more",) if len(told) > _MOST_LEFT_OUT else ()
    return (*told[:_MOST_LEFT_OUT], *rest)


def _named(lines: list[bytes], line: int) -> str:
    """The object that the dump's own heading above a line names."""
    for number in range(min(line, len(lines)) - 1, -1, -1):
        if (match := _NAME.match(lines[number])) is not None:
            name = match["name"].decode("utf-8", "replace")
            schema = match["schema"].decode("utf-8", "replace")
            place = "" if schema == "-" else f" in {schema}"
            return f"{match['type'].decode('utf-8', 'replace').lower()} {name}{place}"
    return f"line {line} of the dump"
