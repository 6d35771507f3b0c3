"""The ledger in the target: what was done there, append-only and chained by hashes."""

from migsafe.executor.ledger.journal import Journal, Position, position
from migsafe.executor.ledger.read import history, read
from migsafe.executor.ledger.tables import install

__all__ = ["Journal", "Position", "history", "install", "position", "read"]
