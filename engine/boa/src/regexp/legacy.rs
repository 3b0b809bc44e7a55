//! `RegExp.$1`, `RegExp.lastMatch` and their like: what matched last on this thread.
//!
//! <https://github.com/tc39/proposal-regexp-legacy-features>

use std::cell::RefCell;

use regress::NONE;

use crate::{
    Context, JsArgs, JsNativeError, JsResult, JsString, JsValue,
    builtins::{RegExp, builder::BuiltInBuilder},
    builtins::builder::BuiltInConstructorWithPrototype,
    js_string,
    string::JsStrVariant,
    native_function::NativeFunctionPointer,
    property::Attribute,
    realm::Realm,
};

/// The last match: its text, and where it and its first nine groups were.
struct Last {
    matched: JsString,
    input: JsString,
    captures: [u32; 20],
    last_group: (u32, u32),
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

pub(super) fn remember(input: &JsString, captures: &[u32]) {
    LAST.with(|last| {
        let mut last = last.borrow_mut();
        let mut kept = [NONE; 20];
        let count = captures.len().min(20);
        kept[..count].copy_from_slice(&captures[..count]);
        let last_group = if captures.len() > 2 { (captures[captures.len() - 2], captures[captures.len() - 1]) } else { (NONE, NONE) };
        match &mut *last {
            Some(last) => {
                if !is_same(&last.matched, input) {
                    last.matched = input.clone();
                }
                if !is_same(&last.input, input) {
                    last.input = input.clone();
                }
                (last.captures, last.last_group) = (kept, last_group);
            }
            None => *last = Some(Last { matched: input.clone(), input: input.clone(), captures: kept, last_group }),
        }
    });
}

/// Whether both have the same memory.
fn is_same(x: &JsString, y: &JsString) -> bool {
    match (x.as_str().variant(), y.as_str().variant()) {
        (JsStrVariant::Latin1(x), JsStrVariant::Latin1(y)) => std::ptr::eq(x, y),
        (JsStrVariant::Utf16(x), JsStrVariant::Utf16(y)) => std::ptr::eq(x, y),
        _ => false,
    }
}

fn read(part: impl FnOnce(&Last) -> (u32, u32)) -> JsString {
    LAST.with(|last| {
        let last = last.borrow();
        let Some(last) = &*last else {
            return JsString::default();
        };
        match part(last) {
            (NONE, _) | (_, NONE) => JsString::default(),
            (start, end) => last.matched.slice(start as usize, end as usize),
        }
    })
}

fn check(this: &JsValue, context: &Context) -> JsResult<()> {
    let constructor = context.intrinsics().constructors().regexp().constructor();
    match this.as_object() {
        Some(this) if this == constructor.into() => Ok(()),
        _ => Err(JsNativeError::typ().with_message("RegExp legacy property called on an object that is not RegExp").into()),
    }
}

fn last_match(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    Ok(read(|last| (last.captures[0], last.captures[1])).into())
}

fn last_paren(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    Ok(read(|last| last.last_group).into())
}

fn left_context(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    Ok(read(|last| (0, last.captures[0])).into())
}

fn right_context(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    Ok(read(|last| (last.captures[1], last.matched.len() as u32)).into())
}

fn input(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    Ok(LAST.with(|last| last.borrow().as_ref().map_or_else(JsString::default, |last| last.input.clone())).into())
}

fn set_input(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    let text = args.get_or_undefined(0).to_string(context)?;
    LAST.with(|last| {
        let mut last = last.borrow_mut();
        match &mut *last {
            Some(last) => last.input = text,
            None => *last = Some(Last { matched: JsString::default(), input: text, captures: [NONE; 20], last_group: (NONE, NONE) }),
        }
    });
    Ok(JsValue::undefined())
}

fn group<const GROUP: usize>(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    Ok(read(|last| (last.captures[2 * GROUP], last.captures[2 * GROUP + 1])).into())
}

/// Adds these properties to the constructor.
pub(crate) fn with_statics<'realm>(realm: &'realm Realm, mut regexp: BuiltInConstructorWithPrototype<'realm>) -> BuiltInConstructorWithPrototype<'realm> {
    let getter = |name: &str, function: NativeFunctionPointer| BuiltInBuilder::callable(realm, function).name(js_string!(format!("get {name}"))).build();
    let pairs: [(&str, &str, NativeFunctionPointer); 5] = [
        ("input", "$_", input),
        ("lastMatch", "$&", last_match),
        ("lastParen", "$+", last_paren),
        ("leftContext", "$`", left_context),
        ("rightContext", "$'", right_context),
    ];
    for (long, short, function) in pairs {
        for name in [long, short] {
            let set = (long == "input").then(|| BuiltInBuilder::callable(realm, set_input).name(js_string!(format!("set {name}"))).length(1).build());
            regexp = regexp.static_accessor(js_string!(name), Some(getter(name, function)), set, Attribute::CONFIGURABLE);
        }
    }
    let groups: [NativeFunctionPointer; 9] = [group::<1>, group::<2>, group::<3>, group::<4>, group::<5>, group::<6>, group::<7>, group::<8>, group::<9>];
    for (at, function) in groups.into_iter().enumerate() {
        let name = format!("${}", at + 1);
        regexp = regexp.static_accessor(js_string!(name.as_str()), Some(getter(&name, function)), None, Attribute::CONFIGURABLE);
    }
    regexp
}
