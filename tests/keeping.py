"""Migrations of a few lines, planned with the policy to keep what is dropped, applied and undone."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from applying import OPTIONS, run
from migsafe.executor.survey import survey
from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.draft import Stamp, draft, draft_down
from migsafe.schemas.manifest import Backup, Manifest, Required
from migsafe.schemas.migration import Migration
from migsafe.schemas.policies import Destructive, Policies

if TYPE_CHECKING:
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.target import TargetFacts


def migration(name: str, up: str, down: str | None = None) -> Migration:
    """A migration of two texts, by the name `1_users`."""
    label, _, rest = name.partition("_")
    return Migration(
        label=label,
        name=rest,
        file=f"{name}.sql",
        up=sql_file(f"migrations/{name}.sql", up.encode()),
        down=None if down is None else sql_file(f"migrations/rollback/{name}_down.sql", down.encode()),
    )


@dataclass
class Project:
    """A target and its migrations so far."""

    url: str
    manifest: Manifest = field(
        default_factory=lambda: Manifest(
            version=1,
            project="shop",
            backup=Backup(before_apply=Required.NEVER),
            policies=Policies(destructive=Destructive.QUARANTINE),
        )
    )
    migrations: list[Migration] = field(default_factory=list)

    def facts(self) -> TargetFacts:
        """What stands in the target."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return survey(connection, self.manifest.database.schemas)

    def plan(self, name: str = "", up: str = "", down: str | None = None) -> Plan:
        """The plan that applies what is pending, after one more migration."""
        if name:
            self.migrations.append(migration(name, up, down))
        return draft(self.manifest, tuple(self.migrations), self.facts(), _stamp())

    def up(self, name: str = "", up: str = "", down: str | None = None) -> Plan:
        """Apply it."""
        plan = self.plan(name, up, down)
        run(plan, self.url, options=OPTIONS)
        return plan

    def plan_down(self, steps: int = 1) -> Plan:
        """The plan that undoes the last migrations."""
        facts = self.facts()
        standing = sorted(facts.ledger.applied, key=lambda one: one.sequence, reverse=True)
        return draft_down(self.manifest, tuple(self.migrations), facts, tuple(standing[:steps]), _stamp())

    def down(self, steps: int = 1) -> Plan:
        """Undo them."""
        plan = self.plan_down(steps)
        run(plan, self.url, options=OPTIONS)
        return plan


def _stamp() -> Stamp:
    return Stamp(id=uuid.uuid4().hex, moment=dt.datetime(2026, 6, 1, tzinfo=dt.UTC), tool="0", environment=None)
