"""The most memory that a program takes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from projects import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

_MEASURING = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak(command: list[str], root: Path) -> float:
    """Megabytes of the largest process of a run of the program, asked of a process that has no other children."""
    asked = [sys.executable, "-c", _MEASURING, *command]
    done = subprocess.run(asked, cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    kilobytes = int(done.stdout)
    return kilobytes / 1024
