//! `console.time` and its kin.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsMap},
};
use coil_engine::Host;

use super::{methods::label, streams::call};

/// `console.time`
pub(super) fn time(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let label = label(args.get_or_undefined(0), cx)?;
    let times = times(&console, cx)?;
    if times.has(label.clone(), cx)?.to_boolean() {
        return warn(format!("Label '{}' already exists for console.time()", label.to_std_string_lossy()), cx);
    }
    let now = Host::of(cx).sys().clock().monotonic_ns();
    let pair = JsArray::from_iter([JsValue::from((now / NS_PER_S) as f64), JsValue::from((now % NS_PER_S) as f64)], cx);
    times.set(label, pair, cx)?;
    Ok(JsValue::undefined())
}

/// `console.timeEnd`
pub(super) fn time_end(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let label = label(args.get_or_undefined(0), cx)?;
    report(&console, &label, "console.timeEnd()", &[], cx)?;
    times(&console, cx)?.delete(label, cx)?;
    Ok(JsValue::undefined())
}

/// `console.timeLog`
pub(super) fn time_log(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let label = label(args.get_or_undefined(0), cx)?;
    report(&console, &label, "console.timeLog()", args.get(1..).unwrap_or_default(), cx)?;
    Ok(JsValue::undefined())
}

fn times(console: &JsObject, cx: &mut Context) -> JsResult<JsMap> {
    let times = console.get(js_string!("_times"), cx)?.to_object(cx)?;
    JsMap::from_object(times)
}

fn report(console: &JsObject, label: &JsString, method: &str, data: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let started = times(console, cx)?.get(label.clone(), cx)?;
    let Some(started) = started.as_object() else {
        return warn(format!("No such label '{}' for {method}", label.to_std_string_lossy()), cx).map(drop);
    };
    let seconds = started.get(0, cx)?.to_number(cx)?;
    let nanos = started.get(1, cx)?.to_number(cx)?;
    let now = Host::of(cx).sys().clock().monotonic_ns();
    let elapsed_ms = ((now / NS_PER_S) as f64 - seconds) * 1000.0 + ((now % NS_PER_S) as f64 - nanos) / 1e6;
    let mut args = vec![js_string!("%s: %s").into(), label.clone().into(), JsString::from(shown(elapsed_ms)).into()];
    args.extend_from_slice(data);
    call(console, "log", &args, cx)?;
    Ok(())
}

fn warn(text: String, cx: &mut Context) -> JsResult<JsValue> {
    crate::events::emit_warning(JsString::from(text).into(), cx)?;
    Ok(JsValue::undefined())
}

/// `formatTime`: `1.234ms`, `1.234s`, `1:02.345 (m:ss.mmm)`, `1:02:03.456 (h:mm:ss.mmm)`
pub(crate) fn shown(mut ms: f64) -> String {
    let (mut hours, mut minutes, mut seconds) = (0.0, 0.0, 0.0);
    if ms >= SECOND_MS {
        if ms >= MINUTE_MS {
            if ms >= HOUR_MS {
                hours = (ms / HOUR_MS).floor();
                ms %= HOUR_MS;
            }
            minutes = (ms / MINUTE_MS).floor();
            ms %= MINUTE_MS;
        }
        seconds = ms / SECOND_MS;
    }
    if hours != 0.0 || minutes != 0.0 {
        let text = format!("{seconds:.3}");
        let (seconds, millis) = text.split_once('.').unwrap_or((&text, "000"));
        let (head, unit) = if hours == 0.0 { (format!("{minutes}"), "") } else { (format!("{hours}:{minutes:0>2}"), "h:m") };
        return format!("{head}:{seconds:0>2}.{millis} ({unit}m:ss.mmm)");
    }
    if seconds != 0.0 {
        return format!("{seconds:.3}s");
    }
    let rounded: f64 = format!("{ms:.3}").parse().unwrap_or(ms);
    format!("{rounded}ms")
}

const NS_PER_S: u64 = 1_000_000_000;
const SECOND_MS: f64 = 1000.0;
const MINUTE_MS: f64 = 60.0 * SECOND_MS;
const HOUR_MS: f64 = 60.0 * MINUTE_MS;

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn durations() {
        assert_eq!(shown(100.0), "100ms");
        assert_eq!(shown(100.0471), "100.047ms");
        assert_eq!(shown(1000.327), "1.000s");
        assert_eq!(shown(60_000.0), "1:00.000 (m:ss.mmm)");
        assert_eq!(shown(600_000.0), "10:00.000 (m:ss.mmm)");
        assert_eq!(shown(3_600_000.0), "1:00:00.000 (h:mm:ss.mmm)");
        assert_eq!(shown(8_100_000.0), "2:15:00.000 (h:mm:ss.mmm)");
    }
}
