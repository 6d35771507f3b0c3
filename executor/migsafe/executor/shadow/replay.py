"""A shadow made by replaying what was applied, or from the template of a replay done before."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from migsafe.executor.server.platform import MIGRATION_ROLE, bootstrap, stand_ins_in_use
from migsafe.executor.shadow import roles, templates
from migsafe.executor.shadow.database import ShadowDatabase, session
from migsafe.schemas.base_from import BaseFrom
from migsafe.schemas.evidence import Shadow
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from importlib.resources.abc import Traversable

    from migsafe.executor.shadow.scratch import Scratch
    from migsafe.schemas.plan import PlannedMigration
    from migsafe.schemas.platform import Platform

    Run: TypeAlias = Callable[[str], AbstractContextManager[Callable[[PlannedMigration], None]]]
    """Connects to the database of a URL for as long as the block, and gives what does one migration there."""

_KEEP_AT = 0.5
_FEW = 20


class NotReplayed(Problem):
    """What was applied to the target does not run on the shadow, so that nothing can be rehearsed there."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A migration that stands in the target."""

    sha256: str
    """Of its text as it was applied."""
    migration: Callable[[], PlannedMigration]
    """What it does; only asked where no template has it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shadow is to be like."""

    name: str
    """The name of the target's database."""
    platform: Platform
    schemas: tuple[str, ...]
    """Those that migrations manage."""
    role: str | None
    """The role that each step runs as; None: the one that connects."""
    major: int
    """The target's major version."""


@contextmanager
def shadow_database(scratch: Scratch, wanted: Wanted, applied: Sequence[Applied], run: Run) -> Iterator[ShadowDatabase]:
    """A shadow after the platform's own beginning and all that was applied; dropped at the end of the block.

    `run` is asked for a session in which to do migrations. The longest part of the history that a template is kept for
    is not run again. Raises NotReplayed, and Problem where the scratch server fails.
    """
    templates.drop(scratch, wanted.name)
    keys = _keys(scratch, wanted, applied)
    try:
        done = begun(scratch, wanted, keys)
        _replay(scratch, wanted, keys, applied, (done, run))
        url = scratch.server.as_role(MIGRATION_ROLE).url(wanted.name)
        yield replace(described(scratch, wanted, BaseFrom.REPLAY, url, ()), template=keys[-1])
    finally:
        cleared(scratch, wanted.name)


def first_key(scratch: Scratch, wanted: Wanted) -> str:
    """The key of the platform's beginning."""
    parts = (_edition(), wanted.platform.value, scratch.server.installation.version, wanted.name, wanted.role or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _keys(scratch: Scratch, wanted: Wanted, applied: Sequence[Applied]) -> list[str]:
    """One key for the platform's beginning and one for each migration after it, each made from the one before."""
    keys = [first_key(scratch, wanted)]
    for each in applied:
        keys.append(hashlib.sha256(f"{keys[-1]}\0{each.sha256}".encode()).hexdigest())
    return keys


@cache
def _edition() -> str:
    """Changes with everything that a platform of ours is made of."""
    digest = hashlib.sha256()
    for file in _all_files(files("migsafe.executor.server.platform")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _all_files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _all_files(entry)
        elif entry.name.endswith((".sql", ".control", ".toml")):
            yield entry


def begun(scratch: Scratch, wanted: Wanted, keys: Sequence[str]) -> int:
    """Make the database from the longest template, or from nothing; how many migrations stand in it."""
    found = templates.longest(scratch, keys)
    if found is not None:
        at, note = found
        templates.copy(scratch, keys[at], note, wanted.name)
        return at
    with session(scratch.server.url("template1")) as connection:
        roles.settle(connection, {})
    templates.create_empty(scratch, wanted.name)
    with session(scratch.server.url(wanted.name)) as connection:
        bootstrap(connection, wanted.platform)
        _ensure_role(connection, wanted.role)
    templates.store(scratch, keys[0], wanted.name)
    return 0


def _ensure_role(connection: object, role: str | None) -> None:
    """The role that steps run as, where the platform does not bring it along."""
    import psycopg  # noqa: PLC0415 - slow to import
    from psycopg import sql  # noqa: PLC0415 - slow to import

    assert isinstance(connection, psycopg.Connection)  # noqa: S101 - tells the type checker
    if role is None:
        return
    name, owner = sql.Identifier(role), sql.Identifier(MIGRATION_ROLE)
    if connection.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("GRANT ALL ON DATABASE {} TO {}").format(database, name))
        connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(name))
    if role != MIGRATION_ROLE:
        connection.execute(sql.SQL("GRANT {} TO {}").format(name, owner))


def _replay(
    scratch: Scratch,
    wanted: Wanted,
    keys: Sequence[str],
    applied: Sequence[Applied],
    rest: tuple[int, Run],
) -> None:
    """Do what is not yet done, and keep a template halfway and at the end: a copy is made with nobody connected."""
    done, run = rest
    left = len(applied) - done
    url = scratch.server.as_role(MIGRATION_ROLE).url(wanted.name)
    halfway = {done + int(left * _KEEP_AT)} if left >= _FEW else set[int]()
    for first, end in pairwise(sorted({done, *halfway, len(applied)})):
        with run(url) as do:
            for each in applied[first:end]:
                _do(each.migration(), do)
        templates.store(scratch, keys[end], wanted.name)


def _do(migration: PlannedMigration, do: Callable[[PlannedMigration], None]) -> None:
    try:
        do(migration)
    except Problem as problem:
        raise NotReplayed(
            f"{migration.file}, which the target has, does not run on the shadow: {problem.what}",
            why=problem.why,
            remedy="see what the scratch server lacks in docs/rehearsal.md, or go without: --no-rehearsal",
            place=problem.place,
        ) from problem


def described(scratch: Scratch, wanted: Wanted, base: BaseFrom, url: str, left_out: tuple[str, ...]) -> ShadowDatabase:
    """The shadow as it stands; `url` connects as the role that migrations run as."""
    with session(scratch.server.url(wanted.name)) as connection:
        version = connection.info.server_version
        about = Shadow(
            server_version=version,
            same_major=version // 10_000 == wanted.major,
            base_from=base,
            stand_ins=stand_ins_in_use(connection),
            generated_rows=0,
            left_out=left_out,
            network_closed=scratch.server.network_closed,
        )
    return ShadowDatabase(url, scratch.server.url(wanted.name), about, wanted.schemas)


def cleared(scratch: Scratch, name: str) -> None:
    """Drop the shadow and what is too much; a server that is gone is cleared at its next start."""
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        templates.drop(scratch, name)
        templates.tidy(scratch)
    except psycopg.Error:
        return
