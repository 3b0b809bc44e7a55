//! `node:vm`: scripts, compiled functions, and contexts with globals of their own.
//!
//! ```js
//! const vm = require('node:vm');
//! const sandbox = vm.createContext({ x: 2 });
//! vm.runInContext('var y = x * 21', sandbox);
//! console.log(sandbox.y); // 42
//! ```
//!
//! A context is a realm of the engine ([`contexts`]); a script is compiled for each context it runs in
//! (<https://nodejs.org/api/vm.html>).
//!
//! Differs from Node: `measureMemory` is missing; `importModuleDynamically` is found by
//! the name of the script, and the thread waits for what it gives; cached data only says whether it fits the source; a declared variable of a context can be deleted.

mod contexts;
mod interrupt;
mod modules;
mod options;

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
};

use boa_engine::{Context, HostConstructor, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, NativeFunction, Script, js_string, object::FunctionObjectBuilder, realm::Realm};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors, source,
    table::{Export, NativeModule},
    validate,
};

pub use self::modules::offer as offer_modules;
use self::options::{DEFAULT_LOADER, DONT_CONTEXTIFY, Import, Origin};

/// `require('vm')`
pub static MODULE: NativeModule = NativeModule {
    name: "vm",
    exports: &[
        Export::class(&SCRIPT),
        Export::function("createContext", 0, create_context),
        Export::function("createScript", 2, |_, args, cx| SCRIPT.construct(args, cx).map(JsValue::from)),
        Export::function("runInContext", 3, run_in_context),
        Export::build("runInNewContext", constructible_run_in_new_context),
        Export::function("runInThisContext", 2, run_in_this_context),
        Export::function("isContext", 1, is_context),
        Export::function("compileFunction", 2, compile_function),
        Export::function("measureMemory", 0, |_, _, cx| Err(errors::method_not_implemented("vm.measureMemory()", cx))),
        Export::module("constants", &CONSTANTS),
    ],
};

static CONSTANTS: NativeModule = NativeModule {
    name: "vm.constants",
    exports: &[Export::symbol_value("USE_MAIN_CONTEXT_DEFAULT_LOADER", DEFAULT_LOADER).read_only().permanent(), Export::symbol_value("DONT_CONTEXTIFY", DONT_CONTEXTIFY).read_only().permanent()],
};

static SCRIPT: Class = Class {
    name: "Script",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::function("runInThisContext", 1, |this, args, cx| {
            let record = record_of(this)?;
            let run = options::of_run(args.get_or_undefined(0), cx)?;
            run.limited(cx, |cx| record.run(None, &run, cx))
        }),
        Export::function("runInContext", 2, |this, args, cx| {
            let record = record_of(this)?;
            let context = context_of(args.get_or_undefined(0), cx)?;
            let run = options::of_run(args.get_or_undefined(1), cx)?;
            run.limited(cx, |cx| record.run(Some(&context), &run, cx))
        }),
        Export::function("runInNewContext", 2, |this, args, cx| {
            // In Node it goes on by `this.runInContext`.
            let record = record_of(this).map_err(|_| errors::plain(errors::Base::Type, "this.runInContext is not a function"))?;
            let context = new_context(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
            let run = options::of_run(args.get_or_undefined(1), cx)?;
            run.limited(cx, |cx| record.run(Some(&context), &run, cx))
        }),
        Export::function("createCachedData", 0, |this, _args, cx| {
            let record = record_of(this)?;
            cached_data(&record.code, cx)
        }),
    ],
    statics: &[],
};

/// A script: what it says, and how it is compiled for this realm.
#[derive(Clone, Trace, Finalize, JsData)]
struct Record {
    /// Compiled for the first realm, or for the one that a text runs in at once.
    script: Script,
    code: String,
    #[unsafe_ignore_trace]
    origin: Origin,
    import: Import,
    /// The script object, which `importModuleDynamically` is told.
    importer: JsValue,
}

fn record_of(this: &JsValue) -> JsResult<Record> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Record>().map(|record| record.clone()));
    let found = found.map(|mut record| {
        record.importer = this.clone();
        record
    });
    found.ok_or_else(|| errors::plain(errors::Base::Type, "Illegal invocation"))
}

impl Record {
    fn run(&self, context: Option<&contexts::Record>, run: &options::Run, cx: &mut Context) -> JsResult<JsValue> {
        let result = self.run_plainly(context, cx);
        if run.hides_errors {
            return result;
        }
        result.map_err(|error| shown(error, &self.origin, cx))
    }

    fn run_plainly(&self, context: Option<&contexts::Record>, cx: &mut Context) -> JsResult<JsValue> {
        self.import.answer(&self.origin.filename, &self.importer, cx)?;
        let Some(context) = context else {
            return self.script.evaluate(cx);
        };
        // What is a Script was compiled for the first realm.
        let script = match self.importer.is_undefined() {
            true => self.script.clone(),
            false => parse(&self.code, &self.origin, Some(context.realm.clone()), cx)?,
        };
        if !context.own_microtasks {
            return script.evaluate(cx);
        }
        let host = Host::of(cx);
        host.with_own_microtasks(cx, |cx| {
            let value = script.evaluate(cx)?;
            host.run_microtasks_in_time(cx)?;
            Ok(value)
        })
    }
}

/// The error of a script with the line it was thrown in before its stack.
fn shown(error: JsError, origin: &Origin, cx: &mut Context) -> JsError {
    if error.stop().is_some() {
        return error;
    }
    let Some(mut place) = error.syntax_location().or_else(|| error.throw_location()) else { return error };
    let offset = origin.column.clamp(0, BLANK_MAX) as u32;
    // What stands before a text to move it is no part of its first line.
    if offset > 0 && place.line == origin.line.clamp(0, BLANK_MAX) as u32 + 1 && place.column > offset && place.file.as_deref() == Some(origin.filename.as_str()) {
        place.source_line = place.source_line.map(|line| line.chars().skip(offset as usize).collect());
        place.column -= offset;
    }
    errors::place_in_stack(error, &place, cx)
}

/// Compiles a text for a realm.
fn parse(code: &str, origin: &Origin, realm: Option<Realm>, cx: &mut Context) -> JsResult<Script> {
    source::script(&placed(code, origin), std::path::Path::new(&origin.filename), realm, cx)
}

/// A text with blank lines and columns before its beginning.
fn placed<'a>(code: &'a str, origin: &Origin) -> Cow<'a, str> {
    if origin.line <= 0 && origin.column <= 0 {
        return code.into();
    }
    let blank = "\n".repeat(origin.line.clamp(0, BLANK_MAX) as usize) + &" ".repeat(origin.column.clamp(0, BLANK_MAX) as usize);
    (blank + code).into()
}

/// Lines and columns that are put before a text, at most.
const BLANK_MAX: i32 = 1 << 20;

/// `new vm.Script(code, options)`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let origin = options::of_script(args.get_or_undefined(1), cx)?;
    let import = options::imports(args.get_or_undefined(1), cx)?;
    let script = parse(&code, &origin, None, cx).map_err(|error| shown(error, &origin, cx))?;
    let prototype = instance_prototype(&SCRIPT, cx)?;
    let rejected = origin.cached.as_ref().map(|given| *given != cached_bytes(&code));
    let produce = origin.produce_cached;
    let map_url = source_map_url(&code);
    let data = if produce { Some(cached_data(&code, cx)?) } else { None };
    let object = JsObject::from_proto_and_data(prototype, Record { script, code, origin, import, importer: JsValue::undefined() });
    if let Some(rejected) = rejected {
        object.create_data_property_or_throw(js_string!("cachedDataRejected"), rejected, cx)?;
    }
    if let Some(data) = data {
        object.create_data_property_or_throw(js_string!("cachedDataProduced"), true, cx)?;
        object.create_data_property_or_throw(js_string!("cachedData"), data, cx)?;
    }
    let map_url: JsValue = map_url.map_or_else(JsValue::undefined, |url| js_string!(url).into());
    object.create_data_property_or_throw(js_string!("sourceMapURL"), map_url, cx)?;
    Ok(object.into())
}

/// A script whose `import()` is that of the program, as the REPL compiles its commands.
pub(crate) fn command(code: String, filename: String, cx: &mut Context) -> JsResult<JsObject> {
    let origin = Origin { filename, ..Origin::default() };
    let script = parse(&code, &origin, None, cx)?;
    let prototype = instance_prototype(&SCRIPT, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Record { script, code, origin, import: Import::Default, importer: JsValue::undefined() }))
}

/// What the last `//# sourceMappingURL=` comment names.
fn source_map_url(code: &str) -> Option<String> {
    let at = code.rfind("//# sourceMappingURL=")?;
    let url = code[at + "//# sourceMappingURL=".len()..].lines().next()?.trim();
    (!url.is_empty()).then(|| url.to_owned())
}

/// There is no compiled code to keep: the data only tells whether it is of the same source.
fn cached_bytes(code: &str) -> Vec<u8> {
    let mut hasher = rustc_hash::FxHasher::default();
    code.hash(&mut hasher);
    let mut bytes = b"coil-cached-data".to_vec();
    bytes.extend(hasher.finish().to_le_bytes());
    bytes.extend((code.len() as u64).to_le_bytes());
    bytes
}

fn cached_data(code: &str, cx: &mut Context) -> JsResult<JsValue> {
    Ok(crate::buffer::from_slice(&cached_bytes(code), cx)?.into())
}

/// The context of an argument.
fn context_of(value: &JsValue, cx: &mut Context) -> JsResult<contexts::Record> {
    let found = match value.as_object() {
        Some(object) => contexts::of(&object, cx)?,
        None => return Err(errors::invalid_arg_type("object", "Object", value, cx)),
    };
    found.ok_or_else(|| errors::invalid_arg_type("contextifiedObject", "vm.Context", value, cx))
}

fn is_vanilla(value: &JsValue, cx: &mut Context) -> bool {
    value.as_symbol().is_some_and(|symbol| symbol == DONT_CONTEXTIFY.to_js(cx))
}

/// The object as a context: made one unless it is.
fn contextify(given: &JsValue, options: &JsValue, new_context: bool, cx: &mut Context) -> JsResult<JsObject> {
    if is_vanilla(given, cx) {
        let of = options::of_context(options, new_context, cx)?;
        return contexts::create(None, &of, cx);
    }
    let object = if given.is_undefined() { JsObject::with_object_proto(cx.intrinsics()) } else { validate::any_object(given, "contextObject", cx)? };
    if contexts::of(&object, cx)?.is_some() {
        return Ok(object);
    }
    let of = options::of_context(options, new_context, cx)?;
    contexts::create(Some(object), &of, cx)
}

/// `vm.createContext(object, options)`
fn create_context(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(contextify(args.get_or_undefined(0), args.get_or_undefined(1), false, cx)?.into())
}

fn new_context(object: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<contexts::Record> {
    let options = if options.is_object() { options.clone() } else { JsValue::undefined() };
    let context = contextify(object, &options, true, cx)?;
    context_of(&context.into(), cx)
}

/// `vm.runInContext(code, contextifiedObject, options)`
fn run_in_context(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let context = context_of(args.get_or_undefined(1), cx)?;
    run(args.get_or_undefined(0), args.get_or_undefined(2), Some(&context), cx)
}

/// `runInNewContext` as a function that can be constructed, as those of Node are that are written in JavaScript: programs do it with this
/// one, for what it returns.
fn constructible_run_in_new_context(cx: &mut Context) -> JsResult<JsValue> {
    let function = FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(run_in_new_context));
    Ok(function.name(js_string!("runInNewContext")).length(3).host_constructor(HostConstructor::Ordinary).build().into())
}

/// `vm.runInNewContext(code, object, options)`
fn run_in_new_context(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let context = new_context(args.get_or_undefined(1), args.get_or_undefined(2), cx)?;
    run(args.get_or_undefined(0), args.get_or_undefined(2), Some(&context), cx)
}

/// `vm.runInThisContext(code, options)`
fn run_in_this_context(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    run(args.get_or_undefined(0), args.get_or_undefined(1), None, cx)
}

fn run(code: &JsValue, options: &JsValue, context: Option<&contexts::Record>, cx: &mut Context) -> JsResult<JsValue> {
    let code = code.to_string(cx)?.to_std_string_lossy();
    let origin = options::of_script(options, cx)?;
    let run = if options.is_string() { options::Run::default() } else { options::of_run(options, cx)? };
    let import = options::imports(options, cx)?;
    let realm = context.map(|context| context.realm.clone());
    // What does not compile is said before the time begins.
    let script = parse(&code, &origin, realm, cx).map_err(|error| if run.hides_errors { error } else { shown(error, &origin, cx) })?;
    run.limited(cx, |cx| Record { script, code, origin, import, importer: JsValue::undefined() }.run(context, &run, cx))
}

fn is_context(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = validate::any_object(args.get_or_undefined(0), "object", cx)?;
    Ok(contexts::of(&object, cx)?.is_some().into())
}

/// `vm.compileFunction(code, params, options)`
fn compile_function(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let code = validate::string(args.get_or_undefined(0), "code", cx)?.to_std_string_lossy();
    let mut params = Vec::new();
    if !args.get_or_undefined(1).is_undefined() {
        let list = validate::array(args.get_or_undefined(1), "params", 0, cx)?;
        for (index, param) in crate::events::elements(&list, cx)?.iter().enumerate() {
            params.push(validate::string(param, &format!("params[{index}]"), cx)?.to_std_string_lossy());
        }
    }
    let given = validate::options(args.get_or_undefined(2), "options", cx)?;
    let mut origin = Origin::default();
    let (mut realm, mut extensions) = (None, Vec::new());
    if let Some(options) = given {
        origin = options::of_script(&options.clone().into(), cx)?;
        if options.get(js_string!("filename"), cx)?.is_undefined() {
            origin.filename.clear();
        }
        let parsing = options.get(js_string!("parsingContext"), cx)?;
        if !parsing.is_undefined() {
            let found = match parsing.as_object() {
                Some(object) => contexts::of(&object, cx)?,
                None => None,
            };
            let found = found.ok_or_else(|| errors::invalid_arg_type("options.parsingContext", "Context", &parsing, cx))?;
            realm = Some(found.realm.clone());
        }
        let list = options.get(js_string!("contextExtensions"), cx)?;
        if !list.is_undefined() {
            let list = validate::array(&list, "options.contextExtensions", 0, cx)?;
            for (index, extension) in crate::events::elements(&list, cx)?.iter().enumerate() {
                extensions.push(JsValue::from(validate::object(extension, &format!("options.contextExtensions[{index}]"), cx)?));
            }
        }
    }
    let params = params.join(",");
    // Each part must be whole: neither may close what stands around it.
    let checked = format!("(function ({params}\n) {{\n}})");
    parse(&checked, &origin, realm.clone(), cx)?;
    let names: Vec<String> = (0..extensions.len()).map(|index| format!("__extension{index}")).collect();
    let opened: String = names.iter().map(|name| format!("with({name}){{")).collect();
    let text = format!("(function ({}) {{{opened}return function ({params}) {{{code}\n}}{}}})", names.join(","), "}".repeat(names.len()));
    let make = parse(&text, &origin, realm, cx)?.evaluate(cx)?;
    let Some(make) = make.as_callable() else { return Ok(JsValue::undefined()) };
    let function = make.call(&JsValue::undefined(), &extensions, cx)?;
    let Some(object) = function.as_object() else { return Ok(function) };
    options::imports(args.get_or_undefined(2), cx)?.answer(&origin.filename, &function, cx)?;
    if let Some(given) = &origin.cached {
        object.create_data_property_or_throw(js_string!("cachedDataRejected"), *given != cached_bytes(&code), cx)?;
    }
    if origin.produce_cached {
        object.create_data_property_or_throw(js_string!("cachedDataProduced"), true, cx)?;
        let data = cached_data(&code, cx)?;
        object.create_data_property_or_throw(js_string!("cachedData"), data, cx)?;
    }
    let map_url: JsValue = source_map_url(&code).map_or_else(JsValue::undefined, |url| js_string!(url).into());
    object.create_data_property_or_throw(js_string!("sourceMapURL"), map_url, cx)?;
    Ok(function)
}
