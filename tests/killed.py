"""A process that applies a plan and, where told to, is killed at an event: PLAN URL [EVENT NUMBER]."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from applying import OPTIONS, run
from migsafe.schemas.problem import Problem
from migsafe.schemas.seal import read_plan

FILE, URL, EVENT, NUMBER = (*sys.argv[1:], "", "")[:4]
seen: Counter[str] = Counter()


def listener(event: object) -> None:
    """Count the events, and die at the one that was named."""
    name = type(event).__name__
    seen[name] += 1
    if name == EVENT and seen[name] == int(NUMBER):
        os.kill(os.getpid(), signal.SIGKILL)


try:
    run(read_plan(Path(FILE).read_bytes()), URL, listener, replace(OPTIONS, wait_ms=10_000))
except Problem as problem:
    sys.stdout.write(str(problem))
    sys.exit(problem.exit_code)
