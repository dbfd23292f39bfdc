//! placeholder
#![no_std]
#![no_main]
use board::entry;
use firmware_example as _;
/// Runs the demonstration.
#[entry]
fn main() -> ! {
    board::exit(true)
}
