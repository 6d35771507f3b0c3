-- The types of result columns in words, in the order asked for; a composite type with its attributes.
SELECT format_type(asked.type, asked.modifier) || coalesce((
           SELECT '(' || string_agg(
                      quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum
                  ) || ')'
           FROM pg_type t
           LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
           JOIN pg_attribute a ON a.attrelid = coalesce(nullif(t.typrelid, 0), e.typrelid)
           WHERE t.oid = asked.type AND a.attnum > 0 AND NOT a.attisdropped
       ), '')
FROM unnest(%(types)s::oid[], %(modifiers)s::int4[]) WITH ORDINALITY AS asked (type, modifier, number)
ORDER BY asked.number
