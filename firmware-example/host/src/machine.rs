//! The boards in QEMU.

/// A board in QEMU.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// The name of the board's crate.
    pub name: &'static str,
    /// The target that its programs are compiled for.
    pub target: &'static str,
    /// The program of QEMU that emulates it.
    pub qemu: &'static str,
    /// The Debian package of that program.
    pub package: &'static str,
    /// The arguments that select the machine and its processor.
    arguments: &'static [&'static str],
    /// Whether the board has the small model and small images.
    pub small: bool,
    /// Whether its processor has Arm's DSP instructions.
    pub dsp: bool,
}

/// All boards in QEMU.
pub static MACHINES: [Machine; 3] = [
    Machine {
        name: "mps2-an386",
        target: "thumbv7em-none-eabihf",
        qemu: "qemu-system-arm",
        package: "qemu-system-arm",
        arguments: &["-M", "mps2-an386", "-cpu", "cortex-m4"],
        small: false,
        dsp: true,
    },
    Machine {
        name: "microbit",
        target: "thumbv6m-none-eabi",
        qemu: "qemu-system-arm",
        package: "qemu-system-arm",
        arguments: &["-M", "microbit"],
        small: true,
        dsp: false,
    },
    Machine {
        name: "riscv-virt",
        target: "riscv32imc-unknown-none-elf",
        qemu: "qemu-system-riscv32",
        package: "qemu-system-misc",
        // Only the extensions of `riscv32imc`.
        arguments: &[
            "-M",
            "virt",
            "-bios",
            "none",
            "-cpu",
            "rv32,a=false,f=false,d=false",
        ],
        small: false,
        dsp: false,
    },
];

impl Machine {
    /// The machine of a board, by its name.
    pub fn named(name: &str) -> Option<Self> {
        MACHINES.into_iter().find(|machine| machine.name == name)
    }

    /// The arguments of QEMU, up to the program.
    ///
    /// With `-icount` the clock of QEMU counts instructions, so that measurements are the same in every run.
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
