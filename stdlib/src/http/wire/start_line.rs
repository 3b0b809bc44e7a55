//! The request line and the status line (RFC 9112 sections 3 and 4).

use super::chars;
use super::method::Recognised;
use super::parser::{Span, State, Step, Target};
use super::{Code, Kind, Method, Parser};

impl Parser {
    pub(super) fn step_line(&mut self, input: &[u8], at: &mut usize) -> Step {
        let byte = input[*at];
        match self.state {
            State::Method => self.method(input, at),
            State::SpaceBeforeTarget => {
                if byte != b' ' {
                    return Step::Fail(Code::InvalidMethod, "Expected space after method");
                }
                *at += 1;
                self.state = State::SpacesBeforeTarget;
                Step::Again
            }
            State::SpacesBeforeTarget => {
                if byte == b' ' {
                    *at += 1;
                    return Step::Again;
                }
                self.begin_span(Span::Line, *at);
                self.state = State::Target(if self.method == Method::CONNECT { Target::Host } else { Target::Start });
                Step::Again
            }
            State::Target(part) => self.target(part, input, at),
            State::TargetCr => {
                if byte != b'\n' {
                    return Step::Fail(Code::InvalidUrl, "Expected CRLF");
                }
                *at += 1;
                self.state = State::AfterTarget0_9;
                Step::Again
            }
            State::AfterTarget | State::AfterTarget0_9 => {
                if matches!(byte, b'\t' | 0x0c) {
                    *at += 1;
                    return Step::Fail(Code::InvalidUrl, "Invalid characters in url");
                }
                if self.state == State::AfterTarget {
                    self.state = State::SpacesBeforeProtocol;
                } else {
                    self.http_0_9();
                }
                Step::Again
            }
            State::SpacesBeforeProtocol => {
                if byte == b' ' {
                    *at += 1;
                } else {
                    self.index = 0;
                    self.state = State::Protocol;
                }
                Step::Again
            }
            State::Protocol => self.protocol(input, at),
            State::ProtocolSlash => {
                if byte != b'/' {
                    return Step::Fail(Code::InvalidConstant, PROTOCOL_EXPECTED);
                }
                *at += 1;
                self.state = State::Major;
                Step::Again
            }
            State::Major | State::Dot | State::Minor => self.version(byte, at),
            State::LineEnd => match byte {
                b'\r' => {
                    *at += 1;
                    self.state = State::LineLf;
                    Step::Again
                }
                b'\n' if self.limits.lenient => {
                    *at += 1;
                    self.state = State::LineLf;
                    Step::Again
                }
                b'\n' => {
                    *at += 1;
                    Step::Fail(Code::InvalidVersion, "Expected CRLF after version")
                }
                _ => Step::Fail(Code::InvalidVersion, "Expected CRLF after version"),
            },
            State::LineLf => {
                if byte == b'\n' {
                    *at += 1;
                } else if !self.limits.lenient {
                    return Step::Fail(Code::Strict, "Expected CRLF after version");
                }
                self.end_line();
                Step::Again
            }
            State::Preface => self.preface(byte, at),
            State::SpaceBeforeStatus => {
                if byte != b' ' {
                    return Step::Fail(Code::InvalidVersion, "Expected space after version");
                }
                *at += 1;
                self.index = 0;
                self.status = 0;
                self.state = State::Status;
                Step::Again
            }
            State::Status => {
                if !byte.is_ascii_digit() {
                    return Step::Fail(Code::InvalidStatus, "Invalid status code");
                }
                *at += 1;
                self.status = self.status * 10 + u16::from(byte - b'0');
                self.index += 1;
                if self.index == 3 {
                    self.state = State::AfterStatus;
                }
                Step::Again
            }
            State::AfterStatus => self.after_status(byte, at),
            State::Reason => self.reason(input, at),
            State::ReasonLf => {
                if matches!(byte, b'\r' | b'\n') {
                    *at += 1;
                } else if !self.limits.lenient {
                    return Step::Fail(Code::Strict, "Expected LF after CR");
                }
                self.end_line();
                Step::Again
            }
            _ => Step::More,
        }
    }

    fn method(&mut self, input: &[u8], at: &mut usize) -> Step {
        let begun = usize::from(self.index);
        let recognised = if begun == 0 {
            let rest = &input[*at..];
            Method::recognise(&rest[..rest.len().min(self.word.len())])
        } else {
            let more = (input.len() - *at).min(self.word.len() - begun);
            self.word[begun..begun + more].copy_from_slice(&input[*at..*at + more]);
            Method::recognise(&self.word[..begun + more])
        };
        match recognised {
            Recognised::Prefix => {
                if begun == 0 {
                    let rest = &input[*at..];
                    self.word[..rest.len()].copy_from_slice(rest);
                }
                self.index += (input.len() - *at) as u8;
                *at = input.len();
                Step::More
            }
            Recognised::Whole(method) => {
                *at += method.name().len() - begun;
                self.method = method;
                self.state = State::SpaceBeforeTarget;
                Step::Again
            }
            Recognised::Mismatch(index) => {
                *at += index - begun;
                Step::Fail(Code::InvalidMethod, "Invalid method encountered")
            }
        }
    }

    /// The request target. Which bytes are refused, and with which words, depends on the part they stand in.
    fn target(&mut self, part: Target, input: &[u8], at: &mut usize) -> Step {
        match part {
            Target::Path | Target::Query => *at += chars::run(&input[*at..], chars::is_url),
            Target::Fragment => *at += chars::run(&input[*at..], |byte| chars::is_url(byte) || byte == b'?' || byte == b'#'),
            Target::Host | Target::HostAfterAt => {
                let run = chars::run(&input[*at..], |byte| chars::is_host(byte) && byte != b'/');
                *at += run;
                if run > 0 && part == Target::HostAfterAt {
                    self.state = State::Target(Target::Host);
                    return Step::Again;
                }
            }
            Target::Scheme => *at += chars::run(&input[*at..], |byte| byte.is_ascii_alphabetic()),
            Target::Start | Target::SchemeEnd(_) => {}
        }
        let Some(&byte) = input.get(*at) else { return Step::More };
        if matches!(byte, b'\t' | 0x0c) && part != Target::SchemeEnd(1) {
            *at += 1;
            return Step::Fail(Code::InvalidUrl, "Invalid characters in url");
        }
        let next = match (part, byte) {
            (Target::Start | Target::Scheme | Target::SchemeEnd(0), b' ' | b'\r' | b'\n') => {
                *at += 1;
                return Step::Fail(Code::InvalidUrl, "Invalid characters in url");
            }
            (_, b' ' | b'\r' | b'\n') if !matches!(part, Target::SchemeEnd(_)) => return self.end_target(input, at),
            (Target::Start, b'/' | b'*') => Target::Path,
            (Target::Start, b'a'..=b'z' | b'A'..=b'Z') => {
                self.state = State::Target(Target::Scheme);
                return Step::Again;
            }
            (Target::Start, _) => return Step::Fail(Code::InvalidUrl, "Unexpected start char in url"),
            (Target::Scheme, b':') => Target::SchemeEnd(0),
            (Target::SchemeEnd(0), b'/') => Target::SchemeEnd(1),
            (Target::SchemeEnd(_), b'/') => Target::Host,
            (Target::Scheme | Target::SchemeEnd(_), _) => {
                return Step::Fail(Code::InvalidUrl, "Unexpected char in url schema");
            }
            (Target::Host | Target::HostAfterAt, b'/') => Target::Path,
            (Target::Host | Target::HostAfterAt, b'?') => Target::Query,
            (Target::Host, b'@') => Target::HostAfterAt,
            (Target::HostAfterAt, b'@') => {
                *at += 1;
                return Step::Fail(Code::InvalidUrl, "Double @ in url");
            }
            (Target::Host | Target::HostAfterAt, _) => {
                return Step::Fail(Code::InvalidUrl, "Unexpected char in url server");
            }
            (Target::Path, b'?') => Target::Query,
            (Target::Path, b'#') => Target::Fragment,
            (Target::Path, _) => return Step::Fail(Code::InvalidUrl, "Invalid char in url path"),
            (Target::Query, b'?') => Target::Query,
            (Target::Query, b'#') => Target::Fragment,
            (Target::Query, _) => return Step::Fail(Code::InvalidUrl, "Invalid char in url query"),
            (Target::Fragment, _) => return Step::Fail(Code::InvalidUrl, "Invalid char in url fragment start"),
        };
        *at += 1;
        self.state = State::Target(next);
        Step::Again
    }

    fn end_target(&mut self, input: &[u8], at: &mut usize) -> Step {
        if let Err((code, reason)) = self.end_span(input, *at) {
            return Step::Fail(code, reason);
        }
        let byte = input[*at];
        *at += 1;
        self.state = match byte {
            b' ' => State::AfterTarget,
            b'\r' => State::TargetCr,
            _ => State::AfterTarget0_9,
        };
        Step::Again
    }

    /// A request line without a version is HTTP/0.9; fields are read after it all the same.
    fn http_0_9(&mut self) {
        self.major = 0;
        self.minor = 9;
        self.end_line();
    }

    fn protocol(&mut self, input: &[u8], at: &mut usize) -> Step {
        // The first byte decides among the three names, whose lengths and letters are in this table.
        if self.index == 0 {
            self.word[0] = input[*at];
        }
        let Some(name) = PROTOCOLS.iter().find(|name| name.as_bytes()[0] == self.word[0]) else {
            return Step::Fail(Code::InvalidConstant, PROTOCOL_EXPECTED);
        };
        let name = name.as_bytes();
        while usize::from(self.index) < name.len() {
            let Some(&byte) = input.get(*at) else { return Step::More };
            if byte != name[usize::from(self.index)] {
                return Step::Fail(Code::InvalidConstant, PROTOCOL_EXPECTED);
            }
            *at += 1;
            self.index += 1;
        }
        if self.kind == Kind::Request {
            let (fits, reason) = match name[0] {
                b'H' => (self.method.fits_http(), "Invalid method for HTTP/x.x request"),
                b'R' => (self.method.fits_rtsp(), "Invalid method for RTSP/x.x request"),
                _ => (self.method.fits_ice(), "Expected SOURCE method for ICE/x.x request"),
            };
            if !fits {
                return Step::Fail(Code::InvalidConstant, reason);
            }
        }
        self.state = State::ProtocolSlash;
        Step::Again
    }

    fn version(&mut self, byte: u8, at: &mut usize) -> Step {
        match (self.state, byte) {
            (State::Major, b'0'..=b'9') => {
                self.major = byte - b'0';
                self.state = State::Dot;
            }
            (State::Dot, b'.') => self.state = State::Minor,
            (State::Minor, b'0'..=b'9') => {
                self.minor = byte - b'0';
                *at += 1;
                let known = matches!((self.major, self.minor), (0, 9) | (1, 0 | 1) | (2, 0));
                if !known && !self.limits.lenient {
                    return Step::Fail(Code::InvalidVersion, "Invalid HTTP version");
                }
                self.index = 0;
                self.state = match self.kind {
                    Kind::Request if self.method == Method::PRI => State::Preface,
                    Kind::Request => State::LineEnd,
                    Kind::Response => State::SpaceBeforeStatus,
                };
                return Step::Again;
            }
            (State::Major, _) => return Step::Fail(Code::InvalidVersion, "Invalid major version"),
            (State::Dot, _) => return Step::Fail(Code::InvalidVersion, "Expected dot"),
            _ => return Step::Fail(Code::InvalidVersion, "Invalid minor version"),
        }
        *at += 1;
        Step::Again
    }

    /// A client that begins with HTTP/2 sends this, so that an HTTP/1 server can say no at once.
    fn preface(&mut self, byte: u8, at: &mut usize) -> Step {
        const REST: &[u8] = b"\r\n\r\nSM\r\n\r\n";
        if byte != REST[usize::from(self.index)] {
            return Step::Fail(Code::InvalidVersion, "Expected HTTP/2 Connection Preface");
        }
        *at += 1;
        self.index += 1;
        if usize::from(self.index) == REST.len() {
            return Step::Fail(Code::PausedH2Upgrade, "Pause on PRI/Upgrade");
        }
        Step::Again
    }

    fn after_status(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b' ' => {
                *at += 1;
                self.begin_span(Span::Line, *at);
                self.state = State::Reason;
            }
            b'\r' => {
                *at += 1;
                self.state = State::ReasonLf;
            }
            b'\n' => {
                *at += 1;
                if !self.limits.lenient {
                    return Step::Fail(Code::InvalidStatus, "Invalid response status");
                }
                self.end_line();
            }
            _ => return Step::Fail(Code::InvalidStatus, "Invalid response status"),
        }
        Step::Again
    }

    fn reason(&mut self, input: &[u8], at: &mut usize) -> Step {
        *at += chars::run(&input[*at..], |byte| !matches!(byte, b'\r' | b'\n'));
        let Some(&byte) = input.get(*at) else { return Step::More };
        let end = *at;
        *at += 1;
        if let Err((code, reason)) = self.end_span(input, end) {
            return Step::Fail(code, reason);
        }
        if byte == b'\r' {
            self.state = State::ReasonLf;
        } else if self.limits.lenient {
            self.end_line();
        } else {
            return Step::Fail(Code::CrExpected, "Missing expected CR after response line");
        }
        Step::Again
    }

    fn end_line(&mut self) {
        self.head.end_line();
        self.state = State::FieldsStart;
    }
}

static PROTOCOLS: [&str; 3] = ["HTTP", "RTSP", "ICE"];
const PROTOCOL_EXPECTED: &str = "Expected HTTP/, RTSP/ or ICE/";
