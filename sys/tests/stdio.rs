//! Terminals, on a pseudo-terminal.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]
#![cfg(target_os = "linux")]

use coil_sys::stdio::{HandleKind, reset_mode};
use coil_sys::{Sys, errno};
use rustix::termios::{LocalModes, OutputModes, Winsize, tcgetattr, tcsetwinsize};

#[test]
fn a_terminal_is_made_raw_and_put_back() {
    let (controller, name) = pseudo_terminal();
    let sys = Sys::real();
    let flags = coil_sys::fs::flags::O_RDWR | coil_sys::fs::flags::O_NOCTTY;
    let fd = sys.fs().open(&name, flags, 0).expect("the terminal");
    let stdio = sys.stdio();
    assert!(stdio.is_tty(fd));
    assert_eq!(stdio.kind(fd), HandleKind::Tty);
    let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&controller, size).expect("set");
    assert_eq!(stdio.window_size(fd), Ok((80, 24)));

    let own = stdio.open_tty(fd).expect("once more");
    assert_eq!(sys.net().read(&own, &mut [0; 4]), Ok(None), "it does not block");
    let local = || tcgetattr(&controller).expect("a terminal").local_modes;
    let before = local();
    assert!(before.contains(LocalModes::ECHO | LocalModes::ICANON));
    stdio.set_raw_mode(fd, true).expect("raw");
    assert!(!local().intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG));
    assert!(tcgetattr(&controller).expect("a terminal").output_modes.contains(OutputModes::OPOST), "output is still processed");
    stdio.set_raw_mode(fd, true).expect("still raw");
    stdio.set_raw_mode(fd, false).expect("as before");
    assert_eq!(local(), before);
    stdio.set_raw_mode(fd, true).expect("raw");
    reset_mode();
    assert_eq!(local(), before, "put back at exit");
    sys.fs().close(fd).expect("closed");
    assert!(stdio.window_size(fd).expect_err("closed").is(errno::EBADF));
}

fn pseudo_terminal() -> (std::fs::File, String) {
    let controller = std::fs::File::options().read(true).write(true).open("/dev/ptmx").expect("a pseudo-terminal");
    let fd = std::os::fd::AsRawFd::as_raw_fd(&controller);
    let (unlock, mut number) = (0, 0);
    // SAFETY: both requests take a pointer to an int, and both ints live.
    unsafe {
        assert_eq!(libc::ioctl(fd, libc::TIOCSPTLCK, &raw const unlock), 0);
        assert_eq!(libc::ioctl(fd, libc::TIOCGPTN, &raw mut number), 0);
    }
    (controller, format!("/dev/pts/{number}"))
}
