"""One statement, one action, equal to the value written beside it."""

from __future__ import annotations

import pytest

from migsafe.planner import actions as act
from migsafe.planner.actions import Action, ObjectKind
from migsafe.planner.parse import parse
from migsafe.schemas.locks import Lock
from migsafe.schemas.names import QualifiedName as Name


def read(text: str) -> tuple[Action, ...]:
    return tuple(action for statement in parse(text.encode(), "x.sql") for action in statement.actions)


T = Name("t", "s")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DROP TABLE IF EXISTS s.t CASCADE", act.Drop(ObjectKind.TABLE, T, True, True)),
        ("DROP INDEX CONCURRENTLY s.t", act.Drop(ObjectKind.INDEX, T, False, False, concurrently=True)),
        ("DROP POLICY p ON s.t", act.Drop(ObjectKind.POLICY, Name("p"), False, False, table=T)),
        ("DROP TRIGGER p ON s.t", act.Drop(ObjectKind.TRIGGER, Name("p"), False, False, table=T)),
        (
            "DROP FUNCTION s.t(int, text[])",
            act.Drop(ObjectKind.FUNCTION, T, False, False, arguments=("int4", "text[]")),
        ),
        ("DROP FUNCTION s.t", act.Drop(ObjectKind.FUNCTION, T, False, False)),
        ("DROP TYPE s.t", act.Drop(ObjectKind.TYPE, T, False, False)),
        ("DROP SCHEMA s", act.Drop(ObjectKind.SCHEMA, Name("s"), False, False)),
        ("DROP EXTENSION e", act.Drop(ObjectKind.EXTENSION, Name("e"), False, False)),
        ("DROP MATERIALIZED VIEW s.t", act.Drop(ObjectKind.MATERIALIZED_VIEW, T, False, False)),
        ("DROP DATABASE IF EXISTS d", act.Drop(ObjectKind.DATABASE, Name("d"), True, False)),
        ("DROP ROLE r", act.Drop(ObjectKind.ROLE, Name("r"), False, False)),
        ("DROP CAST (int AS text)", act.Drop(ObjectKind.CAST, Name("int4 AS text"), False, False)),
        ("DROP OWNED BY r CASCADE", act.DropOwned(("r",), True)),
        ("ALTER TABLE s.t RENAME TO u", act.Rename(ObjectKind.TABLE, T, "u")),
        ("ALTER TABLE s.t RENAME a TO b", act.RenameColumn(T, "a", "b", ObjectKind.TABLE)),
        ("ALTER TABLE s.t RENAME CONSTRAINT a TO b", act.RenameConstraint(T, "a", "b", ObjectKind.TABLE)),
        ("ALTER POLICY p ON s.t RENAME TO q", act.Rename(ObjectKind.POLICY, Name("p"), "q", T)),
        ("ALTER TYPE s.t RENAME TO u", act.Rename(ObjectKind.TYPE, T, "u")),
        ("ALTER SCHEMA s RENAME TO u", act.Rename(ObjectKind.SCHEMA, Name("s"), "u")),
        ("ALTER TABLE s.t SET SCHEMA u", act.SetSchema(ObjectKind.TABLE, T, "u")),
        ("ALTER FUNCTION s.t(int) OWNER TO me", act.ChangeOwner(ObjectKind.FUNCTION, T, "me")),
        ("COMMENT ON COLUMN s.t.c IS 'x'", act.Comment(ObjectKind.COLUMN, Name("c"), T, "x")),
        ("COMMENT ON TABLE s.t IS NULL", act.Comment(ObjectKind.TABLE, T, None, None)),
        ("COMMENT ON CONSTRAINT c ON DOMAIN s.t IS 'x'", act.Comment(ObjectKind.CONSTRAINT, Name("c"), T, "x")),
        ("TRUNCATE s.t, u CASCADE", act.Truncate((T, Name("u")), True, False)),
        ("LOCK s.t IN SHARE MODE NOWAIT", act.LockTable((T,), Lock.SHARE, True)),
        ("LOCK s.t", act.LockTable((T,), Lock.ACCESS_EXCLUSIVE, False)),
        ("VACUUM FULL s.t", act.Vacuum((T,), True, False)),
        ("ANALYZE s.t", act.Analyze((T,))),
        ("REINDEX TABLE CONCURRENTLY s.t", act.Reindex("table", T, True)),
        ("CLUSTER s.t USING i", act.Cluster(T, "i")),
        ("ALTER TABLE s.t ATTACH PARTITION p DEFAULT", act.AttachPartition(T, Name("p"), False, True)),
        ("ALTER INDEX s.t ATTACH PARTITION p", act.AttachPartition(T, Name("p"), True, False)),
        ("ALTER TABLE s.t DETACH PARTITION p CONCURRENTLY", act.DetachPartition(T, Name("p"), True, False)),
        ("CREATE TYPE s.t AS ENUM ('a', 'b')", act.CreateEnum(T, ("a", "b"))),
        ("ALTER TYPE s.t ADD VALUE IF NOT EXISTS 'a' AFTER 'b'", act.AddEnumValue(T, "a", True, "b", True)),
        ("ALTER TYPE s.t RENAME VALUE 'a' TO 'b'", act.RenameEnumValue(T, "a", "b")),
        ("ALTER TYPE s.t ADD ATTRIBUTE a int CASCADE", act.AlterCompositeType(T, "AddColumn", "a", True)),
        ("SET LOCAL lock_timeout = '2s'", act.SetVariable("lock_timeout", "2s", True)),
        ("SET search_path TO a, b", act.SetVariable("search_path", "a, b", False)),
        ("SET ROLE r", act.SetVariable("role", "r", False)),
        ("RESET ALL", act.ResetVariable(None)),
        ("DISCARD ALL", act.Discard("all")),
        ("COPY s.t FROM '/x'", act.Copy(T, True, "/x", False)),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY s.t", act.RefreshMaterializedView(T, True, True)),
        ("CREATE EXTENSION IF NOT EXISTS e SCHEMA s", act.CreateExtension("e", "s", True, None, False)),
        ("ALTER SYSTEM SET a.b = 'x'", act.AlterSystem("a.b", "x")),
        ("DO LANGUAGE SQL 'SELECT 1'", act.DoBlock("sql", "SELECT 1")),
        ("DO $$ x $$", act.DoBlock("plpgsql", " x ")),
        ("ALTER SEQUENCE s.t OWNED BY u.v.w", act.AlterSequence(T, (("owned_by", "u, v, w"),), Name("v", "u"))),
        ("GRANT a TO b", act.GrantRole(("a",), ("b",))),
        ("CREATE ROLE r PASSWORD 'secret'", act.CreateRole("r", (("password", "(not kept)"),))),
    ],
)
def test_plain_statements(text: str, expected: Action) -> None:
    assert read(text) == (expected,)
