//! Frames from the peer.

use std::ops::Range;

use super::{
    frame::{Head, ID_MAX, code, fault, flag, kind, number},
    session::{BLOCK_LEN_MAX, Block, CONTINUATIONS_MAX, Event, Reading, Session, Side, ends_stream, has_block, next_head},
    settings,
};

impl Session {
    /// The head of a frame is there: decides what its payload is for.
    pub(super) fn begin_frame(&mut self, head: Head, first: bool) {
        self.reading = next_head();
        self.frames_received = self.frames_received.wrapping_add(1);
        if head.len > self.local.max_frame_size as usize {
            self.terminate(code::FRAME_SIZE_ERROR);
            return;
        }
        if first && (head.kind != kind::SETTINGS || head.has(flag::ACK)) {
            self.fail(code::PROTOCOL_ERROR, fault::SETTINGS_EXPECTED);
            return;
        }
        match head.kind {
            kind::DATA => self.begin_data_frame(head),
            kind::CONTINUATION => self.fail(code::PROTOCOL_ERROR, fault::PROTO),
            kind::HEADERS | kind::PRIORITY | kind::RST_STREAM | kind::SETTINGS | kind::PUSH_PROMISE | kind::PING | kind::GOAWAY | kind::WINDOW_UPDATE | kind::ALTSVC | kind::ORIGIN => {
                if has_block(head.kind) && !head.has(flag::END_HEADERS) {
                    self.reading = Reading::Block(Block { head, promised: 0, bytes: Vec::new(), continuations: 0, next: Vec::new(), part: Some(head) });
                } else {
                    self.reading = Reading::Payload { head, bytes: Vec::with_capacity(head.len) };
                }
            }
            _ => self.reading = Reading::Skip { left: head.len },
        }
    }

    /// Goes on where nothing more is needed to go on.
    pub(super) fn finish_empty(&mut self) {
        loop {
            match &mut self.reading {
                Reading::Payload { head, bytes } if bytes.len() == head.len => {
                    let (head, payload) = (*head, std::mem::take(bytes));
                    self.reading = next_head();
                    self.payload(head, payload);
                }
                Reading::Data { left: 0, padding, id, flags, .. } => {
                    let (id, flags, padding) = (*id, *flags, *padding);
                    self.reading = Reading::Skip { left: padding };
                    if ends_stream(flags) {
                        self.end_of(id);
                    }
                }
                Reading::Skip { left: 0 } => self.reading = next_head(),
                Reading::Block(Block { part: Some(part), .. }) if part.len == 0 => {
                    self.continue_block();
                    continue;
                }
                _ => return,
            }
        }
    }

    fn begin_data_frame(&mut self, head: Head) {
        if head.id == 0 || self.is_idle(head.id) {
            self.fail(code::PROTOCOL_ERROR, fault::PROTO);
            return;
        }
        if !head.has(flag::PADDED) {
            self.begin_data(head, 0, 0);
        } else if head.len == 0 {
            self.fail(code::FRAME_SIZE_ERROR, fault::FRAME_SIZE_ERROR);
        } else {
            self.reading = Reading::PadLength { head };
        }
    }

    /// `extra`: bytes of the payload that are read already.
    pub(super) fn begin_data(&mut self, head: Head, padding: usize, extra: usize) {
        let len = head.len as i64;
        self.recv.received += len;
        if self.recv.received > self.recv.size {
            self.fail(code::FLOW_CONTROL_ERROR, fault::FLOW_CONTROL);
            return;
        }
        // The connection's share is given back at once; a stream's when the application takes the data.
        self.recv.consumed += len;
        let mut tell = false;
        let mut reset = None;
        if let Some(stream) = self.streams.get_mut(&head.id) {
            if stream.remote_closed && !stream.is_reset {
                self.fail(code::STREAM_CLOSED, fault::STREAM_CLOSED);
                return;
            }
            stream.recv.received += len;
            let data_len = (head.len - padding - extra) as u64;
            if stream.is_reset {
                // What was on its way is dropped.
            } else if stream.recv.received > stream.recv.size {
                reset = Some((code::FLOW_CONTROL_ERROR, fault::FLOW_CONTROL));
            } else if !stream.head_received {
                reset = Some((code::PROTOCOL_ERROR, fault::HTTP_MESSAGING));
            } else {
                stream.received_len += data_len;
                // Padding is nobody's to take.
                stream.recv.consumed += (padding + extra) as i64;
                if stream.expected_len.is_some_and(|expected| stream.received_len > expected) {
                    reset = Some((code::PROTOCOL_ERROR, fault::HTTP_MESSAGING));
                } else {
                    tell = true;
                }
            }
        }
        // Frames that say nothing cost the peer nothing: only so many.
        if head.len == padding + extra && !ends_stream(head.flags) {
            self.invalid(fault::HTTP_MESSAGING);
        }
        if let Some((code, fault)) = reset {
            self.reset(head.id, code);
            self.invalid(fault);
        }
        self.update_windows(head.id);
        self.reading = Reading::Data { id: head.id, left: head.len - padding - extra, padding, flags: head.flags, tell };
    }

    pub(super) fn data(&mut self, id: u32, range: Range<usize>, tell: bool) {
        if tell && !range.is_empty() && self.streams.get(&id).is_some_and(|stream| !stream.is_reset) {
            self.events.push_back(Event::Data { id, range });
        }
    }

    /// The peer sends no more on this stream.
    pub(super) fn end_of(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        if stream.is_reset || stream.remote_closed {
            return;
        }
        stream.remote_closed = true;
        if stream.expected_len.is_some_and(|expected| expected != stream.received_len) {
            self.reset(id, code::PROTOCOL_ERROR);
            return;
        }
        self.events.push_back(Event::EndStream { id });
        self.close_if_done(id);
    }

    pub(super) fn begin_continuation(&mut self, next: Head) {
        let Reading::Block(block) = &mut self.reading else { return };
        if next.kind != kind::CONTINUATION || next.id != block.head.id {
            self.fail(code::PROTOCOL_ERROR, fault::PROTO);
            return;
        }
        block.continuations += 1;
        let too_many = block.continuations > CONTINUATIONS_MAX;
        block.part = Some(next);
        if too_many {
            self.break_off(fault::TOO_MANY_CONTINUATIONS);
        } else if next.len > self.local.max_frame_size as usize {
            self.terminate(code::FRAME_SIZE_ERROR);
        } else if next.len == 0 {
            self.continue_block();
        }
    }

    /// Part of a block came; if it was the last, the block is complete.
    pub(super) fn continue_block(&mut self) {
        let Reading::Block(block) = &mut self.reading else { return };
        let Some(part) = block.part.filter(|part| part.len == 0) else { return };
        if block.bytes.len() > BLOCK_LEN_MAX {
            self.terminate(code::ENHANCE_YOUR_CALM);
            return;
        }
        block.part = None;
        // The first part is padded and has more than the block in it; the rest follows what is left of it.
        if part.kind != kind::CONTINUATION {
            let mut head = block.head;
            head.len = block.bytes.len();
            let Some((start, end)) = self.block_within(head) else { return };
            let Reading::Block(block) = &mut self.reading else { return };
            block.promised = if head.kind == kind::PUSH_PROMISE { number(block.bytes.get(start - 4..).unwrap_or_default()) & ID_MAX } else { 0 };
            block.bytes.truncate(end);
            block.bytes.drain(..start);
        }
        if part.has(flag::END_HEADERS) {
            let Reading::Block(block) = std::mem::replace(&mut self.reading, next_head()) else { return };
            self.header_block(block.head, block.promised, &block.bytes);
        }
    }

    /// Where the block is in the payload that is being read; `None` where the connection has failed.
    fn block_within(&mut self, head: Head) -> Option<(usize, usize)> {
        let first = match &self.reading {
            Reading::Block(block) => block.bytes.first_chunk::<6>().copied().map_or_else(|| block.bytes.clone(), |first| first.to_vec()),
            _ => Vec::new(),
        };
        self.bounds(head, &first)
    }

    fn bounds(&mut self, head: Head, payload: &[u8]) -> Option<(usize, usize)> {
        let (mut start, mut end) = (0, head.len);
        if head.has(flag::PADDED) {
            start = 1;
            end = head.len.saturating_sub(usize::from(*payload.first().unwrap_or(&0)));
        }
        let own = match head.kind {
            kind::PUSH_PROMISE => 4,
            _ if head.has(flag::PRIORITY) => 5,
            _ => 0,
        };
        start += own;
        if head.len < start {
            self.fail(code::FRAME_SIZE_ERROR, fault::FRAME_SIZE_ERROR);
            return None;
        }
        if end < start {
            self.fail(code::PROTOCOL_ERROR, fault::PROTO);
            return None;
        }
        if head.kind == kind::HEADERS && head.has(flag::PRIORITY) {
            let at = start - 5;
            if number(payload.get(at..).unwrap_or_default()) & ID_MAX == head.id && payload.len() >= at + 4 {
                self.fail(code::PROTOCOL_ERROR, fault::PROTO);
                return None;
            }
        }
        Some((start, end))
    }

    /// A frame that is there as a whole.
    pub(super) fn payload(&mut self, head: Head, payload: Vec<u8>) {
        match head.kind {
            kind::HEADERS => {
                if let Some((start, end)) = self.bounds(head, &payload) {
                    self.header_block(head, 0, &payload[start..end]);
                }
            }
            kind::PUSH_PROMISE => {
                if let Some((start, end)) = self.bounds(head, &payload) {
                    let promised = number(&payload[start - 4..]) & ID_MAX;
                    self.header_block(head, promised, &payload[start..end]);
                }
            }
            kind::PRIORITY => self.priority(head, &payload),
            kind::RST_STREAM => self.peer_reset(head, &payload),
            kind::SETTINGS => self.peer_settings(head, &payload),
            kind::PING => self.peer_ping(head, &payload),
            kind::GOAWAY => self.peer_goaway(head, &payload),
            kind::WINDOW_UPDATE => self.window_update(head, &payload),
            kind::ALTSVC => self.altsvc_came(head, payload),
            kind::ORIGIN => self.origin_came(head, &payload),
            _ => {}
        }
    }

    fn priority(&mut self, head: Head, payload: &[u8]) {
        if head.id == 0 {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        if payload.len() != 5 {
            return self.terminate(code::FRAME_SIZE_ERROR);
        }
        let parent = number(payload);
        if parent & ID_MAX == head.id {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        self.events.push_back(Event::Priority { id: head.id, parent: parent & ID_MAX, weight: u16::from(payload[4]) + 1, exclusive: parent > ID_MAX });
    }

    fn peer_reset(&mut self, head: Head, payload: &[u8]) {
        if payload.len() != 4 {
            return self.terminate(code::FRAME_SIZE_ERROR);
        }
        if head.id == 0 || self.is_idle(head.id) {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        let code = number(payload);
        // A stream that is opened and reset costs the peer nothing: only so many in a time.
        if self.side == Side::Server {
            let passed_s = self.now_s.saturating_sub(self.resets_at_s);
            self.resets_at_s = self.now_s;
            self.resets_left = self.resets_left.saturating_add(passed_s.saturating_mul(self.limits.reset_rate)).min(self.limits.reset_burst);
            match self.resets_left.checked_sub(1) {
                Some(left) => self.resets_left = left,
                None => self.terminate(code::INTERNAL_ERROR),
            }
        }
        self.close_stream(head.id, code);
    }

    fn peer_settings(&mut self, head: Head, payload: &[u8]) {
        if head.id != 0 {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        if head.has(flag::ACK) {
            if !payload.is_empty() {
                return self.fail(code::FRAME_SIZE_ERROR, fault::FRAME_SIZE_ERROR);
            }
            let Some(entries) = self.local_pending.pop_front() else { return self.fail(code::PROTOCOL_ERROR, fault::PROTO) };
            self.apply_local(&entries);
            self.events.push_back(Event::SettingsAck);
            return;
        }
        if !payload.len().is_multiple_of(6) || payload.len() / 6 > self.limits.settings_max {
            return self.fail(code::FRAME_SIZE_ERROR, fault::FRAME_SIZE_ERROR);
        }
        if !std::mem::replace(&mut self.has_settings, true) {
            self.remote.max_concurrent_streams = u32::MAX;
        }
        for (id, value) in settings::parse(payload) {
            if let Err((code, fault)) = self.peer_setting(id, value) {
                return self.fail(code, fault);
            }
        }
        self.ack(kind::SETTINGS, &[]);
        self.events.push_back(Event::Settings);
        self.begin_waiting();
    }

    fn peer_setting(&mut self, id: u16, value: u32) -> Result<(), (u32, i32)> {
        let refused = Err((code::PROTOCOL_ERROR, fault::PROTO));
        match id {
            settings::id::HEADER_TABLE_SIZE => self.encoder.allow(value as usize),
            settings::id::ENABLE_PUSH if value > 1 || value == 1 && self.side == Side::Client => return refused,
            settings::id::INITIAL_WINDOW_SIZE => {
                if value > ID_MAX {
                    return Err((code::FLOW_CONTROL_ERROR, fault::FLOW_CONTROL));
                }
                let change = i64::from(value) - i64::from(self.remote.initial_window_size);
                for stream in self.streams.values_mut() {
                    stream.send_window += change;
                    if stream.send_window > i64::from(ID_MAX) {
                        return Err((code::FLOW_CONTROL_ERROR, fault::FLOW_CONTROL));
                    }
                }
            }
            settings::id::MAX_FRAME_SIZE if !(16_384..=16_777_215).contains(&value) => return refused,
            settings::id::ENABLE_CONNECT_PROTOCOL if value > 1 || value == 0 && self.remote.enable_connect_protocol => return refused,
            _ => {}
        }
        if self.limits.custom_settings.contains(&id) {
            self.remote.set_custom(id, value);
        }
        self.remote.set(id, value);
        if id == settings::id::INITIAL_WINDOW_SIZE {
            let ids: Vec<u32> = self.streams.keys().copied().collect();
            ids.into_iter().for_each(|id| self.make_ready(id));
        }
        Ok(())
    }

    /// The peer has taken what we told.
    fn apply_local(&mut self, entries: &[(u16, u32)]) {
        for (id, value) in entries {
            match *id {
                settings::id::HEADER_TABLE_SIZE => self.decoder.allow(*value as usize),
                settings::id::INITIAL_WINDOW_SIZE => {
                    let change = i64::from(*value) - i64::from(self.local.initial_window_size);
                    for stream in self.streams.values_mut() {
                        stream.recv.size += change;
                    }
                }
                _ => {}
            }
            self.local.set(*id, *value);
        }
    }

    fn peer_ping(&mut self, head: Head, payload: &[u8]) {
        if head.id != 0 {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        let Ok(payload) = <[u8; 8]>::try_from(payload) else { return self.fail(code::FRAME_SIZE_ERROR, fault::FRAME_SIZE_ERROR) };
        if head.has(flag::ACK) {
            self.events.push_back(Event::PingAck(payload));
        } else {
            self.ack(kind::PING, &payload);
            self.events.push_back(Event::Ping(payload));
        }
    }

    fn peer_goaway(&mut self, head: Head, payload: &[u8]) {
        if head.id != 0 {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        if payload.len() < 8 {
            return self.fail(code::FRAME_SIZE_ERROR, fault::FRAME_SIZE_ERROR);
        }
        let (last, code) = (number(payload) & ID_MAX, number(&payload[4..]));
        self.goaway_received = true;
        self.events.push_back(Event::Goaway { code, last, data: payload[8..].to_vec() });
        let refused: Vec<u32> = self.streams.keys().copied().filter(|id| !self.is_peers(*id) && *id > last).collect();
        for id in refused {
            self.waiting.retain(|(waiting, ..)| *waiting != id);
            self.close_stream(id, code::REFUSED_STREAM);
        }
    }

    fn window_update(&mut self, head: Head, payload: &[u8]) {
        if payload.len() != 4 {
            return self.terminate(code::FRAME_SIZE_ERROR);
        }
        let amount = i64::from(number(payload) & ID_MAX);
        if head.id == 0 {
            if amount == 0 {
                return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
            }
            self.send_window += amount;
            if self.send_window > i64::from(ID_MAX) {
                self.fail(code::FLOW_CONTROL_ERROR, fault::FLOW_CONTROL);
            }
            return;
        }
        if self.is_idle(head.id) {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        let Some(stream) = self.streams.get_mut(&head.id) else { return };
        if amount == 0 {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        stream.send_window += amount;
        if stream.send_window > i64::from(ID_MAX) {
            self.reset(head.id, code::FLOW_CONTROL_ERROR);
            self.invalid(fault::FLOW_CONTROL);
            return;
        }
        self.make_ready(head.id);
    }

    fn altsvc_came(&mut self, head: Head, mut payload: Vec<u8>) {
        if self.side == Side::Server || payload.len() < 2 {
            return;
        }
        let origin_len = usize::from(u16::from_be_bytes([payload[0], payload[1]]));
        if payload.len() < 2 + origin_len || (head.id == 0) == (origin_len == 0) {
            return;
        }
        let value = payload.split_off(2 + origin_len);
        self.events.push_back(Event::AltSvc { id: head.id, origin: payload.split_off(2), value });
    }

    fn origin_came(&mut self, head: Head, mut payload: &[u8]) {
        if self.side == Side::Server || head.id != 0 || head.flags & 0xf0 != 0 {
            return;
        }
        let mut origins = Vec::new();
        while let Some((len, rest)) = payload.split_first_chunk::<2>() {
            let Some((origin, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len))) else {
                return self.fail(code::FRAME_SIZE_ERROR, fault::FRAME_SIZE_ERROR);
            };
            if !origin.is_empty() {
                origins.push(origin.to_vec());
            }
            payload = rest;
        }
        self.events.push_back(Event::Origin(origins));
    }
}
