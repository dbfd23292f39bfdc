//! What the flash and the RAM have room for.

use nice_decode::pretrained;
use pictures::Assets;

/// The assets for every model that the flash has room for.
pub const ALL_ASSETS: &[Assets] = &[pictures::large(pretrained::M)];

/// The assets of the demonstrations, those for the best model.
pub const ASSETS: Assets = ALL_ASSETS[0];

/// The sets of the block cache.
pub const CACHE_SETS: usize = 32;

/// The ways of the block cache.
pub const CACHE_WAYS: usize = 2;
