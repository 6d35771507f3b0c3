-- Stand-in for index_advisor: index_advisor(query) answers one row that recommends nothing.

CREATE FUNCTION index_advisor(query text) RETURNS TABLE (
    startup_cost_before jsonb,
    startup_cost_after jsonb,
    total_cost_before jsonb,
    total_cost_after jsonb,
    index_statements text[],
    errors text[]
)
    LANGUAGE sql
BEGIN ATOMIC
    SELECT NULL::jsonb, NULL::jsonb, NULL::jsonb, NULL::jsonb, '{}'::text[],
        ARRAY['index_advisor is a stand-in here and looked at nothing'];
END;
