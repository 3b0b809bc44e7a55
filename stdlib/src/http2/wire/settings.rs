//! SETTINGS (RFC 9113, section 6.5.2; RFC 8441).

/// Numbers of settings.
pub mod id {
    pub const HEADER_TABLE_SIZE: u16 = 1;
    pub const ENABLE_PUSH: u16 = 2;
    pub const MAX_CONCURRENT_STREAMS: u16 = 3;
    pub const INITIAL_WINDOW_SIZE: u16 = 4;
    pub const MAX_FRAME_SIZE: u16 = 5;
    pub const MAX_HEADER_LIST_SIZE: u16 = 6;
    pub const ENABLE_CONNECT_PROTOCOL: u16 = 8;
}

/// What one side has told the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub header_table_size: u32,
    pub enable_push: bool,
    pub max_concurrent_streams: u32,
    pub initial_window_size: u32,
    pub max_frame_size: u32,
    pub max_header_list_size: u32,
    pub enable_connect_protocol: bool,
    /// Those that the application asked to hear of, by number.
    pub custom: Vec<(u16, u32)>,
}

impl Default for Settings {
    /// What holds until something else is said.
    fn default() -> Self {
        Self {
            header_table_size: 4096,
            enable_push: true,
            max_concurrent_streams: u32::MAX,
            initial_window_size: 65_535,
            max_frame_size: 16_384,
            max_header_list_size: u32::MAX,
            enable_connect_protocol: false,
            custom: Vec::new(),
        }
    }
}

impl Settings {
    /// Takes one value over; those of other numbers only where they are in `custom`.
    pub fn set(&mut self, id: u16, value: u32) {
        match id {
            id::HEADER_TABLE_SIZE => self.header_table_size = value,
            id::ENABLE_PUSH => self.enable_push = value != 0,
            id::MAX_CONCURRENT_STREAMS => self.max_concurrent_streams = value,
            id::INITIAL_WINDOW_SIZE => self.initial_window_size = value,
            id::MAX_FRAME_SIZE => self.max_frame_size = value,
            id::MAX_HEADER_LIST_SIZE => self.max_header_list_size = value,
            id::ENABLE_CONNECT_PROTOCOL => self.enable_connect_protocol = value != 0,
            _ => {}
        }
    }

    /// Notes a value of a number that this codec has no use for.
    pub fn set_custom(&mut self, id: u16, value: u32) {
        match self.custom.iter_mut().find(|(known, _)| *known == id) {
            Some(known) => known.1 = value,
            None => self.custom.push((id, value)),
        }
    }
}

/// Whether the codec itself has a use for a setting.
pub fn is_known(id: u16) -> bool {
    use id::{ENABLE_CONNECT_PROTOCOL, HEADER_TABLE_SIZE, MAX_HEADER_LIST_SIZE};
    (HEADER_TABLE_SIZE..=MAX_HEADER_LIST_SIZE).contains(&id) || id == ENABLE_CONNECT_PROTOCOL
}

/// The entries of a payload.
pub fn parse(payload: &[u8]) -> impl Iterator<Item = (u16, u32)> + '_ {
    payload.chunks_exact(6).map(|entry| (u16::from_be_bytes([entry[0], entry[1]]), u32::from_be_bytes([entry[2], entry[3], entry[4], entry[5]])))
}

/// The payload of these entries.
pub fn pack(entries: &[(u16, u32)]) -> Vec<u8> {
    let mut payload = Vec::with_capacity(entries.len() * 6);
    for (id, value) in entries {
        payload.extend_from_slice(&id.to_be_bytes());
        payload.extend_from_slice(&value.to_be_bytes());
    }
    payload
}
