//! Every export of our modules beside Node's: names, lengths, attributes and order, recorded once from Node 25.
//!
//! `tests/table/walk.js` prints what the modules of `tests/table/modules.txt` export; `tests/table/node.txt` is what it prints in Node. The
//! differences must be those of `tests/table/known.txt`, which may only shrink: `COIL_RECORD=1` writes it anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

#[test]
fn modules_export_what_node_exports() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/table");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("the file is there");
    let modules = read("modules.txt");
    let output = Command::new(env!("CARGO_BIN_EXE_coil")).arg("walk.js").args(modules.split_whitespace()).current_dir(&folder).env("NODE_NO_WARNINGS", "1").output().expect("the binary runs");
    let ours = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "walk.js ends well:\n{}", String::from_utf8_lossy(&output.stderr));
    let found = differences(&read("node.txt"), &ours);
    if std::env::var_os("COIL_RECORD").is_some() {
        let lines: Vec<&str> = found.iter().map(String::as_str).collect();
        fs::write(folder.join("known.txt"), lines.join("\n") + "\n").expect("known.txt is writable");
        return;
    }
    let known: BTreeSet<String> = read("known.txt").lines().map(str::to_owned).collect();
    let fresh: Vec<&String> = found.difference(&known).collect();
    let gone: Vec<&String> = known.difference(&found).collect();
    println!("{} differences, all known", found.len());
    assert!(fresh.is_empty(), "new differences to Node:\n{}", join(&fresh));
    assert!(gone.is_empty(), "no longer different, take them off tests/table/known.txt:\n{}", join(&gone));
}

fn join(lines: &[&String]) -> String {
    lines.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n")
}

/// One line for each thing that is missing, too much, or otherwise than in Node, and for each list in another order.
fn differences(node: &str, ours: &str) -> BTreeSet<String> {
    let (node_rows, our_rows) = (rows(node), rows(ours));
    let mut found = BTreeSet::new();
    for (path, what) in &node_rows {
        match our_rows.get(path) {
            None => {
                found.insert(format!("missing {path}"));
            }
            Some(own) if own != what => {
                found.insert(format!("differs {path}: {own}, in Node {what}"));
            }
            Some(_) => {}
        }
    }
    found.extend(our_rows.keys().filter(|path| !node_rows.contains_key(*path)).map(|path| format!("extra {path}")));
    let (node_order, our_order) = (order(node), order(ours));
    for (owner, names) in &node_order {
        let Some(own) = our_order.get(owner) else { continue };
        let common = |names: &[String], other: &[String]| names.iter().filter(|name| other.contains(name)).cloned().collect::<Vec<_>>();
        if common(names, own) != common(own, names) {
            found.insert(format!("order of {owner}"));
        }
    }
    found
}

fn rows(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(|line| line.split_once(' ')).map(|(path, what)| (path.to_owned(), what.to_owned())).collect()
}

/// The names under each owner, as they come.
fn order(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let path = line.split_once(' ').map_or(line, |(path, _)| path);
        if let Some(at) = path.rfind(['.', '#']) {
            lists.entry(path[..=at].to_owned()).or_default().push(path[at + 1..].to_owned());
        }
    }
    lists
}
