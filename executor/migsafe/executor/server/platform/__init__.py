"""What a hosted platform brings along: roles, schemas, and stand-ins for extensions that a PostgreSQL lacks."""

from migsafe.executor.server.platform.bootstrap import MIGRATION_ROLE, NotOurs, bootstrap, stand_ins_in_use, stands_in
from migsafe.executor.server.platform.stand_ins import install_stand_ins

__all__ = ["MIGRATION_ROLE", "NotOurs", "bootstrap", "install_stand_ins", "stand_ins_in_use", "stands_in"]
