//! The commands that begin with a dot.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::{Host, table, validate};

use super::{
    server::{self, with},
    typing,
};
use crate::{
    events,
    readline::interface::{get, put},
};

/// Runs a command; whether there is one of this name.
pub(super) fn run(server: &JsObject, keyword: &str, rest: &str, cx: &mut Context) -> JsResult<bool> {
    let commands = get(server, "commands", cx)?.to_object(cx)?;
    let command = commands.get(JsString::from(keyword), cx)?;
    let Some(command) = command.as_object() else { return Ok(false) };
    if let Some(action) = get(&command, "action", cx)?.as_callable() {
        action.call(&server.clone().into(), &[js_string!(rest).into()], cx)?;
    }
    Ok(true)
}

/// `server.defineCommand(keyword, command)`
pub(super) fn define(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let command = match args.get_or_undefined(1) {
        function if function.is_callable() => {
            let command = JsObject::with_object_proto(cx.intrinsics());
            put(&command, "action", function.clone(), cx)?;
            command
        }
        command => {
            let command = command.to_object(cx)?;
            let action = get(&command, "action", cx)?;
            validate::function(&action, "cmd.action", cx)?;
            command
        }
    };
    let commands = get(&server, "commands", cx)?.to_object(cx)?;
    let keyword = args.get_or_undefined(0).to_property_key(cx)?;
    commands.set(keyword, command, true, cx)?;
    Ok(JsValue::undefined())
}

type Action = fn(&JsObject, &str, &mut Context) -> JsResult<()>;

/// The commands of every session.
pub(super) fn define_all(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    let commands = JsObject::with_null_proto();
    put(server, "commands", commands.clone(), cx)?;
    let clear = if get(server, "useGlobal", cx)?.to_boolean() { "Alias for .break" } else { "Break, and also clear the local context" };
    let own: [(&'static str, &str, Action); 6] = [
        ("break", "Sometimes you get stuck, this gets you out", |server, _, cx| {
            events::method(server, "clearBufferedCommand", &[], cx)?;
            server::prompt(server, cx)
        }),
        ("clear", clear, |server, _, cx| {
            events::method(server, "clearBufferedCommand", &[], cx)?;
            if !get(server, "useGlobal", cx)?.to_boolean() {
                server::write(server, "Clearing context...\n", cx)?;
                events::method(server, "resetContext", &[], cx)?;
            }
            server::prompt(server, cx)
        }),
        ("exit", "Exit the REPL", |server, _, cx| events::method(server, "close", &[], cx).map(drop)),
        ("help", "Print this help message", help),
        ("save", "Save all evaluated commands in this REPL session to a file", save),
        ("load", "Load JS from a file into the REPL session", load),
    ];
    let mut all = own.to_vec();
    if get(server, "terminal", cx)?.to_boolean() {
        all.push(("editor", "Enter editor mode", edit));
    }
    for (name, text, action) in all {
        let command = JsObject::with_object_proto(cx.intrinsics());
        put(&command, "help", js_string!(text), cx)?;
        let call = table::closure(
            "action",
            1,
            Command(action),
            |this, args, command, cx| {
                let server = this.to_object(cx)?;
                let rest = args.get_or_undefined(0).as_string().map(|rest| rest.to_std_string_lossy()).unwrap_or_default();
                command.0(&server, &rest, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        put(&command, "action", call, cx)?;
        put(&commands, name, command, cx)?;
    }
    Ok(())
}

#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Command(#[unsafe_ignore_trace] Action);

fn help(server: &JsObject, _rest: &str, cx: &mut Context) -> JsResult<()> {
    let commands = get(server, "commands", cx)?.to_object(cx)?;
    let mut names: Vec<String> = commands.own_property_keys(cx)?.iter().map(|key| key.to_string()).collect();
    names.sort();
    let longest = names.iter().map(String::len).max().unwrap_or_default();
    let mut text = String::new();
    for name in names {
        let command = commands.get(JsString::from(name.as_str()), cx)?.to_object(cx)?;
        let about = get(&command, "help", cx)?;
        let line = match about.as_string() {
            Some(about) => format!(".{name}{}{}", " ".repeat(longest - name.len() + 3), about.to_std_string_lossy()),
            None => format!(".{name}"),
        };
        text += line.trim_end();
        text.push('\n');
    }
    text += "\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL\n";
    server::write(server, &text, cx)?;
    server::prompt(server, cx)
}

fn edit(server: &JsObject, _rest: &str, cx: &mut Context) -> JsResult<()> {
    typing::set_editor(server, true, cx)?;
    server::write(server, "// Entering editor mode (Ctrl+D to finish, Ctrl+C to cancel)\n", cx)
}

fn save(server: &JsObject, file: &str, cx: &mut Context) -> JsResult<()> {
    if file.is_empty() {
        server::write(server, "The \"file\" argument must be specified\n", cx)?;
        return server::prompt(server, cx);
    }
    let lines = get(server, "lines", cx)?.to_object(cx)?;
    let lines = events::elements(&lines, cx)?;
    let mut texts = Vec::new();
    for line in lines {
        texts.push(line.to_string(cx)?.to_std_string_lossy());
    }
    let text = texts.join("\n");
    let written = Host::of(cx).sys().fs().write_file(file, text.as_bytes(), coil_engine::coil_sys::fs::flags::WRITE, 0o666, false);
    let said = if written.is_ok() { format!("Session saved to: {file}\n") } else { format!("Failed to save: {file}\n") };
    server::write(server, &said, cx)?;
    server::prompt(server, cx)
}

fn load(server: &JsObject, file: &str, cx: &mut Context) -> JsResult<()> {
    if file.is_empty() {
        server::write(server, "The \"file\" argument must be specified\n", cx)?;
        return server::prompt(server, cx);
    }
    let host = Host::of(cx);
    match host.sys().fs().read_file(file) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            typing::set_editor(server, true, cx)?;
            with(server, cx, |session| session.loading.set(true))?;
            let written = events::method(server, "write", &[js_string!(text).into()], cx);
            with(server, cx, |session| session.loading.set(false))?;
            typing::set_editor(server, false, cx)?;
            written?;
            events::method(server, "write", &[js_string!("\n").into()], cx).map(drop)
        }
        Err(_) => {
            let folder = host.sys().fs().stat(file).is_ok_and(|stat| stat.is_dir());
            let said = if folder { format!("Failed to load: {file} is not a valid file\n") } else { format!("Failed to load: {file}\n") };
            server::write(server, &said, cx)?;
            server::prompt(server, cx)
        }
    }
}
