"""A policy that lists all files of a public bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.deeds import deeds
from migsafe.planner.rules.clues.policies_left import always_true, commands_of, policies_left
from migsafe.planner.rules.clues.strangers import to_strangers
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.planner.tree import constant, inner, items, texts, unwrap, unwrapped, word
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState

_OBJECTS, _BUCKETS = QualifiedName("objects", "storage"), QualifiedName("buckets", "storage")


def _public_buckets(migrations: tuple[Judged, ...]) -> Iterator[str]:
    for deed in deeds(migrations, act.Insert):
        if not isinstance(deed.action, act.Insert) or deed.full(deed.action.table) != _BUCKETS:
            continue
        columns = deed.action.columns
        rows = inner(inner(dict(deed.statement.node), "selectStmt"), "SelectStmt")
        for row in unwrapped(rows, "valuesLists", "List"):
            made = dict(zip(columns, (constant(each) for each in items(row, "items")), strict=False))
            if made.get("public") in {"true", "t"} and (bucket := made.get("id")):
                yield bucket


def _whole_bucket(condition: Expression | None) -> str | None:
    """The bucket of a condition that is `bucket_id = 'name'` and no more; empty for all buckets."""
    if condition is None:
        return None
    if always_true(condition):
        return ""
    kind, content = unwrap(condition.node)
    sides = [inner(content, "lexpr"), inner(content, "rexpr")]
    names = [texts(items(inner(side, "ColumnRef"), "fields"))[-1:] for side in sides]
    plain = kind == "A_Expr" and word(content, "kind") == "AEXPR_OP" and ("bucket_id",) in names
    return next((said for side in sides if (said := constant(side)) is not None), None) if plain else None


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    public = set(_public_buckets(migrations))
    for left in policies_left(migrations, after):
        reads = left.table == _OBJECTS and left.policy.permissive and "select" in commands_of(left.policy)
        bucket = _whole_bucket(left.policy.using) if reads and to_strangers(left.policy.roles) else None
        if bucket is not None and (bucket in public or bucket == ""):
            which = f"the public bucket {bucket}" if bucket else "every bucket"
            yield left.statement, Hit(left.table, f"policy {left.name} lets strangers list all files of {which}")


RULE = Rule(
    name="public-bucket-listing",
    severity=Severity.NOTICE,
    dimension=Dimension.SECURITY,
    points=8,
    harm="Files of a public bucket are served by their address without any policy; the policy only adds that strangers "
    "list the names of all of them.",
    remedy="Drop the policy, or limit it to the folder of the caller.",
    before="""
CREATE SCHEMA storage;
CREATE TABLE storage.buckets (id text PRIMARY KEY, name text, public boolean);
CREATE TABLE storage.objects (id bigint PRIMARY KEY, bucket_id text, name text, owner name);
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
""",
    unsafe="""
INSERT INTO storage.buckets (id, name, public) VALUES ('avatars', 'avatars', true);
CREATE POLICY avatars_read ON storage.objects FOR SELECT USING (bucket_id = 'avatars');
""",
    safe="""
INSERT INTO storage.buckets (id, name, public) VALUES ('avatars', 'avatars', true);
CREATE POLICY avatars_own ON storage.objects FOR SELECT USING (bucket_id = 'avatars' AND owner = current_user);
""",
    check=OnSet(_find),
)
