//! Certificates, RFC 5280, as Rust has them: what is where in the DER.

use coil_tls::x509;

use super::{
    asn1::{Element, Malformed, Read, Reader, tag},
    key::{Public, pem, read},
};

/// A certificate and where its parts lie.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// All its bytes.
    pub der: Vec<u8>,
    /// TBSCertificate, which is signed.
    pub signed: Vec<u8>,
    /// The serial number's bytes.
    pub serial: Vec<u8>,
    /// Contents of the names.
    pub issuer: Vec<u8>,
    /// See `issuer`.
    pub subject: Vec<u8>,
    /// Not before, not after: tag and text.
    pub validity: [(u8, String); 2],
    /// SubjectPublicKeyInfo.
    pub spki: Vec<u8>,
    /// Identifier, whether critical, content.
    pub extensions: Vec<(Vec<u8>, bool, Vec<u8>)>,
    /// The AlgorithmIdentifier of the signature: its identifier, and the parameters.
    pub algorithm: (Vec<u8>, Vec<u8>),
    /// The signature.
    pub signature: Vec<u8>,
}

impl Certificate {
    /// From DER.
    pub fn parse(der: &[u8]) -> Read<Self> {
        let mut outer = Reader(der);
        let whole = outer.any()?;
        if whole.tag != tag::SEQUENCE {
            return Err(Malformed::Tag);
        }
        let mut certificate = Reader(whole.content);
        let signed = certificate.any()?;
        let mut algorithm = certificate.sequence()?;
        let algorithm = (algorithm.oid()?.to_vec(), algorithm.0.to_vec());
        let signature = certificate.bits()?.to_vec();
        if signed.tag != tag::SEQUENCE {
            return Err(Malformed::Tag);
        }
        let mut body = Reader(signed.content);
        body.optional(tag::explicit(0))?;
        let serial = body.take(tag::INTEGER)?.to_vec();
        body.sequence()?;
        let issuer = body.take(tag::SEQUENCE)?.to_vec();
        let mut dates = body.sequence()?;
        let validity = [time(dates.any()?)?, time(dates.any()?)?];
        let subject = body.take(tag::SEQUENCE)?.to_vec();
        let spki = body.any()?.whole.to_vec();
        body.optional(tag::context(1))?;
        body.optional(tag::context(2))?;
        let mut extensions = Vec::new();
        if let Some(inner) = body.optional(tag::explicit(3))? {
            let mut list = Reader(inner).sequence()?;
            while !list.is_empty() {
                let mut extension = list.sequence()?;
                let oid = extension.oid()?.to_vec();
                let critical = extension.optional(tag::BOOLEAN)?.is_some_and(|flag| flag != [0]);
                extensions.push((oid, critical, extension.octets()?.to_vec()));
            }
        }
        Ok(Self { der: whole.whole.to_vec(), signed: signed.whole.to_vec(), serial, issuer, subject, validity, spki, extensions, algorithm, signature })
    }

    /// From PEM, or else DER.
    pub fn of_bytes(bytes: &[u8]) -> Read<Self> {
        let text = String::from_utf8_lossy(bytes);
        let labels = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];
        match pem::blocks(&text).into_iter().find(|block| labels.contains(&block.label.as_str())) {
            Some(block) => Self::parse(&block.bytes),
            None => Self::parse(bytes),
        }
    }

    /// The key that is certified.
    pub fn public_key(&self) -> Read<Public> {
        read::spki(&self.spki)
    }

    /// The content of an extension.
    pub fn extension(&self, oid: &[u8]) -> Option<&[u8]> {
        self.extensions.iter().find(|(known, ..)| known == oid).map(|(.., content)| &content[..])
    }
}

fn time(element: Element<'_>) -> Read<(u8, String)> {
    let text = std::str::from_utf8(element.content).map_err(|_| Malformed::Content)?;
    Ok((element.tag, text.to_owned()))
}

/// Seconds since 1970 of a time of a certificate.
pub fn unix_time((kind, text): &(u8, String)) -> Option<i64> {
    x509::time::parse((*kind, text.as_bytes()))
}

/// `Sep  3 21:40:37 2022 GMT`, as OpenSSL prints a time.
pub fn shown_time(time: &(u8, String)) -> String {
    unix_time(time).map_or_else(|| "Bad time value".into(), x509::time::shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_openssl_does() {
        assert_eq!(shown_time(&(0x17, "220903214037Z".into())), "Sep  3 21:40:37 2022 GMT");
        assert_eq!(shown_time(&(0x18, "22960617214037Z".into())), "Jun 17 21:40:37 2296 GMT");
        assert_eq!(shown_time(&(0x17, "700101000000Z".into())), "Jan  1 00:00:00 1970 GMT");
    }
}
