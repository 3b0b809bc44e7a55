//! `util.debuglog`: messages for those who set NODE_DEBUG.

use std::cell::{Cell, OnceCell};

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsString, JsValue, Trace, js_string, object::builtins::JsFunction, property::PropertyDescriptor};
use coil_engine::{Host, table};

use super::{colors, inspect};

/// A section's logger, settled at its first use.
#[derive(Trace, Finalize)]
struct Section {
    name: JsValue,
    callback: JsValue,
    #[unsafe_ignore_trace]
    enabled: OnceCell<bool>,
    #[unsafe_ignore_trace]
    told: Cell<bool>,
}

/// `util.debuglog(section, callback)`
pub(super) fn debuglog(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let section = || Section { name: args.get_or_undefined(0).clone(), callback: args.get_or_undefined(1).clone(), enabled: OnceCell::new(), told: Cell::new(false) };
    let logger = table::closure("logger", 0, section(), |_, args, section, cx| log(section, args, cx), cx);
    let test = table::closure("get", 0, section(), |_, _, section, cx| Ok(is_enabled(section, cx)?.into()), cx);
    let enabled = PropertyDescriptor::builder().get(test).set(JsValue::undefined()).enumerable(true).configurable(true);
    logger.define_property_or_throw(js_string!("enabled"), enabled, cx)?;
    Ok(logger.into())
}

fn is_enabled(section: &Section, cx: &mut Context) -> JsResult<bool> {
    if let Some(enabled) = section.enabled.get() {
        return Ok(*enabled);
    }
    let name = section.name.to_string(cx)?.to_std_string_lossy();
    let enabled = is_wanted(&name, cx);
    Ok(*section.enabled.get_or_init(|| enabled))
}

/// Whether NODE_DEBUG asks for the messages of a section.
pub(crate) fn is_wanted(section: &str, cx: &Context) -> bool {
    let wanted = Host::of(cx).sys().env().get("NODE_DEBUG").map(|wanted| wanted.to_string_lossy().into_owned()).unwrap_or_default();
    wanted.split(',').any(|pattern| !wanted.is_empty() && matches(&pattern.to_uppercase(), &section.to_uppercase()))
}

/// Whether `name` is what `pattern`, with stars for anything, says.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => {
            let Some(rest) = name.strip_prefix(head) else { return false };
            (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| matches(tail, &rest[at..]))
        }
    }
}

fn log(section: &Section, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let enabled = is_enabled(section, cx)?;
    if !section.told.replace(true) {
        let name = section.name.to_string(cx)?.to_std_string_lossy().to_uppercase();
        if enabled && matches!(name.as_str(), "HTTP" | "HTTP2") {
            let lower = name.to_lowercase();
            let message = format!("Setting the NODE_DEBUG environment variable to '{lower}' can expose sensitive data (such as passwords, tokens and authentication headers) in the resulting log.");
            crate::process::emit_warning(&message, "Warning", None, cx)?;
        }
        if let Some(callback) = section.callback.as_callable() {
            let write = writer(&name, enabled, cx)?;
            callback.call(&JsValue::undefined(), &[write.into()], cx)?;
        }
    }
    if enabled {
        let name = section.name.to_string(cx)?.to_std_string_lossy().to_uppercase();
        write(&name, args, cx)?;
    }
    Ok(JsValue::undefined())
}

/// The function that a callback gets in place of the logger: it no longer asks.
fn writer(name: &str, enabled: bool, cx: &mut Context) -> JsResult<JsFunction> {
    let captured = (js_string!(name), enabled);
    let function = table::closure(
        "debug",
        0,
        captured,
        |_, args, (name, enabled): &(JsString, bool), cx| {
            if *enabled {
                write(&name.to_std_string_lossy(), args, cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    let get = table::closure("get", 0, enabled, |_, _, enabled: &bool, _| Ok((*enabled).into()), cx);
    let own = PropertyDescriptor::builder().get(get).set(JsValue::undefined()).enumerable(true).configurable(true);
    function.define_property_or_throw(js_string!("enabled"), own, cx)?;
    Ok(function)
}

/// `SECTION pid: message`, to stderr.
fn write(name: &str, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let colored = colors::fd_shows_colors(2, cx);
    let mut options = inspect::installed_options(cx)?;
    options.colors = colored;
    let message = inspect::format_text(Some(options.clone()), args, cx)?;
    let pid = Host::of(cx).sys().process().pid();
    let pid = inspect::inspect_text(&pid.into(), options, cx)?;
    let mut line = inspect::Text::from(name);
    line.push_ascii(b' ');
    line.push(&pid);
    line.push_str(": ");
    line.push(&message);
    line.push_ascii(b'\n');
    let stderr: JsObject = crate::process::object(cx)?;
    let stderr = stderr.get(js_string!("stderr"), cx)?;
    if let Some(stderr) = stderr.as_object()
        && let Some(write) = stderr.get(js_string!("write"), cx)?.as_callable()
    {
        write.call(&stderr.into(), &[line.to_js().into()], cx)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        assert!(matches("HTTP", "HTTP"));
        assert!(!matches("HTTP", "HTTP2"));
        assert!(matches("HTTP*", "HTTP2"));
        assert!(matches("*", "ANY"));
        assert!(matches("F*-BAR", "FOO-BAR"));
    }
}
