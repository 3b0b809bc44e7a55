//! Which units a match can begin with.

use crate::ir::{AnchorType, Node};

/// A set of units: every one below 256 by itself, the others all or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct First {
    pub(crate) bits: [u64; 4],
    pub(crate) wide: bool,
}

impl First {
    pub(crate) const NONE: Self = Self { bits: [0; 4], wide: false };
    pub(crate) const ALL: Self = Self { bits: [u64::MAX; 4], wide: true };

    pub(crate) fn add(&mut self, first: u32, last: u32) {
        for unit in first..=last.min(255) {
            self.bits[unit as usize / 64] |= 1 << (unit % 64);
        }
        self.wide |= last > 255;
    }

    #[inline]
    pub(crate) fn has(&self, unit: u32) -> bool {
        if unit < 256 { self.bits[unit as usize / 64] >> (unit % 64) & 1 == 1 } else { self.wide }
    }

    fn join(mut self, other: Self) -> Self {
        for (bits, more) in self.bits.iter_mut().zip(other.bits) {
            *bits |= more;
        }
        self.wide |= other.wide;
        self
    }

    pub(crate) fn is_disjoint(&self, other: &Self) -> bool {
        !(self.wide && other.wide) && self.bits.iter().zip(other.bits).all(|(bits, more)| bits & more == 0)
    }

    /// How many units below 256 are in it.
    pub(crate) fn count(&self) -> u32 {
        self.bits.iter().map(|bits| bits.count_ones()).sum()
    }
}

/// The first units of a match of `nodes` one behind another, forwards; `None` where it may match nothing.
pub(crate) fn of_sequence<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> Option<First> {
    let mut first = First::NONE;
    for node in nodes {
        let (more, may_be_empty) = of_node(node, 0);
        first = first.join(more);
        if !may_be_empty {
            return Some(first);
        }
    }
    None
}

/// The units that `node` can begin with, and whether it can match nothing.
fn of_node(node: &Node, depth: usize) -> (First, bool) {
    let mut first = First::NONE;
    if depth > 64 {
        return (First::ALL, true);
    }
    match node {
        Node::Char { c } => {
            add_code_point(*c, &mut first);
            (first, false)
        }
        Node::CharSet(chars) => {
            chars.iter().for_each(|c| add_code_point(*c, &mut first));
            (first, false)
        }
        Node::Bracket(contents) => {
            if contents.invert {
                for interval in contents.cps.inverted().intervals() {
                    first.add(interval.first, interval.last);
                }
            } else {
                for interval in contents.cps.intervals() {
                    first.add(interval.first, interval.last);
                }
            }
            (first, false)
        }
        Node::MatchAny => (First::ALL, false),
        Node::MatchAnyExceptLineTerminator => {
            first = First::ALL;
            first.bits[0] &= !(1 << 10 | 1 << 13);
            (first, false)
        }
        Node::Cat(nodes) => {
            for node in nodes {
                let (more, may_be_empty) = of_node(node, depth + 1);
                first = first.join(more);
                if !may_be_empty {
                    return (first, false);
                }
            }
            (first, true)
        }
        Node::Alt(left, right) => {
            let (left, left_empty) = of_node(left, depth + 1);
            let (right, right_empty) = of_node(right, depth + 1);
            (left.join(right), left_empty || right_empty)
        }
        Node::CaptureGroup { contents, .. } => of_node(contents, depth + 1),
        Node::Loop { loopee, quant, .. } | Node::Loop1CharBody { loopee, quant } => {
            let (first, may_be_empty) = of_node(loopee, depth + 1);
            (first, may_be_empty || quant.min == 0)
        }
        Node::StringSet { alternatives, icase } => {
            for alternative in alternatives {
                match alternative.first() {
                    Some(_) if *icase => first = First::ALL,
                    Some(c) => add_code_point(*c, &mut first),
                    None => return (First::ALL, true),
                }
            }
            (first, false)
        }
        // What matches nothing by itself lets through what follows.
        Node::Empty | Node::Anchor { .. } | Node::WordBoundary { .. } | Node::LookaroundAssertion { .. } => (First::NONE, true),
        // Matches what was captured, or nothing.
        Node::BackRef { .. } => (First::ALL, true),
        Node::Goal | Node::ByteSequence(_) | Node::ByteSet(_) => (First::ALL, true),
    }
}

fn add_code_point(c: u32, first: &mut First) {
    first.add(c, c);
}

/// How many units `node` matches at least.
pub(crate) fn shortest(node: &Node, depth: usize) -> usize {
    if depth > 64 {
        return 0;
    }
    match node {
        Node::Char { .. } | Node::CharSet(_) | Node::Bracket(_) | Node::MatchAny | Node::MatchAnyExceptLineTerminator => 1,
        Node::Cat(nodes) => nodes.iter().map(|node| shortest(node, depth + 1)).fold(0, usize::saturating_add),
        Node::Alt(left, right) => shortest(left, depth + 1).min(shortest(right, depth + 1)),
        Node::CaptureGroup { contents, .. } => shortest(contents, depth + 1),
        Node::Loop { loopee, quant, .. } | Node::Loop1CharBody { loopee, quant } => shortest(loopee, depth + 1).saturating_mul(quant.min),
        Node::StringSet { alternatives, .. } => alternatives.iter().map(|alternative| alternative.len()).min().unwrap_or(0),
        _ => 0,
    }
}

/// Whether a match can start at the start of the text only.
pub(crate) fn is_anchored(node: &Node, depth: usize) -> bool {
    depth <= 64
        && match node {
            Node::Anchor { anchor_type: AnchorType::StartOfLine, multiline } => !multiline,
            Node::Cat(nodes) => nodes.first().is_some_and(|node| is_anchored(node, depth + 1)),
            Node::CaptureGroup { contents, .. } => is_anchored(contents, depth + 1),
            Node::Alt(left, right) => is_anchored(left, depth + 1) && is_anchored(right, depth + 1),
            _ => false,
        }
}
