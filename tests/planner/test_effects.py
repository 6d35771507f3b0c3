"""What statements are foretold to do, and the locks that a step takes beforehand."""

from __future__ import annotations

import inspect
import re
import typing

import pytest

from migsafe.planner.actions import Action
from migsafe.planner.actions.typename import TypeName
from migsafe.planner.carry import walk
from migsafe.planner.effects import (
    effects,
    in_one_order,
    locks_needed,
    no_relation,
    parts,
    relations,
    rows,
    summary,
    upkeep,
)
from migsafe.planner.effects.columns import is_free
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState, of_target, with_history
from migsafe.planner.transactions import divide
from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.locks import Lock
from migsafe.schemas.names import QualifiedName, parsed
from migsafe.schemas.target import RelationFacts


def relation(name: str, kind: str = "table") -> RelationFacts:
    return RelationFacts(relation=name, kind=kind, rows=-1, bytes=0, row_security=False, owner="o")


def target() -> SchemaState:
    facts = [relation("public.t"), relation("public.r"), relation("public.v", "view"), relation("public.s", "sequence")]
    return of_target(facts, ["public"])


def foretold(sql: str, state: SchemaState | None = None) -> list[tuple[Effect, ...]]:
    state = state or target()
    segments = divide(parse(sql.encode(), "x.sql")).segments
    return [effects(segment.statements[number], state) for segment, number in walk(segments, state)]


def needs(sql: str) -> list[tuple[str, Lock]]:
    state = target()
    segments = divide(parse(sql.encode(), "x.sql")).segments
    found = [
        need for segment, number in walk(segments, state) for need in locks_needed(segment.statements[number], state)
    ]
    return [(need.relation, need.lock) for need in in_one_order(found)]


def test_several_actions_on_one_table_are_its_strongest() -> None:
    ((effect,),) = foretold("ALTER TABLE t ALTER a SET STATISTICS 1, ALTER b TYPE bigint, DROP c")
    assert (effect.lock, effect.rewrite, effect.scan, effect.loss) == (Lock.ACCESS_EXCLUSIVE, True, True, Loss.COLUMN)


def test_a_table_made_by_the_plan_is_new_and_what_it_refers_to_is_not() -> None:
    created, indexed = foretold("CREATE TABLE n (r_id int REFERENCES r); CREATE INDEX ON n (r_id)")
    assert [(effect.relation, effect.lock.value, effect.new) for effect in created] == [
        ("public.n", "ACCESS EXCLUSIVE", True),
        ("public.r", "SHARE ROW EXCLUSIVE", False),
    ]
    assert [(effect.relation, effect.new) for effect in indexed] == [("public.n", True)]


def test_a_valid_check_makes_set_not_null_free() -> None:
    checked = "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;"
    *_, (waits,) = foretold(checked + "ALTER TABLE t ALTER a SET NOT NULL")
    *_, (free,) = foretold(checked + "ALTER TABLE t VALIDATE CONSTRAINT c; ALTER TABLE t ALTER a SET NOT NULL")
    assert (waits.scan, free.scan) == (True, False)


def test_applied_migrations_tell_the_types_that_the_target_does_not() -> None:
    history = SchemaState()
    list(walk(divide(parse(b"CREATE TABLE t (a varchar(9)); CREATE INDEX i ON t (a)", "x")).segments, history))
    state = with_history(target(), history)
    ((free,),) = foretold("ALTER TABLE t ALTER a TYPE text", state)
    ((unknown,),) = foretold("ALTER TABLE t ALTER a TYPE text")
    assert (free.rewrite, unknown.rewrite) == (False, True)
    assert [effect.relation for effect in foretold("DROP INDEX i", state)[0]] == ["public.t"]


@pytest.mark.parametrize(
    ("old", "new", "free"),
    [
        (TypeName("varchar", modifiers=(9,)), TypeName("varchar", modifiers=(10,)), True),
        (TypeName("varchar", modifiers=(9,)), TypeName("varchar", modifiers=(8,)), False),
        (TypeName("varchar", modifiers=(9,)), TypeName("text"), True),
        (TypeName("text"), TypeName("varchar"), True),
        (TypeName("text"), TypeName("varchar", modifiers=(9,)), False),
        (TypeName("int4"), TypeName("int8"), False),
        (TypeName("int4"), TypeName("text"), False),
        (TypeName("numeric", modifiers=(8, 2)), TypeName("numeric", modifiers=(10, 2)), True),
        (TypeName("numeric", modifiers=(8, 2)), TypeName("numeric", modifiers=(10, 3)), False),
        (TypeName("numeric", modifiers=(8, 2)), TypeName("numeric"), True),
        (TypeName("timestamp"), TypeName("timestamptz"), False),
        (TypeName("timestamptz", modifiers=(3,)), TypeName("timestamptz", modifiers=(6,)), True),
        (TypeName("cidr"), TypeName("inet"), True),
        (TypeName("varchar", modifiers=(9,)), TypeName("text", array=True), False),
        (TypeName("bpchar", modifiers=(3,)), TypeName("bpchar", modifiers=(4,)), False),
    ],
    ids=str,
)
def test_types_that_change_in_the_catalog_alone(old: TypeName, new: TypeName, free: bool) -> None:
    assert is_free(old, new) is free


def test_a_step_needs_each_table_once_in_one_order() -> None:
    assert needs("CREATE INDEX ON t (a); ALTER TABLE t ADD b int; ALTER TABLE r ADD FOREIGN KEY (a) REFERENCES t") == [
        ("public.r", Lock.SHARE_ROW_EXCLUSIVE),
        ("public.t", Lock.ACCESS_EXCLUSIVE),
    ]


def test_no_lock_is_needed_beforehand_on_what_is_new_renamed_weak_or_no_table() -> None:
    assert needs("CREATE TABLE n (a int); ALTER TABLE n ADD b int") == []
    assert needs("ALTER TABLE t RENAME TO u; ALTER TABLE u ADD b int") == [("public.t", Lock.ACCESS_EXCLUSIVE)]
    assert needs("INSERT INTO t VALUES (1); DROP VIEW v; ALTER SEQUENCE s RESTART") == []
    assert needs("ALTER TABLE elsewhere.t ADD b int") == []


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("ALTER TABLE orders ADD note text", "add column orders.note"),
        ("CREATE INDEX orders_user_idx ON orders (u)", "create index orders_user_idx on orders"),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON o (u)", "create unique index i on o concurrently"),
        ("DROP TABLE a.b", "drop table a.b"),
        ("CREATE TABLE t ()", "create table t"),
        ("GRANT SELECT ON t TO u", "grant t"),
        ("DO $$ BEGIN END $$", "run a code block"),
        ("SET lock_timeout = '1s'", "set lock_timeout = 1s"),
        ("ALTER TABLE t ADD a int, ADD b int, ADD c int", "add column t.a, add column t.b and 1 more"),
        ("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r NOT VALID", "add foreign key not valid to t"),
    ],
)
def test_summary(sql: str, words: str) -> None:
    (statement,) = parse(sql.encode(), "x.sql")
    assert summary(statement) == words


@pytest.mark.parametrize("name", [QualifiedName("a.b", 'we"ird'), QualifiedName("t", "public"), QualifiedName("user")])
def test_a_name_is_read_as_it_is_written(name: QualifiedName) -> None:
    assert parsed(str(name)) == name


def test_each_kind_of_action_is_foretold_or_listed_as_having_no_effect() -> None:
    """A new kind of action has to be placed."""
    source = "".join(map(inspect.getsource, (parts, relations, rows, upkeep)))
    foretold_kinds = set(re.findall(r"\bact\.(\w+)", source))
    listed = (*no_relation.LOCKS_NONE, *no_relation.REACHES_UNNAMED, *no_relation.NOT_ANALYSED)
    none = {kind.__name__ for kind in listed}
    assert foretold_kinds & none == set()
    assert foretold_kinds | none == {kind.__name__ for kind in typing.get_args(Action)}
