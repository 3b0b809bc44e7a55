//! From what a terminal sends to keys: the `keypress` event.

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string};
use coil_engine::{Host, Slot, coil_loop::TimerId, table, table::Symbol};

use crate::{
    buffer::{self, Encoding},
    events,
    string_decoder::Decoder,
};

/// How long after an escape character alone it is the escape key.
pub const ESCAPE_CODE_TIMEOUT_MS: u32 = 500;
const ESCAPE: u32 = 0x1b;

/// One key, as the event shows it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Key {
    pub sequence: Vec<u16>,
    pub name: Option<String>,
    pub ctrl: bool,
    pub meta: bool,
    pub shift: bool,
    pub code: Option<String>,
    escaped: bool,
}

/// A code point; `None` is the end of an escape sequence by time.
type Char = Option<u32>;

/// Reads what was sent, from its beginning.
struct Sent<'a> {
    chars: &'a [Char],
    at: usize,
    text: Vec<u16>,
}

impl Sent<'_> {
    /// The next; nothing where more has to come.
    fn next(&mut self) -> Option<Char> {
        let next = *self.chars.get(self.at)?;
        self.at += 1;
        if let Some(code) = next {
            match char::from_u32(code) {
                Some(c) => self.text.extend(c.encode_utf16(&mut [0; 2]).iter()),
                None => self.text.push(code as u16),
            }
        }
        Some(next)
    }
}

fn is_digit(c: Char) -> bool {
    c.is_some_and(|code| (0x30..=0x39).contains(&code))
}

fn is(c: Char, wanted: char) -> bool {
    c == Some(wanted as u32)
}

/// The first key of `chars` and how many of them it takes; nothing where it is not complete.
fn first_key(chars: &[Char]) -> Option<(Key, usize)> {
    let mut sent = Sent { chars, at: 0, text: Vec::new() };
    let mut key = Key::default();
    let mut c = sent.next()?;
    if c == Some(ESCAPE) {
        key.escaped = true;
        c = sent.next()?;
        if c == Some(ESCAPE) {
            c = sent.next()?;
        }
    }
    if key.escaped && (is(c, 'O') || is(c, '[')) {
        let (code, modifier) = escape_code(&mut sent, c)?;
        key.ctrl = modifier & 4 != 0;
        key.meta = modifier & 10 != 0;
        key.shift = modifier & 1 != 0;
        let (name, shift, ctrl) = name_of_code(&code);
        key.shift |= shift;
        key.ctrl |= ctrl;
        key.name = Some(name.to_owned());
        key.code = Some(code);
    } else {
        plain_key(&mut key, c);
    }
    key.sequence = std::mem::take(&mut sent.text);
    Some((key, sent.at))
}

fn plain_key(key: &mut Key, c: Char) {
    let named = match c.and_then(char::from_u32) {
        Some('\r') => Some("return"),
        Some('\n') => Some("enter"),
        Some('\t') => Some("tab"),
        Some('\u{8}' | '\u{7f}') => Some("backspace"),
        Some('\u{1b}') => Some("escape"),
        Some(' ') => Some("space"),
        _ => None,
    };
    if let Some(name) = named {
        key.name = Some(name.to_owned());
        key.meta = key.escaped;
        return;
    }
    match c.and_then(char::from_u32) {
        Some(c) if !key.escaped && c <= '\u{1a}' => {
            key.name = char::from_u32(c as u32 + 'a' as u32 - 1).map(String::from);
            key.ctrl = true;
        }
        Some(c) if c.is_ascii_alphanumeric() => {
            key.name = Some(c.to_ascii_lowercase().to_string());
            key.shift = c.is_ascii_uppercase();
            key.meta = key.escaped;
        }
        found if key.escaped => {
            key.name = found.is_none().then(|| "escape".to_owned());
            key.meta = true;
        }
        _ => {}
    }
}

/// What follows `ESC O` and `ESC [`: the code without its modifier, and the modifier.
fn escape_code(sent: &mut Sent<'_>, opening: Char) -> Option<(String, u32)> {
    if is(opening, 'O') {
        let mut c = sent.next()?;
        let mut modifier = 0;
        if is_digit(c) {
            modifier = c.unwrap_or(0x31).wrapping_sub(0x31);
            c = sent.next()?;
        }
        return Some((format!("O{}", shown(c)), modifier));
    }
    let mut code = "[".to_owned();
    let mut c = sent.next()?;
    if is(c, '[') {
        code.push('[');
        c = sent.next()?;
    }
    let mut command = shown(c);
    for _ in 0..3 {
        if !is_digit(c) {
            break;
        }
        c = sent.next()?;
        command += &shown(c);
    }
    if is(c, ';') {
        c = sent.next()?;
        command += &shown(c);
        if is_digit(c) {
            command += &shown(sent.next()?);
        }
    }
    let (found, modifier) = split_command(&command);
    Some((code + &found, modifier))
}

fn shown(c: Char) -> String {
    c.and_then(char::from_u32).map(String::from).unwrap_or_default()
}

/// `12;5~` is `12~` with 4; `1;5A` is `A` with 4; anything else is itself.
fn split_command(command: &str) -> (String, u32) {
    let unmodified = (command.to_owned(), 0);
    let Some(last) = command.chars().last() else { return unmodified };
    let rest = &command[..command.len() - last.len_utf8()];
    let digits = |text: &str, lens: std::ops::RangeInclusive<usize>| lens.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let modifier = |text: &str| text.parse::<u32>().unwrap_or(1).wrapping_sub(1);
    if matches!(last, '~' | '^' | '$') {
        let (number, given) = rest.split_once(';').map_or((rest, None), |(number, given)| (number, Some(given)));
        return match given {
            None if digits(number, 1..=2) => (command.to_owned(), 0),
            Some(given) if digits(number, 1..=2) && digits(given, 1..=1) => (format!("{number}{last}"), modifier(given)),
            _ => unmodified,
        };
    }
    if last.is_ascii_alphabetic() {
        return match rest.split_once(';') {
            None if rest.is_empty() => (last.to_string(), 0),
            None if digits(rest, 1..=1) => (last.to_string(), modifier(rest)),
            Some((first, given)) if digits(first, 1..=1) && digits(given, 1..=1) => (last.to_string(), modifier(given)),
            _ => unmodified,
        };
    }
    unmodified
}

/// The key of a code, and whether shift or control is part of it.
fn name_of_code(code: &str) -> (&'static str, bool, bool) {
    let name = match code {
        "[P" | "OP" | "[11~" | "[[A" => "f1",
        "[Q" | "OQ" | "[12~" | "[[B" => "f2",
        "[R" | "OR" | "[13~" | "[[C" => "f3",
        "[S" | "OS" | "[14~" | "[[D" => "f4",
        "[15~" | "[[E" => "f5",
        "[17~" => "f6",
        "[18~" => "f7",
        "[19~" => "f8",
        "[20~" => "f9",
        "[21~" => "f10",
        "[23~" => "f11",
        "[24~" => "f12",
        "[200~" => "paste-start",
        "[201~" => "paste-end",
        "[A" | "OA" | "[a" | "Oa" => "up",
        "[B" | "OB" | "[b" | "Ob" => "down",
        "[C" | "OC" | "[c" | "Oc" => "right",
        "[D" | "OD" | "[d" | "Od" => "left",
        "[E" | "OE" | "[e" | "Oe" => "clear",
        "[F" | "OF" | "[4~" | "[8~" | "[8$" | "[8^" => "end",
        "[H" | "OH" | "[1~" | "[7~" | "[7$" | "[7^" => "home",
        "[2~" | "[2$" | "[2^" => "insert",
        "[3~" | "[3$" | "[3^" => "delete",
        "[5~" | "[[5~" | "[5$" | "[5^" => "pageup",
        "[6~" | "[[6~" | "[6$" | "[6^" => "pagedown",
        "[Z" => "tab",
        _ => "undefined",
    };
    let shift = matches!(code, "[a" | "[b" | "[c" | "[d" | "[e" | "[Z") || (name != "undefined" && code.ends_with('$'));
    let ctrl = matches!(code, "Oa" | "Ob" | "Oc" | "Od" | "Oe") || (name != "undefined" && code.ends_with('^'));
    (name, shift, ctrl)
}

/// What a stream whose keys are told keeps natively.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Decoding {
    #[unsafe_ignore_trace]
    decoder: Decoder,
    #[unsafe_ignore_trace]
    chars: Vec<Char>,
    #[unsafe_ignore_trace]
    timer: Option<TimerId>,
    interface: Option<JsObject>,
    listener: Option<JsObject>,
    timeout_ms: u32,
}

/// `readline.emitKeypressEvents(stream[, interface])`
pub fn emit_keypress_events(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = args.get_or_undefined(0).to_object(cx)?;
    watch(&stream, args.get_or_undefined(1).as_object(), cx)?;
    Ok(JsValue::undefined())
}

/// Has a stream tell its keys; once.
pub fn watch(stream: &JsObject, interface: Option<JsObject>, cx: &mut Context) -> JsResult<()> {
    if Slot::<Decoding>::get(stream, cx).is_some() {
        return Ok(());
    }
    let timeout_ms = match &interface {
        Some(interface) => interface.get(js_string!("escapeCodeTimeout"), cx)?.as_number().map_or(ESCAPE_CODE_TIMEOUT_MS, |ms| ms as u32),
        None => ESCAPE_CODE_TIMEOUT_MS,
    };
    let state = Decoding { decoder: Decoder::new(Encoding::Utf8), chars: Vec::new(), timer: None, interface, listener: None, timeout_ms };
    let state = Slot::set(stream, state, cx)?;
    let data = table::closure("onData", 1, stream.clone(), |_this, args, stream, cx| on_data(stream, args.get_or_undefined(0), cx), cx);
    state.borrow_mut().data_mut().listener = Some(data.clone().into());
    if events::listener_count(stream, js_string!("keypress"), cx)? > 0 {
        return events::on(stream, js_string!("data"), data, cx);
    }
    wait_for_listener(stream, cx)
}

fn wait_for_listener(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let added = table::closure(
        "onNewListener",
        1,
        stream.clone(),
        |_this, args, stream, cx| {
            let is_keypress = args.get_or_undefined(0).as_string().is_some_and(|name| name == js_string!("keypress"));
            let waits = Symbol::Private("kWaitsForKeypress").to_js(cx);
            if !is_keypress || !stream.get(waits.clone(), cx)?.to_boolean() {
                return Ok(JsValue::undefined());
            }
            let own = stream.get(waits.clone(), cx)?;
            stream.set(waits, false, false, cx)?;
            events::remove_listener(stream, js_string!("newListener"), own, cx)?;
            if let Some(state) = Slot::<Decoding>::get(stream, cx) {
                let listener = state.borrow().data().listener.clone();
                if let Some(listener) = listener {
                    events::on(stream, js_string!("data"), listener, cx)?;
                }
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    let waits = Symbol::Private("kWaitsForKeypress").to_js(cx);
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(added.clone()).writable(true).enumerable(false).configurable(true);
    stream.define_property_or_throw(waits, hidden, cx)?;
    events::on(stream, js_string!("newListener"), added, cx)
}

fn on_data(stream: &JsObject, input: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = Slot::<Decoding>::get(stream, cx) else { return Ok(JsValue::undefined()) };
    if events::listener_count(stream, js_string!("keypress"), cx)? == 0 {
        let listener = state.borrow().data().listener.clone();
        if let Some(listener) = listener {
            events::remove_listener(stream, js_string!("data"), listener, cx)?;
        }
        wait_for_listener(stream, cx)?;
        return Ok(JsValue::undefined());
    }
    let bytes = match input.as_string() {
        Some(text) => buffer::string_to_bytes(&text, Encoding::Utf8),
        None => buffer::bytes_of(input).unwrap_or_default(),
    };
    let text = state.borrow_mut().data_mut().decoder.write(&bytes);
    if text.is_empty() {
        return Ok(JsValue::undefined());
    }
    let (timer, interface, timeout_ms) = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        (state.timer.take(), state.interface.clone(), state.timeout_ms)
    };
    if let Some(timer) = timer {
        Host::of(cx).event_loop().timer_cancel(timer);
    }
    let units: Vec<u16> = text.iter().collect();
    let codes: Vec<u32> = char::decode_utf16(units).map(|c| c.map_or_else(|lone| u32::from(lone.unpaired_surrogate()), u32::from)).collect();
    if let Some(interface) = &interface {
        interface.set(js_string!("isCompletionEnabled"), false, false, cx)?;
    }
    for (at, code) in codes.iter().enumerate() {
        let is_last = at + 1 == codes.len();
        if is_last && let Some(interface) = &interface {
            interface.set(js_string!("isCompletionEnabled"), true, false, cx)?;
        }
        feed(stream, &state, Some(*code), cx)?;
        if is_last && *code == ESCAPE {
            let (stream, timed) = (stream.clone(), state.clone());
            let id = Host::of(cx).event_loop().timer(
                u64::from(timeout_ms),
                Box::new(move |cx: &mut Context| {
                    timed.borrow_mut().data_mut().timer = None;
                    Host::of(cx).enter_with(cx, |cx| feed(&stream, &timed, None, cx));
                }),
            );
            state.borrow_mut().data_mut().timer = Some(id);
        }
    }
    Ok(JsValue::undefined())
}

/// Takes one character more, and tells the key it completes.
fn feed(stream: &JsObject, state: &JsObject<Decoding>, c: Char, cx: &mut Context) -> JsResult<()> {
    let key = {
        let mut state = state.borrow_mut();
        let chars = &mut state.data_mut().chars;
        if c.is_none() && chars.is_empty() {
            return Ok(());
        }
        chars.push(c);
        let Some((key, taken)) = first_key(chars) else { return Ok(()) };
        chars.drain(..taken);
        key
    };
    let is_named = !key.sequence.is_empty() && (key.name.is_some() || key.escaped);
    let is_one = char::decode_utf16(key.sequence.iter().copied()).count() == 1;
    if !is_named && !is_one {
        return Ok(());
    }
    let text: JsValue = if is_named && key.escaped { JsValue::undefined() } else { JsString::from(key.sequence.as_slice()).into() };
    let object = object_of(&key, cx)?;
    events::emit(stream, js_string!("keypress"), &[text, object.into()], cx).map(drop)
}

fn object_of(key: &Key, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    object.create_data_property_or_throw(js_string!("sequence"), JsString::from(key.sequence.as_slice()), cx)?;
    let name = key.name.as_deref().map_or_else(JsValue::undefined, |name| js_string!(name).into());
    object.create_data_property_or_throw(js_string!("name"), name, cx)?;
    for (flag, on) in [("ctrl", key.ctrl), ("meta", key.meta), ("shift", key.shift)] {
        object.create_data_property_or_throw(js_string!(flag), on, cx)?;
    }
    if let Some(code) = &key.code {
        object.create_data_property_or_throw(js_string!("code"), js_string!(code.as_str()), cx)?;
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<(Option<String>, bool, bool, bool)> {
        let mut chars: Vec<Char> = text.chars().map(|c| Some(c as u32)).collect();
        let mut all = Vec::new();
        while let Some((key, taken)) = first_key(&chars) {
            chars.drain(..taken);
            all.push((key.name, key.ctrl, key.meta, key.shift));
        }
        all
    }

    #[test]
    fn letters_and_sequences() {
        let key = |name: &str, ctrl, meta, shift| (Some(name.to_owned()), ctrl, meta, shift);
        assert_eq!(keys("aB\x01"), [key("a", false, false, false), key("b", false, false, true), key("a", true, false, false)]);
        assert_eq!(keys("\x1b[A\x1b[1;5C\x1b[3~\x1bOP"), [key("up", false, false, false), key("right", true, false, false), key("delete", false, false, false), key("f1", false, false, false)]);
        assert_eq!(keys("\x1ba\x1b[Z\x1b[200~"), [key("a", false, true, false), key("tab", false, false, true), key("paste-start", false, false, false)]);
    }
}
