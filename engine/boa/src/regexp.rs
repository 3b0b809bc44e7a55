//! Matching of `RegExp` objects, and the methods of `RegExp.prototype` and `String.prototype` that rest on it.
//!
//! A compiled pattern is shared by all objects of the same source and flags. As long as nothing of `RegExp.prototype` has been replaced
//! (`originals.rs`), the methods work on positions and make no array per match; otherwise they follow the specification step by step in
//! the published code, which calls back into [`exec`].

mod legacy;
mod methods;

pub(crate) use legacy::with_statics;
pub(crate) use methods::{flags, match_all_next, matches, replace, search, source, split, test};

use std::{cell::RefCell, rc::Rc};

use regress::{NONE, Program, Scratch, Stopped, Text};
use rustc_hash::FxHashMap;
use thin_vec::ThinVec;

use crate::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::{RegExp, array::Array},
    dense, js_string, limits,
    object::IndexedProperties,
    property::PropertyKey,
    string::{CodePoint, JsStrVariant},
};
use boa_parser::lexer::regex::RegExpFlags;

thread_local! {
    static PROGRAMS: RefCell<FxHashMap<(JsString, u8), Rc<Program>>> = RefCell::default();
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// How many compiled patterns a thread keeps; a program that makes patterns without end starts anew.
const PROGRAMS_MAX: usize = 1024;

/// What a matcher does between two questions whether it is to stop.
const PATIENCE_UNITS: u64 = 4096;

/// The compiled pattern.
pub(crate) fn compile(source: &JsString, flags: RegExpFlags) -> JsResult<Rc<Program>> {
    let kind = flags & (RegExpFlags::IGNORE_CASE | RegExpFlags::MULTILINE | RegExpFlags::DOT_ALL | RegExpFlags::UNICODE | RegExpFlags::UNICODE_SETS);
    let key = (source.clone(), kind.bits());
    if let Some(known) = PROGRAMS.with(|programs| programs.borrow().get(&key).cloned()) {
        return Ok(known);
    }
    let unicode = flags.intersects(RegExpFlags::UNICODE | RegExpFlags::UNICODE_SETS);
    let program = if unicode {
        Program::new(source.code_points().map(CodePoint::as_u32).collect::<Vec<_>>().into_iter(), flags.into())
    } else {
        Program::new(source.iter().map(u32::from).collect::<Vec<_>>().into_iter(), flags.into())
    };
    let program = Rc::new(program.map_err(|error| {
        JsNativeError::syntax().with_message(format!("Invalid regular expression: /{}/{}: {}", source.to_std_string_lossy(), flags, boa_parser::words::regexp(&error.text, &source.to_std_string_lossy())))
    })?);
    PROGRAMS.with(|programs| {
        let mut programs = programs.borrow_mut();
        if programs.len() >= PROGRAMS_MAX {
            programs.clear();
        }
        programs.insert(key, program.clone());
    });
    Ok(program)
}

/// Start and end of a match and of its groups, `NONE` where a group captured nothing.
pub(crate) type Captures = Vec<u32>;

/// What is needed of a `RegExp` object to match.
#[derive(Clone)]
pub(crate) struct Matcher {
    pub(crate) program: Rc<Program>,
    pub(crate) flags: RegExpFlags,
}

impl Matcher {
    /// Of a `RegExp` object; `None` of any other.
    pub(crate) fn of(object: &JsObject) -> Option<Self> {
        let regexp = object.downcast_ref::<RegExp>()?;
        Some(Self { program: regexp.matcher.clone(), flags: regexp.flags })
    }

    pub(crate) fn is_unicode(&self) -> bool {
        self.flags.intersects(RegExpFlags::UNICODE | RegExpFlags::UNICODE_SETS)
    }

    pub(crate) fn is_global(&self) -> bool {
        self.flags.contains(RegExpFlags::GLOBAL)
    }

    pub(crate) fn is_sticky(&self) -> bool {
        self.flags.contains(RegExpFlags::STICKY)
    }

    /// The match at `from` or, unless `sticky`, the first one behind it.
    pub(crate) fn find(&self, input: &JsString, from: usize, sticky: bool) -> JsResult<Option<Captures>> {
        self.find_and(input, from, sticky, <[u32]>::to_vec)
    }

    /// The same, with what `read` makes of the captures.
    pub(crate) fn find_and<R>(&self, input: &JsString, from: usize, sticky: bool, read: impl FnOnce(&[u32]) -> R) -> JsResult<Option<R>> {
        if from > input.len() {
            return Ok(None);
        }
        let text = match input.as_str().variant() {
            JsStrVariant::Latin1(units) => Text::Latin1(units),
            JsStrVariant::Utf16(units) => Text::Utf16(units),
        };
        SCRATCH.with(|scratch| {
            let scratch = &mut *scratch.borrow_mut();
            limits::charge(1)?;
            let mut stopped = None;
            let mut is_stopped = || {
                stopped = limits::charge(PATIENCE_UNITS).err();
                stopped.is_some()
            };
            match self.program.find(text, from, sticky, scratch, &mut is_stopped) {
                Ok(true) => {
                    let captures = scratch.captures();
                    limits::charge_bytes(u64::from(captures[1]).saturating_sub(from as u64))?;
                    legacy::remember(input, captures);
                    Ok(Some(read(captures)))
                }
                Ok(false) => limits::charge_bytes((input.len() - from) as u64).map(|()| None),
                Err(Stopped::Interrupted) if stopped.is_some() => Err(stopped.expect("just seen")),
                Err(Stopped::Interrupted | Stopped::TooManyChoices) => Err(JsNativeError::range().with_message("Maximum call stack size exceeded").into()),
            }
        })
    }
}

/// Whether `object` has the `lastIndex` that it was made with and nothing more, and its prototype is that of the realm.
pub(crate) fn is_plain(object: &JsObject, context: &Context) -> bool {
    object.borrow().shape().to_addr_usize() == context.intrinsics().templates().regexp().shape().to_addr_usize()
}

/// Whether the methods may work on positions: `object` is plain, and `RegExp.prototype` what it was.
pub(crate) fn is_original(object: &JsObject, context: &Context) -> bool {
    is_plain(object, context) && context.realm().originals().regexp_holds()
}

pub(crate) fn last_index(object: &JsObject, context: &mut Context) -> JsResult<u64> {
    if is_plain(object, context)
        && let Some(index) = object.borrow().properties().storage[0].as_i32()
    {
        return Ok(u64::try_from(index).unwrap_or(0));
    }
    object.get(js_string!("lastIndex"), context)?.to_length(context)
}

pub(crate) fn set_last_index(object: &JsObject, index: u64, context: &mut Context) -> JsResult<()> {
    if is_plain(object, context) {
        object.borrow_mut().properties_mut().storage[0] = JsValue::new(index);
        return Ok(());
    }
    object.set(js_string!("lastIndex"), index, true, context).map(drop)
}

/// `RegExpBuiltinExec`, up to the match.
pub(crate) fn exec_captures(object: &JsObject, matcher: &Matcher, input: &JsString, context: &mut Context) -> JsResult<Option<Captures>> {
    let from = last_index(object, context)?;
    let keeps_place = matcher.is_global() || matcher.is_sticky();
    let from = if keeps_place { from } else { 0 };
    let found = if from > input.len() as u64 { None } else { matcher.find(input, from as usize, matcher.is_sticky())? };
    if keeps_place {
        set_last_index(object, found.as_ref().map_or(0, |captures| u64::from(captures[1])), context)?;
    }
    Ok(found)
}

/// `RegExpBuiltinExec ( R, S )`, <https://tc39.es/ecma262/#sec-regexpbuiltinexec>
pub(crate) fn exec(object: &JsObject, input: &JsString, context: &mut Context) -> JsResult<Option<JsObject>> {
    let Some(matcher) = Matcher::of(object) else {
        return Err(JsNativeError::typ().with_message("Receiver is not a RegExp").into());
    };
    match exec_captures(object, &matcher, input, context)? {
        Some(captures) => Ok(Some(match_object(&matcher, input, &captures, context))),
        None => Ok(None),
    }
}

/// `RegExpExec ( R, S )`, <https://tc39.es/ecma262/#sec-regexpexec>
pub(crate) fn exec_any(object: &JsObject, input: JsString, context: &mut Context) -> JsResult<Option<JsObject>> {
    if is_original(object, context) {
        return exec(object, &input, context);
    }
    let method = object.get(js_string!("exec"), context)?;
    if let Some(method) = method.as_callable() {
        let result = method.call(&object.clone().into(), &[input.into()], context)?;
        if !result.is_object() && !result.is_null() {
            return Err(JsNativeError::typ().with_message("RegExp exec method returned something other than an Object or null").into());
        }
        return Ok(result.as_object());
    }
    exec(object, &input, context)
}

/// The part of `input` that a pair of registers names.
pub(crate) fn part(input: &JsString, captures: &[u32], group: usize) -> Option<JsString> {
    let (start, end) = (captures[2 * group], captures[2 * group + 1]);
    (start != NONE && end != NONE).then(|| input.slice(start as usize, end as usize))
}

fn part_value(input: &JsString, captures: &[u32], group: usize) -> JsValue {
    part(input, captures, group).map_or_else(JsValue::undefined, JsValue::from)
}

/// The groups by name; `undefined` where the pattern names none.
pub(crate) fn named_groups(matcher: &Matcher, captures: &[u32], value: impl Fn(usize) -> JsValue) -> JsValue {
    let names = matcher.program.names();
    if names.is_empty() {
        return JsValue::undefined();
    }
    let groups = JsObject::with_null_proto();
    for (name, numbers) in names {
        let group = numbers.iter().find(|group| captures[2 * **group] != NONE);
        let value = group.map_or_else(JsValue::undefined, |group| value(*group));
        let data = crate::property::PropertyDescriptor::builder().value(value).writable(true).enumerable(true).configurable(true);
        groups.borrow_mut().insert(PropertyKey::from(js_string!(&**name)), data);
    }
    groups.into()
}

/// The array that `exec` gives.
fn match_object(matcher: &Matcher, input: &JsString, captures: &[u32], context: &Context) -> JsObject {
    let count = captures.len() / 2;
    let parts: ThinVec<JsValue> = (0..count).map(|group| part_value(input, captures, group)).collect();
    let groups = named_groups(matcher, captures, |group| part_value(input, captures, group));
    let mut storage = vec![JsValue::new(count), JsValue::new(captures[0]), JsValue::from(input.clone()), groups];
    let originals = context.realm().originals();
    let template = if matcher.flags.contains(RegExpFlags::HAS_INDICES) {
        storage.push(indices(matcher, captures, context).into());
        &originals.matched_with_indices
    } else {
        &originals.matched
    };
    template.create_with_indexed_properties(Array, storage, IndexedProperties::from_dense_js_value(parts))
}

/// `MakeMatchIndicesIndexPairArray`
fn indices(matcher: &Matcher, captures: &[u32], context: &Context) -> JsObject {
    let pair = |group: usize| match (captures[2 * group], captures[2 * group + 1]) {
        (NONE, _) | (_, NONE) => JsValue::undefined(),
        (start, end) => dense::array([JsValue::new(start), JsValue::new(end)].into_iter().collect(), context).into(),
    };
    let pairs: Vec<JsValue> = (0..captures.len() / 2).map(pair).collect();
    let groups = named_groups(matcher, captures, |group| pairs[group].clone());
    let array = Array::create_array_from_list(pairs, context);
    let data = crate::property::PropertyDescriptor::builder().value(groups).writable(true).enumerable(true).configurable(true);
    array.borrow_mut().insert(PropertyKey::from(js_string!("groups")), data);
    array
}

/// `AdvanceStringIndex`
pub(crate) fn advance(input: &JsString, index: usize, unicode: bool) -> usize {
    if unicode && index < input.len() { index + input.code_point_at(index).code_unit_count() } else { index + 1 }
}
