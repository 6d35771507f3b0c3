"""The program: runs one command and ends with the exit code that its outcome has."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING

from migsafe.cli.screen import Screen, let_go
from migsafe.schemas.problem import ExitCode, Problem, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Terminated(BaseException):
    """SIGTERM, raised so that servers, locks and files are let go as after Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. All problems are told here and nowhere else."""
    if arguments is None:
        # A process of one command keeps nearly all that it makes: looking for garbage took a quarter of its time.
        gc.set_threshold(100_000, 50, 1000)
    said = list(sys.argv[1:] if arguments is None else arguments)
    screen = Screen.asked(said, os.environ)
    before = signal.signal(signal.SIGTERM, _raise_terminated)
    try:
        return _told(said, screen)
    except BrokenPipeError:
        let_go()
        return ExitCode.ERROR
    finally:
        signal.signal(signal.SIGTERM, before)


def _told(said: list[str], screen: Screen) -> int:
    try:
        return _run(said, screen)
    except Problem as problem:
        return _tell(problem, screen)
    except _Terminated:
        return _tell(Problem("terminated (SIGTERM)", exit_code=ExitCode.TERMINATED), screen)
    except KeyboardInterrupt:
        return _tell(Problem("interrupted", exit_code=ExitCode.INTERRUPTED), screen)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last net: a traceback is no message
        return _tell(_bug(error, screen), screen)


def _run(said: list[str], screen: Screen) -> int:
    import typer  # noqa: PLC0415 - so that Ctrl-C and errors of its import are told too
    from typer.main import get_command  # noqa: PLC0415 - as above

    from migsafe.cli.app import build  # noqa: PLC0415 - as above
    from migsafe.cli.options import Run  # noqa: PLC0415 - as above

    try:
        code = get_command(build()).main(said, "migsafe", standalone_mode=False, obj=Run(screen)) or ExitCode.DONE
    except typer.TyperException as error:
        # Typer raises these for the command line alone; everything that commands raise is a Problem.
        text = error.format_message().replace("\n", " ").rstrip(".")
        raise Usage(text, remedy="see what there is: migsafe --help, migsafe COMMAND --help") from None
    except typer.Abort:
        raise KeyboardInterrupt from None
    if code == ExitCode.INTERRUPTED and not isinstance(code, ExitCode):
        raise KeyboardInterrupt  # typer swallows it and gives a bare number; commands give an ExitCode
    return int(code)


def _tell(problem: Problem, screen: Screen) -> int:
    from migsafe.cli.problems import problem_lines, problem_report  # noqa: PLC0415 - only where something is wrong

    if screen.json:
        screen.document(problem_report(problem))
    screen.tell(problem_lines(problem, screen.width))
    return int(problem.exit_code)


def _bug(error: Exception, screen: Screen) -> Problem:
    if screen.verbose:
        for line in "".join(traceback.format_exception(error)).splitlines():
            screen.say(line)
    return Problem(
        f"migsafe came upon something that it did not expect: {type(error).__name__}: {error}",
        why="this is a fault of migsafe, not of your migrations",
        remedy="`migsafe status` tells how the target stands; please report this with the output of --verbose",
    )


def _raise_terminated(_number: int, _frame: object) -> None:
    raise _Terminated


if __name__ == "__main__":
    sys.exit(main())
