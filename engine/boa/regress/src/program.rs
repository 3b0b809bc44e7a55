//! A pattern, ready to match.

use std::cell::OnceCell;

use crate::{
    Error, Flags, Scratch, Stopped,
    compile::{Code, compile},
    ir::{self, Node},
    matcher, optimizer, parse,
};

/// A compiled pattern.
#[derive(Debug)]
pub struct Program {
    pattern: ir::Regex,
    groups: usize,
    names: Vec<(Box<str>, Vec<usize>)>,
    latin1: OnceCell<Code>,
    utf16: OnceCell<Code>,
}

impl std::fmt::Debug for ir::Regex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Regex").finish_non_exhaustive()
    }
}

/// Text to match, in either of the engine's encodings.
#[derive(Debug, Clone, Copy)]
pub enum Text<'a> {
    /// One byte per unit.
    Latin1(&'a [u8]),
    /// Two bytes per unit, surrogates alone or in pairs.
    Utf16(&'a [u16]),
}

/// Whether a pattern is right.
///
/// # Errors
///
/// What is wrong with it.
pub fn check(pattern: impl Iterator<Item = u32> + Clone, flags: Flags) -> Result<(), Error> {
    parse::try_parse(pattern, flags).map(drop)
}

impl Program {
    /// Compiles a pattern, given as code points where `u` or `v` is set and as UTF-16 units where neither is.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn new(pattern: impl Iterator<Item = u32> + Clone, flags: Flags) -> Result<Self, Error> {
        let mut pattern = parse::try_parse(pattern, flags)?;
        optimizer::optimize(&mut pattern);
        let mut found = Vec::new();
        collect_groups(&pattern.node, &mut found);
        let groups = found.len();
        let mut names: Vec<(Box<str>, Vec<usize>)> = Vec::new();
        for (group, name) in found {
            let Some(name) = name else {
                continue;
            };
            match names.iter_mut().find(|(known, _)| **known == *name) {
                Some((_, groups)) => groups.push(group),
                None => names.push((name.as_str().into(), vec![group])),
            }
        }
        Ok(Self { pattern, groups, names, latin1: OnceCell::new(), utf16: OnceCell::new() })
    }

    /// How many capturing groups there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The names of groups in the order of their first use, each with the numbers (from 1) of the groups that have it.
    #[must_use]
    pub fn names(&self) -> &[(Box<str>, Vec<usize>)] {
        &self.names
    }

    /// Looks for a match that starts at `from` or, unless `sticky`, behind it. The captures are in `scratch` then.
    ///
    /// # Errors
    ///
    /// [`Stopped`] where `interrupted`, which is asked now and then, says so, or where the match would take too much memory.
    pub fn find(&self, text: Text<'_>, from: usize, sticky: bool, scratch: &mut Scratch, interrupted: &mut dyn FnMut() -> bool) -> Result<bool, Stopped> {
        let unicode = self.pattern.flags.unicode || self.pattern.flags.unicode_sets;
        match text {
            Text::Latin1(units) => {
                let code = self.latin1.get_or_init(|| compile(&self.pattern, self.groups, false));
                matcher::find::<u8, false>(code, units, from, sticky, scratch, interrupted)
            }
            Text::Utf16(units) => {
                let code = self.utf16.get_or_init(|| compile(&self.pattern, self.groups, true));
                if unicode {
                    matcher::find::<u16, true>(code, units, from, sticky, scratch, interrupted)
                } else {
                    matcher::find::<u16, false>(code, units, from, sticky, scratch, interrupted)
                }
            }
        }
    }
}

/// Numbers from 1 and names of the groups, in the order of the numbers.
fn collect_groups<'a>(node: &'a Node, found: &mut Vec<(usize, Option<&'a String>)>) {
    let mut rest = vec![node];
    while let Some(node) = rest.pop() {
        match node {
            Node::CaptureGroup { id, contents, name } => {
                found.push((usize::from(*id) + 1, name.as_ref()));
                rest.push(contents);
            }
            Node::Cat(nodes) => rest.extend(nodes),
            Node::Alt(left, right) => rest.extend([&**left, &**right]),
            Node::LookaroundAssertion { contents, .. } => rest.push(contents),
            Node::Loop { loopee, .. } | Node::Loop1CharBody { loopee, .. } => rest.push(loopee),
            _ => {}
        }
    }
    found.sort_unstable();
}
