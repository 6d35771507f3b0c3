"""Rules of taste: off until a manifest switches them on."""

from __future__ import annotations

from migsafe.planner.rules.style import (
    ban_char,
    extension_version,
    forbid_types,
    identifier_too_long,
    naming_convention,
    prefer_bigint,
    prefer_identity,
    prefer_text,
    prefer_timestamptz,
    require_columns,
    require_comment,
    require_not_null,
    require_primary_key,
    reserved_keyword,
    unsupported_reg_types,
)

RULES = (
    identifier_too_long.RULE,
    require_primary_key.RULE,
    unsupported_reg_types.RULE,
    prefer_bigint.RULE,
    prefer_identity.RULE,
    prefer_text.RULE,
    prefer_timestamptz.RULE,
    ban_char.RULE,
    forbid_types.RULE,
    require_not_null.RULE,
    require_columns.RULE,
    require_comment.RULE,
    naming_convention.RULE,
    reserved_keyword.RULE,
    extension_version.RULE,
)
