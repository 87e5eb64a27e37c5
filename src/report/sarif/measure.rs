//! How many bytes a text has as gzip, which is what GitHub counts.

use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params};

/// The size of what was added so far. It is never too small: gzip with its usual effort makes it smaller.
pub(super) struct Measure {
    compressor: Box<CompressorOxide>,
    bytes: usize,
}

impl Default for Measure {
    fn default() -> Self {
        /// The least effort; raw, without a header.
        const LEVEL: i32 = 1;
        const WINDOW: i32 = -15;
        let flags = create_comp_flags_from_zip_params(LEVEL, WINDOW, 0);
        Self { compressor: Box::new(CompressorOxide::new(flags)), bytes: 0 }
    }
}

impl Measure {
    /// Adds text.
    pub(super) fn add(&mut self, text: &str) {
        let bytes = &mut self.bytes;
        compress_to_output(&mut self.compressor, text.as_bytes(), TDEFLFlush::None, |out| {
            *bytes += out.len();
            true
        });
    }

    /// The bytes that were written. Some 100 KB may still be held back.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_small_and_what_does_not_is_not() {
        let (mut alike, mut varied) = (Measure::default(), Measure::default());
        let mut state = 1_u64;
        for _ in 0..40_000 {
            alike.add("a finding of the usual length; ");
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            varied.add(&format!("{state:016x}{:016x}", state.rotate_left(17).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        }
        assert!(alike.bytes() < 60_000, "{}", alike.bytes());
        assert!((500_000..1_280_000).contains(&varied.bytes()), "{}", varied.bytes());
    }
}
