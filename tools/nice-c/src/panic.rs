//! The panic handler of a library without `std`: the linker requires one, but nothing calls it.

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
