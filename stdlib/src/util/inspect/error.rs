//! Errors: the stack, improved by what the object says of itself.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey};
use coil_engine::Host;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Formatter, Plan, Style, Text, UNMEASURED, names::prefix};

impl Formatter {
    /// `formatError`: the text of an error; properties that the stack shows leave the list of keys.
    pub(super) fn error_base(&mut self, object: &JsObject, plan: &mut Plan, cx: &mut Context) -> JsResult<Text> {
        let Ok(stack) = self.stack_text(object, cx) else {
            return Ok("[object Error]".into());
        };
        let message = object.get(js_string!("message"), cx).ok();
        let name = object.get(js_string!("name"), cx).ok();
        if !self.options.show_hidden && !plan.keys.is_empty() {
            let is = |key: &PropertyKey, name: &str| matches!(key, PropertyKey::String(key) if *key == name);
            let said = |value: &Option<JsValue>| match value {
                None => false,
                Some(value) => value.as_string().is_none_or(|text| stack.find(Text::from_js(&text).as_bytes()).is_some()),
            };
            let (message_said, name_said) = (said(&message), said(&name));
            plan.keys.retain(|key| !(is(key, "stack") || message_said && is(key, "message") || name_said && is(key, "name")));
        }
        let name = name.filter(|name| !name.is_null_or_undefined()).unwrap_or_else(|| js_string!("Error").into());
        for key in ["cause", "errors"] {
            let key = PropertyKey::from(JsString::from(key));
            if plan.keys.contains(&key) {
                continue;
            }
            let wanted = match &key {
                PropertyKey::String(name) if *name == "errors" => object.get(key.clone(), cx).is_ok_and(|errors| errors.as_object().is_some_and(|errors| errors.is_array())),
                _ => true,
            };
            if wanted && object.has_own_property(key.clone(), cx)? {
                plan.keys.push(key);
            }
        }
        let stack = improved(stack, plan.constructor.as_ref(), &name, &plan.tag, cx)?;
        let text = self.laid_out(object, &stack, message.as_ref(), cx)?;
        Ok(text.indented(self.indentation))
    }

    /// The stack with its frames shortened and coloured; in brackets when it has none.
    fn laid_out(&mut self, object: &JsObject, stack: &Text, message: Option<&JsValue>, cx: &mut Context) -> JsResult<Text> {
        let message = message.and_then(JsValue::as_string).filter(|message| !message.is_empty());
        // A message may itself look like frames.
        let after = message.map_or(0, |message| {
            let message = Text::from_js(&message);
            match stack.find(message.as_bytes()) {
                // Node takes position 0 for none.
                Some(0) | None => 0,
                Some(at) => at + message.as_bytes().len(),
            }
        });
        let Some(start) = stack.find_from(b"\n    at", after) else {
            let mut text = Text::from("[");
            text.push(stack);
            text.push_ascii(b']');
            return Ok(text);
        };
        let mut text = stack.slice(0, start);
        let frames = stack.slice(start + 1, stack.as_bytes().len());
        for line in self.frames(object, &frames, cx)? {
            text.push_ascii(b'\n');
            let line = if self.options.colors { self.colored_frame(line, cx)? } else { line };
            text.push(&line);
        }
        Ok(text)
    }

    /// `getStackString`
    fn stack_text(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<Text> {
        let stack = object.get(js_string!("stack"), cx).unwrap_or_default();
        if let Some(stack) = stack.as_string()
            && !stack.is_empty()
        {
            let stack = Text::from_js(&stack);
            if !stack.as_bytes().starts_with(b"    at ") {
                return Ok(stack);
            }
            // An engine whose stacks are frames alone.
            let mut text = header(object, cx)?;
            text.push_ascii(b'\n');
            text.push(&stack);
            return Ok(text);
        }
        let mut text = header(object, cx)?;
        if stack.to_boolean() {
            self.seen.push(object.clone());
            self.indentation += 4;
            let shown = self.value(&stack, UNMEASURED, false, cx);
            self.indentation -= 4;
            self.seen.pop();
            text.push_str("\n    ");
            text.push(&shown?);
        }
        Ok(text)
    }

    /// `getStackFrames`: without what the cause shows again, and without repetitions.
    fn frames(&mut self, object: &JsObject, stack: &Text, cx: &mut Context) -> JsResult<Vec<Text>> {
        let mut frames = split_lines(stack);
        let cause = object.get(js_string!("cause"), cx).ok().and_then(|cause| cause.as_object());
        if let Some(cause) = cause
            && self.known.is_error(&cause, cause.kind())
        {
            let cause = self.stack_text(&cause, cx)?;
            if let Some(start) = cause.find(b"\n    at") {
                let others = split_lines(&cause.slice(start + 1, cause.as_bytes().len()));
                if let Some((len, at)) = identical_range(&frames, &others) {
                    let skipped = len - 2;
                    let note = format!("    ... {skipped} lines matching cause stack trace ...");
                    let note = self.styled(note.into(), Style::Undefined, cx)?;
                    frames.splice(at + 1..at + 1 + skipped, [note]);
                }
            }
        }
        if frames.len() > REPETITIONS_FROM {
            for (at, len, times) in repeated_ranges(&frames).into_iter().rev() {
                let note = format!("    ... collapsed {} duplicate lines matching above {}", len * times, if times > 1 { format!("{len} lines {times} times...") } else { "lines ...".to_owned() });
                let note = self.styled(note.into(), Style::Undefined, cx)?;
                frames.splice(at..at + len * times, [note]);
            }
        }
        Ok(frames)
    }

    /// A frame with its package underlined, and grey where it is not the user's own.
    fn colored_frame(&mut self, line: Text, cx: &mut Context) -> JsResult<Text> {
        if is_core_frame(&line, cx) {
            return self.styled(line, Style::Undefined, cx);
        }
        let line = self.mark_packages(line, cx)?;
        let Some(cwd) = Host::of(cx).sys().cwd().ok() else { return Ok(line) };
        let cwd = cwd.to_string_lossy().into_owned();
        if let Some(marked) = self.mark_cwd(&line, &cwd, cx)? {
            return Ok(marked);
        }
        let url = crate::util::file_href(&cwd);
        Ok(self.mark_cwd(&line, &url, cx)?.unwrap_or(line))
    }

    fn mark_packages(&mut self, line: Text, cx: &mut Context) -> JsResult<Text> {
        let bytes = line.as_bytes().to_vec();
        let mut made = Text::new();
        let mut last = 0;
        let mut from = 0;
        while let Some(at) = line.find_from(b"node_modules", from) {
            let before = if at == 0 { 0 } else { bytes[at - 1] };
            let after = bytes.get(at + 12).copied().unwrap_or(0);
            if !matches!(before, b'/' | b'\\') || !matches!(after, b'/' | b'\\') {
                from = at + 1;
                continue;
            }
            let start = at + 13;
            made.push_bytes(&bytes[last..start]);
            let mut end = line.find_from(&[before], start);
            if bytes.get(start) == Some(&b'@') {
                end = end.and_then(|end| line.find_from(&[before], end + 1));
            }
            let end = end.unwrap_or(bytes.len());
            let package = self.styled(line.slice(start, end), Style::Module, cx)?;
            made.push(&package);
            last = end;
            from = end;
        }
        if last == 0 {
            return Ok(line);
        }
        made.push_bytes(&bytes[last..]);
        Ok(made)
    }

    /// The directory that the process runs in, in grey.
    fn mark_cwd(&mut self, line: &Text, cwd: &str, cx: &mut Context) -> JsResult<Option<Text>> {
        let Some(mut at) = line.find(cwd.as_bytes()) else { return Ok(None) };
        let bytes = line.as_bytes();
        let mut len = cwd.len();
        if at >= 7 && &bytes[at - 7..at] == b"file://" {
            len += 7;
            at -= 7;
        }
        let open = at > 0 && bytes[at - 1] == b'(';
        let start = if open { at - 1 } else { at };
        let closed = open && bytes.ends_with(b")");
        let end = if closed { bytes.len() - 1 } else { bytes.len() };
        let middle = (at + len + 1).min(bytes.len());
        let mut text = line.slice(0, start);
        let grey = self.styled(line.slice(start, middle), Style::Undefined, cx)?;
        text.push(&grey);
        text.push_bytes(&bytes[middle.min(end)..end]);
        if closed {
            let close = self.styled(")".into(), Style::Undefined, cx)?;
            text.push(&close);
        }
        Ok(Some(text))
    }
}

/// `    at f (node:module:1:2)`
fn is_core_frame(line: &Text, cx: &Context) -> bool {
    let line = line.to_string_lossy();
    let Some(rest) = line.strip_prefix("    at ") else { return false };
    let rest = match rest.find("node:") {
        Some(0) => &rest[5..],
        Some(at) if rest[..at].ends_with(" (") && !rest[..at - 2].contains(['/', '\\', '(']) => &rest[at + 5..],
        _ => return false,
    };
    let rest = rest.strip_suffix(')').unwrap_or(rest);
    let mut parts = rest.rsplitn(3, ':');
    let digits = |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit()));
    if !digits(parts.next()) || !digits(parts.next()) {
        return false;
    }
    parts.next().is_some_and(|name| INTERNAL.contains(&name) || Host::of(cx).builtin(name).is_some())
}

/// Files of Node's own that frames name.
const INTERNAL: [&str; 13] = [
    "internal/encoding",
    "internal/main/check_syntax",
    "internal/main/eval_stdin",
    "internal/main/eval_string",
    "internal/main/run_main_module",
    "internal/main/worker_thread",
    "internal/modules/cjs/loader",
    "internal/modules/esm/load",
    "internal/modules/esm/loader",
    "internal/modules/esm/resolve",
    "internal/process/per_thread",
    "internal/process/task_queues",
    "internal/timers",
];

/// `Error.prototype.toString`
fn header(object: &JsObject, cx: &mut Context) -> JsResult<Text> {
    let mut part = |key: &str, otherwise: &str| -> JsResult<JsString> {
        let value = object.get(JsString::from(key), cx)?;
        if value.is_undefined() { Ok(JsString::from(otherwise)) } else { value.to_string(cx) }
    };
    let name = part("name", "Error")?;
    let message = part("message", "")?;
    let mut text = Text::from_js(&name);
    if !name.is_empty() && !message.is_empty() {
        text.push_str(": ");
    }
    text.push_js(message.as_str());
    Ok(text)
}

/// `improveStack`: the class's own name in place of `Error`.
fn improved(stack: Text, constructor: Option<&Text>, name: &JsValue, tag: &Text, cx: &mut Context) -> JsResult<Text> {
    let mut stack = stack;
    let is_string = name.is_string();
    let name = Text::from_js(&name.to_string(cx)?);
    if !is_string && let Some(at) = stack.find(name.as_bytes()) {
        let said = prefix(constructor, tag, "Error", "");
        let mut text = stack.slice(0, at + name.as_bytes().len());
        text.push_str(" [");
        text.push_bytes(&said.as_bytes()[..said.as_bytes().len() - 1]);
        text.push_ascii(b']');
        text.push_bytes(&stack.as_bytes()[at + name.as_bytes().len()..]);
        stack = text;
    }
    let mut len = name.as_bytes().len();
    let named = is_string && name.as_bytes().ends_with(b"Error") && stack.as_bytes().starts_with(name.as_bytes()) && matches!(stack.as_bytes().get(len), None | Some(b':' | b'\n'));
    if constructor.is_some() && !named {
        return Ok(stack);
    }
    let mut fallback = "Error".to_owned();
    if constructor.is_none() {
        let found = leading_name(&stack);
        len = found.len();
        if !found.is_empty() {
            fallback = found;
        }
    }
    let said = prefix(constructor, tag, &fallback, "");
    let said = said.slice(0, said.as_bytes().len() - 1);
    if said == name {
        return Ok(stack);
    }
    let mut text = said.clone();
    if said.find(name.as_bytes()).is_some() {
        if len == 0 {
            text.push_str(": ");
        }
    } else {
        text.push_str(" [");
        text.push(&name);
        text.push_ascii(b']');
    }
    text.push_bytes(&stack.as_bytes()[len..]);
    Ok(text)
}

/// What looks like an error's name at the start: before a colon or the first frame, or the whole of it where it ends with `Error`.
fn leading_name(stack: &Text) -> String {
    let text = stack.to_string_lossy();
    let head = |c: char| c.is_ascii_alphanumeric() || "_ []()-".contains(c);
    if text.starts_with(|c: char| c.is_ascii_uppercase()) {
        let most = 1 + text[1..].find(|c: char| !head(c)).unwrap_or(text.len() - 1);
        for end in (2..=most).rev() {
            if text[end..].starts_with(':') || text[end..].starts_with("\n    at") {
                return text[..end].to_owned();
            }
        }
    }
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if plain && text.ends_with("Error") { text.into_owned() } else { String::new() }
}

fn split_lines(text: &Text) -> Vec<Text> {
    text.as_bytes()
        .split(|byte| *byte == b'\n')
        .map(|line| {
            let mut text = Text::with_capacity(line.len());
            text.push_bytes(line);
            text
        })
        .collect()
}

/// The first run of more than three lines of `a` that is in `b` too: its length and where it starts in `a`.
fn identical_range(a: &[Text], b: &[Text]) -> Option<(usize, usize)> {
    for at in 0..a.len().saturating_sub(3) {
        let Some(other) = b.iter().position(|line| *line == a[at]) else { continue };
        let rest = b.len() - other;
        if rest > 3 {
            let most = rest.min(a.len() - at);
            let len = 1 + (1..most).take_while(|step| a[at + step] == b[other + step]).count();
            if len > 3 {
                return Some((len, at));
            }
        }
    }
    None
}

/// Runs of frames that repeat what stands right before them: (start, length, times), in order.
fn repeated_ranges(frames: &[Text]) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    let mut places: FxHashMap<&Text, Vec<usize>> = FxHashMap::default();
    for (index, frame) in frames.iter().enumerate() {
        places.entry(frame).or_default().push(index);
    }
    if frames.len() - places.len() <= REPEATED_MIN {
        return found;
    }
    let mut at = 0;
    while at + REPEATED_MIN < frames.len() {
        match repetition(frames, &places[&frames[at]], at) {
            Some((len, times)) => {
                found.push((at + len, len, times));
                at += len * (times + 1);
            }
            None => at += 1,
        }
    }
    found
}

/// How long the block at `at` is and how often it comes again at once.
fn repetition(frames: &[Text], places: &[usize], at: usize) -> Option<(usize, usize)> {
    let next = places.iter().position(|place| *place == at)? + 1;
    let last = *places.last()?;
    if next >= places.len() {
        return None;
    }
    let mut len = last - at;
    if len < REPEATED_MIN {
        return None;
    }
    let mut others: Vec<usize> = Vec::new();
    if next + 1 < places.len() {
        // The greatest common divisor of the distances tends to be the block's length.
        let mut divisor = 0;
        let mut seen = FxHashSet::default();
        for place in &places[next..] {
            let mut distance = place - at;
            while distance != 0 {
                if divisor != 0 && seen.insert(divisor) {
                    others.push(divisor);
                }
                let remainder = divisor % distance;
                divisor = distance;
                distance = remainder;
            }
            if divisor == 1 {
                break;
            }
        }
        len = divisor;
        others.retain(|other| *other != len);
    }
    let (mut best_len, mut best_times) = (len, 0);
    let mut times = 0;
    let mut start = at + len;
    loop {
        let same = (0..len).all(|step| frames.get(at + step).is_some() && frames.get(at + step) == frames.get(start + step));
        if same {
            times += 1;
            start += len;
            continue;
        }
        let Some(other) = others.pop() else { break };
        if times != 0 && best_len * best_times < len * times {
            best_len = len;
            best_times = times;
        }
        len = other;
        start = at + len;
        times = 0;
    }
    if best_times != 0 && best_len * best_times >= len * times {
        len = best_len;
        times = best_times;
    }
    (times * len >= REPEATED_MIN).then_some((len, times))
}

/// Stacks longer than this are searched for repetitions.
const REPETITIONS_FROM: usize = 10;
/// Fewer lines than this are not worth a note.
const REPEATED_MIN: usize = 3;
