"""Reading the application's queries: where statements begin, and parameters of every spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.impact import read_queries
from migsafe.planner.impact.placeholders import without_dollars
from migsafe.planner.impact.queries import queries_of
from migsafe.planner.manifest.read import read_manifest
from migsafe.schemas.problem import Problem, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.schemas.impact import Query


def read(sql: str) -> list[Query]:
    return list(queries_of(sql_file("q.sql", sql.encode())))


@pytest.mark.parametrize(
    ("written", "numbered"),
    [
        ("SELECT $1, $2", "SELECT $1, $2"),
        ("SELECT a FROM t WHERE b = :b AND c = :c OR b = :b", "SELECT a FROM t WHERE b = $1 AND c = $2 OR b = $1"),
        ("SELECT a FROM t WHERE b = @b AND c =@c", "SELECT a FROM t WHERE b = $1 AND c =$2"),
        ("SELECT a FROM t WHERE b = ? AND c =? LIMIT ?", "SELECT a FROM t WHERE b = $1 AND c =$2 LIMIT $3"),
        ("SELECT a FROM t WHERE b = %s AND c %% 2 = %s", "SELECT a FROM t WHERE b = $1 AND c % 2 = $2"),
        ("SELECT a FROM t WHERE b IN (%(x)s, %(y)s, %(x)s)", "SELECT a FROM t WHERE b IN ($1, $2, $1)"),
        ("SELECT sqlc.arg(n)::text, sqlc.narg('m')", "SELECT $1::text, $2"),
        ("SELECT sqlc.embed(t) FROM t", "SELECT t.* FROM t"),
        (
            "SELECT ':a', \":b\", $$ :c ? $$, x::text -- :d\n, a[1:2]",
            "SELECT ':a', \":b\", $$ :c ? $$, x::text -- :d\n, a[1:2]",
        ),
        ("SELECT d ? 'a', d @> '{}', d ?| $1 FROM t", "SELECT d ? 'a', d @> '{}', d ?| $1 FROM t"),
        ("SELECT d @@ q, tags <@ other FROM t", "SELECT d @@ q, tags <@ other FROM t"),
        ("SELECT 'it''s :not', E'a\\':b' WHERE c = :c", "SELECT 'it''s :not', E'a\\':b' WHERE c = $1"),
    ],
)
def test_parameters_of_every_spelling_are_numbered(written: str, numbered: str) -> None:
    (query,) = read(written)
    assert (query.sql, query.obstacle) == (numbered, "")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("SELECT a FROM t WHERE b = $1 AND c = :c", "mixes"),
        ("SELECT a FROM t WHERE b IN (sqlc.slice(ids))", "slice"),
        ("SELECT a FROM {{ table }}", "template"),
        ("SELECT a FROM t WHERE b = :'b'", "psql"),
        ("CREATE TABLE t ()", "can be prepared"),
        ("SELECT a INTO x FROM t", "SELECT INTO"),
        ("SELEC a", "syntax"),
    ],
)
def test_what_cannot_be_prepared_says_why(written: str, reason: str) -> None:
    (query,) = read(written)
    assert query.sql == written
    assert reason in query.obstacle


def test_statements_are_found_with_the_line_of_their_first_word() -> None:
    found = read("-- name: one\n\nSELECT 1; /* ; */ SELECT ';',\n $a$;$a$;;\n-- end\n")
    assert [str(query.origin) for query in found] == ["q.sql:3", "q.sql:3"]
    assert [query.sql for query in found] == ["SELECT 1", "SELECT ';',\n $a$;$a$"]


def test_numbers_that_look_like_dollar_quotes_are_taken_apart() -> None:
    assert without_dollars("($1,$2)").replace(" ", "") == "(:p1,:p2)"


def test_files_and_folders_are_read_in_order_and_only_sql(tmp_path: Path) -> None:
    (tmp_path / "db" / "sub").mkdir(parents=True)
    (tmp_path / "db" / "b.sql").write_text("SELECT 2")
    (tmp_path / "db" / "sub" / "a.sql").write_text("SELECT 3; SELECT 4")
    (tmp_path / "db" / "readme.md").write_text("SELECT 5")
    (tmp_path / "one.sql").write_text("SELECT 1")
    found = read_queries(tmp_path, ("one.sql", "db"))
    assert [query.sql for query in found] == ["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"]
    assert len(read_queries(tmp_path, (".",))) == 4


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"there is no missing\.sql"):
        read_queries(tmp_path, ("missing.sql",))


def test_what_leads_out_of_the_project_is_refused(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret.sql").write_text("SELECT 1")
    (project / "link.sql").symlink_to(tmp_path / "secret.sql")
    with pytest.raises(Refusal, match="leads out of the project"):
        read_queries(project, ("link.sql",))


def test_a_circle_of_folders_ends(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "again").symlink_to(tmp_path / "db")
    (tmp_path / "db" / "a.sql").write_text("SELECT 1")
    assert len(read_queries(tmp_path, ("db",))) == 1


def test_the_manifest_names_queries_below_its_own_folder_only(tmp_path: Path) -> None:
    manifest = tmp_path / "migsafe.yaml"
    text = "version: 1\nproject: shop\nimpact:\n  pg_stat_statements: true\n  queries: [db/queries, {path}]\n"
    manifest.write_text(text.replace("{path}", "app/reports.sql"))
    assert read_manifest(manifest, {}).impact.queries == ("db/queries", "app/reports.sql")
    manifest.write_text(text.replace("{path}", "../elsewhere"))
    with pytest.raises(Refusal, match=r"contains \.\."):
        read_manifest(manifest, {})
