//! One TLS connection without its socket: bytes in, bytes out.

use std::{
    io::{BufRead, Write},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use rustls::{
    AlertDescription, ClientConfig, ClientConnection, Connection, DistinguishedName, Error, HandshakeKind, KeyLog, NamedGroup, NoKeyLog, ServerConfig, SignatureScheme,
    client::{ClientSessionStore, ResolvesClientCert, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue},
    crypto::{CryptoProvider, SupportedKxGroup},
    pki_types::{IpAddr, Ipv4Addr, ServerName},
    server::{Accepted, Acceptor, ClientHello, ResolvesServerCert, ServerSessionMemoryCache},
    sign::CertifiedKey,
};

use crate::{
    believing::{self, AsksClient},
    finished::{self, Finished},
    provider,
    tickets::{OneConnection, Tickets},
    x509::Certificate,
};

/// What a connection is made with: Node's `SecureContext`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Chains with their keys; which one is shown depends on what the peer understands.
    pub identities: Vec<Arc<CertifiedKey>>,
    pub provider: Arc<CryptoProvider>,
    pub versions: Vec<&'static rustls::SupportedProtocolVersion>,
    /// What the peer's signatures may be.
    pub schemes: Vec<SignatureScheme>,
    pub tickets: Arc<Tickets>,
    /// Sessions are kept here, not in tickets.
    pub without_tickets: Option<Arc<ServerSessionMemoryCache>>,
    /// The server's order of cipher suites counts, not the client's.
    pub server_order: bool,
    /// Whose certificates a server asks for: names of authorities, as they are encoded.
    pub client_authorities: Vec<Vec<u8>>,
    creds: Arc<Creds>,
}

impl Settings {
    /// Both versions, every scheme, no authorities; the fields say otherwise.
    pub fn new(identities: Vec<Arc<CertifiedKey>>, provider: Arc<CryptoProvider>, tickets: Arc<Tickets>) -> Self {
        Self {
            creds: Creds::of(&identities),
            identities,
            provider,
            versions: vec![&rustls::version::TLS13, &rustls::version::TLS12],
            schemes: SCHEMES.to_vec(),
            tickets,
            without_tickets: None,
            server_order: true,
            client_authorities: Vec::new(),
        }
    }
}

/// All schemes whose signatures are understood.
pub static SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// A client's wishes for one connection.
#[derive(Debug, Default)]
pub struct ClientWishes {
    pub servername: Option<String>,
    pub alpn: Vec<Vec<u8>>,
    /// A session to be resumed.
    pub session: Option<Saved>,
    pub logs_keys: bool,
    pub max_fragment: Option<usize>,
}

/// A server's wishes for one connection.
#[derive(Debug, Default)]
pub struct ServerWishes {
    pub alpn: Vec<Vec<u8>>,
    pub requests_cert: bool,
    /// Without a certificate of the client's the handshake fails.
    pub requires_cert: bool,
    pub logs_keys: bool,
    pub max_fragment: Option<usize>,
    /// An OCSP response that is shown with the certificate.
    pub ocsp: Option<Vec<u8>>,
}

/// What a client has said before anything was answered.
#[derive(Clone, Debug, Default)]
pub struct Hello {
    pub servername: Option<String>,
    pub alpn: Option<Vec<Vec<u8>>>,
    /// What the server's signatures may be.
    pub schemes: Vec<SignatureScheme>,
}

/// What the peer's records hold, one by one.
pub type Plain = Vec<Vec<u8>>;

/// A session that a client may resume.
pub struct Saved {
    value: SavedValue,
    creds: Arc<Creds>,
    pub is_tls13: bool,
}

impl Saved {
    /// The same again, where the protocol allows it.
    pub fn duplicate(&self) -> Option<Self> {
        match &self.value {
            SavedValue::Tls12(value) => Some(Self { value: SavedValue::Tls12(value.clone()), creds: self.creds.clone(), is_tls13: false }),
            SavedValue::Tls13(_) => None,
        }
    }
}

enum SavedValue {
    Tls12(Box<Tls12ClientSessionValue>),
    Tls13(Box<Tls13ClientSessionValue>),
}

impl std::fmt::Debug for Saved {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Saved(tls13: {})", self.is_tls13)
    }
}

enum State {
    /// A server that waits for the client's first message.
    Hello(Box<Acceptor>),
    /// That message has come; what is to be answered is being decided.
    Held(Box<Accepted>),
    Open(Box<Connection>),
    Failed,
}

/// One connection.
pub struct Session {
    state: State,
    out: Vec<u8>,
    /// What came while the answer to the first message was being decided.
    held: Vec<u8>,
    store: Arc<Store>,
    keys: Arc<Keys>,
    /// The OCSP response the server showed.
    pub ocsp: Option<Vec<u8>>,
    is_client: bool,
    /// How much of what is sent a record holds at most.
    fragment_len_max: usize,
    finished: Finished,
    /// The schemes that a server's client offered, for [`Session::shared_schemes`].
    offered_schemes: Vec<SignatureScheme>,
    own_schemes: Vec<SignatureScheme>,
}

/// As much as a record can hold.
const FRAGMENT_LEN_MAX: usize = 16_384;

impl Session {
    /// A client; its first message is to be sent at once.
    pub fn client(settings: &Settings, wishes: ClientWishes) -> Result<Self, Error> {
        let keys = Arc::new(Keys::default());
        let creds = match &wishes.session {
            // rustls resumes only with the very same object; what it holds is the same.
            Some(saved) if saved.creds.same(&settings.creds) => saved.creds.clone(),
            _ => settings.creds.clone(),
        };
        let store = Arc::new(Store { offered: Mutex::new(wishes.session), received: Mutex::default(), creds: creds.clone() });
        let mut config = ClientConfig::builder_with_provider(settings.provider.clone())
            .with_protocol_versions(&settings.versions)?
            .dangerous()
            .with_custom_certificate_verifier(believing::verifier(settings))
            .with_client_cert_resolver(creds);
        config.alpn_protocols = wishes.alpn;
        config.check_selected_alpn = false;
        config.resumption = Resumption::store(store.clone());
        config.key_log = key_log(wishes.logs_keys, &keys);
        config.enable_sni = wishes.servername.is_some();
        let name = wishes.servername.and_then(|name| ServerName::try_from(name).ok());
        config.enable_sni &= name.is_some();
        let name = name.unwrap_or(ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0, 0, 0, 0]))));
        let mut connection = ClientConnection::new(Arc::new(config), name)?;
        connection.set_buffer_limit(None);
        // What was computed for a session that is offered is no message of this handshake.
        finished::take();
        let fragment_len_max = wishes.max_fragment.unwrap_or(FRAGMENT_LEN_MAX);
        Ok(Self { is_client: true, fragment_len_max, ..Self::new(State::Open(Box::new(connection.into())), store, keys) })
    }

    fn new(state: State, store: Arc<Store>, keys: Arc<Keys>) -> Self {
        Self {
            state,
            out: Vec::new(),
            held: Vec::new(),
            store,
            keys,
            ocsp: None,
            is_client: false,
            fragment_len_max: FRAGMENT_LEN_MAX,
            finished: Finished::default(),
            offered_schemes: Vec::new(),
            own_schemes: Vec::new(),
        }
    }

    /// A server, which waits for the client's first message.
    pub fn server() -> Self {
        let store = Store { offered: Mutex::default(), received: Mutex::default(), creds: Creds::of(&[]) };
        Self::new(State::Hello(Box::default()), Arc::new(store), Arc::default())
    }

    /// Takes bytes from the peer; what they mean is appended to `plain`. `Some`: the client's first message is complete, and
    /// nothing goes on before [`Session::accept`].
    pub fn receive(&mut self, mut bytes: &[u8], plain: &mut Plain) -> Result<Option<Hello>, Error> {
        while !bytes.is_empty() {
            match &mut self.state {
                State::Hello(acceptor) => {
                    acceptor.read_tls(&mut bytes).map_err(|error| Error::General(error.to_string()))?;
                    match acceptor.accept() {
                        Ok(None) => {}
                        Ok(Some(accepted)) => {
                            let hello = Hello::of(&accepted.client_hello());
                            self.offered_schemes.clone_from(&hello.schemes);
                            self.state = State::Held(Box::new(accepted));
                            self.held.extend_from_slice(bytes);
                            return Ok(Some(hello));
                        }
                        Err((error, mut alert)) => {
                            self.state = State::Failed;
                            // A Vec takes all.
                            let _ = alert.write_all(&mut self.out);
                            return Err(error);
                        }
                    }
                }
                State::Held(_) => {
                    self.held.extend_from_slice(bytes);
                    return Ok(None);
                }
                State::Open(connection) => {
                    let read = connection.read_tls(&mut bytes).map_err(|error| Error::General(error.to_string()))?;
                    self.process(plain)?;
                    if read == 0 {
                        break;
                    }
                }
                State::Failed => return Ok(None),
            }
        }
        Ok(None)
    }

    fn process(&mut self, plain: &mut Plain) -> Result<(), Error> {
        let State::Open(connection) = &mut self.state else { return Ok(()) };
        believing::take_ocsp();
        let result = connection.process_new_packets();
        self.finished.record(finished::take());
        if let Some(response) = believing::take_ocsp() {
            self.ocsp = Some(response);
        }
        let mut reader = connection.reader();
        // Each record by itself, as OpenSSL gives them.
        while let Ok(chunk) = reader.fill_buf() {
            let len = chunk.len();
            if len == 0 {
                break;
            }
            plain.push(chunk.to_vec());
            reader.consume(len);
        }
        self.flush();
        if let Err(error) = &result {
            self.say_as_openssl(error);
        }
        result.map(drop)
    }

    /// Has an alert in the clear say what OpenSSL says of the same failure.
    fn say_as_openssl(&mut self, error: &Error) {
        let is_other = matches!(error, Error::NoCertificatesPresented) || shows_nothing(error);
        let len = self.out.len();
        if let Some([21, _, _, 0, 2, 2, description]) = self.out.get_mut(len.saturating_sub(ALERT_LEN)..)
            && is_other
        {
            *description = AlertDescription::HandshakeFailure.into();
        }
    }

    /// Goes on after the client's first message.
    pub fn accept(&mut self, settings: &Settings, wishes: ServerWishes, plain: &mut Plain) -> Result<(), Error> {
        let State::Held(accepted) = std::mem::replace(&mut self.state, State::Failed) else { return Ok(()) };
        self.own_schemes.clone_from(&settings.schemes);
        self.fragment_len_max = wishes.max_fragment.unwrap_or(FRAGMENT_LEN_MAX);
        if self.shared_schemes().is_empty() && !self.offered_schemes.is_empty() {
            self.out.extend_from_slice(&[21, 3, 3, 0, 2, 2, AlertDescription::HandshakeFailure.into()]);
            return Err(Error::General(NO_SHARED_SCHEMES.to_owned()));
        }
        let config = server_config(settings, wishes, &self.keys)?;
        let accepted = accepted.into_connection(Arc::new(config));
        self.finished.record(finished::take());
        match accepted {
            Ok(mut connection) => {
                connection.set_buffer_limit(None);
                self.state = State::Open(Box::new(connection.into()));
            }
            Err((error, mut alert)) => {
                let _ = alert.write_all(&mut self.out);
                self.say_as_openssl(&error);
                return Err(error);
            }
        }
        self.process(plain)?;
        let held = std::mem::take(&mut self.held);
        self.receive(&held, plain).map(drop)
    }

    /// Signature schemes that both sides of a server's connection know, in the client's order.
    pub fn shared_schemes(&self) -> Vec<SignatureScheme> {
        self.offered_schemes.iter().copied().filter(|scheme| self.own_schemes.contains(scheme)).collect()
    }

    /// Has records hold no more than this.
    pub fn set_fragment_len_max(&mut self, len: usize) {
        self.fragment_len_max = len.clamp(1, FRAGMENT_LEN_MAX);
    }

    /// The `Finished` messages of the handshake: the client's and the server's.
    pub fn finished(&self) -> Option<(&[u8], &[u8])> {
        if self.is_established() { self.finished.both() } else { None }
    }

    /// Refuses the client's first message without saying why.
    pub fn refuse(&mut self) {
        self.state = State::Failed;
    }

    /// Protects bytes for the peer; only once the handshake is over.
    pub fn send(&mut self, bytes: &[u8]) {
        if let State::Open(connection) = &mut self.state {
            for fragment in bytes.chunks(self.fragment_len_max) {
                // There is no limit to what is buffered, and nothing stays buffered.
                let _ = connection.writer().write_all(fragment);
            }
            self.flush();
        }
    }

    /// Says that no more will be sent.
    pub fn send_close(&mut self) {
        if let State::Open(connection) = &mut self.state {
            connection.send_close_notify();
            self.flush();
        }
    }

    fn flush(&mut self) {
        if let State::Open(connection) = &mut self.state {
            while connection.wants_write() {
                if !matches!(connection.write_tls(&mut self.out), Ok(1..)) {
                    break;
                }
            }
        }
    }

    /// What is to be sent now.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.flush();
        std::mem::take(&mut self.out)
    }

    /// What rustls knows of the connection, once its handshake has begun.
    pub fn connection(&self) -> Option<&Connection> {
        match &self.state {
            State::Open(connection) => Some(connection),
            _ => None,
        }
    }

    /// Whether both sides have what they need to send data.
    pub fn is_established(&self) -> bool {
        self.connection().is_some_and(|connection| !connection.is_handshaking())
    }

    /// The peer has said that it will send no more.
    pub fn peer_has_closed(&mut self) -> bool {
        match &mut self.state {
            State::Open(connection) => connection.process_new_packets().is_ok_and(|state| state.peer_has_closed()),
            _ => false,
        }
    }

    /// Whether this is the side that connects.
    pub fn is_client(&self) -> bool {
        self.is_client
    }

    /// Whether the handshake took up an earlier session.
    pub fn was_resumed(&self) -> bool {
        self.connection().is_some_and(|connection| connection.handshake_kind() == Some(HandshakeKind::Resumed))
    }

    /// The name that a server was asked for.
    pub fn servername(&self) -> Option<String> {
        match self.connection()? {
            Connection::Server(connection) => connection.server_name().map(str::to_owned),
            Connection::Client(_) => None,
        }
    }

    /// The certificates the peer showed, its own first.
    pub fn peer_certificates(&self) -> Vec<Arc<Certificate>> {
        let shown = self.connection().and_then(|connection| connection.peer_certificates()).unwrap_or_default();
        shown.iter().filter_map(|certificate| Certificate::parse(certificate)).collect()
    }

    /// Sessions that came since this was last asked.
    pub fn take_sessions(&self) -> Vec<Saved> {
        std::mem::take(&mut *self.store.received.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lines for a key log, each without its end, since this was last asked.
    pub fn take_key_lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.keys.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// RFC 5705, RFC 8446 section 7.5.
    pub fn export_keying_material(&self, len: usize, label: &[u8], context: Option<&[u8]>) -> Result<Vec<u8>, Error> {
        let out = vec![0; len];
        match self.connection() {
            Some(connection) => connection.export_keying_material(out, label, context),
            None => Err(Error::HandshakeNotComplete),
        }
    }
}

impl Hello {
    fn of(hello: &ClientHello<'_>) -> Self {
        Self { servername: hello.server_name().map(str::to_owned), alpn: hello.alpn().map(|names| names.map(<[u8]>::to_vec).collect()), schemes: hello.signature_schemes().to_vec() }
    }
}

fn key_log(wanted: bool, keys: &Arc<Keys>) -> Arc<dyn KeyLog> {
    if wanted { keys.clone() } else { Arc::new(NoKeyLog) }
}

fn server_config(settings: &Settings, wishes: ServerWishes, keys: &Arc<Keys>) -> Result<ServerConfig, Error> {
    let builder = ServerConfig::builder_with_provider(settings.provider.clone()).with_protocol_versions(&settings.versions)?;
    let builder = if wishes.requests_cert {
        let authorities = settings.client_authorities.iter().cloned().map(DistinguishedName::from).collect();
        builder.with_client_cert_verifier(Arc::new(AsksClient { authorities, schemes: settings.schemes.clone(), mandatory: wishes.requires_cert }))
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder.with_cert_resolver(Arc::new(Shows { identities: settings.identities.clone(), ocsp: wishes.ocsp }));
    config.alpn_protocols = wishes.alpn;
    config.ignore_client_order = settings.server_order;
    config.key_log = key_log(wishes.logs_keys, keys);
    match &settings.without_tickets {
        Some(sessions) => config.session_storage = sessions.clone(),
        None => config.ticketer = OneConnection::over(&settings.tickets),
    }
    Ok(config)
}

/// Why a handshake fails where the sides know no signature scheme in common.
pub const NO_SHARED_SCHEMES: &str = "no shared signature algorithms";

/// How long an alert is that is not encrypted.
const ALERT_LEN: usize = 7;

/// Whether a server failed because it has no certificate that fits.
pub fn shows_nothing(error: &Error) -> bool {
    matches!(error, Error::General(why) if why.contains("no server certificate"))
}

/// Chooses the first chain whose key can sign what the client understands.
#[derive(Debug)]
struct Shows {
    identities: Vec<Arc<CertifiedKey>>,
    ocsp: Option<Vec<u8>>,
}

impl ResolvesServerCert for Shows {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let chosen = self.identities.iter().find(|identity| identity.key.choose_scheme(hello.signature_schemes()).is_some())?;
        match &self.ocsp {
            Some(response) => Some(Arc::new(CertifiedKey { ocsp: Some(response.clone()), ..(**chosen).clone() })),
            None => Some(chosen.clone()),
        }
    }
}

/// A client's certificates.
#[derive(Debug)]
struct Creds(Vec<Arc<CertifiedKey>>);

impl Creds {
    fn of(identities: &[Arc<CertifiedKey>]) -> Arc<Self> {
        static NONE: OnceLock<Arc<Creds>> = OnceLock::new();
        if identities.is_empty() { NONE.get_or_init(|| Arc::new(Self(Vec::new()))).clone() } else { Arc::new(Self(identities.to_vec())) }
    }

    fn same(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| a.cert == b.cert)
    }
}

impl ResolvesClientCert for Creds {
    fn resolve(&self, _authorities: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.iter().find(|identity| identity.key.choose_scheme(schemes).is_some()).cloned()
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

/// One connection's sessions: the one that is offered, and those that the server gave.
struct Store {
    offered: Mutex<Option<Saved>>,
    received: Mutex<Vec<Saved>>,
    creds: Arc<Creds>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Store")
    }
}

impl Store {
    fn keep(&self, value: SavedValue) {
        let is_tls13 = matches!(value, SavedValue::Tls13(_));
        self.received.lock().unwrap_or_else(PoisonError::into_inner).push(Saved { value, creds: self.creds.clone(), is_tls13 });
    }
}

impl ClientSessionStore for Store {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.keep(SavedValue::Tls12(Box::new(value)));
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        match self.offered.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(Saved { value: SavedValue::Tls12(value), .. }) => Some((**value).clone()),
            _ => None,
        }
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.keep(SavedValue::Tls13(Box::new(value)));
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        let mut offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(&*offered, Some(Saved { value: SavedValue::Tls13(_), .. })) {
            return None;
        }
        match offered.take()?.value {
            SavedValue::Tls13(value) => Some(*value),
            SavedValue::Tls12(_) => None,
        }
    }
}

/// Secrets as lines of a key log (the format of NSS).
#[derive(Debug, Default)]
struct Keys(Mutex<Vec<String>>);

impl KeyLog for Keys {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        // Nothing is ever sent under it.
        if label == "CLIENT_EARLY_TRAFFIC_SECRET" {
            return;
        }
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let line = format!("{label} {} {}", hex(client_random), hex(secret));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// The groups of a list of names, as `ecdhCurve` gives them; `None` where OpenSSL knows a name of it as little as we do. Groups that
/// only OpenSSL has are left out, so that there may be none.
pub fn groups_named(list: &str) -> Option<Vec<&'static dyn SupportedKxGroup>> {
    let mut found: Vec<&'static dyn SupportedKxGroup> = Vec::new();
    for name in list.split(':').map(|name| name.trim_start_matches(['?', '*'])) {
        let group = match name {
            "auto" => return Some(provider::groups().to_vec()),
            "X25519" | "x25519" => NamedGroup::X25519,
            "prime256v1" | "P-256" | "secp256r1" => NamedGroup::secp256r1,
            "secp384r1" | "P-384" => NamedGroup::secp384r1,
            "secp521r1" | "P-521" => NamedGroup::secp521r1,
            _ if MISSING_GROUPS.contains(&name) => continue,
            _ => return None,
        };
        found.extend(provider::groups().iter().find(|known| known.name() == group));
    }
    Some(found)
}

/// Groups of OpenSSL's that there are none of here.
static MISSING_GROUPS: &[&str] = &[
    "X448",
    "x448",
    "secp256k1",
    "secp224r1",
    "P-224",
    "secp192r1",
    "prime192v1",
    "P-192",
    "brainpoolP256r1",
    "brainpoolP384r1",
    "brainpoolP512r1",
    "brainpoolP256r1tls13",
    "brainpoolP384r1tls13",
    "brainpoolP512r1tls13",
    "ffdhe2048",
    "ffdhe3072",
    "ffdhe4096",
    "ffdhe6144",
    "ffdhe8192",
    "MLKEM512",
    "MLKEM768",
    "MLKEM1024",
    "X25519MLKEM768",
    "SecP256r1MLKEM768",
    "SecP384r1MLKEM1024",
];
