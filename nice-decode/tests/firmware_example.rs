//! The files of the firmware example are those of the formula, and its log is what the host finds
//! too.

#[path = "../examples/formula_model/formula.rs"]
mod formula;
#[path = "../src/tests/reference.rs"]
mod reference;

use nice_decode::{Decoder, Image, crc32};

static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
static LOG: &str = include_str!("../../firmware-example/decode.log");

/// The code that the firmware example decodes.
const CODE: [u8; 6] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB];

#[test]
fn its_files_are_those_of_the_formula() {
    let model = formula::model(32, 1);
    assert_eq!(MODEL, model);
    let id = Decoder::from_bytes(&model).unwrap().id();
    assert_eq!(PICTURE, formula::picture(45, 19, id.get(), 1));
}

#[test]
fn its_log_is_what_the_host_finds() {
    let decoder = Decoder::from_bytes(MODEL).unwrap();
    let image = Image::from_bytes(PICTURE).unwrap();
    let mut block = [0; 192];
    decoder.block(&CODE, &mut block);
    assert_eq!(block, reference::decode(MODEL, CODE));
    let lines: Vec<&str> = LOG.lines().collect();
    assert_eq!(
        lines,
        [
            format!("{decoder}"),
            format!("code {CODE:02x?}"),
            format!("first line {:?}", &block[..24]),
            format!("checksum {:08x}", crc32(&block)),
            format!("{image}"),
        ]
    );
}
