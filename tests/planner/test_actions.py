"""Statements become actions that carry what rules need to know."""

from __future__ import annotations

import dataclasses
import typing

import pytest

from migsafe.planner import actions as act
from migsafe.planner.actions import Action, ConstraintKind, ObjectKind, TypeName
from migsafe.planner.parse import parse
from migsafe.schemas.names import QualifiedName as Name


def read(text: str) -> tuple[Action, ...]:
    return tuple(action for statement in parse(text.encode(), "x.sql") for action in statement.actions)


def one(text: str) -> Action:
    (action,) = read(text)
    return action


T = Name("t", "s")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("int", TypeName("int4")),
        ("INT8[]", TypeName("int8", array=True)),
        ("varchar(255)", TypeName("varchar", modifiers=(255,))),
        ("character varying", TypeName("varchar")),
        ("char(3)", TypeName("bpchar", modifiers=(3,))),
        ("numeric(12, -2)", TypeName("numeric", modifiers=(12, -2))),
        ("timestamp with time zone", TypeName("timestamptz")),
        ("timestamptz(3)", TypeName("timestamptz", modifiers=(3,))),
        ("serial8", TypeName("bigserial")),
        ("public.mood", TypeName("mood", "public")),
        ("extensions.geography(Point, 4326)", TypeName("geography", "extensions", ("point", 4326))),
        ("text ARRAY", TypeName("text", array=True)),
    ],
)
def test_types_have_their_canonical_names(written: str, expected: TypeName) -> None:
    action = one(f"ALTER TABLE s.t ADD c {written}")
    assert isinstance(action, act.AddColumn)
    assert action.column.type == expected


def test_create_table_carries_columns_and_constraints() -> None:
    made = one(
        """CREATE UNLOGGED TABLE IF NOT EXISTS s.t (
            id bigserial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, v text COLLATE "C" NOT NULL DEFAULT 'x',
            g int GENERATED ALWAYS AS (n * 2) STORED, p int REFERENCES s.parent ON DELETE CASCADE DEFERRABLE,
            LIKE s.other, CONSTRAINT c CHECK (n > 0) NOT VALID, UNIQUE NULLS NOT DISTINCT (n, v)
        ) PARTITION BY RANGE (n)"""
    )
    assert isinstance(made, act.CreateTable)
    assert (made.name, made.unlogged, made.if_not_exists, made.like) == (T, True, True, (Name("other", "s"),))
    assert (made.partitioned_by, made.partition_columns) == ("range", ("n",))
    key, number, text, generated, parent = made.columns
    assert key.primary_key
    assert [column.not_null for column in made.columns] == [True, True, True, False, False]
    assert (number.identity, text.collation, generated.stored) == ("always", Name("C"), True)
    assert text.default is not None
    assert text.default.constant == "x"
    assert generated.generated is not None
    assert generated.generated.columns == ("n",)
    (foreign,) = parent.constraints
    assert (foreign.kind, foreign.columns, foreign.referenced) == (
        ConstraintKind.FOREIGN_KEY,
        ("p",),
        Name("parent", "s"),
    )
    assert (foreign.on_delete, foreign.deferrable) == ("cascade", True)
    check, unique = made.constraints
    assert (check.name, check.not_valid, unique.columns, unique.nulls_not_distinct) == ("c", True, ("n", "v"), True)


def test_partitions_and_children_are_told_apart() -> None:
    partition = one("CREATE TABLE p PARTITION OF s.t DEFAULT")
    assert isinstance(partition, act.CreateTable)
    assert (partition.partition_of, partition.default_partition, partition.inherits) == (T, True, ())
    child = one("CREATE TEMP TABLE p () INHERITS (s.t)")
    assert isinstance(child, act.CreateTable)
    assert (child.partition_of, child.inherits, child.temporary) == (None, (T,), True)


def test_each_command_of_alter_table_is_an_action_in_order() -> None:
    found = read(
        """ALTER TABLE s.t ADD COLUMN IF NOT EXISTS a int, DROP COLUMN b CASCADE, ALTER c TYPE text USING c::text,
        ALTER d SET NOT NULL, ALTER d DROP NOT NULL, ALTER e DROP DEFAULT, DROP CONSTRAINT IF EXISTS f,
        VALIDATE CONSTRAINT g, ENABLE ROW LEVEL SECURITY, OWNER TO me, SET (fillfactor = 70), DISABLE TRIGGER USER,
        SET LOGGED, REPLICA IDENTITY USING INDEX i, ALTER h SET STATISTICS 5"""
    )
    assert found[1:2] + found[3:] == (
        act.DropColumn(T, "b", False, True),
        act.SetNotNull(T, "d"),
        act.DropNotNull(T, "d"),
        act.DropDefault(T, "e"),
        act.DropConstraint(T, "f", True, False),
        act.ValidateConstraint(T, "g"),
        act.EnableRowSecurity(T),
        act.ChangeOwner(ObjectKind.TABLE, T, "me"),
        act.SetStorageParameters(T, (("fillfactor", "70"),), False, ObjectKind.TABLE),
        act.DisableTrigger(T, "USER"),
        act.SetLogged(T, True),
        act.SetReplicaIdentity(T, "index", "i"),
        act.TuneColumn(T, "h", "statistics", "5"),
    )
    assert isinstance(found[0], act.AddColumn)
    assert found[0].if_not_exists
    assert isinstance(found[2], act.AlterColumnType)
    assert found[2].using is not None


def test_add_constraint_says_what_the_server_will_have_to_do() -> None:
    using, foreign, not_null, exclude = read(
        """ALTER TABLE s.t ADD CONSTRAINT k PRIMARY KEY USING INDEX i;
        ALTER TABLE ONLY s.t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES x (c, d) NOT VALID;
        ALTER TABLE s.t ADD CONSTRAINT n NOT NULL a; ALTER TABLE s.t ADD EXCLUDE USING gist (a WITH =) WHERE (b > 0)"""
    )
    assert isinstance(using, act.AddConstraint)
    assert isinstance(foreign, act.AddConstraint)
    assert isinstance(not_null, act.AddConstraint)
    assert isinstance(exclude, act.AddConstraint)
    assert (using.constraint.using_index, using.only, foreign.only) == ("i", False, True)
    assert (foreign.constraint.columns, foreign.constraint.referenced_columns) == (("a", "b"), ("c", "d"))
    assert foreign.constraint.not_valid
    assert (not_null.constraint.kind, not_null.constraint.columns) == (ConstraintKind.NOT_NULL, ("a",))
    assert (exclude.constraint.method, exclude.constraint.columns) == ("gist", ("a",))


def test_indexes() -> None:
    made = one(
        """CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t USING gin
        (lower(a) text_pattern_ops DESC NULLS LAST, b) INCLUDE (c) NULLS NOT DISTINCT WHERE d"""
    )
    assert isinstance(made, act.CreateIndex)
    assert (made.unique, made.concurrently, made.if_not_exists, made.only, made.method) == (
        True,
        True,
        True,
        True,
        "gin",
    )
    assert (made.table, made.qualified, made.include) == (T, Name("i", "s"), ("c",))
    first, second = made.columns
    assert (first.name, first.operator_class, first.descending, first.nulls) == (
        None,
        Name("text_pattern_ops"),
        True,
        "last",
    )
    assert (second.name, made.where is not None, made.nulls_not_distinct) == ("b", True, True)


def test_functions_carry_body_and_search_path() -> None:
    made = one(
        """CREATE OR REPLACE FUNCTION s.t(a int, OUT b text, c int DEFAULT 1) RETURNS SETOF record
        LANGUAGE PLpgSQL STABLE SECURITY DEFINER SET search_path = '' SET a.b FROM CURRENT AS $$ body $$"""
    )
    assert isinstance(made, act.CreateFunction)
    assert (made.name, made.or_replace, made.language, made.body) == (T, True, "plpgsql", " body ")
    assert (made.security_definer, made.volatility, made.search_path) == (True, "stable", "")
    assert [argument.mode for argument in made.arguments] == ["in", "out", "in"]
    assert made.returns == TypeName("record", setof=True)
    atomic = one("CREATE FUNCTION f() RETURNS int RETURN 1")
    assert isinstance(atomic, act.CreateFunction)
    assert (atomic.language, atomic.body, atomic.search_path) == ("sql", None, None)


def test_policies() -> None:
    made = one("CREATE POLICY p ON s.t AS RESTRICTIVE FOR SELECT TO public, r USING (auth.uid() = u) WITH CHECK (true)")
    assert isinstance(made, act.CreatePolicy)
    assert (made.name, made.table, made.command, made.permissive) == ("p", T, "select", False)
    assert made.roles == ("public", "r")
    assert made.using is not None
    assert [str(call.function) for call in made.using.calls] == ["auth.uid"]
    assert made.with_check is not None
    assert made.with_check.constant == "true"


def test_privileges() -> None:
    granted = one("GRANT SELECT (a), INSERT ON s.t TO PUBLIC, r WITH GRANT OPTION")
    assert granted == act.Grant(
        ObjectKind.TABLE,
        (act.Privilege("select", ("a",)), act.Privilege("insert", ())),
        (T,),
        False,
        ("public", "r"),
        True,
    )
    revoked = act.Revoke(ObjectKind.FUNCTION, (act.Privilege("all", ()),), (Name("s"),), True, ("r",), False, False)
    assert one("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA s FROM r") == revoked
    default = one("ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s GRANT SELECT ON TABLES TO r")
    assert isinstance(default, act.AlterDefaultPrivileges)
    assert (default.for_roles, default.schemas, default.change.objects) == (("a",), ("s",), ())


@pytest.mark.parametrize(
    ("where", "every"),
    [("", True), ("WHERE true", True), ("WHERE 1 = 1", True), ("WHERE 1 = 2", False), ("WHERE a = 1", False)],
)
def test_writes_of_every_row_are_known(where: str, every: bool) -> None:
    updated, deleted = read(f"UPDATE s.t SET a = 1, b = 2 {where}; DELETE FROM s.t {where}")
    assert isinstance(updated, act.Update)
    assert isinstance(deleted, act.Delete)
    assert (updated.columns, updated.every_row, deleted.every_row) == (("a", "b"), every, every)


def test_what_is_written_inside_with_comes_first() -> None:
    found = read("WITH q AS (DELETE FROM old WHERE a RETURNING *) INSERT INTO s.t SELECT * FROM q JOIN u ON true")
    assert [type(action) for action in found] == [act.Delete, act.Insert]
    assert isinstance(found[1], act.Insert)
    assert found[1].sources == (Name("u"),)


def test_explain_runs_its_statement_only_with_analyze() -> None:
    assert read("EXPLAIN DELETE FROM s.t") == (act.Explain(False),)
    assert [type(action) for action in read("EXPLAIN ANALYZE DELETE FROM s.t")] == [act.Explain, act.Delete]


def test_select_names_its_calls() -> None:
    found = one("SELECT set_config('role', 'x', false), f(a) FROM s.t")
    assert isinstance(found, act.Select)
    assert found.calls == (act.Call(Name("set_config"), ("role", "x", "false")), act.Call(Name("f"), (None,)))
    assert found.sources == (T,)


@pytest.mark.parametrize(
    ("expression", "volatile"),
    [
        ("now()", ()),
        ("CURRENT_TIMESTAMP", ()),
        ("timezone('utc', now())", ()),
        ("statement_timestamp()", ()),
        ("lower('A') || 'x'", ()),
        ("'{}'::jsonb", ()),
        ("auth.uid()", ()),
        ("gen_random_uuid()", ("gen_random_uuid",)),
        ("pg_catalog.random() * 2", ("pg_catalog.random",)),
        ("clock_timestamp()", ("clock_timestamp",)),
        ("nextval('s')", ("nextval",)),
        ("timeofday()", ("timeofday",)),
        ("extensions.uuid_generate_v4()", ("extensions.uuid_generate_v4",)),
        ("lower(own_function())", ("own_function",)),
    ],
)
def test_volatile_calls_of_a_default_are_named(expression: str, volatile: tuple[str, ...]) -> None:
    action = one(f"ALTER TABLE s.t ADD c text DEFAULT {expression}")
    assert isinstance(action, act.AddColumn)
    assert action.column.default is not None
    assert action.column.default.volatile_calls == volatile


@pytest.mark.parametrize(
    ("expression", "null"), [("NULL", True), ("NULL::text", True), ("'NULL'", False), ("0", False)]
)
def test_a_default_of_null_is_known(expression: str, null: bool) -> None:
    action = one(f"ALTER TABLE s.t ALTER c SET DEFAULT {expression}")
    assert isinstance(action, act.SetDefault)
    assert action.default.is_null is null


def test_what_has_no_reader_is_listed() -> None:
    assert one("ALTER TABLE t OF s.u") == act.Unread("AlterTableStmt.AT_AddOf")


def test_actions_are_values() -> None:
    first: Action = act.SetNotNull(T, "a")
    assert first == act.SetNotNull(table=T, column="a")
    other: Action = act.DropNotNull(T, "a")
    assert first != other
    assert len({first, act.SetNotNull(T, "a")}) == 1
    assert repr(first) == "SetNotNull(table=QualifiedName(name='t', schema='s'), column='a')"
    with pytest.raises(AttributeError):
        setattr(first, "column", "b")  # noqa: B010 - mypy forbids the assignment, which is the point
    assert not dataclasses.is_dataclass(first)


def test_every_action_is_in_the_union_and_exported() -> None:
    members = {member.__name__ for member in typing.get_args(Action)}
    assert members | {"Action"} == set(act.vocabulary.__all__)
