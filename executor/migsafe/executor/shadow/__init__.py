"""The shadow: a throw-away database with the target's schema, on a scratch server of our own."""

from migsafe.executor.shadow.database import ShadowDatabase
from migsafe.executor.shadow.replay import Applied, shadow_database
from migsafe.executor.shadow.scratch import Scratch, scratch_server

__all__ = ["Applied", "Scratch", "ShadowDatabase", "scratch_server", "shadow_database"]
