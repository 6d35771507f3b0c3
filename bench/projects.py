"""Generated projects, and how programs are run on them and timed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MIGSAFE = str(Path(sys.executable).with_name("migsafe"))
# As users run it: with the bytecode of the first run at hand, whatever this shell says.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
MANIFEST = """\
version: 1
project: bench
platform: postgres
migrations: {folder: migrations, layout: supabase}
backup: {before_apply: never}
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result."""

    name: str
    value: float
    goal: float | None = None
    """At most this; None: nobody set a goal."""

    def line(self) -> str:
        """As it is printed."""
        verdict = "reached" if self.is_reached else "NOT reached"
        return f"{self.name:<56}{self.value:9.3f}" + ("" if self.goal is None else f"   goal {self.goal:g}: {verdict}")

    @property
    def is_reached(self) -> bool:
        """Whether it has no goal or is within it."""
        return self.goal is None or self.value <= self.goal


def simple(number: int) -> str:
    """Three statements: a table, its index, a row."""
    return (
        f"CREATE TABLE t{number} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now());\n"
        f"CREATE INDEX t{number}_name ON t{number} (name);\n"
        f"INSERT INTO t{number} (id, name) VALUES (1, 'one');\n"
    )


_MIXED = (
    (
        "CREATE TABLE {t} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now());\n"
        "CREATE INDEX {t}_name ON {t} (name);\n"
    ),
    (
        "ALTER TABLE {t} ADD COLUMN amount int;\nALTER TABLE {t} ENABLE ROW LEVEL SECURITY;\n"
        "CREATE POLICY own ON {t} USING (name = current_user);\n"
    ),
    "CREATE INDEX CONCURRENTLY {t}_at ON {t} (at);\n",
    (
        "CREATE FUNCTION {t}_f() RETURNS trigger LANGUAGE plpgsql SET search_path = ''\n"
        "AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;\n"
        "CREATE TRIGGER touch BEFORE UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_f();\n"
    ),
    (
        "ALTER TABLE {t} ALTER COLUMN amount TYPE bigint;\nUPDATE {t} SET amount = 0 WHERE amount IS NULL;\n"
        "COMMENT ON TABLE {t} IS 'x';\n"
    ),
)


def mixed(number: int) -> str:
    """One of five files on one table, in turn."""
    return _MIXED[number % len(_MIXED)].replace("{t}", f"t{number // len(_MIXED)}")


def changes(number: int) -> str:
    """What histories are made of: now and then a table, mostly changes to those that are there."""
    old = number // 3 * 3
    kinds = (
        (
            f"CREATE TABLE t{number} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now());\n"
            f"CREATE INDEX t{number}_name ON t{number} (name);\n"
            f"ALTER TABLE t{number} ENABLE ROW LEVEL SECURITY;\n"
            f"CREATE POLICY own ON t{number} USING (name = current_user);\n"
        ),
        (
            f"ALTER TABLE t{old} ADD COLUMN note_{number} text;\n"
            f"COMMENT ON COLUMN t{old}.note_{number} IS 'what was said';\n"
            f"UPDATE t{old} SET note_{number} = name;\n"
        ),
        (
            f"CREATE FUNCTION f{number}(a int) RETURNS int LANGUAGE sql AS 'SELECT a + {number}';\n"
            f"ALTER TABLE t{old} ADD CONSTRAINT c{number} CHECK (length(name) < 1000);\n"
            f"CREATE VIEW v{number} AS SELECT id, name FROM t{old};\n"
        ),
    )
    return kinds[number % 3]


def project(root: Path, files: int, text: Callable[[int], str], manifest: str = "") -> Path:
    """A project with that many generated migrations; `manifest` is added to the usual one."""
    (root / "migrations").mkdir(parents=True)
    (root / "migsafe.yaml").write_text(MANIFEST + manifest)
    for number in range(files):
        write(root, number, text)
    return root


def write(root: Path, number: int, text: Callable[[int], str]) -> None:
    """One more file."""
    (root / "migrations" / f"{20240101000000 + number}_change_{number}.sql").write_text(text(number))


def migsafe(root: Path, *arguments: str) -> float:
    """Seconds that a command takes, from start to end of its process."""
    return timed([MIGSAFE, *arguments], root)


def timed(command: list[str], root: Path, accepted: tuple[int, ...] = (0,)) -> float:
    """Seconds that a program takes. Ends the whole run where it ends with a code that is not accepted."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in accepted:
        sys.exit(f"{' '.join(command[:4])}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds


def best(tries: int, measured: Callable[[], float]) -> float:
    """The shortest of some tries, because everything else only adds to it."""
    return min(measured() for _ in range(tries))
