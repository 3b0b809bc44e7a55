//! coil's Boa: the published `boa_engine` 0.22.0 under the patch queue in `patches/`.
//!
//! This root lists the modules that `build.rs` laid out in `upstream/` and adds our own. What each patch does and why stands in
//! `docs/internals/our-boa.md`.
#![allow(warnings, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::todo, clippy::unimplemented, clippy::dbg_macro, clippy::disallowed_methods)]

extern crate self as boa_engine;

pub use boa_ast as ast;
pub use boa_gc as gc;
pub use boa_interner as interner;
pub use boa_parser as parser;

#[path = "../upstream/src/bigint.rs"]
pub mod bigint;
#[path = "../upstream/src/builtins/mod.rs"]
pub mod builtins;
#[path = "../upstream/src/bytecompiler/mod.rs"]
pub mod bytecompiler;
#[path = "../upstream/src/class.rs"]
pub mod class;
#[path = "../upstream/src/context/mod.rs"]
pub mod context;
#[path = "../upstream/src/environments/mod.rs"]
pub mod environments;
#[path = "../upstream/src/error/mod.rs"]
pub mod error;
#[path = "../upstream/src/interop/mod.rs"]
pub mod interop;
#[path = "../upstream/src/job.rs"]
pub mod job;
#[path = "../upstream/src/module/mod.rs"]
pub mod module;
#[path = "../upstream/src/native_function/mod.rs"]
pub mod native_function;
#[path = "../upstream/src/object/mod.rs"]
pub mod object;
#[path = "../upstream/src/optimizer/mod.rs"]
pub mod optimizer;
#[path = "../upstream/src/property/mod.rs"]
pub mod property;
#[path = "../upstream/src/realm.rs"]
pub mod realm;
#[path = "../upstream/src/script.rs"]
pub mod script;
#[path = "../upstream/src/string.rs"]
pub mod string;
#[path = "../upstream/src/symbol.rs"]
pub mod symbol;
#[path = "../upstream/src/value/mod.rs"]
pub mod value;
#[path = "../upstream/src/vm/mod.rs"]
pub mod vm;
#[path = "../upstream/src/host_defined.rs"]
mod host_defined;
#[path = "../upstream/src/sys/mod.rs"]
mod sys;
#[path = "../upstream/src/spanned_source_text.rs"]
mod spanned_source_text;
#[path = "../upstream/src/try_into_js_result_impls.rs"]
mod try_into_js_result_impls;

mod big_int;
mod byte_texts;
pub mod bytes;
mod callers;
mod compile_function;
mod date_text;
mod disposal;
mod dense;
mod dynamic_function;
pub mod exotic;
pub(crate) mod foreign_bytes;
mod inline_cache;
pub mod introspect;
mod iteration;
pub mod json;
pub mod limits;
mod locale;
pub mod long_text;
mod lookup;
mod module_exports;
mod module_status;
pub mod native_call;
pub mod native_stack;
mod numbers;
mod operand_order;
mod originals;
mod own_keys;
mod plain;
mod plain_bindings;
mod push_call;
mod positions;
pub mod promise_hooks;
mod regexp;
mod script_names;
mod sort;
mod source_text;
pub mod stack;
mod suggested_names;
mod syntax_error;
pub mod template;
mod text;
mod weak_symbols;
mod words;

/// What most users of the engine import.
pub mod prelude {
    pub use crate::{
        bigint::JsBigInt,
        context::Context,
        error::{EngineError, JsError, JsNativeError, JsNativeErrorKind, RuntimeLimitError},
        host_defined::HostDefined,
        interop::{IntoJsFunctionCopied, UnsafeIntoJsFunction},
        module::{IntoJsModule, Module},
        native_function::NativeFunction,
        object::{JsData, JsObject, NativeObject},
        script::Script,
        string::{JsStr, JsString},
        symbol::JsSymbol,
        value::{JsValue, JsVariant, js_object, js_value},
    };
    pub use boa_gc::{Finalize, Trace};
    pub use boa_macros::{JsData, js_str};
    pub use boa_parser::Source;
}

pub use boa_macros::{boa_class, boa_module, embed_module_inner as __embed_module_inner};
pub use boa_parser::Source;
pub use compile_function::compile_function;
pub use native_call::HostConstructor;
pub use prelude::*;
pub use template::HostTemplate;
use spanned_source_text::SourceText;
pub use spanned_source_text::SpannedSourceText;

/// What an operation of the engine gives: a value, or what was thrown.
pub type JsResult<T> = Result<T, JsError>;

/// A Rust value that can be the result of a native function.
pub trait TryIntoJsResult {
    /// The JavaScript value, or the error of making it.
    fn try_into_js_result(self, context: &mut Context) -> JsResult<JsValue>;
}

/// Reading an argument list whose length is the caller's choice.
pub trait JsArgs {
    /// Argument `index`, or `undefined` where the list is shorter.
    fn get_or_undefined(&self, index: usize) -> &JsValue;
}

impl JsArgs for [JsValue] {
    fn get_or_undefined(&self, index: usize) -> &JsValue {
        const MISSING: &JsValue = &JsValue::undefined();
        self.get(index).unwrap_or(MISSING)
    }
}

/// The engine's `expect`: a broken promise of the specification becomes an engine error, not a panic.
pub(crate) trait JsExpect<V> {
    /// The value, or an engine error that says `message`.
    fn js_expect<S: Into<Box<str>>>(self, message: S) -> Result<V, error::PanicError>;
}

impl<V> JsExpect<V> for JsResult<V> {
    fn js_expect<S: Into<Box<str>>>(self, message: S) -> Result<V, error::PanicError> {
        self.map_err(|thrown| error::PanicError::new(message).with_source(thrown))
    }
}

impl<V> JsExpect<V> for Option<V> {
    fn js_expect<S: Into<Box<str>>>(self, message: S) -> Result<V, error::PanicError> {
        self.ok_or_else(|| error::PanicError::new(message))
    }
}
