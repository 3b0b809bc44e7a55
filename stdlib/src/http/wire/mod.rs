//! HTTP/1.x on the wire: a push parser and a writer. No JavaScript, no sockets, no clock of its own.
//!
//! [`Parser`] is fed whatever the socket gave and hands out [`Event`]s; it owns no read buffer, so an idle
//! connection costs the size of the struct. [`Head`] is a message head as one buffer with ranges.
//! [`writer`] puts heads, chunks and trailers into one reusable `Vec<u8>`.
//!
//! The parser accepts and rejects what Node's parser (llhttp 9.3) does, with the same code names, reasons and
//! offsets: a request that one side of a proxy chain reads differently from the other is a security hole, so
//! "nearly the same" is not enough. RFC 9110 and 9112 are the specifications behind it.

pub mod chars;
pub mod date;
pub mod error;
pub mod head;
pub mod method;
pub mod parser;
pub mod writer;

mod chunks;
mod fields;
mod start_line;

pub use error::{Code, ParseError};
pub use head::{Field, Head};
pub use method::Method;
pub use parser::{Event, Kind, Limits, Parser, Reply};

#[cfg(test)]
mod tests;
