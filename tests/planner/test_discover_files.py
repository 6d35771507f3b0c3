"""Only regular files inside the project are read, whatever stands in the folder."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from migsafe.planner.discover import discover
from migsafe.schemas.manifest import Layout, Manifest, Migrations, Rollbacks
from migsafe.schemas.problem import Problem, Refusal

if TYPE_CHECKING:
    from pathlib import Path


def manifest(layout: Layout = Layout.SUPABASE, folder: str = "m", rollbacks: str | None = None) -> Manifest:
    return Manifest(
        version=1,
        project="shop",
        migrations=Migrations(folder=folder, layout=layout),
        rollbacks=Rollbacks(folder=rollbacks),
    )


SUPABASE = manifest()


def write(root: Path, *names: str, content: str = "SELECT 1;\n") -> None:
    for name in names:
        path = root / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def refusal(root: Path, project: Manifest) -> Refusal:
    with pytest.raises(Refusal) as caught:
        discover(root, project)
    problem = caught.value
    assert problem.why
    assert problem.remedy
    assert problem.place
    return problem


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, "1_a.sql")
    secret = tmp_path / "secret.sql"
    secret.write_text("SELECT 'canary';")
    (root / "m/README.md").symlink_to(secret)
    assert len(discover(root, SUPABASE)) == 1
    (root / "m/2_b.sql").symlink_to(secret)
    assert "out of the project" in refusal(root, SUPABASE).what
    (root / "m/2_b.sql").unlink()
    (root / "out").symlink_to(tmp_path)
    assert "out of the project" in refusal(root, manifest(folder="out")).what
    assert "out of the project" in refusal(root, manifest(rollbacks="out")).what
    assert "out of the project" in refusal(root, manifest(folder="..")).what


def test_symlinks_inside_the_project_are_followed(tmp_path: Path) -> None:
    write(tmp_path, "../shared/a.sql", content="SELECT 2;\n")
    write(tmp_path, "1_a.sql")
    (tmp_path / "m/2_b.sql").symlink_to(tmp_path / "shared/a.sql")
    (tmp_path / "link").symlink_to(tmp_path / "m")
    found = discover(tmp_path, manifest(folder="link"))
    assert [migration.up.raw for migration in found] == [b"SELECT 1;\n", b"SELECT 2;\n"]
    assert found[1].up.path == "link/2_b.sql"


@pytest.mark.parametrize("kind", ["fifo", "device", "dangling", "loop", "directory"])
def test_only_regular_files_are_read_and_nothing_is_waited_for(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "1_a.sql")
    path = tmp_path / "m/2_b.sql"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "dangling":
            path.symlink_to("nowhere.sql")
        case "loop":
            path.symlink_to(path)
        case _:
            path.mkdir()
    assert "2_b.sql" in str(refusal(tmp_path, SUPABASE))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql")
    os.truncate(tmp_path / "m/1_a.sql", 256 * 1024 * 1024 + 1)
    assert "too large" in refusal(tmp_path, SUPABASE).what


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql")
    (tmp_path / "m/1_a.sql").chmod(0)
    with pytest.raises(Problem, match="cannot read"):
        discover(tmp_path, SUPABASE)


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql")
    shutil.copy(tmp_path / "m/1_a.sql", os.fsdecode(os.fsencode(tmp_path) + b"/m/2_\xff.sql"))
    str(refusal(tmp_path, SUPABASE)).encode()
