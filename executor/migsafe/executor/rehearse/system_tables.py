"""The system tables that tell what a statement wrote to the catalog."""

from __future__ import annotations

from types import MappingProxyType

SYSTEM_TABLES = MappingProxyType({
    1259: "pg_class",
    1249: "pg_attribute",
    2604: "pg_attrdef",
    2606: "pg_constraint",
    2610: "pg_index",
    2620: "pg_trigger",
    3256: "pg_policy",
    2618: "pg_rewrite",
    2611: "pg_inherits",
    2224: "pg_sequence",
    3381: "pg_statistic_ext",
    3350: "pg_partitioned_table",
    2609: "pg_description",
    2608: "pg_depend",
    2615: "pg_namespace",
    1255: "pg_proc",
    2600: "pg_aggregate",
    1247: "pg_type",
    3501: "pg_enum",
    3541: "pg_range",
    3079: "pg_extension",
    6104: "pg_publication",
    6106: "pg_publication_rel",
    6237: "pg_publication_namespace",
    3466: "pg_event_trigger",
    826: "pg_default_acl",
    2605: "pg_cast",
    3456: "pg_collation",
    2617: "pg_operator",
    2616: "pg_opclass",
    2753: "pg_opfamily",
    3602: "pg_ts_config",
    3600: "pg_ts_dict",
    2328: "pg_foreign_data_wrapper",
    1417: "pg_foreign_server",
    1418: "pg_user_mapping",
    3118: "pg_foreign_table",
})  # fmt: skip
"""Names by object id, which the sources fix for all majors (src/include/catalog/*.h, the first macro of each file).

By number, because after every statement of a rehearsal the server is asked about all of them: to look up the names
would take longer than all the rest. A server that does not have one counts nothing for it.
"""
