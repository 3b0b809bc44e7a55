//! Certificates: what they say (`Certificate`), and whether they are to be believed (`chain`), in OpenSSL's terms.

use std::{
    fmt,
    ops::Range,
    sync::{Arc, OnceLock},
};

pub mod chain;
mod constraints;
pub mod crl;
pub mod name;
pub mod text;
pub mod time;

use crate::{
    der::{self, Reader, oid},
    provider::verify::{Algorithm, PublicKey},
};
use name::{GeneralName, Name};

/// A certificate, read.
pub struct Certificate {
    raw: Vec<u8>,
    tbs: Range<usize>,
    /// 1 to 3.
    pub version: u8,
    /// Big-endian, without leading zeroes.
    pub serial: Vec<u8>,
    pub issuer: Name,
    pub subject: Name,
    /// Seconds since 1970.
    pub not_before: i64,
    pub not_after: i64,
    spki: Range<usize>,
    signature_algorithm: Vec<u8>,
    signature: Vec<u8>,
    pub extensions: Vec<Extension>,
    public_key: OnceLock<Option<PublicKey>>,
}

/// One extension.
pub struct Extension {
    pub id: Vec<u8>,
    pub critical: bool,
    /// The contents of the OCTET STRING.
    pub value: Vec<u8>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Certificate({})", self.subject.one_line())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

fn range_in(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

impl Certificate {
    /// Reads DER. What follows the certificate is not looked at.
    pub fn parse(raw: &[u8]) -> Option<Arc<Self>> {
        let raw = Reader::new(raw).next_whole()?;
        let mut certificate = Reader::new(Reader::new(raw).expect(der::SEQUENCE)?);
        let tbs = certificate.next_whole()?;
        let signature_algorithm = certificate.expect(der::SEQUENCE)?.to_vec();
        let signature = der::bits(certificate.expect(der::BIT_STRING)?)?.to_vec();
        let mut fields = Reader::new(Reader::new(tbs).expect(der::SEQUENCE)?);
        let version = match fields.optional(0xa0) {
            Some(version) => Reader::new(version).expect(der::INTEGER)?.last()? + 1,
            None => 1,
        };
        let serial = fields.expect(der::INTEGER)?;
        let zeroes = serial.iter().take_while(|byte| **byte == 0).count();
        fields.expect(der::SEQUENCE)?;
        let issuer = Name::parse(fields.next_whole()?)?;
        let mut validity = Reader::new(fields.expect(der::SEQUENCE)?);
        let (not_before, not_after) = (time::parse(validity.next()?)?, time::parse(validity.next()?)?);
        let subject = Name::parse(fields.next_whole()?)?;
        let spki = range_in(raw, fields.next_whole()?);
        let mut extensions = Vec::new();
        while let Some((tag, value)) = fields.next() {
            if tag == 0xa3 {
                extensions = parse_extensions(value)?;
            }
        }
        Some(Arc::new(Self {
            tbs: range_in(raw, tbs),
            raw: raw.to_vec(),
            version,
            serial: serial[zeroes..].to_vec(),
            issuer,
            subject,
            not_before,
            not_after,
            spki,
            signature_algorithm,
            signature,
            extensions,
            public_key: OnceLock::new(),
        }))
    }

    /// The certificate as it came.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The SubjectPublicKeyInfo.
    pub fn spki(&self) -> &[u8] {
        &self.raw[self.spki.clone()]
    }

    /// The public key; none of a kind that is not known.
    pub fn public_key(&self) -> Option<&PublicKey> {
        self.public_key.get_or_init(|| PublicKey::from_spki(self.spki())).as_ref()
    }

    /// The extension with this object identifier, as DER has it.
    pub fn extension(&self, id: &[u8]) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.id == id)
    }

    /// Whether this key signed that certificate.
    pub fn is_signed_with(&self, key: &PublicKey) -> bool {
        Algorithm::parse(&self.signature_algorithm).is_some_and(|algorithm| key.verify(algorithm, &self.raw[self.tbs.clone()], &self.signature))
    }

    /// `basicConstraints`: whether it is an authority, and how many authorities may lie below.
    pub fn basic_constraints(&self) -> Option<(bool, Option<usize>)> {
        let extension = self.extension(oid::BASIC_CONSTRAINTS)?;
        let mut fields = Reader::new(Reader::new(&extension.value).expect(der::SEQUENCE)?);
        let is_authority = fields.optional(der::BOOLEAN).is_some_and(|value| value != [0]);
        let path_len = fields.optional(der::INTEGER).and_then(|len| len.last().copied()).map(usize::from);
        Some((is_authority, path_len))
    }

    /// `X509_check_ca`: by the extension, or by what was usual before there were extensions.
    pub fn is_authority(&self) -> bool {
        if let Some(usage) = self.key_usage()
            && usage & KEY_CERT_SIGN == 0
        {
            return false;
        }
        match self.basic_constraints() {
            Some((is_authority, _)) => is_authority,
            None => self.version == 1 && self.is_self_issued() || self.key_usage().is_some_and(|usage| usage & KEY_CERT_SIGN != 0),
        }
    }

    /// The bits of `keyUsage`, the first one highest.
    fn key_usage(&self) -> Option<u8> {
        let extension = self.extension(oid::KEY_USAGE)?;
        der::bits(Reader::new(&extension.value).expect(der::BIT_STRING)?)?.first().copied()
    }

    /// The object identifiers of `extKeyUsage`, with dots.
    pub fn ext_key_usage(&self) -> Option<Vec<String>> {
        Some(self.ext_key_usage_ids()?.into_iter().map(der::dotted).collect())
    }

    fn ext_key_usage_ids(&self) -> Option<Vec<&[u8]>> {
        let extension = self.extension(oid::EXT_KEY_USAGE)?;
        let mut reader = Reader::new(Reader::new(&extension.value).expect(der::SEQUENCE)?);
        let mut ids = Vec::new();
        while let Some(id) = reader.optional(der::OID) {
            ids.push(id);
        }
        Some(ids)
    }

    /// `subjectAltName`
    pub fn alt_names(&self) -> Option<Vec<GeneralName>> {
        let extension = self.extension(oid::SUBJECT_ALT_NAME)?;
        let mut reader = Reader::new(Reader::new(&extension.value).expect(der::SEQUENCE)?);
        let mut names = Vec::new();
        while let Some((tag, value)) = reader.next() {
            names.push(GeneralName::parse(tag, value));
        }
        Some(names)
    }

    /// `authorityInfoAccess`: methods, with dots, and where.
    pub fn info_access(&self) -> Option<Vec<(String, GeneralName)>> {
        let extension = self.extension(oid::AUTHORITY_INFO_ACCESS)?;
        let mut reader = Reader::new(Reader::new(&extension.value).expect(der::SEQUENCE)?);
        let mut found = Vec::new();
        while let Some(description) = reader.optional(der::SEQUENCE) {
            let mut description = Reader::new(description);
            let method = der::dotted(description.expect(der::OID)?);
            let (tag, value) = description.next()?;
            found.push((method, GeneralName::parse(tag, value)));
        }
        Some(found)
    }

    fn subject_key_id(&self) -> Option<&[u8]> {
        Reader::new(&self.extension(oid::SUBJECT_KEY_ID)?.value).expect(der::OCTET_STRING)
    }

    fn authority_key_id(&self) -> Option<&[u8]> {
        Reader::new(Reader::new(&self.extension(oid::AUTHORITY_KEY_ID)?.value).expect(der::SEQUENCE)?).optional(0x80)
    }

    /// Issuer and subject are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// `X509_check_issued`, without looking at the signature.
    pub fn may_be_issued_by(&self, issuer: &Self) -> bool {
        if self.issuer != issuer.subject {
            return false;
        }
        match (self.authority_key_id(), issuer.subject_key_id()) {
            (Some(wanted), Some(own)) => wanted == own,
            _ => true,
        }
    }
}

/// `keyCertSign`
const KEY_CERT_SIGN: u8 = 0x04;

fn parse_extensions(value: &[u8]) -> Option<Vec<Extension>> {
    let mut reader = Reader::new(Reader::new(value).expect(der::SEQUENCE)?);
    let mut extensions = Vec::new();
    while let Some(extension) = reader.optional(der::SEQUENCE) {
        let mut fields = Reader::new(extension);
        let id = fields.expect(der::OID)?.to_vec();
        let critical = fields.optional(der::BOOLEAN).is_some_and(|value| value != [0]);
        extensions.push(Extension { id, critical, value: fields.expect(der::OCTET_STRING)?.to_vec() });
    }
    Some(extensions)
}
