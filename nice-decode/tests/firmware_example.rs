//! The files that the firmware example has beside its pictures are those of the formula.

#[path = "../examples/formula_model/formula.rs"]
mod formula;

use nice_decode::Decoder;

static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
static NETWORK: &[u8] = include_bytes!("../../firmware-example/network.nicem");

#[test]
fn its_files_are_those_of_the_formula() {
    let model = formula::model(32, 1);
    assert_eq!(MODEL, model);
    let id = Decoder::from_bytes(&model).unwrap().id();
    assert_eq!(PICTURE, formula::picture(45, 19, id.get(), 1));
    assert_eq!(NETWORK, formula::model(256, 1));
}
