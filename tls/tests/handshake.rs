//! A client and a server of this crate with each other, for each kind of key, version, cipher suite and group.

use std::sync::Arc;

use coil_tls::{
    pem, provider,
    rustls::{CipherSuite, Error, SupportedCipherSuite, SupportedProtocolVersion, pki_types::CertificateDer, sign::CertifiedKey, version},
    session::{ClientWishes, Saved, ServerWishes, Session, Settings},
    tickets::Tickets,
    x509::{Certificate, chain},
};

fn seed() {
    let counter = std::cell::Cell::new(1_u64);
    provider::random::set_source(move |bytes| {
        for byte in bytes {
            let next = counter.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            counter.set(next);
            *byte = (next >> 33) as u8;
        }
        true
    });
}

fn testdata(name: &str) -> Vec<u8> {
    let texts: &[(&str, &[u8])] = &[
        ("ca-cert", include_bytes!("../testdata/ca-cert.pem")),
        ("server-cert", include_bytes!("../testdata/server-cert.pem")),
        ("server-key", include_bytes!("../testdata/server-key.pem")),
        ("ec-cert", include_bytes!("../testdata/ec-cert.pem")),
        ("ec-key", include_bytes!("../testdata/ec-key.pem")),
        ("p384-cert", include_bytes!("../testdata/p384-cert.pem")),
        ("p384-key", include_bytes!("../testdata/p384-key.pem")),
        ("p521-cert", include_bytes!("../testdata/p521-cert.pem")),
        ("p521-key", include_bytes!("../testdata/p521-key.pem")),
        ("ed25519-cert", include_bytes!("../testdata/ed25519-cert.pem")),
        ("ed25519-key", include_bytes!("../testdata/ed25519-key.pem")),
        ("client-cert", include_bytes!("../testdata/client-cert.pem")),
        ("client-key", include_bytes!("../testdata/client-key.pem")),
    ];
    let text = texts.iter().find(|(known, _)| *known == name).expect("it is listed").1;
    pem::blocks(text).remove(0).der
}

fn identity(name: &str) -> Arc<CertifiedKey> {
    let key = provider::sign::PrivateKey::from_der(&testdata(&format!("{name}-key"))).expect("a key");
    let certificate = testdata(&format!("{name}-cert"));
    let parsed = Certificate::parse(&certificate).expect("a certificate");
    assert_eq!(parsed.public_key(), Some(&key.public()), "{name}");
    let schemes = key.schemes();
    Arc::new(CertifiedKey::new(vec![CertificateDer::from(certificate)], key.into_signing_key(schemes)))
}

fn settings(name: Option<&str>) -> Settings {
    Settings::new(name.map(identity).into_iter().collect(), provider::provider(), Arc::new(Tickets::new([7; 48], 300)))
}

/// Lets both sides talk until neither has anything to say.
fn talk(client: &mut Session, server: &mut Session, server_settings: &Settings, mut wishes: ServerWishes) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let (mut at_client, mut at_server) = (Vec::new(), Vec::new());
    loop {
        let (to_server, to_client) = (client.take_output(), server.take_output());
        if to_server.is_empty() && to_client.is_empty() {
            return Ok((at_client.concat(), at_server.concat()));
        }
        // In pieces, as a network may give it.
        for piece in to_server.chunks(1000) {
            if server.receive(piece, &mut at_server)?.is_some() {
                server.accept(server_settings, std::mem::take(&mut wishes), &mut at_server)?;
            }
        }
        for piece in to_client.chunks(1000) {
            client.receive(piece, &mut at_client)?;
        }
    }
}

fn exchange(client_settings: &Settings, server_settings: &Settings, session: Option<Saved>) -> (Session, Session) {
    let mut client = Session::client(client_settings, ClientWishes { servername: Some("localhost".into()), session, ..ClientWishes::default() }).expect("a client");
    let mut server = Session::server();
    talk(&mut client, &mut server, server_settings, ServerWishes { requests_cert: true, ..ServerWishes::default() }).expect("a handshake");
    assert!(client.is_established() && server.is_established());
    let long: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
    client.send(b"from the client");
    server.send(&long);
    let (at_client, at_server) = talk(&mut client, &mut server, server_settings, ServerWishes::default()).expect("an exchange");
    assert_eq!((at_client, at_server), (long, b"from the client".to_vec()));
    client.send_close();
    talk(&mut client, &mut server, server_settings, ServerWishes::default()).expect("an end");
    assert!(server.peer_has_closed());
    (client, server)
}

#[test]
fn every_kind_of_key() {
    seed();
    for name in ["server", "ec", "p384", "p521", "ed25519"] {
        for version in [&version::TLS12, &version::TLS13] {
            let mut server_settings = settings(Some(name));
            server_settings.versions = vec![version];
            let (client, server) = exchange(&settings(Some("client")), &server_settings, None);
            assert_eq!(client.peer_certificates()[0].raw(), testdata(&format!("{name}-cert")));
            assert_eq!(server.peer_certificates()[0].raw(), testdata("client-cert"));
            assert_eq!(server.servername().as_deref(), Some("localhost"));
        }
    }
}

#[test]
fn every_suite_and_group() {
    seed();
    let is_ecdsa = |suite: &SupportedCipherSuite| format!("{:?}", suite.suite()).contains("ECDSA");
    for suite in provider::SUITES {
        let mut client_settings = settings(None);
        client_settings.provider = Arc::new(provider::with(vec![*suite], provider::groups().to_vec()));
        let version: &'static SupportedProtocolVersion = if suite.tls13().is_some() { &version::TLS13 } else { &version::TLS12 };
        client_settings.versions = vec![version];
        let (client, _) = exchange(&client_settings, &settings(Some(if is_ecdsa(suite) { "ec" } else { "server" })), None);
        assert_eq!(client.connection().and_then(|connection| connection.negotiated_cipher_suite()).map(|suite| suite.suite()), Some(suite.suite()));
    }
    for group in provider::groups() {
        let mut client_settings = settings(None);
        client_settings.provider = Arc::new(provider::with(provider::SUITES.to_vec(), vec![*group]));
        exchange(&client_settings, &settings(Some("server")), None);
    }
}

#[test]
fn sessions_are_resumed() {
    seed();
    for version in [&version::TLS12, &version::TLS13] {
        let server_settings = settings(Some("ec"));
        let mut client_settings = settings(Some("client"));
        client_settings.versions = vec![version];
        let (client, _) = exchange(&client_settings, &server_settings, None);
        let saved = client.take_sessions().pop();
        assert!(saved.is_some() && !client.was_resumed());
        let mut again = settings(Some("client"));
        again.versions = vec![version];
        let (client, server) = exchange(&again, &server_settings, saved);
        assert!(client.was_resumed() && server.was_resumed());
        assert_eq!(server.peer_certificates()[0].raw(), testdata("client-cert"));
    }
}

#[test]
fn nothing_in_common() {
    seed();
    let mut client_settings = settings(None);
    client_settings.versions = vec![&version::TLS13];
    let mut server_settings = settings(Some("ec"));
    server_settings.versions = vec![&version::TLS12];
    let mut client = Session::client(&client_settings, ClientWishes::default()).expect("a client");
    let mut server = Session::server();
    let error = talk(&mut client, &mut server, &server_settings, ServerWishes::default()).map(drop);
    assert!(matches!(error, Err(Error::PeerIncompatible(_))), "{error:?}");
    assert!(!server.take_output().is_empty(), "an alert is sent");
    let mut server = Session::server();
    assert!(server.receive(b"GET / HTTP/1.1\r\n\r\n", &mut Vec::new()).is_err());
    assert_eq!(CipherSuite::TLS13_AES_128_GCM_SHA256.as_str(), Some("TLS13_AES_128_GCM_SHA256"));
}

#[test]
fn chains_are_judged_as_openssl_does() {
    let parse = |name: &str| Certificate::parse(&testdata(&format!("{name}-cert"))).expect("a certificate");
    let (authority, server) = (parse("ca"), parse("server"));
    let trust = chain::Trust { roots: vec![authority.clone()], ..chain::Trust::default() };
    let nobody = chain::Trust::default();
    let now = server.not_before + 1;
    let judge = |presented: &[Arc<Certificate>], trust: &chain::Trust, purpose, now| chain::verify(presented, trust, purpose, now).and_then(|verified| verified.failure).map(|failure| failure.code);
    let purpose = chain::Purpose::Server;
    assert_eq!(judge(std::slice::from_ref(&server), &trust, purpose, now), None);
    assert_eq!(judge(std::slice::from_ref(&server), &nobody, purpose, now), Some("UNABLE_TO_VERIFY_LEAF_SIGNATURE"));
    assert_eq!(judge(&[server.clone(), authority.clone()], &nobody, purpose, now), Some("SELF_SIGNED_CERT_IN_CHAIN"));
    assert_eq!(judge(std::slice::from_ref(&authority), &nobody, purpose, now), Some("DEPTH_ZERO_SELF_SIGNED_CERT"));
    assert_eq!(judge(std::slice::from_ref(&server), &trust, purpose, server.not_after + 1), Some("CERT_HAS_EXPIRED"));
    assert_eq!(judge(std::slice::from_ref(&server), &trust, purpose, server.not_before - 1000), Some("CERT_NOT_YET_VALID"));
    assert_eq!(judge(&[parse("client")], &trust, purpose, now), Some("INVALID_PURPOSE"));
    assert_eq!(judge(&[parse("client")], &trust, chain::Purpose::Client, now), None);
}
