//! The HTTP parser alone, without sockets and JavaScript: small requests, a browser's, bodies with a length and in chunks.
//!
//! `cargo bench -p coil-benches --bench http_parsing`

use coil_stdlib::http::wire::{Event, Kind, Limits, Parser};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const HELLO: &str = "GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";

const BROWSER: &str = "GET /articles/2026/11/coil?ref=front&lang=en HTTP/1.1\r\n\
    Host: www.example.com\r\n\
    Connection: keep-alive\r\n\
    Cache-Control: max-age=0\r\n\
    Upgrade-Insecure-Requests: 1\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n\
    Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; seen=1%2C2%2C3\r\n\
    If-None-Match: W/\"5f-18c2b6e1a00\"\r\n\
    If-Modified-Since: Thu, 26 Nov 2026 01:00:00 GMT\r\n\r\n";

/// Feeds `input` in pieces of `piece` bytes; gives the number of whole messages.
fn parse(parser: &mut Parser, input: &[u8], piece: usize) -> usize {
    let mut messages = 0;
    for bytes in input.chunks(piece) {
        let mut at = 0;
        loop {
            match parser.next(bytes, &mut at) {
                Event::More => break,
                Event::Head => drop(black_box(parser.take_head())),
                Event::Body(range) => drop(black_box(range)),
                Event::Complete => messages += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    messages
}

fn parsing(criterion: &mut Criterion) {
    let mut with_length = b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n".to_vec();
    with_length.extend(vec![b'x'; 65536]);
    let mut in_chunks = b"POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..64 {
        in_chunks.extend_from_slice(b"400\r\n");
        in_chunks.extend(vec![b'x'; 1024]);
        in_chunks.extend_from_slice(b"\r\n");
    }
    in_chunks.extend_from_slice(b"0\r\n\r\n");
    let inputs: [(&str, Vec<u8>, usize, usize); 6] = [
        ("a small request", HELLO.into(), 65536, 1),
        ("sixteen small requests at once", HELLO.repeat(16).into(), 65536, 16),
        ("a browser's request", BROWSER.into(), 65536, 1),
        ("a browser's request, 16 bytes at a time", BROWSER.into(), 16, 1),
        ("64 KiB with a length", with_length, 16384, 1),
        ("64 KiB in chunks of 1 KiB", in_chunks, 16384, 1),
    ];
    let mut group = criterion.benchmark_group("http parser");
    for (name, input, piece, messages) in &inputs {
        group.throughput(Throughput::Bytes(input.len() as u64));
        group.bench_function(*name, |bencher| {
            let mut parser = Parser::new(Kind::Request, Limits::default());
            bencher.iter(|| assert_eq!(parse(&mut parser, black_box(input), *piece), *messages));
        });
    }
    group.finish();
}

criterion_group!(benches, parsing);
criterion_main!(benches);
