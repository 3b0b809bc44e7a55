//! Header and trailer fields (RFC 9112 section 5), and the four fields that frame a message.

use super::chars;
use super::parser::{Span, Special, State, Step, Value, flag};
use super::{Code, Kind, Parser};

impl Parser {
    pub(super) fn step_fields(&mut self, input: &[u8], at: &mut usize) -> Step {
        let byte = input[*at];
        match self.state {
            State::FieldsStart => {
                if byte == b' ' {
                    *at += 1;
                    if !self.limits.lenient {
                        return Step::Fail(Code::UnexpectedSpace, "Unexpected space after start line");
                    }
                }
                self.state = State::FieldStart;
                Step::Again
            }
            State::FieldStart => self.field_start(byte, at),
            State::Name => self.name(input, at),
            State::NameSpaces => self.name_spaces(input, at),
            State::ValueSpaces => self.value_spaces(input, at),
            State::ValueEmptyLf => {
                if byte == b'\n' {
                    *at += 1;
                } else if !self.limits.lenient {
                    return Step::Fail(Code::Strict, "Expected LF after CR");
                }
                self.state = State::ValueEmptyFold;
                Step::Again
            }
            State::ValueEmptyFold => self.value_empty_fold(byte, at),
            State::Value(part) => self.value(part, input, at),
            State::ValueLf => {
                if byte != b'\n' {
                    return Step::Fail(Code::LfExpected, "Missing expected LF after header value");
                }
                *at += 1;
                self.state = State::ValueFold;
                Step::Again
            }
            State::ValueFold => self.value_fold(byte, at),
            State::FieldsLf => {
                if byte == b'\n' {
                    *at += 1;
                } else if !self.limits.lenient {
                    return Step::Fail(Code::Strict, "Expected LF after headers");
                }
                self.end_fields()
            }
            _ => Step::More,
        }
    }

    fn field_start(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\r' => {
                *at += 1;
                self.state = State::FieldsLf;
                Step::Again
            }
            b'\n' => {
                *at += 1;
                if self.limits.lenient {
                    return self.end_fields();
                }
                Step::Fail(Code::InvalidHeaderToken, "Invalid header field char")
            }
            b':' => Step::Fail(Code::InvalidHeaderToken, "Invalid header token"),
            _ => {
                self.begin_span(Span::Name, *at);
                self.state = State::Name;
                Step::Again
            }
        }
    }

    fn name(&mut self, input: &[u8], at: &mut usize) -> Step {
        *at += chars::run(&input[*at..], chars::is_token);
        let Some(&byte) = input.get(*at) else { return Step::More };
        let end = *at;
        if byte == b':' {
            *at += 1;
            if let Err((code, reason)) = self.end_span(input, end) {
                return Step::Fail(code, reason);
            }
            return self.end_name();
        }
        // Only after a name the parser knows is the space named as such.
        if byte == b' ' && self.special_of(input, end) != Special::None {
            if self.limits.lenient {
                self.state = State::NameSpaces;
                return Step::Again;
            }
            *at += 1;
            return match self.end_span(input, end) {
                Ok(()) => Step::Fail(Code::InvalidHeaderToken, "Invalid header field char"),
                Err((code, reason)) => Step::Fail(code, reason),
            };
        }
        Step::Fail(Code::InvalidHeaderToken, "Invalid header token")
    }

    fn name_spaces(&mut self, input: &[u8], at: &mut usize) -> Step {
        *at += chars::run(&input[*at..], |byte| byte == b' ');
        match input.get(*at) {
            None => Step::More,
            Some(b':') => {
                let end = *at;
                *at += 1;
                match self.end_span(input, end) {
                    Ok(()) => self.end_name(),
                    Err((code, reason)) => Step::Fail(code, reason),
                }
            }
            Some(&byte) if chars::is_token(byte) => {
                self.state = State::Name;
                Step::Again
            }
            Some(_) => Step::Fail(Code::InvalidHeaderToken, "Invalid header token"),
        }
    }

    /// What the name collected so far, with the part in the input up to `end`, says about its value.
    fn special_of(&self, input: &[u8], end: usize) -> Special {
        let begun = self.head.open_name();
        if begun.is_empty() {
            return special(&input[self.from..end]);
        }
        let mut name = [0; 20];
        let more = &input[self.from..end];
        if begun.len() + more.len() > name.len() {
            return Special::None;
        }
        name[..begun.len()].copy_from_slice(begun);
        name[begun.len()..begun.len() + more.len()].copy_from_slice(more);
        special(&name[..begun.len() + more.len()])
    }

    fn end_name(&mut self) -> Step {
        let name = self.head.open_name();
        self.special = special(name.trim_ascii_end());
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => self.head.has_host = true,
            6 if name.eq_ignore_ascii_case(b"expect") => self.head.has_expect = true,
            _ => {}
        }
        self.head.end_name();
        self.state = State::ValueSpaces;
        // Both framings at once is how requests are smuggled: one reader believes one, the next the other.
        if !self.limits.lenient {
            match self.special {
                Special::Encoding if self.has(flag::LENGTH) => {
                    return Step::Fail(Code::InvalidTransferEncoding, "Transfer-Encoding can't be present with Content-Length");
                }
                Special::Length if self.has(flag::ENCODING) => {
                    return Step::Fail(Code::InvalidContentLength, "Content-Length can't be present with Transfer-Encoding");
                }
                _ => {}
            }
        }
        Step::Again
    }

    fn value_spaces(&mut self, input: &[u8], at: &mut usize) -> Step {
        *at += chars::run(&input[*at..], |byte| matches!(byte, b' ' | b'\t'));
        match input.get(*at) {
            None => return Step::More,
            Some(b'\r') => {
                *at += 1;
                self.state = State::ValueEmptyLf;
            }
            Some(b'\n') => {
                *at += 1;
                if !self.limits.lenient {
                    return Step::Fail(Code::InvalidHeaderToken, "Invalid header value char");
                }
                self.state = State::ValueEmptyFold;
            }
            Some(_) => {
                self.begin_span(Span::Value, *at);
                self.state = State::Value(Value::Start);
            }
        }
        Step::Again
    }

    fn value_empty_fold(&mut self, byte: u8, at: &mut usize) -> Step {
        if matches!(byte, b' ' | b'\t') {
            *at += 1;
            if !self.limits.lenient {
                return Step::Fail(Code::InvalidHeaderToken, "Invalid header value char");
            }
            self.state = State::ValueSpaces;
            return Step::Again;
        }
        if self.special == Special::Length {
            return Step::Fail(Code::InvalidContentLength, "Empty Content-Length");
        }
        self.apply_special();
        self.end_field();
        Step::Again
    }

    fn value_fold(&mut self, byte: u8, at: &mut usize) -> Step {
        if matches!(byte, b' ' | b'\t') {
            if !self.limits.lenient {
                return Step::Fail(Code::InvalidHeaderToken, "Unexpected whitespace after header value");
            }
            if self.special == Special::Chunked {
                self.special = Special::None;
            }
            self.begin_span(Span::Value, *at);
            self.state = State::Value(Value::Start);
            return Step::Again;
        }
        self.apply_special();
        self.end_field();
        Step::Again
    }

    fn end_field(&mut self) {
        self.head.end_value();
        if self.limits.fields_max != 0 && self.head.len() > self.limits.fields_max as usize {
            self.head.drop_last();
        }
        self.state = State::FieldStart;
    }

    /// A word of the value is whole: what it says now counts.
    fn apply_special(&mut self) {
        let bit = match self.special {
            Special::KeepAlive => flag::KEEP_ALIVE,
            Special::Close => flag::CLOSE,
            Special::ConnectionUpgrade => flag::CONNECTION_UPGRADE,
            Special::Chunked => {
                self.flags |= flag::CHUNKED;
                return;
            }
            _ => return,
        };
        self.flags |= bit;
        self.special = Special::Connection;
    }

    fn value(&mut self, part: Value, input: &[u8], at: &mut usize) -> Step {
        match part {
            Value::Start => self.value_start(at),
            Value::General => {
                *at += chars::value_run(&input[*at..]);
                self.end_value(input, at)
            }
            Value::Chunked | Value::ConnectionWord(_) => self.literal(part, input, at),
            Value::ChunkedEnd => {
                *at += chars::run(&input[*at..], |byte| byte == b' ');
                match input.get(*at) {
                    None => return Step::More,
                    Some(b'\r' | b'\n') => {
                        self.special = Special::Chunked;
                        return self.end_value(input, at);
                    }
                    Some(b',') if self.kind == Kind::Request && !self.limits.lenient => return self.twice_chunked(input, at),
                    Some(b',') => self.begin_literal(Value::Chunked),
                    Some(_) => self.state = State::Value(Value::Coding),
                }
                Step::Again
            }
            Value::Coding => {
                *at += chars::run(&input[*at..], |byte| chars::is_value(byte) && byte != b',');
                match input.get(*at) {
                    None => return Step::More,
                    Some(b',') => {
                        *at += 1;
                        self.state = State::Value(Value::CodingSpaces);
                    }
                    Some(_) => {
                        self.special = Special::None;
                        self.state = State::Value(Value::General);
                    }
                }
                Step::Again
            }
            Value::CodingSpaces => {
                *at += chars::run(&input[*at..], |byte| matches!(byte, b' ' | b'\t'));
                if *at == input.len() {
                    return Step::More;
                }
                self.begin_literal(Value::Chunked);
                Step::Again
            }
            Value::Length | Value::LengthEnd => self.length(part, input, at),
            Value::Connection => self.connection(input, at),
            Value::ConnectionEnd => {
                *at += chars::run(&input[*at..], |byte| byte == b' ');
                match input.get(*at) {
                    None => return Step::More,
                    Some(b',') => {
                        *at += 1;
                        self.apply_special();
                        self.state = State::Value(Value::Connection);
                    }
                    Some(b'\r' | b'\n') => return self.end_value(input, at),
                    Some(_) => {
                        self.special = Special::None;
                        self.state = State::Value(Value::ConnectionToken);
                    }
                }
                Step::Again
            }
            Value::ConnectionToken => {
                *at += chars::run(&input[*at..], |byte| chars::is_value(byte) && byte != b',');
                match input.get(*at) {
                    None => Step::More,
                    Some(b',') => {
                        *at += 1;
                        self.state = State::Value(Value::Connection);
                        Step::Again
                    }
                    Some(_) => self.end_value(input, at),
                }
            }
            Value::Lenient => {
                *at += chars::run(&input[*at..], |byte| !matches!(byte, b'\r' | b'\n'));
                self.end_value(input, at)
            }
        }
    }

    fn value_start(&mut self, at: &mut usize) -> Step {
        match self.special {
            Special::Upgrade => {
                self.flags |= flag::UPGRADE;
                self.special = Special::None;
                self.state = State::Value(Value::General);
            }
            Special::Encoding => {
                if self.has(flag::CHUNKED) && self.kind == Kind::Request && !self.limits.lenient {
                    self.span = Span::None;
                    *at += 1;
                    return Step::Fail(Code::InvalidTransferEncoding, "Invalid `Transfer-Encoding` header value");
                }
                self.flags |= flag::ENCODING;
                // Several fields count as one list: what an earlier one said last no longer is last.
                self.flags &= !flag::CHUNKED;
                self.begin_literal(Value::Chunked);
            }
            Special::Length => {
                if self.has(flag::LENGTH) {
                    return Step::Fail(Code::UnexpectedContentLength, "Duplicate Content-Length");
                }
                self.state = State::Value(Value::Length);
            }
            Special::Connection => self.state = State::Value(Value::Connection),
            _ => self.state = State::Value(Value::General),
        }
        Step::Again
    }

    fn begin_literal(&mut self, part: Value) {
        self.index = 0;
        self.state = State::Value(part);
    }

    /// Reads on in one of the words that matter, in any case; where it differs, it is any other word.
    fn literal(&mut self, part: Value, input: &[u8], at: &mut usize) -> Step {
        let (word, special): (&[u8], _) = match part {
            Value::ConnectionWord(Special::Close) => (b"close", Special::Close),
            Value::ConnectionWord(Special::KeepAlive) => (b"keep-alive", Special::KeepAlive),
            Value::ConnectionWord(_) => (b"upgrade", Special::ConnectionUpgrade),
            _ => (b"chunked", Special::Encoding),
        };
        while let Some(&byte) = input.get(*at) {
            if byte.to_ascii_lowercase() != word[usize::from(self.index)] {
                self.state = State::Value(if part == Value::Chunked { Value::Coding } else { Value::ConnectionToken });
                return Step::Again;
            }
            *at += 1;
            self.index += 1;
            if usize::from(self.index) == word.len() {
                self.special = special;
                self.state = State::Value(if part == Value::Chunked { Value::ChunkedEnd } else { Value::ConnectionEnd });
                return Step::Again;
            }
        }
        Step::More
    }

    fn twice_chunked(&mut self, input: &[u8], at: &mut usize) -> Step {
        let end = *at;
        *at += 1;
        match self.end_span(input, end) {
            Ok(()) => Step::Fail(Code::InvalidTransferEncoding, "Invalid `Transfer-Encoding` header value"),
            Err((code, reason)) => Step::Fail(code, reason),
        }
    }

    fn length(&mut self, part: Value, input: &[u8], at: &mut usize) -> Step {
        if part == Value::Length {
            while let Some(&byte @ b'0'..=b'9') = input.get(*at) {
                let digit = u64::from(byte - b'0');
                let longer = self.remaining.checked_mul(10).and_then(|tens| tens.checked_add(digit));
                *at += 1;
                match longer {
                    Some(longer) => self.remaining = longer,
                    None => return self.length_refused(input, at, "Content-Length overflow"),
                }
            }
            if *at < input.len() {
                self.state = State::Value(Value::LengthEnd);
                return Step::Again;
            }
            return Step::More;
        }
        *at += chars::run(&input[*at..], |byte| byte == b' ');
        match input.get(*at) {
            None => Step::More,
            Some(b'\r' | b'\n') => {
                self.flags |= flag::LENGTH;
                self.end_value(input, at)
            }
            Some(_) => self.length_refused(input, at, "Invalid character in Content-Length"),
        }
    }

    fn length_refused(&mut self, input: &[u8], at: &mut usize, reason: &'static str) -> Step {
        match self.end_span(input, *at) {
            Ok(()) => Step::Fail(Code::InvalidContentLength, reason),
            Err((code, reason)) => Step::Fail(code, reason),
        }
    }

    fn connection(&mut self, input: &[u8], at: &mut usize) -> Step {
        *at += chars::run(&input[*at..], |byte| matches!(byte, b' ' | b'\t'));
        match input.get(*at) {
            None => return Step::More,
            Some(b'c' | b'C') => self.begin_literal(Value::ConnectionWord(Special::Close)),
            Some(b'u' | b'U') => self.begin_literal(Value::ConnectionWord(Special::ConnectionUpgrade)),
            Some(b'k' | b'K') => self.begin_literal(Value::ConnectionWord(Special::KeepAlive)),
            Some(_) => self.state = State::Value(Value::ConnectionToken),
        }
        Step::Again
    }

    /// After what may stand in a value: its end, or a byte that may not.
    fn end_value(&mut self, input: &[u8], at: &mut usize) -> Step {
        let Some(&byte) = input.get(*at) else { return Step::More };
        let end = *at;
        match byte {
            b'\r' => {
                *at += 1;
                self.state = State::ValueLf;
            }
            b'\n' if self.limits.lenient => self.state = State::ValueLf,
            b'\n' => {
                return match self.end_span(input, end) {
                    Ok(()) => Step::Fail(Code::CrExpected, "Missing expected CR after header value"),
                    Err((code, reason)) => Step::Fail(code, reason),
                };
            }
            _ if self.limits.lenient => {
                self.state = State::Value(Value::Lenient);
                return Step::Again;
            }
            _ => {
                return match self.end_span(input, end) {
                    Ok(()) => Step::Fail(Code::InvalidHeaderToken, "Invalid header value char"),
                    Err((code, reason)) => Step::Fail(code, reason),
                };
            }
        }
        match self.end_span(input, end) {
            Ok(()) => Step::Again,
            Err((code, reason)) => Step::Fail(code, reason),
        }
    }
}

fn special(name: &[u8]) -> Special {
    match name.len() {
        7 if name.eq_ignore_ascii_case(b"upgrade") => Special::Upgrade,
        10 if name.eq_ignore_ascii_case(b"connection") => Special::Connection,
        14 if name.eq_ignore_ascii_case(b"content-length") => Special::Length,
        16 if name.eq_ignore_ascii_case(b"proxy-connection") => Special::Connection,
        17 if name.eq_ignore_ascii_case(b"transfer-encoding") => Special::Encoding,
        _ => Special::None,
    }
}
