"""The names under which things are kept: unique, told by label and original, never longer than PostgreSQL takes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from migsafe.schemas.names import parsed

LONGEST_NAME = 63
"""Bytes of a name (NAMEDATALEN - 1)."""
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Namer:
    """Makes names for what one migration drops, on top of one history."""

    label: str
    head: str
    """Hash of the ledger's last entry: another one for each run, so that names never come twice."""

    def name(self, kind: str, original: str) -> str:
        """`LABEL_original_0123abcd`, the middle cut where it is too long; `original` is qualified but for columns.

        Equal inputs give equal names.
        """
        seed = f"{self.head}\0{self.label}\0{kind}\0{original}"
        end = f"_{hashlib.sha256(seed.encode()).hexdigest()[:_DIGITS]}"
        room = LONGEST_NAME - len(end)
        bare = parsed(original).name if kind != "column" else original
        readable = f"{self.label}_{bare}" if self.label else bare
        return readable.encode()[:room].decode(errors="ignore") + end

    def column(self, original: str) -> str:
        """The same for a column, which stays where people see it: `migsafe_LABEL_original_0123abcd`."""
        return Namer(f"migsafe_{self.label}", self.head).name("column", original)


@dataclass(frozen=True, slots=True)
class Made:
    """The statement that drops something."""

    migration: str
    """File of its migration."""
    line: int
    column: int
