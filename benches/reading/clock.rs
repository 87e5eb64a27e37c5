//! Time as the processor spends it on this thread, so that what else runs on the machine counts little.

use std::time::Instant;

/// A moment, on two clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    wall: Instant,
    /// Seconds of processor time; `None` where the system does not say.
    spent: Option<f64>,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self { wall: Instant::now(), spent: spent_seconds() }
    }

    /// The seconds since then.
    pub(crate) fn seconds(self) -> f64 {
        match (self.spent, spent_seconds()) {
            (Some(before), Some(now)) => now - before,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// What this thread has used. Linux brings the figure up to date when the thread steps aside.
fn spent_seconds() -> Option<f64> {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split(' ').next()?.parse().ok()?;
    (nanoseconds > 0).then(|| nanoseconds as f64 / 1e9)
}
