//! What OpenSSL 3.5 makes of keys, IVs, additional data and texts that count up in steps of seven.

use super::{Direction, find, run, start};

/// A cipher; bytes of the key, the IV, the additional data and the text; the ciphertext; the tag.
type Row = (&'static str, usize, usize, usize, usize, &'static str, &'static str);

const KNOWN: &[Row] = &[
    ("aes-128-ecb", 16, 0, 0, 32, "87617e8413e60083ca6ae55b9cec0e79024f7551d6ad1a7f934aef840dfdcad5cb1219cc264f462f31f43e64467f48cd", ""),
    ("aes-128-cbc", 16, 16, 0, 33, "1ca18b74af15f0f73492ad82144afa4a70d80c0a3b1b9dd516afe4d4bc4cdaae980bd32728769a754403acc2e9d5b2f9", ""),
    ("aes-256-cfb", 32, 16, 0, 33, "6d1caaafdad40ebbb3caf6b56fd3fad2351b15de6f3f56f4a057c2d35f38e5aa63", ""),
    ("aes-128-cfb8", 16, 16, 0, 21, "86acb8a93e6a9869bba1adafb57d9bb325869b0bfc", ""),
    ("aes-128-cfb1", 16, 16, 0, 5, "9ddcb1bdc5", ""),
    ("aes-192-ofb", 24, 16, 0, 33, "4ad821f44efe3210e83c4bec5aa522a109ec1e1ca71e24151162482d97814a4006", ""),
    ("aes-256-ctr", 32, 16, 0, 50, "6d1caaafdad40ebbb3caf6b56fd3fad2d2d4c4ca7b4373926bea66495cb8af26329ae5b125c05bfbade9061d46c245978646", ""),
    ("aes-128-xts", 32, 16, 0, 37, "a2a6e3fbea000cd6d7fc5c081c57715c09bd01efab9bb662eda7c1da8c2d34fbba85359e5f", ""),
    ("aes-256-gcm", 32, 12, 20, 33, "903ed738842039339c1b320d92c33c7ade220b3b8d6c235c9ca4c76ecea0755721", "1602a1877d2751fa0d0fa3a4300d7aff"),
    ("aes-128-gcm", 16, 8, 0, 16, "016a89bb364b19fef75bea143b071aee", "b08f65fa15e059c275d1d72ed38fc7b7"),
    ("aes-128-ccm", 16, 13, 20, 33, "87c7c332dda0e41a3c703eaefd6eaf74c17d450e0e652096f9bb41b8b0ab500734", "f3a5483830f5097cbd390fe4"),
    ("aes-128-ocb", 16, 12, 20, 33, "1ce786e9a70fc7f93944d61ea90e8120d41f0275dfe3e057361838fa7d8435f252", "73220c635f491a4332629199311bbba7"),
    (
        "chacha20-poly1305",
        32,
        12,
        20,
        70,
        "8460b96f51ed5d91d3b7cb974aefabd3c82a320047816f51fabbdc749cf93ab316e47bd890167fcdef5cc5549b0e6cbfe1c5a8b9ec95b452e5d11fc57c7bfb7eb455c29edaad",
        "b7fb2beb79555259b56769e5914dd872",
    ),
    ("chacha20", 32, 16, 0, 70, "d52ba7cbf9ece86ff58e09baab02f1493e43ba80f2ecee0bf64bbd298b39d8e282b111236c6d9fc4fc37e0ab11d677b8908bf7c94cd0965b0e4ab3d2f78df4dbc5591aec2ecc", ""),
    ("des-ede3-cbc", 24, 8, 0, 17, "e578282bc6c1357cc95a468cd8253a83b9aa69a909ac89cd", ""),
    ("camellia-128-cbc", 16, 16, 0, 17, "faff301fea534827de6cbe07661df95bd72a8771e68d20ffb01d4f19508931cb", ""),
    ("aria-128-ctr", 16, 16, 0, 17, "33923e591d72bfa862ba73dfa6cee6fc0c", ""),
];

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("digits")).collect()
}

fn counted(len: usize, from: u8) -> Vec<u8> {
    (0..len).map(|at| (at as u8).wrapping_mul(7).wrapping_add(from)).collect()
}

#[test]
fn ciphers_agree_with_openssl() {
    for &(name, key_len, iv_len, aad_len, len, hidden, tag) in KNOWN {
        let spec = find(name).expect("a known cipher");
        let (key, iv, aad, plain) = (counted(key_len, 1), counted(iv_len, 90), counted(aad_len, 3), counted(len, 5));
        let (hidden, tag) = (hex(hidden), hex(tag));
        if tag.is_empty() {
            assert_eq!(run(spec, Direction::Encrypt, &key, &iv, &plain).expect("it works"), hidden, "{name}");
            assert_eq!(run(spec, Direction::Decrypt, &key, &iv, &hidden).expect("it works"), plain, "{name}");
            continue;
        }
        let mut work = start(spec, Direction::Encrypt, &key, &iv, tag.len(), [0; 8]).expect("it starts");
        assert!(work.aad(&aad, Some(len)));
        let made = [work.update(&plain).expect("it works"), work.finish().expect("it ends")].concat();
        assert_eq!(made, hidden, "{name}");
        assert_eq!(work.tag().expect("a tag")[..tag.len()], tag, "{name}");
        for wrong in [false, true] {
            let mut work = start(spec, Direction::Decrypt, &key, &iv, tag.len(), [0; 8]).expect("it starts");
            let mut given = tag.clone();
            given[0] ^= u8::from(wrong);
            work.set_tag(&given);
            assert!(work.aad(&aad, Some(len)));
            let shown = work.update(&hidden).and_then(|first| Ok([first, work.finish()?].concat()));
            assert_eq!(shown.ok(), (!wrong).then(|| plain.clone()), "{name}");
        }
    }
}

#[test]
fn a_bad_last_block_is_told() {
    let spec = find("aes-128-cbc").expect("a known cipher");
    let (key, iv) = (counted(16, 1), counted(16, 90));
    for text in [&[0u8; 16][..], &[0; 15], &[]] {
        assert!(run(spec, Direction::Decrypt, &key, &iv, text).is_err());
    }
}
