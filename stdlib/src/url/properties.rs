//! What holds of any URL, and of any text that is none.

use ::url::{Url, quirks};
use boa_engine::{Context, JsStr, JsString, JsValue, js_string};
use coil_engine::{
    table::{NativeModule, instantiate},
    testing,
};
use proptest::{collection::vec, prelude::*};

use super::{file, legacy, parser, search_params};
use crate::buffer::properties as text;

/// Texts of what URLs are made of.
fn url_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "http://",
        "https:",
        "file:///",
        "file:",
        "//",
        "/",
        "\\",
        "a",
        "user",
        "@",
        ":",
        ":80",
        ":99999",
        "?",
        "#",
        "?a=b&c",
        "%20",
        "%zz",
        "[::1]",
        "1.2.3.4",
        "0x7f.1",
        "ex.com",
        "\u{e9}",
        "\u{2603}.net",
        "\t",
        "\n",
        " ",
        "..",
        ".",
        "%2e",
        "|",
        "^",
        "mailto:",
        "javascript:",
        "data:",
        "x:",
        "ws://",
        "\u{ad}",
        "xn--",
        "xn--9ca",
        "*",
        "<",
        "\"",
        "{",
        "'",
        ";",
    ]);
    prop_oneof![4 => vec(piece, 0..8).prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

/// Text of a script, where surrogates may stand alone.
fn script_text() -> impl Strategy<Value = JsString> {
    prop_oneof![url_text().prop_map(|text| js_string!(text)), text::units().prop_map(|units| JsStr::utf16(&units).into())]
}

const BASES: [&str; 6] = ["http://u:p@h.com:81/x/y?q#f", "file:///a/b", "mailto:x", "x://h/p?q#f", "https://h/", "data:text/plain,a b ?q"];

type Setter = fn(&mut Url, &str);

const SETTERS: [Setter; 9] = [
    parser::set_protocol,
    |url, text| quirks::set_username(url, text).unwrap_or(()),
    |url, text| quirks::set_password(url, text).unwrap_or(()),
    parser::set_host,
    parser::set_hostname,
    |url, text| quirks::set_port(url, text).unwrap_or(()),
    parser::set_pathname,
    quirks::set_search,
    quirks::set_hash,
];

/// A context with the modules that URLs lean on, one for each thread.
fn with_context<R>(work: impl FnOnce(&mut Context) -> R) -> R {
    thread_local! {
        static CONTEXT: std::cell::RefCell<Context> = std::cell::RefCell::new(testing::context_with(MODULES));
    }
    CONTEXT.with_borrow_mut(work)
}

const MODULES: &[&NativeModule] = &[&super::MODULE, &crate::querystring::MODULE, &crate::buffer::MODULE];

/// Calls a function of the module.
fn call(name: &str, args: &[JsValue], cx: &mut Context) -> Option<JsValue> {
    let module = instantiate(&super::MODULE, cx).expect("the module builds");
    let function = module.get(js_string!(name), cx).expect("it is there").as_function().expect("it is a function");
    function.call(&JsValue::undefined(), args, cx).ok()
}

fn shown(value: &JsValue) -> String {
    value.as_string().expect("a string").to_std_string_lossy()
}

proptest! {
    #[test]
    fn what_a_url_is_written_as_is_read_as_that_url(text in url_text(), base in prop::sample::select(BASES.to_vec())) {
        let base = parser::parse(base).expect("a base");
        for url in [parser::parse(&text), parser::join(&base, &text)].into_iter().flatten() {
            let again = parser::parse(url.as_str());
            prop_assert_eq!(again.as_ref().map(Url::as_str), Some(url.as_str()));
            prop_assert_eq!(again, Some(url));
        }
    }

    #[test]
    fn no_setter_makes_a_url_that_is_none(base in prop::sample::select(BASES.to_vec()), sets in vec((0..SETTERS.len(), url_text()), 1..4)) {
        let mut url = parser::parse(base).expect("a base");
        for (which, text) in sets {
            SETTERS[which](&mut url, &text);
            let again = parser::parse(url.as_str());
            prop_assert_eq!(again.as_ref().map(Url::as_str), Some(url.as_str()), "after setter {} of {:?}", which, text);
        }
    }

    #[test]
    fn search_params_are_read_as_they_were_written(pairs in vec((any::<String>(), any::<String>()), 0..5)) {
        prop_assert_eq!(search_params::parse(&search_params::serialize(&pairs)), pairs);
    }

    /// All but what a path of a file cannot be: relative, or with dots that would be resolved.
    #[test]
    fn a_path_survives_its_file_url(segments in vec("[^/\u{0}]{0,6}", 1..5)) {
        let path: String = segments.iter().filter(|segment| !segment.is_empty() && *segment != "." && *segment != "..").map(|segment| format!("/{segment}")).collect();
        prop_assume!(!path.is_empty());
        with_context(|cx| {
            let url = file::path_to_file_url(&JsValue::undefined(), &[js_string!(path.as_str()).into()], cx).expect("it has a URL");
            let back = file::file_url_to_path_function(&JsValue::undefined(), &[url], cx).expect("it has a path");
            prop_assert_eq!(shown(&back), path);
            Ok(())
        })?;
    }

    #[test]
    fn the_ascii_of_a_domain_is_its_own(domain in prop_oneof!["[a-z0-9\u{e9}\u{2603}.-]{0,10}", any::<String>()]) {
        let ascii = parser::domain_to_ascii(&domain);
        prop_assert!(ascii.is_ascii());
        if !ascii.is_empty() {
            prop_assert_eq!(&parser::domain_to_ascii(&ascii), &ascii);
        }
    }

    #[test]
    fn the_legacy_family_never_panics(a in script_text(), b in script_text(), query in any::<bool>(), slashes in any::<bool>()) {
        with_context(|cx| {
            let parsed = call("parse", &[a.clone().into(), query.into(), slashes.into()], cx);
            if let Some(parsed) = parsed {
                call("format", &[parsed], cx);
            }
            call("resolve", &[a.clone().into(), b.clone().into()], cx);
            call("fileURLToPath", &[a.into()], cx);
            call("domainToUnicode", &[b.into()], cx);
        });
    }

    /// Where `url.parse` takes an address of the common form, it and `URL` see the same host: to differ there is how filters are passed.
    #[test]
    fn both_parsers_see_the_same_host(host in "[a-z]{1,5}(\\.[a-z]{2,3})?", port in prop::option::of(1_u16..9999), path in "(/[a-z]{0,3}){0,3}", user in prop::option::of("[a-z]{1,4}")) {
        let text = format!("http://{}{host}{}{path}", user.map_or_else(String::new, |user| user + "@"), port.map_or_else(String::new, |port| format!(":{port}")));
        let modern = parser::parse(&text).expect("it is one");
        let fields = with_context(|cx| legacy::parse_text(&text, false, false, cx)).expect("it is one");
        prop_assert_eq!(fields.hostname.as_deref(), modern.host_str());
        prop_assert_eq!(fields.pathname.as_deref(), Some(modern.path()));
    }
}
