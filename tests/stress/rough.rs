//! The three rough things, one after the other on one service.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Client;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

use crate::{
    data,
    process::Process,
    running::{Running, TOKEN},
    say,
};

/// How long after its deadline of a second a query may still be running.
const OVERTIME: Duration = Duration::from_millis(500);

/// How long others may wait meanwhile.
const OTHERS: Duration = Duration::from_millis(50);

/// How soon the processor is idle again when all clients have left.
const IDLE: Duration = Duration::from_secs(2);

/// How much memory may stay in use, in MiB.
const MEMORY: u64 = 64;

/// How many threads may come and go: the runtime makes those that wait for files as they are needed.
const SPARE: u64 = 8;

/// How many clients leave.
const LEAVING: usize = 1000;

/// How many queries of all kinds are asked.
const MIXED: usize = 3000;

/// The service, a client, and how much longer than promised things may take.
struct Trial {
    process: Process,
    client: Client,
    address: String,
    slack: u32,
}

/// Does all three.
pub fn all(quads: usize) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime is made");
    let folder = tempfile::tempdir().expect("a folder is made");
    let store = folder.path().join("store");
    let running = Running::start(&store.to_string_lossy(), &[]);
    let trial = Trial {
        process: Process(running.process.id()),
        client: Client::builder().no_proxy().build().expect("a client is made"),
        address: running.address.clone(),
        slack: std::env::var("ISNAD_STRESS_SLACK").ok().and_then(|slack| slack.parse().ok()).unwrap_or(2),
    };
    runtime.block_on(async {
        trial.fill(quads).await;
        trial.queries_that_run_away().await;
        trial.clients_that_leave().await;
        trial.many_queries().await;
    });
}

/// How a query ended.
#[derive(Debug, PartialEq)]
enum Ending {
    /// With this status and a body that came whole.
    Whole(u16, String),
    /// After the status, with a stream that broke off.
    Broken,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(status, body) => write!(f, "{status}, {} bytes", body.len()),
            Self::Broken => f.write_str("the answer broke off"),
        }
    }
}

impl Trial {
    async fn fill(&self, quads: usize) {
        let begun = Instant::now();
        for update in data::updates(quads) {
            let request = self.client.post(format!("{}/update", self.address)).bearer_auth(TOKEN);
            let request = request.header("content-type", "application/sparql-update").body(update);
            let response = request.send().await.expect("the service answers");
            assert!(response.status().is_success(), "{}", response.text().await.unwrap_or_default());
        }
        say(&format!("{quads} quads stored in {:.1} s; {} MiB", begun.elapsed().as_secs_f64(), self.process.memory()));
    }

    async fn ask(&self, query: &str, accept: &str, timeout: &str) -> Ending {
        let address = format!("{}/sparql?timeout={timeout}", self.address);
        let request = self.client.post(address).header("content-type", "application/sparql-query");
        let response = request.header("accept", accept).body(query.to_owned()).send().await;
        let response = response.expect("the service answers");
        let status = response.status().as_u16();
        response.text().await.map_or(Ending::Broken, |body| Ending::Whole(status, body))
    }

    /// Each is stopped soon after its deadline with an answer that tells the truth, others are answered meanwhile, and
    /// the memory comes back.
    async fn queries_that_run_away(&self) {
        let json = "application/sparql-results+json";
        let waits = Waits::default();
        // Once before it counts: what the store keeps of the data it has read is no query's memory.
        for (_, query) in data::runaways() {
            self.ask(&query, json, "1").await;
        }
        let before = self.settled_memory().await;
        let asking = waits.clone();
        let others = async {
            while !asking.ended.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let ending = self.ask(&data::trivial(), json, "5").await;
                assert!(matches!(&ending, Ending::Whole(200, body) if body.contains("true")), "{ending}");
                asking.add(begun.elapsed());
                sleep(Duration::from_millis(5)).await;
            }
        };
        let runaways = async {
            for (name, query) in data::runaways() {
                let begun = Instant::now();
                let ending = self.ask(&query, json, "1").await;
                let took = begun.elapsed();
                say(&format!("{name}: {:.2} s, {ending}; {} MiB", took.as_secs_f64(), self.process.memory()));
                assert!(took <= (Duration::from_secs(1) + OVERTIME) * self.slack, "{name} took {took:?}");
                is_true(name, &ending);
            }
            waits.ended.store(true, Ordering::Relaxed);
        };
        tokio::join!(others, runaways);
        let (count, median, late) = waits.figures();
        let after = self.settled_memory().await;
        say(&format!("meanwhile: {count} other queries, half within {median:?}, 99 of 100 within {late:?}"));
        say(&format!("memory: {before} MiB before, {after} MiB after"));
        assert!(late <= OTHERS * self.slack, "others waited {late:?}");
        assert!(after <= before + MEMORY * u64::from(self.slack), "{} MiB more stay in use", after - before);
    }

    /// When a thousand clients have asked something heavy and left, nothing goes on for them.
    async fn clients_that_leave(&self) {
        let (_, heavy) = data::runaways().swap_remove(0);
        let threads = self.process.threads();
        let host = self.address.trim_start_matches("http://");
        let query = utf8_percent_encode(&heavy, NON_ALPHANUMERIC);
        let request = format!("GET /sparql?query={query} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let mut most = 0;
        let mut leaving = stream::iter(0..LEAVING)
            .map(|_| async {
                let mut stream = TcpStream::connect(host).await?;
                stream.write_all(request.as_bytes()).await?;
                sleep(Duration::from_millis(20)).await;
                std::io::Result::Ok(())
            })
            .buffer_unordered(100);
        while let Some(result) = leaving.next().await {
            result.expect("the service takes the connection");
            most = most.max(self.process.threads());
        }
        let left = Instant::now();
        let idle = loop {
            let (begun, work) = (Instant::now(), self.process.work());
            sleep(Duration::from_millis(250)).await;
            // Two hundredths of a second in a quarter of one: the process may look around, and no more.
            if self.process.work() - work <= 2 {
                break begun - left;
            }
            assert!(left.elapsed() < Duration::from_secs(60), "the processor is still busy");
        };
        let after = self.process.threads();
        say(&format!(
            "{LEAVING} clients left: idle after {:.2} s; threads {threads} before, at most {most}, {after} after",
            idle.as_secs_f64()
        ));
        assert!(idle <= IDLE * self.slack, "idle only after {idle:?}");
        assert!(
            most <= threads + 2 * SPARE && after <= threads + SPARE,
            "{threads} threads became {most}, then {after}"
        );
        let ending = self.ask(&data::trivial(), "application/json", "5").await;
        assert!(matches!(ending, Ending::Whole(200, _)), "{ending}");
    }

    /// Thousands of queries, some of which fail, leave the threads and the memory as they were.
    async fn many_queries(&self) {
        let queries = data::mixed();
        let round = |count: usize| {
            stream::iter(0..count)
                .map(|number| {
                    let (query, accept) = &queries[number % queries.len()];
                    self.ask(query, accept, "5")
                })
                .buffer_unordered(8)
                .fold(0_usize, async |failed, ending| failed + usize::from(!matches!(ending, Ending::Whole(200, _))))
        };
        round(MIXED / 6).await;
        let (threads, memory) = (self.process.threads(), self.settled_memory().await);
        let begun = Instant::now();
        let failed = round(MIXED).await;
        let took = begun.elapsed().as_secs_f64();
        let (threads_after, memory_after) = (self.process.threads(), self.settled_memory().await);
        say(&format!(
            "{MIXED} queries in {took:.1} s, {failed} of them refused; threads {threads}, then {threads_after}; {memory} MiB, then {memory_after}"
        ));
        assert_eq!(failed, MIXED / queries.len() * 3, "three of {} kinds fail", queries.len());
        assert!(threads_after <= threads + SPARE, "{threads} threads became {threads_after}");
        assert!(memory_after <= memory + MEMORY * u64::from(self.slack), "{memory} MiB became {memory_after}");
    }

    /// The memory when it has had time to come back.
    async fn settled_memory(&self) -> u64 {
        let mut least = self.process.memory();
        for _ in 0..10 {
            sleep(Duration::from_millis(300)).await;
            least = least.min(self.process.memory());
        }
        least
    }
}

/// Whether an ending tells the truth: a problem that names the deadline, a stream that broke off, or a whole answer.
fn is_true(name: &str, ending: &Ending) {
    match ending {
        Ending::Broken => {}
        Ending::Whole(408, body) => assert!(body.contains("time limit"), "{name}: {body}"),
        Ending::Whole(200, body) => {
            let whole = serde_json::from_str::<serde_json::Value>(body).is_ok_and(|it| it["results"].is_object());
            assert!(whole, "{name}: an answer that is not whole came as if it were");
        }
        // Its memory or its rows may be at an end before its time is.
        Ending::Whole(413 | 503, body) => assert!(body.contains("\"detail\""), "{name}: {body}"),
        Ending::Whole(..) => panic!("{name}: {ending}"),
    }
}

/// How long others waited.
#[derive(Clone, Debug, Default)]
struct Waits {
    ended: Arc<AtomicBool>,
    all: Arc<Mutex<Vec<Duration>>>,
}

impl Waits {
    fn add(&self, wait: Duration) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(wait);
    }

    /// How many there were, the middle one, and the one that 99 of 100 are below.
    fn figures(&self) -> (usize, Duration, Duration) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.sort_unstable();
        let at = |percent: usize| all.get(all.len() * percent / 100).copied().unwrap_or_default();
        (all.len(), at(50), at(99))
    }
}
