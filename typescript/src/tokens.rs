//! The tokens of a source, found by position.

use oxc_parser::{Kind, Token};

/// Tokens in the order of the source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tokens<'t>(&'t [Token]);

impl<'t> Tokens<'t> {
    pub fn new(tokens: &'t [Token]) -> Self {
        Self(tokens)
    }

    /// The place in the list of the first token that starts at `at` or later.
    pub fn index_from(&self, at: u32) -> usize {
        self.0.partition_point(|token| token.start() < at)
    }

    /// The token at a place in the list; none beyond the end, where the mark of the end counts as beyond.
    pub fn get(&self, index: usize) -> Option<Token> {
        self.0.get(index).copied().filter(|token| token.kind() != Kind::Eof)
    }

    /// The first token that starts at `at` or later.
    pub fn from(&self, at: u32) -> Option<Token> {
        self.get(self.index_from(at))
    }

    /// The first token of this kind that starts at `at` or later and before `end`.
    pub fn find(&self, kind: Kind, at: u32, end: u32) -> Option<Token> {
        self.0.get(self.index_from(at)..)?.iter().copied().take_while(|token| token.start() < end).find(|token| token.kind() == kind)
    }

    /// The last token that starts before `at`.
    pub fn before(&self, at: u32) -> Option<Token> {
        self.get(self.index_from(at).checked_sub(1)?)
    }
}
