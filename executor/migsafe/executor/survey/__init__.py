"""The survey: everything that planning needs to know of the target, read without changing it."""

from migsafe.executor.survey.shape import ABSENT, fingerprints, present_catalog
from migsafe.executor.survey.survey import survey

__all__ = ["ABSENT", "fingerprints", "present_catalog", "survey"]
