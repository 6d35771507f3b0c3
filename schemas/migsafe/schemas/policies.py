"""Policies of the manifest: what is allowed, when, and how long it may take."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from migsafe.schemas.document import Document
from migsafe.schemas.severity import Severity

_DURATION = re.compile(r"(\d+)\s*(ms|s|min|h|d)\Z")
_UNITS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def _milliseconds(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.isdecimal():  # what we write ourselves: plain milliseconds
        return int(value)
    match = _DURATION.match(value.strip())
    if match is None:
        msg = f"'{value}' is not a duration; write a whole number and a unit: 500ms, 30s, 5min, 2h, 7d"
        raise ValueError(msg)
    return int(match[1]) * _UNITS[match[2]]


Milliseconds = Annotated[int, BeforeValidator(_milliseconds, json_schema_input_type=str), Field(ge=0)]
"""A duration: `500ms`, `30s`, `5min`, `2h`, `7d` in the manifest, whole milliseconds inside."""

RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Score = Annotated[int, Field(ge=0, le=100)]
Instant = Annotated[dt.datetime, PlainSerializer(lambda moment: moment.isoformat(), return_type=str)]


class Weekday(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class RulePolicy(Document):
    """What this project thinks of one rule."""

    severity: Severity | None = None
    """`off`, `notice`, `warning` or `error`; an error stops `plan` and `validate` (exit code 3). Default: its own."""
    max_points: Score = 100
    """The most risk points, 0-100, that one finding of it may have: more stops `plan` and `validate` likewise."""


class Exemption(Document):
    """One accepted finding: who accepted it, why, until when, and for exactly which statement."""

    rule: RuleName
    """The rule that is set aside."""
    migration: Annotated[str, Field(min_length=1)]
    """The migration: its file name, with or without `.sql`."""
    statement: Annotated[str, Field(pattern=r"^[0-9a-f]{12,64}$")]
    """SHA-256 of the statement, 12 digits or more, as findings print it: an edited statement is judged anew."""
    owner: Annotated[str, Field(min_length=1)]
    """Who answers for it."""
    reason: Annotated[str, Field(min_length=1)]
    """Why it is acceptable here."""
    expires: dt.date
    """The last day on which it holds."""


class Timeouts(Document):
    """Limits that are set on the server for each step."""

    statement: Milliseconds = 15 * 60_000
    """statement_timeout of each statement. 0 means none."""
    idle_in_transaction: Milliseconds = 60_000
    """idle_in_transaction_session_timeout: a dead client lets go of its locks after this."""
    connect: Milliseconds = 10_000
    """How long to wait for a connection."""


class Locking(Document):
    """How strong locks are taken: look first, then try for a moment, again and again."""

    stall_budget: Milliseconds = 200
    """The longest that anybody may wait behind one attempt: the ceiling of lock_timeout."""
    first_attempt: Milliseconds = 100
    """lock_timeout of the first attempt; it grows by half after each failure, up to the stall budget."""
    look_every: Milliseconds = 50
    """How often to look for sessions that stand in front."""
    give_up_after: Milliseconds = 5 * 60_000
    """When to give up, name the blockers and leave everything as it was."""

    @model_validator(mode="after")
    def _in_order(self) -> Locking:
        if not 0 < self.first_attempt <= self.stall_budget:
            msg = "policies.locking.first_attempt must be above 0 and not above stall_budget"
            raise ValueError(msg)
        if self.look_every == 0:
            msg = "policies.locking.look_every must be above 0"
            raise ValueError(msg)
        return self


class Window(Document):
    """When migrations may be applied."""

    days: tuple[Weekday, ...] = tuple(Weekday)
    """Days on which the window opens."""
    start: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    """Local time at which it opens, HH:MM."""
    end: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    """Local time at which it closes, HH:MM; before `start` means on the next day."""
    timezone: str = "UTC"
    """Time zone of both, by its IANA name."""


class Freeze(Document):
    """A time in which nothing may be applied."""

    start: Instant
    """From this moment (ISO 8601 with offset)."""
    end: Instant
    """Until this moment (ISO 8601 with offset)."""
    reason: Annotated[str, Field(min_length=1)]
    """Why, shown to whoever tries."""

    @model_validator(mode="after")
    def _in_order(self) -> Freeze:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            msg = "a freeze needs offsets: 2026-12-20T00:00:00+01:00"
            raise ValueError(msg)
        if self.end <= self.start:
            msg = "a freeze must end after it starts"
            raise ValueError(msg)
        return self


class PreflightPolicy(StrEnum):
    """What to do when rows are found on which a statement certainly fails."""

    REFUSE = "refuse"
    WARN = "warn"


class Destructive(StrEnum):
    """What DROP TABLE and DROP COLUMN of something that was there before the plan come to."""

    ALLOW = "allow"
    QUARANTINE = "quarantine"


class Policies(Document):
    """What is allowed, when, and how long it may take."""

    max_risk: Score = 100
    """The highest risk, 0-100, that `plan` accepts. 25 is medium, 50 high, 75 critical."""
    rules: dict[RuleName, RulePolicy] = {}
    """Severity of single rules, by name (`migsafe explain` lists them)."""
    exemptions: tuple[Exemption, ...] = ()
    """Findings that are accepted, each with its owner, reason and expiry."""
    timeouts: Timeouts = Timeouts()
    """Limits that are set on the server for each step."""
    locking: Locking = Locking()
    """How strong locks are taken."""
    plan_expires_after: Milliseconds = 7 * 86_400_000
    """How long a plan file may be applied."""
    maintenance_window: Window | None = None
    """When migrations may be applied. Default: always."""
    freeze: tuple[Freeze, ...] = ()
    """Times in which nothing may be applied."""
    preflight: PreflightPolicy = PreflightPolicy.REFUSE
    """`refuse` stops plan and apply where rows of the target make a statement fail; `warn` goes on and lets it fail."""
    destructive: Destructive = Destructive.ALLOW
    """`quarantine` keeps what DROP TABLE and DROP COLUMN take until `migsafe purge`; `allow` lets it go."""
    quarantine_for: Milliseconds = 30 * 86_400_000
    """How long it is kept at least: `migsafe purge` refuses younger objects without `--force`."""


class PoliciesOverride(Document):
    """What an environment says otherwise of the policies."""

    max_risk: Score | None = None
    """The highest risk that this environment accepts."""
    rules: dict[RuleName, RulePolicy] | None = None
    """Severity of single rules in this environment; replaces the whole list."""
    exemptions: tuple[Exemption, ...] | None = None
    """Exemptions in this environment; replaces the whole list."""
    timeouts: Timeouts | None = None
    """Limits in this environment; replaces them all."""
    locking: Locking | None = None
    """How strong locks are taken in this environment; replaces the whole section."""
    plan_expires_after: Milliseconds | None = None
    """How long a plan for this environment may be applied."""
    maintenance_window: Window | None = None
    """When migrations may be applied in this environment."""
    freeze: tuple[Freeze, ...] | None = None
    """Times in which nothing may be applied in this environment."""
    preflight: PreflightPolicy | None = None
    """What to do in this environment when rows make a statement fail."""
    destructive: Destructive | None = None
    """Whether what is dropped in this environment is kept in quarantine."""
    quarantine_for: Milliseconds | None = None
    """How long it stays there at least in this environment."""
