"""Rules on partitions."""

from __future__ import annotations

from migsafe.planner.rules.partitions import (
    attach_partition_default,
    attach_partition_scan,
    create_partition_of,
    default_partition,
    detach_concurrently_refused,
    detach_partition_blocking,
    drop_partition,
    extension_managed_table,
    partition_key_in_pk,
    partitioned_parent_fanout,
)

RULES = (
    partition_key_in_pk.RULE,
    attach_partition_scan.RULE,
    attach_partition_default.RULE,
    detach_concurrently_refused.RULE,
    detach_partition_blocking.RULE,
    drop_partition.RULE,
    create_partition_of.RULE,
    extension_managed_table.RULE,
    partitioned_parent_fanout.RULE,
    default_partition.RULE,
)
