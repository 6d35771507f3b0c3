"""What is odd about the names of migrations, in words."""

from __future__ import annotations

import itertools
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from migsafe.planner.discover.labels import STAMP_WIDTH, digits, is_stamp, time_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from migsafe.planner.discover.layout import Found

_LIKE_LATIN = ("CYRILLIC", "GREEK")
_MOST_NAMED = 3


def notes(migrations: Sequence[Found], numbers: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """For each file with an odd name, what is odd about it; `migrations` are in their order."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    # Versions of several parts (1.10) are no stamps and have no width.
    dotted = any("." in migration.label for migration in migrations)
    of_numbers = () if dotted else (_widths, _times, _string_order)
    for part in (*of_numbers, _repeated, _look_alikes):
        for file, note in part(migrations, numbers):
            told[file].append(note)
    return {file: tuple(said) for file, said in told.items()}


def _widths(migrations: Sequence[Found], numbers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    widths = Counter(len(digits(migration.label)) for migration in migrations)
    if len(widths) < 2:  # noqa: PLR2004 - two widths make a mix
        return
    usual = widths.most_common(1)[0][0]
    for migration in migrations:
        label, width = migration.label, len(digits(migration.label))
        whole_stamp = is_stamp(label) and width >= STAMP_WIDTH
        if width != usual and not whole_stamp:
            counted = "" if numbers[label] == int(digits(label)) else f"; it counts as {numbers[label]}"
            yield migration.file, f"label {label} has {width} digits where most have {usual}{counted}"


def _times(migrations: Sequence[Found], numbers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for migration in migrations:
        label = migration.label
        stamp = len(digits(label)) >= STAMP_WIDTH or numbers[label] != int(digits(label))
        if stamp and time_of(label) is None:
            yield migration.file, f"label {label} is no valid time; it sorts as a number"


def _repeated(migrations: Sequence[Found], numbers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    same: defaultdict[int, list[str]] = defaultdict(list)
    for migration in migrations:
        same[numbers[migration.label]].append(migration.file)
    for migration in migrations:
        others = [file for file in same[numbers[migration.label]] if file != migration.file]
        if others:
            more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
            named = ", ".join(others[:_MOST_NAMED])
            yield migration.file, f"label {migration.label} is shared with {named}{more}; the names decide the order"


def _string_order(migrations: Sequence[Found], _numbers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for earlier, later in itertools.pairwise(migrations):
        if digits(later.label) != digits(earlier.label) and _listed(later) < _listed(earlier):
            yield later.file, f"runs after {earlier.file} by its number, but stands before it in a list sorted by name"


def _listed(migration: Found) -> str:
    return f"{digits(migration.label)}_{migration.name}"


def _look_alikes(migrations: Sequence[Found], _numbers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    composed: dict[str, str] = {}
    for migration in migrations:
        if migration.file.isascii():
            continue
        first = composed.setdefault(unicodedata.normalize("NFC", migration.file), migration.file)
        if first != migration.file:
            yield migration.file, f"looks the same as {ascii(first)[1:-1]} and is another file (Unicode composition)"
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in migration.name if letter.isalpha()}
        if "LATIN" in scripts and scripts.intersection(_LIKE_LATIN):
            yield migration.file, f"the name mixes alphabets that look alike: {ascii(migration.name)[1:-1]}"
