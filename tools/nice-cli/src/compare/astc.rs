//! ASTC, the texture format of mobile GPUs, in a comparison: by the program `astcenc`.

use std::time::Duration;

use anyhow::{Context, Result};

use nice_data::picture_file;
use nice_encode::measure::timed;
use nice_encode::{Picture, files};

use super::codec::{Codec, CodecResult, Family, Variant};
use super::program::Program;

/// The names of the program: the usual one, and those in the packages of its project.
pub(super) const PROGRAMS: [&str; 5] = [
    "astcenc",
    "astcenc-avx2",
    "astcenc-sse4.1",
    "astcenc-sse2",
    "astcenc-neon",
];

/// ASTC with blocks of 128 bits.
pub(super) struct Astc {
    /// The encoder and decoder.
    pub astcenc: Program,
    /// The size of a block; the largest has 12 x 12 pixels.
    pub block: &'static str,
    /// Whether it is one of several sizes.
    pub curve: bool,
}

impl Codec for Astc {
    fn variants(&self) -> Vec<Variant> {
        vec![Variant {
            name: format!("ASTC {}", self.block),
            curve: self.curve.then(|| "ASTC".to_owned()),
            family: Family::Astc,
            random_access: true,
            about: format!("astcenc -cl {} -thorough", self.block),
        }]
    }

    fn run(&self, picture: &Picture, _budget: usize) -> Result<Vec<CodecResult>> {
        let folder = tempfile::tempdir()
            .context("cannot create a temporary folder; set TMPDIR to a folder")?;
        let beside = |name: &str| folder.path().join(name);
        files::write_atomically(&beside("in.png"), &picture_file::to_png(picture)?)?;
        let run = |args: &[&str]| timed(|| self.astcenc.run(folder.path(), args));

        let (output, time) = run(&["-cl", "in.png", "out.astc", self.block, "-thorough"]);
        let encode_time = reported(&output?, "Coding time:").unwrap_or(time);
        let (output, time) = run(&["-dl", "out.astc", "out.png", "-j", "1"]);
        let decode_time = reported(&output?, "Decoding time:").unwrap_or(time);
        Ok(vec![CodecResult {
            bytes: files::read(&beside("out.astc"))?.len(),
            encode_time,
            decode_time,
            decoded: picture_file::read(&beside("out.png"))?,
            jpeg: None,
        }])
    }
}

/// The time in the output of the program, without that of starting it and of reading files.
fn reported(output: &str, label: &str) -> Option<Duration> {
    let (_, time) = output.split_once(label)?;
    let seconds = time.split_whitespace().next()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_in_the_output_of_the_program_is_found() {
        let output = "Performance metrics\n===================\n\n    Total time:                  3.4943 s\n    \
            Coding time:                 3.5 s\n    Coding rate:                 0.1134 MT/s\n";
        assert_eq!(
            reported(output, "Coding time:"),
            Some(Duration::from_millis(3500))
        );
        assert_eq!(reported(output, "Decoding time:"), None);
        assert_eq!(reported("Coding time: -1 s", "Coding time:"), None);
    }

    #[test]
    fn a_picture_is_encoded_and_decoded_if_the_program_is_installed() {
        let Some(astcenc) = Program::find(&PROGRAMS) else {
            return;
        };
        let rgb = (0..30_u32 * 20).flat_map(|at| [(at % 30 * 8) as u8, 128, (at / 30 * 12) as u8]);
        let picture = Picture::new(30, 20, rgb.collect()).unwrap();
        let astc = Astc {
            astcenc,
            block: "12x12",
            curve: false,
        };
        let coded = astc.run(&picture, 0).unwrap().remove(0);
        // Three by two blocks and a header.
        assert_eq!(coded.bytes, 6 * 16 + 16);
        let error = nice_encode::psnr::PooledError::between(picture.rgb(), coded.decoded.rgb());
        assert!(error.psnr() > 25.0, "{}", error.psnr());
    }
}
