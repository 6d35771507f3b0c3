"""What came of a round trip, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from migsafe.cli.wording import plural
from migsafe.schemas.evidence import RoundTripOutcome

if TYPE_CHECKING:
    from migsafe.schemas.evidence import MigrationEvidence, RoundTrip, TriedRollback
    from migsafe.schemas.plan import Undo

_MOST_DIFFERENCES = 5


def proof_words(undo: Undo, evidence: MigrationEvidence | None) -> str:
    """What came of undoing a migration and applying it again, beyond what the reason of its undo says; or empty."""
    if evidence is None:
        return ""
    trip, fared = evidence.round_trip, evidence.offered_round_trip
    said = bool(trip.detail) and trip.detail in undo.reason
    words = f"also{_others(trip).removeprefix(';')}" if said and _others(trip) else "" if said else trip_words(trip)
    if evidence.offered_rollback is None or fared is None:
        return words
    offered = f"a generated rollback is offered in the plan's JSON (offered_rollback); it is {trip_words(fared)}"
    return f"{words}; {offered}" if words else offered


def trip_words(trip: RoundTrip) -> str:
    """One round trip, e.g. `proven: undone and applied again, and nothing differs`."""
    match trip.outcome:
        case RoundTripOutcome.PROVEN:
            return "proven: undone on the shadow and applied again, and nothing differs"
        case RoundTripOutcome.DIFFERS | RoundTripOutcome.LOSES_DATA | RoundTripOutcome.FAILS:
            return f"{_OUTCOMES[trip.outcome]}: {trip.detail}{_others(trip)}"
        case RoundTripOutcome.NOT_TRIED:
            return f"not tried: {trip.detail}" if trip.detail else "not tried"
        case _:
            assert_never(trip.outcome)


def rollback_words(rollbacks: tuple[TriedRollback, ...]) -> tuple[str, ...]:
    """What came of the rollbacks of a whole history: one clause for those declared, one for those generated."""
    declared = [each.declared.outcome for each in rollbacks if each.declared is not None]
    alone = [each.generated for each in rollbacks if each.declared is None]
    generated = [trip.outcome for trip in alone if trip is not None]
    nothing = f", {plural(alone.count(None), 'migration')} with nothing to take back" if None in alone else ""
    found = (f"{plural(len(declared), 'rollback')} undone and applied again: {_counted(declared)}",) if declared else ()
    if not alone:
        return found
    return (*found, f"{len(alone)} without a rollback, with a generated one: {_counted(generated)}{nothing}")


def _counted(outcomes: list[RoundTripOutcome]) -> str:
    counts = ((each, outcomes.count(each)) for each in RoundTripOutcome)
    return ", ".join(f"{number} {_OUTCOMES[each]}" for each, number in counts if number) or "none"


_OUTCOMES = {
    RoundTripOutcome.PROVEN: "proven",
    RoundTripOutcome.NOT_TRIED: "not tried",
    RoundTripOutcome.DIFFERS: "differs",
    RoundTripOutcome.LOSES_DATA: "loses data",
    RoundTripOutcome.FAILS: "fails",
}


def _others(trip: RoundTrip) -> str:
    """The differences that the detail does not tell already."""
    more = [each for each in dict.fromkeys((*trip.differences, *trip.again)) if each != trip.detail]
    told = "".join(f"; {each}" for each in more[:_MOST_DIFFERENCES])
    rest = len(more) - _MOST_DIFFERENCES
    return f"{told}; and {plural(rest, 'more difference')}" if rest > 0 else told
