//! The chunked body (RFC 9112 section 7.1).

use super::chars;
use super::parser::{Event, Span, State, Step, flag};
use super::{Code, Parser};

impl Parser {
    pub(super) fn step_chunks(&mut self, input: &[u8], at: &mut usize) -> Step {
        let byte = input[*at];
        match self.state {
            State::ChunkSizeStart | State::ChunkSize => self.chunk_size(input, at),
            State::ChunkSizeEnd => self.chunk_size_end(byte, at),
            State::ChunkLf => {
                if byte == b'\n' {
                    *at += 1;
                } else if !self.limits.lenient {
                    return Step::Fail(Code::Strict, "Expected LF after chunk size");
                }
                self.head_len = 0;
                self.extensions_len = 0;
                if self.remaining == 0 {
                    self.flags |= flag::TRAILERS;
                    self.head.end_line();
                    self.state = State::FieldStart;
                } else {
                    self.state = State::ChunkData;
                }
                Step::Again
            }
            State::ExtensionStart => {
                if matches!(byte, b' ' | b'\r') {
                    *at += 1;
                    return Step::Fail(Code::Strict, "Invalid character in chunk extensions");
                }
                self.begin_span(Span::Extension, *at);
                self.state = State::ExtensionName;
                Step::Again
            }
            State::ExtensionName => {
                *at += chars::run(&input[*at..], chars::is_token);
                self.extension_end(input, at)
            }
            State::ExtensionValue => {
                *at += chars::run(&input[*at..], chars::is_token);
                if input.get(*at) == Some(&b'"') {
                    *at += 1;
                    self.state = State::ExtensionQuoted;
                    return Step::Again;
                }
                self.extension_end(input, at)
            }
            State::ExtensionQuoted => self.extension_quoted(input, at),
            State::ExtensionEscape => {
                if !chars::is_value(byte) {
                    return self.extension_refused(input, at, "Invalid quoted-pair in chunk extensions quoted value");
                }
                *at += 1;
                self.state = State::ExtensionQuoted;
                Step::Again
            }
            State::ExtensionQuotedEnd => self.extension_quoted_end(byte, at),
            State::ChunkData => {
                let range = self.take_body(input, at);
                if self.remaining == 0 {
                    self.state = State::ChunkDataCr;
                }
                Step::Event(Event::Body(range))
            }
            State::ChunkDataCr => match byte {
                b'\r' => {
                    *at += 1;
                    self.state = State::ChunkDataLf;
                    Step::Again
                }
                b'\n' => {
                    *at += 1;
                    if !self.limits.lenient {
                        return Step::Fail(Code::CrExpected, "Missing expected CR after chunk data");
                    }
                    self.end_chunk()
                }
                _ if self.limits.lenient => self.end_chunk(),
                _ => Step::Fail(Code::Strict, "Expected LF after chunk data"),
            },
            State::ChunkDataLf => {
                if byte == b'\n' {
                    *at += 1;
                    return self.end_chunk();
                }
                if self.limits.lenient {
                    return self.end_chunk();
                }
                Step::Fail(Code::Strict, "Expected LF after chunk data")
            }
            _ => Step::More,
        }
    }

    fn end_chunk(&mut self) -> Step {
        self.head_len = 0;
        self.state = State::ChunkSizeStart;
        Step::Again
    }

    fn chunk_size(&mut self, input: &[u8], at: &mut usize) -> Step {
        if self.state == State::ChunkSizeStart {
            self.remaining = 0;
        }
        while let Some(&byte) = input.get(*at) {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                _ if self.state == State::ChunkSizeStart => {
                    return Step::Fail(Code::InvalidChunkSize, "Invalid character in chunk size");
                }
                _ => {
                    self.state = State::ChunkSizeEnd;
                    return Step::Again;
                }
            };
            self.state = State::ChunkSize;
            *at += 1;
            if self.remaining > u64::MAX >> 4 {
                return Step::Fail(Code::InvalidChunkSize, "Chunk size overflow");
            }
            self.remaining = self.remaining << 4 | u64::from(digit);
        }
        Step::More
    }

    fn chunk_size_end(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b' ' | b'\t' => {
                *at += 1;
                if !self.limits.lenient {
                    return Step::Fail(Code::InvalidChunkSize, "Invalid character in chunk size");
                }
            }
            b'\r' => {
                *at += 1;
                self.state = State::ChunkLf;
            }
            b'\n' => {
                *at += 1;
                if !self.limits.lenient {
                    return Step::Fail(Code::CrExpected, "Missing expected CR after chunk size");
                }
                self.state = State::ChunkLf;
            }
            b';' => {
                *at += 1;
                self.state = State::ExtensionStart;
            }
            _ => return Step::Fail(Code::InvalidChunkSize, "Invalid character in chunk size"),
        }
        Step::Again
    }

    /// After the token of a name or a value. Extensions mean nothing to anybody here: they are checked, counted and
    /// forgotten.
    fn extension_end(&mut self, input: &[u8], at: &mut usize) -> Step {
        let in_name = self.state == State::ExtensionName;
        let Some(&byte) = input.get(*at) else { return Step::More };
        let end = *at;
        let next = match byte {
            b'=' if in_name => State::ExtensionValue,
            b';' => State::ExtensionStart,
            b'\r' | b'\n' => State::ChunkLf,
            _ => {
                let reason = if in_name { "Invalid character in chunk extensions name" } else { "Invalid character in chunk extensions value" };
                return self.extension_refused(input, at, reason);
            }
        };
        if byte != b'\n' {
            *at += 1;
        }
        if let Err((code, reason)) = self.end_span(input, end) {
            return Step::Fail(code, reason);
        }
        if byte == b'\n' && !self.limits.lenient {
            let reason = if in_name { "Missing expected CR after chunk extension name" } else { "Missing expected CR after chunk extension value" };
            return Step::Fail(Code::CrExpected, reason);
        }
        self.state = next;
        if next == State::ExtensionValue {
            self.begin_span(Span::Extension, *at);
        }
        Step::Again
    }

    fn extension_quoted(&mut self, input: &[u8], at: &mut usize) -> Step {
        *at += chars::run(&input[*at..], chars::is_quoted);
        let Some(&byte) = input.get(*at) else { return Step::More };
        match byte {
            b'"' => {
                *at += 1;
                let end = *at;
                self.state = State::ExtensionQuotedEnd;
                match self.end_span(input, end) {
                    Ok(()) => Step::Again,
                    Err((code, reason)) => Step::Fail(code, reason),
                }
            }
            b'\\' => {
                *at += 1;
                self.state = State::ExtensionEscape;
                Step::Again
            }
            _ => self.extension_refused(input, at, "Invalid character in chunk extensions quoted value"),
        }
    }

    fn extension_quoted_end(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b';' => {
                *at += 1;
                self.state = State::ExtensionStart;
            }
            b'\r' => {
                *at += 1;
                self.state = State::ChunkLf;
            }
            b'\n' if self.limits.lenient => self.state = State::ChunkLf,
            b'\n' => return Step::Fail(Code::CrExpected, "Missing expected CR after chunk extension value"),
            _ => return Step::Fail(Code::Strict, "Invalid character in chunk extensions quote value"),
        }
        Step::Again
    }

    fn extension_refused(&mut self, input: &[u8], at: &mut usize, reason: &'static str) -> Step {
        let end = *at;
        *at += 1;
        match self.end_span(input, end) {
            Ok(()) => Step::Fail(Code::Strict, reason),
            Err((code, reason)) => Step::Fail(code, reason),
        }
    }
}
