"""What OpenRefine sends to a reconciliation service, and what it makes of the answers; then the same in the 1.0 draft.

With a second argument, the folder of the API's schemas, every answer is held against the schema of its version, and
what is sent against that of what is asked.
"""

import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

address, suite = sys.argv[1], (pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None)
held = 0


def fetch(path, data=None, media_type=None):
    url = path if path.startswith("http") else address + path
    headers = {"Accept": "application/json", "Origin": "http://127.0.0.1:3333"}
    if media_type:
        headers["Content-Type"] = media_type
    request = urllib.request.Request(url, data=data and data.encode(), headers=headers)
    with urllib.request.urlopen(request) as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*", url
        return response.read().decode()


def valid(version, schema, document):
    """Holds a document against a schema of the suite."""
    global held
    if suite is None:
        return document
    import jsonschema
    import referencing
    import referencing.jsonschema

    folder = suite / version / "schemas"
    draft = referencing.jsonschema.DRAFT7

    def retrieve(uri):
        name = uri.rsplit("/", 1)[-1].split("#")[0]
        name = "openapi.json" if "swagger.io" in uri else name
        return referencing.Resource.from_contents(json.loads((folder / name).read_text()), default_specification=draft)

    contents = json.loads((folder / f"{schema}.json").read_text())
    registry = referencing.Registry(retrieve=retrieve)
    jsonschema.Draft7Validator(contents, registry=registry).validate(document)
    held += 1
    return document


def form(**fields):
    encoded = urllib.parse.urlencode({name: json.dumps(value, ensure_ascii=False) for name, value in fields.items()})
    return json.loads(fetch("/reconcile", encoded, "application/x-www-form-urlencoded"))


def sent(version, schema, document):
    return valid(version, schema, document)


# Adding the service: the manifest, as JSON, and as a script for those without CORS.
manifest = valid("0.2", "manifest", json.loads(fetch("/reconcile")))
script = fetch("/reconcile?callback=jQuery1_2")
assert script.startswith("/**/jQuery1_2(") and json.loads(script[len("/**/jQuery1_2(") : -2]) == manifest

# Guessing the types of a column: three candidates for ten cells, without a type.
hrw_ar = "هيومن رايتس ووتش"
cells = ["Human Rights Watch", "Aleppo", hrw_ar, "OPCW", "حلب", "Ghouta", "Idlib", "United Nations", "Damascus", "no such thing"]
guess = sent("0.2", "reconciliation-query-batch", {f"q{n}": {"query": cell, "limit": 3} for n, cell in enumerate(cells)})
guessed = valid("0.2", "reconciliation-result-batch", form(queries=guess))
assert set(guessed) == set(guess)
assert guessed["q0"]["result"][0]["id"] == guessed["q2"]["result"][0]["id"] == "org/hrw", guessed["q2"]
assert all(len(answer["result"]) <= 3 for answer in guessed.values())
assert any(one["id"].startswith("place/") for one in guessed["q4"]["result"]), guessed["q4"]

# Reconciling: with a type, another column as a property, and strictness.
batch = {
    "q0": {"query": "Human Rights Watch", "type": "Organization", "type_strict": "should", "limit": 5},
    "q1": {"query": "Aleppo", "type": "Place", "type_strict": "should", "properties": [{"pid": "within", "v": "Syria"}]},
    "q2": {"query": hrw_ar, "type": ["Organization", "Person"], "type_strict": "any"},
}
answers = valid("0.2", "reconciliation-result-batch", form(queries=sent("0.2", "reconciliation-query-batch", batch)))
best = answers["q0"]["result"][0]
assert best["id"] == "org/hrw" and best["match"] is True and best["score"] == 100, best
by_get = json.loads(fetch("/reconcile?queries=" + urllib.parse.quote(json.dumps(batch))))
assert by_get == answers

# Looking at a candidate: the page and the preview, with the identifier escaped as the browser does.
escaped = urllib.parse.quote(best["id"], safe="")
assert "Human Rights Watch" in fetch(manifest["preview"]["url"].replace("{{id}}", escaped))
assert json.loads(fetch(manifest["view"]["url"].replace("{{id}}", escaped)))

# Searching for a match by hand, choosing a type and a property.
for what, prefix in [("entity", "huma"), ("entity", "حل"), ("type", "pla"), ("property", "with")]:
    service = manifest["suggest"][what]
    found = json.loads(fetch(f"{service['service_url']}{service['service_path']}?{urllib.parse.urlencode({'prefix': prefix})}"))
    schema = {"entity": "suggest-entities-response", "type": "suggest-types-response", "property": "suggest-properties-response"}[what]
    assert valid("0.2", schema, found)["result"], (what, prefix)
    old = valid("1.0-draft", schema, json.loads(fetch(f"/reconcile/v1/suggest/{what}?{urllib.parse.urlencode({'prefix': prefix})}")))
    assert old == found

# Adding columns from reconciled values.
service = manifest["extend"]["propose_properties"]
proposed = json.loads(fetch(f"{service['service_url']}{service['service_path']}?type=Organization&limit=50"))
valid("0.2", "data-extension-property-proposal", proposed)
wanted = [{"id": one["id"]} for one in proposed["properties"]][:20] + [{"id": "skos:altLabel", "settings": {"limit": "2", "count": "false"}}]
asked = sent("0.2", "data-extension-query", {"ids": ["org/hrw", "org/jim", "org/none"], "properties": wanted})
extended = valid("0.2", "data-extension-response", form(extend=asked))
assert set(extended["rows"]) == {"org/hrw", "org/jim", "org/none"}
assert len(extended["rows"]["org/hrw"]["skos:altLabel"]) <= 2
assert any(extended["rows"]["org/jim"].values()) and not any(extended["rows"]["org/none"].values())

# The draft.
valid("1.0-draft", "manifest", json.loads(fetch("/reconcile/v1")))
queries = {"queries": [
    {"type": "Organization", "limit": 5, "lang": "ar", "conditions": [{"matchType": "name", "propertyValue": hrw_ar}]},
    {"conditions": [
        {"matchType": "name", "propertyValue": "Aleppo"},
        {"matchType": "property", "propertyId": "within", "propertyValue": "Syria", "required": False, "matchQuantifier": "any"},
    ]},
]}
sent("1.0-draft", "reconciliation-query-batch", queries)
results = valid("1.0-draft", "reconciliation-result-batch", json.loads(fetch("/reconcile/v1/match", json.dumps(queries), "application/json")))
assert results["results"][0]["candidates"][0]["id"] == "org/hrw", results
sent("1.0-draft", "data-extension-query", asked)
valid("1.0-draft", "data-extension-response", json.loads(fetch("/reconcile/v1/extend", json.dumps(asked), "application/json")))
valid("1.0-draft", "data-extension-property-proposal", json.loads(fetch("/reconcile/v1/extend/propose?type=Place")))

# What is wrong is said, and is not the service's fault.
for path in ["/reconcile?queries=nonsense", "/reconcile?queries=%7B%22a%22%3A%7B%7D%7D", "/reconcile/suggest/entity", "/reconcile/suggest/nonsense?prefix=a"]:
    try:
        fetch(path)
        raise AssertionError(path)
    except urllib.error.HTTPError as error:
        assert error.code in (400, 404) and json.loads(error.read())["detail"], path
print(f"OpenRefine's requests are answered; {held} documents are valid against the schemas" if suite else "OpenRefine's requests are answered; no schemas were given")
