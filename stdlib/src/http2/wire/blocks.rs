//! Header blocks: what they are for, and whether they may be.

use super::{
    check::{self, Role},
    frame::{Head, code, fault, kind},
    hpack::Field,
    session::{Category, Event, Session, Side, ends_stream},
    settings,
    stream::Phase,
};

impl Session {
    /// A header block is complete. It is decoded in any case: both sides' tables must stay the same.
    pub(super) fn header_block(&mut self, head: Head, promised: u32, block: &[u8]) {
        let (pairs_max, size_max) = (self.limits.pairs_max, self.local.max_header_list_size as usize);
        let (mut fields, mut size, mut too_large) = (Vec::new(), 0usize, false);
        let decoded = self.decoder.decode(block, |field| {
            size += field.size();
            too_large |= size > size_max || fields.len() >= pairs_max;
            if !too_large {
                fields.push(field);
            }
        });
        if decoded.is_err() {
            return self.fail(code::COMPRESSION_ERROR, fault::HEADER_COMP);
        }
        if head.id == 0 {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        if head.kind == kind::PUSH_PROMISE {
            return self.promise(head, promised, fields, too_large);
        }
        let Some(category) = self.category(head) else { return };
        if too_large {
            self.reset(head.id, code::ENHANCE_YOUR_CALM);
            return;
        }
        self.message(head, category, fields);
    }

    /// What the block is for its stream, which is made where the block begins it. `None`: it is for nothing.
    fn category(&mut self, head: Head) -> Option<Category> {
        if let Some(stream) = self.streams.get_mut(&head.id) {
            if stream.is_reset {
                return None;
            }
            if stream.remote_closed {
                self.fail(code::STREAM_CLOSED, fault::STREAM_CLOSED);
                return None;
            }
            if stream.phase == Phase::ReservedRemote {
                stream.phase = Phase::Open;
                stream.local_closed = true;
                self.peer_open += 1;
                return Some(Category::PushResponse);
            }
            return Some(if self.side == Side::Client && !stream.head_received && stream.status == 0 { Category::Response } else { Category::Headers });
        }
        if self.side == Side::Client || !self.is_peers(head.id) {
            if self.is_idle(head.id) || self.side == Side::Server {
                self.fail(code::PROTOCOL_ERROR, fault::PROTO);
            }
            return None;
        }
        if head.id <= self.last_peer_id {
            // It was closed: what was on its way is ignored.
            if !self.goaway_sent {
                self.fail(code::STREAM_CLOSED, fault::STREAM_CLOSED);
            }
            return None;
        }
        self.last_peer_id = head.id;
        if self.goaway_sent && head.id > self.last_processed_id && self.is_over {
            return None;
        }
        if self.peer_open >= self.local.max_concurrent_streams {
            self.fail(code::PROTOCOL_ERROR, fault::PROTO);
            return None;
        }
        let pending = self.local_pending.iter().flatten().filter(|(id, _)| *id == settings::id::MAX_CONCURRENT_STREAMS).map(|(_, value)| *value).min();
        if pending.is_some_and(|most| self.peer_open >= most) {
            self.open(head.id, Phase::Open);
            self.reset(head.id, code::REFUSED_STREAM);
            return None;
        }
        if self.memory() > self.limits.memory_max {
            self.rejected_streams += 1;
            self.open(head.id, Phase::Open);
            self.reset(head.id, code::ENHANCE_YOUR_CALM);
            if self.rejected_streams > self.limits.rejected_streams_max {
                self.break_off(fault::CALLBACK_FAILURE);
            }
            return None;
        }
        self.open(head.id, Phase::Open);
        Some(Category::Request)
    }

    fn message(&mut self, head: Head, category: Category, mut fields: Vec<Field>) {
        let id = head.id;
        let (is_strict, extended) = (self.limits.strict_whitespace, self.side == Side::Client || self.local.enable_connect_protocol);
        let Some(stream) = self.streams.get_mut(&id) else { return };
        let role = match category {
            Category::Request => Role::Request,
            Category::Response | Category::PushResponse => Role::Response,
            Category::Headers if self.side == Side::Client && !stream.head_received => Role::Response,
            Category::Headers => Role::Trailers,
        };
        let mut valid = check::fields(&mut fields, role, is_strict, extended).and_then(|found| check::apply(stream, role, &found, ends_stream(head.flags)));
        if role == Role::Trailers && !ends_stream(head.flags) {
            valid = Err(fault::HTTP_MESSAGING);
        }
        let ends = ends_stream(head.flags);
        if valid.is_ok() && ends && stream.expected_len.is_some_and(|expected| expected != stream.received_len) {
            valid = Err(fault::HTTP_MESSAGING);
        }
        if let Err(fault) = valid {
            self.reset(id, code::PROTOCOL_ERROR);
            self.invalid(fault);
            return;
        }
        if self.side == Side::Server && id > self.last_processed_id {
            self.last_processed_id = id;
        }
        self.events.push_back(Event::Headers { id, category, fields, flags: head.flags });
        if ends_stream(head.flags) {
            self.end_of(id);
        }
    }

    fn promise(&mut self, head: Head, promised: u32, mut fields: Vec<Field>, too_large: bool) {
        let may = self.side == Side::Client && self.local.enable_push && !self.is_peers(head.id) && !self.is_idle(head.id);
        if !may || promised == 0 || !self.is_peers(promised) || promised <= self.last_peer_id {
            return self.fail(code::PROTOCOL_ERROR, fault::PROTO);
        }
        self.last_peer_id = promised;
        self.last_processed_id = promised;
        let reserved = self.streams.values().filter(|stream| stream.phase == Phase::ReservedRemote).count();
        let parent_lives = self.streams.get(&head.id).is_some_and(|stream| !stream.is_reset);
        self.open(promised, Phase::ReservedRemote);
        let refused = match check::fields(&mut fields, Role::Request, self.limits.strict_whitespace, false) {
            _ if !parent_lives || reserved >= self.limits.reserved_max => Some(code::CANCEL),
            _ if too_large => Some(code::ENHANCE_YOUR_CALM),
            _ if self.peer_open >= self.local.max_concurrent_streams => Some(code::REFUSED_STREAM),
            Err(_) => Some(code::PROTOCOL_ERROR),
            Ok(found) => {
                if let Some(stream) = self.streams.get_mut(&promised) {
                    stream.is_head = found.is_head;
                }
                None
            }
        };
        match refused {
            Some(code) => self.reset(promised, code),
            None => self.events.push_back(Event::PushPromise { id: promised, fields, flags: head.flags }),
        }
    }
}
