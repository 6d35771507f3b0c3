"""What a rule says of a statement."""

from __future__ import annotations

from enum import StrEnum

from migsafe.schemas.document import Document
from migsafe.schemas.severity import Severity


class Dimension(StrEnum):
    """The kind of harm that a risk point stands for."""

    AVAILABILITY = "availability"
    DATA_LOSS = "data loss"
    FAILURE = "failure"
    COMPATIBILITY = "compatibility"
    SECURITY = "security"
    RECOVERY = "recovery"


class Waiver(Document):
    """Why a finding does not count: an exemption of the manifest."""

    owner: str
    """Who answers for it."""
    reason: str
    """Why it is acceptable here."""
    expires: str
    """The last day on which it holds, ISO 8601."""


class Finding(Document):
    """One danger, in one statement, with its remedy."""

    rule: str
    """Name of the rule; `migsafe explain NAME` tells more."""
    severity: Severity
    """As the rule has it, or as the manifest's policy says."""
    dimension: Dimension
    """The kind of harm."""
    points: int
    """Risk points, 0-100."""
    object: str
    """The object concerned, as SQL names it; empty where none is."""
    detail: str
    """What this statement does to this object."""
    harm: str
    """Who waits on what, or what is lost."""
    remedy: str
    """What to do instead."""
    path: str
    """The file, relative to the manifest."""
    line: int
    """Line of the statement's first word, from 1; 0 where the finding concerns the whole file."""
    column: int
    """Column of the statement's first word in characters, from 1; 0 likewise."""
    excerpt: str
    """The line of the file at which the statement begins."""
    statement: str
    """SHA-256 of the statement, for exemptions; empty where the finding concerns the whole file."""
    waiver: Waiver | None
    """The exemption that sets this finding aside, if any."""
    safer: str = ""
    """SQL that does the same job safely in place of the statement, or empty; `-- next migration` parts migrations."""
    fact: str = ""
    """The facts of the target that its points stand on; empty where the rule's own points count."""

    @property
    def counts(self) -> bool:
        """Whether the finding stands: not waived and not switched off."""
        return self.waiver is None and self.severity is not Severity.OFF
