#!/bin/sh
# Commits, and goes on only when the commit is in the bucket: sh wait.sh app.db
# Exit code 5: not stored within the timeout (it will be later); 4: no daemon runs; 6: the daemon is fenced.
set -eu
database=$1

sqlite3 "$database" "CREATE TABLE IF NOT EXISTS payment(at TEXT); INSERT INTO payment VALUES (datetime('now'))"
position=$(tidemark sync "$database" --timeout 10s)
echo "stored up to $position"
