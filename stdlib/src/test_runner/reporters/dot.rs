//! `dot`: a dot for what passes, an X for what fails, then what failed in full.

use boa_engine::{Context, JsObject, JsResult, js_string};

use super::{Reporter, spec};

pub(super) struct Dot {
    colors: spec::Colors,
    count: u64,
    columns: u64,
    failed: Vec<JsObject>,
}

impl Dot {
    pub(super) fn new(cx: &mut Context) -> JsResult<Self> {
        Ok(Self { colors: spec::Colors::of_stdout(cx)?, count: 0, columns: columns(cx)?, failed: Vec::new() })
    }
}

/// How many fit on a line.
fn columns(cx: &mut Context) -> JsResult<u64> {
    let stdout = crate::process::object(cx)?.get(js_string!("stdout"), cx)?.to_object(cx)?;
    let columns = stdout.get(js_string!("columns"), cx)?.as_number().unwrap_or(COLUMNS_MIN as f64);
    Ok((columns as u64).max(COLUMNS_MIN))
}

impl Reporter for Dot {
    fn event(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<String> {
        let spec::Colors { red, green, reset, .. } = self.colors;
        let mut out = match kind {
            "test:pass" => format!("{green}.{reset}"),
            "test:fail" => {
                self.failed.push(data.clone());
                format!("{red}X{reset}")
            }
            _ => return Ok(String::new()),
        };
        self.count += 1;
        if self.count == self.columns {
            out.push('\n');
            self.columns = columns(cx)?;
            self.count = 0;
        }
        Ok(out)
    }

    fn end(&mut self, cx: &mut Context) -> JsResult<String> {
        let mut out = "\n".to_owned();
        if !self.failed.is_empty() {
            let spec::Colors { red, white, .. } = self.colors;
            out += &format!("\n{red}Failed tests:{white}\n\n");
            for data in std::mem::take(&mut self.failed) {
                out += &spec::report("test:fail", &data, Some(""), "", self.colors, cx)?;
            }
        }
        Ok(out)
    }
}

const COLUMNS_MIN: u64 = 20;
