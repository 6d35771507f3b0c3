-- Stand-in for postgis: types geometry, geography, box2d and box3d, spatial_ref_sys, GiST indexes, and functions on points.
-- What it does not do:
-- * a value is kept as the text that was written (WKT); its form, its kind and its SRID are not checked;
-- * of `geometry(Point, 4326)` only the number of parameters is remembered: it is shown as geometry(2);
-- * an index is one of words under another name: it is built, kept and dropped with the true locks, and no search uses it;
-- * ST_MakePoint, ST_Point, ST_SetSRID, ST_X, ST_Y, ST_AsText, ST_Distance and ST_DWithin answer for points (on a sphere for
--   geography); every other function fails with feature_not_supported (0A000), rather than make up an answer;
-- * raster and topology are not there.

CREATE TYPE box2d AS (xmin double precision, ymin double precision, xmax double precision, ymax double precision);
CREATE TYPE box3d AS (
    xmin double precision, ymin double precision, zmin double precision,
    xmax double precision, ymax double precision, zmax double precision
);
CREATE TYPE spatial_words;
CREATE FUNCTION spatial_words_in(cstring) RETURNS spatial_words AS '$libdir/pg_trgm', 'gtrgm_in' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION spatial_words_out(spatial_words) RETURNS cstring AS '$libdir/pg_trgm', 'gtrgm_out' LANGUAGE c IMMUTABLE STRICT;
CREATE TYPE spatial_words (INPUT = spatial_words_in, OUTPUT = spatial_words_out, INTERNALLENGTH = variable);

-- The number of parameters serves as the type's modifier: no function of PostgreSQL's own keeps their text.
DO $$
DECLARE
    kind text;
BEGIN
    FOREACH kind IN ARRAY ARRAY['geometry', 'geography'] LOOP
        EXECUTE format($ddl$
            CREATE TYPE %1$I;
            CREATE FUNCTION %1$s_in(cstring, oid, integer) RETURNS %1$I AS 'textin' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_out(%1$I) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_typmod_in(cstring[]) RETURNS integer AS 'array_cardinality' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_typmod_out(integer) RETURNS cstring AS 'varbittypmodout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE TYPE %1$I (
                INPUT = %1$s_in, OUTPUT = %1$s_out, TYPMOD_IN = %1$s_typmod_in, TYPMOD_OUT = %1$s_typmod_out, STORAGE = extended
            );
            CREATE FUNCTION %1$s_eq(%1$I, %1$I) RETURNS boolean AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_lt(%1$I, %1$I) RETURNS boolean AS 'bytealt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_le(%1$I, %1$I) RETURNS boolean AS 'byteale' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_gt(%1$I, %1$I) RETURNS boolean AS 'byteagt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_ge(%1$I, %1$I) RETURNS boolean AS 'byteage' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_cmp(%1$I, %1$I) RETURNS integer AS 'byteacmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE OPERATOR = (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_eq, COMMUTATOR = =);
            CREATE OPERATOR < (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_lt, COMMUTATOR = >);
            CREATE OPERATOR <= (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_le, COMMUTATOR = >=);
            CREATE OPERATOR > (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_gt, COMMUTATOR = <);
            CREATE OPERATOR >= (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_ge, COMMUTATOR = <=);
            CREATE OPERATOR CLASS btree_%1$s_ops DEFAULT FOR TYPE %1$I USING btree AS
                OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 %1$s_cmp(%1$I, %1$I);

            CREATE FUNCTION %1$s_gist_consistent(internal, %1$I, smallint, oid, internal) RETURNS boolean
                AS '$libdir/pg_trgm', 'gtrgm_consistent' LANGUAGE c IMMUTABLE STRICT;
            CREATE FUNCTION %1$s_gist_compress(internal) RETURNS internal AS '$libdir/pg_trgm', 'gtrgm_compress' LANGUAGE c IMMUTABLE STRICT;
            CREATE FUNCTION %1$s_gist_decompress(internal) RETURNS internal AS '$libdir/pg_trgm', 'gtrgm_decompress' LANGUAGE c IMMUTABLE STRICT;
            CREATE FUNCTION %1$s_gist_penalty(internal, internal, internal) RETURNS internal
                AS '$libdir/pg_trgm', 'gtrgm_penalty' LANGUAGE c IMMUTABLE STRICT;
            CREATE FUNCTION %1$s_gist_picksplit(internal, internal) RETURNS internal
                AS '$libdir/pg_trgm', 'gtrgm_picksplit' LANGUAGE c IMMUTABLE STRICT;
            CREATE FUNCTION %1$s_gist_union(internal, internal) RETURNS spatial_words
                AS '$libdir/pg_trgm', 'gtrgm_union' LANGUAGE c IMMUTABLE STRICT;
            CREATE FUNCTION %1$s_gist_same(spatial_words, spatial_words, internal) RETURNS internal
                AS '$libdir/pg_trgm', 'gtrgm_same' LANGUAGE c IMMUTABLE STRICT;
            CREATE OPERATOR CLASS gist_%1$s_ops%2$s DEFAULT FOR TYPE %1$I USING gist AS
                FUNCTION 1 %1$s_gist_consistent(internal, %1$I, smallint, oid, internal),
                FUNCTION 2 %1$s_gist_union(internal, internal),
                FUNCTION 3 %1$s_gist_compress(internal),
                FUNCTION 4 %1$s_gist_decompress(internal),
                FUNCTION 5 %1$s_gist_penalty(internal, internal, internal),
                FUNCTION 6 %1$s_gist_picksplit(internal, internal),
                FUNCTION 7 %1$s_gist_same(spatial_words, spatial_words, internal),
                STORAGE spatial_words;

            CREATE CAST (text AS %1$I) WITH INOUT AS IMPLICIT;
            CREATE CAST (%1$I AS text) WITH INOUT AS IMPLICIT;

            -- X and Y of 'SRID=4326;POINT(1 2)'
            CREATE FUNCTION st_x(%1$I) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN substring($1::text FROM '(?i)POINT *Z?M? *\( *([-+0-9.eE]+) ')::double precision;
            CREATE FUNCTION st_y(%1$I) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN substring($1::text FROM '(?i)POINT *Z?M? *\( *[-+0-9.eE]+ +([-+0-9.eE]+)')::double precision;
            CREATE FUNCTION st_astext(%1$I) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN regexp_replace($1::text, '^SRID=\d+;', '');
            CREATE FUNCTION st_asewkt(%1$I) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text;
            CREATE FUNCTION st_srid(%1$I) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN coalesce(substring($1::text FROM '^SRID=(\d+);')::integer, 0);
        $ddl$, kind, CASE kind WHEN 'geometry' THEN '_2d' ELSE '' END);
    END LOOP;
END
$$;
CREATE CAST (geometry AS geography) WITH INOUT AS IMPLICIT;
CREATE CAST (geography AS geometry) WITH INOUT;

CREATE FUNCTION st_makepoint(double precision, double precision) RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN format('POINT(%s %s)', $1, $2)::geometry;
CREATE FUNCTION st_point(double precision, double precision) RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN st_makepoint($1, $2);
CREATE FUNCTION st_setsrid(geometry, integer) RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN format('SRID=%s;%s', $2, st_astext($1))::geometry;
CREATE FUNCTION st_point(double precision, double precision, integer) RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN st_setsrid(st_makepoint($1, $2), $3);
CREATE FUNCTION st_geomfromtext(text, integer DEFAULT 0) RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN CASE $2 WHEN 0 THEN $1::geometry ELSE st_setsrid($1::geometry, $2) END;
CREATE FUNCTION st_geogfromtext(text) RETURNS geography LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::geography;
CREATE FUNCTION st_distance(geometry, geometry) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN sqrt((st_x($1) - st_x($2)) ^ 2 + (st_y($1) - st_y($2)) ^ 2);
CREATE FUNCTION st_distance(geography, geography, use_spheroid boolean DEFAULT true) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN 2 * 6371008.8 * asin(sqrt(least(1,
        sind((st_y($2) - st_y($1)) / 2) ^ 2 + cosd(st_y($1)) * cosd(st_y($2)) * sind((st_x($2) - st_x($1)) / 2) ^ 2
    )));
CREATE FUNCTION st_dwithin(geometry, geometry, double precision) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN st_distance($1, $2) <= $3;
CREATE FUNCTION st_dwithin(geography, geography, double precision, use_spheroid boolean DEFAULT true) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN st_distance($1, $2) <= $3;
CREATE OPERATOR <-> (LEFTARG = geometry, RIGHTARG = geometry, FUNCTION = st_distance, COMMUTATOR = <->);
CREATE FUNCTION geography_distance_knn(geography, geography) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN st_distance($1, $2);
CREATE OPERATOR <-> (LEFTARG = geography, RIGHTARG = geography, FUNCTION = geography_distance_knn, COMMUTATOR = <->);
CREATE FUNCTION postgis_version() RETURNS text LANGUAGE sql IMMUTABLE RETURN '3.3 stand-in';
CREATE FUNCTION postgis_full_version() RETURNS text LANGUAGE sql IMMUTABLE RETURN 'POSTGIS="3.3.7" stand-in';

-- The rest can be named in functions, views and policies; none of it answers.
DO $$
DECLARE
    signature text;
BEGIN
    FOREACH signature IN ARRAY ARRAY[
        'st_area(geometry) RETURNS double precision', 'st_area(geography) RETURNS double precision',
        'st_length(geometry) RETURNS double precision', 'st_length(geography) RETURNS double precision',
        'st_perimeter(geometry) RETURNS double precision', 'st_azimuth(geometry, geometry) RETURNS double precision',
        'st_distancesphere(geometry, geometry) RETURNS double precision',
        'st_contains(geometry, geometry) RETURNS boolean', 'st_within(geometry, geometry) RETURNS boolean',
        'st_intersects(geometry, geometry) RETURNS boolean', 'st_intersects(geography, geography) RETURNS boolean',
        'st_covers(geometry, geometry) RETURNS boolean', 'st_covers(geography, geography) RETURNS boolean',
        'st_coveredby(geometry, geometry) RETURNS boolean', 'st_overlaps(geometry, geometry) RETURNS boolean',
        'st_touches(geometry, geometry) RETURNS boolean', 'st_crosses(geometry, geometry) RETURNS boolean',
        'st_disjoint(geometry, geometry) RETURNS boolean', 'st_equals(geometry, geometry) RETURNS boolean',
        'st_isvalid(geometry) RETURNS boolean', 'st_isempty(geometry) RETURNS boolean',
        'st_makeenvelope(double precision, double precision, double precision, double precision, integer DEFAULT 0) RETURNS geometry',
        'st_makebox2d(geometry, geometry) RETURNS box2d', 'st_makeline(geometry, geometry) RETURNS geometry',
        'st_makepolygon(geometry) RETURNS geometry', 'st_makevalid(geometry) RETURNS geometry',
        'st_buffer(geometry, double precision) RETURNS geometry', 'st_buffer(geography, double precision) RETURNS geography',
        'st_centroid(geometry) RETURNS geometry', 'st_envelope(geometry) RETURNS geometry', 'st_convexhull(geometry) RETURNS geometry',
        'st_union(geometry, geometry) RETURNS geometry', 'st_intersection(geometry, geometry) RETURNS geometry',
        'st_difference(geometry, geometry) RETURNS geometry', 'st_simplify(geometry, double precision) RETURNS geometry',
        'st_transform(geometry, integer) RETURNS geometry', 'st_multi(geometry) RETURNS geometry', 'st_force2d(geometry) RETURNS geometry',
        'st_closestpoint(geometry, geometry) RETURNS geometry', 'st_pointonsurface(geometry) RETURNS geometry',
        'st_geomfromgeojson(text) RETURNS geometry', 'st_geomfromgeojson(jsonb) RETURNS geometry',
        'st_geomfromwkb(bytea, integer DEFAULT 0) RETURNS geometry', 'st_asbinary(geometry) RETURNS bytea',
        'st_asgeojson(geometry, integer DEFAULT 9, integer DEFAULT 8) RETURNS text',
        'st_asgeojson(geography, integer DEFAULT 9, integer DEFAULT 0) RETURNS text',
        'st_geohash(geometry, integer DEFAULT 0) RETURNS text', 'st_geometrytype(geometry) RETURNS text',
        'st_numpoints(geometry) RETURNS integer', 'st_npoints(geometry) RETURNS integer',
        'st_xmin(box3d) RETURNS double precision', 'st_ymin(box3d) RETURNS double precision',
        'st_xmax(box3d) RETURNS double precision', 'st_ymax(box3d) RETURNS double precision',
        'st_project(geography, double precision, double precision) RETURNS geography',
        'geometry_overlaps(geometry, geometry) RETURNS boolean', 'geography_overlaps(geography, geography) RETURNS boolean'
    ] LOOP
        EXECUTE format(
            'CREATE FUNCTION %s LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS %L',
            signature,
            format('BEGIN RAISE EXCEPTION USING ERRCODE = ''feature_not_supported'', MESSAGE = %L; END', split_part(signature, '(', 1) || ' does not answer: postgis is a stand-in here')
        );
    END LOOP;
END
$$;
CREATE OPERATOR && (LEFTARG = geometry, RIGHTARG = geometry, FUNCTION = geometry_overlaps, COMMUTATOR = &&);
CREATE OPERATOR && (LEFTARG = geography, RIGHTARG = geography, FUNCTION = geography_overlaps, COMMUTATOR = &&);

CREATE TABLE spatial_ref_sys (
    srid integer NOT NULL PRIMARY KEY CHECK (srid > 0 AND srid <= 998999),
    auth_name varchar(256),
    auth_srid integer,
    srtext varchar(2048),
    proj4text varchar(2048)
);
INSERT INTO spatial_ref_sys VALUES
    (4326, 'EPSG', 4326, NULL, '+proj=longlat +datum=WGS84 +no_defs'),
    (3857, 'EPSG', 3857, NULL, '+proj=merc +a=6378137 +b=6378137 +units=m +no_defs');
GRANT SELECT ON spatial_ref_sys TO PUBLIC;
CREATE VIEW geometry_columns AS
SELECT current_database()::varchar(256) AS f_table_catalog, namespace.nspname AS f_table_schema, class.relname AS f_table_name,
    attribute.attname AS f_geometry_column, 2 AS coord_dimension, 0 AS srid, 'GEOMETRY'::varchar(30) AS type
FROM pg_attribute AS attribute
JOIN pg_class AS class ON class.oid = attribute.attrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE attribute.atttypid = 'geometry'::regtype AND NOT attribute.attisdropped AND class.relkind IN ('r', 'v', 'm', 'f', 'p');
GRANT SELECT ON geometry_columns TO PUBLIC;
