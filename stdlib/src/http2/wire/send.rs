//! Frames to the peer.

use super::{
    frame::{self, Head, ID_MAX, code, fault, flag, kind},
    hpack::Field,
    outgoing::Outgoing,
    session::{ACKS_MAX, Event, Padding, Session, Side},
    settings::{self, Settings},
    stream::{Phase, Stream},
};

impl Session {
    pub fn side(&self) -> Side {
        self.side
    }

    /// What we told, as far as the peer has taken it.
    pub fn local_settings(&self) -> &Settings {
        &self.local
    }

    pub fn remote_settings(&self) -> &Settings {
        &self.remote
    }

    pub fn stream(&self, id: u32) -> Option<&Stream> {
        self.streams.get(&id)
    }

    /// Whether the session reads and writes no more.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether a frame waits to be written.
    pub fn wants_write(&self) -> bool {
        !self.out.is_empty() || !self.resets.is_empty() || !self.ready.is_empty() && (self.send_window > 0 || self.ends_ready())
    }

    fn ends_ready(&self) -> bool {
        self.ready.iter().any(|id| self.streams.get(id).is_some_and(|stream| stream.outgoing.len() == 0))
    }

    /// Tells settings; they hold once the peer has taken them.
    pub fn settings(&mut self, entries: Vec<(u16, u32)>) {
        frame::put(kind::SETTINGS, 0, 0, &settings::pack(&entries), &mut self.out);
        // Nothing of this codec depends on those of other numbers: they show at once.
        for (id, value) in entries.iter().filter(|(id, _)| !settings::is_known(*id)) {
            self.local.set_custom(*id, *value);
        }
        self.local_pending.push_back(entries);
    }

    pub fn ping(&mut self, payload: [u8; 8]) {
        frame::put(kind::PING, 0, 0, &payload, &mut self.out);
    }

    pub fn goaway(&mut self, code: u32, last: u32, data: &[u8]) {
        let mut payload = Vec::with_capacity(8 + data.len());
        payload.extend_from_slice(&last.to_be_bytes());
        payload.extend_from_slice(&code.to_be_bytes());
        payload.extend_from_slice(data);
        frame::put(kind::GOAWAY, 0, 0, &payload, &mut self.out);
        self.goaway_sent = true;
    }

    /// The last stream that reached the application.
    pub fn last_processed_id(&self) -> u32 {
        self.last_processed_id
    }

    pub fn next_id(&self) -> u32 {
        self.next_id
    }

    /// Sets the number of the next stream; `false` where it cannot be.
    pub fn set_next_id(&mut self, id: u32) -> bool {
        let fits = id >= self.next_id && id <= ID_MAX && (id % 2 == 1) == (self.side == Side::Client);
        if fits {
            self.next_id = id;
        }
        fits
    }

    pub fn altsvc(&mut self, id: u32, origin: &[u8], value: &[u8]) {
        let mut payload = (origin.len() as u16).to_be_bytes().to_vec();
        payload.extend_from_slice(origin);
        payload.extend_from_slice(value);
        frame::put(kind::ALTSVC, 0, id, &payload, &mut self.out);
    }

    pub fn origin<'a>(&mut self, origins: impl Iterator<Item = &'a [u8]>) {
        let mut payload = Vec::new();
        for origin in origins {
            payload.extend_from_slice(&(origin.len() as u16).to_be_bytes());
            payload.extend_from_slice(origin);
        }
        frame::put(kind::ORIGIN, 0, 0, &payload, &mut self.out);
    }

    /// Answers the peer. One that never reads the answers is not served for ever.
    pub(super) fn ack(&mut self, frame_kind: u8, payload: &[u8]) {
        self.acks += 1;
        if self.acks > ACKS_MAX {
            self.break_off(fault::FLOODED);
            return;
        }
        frame::put(frame_kind, flag::ACK, 0, payload, &mut self.out);
    }

    /// Begins a request. It waits where the peer takes no more streams now.
    pub fn request(&mut self, fields: Vec<Field>, has_body: bool) -> Result<u32, i32> {
        if self.next_id > ID_MAX {
            return Err(fault::STREAM_ID_NOT_AVAILABLE);
        }
        if self.goaway_received || self.is_over {
            return Err(fault::START_STREAM_NOT_ALLOWED);
        }
        let id = self.next_id;
        self.next_id += 2;
        let is_head = fields.iter().any(|field| field.name == b":method" && field.value == b"HEAD");
        let is_connect = fields.iter().any(|field| field.name == b":method" && field.value == b"CONNECT") && !fields.iter().any(|field| field.name == b":protocol");
        let stream = self.open(id, Phase::Idle);
        stream.is_head = is_head;
        stream.is_connect = is_connect;
        stream.outgoing.has_body = false;
        self.waiting.push_back((id, fields, has_body));
        self.begin_waiting();
        Ok(id)
    }

    /// Begins requests as far as the peer takes them.
    pub(super) fn begin_waiting(&mut self) {
        while self.own_open < self.remote.max_concurrent_streams {
            let Some((id, fields, has_body)) = self.waiting.pop_front() else { return };
            let Some(stream) = self.streams.get_mut(&id) else { continue };
            stream.phase = Phase::Open;
            stream.head_sent = true;
            stream.outgoing.has_body = has_body;
            self.own_open += 1;
            if !self.put_block(kind::HEADERS, if has_body { 0 } else { flag::END_STREAM }, id, &[], &fields) {
                continue;
            }
            if !has_body {
                self.end_local(id);
            }
            self.make_ready(id);
        }
    }

    /// Requests that wait for their turn.
    pub fn waiting_len(&self) -> usize {
        self.waiting.len()
    }

    /// Sends the final head of a response; `has_body` leaves the stream open for data or trailers.
    pub fn respond(&mut self, id: u32, fields: &[Field], has_body: bool) -> bool {
        let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.local_closed && !stream.is_reset) else { return false };
        stream.head_sent = true;
        stream.outgoing.has_body = has_body;
        if stream.phase == Phase::ReservedLocal {
            stream.phase = Phase::Open;
            self.own_open += 1;
        }
        if !self.put_block(kind::HEADERS, if has_body { 0 } else { flag::END_STREAM }, id, &[], fields) {
            return false;
        }
        if has_body {
            self.make_ready(id);
        } else {
            self.end_local(id);
        }
        true
    }

    /// Sends an informational head.
    pub fn inform(&mut self, id: u32, fields: &[Field]) -> bool {
        self.streams.contains_key(&id) && self.put_block(kind::HEADERS, 0, id, &[], fields)
    }

    /// Ends a stream's data with trailers; without any, with an empty frame.
    pub fn trailers(&mut self, id: u32, fields: &[Field]) -> bool {
        if self.streams.get(&id).is_none_or(|stream| stream.local_closed || stream.is_reset) {
            return false;
        }
        if fields.is_empty() {
            frame::put(kind::DATA, flag::END_STREAM, id, &[], &mut self.out);
        } else if !self.put_block(kind::HEADERS, flag::END_STREAM, id, &[], fields) {
            return false;
        }
        self.end_local(id);
        true
    }

    /// Promises a stream on `id`.
    pub fn push_promise(&mut self, id: u32, fields: &[Field]) -> Result<u32, i32> {
        if !self.remote.enable_push {
            return Err(fault::PUSH_DISABLED);
        }
        if self.goaway_received {
            return Err(fault::START_STREAM_NOT_ALLOWED);
        }
        if self.streams.get(&id).is_none_or(|stream| stream.local_closed) {
            return Err(fault::STREAM_CLOSED);
        }
        if self.next_id > ID_MAX {
            return Err(fault::STREAM_ID_NOT_AVAILABLE);
        }
        let promised = self.next_id;
        self.next_id += 2;
        let stream = self.open(promised, Phase::ReservedLocal);
        stream.remote_closed = true;
        stream.is_head = fields.iter().any(|field| field.name == b":method" && field.value == b"HEAD");
        self.put_block(kind::PUSH_PROMISE, 0, id, &promised.to_be_bytes(), fields);
        Ok(promised)
    }

    /// Queues data.
    pub fn write(&mut self, id: u32, bytes: Vec<u8>) -> bool {
        let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.is_reset && !stream.local_closed) else { return false };
        self.data_len += bytes.len();
        stream.outgoing.push(bytes);
        self.make_ready(id);
        true
    }

    /// No more data comes; `wants_trailers` has [`Event::WantTrailers`] come when all is sent.
    pub fn end(&mut self, id: u32, wants_trailers: bool) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.outgoing.ended = true;
        stream.outgoing.wants_trailers = wants_trailers;
        self.make_ready(id);
    }

    /// How much the application has taken of a stream's data.
    pub fn consume(&mut self, id: u32, len: usize) {
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.recv.consumed += len as i64;
        }
        self.update_windows(id);
    }

    /// Sets how much the peer may have in flight on the whole connection.
    pub fn set_local_window(&mut self, size: i64) {
        let change = size - self.recv.size;
        self.recv.size = size;
        if change > 0 {
            frame::put(kind::WINDOW_UPDATE, 0, 0, &(change as u32).to_be_bytes(), &mut self.out);
        } else {
            // What was allowed cannot be taken back: it counts as if it were given back already.
            self.recv.received += change;
        }
    }

    pub(super) fn update_windows(&mut self, id: u32) {
        if let Some(amount) = self.recv.update() {
            frame::put(kind::WINDOW_UPDATE, 0, 0, &amount.to_be_bytes(), &mut self.out);
            self.updated.push(0);
        }
        if let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.remote_closed && !stream.is_reset)
            && let Some(amount) = stream.recv.update()
        {
            frame::put(kind::WINDOW_UPDATE, 0, id, &amount.to_be_bytes(), &mut self.out);
            self.updated.push(id);
        }
    }

    /// Gives up a stream. It is closed with the next [`Session::output`].
    pub fn reset(&mut self, id: u32, code: u32) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        if std::mem::replace(&mut stream.is_reset, true) {
            return;
        }
        let never_began = stream.phase == Phase::Idle;
        self.data_len = self.data_len.saturating_sub(stream.outgoing.len());
        stream.outgoing = Outgoing::after(stream.outgoing.sent);
        self.ready.retain(|ready| *ready != id);
        self.waiting.retain(|(waiting, ..)| *waiting != id);
        if !never_began && !self.terminating {
            frame::put(kind::RST_STREAM, 0, id, &code.to_be_bytes(), &mut self.out);
        }
        self.resets.push((id, code));
    }

    /// We have sent all we send on a stream. It is closed, if it is, with the next [`Session::output`].
    fn end_local(&mut self, id: u32) {
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.local_closed = true;
            stream.outgoing.has_body = false;
            self.ended.push(id);
        }
    }

    pub(super) fn make_ready(&mut self, id: u32) {
        if let Some(stream) = self.streams.get_mut(&id)
            && stream.outgoing.is_active()
            && !stream.outgoing.is_ready
        {
            stream.outgoing.is_ready = true;
            self.ready.push_back(id);
        }
    }

    /// Appends a header block in as many frames as it takes.
    fn put_block(&mut self, frame_kind: u8, flags: u8, id: u32, before: &[u8], fields: &[Field]) -> bool {
        let size: usize = fields.iter().map(Field::size).sum();
        if size > self.limits.send_block_len_max {
            self.not_sent.push(Event::NotSent { kind: frame_kind, id, fault: fault::FRAME_SIZE_ERROR });
            // A request that never began is closed without the peer.
            if let Some(stream) = self.streams.get_mut(&id).filter(|stream| self.side == Side::Client && !stream.head_received && !stream.local_closed)
                && frame_kind == kind::HEADERS
                && stream.outgoing.sent == 0
            {
                stream.is_reset = true;
                self.resets.push((id, code::REFUSED_STREAM));
            }
            return false;
        }
        let mut block = before.to_vec();
        self.encoder.encode(fields, &mut block);
        let len_max = self.remote.max_frame_size as usize;
        let pad = self.padding(block.len(), len_max);
        let (mut first, mut flags) = (true, flags);
        let mut rest = block.as_slice();
        loop {
            let len = rest.len().min(len_max);
            let (part, after) = rest.split_at(len);
            rest = after;
            let mut own = if first { flags } else { 0 };
            if rest.is_empty() {
                own |= flag::END_HEADERS;
            }
            let part_kind = if first { frame_kind } else { kind::CONTINUATION };
            if first && pad > 0 {
                Head { len: part.len() + pad, kind: part_kind, flags: own | flag::PADDED, id }.write(&mut self.out);
                self.out.push((pad - 1) as u8);
                self.out.extend_from_slice(part);
                self.out.resize(self.out.len() + pad - 1, 0);
            } else {
                frame::put(part_kind, own, id, part, &mut self.out);
            }
            first = false;
            flags = 0;
            if rest.is_empty() {
                return true;
            }
        }
    }

    /// How many bytes a frame gets in addition, the one that says how many of them included.
    fn padding(&self, len: usize, len_max: usize) -> usize {
        let wanted = match self.limits.padding {
            Padding::None => 0,
            Padding::Aligned => match (len + frame::HEADER_LEN) % 8 {
                0 => 0,
                over => 8 - over,
            },
            Padding::Max => len_max.saturating_sub(len),
        };
        wanted.min(len_max.saturating_sub(len)).min(256)
    }

    /// Gives bytes for the peer: control frames, then data in turn, until about `len_max` are there.
    pub fn output(&mut self, len_max: usize) -> Vec<u8> {
        self.collect(len_max);
        self.acks = 0;
        for id in std::mem::take(&mut self.updated) {
            match self.streams.get_mut(&id) {
                Some(stream) => stream.recv.is_queued = false,
                None if id == 0 => self.recv.is_queued = false,
                None => continue,
            }
            self.update_windows(id);
        }
        for event in std::mem::take(&mut self.not_sent) {
            self.events.push_back(event);
        }
        for id in std::mem::take(&mut self.ended) {
            self.close_if_done(id);
        }
        for (id, code) in std::mem::take(&mut self.resets) {
            self.close_stream(id, code);
        }
        self.begin_waiting();
        std::mem::take(&mut self.out)
    }

    /// Turns data that the windows allow into frames.
    pub fn collect(&mut self, len_max: usize) {
        // Each stream has at most one frame before the others have theirs.
        let mut idle = 0;
        while self.out.len() < len_max && idle < self.ready.len() {
            let Some(id) = self.ready.pop_front() else { return };
            let Some(stream) = self.streams.get_mut(&id) else { continue };
            let window = stream.send_window.min(self.send_window).max(0) as usize;
            let len = stream.outgoing.len().min(window).min(self.remote.max_frame_size as usize);
            let is_all = len == stream.outgoing.len();
            if len == 0 && !is_all {
                if stream.send_window <= 0 {
                    // A window update brings it back.
                    stream.outgoing.is_ready = false;
                } else {
                    self.ready.push_back(id);
                    idle += 1;
                }
                continue;
            }
            idle = 0;
            self.data_frame(id, len, is_all);
        }
    }

    fn data_frame(&mut self, id: u32, len: usize, is_all: bool) {
        let room = self.streams.get(&id).map_or(0, |stream| stream.send_window.min(self.send_window).max(0) as usize).min(self.remote.max_frame_size as usize);
        let pad = self.padding(len, room);
        let Some(stream) = self.streams.get_mut(&id) else { return };
        let ends = is_all && stream.outgoing.ended;
        let closes = ends && !stream.outgoing.wants_trailers;
        let mut flags = if closes { flag::END_STREAM } else { 0 };
        if len > 0 || closes {
            if pad > 0 {
                flags |= flag::PADDED;
            }
            Head { len: len + pad, kind: kind::DATA, flags, id }.write(&mut self.out);
            if pad > 0 {
                self.out.push((pad - 1) as u8);
            }
            stream.outgoing.take(len, &mut self.out);
            if pad > 0 {
                self.out.resize(self.out.len() + pad - 1, 0);
            }
            stream.send_window -= (len + pad) as i64;
            self.send_window -= (len + pad) as i64;
            self.data_len = self.data_len.saturating_sub(len);
        }
        if ends && !closes {
            stream.outgoing.asked_trailers = true;
            self.not_sent.push(Event::WantTrailers { id });
        }
        if stream.outgoing.is_active() && !closes {
            self.ready.push_back(id);
        } else {
            stream.outgoing.is_ready = false;
        }
        if closes {
            self.end_local(id);
        }
    }

    /// How much the peer may still send, and has sent since the last update, on the connection.
    pub fn recv_window(&self) -> (i64, i64) {
        (self.recv.size, self.recv.received)
    }

    /// How much we may send on the connection.
    pub fn send_window(&self) -> i64 {
        self.send_window
    }

    /// Bytes in the tables of headers we send and receive.
    pub fn table_sizes(&self) -> (usize, usize) {
        (self.encoder.table_size(), self.decoder.table_size())
    }
}
