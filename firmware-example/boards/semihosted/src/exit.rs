//! The end of a program.

use defmt_semihosting as _;

/// Ends the program, and QEMU with it, with exit code 0 or 1.
pub fn exit(success: bool) -> ! {
    semihosting::process::exit(i32::from(!success))
}
