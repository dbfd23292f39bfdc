//! Progress bars, shown only on a terminal and only for work that takes a while.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that takes less time than this shows no bar.
const DELAY: Duration = Duration::from_secs(2);

/// A bar for `len` steps of a task (`"reading pictures"`), with rate and time left.
///
/// It is drawn on standard error after two seconds, and only if that is a terminal.
pub fn bar(len: u64, task: &'static str) -> ProgressBar {
    styled(
        len,
        task,
        "{msg} {wide_bar} {human_pos}/{human_len} {per_sec:.1} {eta} left",
    )
}

/// A [`bar`] for `len` bytes; 0 if the number is unknown.
pub fn bytes_bar(len: u64, task: &'static str) -> ProgressBar {
    let template = if len == 0 {
        "{msg} {spinner} {binary_bytes} {binary_bytes_per_sec}"
    } else {
        "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta} left"
    };
    styled(len, task, template)
}

fn styled(len: u64, task: &'static str, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(len), ProgressDrawTarget::hidden())
        .with_style(
            ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("=> "),
        )
        .with_message(task);
    if std::io::stderr().is_terminal() {
        let weak = bar.downgrade();
        std::thread::spawn(move || {
            std::thread::sleep(DELAY);
            if let Some(bar) = weak.upgrade()
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
    fn templates_are_valid_and_a_new_bar_is_hidden() {
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
