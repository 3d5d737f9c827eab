#!/usr/bin/env bash
# curl against a running service: every way of asking, and what comes back when it cannot be answered.
# usage: curl.sh SERVICE TOKEN
set -euo pipefail
service="$1"
token="$2"
passed=0

holds() { # what is looked at, and words that it must have
  grep -qF -- "$2" <<<"$1" || { echo "missing: $2"; echo "in: ${1:0:600}"; exit 1; }
  passed=$((passed + 1))
}
ask() { curl -sS "$service/sparql" "$@"; }

names='SELECT ?name { <org/jim> rdfs:label ?name }'
holds "$(ask -G --data-urlencode "query=$names" -H 'Accept: application/sparql-results+json')" 'آلية التحقيق المشتركة'
holds "$(ask --data-urlencode "query=$names" -H 'Accept: text/csv')" 'OPCW-UN Joint Investigative Mechanism'
holds "$(ask -H 'Content-Type: application/sparql-query' --data-binary "$names" -H 'Accept: text/tab-separated-values')" '"@ar'
holds "$(ask --data-urlencode "query=$names" -H 'Accept: application/sparql-results+xml')" '<literal xml:lang="ar">'
holds "$(ask --data-urlencode 'query=ASK { <org/jim> a isn:Organization }' -H 'Accept: application/json')" 'true'
holds "$(ask --data-urlencode 'query=CONSTRUCT WHERE { <org/jim> rdfs:label ?n }' -H 'Accept: application/n-triples')" 'rdf-schema#label>'
holds "$(ask --data-urlencode 'query=DESCRIBE <org/jim>' -H 'Accept: text/turtle')" 'rdfs:label'
holds "$(ask --compressed -H 'Accept-Encoding: gzip' -D - --data-urlencode 'query=SELECT * { ?s ?p ?o } LIMIT 500' -o /dev/null)" 'content-encoding: gzip'
holds "$(ask -H 'Accept-Encoding: zstd' -D - --data-urlencode 'query=SELECT * { ?s ?p ?o } LIMIT 500' -o /dev/null)" 'content-encoding: zstd'
holds "$(ask -i -G --data-urlencode 'query=SELECT * {')" 'application/problem+json'
holds "$(ask -G --data-urlencode 'query=SELECT * {')" '"line":1'
holds "$(ask -i -G --data-urlencode "query=$names" -H 'Accept: image/png')" '406'
holds "$(ask -i -X PUT)" '405'
holds "$(ask -i -G --data-urlencode 'timeout=0.2' --data-urlencode 'query=SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }')" '408'
holds "$(ask -i -X OPTIONS -H 'Origin: http://example.org' -H 'Access-Control-Request-Method: POST')" 'access-control-allow-origin: *'
insert='INSERT DATA { GRAPH <graph/curl> { <event/curl> isn:timeText "noon" } }'
update() { curl -sS -o /dev/null -w '%{http_code}' "$service/update" "$@"; }
holds "$(update -H 'Content-Type: application/sparql-update' --data-binary "$insert")" 401
holds "$(update -H "Authorization: Bearer $token" -H 'Content-Type: application/sparql-update' --data-binary "$insert")" 20
holds "$(update -H "Authorization: Bearer $token" --data-urlencode "update=$insert")" 20
holds "$(ask --data-urlencode 'query=ASK { GRAPH <graph/curl> { <event/curl> isn:timeText "noon" } }' -H 'Accept: application/json')" 'true'
holds "$(update -H "Authorization: Bearer $token" --data-urlencode 'update=DROP GRAPH <graph/curl>')" 20
echo "curl: $passed passed, 0 failed"
