//! Record protection (RFC 8446 section 5.2, RFC 5288, RFC 7905).

use std::marker::PhantomData;

use aes_gcm::{
    Aes128Gcm, Aes256Gcm,
    aead::{AeadInOut, KeyInit, Nonce as AeadNonce, Tag},
};
use chacha20poly1305::ChaCha20Poly1305;
use rustls::{
    ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion,
    crypto::cipher::{
        AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter, MessageEncrypter, Nonce, OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload,
        Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError, make_tls12_aad, make_tls13_aad,
    },
};

pub(super) static AES_128_GCM: Algorithm<Aes128Gcm> = Algorithm { key_len: 16, explicit_nonce: true, secrets: |key, iv| ConnectionTrafficSecrets::Aes128Gcm { key, iv }, of: PhantomData };
pub(super) static AES_256_GCM: Algorithm<Aes256Gcm> = Algorithm { key_len: 32, explicit_nonce: true, secrets: |key, iv| ConnectionTrafficSecrets::Aes256Gcm { key, iv }, of: PhantomData };
pub(super) static CHACHA20_POLY1305: Algorithm<ChaCha20Poly1305> =
    Algorithm { key_len: 32, explicit_nonce: false, secrets: |key, iv| ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv }, of: PhantomData };

const TAG_LEN: usize = 16;
/// In TLS 1.2, AES-GCM sends half of its nonce with each record.
const EXPLICIT_LEN: usize = 8;
/// The most a record may carry.
const PLAIN_LEN_MAX: usize = 16 * 1024;

/// One AEAD algorithm, for both versions of TLS.
pub(super) struct Algorithm<A> {
    key_len: usize,
    explicit_nonce: bool,
    secrets: fn(AeadKey, Iv) -> ConnectionTrafficSecrets,
    of: PhantomData<fn() -> A>,
}

pub(super) trait Cipher: AeadInOut + KeyInit + Send + Sync + 'static {
    fn seal(&self, nonce: [u8; 12], aad: &[u8], bytes: &mut [u8]) -> Result<[u8; TAG_LEN], Error> {
        let nonce = AeadNonce::<Self>::try_from(&nonce[..]).map_err(|_| Error::EncryptError)?;
        let tag = self.encrypt_inout_detached(&nonce, aad, bytes.into()).map_err(|_| Error::EncryptError)?;
        tag.as_slice().try_into().map_err(|_| Error::EncryptError)
    }

    /// Decrypts in place; `bytes` ends with the tag. How long the plain text is.
    fn open(&self, nonce: [u8; 12], aad: &[u8], bytes: &mut [u8]) -> Result<usize, Error> {
        let len = bytes.len().checked_sub(TAG_LEN).ok_or(Error::DecryptError)?;
        let (text, tag) = bytes.split_at_mut(len);
        let nonce = AeadNonce::<Self>::try_from(&nonce[..]).map_err(|_| Error::DecryptError)?;
        let tag = Tag::<Self>::try_from(&*tag).map_err(|_| Error::DecryptError)?;
        self.decrypt_inout_detached(&nonce, aad, text.into(), &tag).map_err(|_| Error::DecryptError)?;
        Ok(len)
    }
}

impl<A: AeadInOut + KeyInit + Send + Sync + 'static> Cipher for A {}

impl<A: Cipher> Algorithm<A> {
    fn cipher(&self, key: &AeadKey) -> A {
        A::new_from_slice(key.as_ref()).expect("rustls gives a key as long as it was asked to")
    }
}

impl<A: Cipher> Tls13AeadAlgorithm for Algorithm<A> {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(Tls13 { cipher: self.cipher(&key), iv })
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        Box::new(Tls13 { cipher: self.cipher(&key), iv })
    }

    fn key_len(&self) -> usize {
        self.key_len
    }

    fn extract_keys(&self, key: AeadKey, iv: Iv) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Ok((self.secrets)(key, iv))
    }
}

impl<A: Cipher> Tls12AeadAlgorithm for Algorithm<A> {
    fn encrypter(&self, key: AeadKey, iv: &[u8], extra: &[u8]) -> Box<dyn MessageEncrypter> {
        Box::new(Tls12 { cipher: self.cipher(&key), iv: joined(iv, extra), explicit_nonce: self.explicit_nonce })
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        Box::new(Tls12 { cipher: self.cipher(&key), iv: joined(iv, &[]), explicit_nonce: self.explicit_nonce })
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        let explicit_nonce_len = if self.explicit_nonce { EXPLICIT_LEN } else { 0 };
        KeyBlockShape { enc_key_len: self.key_len, fixed_iv_len: 12 - explicit_nonce_len, explicit_nonce_len }
    }

    fn extract_keys(&self, key: AeadKey, iv: &[u8], explicit: &[u8]) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Ok((self.secrets)(key, joined(iv, explicit)))
    }
}

fn joined(iv: &[u8], extra: &[u8]) -> Iv {
    let mut bytes = [0; 12];
    for (to, from) in bytes.iter_mut().zip(iv.iter().chain(extra)) {
        *to = *from;
    }
    Iv::new(bytes)
}

struct Tls13<A> {
    cipher: A,
    iv: Iv,
}

impl<A: Cipher> MessageEncrypter for Tls13<A> {
    fn encrypt(&mut self, message: OutboundPlainMessage<'_>, seq: u64) -> Result<OutboundOpaqueMessage, Error> {
        let len = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(len);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&[message.typ.into()]);
        let tag = self.cipher.seal(Nonce::new(&self.iv, seq).0, &make_tls13_aad(len), payload.as_mut())?;
        payload.extend_from_slice(&tag);
        // The version that records of TLS 1.3 claim (RFC 8446 section 5.1).
        Ok(OutboundOpaqueMessage::new(ContentType::ApplicationData, ProtocolVersion::TLSv1_2, payload))
    }

    fn encrypted_payload_len(&self, payload_len: usize) -> usize {
        payload_len + 1 + TAG_LEN
    }
}

impl<A: Cipher> MessageDecrypter for Tls13<A> {
    fn decrypt<'a>(&mut self, mut message: InboundOpaqueMessage<'a>, seq: u64) -> Result<InboundPlainMessage<'a>, Error> {
        let aad = make_tls13_aad(message.payload.len());
        let len = self.cipher.open(Nonce::new(&self.iv, seq).0, &aad, &mut message.payload)?;
        message.payload.truncate(len);
        message.into_tls13_unpadded_message()
    }
}

struct Tls12<A> {
    cipher: A,
    iv: Iv,
    explicit_nonce: bool,
}

impl<A: Cipher> Tls12<A> {
    fn explicit_len(&self) -> usize {
        if self.explicit_nonce { EXPLICIT_LEN } else { 0 }
    }
}

impl<A: Cipher> MessageEncrypter for Tls12<A> {
    fn encrypt(&mut self, message: OutboundPlainMessage<'_>, seq: u64) -> Result<OutboundOpaqueMessage, Error> {
        let len = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(len);
        let nonce = Nonce::new(&self.iv, seq).0;
        let explicit_len = self.explicit_len();
        payload.extend_from_slice(&nonce[12 - explicit_len..]);
        payload.extend_from_chunks(&message.payload);
        let aad = make_tls12_aad(seq, message.typ, message.version, message.payload.len());
        let tag = self.cipher.seal(nonce, &aad, &mut payload.as_mut()[explicit_len..])?;
        payload.extend_from_slice(&tag);
        Ok(OutboundOpaqueMessage::new(message.typ, message.version, payload))
    }

    fn encrypted_payload_len(&self, payload_len: usize) -> usize {
        payload_len + self.explicit_len() + TAG_LEN
    }
}

impl<A: Cipher> MessageDecrypter for Tls12<A> {
    fn decrypt<'a>(&mut self, mut message: InboundOpaqueMessage<'a>, seq: u64) -> Result<InboundPlainMessage<'a>, Error> {
        let explicit_len = self.explicit_len();
        let len = message.payload.len().checked_sub(explicit_len + TAG_LEN).ok_or(Error::DecryptError)?;
        if len > PLAIN_LEN_MAX {
            return Err(Error::PeerSentOversizedRecord);
        }
        let nonce = if self.explicit_nonce {
            let mut nonce = [0; 12];
            nonce[..4].copy_from_slice(&self.iv.as_ref()[..4]);
            nonce[4..].copy_from_slice(&message.payload[..EXPLICIT_LEN]);
            nonce
        } else {
            Nonce::new(&self.iv, seq).0
        };
        let aad = make_tls12_aad(seq, message.typ, message.version, len);
        self.cipher.open(nonce, &aad, &mut message.payload[explicit_len..])?;
        Ok(message.into_plain_message_range(explicit_len..explicit_len + len))
    }
}
