"""An exemption of the manifest that sets nothing aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import ExemptionUse, Hit, OnExemptions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.policies import Exemption


def _find(exemption: Exemption, use: ExemptionUse) -> Iterator[Hit]:
    if use.judged and not use.used:
        detail = f"{exemption.rule} finds nothing in statement {exemption.statement[:12]} of {exemption.migration}"
        yield Hit("", detail)


RULE = Rule(
    name="exemption-unused",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=0,
    harm="It looks as if a danger had been weighed and accepted, but no such danger is there, or no longer.",
    remedy="Delete the exemption; if the statement was edited, judge it anew and write its new hash.",
    before="",
    unsafe="",
    safe="",
    check=OnExemptions(_find),
)
