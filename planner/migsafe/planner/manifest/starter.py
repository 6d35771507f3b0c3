"""The manifest that `migsafe init` writes: short, commented, and valid as it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migsafe.schemas.manifest import Layout
    from migsafe.schemas.platform import Platform

MANIFEST_SCHEMA = "migsafe.schema.json"
"""Where the JSON Schema for editors is looked for, relative to the manifest."""

_TEXT = """\
# yaml-language-server: $schema={schema}
# The migrations of this project, what is allowed, and how data is kept safe.
version: 1
project: {project}
platform: {platform}  # supabase, or plain postgres

# Without url_env, migsafe runs a PostgreSQL of its own under .migsafe/, so that every command can be tried.
# Never write a URL here: name the environment variable that holds it.
# database:
#   url_env: DATABASE_URL
#   schemas: [public]

migrations:
  folder: {folder}
  layout: {layout}  # one of supabase, golang-migrate, diesel, goose, sqlx, dbmate, flyway, prisma
  order: linear  # refuse a migration that sorts before an applied one; or: out-of-order

rollbacks:
  required: destructive  # refuse a plan that loses data and cannot be undone; or: always, never

policies:
  max_risk: 74  # 25 is medium, 50 high, 75 critical
  timeouts:
    statement: 15min
  locking:
    stall_budget: 200ms  # the longest that anybody may wait behind us

backup:
  before_apply: always
  folder: backups  # keep it out of version control
  keep: 5

# environments:
#   production:
#     database:
#       url_env: PRODUCTION_DATABASE_URL
#     policies:
#       max_risk: 49
#       maintenance_window: {{days: [tue, wed, thu], start: "20:00", end: "23:00", timezone: UTC}}
"""


def default_manifest_text(project: str, platform: Platform, layout: Layout, folder: str) -> str:
    """The text of a manifest for a project whose migrations are in `folder` (relative, forward slashes)."""
    return _TEXT.format(
        schema=MANIFEST_SCHEMA,
        project=_quoted(project),
        platform=platform.value,
        folder=_quoted(folder),
        layout=layout.value,
    )


def _quoted(text: str) -> str:
    """The text as a YAML scalar in double quotes; JSON's strings are such, and `${` must not name a variable."""
    return json.dumps(text).replace("${", "$${")
