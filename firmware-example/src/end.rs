//! How a program ends: with success, with failure, or in a panic, which is a failure too.

use core::panic::PanicInfo;

use cortex_m_semihosting::{debug, hprintln};

/// Ends the program, and QEMU with it, with exit code 0.
pub fn success() -> ! {
    debug::exit(debug::EXIT_SUCCESS);
    halt()
}

/// Ends the program, and QEMU with it, with exit code 1.
pub fn failure() -> ! {
    debug::exit(debug::EXIT_FAILURE);
    halt()
}

/// Logs what went wrong. The name of this function is what is looked for in a program that must not
/// be able to panic.
#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    failure()
}

/// Waits for ever, where nobody listens to the end of the program.
fn halt() -> ! {
    loop {
        cortex_m::asm::nop();
    }
}
