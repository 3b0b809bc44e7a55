//! This process and this machine.
#![allow(clippy::disallowed_methods, reason = "tests compare with std")]

use std::time::Duration;

use coil_sys::{Clock, ERRNO, OS_ERRNO, Sys, VirtualClock, errno, signals};

#[test]
fn the_process_knows_itself() {
    let sys = Sys::real();
    let process = sys.process();
    assert_eq!(process.pid(), std::process::id());
    assert!(process.ppid() > 0);
    assert_eq!(process.exec_path().expect("known"), std::env::current_exe().expect("known"));
    assert_eq!(process.args().len(), std::env::args_os().len());
    assert!(process.rss().expect("known") > 100_000);
    assert!(process.groups().expect("known").contains(&process.egid()));
    assert_eq!(process.uid(), process.euid());
    process.set_uid(process.uid()).expect("no change");
    process.set_egid(process.gid()).expect("no change");
    let usage = process.resource_usage();
    assert!(usage.max_rss > 100 && usage.minor_page_fault > 0);
    let before = process.cpu_usage();
    let mut sum = 0_u64;
    while process.cpu_usage().user_us + process.cpu_usage().system_us < before.user_us + before.system_us + 20_000 {
        sum = sum.wrapping_mul(31).wrapping_add(1);
    }
    assert!(std::hint::black_box(sum) > 0 && process.thread_cpu_usage().user_us <= process.cpu_usage().user_us + 50_000);
}

#[test]
fn umask_is_read_and_set() {
    let process_umask = |new| Sys::real().process().umask(new);
    let old = process_umask(Some(0o77));
    assert_eq!(process_umask(None), 0o77);
    assert_eq!(process_umask(Some(old)), 0o77);
    assert_eq!(process_umask(None), old);
}

#[test]
fn signals_reach_or_fail_as_kill() {
    let sys = Sys::real();
    let me = i32::try_from(sys.process().pid()).expect("a pid");
    sys.process().kill(me, 0).expect("it is there");
    assert_eq!(sys.process().kill(i32::MAX, 0).expect_err("nobody").errno_message(), "kill ESRCH");
    assert_eq!(sys.process().kill(me, 999).expect_err("no signal").errno_message(), "kill EINVAL");
    assert_eq!(signals::number_of("SIGTERM"), Some(15));
    assert_eq!(signals::name_of(2), Some("SIGINT"));
    assert_eq!(signals::name_of(6), Some("SIGABRT"), "not its other name");
}

#[cfg(target_os = "linux")]
#[test]
fn the_title_is_what_ps_shows() {
    // In a process of its own: it overwrites the command line.
    if std::env::var_os("COIL_SYS_TITLE").is_none() {
        let me = std::env::current_exe().expect("this test");
        let status = std::process::Command::new(me).args(["the_title_is_what_ps_shows", "--exact"]).env("COIL_SYS_TITLE", "1").status();
        assert!(status.expect("ran").success());
        return;
    }
    let sys = Sys::real();
    assert!(sys.process().title().contains("process"));
    sys.process().set_title("tïtle");
    assert_eq!(sys.process().title(), "tïtle");
    let shown = std::fs::read("/proc/self/cmdline").expect("known");
    assert!(shown.starts_with("tïtle\0".as_bytes()), "{}", String::from_utf8_lossy(&shown));
    assert!(sys.process().args()[0].to_string_lossy().contains("process"), "the arguments were kept");
    let long = "é".repeat(100_000);
    sys.process().set_title(&long);
    assert!(long.starts_with(&sys.process().title()) && sys.process().title().len() < long.len());
}

#[test]
fn the_machine_is_described() {
    let sys = Sys::real();
    let os = sys.os();
    assert!(!os.hostname().is_empty());
    let name = os.uname();
    assert!(!name.sysname.is_empty() && !name.release.is_empty() && !name.version.is_empty() && !name.machine.is_empty());
    assert!(os.available_parallelism() >= 1 && !os.cpus().is_empty());
    assert!(os.totalmem() > 1 << 20 && os.freemem() > 0 && os.available_memory() > 0);
    assert!(os.uptime() > 0.0 && os.loadavg().iter().all(|load| *load >= 0.0));
    assert!(os.network_interfaces().expect("known").iter().any(|interface| interface.internal));
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        assert_eq!((os.platform(), os.arch()), ("linux", "x64"));
    }
    let user = os.user_info().expect("known");
    assert_eq!(user.uid, sys.process().euid());
    let priority = os.priority(0).expect("known");
    os.set_priority(0, priority).expect("no change");
    assert_eq!(os.priority(u32::try_from(i32::MAX).expect("fits")).expect_err("nobody").syscall, "uv_os_getpriority");
}

#[test]
fn directories_come_from_the_environment() {
    let sys = Sys::builder().env([("HOME", "/h"), ("TMPDIR", ""), ("TEMP", "/t/")]).build();
    assert_eq!((sys.os().homedir().expect("set"), sys.os().tmpdir()), ("/h".into(), "/t".into()));
    let bare = Sys::builder().env([("X", "")]).build();
    assert_eq!(bare.os().tmpdir(), std::path::Path::new("/tmp"));
    assert_eq!(bare.os().homedir().expect("known"), bare.os().user_info().expect("known").homedir);
}

#[test]
fn clocks_run_or_stand() {
    let sys = Sys::real();
    let (wall, monotonic) = (sys.clock().wall_ms(), sys.clock().monotonic_ns());
    std::thread::sleep(Duration::from_millis(5));
    assert!(sys.clock().wall_ms() >= wall + 4 && sys.process().hrtime_ns() > monotonic + 4_000_000);
    let clock = std::sync::Arc::new(VirtualClock::at_wall_ms(1000));
    let sys = Sys::builder().clock(clock.clone()).build();
    assert!(sys.clock().is_virtual());
    clock.advance(3_500_000);
    assert_eq!((sys.clock().wall_ms(), sys.process().hrtime_ns()), (1003, 3_500_000));
}

#[test]
fn random_bytes_repeat_only_when_seeded() {
    let bytes = |sys: &Sys| {
        let mut bytes = vec![0; 1000];
        sys.random().fill(&mut bytes).expect("filled");
        bytes
    };
    let seeded = |seed| Sys::builder().random_seed(seed).build();
    assert_eq!(bytes(&seeded(1)), bytes(&seeded(1)));
    assert_ne!(bytes(&seeded(1)), bytes(&seeded(2)));
    assert_ne!(bytes(&Sys::real()), bytes(&Sys::real()));
    let parent = seeded(3);
    assert_eq!(bytes(&parent.for_worker(false)), bytes(&seeded(3).for_worker(false)));
    assert!(parent.random().is_seeded());
}

#[test]
fn the_tables_of_errors_are_those_of_node() {
    assert_eq!(ERRNO.len(), 85);
    assert_eq!((ERRNO[0].name, ERRNO[84].name), ("E2BIG", "ENOEXEC"));
    assert!(OS_ERRNO.contains(&("EWOULDBLOCK", errno::EAGAIN)));
}
