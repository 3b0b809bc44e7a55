//! From the tree of a pattern to instructions, for one of the two encodings.

use crate::{
    case,
    first::{First, is_anchored, of_sequence, shortest},
    insn::MAX_CHAR_SET_LENGTH,
    ir::{AnchorType, Node, Regex},
    types::BracketContents,
};

/// An instruction. Addresses are indices into [`Code::ops`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    /// The next unit is this one.
    Unit(u16),
    /// The next units are a part of [`Code::units`].
    Units { start: u32, len: u32 },
    /// The next character is in a set.
    Set(u32),
    Any,
    NotNewline,
    /// Goes on at `go`; when that fails, at `or`. Where the next unit shows that a branch must fail, it is not tried: `guards` is an
    /// index into [`Code::guards`] or [`UNGUARDED`].
    Split { go: u32, or: u32, guards: u32 },
    Jump(u32),
    /// Remembers the position in a register.
    Open(u32),
    /// The group captures what lies between the position and that register.
    Close { group: u32, register: u32 },
    /// Groups `from..to` have captured nothing.
    Clear { from: u32, to: u32 },
    LineStart { multiline: bool },
    LineEnd { multiline: bool },
    Word { invert: bool, icase: bool },
    BackReference { group: u32, icase: bool },
    /// The instructions behind this one up to an [`Op::Accept`] match at the position, or do not; goes on at `then`.
    Look { behind: bool, negate: bool, then: u32, from: u32, to: u32 },
    Accept,
    /// A loop over one character.
    Repeat(u32),
    /// Starts a loop; its body follows.
    Loop(u32),
    /// The end of a loop's body.
    Again(u32),
    Fail,
}

pub(crate) const UNGUARDED: u32 = u32::MAX;

/// A loop over one character.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repeat {
    pub(crate) one: One,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) greedy: bool,
    /// Giving characters back cannot help.
    pub(crate) keeps: bool,
    /// What must follow begins with one of these units.
    pub(crate) next: Option<u16>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum One {
    Unit(u16),
    Set(u32),
    Any,
    NotNewline,
}

/// A loop with a count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loop {
    /// Here the count is; behind it, where the iteration started.
    pub(crate) register: u32,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) greedy: bool,
    pub(crate) body: u32,
    pub(crate) exit: u32,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// A set of characters.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) low: [u64; 4],
    /// From 256 on: sorted, disjoint.
    pub(crate) high: Box<[(u32, u32)]>,
}

impl Set {
    #[inline(always)]
    pub(crate) fn has(&self, c: u32) -> bool {
        if c < 256 { self.low[c as usize / 64] >> (c % 64) & 1 == 1 } else { self.has_high(c) }
    }

    fn has_high(&self, c: u32) -> bool {
        let after = self.high.partition_point(|(first, _)| *first <= c);
        after > 0 && c <= self.high[after - 1].1
    }
}

/// How to find places where a match can start.
#[derive(Debug)]
pub(crate) enum Start {
    Anywhere,
    /// At the start of the text only.
    Text,
    Unit(u16),
    /// These bytes, of Latin-1 text.
    Literal(Box<memchr::memmem::Finder<'static>>),
    First(Box<First>),
}

#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) ops: Vec<Op>,
    pub(crate) units: Vec<u16>,
    pub(crate) sets: Vec<Set>,
    pub(crate) guards: Vec<(First, First)>,
    pub(crate) repeats: Vec<Repeat>,
    pub(crate) loops: Vec<Loop>,
    /// Two for the whole match and each group, then those of loops and open groups.
    pub(crate) registers: usize,
    pub(crate) groups: usize,
    pub(crate) start: Start,
    /// Case folds as with `u`.
    pub(crate) folds_unicode: bool,
}

pub(crate) fn compile(pattern: &Regex, groups: usize, wide: bool) -> Code {
    let unicode = pattern.flags.unicode || pattern.flags.unicode_sets;
    let mut compiler = Compiler {
        code: Code {
            ops: Vec::new(),
            units: Vec::new(),
            sets: Vec::new(),
            guards: Vec::new(),
            repeats: Vec::new(),
            loops: Vec::new(),
            registers: 2 * (groups + 1),
            groups,
            start: Start::Anywhere,
            folds_unicode: pattern.flags.unicode,
        },
        wide,
        unicode,
        behind: false,
    };
    compiler.code.start = compiler.start(&pattern.node);
    compiler.node(&pattern.node, &[]);
    compiler.emit(Op::Accept);
    compiler.code
}

struct Compiler {
    code: Code,
    wide: bool,
    unicode: bool,
    /// In a lookbehind, where the text is read from right to left.
    behind: bool,
}

impl Compiler {
    fn emit(&mut self, op: Op) -> u32 {
        self.code.ops.push(op);
        self.code.ops.len() as u32 - 1
    }

    fn here(&self) -> u32 {
        self.code.ops.len() as u32
    }

    fn start(&self, node: &Node) -> Start {
        if is_anchored(node, 0) {
            return Start::Text;
        }
        let mut literal = Vec::new();
        leading_literal(node, &mut literal, 0);
        if !self.wide && literal.len() > 1 && literal.iter().all(|c| *c < 256) {
            let bytes: Vec<u8> = literal.iter().map(|c| *c as u8).collect();
            return Start::Literal(Box::new(memchr::memmem::Finder::new(&bytes).into_owned()));
        }
        if let Some(c) = literal.first().filter(|c| **c < 0xD800) {
            return Start::Unit(*c as u16);
        }
        match of_sequence([node]) {
            Some(first) if first != First::ALL => Start::First(Box::new(first)),
            _ => Start::Anywhere,
        }
    }

    /// `after`: what follows in the same sequence, nearest first; used to see what cannot match.
    fn node(&mut self, node: &Node, after: &[&Node]) {
        match node {
            Node::Empty => {}
            Node::Goal => {
                self.emit(Op::Accept);
            }
            Node::Char { c } => self.char(*c),
            Node::CharSet(chars) => self.chars(chars),
            Node::Bracket(contents) => {
                let op = self.bracket(contents);
                self.emit(op);
            }
            Node::MatchAny => {
                self.emit(Op::Any);
            }
            Node::MatchAnyExceptLineTerminator => {
                self.emit(Op::NotNewline);
            }
            Node::Cat(nodes) => self.sequence(nodes, after),
            Node::Alt(..) => self.alternatives(node, after),
            Node::Anchor { anchor_type, multiline } => {
                self.emit(match anchor_type {
                    AnchorType::StartOfLine => Op::LineStart { multiline: *multiline },
                    AnchorType::EndOfLine => Op::LineEnd { multiline: *multiline },
                });
            }
            Node::WordBoundary { invert, unicode_icase } => {
                self.emit(Op::Word { invert: *invert, icase: *unicode_icase });
            }
            Node::CaptureGroup { id, contents, .. } => {
                let register = self.register(1);
                self.emit(Op::Open(register));
                self.node(contents, after);
                self.emit(Op::Close { group: u32::from(*id) + 1, register });
            }
            Node::BackRef { group, icase } => {
                self.emit(Op::BackReference { group: *group, icase: *icase });
            }
            Node::StringSet { alternatives, icase } => self.strings(alternatives, *icase),
            Node::LookaroundAssertion { negate, backwards, start_group, end_group, contents } => {
                let look = self.emit(Op::Fail);
                let was_behind = std::mem::replace(&mut self.behind, *backwards);
                self.node(contents, &[]);
                self.emit(Op::Accept);
                self.behind = was_behind;
                let then = self.here();
                let (from, to) = (u32::from(*start_group) + 1, u32::from(*end_group) + 1);
                self.code.ops[look as usize] = Op::Look { behind: *backwards, negate: *negate, then, from, to };
            }
            Node::Loop1CharBody { loopee, quant } => self.repeat(loopee, quant.min, quant.max, quant.greedy, after),
            Node::Loop { loopee, quant, enclosed_groups } => {
                let groups = (u32::from(enclosed_groups.start) + 1, u32::from(enclosed_groups.end) + 1);
                self.looped(loopee, quant.min, quant.max, quant.greedy, groups, after);
            }
            // The forms for bytes are not made for this engine.
            Node::ByteSequence(bytes) => {
                for byte in bytes {
                    self.char(u32::from(*byte));
                }
            }
            Node::ByteSet(bytes) => self.chars(&bytes.iter().map(|byte| u32::from(*byte)).collect::<Vec<_>>()),
        }
    }

    fn register(&mut self, count: usize) -> u32 {
        self.code.registers += count;
        (self.code.registers - count) as u32
    }

    fn sequence(&mut self, nodes: &[Node], after: &[&Node]) {
        let mut at = 0;
        while at < nodes.len() {
            let run = nodes[at..].iter().take_while(|node| self.is_plain_char(node)).count();
            if run > 1 {
                let start = self.code.units.len() as u32;
                for node in &nodes[at..at + run] {
                    if let Node::Char { c } = node {
                        self.code.units.push(*c as u16);
                    }
                }
                self.emit(Op::Units { start, len: run as u32 });
                at += run;
                continue;
            }
            // What follows is looked at a little way only.
            let rest: Vec<&Node> = nodes[at + 1..].iter().take(8).chain(after.iter().copied().take(if nodes.len() - at > 8 { 0 } else { 8 })).collect();
            self.node(&nodes[at], &rest);
            at += 1;
        }
    }

    /// A character that is one unit and can be compared without looking at its neighbours.
    fn is_plain_char(&self, node: &Node) -> bool {
        match node {
            Node::Char { c } => !self.behind && *c <= if self.wide { 0xFFFF } else { 0xFF } && !(self.unicode && (0xD800..0xE000).contains(c)),
            _ => false,
        }
    }

    fn char(&mut self, c: u32) {
        let op = self.one_char(c);
        self.emit(op);
    }

    fn one_char(&mut self, c: u32) -> Op {
        if c > 0xFF && !self.wide {
            Op::Fail
        } else if c > 0xFFFF || (self.unicode && (0xD800..0xE000).contains(&c)) {
            self.set([(c, c)].into_iter())
        } else {
            Op::Unit(c as u16)
        }
    }

    fn chars(&mut self, chars: &[u32]) {
        let op = match chars {
            [] => Op::Fail,
            [c] => self.one_char(*c),
            _ => {
                let mut chars = chars.to_vec();
                chars.sort_unstable();
                chars.dedup();
                self.set(chars.into_iter().map(|c| (c, c)))
            }
        };
        self.emit(op);
    }

    fn bracket(&mut self, contents: &BracketContents) -> Op {
        if contents.invert {
            let inverted = contents.cps.inverted();
            self.set(inverted.intervals().iter().map(|interval| (interval.first, interval.last)))
        } else {
            self.set(contents.cps.intervals().iter().map(|interval| (interval.first, interval.last)))
        }
    }

    /// A set of sorted, disjoint ranges; those that text of this encoding cannot have are left out.
    fn set(&mut self, ranges: impl Iterator<Item = (u32, u32)>) -> Op {
        let mut set = First::NONE;
        let mut high = Vec::new();
        for (first, last) in ranges {
            if first < 256 {
                set.add(first, last.min(255));
            }
            if self.wide && last > 255 {
                high.push((first.max(256), last));
            }
        }
        if set.bits == [0; 4] && high.is_empty() {
            return Op::Fail;
        }
        let known = self.code.sets.iter().position(|known| known.low == set.bits && *known.high == high);
        let index = known.unwrap_or_else(|| {
            self.code.sets.push(Set { low: set.bits, high: high.into_boxed_slice() });
            self.code.sets.len() - 1
        });
        Op::Set(index as u32)
    }

    /// A chain of alternatives, each but the last behind a split.
    fn alternatives(&mut self, node: &Node, after: &[&Node]) {
        let mut ends = Vec::new();
        let mut rest = node;
        while let Node::Alt(left, right) = rest {
            let split = self.emit(Op::Fail);
            self.node(left, after);
            ends.push(self.emit(Op::Fail));
            let guards = self.guards(&[left], after, &[right], after);
            self.code.ops[split as usize] = Op::Split { go: split + 1, or: self.here(), guards };
            rest = right;
        }
        self.node(rest, after);
        let end = self.here();
        for jump in ends {
            self.code.ops[jump as usize] = Op::Jump(end);
        }
    }

    /// What the next unit says about two ways to go on.
    fn guards(&mut self, go: &[&Node], after_go: &[&Node], or: &[&Node], after_or: &[&Node]) -> u32 {
        if self.behind {
            return UNGUARDED;
        }
        let first = |nodes: &[&Node], after: &[&Node]| of_sequence(nodes.iter().chain(after).copied()).unwrap_or(First::ALL);
        let guards = (first(go, after_go), first(or, after_or));
        if guards.0 == First::ALL && guards.1 == First::ALL {
            return UNGUARDED;
        }
        self.code.guards.push(guards);
        self.code.guards.len() as u32 - 1
    }

    fn strings(&mut self, alternatives: &[Box<[u32]>], icase: bool) {
        let mut ends = Vec::new();
        for (at, alternative) in alternatives.iter().enumerate() {
            let split = (at + 1 < alternatives.len()).then(|| self.emit(Op::Fail));
            let chars: Vec<Vec<u32>> = alternative.iter().map(|c| case::expand_code_point(*c, icase, self.unicode)).collect();
            let in_order: Vec<&Vec<u32>> = if self.behind { chars.iter().rev().collect() } else { chars.iter().collect() };
            for chars in in_order {
                self.chars(chars);
            }
            if let Some(split) = split {
                ends.push(self.emit(Op::Fail));
                self.code.ops[split as usize] = Op::Split { go: split + 1, or: self.here(), guards: UNGUARDED };
            }
        }
        if alternatives.is_empty() {
            self.emit(Op::Fail);
        }
        let end = self.here();
        for jump in ends {
            self.code.ops[jump as usize] = Op::Jump(end);
        }
    }

    fn repeat(&mut self, body: &Node, min: usize, max: Option<usize>, greedy: bool, after: &[&Node]) {
        let one = match body {
            Node::Char { c } => self.one_char(*c),
            Node::CharSet(chars) => {
                self.chars(chars);
                self.code.ops.pop().unwrap_or(Op::Fail)
            }
            Node::Bracket(contents) => self.bracket(contents),
            Node::MatchAny => Op::Any,
            _ => Op::NotNewline,
        };
        let one = match one {
            Op::Unit(unit) => One::Unit(unit),
            Op::Set(set) => One::Set(set),
            Op::Any => One::Any,
            Op::NotNewline => One::NotNewline,
            // It never matches.
            _ if min == 0 => return,
            _ => {
                self.emit(Op::Fail);
                return;
            }
        };
        let (mut keeps, mut next) = (false, None);
        if !self.behind
            && greedy
            && let (Some(own), Some(following)) = (of_sequence([body]), of_sequence(after.iter().copied()))
        {
            keeps = own.is_disjoint(&following);
            next = (following.count() == 1 && !following.wide).then(|| (0..256).find(|unit| following.has(*unit)).unwrap_or(0) as u16);
        }
        self.code.repeats.push(Repeat { one, min: bounded(Some(min)), max: bounded(max), greedy, keeps, next });
        self.emit(Op::Repeat(self.code.repeats.len() as u32 - 1));
    }

    fn looped(&mut self, body: &Node, min: usize, max: Option<usize>, greedy: bool, (from, to): (u32, u32), after: &[&Node]) {
        let captures = from < to;
        let moves = shortest(body, 0) > 0;
        if max == Some(0) {
            return;
        }
        if min == 0 && moves && (max.is_none() || max == Some(1)) {
            // No count is needed.
            let split = self.emit(Op::Fail);
            if captures {
                self.emit(Op::Clear { from, to });
            }
            let again: Vec<&Node> = if max.is_none() { Vec::new() } else { after.to_vec() };
            self.node(body, &again);
            if max.is_none() {
                self.emit(Op::Jump(split));
            }
            let exit = self.here();
            let op = if greedy {
                let guards = self.guards(&[body], &[], &[], after);
                Op::Split { go: split + 1, or: exit, guards }
            } else {
                let guards = self.guards(&[], after, &[body], &[]);
                Op::Split { go: exit, or: split + 1, guards }
            };
            self.code.ops[split as usize] = op;
            return;
        }
        let register = self.register(2);
        let index = self.code.loops.len();
        self.code.loops.push(Loop { register, min: bounded(Some(min)), max: bounded(max), greedy, body: 0, exit: 0, from, to });
        self.emit(Op::Loop(index as u32));
        self.code.loops[index].body = self.here();
        self.node(body, &[]);
        self.emit(Op::Again(index as u32));
        self.code.loops[index].exit = self.here();
    }
}

/// Text is never longer.
fn bounded(count: Option<usize>) -> u32 {
    count.map_or(u32::MAX, |count| u32::try_from(count).unwrap_or(u32::MAX))
}

/// The characters that every match begins with.
fn leading_literal(node: &Node, literal: &mut Vec<u32>, depth: usize) -> bool {
    if depth > 32 || literal.len() > 32 {
        return false;
    }
    match node {
        Node::Char { c } => {
            literal.push(*c);
            true
        }
        Node::Cat(nodes) => nodes.iter().all(|node| leading_literal(node, literal, depth + 1)),
        Node::CaptureGroup { contents, .. } => leading_literal(contents, literal, depth + 1),
        Node::Empty => true,
        _ => false,
    }
}
