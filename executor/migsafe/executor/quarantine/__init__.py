"""What is in quarantine, as it stands in the target."""

from migsafe.executor.quarantine.look import look

__all__ = ["look"]
