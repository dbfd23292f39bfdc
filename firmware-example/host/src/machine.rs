//! The machines of QEMU that the boards stand for.

/// A board in QEMU.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// The name of the board's crate.
    pub name: &'static str,
    /// The target of its programs.
    pub target: &'static str,
    /// The program that has it.
    pub qemu: &'static str,
    /// The Debian package of that program.
    pub package: &'static str,
    /// Which machine it is.
    arguments: &'static [&'static str],
    /// Whether the board has the pictures and the model for small ones.
    pub small: bool,
}

/// All of them.
pub static MACHINES: [Machine; 3] = [
    Machine {
        name: "mps2-an386",
        target: "thumbv7em-none-eabihf",
        qemu: "qemu-system-arm",
        package: "qemu-system-arm",
        arguments: &["-M", "mps2-an386", "-cpu", "cortex-m4"],
        small: false,
    },
    Machine {
        name: "microbit",
        target: "thumbv6m-none-eabi",
        qemu: "qemu-system-arm",
        package: "qemu-system-arm",
        arguments: &["-M", "microbit"],
        small: true,
    },
    Machine {
        name: "riscv-virt",
        target: "riscv32imc-unknown-none-elf",
        qemu: "qemu-system-riscv32",
        package: "qemu-system-misc",
        // As much as `riscv32imc` says, and no more.
        arguments: &[
            "-M",
            "virt",
            "-bios",
            "none",
            "-cpu",
            "rv32,a=false,f=false,d=false",
        ],
        small: false,
    },
];

impl Machine {
    /// The machine of a board.
    pub fn named(name: &str) -> Option<Self> {
        MACHINES.into_iter().find(|machine| machine.name == name)
    }

    /// What QEMU is started with, up to the program that it runs.
    ///
    /// With `-icount` its clock counts instructions, so that what is measured is the same every time.
    pub fn arguments(&self) -> impl Iterator<Item = &'static str> {
        self.arguments.iter().copied().chain([
            "-icount",
            "shift=0",
            "-nographic",
            "-monitor",
            "none",
            "-serial",
            "none",
            "-semihosting-config",
            "enable=on,target=native",
            "-kernel",
        ])
    }
}
