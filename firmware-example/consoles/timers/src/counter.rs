//! Two timers of 16 bits as a counter of 32 bits.

/// The timers, each with a count and a control register.
const TIMERS: *mut u16 = 0x0400_0100 as *mut u16;

/// Starts to count cycles of the bus.
pub fn start_counter() {
    // SAFETY: these are registers of the console, and nothing else uses them.
    unsafe {
        for timer in [0, 1] {
            TIMERS.add(2 * timer + 1).write_volatile(0);
            TIMERS.add(2 * timer).write_volatile(0);
        }
        // The second timer counts the overflows of the first one.
        TIMERS.add(3).write_volatile(1 << 7 | 1 << 2);
        TIMERS.add(1).write_volatile(1 << 7);
    }
}

/// Stops counting, and returns the cycles since [`start_counter`].
pub fn read_counter() -> u32 {
    // SAFETY: as above. Once the timers are stopped they do not change between the two reads.
    unsafe {
        TIMERS.add(1).write_volatile(0);
        u32::from(TIMERS.add(2).read_volatile()) << 16 | u32::from(TIMERS.read_volatile())
    }
}
