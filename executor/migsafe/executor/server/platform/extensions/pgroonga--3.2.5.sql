-- Stand-in for pgroonga: its indexes can be built on text columns and its commonest operators answer.
-- An index is a hash index under another name and no search uses it; &@ and &@~ look for the words as they are written,
-- without a language, scores or query syntax. Index parameters (`WITH (tokenizer = ...)`) are refused.

CREATE ACCESS METHOD pgroonga TYPE INDEX HANDLER hashhandler;

CREATE OPERATOR CLASS pgroonga_text_full_text_search_ops_v2 DEFAULT FOR TYPE text USING pgroonga AS
    OPERATOR 1 =, FUNCTION 1 hashtext(text);
CREATE OPERATOR CLASS pgroonga_text_term_search_ops_v2 FOR TYPE text USING pgroonga AS
    OPERATOR 1 =, FUNCTION 1 hashtext(text);

CREATE FUNCTION pgroonga_match_text(target text, keyword text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN strpos(lower(target), lower(keyword)) > 0;
CREATE FUNCTION pgroonga_query_text(target text, query text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT coalesce(bool_and(strpos(lower(target), lower(word)) > 0), false) FROM regexp_split_to_table(trim(query), '\s+') AS word);
CREATE FUNCTION pgroonga_score(tableoid oid, ctid tid) RETURNS double precision
    LANGUAGE sql STABLE STRICT RETURN 0::double precision;

CREATE OPERATOR &@ (LEFTARG = text, RIGHTARG = text, FUNCTION = pgroonga_match_text);
CREATE OPERATOR &@~ (LEFTARG = text, RIGHTARG = text, FUNCTION = pgroonga_query_text);
