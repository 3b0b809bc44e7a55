//! What the loop tells of itself. With no observer, each of these costs one branch.

/// Sees everything the loop does, on the loop's thread, as it happens. It may ask the loop questions; it must not run it.
pub trait Observer {
    fn event(&self, event: Event);
}

/// Something that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// When, by the loop's clock. What happened on another thread is told when its result arrives, with the time it had.
    pub at_ns: u64,
    pub what: What,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum What {
    TurnBegin {
        turn: u64,
    },
    TurnEnd {
        turn: u64,
    },
    PhaseBegin(Phase),
    PhaseEnd(Phase),
    /// The thread goes to the system to wait: at most `timeout_ms`, or until something happens.
    WaitBegin {
        timeout_ms: Option<u64>,
    },
    WaitEnd {
        events: usize,
    },
    /// An item was queued. `delay_ms` is given for timers.
    Enqueue {
        item: Item,
        delay_ms: Option<u64>,
    },
    /// An item left its queue without running.
    Cancel(Item),
    /// An item's callback is called, and has returned. One that unwinds has no end.
    CallBegin(Item),
    CallEnd(Item),
    /// A worker of the pool took up a work, and finished it.
    SlotBegin {
        worker: usize,
        item: Item,
    },
    SlotEnd {
        worker: usize,
        item: Item,
    },
    /// The clock was virtual and jumped.
    Skip {
        to_ns: u64,
    },
}

/// One thing that the loop runs. `id` tells it apart from others of its kind and is what `as_u64` of a `TimerId`,
/// `ImmediateId`, `WorkId`, `SignalId` or `Token` gives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Item {
    pub kind: Kind,
    pub id: u64,
    /// Of a source or a work its own label, else the kind's name.
    pub label: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Kind {
    Timer,
    Immediate,
    Pending,
    Closing,
    Source,
    Remote,
    Work,
    Signal,
    Hold,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Timer => "timer",
            Kind::Immediate => "immediate",
            Kind::Pending => "pending",
            Kind::Closing => "closing",
            Kind::Source => "source",
            Kind::Remote => "remote",
            Kind::Work => "work",
            Kind::Signal => "signal",
            Kind::Hold => "hold",
        }
    }

    pub(crate) fn item(self, id: u64) -> Item {
        Item { kind: self, id, label: self.name() }
    }
}

/// The phases of a turn, in their order; timers come first in the first turn of a run and last in every turn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    Timers,
    Pending,
    Poll,
    Check,
    Closing,
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Phase::Timers => "timers",
            Phase::Pending => "pending",
            Phase::Poll => "poll",
            Phase::Check => "check",
            Phase::Closing => "closing",
        }
    }
}
