//! Where a decoder takes latents from: the image in memory, or one that is read from storage.

use super::image::Image;
use crate::latent::AdaptiveLatent;

/// Where the latents of an image are. It is `InImage` wherever an image is in memory, which costs nothing.
pub(crate) trait LatentSource {
    /// The latent of the block with an index; `None` if there is no such block or it cannot be read.
    fn latent(&mut self, image: &Image<'_>, index: usize) -> Option<AdaptiveLatent>;

    /// Calls a function with the latents of `count` blocks from an index on, or of those that there are.
    #[inline(always)]
    fn for_each(
        &mut self,
        image: &Image<'_>,
        first: usize,
        count: usize,
        decode: &mut impl FnMut(&AdaptiveLatent),
    ) {
        for offset in 0..count {
            let Some(latent) = self.latent(image, first.wrapping_add(offset)) else {
                return;
            };
            decode(&latent);
        }
    }
}

/// The image itself has them.
#[derive(Clone, Copy)]
pub(crate) struct InImage;

impl LatentSource for InImage {
    #[inline(always)]
    fn latent(&mut self, image: &Image<'_>, index: usize) -> Option<AdaptiveLatent> {
        image.latent(index)
    }

    #[inline(always)]
    fn for_each(
        &mut self,
        image: &Image<'_>,
        first: usize,
        count: usize,
        decode: &mut impl FnMut(&AdaptiveLatent),
    ) {
        let mut latents = image.latents_from(first, count);
        #[expect(
            clippy::while_let_on_iterator,
            reason = "a for loop moves the reader, which takes more stack"
        )]
        while let Some(latent) = latents.next() {
            decode(&latent);
        }
    }
}
