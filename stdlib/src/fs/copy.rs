//! `fs.cp`: whole trees, one trip to the pool.

use std::path::PathBuf;

use boa_engine::{Context, JsArgs, JsError, JsResult, JsValue, js_string};
use coil_engine::{
    coil_sys::{
        Sys, SysError,
        fs::{CpError, CpOptions},
    },
    errors::{self, Base},
    op::{IntoJs, Op},
    validate,
};

use super::arguments::path;

/// `cp(src, dest[, options], callback)`. The `filter` option needs a call into JavaScript per entry and is not supported.
pub(super) struct Cp {
    from: PathBuf,
    to: PathBuf,
    options: CpOptions,
}

/// Done, or a rule of `cp` that was broken, which is no system error.
pub(super) struct Copied(Result<(), CpError>);

impl IntoJs for Copied {
    const VOID: bool = true;

    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        match self.0 {
            Ok(()) => Ok(JsValue::undefined()),
            Err(CpError::Sys(error)) => Err(errors::system(&error, cx)),
            Err(CpError::Rule { code, message, path, errno, .. }) => {
                let object = errors::coded_object(Base::Error, code, &message, cx)?;
                object.create_data_property_or_throw(js_string!("errno"), errno, cx)?;
                object.create_data_property_or_throw(js_string!("path"), js_string!(&*path.to_string_lossy()), cx)?;
                object.create_data_property_or_throw(js_string!("syscall"), js_string!("cp"), cx)?;
                Err(JsError::from_opaque(object.into()))
            }
        }
    }
}

impl Op for Cp {
    const NAME: &'static str = "cp";
    const NAME_SYNC: &'static str = "cpSync";
    const LENGTH: u8 = 4;
    const CALLBACK_AT: usize = 3;
    type Output = Copied;

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        let from = path(args.get_or_undefined(0), "src", cx)?;
        let to = path(args.get_or_undefined(1), "dest", cx)?;
        let mut options = CpOptions::default();
        if let Some(object) = validate::options(args.get_or_undefined(2), "options", cx)? {
            for (key, target) in [
                ("dereference", &mut options.dereference),
                ("errorOnExist", &mut options.error_on_exist),
                ("force", &mut options.force),
                ("preserveTimestamps", &mut options.preserve_timestamps),
                ("recursive", &mut options.recursive),
                ("verbatimSymlinks", &mut options.verbatim_symlinks),
            ] {
                let given = object.get(js_string!(key), cx)?;
                if !given.is_undefined() {
                    *target = validate::boolean(&given, &format!("options.{key}"), cx)?;
                }
            }
            let mode = object.get(js_string!("mode"), cx)?;
            if !mode.is_undefined() {
                options.mode = validate::int32(&mode, "mode", 0, 7, cx)? as u32;
            }
            let filter = object.get(js_string!("filter"), cx)?;
            if !filter.is_undefined() {
                validate::function(&filter, "options.filter", cx)?;
                return Err(errors::method_not_implemented("fs.cp() with a filter", cx));
            }
        }
        Ok(Self { from, to, options })
    }

    fn run(self, sys: &Sys) -> Result<Copied, SysError> {
        Ok(Copied(sys.fs().cp(self.from, self.to, &self.options)))
    }
}
