//! Certificates of authorities: those that come with coil, those of the system, those the environment adds.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    path::Path,
    rc::Rc,
    sync::{Arc, OnceLock},
};

use boa_engine::{Context, JsArgs, JsError, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    coil_sys::SysResult,
    errors::{self, Base},
    validate,
};
use coil_tls::{
    pem,
    x509::{Certificate, chain::Trust},
};

use crate::{buffer, launch_flags};

/// What a host trusts.
#[derive(Default)]
struct Roots {
    bundled: RefCell<Option<JsValue>>,
    default: RefCell<Option<Rc<Trust>>>,
    /// `tls.setDefaultCACertificates`
    replaced: RefCell<Option<Vec<Arc<Certificate>>>>,
    shown: RefCell<Vec<(&'static str, JsValue)>>,
    /// The extra certificates were looked for: what is wrong with them is told once.
    warned: Cell<bool>,
}

/// The certificates that come with coil, read once for all threads.
fn bundled() -> &'static [Arc<Certificate>] {
    static BUNDLED: OnceLock<Vec<Arc<Certificate>>> = OnceLock::new();
    BUNDLED.get_or_init(|| coil_tls::root_certificates().filter_map(Certificate::parse).collect())
}

fn read(path: &str, cx: &Context) -> SysResult<Vec<Arc<Certificate>>> {
    let bytes = Host::of(cx).sys().fs().read_file(Path::new(path))?;
    Ok(pem::certificates(&bytes).iter().filter_map(|der| Certificate::parse(der)).collect())
}

/// Where systems keep all certificates in one file.
static SYSTEM_FILES: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"];

fn system(cx: &Context) -> Vec<Arc<Certificate>> {
    if let Some(path) = Host::of(cx).env("SSL_CERT_FILE") {
        return read(&path, cx).unwrap_or_default();
    }
    SYSTEM_FILES.iter().find_map(|path| read(path, cx).ok()).unwrap_or_default()
}

/// Node reads these before the first context is made, and warns where it cannot.
pub(super) fn read_extra(cx: &Context) {
    if !Host::of(cx).state::<Roots>().warned.get() {
        extra(cx);
    }
}

/// `NODE_EXTRA_CA_CERTS`
fn extra(cx: &Context) -> Vec<Arc<Certificate>> {
    let Some(path) = Host::of(cx).env("NODE_EXTRA_CA_CERTS").filter(|path| !path.is_empty()) else { return Vec::new() };
    match read(&path, cx) {
        Ok(found) => {
            Host::of(cx).state::<Roots>().warned.set(true);
            found
        }
        Err(error) => {
            if !Host::of(cx).state::<Roots>().warned.replace(true) {
                // As OpenSSL writes what the system says.
                let mut why = error.description().to_owned();
                why[..1].make_ascii_uppercase();
                crate::process::write_stderr(&format!("Warning: Ignoring extra certs from `{path}`, load failed: error:8{:07X}:system library::{why}\n", error.errno), cx);
            }
            Vec::new()
        }
    }
}

/// Those that were read, and whether those that come with coil stand before them.
fn default_list(cx: &Context) -> (bool, Vec<Arc<Certificate>>) {
    let host = Host::of(cx);
    if let Some(replaced) = &*host.state::<Roots>().replaced.borrow() {
        return (false, replaced.clone());
    }
    let mut list = Vec::new();
    let with_bundled = launch_flags::switch("use-openssl-ca", cx) != Some(true);
    if !with_bundled {
        list.extend(system(cx));
    }
    let asked = launch_flags::switch("use-system-ca", cx).unwrap_or_else(|| host.env("NODE_USE_SYSTEM_CA").as_deref() == Some("1"));
    if asked {
        list.extend(system(cx));
    }
    list.extend(extra(cx));
    (with_bundled, list)
}

/// Whom to trust where a script does not say.
pub(super) fn default_trust(cx: &Context) -> Rc<Trust> {
    let state = Host::of(cx).state::<Roots>();
    if let Some(known) = &*state.default.borrow() {
        return known.clone();
    }
    let (with_bundled, list) = default_list(cx);
    let mut roots = if with_bundled { bundled().to_vec() } else { Vec::new() };
    roots.extend(list);
    let trust = Rc::new(Trust { roots, ..Trust::default() });
    state.default.replace(Some(trust.clone()));
    trust
}

/// What comes with coil ends with its last line, what was read ends that line too: so it is in Node.
fn to_array(with_bundled: bool, list: &[Arc<Certificate>], cx: &mut Context) -> JsResult<JsValue> {
    let mut seen = HashSet::new();
    let mut texts: Vec<JsValue> = Vec::new();
    if with_bundled {
        texts.extend(bundled().iter().map(|certificate| JsValue::from(js_string!(pem::encode("CERTIFICATE", certificate.raw())))));
    }
    for certificate in list {
        if seen.insert(certificate.raw()) {
            texts.push(js_string!(pem::encode("CERTIFICATE", certificate.raw()) + "\n").into());
        }
    }
    let array = JsArray::from_iter(texts, cx);
    array.set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, cx)?;
    Ok(array.into())
}

/// `tls.rootCertificates`
pub(super) fn root_certificates(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Host::of(cx).state::<Roots>();
    if let Some(made) = &*state.bundled.borrow() {
        return Ok(made.clone());
    }
    let made = to_array(true, &[], cx)?;
    state.bundled.replace(Some(made.clone()));
    Ok(made)
}

/// `tls.getCACertificates(type)`
pub(super) fn get_ca_certificates(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let kind = if given.is_undefined() { js_string!("default") } else { validate::string(given, "type", cx)? };
    let kind = match kind.to_std_string_escaped().as_str() {
        "default" => "default",
        "bundled" => return root_certificates(&JsValue::undefined(), &[], cx),
        "system" => "system",
        "extra" => "extra",
        _ => return Err(errors::invalid_arg_value("type", given, "is invalid", cx)),
    };
    let state = Host::of(cx).state::<Roots>();
    if let Some((_, made)) = state.shown.borrow().iter().find(|(known, _)| *known == kind) {
        return Ok(made.clone());
    }
    let (with_bundled, list) = match kind {
        "default" => default_list(cx),
        "system" => (false, system(cx)),
        _ => (false, extra(cx)),
    };
    let made = to_array(with_bundled, &list, cx)?;
    state.shown.borrow_mut().push((kind, made.clone()));
    Ok(made)
}

/// `tls.setDefaultCACertificates(certs)`
pub(super) fn set_default_ca_certificates(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    validate::array(given, "certs", 0, cx)?;
    let mut list = Vec::new();
    for (at, entry) in crate::http::elements(given, cx)?.unwrap_or_default().into_iter().enumerate() {
        let bytes = match entry.as_string() {
            Some(text) => text.to_std_string_lossy().into_bytes(),
            None if buffer::is_view(&entry) => buffer::bytes_of(&entry).unwrap_or_default(),
            None => return Err(errors::invalid_arg_type(&format!("certs[{at}]"), "string|ArrayBufferView", &entry, cx)),
        };
        let found = pem::certificates(&bytes);
        if found.is_empty() {
            return Err(invalid_certificate(cx));
        }
        for der in found {
            match Certificate::parse(&der) {
                Some(certificate) => list.push(certificate),
                None => return Err(super::errors::openssl(0x0488_000d, "PEM routines", "ASN1 lib", cx)),
            }
        }
    }
    let state = Host::of(cx).state::<Roots>();
    state.replaced.replace(Some(list));
    state.default.take();
    state.shown.borrow_mut().retain(|(kind, _)| *kind != "default");
    Ok(JsValue::undefined())
}

fn invalid_certificate(cx: &mut Context) -> JsError {
    errors::coded(Base::Error, "ERR_CRYPTO_OPERATION_FAILED", "No valid certificates found in the provided array", cx)
}
