//! The checksum that the programs log.

use crc::{CRC_32_ISO_HDLC, Crc, Table};

/// CRC-32 as in zlib and PNG, with a table of 1 KiB in flash.
pub static CRC_32: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);
