//! Ctrl-C and friends as a flag that training looks at between two steps.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C (or SIGTERM) only sets the flag; the second ends the program at once.
pub fn watch() {
    static WATCHING: OnceLock<bool> = OnceLock::new();
    WATCHING.get_or_init(|| {
        ctrlc::set_handler(|| {
            if ASKED.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        })
        .is_ok()
    });
}

/// Whether someone asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
