//! Revocation lists.

use std::sync::Arc;

use super::{name::Name, time};
use crate::der::{self, Reader};

/// A list, as far as it is looked at.
#[derive(Debug)]
pub struct RevocationList {
    pub issuer: Name,
    /// Seconds since 1970.
    pub next_update: Option<i64>,
    /// Of revoked certificates, without leading zeroes.
    pub serials: Vec<Vec<u8>>,
}

impl RevocationList {
    /// Reads DER.
    pub fn parse(raw: &[u8]) -> Option<Arc<Self>> {
        let mut list = Reader::new(Reader::new(raw).expect(der::SEQUENCE)?);
        let mut fields = Reader::new(list.expect(der::SEQUENCE)?);
        fields.optional(der::INTEGER);
        fields.expect(der::SEQUENCE)?;
        let issuer = Name::parse(fields.next_whole()?)?;
        time::parse(fields.next()?)?;
        let mut next_update = None;
        if matches!(fields.peek(), Some(0x17 | 0x18)) {
            next_update = time::parse(fields.next()?);
        }
        let mut serials = Vec::new();
        if let Some(revoked) = fields.optional(der::SEQUENCE) {
            let mut revoked = Reader::new(revoked);
            while let Some(entry) = revoked.optional(der::SEQUENCE) {
                let serial = Reader::new(entry).expect(der::INTEGER)?;
                let zeroes = serial.iter().take_while(|byte| **byte == 0).count();
                serials.push(serial[zeroes..].to_vec());
            }
        }
        Some(Arc::new(Self { issuer, next_update, serials }))
    }
}
