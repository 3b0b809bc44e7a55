//! What a module is, told by its URL, its package and, where neither says so, its syntax: Node's names of formats.
//!
//! Implements <https://nodejs.org/api/packages.html#determining-module-system>.

use boa_engine::{Context, JsError, JsNativeErrorKind, JsResult};
use coil_engine::{
    Host,
    errors::{self, Base},
};

use crate::{
    cjs,
    esm::parse,
    files::Files,
    package::PackageKind,
    typescript,
    urls::{path_of_url, url_of_path},
    warnings,
};

/// What is known of a format before the source is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    /// It has this name.
    Is(&'static str),
    /// The syntax of the file at this path decides.
    BySyntax(String),
    /// Nothing tells.
    Unknown,
}

/// What the URL and the package say.
pub(crate) fn declared(url: &str, cx: &mut Context) -> JsResult<Format> {
    if url.starts_with("node:") {
        return Ok(Format::Is("builtin"));
    }
    if let Some(data) = url.strip_prefix("data:") {
        return Ok(match mime_of(data) {
            "text/javascript" => Format::Is("module"),
            "application/json" => Format::Is("json"),
            _ => Format::Unknown,
        });
    }
    let Some(path) = path_of_url(url) else { return Ok(Format::Unknown) };
    Ok(match extension(&path) {
        ".mjs" => Format::Is("module"),
        ".cjs" => Format::Is("commonjs"),
        ".json" => Format::Is("json"),
        ".mts" if typescript::is_on(cx) => Format::Is("module-typescript"),
        ".cts" if typescript::is_on(cx) => Format::Is("commonjs-typescript"),
        ".ts" if typescript::is_on(cx) => match package_kind(&path, cx)? {
            PackageKind::Module => Format::Is("module-typescript"),
            PackageKind::CommonJs => Format::Is("commonjs-typescript"),
            PackageKind::None => Format::BySyntax(path),
        },
        ".wasm" => Format::Is("wasm"),
        ".node" => Format::Is("addon"),
        ".js" | "" => match package_kind(&path, cx)? {
            PackageKind::Module | PackageKind::None if extension(&path).is_empty() && is_wasm(&path, cx) => Format::Is("wasm"),
            PackageKind::Module => Format::Is("module"),
            PackageKind::CommonJs => Format::Is("commonjs"),
            PackageKind::None => Format::BySyntax(path),
        },
        _ => Format::Unknown,
    })
}

/// Whether a file begins as a binary module of WebAssembly.
fn is_wasm(path: &str, cx: &Context) -> bool {
    let content = Host::of(cx).sys().fs().read_file(std::path::Path::new(path));
    content.is_ok_and(|content| content.starts_with(b"\0asm"))
}

/// What a module is, its syntax included.
pub(crate) fn of(url: &str, cx: &mut Context) -> JsResult<Option<&'static str>> {
    Ok(match declared(url, cx)? {
        Format::Is(format) => Some(format),
        Format::Unknown => None,
        Format::BySyntax(path) => {
            let Ok(text) = Files::text(&path, Host::of(cx).sys()) else { return Ok(None) };
            let is_type_script = is_type_script(&path);
            let text = if is_type_script { typescript::strip_module(&text, &path, cx)? } else { text };
            Some(match (by_syntax(&text, &path, cx)?, is_type_script) {
                (PackageKind::Module, false) => "module",
                (PackageKind::Module, true) => "module-typescript",
                (_, false) => "commonjs",
                (_, true) => "commonjs-typescript",
            })
        }
    })
}

/// Whether a file whose syntax decides is TypeScript.
pub(crate) fn is_type_script(path: &str) -> bool {
    extension(path) == ".ts"
}

/// The MIME type of a `data:` URL, without its scheme.
pub(crate) fn mime_of(data: &str) -> &str {
    data.split([';', ',']).next().unwrap_or_default()
}

/// `.mjs`, or nothing.
pub(crate) fn extension(path: &str) -> &str {
    path.rsplit('/').next().and_then(|name| name.rfind('.').map(|at| &name[at..])).unwrap_or_default()
}

/// The `type` of the package that a file is in.
pub(crate) fn package_kind(path: &str, cx: &mut Context) -> JsResult<PackageKind> {
    let host = Host::of(cx);
    let package = host.state::<cjs::State>().resolver.packages.scope(path, host.sys()).map_err(|failure| cjs::failure_error(failure, None, cx))?;
    Ok(package.map_or(PackageKind::None, |package| package.kind))
}

/// What a text without a declared format is; a text that is neither is taken for CommonJS, whose error then tells.
fn by_syntax(text: &str, path: &str, cx: &mut Context) -> JsResult<PackageKind> {
    Ok(match cjs::compile_wrapper(text, path, cx) {
        Err(error) if is_module_syntax(text, path, &error, cx) => PackageKind::Module,
        _ => PackageKind::CommonJs,
    })
}

/// Whether a text that failed as CommonJS is meant as an ES module: a syntax error, and it parses as one.
pub fn is_module_syntax(text: &str, path: &str, error: &JsError, cx: &mut Context) -> bool {
    if Host::of(cx).state::<cjs::State>().no_detection.get() {
        return false;
    }
    let syntax = error.try_native(cx).is_ok_and(|native| matches!(native.kind(), JsNativeErrorKind::Syntax));
    let hinted = ["import", "export", "await", "require", "module", "exports", "__filename", "__dirname"].iter().any(|word| text.contains(word));
    syntax && hinted && parse(text, &url_of_path(path), cx).is_ok()
}

/// MODULE_TYPELESS_PACKAGE_JSON, once for each package: its type would have saved a second parse.
pub(crate) fn warn_of_typeless(path: &str, cx: &mut Context) -> JsResult<()> {
    if ![".js", ".ts"].contains(&extension(path)) || path.contains("/node_modules/") {
        return Ok(());
    }
    let host = Host::of(cx);
    let package = host.state::<cjs::State>().resolver.packages.scope(path, host.sys()).ok().flatten();
    let Some(package) = package.filter(|package| package.kind == PackageKind::None) else { return Ok(()) };
    let manifest = format!("{}/package.json", package.folder);
    let message = format!(
        "Module type of {} is not specified and it doesn't parse as CommonJS.\nReparsing as ES module because module syntax was detected. This incurs a performance overhead.\nTo eliminate this warning, add \"type\": \
         \"module\" to {manifest}.",
        url_of_path(path)
    );
    warnings::once_for(&manifest, &message, "Warning", "MODULE_TYPELESS_PACKAGE_JSON", cx)
}

/// ERR_UNKNOWN_FILE_EXTENSION
pub(crate) fn unknown_extension(extension: &str, path: &str, cx: &mut Context) -> JsError {
    let message = format!("Unknown file extension \"{extension}\" for {path}");
    errors::coded(Base::Type, "ERR_UNKNOWN_FILE_EXTENSION", message, cx)
}

/// ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE
pub(crate) fn attribute_incompatible(url: &str, kind: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE", format!("Module \"{url}\" is not of type \"{kind}\""), cx)
}

/// ERR_UNSUPPORTED_ESM_URL_SCHEME
pub(crate) fn unsupported_scheme(scheme: &str, cx: &mut Context) -> JsError {
    let message = format!("Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received protocol '{scheme}:'");
    errors::coded(Base::Error, "ERR_UNSUPPORTED_ESM_URL_SCHEME", message, cx)
}

/// Whether the attributes of an import fit what is imported.
pub(crate) fn check_attributes(url: &str, format: &str, kind: Option<&str>, cx: &mut Context) -> JsResult<()> {
    match kind {
        Some(kind) if kind != "json" => {
            let message = format!("Import attribute \"type\" with value \"{kind}\" is not supported");
            Err(errors::coded(Base::Type, "ERR_IMPORT_ATTRIBUTE_UNSUPPORTED", message, cx))
        }
        Some(kind) if format != "json" => Err(attribute_incompatible(url, kind, cx)),
        None if format == "json" => {
            let message = format!("Module \"{url}\" needs an import attribute of \"type: json\"");
            Err(errors::coded(Base::Type, "ERR_IMPORT_ATTRIBUTE_MISSING", message, cx))
        }
        _ => Ok(()),
    }
}
