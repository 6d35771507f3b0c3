"""A backup is taken, read back, and stands only when it equals the database."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migsafe.executor.backup import standings, take, verify
from migsafe.executor.server.binaries import SETTING, BinariesMissing, find_client, find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.databases import create_database
from migsafe.executor.server.embedded import embedded
from migsafe.executor.server.filelock import poll
from migsafe.schemas.events import BackupDone, BackupProgress, BackupStarted, BackupVerifying, ServerNotice
from migsafe.schemas.manifest import Backup, BackupFormat, Compression, Verification
from migsafe.schemas.problem import BackupFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    from migsafe.executor.server.embedded import Server
    from migsafe.schemas.backup import BackupRecord
    from migsafe.schemas.events import Event

    Connect = Callable[[str], psycopg.Connection]
    Fake = Callable[[str], Path]

CANARY = "c4n4ry%2Fp4ss"
NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PLAIN = Backup()

OBJECTS = """
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
INSERT INTO orders (note) SELECT repeat('n', 50) FROM generate_series(1, 500);
INSERT INTO orders (note) VALUES (E'two\\nlines\\t\\\\.'), (NULL), ('COPY public.orders (id) FROM stdin;');
CREATE TABLE "Odd
na""me" (id int, "a (b" int);
INSERT INTO "Odd
na""me" VALUES (1, 2);
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
CREATE TABLE events (id int, body text) PARTITION BY LIST (id);
CREATE TABLE events_one PARTITION OF events FOR VALUES IN (1);
INSERT INTO events VALUES (1, 'x'), (1, 'y');
CREATE TABLE parent (id int);
CREATE TABLE child (extra int) INHERITS (parent);
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (2, 2), (3, 3);
CREATE VIEW shown AS SELECT id FROM orders;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM orders;
CREATE SEQUENCE numbers;
CREATE TYPE span AS RANGE (subtype = int);
CREATE EXTENSION citext;
CREATE SCHEMA migsafe;
CREATE TABLE migsafe.runs (id int);
CREATE FUNCTION quoting() RETURNS text LANGUAGE sql AS $$
    SELECT '
--
-- PostgreSQL database dump complete
--
COPY public.orders (id) FROM stdin;
'
$$;
"""


def now() -> datetime:
    return NOON


def ignore(_event: Event) -> None:
    pass


@pytest.fixture
def filled(database: str, connect: Connect) -> str:
    """The URL of a database with a bit of everything."""
    connect(database).execute(OBJECTS)
    return database


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A function that puts a shell script in the place of pg_dump; `real` in it is the true one."""
    real = find_client("pg_dump", 17)

    def place(body: str, version: str = real.version) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        script = folder / "pg_dump"
        script.write_text(
            f'#!/bin/bash\n[ "$1" = --version ] && {{ echo "pg_dump (PostgreSQL) {version}"; exit; }}\n'
            f'real() {{ "{real.bin_dir}/pg_dump" "$@"; }}\n{body}\n'
        )
        script.chmod(0o755)
        monkeypatch.setenv(SETTING, str(folder))
        return folder

    return place


def names_in(root: Path) -> set[str]:
    """What lies in the folder of the backups, but for the lock."""
    return {path.name for path in (root / "backups").iterdir()} - {".lock"}


@pytest.mark.parametrize(
    ("settings", "ending"),
    [
        (Backup(), ".sql"),
        (Backup(compression=Compression.GZIP), ".sql.gz"),
        (Backup(format=BackupFormat.CUSTOM), ".dump"),
        (Backup(format=BackupFormat.CUSTOM, compression=Compression.GZIP), ".dump"),
        (Backup(format=BackupFormat.CUSTOM, compression=Compression.ZSTD), ".dump"),
        (Backup(format=BackupFormat.DIRECTORY), ""),
        (Backup(format=BackupFormat.DIRECTORY, compression=Compression.ZSTD, jobs=2), ""),
    ],
)
def test_a_backup_of_every_format_is_complete(filled: str, tmp_path: Path, settings: Backup, ending: str) -> None:
    record = take(filled, tmp_path, settings, now, ignore)
    assert record.file == f"backup_20260301_120000{ending}"
    assert {one.table: one.rows for one in record.census.tables} == {
        "public.orders": 503,
        'public."Odd\nna""me"': 1,
        "public.nothing": 1,
        "public.events_one": 2,
        "public.parent": 1,
        "public.child": 2,
        "migsafe.runs": 0,
    }
    assert (record.census.sequences, record.census.views, record.census.functions) == (2, 2, 1)
    assert names_in(tmp_path) == {record.file, f"{record.file}.json"}
    standing = verify(tmp_path, settings)
    assert (standing.verified, standing.problem, standing.record) == (True, "", record)


@pytest.mark.parametrize(
    "settings",
    [
        Backup(verify=Verification.RESTORE, compression=Compression.GZIP),
        Backup(verify=Verification.RESTORE, format=BackupFormat.DIRECTORY, jobs=2),
    ],
)
def test_a_restored_backup_equals_its_database(filled: str, tmp_path: Path, settings: Backup, connect: Connect) -> None:
    """Roles that the scratch server lacks are made there; they are no part of the dump."""
    connect(filled).execute("DROP ROLE IF EXISTS reader; CREATE ROLE reader; GRANT SELECT ON orders TO reader")
    record = take(filled, tmp_path, settings, now, ignore)
    assert record.verified is Verification.RESTORE
    connect(filled).execute("DROP OWNED BY reader; DROP ROLE reader")


def test_a_restore_goes_nowhere_but_to_the_scratch_server(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the caller's environment, PGHOSTADDR alone would win over the socket that the address names."""
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "1")
    take(filled, tmp_path, Backup(verify=Verification.RESTORE), now, ignore)


def test_a_backup_that_cannot_be_restored_is_refused(database: str, tmp_path: Path, connect: Connect) -> None:
    """The check calls a function that finds its table by the search path, and a restore has none."""
    connect(database).execute("""
        CREATE TABLE allowed (word text);
        INSERT INTO allowed VALUES ('yes');
        CREATE FUNCTION is_allowed(text) RETURNS bool LANGUAGE plpgsql AS
            $$ BEGIN RETURN EXISTS (SELECT FROM allowed WHERE word = $1); END $$;
        CREATE TABLE answers (word text CHECK (is_allowed(word)));
        INSERT INTO answers VALUES ('yes');
    """)
    with pytest.raises(BackupFailed, match="proven by restoring") as refused:
        take(database, tmp_path, Backup(verify=Verification.RESTORE), now, ignore)
    assert "allowed" in refused.value.why
    assert names_in(tmp_path) == set()


def test_an_older_server_is_dumped_and_restored_by_its_own_programs(tmp_path: Path, server: Server) -> None:
    try:
        old = find_server(15)
        find_client("psql", 15)
    except BinariesMissing:
        pytest.skip("no PostgreSQL 15 here")
    state = server.socket_dir.parent.parent / "fifteen"
    with embedded(state, durability=Durability.THROWAWAY, installation=old) as fifteen:
        settings = Backup(verify=Verification.RESTORE, compression=Compression.GZIP)
        record = take(create_database(fifteen, "old"), tmp_path, settings, now, ignore)
    assert (record.restore_major, record.server_version // 10000) == (15, 15)


def test_large_tables_are_counted_in_the_dump_alone(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migsafe.executor.backup.taking.COUNTED_BYTES", -1)
    record = take(filled, tmp_path, PLAIN, now, ignore)
    assert {one.rows for one in record.census.tables if one.table == "public.orders"} == {503}
    assert verify(tmp_path, PLAIN).verified


def test_events_tell_the_way(filled: str, tmp_path: Path, fake: Fake) -> None:
    fake('echo "warning: watch out" >&2; read -t 0.3 < <(tail -f /dev/null); real "$@"')
    heard: list[Event] = []
    record = take(filled, tmp_path, PLAIN, now, heard.append)
    kinds = [type(event) for event in heard]
    assert kinds[0] is BackupStarted
    assert BackupProgress in kinds
    assert kinds[-3:] == [ServerNotice, BackupVerifying, BackupDone]
    assert record.warnings == ("warning: watch out",)


def test_two_backups_in_one_second_stand_side_by_side(database: str, tmp_path: Path) -> None:
    first, second = (take(database, tmp_path, PLAIN, now, ignore) for _ in range(2))
    assert (first.file, second.file) == ("backup_20260301_120000.sql", "backup_20260301_120000-2.sql")
    assert [one.record for one in standings(tmp_path, PLAIN)] == [second, first]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('real "$@" | head -c 2000; echo "lost it" >&2; exit 1', "ended with 1: lost it"),
        ("exit 0", "the end of the dump is missing"),
        ('real "$@" | head -c 2000', "the end of the dump is missing"),
        ('real "$@" | head -n 100; kill -KILL $$', "killed by SIGKILL"),
        (r'real "$@" | sed "/^1\tnnn/d"', "public.orders has 502 rows in the backup and 503 in the database"),
        ('real "$@" --exclude-table-data=orders', "the rows of public.orders are missing"),
        ('real "$@" --exclude-table=shown', "it holds 1 views, the database 2"),
        ('ulimit -f 8; real "$@"', "it ended with"),
    ],
)
def test_a_dump_that_is_not_whole_is_refused(filled: str, tmp_path: Path, fake: Fake, body: str, why: str) -> None:
    fake(body)
    with pytest.raises(BackupFailed) as refused:
        take(filled, tmp_path, PLAIN, now, ignore)
    assert why in refused.value.why
    assert refused.value.remedy
    assert names_in(tmp_path) == set()


def test_a_pg_dump_older_than_the_server_is_refused(database: str, tmp_path: Path, fake: Fake) -> None:
    fake('touch "$0.ran"', version="9.6.24")  # type: ignore[call-arg]
    with pytest.raises(BackupFailed, match="no pg_dump of PostgreSQL 17 or newer") as refused:
        take(database, tmp_path, PLAIN, now, ignore)
    assert "9.6.24" in refused.value.why
    assert "install" in refused.value.remedy
    assert not (tmp_path / "bin" / "pg_dump.ran").exists()


def test_rows_that_change_during_the_dump_do_not_matter(
    filled: str, tmp_path: Path, fake: Fake, connect: Connect
) -> None:
    psql = find_client("psql", 17).program("psql")
    fake(f'"{psql}" -qX "{filled}" -c "DELETE FROM orders; INSERT INTO nothing DEFAULT VALUES" && real "$@"')
    record = take(filled, tmp_path, PLAIN, now, ignore)
    assert {one.rows for one in record.census.tables if one.table == "public.orders"} == {503}
    assert connect(filled).execute("SELECT count(*) FROM orders").fetchone() == (0,)


def test_a_secret_is_neither_in_arguments_nor_in_files(filled: str, tmp_path: Path, fake: Fake) -> None:
    seen = fake(
        'tr "\\0" " " < /proc/$$/cmdline > "$0.args"; printf %s "$PGPASSWORD" > "$0.password"; umask > "$0.umask"'
        '; stat -c %a "$(readlink /proc/$$/fd/1)" > "$0.mode"; real "$@"'
    )
    record = take(f"{filled}&password={CANARY}", tmp_path, PLAIN, now, ignore)
    secret = "c4n4ry/p4ss"
    assert (seen / "pg_dump.password").read_text() == secret
    assert (seen / "pg_dump.umask").read_text().strip() == "0077"
    assert (seen / "pg_dump.mode").read_text().strip() == "600"
    for path in (seen / "pg_dump.args", *(tmp_path / "backups").iterdir()):
        assert "c4n4ry" not in path.read_text()
    assert record.bytes > 0


@pytest.mark.parametrize("url", ["postgresql://me:c4n4ry@host:port/%zz", "postgres//me:c4n4ry@host"])
def test_an_unreadable_address_is_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(BackupFailed) as refused:
        take(url, tmp_path, PLAIN, now, ignore)
    assert "c4n4ry" not in str(refused.value)


@pytest.mark.parametrize("settings", [PLAIN, Backup(format=BackupFormat.DIRECTORY)])
def test_files_are_closed_to_others_whatever_the_umask(database: str, tmp_path: Path, settings: Backup) -> None:
    before = os.umask(0)
    try:
        take(database, tmp_path, settings, now, ignore)
    finally:
        os.umask(before)
    for path in (tmp_path / "backups", *(tmp_path / "backups").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_an_unfit_folder_is_refused(database: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    (tmp_path / "elsewhere").mkdir()
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "open").mkdir()
    (root / "open").chmod(0o777)
    for folder in ("link", "link/deeper", "../elsewhere", str(tmp_path / "elsewhere"), "open"):
        with pytest.raises(BackupFailed, match="backups cannot be kept"):
            take(database, root, Backup(folder=folder), now, ignore)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(filled: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        with pytest.raises(BackupFailed):
            take(filled, tmp_path, PLAIN, now, ignore)
        assert names_in(tmp_path) == set()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_clearly_too_small_is_refused_first(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    connect(filled).execute("CREATE TABLE big AS SELECT repeat(i::text, 50) FROM generate_series(1, 20000) AS i")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=100_000))
    with pytest.raises(BackupFailed, match="too little room"):
        take(filled, tmp_path, PLAIN, now, ignore)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000))
    heard: list[Event] = []
    take(filled, tmp_path, PLAIN, now, heard.append)
    assert [event.text for event in heard if isinstance(event, ServerNotice)]


def test_a_server_that_is_not_there_is_named_as_the_cause(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed) as refused:
        take("postgresql://me@127.0.0.1:1/none?password=c4n4ry", tmp_path, PLAIN, now, ignore)
    assert "c4n4ry" not in str(refused.value)
    assert names_in(tmp_path) == set()


RUN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from migsafe.executor.backup import take
from migsafe.schemas.events import BackupProgress
from migsafe.schemas.manifest import Backup, BackupFormat
def hear(event):
    if isinstance(event, BackupProgress): print("growing", flush=True)
take(sys.argv[1], Path(sys.argv[2]), Backup(format=sys.argv[3]), lambda: datetime.now(UTC), hear)
"""


@contextmanager
def stuck(url: str, root: Path, settings: Backup) -> Iterator[subprocess.Popen[str]]:
    """Another process that takes a backup, in the midst of it."""
    command = [sys.executable, "-c", RUN, url, str(root), settings.format.value]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "growing\n"
        yield process
        process.kill()


STUCK = 'echo $$ > "$0.pid"; echo "-- half"; exec tail -f /dev/null'


def is_gone(bin_dir: Path) -> bool | None:
    pid = int((bin_dir / "pg_dump.pid").read_text())
    return True if not Path(f"/proc/{pid}").exists() else None


@pytest.mark.parametrize("settings", [PLAIN, Backup(format=BackupFormat.DIRECTORY)])
def test_what_a_killed_run_leaves_never_counts_and_is_swept(
    database: str, tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch, settings: Backup
) -> None:
    bin_dir = fake(STUCK)
    with stuck(database, tmp_path, settings) as process:
        (draft,) = names_in(tmp_path)
        monkeypatch.delenv(SETTING)
        beside = take(database, tmp_path, PLAIN, now, ignore)
        assert draft in names_in(tmp_path), "the draft of a living process stays"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert draft.endswith(".partial")
    assert poll(lambda: is_gone(bin_dir), 10), "pg_dump ends with the run that started it"
    assert [one.record for one in standings(tmp_path, settings)] == [beside]
    take(database, tmp_path, PLAIN, now, ignore)
    assert draft not in names_in(tmp_path)


def test_ctrl_c_ends_pg_dump_and_removes_what_it_wrote(database: str, tmp_path: Path, fake: Fake) -> None:
    bin_dir = fake(STUCK)
    with stuck(database, tmp_path, PLAIN) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) != 0
    assert is_gone(bin_dir)
    assert names_in(tmp_path) == set()


@pytest.fixture
def limited(database: str, connect: Connect) -> Iterator[str]:
    """The URL of a role that is no superuser, in a database with a platform's schema that is closed to it."""
    admin = connect(database)
    admin.execute("""
        CREATE ROLE limited LOGIN;
        GRANT CREATE ON SCHEMA public TO limited;
        CREATE SCHEMA auth;
        CREATE TABLE auth.users (id int);
        CREATE TABLE public.theirs (id int);
        ALTER TABLE public.theirs OWNER TO limited;
    """)
    yield database.replace(f"user={admin.info.user}", "user=limited")
    admin.execute("DROP OWNED BY limited CASCADE; DROP ROLE limited")


def test_a_closed_schema_of_the_platform_is_left_out_and_named(limited: str, tmp_path: Path) -> None:
    record: BackupRecord = take(limited, tmp_path, PLAIN, now, ignore)
    assert [one.table for one in record.census.tables] == ["public.theirs"]
    assert any("schema auth" in words and "auth.users" in words for words in record.not_covered)
    assert "auth.users" not in (tmp_path / "backups" / record.file).read_text()
    with pytest.raises(BackupFailed, match="without all schemas"):
        take(limited, tmp_path, Backup(verify=Verification.RESTORE), now, ignore)


HIDE_ROWS = """
    ALTER TABLE theirs RENAME TO secret;
    ALTER TABLE secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
"""


@pytest.mark.parametrize(
    ("obstacle", "why"),
    [
        ("CREATE TABLE public.secret (id int)", "no SELECT"),
        ("CREATE SEQUENCE public.secret", "no SELECT"),
        (HIDE_ROWS, "row security"),
    ],
)
def test_what_the_role_cannot_read_is_named(
    limited: str, database: str, tmp_path: Path, connect: Connect, obstacle: str, why: str
) -> None:
    connect(database).execute(obstacle)
    with pytest.raises(BackupFailed, match=r"public\.secret") as refused:
        take(limited, tmp_path, PLAIN, now, ignore)
    assert why in refused.value.why
    assert "GRANT" in refused.value.remedy
