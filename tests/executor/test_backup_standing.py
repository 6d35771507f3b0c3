"""Which backups count, what damage is found, and what retention deletes."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migsafe.executor.backup import prune, standings, take, verify
from migsafe.executor.backup.folder import PREFIX, drafted, flush, new_file
from migsafe.executor.backup.readback import hash_of
from migsafe.executor.backup.sidecar import publish_recorded
from migsafe.schemas.backup import BackupRecord, Census, TableCount
from migsafe.schemas.manifest import Backup, BackupFormat, Compression, Verification
from migsafe.schemas.problem import BackupFailed, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    Connect = Callable[[str], psycopg.Connection]

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
TEXT = b"""--
-- PostgreSQL database dump
--

--
-- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: me
--

COPY public.orders (id) FROM stdin;
1
2
\\.


--
-- PostgreSQL database dump complete
--

\\unrestrict abc

"""
RECORD = BackupRecord(
    version=1,
    file="",
    format=BackupFormat.PLAIN,
    compression=Compression.NONE,
    sha256="",
    bytes=len(TEXT),
    started_at=NOON.isoformat(),
    finished_at=NOON.isoformat(),
    database="shop",
    system_identifier="1",
    database_oid=1,
    server_version=170010,
    dump_version="17.10",
    restore_major=17,
    verified=Verification.READ,
    census=Census(tables=(TableCount(table="public.orders", rows=2),), sequences=0, views=0, functions=0),
    not_covered=(),
)


def keeping(count: int) -> Backup:
    return Backup(keep=count)


def make(root: Path, stem: str = "backup_20260301_120000", *, serial: int = 1, days: int = 0) -> BackupRecord:
    """Write a small backup as `take` does, with a clock that shows whatever it likes."""
    folder = root / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    with drafted(folder, stem, ".sql", new_file) as draft:
        os.write(draft.descriptor, TEXT)
        flush(draft.path)
        said = {
            "file": draft.final.name,
            "sha256": hash_of(draft.path),
            "serial": serial,
            "finished_at": (NOON + timedelta(days=days)).isoformat(),
        }
        return publish_recorded(draft, RECORD.model_copy(update=said))


def test_a_sound_backup_counts(tmp_path: Path) -> None:
    record = make(tmp_path)
    assert verify(tmp_path, keeping(5)).record == record
    assert verify(tmp_path, keeping(5), record.file).verified
    assert verify(tmp_path, keeping(5), f"backups/{record.file}").verified


def test_listing_makes_no_folder(tmp_path: Path) -> None:
    assert standings(tmp_path, keeping(5)) == ()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Problem, match="there is no backup in backups"):
        verify(tmp_path, keeping(5))


def test_a_name_that_is_not_there_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(Problem, match="there is no backup nonsense"):
        verify(tmp_path, keeping(5), "nonsense")


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


DAMAGE: list[tuple[Callable[[bytes], bytes], str]] = [
    (flipped, "SHA-256 differs"),
    (lambda data: data[:-10], "when it was verified"),
    (lambda data: data[: len(data) // 2], "when it was verified"),
    (lambda data: data[:-10] + b"\0" * 10, "SHA-256 differs"),
    (lambda _: b"", "when it was verified"),
]


@pytest.mark.parametrize(("harm", "problem"), DAMAGE)
def test_damaged_data_does_not_count(tmp_path: Path, harm: Callable[[bytes], bytes], problem: str) -> None:
    path = tmp_path / "backups" / make(tmp_path).file
    path.write_bytes(harm(path.read_bytes()))
    standing = verify(tmp_path, keeping(5))
    assert not standing.verified
    assert problem in standing.problem


@pytest.mark.parametrize(
    "settings_",
    [
        Backup(compression=Compression.GZIP),
        Backup(format=BackupFormat.CUSTOM),
        Backup(format=BackupFormat.CUSTOM, compression=Compression.ZSTD),
        Backup(format=BackupFormat.DIRECTORY, compression=Compression.GZIP),
    ],
)
def test_every_format_tells_its_damage(database: str, tmp_path: Path, connect: Connect, settings_: Backup) -> None:
    connect(database).execute("CREATE TABLE orders AS SELECT i, md5(i::text) FROM generate_series(1, 2000) AS i")
    record = take(database, tmp_path, settings_, lambda: NOON, lambda _: None)
    path = tmp_path / "backups" / record.file
    target = max(path.iterdir(), key=lambda part: part.stat().st_size) if path.is_dir() else path
    sound = target.read_bytes()
    for harmed in (flipped(sound), sound[:-1000], sound[:-1]):
        target.write_bytes(harmed)
        assert not verify(tmp_path, settings_).verified
    target.write_bytes(sound)
    assert verify(tmp_path, settings_).verified
    if path.is_dir():
        (path / "toc.dat").rename(path / "other.dat")
        assert not verify(tmp_path, settings_).verified


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        ({"database": "other"}, "its digest does not fit"),
        ({"sha256": "0" * 64}, "its digest does not fit"),
        ({"file": "../../etc/passwd"}, "its digest does not fit"),
        ({"extra": 1}, "not a record of a backup"),
    ],
)
def test_an_edited_sidecar_is_not_believed(tmp_path: Path, edit: dict[str, object], problem: str) -> None:
    sidecar = tmp_path / "backups" / f"{make(tmp_path).file}.json"
    sidecar.write_text(json.dumps({**json.loads(sidecar.read_bytes()), **edit}))
    standing = verify(tmp_path, keeping(5))
    assert (standing.verified, standing.record) == (False, None)
    assert problem in standing.problem


def test_a_sidecar_counts_for_its_own_file_only(tmp_path: Path) -> None:
    record = make(tmp_path)
    folder = tmp_path / "backups"
    for name in (record.file, f"{record.file}.json"):
        (folder / name).rename(folder / name.replace("1200", "1300"))
    assert "it is the record of" in verify(tmp_path, keeping(5)).problem


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"null", b"[" * 100_000])
def test_a_broken_sidecar_is_told_and_not_crashed_on(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "backups" / f"{make(tmp_path).file}.json").write_bytes(content)
    assert "not a record" in verify(tmp_path, keeping(5)).problem


def test_data_without_sidecar_and_links_do_not_count(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    linked, bare = make(tmp_path).file, make(tmp_path, "backup_2").file
    (folder / linked).rename(tmp_path / "away")
    (folder / linked).symlink_to(tmp_path / "away")
    (folder / f"{bare}.json").unlink()
    assert {one.path: one.problem for one in standings(tmp_path, keeping(5))} == {
        f"backups/{linked}": "it is a symbolic link",
        f"backups/{bare}": "it has no sidecar: the run that wrote it did not come to its end",
    }


def test_rows_are_counted_again_even_when_the_hash_fits(tmp_path: Path) -> None:
    """A record that was never true is found too: the census is compared, not just the hash."""
    folder = tmp_path / "backups"
    folder.mkdir()
    with drafted(folder, "backup_1", ".sql", new_file) as draft:
        os.write(draft.descriptor, TEXT.replace(b"1\n2\n", b"1\n"))
        said = {"file": "backup_1.sql", "sha256": hash_of(draft.path), "bytes": len(TEXT) - 2}
        publish_recorded(draft, RECORD.model_copy(update=said))
    assert "has 1 rows in the backup and 2" in verify(tmp_path, keeping(5)).problem


def test_neither_names_nor_clocks_decide_which_is_newest(tmp_path: Path) -> None:
    make(tmp_path, "backup_3", serial=1, days=0)
    make(tmp_path, "backup_1", serial=3, days=-400)
    make(tmp_path, "backup_2", serial=2, days=400)
    names = [one.path for one in standings(tmp_path, keeping(5))]
    assert names == ["backups/backup_1.sql", "backups/backup_2.sql", "backups/backup_3.sql"]


def test_a_clock_that_was_set_back_does_not_cost_the_new_backup(database: str, tmp_path: Path) -> None:
    clock = iter([NOON + timedelta(days=days) for days in (5, 5, 1, 1)])
    for _ in range(2):
        newest = take(database, tmp_path, keeping(1), lambda: next(clock), lambda _: None)
        prune(tmp_path, keeping(1))
    assert [one.record for one in standings(tmp_path, keeping(1))] == [newest]


def test_retention_deletes_nothing_while_the_newest_is_damaged(tmp_path: Path) -> None:
    for serial in (1, 2, 3):
        newest = make(tmp_path, f"backup_{serial}", serial=serial)
    path = tmp_path / "backups" / newest.file
    path.write_bytes(flipped(path.read_bytes()))
    with pytest.raises(BackupFailed, match="is damaged"):
        prune(tmp_path, keeping(1))
    assert len(standings(tmp_path, keeping(1))) == 3


def test_a_crash_between_data_and_sidecar_is_cleared_next_time(tmp_path: Path) -> None:
    for serial in (1, 2):
        make(tmp_path, f"backup_{serial}", serial=serial)
    folder = tmp_path / "backups"
    (folder / "backup_1.sql").rename(folder / ".backup_1.sql.partial")
    assert prune(tmp_path, keeping(1)) == ()
    assert {path.name for path in folder.glob("backup_*")} == {"backup_2.sql", "backup_2.sql.json"}


STATES = st.lists(st.sampled_from(["sound", "cut", "no sidecar", "bad sidecar", "lone sidecar"]), max_size=8)


@settings(max_examples=40, deadline=None)
@given(states=STATES, keep=st.integers(1, 4), protected=st.sets(st.integers(0, 7)), order=st.randoms())
def test_retention_keeps_the_newest_that_count(
    states: list[str], keep: int, protected: set[int], order: object
) -> None:
    """Whatever else lies there: the newest `keep` sound ones stay, and nothing that does not count is deleted."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        names = [f"{PREFIX}{number:03}" for number in range(len(states))]
        order.shuffle(names)  # type: ignore[attr-defined]
        files = [make(root, stem, serial=serial).file for serial, stem in enumerate(names)]
        for file, state in zip(files, states, strict=True):
            spoil(root / "backups" / file, state)
        stranger = root / "backups" / "backup_of_mine.tar"
        (root / "backups").mkdir(exist_ok=True)
        stranger.write_text("dear to me")
        also = {files[number] for number in protected if number < len(files)}
        sound = [file for file, state in zip(files, states, strict=True) if state == "sound"]
        countable = [file for file in reversed(sound) if file not in also]
        deleted = prune(root, keeping(keep), also)
        assert set(deleted) == {f"backups/{file}" for file in countable[keep:]}
        assert {one.path for one in standings(root, keeping(keep)) if one.verified} == {
            f"backups/{file}" for file in {*countable[:keep], *(also & set(sound))}
        }
        assert stranger.exists()
        for file, state in zip(files, states, strict=True):
            assert state not in {"cut", "no sidecar", "bad sidecar"} or (root / "backups" / file).exists()


def spoil(path: Path, state: str) -> None:
    sidecar = path.with_name(f"{path.name}.json")
    match state:
        case "cut":
            path.write_bytes(path.read_bytes()[:-5])
        case "no sidecar":
            sidecar.unlink()
        case "bad sidecar":
            sidecar.write_text("{}")
        case "lone sidecar":
            path.unlink()
        case _:
            pass
