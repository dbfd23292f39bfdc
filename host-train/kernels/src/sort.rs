//! Sorts candidates in shared memory: a bitonic sort (Batcher, "Sorting networks and their applications", 1968).

use cubecl::prelude::*;

/// Sorts the first `size` candidates by their error, and those with equal errors by their number. `size` is a power of two, and the
/// same for all units of the cube, which all call this; `units` is their number.
#[cube]
pub(crate) fn sort(
    errors: &mut SharedMemory<f32>,
    numbers: &mut SharedMemory<u32>,
    size: u32,
    #[comptime] units: u32,
) {
    let mut run = 2u32;
    while run <= size {
        let mut distance = run / 2;
        while distance > 0 {
            let mut pair = UNIT_POS;
            while pair < size / 2 {
                let low = 2 * pair - (pair & (distance - 1));
                let (first, second) = (low as usize, (low + distance) as usize);
                let (first_error, second_error) = (errors[first], errors[second]);
                let (first_number, second_number) = (numbers[first], numbers[second]);
                let greater = first_error > second_error
                    || (first_error == second_error && first_number > second_number);
                let ascending = low & run == 0;
                if greater == ascending {
                    errors[first] = second_error;
                    errors[second] = first_error;
                    numbers[first] = second_number;
                    numbers[second] = first_number;
                }
                pair += units;
            }
            sync_cube();
            distance /= 2;
        }
        run *= 2;
    }
}
