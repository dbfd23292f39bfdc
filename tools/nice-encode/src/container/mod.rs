//! The files: images (`.nice`), decoder models (`.nicem`) and the encoder networks that belong to models (`.nicee`).

pub mod encoder_network;
pub mod file_type;
pub mod image;
pub mod model;
