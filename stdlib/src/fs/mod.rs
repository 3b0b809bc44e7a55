//! `fs`: files and directories.
//!
//! ```js
//! const fs = require('fs');
//! fs.mkdirSync('/tmp/a/b', { recursive: true });
//! fs.promises.writeFile('/tmp/a/b/c.txt', 'hello').then(() => console.log(fs.readFileSync('/tmp/a/b/c.txt', 'utf8')));
//! ```
//!
//! Every operation is one type with three faces; see [`operations`]. A recursive `readdir`, `rm` or `cp` and a whole `readFile` are
//! one trip to the pool.
//!
//! Follows <https://nodejs.org/api/fs.html>.
//!
//! Differs from Node: an aborted signal ends an operation for who waits, while
//! its system call goes on; errors of promises have no frames of async functions.

mod arguments;
mod contents;
mod copy;
mod directory;
mod glob;
mod handle;
mod handle_transfer;
mod operations;
mod stats;
mod streams;
mod system_error;
mod utf8_stream;
mod watch;
mod whole;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    coil_sys::fs::{access, flags},
    errors, op,
    table::{self, Export, NativeModule, Symbol},
    validate,
};

use contents::{AppendFile, ReadFile, WriteFile};
use directory::{DIR, Opendir, Readdir};
use handle::OpenHandle;
use operations::*;
use stats::DIRENT;

/// `fs`
pub static MODULE: NativeModule = NativeModule {
    name: "fs",
    exports: &[
        Export::function("appendFile", 4, whole::append_file),
        Export::sync::<AppendFile>(),
        Export::callback::<Access>(),
        Export::sync::<Access>(),
        Export::callback::<Chown>(),
        Export::sync::<Chown>(),
        Export::callback::<Chmod>(),
        Export::sync::<Chmod>(),
        Export::function("close", 1, close),
        Export::sync::<Close>(),
        Export::callback::<CopyFile>(),
        Export::sync::<CopyFile>(),
        Export::function("cp", 4, copy::cp),
        Export::function("cpSync", 3, copy::cp_sync),
        Export::build("createReadStream", |cx| streams::create_function("createReadStream", streams::create_read_stream, cx)),
        Export::build("createWriteStream", |cx| streams::create_function("createWriteStream", streams::create_write_stream, cx)),
        Export::build("exists", exists_function),
        Export::function("existsSync", 1, exists_sync),
        Export::callback::<Fchown>(),
        Export::sync::<Fchown>(),
        Export::callback::<Fchmod>(),
        Export::sync::<Fchmod>(),
        Export::callback::<Fdatasync>(),
        Export::sync::<Fdatasync>(),
        Export::callback::<Fstat>(),
        Export::sync::<Fstat>(),
        Export::callback::<Fsync>(),
        Export::sync::<Fsync>(),
        Export::callback::<Ftruncate>(),
        Export::sync::<Ftruncate>(),
        Export::callback::<Futimes>(),
        Export::sync::<Futimes>(),
        Export::function("glob", 3, glob::glob),
        Export::function("globSync", 2, glob::glob_sync),
        Export::callback::<Lchown>(),
        Export::sync::<Lchown>(),
        Export::undefined("lchmod"),
        Export::undefined("lchmodSync"),
        Export::callback::<Link>(),
        Export::sync::<Link>(),
        Export::callback::<Lstat>(),
        Export::sync::<Lstat>(),
        Export::callback::<Lutimes>(),
        Export::sync::<Lutimes>(),
        Export::callback::<Mkdir>(),
        Export::sync::<Mkdir>(),
        Export::callback::<Mkdtemp>(),
        Export::sync::<Mkdtemp>(),
        Export::function("mkdtempDisposableSync", 2, mkdtemp_disposable_sync),
        Export::callback::<Open>(),
        Export::sync::<Open>(),
        Export::function("openAsBlob", 1, whole::open_as_blob),
        Export::callback::<Readdir>(),
        Export::sync::<Readdir>(),
        Export::build("read", |cx| promisified("read", 6, contents::read, &["bytesRead", "buffer"], cx)),
        Export::function("readSync", 5, contents::read_sync),
        Export::build("readv", |cx| promisified("readv", 4, contents::readv, &["bytesRead", "buffers"], cx)),
        Export::function("readvSync", 3, contents::readv_sync),
        Export::function("readFile", 3, whole::read_file),
        Export::sync::<ReadFile>(),
        Export::callback::<Readlink>(),
        Export::sync::<Readlink>(),
        Export::build("realpath", |cx| realpath("realpath", op::callback::<Realpath>, op::callback::<RealpathNative>, 3, cx)),
        Export::build("realpathSync", |cx| realpath("realpathSync", op::sync::<Realpath>, op::sync::<RealpathNative>, 2, cx)),
        Export::callback::<Rename>(),
        Export::sync::<Rename>(),
        Export::callback::<Rm>(),
        Export::sync::<Rm>(),
        Export::callback::<Rmdir>(),
        Export::sync::<Rmdir>(),
        Export::callback::<StatFile>(),
        Export::callback::<Statfs>(),
        Export::sync::<StatFile>(),
        Export::sync::<Statfs>(),
        Export::callback::<Symlink>(),
        Export::sync::<Symlink>(),
        Export::callback::<Truncate>(),
        Export::function("truncateSync", 2, truncate_sync),
        Export::function("unwatchFile", 2, watch::unwatch_file),
        Export::callback::<Unlink>(),
        Export::sync::<Unlink>(),
        Export::callback::<Utimes>(),
        Export::sync::<Utimes>(),
        Export::function("watch", 3, watch::watch),
        Export::function("watchFile", 3, watch::watch_file),
        Export::function("writeFile", 4, whole::write_file),
        Export::sync::<WriteFile>(),
        Export::build("write", |cx| promisified("write", 6, contents::write, &["bytesWritten", "buffer"], cx)),
        Export::function("writeSync", 5, contents::write_sync),
        Export::build("writev", |cx| promisified("writev", 4, contents::writev, &["bytesWritten", "buffers"], cx)),
        Export::function("writevSync", 3, contents::writev_sync),
        Export::class(&DIRENT),
        Export::build("Stats", stats::deprecated_class),
        Export::lazy("ReadStream", streams::read_stream_class).enumerable(true),
        Export::lazy("WriteStream", streams::write_stream_class).enumerable(true),
        Export::lazy("FileReadStream", streams::read_stream_class).enumerable(true),
        Export::lazy("FileWriteStream", streams::write_stream_class).enumerable(true),
        Export::getter("Utf8Stream", utf8_stream::class),
        Export::renamed("_toUnixTimestamp", "toUnixTimestamp", 1, to_unix_timestamp),
        Export::class(&DIR),
        Export::callback::<Opendir>(),
        Export::function("opendirSync", 2, directory::opendir_sync),
        Export::build("constants", constants).read_only().permanent(),
        Export::getter("promises", |_, _, cx| Ok(coil_engine::table::instantiate(&PROMISES, cx)?.into())),
    ],
};

/// `fs/promises`
pub static PROMISES: NativeModule = NativeModule {
    name: "fs/promises",
    exports: &[
        Export::promise::<Access>(),
        Export::promise::<CopyFile>(),
        Export::function("cp", 3, copy::cp_promise).method(),
        Export::function("glob", 2, glob::glob_promise).method(),
        Export::promise::<OpenHandle>(),
        Export::promise::<Opendir>(),
        Export::promise::<Rename>(),
        Export::function("truncate", 1, truncate_promise).method(),
        Export::promise::<Rm>(),
        Export::promise::<Rmdir>(),
        Export::promise::<Mkdir>(),
        Export::promise::<Readdir>(),
        Export::promise::<Readlink>(),
        Export::promise::<Symlink>(),
        Export::promise::<Lstat>(),
        Export::promise::<StatFile>(),
        Export::promise::<Statfs>(),
        Export::promise::<Link>(),
        Export::promise::<Unlink>(),
        Export::promise::<Chmod>(),
        Export::function("lchmod", 2, |_, _, cx| Err(errors::method_not_implemented("lchmod()", cx))).method(),
        Export::promise::<Lchown>(),
        Export::promise::<Chown>(),
        Export::promise::<Utimes>(),
        Export::promise::<Lutimes>(),
        Export::function("realpath", 2, op::promise::<RealpathNative>).method(),
        Export::promise::<Mkdtemp>(),
        Export::function("mkdtempDisposable", 2, mkdtemp_disposable).method(),
        Export::function("writeFile", 3, whole::write_file_promise).method(),
        Export::function("appendFile", 3, whole::append_file_promise).method(),
        Export::function("readFile", 2, whole::read_file_promise).method(),
        Export::renamed("watch", "_watch", 1, watch::promises_watch).method(),
        Export::build("constants", constants),
    ],
};

/// A path as functions of `fs` take it: a text, bytes or a URL.
pub(crate) fn path_argument(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<std::path::PathBuf> {
    arguments::path(value, name, cx)
}

/// `fs.close(fd[, callback])`: alone among its kin it does without a callback.
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.len() > 1 && !args.get_or_undefined(1).is_undefined() {
        validate::function(args.get_or_undefined(1), "cb", cx)?;
        return op::callback::<Close>(this, args, cx);
    }
    let fd = arguments::fd(args.get_or_undefined(0), cx)?;
    let ignored = table::function(rethrow, js_string!(""), 1, cx);
    op::callback::<Close>(this, &[fd.into(), ignored.into()], cx)
}

fn rethrow(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    match args.get_or_undefined(0) {
        error if error.is_null_or_undefined() => Ok(JsValue::undefined()),
        error => Err(boa_engine::JsError::from_opaque(error.clone())),
    }
}

/// A bad path is no path: `existsSync` never throws.
fn exists_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let Ok(path) = arguments::path(given, "path", cx) else {
        let shaped = given.is_string() || crate::buffer::is_uint8_array(given);
        let url = given.as_object().is_some_and(|object| crate::url::is_url(&object, cx).unwrap_or(false));
        if !shaped && !url {
            crate::process::emit_once("DEP0187", "Passing invalid argument types to fs.existsSync is deprecated", "DeprecationWarning", cx)?;
        }
        return Ok(false.into());
    };
    Ok(Host::of(cx).sys().fs().exists(path).unwrap_or(false).into())
}

fn exists_function(cx: &mut Context) -> JsResult<JsValue> {
    let exists = table::function(exists, js_string!("exists"), 2, cx);
    let custom = table::function(exists_promise, js_string!("exists"), 1, cx);
    let symbol = Host::of(cx).registered_symbol("nodejs.util.promisify.custom", cx);
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(custom).writable(false).enumerable(false).configurable(false);
    exists.define_property_or_throw(symbol, hidden, cx)?;
    Ok(exists.into())
}

fn exists(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(args.get_or_undefined(1), "cb", cx)?;
    let path = arguments::path(args.get_or_undefined(0), "path", cx);
    let host = Host::of(cx);
    match path {
        Ok(path) => {
            host.offload(
                "exists",
                move |sys| sys.fs().exists(path).unwrap_or(false),
                move |outcome, cx| {
                    let found = outcome.done().unwrap_or(false);
                    Host::of(cx).enter(&callback, &JsValue::undefined(), &[found.into()], cx);
                },
            );
        }
        Err(_) => host.next_tick(callback, JsValue::undefined(), vec![false.into()]),
    }
    Ok(JsValue::undefined())
}

fn exists_promise(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = boa_engine::object::builtins::JsPromise::new_pending(cx);
    exists(&JsValue::undefined(), &[args.get_or_undefined(0).clone(), resolvers.resolve.into()], cx)?;
    Ok(promise.into())
}

/// A function whose promisified form gives an object of these names.
fn promisified(name: &'static str, length: u8, call: boa_engine::native_function::NativeFunctionPointer, names: &[&str], cx: &mut Context) -> JsResult<JsValue> {
    let function = table::function(call, js_string!(name), length, cx);
    let names: Vec<JsValue> = names.iter().map(|name| js_string!(*name).into()).collect();
    let names = boa_engine::object::builtins::JsArray::from_iter(names, cx);
    let symbol = Symbol::Private("customPromisifyArgs").to_js(cx);
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(names).writable(false).enumerable(false).configurable(false);
    function.define_property_or_throw(symbol, hidden, cx)?;
    Ok(function.into())
}

fn realpath(
    name: &'static str,
    call: boa_engine::native_function::NativeFunctionPointer,
    native: boa_engine::native_function::NativeFunctionPointer,
    length: u8,
    cx: &mut Context,
) -> JsResult<JsValue> {
    let function = table::function(call, js_string!(name), length, cx);
    table::define_all(&function, &[Export::renamed("native", "", length, native)], true, cx)?;
    Ok(function.into())
}

fn to_unix_timestamp(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    arguments::seconds(args.get_or_undefined(0), "time", cx).map(JsValue::from)
}

/// `fs.constants`, the same for `fs.promises`.
fn constants(cx: &mut Context) -> JsResult<JsValue> {
    #[derive(Default)]
    struct Made(std::cell::OnceCell<JsObject>);
    let made = Host::of(cx).state::<Made>();
    if let Some(object) = made.0.get() {
        return Ok(object.clone().into());
    }
    let object = JsObject::with_null_proto();
    let rows: [(&str, i32); 56] = [
        ("UV_FS_SYMLINK_DIR", 1),
        ("UV_FS_SYMLINK_JUNCTION", 2),
        ("O_RDONLY", flags::O_RDONLY),
        ("O_WRONLY", flags::O_WRONLY),
        ("O_RDWR", flags::O_RDWR),
        ("UV_DIRENT_UNKNOWN", 0),
        ("UV_DIRENT_FILE", 1),
        ("UV_DIRENT_DIR", 2),
        ("UV_DIRENT_LINK", 3),
        ("UV_DIRENT_FIFO", 4),
        ("UV_DIRENT_SOCKET", 5),
        ("UV_DIRENT_CHAR", 6),
        ("UV_DIRENT_BLOCK", 7),
        ("S_IFMT", 0o170_000),
        ("S_IFREG", 0o100_000),
        ("S_IFDIR", 0o040_000),
        ("S_IFCHR", 0o020_000),
        ("S_IFBLK", 0o060_000),
        ("S_IFIFO", 0o010_000),
        ("S_IFLNK", 0o120_000),
        ("S_IFSOCK", 0o140_000),
        ("O_CREAT", flags::O_CREAT),
        ("O_EXCL", flags::O_EXCL),
        ("UV_FS_O_FILEMAP", 0),
        ("O_NOCTTY", flags::O_NOCTTY),
        ("O_TRUNC", flags::O_TRUNC),
        ("O_APPEND", flags::O_APPEND),
        ("O_DIRECTORY", flags::O_DIRECTORY),
        ("O_NOATIME", 0o1_000_000),
        ("O_NOFOLLOW", flags::O_NOFOLLOW),
        ("O_SYNC", flags::O_SYNC),
        ("O_DSYNC", flags::O_DSYNC),
        ("O_DIRECT", 0o40_000),
        ("O_NONBLOCK", flags::O_NONBLOCK),
        ("S_IRWXU", 0o700),
        ("S_IRUSR", 0o400),
        ("S_IWUSR", 0o200),
        ("S_IXUSR", 0o100),
        ("S_IRWXG", 0o070),
        ("S_IRGRP", 0o040),
        ("S_IWGRP", 0o020),
        ("S_IXGRP", 0o010),
        ("S_IRWXO", 0o007),
        ("S_IROTH", 0o004),
        ("S_IWOTH", 0o002),
        ("S_IXOTH", 0o001),
        ("F_OK", access::F_OK as i32),
        ("R_OK", access::R_OK as i32),
        ("W_OK", access::W_OK as i32),
        ("X_OK", access::X_OK as i32),
        ("UV_FS_COPYFILE_EXCL", 1),
        ("COPYFILE_EXCL", 1),
        ("UV_FS_COPYFILE_FICLONE", 2),
        ("COPYFILE_FICLONE", 2),
        ("UV_FS_COPYFILE_FICLONE_FORCE", 4),
        ("COPYFILE_FICLONE_FORCE", 4),
    ];
    for (name, value) in rows {
        let fixed = boa_engine::property::PropertyDescriptor::builder().value(value).writable(false).enumerable(true).configurable(false);
        object.define_property_or_throw(js_string!(name), fixed, cx)?;
    }
    Ok(made.0.get_or_init(|| object).clone().into())
}

pub(crate) use arguments::path as validated_path;
pub(crate) use streams::bytes_of;

/// A `ReadStream` of an open descriptor that stays open: standard input when it is a file.
pub(crate) fn read_stream_of_fd(fd: i32, cx: &mut Context) -> JsResult<JsValue> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("fd"), fd, cx)?;
    options.create_data_property_or_throw(js_string!("autoClose"), false, cx)?;
    streams::create_read_stream(&JsValue::undefined(), &[JsValue::null(), options.into()], cx)
}
