//! The panic handler.

use core::panic::PanicInfo;

use crate::console;

/// Logs the panic and halts.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    console::log(format_args!("{info}"));
    console::halt()
}
