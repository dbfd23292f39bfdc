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
    /// The emulator, and how it is run.
    pub emulator: Emulator,
    /// The width and height of its screens together.
    pub screen: (usize, usize),
    /// Where on the screen the picture begins.
    pub picture: (usize, usize),
    /// Makes a cartridge of a program, given as ELF.
    pub cartridge: fn(&[u8]) -> Result<Vec<u8>>,
}

/// An emulator, by its name in libretro.
#[derive(Clone, Copy, Debug)]
pub enum Emulator {
    /// A shared library, which distributions of Linux have.
    Library(&'static str),
    /// One that is compiled for browsers.
    Browser(&'static str),
}

/// All consoles.
pub static CONSOLES: [Console; 3] = [
    Console {
        name: "gba",
        extension: "gba",
        emulator: Emulator::Library("mgba"),
        screen: (240, 160),
        picture: (0, 0),
        cartridge: cartridge::gba,
    },
    Console {
        name: "nds",
        extension: "nds",
        emulator: Emulator::Library("desmume"),
        // Two screens, the picture is in the middle of the upper one.
        screen: (256, 2 * 192),
        picture: (8, 16),
        cartridge: cartridge::nds,
    },
    Console {
        name: "psp",
        extension: "prx",
        emulator: Emulator::Browser("ppsspp"),
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
