//! The crossfade that hides every break: what came to an end fades out while what follows fades in.

/// A crossfade of fixed length between a rendered remainder and whatever plays on.
pub(super) struct Fade {
    length: usize,
    /// What still sounds of the past, both channels, already faded.
    past: Box<[[f32; Fade::LONGEST]; 2]>,
    spare: Box<[[f32; Fade::LONGEST]; 2]>,
    past_at: usize,
    /// Frames of the fade-in that have passed.
    entered: usize,
}

impl Fade {
    /// Longest length in frames: six milliseconds at 192 kHz and a good deal more.
    pub const LONGEST: usize = 2_048;

    /// No fade in progress.
    pub fn new() -> Self {
        let silence = || Box::new([[0.0; Self::LONGEST]; 2]);
        Self { length: 1, past: silence(), spare: silence(), past_at: 1, entered: 1 }
    }

    /// Sets the length and forgets what is in progress.
    pub fn prepare(&mut self, frames: usize) {
        self.length = frames.clamp(1, Self::LONGEST);
        self.clear();
    }

    /// Forgets what is in progress.
    pub fn clear(&mut self) {
        self.past_at = self.length;
        self.entered = self.length;
    }

    /// Length in frames.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Frames for which something of the past still sounds.
    pub fn frames_left(&self) -> usize {
        self.length - self.past_at
    }

    /// Lets what comes now sound from its first sample, or fade in.
    pub fn enter(&mut self, at_once: bool) {
        self.entered = if at_once { self.length } else { 0 };
    }

    /// Stores what would have come `begin` frames from now, with the fades it would have had, fading out.
    pub fn capture(&mut self, begin: usize, left: &mut [f32], right: &mut [f32]) {
        self.mix(begin, left, right);
        let length = self.length;
        for (spare, x) in self.spare.iter_mut().zip([left, right]) {
            for (i, x) in x.iter().enumerate() {
                spare[begin + i] = *x * (1.0 - share(begin + i, length));
            }
        }
    }

    /// Begins the fade from what was captured to what comes next.
    pub fn start(&mut self) {
        std::mem::swap(&mut self.past, &mut self.spare);
        self.past_at = 0;
        self.entered = 0;
    }

    /// Fades the next frames in and adds the past to them.
    pub fn apply(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.mix(0, left, right);
        self.entered = (self.entered + left.len()).min(self.length);
        self.past_at = (self.past_at + left.len()).min(self.length);
    }

    fn mix(&self, ahead: usize, left: &mut [f32], right: &mut [f32]) {
        if self.entered < self.length || self.past_at < self.length {
            for (past, x) in self.past.iter().zip([left, right]) {
                for (i, x) in x.iter_mut().enumerate() {
                    let entered = self.entered + ahead + i;
                    let past_at = self.past_at + ahead + i;
                    let gain = if entered < self.length { share(entered, self.length) } else { 1.0 };
                    *x = *x * gain + if past_at < self.length { past[past_at] } else { 0.0 };
                }
            }
        }
    }
}

/// Share of the fade that has passed at a frame of it.
fn share(frame: usize, length: usize) -> f32 {
    (frame + 1) as f32 / (length + 1) as f32
}
