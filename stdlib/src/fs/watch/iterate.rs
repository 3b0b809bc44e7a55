//! `fs.promises.watch`: changes as an async iterator.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, builtins::promise::ResolvingFunctions, js_string, object::builtins::JsPromise};
use coil_engine::{errors, op::thrown_value, table, validate};

use super::{
    boolean, encoding, failed,
    hub::{Watch, Wish},
    ignore::Ignore,
};
use crate::{
    coroutine::{self, Exit, Generating, run},
    events,
    fs::arguments::path,
};

/// Changes that were not asked for yet, and the promise that waits for one.
#[derive(Default)]
struct Queue {
    changes: RefCell<VecDeque<Result<JsValue, JsValue>>>,
    waiting: RefCell<Option<ResolvingFunctions>>,
}

impl Queue {
    fn wake(&self, cx: &mut Context) -> JsResult<()> {
        let waiting = self.waiting.borrow_mut().take();
        match waiting {
            Some(waiting) => waiting.resolve.call(&JsValue::undefined(), &[], cx).map(drop),
            None => Ok(()),
        }
    }
}

/// `fsPromises.watch(filename[, options])`: nothing happens, and nothing is checked, before the first `next()`.
pub(in crate::fs) fn watch(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (file, options) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    Ok(coroutine::generator(cx, |co| body(co, file, options))?.into())
}

/// What the options ask for.
struct Wanted {
    wish: Wish,
    most: usize,
    overflow: bool,
    signal: Option<JsObject>,
}

fn read(file: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<Wanted> {
    let file = path(file, "path", cx)?;
    let options = if options.is_undefined() { JsObject::with_null_proto() } else { validate::object(options, "options", cx)? };
    let persistent = boolean(&options, "persistent", true, cx)?;
    let recursive = boolean(&options, "recursive", false, cx)?;
    let most = options.get(js_string!("maxQueue"), cx)?;
    let most = if most.is_undefined() { QUEUE_MAX } else { validate::safe_integer(&most, "options.maxQueue", cx)?.max(0.0) as usize };
    let overflow = options.get(js_string!("overflow"), cx)?;
    let overflow = !overflow.is_undefined() && validate::one_of(&overflow, "options.overflow", &["ignore", "error"], cx)? == js_string!("error");
    let signal = options.get(js_string!("signal"), cx)?;
    let signal = validate::abort_signal(&signal, "options.signal", cx)?;
    let ignore = options.get(js_string!("ignore"), cx)?;
    let ignore = Ignore::read(&ignore, "options.ignore", cx)?;
    let encoding = encoding(&options, cx)?;
    if let Some(signal) = &signal
        && signal.get(js_string!("aborted"), cx)?.to_boolean()
    {
        return Err(aborted(signal, cx)?);
    }
    Ok(Wanted { wish: Wish { path: file, persistent, recursive, encoding, ignore }, most, overflow, signal })
}

/// Node's default of `maxQueue`.
const QUEUE_MAX: usize = 2048;

fn aborted(signal: &JsObject, cx: &mut Context) -> JsResult<boa_engine::JsError> {
    let reason = signal.get(js_string!("reason"), cx)?;
    Ok(errors::abort(None, Some(reason), cx))
}

async fn body(co: Generating, file: JsValue, options: JsValue) -> Result<JsValue, Exit> {
    let wanted = run!(co, [file, options] | cx | read(&file, &options, cx))?;
    let queue = Rc::new(Queue::default());
    let (signal, most, overflow, wish) = (wanted.signal, wanted.most, wanted.overflow, wanted.wish);
    let told = queue.clone();
    let watch = co
        .run(move |cx| {
            let tell = Rc::new(move |kind: super::hub::Kind, name, cx: &mut Context| take(&told, kind.name(), name, most, overflow, cx));
            Watch::start(wish, tell, cx).or_else(|error| Err(failed(error, "watch", cx)?))
        })
        .await?;
    let on_abort = match &signal {
        Some(signal) => {
            let (signal, queue, watch) = (signal.clone(), queue.clone(), watch.clone());
            Some(co.run(move |cx| listen(&signal, queue, watch, cx)).await?)
        }
        None => None,
    };
    let result = changes(&co, &queue, signal.as_ref()).await;
    run!(co, [watch] | cx | watch.close(cx));
    if let (Some(signal), Some(on_abort)) = (signal, on_abort) {
        run!(co, [signal, on_abort] | cx | events::off_abort(&signal, &on_abort, cx))?;
    }
    result
}

/// An aborted signal ends the watch and wakes who waits.
fn listen(signal: &JsObject, queue: Rc<Queue>, watch: Rc<Watch>, cx: &mut Context) -> JsResult<boa_engine::object::builtins::JsFunction> {
    #[derive(boa_gc::Trace, boa_gc::Finalize)]
    struct Held(#[unsafe_ignore_trace] Rc<Queue>, #[unsafe_ignore_trace] Rc<Watch>);
    let on_abort = table::closure(
        "",
        0,
        Held(queue, watch),
        |_, _, held, cx| {
            held.1.close(cx);
            held.0.wake(cx).map(|()| JsValue::undefined())
        },
        cx,
    );
    events::on_abort(signal, &on_abort, cx)?;
    Ok(on_abort)
}

fn take(queue: &Queue, kind: &'static str, name: JsValue, most: usize, overflow: bool, cx: &mut Context) -> JsResult<()> {
    if queue.changes.borrow().len() < most {
        let change = change(js_string!(kind).into(), name, cx)?;
        queue.changes.borrow_mut().push_back(Ok(change));
    } else if overflow {
        let error = thrown_value(errors::fs_watch_queue_overflow(most, cx), cx);
        let mut changes = queue.changes.borrow_mut();
        changes.clear();
        changes.push_back(Err(error));
    } else {
        return events::emit_warning(js_string!("fs.watch maxQueue exceeded").into(), cx);
    }
    queue.wake(cx)
}

/// `{ eventType, filename }` without prototype.
pub(super) fn change(kind: JsValue, name: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let change = JsObject::with_null_proto();
    change.create_data_property_or_throw(js_string!("eventType"), kind, cx)?;
    change.create_data_property_or_throw(js_string!("filename"), name, cx)?;
    Ok(change.into())
}

async fn changes(co: &Generating, queue: &Rc<Queue>, signal: Option<&JsObject>) -> Result<JsValue, Exit> {
    loop {
        if let Some(signal) = signal {
            let error = run!(co, [signal] | cx | if signal.get(js_string!("aborted"), cx)?.to_boolean() { aborted(&signal, cx).map(Some) } else { Ok(None) })?;
            if let Some(error) = error {
                return Err(error.into());
            }
        }
        let next = queue.changes.borrow_mut().pop_front();
        match next {
            Some(Ok(change)) => {
                co.give(change).await?;
            }
            Some(Err(error)) => return Err(boa_engine::JsError::from_opaque(error).into()),
            None => {
                let promise = run!(
                    co,
                    [queue] | cx | {
                        let (promise, resolvers) = JsPromise::new_pending(cx);
                        *queue.waiting.borrow_mut() = Some(resolvers);
                        promise
                    }
                );
                co.wait(promise).await?;
            }
        }
    }
}
