//! A floor that reaches to the horizon, seen by a camera above it: for each line of the frame, the texels under its pixels
//! and the amount of fog in front of them.
//!
//! This is mode 7 of the Super Nintendo: within a line of the frame the floor is only rotated and scaled, so the step from
//! one pixel to the next is two additions. Only the angle is a floating-point number. Everything after it is in fixed point, so
//! that the host renders the same frame as the device.
#![no_std]

mod camera;
mod color;
mod line;

pub use camera::{Camera, cameras};
pub use color::rgb565;
pub use line::{FloorLine, Line};
