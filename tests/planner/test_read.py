"""A manifest is read as it is written, or refused with the place of every error and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.planner.manifest.read import read_manifest
from migsafe.planner.manifest.starter import default_manifest_text
from migsafe.schemas.manifest import Layout, Manifest
from migsafe.schemas.platform import Platform
from migsafe.schemas.problem import Problem, Refusal

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "version: 1\nproject: shop\n"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return tmp_path / "migsafe.yaml"


def read(path: Path, text: str, **variables: str) -> Manifest:
    path.write_text(text)
    return read_manifest(path, variables)


def refusal(path: Path, text: str | bytes, **variables: str) -> Refusal:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refusal) as caught:
        read_manifest(path, variables)
    problem = caught.value
    assert problem.why
    assert problem.remedy
    assert problem.place
    return problem


def at(problem: Problem) -> tuple[int, int]:
    assert problem.place
    return problem.place.line, problem.place.column


@pytest.mark.parametrize("text", ["0001", "2024-01-01", "no", "12:30", "20240101_120000", "1e3", "0x10", "'null'"])
def test_scalars_stay_the_text_that_they_are(manifest: Path, text: str) -> None:
    assert read(manifest, f"version: 1\nproject: {text}\n").project == text.strip("'")


def test_text_becomes_numbers_dates_and_durations_where_a_field_wants_them(manifest: Path) -> None:
    found = read(
        manifest,
        HEAD
        + """
backup: {keep: 007}
policies:
  max_risk: "40"
  timeouts: {statement: 2h, connect: 0}
  maintenance_window: {days: [fri], start: 22:30, end: 02:00, timezone: Europe/Berlin}
  freeze: [{start: 2026-12-20T00:00:00+01:00, end: 2027-01-02T00:00:00Z, reason: holidays}]
  exemptions:
    - {rule: a, migration: m, statement: 0123456789ab, owner: o, reason: r, expires: 2027-01-31}
""",
    )
    assert found.backup.keep == 7
    assert found.policies.max_risk == 40
    assert found.policies.timeouts.statement == 7_200_000
    assert found.policies.maintenance_window
    assert found.policies.maintenance_window.start == "22:30"
    assert found.policies.exemptions[0].expires.isoformat() == "2027-01-31"


def test_line_ends_and_a_byte_order_mark_do_not_matter(manifest: Path) -> None:
    manifest.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert read_manifest(manifest, {}).project == "shop"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", (1, 1), "empty"),
        ("# nothing\n\n", (1, 1), "empty"),
        ("null\n", (1, 1), "empty"),
        ("- a\n", (1, 1), "list"),
        ("just text\n", (1, 1), "text"),
        (f"{HEAD}---\nversion: 1\n", (3, 1), "several documents"),
        ("project: a\n", (1, 1), "`version` is missing"),
        ("version: 2\n", (1, 10), "version"),
        ("version: 1\n", (1, 1), "`project` is missing"),
        (f"{HEAD}migratons: {{}}\n", (3, 1), "did you mean `migrations`?"),
        (f"{HEAD}backup:\n  kep: 3\n", (4, 3), "did you mean `keep`?"),
        (f"{HEAD}environments:\n  prod:\n    backup: {{kep: 3}}\n", (5, 14), "did you mean `keep`?"),
        (f"{HEAD}environments:\n  Prod: {{}}\n", (4, 3), "good name"),
        (f"{HEAD}backup:\n  format: customs\n", (4, 11), "did you mean `custom`?"),
        (f"{HEAD}project: b\n", (3, 1), "line 2 and again in line 3"),
        (f"{HEAD}backup: {{keep: 1, 'keep': 2}}\n", (3, 19), "stands twice"),
        (f"{HEAD}database:\n", (3, 10), "empty"),
        (f"{HEAD}database: [a]\n", (3, 11), "a list"),
        (f"{HEAD}x: !!python/object:os.system ls\n", (3, 4), "tag"),
        (f"{HEAD}x: !mine ls\n", (3, 4), "tag"),
        (f"{HEAD}x: &a b\n", (3, 4), "anchor"),
        (f"{HEAD}x: *a\n", (3, 4), "alias"),
        (f"{HEAD}<<: {{a: b}}\n", (3, 1), "merge key"),
        (f"{HEAD}? [a]\n: b\n", (3, 3), "key must be text"),
        (f"{HEAD}x: a: b\n", (3, 5), "not YAML"),
        (f"{HEAD}\tx: b\n", (3, 1), "not YAML"),
        (f"{HEAD}x: \0\n", (3, 4), "NUL"),
        (f"{HEAD}x: é\x07\n", (3, 5), "control characters"),
        (HEAD.encode() + b"x: \xff\n", (3, 4), "UTF-8"),
        (HEAD.encode("utf-16"), (1, 1), "UTF-8"),
        (f"{HEAD}backup: {{keep: 0}}\n", (3, 16), "greater than or equal to 1"),
        (f"{HEAD}backup: {{keep: -1}}\n", (3, 16), "greater than or equal to 1"),
        (f"{HEAD}backup: {{keep: seven}}\n", (3, 16), "integer"),
        (f"{HEAD}policies: {{plan_expires_after: 7 days}}\n", (3, 32), "7d"),
        (f"{HEAD}policies: {{plan_expires_after: 7}}\n", (3, 32), "no unit"),
        (f"{HEAD}policies: {{timeouts: {{statement: 30}}}}\n", (3, 34), "no unit"),
        (f"{HEAD}backup: {{jobs: 4}}\n", (3, 9), "directory"),
        (f"{HEAD}environments: {{prod: {{backup: {{jobs: 4}}}}}}\n", (3, 16), "directory"),
        (
            f"{HEAD}policies: {{maintenance_window: {{start: '1:00', end: '02:00', timezone: Mars/Base}}}}\n",
            (3, 40),
            "`timezone` is unknown",
        ),
        (
            f"{HEAD}policies: {{freeze: [{{start: 1, end: 2026-01-01T00:00:00Z, reason: r}}]}}\n",
            (3, 29),
            "no moment",
        ),
    ],
)
def test_what_is_no_manifest_is_refused_with_its_place(
    manifest: Path, text: str | bytes, place: tuple[int, int], words: str
) -> None:
    problem = refusal(manifest, text)
    assert at(problem) == place
    assert words in str(problem)


@pytest.mark.parametrize("expires", ["20270101", "1704067200", "soon", "2027-02-30", "2027-1-1", "2027-01-01T00:00:00"])
def test_only_a_date_is_a_date(manifest: Path, expires: str) -> None:
    text = f"""{HEAD}policies:
  exemptions: [{{rule: a, migration: m, statement: 0123456789ab, owner: o, reason: r, expires: {expires}}}]
"""
    assert at(refusal(manifest, text))[0] == 4


@pytest.mark.parametrize(
    "path",
    ["/etc", "../x", "a/../../b", "~/x", "C:/x", "C:x", "a\\b", "\\\\host\\share", '"a\\u200bb"', '"a\\nb"', "a/.."],
)
@pytest.mark.parametrize("section", ["migrations", "rollbacks", "backup"])
def test_paths_stay_below_the_manifest(manifest: Path, path: str, section: str) -> None:
    assert "path" in refusal(manifest, f"{HEAD}{section}:\n  folder: {path}\n").what
    nested = f"{HEAD}environments:\n  prod:\n    backup: {{folder: {path}}}\n"
    assert at(refusal(manifest, nested)) == (5, 22)


@pytest.mark.parametrize("zone", ["/etc/passwd", "../UTC", "America", "", "Europe/Berlin\\0", "é"])
def test_a_time_zone_is_a_name_and_no_path(manifest: Path, zone: str) -> None:
    text = f'{HEAD}policies: {{maintenance_window: {{start: "01:00", end: "02:00", timezone: "{zone}"}}}}\n'
    assert "timezone" in refusal(manifest, text).what


def test_all_errors_are_told_at_once(manifest: Path) -> None:
    problem = refusal(manifest, f"{HEAD}backup:\n  keep: x\n  folder: /tmp\nbogus: 1\ndatabase:\n  url_env: a-b\n")
    assert at(problem) == (4, 9)
    for line in ("line 5", "line 6", "line 8"):
        assert line in problem.why


def test_a_thousand_errors_are_not_told_at_once(manifest: Path) -> None:
    problem = refusal(manifest, HEAD + "".join(f"bogus{number}: 1\n" for number in range(1000)))
    assert len(str(problem)) < 10_000
    assert "979 more" in problem.why


def test_two_environments_cannot_be_the_same_database(manifest: Path) -> None:
    text = f"""{HEAD}environments:
  staging: {{database: {{url_env: STAGING}}}}
  production: {{database: {{url_env: STAGING}}}}
"""
    problem = refusal(manifest, text)
    assert "`staging` and `production`" in problem.what
    assert at(problem) == (5, 36)


def test_rollbacks_have_a_folder_only_where_the_layout_wants_one(manifest: Path) -> None:
    text = f"{HEAD}migrations: {{layout: diesel}}\nrollbacks: {{folder: down}}\n"
    assert at(refusal(manifest, text)) == (4, 21)
    same = f"{HEAD}migrations: {{folder: a/b}}\nrollbacks: {{folder: ./a//b/}}\n"
    assert at(refusal(manifest, same)) == (4, 21)


def test_variables_are_filled_in(manifest: Path) -> None:
    text = "version: 1\nenv: [NAME]\nproject: '${NAME} ${MIGSAFE_B} $${NAME} $NAME $'\n"
    assert read(manifest, text, NAME="a", MIGSAFE_B="b").project == "a b ${NAME} $NAME $"


def test_what_a_variable_holds_is_never_read_as_yaml_or_as_another_variable(manifest: Path) -> None:
    text = "version: 1\nproject: ${MIGSAFE_A}\n"
    assert read(manifest, text, MIGSAFE_A="a\nbackup: {keep: 1}", X="x").project == "a\nbackup: {keep: 1}"
    assert read(manifest, text, MIGSAFE_A="${HOME}").project == "${HOME}"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("${HOME}", "not listed"),
        ("${NAMES}", "did you mean ${NAME}?"),
        ("${NAME}", "not set"),
        ("${MIGSAFE_X}", "not set"),
        ("${a-b}", "names no variable"),
        ("${}", "names no variable"),
        ("${NAME", "names no variable"),
        ("${NAME:-x}", "names no variable"),
    ],
)
def test_a_variable_is_listed_and_set_or_refused(manifest: Path, written: str, words: str) -> None:
    problem = refusal(manifest, f"version: 1\nenv: [NAME]\nproject: '{written}'\n", HOME="/root")
    assert words in str(problem)
    assert at(problem) == (3, 10)


def test_messages_hold_no_secret(manifest: Path) -> None:
    texts = [
        f"{HEAD}backup: {{keep: '${{MIGSAFE_S}}'}}\n",
        f"{HEAD}policies: {{timeouts: {{statement: '${{MIGSAFE_S}}'}}}}\n",
        f"{HEAD}database: {{url_env: postgres://me:canary@host/db}}\n",
        f"{HEAD}postgres://me:canary@host: 1\n",
        f"{HEAD}database:\n  password: canary\n",
    ]
    for text in texts:
        problem = refusal(manifest, text, MIGSAFE_S="canary")
        assert problem.place
        assert "canary" not in str(problem) + problem.place.excerpt
    assert "environment variable" in refusal(manifest, texts[2]).remedy


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("project", ["shop", 'a "b" ${C} é: #', "null", "- x", "\u2028\x07"])
def test_the_first_manifest_is_valid_and_says_what_was_asked(manifest: Path, layout: Layout, project: str) -> None:
    text = default_manifest_text(project, Platform.SUPABASE, layout, "db/my migrations")
    assert text.startswith("# yaml-language-server: $schema=")
    found = read(manifest, text)
    assert (found.project, found.platform) == (project, Platform.SUPABASE)
    assert (found.migrations.layout, found.migrations.folder) == (layout, "db/my migrations")


def test_the_examples_in_the_first_manifest_are_valid_too(manifest: Path) -> None:
    text = default_manifest_text("shop", Platform.POSTGRES, Layout.SUPABASE, "migrations")
    for commented in ("# database:", "# environments:", "#   "):
        text = text.replace(f"\n{commented}", f"\n{commented.removeprefix('# ')}")
    assert set(read(manifest, text).environments) == {"production"}
