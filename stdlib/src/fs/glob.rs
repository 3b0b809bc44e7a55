//! `fs.glob`, `fs.globSync`, `fs.promises.glob`: paths that match patterns, found in one trip to the pool.
//!
//! A folder is read once, whatever number of patterns may go on in it. Results are in the order of the walk, which is not Node's.
//!
//! Differs from Node: with a function as `exclude`, the asynchronous forms walk on the JavaScript thread, too; `promises.glob` gives
//! its first result when all are found.

use std::{
    collections::HashSet,
    convert::Infallible,
    ffi::OsString,
    path::{Path, PathBuf},
};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use coil_engine::{
    Host,
    coil_sys::{Fs, fs::FileType},
    errors,
    op::thrown_value,
    validate,
};

use super::{arguments, stats::dirent};
use crate::{
    buffer::Encoding,
    coroutine::{self, run},
    path::glob::{Glob, Options, Segment},
};

/// What is looked for.
#[derive(Clone)]
struct Wish {
    alternatives: Vec<Vec<Segment>>,
    /// Absolute.
    root: PathBuf,
    exclude: Vec<Glob>,
    with_types: bool,
}

/// One result, or one entry that a function is asked about.
#[derive(Clone)]
struct Found {
    /// As the script sees it: relative to `cwd` unless the pattern is absolute.
    path: String,
    full: PathBuf,
    kind: FileType,
}

/// Where the patterns go on: which alternative, and which of its segments is next.
type States = Vec<(usize, usize)>;

/// Whether an entry, by its name alone or by its path, is to be left out.
type Ask<'a, E> = &'a mut dyn FnMut(&Found, bool) -> Result<bool, E>;

struct Walk<'a, E> {
    fs: Fs<'a>,
    wish: &'a Wish,
    ask: Ask<'a, E>,
    results: Vec<Found>,
    known: HashSet<String>,
    seen: HashSet<(String, usize, usize)>,
    pending: Vec<(String, States)>,
}

fn walk<E>(fs: Fs<'_>, wish: &Wish, ask: Ask<'_, E>) -> Result<Vec<Found>, E> {
    let mut walk = Walk { fs, wish, ask, results: Vec::new(), known: HashSet::new(), seen: HashSet::new(), pending: Vec::new() };
    for (index, segments) in wish.alternatives.iter().enumerate().rev() {
        let (mut start, mut at) = (".".to_owned(), 0);
        if segments.first() == Some(&Segment::Literal(String::new())) {
            (start, at) = ("/".to_owned(), 1);
        }
        if at < segments.len() {
            walk.pending.push((start, vec![(index, at)]));
        }
    }
    while let Some((path, states)) = walk.pending.pop() {
        walk.visit(&path, states)?;
    }
    Ok(walk.results)
}

/// `path.join` of a folder and a name.
fn below(folder: &str, name: &str) -> String {
    match (folder, name) {
        (folder, "" | ".") => folder.to_owned(),
        (".", name) => name.to_owned(),
        ("/", "..") => "/".to_owned(),
        ("/", name) => format!("/{name}"),
        (folder, "..") if folder == ".." || folder.ends_with("/..") => format!("{folder}/.."),
        (folder, "..") => match folder.rfind('/') {
            Some(0) => "/".to_owned(),
            Some(at) => folder[..at].to_owned(),
            None => ".".to_owned(),
        },
        (folder, name) => format!("{folder}/{name}"),
    }
}

impl<E> Walk<'_, E> {
    fn found(&self, path: String, kind: FileType) -> Found {
        let full = if path == "." { self.wish.root.clone() } else { self.wish.root.join(&path) };
        Found { full, path, kind }
    }

    fn add(&mut self, found: Found) {
        if self.excluded(&found.full) || !self.known.insert(found.path.clone()) {
            return;
        }
        self.results.push(found);
    }

    fn excluded(&self, full: &Path) -> bool {
        if self.wish.exclude.is_empty() {
            return false;
        }
        let text = full.to_string_lossy();
        self.wish.exclude.iter().any(|glob| glob.matches(&text))
    }

    /// `**` may stand for nothing.
    fn closure(&self, states: States) -> States {
        let mut all = states;
        let mut at = 0;
        while at < all.len() {
            let (alternative, index) = all[at];
            let next = (alternative, index + 1);
            let segments = &self.wish.alternatives[alternative];
            if segments.get(index) == Some(&Segment::Globstar) && index + 1 < segments.len() && !all.contains(&next) {
                all.push(next);
            }
            at += 1;
        }
        all
    }

    fn kind(&self, full: &Path) -> Option<FileType> {
        self.fs.lstat_if_any(full).ok().flatten().map(|stat| stat.file_type())
    }

    fn visit(&mut self, path: &str, states: States) -> Result<(), E> {
        let mut fresh = Vec::new();
        for state in self.closure(states) {
            if self.seen.insert((path.to_owned(), state.0, state.1)) {
                fresh.push(state);
            }
        }
        let folder = self.found(path.to_owned(), FileType::Directory);
        if self.excluded(&folder.full) || self.fs.kind(&folder.full) != Some(FileType::Directory) {
            return Ok(());
        }
        let mut listed = Vec::new();
        for &(alternative, index) in &fresh {
            let segments = &self.wish.alternatives[alternative];
            let last = index + 1 == segments.len();
            match &segments[index] {
                // A slash at the end: the folder itself.
                Segment::Literal(name) if name.is_empty() && last => {
                    if path != "." {
                        self.add(folder.clone());
                    }
                }
                Segment::Literal(name) => self.step(path, name.clone(), (alternative, index))?,
                Segment::Globstar => {
                    if last && (path != "." || index == 0) {
                        self.add(folder.clone());
                    }
                    listed.push((alternative, index));
                }
                Segment::Pattern(_) => listed.push((alternative, index)),
            }
        }
        if listed.is_empty() {
            return Ok(());
        }
        // What cannot be read has no entries.
        let Ok(entries) = self.fs.readdir(&folder.full) else { return Ok(()) };
        for entry in entries.iter() {
            let Some(name) = entry.name.to_str() else { continue };
            self.entry(path, name, entry.kind, &listed)?;
        }
        Ok(())
    }

    /// A name that stands in the pattern: nothing is listed for it.
    fn step(&mut self, path: &str, name: String, (alternative, index): (usize, usize)) -> Result<(), E> {
        let segments = &self.wish.alternatives[alternative];
        let target = below(path, &name);
        let mut found = self.found(target, FileType::Directory);
        let Some(kind) = self.kind(&found.full) else { return Ok(()) };
        found.kind = kind;
        if index + 1 == segments.len() {
            self.add(found);
            return Ok(());
        }
        self.descend(found, vec![(alternative, index + 1)])
    }

    fn entry(&mut self, path: &str, name: &str, kind: FileType, listed: &[(usize, usize)]) -> Result<(), E> {
        let found = self.found(below(path, name), kind);
        let directory = kind == FileType::Directory;
        let leads_on = directory || kind == FileType::Symlink;
        let options = Options::default();
        let mut next = Vec::new();
        let mut matched = false;
        for &(alternative, index) in listed {
            let segments = &self.wish.alternatives[alternative];
            let last = index + 1 == segments.len();
            match &segments[index] {
                Segment::Globstar => {
                    if !segments[index].matches(name, options) || (self.ask)(&found, true)? {
                        continue;
                    }
                    if directory {
                        next.push((alternative, index));
                    } else if last {
                        matched = true;
                    } else if kind == FileType::Symlink && segments[index + 1].matches(name, options) {
                        // A link is not followed by `**`, but by what comes after it.
                        next.push((alternative, index + 1));
                    }
                }
                segment if segment.matches(name, options) => {
                    if last {
                        matched = true;
                    } else if leads_on {
                        next.push((alternative, index + 1));
                    }
                }
                _ => {}
            }
        }
        if matched {
            self.add(found.clone());
        }
        if next.is_empty() { Ok(()) } else { self.descend(found, next) }
    }

    fn descend(&mut self, found: Found, states: States) -> Result<(), E> {
        let mut slashed = OsString::from(&found.full);
        slashed.push("/");
        if self.excluded(&found.full) || self.excluded(Path::new(&slashed)) || (self.ask)(&found, false)? {
            return Ok(());
        }
        self.pending.push((found.path, states));
        Ok(())
    }
}

// The three faces.

/// What the arguments ask for, and the function among them.
fn read(args: &[JsValue], cx: &mut Context) -> JsResult<(Wish, Option<JsFunction>)> {
    let options = args.get_or_undefined(1);
    let options = if options.is_undefined() || options.is_callable() { None } else { Some(validate::object(options, "options", cx)?) };
    let get = |key: &str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    let (exclude, cwd, with_types) = (get("exclude", cx)?, get("cwd", cx)?, get("withFileTypes", cx)?.to_boolean());
    let here = PathBuf::from(Host::of(cx).cwd());
    let root = if cwd.is_null_or_undefined() { here } else { here.join(arguments::path(&cwd, "paths[0]", cx)?) };
    let mut wish = Wish { alternatives: Vec::new(), root, exclude: Vec::new(), with_types };
    let mut function = None;
    if let Some(list) = exclude.as_object().filter(JsObject::is_array) {
        for index in 0..list.get(js_string!("length"), cx)?.to_length(cx)? {
            let pattern = list.get(index, cx)?;
            let text = validate::string(&pattern, &format!("options.exclude[{index}]"), cx)?.to_std_string_lossy();
            let absolute = wish.root.join(text);
            wish.exclude.push(Glob::new(&absolute.to_string_lossy(), Options::default()));
        }
    } else if let Some(given) = exclude.as_function() {
        function = Some(given);
    } else if !exclude.is_null_or_undefined() {
        return Err(errors::invalid_arg_type("options.exclude", "function|string[]", &exclude, cx));
    }
    let patterns = args.get_or_undefined(0);
    let mut texts = Vec::new();
    if patterns.is_object() {
        let list = validate::array(patterns, "patterns", 0, cx)?;
        for index in 0..list.get(js_string!("length"), cx)?.to_length(cx)? {
            let pattern = list.get(index, cx)?;
            texts.push(validate::string(&pattern, &format!("patterns[{index}]"), cx)?.to_std_string_lossy());
        }
    } else {
        texts.push(validate::string(patterns, "patterns", cx)?.to_std_string_lossy());
    }
    for text in texts {
        wish.alternatives.extend(Glob::new(&text, Options::default()).alternatives().iter().cloned());
    }
    Ok((wish, function))
}

/// The walk on this thread, asking a function.
fn asking(wish: &Wish, function: &JsFunction, cx: &mut Context) -> JsResult<Vec<Found>> {
    let host = Host::of(cx);
    walk::<JsError>(host.sys().fs(), wish, &mut |found, name_only| {
        let shown = if wish.with_types {
            entry(found, cx)?
        } else if name_only {
            let name = found.full.file_name().unwrap_or_default();
            arguments::name(name, Some(Encoding::Utf8), cx)?
        } else {
            js_string!(found.path.as_str()).into()
        };
        Ok(function.call(&JsValue::undefined(), &[shown], cx)?.to_boolean())
    })
}

fn plain(fs: Fs<'_>, wish: &Wish) -> Vec<Found> {
    match walk::<Infallible>(fs, wish, &mut |_, _| Ok(false)) {
        Ok(found) => found,
        Err(never) => match never {},
    }
}

fn entry(found: &Found, cx: &mut Context) -> JsResult<JsValue> {
    let name = arguments::name(found.full.file_name().unwrap_or_default(), Some(Encoding::Utf8), cx)?;
    let parent = found.full.parent().unwrap_or(Path::new("/"));
    let parent = arguments::name(parent.as_os_str(), Some(Encoding::Utf8), cx)?;
    dirent(name, parent, found.kind, cx)
}

fn shown(found: &Found, with_types: bool, cx: &mut Context) -> JsResult<JsValue> {
    if with_types { entry(found, cx) } else { Ok(js_string!(found.path.as_str()).into()) }
}

fn list(found: &[Found], with_types: bool, cx: &mut Context) -> JsResult<JsValue> {
    let values: Vec<JsValue> = found.iter().map(|found| shown(found, with_types, cx)).collect::<JsResult<_>>()?;
    Ok(JsArray::from_iter(values, cx).into())
}

/// `fs.globSync(pattern[, options])`
pub(super) fn glob_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (wish, function) = read(args, cx)?;
    let found = match function {
        Some(function) => asking(&wish, &function, cx)?,
        None => plain(Host::of(cx).sys().fs(), &wish),
    };
    list(&found, wish.with_types, cx)
}

/// A promise of the list, in a later turn.
fn promised(wish: Wish, function: Option<JsFunction>, cx: &mut Context) -> JsResult<JsPromise> {
    if let Some(function) = function {
        let found = asking(&wish, &function, cx)?;
        let list = list(&found, wish.with_types, cx)?;
        return JsPromise::resolve(list, cx);
    }
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let with_types = wish.with_types;
    Host::of(cx).offload(
        "glob",
        move |sys| plain(sys.fs(), &wish),
        move |outcome, cx| {
            let host = Host::of(cx);
            let given = list(&outcome.done().unwrap_or_default(), with_types, cx);
            let (settle, value) = match given {
                Ok(list) => (&resolvers.resolve, list),
                Err(error) => (&resolvers.reject, thrown_value(error, cx)),
            };
            host.enter(settle, &JsValue::undefined(), &[value], cx);
        },
    );
    Ok(promise)
}

/// `fs.glob(pattern[, options], callback)`
pub(super) fn glob(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = if args.get_or_undefined(1).is_callable() { args.get_or_undefined(1) } else { args.get_or_undefined(2) };
    let callback = validate::function(given, "cb", cx)?;
    let (wish, function) = read(args, cx)?;
    let with_types = wish.with_types;
    let tell = move |result: JsResult<JsValue>, cx: &mut Context| {
        let args = match result {
            Ok(list) => vec![JsValue::null(), list],
            Err(error) => vec![thrown_value(error, cx)],
        };
        Host::of(cx).enter(&callback, &JsValue::undefined(), &args, cx);
    };
    let host = Host::of(cx);
    if let Some(function) = function {
        let result = asking(&wish, &function, cx).and_then(|found| list(&found, with_types, cx));
        host.event_loop().immediate(Box::new(move |cx: &mut Context| tell(result, cx)));
        return Ok(JsValue::undefined());
    }
    host.offload(
        "glob",
        move |sys| plain(sys.fs(), &wish),
        move |outcome, cx| {
            let result = list(&outcome.done().unwrap_or_default(), with_types, cx);
            tell(result, cx);
        },
    );
    Ok(JsValue::undefined())
}

/// `fsPromises.glob(pattern[, options])`: an async iterator.
pub(super) fn glob_promise(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args: Vec<JsValue> = args.to_vec();
    let iterator = coroutine::generator(cx, |co| async move {
        let promise = run!(
            co,
            [args] | cx | {
                let (wish, function) = read(&args, cx)?;
                promised(wish, function, cx)
            }
        )?;
        let list = co.wait(promise).await?;
        let values = run!(co, [list] | cx | values_of(&list, cx))?;
        for value in values {
            co.give(value).await?;
        }
        Ok(JsValue::undefined())
    })?;
    Ok(iterator.into())
}

fn values_of(list: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let list = list.to_object(cx)?;
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    (0..length).map(|index| list.get(index, cx)).collect()
}
