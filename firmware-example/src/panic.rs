//! What happens in a panic: it is logged, and ends the program as a failure.

use core::panic::PanicInfo;

/// Logs what went wrong. The name of this function is what is looked for in a program that must not
/// be able to panic.
#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    defmt::println!("{}", defmt::Display2Format(info));
    board::exit(false)
}
