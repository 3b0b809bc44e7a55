//! Which files `--test` and `run()` take: patterns below a folder.

use boa_engine::Context;
use coil_engine::{
    Host,
    coil_sys::{Sys, fs::FileType},
    launch::{Launch, TypeScript},
};

use crate::path::{
    absolute,
    glob::{Glob, Options},
};

/// What is a test by its name.
const DEFAULT: &str = "**/{test,test/**/*,test-*,*[._-]test}.{js,mjs,cjs}";

/// The same where TypeScript runs.
const DEFAULT_TYPED: &str = "**/{test,test/**/*,test-*,*[._-]test}.{js,mjs,cjs,ts,mts,cts}";

/// The files that match, sorted; `None` where plain names match nothing.
pub(super) fn list(patterns: &[String], cwd: &str, cx: &Context) -> Option<Vec<String>> {
    let host = Host::of(cx);
    let named = !patterns.is_empty();
    let default = if host.state::<Launch>().type_script.get() == TypeScript::Off { DEFAULT } else { DEFAULT_TYPED };
    let patterns: Vec<String> = if named { patterns.to_vec() } else { vec![default.to_owned()] };
    let mut found = Vec::new();
    let mut globs = Vec::new();
    let mut elsewhere = Vec::new();
    for pattern in &patterns {
        let path = absolute(cwd, pattern);
        if host.sys().fs().kind(path.as_str()) == Some(FileType::File) {
            found.push(pattern.clone());
        } else if pattern.starts_with('/') {
            elsewhere.push(pattern.as_str());
        } else {
            globs.push(Glob::new(pattern.strip_prefix("./").unwrap_or(pattern), Options::default()));
        }
    }
    if !globs.is_empty() {
        walk(host.sys(), cwd, "", &mut |path| {
            if globs.iter().any(|glob| glob.matches(path)) {
                found.push(path.to_owned());
            }
        });
    }
    for pattern in elsewhere {
        let magic = pattern.find(MAGIC).unwrap_or(pattern.len());
        let (folder, below) = pattern.split_at(pattern[..magic].rfind('/').map_or(0, |slash| slash + 1));
        let glob = Glob::new(below, Options::default());
        let folder = folder.trim_end_matches('/');
        walk(host.sys(), folder, "", &mut |path| {
            if glob.matches(path) {
                found.push(format!("{folder}/{path}"));
            }
        });
    }
    let has_magic = patterns.iter().any(|pattern| pattern.contains(MAGIC));
    if named && found.is_empty() && !has_magic {
        return None;
    }
    found.sort();
    found.dedup();
    Some(found)
}

/// What makes a name a pattern.
const MAGIC: [char; 6] = ['*', '?', '[', '{', '!', '('];

fn walk(sys: &Sys, cwd: &str, below: &str, take: &mut dyn FnMut(&str)) {
    let folder = if below.is_empty() { cwd.to_owned() } else { format!("{cwd}/{below}") };
    let Ok(entries) = sys.fs().readdir(folder.as_str()) else { return };
    let mut names: Vec<(String, bool)> = entries.iter().map(|entry| (entry.name.to_string_lossy().into_owned(), entry.kind == FileType::Directory)).collect();
    names.sort();
    for (name, is_folder) in names {
        if name == "node_modules" {
            continue;
        }
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if is_folder {
            walk(sys, cwd, &path, take);
        } else {
            take(&path);
        }
    }
}
