"""What the vocabulary has no word for."""

from __future__ import annotations

from migsafe.planner.actions.value import value


@value
class Unread:
    """A statement, or a part of one, that was parsed but not analysed; `kind` is PostgreSQL's name of the node."""

    kind: str
