//! The notebook's network: an encoder that ends in 48 hard bits, and a decoder that turns them back into a block.
//!
//! Both halves are `linear, linear + bias, LeakyReLU, linear`. Nothing stands between the first two linear
//! layers, so their product is one matrix, and `(x A) B + b = x (A B) + b` gives the same function, the same
//! gradients for A and for B, and half the work: multiplying two small matrices once a batch replaces passing
//! every block through both. The two stay separate parameters with separate optimizer states, as in the notebook.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::activation::leaky_relu;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Samples of a block: 3 channels of 8 x 8, planar, as the notebook lays them out.
pub const SAMPLES: usize = 192;

/// What the LeakyReLU keeps of a negative value (PyTorch's default).
pub const SLOPE: f64 = 0.01;

/// The sizes of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// Bits of the latent.
    pub bits: usize,
    /// Hidden width of the encoder.
    pub encoder_hidden: usize,
    /// Hidden width of the decoder.
    pub decoder_hidden: usize,
}

impl Default for NetworkConfig {
    /// The notebook's sizes.
    fn default() -> Self {
        Self {
            bits: 48,
            encoder_hidden: 256,
            decoder_hidden: 256,
        }
    }
}

impl NetworkConfig {
    /// A network with PyTorch's default start (every weight and bias uniform in +-1/sqrt(inputs)), from a seed.
    ///
    /// The numbers come from a generator of our own, not from the device's, so that every device starts alike.
    pub fn init<B: Backend>(&self, seed: u64, device: &B::Device) -> Network<B> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let encoder = Half::init(SAMPLES, self.encoder_hidden, self.bits, &mut random, device);
        let decoder = Half::init(self.bits, self.decoder_hidden, SAMPLES, &mut random, device);
        Network { encoder, decoder }
    }
}

/// Encoder and decoder, trained together.
#[derive(Module, Debug)]
pub struct Network<B: Backend> {
    encoder: Half<B>,
    decoder: Half<B>,
}

/// One half: linear, linear with bias, LeakyReLU, linear.
#[derive(Module, Debug)]
pub struct Half<B: Backend> {
    first: Linear<B>,
    second: Linear<B>,
    third: Linear<B>,
}

impl<B: Backend> Network<B> {
    /// Blocks to latents whose forward value is 0 or 1 and whose gradient is softsign's (straight-through).
    pub fn encode(&self, blocks: Tensor<B, 2>) -> Tensor<B, 2> {
        let z = softsign(self.encoder.forward(blocks)); // [batch, bits], -1..1
        let step = z.clone().greater_elem(0.0).float(); // [batch, bits], 0 or 1
        // The difference carries no gradient, so backwards this is softsign alone; forwards it is the step.
        (step - z.clone()).detach() + z // [batch, bits]
    }

    /// Blocks to latents of exactly 0 and 1, for measuring.
    pub fn bits(&self, blocks: Tensor<B, 2>) -> Tensor<B, 2> {
        self.encoder.forward(blocks).greater_elem(0.0).float() // [batch, bits]
    }

    /// Latents to blocks, samples about 0..1, not clamped.
    pub fn decode(&self, latents: Tensor<B, 2>) -> Tensor<B, 2> {
        self.decoder.forward(latents) // [batch, 192]
    }

    /// The training loss of a batch of blocks with samples in 0..1: their mean squared error.
    pub fn loss(&self, blocks: Tensor<B, 2>) -> Tensor<B, 1> {
        let error = self.decode(self.encode(blocks.clone())) - blocks; // [batch, 192]
        error.powi_scalar(2).mean() // [1]
    }
}

impl<B: Backend> Half<B> {
    fn init(
        inputs: usize,
        hidden: usize,
        outputs: usize,
        random: &mut ChaCha8Rng,
        device: &B::Device,
    ) -> Self {
        Self {
            first: linear(inputs, hidden, false, random, device),
            second: linear(hidden, hidden, true, random, device),
            third: linear(hidden, outputs, false, random, device),
        }
    }

    fn forward(&self, x: Tensor<B, 2>) -> Tensor<B, 2> {
        let product = self.first.weight.val().matmul(self.second.weight.val()); // [inputs, hidden]
        let x = x.matmul(product); // [batch, hidden]
        let x = match &self.second.bias {
            Some(bias) => x + bias.val().unsqueeze(), // [batch, hidden] + [1, hidden]
            None => x,
        };
        leaky_relu(x, SLOPE).matmul(self.third.weight.val()) // [batch, outputs]
    }
}

fn softsign<B: Backend>(x: Tensor<B, 2>) -> Tensor<B, 2> {
    x.clone() / (x.abs() + 1.0)
}

fn linear<B: Backend>(
    inputs: usize,
    outputs: usize,
    bias: bool,
    random: &mut ChaCha8Rng,
    device: &B::Device,
) -> Linear<B> {
    let bound = 1.0 / (inputs as f32).sqrt();
    let mut uniform =
        |n: usize| -> Vec<f32> { (0..n).map(|_| random.random_range(-bound..bound)).collect() };
    let weight = TensorData::new(uniform(inputs * outputs), [inputs, outputs]);
    let bias = bias.then(|| TensorData::new(uniform(outputs), [outputs]));
    Linear {
        weight: Param::from_data(weight, device),
        bias: bias.map(|bias| Param::from_data(bias, device)),
    }
}
