//! Error handling: a program that cannot go on logs the error and exits.

/// The value of a result. An error is logged and ends the program with failure.
pub fn or_exit<T, E: defmt::Format>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => {
            defmt::println!("{}", error);
            board::exit(false)
        }
    }
}
