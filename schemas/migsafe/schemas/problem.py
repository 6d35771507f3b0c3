"""An error as a named fact: what happened, why, and what to type next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """How a run of migsafe ended; the numbers are a promise to scripts and CI."""

    DONE = 0
    ERROR = 1
    CHANGES = 2
    REFUSED = 3
    STALE = 4
    LOCKED = 5
    BACKUP_FAILED = 6
    ROLLED_BACK = 7
    PARTIAL = 8
    DRIFT = 9
    USAGE = 64
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS: dict[ExitCode, str] = {
    ExitCode.DONE: "done, or nothing to do",
    ExitCode.ERROR: "error; nothing was changed",
    ExitCode.CHANGES: "plan --detailed-exitcode: changes are pending",
    ExitCode.REFUSED: "refused by validation or policy; nothing was changed",
    ExitCode.STALE: "the plan is stale, used, or not for this target; nothing was changed",
    ExitCode.LOCKED: "another run holds the lock; nothing was changed",
    ExitCode.BACKUP_FAILED: "the backup failed; nothing was applied",
    ExitCode.ROLLED_BACK: "a step failed and was rolled back; the target is as it was before that step",
    ExitCode.PARTIAL: "partly done; `migsafe status` says what to do",
    ExitCode.DRIFT: "the target differs from what was planned",
    ExitCode.USAGE: "the command line was not understood",
    ExitCode.INTERRUPTED: "interrupted (SIGINT)",
    ExitCode.TERMINATED: "terminated (SIGTERM)",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text file. Lines and columns count from 1, columns in characters; 0 means unknown."""

    path: str
    line: int = 0
    column: int = 0
    excerpt: str = ""
    """The line of the file, without its line end."""

    def __str__(self) -> str:
        """`path:line:column`, as editors and CI systems link it."""
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.path, *numbers])


class Problem(Exception):  # noqa: N818 - the word of our glossary; what it means is told by `what` and `why`
    """Something that stops the run.

    `what` happened and `why` are clauses without a final full stop; `remedy` is the next command to type or
    the edit to make. Subclasses set `exit_code`; an instance may override it.
    """

    exit_code: ExitCode = ExitCode.ERROR

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        remedy: str = "",
        place: Place | None = None,
        exit_code: ExitCode | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.remedy = remedy
        self.place = place
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        """One paragraph: place, what, why, remedy."""
        head = f"{self.place}: {self.what}" if self.place else self.what
        why = f": {self.why}" if self.why else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{head}{why}{remedy}"


class Refusal(Problem):
    """Validation or a policy says no. Nothing was changed."""

    exit_code = ExitCode.REFUSED


class Stale(Problem):
    """The plan does not fit this target, or no longer. Nothing was changed."""

    exit_code = ExitCode.STALE


class Locked(Problem):
    """Another run is at work on the target. Nothing was changed."""

    exit_code = ExitCode.LOCKED


class BackupFailed(Problem):
    """No verified backup, so nothing was applied."""

    exit_code = ExitCode.BACKUP_FAILED


class RolledBack(Problem):
    """A step failed and was undone as a whole; what stood before it stands still."""

    exit_code = ExitCode.ROLLED_BACK


class Partial(Problem):
    """Part of the work stands and the rest does not; the ledger says which."""

    exit_code = ExitCode.PARTIAL


class Drift(Problem):
    """The target is not what the plan or the ledger says it should be."""

    exit_code = ExitCode.DRIFT


class Usage(Problem):
    """The command line asks for something that makes no sense."""

    exit_code = ExitCode.USAGE
