//! The machine that runs the instructions: goes on as far as it can, and back to the last choice where it cannot.

use crate::{
    case,
    compile::{Code, One, Op, Repeat, Start, UNGUARDED},
};

/// A register that holds no position.
pub const NONE: u32 = u32::MAX;

/// Why a match was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The caller wanted it.
    Interrupted,
    /// The choices that are still open take too much memory.
    TooManyChoices,
}

/// What a match needs; kept, so that the next one need not allocate.
#[derive(Debug, Default)]
pub struct Scratch {
    registers: Vec<u32>,
    choices: Vec<Choice>,
    pairs: usize,
}

impl Scratch {
    /// Start and end of the whole match and of each group, [`NONE`] where a group captured nothing.
    #[must_use]
    pub fn captures(&self) -> &[u32] {
        &self.registers[..self.pairs]
    }
}

/// What to do when the way taken fails.
#[derive(Debug, Clone, Copy)]
enum Choice {
    /// Go on there.
    Goto { at: u32, position: u32 },
    /// Put the register back, and go back further.
    Undo { register: u32, old: u32 },
    /// Let the loop over one character (instruction `at`) give one back, down to `least`.
    GiveBack { at: u32, least: u32, position: u32 },
    /// Let it take one more, up to `left` ones.
    TakeMore { at: u32, left: u32, position: u32 },
    /// Enter the body of the loop.
    Enter { index: u32, position: u32 },
    /// Here a lookaround began; what lies below is not its own.
    Floor,
}

/// 128 MB of choices.
const CHOICES_MAX: usize = 8 << 20;
/// How often the caller is asked, in choices taken back.
const PATIENCE: u32 = 1 << 14;

/// A unit of text.
pub(crate) trait Unit: Copy + Into<u32> + Into<u16> + Eq {
    const BYTES: bool;
    fn find(unit: u16, text: &[Self], from: usize) -> Option<usize>;
    fn bytes(text: &[Self]) -> Option<&[u8]>;
}

impl Unit for u8 {
    const BYTES: bool = true;

    fn find(unit: u16, text: &[Self], from: usize) -> Option<usize> {
        let unit = u8::try_from(unit).ok()?;
        memchr::memchr(unit, &text[from..]).map(|at| at + from)
    }

    fn bytes(text: &[Self]) -> Option<&[u8]> {
        Some(text)
    }
}

impl Unit for u16 {
    const BYTES: bool = false;

    fn find(unit: u16, text: &[Self], from: usize) -> Option<usize> {
        text[from..].iter().position(|found| *found == unit).map(|at| at + from)
    }

    fn bytes(_: &[Self]) -> Option<&[u8]> {
        None
    }
}

/// `CODE_POINTS`: characters are code points, not units.
pub(crate) fn find<U: Unit, const CODE_POINTS: bool>(
    code: &Code,
    text: &[U],
    from: usize,
    sticky: bool,
    scratch: &mut Scratch,
    interrupted: &mut dyn FnMut() -> bool,
) -> Result<bool, Stopped> {
    scratch.pairs = 2 * (code.groups + 1);
    let mut machine = Machine::<U, CODE_POINTS> { code, text, scratch, interrupted, patience: PATIENCE };
    let mut at = from;
    if CODE_POINTS && machine.is_inside_pair(at) {
        at -= 1;
    }
    loop {
        if !sticky {
            at = match &code.start {
                Start::Anywhere => at,
                Start::Text if at == 0 => at,
                Start::Text => return Ok(false),
                Start::Unit(unit) => match U::find(*unit, text, at) {
                    Some(at) => at,
                    None => return Ok(false),
                },
                Start::Literal(finder) => match U::bytes(text).and_then(|bytes| finder.find(&bytes[at..])) {
                    Some(found) => at + found,
                    None => return Ok(false),
                },
                Start::First(first) => match text[at..].iter().position(|unit| first.has((*unit).into())) {
                    Some(found) => at + found,
                    None => return Ok(false),
                },
            };
            if CODE_POINTS && machine.is_inside_pair(at) {
                at += 1;
                continue;
            }
        }
        if machine.matches_at(at)? {
            return Ok(true);
        }
        if sticky || at >= text.len() {
            return Ok(false);
        }
        at += 1;
        if CODE_POINTS && machine.is_inside_pair(at) {
            at += 1;
        }
        machine.wait(8)?;
    }
}

struct Machine<'a, U, const CODE_POINTS: bool> {
    code: &'a Code,
    text: &'a [U],
    scratch: &'a mut Scratch,
    interrupted: &'a mut dyn FnMut() -> bool,
    patience: u32,
}

impl<'a, U: Unit, const CODE_POINTS: bool> Machine<'a, U, CODE_POINTS> {
    fn matches_at(&mut self, at: usize) -> Result<bool, Stopped> {
        self.scratch.registers.clear();
        self.scratch.registers.resize(self.code.registers, NONE);
        self.scratch.choices.clear();
        let end = self.run::<false>(0, at)?;
        if let Some(end) = end {
            (self.scratch.registers[0], self.scratch.registers[1]) = (at as u32, end as u32);
        }
        Ok(end.is_some())
    }

    fn wait(&mut self, cost: u32) -> Result<(), Stopped> {
        if self.patience > cost {
            self.patience -= cost;
            return Ok(());
        }
        self.patience = PATIENCE;
        if (self.interrupted)() { Err(Stopped::Interrupted) } else { Ok(()) }
    }

    fn unit(&self, at: usize) -> u32 {
        self.text[at].into()
    }

    /// Whether the position is between the two halves of a code point.
    fn is_inside_pair(&self, at: usize) -> bool {
        at > 0 && at < self.text.len() && is_low(self.unit(at)) && is_high(self.unit(at - 1))
    }

    /// The character behind (or, backwards, before) the position, and the position beyond it.
    #[inline(always)]
    fn next<const BACK: bool>(&self, at: usize) -> Option<(u32, usize)> {
        if BACK {
            let unit: u32 = (*self.text.get(at.wrapping_sub(1))?).into();
            if CODE_POINTS && is_low(unit) && at > 1 && is_high(self.unit(at - 2)) {
                return Some((code_point(self.unit(at - 2), unit), at - 2));
            }
            Some((unit, at - 1))
        } else {
            let unit: u32 = (*self.text.get(at)?).into();
            if CODE_POINTS && is_high(unit) && at + 1 < self.text.len() && is_low(self.unit(at + 1)) {
                return Some((code_point(unit, self.unit(at + 1)), at + 2));
            }
            Some((unit, at + 1))
        }
    }

    fn push(&mut self, choice: Choice) -> Result<(), Stopped> {
        if self.scratch.choices.len() >= CHOICES_MAX {
            return Err(Stopped::TooManyChoices);
        }
        self.scratch.choices.push(choice);
        Ok(())
    }

    fn set(&mut self, register: u32, value: u32) -> Result<(), Stopped> {
        let old = std::mem::replace(&mut self.scratch.registers[register as usize], value);
        if old == value { Ok(()) } else { self.push(Choice::Undo { register, old }) }
    }

    /// Runs from instruction `ip` at `position`; gives the position where an [`Op::Accept`] was reached. The choices below those that
    /// are there when it starts are left alone; those that it leaves are its own way back.
    fn run<const BACK: bool>(&mut self, mut ip: u32, mut position: usize) -> Result<Option<usize>, Stopped> {
        let code = self.code;
        let floor = self.scratch.choices.len();
        loop {
            let goes_on = match code.ops[ip as usize] {
                Op::Unit(unit) => {
                    if BACK {
                        let matches = position > 0 && Into::<u16>::into(self.text[position - 1]) == unit;
                        position -= usize::from(matches);
                        matches
                    } else {
                        let matches = position < self.text.len() && Into::<u16>::into(self.text[position]) == unit;
                        position += usize::from(matches);
                        matches
                    }
                }
                Op::Units { start, len } => {
                    let wanted = &code.units[start as usize..(start + len) as usize];
                    let matches = self
                        .text
                        .get(position..position + wanted.len())
                        .is_some_and(|found| found.iter().zip(wanted).all(|(found, wanted)| Into::<u16>::into(*found) == *wanted));
                    position += if matches { wanted.len() } else { 0 };
                    matches
                }
                Op::Set(set) => self.step::<BACK>(&mut position, |c| code.sets[set as usize].has(c)),
                Op::Any => self.step::<BACK>(&mut position, |_| true),
                Op::NotNewline => self.step::<BACK>(&mut position, |c| !is_line_end(c)),
                Op::Split { go, or, guards } => {
                    let (may_go, may_or) = match code.guards.get(guards as usize) {
                        Some((first_go, first_or)) if guards != UNGUARDED => match self.text.get(position) {
                            Some(unit) => (first_go.has((*unit).into()), first_or.has((*unit).into())),
                            None => (*first_go == crate::first::First::ALL, *first_or == crate::first::First::ALL),
                        },
                        _ => (true, true),
                    };
                    match (may_go, may_or) {
                        (true, true) => {
                            self.push(Choice::Goto { at: or, position: position as u32 })?;
                            ip = go;
                        }
                        (true, false) => ip = go,
                        (false, true) => ip = or,
                        (false, false) => match self.back::<BACK>(floor)? {
                            Some((at, place)) => (ip, position) = (at, place),
                            None => return Ok(None),
                        },
                    }
                    continue;
                }
                Op::Jump(to) => {
                    ip = to;
                    continue;
                }
                Op::Open(register) => {
                    self.set(register, position as u32)?;
                    true
                }
                Op::Close { group, register } => {
                    let other = self.scratch.registers[register as usize];
                    let (start, end) = if BACK { (position as u32, other) } else { (other, position as u32) };
                    self.set(2 * group, start)?;
                    self.set(2 * group + 1, end)?;
                    true
                }
                Op::Clear { from, to } => {
                    self.clear(from, to)?;
                    true
                }
                Op::LineStart { multiline } => position == 0 || multiline && is_line_end(self.unit(position - 1)),
                Op::LineEnd { multiline } => position == self.text.len() || multiline && is_line_end(self.unit(position)),
                Op::Word { invert, icase } => {
                    let is_word = |c: Option<(u32, usize)>| c.is_some_and(|(c, _)| is_word(c) || icase && matches!(c, 0x17F | 0x212A));
                    (is_word(self.next::<true>(position)) != is_word(self.next::<false>(position))) != invert
                }
                Op::BackReference { group, icase } => self.back_reference::<BACK>(group, icase, &mut position),
                Op::Look { behind, negate, then, from, to } => {
                    let matches = self.look(behind, negate, ip + 1, position, from, to)?;
                    if matches != negate {
                        ip = then;
                        continue;
                    }
                    false
                }
                Op::Accept => return Ok(Some(position)),
                Op::Repeat(index) => self.repeat::<BACK>(ip, &code.repeats[index as usize], &mut position)?,
                Op::Loop(index) => {
                    let register = code.loops[index as usize].register;
                    self.set(register, 0)?;
                    self.set(register + 1, NONE)?;
                    match self.iterate(index, position)? {
                        Some(at) => {
                            ip = at;
                            continue;
                        }
                        None => false,
                    }
                }
                Op::Again(index) => {
                    let register = code.loops[index as usize].register as usize;
                    let (count, entry) = (self.scratch.registers[register], self.scratch.registers[register + 1]);
                    // An iteration beyond those that must be, and that matched nothing, does not count.
                    let is_vain = entry == position as u32 && count > code.loops[index as usize].min;
                    let next = if is_vain { None } else { self.iterate(index, position)? };
                    match next {
                        Some(at) => {
                            ip = at;
                            continue;
                        }
                        None => false,
                    }
                }
                Op::Fail => false,
            };
            if goes_on {
                ip += 1;
                continue;
            }
            match self.back::<BACK>(floor)? {
                Some((at, place)) => (ip, position) = (at, place),
                None => return Ok(None),
            }
        }
    }

    #[inline(always)]
    fn step<const BACK: bool>(&self, position: &mut usize, accepts: impl Fn(u32) -> bool) -> bool {
        match self.next::<BACK>(*position) {
            Some((c, beyond)) if accepts(c) => {
                *position = beyond;
                true
            }
            _ => false,
        }
    }

    fn clear(&mut self, from: u32, to: u32) -> Result<(), Stopped> {
        for register in 2 * from..2 * to {
            self.set(register, NONE)?;
        }
        Ok(())
    }

    /// Whether the loop goes into its body again or leaves: where to go on.
    fn iterate(&mut self, index: u32, position: usize) -> Result<Option<u32>, Stopped> {
        let found = self.code.loops[index as usize];
        let count = self.scratch.registers[found.register as usize];
        if count < found.min {
            return self.enter(index, position).map(Some);
        }
        if count >= found.max {
            return Ok(Some(found.exit));
        }
        if found.greedy {
            self.push(Choice::Goto { at: found.exit, position: position as u32 })?;
            return self.enter(index, position).map(Some);
        }
        self.push(Choice::Enter { index, position: position as u32 })?;
        Ok(Some(found.exit))
    }

    fn enter(&mut self, index: u32, position: usize) -> Result<u32, Stopped> {
        let found = self.code.loops[index as usize];
        let count = self.scratch.registers[found.register as usize];
        self.set(found.register, count.saturating_add(1))?;
        self.set(found.register + 1, position as u32)?;
        self.clear(found.from, found.to)?;
        Ok(found.body)
    }

    /// The last choice that leads on: instruction and position. `None` where there is none above `floor`.
    fn back<const BACK: bool>(&mut self, floor: usize) -> Result<Option<(u32, usize)>, Stopped> {
        self.wait(1)?;
        while self.scratch.choices.len() > floor {
            let Some(choice) = self.scratch.choices.pop() else {
                break;
            };
            match choice {
                Choice::Goto { at, position } => return Ok(Some((at, position as usize))),
                Choice::Undo { register, old } => self.scratch.registers[register as usize] = old,
                Choice::Enter { index, position } => return self.enter(index, position as usize).map(|at| Some((at, position as usize))),
                Choice::GiveBack { at, least, position } => {
                    if let Some(position) = self.give_back::<BACK>(at, least as usize, position as usize)? {
                        return Ok(Some((at + 1, position)));
                    }
                }
                Choice::TakeMore { at, left, position } => {
                    if let Some(position) = self.take_more::<BACK>(at, left, position as usize)? {
                        return Ok(Some((at + 1, position)));
                    }
                }
                Choice::Floor => {}
            }
        }
        Ok(None)
    }

    fn give_back<const BACK: bool>(&mut self, at: u32, least: usize, mut position: usize) -> Result<Option<usize>, Stopped> {
        let Op::Repeat(index) = self.code.ops[at as usize] else {
            return Ok(None);
        };
        let next = self.code.repeats[index as usize].next;
        loop {
            if position == least {
                return Ok(None);
            }
            position = if BACK {
                self.next::<false>(position).map_or(least, |(_, beyond)| beyond)
            } else {
                self.next::<true>(position).map_or(least, |(_, beyond)| beyond)
            };
            // What must follow is known: other places need not be tried.
            let is_hopeless = !BACK && next.is_some_and(|next| self.text.get(position).is_none_or(|unit| Into::<u16>::into(*unit) != next));
            if !is_hopeless {
                break;
            }
        }
        if position != least {
            self.push(Choice::GiveBack { at, least: least as u32, position: position as u32 })?;
        }
        Ok(Some(position))
    }

    fn take_more<const BACK: bool>(&mut self, at: u32, left: u32, mut position: usize) -> Result<Option<usize>, Stopped> {
        let Op::Repeat(index) = self.code.ops[at as usize] else {
            return Ok(None);
        };
        if !self.one::<BACK>(self.code.repeats[index as usize].one, &mut position) {
            return Ok(None);
        }
        if left > 1 {
            self.push(Choice::TakeMore { at, left: left - 1, position: position as u32 })?;
        }
        Ok(Some(position))
    }

    #[inline(always)]
    fn one<const BACK: bool>(&self, one: One, position: &mut usize) -> bool {
        match one {
            One::Unit(unit) => self.step::<BACK>(position, |c| c == u32::from(unit)),
            One::Set(set) => self.step::<BACK>(position, |c| self.code.sets[set as usize].has(c)),
            One::Any => self.step::<BACK>(position, |_| true),
            One::NotNewline => self.step::<BACK>(position, |c| !is_line_end(c)),
        }
    }

    fn repeat<const BACK: bool>(&mut self, ip: u32, repeat: &Repeat, position: &mut usize) -> Result<bool, Stopped> {
        let least = match self.scan::<BACK>(repeat.one, *position, repeat.min) {
            (count, least) if count == repeat.min => least,
            _ => return Ok(false),
        };
        let rest = repeat.max - repeat.min;
        if !repeat.greedy {
            if rest > 0 {
                self.push(Choice::TakeMore { at: ip, left: rest, position: least as u32 })?;
            }
            *position = least;
            return Ok(true);
        }
        let (taken, most) = if rest == 0 { (0, least) } else { self.scan::<BACK>(repeat.one, least, rest) };
        if taken > 0 && !repeat.keeps {
            self.push(Choice::GiveBack { at: ip, least: least as u32, position: most as u32 })?;
        }
        *position = most;
        Ok(true)
    }

    /// Takes up to `most` characters: how many there were, and where they end.
    fn scan<const BACK: bool>(&self, one: One, start: usize, most: u32) -> (u32, usize) {
        // The common loops, over units, without a call per unit.
        if !BACK && !CODE_POINTS {
            let end = self.text.len().min(start.saturating_add(most as usize));
            let text = &self.text[start..end];
            let taken = match one {
                One::Unit(unit) => text.iter().take_while(|found| Into::<u16>::into(**found) == unit).count(),
                One::Set(set) => {
                    let set = &self.code.sets[set as usize];
                    text.iter().take_while(|found| set.has((**found).into())).count()
                }
                One::Any => text.len(),
                One::NotNewline => text.iter().take_while(|found| !is_line_end((**found).into())).count(),
            };
            return (taken as u32, start + taken);
        }
        let (mut position, mut taken) = (start, 0);
        while taken < most && self.one::<BACK>(one, &mut position) {
            taken += 1;
        }
        (taken, position)
    }

    fn back_reference<const BACK: bool>(&self, group: u32, icase: bool, position: &mut usize) -> bool {
        let (start, end) = (self.scratch.registers[2 * group as usize], self.scratch.registers[2 * group as usize + 1]);
        if start == NONE || end == NONE {
            return true;
        }
        let (start, end) = (start as usize, end as usize);
        let length = end - start;
        if !icase {
            let at = if BACK { position.checked_sub(length) } else { Some(*position) };
            let Some(at) = at else {
                return false;
            };
            let matches = self.text.get(at..at + length) == Some(&self.text[start..end]);
            if matches {
                *position = if BACK { at } else { at + length };
            }
            return matches;
        }
        let (mut of_group, mut here) = (if BACK { end } else { start }, *position);
        let last = if BACK { start } else { end };
        while of_group != last {
            let (Some((wanted, beyond_group)), Some((found, beyond))) = (self.next::<BACK>(of_group), self.next::<BACK>(here)) else {
                return false;
            };
            let fold = |c| case::canonical(c, self.code.folds_unicode);
            if wanted != found && fold(wanted) != fold(found) {
                return false;
            }
            (of_group, here) = (beyond_group, beyond);
        }
        *position = here;
        true
    }

    /// Whether the lookaround's body matches. What it captured stays, unless it must not match; its choices go.
    fn look(&mut self, behind: bool, negate: bool, body: u32, position: usize, from: u32, to: u32) -> Result<bool, Stopped> {
        let floor = self.scratch.choices.len();
        self.push(Choice::Floor)?;
        let end = if behind { self.run::<true>(body, position)? } else { self.run::<false>(body, position)? };
        if end.is_none() || negate {
            // Undo everything that the body did.
            while self.scratch.choices.len() > floor {
                if let Some(Choice::Undo { register, old }) = self.scratch.choices.pop() {
                    self.scratch.registers[register as usize] = old;
                }
            }
            return Ok(end.is_some());
        }
        // Keep the way back to what registers held, not the choices.
        let mut kept = floor;
        for at in floor..self.scratch.choices.len() {
            if matches!(self.scratch.choices[at], Choice::Undo { .. }) {
                self.scratch.choices.swap(kept, at);
                kept += 1;
            }
        }
        self.scratch.choices.truncate(kept);
        Ok(true)
    }
}

fn is_high(unit: u32) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

fn is_low(unit: u32) -> bool {
    (0xDC00..0xE000).contains(&unit)
}

fn code_point(high: u32, low: u32) -> u32 {
    0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
}

fn is_line_end(c: u32) -> bool {
    matches!(c, 0x0A | 0x0D | 0x2028 | 0x2029)
}

fn is_word(c: u32) -> bool {
    matches!(c, 0x30..=0x39 | 0x41..=0x5A | 0x5F | 0x61..=0x7A)
}
