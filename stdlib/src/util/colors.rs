//! Whether and how much a terminal shows colours: `tty.WriteStream.prototype.getColorDepth` without its stream.

use boa_engine::Context;
use coil_engine::Host;

/// Bits of colour: 1, 4, 8 or 24. `env` gives a variable's value.
pub(crate) fn color_depth(env: &dyn Fn(&str) -> Option<String>) -> u8 {
    if let Some(force) = env("FORCE_COLOR") {
        return match force.as_str() {
            "" | "1" | "true" => COLORS_16,
            "2" => COLORS_256,
            "3" => COLORS_16M,
            _ => COLORS_2,
        };
    }
    let filled = |name: &str| env(name).filter(|value| !value.is_empty());
    let term = env("TERM");
    if filled("NODE_DISABLE_COLORS").is_some() || filled("NO_COLOR").is_some() || term.as_deref() == Some("dumb") {
        return COLORS_2;
    }
    if cfg!(windows) || filled("TMUX").is_some() {
        return COLORS_16M;
    }
    if env("TF_BUILD").is_some() && env("AGENT_NAME").is_some() {
        return COLORS_16;
    }
    if env("CI").is_some() {
        let known = CI.iter().find(|(name, _)| env(name).is_some()).map(|(_, depth)| *depth);
        let codeship = env("CI_NAME").as_deref() == Some("codeship");
        return known.unwrap_or(if codeship { COLORS_256 } else { COLORS_2 });
    }
    if let Some(version) = env("TEAMCITY_VERSION") {
        return if teamcity_has_colors(&version) { COLORS_16 } else { COLORS_2 };
    }
    match env("TERM_PROGRAM").as_deref() {
        Some("iTerm.app") => {
            let old = filled("TERM_PROGRAM_VERSION").is_none_or(|version| matches!(version.as_bytes(), [b'0'..=b'2', b'.', ..]));
            return if old { COLORS_256 } else { COLORS_16M };
        }
        Some("HyperTerm" | "MacTerm") => return COLORS_16M,
        Some("Apple_Terminal") => return COLORS_256,
        _ => {}
    }
    if matches!(env("COLORTERM").as_deref(), Some("truecolor" | "24bit")) {
        return COLORS_16M;
    }
    term.filter(|term| !term.is_empty()).and_then(|term| depth_of_term(&term)).unwrap_or(if filled("COLORTERM").is_some() { COLORS_16 } else { COLORS_2 })
}

/// What stands behind descriptor `fd` shows colours, or `FORCE_COLOR` says so: what `console` goes by.
pub(crate) fn fd_shows_colors(fd: i32, cx: &Context) -> bool {
    let host = Host::of(cx);
    let env = |name: &str| host.sys().env().get(name).map(|value| value.to_string_lossy().into_owned());
    (env("FORCE_COLOR").is_some() || host.sys().stdio().is_tty(fd)) && color_depth(&env) > COLORS_LEAST
}

fn depth_of_term(term: &str) -> Option<u8> {
    if term.contains("truecolor") {
        return Some(COLORS_16M);
    }
    if term.starts_with("xterm-256") {
        return Some(COLORS_256);
    }
    let term = term.to_lowercase();
    if let Some((_, depth)) = TERMS.iter().find(|(name, _)| *name == term) {
        return Some(*depth);
    }
    let within = ["ansi", "color", "linux", "direct"].iter().any(|part| term.contains(part));
    let start = ["rxvt", "screen", "xterm", "vt100", "vt220"].iter().any(|part| term.starts_with(part));
    (within || start || is_sized_console(&term)).then_some(COLORS_16)
}

/// `/^con[0-9]*x[0-9]/`
fn is_sized_console(term: &str) -> bool {
    let Some(rest) = term.strip_prefix("con") else { return false };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    matches!(rest.as_bytes(), [b'x', b'0'..=b'9', ..])
}

/// `/^(9\.(0*[1-9]\d*)\.|\d{2,}\.)/`
fn teamcity_has_colors(version: &str) -> bool {
    let Some((major, rest)) = version.split_once('.') else { return false };
    if !major.bytes().all(|c| c.is_ascii_digit()) {
        return false;
    }
    if major.len() >= 2 {
        return true;
    }
    let Some((minor, _)) = rest.split_once('.') else { return false };
    major == "9" && minor.bytes().all(|c| c.is_ascii_digit()) && minor.bytes().any(|c| c != b'0')
}

const COLORS_2: u8 = 1;
const COLORS_16: u8 = 4;
const COLORS_256: u8 = 8;
const COLORS_16M: u8 = 24;
/// More than this is colour.
pub(crate) const COLORS_LEAST: u8 = 2;

const CI: &[(&str, u8)] = &[
    ("APPVEYOR", COLORS_256),
    ("BUILDKITE", COLORS_256),
    ("CIRCLECI", COLORS_16M),
    ("DRONE", COLORS_256),
    ("GITEA_ACTIONS", COLORS_16M),
    ("GITHUB_ACTIONS", COLORS_16M),
    ("GITLAB_CI", COLORS_256),
    ("TRAVIS", COLORS_256),
];

const TERMS: &[(&str, u8)] = &[
    ("eterm", COLORS_16),
    ("cons25", COLORS_16),
    ("console", COLORS_16),
    ("cygwin", COLORS_16),
    ("dtterm", COLORS_16),
    ("gnome", COLORS_16),
    ("hurd", COLORS_16),
    ("jfbterm", COLORS_16),
    ("konsole", COLORS_16),
    ("kterm", COLORS_16),
    ("mlterm", COLORS_16),
    ("mosh", COLORS_16M),
    ("putty", COLORS_16),
    ("st", COLORS_16),
    ("rxvt-unicode-24bit", COLORS_16M),
    ("terminator", COLORS_16M),
    ("xterm-kitty", COLORS_16M),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths() {
        let of = |pairs: &'static [(&str, &str)]| color_depth(&move |name| pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned()));
        assert_eq!(of(&[]), 1);
        assert_eq!(of(&[("FORCE_COLOR", ""), ("NO_COLOR", "1")]), 4);
        assert_eq!(of(&[("FORCE_COLOR", "0")]), 1);
        assert_eq!(of(&[("TERM", "xterm-256color")]), 8);
        assert_eq!(of(&[("TERM", "xterm")]), 4);
        assert_eq!(of(&[("TERM", "dumb"), ("COLORTERM", "truecolor")]), 1);
        assert_eq!(of(&[("CI", ""), ("TRAVIS", "1")]), 8);
        assert_eq!(of(&[("TEAMCITY_VERSION", "9.1.0 (build 1)")]), 4);
        assert_eq!(of(&[("NO_COLOR", "1"), ("TERM", "xterm")]), 1);
    }
}
