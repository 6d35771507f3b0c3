#!/bin/sh
# Runs the tests of locks, rewrites, scans, quarantine and round trips on each major of PostgreSQL that is to be had here, and says which were not.
set -eu
bin=${BIN:-.venv/bin}
failed=""
"$bin/python" scripts/fetch_servers.py > "${TMPDIR:-/tmp}/migsafe-servers.$$"
while read -r major folder; do
    echo "PostgreSQL $major"
    MIGSAFE_PG_BIN_DIR="$folder" "$bin/python" -m pytest -q -n 2 tests/test_locks_measured.py tests/matrix \
        tests/executor/test_quarantine.py tests/executor/test_quarantine_platform.py \
        tests/executor/test_round_trip.py tests/executor/test_round_trip_faults.py </dev/null ||
        failed="$failed $major"
done < "${TMPDIR:-/tmp}/migsafe-servers.$$"
rm -f "${TMPDIR:-/tmp}/migsafe-servers.$$"
[ -z "$failed" ] || { echo "failed on$failed"; exit 1; }
