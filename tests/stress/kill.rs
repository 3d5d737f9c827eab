//! The program is killed (SIGKILL) at random moments while it does whatever writes, again and again on the same store.
//!
//! When it is started again, the log has no gap, every document is whole or absent, every act is done or not done, the
//! originals match their digests, a backup can be restored, and the views say what views made anew say.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
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
pub(super) const ENTITIES: usize = 12;

/// What is done when the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Bulk,
    Add,
    Replace,
    Withdraw,
    Merge,
    Rebuild,
    Backup,
}

const WORKS: [Work; 7] =
    [Work::Bulk, Work::Add, Work::Replace, Work::Withdraw, Work::Merge, Work::Rebuild, Work::Backup];

/// A store that is opened again and again.
pub(super) struct Trial {
    folder: PathBuf,
    pub(super) client: Client,
    chance: Chance,
    pub(super) address: String,
    process: Option<Child>,
    /// How many backups were restored.
    restored: usize,
}

/// Kills the program so many times.
pub fn all(kills: usize) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime is made");
    let folder = tempfile::tempdir().expect("a folder is made");
    let seed = std::env::var("ISNAD_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut trial = Trial::new(folder.path(), seed);
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
        let (took, restored) = (begun.elapsed().as_secs_f64(), trial.restored);
        say(&format!("killed {kills} times in {took:.0} s: {told:?}; {restored} backups restored"));
        assert!(restored > 0 || kills < 50, "no backup was ever whole");
        trial.kill();
    });
}

impl Trial {
    pub(super) fn new(folder: &Path, seed: u64) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("a client is made");
        Self {
            folder: folder.to_owned(),
            client,
            chance: Chance(seed),
            address: String::new(),
            process: None,
            restored: 0,
        }
    }

    pub(super) fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    fn backup(&self) -> PathBuf {
        self.folder.join("backup")
    }

    /// Starts the program; some wrapper may stand before it.
    pub(super) async fn start(&mut self, wrapper: &[&str]) {
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

    pub(super) fn kill(&mut self) {
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
        if work == Work::Bulk {
            // The command that adds a folder, which has the store to itself.
            self.kill();
            let adding = self.add_folder();
            self.wait(3_000).await;
            drop(adding);
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
                        back_up(&address, &folder).await;
                        drop(post(&client, &address, number, "meanwhile").await);
                    }
                }
            }
        });
        self.wait(if work == Work::Backup { 5_000 } else { 1_500 }).await;
        if self.chance.below(2) == 0 {
            // With it whoever asks is killed, at times before the service.
            doing.abort();
        }
        self.kill();
        doing.abort();
        let _ = doing.await;
    }

    /// Begins to add a folder of documents from the command line, some of which are there and some are not.
    fn add_folder(&mut self) -> Killed {
        let folder = self.folder.join("files");
        fs::create_dir_all(&folder).expect("the folder is made");
        let again = self.chance.below(1_000);
        for number in 0..DOCUMENTS {
            let words = if number % 3 == 0 { format!("added in bulk {again}") } else { "added".to_owned() };
            fs::write(folder.join(format!("k-{number}.md")), text(number, &words)).expect("it is written");
        }
        let (store, folder) = (self.store(), folder.to_string_lossy().into_owned());
        let arguments = ["add", &folder, "--store", &store.to_string_lossy(), "--base-iri", BASE, "--log", "off"];
        let adding = Command::new(program()).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Killed(adding.expect("the program can be started"))
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

    pub(super) async fn create(&self, number: usize) {
        let body = json!({ "entity": { "id": format!("org/k-{number}"), "label_en": format!("Kappa Group {}", word(number)) } });
        let request = self.client.post(format!("{}/api/entities", self.address)).bearer_auth(TOKEN);
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await;
        let response = response.expect("the service answers");
        assert_eq!(response.status().as_u16(), 201, "{}", response.text().await.unwrap_or_default());
    }

    pub(super) async fn get(&self, path: &str) -> Value {
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
    pub(super) async fn look(&mut self, when: &str) {
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

    pub(super) async fn log_is_whole(&self, when: &str) {
        let rows = self.rows("SELECT (COUNT(DISTINCT ?n) AS ?all) (MAX(?n) AS ?most) (SAMPLE(?l) AS ?last) { GRAPH <graph/changes> { ?c isn:sequence ?n . <graph/changes> isn:lastSequence ?l } }").await;
        let row = &rows[0];
        assert!(row["all"] == row["most"] && row["most"] == row["last"], "{when}: the log has a gap: {row:?}");
    }

    pub(super) async fn documents_are_whole(&self, when: &str) {
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
    pub(super) async fn follow(&self) {
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
        self.restored += 1;
    }
}

fn program() -> std::ffi::OsString {
    std::env::var_os("ISNAD_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_isnad").into())
}

fn word(number: usize) -> &'static str {
    ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"]
        [number % ENTITIES]
}

/// A document that names two of the entities.
fn text(number: usize, words: &str) -> String {
    format!(
        "---\nid: doc/k-{number}\ntitle: {{en: Kappa {number}}}\ntype: report\nissued: 2020-01-01\nissuer: [org/k-0]\n\
         language: [en]\n---\n::: en\nKappa Group {} met Kappa Group {}: {words}.\n",
        word(number),
        word(number + 1)
    )
}

/// Adds a document or puts another in its place. Nobody answers any more where the program was killed.
pub(super) async fn post(client: &Client, address: &str, number: usize, words: &str) -> Option<(u16, String)> {
    let address = format!("{address}/api/documents?name=k-{number}.md");
    let response = client.post(address).bearer_auth(TOKEN).body(text(number, words)).send().await.ok()?;
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

/// Backs up from the command line, to the end or until whoever waits for it goes away.
async fn back_up(address: &str, folder: &Path) {
    let folder = folder.to_string_lossy();
    let mut command = Command::new(program());
    command.args(["backup", &folder, "--service", address, "--log", "off"]).env("ISNAD_TOKEN", TOKEN);
    let backing = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut backing = Killed(backing.expect("the program can be started"));
    while backing.0.try_wait().is_ok_and(|ended| ended.is_none()) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A process that is killed when nobody needs it any more.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
