//! Packages of the npm registry: loaded by coil and by Node, do they show the same?
//!
//! `conformance/npm/packages.tsv` names them with their versions. They are installed by name into a folder; a program of a few lines
//! loads each one by `require` and by `import` and prints the names and kinds of what it exports. What both print is compared.
//!
//! ```text
//! cargo run -p conformance -- npm                 # all, with the `node` of the path
//! cargo run -p conformance -- npm lodash express  # two of them
//! ```

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::process::{self, End, Job};

/// MiB of resident memory.
const MEMORY_MIB: u64 = 2048;

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// Why it differs from Node; nothing where it does not.
    pub reason: String,
}

/// The packages that are listed.
///
/// # Errors
///
/// A line that is not three cells.
pub fn packages(text: &str) -> Result<Vec<Package>, String> {
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
        [name, version] => Ok(Package { name: (*name).to_owned(), version: (*version).to_owned(), reason: String::new() }),
        [name, version, reason] => Ok(Package { name: (*name).to_owned(), version: (*version).to_owned(), reason: (*reason).to_owned() }),
        _ => Err(format!("not a name, a version and perhaps a reason: {line}")),
    })
    .collect()
}

/// How packages are run.
pub struct Options {
    pub coil: PathBuf,
    pub node: PathBuf,
    /// Where they are installed; kept, so that a second run finds them there.
    pub folder: PathBuf,
    pub timeout: Duration,
}

const PROGRAM: &str = include_str!("../npm/load.mjs");

fn install(packages: &[Package], folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    fs::write(folder.join("load.mjs"), PROGRAM).map_err(|error| error.to_string())?;
    let missing: Vec<String> = packages
        .iter()
        .filter(|package| {
            let manifest = fs::read_to_string(folder.join("node_modules").join(&package.name).join("package.json")).unwrap_or_default();
            let version = serde_json::from_str::<serde_json::Value>(&manifest).ok().and_then(|manifest| manifest.get("version")?.as_str().map(str::to_owned));
            version.as_deref() != Some(package.version.as_str())
        })
        .map(|package| format!("{}@{}", package.name, package.version))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps", "--loglevel=error"]).args(&missing).current_dir(folder);
    let status = npm.status().map_err(|error| format!("npm: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("npm ended with {status}")) }
}

fn load(binary: &Path, package: &str, options: &Options, scratch: &Path) -> Result<(End, String, String), String> {
    let argv = [binary.to_string_lossy().into_owned(), "load.mjs".to_owned(), package.to_owned()];
    let env = BTreeMap::from([("NODE_NO_WARNINGS".to_owned(), "1".to_owned())]);
    let ended = process::run(&Job { argv: &argv, cwd: &options.folder, env: &env, scratch, timeout: options.timeout, memory_mib: MEMORY_MIB })?;
    Ok((ended.end, ended.output()?, ended.stderr))
}

/// Runs packages, all of them where none is named. Whether everything was as expected.
///
/// # Errors
///
/// Where they cannot be installed, or a process not be started.
pub fn run(names: &[String], options: &Options) -> Result<bool, String> {
    let all = packages(include_str!("../npm/packages.tsv"))?;
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|package| package.name == **name)) {
        return Err(format!("no package {unknown} in the list"));
    }
    let wanted: Vec<Package> = all.into_iter().filter(|package| names.is_empty() || names.contains(&package.name)).collect();
    install(&wanted, &options.folder)?;
    let scratch = options.folder.join(".out");
    fs::create_dir_all(&scratch).map_err(|error| error.to_string())?;
    let (mut same, mut wrong) = (0, 0);
    for package in &wanted {
        let node = load(&options.node, &package.name, options, &scratch)?;
        let ours = load(&options.coil, &package.name, options, &scratch)?;
        let equal = (node.0, &node.1) == (ours.0, &ours.1);
        match (equal, package.reason.is_empty()) {
            (true, true) => same += 1,
            (false, false) => println!("{}: differs, as listed: {}", package.name, package.reason),
            (true, false) => {
                wrong += 1;
                println!("{}: is as on Node now; take its reason out of the list", package.name);
            }
            (false, true) => {
                wrong += 1;
                println!("{}: Node ends with {:?}, coil with {:?}", package.name, node.0, ours.0);
                let differs = node.1.lines().zip(ours.1.lines()).find(|(node, ours)| node != ours);
                if let Some((node, ours)) = differs {
                    println!("    node: {node}\n    coil: {ours}");
                }
                for line in ours.2.lines().filter(|line| !line.trim().is_empty()).take(4) {
                    println!("    {line}");
                }
            }
        }
    }
    println!("{same} passed, {wrong} failed");
    Ok(wrong == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sound() {
        let packages = packages(include_str!("../npm/packages.tsv")).expect("names and versions");
        assert!(packages.len() >= 50, "{} packages", packages.len());
        let mut names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), packages.len(), "none twice");
    }
}
