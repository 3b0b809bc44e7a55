//! The bits of a stream's state. They stand where Node has them: `Symbol(kState)` shows the number.

/// Bits that readable and writable states share.
pub(super) mod both {
    pub(crate) const OBJECT_MODE: u32 = 1 << 0;
    pub(crate) const ERROR_EMITTED: u32 = 1 << 1;
    pub(crate) const AUTO_DESTROY: u32 = 1 << 2;
    pub(crate) const EMIT_CLOSE: u32 = 1 << 3;
    pub(crate) const DESTROYED: u32 = 1 << 4;
    pub(crate) const CLOSED: u32 = 1 << 5;
    pub(crate) const CLOSE_EMITTED: u32 = 1 << 6;
    pub(crate) const ERRORED: u32 = 1 << 7;
    pub(crate) const CONSTRUCTED: u32 = 1 << 8;
}

/// Bits of a readable state.
pub(super) mod r {
    pub(crate) use super::both::*;

    pub(crate) const ENDED: u32 = 1 << 9;
    pub(crate) const END_EMITTED: u32 = 1 << 10;
    pub(crate) const READING: u32 = 1 << 11;
    pub(crate) const SYNC: u32 = 1 << 12;
    pub(crate) const NEED_READABLE: u32 = 1 << 13;
    pub(crate) const EMITTED_READABLE: u32 = 1 << 14;
    pub(crate) const READABLE_LISTENING: u32 = 1 << 15;
    pub(crate) const RESUME_SCHEDULED: u32 = 1 << 16;
    pub(crate) const MULTI_AWAIT_DRAIN: u32 = 1 << 17;
    pub(crate) const READING_MORE: u32 = 1 << 18;
    pub(crate) const DATA_EMITTED: u32 = 1 << 19;
    pub(crate) const DEFAULT_UTF8_ENCODING: u32 = 1 << 20;
    pub(crate) const DECODER: u32 = 1 << 21;
    pub(crate) const ENCODING: u32 = 1 << 22;
    pub(crate) const HAS_FLOWING: u32 = 1 << 23;
    pub(crate) const FLOWING: u32 = 1 << 24;
    pub(crate) const HAS_PAUSED: u32 = 1 << 25;
    pub(crate) const PAUSED: u32 = 1 << 26;
    pub(crate) const DATA_LISTENING: u32 = 1 << 27;
}

/// Bits of a writable state.
pub(super) mod w {
    pub(crate) use super::both::*;

    pub(crate) const SYNC: u32 = 1 << 9;
    pub(crate) const FINAL_CALLED: u32 = 1 << 10;
    pub(crate) const NEED_DRAIN: u32 = 1 << 11;
    pub(crate) const ENDING: u32 = 1 << 12;
    pub(crate) const FINISHED: u32 = 1 << 13;
    pub(crate) const DECODE_STRINGS: u32 = 1 << 14;
    pub(crate) const WRITING: u32 = 1 << 15;
    pub(crate) const BUFFER_PROCESSING: u32 = 1 << 16;
    pub(crate) const PREFINISHED: u32 = 1 << 17;
    pub(crate) const ALL_BUFFERS: u32 = 1 << 18;
    pub(crate) const ALL_NOOP: u32 = 1 << 19;
    pub(crate) const ON_FINISHED: u32 = 1 << 20;
    pub(crate) const HAS_WRITABLE: u32 = 1 << 21;
    pub(crate) const WRITABLE: u32 = 1 << 22;
    pub(crate) const CORKED: u32 = 1 << 23;
    pub(crate) const DEFAULT_UTF8_ENCODING: u32 = 1 << 24;
    pub(crate) const WRITE_CB: u32 = 1 << 25;
    pub(crate) const EXPECT_WRITE_CB: u32 = 1 << 26;
    pub(crate) const AFTER_WRITE_TICK_INFO: u32 = 1 << 27;
    pub(crate) const AFTER_WRITE_PENDING: u32 = 1 << 28;
    pub(crate) const BUFFERED: u32 = 1 << 29;
    pub(crate) const ENDED: u32 = 1 << 30;
}
