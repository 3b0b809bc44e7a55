//! How much of this thread's stack is left, so that recursion ends in an error and not in an abort.
//!
//! Ask [`is_short`] at every level of a recursion whose depth the input decides. The bounds come from the operating system, once per
//! thread; a reserve is kept for what runs between two questions.

use std::cell::Cell;

thread_local! {
    /// The lowest address that recursion may reach; 0 while it is not known.
    static FLOOR: Cell<usize> = const { Cell::new(0) };
}

/// Whether recursion must stop here.
#[inline]
#[must_use]
pub fn is_short() -> bool {
    here() < floor()
}

/// How many bytes recursion may still use.
#[must_use]
pub fn remaining() -> usize {
    here().saturating_sub(floor())
}

/// What an error says where there was no stack left, as V8 does.
pub const TOO_DEEP: &str = "Maximum call stack size exceeded";

thread_local! {
    /// How many statements and expressions the parser is in.
    static NESTING: Cell<usize> = const { Cell::new(0) };
}

/// One level of nesting, as long as it lives.
#[derive(Debug)]
pub(crate) struct Level(());

impl Drop for Level {
    fn drop(&mut self) {
        NESTING.set(NESTING.get() - 1);
    }
}

/// Enters a statement or an expression. Fails where V8's parser would have used up its stack: what comes after the parser looks through
/// every level again for each that is around it.
#[inline]
pub(crate) fn enter_nesting() -> crate::error::ParseResult<Level> {
    check_nesting()?;
    let depth = NESTING.get() + 1;
    if depth > NESTING_MAX {
        return Err(crate::Error::too_deep());
    }
    NESTING.set(depth);
    Ok(Level(()))
}

/// V8 holds 700 blocks, 1700 functions, 2200 parentheses in its default stack.
const NESTING_MAX: usize = 3000;

/// Fails where the parser has used up the stack. Asked at every level of nesting that [`enter_nesting`] does not count.
#[inline]
pub(crate) fn check_nesting() -> crate::error::ParseResult<()> {
    if is_short() { Err(crate::Error::too_deep()) } else { Ok(()) }
}

/// The links of a chain like `a + b + c`, which the parser reads in a loop but everybody after it, down to the drop of the tree, takes
/// one in the other.
#[derive(Debug, Default)]
pub(crate) struct Links(usize);

impl Links {
    /// Fails where the levels would not fit the stack.
    #[inline]
    pub(crate) fn another(&mut self) -> crate::error::ParseResult<()> {
        self.0 += 1;
        if self.0.is_multiple_of(64) && remaining() < self.0 * LINK { Err(crate::Error::too_deep()) } else { Ok(()) }
    }

    /// The same for `a.b.c` and `a()()()`, of which V8 holds fewer than 9000.
    #[inline]
    pub(crate) fn another_access(&mut self) -> crate::error::ParseResult<()> {
        if self.0 > ACCESSES_MAX { Err(crate::Error::too_deep()) } else { self.another() }
    }
}

const ACCESSES_MAX: usize = 10_000;

/// The stack that compiling one link takes, generously.
const LINK: usize = 6 << 10;

#[inline]
fn floor() -> usize {
    FLOOR.with(|known| match known.get() {
        0 => {
            let floor = find_floor();
            known.set(floor);
            floor
        }
        floor => floor,
    })
}

/// An address in the frame of the caller, near enough.
#[inline(always)]
fn here() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(std::hint::black_box(&marker)).addr()
}

#[cold]
fn find_floor() -> usize {
    let here = here();
    let bottom = bottom().filter(|bottom| *bottom < here).unwrap_or(here.saturating_sub(UNKNOWN_STACK));
    bottom + RESERVE.min((here - bottom) / 4)
}

/// What runs between two questions: a native function that does not recurse, a level of the parser (at most 40 KB), a panic's unwinding.
const RESERVE: usize = 512 << 10;

/// What every platform gives a thread at least.
const UNKNOWN_STACK: usize = 512 << 10;

/// The lowest address of this thread's stack.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn bottom() -> Option<usize> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut address, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are filled by the first call before the others use them, and destroyed once.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let found = libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut address, &raw mut size) == 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        found.then(|| address.addr())
    }
}

/// The lowest address of this thread's stack.
#[cfg(target_vendor = "apple")]
fn bottom() -> Option<usize> {
    // SAFETY: both only read what belongs to the running thread; the address is that of the upper end.
    let (top, size) = unsafe { (libc::pthread_get_stackaddr_np(libc::pthread_self()).addr(), libc::pthread_get_stacksize_np(libc::pthread_self())) };
    top.checked_sub(size)
}

/// The lowest address of this thread's stack.
#[cfg(windows)]
fn bottom() -> Option<usize> {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetCurrentThreadStackLimits(low: *mut usize, high: *mut usize);
    }
    let (mut low, mut high) = (0, 0);
    // SAFETY: the function writes both numbers and cannot fail.
    unsafe { GetCurrentThreadStackLimits(&raw mut low, &raw mut high) };
    Some(low)
}

/// Not known here: the least that a thread can count on.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple", windows)))]
fn bottom() -> Option<usize> {
    None
}
