"""The schema of the target, as pg_dump writes it, and the roles that it names. Read only; no rows."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.backup.census import moment
from migsafe.executor.backup.dump import address_of
from migsafe.executor.backup.programs import client, ending, running, words_of
from migsafe.executor.server.cluster import SUPERUSER
from migsafe.schemas.platform import Platform
from migsafe.schemas.problem import BackupFailed, Problem

if TYPE_CHECKING:
    from migsafe.executor.backup.census import Moment
    from migsafe.executor.server.binaries import Installation

_LOCK_WAIT_MILLISECONDS = 10_000
_OWN = ("migsafe", "supabase_migrations")
# What the platform brings along itself; our stand-in for it is there already.
_PLATFORM = (
    "_analytics _realtime _supavisor auth cron extensions graphql graphql_public net pgbouncer pgmq pgsodium"
    " pgsodium_masks pgtle realtime storage supabase_functions vault"
).split()
# Versions, and a word that newer releases draw for each dump.
_OF_THE_MOMENT = re.compile(rb"^(-- Dumped .*|\\(un)?restrict .*)$", re.MULTILINE)


class NotDumped(Problem):
    """The schema of the target cannot be had, so that nothing can be rehearsed on it."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the target."""

    name: str
    superuser: bool
    attributes: str
    """As CREATE ROLE spells them."""
    member_of: tuple[str, ...]
    connected: bool
    owns_database: bool


@dataclass(frozen=True, slots=True)
class Dumped:
    """A schema without rows."""

    text: bytes
    roles: tuple[Role, ...]
    program: Installation
    """Whose psql reads the text."""
    with_owners: bool
    """Whether the text says whose everything is."""

    @property
    def sha256(self) -> str:
        """The same for equal schemas and roles."""
        content = _OF_THE_MOMENT.sub(b"", self.text) + repr(self.roles).encode()
        return hashlib.sha256(content).hexdigest()


def dump_schema(url: str, platform: Platform) -> Dumped:
    """The schema of the database of `url`, but for migsafe's own and the platform's. Raises NotDumped and Problem.

    What the project put on tables of the platform is there: policies, triggers, functions, row security and grants.
    """
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        with moment(url) as source:
            rows = source.connection.execute(files(__package__).joinpath("target_roles.sql").read_bytes()).fetchall()
            roles = tuple(
                Role(name, bool(super_), text, tuple(of), me, bool(owns)) for name, super_, text, of, me, owns in rows
            )
            program = client("pg_dump", source.major)
            # What belongs to a role that is the superuser on the scratch server, no migration could change there.
            owners = not any(role.connected and role.name == SUPERUSER for role in roles)
            options = ("--no-owner",) * (not owners) + _exclusions(platform)
            text = _dump(url, source, program, options)
            if platform is Platform.SUPABASE:
                text += _on_platform(source)
            return Dumped(text, roles, program, owners)
    except BackupFailed as failed:
        raise _not_dumped(f"{failed.what}: {failed.why}" if failed.why else failed.what) from failed
    except psycopg.Error as error:
        raise _not_dumped(str(error).strip() or type(error).__name__) from error


def _on_platform(source: Moment) -> bytes:
    """What the project put on the platform's own tables, in the form of a dump: each under a heading."""
    with source.connection.transaction():
        source.connection.execute("SET LOCAL search_path TO ''")
        rows = source.connection.execute(files(__package__).joinpath("on_platform.sql").read_bytes()).fetchall()
    parts = (
        f"-- Name: {_one_line(name)}; Type: {kind}; Schema: {schema}; Owner: -\n{statement}\n"
        for kind, name, schema, statement in rows
    )
    return b"\nSET ROLE NONE;\n" + "\n".join(parts).encode()


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _exclusions(platform: Platform) -> tuple[str, ...]:
    schemas = (*_OWN, *(_PLATFORM if platform is Platform.SUPABASE else ()))
    return tuple(f'--exclude-schema="{schema}"' for schema in schemas)


def _dump(url: str, source: Moment, program: Installation, options: tuple[str, ...]) -> bytes:
    address = address_of(url, source)
    command = [
        os.fspath(program.program("pg_dump")),
        f"--dbname={address.conninfo}",
        "--no-password",
        "--schema-only",
        "--format=plain",
        "--encoding=UTF8",
        "--no-tablespaces",
        "--no-subscriptions",
        f"--snapshot={source.snapshot}",
        f"--lock-wait-timeout={_LOCK_WAIT_MILLISECONDS}",
        *options,
    ]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as written:
        with running(command, stdout=written, stderr=said, environment=address.environment) as process:
            process.wait()
        if failure := ending(process, words_of(said)):
            raise _not_dumped(f"pg_dump: {failure}")
        written.seek(0)
        return written.read()


def _not_dumped(why: str) -> NotDumped:
    return NotDumped(
        "the schema of the target could not be read for the rehearsal",
        why=why,
        remedy="see to the cause; or rehearse on the replayed history (shadow.base: replay); or --no-rehearsal",
    )
