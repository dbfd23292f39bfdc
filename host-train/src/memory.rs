//! Reuse of memory between training steps.

/// The size of a block that, with its header, stays below 32 MiB, the limit up to which glibc adapts.
const BLOCK: usize = (32 << 20) - (64 << 10);

/// Makes glibc keep freed memory for reuse.
///
/// glibc returns a large block to the system when it is freed, and from then on keeps freed blocks of up to that size. Freeing
/// one very large block raises this limit at once. Otherwise each training step would return the memory of its tensors and
/// request it again, which takes a third of the time. Other allocators are not affected.
pub fn keep_freed_blocks() {
    drop(std::hint::black_box(vec![0_u8; BLOCK]));
}
