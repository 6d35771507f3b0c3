"""An exemption of the manifest whose time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import ExemptionUse, Hit, OnExemptions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.policies import Exemption


def _find(exemption: Exemption, use: ExemptionUse) -> Iterator[Hit]:
    if use.judged and use.used and use.expired:
        detail = f"{exemption.owner}'s exemption from {exemption.rule} held until {exemption.expires}"
        yield Hit("", detail)


RULE = Rule(
    name="exemption-expired",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=0,
    harm="The finding counts again: whoever accepted it did so for a time that is over.",
    remedy="Mend what the rule found, or let the owner accept it anew with a later date.",
    before="",
    unsafe="",
    safe="",
    check=OnExemptions(_find),
)
