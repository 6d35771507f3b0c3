"""Rules on what is done to a table as a whole."""

from __future__ import annotations

from migsafe.planner.rules.tables import (
    autovacuum_off,
    column_order_padding,
    create_matview_with_data,
    create_rule,
    create_trigger,
    disable_trigger,
    drop_trigger,
    event_trigger,
    lock_table,
    multiple_alter_table,
    publication_change,
    publish_without_key,
    refresh_matview_blocking,
    refresh_matview_concurrent,
    replica_identity,
    set_access_method,
    set_logged_unlogged,
    set_tablespace,
    vacuum_full_cluster,
)

RULES = (
    vacuum_full_cluster.RULE,
    set_logged_unlogged.RULE,
    set_access_method.RULE,
    set_tablespace.RULE,
    publish_without_key.RULE,
    refresh_matview_blocking.RULE,
    lock_table.RULE,
    disable_trigger.RULE,
    create_trigger.RULE,
    drop_trigger.RULE,
    create_rule.RULE,
    event_trigger.RULE,
    autovacuum_off.RULE,
    create_matview_with_data.RULE,
    refresh_matview_concurrent.RULE,
    multiple_alter_table.RULE,
    replica_identity.RULE,
    publication_change.RULE,
    column_order_padding.RULE,
)
