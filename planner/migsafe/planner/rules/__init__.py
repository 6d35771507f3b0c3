"""All rules, family by family, in the order in which findings of one place are told."""

from __future__ import annotations

from migsafe.planner.rules import (
    access,
    adding_columns,
    changing_columns,
    constraints,
    data,
    dropping,
    enums,
    evidence,
    facts,
    history,
    indexes,
    partitions,
    style,
    tables,
    transactions,
)
from migsafe.planner.rules.rule import Rule

FAMILIES: dict[str, tuple[Rule, ...]] = {
    "dropping": dropping.RULES,
    "adding_columns": adding_columns.RULES,
    "changing_columns": changing_columns.RULES,
    "constraints": constraints.RULES,
    "indexes": indexes.RULES,
    "partitions": partitions.RULES,
    "tables": tables.RULES,
    "enums": enums.RULES,
    "data": data.RULES,
    "transactions": transactions.RULES,
    "access": access.RULES,
    "history": history.RULES,
    "facts": facts.RULES,
    "evidence": evidence.RULES,
    "style": style.RULES,
}
"""The rules of each family, by the name of its folder."""

RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES.values() for rule in family)

__all__ = ["FAMILIES", "RULES", "Rule"]
