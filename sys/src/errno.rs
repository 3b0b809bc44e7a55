//! Error numbers: their names, their values on this system, and libuv's words for them.
//!
//! Three things of Node rest on these tables: `error.code` and the text of a system error, `util.getSystemErrorMap()`, and
//! `os.constants.errno`. Numbers below 3000 are the operating system's; the others are libuv's own and occur on every system.

use std::sync::OnceLock;

/// One error libuv knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno {
    /// `"ENOENT"`.
    pub name: &'static str,
    /// Positive; Node shows it negated.
    pub number: i32,
    /// libuv's text: `"no such file or directory"`.
    pub description: &'static str,
}

/// Every error libuv knows, in the order of `util.getSystemErrorMap()`.
pub static ERRNO: &[Errno] = &[
    entry("E2BIG", libc::E2BIG, "argument list too long"),
    entry("EACCES", libc::EACCES, "permission denied"),
    entry("EADDRINUSE", libc::EADDRINUSE, "address already in use"),
    entry("EADDRNOTAVAIL", libc::EADDRNOTAVAIL, "address not available"),
    entry("EAFNOSUPPORT", libc::EAFNOSUPPORT, "address family not supported"),
    entry("EAGAIN", libc::EAGAIN, "resource temporarily unavailable"),
    entry("EAI_ADDRFAMILY", 3000, "address family not supported"),
    entry("EAI_AGAIN", 3001, "temporary failure"),
    entry("EAI_BADFLAGS", 3002, "bad ai_flags value"),
    entry("EAI_BADHINTS", 3013, "invalid value for hints"),
    entry("EAI_CANCELED", 3003, "request canceled"),
    entry("EAI_FAIL", 3004, "permanent failure"),
    entry("EAI_FAMILY", 3005, "ai_family not supported"),
    entry("EAI_MEMORY", 3006, "out of memory"),
    entry("EAI_NODATA", 3007, "no address"),
    entry("EAI_NONAME", 3008, "unknown node or service"),
    entry("EAI_OVERFLOW", 3009, "argument buffer overflow"),
    entry("EAI_PROTOCOL", 3014, "resolved protocol is unknown"),
    entry("EAI_SERVICE", 3010, "service not available for socket type"),
    entry("EAI_SOCKTYPE", 3011, "socket type not supported"),
    entry("EALREADY", libc::EALREADY, "connection already in progress"),
    entry("EBADF", libc::EBADF, "bad file descriptor"),
    entry("EBUSY", libc::EBUSY, "resource busy or locked"),
    entry("ECANCELED", libc::ECANCELED, "operation canceled"),
    entry("ECHARSET", 4080, "invalid Unicode character"),
    entry("ECONNABORTED", libc::ECONNABORTED, "software caused connection abort"),
    entry("ECONNREFUSED", libc::ECONNREFUSED, "connection refused"),
    entry("ECONNRESET", libc::ECONNRESET, "connection reset by peer"),
    entry("EDESTADDRREQ", libc::EDESTADDRREQ, "destination address required"),
    entry("EEXIST", libc::EEXIST, "file already exists"),
    entry("EFAULT", libc::EFAULT, "bad address in system call argument"),
    entry("EFBIG", libc::EFBIG, "file too large"),
    entry("EHOSTUNREACH", libc::EHOSTUNREACH, "host is unreachable"),
    entry("EINTR", libc::EINTR, "interrupted system call"),
    entry("EINVAL", libc::EINVAL, "invalid argument"),
    entry("EIO", libc::EIO, "i/o error"),
    entry("EISCONN", libc::EISCONN, "socket is already connected"),
    entry("EISDIR", libc::EISDIR, "illegal operation on a directory"),
    entry("ELOOP", libc::ELOOP, "too many symbolic links encountered"),
    entry("EMFILE", libc::EMFILE, "too many open files"),
    entry("EMSGSIZE", libc::EMSGSIZE, "message too long"),
    entry("ENAMETOOLONG", libc::ENAMETOOLONG, "name too long"),
    entry("ENETDOWN", libc::ENETDOWN, "network is down"),
    entry("ENETUNREACH", libc::ENETUNREACH, "network is unreachable"),
    entry("ENFILE", libc::ENFILE, "file table overflow"),
    entry("ENOBUFS", libc::ENOBUFS, "no buffer space available"),
    entry("ENODEV", libc::ENODEV, "no such device"),
    entry("ENOENT", libc::ENOENT, "no such file or directory"),
    entry("ENOMEM", libc::ENOMEM, "not enough memory"),
    entry("ENONET", ENONET, "machine is not on the network"),
    entry("ENOPROTOOPT", libc::ENOPROTOOPT, "protocol not available"),
    entry("ENOSPC", libc::ENOSPC, "no space left on device"),
    entry("ENOSYS", libc::ENOSYS, "function not implemented"),
    entry("ENOTCONN", libc::ENOTCONN, "socket is not connected"),
    entry("ENOTDIR", libc::ENOTDIR, "not a directory"),
    entry("ENOTEMPTY", libc::ENOTEMPTY, "directory not empty"),
    entry("ENOTSOCK", libc::ENOTSOCK, "socket operation on non-socket"),
    entry("ENOTSUP", libc::ENOTSUP, "operation not supported on socket"),
    entry("EOVERFLOW", libc::EOVERFLOW, "value too large for defined data type"),
    entry("EPERM", libc::EPERM, "operation not permitted"),
    entry("EPIPE", libc::EPIPE, "broken pipe"),
    entry("EPROTO", libc::EPROTO, "protocol error"),
    entry("EPROTONOSUPPORT", libc::EPROTONOSUPPORT, "protocol not supported"),
    entry("EPROTOTYPE", libc::EPROTOTYPE, "protocol wrong type for socket"),
    entry("ERANGE", libc::ERANGE, "result too large"),
    entry("EROFS", libc::EROFS, "read-only file system"),
    entry("ESHUTDOWN", libc::ESHUTDOWN, "cannot send after transport endpoint shutdown"),
    entry("ESPIPE", libc::ESPIPE, "invalid seek"),
    entry("ESRCH", libc::ESRCH, "no such process"),
    entry("ETIMEDOUT", libc::ETIMEDOUT, "connection timed out"),
    entry("ETXTBSY", libc::ETXTBSY, "text file is busy"),
    entry("EXDEV", libc::EXDEV, "cross-device link not permitted"),
    entry("UNKNOWN", 4094, "unknown error"),
    entry("EOF", 4095, "end of file"),
    entry("ENXIO", libc::ENXIO, "no such device or address"),
    entry("EMLINK", libc::EMLINK, "too many links"),
    entry("EHOSTDOWN", libc::EHOSTDOWN, "host is down"),
    entry("EREMOTEIO", EREMOTEIO, "remote I/O error"),
    entry("ENOTTY", libc::ENOTTY, "inappropriate ioctl for device"),
    entry("EFTYPE", 4028, "inappropriate file type or format"),
    entry("EILSEQ", libc::EILSEQ, "illegal byte sequence"),
    entry("ESOCKTNOSUPPORT", libc::ESOCKTNOSUPPORT, "socket type not supported"),
    entry("ENODATA", ENODATA, "no data available"),
    entry("EUNATCH", EUNATCH, "protocol driver not attached"),
    entry("ENOEXEC", libc::ENOEXEC, "exec format error"),
];

/// What `os.constants.errno` holds, in its order. Names the system lacks are left out.
pub static OS_ERRNO: &[(&str, i32)] = &[
    ("E2BIG", libc::E2BIG),
    ("EACCES", libc::EACCES),
    ("EADDRINUSE", libc::EADDRINUSE),
    ("EADDRNOTAVAIL", libc::EADDRNOTAVAIL),
    ("EAFNOSUPPORT", libc::EAFNOSUPPORT),
    ("EAGAIN", libc::EAGAIN),
    ("EALREADY", libc::EALREADY),
    ("EBADF", libc::EBADF),
    ("EBADMSG", libc::EBADMSG),
    ("EBUSY", libc::EBUSY),
    ("ECANCELED", libc::ECANCELED),
    ("ECHILD", libc::ECHILD),
    ("ECONNABORTED", libc::ECONNABORTED),
    ("ECONNREFUSED", libc::ECONNREFUSED),
    ("ECONNRESET", libc::ECONNRESET),
    ("EDEADLK", libc::EDEADLK),
    ("EDESTADDRREQ", libc::EDESTADDRREQ),
    ("EDOM", libc::EDOM),
    ("EDQUOT", libc::EDQUOT),
    ("EEXIST", libc::EEXIST),
    ("EFAULT", libc::EFAULT),
    ("EFBIG", libc::EFBIG),
    ("EHOSTUNREACH", libc::EHOSTUNREACH),
    ("EIDRM", libc::EIDRM),
    ("EILSEQ", libc::EILSEQ),
    ("EINPROGRESS", libc::EINPROGRESS),
    ("EINTR", libc::EINTR),
    ("EINVAL", libc::EINVAL),
    ("EIO", libc::EIO),
    ("EISCONN", libc::EISCONN),
    ("EISDIR", libc::EISDIR),
    ("ELOOP", libc::ELOOP),
    ("EMFILE", libc::EMFILE),
    ("EMLINK", libc::EMLINK),
    ("EMSGSIZE", libc::EMSGSIZE),
    ("EMULTIHOP", libc::EMULTIHOP),
    ("ENAMETOOLONG", libc::ENAMETOOLONG),
    ("ENETDOWN", libc::ENETDOWN),
    ("ENETRESET", libc::ENETRESET),
    ("ENETUNREACH", libc::ENETUNREACH),
    ("ENFILE", libc::ENFILE),
    ("ENOBUFS", libc::ENOBUFS),
    #[cfg(not(target_os = "freebsd"))]
    ("ENODATA", libc::ENODATA),
    ("ENODEV", libc::ENODEV),
    ("ENOENT", libc::ENOENT),
    ("ENOEXEC", libc::ENOEXEC),
    ("ENOLCK", libc::ENOLCK),
    ("ENOLINK", libc::ENOLINK),
    ("ENOMEM", libc::ENOMEM),
    ("ENOMSG", libc::ENOMSG),
    ("ENOPROTOOPT", libc::ENOPROTOOPT),
    ("ENOSPC", libc::ENOSPC),
    #[cfg(not(target_os = "freebsd"))]
    ("ENOSR", libc::ENOSR),
    #[cfg(not(target_os = "freebsd"))]
    ("ENOSTR", libc::ENOSTR),
    ("ENOSYS", libc::ENOSYS),
    ("ENOTCONN", libc::ENOTCONN),
    ("ENOTDIR", libc::ENOTDIR),
    ("ENOTEMPTY", libc::ENOTEMPTY),
    ("ENOTSOCK", libc::ENOTSOCK),
    ("ENOTSUP", libc::ENOTSUP),
    ("ENOTTY", libc::ENOTTY),
    ("ENXIO", libc::ENXIO),
    ("EOPNOTSUPP", libc::EOPNOTSUPP),
    ("EOVERFLOW", libc::EOVERFLOW),
    ("EPERM", libc::EPERM),
    ("EPIPE", libc::EPIPE),
    ("EPROTO", libc::EPROTO),
    ("EPROTONOSUPPORT", libc::EPROTONOSUPPORT),
    ("EPROTOTYPE", libc::EPROTOTYPE),
    ("ERANGE", libc::ERANGE),
    ("EROFS", libc::EROFS),
    ("ESPIPE", libc::ESPIPE),
    ("ESRCH", libc::ESRCH),
    ("ESTALE", libc::ESTALE),
    #[cfg(not(target_os = "freebsd"))]
    ("ETIME", libc::ETIME),
    ("ETIMEDOUT", libc::ETIMEDOUT),
    ("ETXTBSY", libc::ETXTBSY),
    ("EWOULDBLOCK", libc::EWOULDBLOCK),
    ("EXDEV", libc::EXDEV),
];

#[cfg(not(target_os = "freebsd"))]
use libc::ENODATA;
#[cfg(any(target_os = "linux", target_os = "android"))]
use libc::{ENONET, EREMOTEIO, EUNATCH};
#[cfg(target_os = "freebsd")]
const ENODATA: i32 = 4024;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const ENONET: i32 = 4056;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const EREMOTEIO: i32 = 4030;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const EUNATCH: i32 = 4023;

const fn entry(name: &'static str, number: i32, description: &'static str) -> Errno {
    Errno { name, number, description }
}

/// The number of an error by its name: `number_of("ENOENT")`. Knows both tables.
pub fn number_of(name: &str) -> Option<i32> {
    let known = ERRNO.iter().find(|entry| entry.name == name).map(|entry| entry.number);
    known.or_else(|| OS_ERRNO.iter().find(|(known, _)| *known == name).map(|(_, number)| *number))
}

/// The name of an error, as Node's `code` shows it. One libuv does not know is `"Unknown system error -74"`.
pub fn name_of(number: i32) -> &'static str {
    match find(number) {
        Some(entry) => entry.name,
        None => unknown(number),
    }
}

/// libuv's text for an error.
pub fn description_of(number: i32) -> &'static str {
    match find(number) {
        Some(entry) => entry.description,
        None => unknown(number),
    }
}

fn find(number: i32) -> Option<&'static Errno> {
    ERRNO.iter().find(|entry| entry.number == number)
}

/// libuv formats these afresh; here each number's text is made once, so that `code` can be a `&'static str`. Bounded by
/// the array: the kernel's numbers end well before 512.
fn unknown(number: i32) -> &'static str {
    static NAMES: [OnceLock<&'static str>; 512] = [const { OnceLock::new() }; 512];
    let slot = usize::try_from(number).ok().and_then(|at| NAMES.get(at));
    match slot {
        Some(slot) => slot.get_or_init(|| Box::leak(format!("Unknown system error -{number}").into_boxed_str())),
        None => "UNKNOWN",
    }
}

macro_rules! numbers {
    ($($name:ident)*) => { $(#[doc = concat!("The number of `", stringify!($name), "` here.")] pub const $name: i32 = libc::$name;)* };
}

numbers! {
    E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBUSY ECANCELED ECHILD ECONNABORTED ECONNREFUSED
    ECONNRESET EEXIST EFAULT EFBIG EHOSTUNREACH EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ELOOP EMFILE EMLINK EMSGSIZE
    ENAMETOOLONG ENETDOWN ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOEXEC ENOMEM ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY
    ENOTSOCK ENOTSUP ENOTTY ENXIO EOVERFLOW EPERM EPIPE EPROTO ERANGE EROFS ESPIPE ESRCH ETIMEDOUT ETXTBSY EXDEV
}

/// libuv's `UV_EOF`: the other side has closed.
pub const EOF: i32 = 4095;
/// libuv's `UV_UNKNOWN`.
pub const UNKNOWN: i32 = 4094;
/// libuv's `UV_ECHARSET`.
pub const ECHARSET: i32 = 4080;
/// libuv's `UV_EFTYPE`, where the system has none of its own.
pub const EFTYPE: i32 = 4028;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_those_of_libuv() {
        assert_eq!((name_of(ENOENT), description_of(ENOENT)), ("ENOENT", "no such file or directory"));
        assert_eq!(name_of(EOF), "EOF");
        assert_eq!(name_of(3008), "EAI_NONAME");
        assert_eq!(number_of("EWOULDBLOCK"), Some(EAGAIN));
        assert_eq!(name_of(number_of("EBADMSG").expect("in the table")), "Unknown system error -74");
        assert_eq!(name_of(99_999), "UNKNOWN");
    }
}
