"""Measures how many megabytes of a table a second each kind of work gets through: the constants of the hold model.

    python bench/speeds.py [MEGABYTES]

On the embedded server, on a table of MEGABYTES (default 400) with three indexes. Prints one line a kind of work. The
table in planner/migsafe/planner/risk/speeds.py holds cautious values below what an ordinary machine gives.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.databases import create_database
from migsafe.executor.server.embedded import embedded

TABLE = """
CREATE TABLE bulk (id bigint PRIMARY KEY, account bigint NOT NULL, note text, amount numeric(12, 2), made timestamptz);
CREATE TABLE account (id bigint PRIMARY KEY);
INSERT INTO account SELECT generate_series(1, 100000);
"""
FILL = """
INSERT INTO bulk
SELECT n, 1 + n % 100000, repeat('x', 80) || n, n / 7.0, timestamptz '2026-01-01' + n * interval '1 second'
FROM generate_series(1, {rows}) AS n
"""
WORK = {
    "scan": "ALTER TABLE bulk ADD CHECK (id > 0)",
    "foreign key check": "ALTER TABLE bulk ADD FOREIGN KEY (account) REFERENCES account",
    "index build": "CREATE INDEX ON bulk (account, made)",
    "rewrite": "ALTER TABLE bulk ALTER COLUMN amount TYPE numeric(14, 3)",
    "update": "UPDATE bulk SET note = note || '!'",
}


def main() -> None:
    """Fill the table, do each kind of work in a transaction that is rolled back, and print the rates."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    folder = Path(tempfile.mkdtemp(prefix="migsafe-speeds-"))
    try:
        with (
            embedded(folder, durability=Durability.KEPT) as server,
            psycopg.connect(create_database(server, "speeds")) as connection,
        ):
            measure(connection, megabytes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(connection: psycopg.Connection, megabytes: int) -> None:
    """Print a line for each kind of work."""
    connection.execute(TABLE)
    connection.execute(FILL.format(rows=megabytes * 6_000))
    connection.execute("CREATE INDEX ON bulk (made)")
    connection.execute("CREATE INDEX ON bulk (note)")
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE bulk")
    connection.execute("CHECKPOINT")
    connection.autocommit = False
    asked = "SELECT pg_table_size('bulk') / 1e6, reltuples FROM pg_class WHERE relname = 'bulk'"
    row = connection.execute(asked).fetchone()
    size, rows = row if row is not None else (0, 0)
    print(f"{float(size):.0f} MB, {rows:.0f} rows")
    for name, sql in WORK.items():
        begun = time.perf_counter()
        connection.execute(sql)
        spent = time.perf_counter() - begun
        connection.rollback()
        print(f"{name}: {spent:.2f} s, {float(size) / spent:.0f} MB/s, {rows / spent:,.0f} rows/s")


if __name__ == "__main__":
    main()
