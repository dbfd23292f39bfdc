//! Encoding with the library `nice-encode`: the encoder network, and the search that improves what it finds.

use nice_decode::{Image, Latent, Model, ModelId};
use nice_encode::container::encoder_network::{parse, to_bytes};
use nice_encode::decode::decode_image;
use nice_encode::network::EncoderNetwork;
use nice_encode::psnr::{PooledError, squared_error};
use nice_encode::{Encoder, Latents, Options, Picture, Tune, block, container, measure};
use proptest::prelude::*;

use crate::fixtures::{assert_decoded_by, encoder_network, encoder_numbers, model, picture};

/// An encoder for the model, with a small random encoder network.
fn encoder<'a>(model: &Model<'a>) -> Encoder<'a> {
    Encoder::for_network(*model, encoder_network(2, 9))
}

/// The squared error between a block on the grid of a picture and its decoded latent.
fn error(model: &Model, picture: &Picture, index: usize, latent: &Latent) -> u64 {
    let block = block::cut(picture, index);
    let mut decoded = [0; 192];
    model.block(latent, &mut decoded);
    squared_error(&block::planar_to_interleaved(&block), &decoded)
}

#[test]
fn the_encoder_network_adds_its_products_in_the_documented_order() {
    for hidden in [1, 15, 16, 17, 40] {
        let numbers = encoder_numbers(hidden as u64, hidden);
        let network = encoder_network(hidden as u64, hidden);
        let grid = block::grid(&picture(5, 40, 24));
        let latents = network.encode_all(&grid);
        for (block, latent) in grid.as_chunks::<192>().0.iter().zip(&latents) {
            let mut units = numbers.bias.clone();
            for (i, &sample) in block.iter().enumerate() {
                let x = f32::from(sample) / 255.0;
                for (j, unit) in units.iter_mut().enumerate() {
                    *unit += x * numbers.first[i * hidden + j];
                }
            }
            let mut expected = Latent::default();
            for k in 0..48 {
                let mut sum = 0.0;
                for (j, &unit) in units.iter().enumerate() {
                    let active = if unit > 0.0 { unit } else { unit * 0.01 };
                    sum += active * numbers.second[j * 48 + k];
                }
                expected[k / 8] |= u8::from(sum > 0.0) << (k % 8);
            }
            assert_eq!(*latent, expected);
            let mut separately = [Latent::default()];
            network.encode(&[*block], &mut separately);
            assert_eq!(separately, [expected]);
        }
    }
}

/// The options for an effort.
fn with_effort(effort: u32) -> Options {
    Options {
        effort,
        ..Options::default()
    }
}

#[test]
fn blocks_and_pictures_are_encoded_alike() {
    let file = model(1, 12);
    let encoder = encoder(&Model::from_bytes(&file).unwrap());
    let picture = picture(8, 61, 44);
    for effort in [0, 2] {
        assert_eq!(
            encoder.encode_picture(&picture, &with_effort(effort)),
            Latents::Fixed(encoder.encode_blocks(&block::grid(&picture), effort))
        );
    }
    assert_eq!(
        encoder.encode_picture(&picture, &with_effort(0)),
        Latents::Fixed(encoder_network(2, 9).encode_all(&block::grid(&picture)))
    );
}

#[test]
fn more_effort_never_raises_the_error_of_a_block_and_effort_1_lowers_that_of_most() {
    let file = model(1, 12);
    let model = Model::from_bytes(&file).unwrap();
    let picture = picture(6, 64, 48);
    let errors = |effort: u32| -> Vec<u64> {
        let latents = encoder(&model).encode_picture(&picture, &with_effort(effort));
        let latents = latents.fixed().unwrap();
        latents
            .iter()
            .enumerate()
            .map(|(index, latent)| error(&model, &picture, index, latent))
            .collect()
    };
    let efforts = [0, 1, 2, 3, 5].map(errors);
    for pair in efforts.windows(2) {
        assert!(
            pair[0]
                .iter()
                .zip(&pair[1])
                .all(|(less, more)| more <= less)
        );
    }
    let lowered = efforts[0].iter().zip(&efforts[1]).filter(|(a, b)| b < a);
    assert!(lowered.count() > efforts[0].len() / 2);
}

#[test]
fn with_enough_effort_no_flip_of_a_single_bit_lowers_the_error() {
    let file = model(1, 12);
    let model = Model::from_bytes(&file).unwrap();
    let picture = picture(9, 48, 32);
    let latents = encoder(&model).encode_picture(&picture, &with_effort(u32::MAX));
    let latents = latents.fixed().unwrap();
    for (index, latent) in latents.iter().enumerate() {
        let best = error(&model, &picture, index, latent);
        for bit in 0..48 {
            let mut other = *latent;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(error(&model, &picture, index, &other) >= best);
        }
    }
}

#[test]
fn the_latent_of_a_block_does_not_depend_on_the_blocks_around_it() {
    let file = model(1, 12);
    let encoder = encoder(&Model::from_bytes(&file).unwrap());
    let grid = block::grid(&picture(4, 83, 77));
    let together = encoder.encode_blocks(&grid, 2);
    for (block, latent) in grid.as_chunks::<192>().0.iter().zip(&together) {
        assert_eq!(encoder.encode_blocks(block, 2), [*latent]);
    }
}

#[test]
fn a_picture_and_its_blocks_have_the_same_measured_error() {
    let file = model(1, 12);
    let encoder = encoder(&Model::from_bytes(&file).unwrap());
    let picture = picture(11, 40, 24);
    for effort in [0, 1] {
        let encoded = measure::encode(&encoder, &picture, &with_effort(effort)).unwrap();
        let decoded = encoded.decode(&encoder, false).unwrap();
        let (error, _) = measure::measure_blocks(&encoder, &block::grid(&picture), effort);
        assert_eq!(
            PooledError::between(picture.rgb(), decoded.picture.rgb()),
            error
        );
    }
}

#[test]
fn an_encoder_network_has_finite_numbers_of_the_right_count() {
    let zeros = |count| vec![0.0; count];
    let network = |hidden, slope, first: &[f32], bias: &[f32], second: &[f32]| {
        EncoderNetwork::new(hidden, slope, first, bias, second)
    };
    assert!(network(2, 0.01, &zeros(384), &zeros(2), &zeros(96)).is_ok());
    assert!(network(0, 0.01, &[], &[], &[]).is_err());
    assert!(network(2, f32::NAN, &zeros(384), &zeros(2), &zeros(96)).is_err());
    assert!(network(2, 0.01, &zeros(383), &zeros(2), &zeros(96)).is_err());
    assert!(network(2, 0.01, &zeros(384), &zeros(3), &zeros(96)).is_err());
    assert!(network(2, 0.01, &zeros(384), &zeros(2), &zeros(97)).is_err());
    assert!(network(2, 0.01, &zeros(384), &[0.0, f32::INFINITY], &zeros(96)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_picture_is_decoded_from_its_latents(
        seed in any::<u64>(),
        width in 1_u32..60,
        height in 1_u32..60,
        hidden in 1_u16..40,
        effort in 0_u32..2,
    ) {
        let file = model(seed, hidden);
        let model = Model::from_bytes(&file).unwrap();
        let encoder = Encoder::for_network(model, encoder_network(seed, 5));
        let latents = encoder.encode_picture(&picture(seed, width, height), &Options { effort, tune: Tune::Looks, ..Options::default() });
        let bytes = container::image::to_bytes(width, height, model.id(), &latents).unwrap();
        let image = Image::from_bytes(&bytes).unwrap();
        assert_decoded_by(&model, &image, &decode_image(&model, &image, false).unwrap());
    }

    #[test]
    fn an_encoder_file_holds_the_network_and_the_id_that_were_written(
        seed in any::<u64>(),
        hidden in 1_usize..70,
        id in any::<u32>(),
    ) {
        let network = encoder_network(seed, hidden);
        let id = ModelId::new(id);
        let (read, read_id) = parse(&to_bytes(&network, id)).unwrap();
        prop_assert_eq!(read, network);
        prop_assert_eq!(read_id, id);
    }
}
