"""Strong locks: look for who stands in front, then try for a moment, again and again."""

from migsafe.executor.locking.gate import LockGate
from migsafe.executor.locking.look import Holder, Needed, holders, needed

__all__ = ["Holder", "LockGate", "Needed", "holders", "needed"]
