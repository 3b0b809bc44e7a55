//! `--run`: a script of the nearest `package.json`, run by the shell in place of coil
//! (<https://nodejs.org/api/cli.html#--run>).

use std::ffi::OsString;

use coil_modules::files::dirname;
use coil_sys::{
    Sys,
    child::{Command, pair},
};

/// Runs the script called `name` with `args` behind it. Comes back only with what went wrong.
pub(crate) fn run(name: &str, args: &[String], sys: &Sys) -> String {
    let cwd = sys.cwd().map(|cwd| cwd.to_string_lossy().into_owned()).unwrap_or_default();
    let Some((manifest, text)) = nearest(&cwd, sys) else { return format!("Can't find package.json for directory {cwd}\n") };
    let script = match coil_modules::package_script(&text, name) {
        Ok(script) => script,
        Err(problem) => return problem.shown(name, &manifest),
    };
    let folder = dirname(&manifest).to_owned();
    let words: String = args.iter().map(|arg| format!(" {}", quoted(arg))).collect();
    let mut command = Command::new(OsString::from("/bin/sh"));
    command.args = ["sh", "-c"].map(OsString::from).into_iter().chain([OsString::from(script + &words)]).collect();
    let path = search_path(&cwd, sys);
    for (key, value) in sys.env().list() {
        if key != "PATH" {
            command.env.push(pair(&key, &value));
        }
    }
    for (key, value) in [("PATH", path.as_str()), ("NODE_RUN_SCRIPT_NAME", name), ("NODE_RUN_PACKAGE_JSON_PATH", manifest.as_str())] {
        command.env.push(pair(key.as_ref(), value.as_ref()));
    }
    if let Err(error) = sys.chdir(folder.as_str()) {
        return format!("{}\n", error.message());
    }
    format!("{}\n", sys.process().become_program(command).message())
}

/// The nearest manifest, from `folder` up, and its text.
fn nearest(folder: &str, sys: &Sys) -> Option<(String, String)> {
    let mut folder = folder;
    loop {
        let path = if folder == "/" { "/package.json".to_owned() } else { format!("{folder}/package.json") };
        if let Ok(bytes) = sys.fs().read_file(path.as_str()) {
            return Some((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
        if folder == "/" {
            return None;
        }
        folder = dirname(folder);
    }
}

/// PATH with every `node_modules/.bin` there is from `folder` up before it.
fn search_path(folder: &str, sys: &Sys) -> String {
    let mut parts = Vec::new();
    let mut folder = folder;
    loop {
        let bin = format!("{}/node_modules/.bin", folder.trim_end_matches('/'));
        if sys.fs().stat(bin.as_str()).is_ok_and(|stat| stat.is_dir()) {
            parts.push(bin);
        }
        if folder == "/" {
            break;
        }
        folder = dirname(folder);
    }
    parts.extend(sys.env().get("PATH").map(|path| path.to_string_lossy().into_owned()));
    parts.join(":")
}

/// An argument as one word of the shell.
fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
