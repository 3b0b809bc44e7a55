//! What is written is read as it was, with any signs between the pairs.

use boa_engine::{Context, JsObject, JsString, JsValue, js_string};
use coil_engine::{table::NativeModule, testing};
use proptest::{collection::vec, prelude::*};

use super::{escape_units, parse, stringify, unescape_bytes, unescape_strictly};
use crate::buffer::properties as text;

fn with_context<R>(work: impl FnOnce(&mut Context) -> R) -> R {
    thread_local! {
        static CONTEXT: std::cell::RefCell<Context> = std::cell::RefCell::new(testing::context_with(MODULES));
    }
    CONTEXT.with_borrow_mut(work)
}

const MODULES: &[&NativeModule] = &[&super::MODULE, &crate::buffer::MODULE];

/// A separator and a sign of equality that share no character, and hold none that is written as it is.
fn signs() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![("&", "="), (";", ":"), ("&&", "=="), (", ", "=>"), ("\u{2603}", "\u{e9}")])
}

proptest! {
    #[test]
    fn an_object_is_read_as_it_was_written(pairs in vec(("[^\u{0}]{0,4}", vec(any::<String>(), 1..3)), 0..4), (separator, equals) in signs()) {
        // One name once, as in an object; a name of digits only would come first.
        let mut pairs = pairs;
        pairs.sort();
        pairs.dedup_by(|a, b| a.0 == b.0);
        pairs.retain(|(name, _)| name.parse::<u32>().is_err());
        // Of a name and value that are both empty there is nothing to read.
        prop_assume!(!pairs.iter().any(|(name, _)| name.is_empty()));
        with_context(|cx| {
            let object = JsObject::with_null_proto();
            for (name, values) in &pairs {
                let values: Vec<JsValue> = values.iter().map(|value| js_string!(value.as_str()).into()).collect();
                let value = if let [one] = values.as_slice() { one.clone() } else { boa_engine::object::builtins::JsArray::from_iter(values, cx).into() };
                object.create_data_property_or_throw(js_string!(name.as_str()), value, cx).expect("an ordinary object");
            }
            let args = [object.into(), js_string!(separator).into(), js_string!(equals).into()];
            let written = stringify(&JsValue::undefined(), &args, cx).expect("well-formed text");
            let read = parse(&JsValue::undefined(), &[written.clone(), args[1].clone(), args[2].clone()], cx).expect("it never throws");
            let again = stringify(&JsValue::undefined(), &[read.clone(), args[1].clone(), args[2].clone()], cx).expect("well-formed text");
            prop_assert_eq!(&again, &written);
            let read = read.as_object().expect("an object");
            prop_assert_eq!(read.own_property_keys(cx).expect("keys").len(), pairs.len());
            for (name, values) in &pairs {
                let value = read.get(js_string!(name.as_str()), cx).expect("it is there");
                let found = match value.as_string() {
                    Some(text) => vec![text],
                    None => elements(&value, cx),
                };
                let expected: Vec<JsString> = values.iter().map(|value| js_string!(value.as_str())).collect();
                prop_assert_eq!(found, expected, "{:?} in {:?}", name, written);
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_is_escaped_is_plain_and_comes_back(text in any::<String>()) {
        let units: Vec<u16> = text.encode_utf16().collect();
        let escaped = escape_units(&units).expect("no half pairs");
        prop_assert!(escaped.iter().all(|byte| byte.is_ascii_alphanumeric() || b"%!-._~'()*".contains(byte)));
        prop_assert_eq!(unescape_strictly(&escaped).map(|text| text.to_vec()), Some(units));
    }

    #[test]
    fn unescaping_never_fails_nor_grows(units in text::units(), spaces in any::<bool>()) {
        prop_assert!(unescape_bytes(&units, spaces).len() <= units.len());
    }

    #[test]
    fn any_text_is_read_without_an_error(units in text::units(), (separator, equals) in signs()) {
        let text: JsString = boa_engine::JsStr::utf16(&units).into();
        with_context(|cx| parse(&JsValue::undefined(), &[text.into(), js_string!(separator).into(), js_string!(equals).into()], cx)).expect("it never throws");
    }
}

fn elements(array: &JsValue, cx: &mut Context) -> Vec<JsString> {
    let array = boa_engine::object::builtins::JsArray::from_object(array.as_object().expect("an array")).expect("an array");
    let len = array.length(cx).expect("a length");
    (0..len).map(|index| array.get(index, cx).expect("there").as_string().expect("text")).collect()
}
