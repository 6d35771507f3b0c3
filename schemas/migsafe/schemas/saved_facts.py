"""Saved facts: what planning needs to know of a target, in a file, so that a plan can be made without a connection."""

from __future__ import annotations

from typing import Literal

from migsafe.schemas.catalog import Change
from migsafe.schemas.document import Document
from migsafe.schemas.preflight import Answered
from migsafe.schemas.target import TargetFacts

FACTS_FORMAT = "1.0"


class SavedFacts(Document):
    """facts.json: the shape and the traffic of a target at one moment.

    No rows, keys, queries, texts of migrations, addresses or passwords. What people write into definitions (function
    bodies, defaults, comments) is shape and is there.
    """

    kind: Literal["facts"]
    format: str
    """Version of this format, major.minor."""
    taken_at: str
    """When, ISO 8601 UTC."""
    tool: str
    """Version of migsafe that took them."""
    project: str
    """Name of the project."""
    environment: str | None
    """Environment of the manifest they were taken in."""
    facts: TargetFacts
    """What was found."""
    answered: tuple[Answered, ...]
    """What the rows answered to the questions of the migrations that were pending: counts only, never a key."""
    drift: tuple[Change, ...]
    """What differed from what the last run left, as far as the ledger told."""
    digest: str
    """SHA-256 of the canonical JSON of everything above, with this field empty."""
