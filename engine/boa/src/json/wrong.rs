//! What V8 says about text that is not JSON.

use crate::{JsError, JsNativeError, JsString};

/// What is wrong, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrong {
    what: What,
    at: usize,
}

#[derive(Debug, Clone, Copy)]
enum What {
    /// A token that cannot stand there; the message names it.
    Token,
    /// Something with a message of its own.
    Named(&'static str),
    End,
    /// Nothing is: the script is to stop.
    Stopped,
}

impl Wrong {
    /// The token at `at` cannot stand there; at the end of the text: the text ends too early.
    pub(super) fn token(at: usize) -> Self {
        Self { what: What::Token, at }
    }

    /// `message` is V8's, without `in JSON at position ..`.
    pub(super) fn named(message: &'static str, at: usize) -> Self {
        Self { what: What::Named(message), at }
    }

    pub(super) fn end() -> Self {
        Self { what: What::End, at: 0 }
    }

    pub(super) fn stopped() -> Self {
        Self { what: What::Stopped, at: 0 }
    }

    pub(super) fn into_error(self, text: &JsString) -> JsError {
        if let (What::Stopped, Err(stopped)) = (self.what, crate::limits::charge(u64::from(u16::MAX))) {
            return stopped;
        }
        JsNativeError::syntax().with_message(self.message(text)).into()
    }

    fn message(self, text: &JsString) -> String {
        let unit = text.code_unit_at(self.at);
        match (self.what, unit) {
            (What::Stopped, _) => "Out of memory".to_owned(),
            (What::End, _) | (What::Token, None) => "Unexpected end of JSON input".to_owned(),
            (What::Named(message), _) => self.placed(message, text),
            (What::Token, Some(0x2D | 0x30..=0x39)) => self.placed("Unexpected number in", text),
            (What::Token, Some(0x22)) => self.placed("Unexpected string in", text),
            (What::Token, Some(unit)) => self.token_message(unit, text),
        }
    }

    fn placed(self, message: &str, text: &JsString) -> String {
        let (mut line, mut start, mut at) = (1, 0, 0);
        while at < self.at {
            match text.code_unit_at(at) {
                Some(0x0D) if text.code_unit_at(at + 1) == Some(0x0A) && at + 1 < self.at => {
                    at += 1;
                    (line, start) = (line + 1, at + 1);
                }
                Some(0x0A | 0x0D) => (line, start) = (line + 1, at + 1),
                _ => {}
            }
            at += 1;
        }
        format!("{message} JSON at position {} (line {line} column {})", self.at, self.at - start + 1)
    }

    fn token_message(self, unit: u16, text: &JsString) -> String {
        const CONTEXT: usize = 10;
        let whole = text.to_std_string_lossy();
        if matches!(whole.as_str(), "NaN" | "Infinity" | "undefined" | "[object Object]") {
            return format!("\"{whole}\" is not valid JSON");
        }
        let token = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
        let length = text.len();
        let (mut from, mut to) = (0, length);
        if length > 2 * CONTEXT {
            if self.at >= CONTEXT {
                from = self.at - CONTEXT;
            }
            if self.at + CONTEXT < length {
                to = self.at + CONTEXT;
            }
        }
        let (before, after) = (if from > 0 { "..." } else { "" }, if to < length { "..." } else { "" });
        let around = text.slice(from, to).to_std_string_lossy();
        format!("Unexpected token '{token}', {before}\"{around}\"{after} is not valid JSON")
    }
}
