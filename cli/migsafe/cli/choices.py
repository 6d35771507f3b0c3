"""Words that options take."""

from enum import StrEnum


class Format(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


class Against(StrEnum):
    """What the target is held against to find drift."""

    RECORD = "record"
    REPLAY = "replay"


class StepWas(StrEnum):
    """What a person says of a step that broke off: the words of `executor.steps.lone.Answer`, without its imports."""

    DONE = "done"
    AGAIN = "again"
