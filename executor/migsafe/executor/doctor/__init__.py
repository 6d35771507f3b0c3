"""What may be wrong with connection, rights, tools and disk before anything is done."""

from migsafe.executor.doctor.examine import Patience, examine, seclusion

__all__ = ["Patience", "examine", "seclusion"]
