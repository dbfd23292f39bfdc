//! An HTTP server on this machine that answers as a test tells it to.
//!
//! It is our own because libraries for test servers (mockito, httpmock, wiremock, httptest) send only whole, correct responses:
//! none closes a connection in the middle of a body, announces a wrong length, or stops sending without closing.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    /// The first byte of the header Range.
    pub range: Option<usize>,
    pub if_range: Option<String>,
    /// The number of earlier requests.
    pub number: usize,
}

/// A response.
#[derive(Clone, Default)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The announced length, if it is not that of the body.
    pub announced: Option<usize>,
    /// Whether no length is announced, so that the body ends with the connection.
    pub unannounced: bool,
    /// How long the connection stays open after the body, without another byte.
    pub silence: Duration,
}

impl Response {
    /// The response with another header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Announces the whole body, but closes the connection after `length` bytes of it.
    pub fn cut(mut self, length: usize) -> Self {
        self.announced.get_or_insert(self.body.len());
        self.body.truncate(length);
        self
    }
}

/// The response 200 with a body whose length is not announced.
pub fn unannounced(body: &[u8]) -> Response {
    Response {
        unannounced: true,
        ..whole(body)
    }
}

/// A response without a body.
pub fn status(status: u16) -> Response {
    Response {
        status,
        ..Response::default()
    }
}

/// The response 200 with a body.
pub fn whole(body: &[u8]) -> Response {
    Response {
        body: body.to_vec(),
        ..status(200)
    }
}

/// The requested range of a body if the condition of the request holds, otherwise the whole body.
pub fn ranged(body: &[u8], etag: &str, request: &Request) -> Response {
    let holds = request.if_range.as_deref().is_none_or(|sent| sent == etag);
    let response = match request.range {
        Some(from) if from >= body.len() => {
            status(416).with("Content-Range", format!("bytes */{}", body.len()))
        }
        Some(from) if holds => Response {
            status: 206,
            ..whole(&body[from..])
        }
        .with(
            "Content-Range",
            format!("bytes {from}-{}/{}", body.len() - 1, body.len()),
        ),
        _ => whole(body),
    };
    response.with("ETag", etag)
}

/// A server that answers one request of each connection, and logs all requests.
pub struct Server {
    /// Its address, `http://HOST:PORT`.
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server on a free port, which runs until the end of the process.
    pub fn start(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                thread::spawn(move || serve(stream, &*answer, &log));
            }
        });
        Self { address, requests }
    }

    /// The URL of a path on the server.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Answers a connection. Errors only end the connection: it is no failure of the server if a client closes it.
fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&Request) -> Response,
    log: &Mutex<Vec<Request>>,
) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let first = lines.next()?.ok()?;
    let mut request = Request {
        path: first.split(' ').nth(1)?.to_owned(),
        range: None,
        if_range: None,
        number: 0,
    };
    loop {
        let line = lines.next()?.ok()?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "range" => {
                let from = value.strip_prefix("bytes=")?.strip_suffix('-')?;
                request.range = from.parse().ok();
            }
            "if-range" => request.if_range = Some(value.to_owned()),
            _ => {}
        }
    }
    {
        let mut log = log.lock().unwrap();
        request.number = log.len();
        log.push(request.clone());
    }
    let response = answer(&request);
    let length = response.announced.unwrap_or(response.body.len());
    let mut head = format!(
        "HTTP/1.1 {} Status\r\nConnection: close\r\n",
        response.status
    );
    if !response.unannounced {
        head += &format!("Content-Length: {length}\r\n");
    }
    for (name, value) in &response.headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(&response.body).ok()?;
    thread::sleep(response.silence);
    stream.shutdown(Shutdown::Both).ok()
}

/// The address of a port on which no server listens.
pub fn unused_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
