//! The game consoles, and the emulators that run them.

use anyhow::Result;

use crate::cartridge;

/// A game console.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    /// The name of the console's crate.
    pub name: &'static str,
    /// The extension of its cartridges.
    pub extension: &'static str,
    /// The emulator: a library with the interface of libretro, without `_libretro.so`. If there is none, a cartridge is only made.
    pub emulator: Option<&'static str>,
    /// The width and height of its screens together.
    pub screen: (usize, usize),
    /// Where on the screen the picture begins.
    pub picture: (usize, usize),
    /// Makes a cartridge of a program, given as ELF.
    pub cartridge: fn(&[u8]) -> Result<Vec<u8>>,
}

/// All consoles.
pub static CONSOLES: [Console; 3] = [
    Console {
        name: "gba",
        extension: "gba",
        emulator: Some("mgba"),
        screen: (240, 160),
        picture: (0, 0),
        cartridge: cartridge::gba,
    },
    Console {
        name: "nds",
        extension: "nds",
        emulator: Some("desmume"),
        // Two screens, the picture is in the middle of the upper one.
        screen: (256, 2 * 192),
        picture: (8, 16),
        cartridge: cartridge::nds,
    },
    Console {
        name: "psp",
        extension: "prx",
        // No distribution has PPSSPP as a library; see `README.md`.
        emulator: None,
        screen: (480, 272),
        picture: (120, 56),
        cartridge: cartridge::psp,
    },
];

impl Console {
    /// The console with this name.
    pub fn named(name: &str) -> Option<Self> {
        CONSOLES.into_iter().find(|console| console.name == name)
    }
}
