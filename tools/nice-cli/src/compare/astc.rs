//! ASTC, the texture format of telephones, as one of the codecs that are compared: by the program `astcenc`.

use std::time::Duration;

use anyhow::{Context, Result};

use super::codec::{Codec, Coded, Family, Way, timed};
use super::program::Program;
use crate::files;
use crate::picture::Picture;

/// The names that the program goes by: the plain one, and those of its own packages.
pub(super) const PROGRAMS: [&str; 5] = [
    "astcenc",
    "astcenc-avx2",
    "astcenc-sse4.1",
    "astcenc-sse2",
    "astcenc-neon",
];

/// ASTC with the largest blocks there are, 12 x 12 pixels in 128 bits.
pub(super) struct Astc {
    /// The program that codes it.
    pub astcenc: Program,
}

impl Codec for Astc {
    fn ways(&self) -> Vec<Way> {
        vec![Way {
            name: "ASTC 12x12".to_owned(),
            family: Family::Astc,
            random_access: true,
            about: "astcenc -cl 12x12 -thorough".to_owned(),
        }]
    }

    fn code(&self, picture: &Picture) -> Result<Vec<Coded>> {
        let folder =
            tempfile::tempdir().context("cannot make a temporary folder; set TMPDIR to one")?;
        let beside = |name: &str| folder.path().join(name);
        files::write_atomically(&beside("in.png"), &picture.to_png_bytes()?)?;
        let run = |args: &[&str]| timed(|| self.astcenc.run(folder.path(), args));

        let (said, taken) = run(&["-cl", "in.png", "out.astc", "12x12", "-thorough"]);
        let encode = reported(&said?, "Coding time:").unwrap_or(taken);
        let (said, taken) = run(&["-dl", "out.astc", "out.png", "-j", "1"]);
        let decode = reported(&said?, "Decoding time:").unwrap_or(taken);
        Ok(vec![Coded {
            bytes: files::read(&beside("out.astc"))?.len(),
            encode,
            decode,
            decoded: Picture::load(&beside("out.png"))?,
            jpeg: None,
        }])
    }
}

/// The time that the program says it took, without starting and without files.
fn reported(said: &str, what: &str) -> Option<Duration> {
    let (_, time) = said.split_once(what)?;
    let seconds = time.split_whitespace().next()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_the_program_reports_is_found() {
        let said = "Performance metrics\n===================\n\n    Total time:                  3.4943 s\n    \
            Coding time:                 3.5 s\n    Coding rate:                 0.1134 MT/s\n";
        assert_eq!(
            reported(said, "Coding time:"),
            Some(Duration::from_millis(3500))
        );
        assert_eq!(reported(said, "Decoding time:"), None);
        assert_eq!(reported("Coding time: -1 s", "Coding time:"), None);
    }

    #[test]
    fn a_picture_comes_back_where_the_program_is_installed() {
        let Some(astcenc) = Program::find(&PROGRAMS) else {
            return;
        };
        let rgb = (0..30_u32 * 20).flat_map(|at| [(at % 30 * 8) as u8, 128, (at / 30 * 12) as u8]);
        let picture = Picture::new(30, 20, rgb.collect()).unwrap();
        let coded = Astc { astcenc }.code(&picture).unwrap().remove(0);
        // Three by two blocks and a header.
        assert_eq!(coded.bytes, 6 * 16 + 16);
        let error = crate::psnr::Pooled::of(picture.rgb(), coded.decoded.rgb());
        assert!(error.db() > 25.0, "{}", error.db());
    }
}
