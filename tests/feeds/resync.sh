#!/usr/bin/env bash
# The reference client of ResourceSync against a running service, as it comes: a copy is made, then brought up to date.
# usage: resync.sh SERVICE TOKEN PROGRAM
set -euo pipefail
service="$1" token="$2" program="$3"
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
# It remembers where it is in the folder where it is called.
cd "$copy"
sync() { "$program" "$@" "$service/resourcesync/=$copy/copy/" 2>&1; }
said() { grep -q "$1" "$copy/said" || { echo "resync did not say: $1"; cat "$copy/said"; exit 1; }; }

sync --baseline --hash sha-256 >"$copy/said"
said 'SYNCED'
sync --audit --hash sha-256 >"$copy/said"
said 'IN SYNC'

# Changes of the same second as the last are its overlap; the next second has none.
sleep 1.1
since="$(date -u +%Y-%m-%dT%H:%M:%SZ)"
authorization="Authorization: Bearer $token"
for title in first second; do
  printf -- '---\nid: doc/resync-%s\ntitle: {en: The %s note}\ntype: note\n---\nA note.\n' "$title" "$title" |
    curl -sS --fail-with-body -o /dev/null -H "$authorization" --data-binary @- "$service/api/documents?name=note.md"
done
base="$(curl -sS "$service/resourcesync/resourcelist.xml" |
  sed -n 's/.*rel="canonical" href="\([^"]*\)resync-first".*/\1/p')"
curl -sS --fail-with-body -o /dev/null -X DELETE -H "$authorization" --get --data-urlencode "graph=${base}resync-first" \
  "$service/graphs"
curl -sS --fail-with-body -o /dev/null -X DELETE -H "$authorization" --get \
  --data-urlencode "graph=${base}sc-2017-02-15-hrw-aleppo" "$service/graphs"
sync --incremental --delete --from "$since" >"$copy/said"
said 'Will apply 3 changes, and delete 2 resources'
sync --audit --hash sha-256 >"$copy/said"
said 'IN SYNC'
echo "resync keeps a copy of $(find "$copy/copy" -type f | wc -l) graphs: at first all, then only what changed"
