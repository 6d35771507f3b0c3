"""What a run tells while it goes on, as lines on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.lines import Line, Span, Tone, faint, line
from migsafe.cli.wording import plural
from migsafe.schemas import events

if TYPE_CHECKING:
    from migsafe.cli.screen import Screen

_UNITS = ("B", "kB", "MB", "GB", "TB")
_THOUSAND = 1000
_REPEAT_SECONDS = 5.0


def size_words(count: int) -> str:
    """`12.3 MB`."""
    size, unit = float(count), 0
    while size >= _THOUSAND and unit < len(_UNITS) - 1:
        size, unit = size / _THOUSAND, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{count} B"


class Progress:
    """A listener that shows events: what lasts as lines, what passes on one line where the terminal can."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._told_waiting = -_REPEAT_SECONDS

    def __call__(self, event: events.Event) -> None:
        """Show one event."""
        match event:
            case events.BackupProgress():
                self._screen.passing(f"backup: {size_words(event.written_bytes)}, {event.seconds:.0f} s")
            case events.StatementStarted():
                self._screen.passing(f"{event.file}:{event.line}  {event.summary}")
                self._screen.detail(f"  {event.file}:{event.line}  {event.summary}")
            case events.Waiting():
                self._waiting(event)
            case _:
                if (told := _lasting(event)) or (self._screen.verbose and (told := _fine(event))):
                    self._screen.tell([told])

    def _waiting(self, event: events.Waiting) -> None:
        """Who stands in front: again only after some seconds, because it is asked many times a second."""
        if event.seconds < self._told_waiting:
            self._told_waiting = -_REPEAT_SECONDS
        if event.seconds - self._told_waiting < _REPEAT_SECONDS:
            return
        self._told_waiting = event.seconds
        tables = ", ".join(event.relations)
        head = (
            f"  waiting for {tables} ({event.seconds:.0f} s, {plural(event.attempts, 'attempt')}); nobody waits for us"
        )
        self._screen.tell([line(Span(head, Tone.WARN)), *(_blocker(one) for one in event.blockers)])


def _blocker(one: events.Blocker) -> Line:
    who = f"pid {one.pid}" if one.pid is not None else "a prepared transaction"
    details = ", ".join(filter(None, (one.application, one.user, one.state)))
    held = f"{one.mode} on {one.relation} for {one.seconds:.0f} s"
    return line(faint(f"    {who} ({details}) holds {held}: {one.query}"))


def _lasting(event: events.Event) -> Line | None:  # noqa: PLR0911 - one line an event
    """What everybody is told."""
    match event:
        case events.RunStarted(run=run, resumed=resumed):
            return line(f"run {run[:8]} {'goes on where it stopped' if resumed else 'begins'}")
        case events.LockWaiting(holder=holder):
            return line(Span(f"another run holds the lock: {holder}", Tone.WARN))
        case events.BackupStarted(path=path, database_bytes=size):
            return line(f"backup of {size_words(size)} into {path}")
        case events.BackupDone(path=path, bytes=size, seconds=seconds):
            return line(Span("  verified ", Tone.GOOD), f"{path}, {size_words(size)}, {seconds:.1f} s")
        case events.MigrationDone(file=file, seconds=seconds):
            return line(Span("  done ", Tone.GOOD), file, faint(f"  {seconds:.2f} s"))
        case events.ServerNotice(severity=severity, text=text) if severity == "WARNING":
            return line(Span("  server warns: ", Tone.WARN), text)
        case _:
            return None


def _fine(event: events.Event) -> Line | None:
    """What --verbose tells besides."""
    match event:
        case events.BackupVerifying(path=path):
            return line(faint(f"  reading {path} back"))
        case events.MigrationStarted(file=file, steps=steps):
            return line(faint(f"  {file}: {plural(steps, 'step')}"))
        case events.StepDone(file=file, step=step, seconds=seconds):
            return line(faint(f"  {file}: step {step + 1} stands, {seconds:.3f} s"))
        case events.ServerNotice(severity=severity, text=text):
            return line(faint(f"  server {severity}: {text}"))
        case events.RunFinished(run=run, seconds=seconds):
            return line(faint(f"run {run[:8]} is recorded, {seconds:.2f} s"))
        case _:
            return None
