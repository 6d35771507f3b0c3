from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cli_samples as samples
from migsafe.cli.__main__ import main
from migsafe.schemas.problem import MEANINGS
from migsafe.schemas.seal import plan_text

MANIFEST = "version: 1\nproject: shop\nmigrations:\n  folder: migrations\n"
DOOR = Path(__file__).parents[2] / "scripts" / "migrate-safe.sh"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a manifest and one harmless migration, as the current one."""
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations" / "rollback").mkdir(parents=True)
    (tmp_path / "migrations" / "001_users.sql").write_text("CREATE TABLE users (id bigint PRIMARY KEY);\n")
    (tmp_path / "migrations" / "rollback" / "001_users_down.sql").write_text("DROP TABLE users;\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The one JSON document on stdout."""
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
    )


def test_help_tells_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"{code.value:>4}  {meaning}" in printed for code, meaning in MEANINGS.items())


def test_help_imports_nothing_heavy() -> None:
    heavy = {"pydantic", "rich", "psycopg", "yaml", "postgast", "google.protobuf"}
    code = (
        "import sys; from migsafe.cli.__main__ import main; main(['--help']);"
        f"print(sorted(set({sorted(heavy)!r}) & set(sys.modules)), file=sys.stderr)"
    )
    assert python("-c", code).stderr.strip() == "[]"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_python_m_migsafe_works(arguments: list[str]) -> None:
    assert python("-m", "migsafe", *arguments).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["--nope"],
        ["plan", "--nope"],
        ["plan", "--output"],
        ["apply"],
        ["down", "--steps", "0"],
        ["down", "--steps", "many"],
        ["plan", "--format", "html"],
        ["plan", "a", "b"],
        ["--force", "validate"],
        ["validate", "--env", "nowhere"],
        ["schema", "nothing"],
        ["explain", "no-such-rule"],
        ["backup", "frobnicate"],
    ],
)
@pytest.mark.usefixtures("project")
def test_what_is_not_understood_exits_with_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert "next: " in captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json", "validate"],
        ["validate", "--json"],
        ["--dry-run", "validate", "--json"],
        ["--json", "--verbose", "validate"],
    ],
)
@pytest.mark.usefixtures("project")
def test_shared_options_stand_before_or_after_the_command(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    assert document(capsys)["kind"] == "validate"


def test_what_is_said_behind_the_command_wins(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "other.yaml").write_text(MANIFEST)
    assert main(["--manifest", "missing.yaml", "validate", "--manifest", "other.yaml", "--json"]) == 0
    assert document(capsys)["kind"] == "validate"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["plan", "--nope"], 64),
        (["validate", "--manifest", "missing.yaml"], 1),
        (["apply", "missing.json"], 1),
        (["apply", "migsafe.yaml"], 4),
        (["status"], 3),
        (["explain", "no-such-rule"], 64),
    ],
)
def test_json_is_one_document_when_something_is_wrong(
    arguments: list[str], code: int, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "migsafe.yaml").write_text(MANIFEST + "database:\n  url_env: MIGSAFE_TEST_UNSET_URL\n")
    assert main([*arguments, "--json"]) == code
    told = document(capsys)
    assert (told["kind"], told["exit_code"]) == ("problem", code)
    assert told["what"]


@pytest.mark.parametrize("arguments", [["explain"], ["explain", "drop-column"], ["schema", "plan"], ["backup", "list"]])
@pytest.mark.usefixtures("project")
def test_json_is_one_document_when_all_is_well(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--json"]) == 0
    assert document(capsys)


def test_an_unset_url_is_refused_by_its_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "migsafe.yaml").write_text(MANIFEST + "database:\n  url_env: MIGSAFE_TEST_UNSET_URL\n")
    assert main(["plan"]) == 3
    assert "MIGSAFE_TEST_UNSET_URL is not set" in capsys.readouterr().err


def test_validate_exits_with_3_and_underlines_what_it_refuses(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policies = "policies:\n  rules:\n    drop-table:\n      severity: error\n"
    (project / "migsafe.yaml").write_text(MANIFEST + policies)
    (project / "migrations" / "002_drop.sql").write_text("-- gone\nDROP TABLE legacy;\n")
    assert main(["validate"]) == 3
    printed = capsys.readouterr().out
    assert "error[drop-table]" in printed
    assert "migrations/002_drop.sql:2:1" in printed
    assert "2 | DROP TABLE legacy" in printed
    assert "^^^^^" in printed


def test_a_plan_file_is_shown_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "plan.json").write_text(plan_text(samples.plan(samples.migration())))
    assert main(["show", "plan.json"]) == 0
    assert "1. 20250217_drop_fax.sql" in capsys.readouterr().out


def test_a_flipped_byte_in_a_plan_file_is_stale(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = plan_text(samples.plan(samples.migration()))
    (project / "plan.json").write_text(text.replace("DROP COLUMN fax", "DROP COLUMN fix"))
    assert main(["apply", "plan.json", "--yes"]) == 4
    assert "digest" in capsys.readouterr().err


def test_a_plan_of_one_environment_is_not_applied_in_another(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "plan.json").write_text(plan_text(samples.plan(samples.migration())))
    assert main(["apply", "plan.json", "--env", "production", "--yes"]) == 4
    assert "made for staging" in capsys.readouterr().err


def test_init_never_overwrites(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 1
    assert "exists already" in capsys.readouterr().err
    assert (project / "migsafe.yaml").read_text() == MANIFEST


def test_init_makes_a_manifest_that_validates(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "migsafe.yaml").unlink()
    assert main(["init", "--json"]) == 0
    assert document(capsys)["files"] == ["migsafe.yaml", "migsafe.schema.json"]
    assert main(["validate"]) == 0


def test_new_makes_a_migration_and_its_rollback(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "add_note", "--json"]) == 0
    files = document(capsys)["files"]
    assert isinstance(files, list)
    assert len(files) == 2
    assert all((project / file).is_file() for file in files)


def test_a_dry_run_of_new_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dry-run", "new", "add_note"]) == 0
    assert "would write" in capsys.readouterr().out
    assert not list((project / "migrations").glob("*add_note*"))


def test_schemas_are_written_for_all_documents(project: Path) -> None:
    assert main(["schema", "--write", "json"]) == 0
    names = {path.name for path in (project / "json").iterdir()}
    assert names == {f"{name}.schema.json" for name in ("manifest", "plan", "facts", "report", "backup")}


@pytest.mark.usefixtures("project")
def test_a_reader_that_leaves_early_makes_no_noise() -> None:
    script = f'"{sys.executable}" -m migsafe explain 2>err.txt | head -n 1 >/dev/null'
    subprocess.run(["sh", "-c", script], check=True)
    assert Path("err.txt").read_text() == ""


@pytest.mark.usefixtures("project")
def test_a_closed_stdout_is_no_error() -> None:
    subprocess.run(["sh", "-c", f'"{sys.executable}" -m migsafe validate >&-'], check=True)


@pytest.mark.usefixtures("project")
def test_an_ascii_terminal_gets_escapes_and_no_traceback() -> None:
    done = python("-m", "migsafe", "validate", "--format", "markdown", PYTHONIOENCODING="ascii", COLUMNS="40")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("project")
def test_the_shell_door_leads_to_the_same_commands() -> None:
    variables = os.environ | {"MIGSAFE": str(Path(sys.executable).with_name("migsafe"))}
    done = subprocess.run(
        [DOOR, "--dry-run", "validate", "--verbose"], env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith("passed")
