"""The platforms whose customs migsafe knows."""

from __future__ import annotations

from enum import StrEnum


class Platform(StrEnum):
    """Where the database lives; decides which roles and schemas are taken for granted."""

    SUPABASE = "supabase"
    POSTGRES = "postgres"
