//! What of `node:inspector` works: sessions within the program. The rest of its tables is in `stubs/`.

mod session;

pub(crate) use session::{PROMISES_SESSION, SESSION};
