"""How the migration files and the histories in the target stand to each other."""

from __future__ import annotations

import shlex
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.schemas.manifest import Order
from migsafe.schemas.plan import MigrationStanding, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from migsafe.schemas.ledger import AppliedMigration, LedgerState
    from migsafe.schemas.migration import Migration
    from migsafe.schemas.target import ForeignMigration


@dataclass(frozen=True, slots=True)
class _Identity:
    """What a file and a row of the ledger are compared by."""

    label: str
    name: str
    sha256: str
    normalised_sha256: str


# From the strictest to the loosest. Label and name come before content: a file that was edited must never be taken
# for a new one because an older copy of its content lies elsewhere.
_WAYS: tuple[tuple[Standing, Callable[[_Identity], Hashable]], ...] = (
    (Standing.APPLIED, lambda of: (of.label, of.name, of.sha256)),
    (Standing.LINE_ENDS, lambda of: (of.label, of.name, of.normalised_sha256)),
    (Standing.EDITED, lambda of: (of.label, of.name)),
    (Standing.RELABELLED, lambda of: of.sha256),
    (Standing.RELABELLED, lambda of: of.normalised_sha256),
)


def compare(
    migrations: tuple[Migration, ...],
    ledger: LedgerState,
    foreign: tuple[ForeignMigration, ...],
    order: Order,
) -> tuple[MigrationStanding, ...]:
    """One standing for each file, in the order of `migrations`, then those that have no file here.

    A file is matched with the ledger by content, label and name together; then by label and name (it was edited);
    then by content alone (it was renamed). What is left is pending, unless another tool recorded its label.
    `order` changes no standing, only what is said of an out-of-order one: with Order.OUT_OF_ORDER it will be applied.
    """
    matched = _Matched(migrations, ledger.applied)
    strangers = [stranger for row in foreign for stranger in matched.take_foreign(row)]
    return (*_of_files(migrations, matched.standings, order), *matched.missing(), *strangers)


class _Matched:
    """Which file is which row; each is used once."""

    def __init__(self, files: tuple[Migration, ...], rows: tuple[AppliedMigration, ...]) -> None:
        self.standings: dict[str, MigrationStanding] = {}
        self._files, self._rows = files, rows
        self._labels = {row.label for row in rows}
        for standing, key in _WAYS:
            self._pair(standing, key)
        self._pending: defaultdict[str, list[Migration]] = defaultdict(list)
        for file in self._files:
            self._pending[file.label].append(file)

    def _pair(self, standing: Standing, key: Callable[[_Identity], Hashable]) -> None:
        waiting: defaultdict[Hashable, list[AppliedMigration]] = defaultdict(list)
        for row in reversed(self._rows):
            waiting[key(_Identity(row.label, row.name, row.sha256, row.normalised_sha256))].append(row)
        left = []
        for file in self._files:
            rows = waiting.get(key(_Identity(file.label, file.name, file.up.sha256, file.up.normalised_sha256)))
            if rows:
                self.standings[file.file] = _stands(standing, file, _of_pair(standing, file, rows.pop()))
            else:
                left.append(file)
        self._files = tuple(left)
        unused = {id(row) for rows in waiting.values() for row in rows}
        self._rows = tuple(row for row in self._rows if id(row) in unused)

    def take_foreign(self, row: ForeignMigration) -> Iterator[MigrationStanding]:
        """Marks the files that another tool's row is about; yields the row itself where there is no file."""
        same_label = self._pending[row.label]
        named = [file for file in same_label if file.name == row.name]
        if not named and row.label in self._labels:
            return  # our own migration, mirrored into that history
        if not same_label:
            yield MigrationStanding(
                standing=Standing.FOREIGN, label=row.label, name=row.name, file="", detail=self._without_file(row)
            )
        for file in tuple(named or same_label):
            other = f" (there under the name {row.name})" if row.name and row.name != file.name else ""
            detail = f"{row.tool} recorded label {row.label} as applied{other}; migsafe will not run it again"
            self.standings[file.file] = _stands(Standing.FOREIGN, file, detail)
            same_label.remove(file)

    def _without_file(self, row: ForeignMigration) -> str:
        pending = (file for files in self._pending.values() for file in files)
        alike = next((file for file in pending if row.name and file.name == row.name), None)
        told = f"{row.tool} recorded label {row.label} as applied, and no file here has that label"
        if alike:
            command = _renaming(alike, row.label + alike.file.removeprefix(alike.label))
            return f"{told}; {alike.file} has the same name: if it is the same migration, type `{command}`"
        return f"{told}; restore the file from version control, or type `supabase migration fetch`"

    def missing(self) -> Iterator[MigrationStanding]:
        """The rows of the ledger that no file is left for."""
        for row in self._rows:
            detail = "it is applied, and its file is gone; restore it from version control"
            beside = [file.file for file in self._pending[row.label]]
            if beside:
                detail += f" ({beside[0]} has the same label, but another name and content)"
            detail += f", or print what was applied: `migsafe show {row.label}`"
            yield MigrationStanding(
                standing=Standing.MISSING, label=row.label, name=row.name, file=row.file, detail=detail
            )


def _of_pair(standing: Standing, file: Migration, row: AppliedMigration) -> str:
    match standing:
        case Standing.EDITED:
            return (
                f"the file was edited after it was applied on {row.applied_at}; bring the applied text back "
                f"(`migsafe show {row.label}` prints it) and put the change into a migration of its own (`migsafe new`)"
            )
        case Standing.LINE_ENDS:
            return "only line ends or the byte order mark differ from what was applied; nothing needs to be done"
        case Standing.RELABELLED:
            return f"this content is applied as {row.file}; type `{_renaming(file, row.file)}` to give its name back"
        case _:
            return ""


def _renaming(file: Migration, wanted: str) -> str:
    """The command that renames a migration: its file, or the folder that stands for it in layout diesel."""
    folder = file.up.path.removesuffix(file.file)
    return shlex.join(["git", "mv", folder + file.file.split("/")[0], folder + wanted.split("/", maxsplit=1)[0]])


def _of_files(
    migrations: tuple[Migration, ...], standings: dict[str, MigrationStanding], order: Order
) -> Iterator[MigrationStanding]:
    applied = [place for place, migration in enumerate(migrations) if migration.file in standings]
    last = applied[-1] if applied else -1
    for place, migration in enumerate(migrations):
        if migration.file in standings:
            yield standings[migration.file]
        elif place < last:
            yield _stands(Standing.OUT_OF_ORDER, migration, _out_of_order(migrations[last], order))
        else:
            yield _stands(Standing.PENDING, migration, "")


def _out_of_order(last: Migration, order: Order) -> str:
    told = f"it is pending and sorts before {last.file}, which is applied"
    match order:
        case Order.LINEAR:
            return (
                f"{told}; give it a label that sorts last (`migsafe new` makes one), "
                "or set `migrations.order: out-of-order` if it needs nothing that came later"
            )
        case Order.OUT_OF_ORDER:
            return f"{told}; it will be applied now, as `migrations.order: out-of-order` allows"


def _stands(standing: Standing, migration: Migration, detail: str) -> MigrationStanding:
    return MigrationStanding(
        standing=standing, label=migration.label, name=migration.name, file=migration.file, detail=detail
    )
