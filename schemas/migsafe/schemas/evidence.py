"""Evidence: what was measured when the plan was rehearsed on a scratch server, and what that proves."""

from __future__ import annotations

from enum import StrEnum

from migsafe.schemas.base_from import BaseFrom
from migsafe.schemas.document import Document
from migsafe.schemas.impact import QueryImpact
from migsafe.schemas.locks import Lock
from migsafe.schemas.target import ObjectFingerprint


class Shadow(Document):
    """The scratch database of a rehearsal."""

    server_version: int
    """`server_version_num` of the scratch server."""
    same_major: bool
    """Whether that is the target's major version; otherwise locks and errors may differ there."""
    base_from: BaseFrom
    """Where its schema before the plan came from."""
    stand_ins: tuple[str, ...]
    """Extensions of which only our stand-in was there: their names and signatures, not their code."""
    generated_rows: int
    """Rows that were generated for each table; 0: the tables were empty, as a schema-only dump leaves them."""
    without_rows: tuple[str, ...] = ()
    """Tables that took none of the generated rows, each with why, as clauses."""
    left_out: tuple[str, ...]
    """What of the target could not be brought along, each with its reason, as clauses."""
    same_owners: bool = True
    """Whether everything belongs there to the role that it belongs to in the target; else shapes are not compared."""
    network_closed: bool = False
    """Whether its server reached no network, so that no statement could carry anything out of the machine."""


class MeasuredEffect(Document):
    """What one statement was seen to do to one relation."""

    relation: str
    """Qualified and quoted as in SQL."""
    lock: Lock
    """The strongest mode that it took there; `none` where its transaction had taken as much before."""
    rewrite: bool
    """Whether its file was written anew."""
    scan: bool
    """Whether its rows were read one after another."""
    indexes_rebuilt: tuple[str, ...]
    """Indexes that stood before and whose file was written anew, quoted as in SQL."""


class Agreement(StrEnum):
    """How a predicted effect and the measured one stand to each other."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    NOT_MEASURABLE = "not-measurable"


class Comparison(Document):
    """One predicted or measured effect beside the other."""

    relation: str
    """Qualified and quoted as in SQL."""
    agreement: Agreement
    """How they stand to each other."""
    detail: str
    """What was predicted and what was measured, or why it could not be; empty where confirmed."""


class StatementEvidence(Document):
    """What was measured of one statement."""

    line: int
    """Line of its first word in the file, from 1."""
    sha256: str
    """SHA-256 of the statement, as in the plan."""
    duration_ms: int
    """How long it ran on the shadow, which has no rows to speak of."""
    wal_bytes: int
    """WAL that it wrote there."""
    notices: tuple[str, ...]
    """Notices and warnings of the server, at most twenty."""
    measured: tuple[MeasuredEffect, ...]
    """What it did to each relation that stood before it."""
    comparisons: tuple[Comparison, ...]
    """Predicted beside measured."""
    changes: tuple[str, ...]
    """The difference that it made to the catalog, one sentence each, e.g. `column public.orders.note added, text`."""
    untried: str = ""
    """What the server said where it was left undone, because it wants rows that the shadow does not have."""


class RoundTripOutcome(StrEnum):
    """What became of the schema when the migration was undone and done again."""

    PROVEN = "proven"
    DIFFERS = "differs"
    LOSES_DATA = "loses-data"
    FAILS = "fails"
    NOT_TRIED = "not-tried"


class RoundTrip(Document):
    """The migration was applied, undone, and applied again on the shadow."""

    outcome: RoundTripOutcome
    """What became of the schema, and of generated rows."""
    detail: str
    """What failed, and where, or why it was not tried; empty where proven."""
    differences: tuple[str, ...]
    """How the catalog after undoing differs from that before, one sentence each."""
    lost: tuple[str, ...]
    """Columns and tables whose rows did not come back, quoted as in SQL."""
    again: tuple[str, ...]
    """How the catalog after applying again differs from that after the first time."""


class MigrationEvidence(Document):
    """What was measured of one migration."""

    file: str
    """Path of the file, relative to the migrations folder."""
    statements: tuple[StatementEvidence, ...]
    """Each statement, in order."""
    round_trip: RoundTrip
    """Whether it can be undone."""
    offered_rollback: str | None = None
    """The text of a rollback that was generated because the declared one is not proven; null where it is."""
    offered_round_trip: RoundTrip | None = None
    """What came of that one."""


class TriedRollback(Document):
    """A migration was applied, undone and applied again on a scratch server."""

    file: str
    """The migration, as its path relative to the migrations folder."""
    rollback: str | None
    """The declared rollback script, relative to the manifest; null where none is declared."""
    declared: RoundTrip | None
    """What came of it; null where none is declared."""
    generated: RoundTrip | None
    """What came of a generated one; null where the declared one is proven, or nothing was to be generated."""
    generated_sql: str | None
    """The text of the generated one."""


class RehearsalFailure(Document):
    """What stopped the rehearsal; a plan with it is refused."""

    file: str
    """The migration, as its path relative to the migrations folder."""
    path: str
    """The file, relative to the manifest."""
    line: int
    """Where in it, from 1; 0 where unknown."""
    column: int
    """In characters from 1; 0 where unknown."""
    excerpt: str
    """That line of the file."""
    what: str
    """What failed, with the server's message."""
    why: str
    """SQLSTATE, detail and hint of the server."""
    remedy: str
    """What to do."""


class Evidence(Document):
    """The rehearsal of a whole plan."""

    shadow: Shadow
    """Where it was rehearsed."""
    migrations: tuple[MigrationEvidence, ...]
    """Each migration of the plan, in order."""
    base: tuple[ObjectFingerprint, ...]
    """Shape, on the shadow before the plan, of each object that the plan changed."""
    expected: tuple[ObjectFingerprint, ...]
    """Shape of the same objects after it; `absent` where it is gone. `apply` compares the target with it."""
    impacts: tuple[QueryImpact, ...]
    """What becomes of the application's queries; those that are unaffected are counted only."""
    queries: int
    """How many queries were tried."""
    duration_ms: int
    """How long the whole rehearsal took."""
    failure: RehearsalFailure | None = None
    """What stopped it; what comes after was not tried. Null where all was done."""
    failed_on_rows: RehearsalFailure | None = None
    """What failed where the tables had generated rows; all else was measured without rows then."""
