//! Damages files, the same way each time.

/// Longest result.
const LONGEST_BYTES: usize = 1 << 16;

/// What tends to hurt readers of text and of numbers.
const TOKENS: [&[u8]; 26] = [
    b"1e999",
    b"-1e999",
    b"1e-999",
    b"-0.0",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"NaN",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"\"\"",
    b"\"\\ud800\"",
    b"{\"a\":",
    b"[[[[[[[[",
    b"}",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"0.1e-5",
    b"99999",
];

/// Numbers at the edges of what fields hold.
const EDGES: [u32; 10] = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/// Numbers by chance, the same ones for the same seed.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number from 0 to `end`, which is left out; 0 for 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }

    /// A stretch of at most `most` bytes of so many.
    fn stretch(&mut self, length: usize, most: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..(start + self.below(most + 1)).min(length)
    }
}

/// One of the files with a few faults in it.
pub fn damaged(files: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = files[dice.below(files.len())].clone();
    let most = [1, 1, 2, 4, 16][dice.below(5)];
    for _ in 0..=dice.below(most) {
        damage(&mut bytes, files, dice);
    }
    bytes.truncate(LONGEST_BYTES);
    bytes
}

fn damage(bytes: &mut Vec<u8>, files: &[Vec<u8>], dice: &mut Dice) {
    let length = bytes.len();
    let at = dice.below(length);
    match dice.below(11) {
        0 if length > 0 => bytes[at] ^= 1 << dice.below(8),
        1 if length > 0 => bytes[at] = dice.below(256) as u8,
        2 => drop(bytes.drain(dice.stretch(length, 16))),
        3 => drop(bytes.drain(dice.stretch(length, 4_096))),
        4 => {
            let part = bytes[dice.stretch(length, 256)].to_vec();
            bytes.splice(at..at, part);
        }
        5 => bytes.truncate(at),
        6 => drop(bytes.splice(at..at, TOKENS[dice.below(TOKENS.len())].iter().copied())),
        7 => {
            let other = &files[dice.below(files.len())];
            bytes.truncate(at);
            bytes.extend(&other[dice.below(other.len())..]);
        }
        8 | 9 => {
            // A number in text becomes another one.
            let is_number = |byte: &u8| byte.is_ascii_digit() || b".-+eE".contains(byte);
            let start = at + bytes[at..].iter().take_while(|byte| !byte.is_ascii_digit()).count();
            let digits = bytes[start..].iter().take_while(|byte| is_number(byte)).count();
            bytes.splice(start..start + digits, TOKENS[dice.below(TOKENS.len())].iter().copied());
        }
        _ => {
            let edge = EDGES[dice.below(EDGES.len())];
            let word = if dice.below(2) == 0 { edge.to_le_bytes() } else { edge.to_be_bytes() };
            let size = [1, 2, 4][dice.below(3)].min(length - at);
            bytes[at..at + size].copy_from_slice(&word[..size]);
        }
    }
}

#[test]
fn damage_is_the_same_each_time_and_bounded() {
    let files = [vec![], b"{\"a\": 1}".to_vec(), vec![7; LONGEST_BYTES]];
    let many = || {
        let mut dice = Dice(5);
        (0..2_000).map(|_| damaged(&files, &mut dice)).collect::<Vec<_>>()
    };
    let all = many();
    assert!(all == many() && all.iter().all(|bytes| bytes.len() <= LONGEST_BYTES));
    assert!(all.iter().filter(|bytes| !files.contains(bytes)).count() > 1_500);
}
