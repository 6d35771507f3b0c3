#!/bin/sh
# The main job on real migrations: the worked example, on the PostgreSQL that comes along, in a folder of its own.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
demo=$(mktemp -d "${TMPDIR:-/tmp}/migsafe-demo.XXXXXX")
trap 'rm -rf "$demo"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cp -R "$top/migsafe.yaml" "$top/supabase" "$demo/"
cd "$demo"

say() { printf '\n\033[1m── %s\033[0m\n' "$1"; }
run() { printf '\033[36m$ migsafe %s\033[0m\n' "$*"; migsafe "$@"; }

say "1. The product as it stands: thirteen migrations are applied, the last three are set aside"
mkdir later later/rollback
for name in 20250203090000_add_message_language 20250210090000_require_conversation_title 20250217090000_drop_import_reference; do
    mv "supabase/migrations/$name.sql" later/
    mv "supabase/migrations/rollback/${name}_down.sql" later/rollback/
done
run up --yes > up.log
tail -n 3 up.log

say "2. Three more arrive: one safe, one risky, one destructive. CI validates them without a server"
mv later/*.sql supabase/migrations/
mv later/rollback/*.sql supabase/migrations/rollback/
run validate > validate.log || { cat validate.log; exit 1; }
tail -n 3 validate.log

say "3. An engineer plans and reviews"
run plan -o plan.json

say "4. A dry run tries it on the target and rolls it back"
run apply plan.json --dry-run

say "5. An operator applies exactly that plan, after a verified backup"
run apply plan.json --yes

say "6. The truth, and nothing left to do"
run status
run plan --detailed-exitcode

say "7. The same plan a second time is refused"
if migsafe apply plan.json --yes; then echo "it was not refused"; exit 1; else echo "(exit $?)"; fi

say "8. The backup counts, and the history tells"
run backup list
run history

say "9. The destructive one is undone, with the rollback that was recorded"
run down --yes
run status

say "Done: planned, reviewed, backed up, applied, checked and rolled back"
