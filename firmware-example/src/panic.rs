//! The panic handler.

use core::panic::PanicInfo;

/// Logs the panic and ends the program with failure. `.ci/device-checks` searches for the name of this function in programs
/// that must not be able to panic.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    defmt::println!("{}", defmt::Display2Format(info));
    board::exit(false)
}
