//! The model structure.

use core::mem::MaybeUninit;

use crate::bytes::bytes;
use crate::status::Status;
use crate::storage::{Storage, closed, storage};

/// A model: tables that turn the bits of a block into its pixels. Opaque; may be copied with =.
///
/// Initialize it to zero or with nice_model_open() before you use it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Model {
    /// 1 if the model is open, otherwise 0.
    pub open: usize,
    /// Private.
    pub opaque: [MaybeUninit<usize>; 15],
}

// `'static` stands for as long as C keeps the bytes of the file.
storage!(Model, 16, nice_decode::Model<'static>);

/// Opens a model from the contents of a .nicem file, and checks all of it.
///
/// The library does not copy the file: it must stay in memory, unchanged, as long as the model or a
/// image of it is used. On 32-bit processors, a model is decoded faster if the file is at an
/// address that is a multiple of 4.
///
/// If this returns an error, the model is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_model_open(
    model: *mut Model,
    file: *const u8,
    length: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (model, file) = unsafe { (closed(model), bytes(file, length)) };
    Status::of(|| {
        let model = model?;
        model.store(nice_decode::Model::from_bytes(file?)?);
        Ok(())
    })
}
