//! The tables of a dense layer in fixed point.

use nice_decode::format::LayerTables;

/// A layer in fixed point; see [`LayerTables`].
#[derive(Clone, Debug)]
pub(super) struct IntegerLayer {
    pub(super) pre: u8,
    pub(super) post: u8,
    pub(super) weights: Vec<i8>,
    pub(super) bias: Vec<i32>,
    pub(super) multiplier: Vec<u16>,
}

/// The bytes of a layer, as a model has them.
pub(super) struct LayerBytes {
    pre: u8,
    post: u8,
    weights: Vec<u8>,
    bias: Vec<u8>,
    multiplier: Vec<u8>,
}

impl IntegerLayer {
    /// The bytes of the layer.
    pub(super) fn bytes(&self) -> LayerBytes {
        LayerBytes {
            pre: self.pre,
            post: self.post,
            weights: self.weights.iter().map(|&weight| weight as u8).collect(),
            bias: self.bias.iter().flat_map(|b| b.to_le_bytes()).collect(),
            multiplier: self
                .multiplier
                .iter()
                .flat_map(|m| m.to_le_bytes())
                .collect(),
        }
    }
}

impl LayerBytes {
    /// The tables that borrow these bytes.
    pub(super) fn tables(&self) -> LayerTables<'_> {
        LayerTables {
            pre: self.pre,
            post: self.post,
            weights: &self.weights,
            bias: &self.bias,
            multiplier: &self.multiplier,
        }
    }
}
