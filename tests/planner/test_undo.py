"""The undo class of a migration."""

from __future__ import annotations

import pytest

from migsafe.planner.parse import parse
from migsafe.planner.undo import undo_class
from migsafe.schemas.plan import UndoClass

LOSSLESS, NEW, NEVER = UndoClass


@pytest.mark.parametrize(
    ("up", "down", "expected", "reason"),
    [
        ("CREATE INDEX i ON t (a)", "DROP INDEX i", LOSSLESS, "nothing"),
        ("CREATE VIEW v AS SELECT 1", "DROP VIEW v", LOSSLESS, "nothing"),
        ("ALTER TABLE t ADD c int", "ALTER TABLE t DROP c", NEW, "values of t.c"),
        ("CREATE TABLE t ()", "DROP TABLE t", NEW, "rows of the table t"),
        ("INSERT INTO t VALUES (1)", "DELETE FROM t WHERE id = 1", NEW, "deleted from t"),
        ("ALTER TABLE t ALTER c TYPE bigint", "ALTER TABLE t ALTER c TYPE int", NEW, "have to fit int4"),
        ("CREATE INDEX i ON t (a)", None, NEVER, "no rollback"),
        ("CREATE INDEX i ON t (a)", "-- nothing", NEVER, "empty"),
        ("DROP TABLE t", "CREATE TABLE t ()", NEVER, "rows of the table t are gone"),
        ("ALTER TABLE t DROP c", "ALTER TABLE t ADD c int", NEVER, "values of t.c are gone"),
        ("TRUNCATE t", "SELECT 1", NEVER, "rows of t are gone"),
        ("DELETE FROM t WHERE id = 1", "SELECT 1", NEVER, "deleted from t"),
        ("UPDATE t SET a = 1", "SELECT 1", NEVER, "overwritten"),
        ("UPDATE t SET a = 'x' WHERE a IS NULL", "SELECT 1", LOSSLESS, "nothing"),
        ("UPDATE t SET a = 'x', b = 1 WHERE a IS NULL", "SELECT 1", NEVER, "overwritten"),
        ("UPDATE t SET a = b", "UPDATE t SET a = NULL", NEW, "overwritten"),
        ("ALTER TABLE t ADD c int; UPDATE t SET c = 1", "ALTER TABLE t DROP c", NEW, "t.c"),
        ("CREATE TABLE x (); DROP TABLE x; CREATE INDEX i ON t (a)", "DROP INDEX i", LOSSLESS, "nothing"),
        ("ALTER TYPE m ADD VALUE 'x'", "SELECT 1", NEVER, "cannot take the value 'x'"),
        ("ALTER TYPE m ADD VALUE 'x'", "ALTER TYPE m RENAME TO old; CREATE TYPE m AS ENUM ('y')", LOSSLESS, "nothing"),
    ],
)
def test_undo_class(up: str, down: str | None, expected: UndoClass, reason: str) -> None:
    back = parse(down.encode(), "down.sql") if down is not None else None
    found, why = undo_class(parse(up.encode(), "up.sql"), back)
    assert (found, reason in why) == (expected, True), why
