"""Rollbacks that nobody wrote: the SQL that brings a catalog back to what it was."""

from migsafe.planner.reverse.compose import statements
from migsafe.planner.reverse.inserts import rows_back
from migsafe.planner.reverse.renames import renames_back
from migsafe.planner.reverse.rollback import first_back, generated_undo

__all__ = ["first_back", "generated_undo", "renames_back", "rows_back", "statements"]
