-- One row for each function, procedure and aggregate of the schemas that neither an extension nor a type brought.
SELECT
    routine.oid::bigint,
    namespace.nspname AS "schema of name",
    routine.proname AS name,
    pg_get_function_identity_arguments(routine.oid) AS arguments,
    CASE routine.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
    pg_get_userbyid(routine.proowner) AS owner,
    pg_language.lanname AS language,
    pg_get_function_result(routine.oid) AS returns,
    CASE routine.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
    CASE routine.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
    routine.proisstrict AS strict,
    routine.prosecdef AS security_definer,
    routine.proleakproof AS leakproof,
    ARRAY(SELECT setting FROM unnest(routine.proconfig) AS setting ORDER BY setting COLLATE "C") AS settings,
    CASE routine.prokind WHEN 'a' THEN '' ELSE routine.prosrc END AS body,
    CASE routine.prokind
        WHEN 'a'
            THEN format(
                'CREATE OR REPLACE AGGREGATE %%I.%%I(%%s) (%%s)',
                namespace.nspname, routine.proname, pg_get_function_arguments(routine.oid),
                concat_ws(
                    ', ', format('SFUNC = %%s', aggtransfn), format('STYPE = %%s', format_type(aggtranstype, NULL)),
                    'FINALFUNC = ' || nullif(aggfinalfn::text, '-'), 'COMBINEFUNC = ' || nullif(aggcombinefn::text, '-'),
                    'INITCOND = ' || quote_literal(agginitval), 'SORTOP = ' || nullif(aggsortop, 0)::regoperator::text,
                    'MSFUNC = ' || nullif(aggmtransfn::text, '-'), 'MINVFUNC = ' || nullif(aggminvtransfn::text, '-'),
                    CASE routine.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END
                )
            )
        ELSE pg_get_functiondef(routine.oid)
    END AS definition
FROM pg_proc AS routine
JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
JOIN pg_language ON pg_language.oid = routine.prolang
LEFT JOIN pg_aggregate ON pg_aggregate.aggfnoid = routine.oid
WHERE
    namespace.nspname = ANY(%(schemas)s)
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = routine.oid AND deptype IN ('e', 'i')
    );
