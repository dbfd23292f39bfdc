//! The network that burn differentiates: an encoder that ends in 48 bits, and a decoder from them to a block.
//!
//! Both halves are `linear, linear + bias, LeakyReLU, linear`. There is nothing between the first two linear layers, and
//! `(x A) B + b = x (A B) + b`: multiplying the two small matrices once for each batch gives the same function and the same
//! gradients for A and B, with half the work. A and B remain separate parameters with separate optimizer states.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::activation::leaky_relu;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use nice_decode::BLOCK_SAMPLES;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// The slope of the LeakyReLU for negative values (PyTorch's default).
pub const SLOPE: f64 = 0.01;

/// The sizes of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// The bits of a latent.
    pub bits: usize,
    /// The hidden units of the encoder.
    pub encoder_hidden: usize,
    /// The hidden units of the decoder.
    pub decoder_hidden: usize,
}

impl NetworkConfig {
    /// A network with random parameters from a seed, initialized as in PyTorch: uniform in ±1/sqrt(inputs).
    ///
    /// The random numbers are generated on the host, so that they are the same for all devices.
    pub fn init<B: Backend>(&self, seed: u64, device: &B::Device) -> Network<B> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let encoder = Half::init(
            BLOCK_SAMPLES,
            self.encoder_hidden,
            self.bits,
            &mut random,
            device,
        );
        let decoder = Half::init(
            self.bits,
            self.decoder_hidden,
            BLOCK_SAMPLES,
            &mut random,
            device,
        );
        Network { encoder, decoder }
    }
}

/// An encoder and a decoder, which are trained together.
#[derive(Module, Debug)]
pub struct Network<B: Backend> {
    encoder: Half<B>,
    decoder: Half<B>,
}

/// One half of the network: linear, linear with bias, LeakyReLU, linear.
#[derive(Module, Debug)]
pub struct Half<B: Backend> {
    first: Linear<B>,
    second: Linear<B>,
    third: Linear<B>,
}

impl<B: Backend> Network<B> {
    /// Encodes blocks to latents of 0 and 1, with the gradient of softsign (straight-through).
    pub fn encode(&self, blocks: Tensor<B, 2>) -> Tensor<B, 2> {
        let z = softsign(self.encoder.forward(blocks)); // [batch, bits], -1..1
        let step = z.clone().greater_elem(0.0).float(); // [batch, bits], 0 or 1
        // The difference has no gradient, so this is the step in the forward pass and softsign in the backward pass.
        (step - z.clone()).detach() + z // [batch, bits]
    }

    /// Encodes blocks to latents of 0 and 1, without a gradient.
    pub fn bits(&self, blocks: Tensor<B, 2>) -> Tensor<B, 2> {
        self.encoder.forward(blocks).greater_elem(0.0).float() // [batch, bits]
    }

    /// Decodes latents to blocks, with samples approximately in 0..1 that are not clamped.
    pub fn decode(&self, latents: Tensor<B, 2>) -> Tensor<B, 2> {
        self.decoder.forward(latents) // [batch, 192]
    }

    /// The mean squared error of a batch of blocks, with samples in 0..1: the training loss.
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
