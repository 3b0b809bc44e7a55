//! `--test --watch`: the files run again when something below the working directory changes.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{Host, launch::Launch, table};

use super::{
    events::Data,
    interrupt,
    run_files::{self, Asked},
    session::Session,
    tree::{Carried, Test, now_ns},
};
use crate::{
    coroutine::{Co, run},
    events, fs,
};

/// Whether the command line asks for it.
pub(super) fn is_asked(cx: &Context) -> bool {
    Host::of(cx).state::<Launch>().exec_argv.borrow().iter().any(|flag| flag == "--watch")
}

/// Runs the files, and again after each change; ends with the process.
pub(super) async fn run_again(co: &Co, first: &Rc<Test>, asked: &Rc<Asked>, files: Vec<String>) -> JsResult<()> {
    let cwd = asked.cwd.clone();
    let changes = run!(co, [] | cx | Changes::watch(&cwd, cx))?;
    let (mut root, mut files) = (first.clone(), files);
    loop {
        run_files::run_isolated(co, &root, &files, &asked.common).await?;
        run!(
            co,
            [root] | cx | {
                root.close(None, cx)?;
                root.session.forward("test:watch:drained", Data::new().done(), cx)
            }
        )?;
        let changed = run!(co, [changes] | cx | changes.next(cx));
        co.wait(changed).await?;
        // What is written in several steps is one change.
        let settled = run!(co, [] | cx | sleep(SETTLE_MS, cx));
        co.wait(settled).await?;
        changes.seen.set(false);
        files = run!(co, [asked] | cx | run_files::listed(&asked, cx));
        root = run!(co, [root, asked] | cx | again(&root, &asked, cx))?;
    }
}

const SETTLE_MS: u64 = 200;

/// A root for the next run, told of to whoever was told of the last one.
fn again(root: &Rc<Test>, asked: &Asked, cx: &mut Context) -> JsResult<Rc<Test>> {
    let session = Session::after(&root.session);
    let root = Test::root_with(&session, Some(asked.root.clone()), cx)?;
    root.started_ns.set(Some(now_ns(cx)));
    interrupt::listen(&root, cx)?;
    Ok(root)
}

fn sleep(ms: u64, cx: &mut Context) -> JsPromise {
    let (promise, settle) = JsPromise::new_pending(cx);
    let host = Host::of(cx);
    host.event_loop().timer(
        ms,
        Box::new(move |cx: &mut Context| {
            Host::of(cx).enter_with(cx, |cx| settle.resolve.call(&JsValue::undefined(), &[], cx));
        }),
    );
    promise
}

/// Whether something has changed, and who waits for it.
#[derive(Default)]
struct Changes {
    seen: Cell<bool>,
    waiting: RefCell<Option<ResolvingFunctions>>,
}

impl Changes {
    fn watch(folder: &str, cx: &mut Context) -> JsResult<Rc<Self>> {
        let changes = Rc::new(Self::default());
        let options = JsObject::with_null_proto();
        options.create_data_property_or_throw(js_string!("recursive"), true, cx)?;
        let told: JsFunction = table::closure(
            "",
            2,
            Carried(changes.clone()),
            |_, args, changes, cx| {
                let name = args.get_or_undefined(1).as_string().map(|name| name.to_std_string_lossy()).unwrap_or_default();
                if name.split('/').any(|part| part == "node_modules" || part == ".git") {
                    return Ok(JsValue::undefined());
                }
                changes.0.seen.set(true);
                let waiting = changes.0.waiting.borrow_mut().take();
                match waiting {
                    Some(waiting) => waiting.resolve.call(&JsValue::undefined(), &[], cx),
                    None => Ok(JsValue::undefined()),
                }
            },
            cx,
        );
        let module = table::instantiate(&fs::MODULE, cx)?;
        events::method(&module, "watch", &[js_string!(folder).into(), options.into(), told.into()], cx)?;
        Ok(changes)
    }

    /// Settles at the next change, at once where there was one.
    fn next(&self, cx: &mut Context) -> JsPromise {
        let (promise, settle) = JsPromise::new_pending(cx);
        if self.seen.get() {
            // A promise that nobody else has cannot refuse.
            let _ = settle.resolve.call(&JsValue::undefined(), &[], cx);
        } else {
            *self.waiting.borrow_mut() = Some(settle);
        }
        promise
    }
}
