//! What happens below the built-ins and they want to hear of.

use std::cell::Cell;

use boa_engine::{Context, JsResult};

use crate::Host;

/// Gets the permission that is missing, and what for.
type Denied = fn(&str, &str, &mut Context);
/// Gets the name of a built-in module that a script asks for.
type Asked = fn(&str, &mut Context) -> JsResult<()>;

/// Who is told.
#[derive(Default)]
pub struct Notices {
    denied: Cell<Option<Denied>>,
    asked: Cell<Option<Asked>>,
}

impl Notices {
    /// From now on `told` hears of every denial of the policy that becomes an error.
    pub fn hear_of_denials(&self, told: Denied) {
        self.denied.set(Some(told));
    }

    /// From now on `told` hears of every built-in module that a script requires or imports.
    pub fn hear_of_builtins(&self, told: Asked) {
        self.asked.set(Some(told));
    }
}

/// Tells of one denial.
pub(crate) fn denied(permission: &str, resource: &str, cx: &mut Context) {
    let told = Host::of(cx).state::<Notices>().denied.get();
    if let Some(told) = told {
        told(permission, resource, cx);
    }
}

/// Tells that a script asks for a built-in module.
///
/// # Errors
///
/// What who is told throws.
pub fn builtin_asked(name: &str, cx: &mut Context) -> JsResult<()> {
    let told = Host::of(cx).state::<Notices>().asked.get();
    told.map_or(Ok(()), |told| told(name, cx))
}
