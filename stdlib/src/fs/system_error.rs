//! `SystemError`: the errors of rules that `fs` has beside the system's own, as Node shapes them.

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, js_string, property::PropertyDescriptor};
use coil_engine::{
    errors::{self, Base},
    table,
};

/// What a rule says.
pub(super) struct Rule<'a> {
    /// Node's code: `ERR_FS_CP_EEXIST`.
    pub(super) code: &'static str,
    /// What is wrong, with this path.
    pub(super) message: &'a str,
    /// The path at fault.
    pub(super) path: &'a str,
    /// `cp` or `rm`.
    pub(super) syscall: &'static str,
    /// Positive.
    pub(super) errno: i32,
    /// Its name: `EEXIST`.
    pub(super) name: &'static str,
}

/// `new ERR_FS_...({ message, path, syscall, errno, code })`
pub(super) fn system_error(rule: &Rule<'_>, cx: &mut Context) -> JsError {
    make(rule, cx).map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

fn make(rule: &Rule<'_>, cx: &mut Context) -> JsResult<JsObject> {
    let prefix = match rule.code {
        "ERR_FS_CP_DIR_TO_NON_DIR" => "Cannot overwrite non-directory with directory",
        "ERR_FS_CP_EEXIST" => "Target already exists",
        "ERR_FS_CP_EINVAL" => "Invalid src or dest",
        "ERR_FS_CP_FIFO_PIPE" => "Cannot copy a FIFO pipe",
        "ERR_FS_CP_NON_DIR_TO_DIR" => "Cannot overwrite directory with non-directory",
        "ERR_FS_CP_SOCKET" => "Cannot copy a socket file",
        "ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY" => "Cannot overwrite symlink in subdirectory of self",
        "ERR_FS_CP_UNKNOWN" => "Cannot copy an unknown file type",
        _ => "Path is a directory",
    };
    let message = format!("{prefix}: {} returned {} ({}) {}", rule.syscall, rule.name, rule.message, rule.path);
    let object = errors::coded_object(Base::Error, rule.code, &message, cx)?;
    errors::rename(&object, "SystemError", &message, cx)?;
    errors::head_stack(&object, &format!("SystemError [{}]", rule.code), &message, cx)?;
    let info = JsObject::with_object_proto(cx.intrinsics());
    info.create_data_property_or_throw(js_string!("message"), js_string!(rule.message), cx)?;
    info.create_data_property_or_throw(js_string!("path"), js_string!(rule.path), cx)?;
    info.create_data_property_or_throw(js_string!("syscall"), js_string!(rule.syscall), cx)?;
    info.create_data_property_or_throw(js_string!("errno"), rule.errno, cx)?;
    info.create_data_property_or_throw(js_string!("code"), js_string!(rule.name), cx)?;
    let fixed = PropertyDescriptor::builder().value(info.clone()).writable(false).enumerable(true).configurable(true);
    object.define_property_or_throw(js_string!("info"), fixed, cx)?;
    for name in ["errno", "syscall", "path"] {
        let get = table::closure("get", 0, (info.clone(), name), |_, _, (info, name), cx| info.get(js_string!(*name), cx), cx);
        let set = table::closure(
            "set",
            1,
            (info.clone(), name),
            |_, args, (info, name), cx| {
                info.set(js_string!(*name), args.get_or_undefined(0).clone(), true, cx)?;
                Ok(boa_engine::JsValue::undefined())
            },
            cx,
        );
        let accessor = PropertyDescriptor::builder().get(get).set(set).enumerable(true).configurable(true);
        object.define_property_or_throw(js_string!(name), accessor, cx)?;
    }
    Ok(object)
}
