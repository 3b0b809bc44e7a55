//! Both ends in one process, and bytes from no well-meaning peer.

use super::{
    frame::{self, Head, code, fault, flag, kind},
    hpack::{Decoder, Encoder, Field},
    huffman, *,
};

fn request_fields(method: &str) -> Vec<Field> {
    vec![Field::new(":method", method), Field::new(":scheme", "http"), Field::new(":path", "/"), Field::new(":authority", "localhost")]
}

/// A client and a server that have taken each other's settings.
fn pair() -> (Session, Session) {
    let (mut client, mut server) = (Session::new(Side::Client, Limits::default()), Session::new(Side::Server, Limits::default()));
    client.settings(Vec::new());
    server.settings(Vec::new());
    for _ in 0..2 {
        events(&mut server, &client.output(usize::MAX));
        events(&mut client, &server.output(usize::MAX));
    }
    (client, server)
}

fn events(session: &mut Session, bytes: &[u8]) -> Vec<Event> {
    let mut at = 0;
    let mut all = Vec::new();
    loop {
        match session.next(bytes, &mut at) {
            Event::More => return all,
            event => all.push(event),
        }
    }
}

fn raw(frame_kind: u8, flags: u8, id: u32, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    frame::put(frame_kind, flags, id, payload, &mut out);
    out
}

#[test]
fn huffman_round_trip() {
    let text: Vec<u8> = (0..=255).chain(*b"www.example.com").collect();
    let (mut coded, mut decoded) = (Vec::new(), Vec::new());
    huffman::encode(&text, &mut coded);
    assert_eq!(coded.len(), huffman::encoded_len(&text));
    huffman::decode(&coded, &mut decoded).expect("its own code");
    assert_eq!(decoded, text);
    // RFC 7541, C.4.1
    coded.clear();
    huffman::encode(b"www.example.com", &mut coded);
    assert_eq!(coded, [0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff]);
    // Padding of a whole byte, and padding that is not ones.
    assert_eq!(huffman::decode(&[0xff; 4], &mut Vec::new()), None);
    assert_eq!(huffman::decode(&[0x00, 0x00], &mut Vec::new()), None);
}

#[test]
fn hpack_examples() {
    // RFC 7541, C.4: three requests with one table.
    let blocks: [&[u8]; 2] =
        [&[0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff], &[0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf]];
    let mut decoder = Decoder::default();
    let mut fields = Vec::new();
    for block in blocks {
        decoder.decode(block, |field| fields.push(field)).expect("an example");
    }
    assert_eq!(fields[3], Field::new(":authority", "www.example.com"));
    assert_eq!(fields[8], Field::new("cache-control", "no-cache"));
    assert_eq!(decoder.table_size(), 110);

    let mut encoder = Encoder::new(4096);
    let mut out = Vec::new();
    encoder.encode(&fields[..4], &mut out);
    assert_eq!(out, blocks[0]);
}

#[test]
fn table_that_shrinks() {
    let (mut encoder, mut decoder) = (Encoder::new(4096), Decoder::default());
    let fields = vec![Field::new("x-name", "value"), Field::new("x-other", "value")];
    for size in [4096, 40, 0, 100, 4096] {
        encoder.allow(size);
        decoder.allow(size.max(40));
        let (mut block, mut back) = (Vec::new(), Vec::new());
        encoder.encode(&fields, &mut block);
        decoder.decode(&block, |field| back.push(field)).expect("sizes that were agreed on");
        assert_eq!(back, fields);
        assert_eq!(encoder.table_size(), decoder.table_size());
    }
    assert!(decoder.decode(&[0x3f, 0xe1, 0xff, 0x03], |_| {}).is_err());
}

#[test]
fn request_and_response() {
    let (mut client, mut server) = pair();
    let id = client.request(request_fields("POST"), true).expect("room");
    client.write(id, b"ping".to_vec());
    client.end(id, false);
    let got = events(&mut server, &client.output(usize::MAX));
    assert!(matches!(&got[0], Event::Headers { id: 1, category: Category::Request, fields, .. } if fields.len() == 4));
    assert!(matches!(got[1], Event::Data { id: 1, .. }));
    assert_eq!(got[2], Event::EndStream { id: 1 });
    assert!(server.respond(1, &[Field::new(":status", "200")], true));
    server.write(1, b"pong".to_vec());
    server.end(1, true);
    let out = server.output(usize::MAX);
    assert_eq!(server.pop_event(), Some(Event::WantTrailers { id: 1 }));
    let got = events(&mut client, &out);
    assert!(matches!(got[0], Event::Headers { category: Category::Response, .. }));
    assert!(server.trailers(1, &[Field::new("x-end", "1")]));
    let got = events(&mut client, &server.output(usize::MAX));
    assert!(matches!(got[0], Event::Headers { category: Category::Headers, .. }));
    assert_eq!(got[1..], [Event::EndStream { id: 1 }, Event::Closed { id: 1, code: 0 }]);
    assert_eq!(server.pop_event(), Some(Event::Closed { id: 1, code: 0 }));
}

#[test]
fn windows_hold_data_back() {
    let (mut client, mut server) = pair();
    let id = client.request(request_fields("POST"), true).expect("room");
    client.write(id, vec![1; 200_000]);
    client.end(id, false);
    let mut len = 0;
    for round in 0.. {
        assert!(round < 20, "the windows open again");
        let bytes = client.output(usize::MAX);
        let mut ended = false;
        for event in events(&mut server, &bytes) {
            match event {
                Event::Data { id, range } => {
                    len += range.len();
                    server.consume(id, range.len());
                }
                Event::EndStream { .. } => ended = true,
                _ => {}
            }
        }
        if round == 0 {
            assert_eq!(len, 65_535);
        }
        events(&mut client, &server.output(usize::MAX));
        if ended {
            break;
        }
    }
    assert_eq!(len, 200_000);
}

#[test]
fn byte_by_byte() {
    let (mut client, mut server) = pair();
    let mut fields = request_fields("GET");
    // Long enough for CONTINUATION.
    fields.extend((0..40).map(|at| Field::new(format!("x-{at}"), "~".repeat(1000))));
    client.request(fields.clone(), false).expect("room");
    let mut got = Vec::new();
    for byte in client.output(usize::MAX) {
        got.extend(events(&mut server, &[byte]));
    }
    assert!(matches!(&got[0], Event::Headers { fields: back, .. } if *back == fields));
    assert_eq!(got[1], Event::EndStream { id: 1 });
}

#[test]
fn more_streams_than_the_peer_takes() {
    let (mut client, mut server) = (Session::new(Side::Client, Limits::default()), Session::new(Side::Server, Limits::default()));
    server.settings(vec![(settings::id::MAX_CONCURRENT_STREAMS, 1)]);
    client.settings(Vec::new());
    events(&mut client, &server.output(usize::MAX));
    for _ in 0..2 {
        client.request(request_fields("GET"), false).expect("room");
    }
    let got = events(&mut server, &client.output(usize::MAX));
    assert_eq!(got.iter().filter(|event| matches!(event, Event::Headers { .. })).count(), 1);
    server.respond(1, &[Field::new(":status", "204")], false);
    events(&mut client, &server.output(usize::MAX));
    let got = events(&mut server, &client.output(usize::MAX));
    assert!(matches!(got[1], Event::Headers { id: 3, .. }), "{got:?}");
}

#[test]
fn malformed_messages_reset_their_stream() {
    for bad in [Field::new("connection", "close"), Field::new("Upper", "x"), Field::new(":path", "/again"), Field::new("te", "gzip"), Field::new("content-length", "x")] {
        let (mut client, mut server) = pair();
        let mut fields = request_fields("GET");
        fields.push(bad);
        client.request(fields, false).expect("room");
        assert_eq!(events(&mut server, &client.output(usize::MAX)), []);
        let got = events(&mut client, &server.output(usize::MAX));
        assert_eq!(got, [Event::Closed { id: 1, code: code::PROTOCOL_ERROR }]);
    }
}

#[test]
fn floods_end_the_session() {
    let failed = |events: &[Event], fault: i32| events.iter().any(|event| matches!(event, Event::Failed { fault: found, .. } if *found == fault));
    let (_, mut server) = pair();
    let pings = raw(kind::PING, 0, 0, &[0; 8]).repeat(1001);
    assert!(failed(&events(&mut server, &pings), fault::FLOODED));

    let (_, mut server) = pair();
    let mut block = raw(kind::HEADERS, 0, 1, &[]);
    block.extend(raw(kind::CONTINUATION, 0, 1, &[]).repeat(10));
    assert!(failed(&events(&mut server, &block), fault::TOO_MANY_CONTINUATIONS));

    // Streams that are opened and reset at once.
    let (mut client, mut server) = pair();
    let mut ended = false;
    for _ in 0..1001 {
        let id = client.request(request_fields("GET"), false).expect("room");
        client.reset(id, code::CANCEL);
        events(&mut server, &client.output(usize::MAX));
        ended |= server.is_over();
        let answer = server.output(usize::MAX);
        events(&mut client, &answer);
        if ended {
            break;
        }
    }
    assert!(ended);
}

#[test]
fn wrong_frames_end_the_session() {
    let cases: [(Vec<u8>, u32); 8] = [
        (raw(kind::DATA, 0, 0, b"x"), code::PROTOCOL_ERROR),
        (raw(kind::DATA, 0, 1, b"x"), code::PROTOCOL_ERROR),
        (raw(kind::PING, 0, 0, b"x"), code::FRAME_SIZE_ERROR),
        (raw(kind::SETTINGS, 0, 0, b"x"), code::FRAME_SIZE_ERROR),
        (raw(kind::HEADERS, flag::END_HEADERS, 1, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), code::COMPRESSION_ERROR),
        (raw(kind::HEADERS, flag::END_HEADERS | flag::PADDED, 1, &[9]), code::PROTOCOL_ERROR),
        (raw(kind::CONTINUATION, 0, 1, &[]), code::PROTOCOL_ERROR),
        (raw(kind::WINDOW_UPDATE, 0, 0, &[0; 4]), code::PROTOCOL_ERROR),
    ];
    for (bytes, wanted) in cases {
        let (mut client, mut server) = pair();
        events(&mut server, &bytes);
        assert!(server.is_over());
        let got = events(&mut client, &server.output(usize::MAX));
        assert!(matches!(got[0], Event::Goaway { code, .. } if code == wanted), "{bytes:?}: {got:?}");
    }
}

/// Damaged traffic neither panics nor hangs.
#[test]
fn damaged_bytes() {
    let (mut client, _) = pair();
    let id = client.request(request_fields("POST"), true).expect("room");
    client.write(id, vec![7; 300]);
    client.end(id, false);
    let mut bytes = raw(kind::SETTINGS, 0, 0, &[]);
    bytes.extend(client.output(usize::MAX));
    bytes.extend(raw(kind::RST_STREAM, 0, 1, &[0; 4]));
    let mut seed = 1u32;
    for _ in 0..20_000 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mut damaged = frame::PREFACE.to_vec();
        damaged.extend(&bytes);
        for turn in 0..3 {
            let at = frame::PREFACE.len() + (seed >> (turn * 4)) as usize % bytes.len();
            damaged[at] ^= (seed >> 13) as u8;
        }
        for side in [Side::Server, Side::Client] {
            let mut session = Session::new(side, Limits::default());
            events(&mut session, if side == Side::Server { &damaged } else { &damaged[frame::PREFACE.len()..] });
            session.output(usize::MAX);
        }
    }
    // A head of a frame alone.
    let mut head = Vec::new();
    Head { len: 0, kind: kind::HEADERS, flags: 0xff, id: 1 }.write(&mut head);
    let (_, mut server) = pair();
    events(&mut server, &head);
    assert!(server.is_over());
}
