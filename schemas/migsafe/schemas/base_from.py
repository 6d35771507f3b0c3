"""Where the schema of a shadow comes from."""

from __future__ import annotations

from enum import StrEnum


class BaseFrom(StrEnum):
    """Where the shadow's schema before the plan came from."""

    TARGET = "target"
    """A schema-only dump of the target."""
    REPLAY = "replay"
    """The applied migrations, run from the first on."""
