//! One inotify descriptor per loop, and whom its events are for.

use std::{
    cell::{Cell, OnceCell, RefCell},
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    rc::Rc,
};

use boa_engine::{Context, JsResult, JsValue};
use coil_engine::{
    Host,
    coil_loop::{Interest, Ready, Source, Token},
    coil_sys::{
        SysError, SysResult,
        fs::{FileType, WatchEvent, Watcher},
    },
};
use rustc_hash::FxHashMap;

use super::ignore::Ignore;
use crate::{buffer::Encoding, fs::arguments};

/// What is told of a change: its kind, and the name as the `encoding` option wants it.
pub(super) type Tell = Rc<dyn Fn(Kind, JsValue, &mut Context) -> JsResult<()>>;

/// Node's two kinds of changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Change,
    Rename,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Rename => "rename",
        }
    }
}

/// The host's hub, made at the first watch.
#[derive(Default)]
struct Place(OnceCell<Rc<Hub>>);

struct Hub {
    watcher: Watcher,
    token: Cell<Option<Token>>,
    watches: RefCell<FxHashMap<i32, Vec<Rc<Watch>>>>,
    /// How many watches keep the loop alive.
    refs: Cell<usize>,
}

/// One consumer of changes: an `FSWatcher`, or an iterator.
pub(super) struct Watch {
    hub: Rc<Hub>,
    root: PathBuf,
    recursive: bool,
    encoding: Option<Encoding>,
    /// The folders watched, below the root; the root itself is the empty path.
    folders: RefCell<FxHashMap<i32, PathBuf>>,
    reffed: Cell<bool>,
    open: Cell<bool>,
    ignore: Option<Ignore>,
    tell: RefCell<Option<Tell>>,
}

/// How a watch is made.
pub(super) struct Wish {
    pub(super) path: PathBuf,
    pub(super) persistent: bool,
    pub(super) recursive: bool,
    /// None for Buffers.
    pub(super) encoding: Option<Encoding>,
    pub(super) ignore: Option<Ignore>,
}

fn hub(cx: &Context) -> SysResult<Rc<Hub>> {
    let host = Host::of(cx);
    let place = host.state::<Place>();
    if let Some(hub) = place.0.get() {
        return Ok(hub.clone());
    }
    let watcher = host.sys().fs().watcher()?;
    let hub = Rc::new(Hub { watcher, token: Cell::new(None), watches: RefCell::default(), refs: Cell::new(0) });
    let event_loop = host.event_loop();
    let token = event_loop.register(&hub.watcher, Interest::READABLE, hub.clone()).map_err(|error| SysError::new(error.raw_os_error().unwrap_or(0), "watch"))?;
    event_loop.token_ref(token, false);
    hub.token.set(Some(token));
    Ok(place.0.get_or_init(|| hub).clone())
}

impl Hub {
    fn count(&self, change: isize, cx: &Context) {
        let was = self.refs.get();
        self.refs.set(was.saturating_add_signed(change));
        if let Some(token) = self.token.get().filter(|_| (was == 0) != (self.refs.get() == 0)) {
            Host::of(cx).event_loop().token_ref(token, self.refs.get() > 0);
        }
    }

    fn forget(&self, id: i32, watch: &Rc<Watch>) {
        let mut watches = self.watches.borrow_mut();
        let Some(list) = watches.get_mut(&id) else { return };
        list.retain(|other| !Rc::ptr_eq(other, watch));
        if list.is_empty() {
            watches.remove(&id);
            self.watcher.remove(id);
        }
    }
}

impl Source<Context> for Hub {
    fn ready(self: Rc<Self>, _ready: Ready, cx: &mut Context) {
        // What was lost or could not be read is told to nobody, as in libuv.
        for event in self.watcher.read().unwrap_or_default() {
            let listening = if event.ended { self.watches.borrow_mut().remove(&event.watch) } else { self.watches.borrow().get(&event.watch).cloned() };
            for watch in listening.unwrap_or_default() {
                watch.told(&event, cx);
            }
        }
    }

    fn label(&self) -> &'static str {
        "FSEventWrap"
    }
}

impl Watch {
    /// Begins to watch.
    pub(super) fn start(wish: Wish, tell: Tell, cx: &mut Context) -> SysResult<Rc<Self>> {
        let hub = hub(cx)?;
        let watch = Rc::new(Self {
            hub,
            root: wish.path,
            recursive: wish.recursive,
            encoding: wish.encoding,
            folders: RefCell::default(),
            reffed: Cell::new(false),
            open: Cell::new(true),
            ignore: wish.ignore,
            tell: RefCell::new(Some(tell)),
        });
        watch.add(PathBuf::new(), cx)?;
        watch.set_ref(wish.persistent, cx);
        if watch.recursive && Host::of(cx).sys().fs().kind(&watch.root) == Some(FileType::Directory) {
            watch.enter(PathBuf::new(), false, cx);
        }
        Ok(watch)
    }

    fn add(self: &Rc<Self>, folder: PathBuf, cx: &Context) -> SysResult<()> {
        let path = if folder.as_os_str().is_empty() { self.root.clone() } else { self.root.join(&folder) };
        let id = Host::of(cx).sys().fs().watch(&self.hub.watcher, path)?;
        if self.folders.borrow_mut().insert(id, folder).is_none() {
            self.hub.watches.borrow_mut().entry(id).or_default().push(self.clone());
        }
        Ok(())
    }

    /// Watches the folders below `folder`, which is watched; what is found in new ones is told.
    fn enter(self: &Rc<Self>, folder: PathBuf, new: bool, cx: &mut Context) {
        let mut pending = vec![folder];
        while let Some(folder) = pending.pop() {
            // A folder may be gone again: its end was told, or will be.
            let Ok(entries) = Host::of(cx).sys().fs().readdir(self.root.join(&folder)) else { continue };
            for entry in entries.iter() {
                let below = folder.join(entry.name);
                if self.ignores(&below, cx) {
                    continue;
                }
                if new {
                    self.tell(Kind::Rename, below.as_os_str(), cx);
                }
                if !self.open.get() {
                    return;
                }
                if entry.kind == FileType::Directory && self.add(below.clone(), cx).is_ok() {
                    pending.push(below);
                }
            }
        }
    }

    fn ignores(&self, name: &Path, cx: &mut Context) -> bool {
        let Some(ignore) = &self.ignore else { return false };
        Host::of(cx).enter_with(cx, |cx| ignore.matches(&arguments::name(name.as_os_str(), Some(Encoding::Utf8), cx)?, cx)).unwrap_or(false)
    }

    fn told(self: &Rc<Self>, event: &WatchEvent, cx: &mut Context) {
        if !self.open.get() {
            return;
        }
        let Some(folder) = self.folders.borrow().get(&event.watch).cloned() else { return };
        if event.ended {
            self.folders.borrow_mut().remove(&event.watch);
            return;
        }
        let root = folder.as_os_str().is_empty();
        let name: OsString = match &event.name {
            Some(name) => folder.join(name).into_os_string(),
            None if root => self.root.file_name().unwrap_or(self.root.as_os_str()).to_owned(),
            // Its own folder tells.
            None => return,
        };
        if self.recursive && event.directory && event.changed && !event.renamed {
            return;
        }
        let ignored = self.recursive && self.ignores(Path::new(&name), cx);
        if event.renamed && self.recursive && event.directory && event.name.is_some() && !ignored {
            self.renamed_folder(PathBuf::from(&name), cx);
            return;
        }
        if !ignored {
            // One system event may be both.
            if event.changed {
                self.tell(Kind::Change, &name, cx);
            }
            if event.renamed && self.open.get() {
                self.tell(Kind::Rename, &name, cx);
            }
        }
    }

    /// A folder has come or gone.
    fn renamed_folder(self: &Rc<Self>, folder: PathBuf, cx: &mut Context) {
        self.tell(Kind::Rename, folder.as_os_str(), cx);
        if !self.open.get() {
            return;
        }
        if self.add(folder.clone(), cx).is_ok() {
            self.enter(folder, true, cx);
            return;
        }
        let gone: Vec<i32> = self.folders.borrow().iter().filter(|(_, path)| path.starts_with(&folder)).map(|(id, _)| *id).collect();
        for id in gone {
            self.folders.borrow_mut().remove(&id);
            self.hub.forget(id, self);
        }
    }

    fn tell(&self, kind: Kind, name: &OsStr, cx: &mut Context) {
        let Some(tell) = self.tell.borrow().clone() else { return };
        Host::of(cx).enter_with(cx, |cx| {
            let name = arguments::name(name, self.encoding, cx)?;
            if let Some(ignore) = self.ignore.as_ref().filter(|_| !self.recursive)
                && ignore.matches(&name, cx)?
            {
                return Ok(());
            }
            tell(kind, name, cx)
        });
    }

    pub(super) fn set_ref(&self, reffed: bool, cx: &Context) {
        if self.open.get() && self.reffed.replace(reffed) != reffed {
            self.hub.count(if reffed { 1 } else { -1 }, cx);
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.get()
    }

    /// Tells nothing more. Whether it was open.
    pub(super) fn close(self: &Rc<Self>, cx: &Context) -> bool {
        self.set_ref(false, cx);
        if !self.open.replace(false) {
            return false;
        }
        for id in std::mem::take(&mut *self.folders.borrow_mut()).into_keys() {
            self.hub.forget(id, self);
        }
        *self.tell.borrow_mut() = None;
        true
    }
}
