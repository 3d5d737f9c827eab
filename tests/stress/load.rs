//! Eight readers of all kinds, two writers and dumps, all at once: no error but those that are told, memory that does not
//! grow, and answers that are of one state each.
//!
//! The writers change documents in pairs, both of a pair in one change, so that both have one version in their titles. An
//! answer that shows two versions of a pair, or one of its documents without the other, is of no state that there ever was.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::Read as _,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, RequestBuilder};

use crate::{
    process::Process,
    running::{Running, TOKEN},
    say,
};

/// How many pairs there are.
const PAIRS: usize = 24;

/// How much the memory may grow from the first third to the end, in MiB, and by a share.
const GROWTH: u64 = 96;
const SHARE: u64 = 4;

/// How many readers there are, each with a kind of its own.
const READERS: usize = 8;

/// What is done at once for so long.
pub fn all(seconds: u64) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime is made");
    let folder = tempfile::tempdir().expect("a folder is made");
    let running = Running::start(&folder.path().join("store").to_string_lossy(), &[]);
    let load = Arc::new(Load {
        client: Client::builder().no_proxy().timeout(Duration::from_secs(120)).build().expect("a client is made"),
        address: running.address.clone(),
        is_over: AtomicBool::new(false),
        version: AtomicU64::new(1),
        told: Mutex::default(),
        wrong: Mutex::default(),
    });
    runtime.block_on(load.run(Process(running.process.id()), Duration::from_secs(seconds)));
}

struct Load {
    client: Client,
    address: String,
    is_over: AtomicBool,
    /// The last version that was given to a pair.
    version: AtomicU64,
    /// How many answers there were of each sort of call, and how many were told to come again.
    told: Mutex<BTreeMap<&'static str, (u64, u64)>>,
    /// What must not be.
    wrong: Mutex<Vec<String>>,
}

impl Load {
    async fn run(self: &Arc<Self>, process: Process, time: Duration) {
        self.put((0..PAIRS).collect()).await;
        self.follow().await;
        let begun = Instant::now();
        let mut tasks = Vec::new();
        for reader in 0..READERS {
            let load = Arc::clone(self);
            tasks.push(tokio::spawn(async move { load.read(reader).await }));
        }
        for writer in 0..2 {
            let load = Arc::clone(self);
            tasks.push(tokio::spawn(async move { load.write(writer).await }));
        }
        let load = Arc::clone(self);
        tasks.push(tokio::spawn(async move { load.dump().await }));
        tokio::time::sleep(time / 3).await;
        let early = process.memory();
        tokio::time::sleep(time.saturating_sub(begun.elapsed())).await;
        let late = process.memory();
        self.is_over.store(true, Ordering::Relaxed);
        for ended in join_all(tasks).await {
            ended.expect("a task ends");
        }
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let answers: u64 = told.values().map(|(answers, _)| answers).sum();
        let versions = self.version.load(Ordering::Relaxed);
        say(&format!(
            "load: {answers} answers and {versions} changes in {:.0} s; memory {early} MiB after a third, {late} at the end; {told:?}",
            begun.elapsed().as_secs_f64()
        ));
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert!(wrong.is_empty(), "{} wrong answers: {:#?}", wrong.len(), &wrong[..wrong.len().min(5)]);
        for (call, (answers, again)) in &told {
            assert!(answers > again, "{call}: nothing but to come again");
        }
        assert!(late <= early + early / SHARE + GROWTH, "the memory grows: {early} MiB, then {late}");
    }

    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    fn wrong(&self, what: String) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    /// The body of an answer; none where it is told to come again later, or where it is wrong, which is kept.
    async fn answer(&self, call: &'static str, request: RequestBuilder) -> Option<String> {
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                self.wrong(format!("{call}: {error}"));
                return None;
            }
        };
        let (status, address) = (response.status().as_u16(), response.url().to_string());
        let later = response.headers().contains_key("retry-after");
        let body = response.text().await;
        let is_later = matches!(status, 429 | 503) && later;
        {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            let count = told.entry(call).or_default();
            *count = (count.0 + 1, count.1 + u64::from(is_later));
        }
        match body {
            Ok(body) if matches!(status, 200 | 201 | 202 | 204) => Some(body),
            Ok(_) if is_later => {
                tokio::time::sleep(Duration::from_millis(200)).await;
                None
            }
            Ok(body) => {
                self.wrong(format!("{call} {address}: {status} {}", body.chars().take(300).collect::<String>()));
                None
            }
            Err(error) => {
                self.wrong(format!("{call} {address}: {status}, and then {error}"));
                None
            }
        }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.address))
    }

    fn sparql(&self, query: &str) -> RequestBuilder {
        let query = utf8_percent_encode(query, NON_ALPHANUMERIC);
        self.get(&format!("/sparql?format=csv&query={query}"))
    }

    /// Gives some pairs their next version, all in one table and one change.
    async fn put(&self, pairs: Vec<usize>) {
        let mut table = "id,type,title_en,issued,language,revision_of\n".to_owned();
        let version = self.version.fetch_add(1, Ordering::Relaxed);
        for pair in pairs {
            for (side, other) in [("a", "b"), ("b", "a")] {
                let revised = if side == "a" { format!("doc/pair-{pair}-{other}") } else { String::new() };
                let title = title(pair, side, version);
                let _ = writeln!(table, "doc/pair-{pair}-{side},note,{title},2017-02-15,en,{revised}");
            }
        }
        let request = self.client.post(format!("{}/api/documents?name=pairs.csv", self.address)).bearer_auth(TOKEN);
        self.answer("add", request.body(table)).await;
    }

    /// Waits until what was written first is found.
    async fn follow(&self) {
        for _ in 0..100 {
            let found = self.answer("search", self.get("/api/search?q=kappa0&kind=document")).await;
            if found.is_some_and(|body| versions(&body).contains_key(&0)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("nothing is found");
    }

    async fn write(&self, writer: usize) {
        let mut number = 0;
        while self.goes_on() {
            // Each has pairs of its own, so that none is between two versions of two writers.
            let pair = (2 * number + writer) % PAIRS;
            if writer == 0 {
                self.put(vec![pair]).await;
            } else {
                let version = self.version.fetch_add(1, Ordering::Relaxed);
                let update = self.client.post(format!("{}/update", self.address)).bearer_auth(TOKEN);
                let update = update.header("content-type", "application/sparql-update").body(update_of(pair, version));
                self.answer("update", update).await;
            }
            number += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn dump(&self) {
        while self.goes_on() {
            let request = self.client.post(format!("{}/dumps/", self.address)).bearer_auth(TOKEN);
            let Some(body) = self.answer("dump", request).await else { continue };
            let made: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
            let name = made["name"].as_str().unwrap_or_default();
            let Some(text) = self.unpacked(name).await else { continue };
            self.one_version("dump", &titles(&text), &(0..PAIRS).collect::<Vec<_>>());
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// The archive of a dump, which may have to be made first.
    async fn unpacked(&self, dump: &str) -> Option<String> {
        let path = format!("/dumps/{dump}/archive.nq.gz");
        while self.goes_on() {
            let response = self.get(&path).send().await.ok();
            match response.as_ref().map(|response| response.status().as_u16()) {
                Some(200) => {
                    let bytes = response?.bytes().await.unwrap_or_default();
                    let mut text = String::new();
                    if flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).is_ok() {
                        return Some(text);
                    }
                    self.wrong(format!("dump: {path} is not whole"));
                    return None;
                }
                Some(503) => tokio::time::sleep(Duration::from_millis(500)).await,
                status => {
                    self.wrong(format!("dump: {path}: {status:?}"));
                    return None;
                }
            }
        }
        None
    }

    /// That of each of some pairs an answer shows both documents, in one version.
    fn one_version(&self, call: &str, text: &str, pairs: &[usize]) {
        let shown = versions(text);
        for pair in pairs {
            let found = shown.get(pair).cloned().unwrap_or_default();
            let sides: BTreeSet<char> = found.iter().map(|(side, _)| *side).collect();
            let numbers: BTreeSet<u64> = found.iter().map(|(_, version)| *version).collect();
            if numbers.len() != 1 || sides.len() != 2 {
                self.wrong(format!("{call}: of pair {pair} it shows {found:?}"));
            }
        }
    }

    async fn read(&self, reader: usize) {
        let mut number = reader;
        while self.goes_on() {
            let pair = number % PAIRS;
            match reader {
                0 => self.page(pair).await,
                1 => self.query().await,
                2 => self.search(pair).await,
                3 => self.graph(pair).await,
                4 => self.feeds(number).await,
                5 => self.formats(pair, number).await,
                6 => self.suggest(pair).await,
                _ => self.reconcile(pair).await,
            }
            number += 1;
        }
    }

    async fn page(&self, pair: usize) {
        for lang in ["en", "ar"] {
            let page = self.get(&format!("/doc/pair-{pair}-a?lang={lang}")).header("accept", "text/html");
            if let Some(page) = self.answer("page", page).await {
                self.one_version("page", &page, &[pair]);
            }
        }
    }

    async fn query(&self) {
        let query = "SELECT ?t { ?d a isn:Document ; dct:title ?t FILTER(CONTAINS(?t, 'kappa')) }";
        if let Some(rows) = self.answer("sparql", self.sparql(query)).await {
            self.one_version("sparql", &rows, &(0..PAIRS).collect::<Vec<_>>());
        }
    }

    async fn search(&self, pair: usize) {
        let path = format!("/api/search?q=kappa{pair}&kind=document&limit=10");
        if let Some(found) = self.answer("search", self.get(&path)).await {
            self.one_version("search", &found, &[pair]);
        }
    }

    async fn graph(&self, pair: usize) {
        let path = format!("/api/graph/neighbors?id=doc/pair-{pair}-a");
        if let Some(found) = self.answer("graph", self.get(&path)).await {
            self.one_version("graph", &found, &[pair]);
        }
    }

    async fn feeds(&self, number: usize) {
        let paths = [
            "/feed.atom",
            "/ldes",
            "/oai?verb=ListRecords&metadataPrefix=oai_dc",
            "/.well-known/resourcesync",
            "/resourcesync/resourcelist.xml",
            "/sitemap.xml",
        ];
        self.answer("feed", self.get(paths[number % paths.len()])).await;
    }

    async fn formats(&self, pair: usize, number: usize) {
        let ends = ["ttl", "jsonld", "trig", "nt", "nq", "rdf", "bib", "ris", "csl.json"];
        let end = ends[number % ends.len()];
        if let Some(text) = self.answer("format", self.get(&format!("/doc/pair-{pair}-b.{end}"))).await {
            let shown = versions(&text).remove(&pair).unwrap_or_default();
            let own: BTreeSet<u64> =
                shown.iter().filter(|(side, _)| *side == 'b').map(|(_, version)| *version).collect();
            if own.len() != 1 {
                self.wrong(format!("format {end}: of pair {pair} it shows {shown:?}"));
            }
        }
    }

    async fn suggest(&self, pair: usize) {
        self.answer("suggest", self.get(&format!("/api/suggest?q=kappa{pair}"))).await;
        self.answer("timeline", self.get("/api/timeline?q=kappa")).await;
        self.answer("geo", self.get("/api/geo?q=kappa")).await;
    }

    async fn reconcile(&self, pair: usize) {
        let queries = format!("{{\"q0\":{{\"query\":\"kappa{pair}\"}}}}");
        let queries = utf8_percent_encode(&queries, NON_ALPHANUMERIC);
        self.answer("reconcile", self.get(&format!("/reconcile?queries={queries}"))).await;
    }
}

fn title(pair: usize, side: &str, version: u64) -> String {
    format!("kappa{pair} {side} in version v{version}v")
}

/// An update that gives both documents of a pair their next version.
fn update_of(pair: usize, version: u64) -> String {
    let one = |side: &str| {
        let (path, title) = (format!("pair-{pair}-{side}"), title(pair, side, version));
        format!(
            "DELETE {{ GRAPH <graph/doc/{path}> {{ <doc/{path}> dct:title ?t }} }} \
             INSERT {{ GRAPH <graph/doc/{path}> {{ <doc/{path}> dct:title \"{title}\"@en }} }} \
             WHERE {{ GRAPH <graph/doc/{path}> {{ <doc/{path}> dct:title ?t }} }}"
        )
    };
    format!("{} ; {}", one("a"), one("b"))
}

/// The lines of a dump that give documents their titles; the log and what is kept of the past have others.
fn titles(dump: &str) -> String {
    let is_title = |line: &&str| line.contains("/terms/title>") && line.contains("/graph/doc/pair-");
    dump.lines().filter(is_title).collect::<Vec<_>>().join("\n")
}

/// What versions of which documents a text shows, by pair: each by its side.
fn versions(text: &str) -> BTreeMap<usize, BTreeSet<(char, u64)>> {
    let mut found: BTreeMap<usize, BTreeSet<(char, u64)>> = BTreeMap::new();
    for piece in text.split("kappa").skip(1) {
        let read = || {
            let (pair, rest) = piece.split_once(' ')?;
            let (side, rest) = rest.split_once(" in version v")?;
            let version = rest.split_once('v')?.0;
            Some((pair.parse().ok()?, (side.chars().next().filter(|_| side.len() == 1)?, version.parse().ok()?)))
        };
        if let Some((pair, shown)) = read() {
            found.entry(pair).or_default().insert(shown);
        }
    }
    found
}
