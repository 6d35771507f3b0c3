"""What statements do: a closed vocabulary of frozen values, read from PostgreSQL's parse tree."""

from __future__ import annotations

from migsafe.planner.actions import vocabulary
from migsafe.planner.actions.columns import Column
from migsafe.planner.actions.constraints import Constraint, ConstraintKind
from migsafe.planner.actions.expressions import Call, Expression, volatile_calls
from migsafe.planner.actions.functions import Argument
from migsafe.planner.actions.indexes import IndexColumn
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.actions.privileges import Privilege
from migsafe.planner.actions.readers import read
from migsafe.planner.actions.touched import Touched, touched
from migsafe.planner.actions.typename import SERIAL_TYPES, TypeName
from migsafe.planner.actions.vocabulary import *  # noqa: F403 - its __all__ is the list of all actions, kept once

__all__ = [
    "SERIAL_TYPES",
    "Argument",
    "Call",
    "Column",
    "Constraint",
    "ConstraintKind",
    "Expression",
    "IndexColumn",
    "ObjectKind",
    "Privilege",
    "Touched",
    "TypeName",
    "read",
    "touched",
    "volatile_calls",
]
__all__ += vocabulary.__all__
