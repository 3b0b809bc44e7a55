//! The parser's front: what goes in, what comes out, and the order of a message's parts.
//!
//! The states of the request and status line are in `start_line`, those of fields in `fields`, those of a chunked
//! body in `chunks`. Every state takes as many bytes as it can and remembers nothing of the input but what a head
//! needs, so input may be cut anywhere (a test cuts it everywhere).

use std::ops::Range;

use super::{Code, Head, Method, ParseError};

/// Which side's messages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Request,
    Response,
}

/// What a parser accepts.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of target, names and values of one head (or of one trailer section); at this many it is refused.
    /// Node's `--max-http-header-size`, 16 KiB.
    pub head_len_max: u32,
    /// Fields kept; more are read and dropped. 0: no limit. Node keeps 1000.
    pub fields_max: u32,
    /// `insecureHTTPParser`: accept what broken peers send, at the price of request smuggling.
    pub lenient: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head_len_max: 16 * 1024, fields_max: 1000, lenient: false }
    }
}

/// What the parser found next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// All input was taken; feed more.
    More,
    /// A head is whole: [`Parser::take_head`], and [`Parser::reply`] if the body is not to be read as it says.
    Head,
    /// Body bytes: this range of the input.
    Body(Range<usize>),
    /// The message is whole; what trailers it had are in [`Parser::take_head`].
    Complete,
    /// The message was the last of HTTP: the rest of the input belongs to another protocol.
    Upgrade,
    /// The message is refused; the parser reports the same again from now on.
    Error(ParseError),
}

/// What the receiver of a head decides about the body that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The body is what the head says.
    Normal,
    /// There is no body, whatever the head says: a response to HEAD.
    NoBody,
    /// The connection changes protocol after this head.
    Upgrade,
    /// The head asked for another protocol, and nobody wants it: go on with HTTP.
    NoUpgrade,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Start,
    // start_line
    Method,
    SpaceBeforeTarget,
    SpacesBeforeTarget,
    Target(Target),
    TargetCr,
    AfterTarget,
    /// After a target that ended its line: no version follows.
    AfterTarget0_9,
    SpacesBeforeProtocol,
    Protocol,
    ProtocolSlash,
    Major,
    Dot,
    Minor,
    LineEnd,
    LineLf,
    Preface,
    SpaceBeforeStatus,
    Status,
    AfterStatus,
    Reason,
    ReasonLf,
    // fields
    FieldsStart,
    FieldStart,
    Name,
    NameSpaces,
    ValueSpaces,
    ValueEmptyLf,
    ValueEmptyFold,
    Value(Value),
    ValueLf,
    ValueFold,
    FieldsLf,
    // bodies
    HeadDone,
    ChunkSizeStart,
    ChunkSize,
    ChunkSizeEnd,
    ChunkLf,
    ExtensionStart,
    ExtensionName,
    ExtensionValue,
    ExtensionQuoted,
    ExtensionEscape,
    ExtensionQuotedEnd,
    ChunkData,
    ChunkDataCr,
    ChunkDataLf,
    BodyLength,
    BodyToEnd,
    // ends
    Complete,
    CompleteUpgrade,
    Upgraded,
    Cleanup,
    Closed,
    Failed(ParseError),
}

/// Parts of a request target, as far as they differ in what may stand in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Start,
    Scheme,
    /// After the colon, this many slashes seen.
    SchemeEnd(u8),
    Host,
    HostAfterAt,
    Path,
    Query,
    Fragment,
}

/// Parts of the values whose meaning the parser must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Start,
    General,
    Chunked,
    ChunkedEnd,
    Coding,
    CodingSpaces,
    Length,
    LengthEnd,
    Connection,
    /// Inside one of the words of `Connection` that matter.
    ConnectionWord(Special),
    ConnectionEnd,
    ConnectionToken,
    Lenient,
}

/// What is special about the field that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    None,
    Connection,
    Length,
    Encoding,
    Upgrade,
    KeepAlive,
    Close,
    ConnectionUpgrade,
    Chunked,
}

/// Which part of the input is being collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    None,
    Line,
    Name,
    Value,
    Extension,
}

pub(super) mod flag {
    pub const KEEP_ALIVE: u16 = 1;
    pub const CLOSE: u16 = 1 << 1;
    pub const CONNECTION_UPGRADE: u16 = 1 << 2;
    pub const CHUNKED: u16 = 1 << 3;
    pub const UPGRADE: u16 = 1 << 4;
    pub const LENGTH: u16 = 1 << 5;
    pub const NO_BODY: u16 = 1 << 6;
    pub const TRAILERS: u16 = 1 << 7;
    pub const ENCODING: u16 = 1 << 8;
}

/// What one state did.
pub(super) enum Step {
    Again,
    More,
    Event(Event),
    Fail(Code, &'static str),
}

/// A connection's parser. It holds no input; between messages it holds no memory beyond itself.
#[derive(Debug)]
pub struct Parser {
    pub(super) kind: Kind,
    pub(super) state: State,
    pub(super) special: Special,
    pub(super) span: Span,
    /// Progress in a literal that may be cut by the end of the input.
    pub(super) index: u8,
    pub(super) flags: u16,
    upgrade: bool,
    /// A message has begun and is not complete: the end of the connection would cut it.
    in_message: bool,
    to_end: bool,
    /// Bytes left of the body or of the chunk; while the head is read, the content length.
    pub(super) remaining: u64,
    /// Bytes of the head, or of the chunk extensions, so far.
    pub(super) head_len: u32,
    pub(super) extensions_len: u32,
    pub(super) limits: Limits,
    pub(super) head: Head,
    pub(super) major: u8,
    pub(super) minor: u8,
    pub(super) status: u16,
    pub(super) method: Method,
    /// Where in the input the collected part begins; only of use while one call runs.
    pub(super) from: usize,
    /// The beginning of a method that the end of the input cut.
    pub(super) word: [u8; 16],
}

impl Parser {
    pub fn new(kind: Kind, limits: Limits) -> Self {
        Self {
            kind,
            state: State::Start,
            special: Special::None,
            span: Span::None,
            index: 0,
            flags: 0,
            upgrade: false,
            in_message: false,
            to_end: false,
            remaining: 0,
            head_len: 0,
            extensions_len: 0,
            limits,
            head: Head::default(),
            major: 0,
            minor: 0,
            status: 0,
            method: Method::GET,
            from: 0,
            word: [0; 16],
        }
    }

    /// Reads on in `input` from `at`, which is moved past what was taken. Call until it says [`Event::More`] (then
    /// all was taken), [`Event::Upgrade`] or [`Event::Error`].
    pub fn next(&mut self, input: &[u8], at: &mut usize) -> Event {
        self.from = *at;
        loop {
            match self.step(input, at) {
                Step::Again => {}
                Step::Event(event) => return event,
                Step::More => match self.collect(&input[self.from.min(input.len())..]) {
                    Ok(()) => return Event::More,
                    Err((code, reason)) => return self.fail(code, reason, *at),
                },
                Step::Fail(code, reason) => return self.fail(code, reason, *at),
            }
        }
    }

    /// The connection ended. `Complete` if that ends a body, `Error` if it cuts a message, `More` otherwise.
    pub fn finish(&mut self) -> Event {
        if let State::Failed(_) = self.state {
            return Event::More;
        }
        if self.to_end {
            self.to_end = false;
            self.in_message = false;
            self.state = State::Closed;
            return Event::Complete;
        }
        if self.in_message {
            return self.fail(Code::InvalidEofState, "Invalid EOF state", 0);
        }
        Event::More
    }

    /// The head after [`Event::Head`], or the trailers (a head without a line) after [`Event::Complete`].
    pub fn take_head(&mut self) -> Head {
        std::mem::take(&mut self.head)
    }

    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Between [`Event::Head`] and the next call of [`Parser::next`]: how to go on.
    pub fn reply(&mut self, reply: Reply) {
        match reply {
            Reply::Normal => {}
            Reply::NoBody => self.flags |= flag::NO_BODY,
            Reply::Upgrade => {
                self.upgrade = true;
                self.flags |= flag::NO_BODY;
            }
            Reply::NoUpgrade => self.upgrade = false,
        }
    }

    /// No message is begun: the connection is idle as far as reading goes.
    pub fn is_idle(&self) -> bool {
        !self.in_message
    }

    /// The head of the message that is being read is complete.
    pub fn is_past_head(&self) -> bool {
        self.in_message && matches!(self.state, State::BodyLength | State::BodyToEnd | State::HeadDone | State::Complete) || self.flags & flag::TRAILERS != 0 || self.in_chunks()
    }

    fn in_chunks(&self) -> bool {
        matches!(
            self.state,
            State::ChunkSizeStart
                | State::ChunkSize
                | State::ChunkSizeEnd
                | State::ChunkLf
                | State::ExtensionStart
                | State::ExtensionName
                | State::ExtensionValue
                | State::ExtensionQuoted
                | State::ExtensionEscape
                | State::ExtensionQuotedEnd
                | State::ChunkData
                | State::ChunkDataCr
                | State::ChunkDataLf
        )
    }

    fn step(&mut self, input: &[u8], at: &mut usize) -> Step {
        match self.state {
            State::HeadDone => self.begin_body(),
            State::BodyLength => {
                let range = self.take_body(input, at);
                if self.remaining == 0 {
                    self.state = State::Complete;
                }
                body_event(range)
            }
            State::BodyToEnd => {
                let range = *at..input.len();
                *at = input.len();
                body_event(range)
            }
            State::Complete => {
                self.in_message = false;
                self.state = if self.upgrade { State::Upgraded } else { State::Cleanup };
                Step::Event(Event::Complete)
            }
            State::CompleteUpgrade => {
                self.in_message = false;
                self.state = State::Upgraded;
                Step::Event(Event::Complete)
            }
            State::Upgraded => Step::Event(Event::Upgrade),
            State::Cleanup => {
                let again = self.keeps_alive() || self.limits.lenient;
                self.flags = 0;
                self.remaining = 0;
                self.head = Head::default();
                self.state = if again { State::Start } else { State::Closed };
                Step::Again
            }
            State::Failed(error) => Step::Event(Event::Error(error)),
            _ if *at >= input.len() => Step::More,
            State::Start => {
                while matches!(input.get(*at), Some(b'\r' | b'\n')) {
                    *at += 1;
                }
                if *at == input.len() {
                    return Step::More;
                }
                self.in_message = true;
                self.head_len = 0;
                self.extensions_len = 0;
                self.index = 0;
                self.state = match self.kind {
                    Kind::Request => State::Method,
                    Kind::Response => State::Protocol,
                };
                Step::Again
            }
            State::Closed => self.closed(input, at),
            state if state.is_field() => self.step_fields(input, at),
            state if state.is_line() => self.step_line(input, at),
            _ => self.step_chunks(input, at),
        }
    }

    fn closed(&mut self, input: &[u8], at: &mut usize) -> Step {
        while matches!(input.get(*at), Some(b'\r' | b'\n')) {
            *at += 1;
        }
        if *at == input.len() {
            return Step::More;
        }
        if self.limits.lenient {
            *at = input.len();
            return Step::More;
        }
        *at += 1;
        Step::Fail(Code::ClosedConnection, "Data after `Connection: close`")
    }

    /// All fields are read: the head goes out, and the next step reads the body.
    pub(super) fn end_fields(&mut self) -> Step {
        if self.flags & flag::TRAILERS != 0 {
            self.head_len = 0;
            self.state = State::Complete;
            return Step::Again;
        }
        self.upgrade = if self.has(flag::UPGRADE) && self.has(flag::CONNECTION_UPGRADE) { self.kind == Kind::Request || self.status == 101 } else { self.is_connect() };
        self.head.version_major = self.major;
        self.head.version_minor = self.minor;
        self.head.status = self.status;
        self.head.method = self.method;
        self.head.upgrade = self.upgrade;
        self.head.keep_alive = self.keeps_alive();
        self.head.has_length = self.has(flag::LENGTH);
        self.head.has_encoding = self.has(flag::ENCODING);
        self.head_len = 0;
        self.state = State::HeadDone;
        Step::Event(Event::Head)
    }

    /// Decides how the body is framed (RFC 9112 section 6.3).
    fn begin_body(&mut self) -> Step {
        let status = self.status;
        let has_body = self.has(flag::CHUNKED) || self.remaining > 0;
        let response = self.kind == Kind::Response;
        self.head = Head::default();
        self.state = if self.upgrade && (self.is_connect() || self.has(flag::NO_BODY) || !has_body) || response && status == 101 {
            State::CompleteUpgrade
        } else if self.has(flag::NO_BODY) || response && matches!(status, 100 | 102 | 103 | 204 | 304) {
            // A message without a body does not change the protocol after it, whatever it asked for.
            self.upgrade = false;
            State::Complete
        } else if self.has(flag::CHUNKED) {
            State::ChunkSizeStart
        } else if self.has(flag::ENCODING) {
            if self.kind == Kind::Request && !self.limits.lenient {
                return Step::Fail(Code::InvalidTransferEncoding, "Request has invalid `Transfer-Encoding`");
            }
            self.to_end = true;
            State::BodyToEnd
        } else if !self.has(flag::LENGTH) && self.needs_end() {
            self.to_end = true;
            State::BodyToEnd
        } else if self.remaining == 0 {
            self.upgrade = false;
            State::Complete
        } else {
            State::BodyLength
        };
        Step::Again
    }

    /// The body has no length of its own: the end of the connection ends it.
    fn needs_end(&self) -> bool {
        if self.kind == Kind::Request {
            return false;
        }
        let status = self.status;
        if status / 100 == 1 || status == 204 || status == 304 || self.has(flag::NO_BODY) {
            return false;
        }
        if self.has(flag::ENCODING) && !self.has(flag::CHUNKED) {
            return true;
        }
        !self.has(flag::CHUNKED) && !self.has(flag::LENGTH)
    }

    fn keeps_alive(&self) -> bool {
        if self.major > 0 && self.minor > 0 {
            if self.has(flag::CLOSE) {
                return false;
            }
        } else if !self.has(flag::KEEP_ALIVE) {
            return false;
        }
        !self.needs_end()
    }

    fn is_connect(&self) -> bool {
        self.kind == Kind::Request && self.method == Method::CONNECT
    }

    pub(super) fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn take_body(&mut self, input: &[u8], at: &mut usize) -> Range<usize> {
        let left = input.len() - *at;
        let taken = usize::try_from(self.remaining).map_or(left, |remaining| remaining.min(left));
        let range = *at..*at + taken;
        *at += taken;
        self.remaining -= taken as u64;
        range
    }

    pub(super) fn begin_span(&mut self, span: Span, at: usize) {
        self.span = span;
        self.from = at;
    }

    /// The part that is being collected ends at `at`.
    pub(super) fn end_span(&mut self, input: &[u8], at: usize) -> Result<(), (Code, &'static str)> {
        let result = self.collect(&input[self.from..at]);
        self.span = Span::None;
        result
    }

    fn collect(&mut self, bytes: &[u8]) -> Result<(), (Code, &'static str)> {
        match self.span {
            Span::None => Ok(()),
            Span::Extension => {
                self.extensions_len = self.extensions_len.saturating_add(bytes.len() as u32);
                if self.extensions_len > EXTENSIONS_LEN_MAX {
                    return Err((Code::ChunkExtensionsOverflow, "Chunk extensions overflow"));
                }
                Ok(())
            }
            Span::Line | Span::Name | Span::Value => {
                self.head_len = self.head_len.saturating_add(bytes.len() as u32);
                if self.head_len >= self.limits.head_len_max {
                    return Err((Code::HeaderOverflow, "Header overflow"));
                }
                self.head.push(bytes);
                Ok(())
            }
        }
    }

    fn fail(&mut self, code: Code, reason: &'static str, bytes_parsed: usize) -> Event {
        let error = ParseError { code, reason, bytes_parsed };
        self.state = State::Failed(error);
        self.head = Head::default();
        Event::Error(error)
    }
}

impl State {
    fn is_field(self) -> bool {
        matches!(
            self,
            Self::FieldsStart
                | Self::FieldStart
                | Self::Name
                | Self::NameSpaces
                | Self::ValueSpaces
                | Self::ValueEmptyLf
                | Self::ValueEmptyFold
                | Self::Value(_)
                | Self::ValueLf
                | Self::ValueFold
                | Self::FieldsLf
        )
    }

    fn is_line(self) -> bool {
        matches!(
            self,
            Self::Method
                | Self::SpaceBeforeTarget
                | Self::SpacesBeforeTarget
                | Self::Target(_)
                | Self::TargetCr
                | Self::AfterTarget
                | Self::AfterTarget0_9
                | Self::SpacesBeforeProtocol
                | Self::Protocol
                | Self::ProtocolSlash
                | Self::Major
                | Self::Dot
                | Self::Minor
                | Self::LineEnd
                | Self::LineLf
                | Self::Preface
                | Self::SpaceBeforeStatus
                | Self::Status
                | Self::AfterStatus
                | Self::Reason
                | Self::ReasonLf
        )
    }
}

fn body_event(range: Range<usize>) -> Step {
    if range.is_empty() { Step::More } else { Step::Event(Event::Body(range)) }
}

/// Node's bound for the extensions of one chunk: they carry nothing anybody reads, and had no bound once.
const EXTENSIONS_LEN_MAX: u32 = 16 * 1024;
