//! The attack list: who may not write does not, what is sent stays what it is, and what must not be found is found nowhere.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use isnad::{
    ask::comments,
    model::CommentState,
    rdf::GraphFormat,
    serve::{
        Service,
        tokens::{Role, Tokens},
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    people::{Staff, add, request},
    starter::{ask, empty, get, memory, run, serving},
};

const NOTE: &str = "---\nid: doc/one\ntitle: {en: A note}\ntype: note\nissued: 2017-02-15\n---\nWords about Vienna.\n";

/// Every call that writes, or reads what is not for all, with the role that it needs.
const GUARDED: [(&str, &str, &str, Role); 30] = [
    ("POST", "/update", "application/sparql-update", Role::Archivist),
    ("PUT", "/graphs?graph=urn:x", "text/turtle", Role::Archivist),
    ("POST", "/graphs?graph=urn:x", "text/turtle", Role::Archivist),
    ("DELETE", "/graphs?graph=urn:x", "text/turtle", Role::Archivist),
    ("PUT", "/graphs/x", "text/turtle", Role::Archivist),
    ("POST", "/api/documents?name=x.md", "text/markdown", Role::Archivist),
    ("PUT", "/api/queries/x", "application/sparql-query", Role::Archivist),
    ("DELETE", "/api/queries/x", "application/sparql-query", Role::Archivist),
    ("POST", "/dumps/", "application/json", Role::Archivist),
    ("POST", "/api/reviews", "application/json", Role::Reviewer),
    ("DELETE", "/api/reviews/decisions/one/x", "application/json", Role::Reviewer),
    ("POST", "/api/assessments", "application/json", Role::Reviewer),
    ("POST", "/api/comments/0a", "application/json", Role::Moderator),
    ("GET", "/api/comments?state=received", "application/json", Role::Moderator),
    ("GET", "/api/sensitive?about=doc/one", "application/json", Role::Archivist),
    ("PUT", "/api/sensitive", "application/json", Role::Archivist),
    ("POST", "/api/redactions", "application/json", Role::Archivist),
    ("POST", "/api/reviews/resemblances", "application/json", Role::Reviewer),
    ("DELETE", "/api/reviews/resemblances/one/two", "application/json", Role::Reviewer),
    ("POST", "/api/entities", "application/json", Role::Archivist),
    ("PATCH", "/api/entities/org/x", "application/json", Role::Archivist),
    ("DELETE", "/api/entities/org/x?reason=x", "application/json", Role::Archivist),
    ("POST", "/api/entities/org/x/merge", "application/json", Role::Archivist),
    ("POST", "/api/entities/org/x/split", "application/json", Role::Archivist),
    ("POST", "/api/changes/999/undo", "application/json", Role::Archivist),
    ("GET", "/api/backup", "*/*", Role::Admin),
    ("GET", "/api/backup/private", "*/*", Role::Admin),
    ("GET", "/api/backup/tokens", "*/*", Role::Admin),
    ("GET", "/api/backup/originals", "*/*", Role::Admin),
    ("GET", "/api/backup/originals/00", "*/*", Role::Admin),
];

#[test]
fn nobody_writes_without_a_token_that_is_good_and_of_the_role() {
    run(async {
        let archive = empty(memory()).await;
        add(&archive, "one.md", NOTE).await;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let tokens = Tokens::open(folder.path().join("tokens.json"));
        let now = Timestamp::now();
        let make = |name: &str, role, expires| tokens.create(name, role, expires, now).expect("it is made").1;
        let expired = make("Expired", Role::Admin, Some(now - SignedDuration::from_secs(1)));
        let roles: Vec<(Role, String)> =
            Role::ALL.into_iter().map(|role| (role, make(role.name(), role, None))).collect();
        let service = serving(archive, |service| service.tokens = tokens);
        let before = service.archive.store.last_change().await.expect("it is known");
        for (method, path, media_type, needed) in GUARDED {
            let send = |authorization: Option<String>| {
                let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, media_type);
                if let Some(authorization) = authorization {
                    request = request.header(header::AUTHORIZATION, authorization);
                }
                request.body(Body::from("{}")).expect("the request is good")
            };
            let bad = [
                None,
                Some("Bearer wrong".to_owned()),
                Some("Bearer ".to_owned()),
                Some("Basic c2VjcmV0".to_owned()),
                Some("secret".to_owned()),
                Some(format!("Bearer {expired}")),
                Some(format!("Bearer {}", &expired[..expired.len() - 1])),
            ];
            for authorization in bad {
                let shown = format!("{method} {path} with {authorization:?}");
                let (status, response, body) = ask(&service, send(authorization)).await;
                assert_eq!(status, 401, "{shown}: {body}");
                assert!(response.headers().contains_key(header::WWW_AUTHENTICATE), "{shown}");
                assert!(
                    !body.contains("wrong") && !body.contains("c2Vj") && !body.contains("isnad_"),
                    "{shown}: {body}"
                );
            }
            for (role, secret) in &roles {
                let (status, _, body) = ask(&service, send(Some(format!("Bearer {secret}")))).await;
                if role.may(needed) {
                    assert!(status != 401 && status != 403, "{method} {path} as {role:?}: {status} {body}");
                } else {
                    let told = body.contains(&format!("the role {}", needed.name()));
                    assert!(status == 403 && told, "{method} {path} as {role:?}: {status} {body}");
                }
            }
        }
        let by_the_bad = service.archive.store.last_change().await.expect("it is known");
        // What the good have changed with such bodies is the graphs and nothing else.
        assert!(by_the_bad - before <= 8, "{before} {by_the_bad}");
    });
}

#[test]
fn nothing_that_is_sent_becomes_a_header() {
    run(async {
        let staff = Staff::with(&[("one.md", NOTE)]).await;
        let evil = "%0d%0aX-Evil:%20yes%0d%0a%0d%0a%3Cb%3E";
        let paths = [
            format!("/sparql?query=ASK%20%7B%7D&download={evil}"),
            format!("/sparql?query=ASK%20%7B%7D&format={evil}"),
            format!("/api/assessments?about={evil}"),
            format!("/api/comments?about={evil}"),
            format!("/comment?about={evil}"),
            format!("/api/audit?limit=1&from={evil}"),
            format!("/api/audit?limit=1&from=2000-01-01&to=2100-01-01&x={evil}"),
            format!("/api/search?q={evil}"),
            format!("/api/queries/q01-jim-findings-standing?limit=1&x={evil}"),
            format!("/api/reviews?limit=1&x={evil}"),
            format!("/doc/{evil}"),
            format!("/doc/one?lang={evil}"),
            format!("/dumps/{evil}/x"),
        ];
        for path in paths {
            for accept in ["text/html", "*/*"] {
                let (_, response, _) = ask(&staff.service, get(&path, accept)).await;
                let headers = response.headers();
                assert!(!headers.contains_key("x-evil"), "{path}");
                let broken = |value: &header::HeaderValue| value.as_bytes().iter().any(|byte| b"\r\n".contains(byte));
                assert!(!headers.values().any(broken), "{path}");
            }
        }
        // What a client says of the address is not believed where it is none.
        let body = json!({ "about": "doc/one", "rating": "correct", "rationale": "x" });
        let mut rated = request(Some(staff.secret(Role::Reviewer)), "POST", "/api/assessments", &body);
        rated.headers_mut().insert(header::HOST, "evil.example/\"><script>".parse().expect("it is a value"));
        let (status, response, _) = ask(&staff.service, rated).await;
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        assert!(status == 201 && location.is_some_and(|location| !location.contains("script")), "{location:?}");
    });
}

/// Looks for markup that was sent as words and has become markup.
fn no_markup(page: &str, place: &str) {
    for live in ["<script>alert", "<img src=x", "<svg onload", "\"><b>evil", "javascript:evil"] {
        let at = page.find(live).map(|at| page[at.saturating_sub(80)..].chars().take(200).collect::<String>());
        assert!(at.is_none(), "{place}: {live}: {at:?}");
    }
}

#[test]
fn html_in_every_field_stays_words() {
    run(async {
        let evil = "\\\"><b>evil</b><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>";
        let table = format!(
            "id,label_en,label_ar\norg/evil,\"{}\",\"{}\"\n",
            evil.replace("\\\"", "\"\""),
            evil.replace("\\\"", "\"\"")
        );
        let document = format!(
            "---\nid: doc/one\ntitle: {{en: \"{evil}\", ar: \"{evil}\"}}\nalt_title: {{en: [\"{evil}\"]}}\ntype: note\nissued: 2017-02-15\n\
             issuer: [\"{evil}\"]\ncreator: [\"{evil}\"]\nsymbol: \"{evil}\"\ncodes: [{{scheme: \"{evil}\", value: \"{evil}\"}}]\n\
             area: [\"{evil}\"]\naddressed_to: [\"{evil}\"]\nrelated_entity: [org/evil]\nnote: {{en: \"{evil}\"}}\nclaims:\n  \
             - {{id: claim/evil, kind: claim, stated_by: [org/evil], about_thing: [org/evil], stance: affirms, degree: states, \
             degree_wording: {{en: \"{evil}\"}}, locator: \"{evil}\", summary: {{en: \"{evil}\"}}, \
             propositions: [{{subject: org/evil, predicate: occurred, object: true}}]}}\n---\n{evil}\n"
        );
        let staff = Staff::with(&[("bodies.csv", &table), ("one.md", &document)]).await;
        let words = evil.replace("\\\"", "\"");
        let rate = json!({ "about": "doc/one", "rating": "correct", "rationale": words, "evidence": ["https://example.org/?\"><b>evil"] });
        let (status, _) = staff.send(Some(Role::Reviewer), "POST", "/api/assessments", &rate).await;
        assert_eq!(status, 422, "an address has no quotation marks");
        for about in ["doc/one", "claim/evil"] {
            let rate = json!({ "about": about, "rating": "correct", "rationale": words, "evidence": ["org/evil"] });
            assert_eq!(staff.send(Some(Role::Reviewer), "POST", "/api/assessments", &rate).await.0, 201);
            let letter = json!({ "about": about, "text": words, "name": words, "contact": words, "kind": "correction", "consent": true, "lang": "en" });
            let (status, sent) = staff.send(None, "POST", "/api/comments", &letter).await;
            assert_eq!(status, 202, "{sent}");
            let answer = json!({ "action": "answer", "answer": words });
            let href = sent["href"].as_str().expect("it has an address");
            assert_eq!(staff.send(Some(Role::Moderator), "POST", href, &answer).await.0, 200);
        }
        for path in [
            "/doc/one",
            "/claim/evil",
            "/org/evil",
            "/comment?about=doc/one",
            "/comment?about=claim/evil",
            "/",
            "/queries",
            "/doc/%3Cscript%3Ealert(1)",
            "/api/audit?%3Cscript%3Ealert=1",
            "/comment?about=%22%3E%3Cb%3Eevil",
            "/sparql?query=%3Cscript%3Ealert(1)",
        ] {
            for lang in ["en", "ar"] {
                let path = format!("{path}{}lang={lang}", if path.contains('?') { '&' } else { '?' });
                let (status, response, page) = ask(&staff.service, get(&path, "text/html")).await;
                assert!(status < 500, "{path}: {status}");
                no_markup(&page, &path);
                let policy =
                    response.headers().get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
                assert!(policy.is_some_and(|policy| policy.contains("script-src 'self'")), "{path}");
            }
        }
        // The form, with what was sent still refused as markup in its answer.
        let form = Request::post("/comment?lang=ar")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
            .body(Body::from("about=%22%3E%3Cscript%3Ealert(1)&text=%3Cscript%3Ealert(1)&contact=%3Csvg%20onload"))
            .expect("the request is good");
        let (status, _, page) = ask(&staff.service, form).await;
        assert_eq!(status, 422);
        no_markup(&page, "the form");
        for feed in
            ["/feed.atom", "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=ListRecords&metadataPrefix=rdf"]
        {
            no_markup(&ask(&staff.service, get(feed, "*/*")).await.2, feed);
        }
    });
}

/// A comment from an address.
fn letter(from: IpAddr, text: &str) -> Request<Body> {
    let mut request = request(None, "POST", "/api/comments", &json!({ "about": "doc/one", "text": text }));
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from, 40_000)));
    request
}

#[test]
fn a_flood_of_comments_is_held_back() {
    run(async {
        let staff = Staff::with(&[("one.md", NOTE)]).await;
        let count = |service: Arc<Service>| async move {
            comments::count(&service.archive.private, CommentState::Received).await.expect("it is counted")
        };
        let one = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
        let mut refused = 0;
        for number in 0..200 {
            let mut sent = letter(one, &format!("spam {number}"));
            // Who says to be somebody else is still the same.
            sent.headers_mut()
                .insert("x-forwarded-for", format!("198.51.100.{number}").parse().expect("it is a value"));
            let (status, response, body) = ask(&staff.service, sent).await;
            if status == 429 {
                refused += 1;
                let wait = response
                    .headers()
                    .get(header::RETRY_AFTER)
                    .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
                assert!(wait.is_some_and(|wait| (1..=3_600).contains(&wait)), "{wait:?}");
            } else {
                assert_eq!(status, 202, "{body}");
            }
        }
        assert_eq!((refused, count(Arc::clone(&staff.service)).await), (195, 5));
        assert_eq!(ask(&staff.service, letter(Ipv4Addr::new(192, 0, 2, 8).into(), "not spam")).await.0, 202);
        // From everywhere at once there is a measure too.
        for number in 0..300_u32 {
            ask(&staff.service, letter(IpAddr::V4((0x0A00_0000 + number).into()), "spam")).await;
        }
        let all = count(Arc::clone(&staff.service)).await;
        assert!((100..120).contains(&all), "one more every six seconds: {all}");
        // A proxy on this machine is believed.
        let proxy = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let fresh = Staff::with(&[("one.md", NOTE)]).await;
        for number in 0..10 {
            let mut sent = letter(proxy, "by proxy");
            sent.headers_mut()
                .insert("x-forwarded-for", format!("203.0.113.9, 198.51.100.{number}").parse().expect("it is a value"));
            assert_eq!(ask(&fresh.service, sent).await.0, 202);
        }
        for (body, status) in [
            (json!({ "about": "doc/one", "text": "x".repeat(4_001) }), 422),
            (json!({ "about": "doc/one", "text": "x".repeat(40_000) }), 413),
            (json!({ "about": "doc/one", "text": " \n " }), 422),
            (json!({ "about": "doc/one", "text": "a\u{0}b" }), 422),
            (json!({ "about": "doc/one", "text": "x", "contact": "a\nb" }), 422),
            (json!({ "about": "doc/one", "text": "x", "role": "admin" }), 400),
            (json!({ "about": "event/x", "text": "x" }), 404),
            (json!(["doc/one", "x"]), 400),
        ] {
            let (found, answer) = fresh.send(None, "POST", "/api/comments", &body).await;
            assert_eq!(found, status, "{answer}");
        }
    });
}

#[test]
fn no_name_climbs_out_of_its_folder() {
    run(async {
        let staff = Staff::with(&[("one.md", NOTE)]).await;
        let secret = staff.secret(Role::Admin);
        for climb in [
            "..%2f..%2f..%2fetc%2fpasswd",
            "%2e%2e/%2e%2e/etc/passwd",
            "..%5c..%5cetc%5cpasswd",
            "%00",
            "....//etc/passwd",
        ] {
            for path in [
                format!("/assets/{climb}"),
                format!("/dumps/{climb}"),
                format!("/dumps/x/{climb}"),
                format!("/resourcesync/{climb}"),
                format!("/resourcesync/graph/{climb}"),
                format!("/api/queries/{climb}"),
                format!("/api/comments/{climb}"),
                format!("/api/assessments?about={climb}"),
                format!("/comment?about={climb}"),
                format!("/doc/{climb}"),
                format!("/graph/{climb}"),
                format!("/ldes/{climb}"),
            ] {
                let (status, _, body) = ask(&staff.service, get(&path, "*/*")).await;
                assert!((400..500).contains(&status) && !body.contains("root:"), "{path}: {status} {body}");
            }
            let named = Request::post(format!("/api/documents?name={climb}"))
                .header(header::AUTHORIZATION, format!("Bearer {secret}"))
                .body(Body::from(NOTE))
                .expect("the request is good");
            let (status, _, body) = ask(&staff.service, named).await;
            assert!((400..500).contains(&status), "{climb}: {status} {body}");
        }
    });
}

/// Everything that was logged in this process.
static LOGGED: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(Arc::default);

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Words that must not be found, by where they were put.
const SECRETS: [&str; 6] = [
    "Qamarwitness",
    "qamar-contact-0101",
    "Putwitness",
    "put-contact-0202",
    "Commentername",
    "commenter@secret.example",
];

/// Words that must not be found once they are withheld.
const WITHHELD: &str = "Salma Hiddenname";

const TESTIMONY: &str = "---
id: doc/testimony
title: {en: A testimony}
type: note
issued: 2017-02-15
sensitive: {witness: [Qamarwitness], contact: qamar-contact-0101}
---
I saw it from the roof, with Salma Hiddenname, that morning.
";

#[test]
fn what_is_sensitive_is_in_no_answer_no_dump_no_feed_and_no_log() {
    let logs =
        tracing_subscriber::fmt().with_env_filter("isnad=trace,tower_http=trace").with_writer(|| Log).with_ansi(false);
    // Another test may have set one up; then its lines are looked at by nobody.
    let watches = logs.try_init().is_ok();
    run(async {
        let staff = Staff::with(&[("testimony.md", TESTIMONY)]).await;
        let found = find(&staff, &[WITHHELD]).await;
        assert!(found.len() > 10, "before it is withheld it is found: {found:?}");
        let body = json!({ "about": "doc/testimony", "witness": ["Qamarwitness", "Putwitness"], "contact": ["qamar-contact-0101", "put-contact-0202"] });
        assert_eq!(staff.send(Some(Role::Archivist), "PUT", "/api/sensitive", &body).await.0, 204);
        let letter = json!({ "about": "doc/testimony", "text": "I was there too.", "name": "Commentername", "contact": "commenter@secret.example" });
        let (_, sent) = staff.send(None, "POST", "/api/comments", &letter).await;
        let href = sent["href"].as_str().expect("it has an address");
        assert_eq!(staff.send(Some(Role::Moderator), "POST", href, &json!({ "action": "publish" })).await.0, 200);
        assert_eq!(staff.send(None, "POST", "/api/comments", &letter).await.0, 202);
        let text = "I saw it from the roof, with ";
        let start = text.chars().count();
        let span = json!({ "about": "doc/testimony#text-en", "start": start, "end": start + WITHHELD.len(), "reason": "For her safety." });
        let (status, done) = staff.send(Some(Role::Archivist), "POST", "/api/redactions", &span).await;
        assert_eq!(status, 201, "{done}");

        // They are kept, for whoever may see them.
        let (_, kept) =
            staff.send(Some(Role::Archivist), "GET", "/api/sensitive?about=doc/testimony", &Value::Null).await;
        assert!(SECRETS[..4].iter().all(|secret| kept.to_string().contains(secret)), "{kept}");
        let (_, inbox) = staff.send(Some(Role::Moderator), "GET", "/api/comments?state=received", &Value::Null).await;
        assert!(SECRETS[4..].iter().all(|secret| inbox.to_string().contains(secret)), "{inbox}");
        let private = staff.service.archive.private.dump(GraphFormat::NQuads).await.expect("it is dumped");
        let private = String::from_utf8(private).expect("it is UTF-8");
        assert!(SECRETS.iter().all(|secret| private.contains(secret)) && private.contains(WITHHELD));
        let bytes = isnad::store::Digest::of(TESTIMONY.as_bytes());
        assert!(staff.service.archive.is_withheld(&bytes).await.expect("it is known"));

        // Nor can anybody put such things where all can read them.
        for (status, text) in [
            (422, "INSERT DATA { GRAPH <graph/doc/testimony> { <doc/testimony> isn:witness \"Q\" } }"),
            (422, "INSERT DATA { GRAPH <graph/authority/x> { <doc/testimony> isn:contact \"Q\" } }"),
            (400, "INSERT DATA { GRAPH <graph/sensitive/testimony> { <doc/testimony> isn:timeText \"Q\" } }"),
            (400, "INSERT DATA { GRAPH <graph/inbox/1> { <doc/testimony> isn:timeText \"Q\" } }"),
        ] {
            let update = Request::post("/update")
                .header(header::CONTENT_TYPE, "application/sparql-update")
                .header(header::AUTHORIZATION, format!("Bearer {}", staff.secret(Role::Admin)))
                .body(Body::from(text))
                .expect("the request is good");
            let (found, _, body) = ask(&staff.service, update).await;
            assert_eq!(found, status, "{text}: {body}");
        }
        // Messages about what is wrong with such fields do not repeat them.
        let wrong = TESTIMONY.replace("contact: qamar-contact-0101", "phone: qamar-contact-0101");
        let wrong = Request::post("/api/documents?name=t.md")
            .header(header::AUTHORIZATION, format!("Bearer {}", staff.secret(Role::Archivist)))
            .body(Body::from(wrong))
            .expect("the request is good");
        let (status, _, answer) = ask(&staff.service, wrong).await;
        assert!(status == 422 && answer.contains("sensitive") && !answer.contains("qamar"), "{status} {answer}");
        for (path, body) in [
            ("/api/comments", json!({ "about": "doc/testimony", "text": 5, "contact": "commenter@secret.example" })),
            ("/api/comments", json!({ "about": "doc/testimony", "text": "", "contact": "commenter@secret.example" })),
            (
                "/api/comments",
                json!({ "about": "doc/testimony", "text": "x", "contact": 7, "commenter@secret.example": 1 }),
            ),
        ] {
            let (status, answer) = staff.send(None, "POST", path, &body).await;
            assert!(status >= 400 && !answer.to_string().contains("commenter@"), "{status} {answer}");
        }
        let body = json!({ "about": "doc/testimony", "witness": "Putwitness" });
        let (status, answer) = staff.send(Some(Role::Archivist), "PUT", "/api/sensitive", &body).await;
        assert!(status == 400 && !answer.to_string().contains("Putwitness"), "{status} {answer}");

        let logged = String::from_utf8_lossy(&LOGGED.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
        assert!(!watches || logged.contains("sensitive fields were changed"), "the log is watched");
        for secret in SECRETS.iter().chain([&WITHHELD]) {
            assert!(!logged.contains(secret), "{secret} was logged");
        }
        let all: Vec<&str> = SECRETS.into_iter().chain([WITHHELD, "Hiddenname"]).collect();
        assert_eq!(find(&staff, &all).await, [""; 0]);
    });
}

/// Where in all that can be had without a token any of some words are found.
async fn find(staff: &Staff, words: &[&str]) -> Vec<String> {
    let holds = |text: &str| words.iter().find(|words| text.contains(**words)).copied();
    let query = |text: &str| {
        let text = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
        format!("/sparql?format=json&query={text}")
    };
    let mut paths: Vec<String> = ["ttl", "jsonld", "trig", "nt", "nq", "rdf", "html"]
        .iter()
        .map(|extension| format!("/doc/testimony.{extension}"))
        .collect();
    paths.extend([
        query("SELECT * { ?s ?p ?o }"),
        query("SELECT * { GRAPH ?g { ?s ?p ?o } }"),
        query("SELECT ?g { GRAPH ?g { ?s ?p ?o FILTER(CONTAINS(LCASE(STR(?o)), \"witness\")) } }"),
        query("SELECT * FROM NAMED <graph/sensitive/testimony> { GRAPH ?g { ?s ?p ?o } }"),
        query("SELECT * FROM <graph/inbox> FROM <graph/withheld/testimony> { ?s ?p ?o }"),
        query("SELECT * { SERVICE isnad:search { ?d isnad:matches \"testimony\" ; isnad:snippet ?snippet } }"),
        query("DESCRIBE <doc/testimony>"),
        query("SELECT * { SERVICE isnad:neighbors { ?x isnad:of <doc/testimony> ; isnad:predicate ?p ; isnad:count ?n } }"),
        query("SELECT * { SERVICE isnad:comentions { ?x isnad:with <doc/testimony> ; isnad:count ?n } }"),
        query("SELECT * { SERVICE isnad:search { ?d isnad:matches \"Salma\" ; isnad:snippet ?snippet } }"),
    ]);
    let fixed = [
        "/doc/testimony?lang=ar",
        "/doc/testimony/linkset",
        "/graph/doc/testimony",
        "/graph/mention/testimony/dictionary-2",
        "/graph/review/testimony",
        "/graph/comment/testimony",
        "/graph/sensitive/testimony",
        "/graph/withheld/testimony",
        "/graph/withheld",
        "/graph/inbox",
        "/graph/changes",
        "/graph/history",
        "/graph/prov",
        "/doc/testimony.bib",
        "/doc/testimony.ris",
        "/doc/testimony.csl.json",
        "/doc/testimony.jsonld?profile=schema",
        "/search?q=roof",
        "/fragments",
        "/feed.atom",
        "/ldes",
        "/ldes/1",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc",
        "/oai?verb=ListRecords&metadataPrefix=rdf",
        "/.well-known/resourcesync",
        "/resourcesync/resourcelist.xml",
        "/resourcesync/graph/doc/testimony.nq",
        "/resourcesync/graph/comment/testimony.nq",
        "/resourcesync/graph/sensitive/testimony.nq",
        "/sitemap.xml",
        "/.well-known/void",
        "/dcat",
        "/api/search?q=testimony",
        "/api/search?q=roof",
        "/api/suggest?q=tes",
        "/api/timeline?q=roof",
        "/api/geo?q=roof",
        "/api/graph/neighbors?id=doc/testimony",
        "/api/graph/citations?id=doc/testimony",
        "/api/comments?about=doc/testimony",
        "/api/assessments?document=doc/testimony",
        "/api/reviews",
        "/api/reviews/resemblances",
        "/api/backup",
        "/api/backup/private",
        "/api/sensitive?about=doc/testimony",
        "/api/reviews?state=accepted",
        "/api/reviews/decisions",
        "/api/audit?about=doc/testimony",
        "/api/queries",
        "/api/queries/running",
        "/comment?about=doc/testimony",
        "/",
    ];
    paths.extend(fixed.map(ToOwned::to_owned));
    // The file as it came, and the document as it stood before anything was withheld.
    paths.push(format!("/original/{}", isnad::store::Digest::of(TESTIMONY.as_bytes())));
    let ago = (Timestamp::now() - SignedDuration::from_millis(1)).to_string();
    paths.extend([format!("/doc/testimony.nq?asOf={ago}"), format!("/doc/testimony.html?asOf={ago}")]);
    for change in 1..=staff.service.archive.store.last_change().await.expect("it is known") {
        paths.push(format!("/change/{change}"));
    }
    // What only repeats the question is left out.
    for (call, key) in [
        ("/api/search?q=", "hits"),
        ("/api/suggest?q=", "suggestions"),
        ("/reconcile/suggest/entity?prefix=", "result"),
    ] {
        let first = words.iter().map(|words| words.split(' ').next().unwrap_or_default());
        paths.extend(first.map(|first| format!("{call}{first}#{key}")));
    }
    let mut found = Vec::new();
    for path in paths {
        let (address, key) = path.split_once('#').unwrap_or((&path, ""));
        for accept in ["*/*", "text/html"] {
            let (status, response, mut body) = ask(&staff.service, get(address, accept)).await;
            assert_ne!(status, 500, "{path}");
            if !key.is_empty() {
                let answer: Value = serde_json::from_str(&body).unwrap_or_default();
                body = answer[key].to_string();
            }
            let headers = response.headers().values().filter_map(|value| value.to_str().ok());
            let word = headers.chain([body.as_str()]).find_map(holds);
            found.extend(word.map(|word| format!("{word} in {path} as {accept}")));
        }
    }
    let dump = staff.service.dumps.make(&staff.service.archive.store).await.expect("it is made");
    for file in [
        "archive.nq.gz",
        "links.nq.gz",
        "documents.trig.gz",
        "reviews.nq.gz",
        "provenance.nq.gz",
        "class-Document.ttl.gz",
    ] {
        let Ok(ready) = staff.service.dumps.file(&dump.name, file).await else { panic!("{file} cannot be had") };
        let mut text = String::new();
        let opened = std::fs::File::open(&ready.path).expect("the file is there");
        let mut unpacked = isnad::rdf::Packing::split(file).1.read(opened).expect("it is packed");
        io::Read::read_to_string(&mut unpacked, &mut text).expect("it is unpacked");
        found.extend(holds(&text).map(|word| format!("{word} in {file} of a dump")));
    }
    let all = staff.service.archive.store.dump(GraphFormat::NQuads).await.expect("it is dumped");
    found.extend(holds(&String::from_utf8_lossy(&all)).map(|word| format!("{word} in the store")));
    found
}
