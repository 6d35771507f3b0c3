"""Files that are named on the command line: what is no plan is refused, what is no file is left alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cli_samples as samples
from migsafe.cli.__main__ import main
from migsafe.cli.files import write_whole
from migsafe.schemas.problem import Problem, Stale
from migsafe.schemas.seal import PLAN_FORMAT, plan_text, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = """\
version: 1
project: shop
rehearsal:
  enabled: false
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
backup:
  before_apply: never
"""
PLAN = plan_text(samples.plan(samples.migration())).encode()
MINOR = PLAN_FORMAT.split(".")[1]


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One migration, and an empty target."""
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "001_users.sql").write_text("CREATE TABLE users (id bigint PRIMARY KEY);\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return tmp_path


def with_format(found: str) -> bytes:
    return PLAN.replace(f'"format":"{PLAN_FORMAT}"'.encode(), f'"format":"{found}"'.encode())


NO_PLANS = {
    "empty": (b"", "it is empty"),
    "cut in half": (PLAN[: len(PLAN) // 2], "Unterminated|Expecting"),
    "with more behind it": (PLAN + b"{}", "Extra data"),
    "no number": (b'{"format": NaN}', "NaN is no JSON"),
    "a key twice": (PLAN.replace(b'{"', b'{"id":"x","', 1), "a key stands twice"),
    "deep": (b"[" * 100_000, "nests too deep"),
    "other bytes": (b"\xff\xfe", "utf-8"),
    "a list": (b"[]", "no JSON object"),
    "a huge number": (PLAN.replace(b'"score":62', b'"score":' + b"9" * 5000, 1), "limit|digits"),
    "a field more": (PLAN.replace(b'{"', b'{"extra":1,"', 1), "extra: Extra inputs"),
    "a field less": (PLAN.replace(b'"project":"shop",', b""), "project: Field required"),
    "another text": (PLAN.replace(b"DROP COLUMN fax", b"DROP COLUMN fix"), "does not match the digest"),
    "another major": (with_format("99.0"), "another version"),
    "a newer minor": (with_format(f"1.{int(MINOR) + 1}"), "another version"),
    "a much newer minor": (with_format(f"1.{int(MINOR) + 10}"), "another version"),
    "no format": (with_format("1.x"), "another version"),
}


@pytest.mark.parametrize("name", NO_PLANS)
def test_what_is_no_plan_is_refused_with_the_reason(name: str) -> None:
    raw, why = NO_PLANS[name]
    with pytest.raises(Stale) as caught:
        read_plan(raw)
    assert caught.value.why
    assert re.search(why, caught.value.why)
    assert "migsafe plan" in caught.value.remedy


def test_a_plan_is_read_back_as_it_was() -> None:
    assert plan_text(read_plan(PLAN)).encode() == PLAN


@pytest.mark.usefixtures("project")
def test_what_is_no_file_is_not_read_and_not_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("fifo")
    with Path("huge").open("wb") as file:
        file.truncate(513 * 1024 * 1024)
    for name, why in (
        ("fifo", "it is a FIFO"),
        ("migrations", "it is a directory"),
        ("/dev/zero", "it is a device"),
        ("huge", "the limit is"),
    ):
        for arguments in (["apply", name, "--yes"], ["show", name], ["plan", "--facts", name]):
            assert main(arguments) in {1, 3}
            assert why in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("project")
def test_what_is_no_file_is_not_replaced_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    """A rename onto it would have replaced /dev/null in a container where migsafe runs as root."""
    os.mkfifo("fifo")
    for arguments in (["plan", "-o", "fifo"], ["facts", "-o", "fifo"], ["plan", "-o", "migrations"]):
        assert main(arguments) == 1
        assert "is not a file, and is left as it is" in capsys.readouterr().err
    assert Path("fifo").is_fifo()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk without room for anything more."""
    folder = tmp_path / "full"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k,mode=777", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a disk that is full")
    try:
        (folder / "old.json").write_bytes(b"x" * 8192)
        (folder / "filler").write_bytes(b"x" * 8192)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_the_old_file_stays_and_nothing_is_applied(
    project: Path, full: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["plan", "-o", "full/old.json"], ["facts", "-o", "full/facts.json"]):
        assert main(arguments) == 1
        assert "No space left" in capsys.readouterr().err
    assert sorted(path.name for path in full.iterdir()) == ["filler", "old.json"]
    assert (full / "old.json").read_bytes() == b"x" * 8192
    (project / ".migsafe").symlink_to(full)
    assert main(["up", "--yes", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["why"] == "No space left on device"
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pending"] == 1


def test_a_history_file_that_cannot_be_written_is_said_and_hinders_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".migration_history").mkdir()
    assert main(["up", "--yes"]) == 0
    assert ".migration_history was not written" in capsys.readouterr().err
    assert sorted(path.name for path in project.iterdir()) == [
        *(".migration_history", ".migsafe", "migrations", "migsafe.yaml")
    ]


def test_a_file_is_on_the_disk_before_it_has_its_name_and_so_is_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a power cut leaves the old or the new one, and never an empty one."""
    done: list[tuple[str, str]] = []
    sync, rename = os.fsync, os.rename

    def synced(handle: int) -> None:
        done.append(("sync", str(Path(f"/proc/self/fd/{handle}").readlink())))
        sync(handle)

    def replaced(source: Path, to: Path) -> None:
        done.append(("rename", str(source)))
        rename(source, to)

    if not Path("/proc/self/fd").exists():
        pytest.skip("which file is synced is seen in /proc only")
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write_whole(tmp_path / "plan.json", "{}")
    (first, second, third) = done
    assert (first, third) == (("sync", second[1]), ("sync", str(tmp_path)))
    assert second[0] == "rename"
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("project")
def test_a_missing_folder_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Problem, match="No such file"):
        write_whole(Path("missing") / "plan.json", "{}")
    assert main(["apply", "missing/plan.json"]) == 1
    assert "make one: migsafe plan -o missing/plan.json" in capsys.readouterr().err
