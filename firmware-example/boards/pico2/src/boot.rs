//! The block that the boot ROM looks for.

use rp235x_hal::block::ImageDef;

/// Tells the boot ROM that this is a program.
#[unsafe(link_section = ".start_block")]
#[used]
pub static IMAGE_DEF: ImageDef = ImageDef::secure_exe();
