"""A process that makes a child for each apply that is to be killed, which saves starting Python for each.

Reads lines of PLAN, URL, FOLDER, EVENT and NUMBER, parted by tabs; the last three may be empty. Each is answered with
the child's process id, and with how it ended. With a folder a backup is taken there; with an event the child kills
itself when it hears of it for that time.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from applying import OPTIONS, run
from migsafe.executor.backup import take
from migsafe.schemas.manifest import Backup
from migsafe.schemas.problem import Problem
from migsafe.schemas.seal import plan_text, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.plan import Plan


@dataclass
class Forking:
    """The process, from outside."""

    process: subprocess.Popen[str]
    folder: Path

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[Self]:
        """The process, for the length of the block; plans are handed over in files of the folder."""
        command = [sys.executable, "-P", __file__]
        environment = os.environ | {"PYTHONPATH": os.fspath(Path(__file__).parent)}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            try:
                yield cls(process, folder)
            finally:
                process.kill()

    def begin(self, plan: Plan, url: str, root: Path | None = None, event: str = "", number: int = 0) -> int:
        """Begin an apply; the process id of the child that does it."""
        file = self.folder / "plan.json"
        file.write_text(plan_text(plan), encoding="utf-8")
        assert self.process.stdin is not None
        self.process.stdin.write(f"{file}\t{url}\t{root or ''}\t{event}\t{number}\n")
        self.process.stdin.flush()
        return int(self._line())

    def end(self) -> int:
        """How the apply that was begun last ended: its exit code, or the signal, negative."""
        return int(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


def _applied(file: str, url: str, root: str, event: str, number: str) -> int:
    seen: Counter[str] = Counter()

    def listener(heard: object) -> None:
        name = type(heard).__name__
        seen[name] += 1
        if (name, seen[name]) == (event, int(number)):
            os.kill(os.getpid(), signal.SIGKILL)

    backup = partial(take, url, Path(root), Backup(), lambda: dt.datetime.now(dt.UTC)) if root else None
    try:
        options = replace(OPTIONS, wait_ms=10_000, take_backup=backup, waiver=None if root else OPTIONS.waiver)
        run(read_plan(Path(file).read_bytes()), url, listener, options)
    except Problem as problem:
        return int(problem.exit_code)
    return 0


def _serve() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_applied(*line.rstrip("\n").split("\t")))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
