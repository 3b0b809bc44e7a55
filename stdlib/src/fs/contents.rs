//! Whole files and parts of them: `readFile`, `writeFile`, `appendFile`, `read`, `write`, `readv`, `writev`.

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use coil_engine::{
    Host,
    coil_loop::Outcome,
    coil_sys::{
        Sys, SysError, errno,
        fs::{Block, flags},
    },
    errors,
    op::{IntoJs, Op, thrown_value},
    validate,
};

use super::arguments::{self, File, Options, data, fd, file, key, mode, open_flags, position, validated_fd};
use crate::buffer::{self, Encoding};

/// `readFile`: one trip to the pool, not one per chunk.
pub(super) struct ReadFile {
    file: File,
    flags: i32,
    encoding: Option<Encoding>,
}

/// A file's bytes, to be text or a Buffer.
pub(super) enum Contents {
    Text(Vec<u8>, Encoding),
    Bytes(Block),
    /// More than a buffer holds; how much.
    TooLarge(u64),
}

impl IntoJs for Contents {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        match self {
            Self::Text(bytes, encoding) => buffer::bytes_to_string(&bytes, encoding, cx).map(JsValue::from),
            Self::Bytes(bytes) => buffer::from_block(bytes, cx).map(JsValue::from),
            Self::TooLarge(size) => Err(errors::fs_file_too_large(size, cx)),
        }
    }
}

impl Op for ReadFile {
    const NAME: &'static str = "readFile";
    const NAME_SYNC: &'static str = "readFileSync";
    const LENGTH: u8 = 3;
    const CALLBACK_AT: usize = 2;
    type Output = Contents;

    fn check_before_callback(_args: &[JsValue], _cx: &mut Context) -> JsResult<()> {
        Ok(())
    }

    fn given_as_callback(args: &[JsValue]) -> &JsValue {
        callback_or_options::<Self>(args)
    }

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        let options = Options::read(args.get_or_undefined(1), None, cx)?;
        let flag = options.get("flag", cx)?;
        let file = file(args.get_or_undefined(0), cx)?;
        Ok(Self { file, flags: open_flags(&flag, flags::O_RDONLY, cx)?, encoding: options.encoding })
    }

    fn run(self, sys: &Sys) -> Result<Contents, SysError> {
        let (fs, target) = (sys.fs(), self.file.target());
        let contents = match self.encoding {
            Some(encoding) => fs.read_file_with(target, self.flags).map(|bytes| Contents::Text(bytes, encoding)),
            None => fs.read_file_with(target, self.flags).map(Contents::Bytes),
        };
        match contents {
            Err(error) if error.is(errno::EFBIG) && error.syscall == "read" => {
                let stat = match &self.file {
                    File::Path(path) => sys.fs().stat(path)?,
                    File::Fd(fd) => sys.fs().fstat(*fd)?,
                };
                Ok(Contents::TooLarge(stat.size))
            }
            other => other,
        }
    }
}

/// `writeFile`
pub(super) struct WriteFile {
    file: File,
    bytes: Vec<u8>,
    flags: i32,
    mode: u32,
    flush: bool,
}

impl WriteFile {
    fn read(args: &[JsValue], default_flags: i32, cx: &mut Context) -> JsResult<Self> {
        let options = Options::read(args.get_or_undefined(2), Some(Encoding::Utf8), cx)?;
        let flush = options.boolean("flush", false, cx)?;
        let bytes = data(args.get_or_undefined(1), options.encoding, cx)?;
        let flag = options.get("flag", cx)?;
        let file = file(args.get_or_undefined(0), cx)?;
        let flags = open_flags(&flag, default_flags, cx)?;
        let given = options.get("mode", cx)?;
        Ok(Self { file, bytes, flags, mode: mode(&given, "mode", Some(FILE_MODE), cx)?, flush })
    }

    fn write(self, sys: &Sys) -> Result<(), SysError> {
        sys.fs().write_file(self.file.target(), &self.bytes, self.flags, self.mode, self.flush)
    }
}

pub(super) const FILE_MODE: u32 = 0o666;

/// `callback ||= options`
fn callback_or_options<O: Op>(args: &[JsValue]) -> &JsValue {
    let callback = args.get_or_undefined(O::CALLBACK_AT);
    if callback.to_boolean() { callback } else { args.get_or_undefined(O::CALLBACK_AT - 1) }
}

impl Op for WriteFile {
    const NAME: &'static str = "writeFile";
    const NAME_SYNC: &'static str = "writeFileSync";
    const LENGTH: u8 = 4;
    const CALLBACK_AT: usize = 3;
    type Output = ();

    fn check_before_callback(_args: &[JsValue], _cx: &mut Context) -> JsResult<()> {
        Ok(())
    }

    fn given_as_callback(args: &[JsValue]) -> &JsValue {
        callback_or_options::<Self>(args)
    }

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        Self::read(args, flags::WRITE, cx)
    }

    fn run(self, sys: &Sys) -> Result<(), SysError> {
        self.write(sys)
    }
}

/// `appendFile`
pub(super) struct AppendFile(WriteFile);

impl Op for AppendFile {
    const NAME: &'static str = "appendFile";
    const NAME_SYNC: &'static str = "appendFileSync";
    const LENGTH: u8 = 4;
    const CALLBACK_AT: usize = 3;
    type Output = ();

    fn check_before_callback(_args: &[JsValue], _cx: &mut Context) -> JsResult<()> {
        Ok(())
    }

    fn given_as_callback(args: &[JsValue]) -> &JsValue {
        callback_or_options::<Self>(args)
    }

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        WriteFile::read(args, flags::APPEND, cx).map(Self)
    }

    fn run(self, sys: &Sys) -> Result<(), SysError> {
        self.0.write(sys)
    }
}

/// Where in a buffer, and where in the file.
struct Span {
    fd: i32,
    buffer: JsValue,
    offset: usize,
    length: usize,
    position: Option<u64>,
}

/// Which of the three forms of `read` is called: they read their arguments differently.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Callback,
    Sync,
    Promise,
}

/// `fs.read(fd, buffer, offset, length, position)` and its shorter forms.
fn read_span(args: &[JsValue], form: Form, cx: &mut Context) -> JsResult<Span> {
    let fd_given = args.get_or_undefined(0);
    let fd = if form == Form::Sync { 0 } else { validated_fd(fd_given, cx)? };
    let mut target = args.get_or_undefined(1).clone();
    let (mut offset, mut length, mut place) = (args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone(), args.get_or_undefined(4).clone());
    let mut options = None;
    match form {
        Form::Sync => {
            arguments::view(&target, "buffer", cx)?;
            if args.len() <= 3 || offset.is_object() || offset.is_null() {
                options = Some(nullable_object(&offset, cx)?);
            }
        }
        Form::Callback if args.len() == 3 => options = Some(nullable_object(&offset, cx)?),
        Form::Callback if args.len() <= 2 && buffer::is_view(&target) => options = Some(None),
        Form::Promise if buffer::is_view(&target) => {
            if let Some(object) = offset.as_object() {
                options = Some(Some(object));
            }
        }
        Form::Callback if args.len() > 3 => {}
        _ => {
            let params = if args.len() > 1 { nullable_object(&target, cx)? } else { None };
            target = match &params {
                Some(params) => params.get(js_string!("buffer"), cx)?,
                None => JsValue::undefined(),
            };
            if target.is_undefined() {
                target = buffer::from_vec(vec![0; READ_LEN], cx)?.into();
            }
            options = Some(params);
        }
    }
    if let Some(options) = options {
        (offset, length, place) = (0.into(), JsValue::undefined(), JsValue::null());
        if let Some(options) = options {
            offset = options.get(js_string!("offset"), cx)?;
            length = options.get(js_string!("length"), cx)?;
            place = options.get(js_string!("position"), cx)?;
        }
        if length.is_undefined() {
            let size = buffer::with_bytes(&target, <[u8]>::len).unwrap_or(0) as f64;
            let from = if offset.is_undefined() { 0.0 } else { offset.to_number(cx)? };
            length = (size - from).into();
        }
    }
    arguments::view(&target, "buffer", cx)?;
    let size = buffer::with_bytes(&target, <[u8]>::len).unwrap_or(0);
    let offset = if offset.is_undefined() || (offset.is_null() && form != Form::Sync) { 0.0 } else { validate::integer(&offset, "offset", 0.0, validate::SAFE_INTEGER_MAX, cx)? };
    let length = match form {
        Form::Promise if length.is_null_or_undefined() => size as f64 - offset,
        Form::Promise => length.to_number(cx)?,
        _ => f64::from(length.to_i32(cx)?),
    };
    let fd = if form == Form::Sync { arguments::fd(fd_given, cx)? } else { fd };
    if length == 0.0 {
        return Ok(Span { fd, buffer: target, offset: 0, length: 0, position: None });
    }
    if size == 0 {
        return Err(errors::invalid_arg_value("buffer", &target, "is empty and cannot be written", cx));
    }
    if length < 0.0 {
        return Err(errors::out_of_range("length", ">= 0", &length.into(), cx));
    }
    if offset + length > size as f64 {
        return Err(errors::out_of_range("length", &format!("<= {}", size as f64 - offset), &length.into(), cx));
    }
    let (offset, length) = (offset as usize, length as usize);
    let position = position(&place, "position", length, cx)?;
    Ok(Span { fd, buffer: target, offset, length, position })
}

/// An options argument that may be left out or null.
fn nullable_object(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    validate::object(value, "options", cx).map(Some)
}

/// Node's default buffer of `fs.read`.
const READ_LEN: usize = 16 * 1024;

/// `validateOffsetLengthWrite`
fn check_span(offset: f64, length: f64, size: usize, cx: &mut Context) -> JsResult<()> {
    let size = size as f64;
    if offset > size {
        return Err(errors::out_of_range("offset", &format!("<= {size}"), &offset.into(), cx));
    }
    if length > size - offset {
        return Err(errors::out_of_range("length", &format!("<= {}", size - offset), &length.into(), cx));
    }
    if length < 0.0 {
        return Err(errors::out_of_range("length", ">= 0", &length.into(), cx));
    }
    validate::int32(&length.into(), "length", 0, i32::MAX, cx).map(drop)
}

/// `fs.readSync`
pub(super) fn read_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let span = read_span(args, Form::Sync, cx)?;
    if span.length == 0 {
        return Ok(0.into());
    }
    let host = Host::of(cx);
    let read = buffer::with_bytes_mut(&span.buffer, |bytes| match bytes.get_mut(span.offset..span.offset + span.length) {
        Some(target) => host.sys().fs().read(span.fd, target, span.position),
        None => Ok(0),
    });
    match read.unwrap_or(Ok(0)) {
        Ok(read) => Ok(read.into()),
        Err(error) => Err(errors::system(&error, cx)),
    }
}

/// `fs.read(fd, ..., callback)`: the callback gets `(err, bytesRead, buffer)`.
pub(super) fn read(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (args, callback) = split_callback(args, 6, cx)?;
    let span = read_span(args, Form::Callback, cx)?;
    if span.length == 0 {
        Host::of(cx).next_tick(callback, JsValue::undefined(), vec![JsValue::null(), 0.into(), span.buffer]);
        return Ok(JsValue::undefined());
    }
    read_later(span, cx, move |result, buffer, cx| give_three(&callback, result, buffer, cx));
    Ok(JsValue::undefined())
}

/// The callback is the last function among the first `most` arguments.
fn split_callback<'a>(args: &'a [JsValue], most: usize, cx: &mut Context) -> JsResult<(&'a [JsValue], JsFunction)> {
    let args = &args[..args.len().min(most)];
    match args.iter().rposition(JsValue::is_callable) {
        Some(at) => Ok((&args[..at], validate::function(&args[at], "cb", cx)?)),
        None => {
            // Node looks at the descriptor before it misses the callback.
            validated_fd(args.get_or_undefined(0), cx)?;
            Err(errors::invalid_arg_type("cb", "function", args.get_or_undefined(most - 1), cx))
        }
    }
}

fn give_three(callback: &JsFunction, result: JsResult<usize>, third: JsValue, cx: &mut Context) {
    let host = Host::of(cx);
    let args = match result {
        Ok(count) => [JsValue::null(), count.into(), third],
        Err(error) => [thrown_value(error, cx), 0.into(), third],
    };
    host.enter(callback, &JsValue::undefined(), &args, cx);
}

fn read_later(span: Span, cx: &mut Context, then: impl FnOnce(JsResult<usize>, JsValue, &mut Context) + 'static) {
    let Span { fd, buffer: target, offset, length, position } = span;
    Host::of(cx).offload(
        "read",
        move |sys| {
            let mut bytes = vec![0; length];
            let read = sys.fs().read(fd, &mut bytes, position)?;
            bytes.truncate(read);
            Ok::<_, SysError>(bytes)
        },
        move |outcome, cx| {
            let result = match outcome {
                Outcome::Done(Ok(bytes)) => {
                    // The buffer may have been detached meanwhile: then there is nowhere to copy to.
                    buffer::with_bytes_mut(&target, |all| {
                        if let Some(target) = all.get_mut(offset..offset + bytes.len()) {
                            target.copy_from_slice(&bytes);
                        }
                    });
                    Ok(bytes.len())
                }
                Outcome::Done(Err(error)) => Err(errors::system_async(&error, cx)),
                _ => Ok(0),
            };
            then(result, target, cx);
        },
    );
}

/// What `write` writes: bytes, and what the callback gets back as its third argument.
struct Piece {
    fd: i32,
    bytes: Vec<u8>,
    position: Option<u64>,
    shown: JsValue,
}

fn write_piece(args: &[JsValue], cx: &mut Context) -> JsResult<Piece> {
    let source = args.get_or_undefined(1);
    if buffer::is_view(source) {
        let (mut offset, mut length, mut place) = (args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone(), args.get_or_undefined(4).clone());
        let size = buffer::with_bytes(source, <[u8]>::len).unwrap_or(0);
        if offset.is_null() || offset.as_object().is_some_and(|object| !object.is_callable()) {
            let options = offset.as_object();
            let get = |key: &str, cx: &mut Context| options.as_ref().map_or(Ok(JsValue::undefined()), |options| options.get(js_string!(key), cx));
            let from = get("offset", cx)?;
            length = get("length", cx)?;
            place = get("position", cx)?;
            if length.is_undefined() {
                let from = if from.is_undefined() { 0.0 } else { from.to_number(cx)? };
                length = (size as f64 - from).into();
            }
            offset = from;
        }
        let offset = if offset.is_null_or_undefined() { 0.0 } else { validate::integer(&offset, "offset", 0.0, validate::SAFE_INTEGER_MAX, cx)? };
        let length = length.as_number().unwrap_or(size as f64 - offset);
        check_span(offset, length, size, cx)?;
        let (offset, length) = (offset as usize, length as usize);
        let position = optional_position(&place, cx)?;
        let bytes = buffer::with_bytes(source, |bytes| bytes[offset..offset + length].to_vec()).unwrap_or_default();
        return Ok(Piece { fd: fd(args.get_or_undefined(0), cx)?, bytes, position, shown: source.clone() });
    }
    let Some(text) = source.as_string() else {
        return Err(errors::invalid_arg_type("buffer", "string|Buffer|TypedArray|DataView", source, cx));
    };
    let encoding = args.get_or_undefined(3);
    let known = encoding.as_string().as_ref().and_then(Encoding::of);
    if known == Some(Encoding::Hex) && text.len() % 2 != 0 {
        return Err(errors::invalid_arg_value("encoding", encoding, &format!("is invalid for data of length {}", text.len()), cx));
    }
    let encoding = known.unwrap_or(Encoding::Utf8);
    let position = optional_position(args.get_or_undefined(2), cx)?;
    Ok(Piece { fd: fd(args.get_or_undefined(0), cx)?, bytes: buffer::string_to_bytes(&text, encoding), position, shown: source.clone() })
}

/// `fs.writeSync`
pub(super) fn write_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let piece = write_piece(args, cx)?;
    let written = Host::of(cx).sys().fs().write(piece.fd, &piece.bytes, piece.position);
    written.map(JsValue::from).or_else(|error| {
        let error = errors::system_object(&error, cx)?;
        // Node puts this error together in JavaScript, where the code comes last.
        let code = error.get(js_string!("code"), cx)?;
        error.delete_property_or_throw(js_string!("code"), cx)?;
        error.create_data_property_or_throw(js_string!("code"), code, cx)?;
        Err(JsError::from_opaque(error.into()))
    })
}

/// `fs.write(fd, ..., callback)`: the callback gets `(err, bytesWritten, bufferOrString)`.
pub(super) fn write(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (args, callback) = split_callback(args, 6, cx)?;
    validated_fd(args.get_or_undefined(0), cx)?;
    let piece = write_piece(args, cx)?;
    write_later(piece, cx, move |result, shown, cx| give_three(&callback, result, shown, cx));
    Ok(JsValue::undefined())
}

fn write_later(piece: Piece, cx: &mut Context, then: impl FnOnce(JsResult<usize>, JsValue, &mut Context) + 'static) {
    let Piece { fd, bytes, position, shown } = piece;
    Host::of(cx).offload(
        "write",
        move |sys| sys.fs().write(fd, &bytes, position),
        move |outcome, cx| {
            let result = match outcome {
                Outcome::Done(Ok(written)) => Ok(written),
                Outcome::Done(Err(error)) => Err(errors::system_async(&error, cx)),
                _ => Ok(0),
            };
            then(result, shown, cx);
        },
    );
}

/// The views of `readv` and `writev` as one span: their lengths, and one block of bytes.
fn total(views: &[JsValue]) -> usize {
    views.iter().filter_map(|view| buffer::with_bytes(view, <[u8]>::len)).sum()
}

fn scatter(views: &[JsValue], mut bytes: &[u8]) {
    for view in views {
        buffer::with_bytes_mut(view, |target| {
            let count = target.len().min(bytes.len());
            target[..count].copy_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
        });
    }
}

fn gather(views: &[JsValue]) -> Vec<u8> {
    let mut all = Vec::with_capacity(total(views));
    for view in views {
        buffer::with_bytes(view, |bytes| all.extend_from_slice(bytes));
    }
    all
}

fn optional_position(value: &JsValue, cx: &mut Context) -> JsResult<Option<u64>> {
    match value.as_number() {
        Some(number) if number >= 0.0 => Ok(Some(number as u64)),
        None if value.is_bigint() => position(value, "position", 0, cx),
        _ => Ok(None),
    }
}

pub(super) fn readv_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let views = arguments::views(args.get_or_undefined(1), cx)?;
    let position = optional_position(args.get_or_undefined(2), cx)?;
    let fd = fd(args.get_or_undefined(0), cx)?;
    let total = total(&views);
    buffer::room_for(total)?;
    let mut bytes = vec![0; total];
    let read = Host::of(cx).sys().fs().read(fd, &mut bytes, position);
    let read = read.map_err(|error| errors::system(&error, cx))?;
    scatter(&views, &bytes[..read]);
    Ok(read.into())
}

pub(super) fn readv(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (args, callback) = split_callback(args, 4, cx)?;
    let fd = validated_fd(args.get_or_undefined(0), cx)?;
    let list = args.get_or_undefined(1).clone();
    let views = arguments::views(&list, cx)?;
    let position = optional_position(args.get_or_undefined(2), cx)?;
    let length = total(&views);
    let block = buffer::from_block(buffer::zeroed(length)?, cx)?;
    let span = Span { fd, length, buffer: block.into(), offset: 0, position };
    read_later(span, cx, move |result, block, cx| {
        if let Ok(read) = &result {
            let bytes = buffer::with_bytes(&block, |bytes| bytes[..*read].to_vec()).unwrap_or_default();
            scatter(&views, &bytes);
        }
        give_three(&callback, result, list, cx);
    });
    Ok(JsValue::undefined())
}

pub(super) fn writev_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let views = arguments::views(args.get_or_undefined(1), cx)?;
    if views.is_empty() {
        return Ok(0.into());
    }
    let position = optional_position(args.get_or_undefined(2), cx)?;
    let fd = fd(args.get_or_undefined(0), cx)?;
    let bytes = gather(&views);
    let written = Host::of(cx).sys().fs().write(fd, &bytes, position);
    written.map(JsValue::from).map_err(|error| errors::system(&error, cx))
}

pub(super) fn writev(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (args, callback) = split_callback(args, 4, cx)?;
    let fd = validated_fd(args.get_or_undefined(0), cx)?;
    let list = args.get_or_undefined(1).clone();
    let views = arguments::views(&list, cx)?;
    let position = optional_position(args.get_or_undefined(2), cx)?;
    let piece = Piece { fd, bytes: gather(&views), position, shown: list };
    write_later(piece, cx, move |result, shown, cx| give_three(&callback, result, shown, cx));
    Ok(JsValue::undefined())
}

/// A promise for `{ [count]: n, [third]: value }`: the face of `FileHandle.read`, `write`, `readv` and `writev`.
fn promise_of(start: impl FnOnce(&mut Context) -> JsResult<Started>, count: &'static str, third: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = boa_engine::object::builtins::JsPromise::new_pending(cx);
    let then = move |result: JsResult<usize>, shown: JsValue, cx: &mut Context| {
        let host = Host::of(cx);
        match result {
            Ok(number) => {
                host.enter_with(cx, |cx| {
                    let object = JsObject::with_object_proto(cx.intrinsics());
                    let (count, third) = (key(count, cx), key(third, cx));
                    object.create_data_property_or_throw(count, number, cx)?;
                    object.create_data_property_or_throw(third, shown, cx)?;
                    resolvers.resolve.call(&JsValue::undefined(), &[object.into()], cx)
                });
            }
            Err(error) => {
                let reason = thrown_value(error, cx);
                host.enter(&resolvers.reject, &JsValue::undefined(), &[reason], cx);
            }
        }
    };
    match start(cx) {
        Ok(Started::Read(span)) => read_later(span, cx, then),
        Ok(Started::Write(piece)) => write_later(piece, cx, then),
        Ok(Started::Readv(span, views, list)) => read_later(span, cx, move |result, block, cx| {
            if let Ok(read) = &result {
                let bytes = buffer::with_bytes(&block, |bytes| bytes[..*read].to_vec()).unwrap_or_default();
                scatter(&views, &bytes);
            }
            then(result, list, cx);
        }),
        Err(error) => return Ok(boa_engine::object::builtins::JsPromise::reject(error, cx)?.into()),
    }
    Ok(promise.into())
}

enum Started {
    Read(Span),
    Write(Piece),
    Readv(Span, Vec<JsValue>, JsValue),
}

/// `FileHandle.prototype.read`, with the descriptor as first argument.
pub(super) fn read_promise(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    promise_of(|cx| read_span(args, Form::Promise, cx).map(Started::Read), "bytesRead", "buffer", cx)
}

pub(super) fn write_promise(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    promise_of(|cx| write_piece(args, cx).map(Started::Write), "bytesWritten", "buffer", cx)
}

pub(super) fn readv_promise(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let start = |cx: &mut Context| {
        let fd = fd(args.get_or_undefined(0), cx)?;
        let list = args.get_or_undefined(1).clone();
        let views = arguments::views(&list, cx)?;
        let position = optional_position(args.get_or_undefined(2), cx)?;
        let length = total(&views);
        let block = buffer::from_block(buffer::zeroed(length)?, cx)?;
        Ok(Started::Readv(Span { fd, buffer: block.into(), offset: 0, length, position }, views, list))
    };
    promise_of(start, "bytesRead", "buffers", cx)
}

pub(super) fn writev_promise(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let start = |cx: &mut Context| {
        let fd = fd(args.get_or_undefined(0), cx)?;
        let list = args.get_or_undefined(1).clone();
        let views = arguments::views(&list, cx)?;
        let position = optional_position(args.get_or_undefined(2), cx)?;
        Ok(Started::Write(Piece { fd, bytes: gather(&views), position, shown: list }))
    };
    promise_of(start, "bytesWritten", "buffers", cx)
}
