"""Backups that count only once they have been read back: taken, judged, and kept."""

from migsafe.executor.backup.retention import prune
from migsafe.executor.backup.standing import standings, verify
from migsafe.executor.backup.taking import take

__all__ = ["prune", "standings", "take", "verify"]
