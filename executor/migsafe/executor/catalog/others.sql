-- One row for each object of a rare kind that no extension brought: its catalog and number, kind, name as SQL, owner and
-- what makes it. Casts, languages, access methods and foreign servers belong to the whole database, the
-- rest to the schemas. Of options of foreign
-- servers and user mappings only those that are known to hold no secret show their value.
WITH open_option (name) AS (
    VALUES
    ('host'), ('hostaddr'), ('port'), ('dbname'), ('sslmode'), ('fetch_size'), ('batch_size'), ('extensions'),
    ('use_remote_estimate'), ('updatable'), ('truncatable'), ('async_capable'), ('application_name'),
    ('project_id'), ('dataset_id'), ('region'), ('api_version'), ('user')
),

found (class, oid, kind, name, owner, definition) AS (
    SELECT
        'pg_cast', pg_cast.oid, 'cast',
        format('(%%s AS %%s)', format_type(castsource, NULL), format_type(casttarget, NULL)), NULL,
        format(
            'CREATE CAST (%%s AS %%s) %%s%%s', format_type(castsource, NULL), format_type(casttarget, NULL),
            CASE castmethod
                WHEN 'f' THEN 'WITH FUNCTION ' || castfunc::regprocedure::text
                WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION'
            END,
            CASE castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END
        )
    FROM pg_cast
    WHERE pg_cast.oid >= 16384
    UNION ALL
    SELECT
        'pg_collation', pg_collation.oid, 'collation', format('%%I.%%I', nspname, collname),
        pg_get_userbyid(collowner),
        format(
            'CREATE COLLATION %%I.%%I %%s', nspname, collname,
            -- Columns of this catalog have changed name and meaning over the majors, so all of them are shown.
            (
                to_jsonb(pg_collation) - 'oid' - 'collname' - 'collnamespace' - 'collowner' - 'collversion'
            )::text
        )
    FROM pg_collation
    JOIN pg_namespace ON pg_namespace.oid = collnamespace
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT
        'pg_operator', pg_operator.oid, 'operator', pg_operator.oid::regoperator::text, pg_get_userbyid(oprowner),
        format(
            'CREATE OPERATOR %%I.%%s (%%s)', nspname, oprname,
            concat_ws(
                ', ', 'FUNCTION = ' || oprcode::text, 'LEFTARG = ' || format_type(nullif(oprleft, 0), NULL),
                'RIGHTARG = ' || format_type(nullif(oprright, 0), NULL),
                'COMMUTATOR = ' || nullif(oprcom, 0)::regoperator::text,
                'NEGATOR = ' || nullif(oprnegate, 0)::regoperator::text,
                'RESTRICT = ' || nullif(oprrest::text, '-'), 'JOIN = ' || nullif(oprjoin::text, '-'),
                CASE WHEN oprcanhash THEN 'HASHES' END, CASE WHEN oprcanmerge THEN 'MERGES' END
            )
        )
    FROM pg_operator
    JOIN pg_namespace ON pg_namespace.oid = oprnamespace
    WHERE nspname = ANY(%(schemas)s) AND oprcode <> 0
    UNION ALL
    SELECT
        'pg_opfamily', pg_opfamily.oid, 'operator family', format('%%I.%%I USING %%I', nspname, opfname, amname),
        pg_get_userbyid(opfowner),
        concat_ws(
            E'\n', format('CREATE OPERATOR FAMILY %%I.%%I USING %%I', nspname, opfname, amname),
            (
                SELECT
                    string_agg(
                        format('OPERATOR %%s %%s', amopstrategy, amopopr::regoperator), E'\n'
                        ORDER BY amopstrategy, amopopr::regoperator::text COLLATE "C"
                    )
                FROM pg_amop WHERE amopfamily = pg_opfamily.oid
            ),
            (
                SELECT
                    string_agg(
                        format('FUNCTION %%s %%s', amprocnum, amproc::oid::regprocedure), E'\n'
                        ORDER BY amprocnum, amproc::oid::regprocedure::text COLLATE "C"
                    )
                FROM pg_amproc WHERE amprocfamily = pg_opfamily.oid
            )
        )
    FROM pg_opfamily
    JOIN pg_namespace ON pg_namespace.oid = opfnamespace
    JOIN pg_am ON pg_am.oid = opfmethod
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT
        'pg_opclass', pg_opclass.oid, 'operator class', format('%%I.%%I USING %%I', space.nspname, opcname, amname),
        pg_get_userbyid(opcowner),
        format(
            'CREATE OPERATOR CLASS %%I.%%I%%s FOR TYPE %%s USING %%I FAMILY %%I.%%I', space.nspname, opcname,
            CASE WHEN opcdefault THEN ' DEFAULT' ELSE '' END, format_type(opcintype, NULL), amname,
            family_space.nspname, opfname
        )
    FROM pg_opclass
    JOIN pg_namespace AS space ON space.oid = opcnamespace
    JOIN pg_am ON pg_am.oid = opcmethod
    JOIN pg_opfamily ON pg_opfamily.oid = opcfamily
    JOIN pg_namespace AS family_space ON family_space.oid = opfnamespace
    WHERE space.nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT
        'pg_ts_config', pg_ts_config.oid, 'text search configuration', format('%%I.%%I', nspname, cfgname),
        pg_get_userbyid(cfgowner),
        concat_ws(
            E'\n', format(
                'CREATE TEXT SEARCH CONFIGURATION %%I.%%I (PARSER = %%s)', nspname, cfgname,
                (SELECT prsname FROM pg_ts_parser WHERE pg_ts_parser.oid = cfgparser)
            ),
            (
                SELECT string_agg(format('MAPPING FOR %%s WITH %%s', alias, dictionaries), E'\n' ORDER BY tokid)
                FROM (
                    SELECT token.tokid, token.alias, string_agg(mapdict::regdictionary::text, ', ' ORDER BY mapseqno)
                    FROM pg_ts_config_map
                    JOIN ts_token_type(cfgparser) AS token ON token.tokid = maptokentype
                    WHERE mapcfg = pg_ts_config.oid
                    GROUP BY token.tokid, token.alias
                ) AS mapping (tokid, alias, dictionaries)
            )
        )
    FROM pg_ts_config
    JOIN pg_namespace ON pg_namespace.oid = cfgnamespace
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT
        'pg_ts_dict', pg_ts_dict.oid, 'text search dictionary', format('%%I.%%I', nspname, dictname),
        pg_get_userbyid(dictowner),
        format(
            'CREATE TEXT SEARCH DICTIONARY %%I.%%I (%%s)', nspname, dictname,
            concat_ws(
                ', ', (SELECT 'TEMPLATE = ' || tmplname FROM pg_ts_template WHERE pg_ts_template.oid = dicttemplate),
                dictinitoption
            )
        )
    FROM pg_ts_dict
    JOIN pg_namespace ON pg_namespace.oid = dictnamespace
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT
        'pg_ts_parser', pg_ts_parser.oid, 'text search parser', format('%%I.%%I', nspname, prsname), NULL,
        format(
            'CREATE TEXT SEARCH PARSER %%I.%%I (%%s)', nspname, prsname,
            concat_ws(
                ', ', 'START = ' || prsstart::text, 'GETTOKEN = ' || prstoken::text, 'END = ' || prsend::text,
                'HEADLINE = ' || nullif(prsheadline::text, '-'), 'LEXTYPES = ' || prslextype::text
            )
        )
    FROM pg_ts_parser
    JOIN pg_namespace ON pg_namespace.oid = prsnamespace
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT
        'pg_ts_template', pg_ts_template.oid, 'text search template', format('%%I.%%I', nspname, tmplname), NULL,
        format(
            'CREATE TEXT SEARCH TEMPLATE %%I.%%I (%%s)', nspname, tmplname,
            concat_ws(', ', 'INIT = ' || nullif(tmplinit::text, '-'), 'LEXIZE = ' || tmpllexize::text)
        )
    FROM pg_ts_template
    JOIN pg_namespace ON pg_namespace.oid = tmplnamespace
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT
        'pg_conversion', pg_conversion.oid, 'conversion', format('%%I.%%I', nspname, conname), pg_get_userbyid(conowner),
        format(
            'CREATE%%s CONVERSION %%I.%%I FOR %%L TO %%L FROM %%s', CASE WHEN condefault THEN ' DEFAULT' END, nspname,
            conname, pg_encoding_to_char(conforencoding), pg_encoding_to_char(contoencoding), conproc
        )
    FROM pg_conversion
    JOIN pg_namespace ON pg_namespace.oid = connamespace
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT
        'pg_am', oid, 'access method', quote_ident(amname), NULL,
        format(
            'CREATE ACCESS METHOD %%I TYPE %%s HANDLER %%s', amname,
            CASE amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, amhandler
        )
    FROM pg_am
    WHERE oid >= 16384
    UNION ALL
    SELECT
        'pg_language', oid, 'language', quote_ident(lanname), pg_get_userbyid(lanowner),
        concat_ws(
            ' ', CASE WHEN lanpltrusted THEN 'CREATE TRUSTED LANGUAGE' ELSE 'CREATE LANGUAGE' END, quote_ident(lanname),
            'HANDLER ' || nullif(lanplcallfoid, 0)::regproc::text, 'INLINE ' || nullif(laninline, 0)::regproc::text,
            'VALIDATOR ' || nullif(lanvalidator, 0)::regproc::text
        )
    FROM pg_language
    WHERE oid >= 16384
    UNION ALL
    SELECT
        'pg_foreign_data_wrapper', oid, 'foreign data wrapper', quote_ident(fdwname), pg_get_userbyid(fdwowner),
        concat_ws(
            ' ', format('CREATE FOREIGN DATA WRAPPER %%I', fdwname),
            'HANDLER ' || nullif(fdwhandler, 0)::regproc::text,
            'VALIDATOR ' || nullif(fdwvalidator, 0)::regproc::text,
            -- Their names only: values may be secrets.
            (
                SELECT 'OPTIONS (' || string_agg(quote_ident(option_name), ', ' ORDER BY option_name COLLATE "C") || ')'
                FROM pg_options_to_table(fdwoptions)
            )
        )
    FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT
        'pg_foreign_server', server.oid, 'server', quote_ident(srvname), pg_get_userbyid(srvowner),
        format(
            'CREATE SERVER %%I%%s%%s FOREIGN DATA WRAPPER %%I OPTIONS (%%s)', srvname,
            ' TYPE ' || quote_literal(srvtype), ' VERSION ' || quote_literal(srvversion), fdwname,
            (
                SELECT
                    string_agg(
                        CASE
                            WHEN option_name IN (SELECT name FROM open_option)
                                THEN format('%%I %%L', option_name, option_value)
                            ELSE quote_ident(option_name)
                        END,
                        ', ' ORDER BY option_name COLLATE "C"
                    )
                FROM pg_options_to_table(srvoptions)
            )
        )
    FROM pg_foreign_server AS server
    JOIN pg_foreign_data_wrapper ON pg_foreign_data_wrapper.oid = srvfdw
    UNION ALL
    SELECT
        'pg_user_mapping', umid, 'user mapping',
        format('FOR %%s SERVER %%I', CASE umuser WHEN 0 THEN 'public' ELSE quote_ident(usename) END, srvname), NULL,
        format(
            'CREATE USER MAPPING FOR %%s SERVER %%I OPTIONS (%%s)',
            CASE umuser WHEN 0 THEN 'public' ELSE quote_ident(usename) END, srvname,
            (
                SELECT
                    string_agg(
                        CASE
                            WHEN option_name IN (SELECT name FROM open_option)
                                THEN format('%%I %%L', option_name, option_value)
                            ELSE quote_ident(option_name)
                        END,
                        ', ' ORDER BY option_name COLLATE "C"
                    )
                FROM pg_options_to_table(umoptions)
            )
        )
    FROM pg_user_mappings
)

SELECT found.class, found.oid::bigint, found.kind, found.name, found.owner::text, found.definition
FROM found
WHERE
    NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = found.class::regclass AND objid = found.oid AND deptype IN ('e', 'i')
    );
