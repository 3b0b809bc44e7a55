//! Reading the arguments that many operations share, in Node's order and with its messages.

use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::PathBuf};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::{coil_sys::fs::flags, errors, errors::Base, validate};

use crate::buffer::{self, Encoding};

/// `getValidatedPath`: a string, bytes, or a `file:` URL, without null bytes.
pub(crate) fn path(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<PathBuf> {
    let (bytes, shown) = if let Some(text) = value.as_string() {
        (buffer::string_to_bytes(&text, Encoding::Utf8), value.clone())
    } else if buffer::is_uint8_array(value) {
        (buffer::bytes_of(value).unwrap_or_default(), value.clone())
    } else if let Some(url) = value.as_object() {
        match url_path(&url, cx)? {
            Some(path) => {
                let shown = js_string!(path.as_str()).into();
                (path.into_bytes(), shown)
            }
            None => return Err(errors::invalid_arg_type(name, "string|Buffer|URL", value, cx)),
        }
    } else {
        return Err(errors::invalid_arg_type(name, "string|Buffer|URL", value, cx));
    };
    if bytes.contains(&0) {
        return Err(errors::invalid_arg_value(name, &shown, "must be a string, Uint8Array, or URL without null bytes", cx));
    }
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

/// The path of a WHATWG URL object; nothing when the object is no URL.
fn url_path(url: &JsObject, cx: &mut Context) -> JsResult<Option<String>> {
    if !crate::url::is_url(url, cx)? {
        return Ok(None);
    }
    let href = url.get(js_string!("href"), cx)?.to_string(cx)?.to_std_string_lossy();
    crate::url::file_url_to_path(&href, cx).map(Some)
}

/// What `realpath` resolves: any value as text, a URL as the path it is; the empty one is the working directory.
pub(super) fn path_of_anything(value: &JsValue, cx: &mut Context) -> JsResult<PathBuf> {
    let named = match value.as_object() {
        Some(object) => url_path(&object, cx)?.map(|path| js_string!(path)),
        None => value.as_string(),
    };
    let text = match named {
        Some(text) => text,
        None => value.to_string(cx)?,
    };
    if text.is_empty() { Ok(PathBuf::from(".")) } else { path(&text.into(), "path", cx) }
}

/// `getValidatedFd`: a whole number below 2**31.
pub(super) fn validated_fd(value: &JsValue, cx: &mut Context) -> JsResult<i32> {
    validate::int32(value, "fd", 0, i32::MAX, cx)
}

/// The same as Node's binding checks it, which shows a number without separators.
pub(super) fn fd(value: &JsValue, cx: &mut Context) -> JsResult<i32> {
    match value.as_number() {
        Some(number) if number.fract() == 0.0 && !(0.0..=f64::from(i32::MAX)).contains(&number) => {
            let shown = value.to_string(cx)?.to_std_string_lossy();
            let message = format!("The value of \"fd\" is out of range. It must be >= 0 && <= {}. Received {shown}", i32::MAX);
            Err(errors::coded(Base::Range, "ERR_OUT_OF_RANGE", message, cx))
        }
        _ => validated_fd(value, cx),
    }
}

/// Bits up to `max` as Node's binding checks them, for `access` and `copyFile`; without any, none.
pub(super) fn mode_bits(value: &JsValue, max: u32, cx: &mut Context) -> JsResult<u32> {
    if value.is_null_or_undefined() {
        return Ok(0);
    }
    let Some(number) = value.as_number() else { return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", "mode must be int32 or null/undefined", cx)) };
    if !number.is_finite() {
        return Err(errors::coded(Base::Range, "ERR_OUT_OF_RANGE", "mode is out of range", cx));
    }
    match u32::try_from(number as i32) {
        Ok(mode) if mode <= max => Ok(mode),
        _ => Err(errors::coded(Base::Range, "ERR_OUT_OF_RANGE", format!("mode is out of range: >= 0 && <= {max}"), cx)),
    }
}

/// A file by descriptor or path: what `readFile` and `writeFile` take.
#[derive(Clone)]
pub(super) enum File {
    Path(PathBuf),
    Fd(i32),
}

impl File {
    pub(super) fn target(&self) -> coil_engine::coil_sys::fs::Target<'_> {
        match self {
            Self::Path(path) => coil_engine::coil_sys::fs::Target::Path(path),
            Self::Fd(fd) => coil_engine::coil_sys::fs::Target::Fd(*fd),
        }
    }
}

/// A descriptor (a 32-bit number), a FileHandle, or a path.
pub(super) fn file(value: &JsValue, cx: &mut Context) -> JsResult<File> {
    match value.as_number() {
        Some(number) if f64::from(number as i32) == number => return fd(value, cx).map(File::Fd),
        // Node asks for the number's 32 bits, which these do not have.
        None if value.is_bigint() => return Err(errors::plain(errors::Base::Type, "Cannot mix BigInt and other types, use explicit conversions")),
        None if value.is_symbol() => drop(value.to_number(cx)?),
        _ => {}
    }
    if let Some(fd) = super::handle::fd_of(value) {
        return Ok(File::Fd(fd));
    }
    path(value, "path", cx).map(File::Path)
}

/// `getOptions`: a string is an encoding; anything else must be an object.
pub(super) struct Options {
    pub(super) object: Option<JsObject>,
    /// Nothing for bytes.
    pub(super) encoding: Option<Encoding>,
}

impl Options {
    pub(super) fn read(value: &JsValue, default: Option<Encoding>, cx: &mut Context) -> JsResult<Self> {
        if value.is_null_or_undefined() || value.is_callable() {
            return Ok(Self { object: None, encoding: default });
        }
        let (object, encoding) = match value.as_string() {
            Some(_) => (None, value.clone()),
            None => {
                let Some(object) = value.as_object() else { return Err(errors::invalid_arg_type("options", "string|Object", value, cx)) };
                let encoding = object.get(js_string!("encoding"), cx)?;
                let signal = object.get(js_string!("signal"), cx)?;
                validate::abort_signal(&signal, "options.signal", cx)?;
                (Some(object), encoding)
            }
        };
        let given = encoding_of(&encoding, cx)?;
        // An object without an encoding leaves the default.
        let encoding = if encoding.is_undefined() { default } else { given };
        Ok(Self { object, encoding })
    }

    pub(super) fn get(&self, key: &str, cx: &mut Context) -> JsResult<JsValue> {
        match &self.object {
            Some(object) => object.get(js_string!(key), cx),
            None => Ok(JsValue::undefined()),
        }
    }

    pub(super) fn boolean(&self, key: &str, default: bool, cx: &mut Context) -> JsResult<bool> {
        let value = self.get(key, cx)?;
        if value.is_undefined() || value.is_null() && key == "flush" {
            return Ok(default);
        }
        validate::boolean(&value, &format!("options.{key}"), cx)
    }
}

/// `assertEncoding`: falsy values and `buffer` mean bytes.
pub(super) fn encoding_of(value: &JsValue, cx: &mut Context) -> JsResult<Option<Encoding>> {
    if !value.to_boolean() {
        return Ok(None);
    }
    let text = value.as_string();
    if text.as_ref().is_some_and(|text| *text == js_string!("buffer")) {
        return Ok(None);
    }
    if let Some(encoding) = text.as_ref().and_then(Encoding::of) {
        return Ok(Some(encoding));
    }
    Err(errors::invalid_arg_value("encoding", value, "is invalid encoding", cx))
}

/// `stringToFlags`: open(2)'s flags from a number or Node's letters.
pub(super) fn open_flags(value: &JsValue, default: i32, cx: &mut Context) -> JsResult<i32> {
    if value.is_null_or_undefined() {
        return Ok(default);
    }
    if value.is_number() {
        return validate::int32(value, "flags", i32::MIN, i32::MAX, cx);
    }
    let Some(text) = value.as_string() else { return Err(errors::invalid_arg_value("flags", value, "is invalid", cx)) };
    let read_write = flags::O_RDWR | flags::O_CREAT;
    let write = flags::O_WRONLY | flags::O_CREAT;
    Ok(match text.to_std_string_escaped().as_str() {
        "r" => flags::O_RDONLY,
        "rs" | "sr" => flags::O_RDONLY | flags::O_SYNC,
        "r+" => flags::O_RDWR,
        "rs+" | "sr+" => flags::O_RDWR | flags::O_SYNC,
        "w" => write | flags::O_TRUNC,
        "wx" | "xw" => write | flags::O_TRUNC | flags::O_EXCL,
        "w+" => read_write | flags::O_TRUNC,
        "wx+" | "xw+" => read_write | flags::O_TRUNC | flags::O_EXCL,
        "a" => write | flags::O_APPEND,
        "ax" | "xa" => write | flags::O_APPEND | flags::O_EXCL,
        "as" | "sa" => write | flags::O_APPEND | flags::O_SYNC,
        "a+" => read_write | flags::O_APPEND,
        "ax+" | "xa+" => read_write | flags::O_APPEND | flags::O_EXCL,
        "as+" | "sa+" => read_write | flags::O_APPEND | flags::O_SYNC,
        _ => return Err(errors::invalid_arg_value("flags", value, "is invalid", cx)),
    })
}

/// `parseFileMode`: a number, or a string of octal digits.
pub(super) fn mode(value: &JsValue, name: &str, default: Option<u32>, cx: &mut Context) -> JsResult<u32> {
    if value.is_null_or_undefined()
        && let Some(default) = default
    {
        return Ok(default);
    }
    if let Some(text) = value.as_string() {
        let text = text.to_std_string_escaped();
        return match u32::from_str_radix(&text, 8) {
            Ok(mode) if text.bytes().all(|digit| (b'0'..=b'7').contains(&digit)) => Ok(mode),
            _ => Err(errors::invalid_arg_value(name, value, "must be a 32-bit unsigned integer or an octal string", cx)),
        };
    }
    validate::uint32(value, name, false, cx)
}

/// `toUnixTimestamp`: seconds from a number, a string of one, or a Date.
pub(super) fn seconds(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<f64> {
    if let Some(text) = value.as_string() {
        let number = text.to_number();
        // Only what reads the same as a number again.
        if !number.is_nan() {
            return Ok(number);
        }
    }
    if let Some(number) = value.as_number()
        && number.is_finite()
    {
        return Ok(if number < 0.0 { Time::now(cx) } else { number });
    }
    if let Some(ms) = value.as_object().and_then(|object| object.date_value()) {
        return Ok(ms / 1000.0);
    }
    Err(errors::invalid_arg_type(name, "Date|Time in seconds", value, cx))
}

struct Time;

impl Time {
    fn now(cx: &Context) -> f64 {
        coil_engine::Host::of(cx).sys().clock().wall_ms() as f64 / 1000.0
    }
}

/// User or group id: -1 leaves it.
pub(super) fn owner(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<u32> {
    validate::integer(value, name, -1.0, f64::from(u32::MAX), cx).map(|id| id as i64 as u32)
}

/// A length or position that truncation takes.
pub(super) fn length(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<u64> {
    if value.is_undefined() {
        return Ok(0);
    }
    validate::safe_integer(value, name, cx).map(|length| length.max(0.0) as u64)
}

/// A position in a file for so many bytes: null, undefined and negative numbers mean the current one.
pub(super) fn position(value: &JsValue, name: &str, length: usize, cx: &mut Context) -> JsResult<Option<u64>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    if let Some(big) = value.as_bigint() {
        let last = i64::MAX - i64::try_from(length).unwrap_or(i64::MAX);
        return match big.to_string().parse::<i64>() {
            Ok(number) if (-1..=last).contains(&number) => Ok(u64::try_from(number).ok()),
            _ => Err(errors::out_of_range(name, &format!(">= -1 && <= {last}"), value, cx)),
        };
    }
    if !value.is_number() {
        return Err(errors::invalid_arg_type(name, "integer|bigint", value, cx));
    }
    let number = validate::integer(value, name, -1.0, validate::SAFE_INTEGER_MAX, cx)?;
    Ok((number >= 0.0).then_some(number as u64))
}

/// What `writeFile` and `appendFile` write: a string in an encoding, or bytes.
pub(super) fn data(value: &JsValue, encoding: Option<Encoding>, cx: &mut Context) -> JsResult<Vec<u8>> {
    if let Some(text) = value.as_string() {
        return Ok(buffer::string_to_bytes(&text, encoding.unwrap_or(Encoding::Utf8)));
    }
    if buffer::is_view(value) {
        return Ok(buffer::bytes_of(value).unwrap_or_default());
    }
    Err(errors::invalid_arg_type("data", "string|Buffer|TypedArray|DataView", value, cx))
}

/// A buffer argument of `read` and `write`.
pub(super) fn view(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<()> {
    if buffer::is_view(value) {
        return Ok(());
    }
    Err(errors::invalid_arg_type(name, "Buffer|TypedArray|DataView", value, cx))
}

/// A list of views: `readv`, `writev`.
pub(super) fn views(value: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let list = value.as_object().filter(JsObject::is_array);
    let Some(list) = list else { return Err(errors::invalid_arg_type("buffers", "ArrayBufferView[]", value, cx)) };
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    let mut views = Vec::new();
    for index in 0..length {
        let view = list.get(index, cx)?;
        if !buffer::is_view(&view) {
            return Err(errors::invalid_arg_type("buffers", "ArrayBufferView[]", value, cx));
        }
        views.push(view);
    }
    Ok(views)
}

/// A name as the `encoding` option wants it.
pub(super) fn name(bytes: &std::ffi::OsStr, encoding: Option<Encoding>, cx: &mut Context) -> JsResult<JsValue> {
    use std::os::unix::ffi::OsStrExt;
    match encoding {
        Some(encoding) => buffer::bytes_to_string(bytes.as_bytes(), encoding, cx).map(JsValue::from),
        None => buffer::from_slice(bytes.as_bytes(), cx).map(JsValue::from),
    }
}

/// ERR_FS_* and friends.
pub(super) fn coded(code: &'static str, message: &str, cx: &mut Context) -> boa_engine::JsError {
    errors::coded(Base::Error, code, message, cx)
}

/// A property key made once.
pub(super) fn key(text: &'static str, cx: &Context) -> JsString {
    coil_engine::Host::of(cx).intern(text)
}
