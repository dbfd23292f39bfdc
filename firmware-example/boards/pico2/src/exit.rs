//! The end of a program.

use defmt_rtt as _;

/// Ends the program: sleeps with the last frame on the display, or stops at an instruction that the debugger reports as a
/// failure.
pub fn exit(success: bool) -> ! {
    if !success {
        cortex_m::asm::udf();
    }
    loop {
        cortex_m::asm::wfi();
    }
}
