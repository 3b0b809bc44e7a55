//! The parser against messages, cut everywhere. What each input must give was asked of Node 25's own parser.

use super::*;

/// What came out, with the bodies of one message joined.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Head { line: String, fields: Vec<(String, String)>, keep_alive: bool, upgrade: bool },
    Body(Vec<u8>),
    Complete(Vec<(String, String)>),
    Upgrade(usize),
    Error(Code, &'static str, usize),
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn fields(head: &Head) -> Vec<(String, String)> {
    head.fields().map(|(name, value)| (text(name), text(value))).collect()
}

/// Feeds the pieces; offsets are those in the whole input.
fn parse(kind: Kind, limits: Limits, pieces: &[&[u8]]) -> Vec<Seen> {
    let mut parser = Parser::new(kind, limits);
    let mut seen = Vec::new();
    let mut before = 0;
    for piece in pieces {
        let mut at = 0;
        loop {
            match parser.next(piece, &mut at) {
                Event::More => break,
                Event::Head => {
                    let head = parser.take_head();
                    let line = match kind {
                        Kind::Request => format!("{} {}", head.method.name(), text(head.target())),
                        Kind::Response => format!("{} {}", head.status, text(head.reason())),
                    };
                    let line = format!("{line} {}.{}", head.version_major, head.version_minor);
                    if head.upgrade {
                        parser.reply(Reply::Upgrade);
                    }
                    seen.push(Seen::Head { line, fields: fields(&head), keep_alive: head.keep_alive, upgrade: head.upgrade });
                }
                Event::Body(range) => match seen.last_mut() {
                    Some(Seen::Body(body)) => body.extend_from_slice(&piece[range]),
                    _ => seen.push(Seen::Body(piece[range].to_vec())),
                },
                Event::Complete => seen.push(Seen::Complete(fields(&parser.take_head()))),
                Event::Upgrade => {
                    seen.push(Seen::Upgrade(before + at));
                    return seen;
                }
                Event::Error(error) => {
                    seen.push(Seen::Error(error.code, error.reason, before + error.bytes_parsed));
                    return seen;
                }
            }
        }
        before += piece.len();
    }
    match parser.finish() {
        Event::Complete => seen.push(Seen::Complete(Vec::new())),
        Event::Error(error) => seen.push(Seen::Error(error.code, error.reason, 0)),
        _ => {}
    }
    seen
}

fn requests(input: &[u8]) -> Vec<Seen> {
    parse(Kind::Request, Limits::default(), &[input])
}

fn responses(input: &[u8]) -> Vec<Seen> {
    parse(Kind::Response, Limits::default(), &[input])
}

fn error(kind: Kind, input: &[u8]) -> (&'static str, &'static str, usize) {
    match parse(kind, Limits::default(), &[input]).pop() {
        Some(Seen::Error(code, reason, at)) => (code.name(), reason, at),
        other => panic!("no error, but {other:?}"),
    }
}

fn head(line: &str, fields: &[(&str, &str)]) -> Seen {
    let fields = fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Seen::Head { line: line.into(), fields, keep_alive: true, upgrade: false }
}

static MESSAGES: &[(Kind, &[u8])] = &[
    (Kind::Request, b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b?c#d HTTP/1.1\r\nHost: a\r\n\r\n"),
    (Kind::Request, b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloDELETE / HTTP/1.1\r\n\r\n"),
    (Kind::Request, b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n3;a=b;c=\"q\\\"x\"\r\nabc\r\n0\r\nT: 1\r\nU:\r\n\r\n"),
    (Kind::Request, b"GET http://u:p@host:80/p HTTP/1.0\r\nConnection: keep-alive\r\nA:   b  \t\r\n\r\n"),
    (Kind::Request, b"CONNECT host:443 HTTP/1.1\r\nHost: x\r\n\r\nrest"),
    (Kind::Request, b"GET /chat HTTP/1.1\r\nConnection: Upgrade, keep-alive\r\nUpgrade: websocket\r\n\r\nRAW"),
    (Kind::Request, b"PUT /a HTTP/1.1\r\nConnection: foo, close\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
    (Kind::Request, b"GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n"),
    (Kind::Request, b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    (Kind::Response, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
    (Kind::Response, b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
    (Kind::Response, b"HTTP/1.0 200 OK\r\n\r\nuntil the end"),
    (Kind::Response, b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nxyz"),
    (Kind::Response, b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n0123456789abcde\r\n0\r\n\r\n"),
];

#[test]
fn pipelined_requests_come_one_after_the_other() {
    assert_eq!(requests(MESSAGES[0].1), [head("GET / 1.1", &[("Host", "a")]), Seen::Complete(vec![]), head("GET /b?c#d 1.1", &[("Host", "a")]), Seen::Complete(vec![])]);
}

#[test]
fn a_body_of_known_length_ends_where_it_says() {
    assert_eq!(
        requests(MESSAGES[1].1),
        [head("POST /x 1.1", &[("Host", "a"), ("Content-Length", "5")]), Seen::Body(b"hello".to_vec()), Seen::Complete(vec![]), head("DELETE / 1.1", &[]), Seen::Complete(vec![])]
    );
}

#[test]
fn chunks_are_joined_and_trailers_kept() {
    assert_eq!(
        requests(MESSAGES[2].1),
        [head("POST / 1.1", &[("Transfer-Encoding", "gzip, chunked")]), Seen::Body(b"helloabc".to_vec()), Seen::Complete(vec![("T".into(), "1".into()), ("U".into(), String::new())])]
    );
}

#[test]
fn white_space_around_values_is_dropped() {
    assert_eq!(requests(MESSAGES[3].1)[0], head("GET http://u:p@host:80/p 1.0", &[("Connection", "keep-alive"), ("A", "b")]));
}

#[test]
fn after_connect_and_upgrade_the_rest_is_not_http() {
    assert_eq!(requests(MESSAGES[4].1).last(), Some(&Seen::Upgrade(MESSAGES[4].1.len() - 4)));
    assert_eq!(requests(MESSAGES[5].1).last(), Some(&Seen::Upgrade(MESSAGES[5].1.len() - 3)));
}

#[test]
fn a_declined_upgrade_goes_on_with_http() {
    let input = b"GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nGET /2 HTTP/1.1\r\n\r\n";
    let mut parser = Parser::new(Kind::Request, Limits::default());
    let mut at = 0;
    assert_eq!(parser.next(input, &mut at), Event::Head);
    parser.reply(Reply::NoUpgrade);
    assert_eq!(parser.next(input, &mut at), Event::Complete);
    assert_eq!(parser.next(input, &mut at), Event::Head);
    assert_eq!(parser.head().target(), b"/2");
}

#[test]
fn a_response_to_head_has_no_body() {
    let input = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let mut parser = Parser::new(Kind::Response, Limits::default());
    let mut at = 0;
    assert_eq!(parser.next(input, &mut at), Event::Head);
    parser.reply(Reply::NoBody);
    assert_eq!(parser.next(input, &mut at), Event::Complete);
    assert_eq!(parser.next(input, &mut at), Event::Head);
    assert_eq!(parser.next(input, &mut at), Event::Complete);
    assert_eq!(parser.next(input, &mut at), Event::More);
    assert!(parser.is_idle());
}

#[test]
fn nothing_may_follow_a_last_message() {
    assert_eq!(error(Kind::Request, MESSAGES[6].1).0, "HPE_CLOSED_CONNECTION");
}

#[test]
fn a_response_without_length_ends_with_the_connection() {
    assert_eq!(responses(MESSAGES[11].1)[1..], [Seen::Body(b"until the end".to_vec()), Seen::Complete(vec![])]);
}

#[test]
fn the_end_of_the_connection_in_a_message_is_an_error() {
    assert_eq!(error(Kind::Request, b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe").0, "HPE_INVALID_EOF_STATE");
    assert_eq!(error(Kind::Request, b"GET").0, "HPE_INVALID_EOF_STATE");
    assert_eq!(requests(b"\r\n\r\n"), []);
}

#[test]
fn malformed_requests_are_refused_with_nodes_words() {
    let cases: &[(&[u8], &str, &str, usize)] = &[
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING", "Transfer-Encoding can't be present with Content-Length", 54),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "HPE_INVALID_CONTENT_LENGTH", "Content-Length can't be present with Transfer-Encoding", 60),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING", "Invalid `Transfer-Encoding` header value", 44),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING", "Request has invalid `Transfer-Encoding`", 44),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "HPE_UNEXPECTED_CONTENT_LENGTH", "Duplicate Content-Length", 52),
        (b"GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", "HPE_CR_EXPECTED", "Missing expected CR after header value", 20),
        (b"GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n", "HPE_LF_EXPECTED", "Missing expected LF after header value", 21),
        (b"GET / HTTP/1.1\n\n", "HPE_INVALID_VERSION", "Expected CRLF after version", 15),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "HPE_INVALID_HEADER_TOKEN", "Unexpected whitespace after header value", 22),
        (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN", "Invalid header token", 17),
        (b"GET / HTTP/1.1\r\nConnection : b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN", "Invalid header field char", 27),
        (b"GET / HTTP/1.1\r\nA: \x01\r\n\r\n", "HPE_INVALID_HEADER_TOKEN", "Invalid header value char", 19),
        (b"GET / HTTP/1.1\r\n A: b\r\n\r\n", "HPE_UNEXPECTED_SPACE", "Unexpected space after start line", 17),
        (b"BOGUS / HTTP/1.1\r\n\r\n", "HPE_INVALID_METHOD", "Invalid method encountered", 1),
        (b"GET / HTTP/1.2\r\n\r\n", "HPE_INVALID_VERSION", "Invalid HTTP version", 14),
        (b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n", "HPE_INVALID_URL", "Invalid char in url path", 5),
        (b"GET / FTP/1.1\r\n\r\n", "HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/", 6),
        (b"POST / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n", "HPE_INVALID_CONTENT_LENGTH", "Invalid character in Content-Length", 34),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HPE_PAUSED_H2_UPGRADE", "Pause on PRI/Upgrade", 24),
    ];
    for &(input, code, reason, at) in cases {
        assert_eq!(error(Kind::Request, input), (code, reason, at), "{}", text(input));
    }
}

#[test]
fn malformed_chunks_are_refused() {
    let start = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let cases: &[(&[u8], &str)] = &[
        (b"x\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"1 \r\na\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"1\na\r\n", "HPE_CR_EXPECTED"),
        (b"1\r\nab\r\n", "HPE_STRICT"),
        (b"1\r\na\n", "HPE_CR_EXPECTED"),
        (b"11111111111111111\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"1; a\r\n", "HPE_STRICT"),
    ];
    for (chunk, code) in cases {
        let input = [start.as_slice(), chunk].concat();
        assert_eq!(error(Kind::Request, &input).0, *code, "{}", text(chunk));
    }
}

#[test]
fn heads_and_extensions_have_a_bound() {
    let long = |len| format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "x".repeat(len)).into_bytes();
    // The bound counts the target, the name and the value.
    assert!(matches!(requests(&long(16 * 1024 - 3))[0], Seen::Head { .. }));
    assert_eq!(error(Kind::Request, &long(16 * 1024 - 2)).0, "HPE_HEADER_OVERFLOW");

    let chunk = |len| {
        let text = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;{}\r\na\r\n0\r\n\r\n", "x".repeat(len));
        text.into_bytes()
    };
    assert_eq!(requests(&chunk(16 * 1024)).last(), Some(&Seen::Complete(vec![])));
    assert_eq!(error(Kind::Request, &chunk(16 * 1024 + 1)).0, "HPE_CHUNK_EXTENSIONS_OVERFLOW");
}

#[test]
fn fields_past_the_limit_are_dropped() {
    let input = b"GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nContent-Length: 1\r\n\r\nx";
    let limits = Limits { fields_max: 2, ..Limits::default() };
    let seen = parse(Kind::Request, limits, &[input]);
    assert_eq!(seen[0], head("GET / 1.1", &[("A", "1"), ("B", "2")]));
    assert_eq!(seen[1], Seen::Body(b"x".to_vec()));
}

#[test]
fn the_lenient_parser_takes_what_the_strict_one_refuses() {
    let limits = Limits { lenient: true, ..Limits::default() };
    let input = b"GET / HTTP/1.1\nA: b\n c\nD: \x01e\n\nGET /2 HTTP/1.1\r\n\r\n";
    let seen = parse(Kind::Request, limits, &[input]);
    assert_eq!(seen[0], head("GET / 1.1", &[("A", "b c"), ("D", "\u{1}e")]));
    assert_eq!(seen[2], head("GET /2 1.1", &[]));
}

/// Cut at every single place, and into single bytes, every message gives the same.
#[test]
fn where_the_input_is_cut_makes_no_difference() {
    for &(kind, input) in MESSAGES {
        let whole = parse(kind, Limits::default(), &[input]);
        for at in 1..input.len() {
            let cut = parse(kind, Limits::default(), &[&input[..at], &input[at..]]);
            assert_eq!(cut, whole, "{} cut at {at}", text(input));
        }
        let bytes: Vec<&[u8]> = input.chunks(1).collect();
        assert_eq!(parse(kind, Limits::default(), &bytes), whole, "{} byte by byte", text(input));
    }
}

#[test]
fn an_idle_parser_is_small() {
    assert!(size_of::<Parser>() <= 200, "{}", size_of::<Parser>());
}

mod property {
    use super::*;
    use proptest::prelude::*;

    /// Messages with damage: bytes overwritten, inserted, removed.
    fn damaged() -> impl Strategy<Value = (Kind, Vec<u8>)> {
        let edit = (any::<proptest::sample::Index>(), any::<u8>(), 0..3u8);
        (0..MESSAGES.len(), proptest::collection::vec(edit, 0..4)).prop_map(|(which, edits)| {
            let (kind, input) = MESSAGES[which];
            let mut input = input.to_vec();
            for (index, byte, what) in edits {
                let at = index.index(input.len());
                match what {
                    0 => input[at] = byte,
                    1 => input.insert(at, byte),
                    _ if input.len() > 1 => drop(input.remove(at)),
                    _ => {}
                }
            }
            (kind, input)
        })
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same(
            (kind, input) in damaged(),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6),
            lenient in any::<bool>(),
        ) {
            let limits = Limits { lenient, ..Limits::default() };
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
            cuts.push(0);
            cuts.push(input.len());
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &input[pair[0]..pair[1]]).collect();
            prop_assert_eq!(parse(kind, limits, &pieces), parse(kind, limits, &[&input]));
        }

        #[test]
        fn no_input_makes_it_panic(pieces in proptest::collection::vec(any::<Vec<u8>>(), 0..8), request in any::<bool>()) {
            let kind = if request { Kind::Request } else { Kind::Response };
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            parse(kind, Limits::default(), &pieces);
        }
    }
}
