//! The program is killed (SIGKILL) at random moments while it does whatever writes, again and again on the same store.
//!
//! When it is started again, the log has no gap, every document is whole or absent, every act is done or not done, the
//! originals match their digests, a backup can be restored, and the views say what views made anew say.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use isnad::{
    export::backup,
    store::{Digest, Limits, Originals},
};
use reqwest::Client;
use serde_json::{Value, json};

use crate::{data::Chance, say};

const BASE: &str = "http://kill.example/";
const TOKEN: &str = "outside";
/// So many documents and entities there are at most.
const DOCUMENTS: usize = 60;
const ENTITIES: usize = 12;

/// What is done when the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Add,
    Replace,
    Withdraw,
    Merge,
    Rebuild,
    Backup,
}

const WORKS: [Work; 6] = [Work::Add, Work::Replace, Work::Withdraw, Work::Merge, Work::Rebuild, Work::Backup];

/// A store that is opened again and again.
struct Trial {
    folder: PathBuf,
    client: Client,
    chance: Chance,
    address: String,
    process: Option<Child>,
}

/// Kills the program so many times.
pub fn all(kills: usize) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime is made");
    let folder = tempfile::tempdir().expect("a folder is made");
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("a client is made");
    let seed = std::env::var("ISNAD_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut trial =
        Trial { folder: folder.path().to_owned(), client, chance: Chance(seed), address: String::new(), process: None };
    runtime.block_on(async {
        trial.start(&[]).await;
        for number in 0..ENTITIES {
            trial.create(number).await;
        }
        // One document always stays, so that it is seen whether the views show anything yet.
        let stored = post(&trial.client, &trial.address, 999, "stays").await.expect("it answers");
        assert_eq!(stored.0, 200, "{}", stored.1);
        let begun = Instant::now();
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        for round in 0..kills {
            let work = WORKS[round % WORKS.len()];
            trial.kill_during(work).await;
            trial.look(&format!("round {round}, {work:?}")).await;
            *told.entry(format!("{work:?}")).or_default() += 1;
        }
        say(&format!("killed {kills} times in {:.0} s: {told:?}", begun.elapsed().as_secs_f64()));
        trial.kill();
    });
}

impl Trial {
    fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    fn backup(&self) -> PathBuf {
        self.folder.join("backup")
    }

    /// Starts the program; some wrapper may stand before it.
    async fn start(&mut self, wrapper: &[&str]) {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free");
        self.address = format!("http://{free}");
        let mut process = self.spawn(&free.to_string(), wrapper);
        let out = process.stdout.take().expect("its output is piped");
        let ready = tokio::task::spawn_blocking(move || {
            let mut lines = BufReader::new(out).lines();
            let ready = lines.any(|line| line.is_ok_and(|line| line.starts_with("Isnad serves at")));
            // Whatever else it prints is read, or it would end.
            std::thread::spawn(move || lines.for_each(drop));
            ready
        });
        assert!(ready.await.expect("it is read"), "the service ended before it served");
        self.process = Some(process);
    }

    fn spawn(&self, bind: &str, wrapper: &[&str]) -> Child {
        let program = program();
        let mut command = match wrapper.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(&program);
                command
            }
            None => Command::new(&program),
        };
        command
            .args(["serve", "--empty", "--store", &self.store().to_string_lossy(), "--bind", bind])
            .args(["--base-iri", BASE, "--token-sha256", &Digest::of(TOKEN.as_bytes()).to_string(), "--log", "off"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program can be started")
    }

    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it can be killed");
            process.wait().expect("it has ended");
        }
    }

    /// Does something, and kills the program at some moment of it.
    async fn kill_during(&mut self, work: Work) {
        if work == Work::Rebuild {
            // Killed while it makes its views anew, at its start or soon after.
            self.kill();
            let _ = fs::remove_dir_all(self.store().join("views"));
            let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port is free");
            self.process = Some(self.spawn(&free.to_string(), &[]));
            self.wait(2_500).await;
            self.kill();
            return;
        }
        if work == Work::Merge {
            self.undo_merges().await;
        }
        let (client, address, folder) = (self.client.clone(), self.address.clone(), self.backup());
        let first = self.chance.below(DOCUMENTS);
        let doing = tokio::spawn(async move {
            for number in first.. {
                let number = number % DOCUMENTS;
                match work {
                    Work::Add => drop(post(&client, &address, number, "added").await),
                    Work::Replace => {
                        drop(post(&client, &address, number, &format!("replaced {:?}", Instant::now())).await);
                    }
                    Work::Withdraw => {
                        let path = format!("/api/entities/doc/k-{number}?reason=test");
                        drop(client.delete(format!("{address}{path}")).bearer_auth(TOKEN).send().await);
                        drop(post(&client, &address, number, "again").await);
                    }
                    Work::Merge => merge(&client, &address, number).await,
                    _ => {
                        let source = backup::Service::new(&address, TOKEN.to_owned()).expect("a client is made");
                        drop(backup::write(&source, &folder).await);
                        drop(post(&client, &address, number, "meanwhile").await);
                    }
                }
            }
        });
        self.wait(1_500).await;
        self.kill();
        doing.abort();
        let _ = doing.await;
    }

    async fn wait(&mut self, most: usize) {
        let wait = u64::try_from(self.chance.below(most)).unwrap_or_default();
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }

    /// Undoes the merges that were not undone before the program was killed, the last one first.
    async fn undo_merges(&self) {
        let merges = self
            .rows(
                "SELECT DISTINCT ?n { ?x dct:isReplacedBy ?y BIND(IRI(REPLACE(STR(?x), '/org/', '/graph/authority/org-')) AS ?g) \
                 GRAPH <graph/changes> { ?c isn:changeOf ?g ; isn:act <vocab/act/merge> ; isn:transaction ?t . \
                 ?t isn:sequence ?n } } ORDER BY DESC(?n)",
            )
            .await;
        for merge in merges {
            let path = format!("/api/changes/{}/undo", merge["n"]);
            let response = self.client.post(format!("{}{path}", self.address)).bearer_auth(TOKEN).send().await;
            let status = response.expect("the service answers").status().as_u16();
            // One that was undone already stands against itself.
            assert!(status == 200 || status == 409, "{path}: {status}");
        }
    }

    async fn create(&self, number: usize) {
        let body = json!({ "entity": { "id": format!("org/k-{number}"), "label_en": format!("Kappa Group {}", word(number)) } });
        let request = self.client.post(format!("{}/api/entities", self.address)).bearer_auth(TOKEN);
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await;
        let response = response.expect("the service answers");
        assert_eq!(response.status().as_u16(), 201, "{}", response.text().await.unwrap_or_default());
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.address)).header("accept", "application/json");
        let response = request.send().await.expect("the service answers");
        let status = response.status();
        let text = response.text().await.expect("the answer is whole");
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
    }

    async fn rows(&self, query: &str) -> Vec<BTreeMap<String, String>> {
        let request = self.client.post(format!("{}/sparql", self.address));
        let request = request.header("content-type", "application/sparql-query").header("accept", "application/json");
        let text = request.body(query.to_owned()).send().await.expect("it answers").text().await.expect("it is whole");
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let rows = answer["results"]["bindings"].as_array().unwrap_or_else(|| panic!("{text}")).clone();
        let cells = |row: Value| {
            row.as_object()
                .into_iter()
                .flatten()
                .map(|(name, cell)| (name.clone(), cell["value"].as_str().unwrap_or_default().to_owned()))
                .collect()
        };
        rows.into_iter().map(cells).collect()
    }

    /// Starts the program again and looks at everything, then once more with views made anew.
    async fn look(&mut self, when: &str) {
        self.start(&[]).await;
        self.log_is_whole(when).await;
        self.documents_are_whole(when).await;
        self.acts_are_done_or_not(when).await;
        self.originals_match(when).await;
        let kept = self.seen().await;
        self.kill();
        let _ = fs::remove_dir_all(self.store().join("views"));
        self.start(&[]).await;
        let anew = self.seen().await;
        assert_eq!(kept, anew, "{when}: the views differ from views made anew");
        self.backup_is_whole(when).await;
    }

    async fn log_is_whole(&self, when: &str) {
        let rows = self.rows("SELECT (COUNT(DISTINCT ?n) AS ?all) (MAX(?n) AS ?most) (SAMPLE(?l) AS ?last) { GRAPH <graph/changes> { ?c isn:sequence ?n . <graph/changes> isn:lastSequence ?l } }").await;
        let row = &rows[0];
        assert!(row["all"] == row["most"] && row["most"] == row["last"], "{when}: the log has a gap: {row:?}");
    }

    async fn documents_are_whole(&self, when: &str) {
        let graphs = async |query: &str| -> BTreeSet<String> {
            self.rows(query).await.into_iter().filter_map(|mut row| row.remove("g")).collect()
        };
        let known =
            graphs("SELECT ?g { GRAPH <graph/prov> { ?g isn:sha256 ?d } FILTER(CONTAINS(STR(?g), '/graph/doc/')) }")
                .await;
        let there =
            graphs("SELECT DISTINCT ?g { GRAPH ?g { ?d a isn:Document } FILTER(CONTAINS(STR(?g), '/graph/doc/')) }")
                .await;
        let whole = graphs("SELECT DISTINCT ?g { GRAPH ?g { ?d a isn:Document ; dct:title ?t ; isn:text ?x . ?x rdf:value ?v ; isn:sha256 ?s } FILTER(CONTAINS(STR(?g), '/graph/doc/')) }").await;
        let logged = graphs("SELECT ?g { { SELECT ?g (MAX(?n) AS ?last) { GRAPH <graph/changes> { ?c isn:changeOf ?g ; isn:sequence ?n } FILTER(CONTAINS(STR(?g), '/graph/doc/')) } GROUP BY ?g } GRAPH <graph/changes> { ?c isn:sequence ?last ; isn:changeKind ?k } FILTER(?k != <vocab/change-kind/withdrawn>) }").await;
        assert!(
            known == there && there == whole && whole == logged,
            "{when}: {known:?} {there:?} {whole:?} {logged:?}"
        );
        let mentioned = graphs("SELECT DISTINCT ?g { GRAPH ?m { ?x isn:inDocument ?d } BIND(IRI(REPLACE(STR(?d), '/doc/', '/graph/doc/')) AS ?g) }").await;
        assert_eq!(mentioned, there, "{when}: the mentions come and go with their documents");
    }

    async fn acts_are_done_or_not(&self, when: &str) {
        let rows = self.rows("SELECT ?x ?s ?p { ?x dct:isReplacedBy ?y . ?s ?p ?x }").await;
        assert!(rows.is_empty(), "{when}: what was merged is named still: {rows:?}");
        let rows = self.rows("SELECT ?x { ?x dct:isReplacedBy ?y ; rdfs:label ?l }").await;
        assert!(rows.is_empty(), "{when}: what was merged has a name still: {rows:?}");
        let rows = self.rows("SELECT ?x { ?x a isn:Organization MINUS { ?x rdfs:label ?l } }").await;
        assert!(rows.is_empty(), "{when}: an entity has no name: {rows:?}");
    }

    async fn originals_match(&self, when: &str) {
        let originals =
            Originals::open(&self.store().join("originals").to_string_lossy()).expect("the folder is there");
        let mut there = BTreeSet::new();
        for digest in originals.all().await.expect("they are listed") {
            originals.get(&digest).await.unwrap_or_else(|error| panic!("{when}: {error}"));
            there.insert(format!("{BASE}original/{digest}"));
        }
        let sources = self.rows("SELECT DISTINCT ?s { GRAPH <graph/prov> { ?g dct:source ?s } }").await;
        for source in sources {
            assert!(there.contains(&source["s"]), "{when}: the original of {source:?} is missing");
        }
    }

    /// Waits for the views, which follow what was written a moment later.
    async fn follow(&self) {
        for _ in 0..300 {
            let rows = self.rows("SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a isn:Document ; isn:text ?t }").await;
            let shown = self.get("/api/search?kind=document&limit=1").await["total"].to_string();
            if shown == rows[0]["n"] && shown != "0" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("the views do not follow");
    }

    /// What the views show.
    async fn seen(&self) -> Vec<Value> {
        self.follow().await;
        let mut seen = Vec::new();
        for path in
            ["/api/search?q=kappa&limit=100", "/api/search?limit=100&sort=id", "/api/timeline", "/api/suggest?q=kap"]
        {
            let request = self.client.get(format!("{}{path}", self.address)).send().await.expect("the service answers");
            let text = request.text().await.expect("the answer is whole");
            let mut answer: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
            // What ranks alike comes in any order, and how much a word weighs depends on what was there before.
            if let Some(hits) = answer["hits"].as_array_mut() {
                hits.iter_mut().filter_map(Value::as_object_mut).for_each(|hit| drop(hit.remove("score")));
                hits.sort_by_key(|hit| hit["id"].to_string());
            }
            seen.push(answer);
        }
        for number in 0..ENTITIES {
            let path = format!("/api/graph/neighbors?id=org/k-{number}");
            let response = self.client.get(format!("{}{path}", self.address)).send().await.expect("it answers");
            let status = response.status().as_u16();
            let text = response.text().await.expect("the answer is whole");
            seen.push(json!({ "status": status, "body": serde_json::from_str::<Value>(&text).unwrap_or_default() }));
        }
        seen
    }

    async fn backup_is_whole(&mut self, when: &str) {
        if !self.backup().join(backup::MANIFEST).exists() || self.chance.below(3) > 0 {
            return;
        }
        let into = self.folder.join("restored");
        let limits = Limits { deadline: Duration::from_secs(600), rows: u64::MAX, memory: u64::MAX };
        backup::restore(&self.backup(), &into, limits).await.unwrap_or_else(|error| panic!("{when}: {error}"));
        fs::remove_dir_all(&into).expect("it is removed");
    }
}

/// What takes the disk away: there is no room, or nothing may be written. Reading goes on, and what is told is true.
pub fn disk() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime is made");
    let folder = tempfile::tempdir().expect("a folder is made");
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("a client is made");
    let mut trial =
        Trial { folder: folder.path().to_owned(), client, chance: Chance(1), address: String::new(), process: None };
    runtime.block_on(async {
        fs::create_dir(trial.store()).expect("the folder is made");
        let small = Mount::new(&["-t", "tmpfs", "-o", "size=64m", "none"], &trial.store());
        trial.start(&[]).await;
        trial.create(0).await;
        let stored = post(&trial.client, &trial.address, 0, "before").await.expect("it answers");
        assert_eq!(stored.0, 200, "{}", stored.1);
        if small.is_none() {
            say("a small disk cannot be mounted here; no file may grow beyond 2 MiB instead");
            trial.kill();
            // The signal that would end the program is ignored: on a full disk there is none.
            trial.start(&["sh", "-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""]).await;
        }
        let (status, body) = trial.fill().await;
        assert!(status == 507 && body.contains("nothing can be stored"), "{status} {body}");
        trial.can_be_read().await;
        let (status, body) =
            post(&trial.client, &trial.address, 1, &"once more ".repeat(20_000)).await.expect("it answers");
        assert_eq!(status, 507, "{body}");
        trial.kill();
        if let Some(small) = &small {
            small.remount("size=1g");
        }
        trial.look("after the disk was full").await;
        let (status, body) = post(&trial.client, &trial.address, 0, "after").await.expect("it answers");
        assert_eq!(status, 200, "{body}");
        trial.kill();
        if let Some(small) = &small {
            small.remount("ro");
            trial.start(&[]).await;
            trial.can_be_read().await;
            let (status, body) =
                post(&trial.client, &trial.address, 0, "on a read-only disk").await.expect("it answers");
            say(&format!("read-only: {status} {body}"));
            assert!(status == 507 && body.contains("read-only"), "{status} {body}");
            trial.can_be_read().await;
            trial.kill();
        }
    });
}

impl Trial {
    /// Adds documents until one is refused.
    async fn fill(&self) -> (u16, String) {
        for number in 1..20_000 {
            let words = format!("x{number}y ").repeat(4_000);
            let (status, body) = post(&self.client, &self.address, number, &words).await.expect("it answers");
            if status != 200 {
                say(&format!("document {number}: {status} {body}"));
                return (status, body);
            }
        }
        panic!("the disk is never full")
    }

    async fn can_be_read(&self) {
        for path in ["/doc/k-0.jsonld", "/api/search?q=kappa", "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"] {
            self.get(path).await;
        }
    }
}

/// A disk of its own, where that may be mounted.
struct Mount(PathBuf);

impl Mount {
    fn new(what: &[&str], place: &std::path::Path) -> Option<Self> {
        let status = Command::new("mount").args(what).arg(place).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success()).then(|| Self(place.to_owned()))
    }

    fn remount(&self, how: &str) {
        let status = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0).status();
        assert!(status.is_ok_and(|status| status.success()), "it cannot be mounted with {how}");
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn program() -> std::ffi::OsString {
    std::env::var_os("ISNAD_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_isnad").into())
}

fn word(number: usize) -> &'static str {
    ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"]
        [number % ENTITIES]
}

/// Adds a document or puts another in its place. Nobody answers any more where the program was killed.
async fn post(client: &Client, address: &str, number: usize, words: &str) -> Option<(u16, String)> {
    let text = format!(
        "---\nid: doc/k-{number}\ntitle: {{en: Kappa {number}}}\ntype: report\nissued: 2020-01-01\nissuer: [org/k-0]\n\
         language: [en]\n---\n::: en\nKappa Group {} met Kappa Group {}: {words}.\n",
        word(number),
        word(number + 1)
    );
    let address = format!("{address}/api/documents?name=k-{number}.md");
    let response = client.post(address).bearer_auth(TOKEN).body(text).send().await.ok()?;
    Some((response.status().as_u16(), response.text().await.ok()?))
}

/// Merges an entity into another, and undoes it.
async fn merge(client: &Client, address: &str, number: usize) {
    let (old, kept) = (1 + number % (ENTITIES - 1), (1 + number % (ENTITIES - 1) + 3) % ENTITIES);
    let request = client.post(format!("{address}/api/entities/org/k-{old}/merge")).bearer_auth(TOKEN);
    let body = json!({ "into": format!("org/k-{kept}"), "reason": "test" }).to_string();
    let Ok(response) = request.header("content-type", "application/json").body(body).send().await else { return };
    let Ok(text) = response.text().await else { return };
    let done: Value = serde_json::from_str(&text).unwrap_or_default();
    if let Some(change) = done["change"].as_u64() {
        drop(client.post(format!("{address}/api/changes/{change}/undo")).bearer_auth(TOKEN).send().await);
    }
}
