//! `package.json`: which one applies to a file, and what its `exports` and `imports` say.
//!
//! Implements the algorithms of <https://nodejs.org/api/esm.html#resolution-algorithm-specification>.

use std::{cell::RefCell, rc::Rc};

use coil_engine::coil_sys::Sys;
use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::files::{Files, dirname};

/// One parsed manifest.
pub struct Package {
    /// The folder that holds it.
    pub folder: String,
    /// The `name` field.
    pub name: Option<String>,
    /// The `main` field.
    pub main: Option<String>,
    /// The `type` field.
    pub kind: PackageKind,
    /// The `exports` field.
    pub exports: Option<Value>,
    /// The `imports` field.
    pub imports: Option<Value>,
}

/// How `.js` files of a package are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PackageKind {
    /// `"type": "commonjs"`
    CommonJs,
    /// `"type": "module"`
    Module,
    /// The field is missing: the file's syntax decides.
    None,
}

/// Why a specifier did not resolve. Each names Node's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// MODULE_NOT_FOUND or ERR_MODULE_NOT_FOUND
    NotFound,
    /// MODULE_NOT_FOUND: the file that `main` names, and the manifest.
    BadMain(String, String),
    /// ERR_INVALID_PACKAGE_CONFIG: path of the manifest and, where it is JSON, what is wrong with it.
    InvalidConfig(String, String),
    /// ERR_PACKAGE_PATH_NOT_EXPORTED: folder and subpath.
    NotExported(String, String),
    /// ERR_PACKAGE_IMPORT_NOT_DEFINED: specifier and folder.
    ImportNotDefined(String, Option<String>),
    /// ERR_INVALID_PACKAGE_TARGET: folder, key, target, whether of `imports`.
    InvalidTarget(String, String, String, bool),
    /// ERR_INVALID_MODULE_SPECIFIER: specifier and reason.
    InvalidSpecifier(String, String),
    /// ERR_INVALID_MODULE_SPECIFIER: the path of a URL in which a separator is percent-encoded.
    EncodedSeparator(String),
    /// A target of `imports` names a package that is not there: its name, and the manifest.
    BareTarget(String, String),
    /// ERR_UNSUPPORTED_DIR_IMPORT: the folder.
    DirectoryImport(String),
    /// The file a package's table names is missing: the path.
    MissingTarget(String),
    /// ERR_MODULE_NOT_FOUND: the first file that a package's `main` or its absence leads to.
    MissingMain(String),
}

/// All manifests read so far.
#[derive(Default)]
pub struct Packages {
    by_folder: RefCell<FxHashMap<String, Option<Rc<Package>>>>,
}

impl Packages {
    /// The manifest in `folder` itself.
    pub fn in_folder(&self, folder: &str, sys: &Sys) -> Result<Option<Rc<Package>>, Failure> {
        if let Some(found) = self.by_folder.borrow().get(folder) {
            return Ok(found.clone());
        }
        let path = if folder == "/" { "/package.json".to_owned() } else { format!("{folder}/package.json") };
        let package = match Files::text(&path, sys) {
            Ok(text) => Some(Rc::new(parse(folder, &path, &text)?)),
            Err(_) => None,
        };
        self.by_folder.borrow_mut().insert(folder.to_owned(), package.clone());
        Ok(package)
    }

    /// The manifest that applies to `file`: the nearest one up to a `node_modules` folder.
    pub fn scope(&self, file: &str, sys: &Sys) -> Result<Option<Rc<Package>>, Failure> {
        let mut folder = dirname(file);
        loop {
            if folder.ends_with("/node_modules") {
                return Ok(None);
            }
            if let Some(package) = self.in_folder(folder, sys)? {
                return Ok(Some(package));
            }
            if folder == "/" {
                return Ok(None);
            }
            folder = dirname(folder);
        }
    }
}

fn parse(folder: &str, path: &str, text: &str) -> Result<Package, Failure> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let invalid = || Failure::InvalidConfig(path.to_owned(), String::new());
    let value: Value = serde_json::from_str(text).map_err(|_| invalid())?;
    let fields = value.as_object().ok_or_else(invalid)?;
    // These two must be text where they are there; of another kind, the other fields are as good as missing.
    let text = |key: &str| fields.get(key).map(|field| field.as_str().ok_or_else(invalid)).transpose();
    let kind = match text("type")? {
        Some("module") => PackageKind::Module,
        Some("commonjs") => PackageKind::CommonJs,
        _ => PackageKind::None,
    };
    let name = text("name")?.map(str::to_owned);
    let main = fields.get("main").and_then(Value::as_str).map(str::to_owned);
    let exports = fields.get("exports").filter(|exports| exports.is_object() || exports.is_array() || exports.is_string()).cloned();
    let imports = fields.get("imports").filter(|imports| imports.is_object()).cloned();
    Ok(Package { folder: folder.to_owned(), name, main, kind, exports, imports })
}

/// Why a manifest has no script of a name. Each is shown as `--run` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptProblem {
    /// The manifest is no JSON.
    Unreadable,
    /// It has no `scripts`.
    NoScripts,
    /// The script is no text.
    NoText,
    /// There is none of that name: those there are, with their texts.
    Missing(Vec<(String, String)>),
}

impl ScriptProblem {
    /// The problem with the script called `name` of `manifest`, in lines.
    pub fn shown(&self, name: &str, manifest: &str) -> String {
        match self {
            Self::Unreadable => format!("Can't parse {manifest}\n"),
            Self::NoScripts => format!("Can't find \"scripts\" field in {manifest}\n"),
            Self::NoText => format!("Script \"{name}\" is unexpectedly not a string for {manifest}\n\n"),
            Self::Missing(known) => {
                let known: String = known.iter().map(|(name, text)| format!("  {name}: {text}\n")).collect();
                format!("Missing script: \"{name}\" for {manifest}\n\nAvailable scripts are:\n{known}")
            }
        }
    }
}

/// The text of a script of a manifest.
pub fn script(manifest: &str, name: &str) -> Result<String, ScriptProblem> {
    let value: Value = serde_json::from_str(manifest).map_err(|_| ScriptProblem::Unreadable)?;
    let Some(scripts) = value.get("scripts").and_then(Value::as_object) else { return Err(ScriptProblem::NoScripts) };
    match scripts.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(ScriptProblem::NoText),
        None => Err(ScriptProblem::Missing(scripts.iter().filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect())),
    }
}

/// What an entry of `exports` or `imports` leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An absolute path.
    Path(String),
    /// Another bare specifier (only from `imports`).
    Bare(String),
}

/// What a table holds that is resolved all the same, though Node warns of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slash {
    /// DEP0166: empty segments. Target, request, the key that matched, whether two slashes stand together or one at an end.
    Segment { target: String, request: String, matched: String, double: bool, internal: bool, manifest: String },
    /// DEP0155: a request that ends in a slash met a pattern.
    Trailing { request: String, manifest: String },
}

/// Where [`Slash`]es are noted.
pub type Slashes = RefCell<Vec<Slash>>;

/// `PACKAGE_EXPORTS_RESOLVE`; `subpath` is `.` or starts with `./`.
pub fn exports_resolve(package: &Package, subpath: &str, conditions: &[&str], slashes: &Slashes) -> Result<Target, Failure> {
    let not_exported = || Failure::NotExported(package.folder.clone(), subpath.to_owned());
    let exports = package.exports.as_ref().ok_or_else(not_exported)?;
    let dotted = exports.as_object().is_some_and(|object| object.keys().any(|key| key.starts_with('.')));
    if let Some(object) = exports.as_object()
        && dotted
        && object.keys().any(|key| !key.starts_with('.'))
    {
        let message = "\"exports\" cannot contain some keys starting with '.' and some not. The exports object must either be \
                       an object of package subpath keys or an object of main entry condition name keys only.";
        return Err(Failure::InvalidConfig(format!("{}/package.json", package.folder), message.to_owned()));
    }
    let found = if dotted {
        Table { package, conditions, internal: false, of_folder: subpath.ends_with('/'), slashes }.lookup(exports, subpath)?
    } else if subpath == "." {
        Table { package, conditions, internal: false, of_folder: false, slashes }.target(exports, ".", None)?
    } else {
        None
    };
    found.flatten().ok_or_else(not_exported)
}

/// `PACKAGE_IMPORTS_RESOLVE`; `specifier` starts with `#`.
pub fn imports_resolve(package: Option<&Package>, specifier: &str, conditions: &[&str], slashes: &Slashes) -> Result<Target, Failure> {
    if specifier == "#" || specifier.starts_with("#/") && package.is_none() {
        let reason = "is not a valid internal imports specifier name".to_owned();
        return Err(Failure::InvalidSpecifier(specifier.to_owned(), reason));
    }
    let undefined = || Failure::ImportNotDefined(specifier.to_owned(), package.map(|package| package.folder.clone()));
    let package = package.ok_or_else(undefined)?;
    let imports = package.imports.as_ref().ok_or_else(undefined)?;
    Table { package, conditions, internal: true, of_folder: false, slashes }.lookup(imports, specifier)?.flatten().ok_or_else(undefined)
}

/// The outer option says whether a key matched, the inner one whether it led anywhere (`null` forbids).
type Found = Option<Option<Target>>;

/// One table of a package, read under some conditions.
struct Table<'a> {
    package: &'a Package,
    conditions: &'a [&'a str],
    /// It is `imports`, not `exports`.
    internal: bool,
    /// The request ends in a slash: of that is warned already.
    of_folder: bool,
    slashes: &'a Slashes,
}

/// `PATTERN_KEY_COMPARE`: a longer base wins, then a longer key.
fn more_specific(a: &str, b: &str) -> bool {
    let base = |key: &str| key.find('*').map_or(key.len(), |at| at + 1);
    (base(a), a.len()) > (base(b), b.len())
}

impl Table<'_> {
    /// `PACKAGE_IMPORTS_EXPORTS_RESOLVE`
    fn lookup(&self, table: &Value, key: &str) -> Result<Found, Failure> {
        let Some(table) = table.as_object() else { return Ok(None) };
        if let Some(entry) = table.get(key).filter(|_| !key.contains('*') && !key.ends_with('/')) {
            return self.target(entry, key, None);
        }
        let mut best: Option<(&str, &Value, &str)> = None;
        for (pattern, entry) in table {
            let Some((before, after)) = pattern.split_once('*') else { continue };
            if after.contains('*') || !key.starts_with(before) || key == before {
                continue;
            }
            if key.ends_with('/') && !self.internal {
                self.slashes.borrow_mut().push(Slash::Trailing { request: key.to_owned(), manifest: self.manifest() });
            }
            let fits = key.len() >= pattern.len() && key.ends_with(after);
            if fits && best.is_none_or(|(best, ..)| more_specific(pattern, best)) {
                best = Some((pattern, entry, &key[before.len()..key.len() - after.len()]));
            }
        }
        match best {
            Some((pattern, entry, matched)) => self.target(entry, pattern, Some(matched)),
            None => Ok(None),
        }
    }

    /// `PACKAGE_TARGET_RESOLVE`
    fn target(&self, entry: &Value, key: &str, matched: Option<&str>) -> Result<Found, Failure> {
        match entry {
            Value::String(text) => self.named(text, key, matched).map(|found| Some(Some(found))),
            Value::Object(table) => {
                if table.keys().any(|key| is_index(key)) {
                    return Err(Failure::InvalidConfig(self.manifest(), "\"exports\" cannot contain numeric property keys.".to_owned()));
                }
                for (condition, entry) in table {
                    if condition == "default" || self.conditions.contains(&condition.as_str()) {
                        let found = self.target(entry, key, matched)?;
                        if found.is_some() {
                            return Ok(found);
                        }
                    }
                }
                Ok(None)
            }
            Value::Array(entries) => {
                let mut last = Ok(Some(None));
                for entry in entries {
                    match self.target(entry, key, matched) {
                        Ok(None) => {}
                        Ok(Some(None)) => last = Ok(Some(None)),
                        Err(failure @ Failure::InvalidTarget(..)) => last = Err(failure),
                        done => return done,
                    }
                }
                last
            }
            Value::Null => Ok(Some(None)),
            other => Err(self.invalid(key, &other.to_string())),
        }
    }

    fn manifest(&self) -> String {
        format!("{}/package.json", self.package.folder)
    }

    fn invalid(&self, key: &str, shown: &str) -> Failure {
        Failure::InvalidTarget(self.package.folder.clone(), key.to_owned(), shown.to_owned(), self.internal)
    }

    /// A target that is a string: what `*` matched goes into its place.
    fn named(&self, text: &str, key: &str, matched: Option<&str>) -> Result<Target, Failure> {
        let filled = matched.map_or_else(|| text.to_owned(), |matched| text.replace('*', matched));
        let Some(rest) = text.strip_prefix("./") else {
            let bare = self.internal && !text.starts_with("../") && !text.starts_with('/') && !is_url(text);
            return if bare { Ok(Target::Bare(filled)) } else { Err(self.invalid(key, text)) };
        };
        let request = matched.map_or_else(|| key.to_owned(), |matched| key.replacen('*', matched, 1));
        let noted = |shown: &str| {
            if self.of_folder {
                return;
            }
            let double = shown.replace('\\', "/").contains("//");
            self.slashes.borrow_mut().push(Slash::Segment { target: filled.clone(), request: request.clone(), matched: key.to_owned(), double, internal: self.internal, manifest: self.manifest() });
        };
        match segments(rest) {
            Segments::Forbidden => return Err(self.invalid(key, text)),
            Segments::Empty => noted(text),
            Segments::Plain => {}
        }
        match matched.map_or(Segments::Plain, segments) {
            Segments::Forbidden => {
                let table = if self.internal { "imports" } else { "exports" };
                let reason = format!("request is not a valid match in pattern \"{key}\" for the \"{table}\" resolution of {}", self.manifest());
                return Err(Failure::InvalidSpecifier(request, reason));
            }
            Segments::Empty => noted(&request),
            Segments::Plain => {}
        }
        path_of_target(self.package, &filled).map(Target::Path)
    }
}

/// A key that is an index of an array.
fn is_index(key: &str) -> bool {
    key.parse::<u32>().is_ok_and(|index| index != u32::MAX && index.to_string() == key)
}

/// Whether a target is a URL of its own.
fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)))
}

/// The file of a target, which is a relative URL: `%20` is a space, and an encoded separator is an error.
fn path_of_target(package: &Package, target: &str) -> Result<String, Failure> {
    let target = target.split(['?', '#']).next().unwrap_or(target);
    let rest = target.strip_prefix("./").unwrap_or(target);
    if has_encoded_separator(target) {
        let folder = crate::urls::url_of_path(&package.folder);
        return Err(Failure::EncodedSeparator(format!("{}/{rest}", folder.trim_start_matches("file://"))));
    }
    // Empty segments stay: errors name the path with them.
    Ok(format!("{}/{}", package.folder.trim_end_matches('/'), crate::urls::percent_decode(rest)))
}

/// `%2F` or `%5C`, in either case.
pub(crate) fn has_encoded_separator(path: &str) -> bool {
    path.as_bytes().windows(3).any(|three| matches!(three, [b'%', b'2', b'f' | b'F'] | [b'%', b'5', b'c' | b'C']))
}

/// What the segments of a target or of a match are.
enum Segments {
    Plain,
    /// One is empty: Node warns of it.
    Empty,
    /// One is `.`, `..` or `node_modules`, percent-encoded or not.
    Forbidden,
}

fn segments(path: &str) -> Segments {
    let mut found = Segments::Plain;
    for segment in path.split(['/', '\\']) {
        let plain = crate::urls::percent_decode(segment).to_ascii_lowercase();
        match plain.as_str() {
            "." | ".." | "node_modules" => return Segments::Forbidden,
            "" => found = Segments::Empty,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(exports: &str) -> Package {
        let text = format!("{{\"name\":\"p\",\"exports\":{exports}}}");
        parse("/p", "/p/package.json", &text).expect("valid JSON")
    }

    fn resolve(package: &Package, subpath: &str, conditions: &[&str]) -> Result<Target, Failure> {
        exports_resolve(package, subpath, conditions, &Slashes::default())
    }

    #[test]
    fn conditions_are_taken_in_the_tables_order() {
        let package = package(r#"{".": {"import": "./a.mjs", "require": "./a.cjs", "default": "./a.js"}}"#);
        assert_eq!(resolve(&package, ".", &["node", "require"]), Ok(Target::Path("/p/a.cjs".into())));
        assert_eq!(resolve(&package, ".", &["node"]), Ok(Target::Path("/p/a.js".into())));
    }

    #[test]
    fn the_longest_pattern_wins_and_null_forbids() {
        let package = package(r#"{"./*": "./lib/*.js", "./private/*": null, "./x/*.css": "./css/*.css"}"#);
        assert_eq!(resolve(&package, "./a/b", &[]), Ok(Target::Path("/p/lib/a/b.js".into())));
        assert!(matches!(resolve(&package, "./private/a", &[]), Err(Failure::NotExported(..))));
        assert_eq!(resolve(&package, "./x/y.css", &[]), Ok(Target::Path("/p/css/y.css".into())));
    }

    #[test]
    fn targets_stay_inside_the_package() {
        let package = package(r#"{"./a": "./../b.js", "./b": "other", "./*": "./*"}"#);
        assert!(matches!(resolve(&package, "./a", &[]), Err(Failure::InvalidTarget(..))));
        assert!(matches!(resolve(&package, "./b", &[]), Err(Failure::InvalidTarget(..))));
        assert!(matches!(resolve(&package, "./c/../../d", &[]), Err(Failure::InvalidSpecifier(..))));
        assert!(matches!(resolve(&package, "./no%64e_modules", &[]), Err(Failure::InvalidSpecifier(..))));
    }

    #[test]
    fn empty_segments_are_kept_and_noted() {
        let package = package(r#"{"./*": "./lib/*.js"}"#);
        let slashes = Slashes::default();
        assert_eq!(exports_resolve(&package, "./a//b", &[], &slashes), Ok(Target::Path("/p/lib/a//b.js".into())));
        assert!(matches!(slashes.borrow().as_slice(), [Slash::Segment { double: true, .. }]));
    }
}
