//! How long does a call of `POST /api/link` take, at the server, over the loopback?
//!
//! `cargo bench --manifest-path benches/Cargo.toml --bench link_call` serves the starter archive in memory and sends
//! the text of the statement in it, or that of the file that `ISNAD_TEXT` names, one request after another over one
//! connection. It prints the median, the 99th percentile and the longest.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use isnad::serve;

#[path = "serving.rs"]
mod serving;

use serving::Outcome;

/// How many calls are timed, after a tenth as many that are not.
const CALLS: usize = 5_000;

/// One call: how many bytes came back, and how long that took.
fn call(stream: &mut BufReader<TcpStream>, request: &[u8]) -> io::Result<(usize, Duration)> {
    let begun = Instant::now();
    stream.get_mut().write_all(request)?;
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let lower = line.trim_end().to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line.starts_with("HTTP/") && !line.contains(" 200 ") {
            return Err(io::Error::other(line));
        }
        if lower.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((length, begun.elapsed()))
}

fn measure(address: SocketAddr, text: &str, format: &str) -> io::Result<String> {
    let mut request = format!(
        "POST /api/link?format={format}&issued=2017-02-15 HTTP/1.1\r\nhost: localhost\r\n\
         content-type: text/plain\r\ncontent-length: {}\r\n\r\n",
        text.len()
    )
    .into_bytes();
    request.extend(text.as_bytes());
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    for _ in 0..CALLS / 10 {
        call(&mut stream, &request)?;
    }
    let mut times = Vec::with_capacity(CALLS);
    let mut size = 0;
    for _ in 0..CALLS {
        let (bytes, time) = call(&mut stream, &request)?;
        size = bytes;
        times.push(time);
    }
    times.sort_unstable();
    let at = |share: usize| times[(CALLS * share / 1000).min(CALLS - 1)];
    let mut line = String::new();
    let _ = write!(
        line,
        "{format}: {} bytes in, {size} out; p50 {:.2?}, p99 {:.2?}, longest {:.2?}",
        text.len(),
        at(500),
        at(990),
        times[CALLS - 1]
    );
    Ok(line)
}

/// The text of the statement: what stands after the header of its file.
fn statement() -> Outcome<String> {
    let path = env::var("ISNAD_TEXT").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../data/documents/sc-2017-02-15-hrw-aleppo.md").to_owned()
    });
    let text = fs::read_to_string(path)?;
    Ok(text.rsplit_once("\n---\n").map_or(text.clone(), |(_, body)| body.to_owned()))
}

fn main() -> Outcome<()> {
    let text = statement()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (address, service) = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        Outcome::Ok((listener.local_addr()?, (serving::service(8).await?, listener)))
    })?;
    let (service, listener) = service;
    runtime.spawn(serve::run(service, listener, std::future::pending()));
    for format in ["json", "csv", "jsonld", "nif"] {
        writeln!(io::stderr(), "{}", measure(address, &text, format)?)?;
    }
    Ok(())
}
