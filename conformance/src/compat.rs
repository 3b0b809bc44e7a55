//! `docs/compat/README.md`: generated from the expectations and from the tables of the library.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use crate::{
    expectations::{Expectations, How},
    node::{Status, tests},
    report,
};

/// Writes the page.
///
/// # Errors
///
/// Those of the file system, or a list that cannot be read.
pub fn write() -> Result<(), String> {
    let page = page()?;
    fs::write(crate::root().join("docs/compat/README.md"), page).map_err(|error| error.to_string())
}

/// The page's text.
///
/// # Errors
///
/// As [`write`].
pub fn page() -> Result<String, String> {
    if !Expectations::path().exists() {
        // Without the list every test would count as passed.
        return Err("no list of failures yet: run `cargo run -p conformance -- node -u` first".into());
    }
    let expectations = Expectations::load()?;
    let tests = tests();
    let status = |path: &str| match expectations.get(path).map(|expected| expected.how) {
        None | Some(How::Flaky) => Status::Pass,
        Some(How::Always(status)) => status,
    };
    let groups = report::groups(tests.iter().map(|test| (test, status(&test.path))));
    let mut page = String::from(HEAD);
    page += &report::table(&groups);
    page += MISSING;
    for (module, names) in missing()? {
        writeln!(page, "| {module} | {} |", names.join(", ")).expect("a string takes all");
    }
    Ok(page)
}

/// Names that import and throw ERR_METHOD_NOT_IMPLEMENTED when called, by module: read from the library's text.
fn missing() -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut files = Vec::new();
    collect(&crate::root().join("stdlib/src"), &mut files).map_err(|error| error.to_string())?;
    files.sort();
    for text in files {
        for name in names_in(&text) {
            let (module, member) = match name.split_once('.') {
                Some((module, member)) => (module.to_owned(), format!("`{member}`")),
                None => ("globals".to_owned(), format!("`{name}`")),
            };
            let names = found.entry(module).or_default();
            if !names.contains(&member) {
                names.push(member);
            }
        }
    }
    Ok(found)
}

/// What stands in `method_not_implemented("...")` and in the tables of what is missing.
fn names_in(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if let Some(rest) = line.split("method_not_implemented(\"").nth(1) {
            names.extend(rest.split('"').next());
        }
        for part in ["function!(", "class!("].iter().flat_map(|start| line.split(start).skip(1)) {
            names.extend(part.split(')').next().and_then(|inside| inside.rsplit('"').find(|word| word.contains('(')).or_else(|| inside.rsplit('"').next())));
        }
    }
    names.into_iter().map(|name| name.trim_end_matches("()").trim_end_matches('(')).filter(|name| !name.is_empty() && !name.contains(['$', ' '])).collect()
}

fn collect(folder: &Path, texts: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, texts)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            texts.push(fs::read_to_string(path)?);
        }
    }
    Ok(())
}

const HEAD: &str = "\
# What works, and what does not yet

Made by `cargo run -p conformance -- compat` from what is checked in. coil follows Node 25.8.1.
[differences.md](differences.md) says what differs on purpose or for now, module by module.

## Node's own test suite

The tests that count are those Node 25.8.1 passes itself and that ask for nothing of V8 (internals, inspector, natives, WebAssembly).
[failures.tsv](../../conformance/node/failures.tsv) has the reason for each that does not pass. The columns Deno (2.9.6) and Bun (1.4.5) are
how many of the same tests they pass.

";

const MISSING: &str = "
## Exports that import and throw when called

Each throws ERR_METHOD_NOT_IMPLEMENTED.

| module | names |
|---|---|
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_up_to_date() {
        let checked_in = fs::read_to_string(crate::root().join("docs/compat/README.md")).expect("it is checked in");
        assert_eq!(page().expect("it can be made"), checked_in, "run `cargo run -p conformance -- compat`");
    }

    #[test]
    fn names_of_missing_exports_are_read_from_tables() {
        let text = "Export::function(\"watch\", 3, |_, _, cx| Err(errors::method_not_implemented(\"fs.watch()\", cx))),\n\
                    class!(\"Worker\", \"Worker\", 1, \"worker_threads.Worker()\"),\n// function!(\"no\", 0, \"no.no()\")";
        assert_eq!(names_in(text), ["fs.watch", "worker_threads.Worker"]);
    }
}
