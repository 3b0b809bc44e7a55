//! The operations that are one call of the door and give nothing, a number, a name or a `Stats`.
//!
//! Each is a type: its arguments are fields, read in Node's order by `parse`; `run` is the call. Their three faces come from
//! [`coil_engine::op`].

use std::path::PathBuf;

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsPromise};
use coil_engine::{
    coil_sys::{Sys, SysError, fs::access},
    errors,
    op::{self, IntoJs, Op},
    table, validate,
};

use super::{
    arguments::{self, Options, fd, length, mode, open_flags, owner, path, seconds},
    stats::{StatFsOut, Stats},
    system_error::{Rule, system_error},
};
use crate::buffer::Encoding;

/// Declares an operation: its names, the lengths of its three faces, the arguments before the callback, what is checked before the callback
/// where that is not all, and its two halves.
macro_rules! operation {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),* $(,)? } $call:literal / $sync:literal, $lengths:expr, $before:literal => $output:ty;
     $(callback after |$first:ident, $first_cx:ident| $check:block)?
     |$args:ident, $cx:ident| $parse:block |$sys:ident| $run:expr) => {
        $(#[$doc])*
        pub(super) struct $name { $($field: $kind),* }

        impl Op for $name {
            const NAME: &'static str = $call;
            const NAME_SYNC: &'static str = $sync;
            const LENGTH: u8 = $lengths.0;
            const LENGTH_SYNC: u8 = $lengths.1;
            const LENGTH_PROMISE: u8 = $lengths.2;
            const CALLBACK_AT: usize = $before;
            type Output = $output;

            $(fn check_before_callback($first: &[JsValue], $first_cx: &mut Context) -> JsResult<()> {
                $check
                Ok(())
            })?

            fn parse($args: &[JsValue], $cx: &mut Context) -> JsResult<Self> $parse

            fn run(self, $sys: &Sys) -> Result<Self::Output, SysError> {
                let Self { $($field),* } = self;
                $run
            }
        }
    };
}

operation! { Access { path: PathBuf, mode: u32 } "access" / "accessSync", (3, 2, 1), 2 => ();
    callback after |args, cx| { path(args.get_or_undefined(0), "path", cx)?; }
    |args, cx| {
        let path = path(args.get_or_undefined(0), "path", cx)?;
        let mode = arguments::mode_bits(args.get_or_undefined(1), access::R_OK | access::W_OK | access::X_OK, cx)?;
        Ok(Self { path, mode })
    }
    |sys| sys.fs().access(path, mode)
}

operation! { Chmod { path: PathBuf, mode: u32 } "chmod" / "chmodSync", (3, 2, 2), 2 => ();
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, mode: mode(args.get_or_undefined(1), "mode", None, cx)? }) }
    |sys| sys.fs().chmod(path, mode)
}

operation! { Fchmod { fd: i32, mode: u32 } "fchmod" / "fchmodSync", (3, 2, 2), 2 => ();
    callback after |args, cx| { mode(args.get_or_undefined(1), "mode", None, cx)?; }
    |args, cx| { Ok(Self { mode: mode(args.get_or_undefined(1), "mode", None, cx)?, fd: fd(args.get_or_undefined(0), cx)? }) }
    |sys| sys.fs().fchmod(fd, mode)
}

operation! { Chown { path: PathBuf, uid: u32, gid: u32 } "chown" / "chownSync", (4, 3, 3), 3 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, uid: owner(args.get_or_undefined(1), "uid", cx)?, gid: owner(args.get_or_undefined(2), "gid", cx)? }) }
    |sys| sys.fs().chown(path, uid, gid)
}

operation! { Lchown { path: PathBuf, uid: u32, gid: u32 } "lchown" / "lchownSync", (4, 3, 3), 3 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, uid: owner(args.get_or_undefined(1), "uid", cx)?, gid: owner(args.get_or_undefined(2), "gid", cx)? }) }
    |sys| sys.fs().lchown(path, uid, gid)
}

operation! { Fchown { fd: i32, uid: u32, gid: u32 } "fchown" / "fchownSync", (4, 3, 3), 3 => ();
    callback after |args, cx| {
        owner(args.get_or_undefined(1), "uid", cx)?;
        owner(args.get_or_undefined(2), "gid", cx)?;
    }
    |args, cx| { Ok(Self { uid: owner(args.get_or_undefined(1), "uid", cx)?, gid: owner(args.get_or_undefined(2), "gid", cx)?, fd: fd(args.get_or_undefined(0), cx)? }) }
    |sys| sys.fs().fchown(fd, uid, gid)
}

operation! { Utimes { path: PathBuf, atime: f64, mtime: f64 } "utimes" / "utimesSync", (4, 3, 3), 3 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, atime: seconds(args.get_or_undefined(1), "time", cx)?, mtime: seconds(args.get_or_undefined(2), "time", cx)? }) }
    |sys| sys.fs().utimes(path, atime, mtime)
}

operation! { Lutimes { path: PathBuf, atime: f64, mtime: f64 } "lutimes" / "lutimesSync", (4, 3, 3), 3 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, atime: seconds(args.get_or_undefined(1), "time", cx)?, mtime: seconds(args.get_or_undefined(2), "time", cx)? }) }
    |sys| sys.fs().lutimes(path, atime, mtime)
}

operation! { Futimes { fd: i32, atime: f64, mtime: f64 } "futimes" / "futimesSync", (4, 3, 3), 3 => ();
    callback after |args, cx| {
        seconds(args.get_or_undefined(1), "atime", cx)?;
        seconds(args.get_or_undefined(2), "mtime", cx)?;
    }
    |args, cx| { Ok(Self { atime: seconds(args.get_or_undefined(1), "atime", cx)?, mtime: seconds(args.get_or_undefined(2), "mtime", cx)?, fd: fd(args.get_or_undefined(0), cx)? }) }
    |sys| sys.fs().futimes(fd, atime, mtime)
}

operation! { Close { fd: i32 } "close" / "closeSync", (1, 1, 1), 1 => ();
    |args, cx| { Ok(Self { fd: fd(args.get_or_undefined(0), cx)? }) }
    |sys| sys.fs().close(fd)
}

operation! { Fsync { fd: i32 } "fsync" / "fsyncSync", (2, 1, 1), 1 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { fd: fd(args.get_or_undefined(0), cx)? }) }
    |sys| sys.fs().fsync(fd)
}

operation! { Fdatasync { fd: i32 } "fdatasync" / "fdatasyncSync", (2, 1, 1), 1 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { fd: fd(args.get_or_undefined(0), cx)? }) }
    |sys| sys.fs().fdatasync(fd)
}

operation! { Ftruncate { fd: i32, len: u64 } "ftruncate" / "ftruncateSync", (1, 1, 1), 2 => ();
    callback after |args, cx| { length(args.get_or_undefined(1), "len", cx)?; }
    |args, cx| { Ok(Self { len: length(args.get_or_undefined(1), "len", cx)?, fd: fd(args.get_or_undefined(0), cx)? }) }
    |sys| sys.fs().ftruncate(fd, len)
}

operation! { Truncate { path: PathBuf, len: u64 } "truncate" / "truncateSync", (3, 2, 1), 2 => ();
    callback after |args, cx| { length(args.get_or_undefined(1), "len", cx)?; }
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, len: length(args.get_or_undefined(1), "len", cx)? }) }
    |sys| sys.fs().truncate(path, len)
}

/// `truncateSync(path[, len])`: as in Node the file is opened before its new length is looked at.
pub(super) fn truncate_sync(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Err(error) = length(args.get_or_undefined(1), "len", cx) else { return op::sync::<Truncate>(this, args, cx) };
    let fd = op::sync::<Open>(this, &to_change(args), cx)?;
    op::sync::<Close>(this, &[fd], cx)?;
    Err(error)
}

/// `fsPromises.truncate(path[, len])`
pub(super) fn truncate_promise(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Err(error) = length(args.get_or_undefined(1), "len", cx) else { return op::promise::<Truncate>(this, args, cx) };
    let opened = JsPromise::from_object(op::promise::<Open>(this, &to_change(args), cx)?.to_object(cx)?)?;
    let refuse = |_: &JsValue, args: &[JsValue], error: &JsValue, cx: &mut Context| {
        op::sync::<Close>(&JsValue::undefined(), args, cx)?;
        Err(JsError::from_opaque(error.clone()))
    };
    let refuse = table::closure("", 1, op::thrown_value(error, cx), refuse, cx);
    Ok(opened.then(Some(refuse), None, cx)?.into())
}

/// The arguments of `open` for a file that is changed in place.
fn to_change(args: &[JsValue]) -> [JsValue; 2] {
    [args.get_or_undefined(0).clone(), js_string!("r+").into()]
}

operation! { Link { existing: PathBuf, new: PathBuf } "link" / "linkSync", (3, 2, 2), 2 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { existing: path(args.get_or_undefined(0), "existingPath", cx)?, new: path(args.get_or_undefined(1), "newPath", cx)? }) }
    |sys| sys.fs().link(existing, new)
}

/// `symlink`
pub(super) struct Symlink {
    target: PathBuf,
    link: PathBuf,
}

impl Op for Symlink {
    const NAME: &'static str = "symlink";
    const NAME_SYNC: &'static str = "symlinkSync";
    const LENGTH: u8 = 4;
    const LENGTH_SYNC: u8 = 3;
    const CALLBACK_AT: usize = 3;
    type Output = ();

    fn check_before_callback(args: &[JsValue], cx: &mut Context) -> JsResult<()> {
        // Of three arguments the last is the callback, not a type.
        if args.len() > 3 { symlink_type(args.get_or_undefined(2), cx) } else { Ok(()) }
    }

    fn given_as_callback(args: &[JsValue]) -> &JsValue {
        let callback = args.get_or_undefined(Self::CALLBACK_AT);
        if callback.is_undefined() { args.get_or_undefined(2) } else { callback }
    }

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        symlink_type(args.get_or_undefined(2), cx)?;
        Ok(Self { target: path(args.get_or_undefined(0), "target", cx)?, link: path(args.get_or_undefined(1), "path", cx)? })
    }

    fn run(self, sys: &Sys) -> Result<(), SysError> {
        sys.fs().symlink(self.target, self.link)
    }
}

/// What a link on Windows would be of; elsewhere it is only checked.
fn symlink_type(kind: &JsValue, cx: &mut Context) -> JsResult<()> {
    let known = ["dir", "file", "junction"];
    if kind.is_null_or_undefined() || kind.as_string().is_some_and(|kind| known.iter().any(|known| kind == *known)) {
        return Ok(());
    }
    Err(errors::invalid_arg_value("type", kind, "must be one of: 'dir', 'file', 'junction', null, undefined", cx))
}

operation! { Rename { from: PathBuf, to: PathBuf } "rename" / "renameSync", (3, 2, 2), 2 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { from: path(args.get_or_undefined(0), "oldPath", cx)?, to: path(args.get_or_undefined(1), "newPath", cx)? }) }
    |sys| sys.fs().rename(from, to)
}

operation! { Unlink { path: PathBuf } "unlink" / "unlinkSync", (2, 1, 1), 1 => ();
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)? }) }
    |sys| sys.fs().unlink(path)
}

operation! { Rmdir { path: PathBuf } "rmdir" / "rmdirSync", (3, 2, 2), 2 => ();
    callback after |args, cx| { refuse_recursive(args.get_or_undefined(1), cx)?; }
    |args, cx| {
        let path = path(args.get_or_undefined(0), "path", cx)?;
        refuse_recursive(args.get_or_undefined(1), cx)?;
        validate::options(args.get_or_undefined(1), "options", cx)?;
        Ok(Self { path })
    }
    |sys| sys.fs().rmdir(path)
}

/// `rmdir` once took this option: silence would leave what was to be removed.
fn refuse_recursive(options: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(options) = options.as_object() else { return Ok(()) };
    match options.get(js_string!("recursive"), cx)? {
        recursive if recursive.is_undefined() => Ok(()),
        recursive => Err(errors::invalid_arg_value("options.recursive", &recursive, "is no longer supported", cx)),
    }
}

operation! { CopyFile { from: PathBuf, to: PathBuf, mode: u32 } "copyFile" / "copyFileSync", (4, 3, 3), 3 => ();
    callback after |args, cx| {
        path(args.get_or_undefined(0), "src", cx)?;
        path(args.get_or_undefined(1), "dest", cx)?;
    }
    |args, cx| {
        let from = path(args.get_or_undefined(0), "src", cx)?;
        let to = path(args.get_or_undefined(1), "dest", cx)?;
        let mode = arguments::mode_bits(args.get_or_undefined(2), COPY_MODE_MAX, cx)?;
        Ok(Self { from, to, mode })
    }
    |sys| sys.fs().copy_file(from, to, mode)
}

/// `COPYFILE_EXCL | COPYFILE_FICLONE | COPYFILE_FICLONE_FORCE`
const COPY_MODE_MAX: u32 = 7;

operation! {
    /// Gives the first folder it made, with `recursive`.
    Mkdir { path: PathBuf, mode: u32, recursive: bool } "mkdir" / "mkdirSync", (3, 2, 2), 2 => Option<String>;
    callback after |args, cx| { mkdir_options(args.get_or_undefined(1), cx)?; }
    |args, cx| {
        let (mode, recursive) = mkdir_options(args.get_or_undefined(1), cx)?;
        Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, mode, recursive })
    }
    |sys| if recursive {
        sys.fs().mkdir_recursive(path, mode).map(|made| made.map(|path| path.to_string_lossy().into_owned()))
    } else {
        sys.fs().mkdir(path, mode).map(|()| None)
    }
}

/// The mode of a new folder, and whether those above it are made too.
fn mkdir_options(options: &JsValue, cx: &mut Context) -> JsResult<(u32, bool)> {
    if options.is_number() || options.is_string() {
        return Ok((mode(options, "mode", None, cx)?, false));
    }
    let Some(options) = options.as_object() else { return Ok((DIRECTORY_MODE, false)) };
    let given = options.get(js_string!("recursive"), cx)?;
    let recursive = if given.is_undefined() { false } else { validate::boolean(&given, "options.recursive", cx)? };
    let given = options.get(js_string!("mode"), cx)?;
    Ok((mode(&given, "options.mode", Some(DIRECTORY_MODE), cx)?, recursive))
}

const DIRECTORY_MODE: u32 = 0o777;

/// A path in the encoding that was asked for.
pub(super) struct Name {
    path: std::ffi::OsString,
    encoding: Option<Encoding>,
}

impl IntoJs for Name {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        arguments::name(&self.path, self.encoding, cx)
    }
}

operation! { Mkdtemp { prefix: PathBuf, encoding: Option<Encoding> } "mkdtemp" / "mkdtempSync", (3, 2, 2), 2 => Name;
    callback after |_args, _cx| {}
    |args, cx| {
        let options = Options::read(args.get_or_undefined(1), Some(Encoding::Utf8), cx)?;
        let prefix = path(args.get_or_undefined(0), "prefix", cx)?;
        warn_of_template(args.get_or_undefined(0), cx)?;
        Ok(Self { prefix, encoding: options.encoding })
    }
    |sys| sys.fs().mkdtemp(prefix).map(|path| Name { path: path.into(), encoding })
}

/// Some systems replace every X at the end.
pub(super) fn warn_of_template(prefix: &JsValue, cx: &mut Context) -> JsResult<()> {
    let text = match prefix.as_string() {
        Some(text) => text.to_std_string_lossy().ends_with('X'),
        None => crate::buffer::with_bytes(prefix, |bytes| bytes.last() == Some(&b'X')).unwrap_or(false),
    };
    #[derive(Default)]
    struct Warned(std::cell::Cell<bool>);
    if text && !coil_engine::Host::of(cx).state::<Warned>().0.replace(true) {
        crate::process::emit_warning("mkdtemp() templates ending with X are not portable. For details see: https://nodejs.org/api/fs.html", "Warning", None, cx)?;
    }
    Ok(())
}

/// `mkdtempDisposableSync(prefix[, options])`: a folder that goes with its object.
pub(super) fn mkdtemp_disposable_sync(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = op::sync::<Mkdtemp>(this, args, cx)?;
    disposable(path, false, cx)
}

/// `fsPromises.mkdtempDisposable(prefix[, options])`
pub(super) fn mkdtemp_disposable(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let made = JsPromise::from_object(op::promise::<Mkdtemp>(this, args, cx)?.to_object(cx)?)?;
    let wrap = table::function(|_, args, cx| disposable(args.get_or_undefined(0).clone(), true, cx), js_string!(""), 1, cx);
    Ok(made.then(Some(wrap), None, cx)?.into())
}

/// `{ path, remove, [Symbol.dispose] }`; the full path is kept, for the working directory may change.
fn disposable(path: JsValue, later: bool, cx: &mut Context) -> JsResult<JsValue> {
    let given = arguments::path(&path, "path", cx)?;
    let cwd = coil_engine::Host::of(cx).cwd();
    let full: JsValue = js_string!(std::path::Path::new(&cwd).join(given).to_string_lossy().as_ref()).into();
    let object = JsObject::with_null_proto();
    object.create_data_property_or_throw(js_string!("path"), path, cx)?;
    let remove = table::closure(
        "remove",
        0,
        (full, later),
        |_, _, (full, later), cx| {
            let options = JsObject::with_null_proto();
            options.create_data_property_or_throw(js_string!("recursive"), true, cx)?;
            options.create_data_property_or_throw(js_string!("force"), true, cx)?;
            let args = [full.clone(), options.into()];
            if *later { op::promise::<Rm>(&JsValue::undefined(), &args, cx) } else { op::sync::<Rm>(&JsValue::undefined(), &args, cx) }
        },
        cx,
    );
    object.create_data_property_or_throw(js_string!("remove"), remove.clone(), cx)?;
    let symbol = if later { boa_engine::JsSymbol::async_dispose() } else { boa_engine::JsSymbol::dispose() };
    let name = if later { "[Symbol.asyncDispose]" } else { "[Symbol.dispose]" };
    let dispose = table::closure(name, 0, JsObject::from(remove), |_, _, remove, cx| remove.call(&JsValue::undefined(), &[], cx), cx);
    object.create_data_property_or_throw(symbol, dispose, cx)?;
    Ok(object.into())
}

operation! { Readlink { path: PathBuf, encoding: Option<Encoding> } "readlink" / "readlinkSync", (3, 2, 2), 2 => Name;
    callback after |_args, _cx| {}
    |args, cx| {
        let options = Options::read(args.get_or_undefined(1), Some(Encoding::Utf8), cx)?;
        Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, encoding: options.encoding })
    }
    |sys| sys.fs().readlink(path).map(|path| Name { path: path.into(), encoding })
}

operation! { Realpath { path: PathBuf, encoding: Option<Encoding> } "realpath" / "realpathSync", (3, 2, 2), 2 => Name;
    callback after |_args, _cx| {}
    |args, cx| {
        let options = Options::read(args.get_or_undefined(1), Some(Encoding::Utf8), cx)?;
        Ok(Self { path: arguments::path_of_anything(args.get_or_undefined(0), cx)?, encoding: options.encoding })
    }
    |sys| sys.fs().realpath(path).map(|path| Name { path: path.into(), encoding })
}

operation! { RealpathNative { path: PathBuf, encoding: Option<Encoding> } "native" / "native", (3, 2, 2), 2 => Name;
    |args, cx| {
        let options = Options::read(args.get_or_undefined(1), Some(Encoding::Utf8), cx)?;
        Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, encoding: options.encoding })
    }
    |sys| sys.fs().realpath_native(path).map(|path| Name { path: path.into(), encoding })
}

/// The `bigint` option of `stat` and its kin.
fn bigint(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    match value.as_object() {
        Some(options) => Ok(options.get(js_string!("bigint"), cx)?.to_boolean()),
        None => Ok(false),
    }
}

/// Nothing, instead of an error, when `throwIfNoEntry` is false and nothing is there.
fn quiet(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    match value.as_object() {
        Some(options) => {
            let given = options.get(js_string!("throwIfNoEntry"), cx)?;
            Ok(!given.is_undefined() && !given.to_boolean())
        }
        None => Ok(false),
    }
}

operation! { StatFile { path: PathBuf, bigint: bool, quiet: bool } "stat" / "statSync", (1, 1, 1), 2 => Option<Stats>;
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, bigint: bigint(args.get_or_undefined(1), cx)?, quiet: quiet(args.get_or_undefined(1), cx)? }) }
    |sys| if quiet {
        Ok(sys.fs().stat_if_any(path)?.map(|stat| Stats { stat, bigint }))
    } else {
        sys.fs().stat(path).map(|stat| Some(Stats { stat, bigint }))
    }
}

operation! { Lstat { path: PathBuf, bigint: bool, quiet: bool } "lstat" / "lstatSync", (1, 1, 1), 2 => Option<Stats>;
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, bigint: bigint(args.get_or_undefined(1), cx)?, quiet: quiet(args.get_or_undefined(1), cx)? }) }
    |sys| if quiet {
        Ok(sys.fs().lstat_if_any(path)?.map(|stat| Stats { stat, bigint }))
    } else {
        sys.fs().lstat(path).map(|stat| Some(Stats { stat, bigint }))
    }
}

operation! { Fstat { fd: i32, bigint: bool } "fstat" / "fstatSync", (1, 1, 1), 2 => Stats;
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { fd: fd(args.get_or_undefined(0), cx)?, bigint: bigint(args.get_or_undefined(1), cx)? }) }
    |sys| sys.fs().fstat(fd).map(|stat| Stats { stat, bigint })
}

operation! { Statfs { path: PathBuf, bigint: bool } "statfs" / "statfsSync", (1, 1, 1), 2 => StatFsOut;
    callback after |_args, _cx| {}
    |args, cx| { Ok(Self { path: path(args.get_or_undefined(0), "path", cx)?, bigint: bigint(args.get_or_undefined(1), cx)? }) }
    |sys| sys.fs().statfs(path).map(|stat| StatFsOut { stat, bigint })
}

/// `open`
pub(super) struct Open {
    path: PathBuf,
    flags: i32,
    mode: u32,
}

impl Op for Open {
    const NAME: &'static str = "open";
    const NAME_SYNC: &'static str = "openSync";
    const LENGTH: u8 = 4;
    const LENGTH_SYNC: u8 = 3;
    const CALLBACK_AT: usize = 3;
    type Output = i32;

    fn check_before_callback(args: &[JsValue], cx: &mut Context) -> JsResult<()> {
        path(args.get_or_undefined(0), "path", cx)?;
        if args.len() >= Self::CALLBACK_AT {
            mode(args.get_or_undefined(2), "mode", Some(0o666), cx)?;
            open_flags(args.get_or_undefined(1), 0, cx)?;
        }
        Ok(())
    }

    /// Of two arguments the second would be the callback.
    fn given_as_callback(args: &[JsValue]) -> &JsValue {
        args.get_or_undefined(if args.len() < Self::CALLBACK_AT { 1 } else { Self::CALLBACK_AT })
    }

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        let path = path(args.get_or_undefined(0), "path", cx)?;
        let flags = open_flags(args.get_or_undefined(1), 0, cx)?;
        let mode = mode(args.get_or_undefined(2), "mode", Some(0o666), cx)?;
        Ok(Self { path, flags, mode })
    }

    fn run(self, sys: &Sys) -> Result<i32, SysError> {
        sys.fs().open(self.path, self.flags, self.mode)
    }
}

operation! { Rm { path: PathBuf, options: coil_engine::coil_sys::fs::RmOptions } "rm" / "rmSync", (3, 2, 2), 2 => Removed;
    |args, cx| {
        let path = path(args.get_or_undefined(0), "path", cx)?;
        Ok(Self { path, options: rm_options(args.get_or_undefined(1), cx)? })
    }
    |sys| match sys.fs().rm(&path, options) {
        Err(error) if error.is(coil_engine::coil_sys::errno::EISDIR) && error.syscall == "rm" && error.denied.is_none() => Ok(Removed(Some(path))),
        result => result.map(|()| Removed(None)),
    }
}

/// Removed, or the directory that `recursive` would have been needed for.
pub(super) struct Removed(Option<PathBuf>);

impl IntoJs for Removed {
    const VOID: bool = true;

    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        let Some(path) = self.0 else { return Ok(JsValue::undefined()) };
        let errno = coil_engine::coil_sys::errno::EISDIR;
        Err(system_error(&Rule { code: "ERR_FS_EISDIR", message: "is a directory", path: &path.to_string_lossy(), syscall: "rm", errno, name: "EISDIR" }, cx))
    }
}

fn rm_options(value: &JsValue, cx: &mut Context) -> JsResult<coil_engine::coil_sys::fs::RmOptions> {
    let mut options = coil_engine::coil_sys::fs::RmOptions { recursive: false, force: false, max_retries: 0, retry_delay_ms: 100 };
    let Some(object) = validate::options(value, "options", cx)? else { return Ok(options) };
    for (key, target) in [("force", &mut options.force), ("recursive", &mut options.recursive)] {
        let given = object.get(js_string!(key), cx)?;
        if !given.is_undefined() {
            *target = validate::boolean(&given, &format!("options.{key}"), cx)?;
        }
    }
    for (key, target) in [("retryDelay", &mut options.retry_delay_ms), ("maxRetries", &mut options.max_retries)] {
        let given = object.get(js_string!(key), cx)?;
        if !given.is_undefined() {
            *target = if key == "retryDelay" { validate::int32(&given, "options.retryDelay", 0, i32::MAX, cx)? as u32 } else { validate::uint32(&given, "options.maxRetries", false, cx)? };
        }
    }
    Ok(options)
}
