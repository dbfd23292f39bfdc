//! The panic handler.

use core::panic::PanicInfo;

use crate::log::log;

/// Logs the panic and halts.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    log(format_args!("{info}"));
    console::halt()
}
