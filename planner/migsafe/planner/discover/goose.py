"""The layout of goose: `LABEL_name.sql` with the ways up and down in one file, told apart by `-- +goose` comments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migsafe.planner.discover.labels import next_number, next_stamp, plain_numbers
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed, sql_files
from migsafe.planner.discover.sections import lines, misbuilt, says_something, section

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from migsafe.planner.discover.folder import Entry
    from migsafe.schemas.migration import SqlFile
    from migsafe.schemas.problem import Refusal

_NAME = re.compile(r"([0-9]+)_(.+)\.sql\Z")
_PROGRAM = re.compile(r"[0-9]+_.*(?<!_test)\.go\Z")
_ANNOTATION = re.compile(rb"(\s*)--(.*?)\+goose(.*)")
_VARIABLE = re.compile(rb"\$(?:\{|[A-Za-z_])")
_UP, _DOWN = "up", "down"


class Goose:
    """`20240131120000_add_orders.sql` with `-- +goose Up` and `-- +goose Down` in it."""

    def find(self, project: Project) -> Findings:
        """Every `.sql` file of the folder. Refuses migrations that are Go programs: nothing here could run them."""
        entries = project.entries()
        for entry in entries.values():
            if _PROGRAM.match(entry.name):
                raise _program(entry)
        named, others = sql_files(entries.values(), _NAME)
        found = tuple(Found(match[1], match[2], name, entries[name], None) for name, match in named.items())
        return Findings(found, passed_over=tuple(map(_misnamed, others)))

    def read(self, found: Found) -> Texts:
        """The two sections of the file. Refuses what goose refuses, and variables of the environment in the SQL."""
        content = found.up.content()
        marks = _Marks(found.up.shown)
        for start, after, line in lines(content):
            marks.take(start, after, line)
        return marks.texts(content)

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """Labels are numbers and nothing more, as goose reads them."""
        return plain_numbers(labels)

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """The stamp of `moment`, or the next number where the latest label is one (`goose -s`)."""
        return next_number(numbers, moment, first=next_stamp((), moment))

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """One file with both sections."""
        text = f"-- +goose Up\n{stub.up}\n-- +goose Down\n{stub.down}"
        return {f"{project.migrations}/{stub.stem}.sql": text}


def _misnamed(entry: Entry) -> Refusal:
    why = "a migration is called LABEL_name.sql, with digits as its label; goose passes others over too"
    return misnamed(entry, why, f"rename it, as in 00001_{entry.name}")


def _program(entry: Entry) -> Refusal:
    why = "it is a Go program, which only goose can run; its place among the others would be empty"
    return misnamed(entry, why, "write it as SQL under the same label, or run this history with goose")


@dataclass(slots=True)
class _Marks:
    """The annotations of a file so far, by goose's own rules (internal/sqlparser)."""

    path: str
    line: int = 0
    starts: dict[str, int] = field(default_factory=dict)
    """Where the sections begin: after the line that opens them."""
    ends: dict[str, int] = field(default_factory=dict)
    begun: int = 0
    """Line of the StatementBegin that is open; 0 for none."""
    alone: bool = False
    variables: bool = False

    def take(self, start: int, after: int, line: bytes) -> None:
        self.line += 1
        if match := _ANNOTATION.match(line):
            said = " ".join((match[2] + match[3]).decode(errors="replace").split())
            self._annotation("" if match[1] else said.lower(), start, after)
        elif self.variables and _VARIABLE.search(line):
            raise self._refusal(
                "the file wants variables of the environment",
                "below `-- +goose ENVSUB ON` goose writes them into the SQL, so that nobody can review what is run",
                "write the value itself, or take `-- +goose ENVSUB ON` out",
            )
        elif not self.starts and line.strip() and not line.lstrip().startswith(b"--"):
            raise self._refusal(
                "there is SQL above `-- +goose Up`",
                "goose refuses it: nothing says when it is to run",
                "move it below that line",
            )

    def _annotation(self, said: str, start: int, after: int) -> None:
        match said:
            case "up" if not self.starts:
                self.starts[_UP] = after
            case "down" if list(self.starts) == [_UP] and not self.begun:
                self.ends[_UP], self.starts[_DOWN] = start, after
            case "statementbegin" if self.starts and not self.begun:
                self.begun = self.line
            case "statementend" if self.begun:
                self.begun = 0
            case "no transaction":
                self.alone = True
            case "envsub on" | "envsub off":
                self.variables = said == "envsub on"
            case _:
                raise self._refusal(
                    "goose refuses this line",
                    "it takes Up, then Down, each once; StatementBegin and StatementEnd in pairs inside of them; "
                    "NO TRANSACTION; ENVSUB ON and OFF; each at the beginning of a line of its own",
                    "correct the line, or say +goose in no other comment",
                )

    def texts(self, content: bytes) -> Texts:
        if _UP not in self.starts:
            self.line = 0
            raise self._refusal(
                "the file has no line `-- +goose Up`",
                "without it goose does not know what applies the migration",
                "write `-- +goose Up` above the SQL, or correct migrations.layout",
            )
        if self.begun:
            self.line = self.begun
            raise self._refusal(
                "StatementBegin has no StatementEnd",
                "goose refuses a file that ends inside a statement",
                "write `-- +goose StatementEnd` below the statement",
            )
        up = self._section(content, _UP)
        down = self._section(content, _DOWN) if _DOWN in self.starts else None
        return Texts(up, down if down is not None and says_something(down) else None)

    def _section(self, content: bytes, name: str) -> SqlFile:
        text = section(self.path, content, self.starts[name], self.ends.get(name, len(content)))
        return replace(text, transactional=not self.alone)

    def _refusal(self, what: str, why: str, remedy: str) -> Refusal:
        return misbuilt(self.path, self.line, what, why, remedy)
