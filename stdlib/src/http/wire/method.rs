//! The request methods Node knows, in the order of Node's own numbering.

/// A request method: an index into [`METHODS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method(u8);

/// What may follow a method on the request line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Http,
    Rtsp,
    /// Shared by HTTP and RTSP.
    Both,
    /// `SOURCE`: HTTP and the Icecast protocol.
    Ice,
}

/// Names and families; the first 35 and QUERY are what `http.METHODS` lists (sorted there).
static METHODS: [(&str, Family); 47] = [
    ("DELETE", Family::Http),
    ("GET", Family::Both),
    ("HEAD", Family::Http),
    ("POST", Family::Both),
    ("PUT", Family::Http),
    ("CONNECT", Family::Http),
    ("OPTIONS", Family::Both),
    ("TRACE", Family::Http),
    ("COPY", Family::Http),
    ("LOCK", Family::Http),
    ("MKCOL", Family::Http),
    ("MOVE", Family::Http),
    ("PROPFIND", Family::Http),
    ("PROPPATCH", Family::Http),
    ("SEARCH", Family::Http),
    ("UNLOCK", Family::Http),
    ("BIND", Family::Http),
    ("REBIND", Family::Http),
    ("UNBIND", Family::Http),
    ("ACL", Family::Http),
    ("REPORT", Family::Http),
    ("MKACTIVITY", Family::Http),
    ("CHECKOUT", Family::Http),
    ("MERGE", Family::Http),
    ("M-SEARCH", Family::Http),
    ("NOTIFY", Family::Http),
    ("SUBSCRIBE", Family::Http),
    ("UNSUBSCRIBE", Family::Http),
    ("PATCH", Family::Http),
    ("PURGE", Family::Http),
    ("MKCALENDAR", Family::Http),
    ("LINK", Family::Http),
    ("UNLINK", Family::Http),
    ("SOURCE", Family::Ice),
    ("PRI", Family::Http),
    ("DESCRIBE", Family::Rtsp),
    ("ANNOUNCE", Family::Rtsp),
    ("SETUP", Family::Rtsp),
    ("PLAY", Family::Rtsp),
    ("PAUSE", Family::Rtsp),
    ("TEARDOWN", Family::Rtsp),
    ("GET_PARAMETER", Family::Rtsp),
    ("SET_PARAMETER", Family::Rtsp),
    ("REDIRECT", Family::Rtsp),
    ("RECORD", Family::Rtsp),
    ("FLUSH", Family::Rtsp),
    ("QUERY", Family::Http),
];

/// How far a method name was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// The bytes so far begin a method; more must come (they may already be a whole one).
    Prefix,
    Whole(Method),
    /// The byte at this index fits no method.
    Mismatch(usize),
}

impl Method {
    pub const GET: Self = Self(1);
    pub const HEAD: Self = Self(2);
    pub const POST: Self = Self(3);
    pub const CONNECT: Self = Self(5);
    pub const PRI: Self = Self(34);

    pub fn name(self) -> &'static str {
        METHODS[usize::from(self.0)].0
    }

    /// Node's number of the method.
    pub const fn index(self) -> u8 {
        self.0
    }

    pub fn fits_http(self) -> bool {
        METHODS[usize::from(self.0)].1 != Family::Rtsp
    }

    pub fn fits_rtsp(self) -> bool {
        matches!(METHODS[usize::from(self.0)].1, Family::Rtsp | Family::Both)
    }

    pub fn fits_ice(self) -> bool {
        METHODS[usize::from(self.0)].1 == Family::Ice
    }

    /// Every method that can arrive in an HTTP/1 request, in Node's order: what `http.METHODS` sorts.
    pub fn http() -> impl Iterator<Item = &'static str> {
        METHODS.iter().filter(|(name, family)| *family != Family::Rtsp && *name != "PRI").map(|(name, _)| *name)
    }

    /// Reads a method at the start of `bytes` (at most its first 16). The longest method that fits wins, as `GET_`
    /// begins `GET_PARAMETER`.
    pub fn recognise(bytes: &[u8]) -> Recognised {
        // The two that nearly every request has.
        if bytes.starts_with(b"GET ") {
            return Recognised::Whole(Self::GET);
        }
        if bytes.starts_with(b"POST ") {
            return Recognised::Whole(Self::POST);
        }
        let mut best = 0;
        for (index, (name, _)) in METHODS.iter().enumerate() {
            let name = name.as_bytes();
            let same = name.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            if same == bytes.len() {
                return Recognised::Prefix;
            }
            // A whole method counts only when no other method goes further with the same bytes.
            if same == name.len() && !METHODS.iter().any(|(other, _)| longer(other.as_bytes(), name, bytes)) {
                return Recognised::Whole(Self(index as u8));
            }
            best = best.max(same);
        }
        Recognised::Mismatch(best)
    }
}

fn longer(other: &[u8], name: &[u8], bytes: &[u8]) -> bool {
    other.len() > name.len() && other.starts_with(name) && bytes.get(name.len()) == other.get(name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_recognised_and_every_prefix_waits() {
        for (index, (name, _)) in METHODS.iter().enumerate() {
            for end in 1..=name.len() {
                assert_eq!(Method::recognise(&name.as_bytes()[..end]), Recognised::Prefix, "{name}");
            }
            let line = format!("{name} ");
            assert_eq!(Method::recognise(line.as_bytes()), Recognised::Whole(Method(index as u8)), "{name}");
        }
    }

    #[test]
    fn a_mismatch_is_where_it_happens() {
        assert_eq!(Method::recognise(b"GEX"), Recognised::Mismatch(2));
        assert_eq!(Method::recognise(b"get"), Recognised::Mismatch(0));
        assert_eq!(Method::recognise(b"GET_X"), Recognised::Mismatch(4));
    }

    #[test]
    fn the_public_list_is_nodes() {
        assert_eq!(Method::http().count(), 35);
    }
}
