//! The methods of `RegExp.prototype`: each has a way over positions for plain regular expressions, and hands all others to the published
//! code.

use regress::NONE;
use thin_vec::ThinVec;

use super::{Captures, Matcher, advance, exec_any, exec_captures, is_original, last_index, named_groups, part, part_value, set_last_index};
use crate::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::{RegExp, iterable::create_iter_result_object, regexp::RegExpStringIterator},
    dense, js_string,
    string::{JsStr, JsStrVariant},
    text::Text,
};
use boa_parser::lexer::regex::RegExpFlags;

/// The receiver, its matcher and the text, where the way over positions may be taken.
fn original(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<Option<(JsObject, Matcher, JsString)>> {
    let Some(object) = this.as_object() else {
        return Ok(None);
    };
    let Some(matcher) = Matcher::of(&object) else {
        return Ok(None);
    };
    // A string needs no conversion, so nothing can change meanwhile.
    match args.first().and_then(JsValue::as_string) {
        Some(text) if is_original(&object, context) => Ok(Some((object, matcher, text))),
        _ => Ok(None),
    }
}

/// `RegExp.prototype.test ( S )`
pub(crate) fn test(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some((object, matcher, text)) = original(this, args, context)? else {
        return RegExp::test(this, args, context);
    };
    let keeps_place = matcher.is_global() || matcher.is_sticky();
    let from = if keeps_place { last_index(&object, context)? } else { 0 };
    let end = if from > text.len() as u64 { None } else { matcher.find_and(&text, from as usize, matcher.is_sticky(), |captures| captures[1])? };
    if keeps_place {
        set_last_index(&object, end.map_or(0, u64::from), context)?;
    }
    Ok(end.is_some().into())
}

/// `RegExp.prototype [ %Symbol.match% ] ( string )`
pub(crate) fn matches(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some((object, matcher, text)) = original(this, args, context)? else {
        return RegExp::r#match(this, args, context);
    };
    if !matcher.is_global() {
        let found = super::exec(&object, &text, context)?;
        return Ok(found.map_or_else(JsValue::null, JsValue::from));
    }
    let mut parts = ThinVec::new();
    each_match(&object, &matcher, &text, context, |captures| {
        parts.extend(part(&text, captures, 0).map(JsValue::from));
    })?;
    Ok(if parts.is_empty() { JsValue::null() } else { dense::array(parts, context).into() })
}

/// All matches of a global regular expression, from the start.
fn each_match(object: &JsObject, matcher: &Matcher, text: &JsString, context: &mut Context, mut take: impl FnMut(&[u32])) -> JsResult<()> {
    let mut from = 0;
    loop {
        let found = matcher.find_and(text, from, matcher.is_sticky(), |captures| {
            take(captures);
            (captures[0], captures[1])
        })?;
        let Some((start, end)) = found else {
            return set_last_index(object, 0, context);
        };
        from = end as usize;
        if start == end {
            from = advance(text, from, matcher.is_unicode());
        }
    }
}

/// `RegExp.prototype [ %Symbol.search% ] ( string )`
pub(crate) fn search(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some((_, matcher, text)) = original(this, args, context)? else {
        return RegExp::search(this, args, context);
    };
    let start = matcher.find_and(&text, 0, matcher.is_sticky(), |captures| captures[0])?;
    Ok(start.map_or_else(|| JsValue::new(-1), JsValue::new))
}

/// `RegExp.prototype [ %Symbol.split% ] ( string, limit )`
pub(crate) fn split(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let limit = args.get_or_undefined(1);
    let found = if limit.is_undefined() || limit.is_number() { original(this, args, context)? } else { None };
    let Some((_, matcher, text)) = found.filter(|_| context.realm().originals().regexp_species_holds()) else {
        return RegExp::split(this, args, context);
    };
    let limit = if limit.is_undefined() { u32::MAX } else { limit.to_u32(context)? } as usize;
    let mut parts = ThinVec::new();
    if limit == 0 {
        return Ok(dense::array(parts, context).into());
    }
    if text.is_empty() {
        if matcher.find(&text, 0, true)?.is_none() {
            parts.push(text.into());
        }
        return Ok(dense::array(parts, context).into());
    }
    // The splitter of the specification is sticky and tried at every place; looking for the next match comes to the same.
    let (mut from, mut start) = (0, 0);
    while from < text.len() {
        let Some(captures) = matcher.find(&text, from, false)? else {
            break;
        };
        let (at, end) = (captures[0] as usize, captures[1] as usize);
        if at >= text.len() {
            break;
        }
        if end == start {
            from = advance(&text, at.max(from), matcher.is_unicode());
            continue;
        }
        parts.push(text.slice(start, at).into());
        if parts.len() == limit {
            return Ok(dense::array(parts, context).into());
        }
        for group in 1..captures.len() / 2 {
            parts.push(part_value(&text, &captures, group));
            if parts.len() == limit {
                return Ok(dense::array(parts, context).into());
            }
        }
        (from, start) = (end, end);
    }
    parts.push(text.slice(start, text.len()).into());
    Ok(dense::array(parts, context).into())
}

/// `RegExp.prototype [ %Symbol.replace% ] ( string, replaceValue )`
pub(crate) fn replace(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let by = args.get_or_undefined(1);
    let function = by.as_callable();
    let found = if function.is_some() || by.is_string() { original(this, args, context)? } else { None };
    let Some((object, matcher, text)) = found else {
        return RegExp::replace(this, args, context);
    };

    let mut all: Captures = Vec::new();
    let width = 2 * (matcher.program.groups() + 1);
    if matcher.is_global() {
        each_match(&object, &matcher, &text, context, |captures| all.extend_from_slice(captures))?;
    } else if let Some(captures) = exec_captures(&object, &matcher, &text, context)? {
        all = captures;
    }
    if all.is_empty() {
        return Ok(text.into());
    }

    let template = match function {
        Some(_) => None,
        None => Some(Template::read(&by.to_string(context)?, &matcher)),
    };
    let mut result = Text::with_capacity(text.len());
    let mut behind = 0;
    for captures in all.chunks(width) {
        let (start, end) = (captures[0] as usize, captures[1] as usize);
        result.part(&text, behind, start);
        match (&function, &template) {
            (Some(function), _) => {
                let made = call(function, &matcher, &text, captures, context)?;
                result.string(&made);
            }
            (None, Some(template)) => template.write(&text, captures, &mut result),
            (None, None) => {}
        }
        result.check_length()?;
        behind = end;
    }
    result.part(&text, behind, text.len());
    Ok(result.into_string()?.into())
}

fn call(function: &JsObject, matcher: &Matcher, text: &JsString, captures: &[u32], context: &mut Context) -> JsResult<JsString> {
    let mut args = Vec::with_capacity(captures.len() / 2 + 3);
    args.extend((0..captures.len() / 2).map(|group| part_value(text, captures, group)));
    args.push(captures[0].into());
    args.push(text.clone().into());
    let groups = named_groups(matcher, captures, |group| part_value(text, captures, group));
    if !groups.is_undefined() {
        args.push(groups);
    }
    function.call(&JsValue::undefined(), &args, context)?.to_string(context)
}

/// A replacement text taken apart.
struct Template {
    pieces: Vec<Piece>,
}

enum Piece {
    Literal(JsString),
    Whole,
    Before,
    After,
    Group(usize),
    /// Any of these groups.
    Named(Vec<usize>),
}

impl Template {
    /// `GetSubstitution`, <https://tc39.es/ecma262/#sec-getsubstitution>
    fn read(text: &JsString, matcher: &Matcher) -> Self {
        let groups = matcher.program.groups();
        let mut pieces = Vec::new();
        let (mut start, mut at) = (0, 0);
        let unit = |at: usize| text.code_unit_at(at).and_then(|unit| char::from_u32(u32::from(unit)));
        while at < text.len() {
            if unit(at) != Some('$') {
                at += 1;
                continue;
            }
            let (piece, length) = match unit(at + 1) {
                Some('$') => (Piece::Literal(js_string!("$")), 2),
                Some('&') => (Piece::Whole, 2),
                Some('`') => (Piece::Before, 2),
                Some('\'') => (Piece::After, 2),
                Some(first) if first.is_ascii_digit() => {
                    let first = first.to_digit(10).unwrap_or(0) as usize;
                    let second = unit(at + 2).and_then(|digit| digit.to_digit(10)).map(|digit| 10 * first + digit as usize);
                    match second {
                        Some(number) if (1..=groups).contains(&number) => (Piece::Group(number), 3),
                        _ if (1..=groups).contains(&first) => (Piece::Group(first), 2),
                        _ => {
                            at += 1;
                            continue;
                        }
                    }
                }
                Some('<') if !matcher.program.names().is_empty() => {
                    let Some(end) = (at + 2..text.len()).find(|at| unit(*at) == Some('>')) else {
                        at += 1;
                        continue;
                    };
                    let name = text.slice(at + 2, end).to_std_string_lossy();
                    let numbers = matcher.program.names().iter().find(|(known, _)| **known == *name);
                    (Piece::Named(numbers.map(|(_, numbers)| numbers.clone()).unwrap_or_default()), end + 1 - at)
                }
                _ => {
                    at += 1;
                    continue;
                }
            };
            if start < at {
                pieces.push(Piece::Literal(text.slice(start, at)));
            }
            pieces.push(piece);
            at += length;
            start = at;
        }
        if start < text.len() {
            pieces.push(Piece::Literal(text.slice(start, text.len())));
        }
        Self { pieces }
    }

    fn write(&self, text: &JsString, captures: &[u32], result: &mut Text) {
        let mut group = |number: usize, result: &mut Text| {
            let (start, end) = (captures[2 * number], captures[2 * number + 1]);
            if start != NONE && end != NONE {
                result.part(text, start as usize, end as usize);
            }
        };
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => result.string(literal),
                Piece::Whole => group(0, result),
                Piece::Before => result.part(text, 0, captures[0] as usize),
                Piece::After => result.part(text, captures[1] as usize, text.len()),
                Piece::Group(number) => group(*number, result),
                Piece::Named(numbers) => {
                    if let Some(number) = numbers.iter().find(|number| captures[2 * **number] != NONE) {
                        group(*number, result);
                    }
                }
            }
        }
    }
}

/// `get RegExp.prototype.flags`
pub(crate) fn flags(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object()
        && let Some(matcher) = Matcher::of(&object)
        && is_original(&object, context)
    {
        return Ok(js_string!(matcher.flags.to_string()).into());
    }
    RegExp::get_flags(this, args, context)
}

/// `EscapeRegExpPattern ( P, F )`: a source that a literal can have, and that means the same.
pub(crate) fn source(pattern: &JsString) -> JsString {
    if pattern.is_empty() {
        return js_string!("(?:)");
    }
    let needs_care = |unit: u16| matches!(unit, 0x2F | 0x0A | 0x0D | 0x2028 | 0x2029);
    let is_plain = match pattern.as_str().variant() {
        JsStrVariant::Latin1(units) => !units.iter().any(|unit| needs_care(u16::from(*unit))),
        JsStrVariant::Utf16(units) => !units.iter().any(|unit| needs_care(*unit)),
    };
    if is_plain {
        return pattern.clone();
    }
    let mut escaped: Vec<u16> = Vec::with_capacity(pattern.len() + 8);
    let (mut behind_backslash, mut in_class) = (false, false);
    for unit in pattern.iter() {
        let was_behind_backslash = behind_backslash;
        behind_backslash = unit == 0x5C && !was_behind_backslash;
        let escape = match unit {
            0x0A => Some("\\n"),
            0x0D => Some("\\r"),
            0x2028 => Some("\\u2028"),
            0x2029 => Some("\\u2029"),
            _ => None,
        };
        match (escape, unit) {
            // A backslash before a line end stands already.
            (Some(escape), _) => escaped.extend(escape.encode_utf16().skip(usize::from(was_behind_backslash))),
            (None, 0x2F) if !was_behind_backslash && !in_class => escaped.extend([0x5C, 0x2F]),
            (None, unit) => {
                if !was_behind_backslash {
                    in_class = unit == 0x5B || in_class && unit != 0x5D;
                }
                escaped.push(unit);
            }
        }
    }
    if pattern.as_str().is_latin1() && escaped.iter().all(|unit| *unit < 256) {
        let bytes: Vec<u8> = escaped.iter().map(|unit| *unit as u8).collect();
        return JsString::from(JsStr::latin1(&bytes));
    }
    JsString::from(&escaped[..])
}

/// `%RegExpStringIteratorPrototype%.next ( )`: the published code holds the iterator while a program's code runs.
pub(crate) fn match_all_next(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object().filter(JsObject::is::<RegExpStringIterator>);
    let Some(object) = object else {
        return Err(JsNativeError::typ().with_message("`this` is not a RegExpStringIterator").into());
    };
    let state = object.downcast_ref::<RegExpStringIterator>().map(|iterator| (iterator.matcher.clone(), iterator.string.clone(), iterator.global, iterator.unicode, iterator.completed));
    let Some((matcher, text, global, unicode, false)) = state else {
        return Ok(create_iter_result_object(JsValue::undefined(), true, context));
    };
    let found = exec_any(&matcher, text.clone(), context)?;
    if found.is_none() || !global {
        if let Some(mut iterator) = object.downcast_mut::<RegExpStringIterator>() {
            iterator.completed = true;
        }
    }
    let Some(found) = found else {
        return Ok(create_iter_result_object(JsValue::undefined(), true, context));
    };
    if global && found.get(0, context)?.to_string(context)?.is_empty() {
        let index = matcher.get(js_string!("lastIndex"), context)?.to_length(context)?;
        let next = if index < text.len() as u64 { advance(&text, index as usize, unicode) as u64 } else { index + 1 };
        matcher.set(js_string!("lastIndex"), next, true, context)?;
    }
    Ok(create_iter_result_object(found.into(), false, context))
}
