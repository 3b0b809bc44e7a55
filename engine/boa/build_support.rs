//! Copies one published crate's source beside ours and applies our patch queue to the copy.
//!
//! Every crate under `engine/boa` calls [`lay_out`] from its `build.rs`. The copy lands in a git-ignored folder and is made anew
//! only when the queue or the pinned version changes, so that editing the copy by hand (the way to make a patch) is not undone.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Lays out crate `name`, pinned by the package in `pristine`, into `upstream` under the patches of `patches`.
///
/// Paths are relative to the calling crate. A failure stops the build with what went wrong.
pub fn lay_out(name: &str, pristine: &str, patches: &str, upstream: &str) {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let pristine = here.join(pristine);
    let upstream = here.join(upstream);
    let queue = patch_queue(&here.join(patches));

    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={patches}");
    println!("cargo::rerun-if-changed={}", pristine.join("Cargo.lock").display());
    println!("cargo::rerun-if-changed={}", upstream.join(STAMP).display());

    let lock = read(&pristine.join("Cargo.lock"));
    let stamp = fingerprint(name, &lock, &queue);
    if fs::read_to_string(upstream.join(STAMP)).is_ok_and(|found| found == stamp) {
        return;
    }
    let published = published_source(name, &pristine);
    let _ = fs::remove_dir_all(&upstream);
    copy_tree(&published.join("src"), &upstream.join("src"));
    for (file, text) in &queue {
        apply(file, text, &upstream);
    }
    write(&upstream.join(STAMP), &stamp);
}

/// The queue in order: file name and text of each `NNNN-name.patch`.
fn patch_queue(folder: &Path) -> Vec<(String, String)> {
    let mut queue: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("patches/ is readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "patch"))
        .map(|path| (path.file_name().expect("a file has a name").to_string_lossy().into_owned(), read(&path)))
        .collect();
    queue.sort();
    queue
}

/// What `upstream/` was made from, in full but for the explanations; `repatch` writes the same.
fn fingerprint(name: &str, lock: &str, queue: &[(String, String)]) -> String {
    let mut fingerprint = format!("{name}\n{lock}");
    for (file, text) in queue {
        fingerprint += &format!("{file}\n{}", split_by_file(text).concat());
    }
    fingerprint
}

/// Where cargo unpacked the published crate: asked offline first, since usually it is there.
fn published_source(name: &str, pristine: &Path) -> PathBuf {
    let metadata = [true, false].into_iter().find_map(|offline| metadata(pristine, offline));
    let metadata = metadata.expect("cargo metadata on the pinned package failed: is the crates registry reachable?");
    let metadata: serde_json::Value = serde_json::from_slice(&metadata).expect("cargo metadata prints JSON");
    let manifest = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == name)
        .and_then(|package| package["manifest_path"].as_str())
        .unwrap_or_else(|| panic!("{name} is not pinned by {}", pristine.display()));
    Path::new(manifest).parent().expect("a manifest lies in a folder").to_path_buf()
}

fn metadata(pristine: &Path, offline: bool) -> Option<Vec<u8>> {
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--manifest-path"]).arg(pristine.join("Cargo.toml"));
    if offline {
        cargo.arg("--offline");
    }
    let output = cargo.output().expect("cargo runs");
    if !output.status.success() && !offline {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success().then_some(output.stdout)
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("the published source is readable");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            write(&target, &read(&entry.path()));
        }
    }
}

/// Applies one patch file, which may touch several source files, strictly: a hunk that does not fit stops the build.
fn apply(file: &str, text: &str, upstream: &Path) {
    for part in split_by_file(text) {
        let patch = diffy::Patch::from_str(&part).unwrap_or_else(|error| panic!("{file}: {error}"));
        let target = patch.modified().and_then(|name| name.strip_prefix("b/")).unwrap_or_else(|| panic!("{file}: no `+++ b/` line"));
        let target = upstream.join(target);
        let patched = diffy::apply(&read(&target), &patch).unwrap_or_else(|error| panic!("{file}: {}: {error}", target.display()));
        write(&target, &patched);
    }
}

/// One text per `--- a/` header; what stands before the first one is the patch's explanation.
fn split_by_file(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with("--- a/") {
            parts.push(String::new());
        } else if line.starts_with("diff ") || line.starts_with("index ") {
            continue;
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(line);
        }
    }
    parts
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

const STAMP: &str = ".stamp";
