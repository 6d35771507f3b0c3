"""Preflights: questions about the target's rows that decide whether a plan fails or loses data."""

from migsafe.planner.preflights.ask import preflights, questions
from migsafe.planner.preflights.earlier import Earlier
from migsafe.planner.preflights.findings import data_findings
from migsafe.planner.preflights.known import Known

__all__ = ["Earlier", "Known", "data_findings", "preflights", "questions"]
