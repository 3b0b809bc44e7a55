//! The numbers of `Math.random`: V8's generator, so that `--random-seed` gives the numbers that Node gives.

/// xorshift128+ (Vigna, "Further scramblings of Marsaglia's xorshift generators"), its numbers handed out in blocks, last first, as V8 does.
///
/// ```
/// let mut random = coil_engine::math_random::MathRandom::new(42);
/// assert_eq!(random.next(), 0.7939112874678715); // `node --random-seed=42 -p 'Math.random()'`
/// ```
pub struct MathRandom {
    state: [u64; 2],
    block: [f64; BLOCK],
    /// Numbers of the block not handed out yet.
    left: usize,
}

/// Numbers that V8 makes at a time.
const BLOCK: usize = 64;

impl MathRandom {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> MathRandom {
        MathRandom { state: [scattered(seed), scattered(!seed)], block: [0.0; BLOCK], left: 0 }
    }

    /// The next number, at least 0 and less than 1.
    #[expect(clippy::should_implement_trait, reason = "it never ends: no iterator")]
    pub fn next(&mut self) -> f64 {
        if self.left == 0 {
            self.block = std::array::from_fn(|_| self.step());
            self.left = BLOCK;
        }
        self.left -= 1;
        self.block[self.left]
    }

    fn step(&mut self) -> f64 {
        let [mut x, y] = self.state;
        x ^= x << 23;
        x ^= (x >> 17) ^ y ^ (y >> 26);
        self.state = [y, x];
        (y >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A seed's bits spread over all 64: the finalizer of MurmurHash3. Of a seed and its complement only one gives zero.
fn scattered(seed: u64) -> u64 {
    let mut bits = seed;
    bits ^= bits >> 33;
    bits = bits.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    bits ^= bits >> 33;
    bits = bits.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    bits ^ (bits >> 33)
}

#[cfg(test)]
mod tests {
    use super::MathRandom;

    #[test]
    fn a_seed_gives_the_numbers_of_node() {
        // node --random-seed=42: the first three, and the two on either side of the second block's beginning.
        let mut random = MathRandom::new(42);
        let numbers: Vec<f64> = (0..67).map(|_| random.next()).collect();
        assert_eq!(numbers[..3], [0.7939112874678715, 0.5254990606499601, 0.3518347850388237]);
        assert_eq!(numbers[65..], [0.2603201442309373, 0.5279993703358514]);
    }
}
