//! Errors instead of panics when a GPU fails.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail};

/// The most characters of a cause that are shown. That of a kernel which does not compile ends with all of its code.
const SHOWN: usize = 400;

/// The names of the packages that panic when a GPU fails, as they stand in the paths of their files.
const FRAMEWORK: [&str; 4] = ["burn-", "cubecl-", "cudarc-", "wgpu-"];

/// The first panic of the training framework since this was set. It often comes from a thread of its own, and what others report is only
/// that this thread is gone.
type FirstPanic = Arc<Mutex<Option<String>>>;

/// Runs a task whose backend panics when the GPU fails, and returns an error then.
///
/// # Errors
///
/// Those of the task, and when it panics.
pub(super) fn guarded<T>(task: impl FnOnce() -> Result<T>) -> Result<T> {
    let first = FirstPanic::default();
    let previous = Arc::new(panic::take_hook());
    panic::set_hook({
        let (first, previous) = (first.clone(), previous.clone());
        Box::new(move |panic| {
            if of_framework(panic) {
                let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert_with(|| message(panic.payload()).to_owned());
            } else {
                previous(panic);
            }
        })
    });
    let result = catch_unwind(AssertUnwindSafe(task));
    panic::set_hook(Box::new(move |panic| previous(panic)));
    result.unwrap_or_else(|panic| {
        let first = first.lock().unwrap_or_else(PoisonError::into_inner);
        let cause = first.as_deref().unwrap_or(message(&*panic));
        bail!(
            "the GPU failed ({}); what was written until then is kept, and a run can go on with --resume and --device cpu",
            shortened(cause)
        )
    })
}

/// Whether a panic comes from the training framework.
fn of_framework(panic: &PanicHookInfo<'_>) -> bool {
    panic.location().is_some_and(|location| {
        let mut folders = location.file().split(['/', '\\']);
        folders.any(|folder| FRAMEWORK.iter().any(|name| folder.starts_with(name)))
    })
}

/// The message of a panic.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default()
}

/// The first words of a message, in one line.
fn shortened(message: &str) -> String {
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} ...", &words[..end]),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_names_its_cause_and_what_to_do() {
        let lost: Result<()> = guarded(|| panic!("the device\nis {}", "lost ".repeat(1000)));
        let error = lost.unwrap_err().to_string();
        assert!(
            error.starts_with("the GPU failed (the device is lost lost"),
            "{error}"
        );
        assert!(
            error.ends_with("--resume and --device cpu") && error.len() < 600,
            "{error}"
        );
    }

    #[test]
    fn the_errors_of_a_task_are_its_own() {
        let failed: Result<()> = guarded(|| bail!("no blocks"));
        assert_eq!(failed.unwrap_err().to_string(), "no blocks");
    }
}
