"""Labels as numbers: how they sort, what is odd about them, and which one comes next."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STAMP_WIDTH = 14
_DAY_WIDTH = 8
_FIRST_YEAR, _LAST_YEAR = 1970, 2999  # Unix times of 10 digits have begun with 1 and go on with 2 only in 2033
_STAMP = "%Y%m%d%H%M%S"


def digits(label: str) -> str:
    """The label without the dashes that diesel allows."""
    return label.replace("-", "")


def is_stamp(label: str) -> bool:
    """Whether the label begins with a year and is as long as a day at least: it is read from the left, like a time."""
    number = digits(label)
    return len(number) >= _DAY_WIDTH and _FIRST_YEAR <= int(number[:4]) <= _LAST_YEAR


def plain_numbers(labels: Iterable[str]) -> dict[str, int]:
    """Each label as the number that it is."""
    return {label: int(digits(label)) for label in labels}


def dotted_numbers(labels: Iterable[str]) -> dict[str, int]:
    """Labels such as 1.2.10, compared part by part: 1.2 comes before 1.10, and 1.0 is 1.

    Where none has a dot, each label is the number that it is.
    """
    parts = {label: tuple(map(int, label.split("."))) for label in labels}
    most = max(map(len, parts.values()), default=1)
    above = 1 + max((part for each in parts.values() for part in each), default=0)
    return {label: _packed((*each, *[0] * (most - len(each))), above) for label, each in parts.items()}


def _packed(parts: tuple[int, ...], base: int) -> int:
    number = 0
    for part in parts:
        number = number * base + part
    return number


def stamp_numbers(labels: Iterable[str]) -> dict[str, int]:
    """Each label as a number, where stamps of several widths are filled up with zeros on the right.

    20231223 among 14-digit stamps counts as 20231223000000: as a plain number it would sort before all years. An
    18-digit stamp (diesel's newer ones) sorts among the 14-digit ones of its second. Without any label of 14 digits
    or more nothing is filled up.
    """
    known = tuple(labels)
    widest = max((len(digits(label)) for label in known if is_stamp(label)), default=0)
    if widest < STAMP_WIDTH:
        return plain_numbers(known)
    return {label: int(digits(label).ljust(widest, "0") if is_stamp(label) else digits(label)) for label in known}


def time_of(label: str) -> dt.datetime | None:
    """The time that a label of at least 8 digits says, without zone; None where it says none."""
    text = digits(label)[:STAMP_WIDTH].ljust(STAMP_WIDTH, "0")
    parts = int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[8:10]), int(text[10:12]), int(text[12:])
    try:
        return dt.datetime(*parts)  # noqa: DTZ001 - labels carry no zone
    except ValueError:
        return None


def next_number(numbers: Mapping[str, int], moment: dt.datetime, first: str) -> str:
    """The number after the highest, in its width; the stamp of `moment` where that is one; `first` where none is."""
    latest = max(numbers, key=lambda label: numbers[label], default=None)
    if latest is None:
        return first
    if len(latest) == STAMP_WIDTH:
        return next_stamp(numbers, moment)
    return str(int(latest) + 1).zfill(len(latest))


def next_dotted(numbers: Mapping[str, int], moment: dt.datetime) -> str:
    """The highest label with its last part one higher, in its width; as `next_number` where labels have no dots."""
    latest = max(numbers, key=lambda label: numbers[label], default="")
    if "." not in latest:
        return next_number(numbers, moment, first="1")
    most = max(label.count(".") for label in numbers)
    parts = (latest + ".0" * (most - latest.count("."))).split(".")
    return ".".join((*parts[:-1], str(int(parts[-1]) + 1).zfill(len(parts[-1]))))


def next_stamp(labels: Iterable[str], moment: dt.datetime) -> str:
    """The 14-digit stamp of `moment` in UTC, or one second after the highest label where that is not below it."""
    now = (moment.astimezone(dt.UTC) if moment.tzinfo else moment).strftime(_STAMP)
    known = tuple(labels)
    numbers = stamp_numbers([*known, now])
    highest = max(known, key=lambda label: numbers[label], default=None)
    if highest is None or numbers[highest] < numbers[now]:
        return now
    latest = time_of(highest) if is_stamp(highest) else None
    return str(numbers[highest] + 1) if latest is None else (latest + dt.timedelta(seconds=1)).strftime(_STAMP)
