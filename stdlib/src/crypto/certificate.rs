//! Certificates, RFC 5280, as Rust has them: what is where in the DER.

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
    let digits = text.strip_suffix('Z')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = if *kind == tag::UTC_TIME {
        let year: i64 = digits.get(..2)?.parse().ok()?;
        (if year < 50 { 2000 + year } else { 1900 + year }, digits.get(2..)?)
    } else {
        (digits.get(..4)?.parse().ok()?, digits.get(4..)?)
    };
    let part = |at: usize| rest.get(at * 2..at * 2 + 2).map_or(Some(0), |text| text.parse::<i64>().ok());
    let (month, day, hour, minute, second) = (part(0)?, part(1)?, part(2)?, part(3)?, part(4)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Days since 1970 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `Sep  3 21:40:37 2022 GMT`, as OpenSSL prints a time.
pub fn shown_time(time: &(u8, String)) -> String {
    let Some(seconds) = unix_time(time) else { return "Bad time value".into() };
    let (day, clock) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted + 2) / 5 + 1;
    let month = (shifted + 2) % 12;
    let year = year + era * 400 + i64::from(month < 2);
    format!("{} {date:2} {:02}:{:02}:{:02} {year} GMT", MONTHS[month as usize], clock / 3600, clock / 60 % 60, clock % 60)
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_openssl_does() {
        assert_eq!(shown_time(&(tag::UTC_TIME, "220903214037Z".into())), "Sep  3 21:40:37 2022 GMT");
        assert_eq!(shown_time(&(0x18, "22960617214037Z".into())), "Jun 17 21:40:37 2296 GMT");
        assert_eq!(shown_time(&(tag::UTC_TIME, "700101000000Z".into())), "Jan  1 00:00:00 1970 GMT");
    }
}
