//! Runs the decoders of other libraries, so that none of their faults ends the program.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use anyhow::{Result, anyhow};

thread_local! {
    /// Whether panics of this thread are reported as errors, and not printed.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder. A panic of it becomes an error, and nothing is printed.
///
/// # Errors
///
/// Those of the decoder, and when it panics.
pub(super) fn guarded<T>(decode: impl FnOnce() -> Result<T>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                before(panic);
            }
        }));
    });
    let before = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(decode));
    GUARDED.set(before);
    result.unwrap_or_else(|panic| {
        Err(anyhow!(
            "its decoder fails ({}); convert the file with another program",
            message(panic.as_ref())
        ))
    })
}

/// The message of a panic.
fn message(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<String>() {
        text
    } else {
        panic.downcast_ref().copied().unwrap_or("no reason given")
    }
}

/// Memory for samples.
///
/// # Errors
///
/// When there is not enough memory.
pub(super) fn memory<T: Copy>(count: u64, value: T) -> Result<Vec<T>> {
    let mut memory = Vec::new();
    let allocated = usize::try_from(count).map(|count| {
        memory
            .try_reserve_exact(count)
            .map(|()| memory.resize(count, value))
    });
    match allocated {
        Ok(Ok(())) => Ok(memory),
        _ => Err(anyhow!(
            "there is not enough memory for the {} MB that it takes",
            count.saturating_mul(size_of::<T>() as u64) >> 20
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn a_panic_is_an_error_with_its_message() {
        let error = guarded::<()>(|| panic!("index {} out of bounds", 7)).unwrap_err();
        assert!(
            error.to_string().contains("index 7 out of bounds"),
            "{error}"
        );
        let error = guarded::<()>(|| panic!("no number")).unwrap_err();
        assert!(error.to_string().contains("no number"), "{error}");
    }

    #[test]
    fn results_and_errors_are_passed_on() {
        assert_eq!(guarded(|| Ok(3)).unwrap(), 3);
        let error = guarded::<()>(|| bail!("cut off")).unwrap_err();
        assert_eq!(error.to_string(), "cut off");
    }

    #[test]
    fn memory_that_does_not_exist_is_an_error() {
        assert_eq!(memory(3, 7_u8).unwrap(), [7; 3]);
        for count in [u64::MAX, 1 << 60] {
            let error = memory(count, 0_u16).unwrap_err().to_string();
            assert!(error.contains("not enough memory"), "{error}");
        }
    }
}
