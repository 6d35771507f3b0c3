"""What migrations tell of a schema, file by file, is what the catalog tells after they ran.

The worked example is always asked; real histories of others where MIGSAFE_CORPUS names a folder of them.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migsafe.executor.survey import present_catalog
from migsafe.planner.carry import walk
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.schema_state.catalog import of_catalog
from migsafe.planner.transactions import divide
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.schema_state import TableState

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import replay  # noqa: E402 - a script, which is in no package

EXAMPLE = ROOT / "supabase" / "migrations"
CORPUS = Path(os.environ.get("MIGSAFE_CORPUS", "/nonexistent"))
HISTORIES = {
    "A/mckaywrigley+chatbot-ui": Platform.SUPABASE,
    "A/AgentOps-AI+agentops": Platform.SUPABASE,
    "A/usebasejump+basejump": Platform.SUPABASE,
    "B/stacklok+minder": Platform.POSTGRES,
    "B/rust-lang+crates.io": Platform.POSTGRES,
}
KNOWN = {
    # A UNIQUE beside a PRIMARY KEY on the same column: the server makes one index for both.
    "basejump.accounts_id_key",
    "basejump.accounts.accounts_id_key",
    "basejump.invitations_id_key",
    "basejump.invitations.invitations_id_key",
    # An index without a name on a function: the server takes the function's name.
    "public.reserved_crate_names_expr_idx",
}
"""Differences that are understood."""

_PLATFORM = {"auth", "storage", "realtime", "extensions", "vault", "graphql", "cron", "net", "pg_temp", "pgmq"}


def walked(folder: Path) -> SchemaState:
    state = SchemaState()
    for file in replay.LAYOUTS[replay.layout_of(folder)](folder):
        for _ in walk(divide(parse(file.text, file.name)).segments, state):
            pass
        state.settle()
    return state


def told(state: SchemaState, schemas: set[str]) -> dict[str, object]:
    """What rules read of a state, by the name of each object; of managed schemas only."""
    found: dict[str, object] = {}
    for name, table in state.tables.items():
        if name.schema in schemas:
            found |= _table(str(name), table, schemas)
    for name, index in state.indexes.items():
        if name.schema in schemas:
            found[str(name)] = (index.table, index.columns, index.unique, index.method, sorted(index.needs))
    for name, overloads in state.functions.items():
        if name.schema in schemas:
            found[f"{name}()"] = sorted(
                str((list(map(spelled, one.arguments)), one.security_definer, one.search_path, spelled(one.returns)))
                for one in overloads
            )
    for name, kind in state.types.items():
        if name.schema in schemas:
            found[f"type {name}"] = (kind.kind, kind.values, kind.not_null, sorted(kind.checks))
    return {name: value for name, value in found.items() if name not in KNOWN}


def _table(name: str, table: TableState, schemas: set[str]) -> dict[str, object]:
    key = (table.partition_of, table.partitioned_by, table.partition_columns, table.inherits)
    found: dict[str, object] = {name: (table.kind, sorted(map(str, table.sources)), bool(table.row_security), key)}
    if "view" not in table.kind:
        for column, each in table.columns.items():
            found[f"{name}.{column}"] = (spelled(each.type), each.not_null, each.generated, each.identity)
    for constraint, each in table.constraints.items():
        if each.kind != "not null" and (each.referenced is None or each.referenced.schema in schemas):
            ends = (sorted(each.columns), each.referenced, each.referenced_columns)
            found[f"{name}.{constraint}"] = (str(each.kind), ends, each.valid, each.on_delete)
    for policy, each in table.policies.items():
        found[f"{name}.{policy}"] = (each.command, each.permissive, each.using is None, each.with_check is None)
    return found


def spelled(kind: TypeName | None) -> str:
    """A type without the schema that the search path finds it in, and without what functions forget of it."""
    return re.sub(r"^(SETOF )?(public|extensions)\.|\(.*\)", r"\1", str(kind))


def compare(folder: Path, platform: Platform) -> None:
    state = walked(folder)
    names = (name.schema for each in (state.tables, state.functions, state.types) for name in each)
    schemas = {name for name in names if name is not None} - _PLATFORM
    with replay.platform_server(platform, None) as server:
        result = replay.replay(server, platform, folder, replay.layout_of(folder))
        assert result.failures == []
        with replay.session(server) as connection:
            catalog = present_catalog(connection, tuple(sorted(schemas)))
    carried, found = told(state, schemas), told(of_catalog(catalog), schemas)
    differing = {name for name in {*carried, *found} if carried.get(name) != found.get(name)}
    assert {name: (carried.get(name), found.get(name)) for name in differing} == {}


def test_the_worked_example_is_carried_as_the_catalog_has_it() -> None:
    compare(EXAMPLE, Platform.SUPABASE)


@pytest.mark.corpus
@pytest.mark.skipif("MIGSAFE_CORPUS" not in os.environ, reason="MIGSAFE_CORPUS names no folder of histories")
@pytest.mark.parametrize("history", HISTORIES)
def test_a_history_is_carried_as_the_catalog_has_it(history: str) -> None:
    if not (CORPUS / history).is_dir():
        pytest.skip("it is not there")
    compare(CORPUS / history, HISTORIES[history])
