"""The objects that a statement touches, as far as its text names them."""

from __future__ import annotations

import pytest

from migsafe.planner.actions import Action, ObjectKind, touched
from migsafe.planner.parse import parse


def read(text: str) -> tuple[Action, ...]:
    return tuple(action for statement in parse(text.encode(), "x.sql") for action in statement.actions)


TABLE, INDEX = ObjectKind.TABLE, ObjectKind.INDEX


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALTER TABLE s.t ADD a int REFERENCES u", [(TABLE, "s.t"), (TABLE, "u")]),
        ("ALTER TABLE s.t ADD FOREIGN KEY (a) REFERENCES u", [(TABLE, "s.t"), (TABLE, "u")]),
        ("CREATE TABLE s.t (a int REFERENCES u, LIKE v)", [(TABLE, "s.t"), (TABLE, "v"), (TABLE, "u")]),
        ("CREATE TABLE p PARTITION OF s.t DEFAULT", [(TABLE, "p"), (TABLE, "s.t")]),
        ("DROP INDEX s.i, j", [(INDEX, "s.i"), (INDEX, "j")]),
        ("DROP TRIGGER g ON s.t", [(TABLE, "s.t"), (ObjectKind.TRIGGER, "g")]),
        ("CREATE INDEX ON s.t (a)", [(TABLE, "s.t")]),
        ("ALTER TABLE s.t DROP a, DROP b", [(TABLE, "s.t")]),
        ("CREATE VIEW v AS SELECT * FROM s.t", [(ObjectKind.VIEW, "v"), (TABLE, "s.t")]),
        ("UPDATE s.t SET a = 1 FROM u", [(TABLE, "s.t"), (TABLE, "u")]),
        ("GRANT USAGE ON SCHEMA s TO r", [(ObjectKind.SCHEMA, "s")]),
        ("COMMENT ON COLUMN s.t.a IS ''", [(TABLE, "s.t")]),
        ("ALTER INDEX s.i SET TABLESPACE x", [(INDEX, "s.i")]),
        ("BEGIN", []),
    ],
)
def test_touched_objects(text: str, expected: list[tuple[ObjectKind, str]]) -> None:
    assert [(found.kind, str(found.name)) for found in touched(read(text))] == expected
