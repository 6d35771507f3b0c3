"""The layout of dbmate: `LABEL_name.sql` with `-- migrate:up` and `-- migrate:down` in one file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner.discover.labels import next_stamp, stamp_numbers
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed, sql_files
from migsafe.planner.discover.sections import lines, misbuilt, says_something, section

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from migsafe.planner.discover.folder import Entry
    from migsafe.schemas.migration import SqlFile
    from migsafe.schemas.problem import Refusal

_NAME = re.compile(r"([0-9]+)_?(.*)\.sql\Z")
_MARK = re.compile(rb"--\s*migrate:(up|down)(\s.*)?\Z")
_ALONE = "transaction:false"


class Dbmate:
    """`20240131120000_add_orders.sql` with `-- migrate:up` and `-- migrate:down` in it."""

    def find(self, project: Project) -> Findings:
        """Every `.sql` file of the folder."""
        entries = project.entries()
        named, others = sql_files(entries.values(), _NAME)
        found = tuple(Found(match[1], match[2], name, entries[name], None) for name, match in named.items())
        return Findings(found, passed_over=tuple(map(_misnamed, others)))

    def read(self, found: Found) -> Texts:
        """The two blocks of the file. Refuses, as dbmate does, SQL above them and blocks in the wrong order."""
        path, content = found.up.shown, found.up.content()
        blocks: dict[bytes, tuple[int, int, bool]] = {}
        for number, (start, after, line) in enumerate(lines(content), 1):
            match = _MARK.match(line)
            if match and match[1] not in blocks:
                _require_order(path, number, match[1], blocks)
                alone = _ALONE in (match[2] or b"").decode(errors="replace").split()
                blocks[match[1]] = start, after, alone
            elif not blocks and line.strip() and not line.lstrip().startswith(b"--"):
                why = "dbmate refuses it: nothing says when it is to run"
                raise misbuilt(path, number, "there is SQL above `-- migrate:up`", why, "move it below that line")
        if b"up" not in blocks:
            remedy = "write `-- migrate:up` above the SQL, or correct migrations.layout"
            why = "without it dbmate does not know what applies the migration"
            raise misbuilt(path, 0, "the file has no line `-- migrate:up`", why, remedy)
        return _texts(path, content, blocks)

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """Labels are stamps; dbmate sorts names as text, which is the same for stamps of one width."""
        return stamp_numbers(labels)

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """The stamp of `moment`."""
        return next_stamp(numbers, moment)

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """One file with both blocks."""
        text = f"-- migrate:up\n{stub.up}\n-- migrate:down\n{stub.down}"
        return {f"{project.migrations}/{stub.stem}.sql": text}


def _misnamed(entry: Entry) -> Refusal:
    why = "a migration is called LABEL_name.sql, with digits as its label; dbmate passes others over too"
    return misnamed(entry, why, f"rename it, as in 20240131120000_{entry.name}")


def _require_order(path: str, line: int, name: bytes, blocks: Mapping[bytes, object]) -> None:
    if name == b"down" and not blocks:
        why = "dbmate wants the block that applies the migration first"
        raise misbuilt(path, line, "`-- migrate:down` stands above `-- migrate:up`", why, "change their places")


def _texts(path: str, content: bytes, blocks: Mapping[bytes, tuple[int, int, bool]]) -> Texts:
    _, up_start, up_alone = blocks[b"up"]
    up_end, down_start, down_alone = blocks.get(b"down", (len(content), len(content), False))
    up = _block(path, content, (up_start, up_end), up_alone)
    down = _block(path, content, (down_start, len(content)), down_alone)
    return Texts(up, down if says_something(down) else None)


def _block(path: str, content: bytes, span: tuple[int, int], alone: bool) -> SqlFile:  # noqa: FBT001
    return replace(section(path, content, *span), transactional=not alone)
