//! Ctrl-C and SIGTERM as a flag that training checks after each step.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use nice_encode::unfinished;

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Installs the handler: the first Ctrl-C (or SIGTERM) sets the flag, the second ends the program.
pub fn install_handler() {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        ctrlc::set_handler(|| {
            if REQUESTED.swap(true, Ordering::Relaxed) {
                unfinished::remove_all();
                std::process::exit(130);
            }
        })
        .is_ok()
    });
}

/// Whether the user has requested to stop.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
