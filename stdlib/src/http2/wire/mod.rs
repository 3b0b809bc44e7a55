//! HTTP/2 without sockets or scripts: bytes in, events out, and the other way round.

mod blocks;
mod check;
pub mod frame;
mod hpack;
mod huffman;
mod outgoing;
mod receive;
mod send;
mod session;
pub mod settings;
mod stream;
#[cfg(test)]
mod tests;

pub use hpack::Field;
pub use session::{Category, Event, Limits, Padding, Session, Side};
pub use settings::Settings;
pub use stream::Phase;
