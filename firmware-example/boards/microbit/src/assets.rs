//! What the flash and the RAM have room for.

use nice_decode::pretrained;
use pictures::Assets;

/// The assets for every model that the flash has room for.
pub const ALL_ASSETS: &[Assets] = &[pictures::small(pretrained::S)];

/// The assets of the demonstrations, those for the best model.
pub const ASSETS: Assets = ALL_ASSETS[0];

/// The sets of the largest block cache that the RAM has room for.
pub const CACHE_SETS: usize = 4;

/// The ways of that cache.
pub const CACHE_WAYS: usize = 1;
