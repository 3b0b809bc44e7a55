//! The state of one connection, without sockets or scripts: [`Session::next`] takes bytes and gives what happened,
//! the methods in `send.rs` say what is to be sent, and [`Session::output`] gives the bytes.
//!
//! The behaviour is nghttp2's where a script can tell: which stream errors end a stream and which the session, when windows are
//! replenished, in which order frames leave.

use std::collections::{BTreeMap, VecDeque};

use super::{
    frame::{self, HEADER_LEN, Head, code, fault, flag, kind},
    hpack::{Decoder, Encoder, Field},
    outgoing::Outgoing,
    settings::Settings,
    stream::{Phase, Stream, Window},
};

/// Which end of the connection this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Server,
    Client,
}

/// Bounds against hostile peers, and what the application wants.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Our table for compressing: `maxDeflateDynamicTableSize`.
    pub deflate_table_size_max: usize,
    /// Entries of one SETTINGS frame: `maxSettings`.
    pub settings_max: usize,
    /// Bytes of all that is kept for the peer: `maxSessionMemory`.
    pub memory_max: usize,
    /// Fields of one header block: `maxHeaderListPairs`.
    pub pairs_max: usize,
    /// Bytes of a header block that is sent: `maxSendHeaderBlockLength`.
    pub send_block_len_max: usize,
    /// Frames that are ignored because of their content: `maxSessionInvalidFrames`.
    pub invalid_frames_max: u32,
    /// Streams that the server promises at once: `maxReservedRemoteStreams`.
    pub reserved_max: usize,
    /// Streams that are turned away: `maxSessionRejectedStreams`.
    pub rejected_streams_max: u32,
    /// Streams the peer may reset at once, and how many more each second: `streamResetBurst`, `streamResetRate`.
    pub reset_burst: u64,
    pub reset_rate: u64,
    /// Before the peer says how many: `peerMaxConcurrentStreams`.
    pub peer_streams_max: u32,
    pub padding: Padding,
    /// Whether white space around field values is refused: `strictFieldWhitespaceValidation`.
    pub strict_whitespace: bool,
    /// Settings that the application wants to hear of: `remoteCustomSettings`.
    pub custom_settings: Vec<u16>,
}

/// How frames are made longer than they must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    None,
    /// To a multiple of eight bytes.
    Aligned,
    /// As far as it goes.
    Max,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deflate_table_size_max: 4096,
            settings_max: 32,
            memory_max: 10_000_000,
            pairs_max: 128,
            send_block_len_max: 65_536,
            invalid_frames_max: 1000,
            reserved_max: 200,
            rejected_streams_max: 100,
            reset_burst: 1000,
            reset_rate: 33,
            peer_streams_max: 100,
            padding: Padding::None,
            strict_whitespace: true,
            custom_settings: Vec::new(),
        }
    }
}

/// Answers to PING and SETTINGS that wait for the peer to read: more is a flood.
pub(super) const ACKS_MAX: usize = 1000;
/// CONTINUATION frames of one header block.
pub(super) const CONTINUATIONS_MAX: u32 = 8;
/// Bytes of one compressed header block, whatever its limits.
pub(super) const BLOCK_LEN_MAX: usize = 1 << 20;

/// What a header block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    Request,
    Response,
    /// The response to a request that the server made up itself.
    PushResponse,
    /// Informational headers after the first, and trailers.
    Headers,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// All bytes are taken.
    More,
    Headers {
        id: u32,
        category: Category,
        fields: Vec<Field>,
        flags: u8,
    },
    /// `id` is the stream that is promised.
    PushPromise {
        id: u32,
        fields: Vec<Field>,
        flags: u8,
    },
    /// Where the data is in the bytes that were given.
    Data {
        id: u32,
        range: std::ops::Range<usize>,
    },
    /// The peer sends no more on this stream.
    EndStream {
        id: u32,
    },
    /// Both sides are done, or one has given up.
    Closed {
        id: u32,
        code: u32,
    },
    Priority {
        id: u32,
        parent: u32,
        weight: u16,
        exclusive: bool,
    },
    Settings,
    /// The peer has taken our oldest settings.
    SettingsAck,
    Ping([u8; 8]),
    PingAck([u8; 8]),
    Goaway {
        code: u32,
        last: u32,
        data: Vec<u8>,
    },
    AltSvc {
        id: u32,
        origin: Vec<u8>,
        value: Vec<u8>,
    },
    Origin(Vec<Vec<u8>>),
    /// All data is sent; trailers may follow.
    WantTrailers {
        id: u32,
    },
    /// A frame of ours was not sent.
    NotSent {
        kind: u8,
        id: u32,
        fault: i32,
    },
    /// The session cannot go on; a number of nghttp2's. `code` is Node's own for it, where it has one.
    Failed {
        fault: i32,
        code: Option<&'static str>,
    },
}

/// A connection.
pub struct Session {
    pub(super) side: Side,
    pub(super) limits: Limits,
    pub(super) decoder: Decoder,
    pub(super) encoder: Encoder,
    /// What we have told, as far as the peer has taken it; and what it has not yet.
    pub(super) local: Settings,
    pub(super) local_pending: VecDeque<Vec<(u16, u32)>>,
    pub(super) remote: Settings,
    pub(super) streams: BTreeMap<u32, Stream>,
    pub(super) send_window: i64,
    pub(super) recv: Window,
    /// The next stream we open.
    pub(super) next_id: u32,
    /// The last stream the peer opened, and the last that was told to the application.
    pub(super) last_peer_id: u32,
    pub(super) last_processed_id: u32,
    pub(super) events: VecDeque<Event>,
    pub(super) reading: Reading,
    /// Frames that are complete.
    pub(super) out: Vec<u8>,
    /// Of these, answers to the peer.
    pub(super) acks: usize,
    /// Streams with something to send, in turn.
    pub(super) ready: VecDeque<u32>,
    /// Requests the peer does not take yet.
    pub(super) waiting: VecDeque<(u32, Vec<Field>, bool)>,
    /// Streams the peer opened and we opened that are not closed.
    pub(super) peer_open: u32,
    pub(super) own_open: u32,
    /// A GOAWAY came: streams above it are not begun.
    pub(super) goaway_received: bool,
    pub(super) goaway_sent: bool,
    /// Nothing is read any more.
    pub(super) is_over: bool,
    pub(super) invalid_frames: u32,
    /// The peer has told settings: until then it may say nothing of how many streams it takes.
    pub(super) has_settings: bool,
    pub(super) rejected_streams: u32,
    /// Resets that the peer may still send, and when they were last topped up, in seconds.
    pub(super) resets_left: u64,
    pub(super) resets_at_s: u64,
    /// The time, as the owner last told it.
    pub now_s: u64,
    pub frames_received: u32,
    pub frames_sent: u32,
    /// Data of all streams that waits to be sent.
    pub(super) data_len: usize,
    /// The next frame is the last GOAWAY: streams need no end of their own.
    pub terminating: bool,
    /// Told with the next output: streams that we have reset or ended, and frames that were not sent.
    pub(super) resets: Vec<(u32, u32)>,
    pub(super) ended: Vec<u32>,
    pub(super) not_sent: Vec<Event>,
    /// Streams whose window update is on its way; 0 is the connection.
    pub(super) updated: Vec<u32>,
}

/// How far reading has come.
#[derive(Debug)]
pub(super) enum Reading {
    /// This many bytes of the preface are there.
    Preface(usize),
    /// The head of a frame, as far as it came; the first must be SETTINGS.
    Head {
        bytes: Vec<u8>,
        first: bool,
    },
    /// The payload of a frame that is told in one piece.
    Payload {
        head: Head,
        bytes: Vec<u8>,
    },
    /// The payload of DATA: what is left of it, and the padding behind it.
    Data {
        id: u32,
        left: usize,
        padding: usize,
        flags: u8,
        tell: bool,
    },
    /// The byte that says how long the padding is.
    PadLength {
        head: Head,
    },
    Skip {
        left: usize,
    },
    /// Between the frames of a header block.
    Block(Block),
}

/// A header block that is not complete.
#[derive(Debug)]
pub(super) struct Block {
    pub head: Head,
    pub promised: u32,
    pub bytes: Vec<u8>,
    pub continuations: u32,
    /// The head of the next frame, as far as it came.
    pub next: Vec<u8>,
    pub part: Option<Head>,
}

impl Session {
    pub fn new(side: Side, limits: Limits) -> Self {
        let remote = Settings { max_concurrent_streams: limits.peer_streams_max, ..Settings::default() };
        let mut out = Vec::new();
        if side == Side::Client {
            out.extend_from_slice(frame::PREFACE);
        }
        Self {
            side,
            decoder: Decoder::default(),
            encoder: Encoder::new(limits.deflate_table_size_max),
            local: Settings::default(),
            local_pending: VecDeque::new(),
            remote,
            streams: BTreeMap::new(),
            send_window: 65_535,
            recv: Window::new(65_535),
            next_id: if side == Side::Client { 1 } else { 2 },
            last_peer_id: 0,
            last_processed_id: 0,
            events: VecDeque::new(),
            reading: match side {
                Side::Server => Reading::Preface(0),
                Side::Client => Reading::Head { bytes: Vec::new(), first: true },
            },
            out,
            acks: 0,
            ready: VecDeque::new(),
            waiting: VecDeque::new(),
            peer_open: 0,
            own_open: 0,
            goaway_received: false,
            goaway_sent: false,
            is_over: false,
            invalid_frames: 0,
            has_settings: false,
            rejected_streams: 0,
            resets_left: limits.reset_burst,
            resets_at_s: 0,
            now_s: 0,
            limits,
            frames_received: 0,
            frames_sent: 0,
            data_len: 0,
            terminating: false,
            resets: Vec::new(),
            ended: Vec::new(),
            not_sent: Vec::new(),
            updated: Vec::new(),
        }
    }

    /// What happens next with these bytes from `at` on.
    pub fn next(&mut self, bytes: &[u8], at: &mut usize) -> Event {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            if *at >= bytes.len() || self.is_over {
                *at = bytes.len();
                return Event::More;
            }
            self.step(bytes, at);
        }
    }

    /// What has happened without bytes from the peer.
    pub fn pop_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Takes the next part of a frame.
    fn step(&mut self, bytes: &[u8], at: &mut usize) {
        let rest = &bytes[*at..];
        match &mut self.reading {
            Reading::Preface(seen) => {
                let wanted = &frame::PREFACE[*seen..];
                let len = wanted.len().min(rest.len());
                if wanted[..len] != rest[..len] {
                    self.is_over = true;
                    self.events.push_back(Event::Failed { fault: fault::BAD_CLIENT_MAGIC, code: None });
                    return;
                }
                *seen += len;
                *at += len;
                if *seen == frame::PREFACE.len() {
                    self.reading = Reading::Head { bytes: Vec::new(), first: true };
                }
            }
            Reading::Head { bytes: head, first } => {
                let first = *first;
                if let Some(head) = fill_head(head, rest, at) {
                    self.begin_frame(head, first);
                }
            }
            Reading::Payload { head, bytes: payload } => {
                let head = *head;
                let len = (head.len - payload.len()).min(rest.len());
                payload.extend_from_slice(&rest[..len]);
                *at += len;
                if payload.len() == head.len {
                    let payload = std::mem::take(payload);
                    self.reading = next_head();
                    self.payload(head, payload);
                }
            }
            Reading::PadLength { head } => {
                let (head, padding) = (*head, usize::from(rest[0]));
                *at += 1;
                if padding >= head.len {
                    self.fail(code::PROTOCOL_ERROR, fault::PROTO);
                    return;
                }
                self.begin_data(head, padding, 1);
            }
            Reading::Data { id, left, tell, .. } => {
                let len = (*left).min(rest.len());
                let (id, tell) = (*id, *tell);
                *left -= len;
                let start = *at;
                *at += len;
                self.data(id, start..start + len, tell);
            }
            Reading::Skip { left } => {
                let len = (*left).min(rest.len());
                *left -= len;
                *at += len;
                if *left == 0 {
                    self.reading = next_head();
                }
            }
            Reading::Block(block) => match block.part {
                None => {
                    if let Some(head) = fill_head(&mut block.next, rest, at) {
                        self.begin_continuation(head);
                    }
                }
                Some(_) => {
                    let part = block.part.as_mut().map_or(0, |part| {
                        let len = part.len.min(rest.len());
                        part.len -= len;
                        len
                    });
                    block.bytes.extend_from_slice(&rest[..part]);
                    *at += part;
                    self.continue_block();
                }
            },
        }
        // Frames that have nothing (more) to wait for.
        self.finish_empty();
    }

    /// The peer is told why, and nothing more is read.
    pub(super) fn fail(&mut self, code: u32, fault: i32) {
        self.terminate(code);
        self.invalid(fault);
    }

    pub(super) fn terminate(&mut self, code: u32) {
        if !self.goaway_sent {
            self.goaway(code, self.last_processed_id, &[]);
        }
        self.is_over = true;
    }

    /// Counts a frame that could not be used; those of a kind that tell of a broken peer end the session.
    pub(super) fn invalid(&mut self, fault: i32) {
        let before = self.invalid_frames;
        self.invalid_frames += 1;
        if before > self.limits.invalid_frames_max {
            self.is_over = true;
            self.events.push_back(Event::Failed { fault: fault::CALLBACK_FAILURE, code: Some("ERR_HTTP2_TOO_MANY_INVALID_FRAMES") });
        } else if fault < -900 || fault == fault::STREAM_CLOSED || fault == fault::PROTO {
            self.events.push_back(Event::Failed { fault, code: None });
        }
    }

    /// Cannot go on, and cannot say so.
    pub(super) fn break_off(&mut self, fault: i32) {
        self.is_over = true;
        self.events.push_back(Event::Failed { fault, code: None });
    }

    /// Whether a stream's number is of those that the peer opens.
    pub(super) fn is_peers(&self, id: u32) -> bool {
        (id % 2 == 1) == (self.side == Side::Server)
    }

    /// Whether the stream has not begun yet.
    pub(super) fn is_idle(&self, id: u32) -> bool {
        if self.is_peers(id) { id > self.last_peer_id } else { id >= self.next_id }
    }

    /// Takes a stream off the list and tells so.
    pub(super) fn close_stream(&mut self, id: u32, code: u32) {
        let Some(stream) = self.streams.remove(&id) else { return };
        let counts = matches!(stream.phase, Phase::Open);
        if counts {
            if self.is_peers(id) {
                self.peer_open = self.peer_open.saturating_sub(1);
            } else {
                self.own_open = self.own_open.saturating_sub(1);
            }
        }
        self.data_len = self.data_len.saturating_sub(stream.outgoing.len());
        self.events.push_back(Event::Closed { id, code });
    }

    /// Closes a stream that is closed on both sides.
    pub(super) fn close_if_done(&mut self, id: u32) {
        if self.streams.get(&id).is_some_and(|stream| stream.local_closed && stream.remote_closed) {
            self.close_stream(id, code::NO_ERROR);
        }
    }

    /// A new stream.
    pub(super) fn open(&mut self, id: u32, phase: Phase) -> &mut Stream {
        let (send, recv) = (i64::from(self.remote.initial_window_size), i64::from(self.local.initial_window_size));
        if phase == Phase::Open {
            if self.is_peers(id) {
                self.peer_open += 1;
            } else {
                self.own_open += 1;
            }
        }
        let stream = Stream {
            phase,
            local_closed: false,
            remote_closed: false,
            head_received: false,
            head_sent: false,
            is_reset: false,
            send_window: send,
            recv: Window::new(recv),
            outgoing: Outgoing::default(),
            expected_len: None,
            received_len: 0,
            is_head: false,
            is_connect: false,
            status: 0,
        };
        self.streams.remove(&id);
        self.streams.entry(id).or_insert(stream)
    }

    /// Bytes that are kept on behalf of the peer.
    pub fn memory(&self) -> usize {
        self.out.len() + self.data_len + self.decoder.table_size() + self.encoder.table_size() + self.streams.len() * STREAM_SIZE + self.events.len() * 64
    }
}

/// What a stream counts in [`Session::memory`].
const STREAM_SIZE: usize = 1024;

/// The state between frames.
pub(super) fn next_head() -> Reading {
    Reading::Head { bytes: Vec::new(), first: false }
}

/// Collects the head of a frame.
fn fill_head(head: &mut Vec<u8>, rest: &[u8], at: &mut usize) -> Option<Head> {
    let len = (HEADER_LEN - head.len()).min(rest.len());
    head.extend_from_slice(&rest[..len]);
    *at += len;
    let whole: [u8; HEADER_LEN] = head.as_slice().try_into().ok()?;
    head.clear();
    Some(Head::parse(&whole))
}

/// Whether a frame of this kind keeps DATA's flag for the end.
pub(super) fn ends_stream(flags: u8) -> bool {
    flags & flag::END_STREAM != 0
}

/// Kinds whose payload is a header block.
pub(super) fn has_block(frame_kind: u8) -> bool {
    matches!(frame_kind, kind::HEADERS | kind::PUSH_PROMISE)
}
