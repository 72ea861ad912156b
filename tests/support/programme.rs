//! Something to look at: bass on a beat, a tone, treble.

use std::f32::consts::TAU;

/// Frames of a block, a hundredth of a second at 48 kHz.
const FRAMES: usize = 480;

/// Blocks of left and right.
pub fn programme(blocks: usize) -> impl Iterator<Item = [[f32; FRAMES]; 2]> {
    let mut noise = 1u32;
    (0..blocks).map(move |block| {
        let mut planes = [[0.0f32; FRAMES]; 2];
        for n in 0..FRAMES {
            let t = (block * FRAMES + n) as f32 / 48_000.0;
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = (noise >> 8) as f32 / (1 << 23) as f32 - 1.0;
            let beat = (-8.0 * (t * 2.0).fract()).exp();
            let tone = (t * 440.0 * TAU).sin();
            let bass = (t * 55.0 * TAU).sin();
            planes[0][n] = 0.5 * bass * beat + 0.2 * tone + 0.05 * hiss;
            planes[1][n] = 0.5 * bass * beat + 0.15 * tone - 0.05 * hiss;
        }
        planes
    })
}
