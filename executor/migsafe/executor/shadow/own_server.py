"""A shadow on a server of the team's own: a fresh database there, never the target."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migsafe.executor.server.platform import stand_ins_in_use
from migsafe.executor.shadow.database import ShadowDatabase, session
from migsafe.executor.survey.survey import identity
from migsafe.schemas.base_from import BaseFrom
from migsafe.schemas.evidence import Shadow
from migsafe.schemas.platform import Platform
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

    from migsafe.executor.shadow.replay import Applied, Run, Wanted
    from migsafe.schemas.target import TargetIdentity

_ANOTHER = "name a server that holds nothing of worth, or leave shadow.url_env out: migsafe then runs one of its own"


@contextmanager
def shadow_elsewhere(
    url: str,
    wanted: Wanted,
    target: TargetIdentity,
    applied: Sequence[Applied],
    run: Run,
) -> Iterator[ShadowDatabase]:
    """A fresh database on the server of `url` with all that was applied; dropped at the end of the block.

    Refuses the server of the target: what a migration does there reaches past its database; and the platform
    `supabase`, whose roles and schemas only a superuser can stand up. Raises Refusal, and what `run` raises.
    """
    from migsafe.executor.connect import connect  # noqa: PLC0415 - with psycopg

    if wanted.platform is not Platform.POSTGRES:
        raise Refusal(
            f"a server of your own cannot stand for the platform {wanted.platform.value}",
            why="its roles, schemas and extensions are made by a superuser",
            remedy="leave shadow.url_env out: migsafe then runs a server of its own",
        )
    with connect(url, application="shadow", connect_timeout_ms=10_000) as connection:
        _require_other(connection, target)
        name = f"migsafe_shadow_{secrets.token_hex(6)}"
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield _made(_address(url, name), wanted, applied, run)
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def _require_other(connection: psycopg.Connection, target: TargetIdentity) -> None:
    found = identity(connection, None)
    if found.system_identifier == target.system_identifier:
        raise Refusal(
            "the server of shadow.url_env is the target's",
            why=f"both have the system identifier {found.system_identifier}; a rehearsal there could touch the target",
            remedy=_ANOTHER,
        )
    row = connection.execute(b"SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user").fetchone()
    if row is not None and row[0]:
        raise Refusal(
            "the role of shadow.url_env is a superuser",
            why="migrations may come from strangers, and a superuser can run programs on the machine of the server",
            remedy="connect as an ordinary role: CREATE ROLE rehearsal LOGIN CREATEDB CREATEROLE",
        )


def _made(url: str, wanted: Wanted, applied: Sequence[Applied], run: Run) -> ShadowDatabase:
    with run(url) as do:
        for each in applied:
            do(each.migration())
    with session(url) as connection:
        version = connection.info.server_version
        about = Shadow(
            server_version=version,
            same_major=version // 10_000 == wanted.major,
            base_from=BaseFrom.REPLAY,
            stand_ins=stand_ins_in_use(connection),
            generated_rows=0,
            left_out=(),
        )
    return ShadowDatabase(url, url, about, wanted.schemas)


def _address(url: str, database: str) -> str:
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - slow to import

    return make_conninfo(url, dbname=database)
