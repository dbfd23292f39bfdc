//! Progress bars that stay out of the way: none in a log file or a pipe, and none for work that is over at once.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is done within this time shows no bar.
const PATIENCE: Duration = Duration::from_secs(2);

/// A bar over `len` things, named by `what` (`"reading pictures"`), with rate and time left.
///
/// It draws on standard error, only when that is a terminal, and only once two seconds have gone by.
pub fn bar(len: u64, what: &'static str) -> ProgressBar {
    styled(
        len,
        what,
        "{msg} {wide_bar} {human_pos}/{human_len} {per_sec:.1} {eta} left",
    )
}

/// A bar over `len` bytes, as [`bar`]; a length of 0 stands for one that is not known.
pub fn bytes_bar(len: u64, what: &'static str) -> ProgressBar {
    let template = if len == 0 {
        "{msg} {spinner} {binary_bytes} {binary_bytes_per_sec}"
    } else {
        "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta} left"
    };
    styled(len, what, template)
}

fn styled(len: u64, what: &'static str, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(len), ProgressDrawTarget::hidden())
        .with_style(
            ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("=> "),
        )
        .with_message(what);
    if std::io::stderr().is_terminal() {
        let late = bar.downgrade();
        std::thread::spawn(move || {
            std::thread::sleep(PATIENCE);
            if let Some(bar) = late.upgrade()
                && !bar.is_finished()
            {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
        });
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_well_formed_and_a_new_bar_is_not_shown() {
        for bar in [
            bar(3, "counting"),
            bytes_bar(0, "reading"),
            bytes_bar(9, "reading"),
        ] {
            assert!(bar.is_hidden());
            bar.inc(1);
            assert_eq!(bar.position(), 1);
        }
    }
}
