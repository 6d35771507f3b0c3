"""SIGINT and SIGTERM: the running statement is cancelled on the server, and the run ends where that is safe."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migsafe.schemas.problem import ExitCode, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    import psycopg

_CANCEL_SECONDS = 2
_SLICE_SECONDS = 0.05
_ANSWER_SECONDS = 3
_EXITS = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}
_NAMES = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


class Interrupted(Problem):
    """Somebody asked the run to stop, and it did."""


class Interruption:
    """Whether somebody asked the run to stop; asked at places where stopping leaves a truth that can be told."""

    def __init__(self) -> None:
        self._asked: signal.Signals | None = None
        self._since = 0.0
        self._gave_up = False
        self._running: psycopg.Connection | None = None
        self._at_once = False
        self._sending = threading.Lock()

    @property
    def asked(self) -> bool:
        """Whether a signal came."""
        return self._asked is not None

    @property
    def gave_up(self) -> bool:
        """Whether the server left a cancelled statement unanswered, so that nothing more is to be sent to it."""
        return self._gave_up

    def check(self) -> None:
        """Raise Interrupted when a signal came."""
        if self._asked is not None:
            raise Interrupted(
                f"the run was {_NAMES[self._asked]}",
                why=f"{self._asked.name} came",
                remedy="see what stands: migsafe status",
                exit_code=_EXITS[self._asked],
            )

    def pause(self, seconds: float) -> None:
        """Sleep, and raise Interrupted soon after a signal."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, _SLICE_SECONDS))
        self.check()

    @contextmanager
    def cancelling(self, connection: psycopg.Connection) -> Iterator[None]:
        """While the block runs, a signal cancels what this connection is doing; it then fails with 57014."""
        self._running = connection
        try:
            self.check()
            yield
        finally:
            # A cancel that is on its way must have arrived before the next statement is sent.
            with self._sending:
                self._running = None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """While the block runs, a signal raises Interrupted wherever the main thread is: for work beside the server."""
        self.check()
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def ask(self, number: int) -> None:
        """Take note of a signal. A later one, after the time that an answer to the cancel takes, waits no longer."""
        if self._asked is None:
            self._asked, self._since = signal.Signals(number), time.monotonic()
        elif not self._gave_up and time.monotonic() - self._since > _ANSWER_SECONDS:
            self._gave_up = True
            raise Interrupted(
                f"the run was {_NAMES[self._asked]} while the server gave no answer",
                why=f"{signal.Signals(number).name} came again; what the last statement came to is not known here",
                remedy="when the server answers again, see what stands: migsafe status",
                exit_code=_EXITS[self._asked],
            )
        if self._at_once:
            self._at_once = False
            self.check()

    def cancel(self) -> None:
        """Cancel on the server whatever runs now."""
        import psycopg  # noqa: PLC0415 - slow to import

        with self._sending:
            if self._running is not None:
                with contextlib.suppress(psycopg.Error):
                    self._running.cancel_safe(timeout=_CANCEL_SECONDS)


@contextmanager
def listening() -> Iterator[Interruption]:
    """Listen to SIGINT and SIGTERM while the block runs. Outside of the main thread there is nothing to listen to."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    reading, writing = os.pipe()

    # A handler runs between any two instructions: it may not take locks, so the cancel is sent by a thread of its own.
    def handler(number: int, _frame: FrameType | None) -> None:
        os.write(writing, b"s")
        interruption.ask(number)

    before = {number: signal.signal(number, handler) for number in _EXITS}
    canceller = threading.Thread(target=_cancel_on_signal, args=(interruption, reading), daemon=True)
    canceller.start()
    try:
        yield interruption
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
        os.close(writing)
        canceller.join()
        os.close(reading)


def _cancel_on_signal(interruption: Interruption, reading: int) -> None:
    while os.read(reading, 1):
        interruption.cancel()
