//! Decides whether a host that asks for a reset means it.
//!
//! A reset clears signal memory. Most hosts ask for it where the sound is interrupted, but some stop and start
//! processing around every block, which arrives as a reset before every block. Obeying those would cut everything that
//! has latency or a tail into pieces. Time and transport do not tell the two apart for certain; the amount of audio
//! does: **a reset is ignored when the audio since the reset before it fits into one host block.**
//!
//! What that costs: after less than one block of audio, a reset that was meant leaves a few milliseconds of the earlier
//! signal to come out. Activation always clears.

/// Counts audio between resets. Audio thread.
#[derive(Debug, Default)]
pub struct ResetGate {
    block_frames: u64,
    since_reset: u64,
}

impl ResetGate {
    /// Starts over with a clean engine and the longest block that the host will send.
    pub fn activate(&mut self, block_frames: u32) {
        *self = Self { block_frames: u64::from(block_frames), since_reset: 0 };
    }

    /// Notes audio that was rendered.
    pub fn rendered(&mut self, frames: usize) {
        self.since_reset += frames as u64;
    }

    /// Whether the reset that the host asks for now is to be obeyed.
    pub fn obey(&mut self) -> bool {
        let obey = self.since_reset > self.block_frames;
        self.since_reset = 0;
        obey
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_around_every_block_is_ignored() {
        let mut gate = ResetGate::default();
        gate.activate(512);
        for block in [512, 512, 100, 512, 1, 0, 512] {
            assert!(!gate.obey());
            gate.rendered(block);
        }
    }

    #[test]
    fn blocks_cut_by_automation_count_together() {
        let mut gate = ResetGate::default();
        gate.activate(512);
        for _ in 0..10 {
            assert!(!gate.obey());
            (0..8).for_each(|_| gate.rendered(64));
        }
    }

    #[test]
    fn a_reset_after_more_than_a_block_is_obeyed_once() {
        let mut gate = ResetGate::default();
        gate.activate(512);
        gate.rendered(512);
        gate.rendered(1);
        assert!(gate.obey());
        assert!(!gate.obey());
    }
}
