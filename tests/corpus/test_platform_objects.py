"""The platform that migsafe stands up has every object that the platform's own services make.

The migrations of supabase/auth and supabase/storage are read from the folder named by MIGSAFE_CORPUS, run in an empty
database, and what they leave is looked for in a bootstrapped one. No line of them is part of the project.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.server.databases import create_database
from migsafe.executor.server.platform import bootstrap
from migsafe.planner.parse import parse
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.server.embedded import Server

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import replay  # noqa: E402 - a script, which is in no package

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif("MIGSAFE_CORPUS" not in os.environ, reason="MIGSAFE_CORPUS names no folder of histories"),
]

OBJECTS = """
SELECT format('%s %s %s', relation.relkind, relation.relname, coalesce(
    attribute.attname || ' ' || format_type(attribute.atttypid, attribute.atttypmod)
    || CASE WHEN attribute.attnotnull THEN ' not null' ELSE '' END, ''))
FROM pg_class AS relation
LEFT JOIN pg_attribute AS attribute
    ON attribute.attrelid = relation.oid AND relation.relkind = 'r'
    AND attribute.attnum > 0 AND NOT attribute.attisdropped
WHERE relation.relnamespace = $1::regnamespace AND relation.relkind IN ('r', 'v', 'i', 'S')
UNION ALL
SELECT format('function %s(%s) %s', proname, pg_get_function_identity_arguments(oid), pg_get_function_result(oid))
FROM pg_proc WHERE pronamespace = $1::regnamespace
UNION ALL
SELECT format('enum %s %s', typname, array_agg(enumlabel ORDER BY enumsortorder))
FROM pg_type AS type JOIN pg_enum ON enumtypid = type.oid WHERE typnamespace = $1::regnamespace GROUP BY typname
UNION ALL
SELECT format('trigger %s on %s', tgname, tgrelid::regclass)
FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = $1::regnamespace)
UNION ALL
SELECT format('key %s on %s', conname, conrelid::regclass)
FROM pg_constraint WHERE connamespace = $1::regnamespace AND contype IN ('p', 'u', 'f')
"""
SETTINGS = (
    "SELECT set_config('storage.install_roles', 'false', false), set_config('storage.anon_role', 'anon', false),"
    " set_config('storage.authenticated_role', 'authenticated', false),"
    " set_config('storage.multitenant', 'false', false),"
    " set_config('storage.service_role', 'service_role', false), set_config('storage.super_user', 'postgres', false)"
)


@pytest.fixture(scope="module")
def platform_server() -> Iterator[Server]:
    with replay.platform_server(Platform.SUPABASE, None) as server:
        yield server


def texts(folder: str) -> Iterator[tuple[str, str]]:
    """The ways up of a service's history, in the order of its own runner, for the usual schema."""
    paths = [
        path for path in Path(os.environ["MIGSAFE_CORPUS"], "B", folder).glob("*.sql") if ".down." not in path.name
    ]
    for path in sorted(paths, key=lambda path: (int(re.findall("[0-9]+", path.name)[0]), path.name)):
        yield path.name, re.sub(r"\{\{.*?\}\}", "auth", path.read_text())


def objects(connection: psycopg.Connection, schema: str) -> set[str]:
    connection.execute("RESET ALL; RESET ROLE; SET search_path TO pg_catalog")
    return {line for (line,) in psycopg.RawCursor(connection).execute(OBJECTS, [schema])}


@pytest.mark.parametrize(
    ("folder", "schema", "role"),
    [
        ("supabase+auth", "auth", "supabase_auth_admin"),
        ("supabase+storage--tenant", "storage", "supabase_storage_admin"),
    ],
)
def test_what_a_service_makes_is_there(platform_server: Server, folder: str, schema: str, role: str) -> None:
    history = list(texts(folder))
    if not history:
        pytest.skip("the history is not there")
    with psycopg.connect(create_database(platform_server, f"ours_{schema}"), autocommit=True) as connection:
        bootstrap(connection, Platform.SUPABASE)
        ours = objects(connection, schema)
    with psycopg.connect(create_database(platform_server, f"true_{schema}"), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema} AUTHORIZATION {role}; CREATE SCHEMA extensions".encode())
        connection.execute(f"GRANT CREATE ON DATABASE true_{schema} TO {role}".encode())
        connection.execute(SETTINGS)
        for name, text in history:
            connection.execute(f"SET ROLE {role}; SET search_path TO {schema}, public, extensions".encode())
            for statement in parse(text.encode(), name):
                connection.execute(statement.text.encode())
        made = objects(connection, schema)
    assert made - ours == set()
