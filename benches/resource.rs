//! How many things by address can be had in a second, beside what axum does with an answer that never changes?
//!
//! `cargo bench --manifest-path benches/Cargo.toml --bench resource` serves the starter archive and, on another port, an
//! axum router whose answers are of the same size and do nothing. In turns it asks each for a page, for data, and for what
//! the client has already (304), over the loopback, and prints requests in a second and their ratio: the median of the
//! rounds. `ISNAD_SECONDS` is the length of a round, `ISNAD_CONNECTIONS` how many ask at once.

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, http::header, routing::get};
use isnad::serve;
use tokio::net::TcpListener;

#[path = "serving.rs"]
mod serving;

use serving::Outcome;

/// How often each is asked in turn.
const ROUNDS: usize = 5;

/// What is asked for.
const ASKED: [(&str, &str); 3] = [
    ("/doc/sc-2017-02-15-hrw-aleppo", "text/html"),
    ("/doc/sc-2017-02-15-hrw-aleppo", "text/turtle"),
    ("/org/jim", "application/ld+json"),
];

/// An answer: its status, its entity tag, how many bytes came.
struct Answer {
    status: String,
    tag: String,
    bytes: usize,
}

fn ask(stream: &mut BufReader<TcpStream>, request: &[u8]) -> io::Result<Answer> {
    stream.get_mut().write_all(request)?;
    let mut answer = Answer { status: String::new(), tag: String::new(), bytes: 0 };
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let text = line.trim_end();
        if let Some(status) = text.strip_prefix("HTTP/1.1 ") {
            status.clone_into(&mut answer.status);
        } else if let Some((name, value)) = text.split_once(": ") {
            match name {
                "content-length" => answer.bytes = value.parse().map_err(io::Error::other)?,
                "etag" => value.clone_into(&mut answer.tag),
                _ => {}
            }
        } else if text.is_empty() {
            break;
        }
    }
    let body = if answer.status.starts_with("304") { 0 } else { answer.bytes };
    io::copy(&mut stream.by_ref().take(body as u64), &mut io::sink())?;
    Ok(answer)
}

fn connect(address: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(BufReader::with_capacity(1 << 16, stream))
}

fn request(path: &str, accept: &str, known: Option<&str>) -> Vec<u8> {
    let known = known.map(|tag| format!("if-none-match: {tag}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\n{known}\r\n").into_bytes()
}

/// Requests in a second, over some connections, each with one request after another.
fn rate(address: SocketAddr, request: &[u8], status: &str, connections: usize, time: Duration) -> io::Result<f64> {
    let one = || {
        let mut stream = connect(address)?;
        let (begun, mut count) = (Instant::now(), 0_u32);
        while begun.elapsed() < time {
            let answer = ask(&mut stream, request)?;
            if !answer.status.starts_with(status) {
                return Err(io::Error::other(answer.status));
            }
            count += 1;
        }
        Ok(f64::from(count) / begun.elapsed().as_secs_f64())
    };
    thread::scope(|scope| {
        let asking: Vec<_> = (0..connections).map(|_| scope.spawn(one)).collect();
        let rates = asking.into_iter().map(|it| it.join().map_err(|_| io::Error::other("a client panicked"))?);
        rates.sum()
    })
}

fn setting(name: &str, usual: usize) -> usize {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// The static router: under each path an answer of a size.
fn unchanging(sizes: [usize; ASKED.len()]) -> Router {
    let answer = |size: usize| {
        let body = Bytes::from(vec![b'x'; size]);
        get(move || async move { ([(header::CONTENT_TYPE, "text/plain")], body) })
    };
    let router = Router::new().route("/known", answer(2));
    sizes.into_iter().enumerate().fold(router, |router, (at, size)| router.route(&format!("/{at}"), answer(size)))
}

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let bind = || runtime.block_on(TcpListener::bind("127.0.0.1:0"));
    let (listener, plain) = (bind()?, bind()?);
    let (ours, theirs) = (listener.local_addr()?, plain.local_addr()?);
    runtime.spawn(serve::run(runtime.block_on(serving::service(64))?, listener, std::future::pending()));
    let mut first = connect(ours)?;
    let mut known = Vec::new();
    for (path, accept) in ASKED {
        known.push(ask(&mut first, &request(path, accept, None))?);
    }
    let sizes = [known[0].bytes, known[1].bytes, known[2].bytes];
    runtime.spawn(async move { axum::serve(plain, unchanging(sizes)).await });
    let time = Duration::from_secs(setting("ISNAD_SECONDS", 3) as u64);
    let connections = setting("ISNAD_CONNECTIONS", 4);
    let mut err = io::stderr();
    for (at, (path, accept)) in ASKED.into_iter().enumerate() {
        for (what, status, asked, beside) in [
            ("200", "200", request(path, accept, None), request(&format!("/{at}"), accept, None)),
            ("304", "304", request(path, accept, Some(&known[at].tag)), request("/known", accept, None)),
        ] {
            let (mut rates, mut others) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                others.push(rate(theirs, &beside, "200", connections, time)?);
                rates.push(rate(ours, &asked, status, connections, time)?);
            }
            let (rate, other) = (median(rates), median(others));
            let bytes = if what == "304" { 0 } else { known[at].bytes };
            writeln!(
                err,
                "{path} as {accept}, {what}, {bytes} bytes: {rate:.0} a second, static axum {other:.0}, ratio {:.2}",
                rate / other
            )?;
        }
    }
    Ok(())
}
