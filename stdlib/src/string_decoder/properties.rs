//! However a stream is cut, its text is that of the whole.

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{Decoder, ENCODING_NUMBERS};
use crate::buffer::{self, Encoding, properties as text};

fn encodings() -> impl Strategy<Value = Encoding> {
    prop::sample::select(ENCODING_NUMBERS.into_iter().flatten().collect::<Vec<_>>())
}

fn pieces<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).chain([0, bytes.len()]).collect();
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

fn decoded(decoder: &mut Decoder, pieces: &[&[u8]]) -> Vec<u16> {
    let mut text: Vec<u16> = pieces.iter().flat_map(|piece| decoder.write(piece).to_vec()).collect();
    text.extend(decoder.end().to_vec());
    text
}

proptest! {
    #[test]
    fn text_is_the_same_however_its_bytes_are_cut(units in text::units(), cuts in vec(any::<Index>(), 0..6), encoding in encodings()) {
        let whole = buffer::encode(boa_engine::JsStr::utf16(&units), encoding);
        let expected = buffer::decode(&whole, encoding).to_vec();
        let mut decoder = Decoder::new(encoding);
        // The second time shows that `end` leaves nothing behind.
        for _ in 0..2 {
            prop_assert_eq!(&decoded(&mut decoder, &pieces(&whole, &cuts)), &expected);
        }
    }

    /// Any bytes but malformed UTF-8: how often that is replaced depends, in Node too, on where it is cut.
    #[test]
    fn bytes_are_the_same_however_they_are_cut(bytes in text::bytes(), cuts in vec(any::<Index>(), 0..6), encoding in encodings()) {
        let expected = match encoding {
            // Half a unit at the end is no text.
            Encoding::Utf16Le => buffer::decode(&bytes[..bytes.len() / 2 * 2], encoding),
            encoding => buffer::decode(&bytes, encoding),
        };
        prop_assume!(encoding != Encoding::Utf8 || std::str::from_utf8(&bytes).is_ok());
        prop_assert_eq!(decoded(&mut Decoder::new(encoding), &pieces(&bytes, &cuts)), expected.to_vec());
    }

    #[test]
    fn no_state_of_a_script_makes_it_panic(state in any::<[u8; super::STATE_LEN]>(), chunks in vec(text::bytes(), 0..4)) {
        if let Some(mut decoder) = Decoder::from_bytes(&state) {
            for chunk in &chunks {
                decoder.write(chunk);
                let again = Decoder::from_bytes(&decoder.to_bytes());
                prop_assert_eq!(again.map(|decoder| decoder.to_bytes()), Some(decoder.to_bytes()));
            }
            decoder.end();
        }
    }
}
