//! `junit`: XML as CI systems read it, written when the run is over.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::Host;

use super::{Reporter, tap::text};
use crate::util::inspect::{self, Options};

/// Gathers the tree; indices into `nodes` are its links.
pub(super) struct Junit {
    nodes: Vec<Node>,
    roots: Vec<usize>,
    current: Option<usize>,
    hostname: String,
}

#[derive(Default)]
struct Node {
    tag: &'static str,
    name: String,
    attributes: Vec<(&'static str, String)>,
    nesting: u64,
    parent: Option<usize>,
    children: Vec<usize>,
    comment: Option<String>,
    text: Option<String>,
    failures: usize,
    skips: usize,
}

impl Junit {
    pub(super) fn new(cx: &Context) -> Self {
        let hostname = Host::of(cx).sys().os().hostname();
        Self { nodes: Vec::new(), roots: Vec::new(), current: None, hostname }
    }

    fn start(&mut self, name: String, nesting: u64) {
        let index = self.nodes.len();
        self.nodes.push(Node { name, nesting, parent: self.current, ..Node::default() });
        match self.current {
            Some(parent) => self.nodes[parent].children.push(index),
            None => self.roots.push(index),
        }
        self.current = Some(index);
    }

    fn child(&mut self, parent: usize, node: Node) {
        let index = self.nodes.len();
        self.nodes.push(node);
        self.nodes[parent].children.push(index);
    }

    fn verdict(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<()> {
        let name = text(data, "name", cx)?;
        let nesting = data.get(js_string!("nesting"), cx)?.to_length(cx)?;
        if self.current.is_none() {
            self.start("root".to_owned(), 0);
        }
        let matches = self.current.is_some_and(|at| self.nodes[at].name == name && self.nodes[at].nesting == nesting);
        if !matches {
            self.start(name, nesting);
        }
        let Some(at) = self.current else { return Ok(()) };
        if self.nodes[at].nesting == nesting {
            self.current = self.nodes[at].parent;
        }
        let details = data.get(js_string!("details"), cx)?.to_object(cx)?;
        let duration = details.get(js_string!("duration_ms"), cx)?.as_number().unwrap_or(0.0);
        let mut attributes = vec![("time", format!("{:.6}", duration / 1000.0))];
        let children: Vec<usize> = self.nodes[at].children.iter().copied().filter(|child| self.nodes[*child].comment.is_none()).collect();
        if !children.is_empty() {
            let failures = children.iter().filter(|child| self.nodes[**child].failures > 0).count();
            let skips = children.iter().filter(|child| self.nodes[**child].skips > 0).count();
            self.nodes[at].tag = "testsuite";
            self.nodes[at].failures = failures;
            self.nodes[at].skips = skips;
            attributes.extend([("disabled", "0".to_owned()), ("errors", "0".to_owned()), ("tests", children.len().to_string())]);
            attributes.extend([("failures", failures.to_string()), ("skipped", skips.to_string()), ("hostname", self.hostname.clone())]);
            self.nodes[at].attributes = attributes;
            return Ok(());
        }
        self.nodes[at].tag = "testcase";
        attributes.push(("classname", "test".to_owned()));
        if data.get(js_string!("file"), cx)?.to_boolean() {
            attributes.push(("file", text(data, "file", cx)?));
        }
        for (key, kind) in [("skip", "skipped"), ("todo", "todo")] {
            let value = data.get(JsString::from(key), cx)?;
            if value.to_boolean() {
                let attributes = vec![("type", kind.to_owned()), ("message", value.to_string(cx)?.to_std_string_lossy())];
                self.child(at, Node { tag: "skipped", attributes, nesting: nesting + 1, ..Node::default() });
                self.nodes[at].skips += 1;
            }
        }
        if kind == "test:fail" {
            let error = details.get(js_string!("error"), cx)?;
            let get = |key: &'static str, cx: &mut Context| -> JsResult<JsValue> {
                match error.as_object() {
                    Some(error) => error.get(JsString::from(key), cx),
                    None => Ok(JsValue::undefined()),
                }
            };
            let mut kind = get("failureType", cx)?;
            if !kind.to_boolean() {
                kind = get("code", cx)?;
            }
            let message = get("message", cx)?;
            let message = if message.is_null_or_undefined() { String::new() } else { message.to_string(cx)?.to_std_string_lossy() };
            let options = Options { break_length: f64::INFINITY, ..Options::default() };
            let shown = inspect::inspect(&error, &options, cx)?.to_std_string_lossy();
            let failure = vec![("type", kind.to_string(cx)?.to_std_string_lossy()), ("message", message.trim().to_owned())];
            self.child(at, Node { tag: "failure", attributes: failure, nesting: nesting + 1, text: Some(shown), ..Node::default() });
            self.nodes[at].failures = 1;
            attributes.push(("failure", message));
        }
        self.nodes[at].attributes = attributes;
        Ok(())
    }

    fn write(&self, index: usize, out: &mut String) {
        let node = &self.nodes[index];
        let indent = "\t".repeat(node.nesting as usize + 1);
        if let Some(comment) = &node.comment {
            *out += &format!("{indent}<!-- {} -->\n", comment.replace("--", "&#45;&#45;"));
            return;
        }
        let named = matches!(node.tag, "testcase" | "testsuite").then(|| format!("name=\"{}\" ", attribute(&node.name))).unwrap_or_default();
        let list: Vec<String> = node.attributes.iter().map(|(key, value)| format!("{key}=\"{}\"", attribute(value))).collect();
        let head = format!("{indent}<{} {named}{}", node.tag, list.join(" "));
        if node.children.is_empty() && node.text.is_none() {
            *out += &format!("{head}/>\n");
            return;
        }
        *out += &format!("{head}>\n");
        if let Some(text) = &node.text {
            *out += &format!("{}\n", content(text));
        }
        for child in &node.children {
            self.write(*child, out);
        }
        *out += &format!("{indent}</{}>\n", node.tag);
    }
}

impl Reporter for Junit {
    fn begin(&mut self) -> String {
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites>\n".to_owned()
    }

    fn event(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<String> {
        match kind {
            "test:start" => {
                let nesting = data.get(js_string!("nesting"), cx)?.to_length(cx)?;
                self.start(text(data, "name", cx)?, nesting);
            }
            "test:pass" | "test:fail" => self.verdict(kind, data, cx)?,
            "test:diagnostic" => {
                let node = Node { nesting: data.get(js_string!("nesting"), cx)?.to_length(cx)?, comment: Some(text(data, "message", cx)?), ..Node::default() };
                match self.current {
                    Some(at) => self.child(at, node),
                    None => {
                        self.roots.push(self.nodes.len());
                        self.nodes.push(node);
                    }
                }
            }
            _ => {}
        }
        Ok(String::new())
    }

    fn end(&mut self, _cx: &mut Context) -> JsResult<String> {
        let mut out = String::new();
        for root in &self.roots {
            self.write(*root, &mut out);
        }
        Ok(out + "</testsuites>\n")
    }
}

/// Character references stay.
fn content(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '&' => {
                let rest = &text[at + 1..];
                let digits = rest.strip_prefix('#').and_then(|rest| rest.split_once(';')).is_some_and(|(digits, _)| (1..=7).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
                out.push_str(if digits { "&" } else { "&amp;" });
            }
            '<' => out.push_str("&lt;"),
            c => out.push(c),
        }
    }
    out
}

fn attribute(text: &str) -> String {
    content(&text.replace('\n', "&#10;").replace('"', "&quot;")).replace("&amp;quot;", "&quot;")
}
