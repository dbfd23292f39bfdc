//! Makes cartridges from the programs for game consoles. GBATEK describes those of the Game Boy Advance and the Nintendo DS.

use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use crc::{CRC_16_MODBUS, Crc};
use object::elf::{
    FileHeader32, PF_R, PF_W, PF_X, PT_LOAD, ProgramHeader32, R_MIPS_26, R_MIPS_32, R_MIPS_HI16,
    R_MIPS_JALR, R_MIPS_LO16, R_MIPS_PC16, Rel32, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHN_UNDEF,
    SHT_PROGBITS, SectionHeader32,
};
use object::pod::{bytes_of, bytes_of_slice};
use object::read::elf::{FileHeader, ProgramHeader, Rel, SectionHeader, Sym};
use object::{LittleEndian, U16, U32};

/// The addresses of the cartridge of a Game Boy Advance.
const GBA_CARTRIDGE: Range<u32> = 0x0800_0000..0x0A00_0000;

/// The addresses of the main memory of a Nintendo DS, where the program of its ARM9 is loaded.
const NDS_MAIN_MEMORY: Range<u32> = 0x0200_0000..0x0240_0000;

/// The addresses where the program of its ARM7 is loaded.
const NDS_ARM7_MEMORY: Range<u32> = 0x0380_0000..0x0381_0000;

/// The bytes of the header of a card for the Nintendo DS, and the boundary where a program begins.
const NDS_BLOCK: usize = 0x200;

/// The offset of the checksum in that header, which covers what is before it.
const NDS_CHECKSUM: usize = 0x15E;

/// A cartridge for the Game Boy Advance: the program as it is in memory, including the header.
///
/// # Errors
///
/// If it is not a program for this console.
pub fn gba(program: &[u8]) -> Result<Vec<u8>> {
    let (_, [cartridge]) = memories(program, [GBA_CARTRIDGE])?;
    Ok(cartridge)
}

/// A card for the Nintendo DS: a header and the programs of both processors.
///
/// The header has no logo, which only the menu of the console looks for, and which is not ours.
///
/// # Errors
///
/// If it is not a program for this console.
pub fn nds(program: &[u8]) -> Result<Vec<u8>> {
    let (entry, [arm9, arm7]) = memories(program, [NDS_MAIN_MEMORY, NDS_ARM7_MEMORY])?;
    let arm9_offset = NDS_BLOCK;
    let arm7_offset = (arm9_offset + arm9.len()).next_multiple_of(NDS_BLOCK);
    let bytes = arm7_offset + arm7.len();

    let mut card = vec![0; NDS_BLOCK];
    // Title, game code and maker code.
    card[..18].copy_from_slice(b"NICE 48 BITSNICE00");
    // The size of the card, 128 KiB times a power of two.
    let units = bytes.div_ceil(128 << 10).next_power_of_two();
    card[0x14] = units.ilog2() as u8;
    let mut put = |offset: usize, words: [usize; 4]| {
        for (index, word) in words.into_iter().enumerate() {
            card[offset + 4 * index..][..4].copy_from_slice(&(word as u32).to_le_bytes());
        }
    };
    // Of each processor: offset on the card, first instruction, address in memory, and bytes.
    let arm9_start = NDS_MAIN_MEMORY.start as usize;
    put(0x20, [arm9_offset, entry as usize, arm9_start, arm9.len()]);
    let arm7_start = NDS_ARM7_MEMORY.start as usize;
    put(0x30, [arm7_offset, arm7_start, arm7_start, arm7.len()]);
    // The bytes that are used, and those of the header.
    put(0x80, [bytes, NDS_BLOCK, 0, 0]);
    let checksum = Crc::<u16>::new(&CRC_16_MODBUS).checksum(&card[..NDS_CHECKSUM]);
    card[NDS_CHECKSUM..][..2].copy_from_slice(&checksum.to_le_bytes());

    card.extend(arm9);
    card.resize(arm7_offset, 0);
    card.extend(arm7);
    Ok(card)
}

/// The addresses of a program for a PlayStation Portable, before it is moved to where there is memory.
const PSP_PROGRAM: Range<u32> = 0..0x0100_0000;

/// The type of an ELF file that the PlayStation Portable can move, and of the section that says what to change then.
const PSP_MODULE: u16 = 0xFFA0;
const PSP_RELOCATIONS: u32 = 0x7000_00A0;

/// The section that describes a module.
const PSP_MODULE_INFO: &[u8] = b".rodata.sceModuleInfo";

/// A module for the PlayStation Portable (PRX): an ELF file with one segment, and the relocations of the linker, which
/// `--emit-relocs` keeps, in the console's own type of section. The load address of the segment is the offset of the module's
/// description in the file.
///
/// # Errors
///
/// If it is not a program for this console.
pub fn psp(program: &[u8]) -> Result<Vec<u8>> {
    let (_, [memory]) = memories(program, [PSP_PROGRAM])?;
    let word = |value| U32::new(LittleEndian, value);
    let half = |value| U16::new(LittleEndian, value);
    let original = FileHeader32::<LittleEndian>::parse(program)?;
    let sections = original.sections(LittleEndian, program)?;
    let module_info = sections.section_by_name(LittleEndian, PSP_MODULE_INFO);
    let (_, module_info) = module_info.context("the program has no description of the module")?;
    let has =
        |section: &SectionHeader32<LittleEndian>, flag| section.sh_flags(LittleEndian) & flag != 0;
    let end = |flag| {
        let ends = sections.iter().filter(|section| has(section, flag));
        let ends =
            ends.map(|section| section.sh_addr(LittleEndian) + section.sh_size(LittleEndian));
        ends.max().unwrap_or_default()
    };
    // Code comes first.
    let code_bytes = end(SHF_EXECINSTR);

    let mut relocations = Vec::new();
    for section in sections.iter() {
        let Some((table, symbols)) = section.rel(LittleEndian, program)? else {
            continue;
        };
        if !has(
            sections.section(section.info_link(LittleEndian))?,
            SHF_ALLOC,
        ) {
            continue;
        }
        let symbols = sections.symbol_table_by_index(LittleEndian, program, symbols)?;
        for relocation in table {
            let kind = relocation.r_type(LittleEndian);
            match kind {
                // They do not change when everything is moved together.
                R_MIPS_PC16 | R_MIPS_JALR => continue,
                R_MIPS_32 | R_MIPS_26 | R_MIPS_HI16 | R_MIPS_LO16 => {}
                _ => bail!("the program has a relocation of the unexpected type {kind}"),
            }
            let symbol = relocation
                .symbol(LittleEndian)
                .context("a relocation has no symbol")?;
            if symbols.symbol(symbol)?.st_shndx(LittleEndian) == SHN_UNDEF {
                continue;
            }
            relocations.push(Rel32 {
                r_offset: relocation.r_offset,
                // Without a symbol: relative to the first segment.
                r_info: word(kind),
            });
        }
    }

    // The file: header, segment header, memory, relocations, section headers.
    let segment_offset = size_of::<FileHeader32<LittleEndian>>();
    let memory_offset =
        (segment_offset + size_of::<ProgramHeader32<LittleEndian>>()).next_multiple_of(16);
    let relocations_offset = (memory_offset + memory.len()).next_multiple_of(4);
    let relocations_bytes = size_of_val(relocations.as_slice());
    let sections_offset = relocations_offset + relocations_bytes;

    let mut header = *original;
    header.e_type = half(PSP_MODULE);
    header.e_phoff = word(segment_offset as u32);
    header.e_phnum = half(1);
    header.e_shoff = word(sections_offset as u32);
    header.e_shnum = half(4);
    header.e_shstrndx = half(SHN_UNDEF);
    let segment = ProgramHeader32 {
        p_type: word(PT_LOAD),
        p_offset: word(memory_offset as u32),
        p_vaddr: word(0),
        p_paddr: word(memory_offset as u32 + module_info.sh_addr(LittleEndian)),
        p_filesz: word(memory.len() as u32),
        p_memsz: word(end(SHF_ALLOC)),
        p_flags: word(PF_R | PF_W | PF_X),
        p_align: word(16),
    };
    let none = SectionHeader32 {
        sh_name: word(0),
        sh_type: word(0),
        sh_flags: word(0),
        sh_addr: word(0),
        sh_offset: word(0),
        sh_size: word(0),
        sh_link: word(0),
        sh_info: word(0),
        sh_addralign: word(0),
        sh_entsize: word(0),
    };
    let new_sections = [
        none,
        SectionHeader32 {
            sh_type: word(SHT_PROGBITS),
            sh_flags: word(SHF_ALLOC | SHF_EXECINSTR),
            sh_offset: word(memory_offset as u32),
            sh_size: word(code_bytes),
            sh_addralign: word(16),
            ..none
        },
        SectionHeader32 {
            sh_type: word(SHT_PROGBITS),
            sh_flags: word(SHF_ALLOC | SHF_WRITE),
            sh_addr: word(code_bytes),
            sh_offset: word(memory_offset as u32 + code_bytes),
            sh_size: word(memory.len() as u32 - code_bytes),
            sh_addralign: word(4),
            ..none
        },
        SectionHeader32 {
            sh_type: word(PSP_RELOCATIONS),
            sh_offset: word(relocations_offset as u32),
            sh_size: word(relocations_bytes as u32),
            // A section that is relocated.
            sh_info: word(1),
            sh_addralign: word(4),
            sh_entsize: word(size_of::<Rel32<LittleEndian>>() as u32),
            ..none
        },
    ];

    let mut module = bytes_of(&header).to_vec();
    module.extend(bytes_of(&segment));
    module.resize(memory_offset, 0);
    module.extend(memory);
    module.resize(relocations_offset, 0);
    module.extend(bytes_of_slice(&relocations));
    module.extend(bytes_of_slice(&new_sections));
    Ok(module)
}

/// The address of the first instruction of a program, and what it loads into each of the memories, from their first addresses.
fn memories<const N: usize>(
    program: &[u8],
    addresses: [Range<u32>; N],
) -> Result<(u32, [Vec<u8>; N])> {
    let header = FileHeader32::<LittleEndian>::parse(program)?;
    let endian = header.endian()?;
    let mut memories = [const { Vec::new() }; N];
    for segment in header.program_headers(endian, program)? {
        if segment.p_type(endian) != PT_LOAD || segment.p_filesz(endian) == 0 {
            continue;
        }
        let address = segment.p_paddr(endian);
        let index = addresses.iter().position(|range| range.contains(&address));
        let index = index.with_context(|| {
            format!("the program has a segment at {address:#x}, where the console has no memory")
        })?;
        let data = segment.data(endian, program).ok();
        let data = data.context("the program is truncated")?;
        let offset = (address - addresses[index].start) as usize;
        let memory: &mut Vec<u8> = &mut memories[index];
        if memory.len() < offset + data.len() {
            memory.resize(offset + data.len(), 0);
        }
        memory[offset..offset + data.len()].copy_from_slice(data);
    }
    ensure!(
        memories.iter().all(|memory| !memory.is_empty()),
        "the program is empty"
    );
    Ok((header.e_entry(endian), memories))
}
