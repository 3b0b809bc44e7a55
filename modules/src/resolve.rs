//! From a specifier to a file: the CommonJS and the ES module algorithm over the same packages and files.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use coil_engine::coil_sys::Sys;

use crate::{
    files::{Files, Kind, basename, dirname, resolve},
    package::{Failure, Package, Packages, Slashes, Target, exports_resolve, imports_resolve},
};

/// Resolves specifiers; remembers manifests.
#[derive(Default)]
pub struct Resolver {
    /// What is known of paths.
    pub files: Files,
    /// What is known of manifests.
    pub packages: Packages,
    /// `--conditions`: these count beside those of `require` and `import`.
    pub conditions: RefCell<Vec<String>>,
    /// `--no-addons`: the condition `node-addons` does not count.
    pub no_addons: Cell<bool>,
    /// What the resolution of now met that Node warns of.
    pub notes: RefCell<Vec<Note>>,
    /// The same, of the tables of packages.
    pub slashes: Slashes,
}

/// What is resolved all the same, or not for a reason that deserves a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A manifest's `main` names no file: the manifest, the field.
    BadMain(String, String),
    /// An `import` of a package took more than its `main` says: folder, `main`, what was found.
    Extended(String, Option<String>, String),
}

/// Conditions for `require`.
pub const REQUIRE: &[&str] = &["node", "require", "module-sync", "node-addons"];
/// Conditions for `import`.
pub const IMPORT: &[&str] = &["node", "import", "module-sync", "node-addons"];

impl Resolver {
    /// The conditions that count, those of the command line among them.
    pub fn counting<'a>(&self, base: &[&'a str], given: &'a [String]) -> Vec<&'a str> {
        let base = base.iter().copied().filter(|name| *name != "node-addons" || !self.no_addons.get());
        base.chain(given.iter().map(String::as_str)).collect()
    }

    /// `require.resolve`: a path or a bare name, from a file in `folder`, trying `extensions` in order.
    ///
    /// `paths` are the `node_modules` folders to search for bare names; `parent` is the requiring file, for self-references and `#imports`.
    pub fn require(&self, request: &str, folder: &str, parent: Option<&str>, paths: &[String], extensions: &[String], sys: &Sys) -> Result<String, Failure> {
        if request.starts_with('/') || is_relative(request) {
            let path = resolve(folder, request);
            return self.path(&path, request.ends_with('/') || ends_in_dots(request), extensions, sys)?.ok_or(Failure::NotFound);
        }
        let given = self.conditions.borrow().clone();
        if request.starts_with('#') {
            let package = match parent {
                Some(parent) => self.packages.scope(parent, sys)?,
                None => None,
            };
            if package.as_ref().is_some_and(|package| package.imports.is_some()) {
                return match imports_resolve(package.as_deref(), request, &self.counting(REQUIRE, &given), &self.slashes)? {
                    Target::Path(path) => self.target(path, sys),
                    Target::Bare(name) => self.bare_target(name, package.as_deref(), REQUIRE, sys),
                };
            }
        }
        if let Some(parent) = parent
            && let Some(found) = self.self_reference(request, parent, &self.counting(REQUIRE, &given), sys)?
        {
            return Ok(found);
        }
        let (name, subpath) = split_bare(request);
        for modules in paths {
            if self.files.kind(modules, sys) != Kind::Directory {
                continue;
            }
            if let Some(name) = name {
                let package_folder = resolve(modules, name);
                if let Some(package) = self.packages.in_folder(&package_folder, sys)?
                    && package.exports.is_some()
                {
                    let Target::Path(path) = exports_resolve(&package, &subpath, &self.counting(REQUIRE, &given), &self.slashes)? else { continue };
                    return self.target(path, sys);
                }
            }
            let path = resolve(modules, request);
            if let Some(found) = self.path(&path, request.ends_with('/'), extensions, sys)? {
                return Ok(found);
            }
        }
        Err(Failure::NotFound)
    }

    /// A path as `require` takes it: the file, with an extension, or a folder's main file.
    pub fn path(&self, path: &str, folder_only: bool, extensions: &[String], sys: &Sys) -> Result<Option<String>, Failure> {
        let kind = self.files.kind(path, sys);
        if !folder_only {
            if kind == Kind::File {
                return Ok(Some(self.files.real(path, sys)));
            }
            if let Some(found) = self.with_extension(path, extensions, sys) {
                return Ok(Some(found));
            }
        }
        if kind != Kind::Directory {
            return Ok(None);
        }
        let package = self.packages.in_folder(path, sys)?;
        let main = package.as_ref().and_then(|package| package.main.as_ref()).map(|main| resolve(path, main));
        if let Some(main) = &main {
            let found = match self.files.kind(main, sys) {
                Kind::File => Some(self.files.real(main, sys)),
                _ => self.with_extension(main, extensions, sys).or_else(|| self.with_extension(&resolve(main, "index"), extensions, sys)),
            };
            if found.is_some() {
                return Ok(found);
            }
            let field = package.as_ref().and_then(|package| package.main.clone()).unwrap_or_default();
            self.notes.borrow_mut().push(Note::BadMain(format!("{path}/package.json"), field));
        }
        match (self.with_extension(&resolve(path, "index"), extensions, sys), main) {
            (None, Some(main)) => Err(Failure::BadMain(main, resolve(path, "package.json"))),
            (found, _) => Ok(found),
        }
    }

    fn with_extension(&self, path: &str, extensions: &[String], sys: &Sys) -> Option<String> {
        extensions.iter().find_map(|extension| {
            let path = format!("{path}{extension}");
            (self.files.kind(&path, sys) == Kind::File).then(|| self.files.real(&path, sys))
        })
    }

    /// `import`: an absolute path from a bare name or a `#` name used in `parent`. Relative names are URLs and resolved before.
    pub fn import(&self, specifier: &str, parent: &str, sys: &Sys) -> Result<String, Failure> {
        self.import_with(specifier, parent, IMPORT, sys)
    }

    /// [`Resolver::import`] under other conditions.
    pub fn import_with(&self, specifier: &str, parent: &str, conditions: &[&str], sys: &Sys) -> Result<String, Failure> {
        self.import_url(specifier, parent, conditions, sys).map(|(path, _)| path)
    }

    /// [`Resolver::import_with`], and the query and fragment behind a path in a package without tables, which is a part of a URL.
    pub fn import_url(&self, specifier: &str, parent: &str, conditions: &[&str], sys: &Sys) -> Result<(String, String), Failure> {
        let whole = |path: String| (path, String::new());
        let given = self.conditions.borrow().clone();
        let counting = self.counting(conditions, &given);
        if specifier.starts_with('#') {
            let package = self.packages.scope(parent, sys)?;
            return match imports_resolve(package.as_deref(), specifier, &counting, &self.slashes)? {
                Target::Path(path) => self.target(path, sys),
                Target::Bare(name) => self.bare_target(name, package.as_deref(), conditions, sys),
            }
            .map(whole);
        }
        let (name, subpath) = split_bare(specifier);
        let Some(name) = name else {
            return Err(Failure::InvalidSpecifier(specifier.to_owned(), "is not a valid package name".to_owned()));
        };
        if let Some(found) = self.self_reference(specifier, parent, &counting, sys)? {
            return Ok(whole(found));
        }
        for modules in node_modules_paths(dirname(parent)) {
            let folder = resolve(&modules, name);
            if self.files.kind(&folder, sys) != Kind::Directory {
                continue;
            }
            let package = self.packages.in_folder(&folder, sys)?;
            if let Some(package) = package.as_ref().filter(|package| package.exports.is_some()) {
                let Target::Path(path) = exports_resolve(package, &subpath, &counting, &self.slashes)? else { continue };
                return self.target(path, sys).map(whole);
            }
            if subpath == "." {
                return self.legacy_main(&folder, package.as_ref(), sys).map(whole);
            }
            let (path, suffix) = subpath.split_at(subpath.find(['?', '#']).unwrap_or(subpath.len()));
            let found = self.import_path(&resolve(&folder, &crate::urls::percent_decode(path)), sys)?;
            return Ok((found, suffix.to_owned()));
        }
        Err(Failure::NotFound)
    }

    /// A package that `imports` names: it is looked up as from the manifest, by the rules of `import`.
    fn bare_target(&self, name: String, package: Option<&Package>, conditions: &[&str], sys: &Sys) -> Result<String, Failure> {
        let manifest = package.map(|package| format!("{}/package.json", package.folder)).unwrap_or_default();
        match self.import_with(&name, &manifest, conditions, sys) {
            Err(Failure::NotFound) => Err(Failure::BareTarget(name, manifest)),
            found => found,
        }
    }

    /// Whether `request` names the package that `parent` is in, by a table of that package.
    pub fn is_self_reference(&self, request: &str, parent: &str, sys: &Sys) -> bool {
        let package = self.packages.scope(parent, sys).ok().flatten();
        package.is_some_and(|package| package.exports.is_some() && package.name.as_deref().is_some_and(|own| self_subpath(request, own).is_some()))
    }

    /// An absolute path as `import` takes it: exactly that file.
    pub fn import_path(&self, path: &str, sys: &Sys) -> Result<String, Failure> {
        match self.files.kind(path, sys) {
            Kind::File => Ok(self.files.real(path, sys)),
            Kind::Directory => Err(Failure::DirectoryImport(path.to_owned())),
            Kind::Missing => Err(Failure::MissingTarget(path.to_owned())),
        }
    }

    /// `LEGACY_MAIN_RESOLVE`
    fn legacy_main(&self, folder: &str, package: Option<&Rc<Package>>, sys: &Sys) -> Result<String, Failure> {
        let main = package.and_then(|package| package.main.clone());
        let tries = main
            .iter()
            .flat_map(|main| ["", ".js", ".json", ".node", "/index.js", "/index.json", "/index.node"].map(|end| resolve(folder, &format!("{main}{end}"))))
            .chain(["index.js", "index.json", "index.node"].map(|name| resolve(folder, name)));
        for path in tries {
            if self.files.kind(&path, sys) == Kind::File {
                if main.as_ref().is_none_or(|main| resolve(folder, main) != path) {
                    self.notes.borrow_mut().push(Note::Extended(folder.to_owned(), main.clone(), path.clone()));
                }
                return Ok(self.files.real(&path, sys));
            }
        }
        Err(Failure::MissingMain(resolve(folder, main.as_deref().unwrap_or("index.js"))))
    }

    /// `PACKAGE_SELF_RESOLVE`: a package with `exports` may name itself.
    fn self_reference(&self, request: &str, parent: &str, conditions: &[&str], sys: &Sys) -> Result<Option<String>, Failure> {
        let Some(package) = self.packages.scope(parent, sys)? else { return Ok(None) };
        let (Some(own), true) = (package.name.as_deref(), package.exports.is_some()) else { return Ok(None) };
        let Some(subpath) = self_subpath(request, own) else { return Ok(None) };
        match exports_resolve(&package, &subpath, conditions, &self.slashes)? {
            Target::Path(path) => self.target(path, sys).map(Some),
            Target::Bare(_) => Ok(None),
        }
    }

    fn target(&self, path: String, sys: &Sys) -> Result<String, Failure> {
        match self.files.kind(&path, sys) {
            Kind::File => Ok(self.files.real(&path, sys)),
            Kind::Directory => Err(Failure::DirectoryImport(path)),
            Kind::Missing => Err(Failure::MissingTarget(path)),
        }
    }
}

/// What `request` names in the package called `own`.
fn self_subpath(request: &str, own: &str) -> Option<String> {
    match request.strip_prefix(own)? {
        "" => Some(".".to_owned()),
        rest if rest.starts_with('/') => Some(format!(".{rest}")),
        _ => None,
    }
}

/// `Module._nodeModulePaths`: every `node_modules` folder from `folder` up.
pub fn node_modules_paths(folder: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut folder = folder;
    loop {
        if basename(folder) != "node_modules" {
            paths.push(if folder == "/" { "/node_modules".to_owned() } else { format!("{folder}/node_modules") });
        }
        if folder == "/" {
            return paths;
        }
        folder = dirname(folder);
    }
}

/// `./x`, `../x`, `.` or `..`.
pub fn is_relative(request: &str) -> bool {
    request == "." || request == ".." || request.starts_with("./") || request.starts_with("../")
}

fn ends_in_dots(request: &str) -> bool {
    request == "." || request == ".." || request.ends_with("/.") || request.ends_with("/..")
}

/// `@scope/name/sub` becomes (`@scope/name`, `./sub`); no name where it cannot be one.
fn split_bare(request: &str) -> (Option<&str>, String) {
    let end = if request.starts_with('@') {
        match request.find('/') {
            Some(first) => request[first + 1..].find('/').map_or(request.len(), |second| first + 1 + second),
            None => return (None, ".".to_owned()),
        }
    } else {
        request.find('/').unwrap_or(request.len())
    };
    let name = &request[..end];
    if name.is_empty() || name.starts_with('.') || name.contains(['\\', '%']) {
        return (None, ".".to_owned());
    }
    (Some(name), format!(".{}", &request[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_up_and_skip_node_modules_inside_node_modules() {
        assert_eq!(node_modules_paths("/a/node_modules/b"), ["/a/node_modules/b/node_modules", "/a/node_modules", "/node_modules"]);
        assert_eq!(node_modules_paths("/"), ["/node_modules"]);
    }

    #[test]
    fn bare_names_split_at_the_package() {
        assert_eq!(split_bare("a/b/c"), (Some("a"), "./b/c".into()));
        assert_eq!(split_bare("@s/a/b"), (Some("@s/a"), "./b".into()));
        assert_eq!(split_bare("@s"), (None, ".".into()));
    }
}
