//! Models, images and deblockers that borrow what they are opened with.

use std::ffi::c_void;
use std::marker::PhantomData;

use crate::functions::{
    ReadFunction, nice_deblock_bytes, nice_deblock_region, nice_deblocker_open, nice_decode_block,
    nice_decode_region, nice_decode_row, nice_image_blocks, nice_image_check,
    nice_image_has_deblocking, nice_image_open, nice_image_open_reader, nice_image_region,
    nice_image_set_orientation, nice_image_set_scale, nice_model_id, nice_model_open,
    nice_next_strip, nice_test_sizes, nice_texel,
};
use crate::values::{Deblocker, Format, Image, Model, Region, Status};

/// An open model.
pub struct OpenModel<'f>(Model, PhantomData<&'f [u8]>);

impl<'f> OpenModel<'f> {
    /// Opens a model.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn new(file: &'f [u8]) -> Result<Self, Status> {
        // SAFETY: it is a constant.
        let [model, image, deblocker] = unsafe { nice_test_sizes };
        assert!(model <= size_of::<Model>());
        assert!(image <= size_of::<Image>());
        assert!(deblocker <= size_of::<Deblocker>());
        let mut model = Model::default();
        // SAFETY: the model has room for C's structure, and cannot be used longer than the file.
        unsafe { nice_model_open(&mut model, file.as_ptr(), file.len()) }.result()?;
        Ok(Self(model, PhantomData))
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> u32 {
        // SAFETY: the model is initialized.
        unsafe { nice_model_id(&self.0) }
    }
}

/// An open image.
pub struct OpenImage<'f>(Image, PhantomData<&'f [u8]>);

impl<'f> OpenImage<'f> {
    /// Opens an image.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn new(model: &OpenModel<'f>, file: &'f [u8]) -> Result<Self, Status> {
        let mut image = Image::default();
        // SAFETY: the image has room for C's structure, and cannot be used longer than the files.
        unsafe { nice_image_open(&mut image, &model.0, file.as_ptr(), file.len()) }.result()?;
        Ok(Self(image, PhantomData))
    }

    /// Sets the scale and the orientation.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn transform(&mut self, scale: u32, orientation: u32) -> Result<(), Status> {
        // SAFETY: the image is initialized.
        unsafe {
            nice_image_set_scale(&mut self.0, scale).result()?;
            nice_image_set_orientation(&mut self.0, orientation).result()
        }
    }

    /// The strips of a region.
    #[must_use]
    pub fn strips(&self, region: Region) -> Vec<Region> {
        let (mut rest, mut strip) = (region, Region::default());
        let mut strips = Vec::new();
        // SAFETY: the image and the regions are initialized.
        while unsafe { nice_next_strip(&self.0, &mut rest, &mut strip) } == 1 {
            strips.push(strip);
        }
        strips
    }

    /// The region of the whole picture.
    #[must_use]
    pub fn whole(&self) -> Region {
        // SAFETY: the image is initialized.
        unsafe { nice_image_region(&self.0) }
    }

    /// The number of blocks.
    #[must_use]
    pub fn blocks(&self) -> u32 {
        // SAFETY: the image is initialized.
        unsafe { nice_image_blocks(&self.0) }
    }

    /// Whether the model has a deblocking filter.
    #[must_use]
    pub fn has_deblocking(&self) -> bool {
        // SAFETY: the image is initialized.
        unsafe { nice_image_has_deblocking(&self.0) != 0 }
    }

    /// Checks the file.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn check(&self) -> Result<(), Status> {
        // SAFETY: the image is initialized.
        unsafe { nice_image_check(&self.0) }.result()
    }

    /// Decodes a row.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn row(
        &self,
        row: u32,
        format: Format,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), Status> {
        let (to, length) = (lines.as_mut_ptr(), lines.len());
        // SAFETY: the image is initialized, and the lines are valid.
        unsafe { nice_decode_row(&self.0, row, format as u32, to, length, stride) }.result()
    }

    /// Decodes a region.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn region(
        &self,
        region: Region,
        format: Format,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), Status> {
        let (to, length) = (lines.as_mut_ptr(), lines.len());
        // SAFETY: the image is initialized, and the lines are valid.
        unsafe { nice_decode_region(&self.0, region, format as u32, to, length, stride) }.result()
    }

    /// Decodes a block.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn block(&self, index: u32, block: &mut [u8; 192]) -> Result<(), Status> {
        // SAFETY: the image is initialized, and the block has the bytes that are written.
        unsafe { nice_decode_block(&self.0, index, block.as_mut_ptr()) }.result()
    }

    /// Decodes a texel.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn texel(&self, x: u32, y: u32) -> Result<[u8; 3], Status> {
        let mut rgb = [0; 3];
        // SAFETY: the image is initialized, and the pixel has the bytes that are written.
        unsafe { nice_texel(&self.0, x, y, rgb.as_mut_ptr()) }.result()?;
        Ok(rgb)
    }

    /// The bytes that a deblocker takes.
    #[must_use]
    pub fn deblock_bytes(&self, region: Region) -> usize {
        // SAFETY: the image is initialized.
        unsafe { nice_deblock_bytes(&self.0, region) }
    }
}

/// What reads a file: given an offset and bytes to fill, it returns how many it has filled.
pub type Read<'r> = dyn FnMut(u32, &mut [u8]) -> usize + 'r;

/// An image that is read by a callback.
pub struct ReaderImage<'f> {
    image: OpenImage<'f>,
    /// Owned by the image, which has a pointer to it.
    _read: Box<Box<Read<'f>>>,
}

/// Calls the closure that the context points to.
extern "C" fn call(context: *mut c_void, offset: u32, to: *mut u8, length: usize) -> usize {
    // SAFETY: the context is that of `ReaderImage::new`, and C passes a buffer of this length, which is initialized.
    unsafe {
        let read = &mut *context.cast::<Box<Read<'_>>>();
        read(offset, std::slice::from_raw_parts_mut(to, length))
    }
}

impl<'f> ReaderImage<'f> {
    /// Opens an image that is read by a closure into a buffer.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn new(
        model: &OpenModel<'f>,
        read: Box<Read<'f>>,
        buffer: &'f mut [u8],
    ) -> Result<Self, Status> {
        let mut image = Image::default();
        let mut read = Box::new(read);
        let context: *mut Box<Read<'f>> = &mut *read;
        let (to, length) = (buffer.as_mut_ptr(), buffer.len());
        let callback: Option<ReadFunction> = Some(call);
        // SAFETY: the image has room for C's structure, and cannot be used longer than the closure and the buffer.
        unsafe {
            nice_image_open_reader(&mut image, &model.0, callback, context.cast(), to, length)
        }
        .result()?;
        Ok(Self {
            image: OpenImage(image, PhantomData),
            _read: read,
        })
    }

    /// The image.
    #[must_use]
    pub fn image(&self) -> &OpenImage<'f> {
        &self.image
    }

    /// The image.
    pub fn image_mut(&mut self) -> &mut OpenImage<'f> {
        &mut self.image
    }
}

/// An open deblocker.
pub struct OpenDeblocker<'f>(Deblocker, PhantomData<&'f mut [u8]>);

impl<'f> OpenDeblocker<'f> {
    /// Opens a deblocker for a region, in memory.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn new(
        image: &OpenImage<'f>,
        region: Region,
        memory: &'f mut [u8],
    ) -> Result<Self, Status> {
        let mut deblocker = Deblocker::default();
        let (to, length) = (memory.as_mut_ptr(), memory.len());
        // SAFETY: the deblocker has room for C's structure, and cannot be used longer than the image's files and the memory.
        unsafe { nice_deblocker_open(&mut deblocker, &image.0, region, to, length) }.result()?;
        Ok(Self(deblocker, PhantomData))
    }

    /// Decodes a region.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn region(
        &mut self,
        region: Region,
        format: Format,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), Status> {
        let (to, length) = (lines.as_mut_ptr(), lines.len());
        // SAFETY: the deblocker is initialized, and the lines are valid.
        unsafe { nice_deblock_region(&mut self.0, region, format as u32, to, length, stride) }
            .result()
    }
}
