"""Measures everything that has a goal in one run, each beside psql or squawk in that same run.

    python bench/run.py [--quick] [--only PART ...] [--json FILE]

Prints a line for each figure, with its goal and whether it is reached, as soon as it is known; about three minutes on
two cores with nothing else at work. Times are the best of some tries, because everything else only adds to them; what
is compared is compared within one run, and the load of the machine before and after is printed with it.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from judging import judged

from applying import applied, started
from rehearsing import planned, rehearsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from projects import Figure

_QUIET = 0.3
"""Load for each processor above which other work makes the times too long."""


def parts(*, quick: bool) -> Mapping[str, Callable[[Path], Iterator[Figure]]]:
    """What can be measured, by name."""
    files, long = (100, 100) if quick else (1_000, 300)
    rounds = 1 if quick else 3
    return {
        "starting": started,
        "judging": judged,
        "applying": lambda base: applied(base, files, rounds),
        "rehearsing": lambda base: rehearsed(base, long, rounds),
        "planning": lambda base: planned(base, long, 3),
    }


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="100 migrations and one round each")
    arguments.add_argument("--only", nargs="+", choices=tuple(parts(quick=True)), help="these parts alone")
    arguments.add_argument("--json", type=Path, help="write the figures there too")
    chosen = arguments.parse_args()
    figures: dict[str, float] = {}
    missed = []
    before = os.getloadavg()[0]
    for name, measured in parts(quick=chosen.quick).items():
        if chosen.only and name not in chosen.only:
            continue
        with tempfile.TemporaryDirectory(prefix="migsafe-bench-") as folder:
            Path(folder).chmod(0o755)  # the account of the embedded server passes through when root runs this
            for figure in measured(Path(folder)):
                print(figure.line(), flush=True)
                figures[figure.name] = figure.value
                missed += [] if figure.is_reached else [figure.name]
    print(_conditions(before))
    print(f"not reached: {', '.join(missed)}" if missed else "all goals are reached")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")


def _conditions(before: float) -> str:
    processors = os.cpu_count() or 1
    quiet = before <= _QUIET * processors
    return f"load before {before:.2f}, after {os.getloadavg()[0]:.2f}, on {processors} processors" + (
        "" if quiet else ": other work was going on, all times are too long"
    )


if __name__ == "__main__":
    main()
