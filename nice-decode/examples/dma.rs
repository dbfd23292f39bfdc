//! Sends an image to a display by DMA, with two buffers for strips of 8 lines: while one is sent, the next strip is decoded into the
//! other. `cargo run --example dma --features model-s`, with files also `-- MODEL.nicem IMAGE.nice`.
//!
//! The DMA controller here is a thread, and has the interface of those of many HALs for microcontrollers: a transfer owns its buffer
//! (which has the lifetime `'static`, as the `ReadBuffer` of the crate embedded-dma has it), and gives it back at the end. So the
//! compiler makes sure that a strip is not overwritten while it is sent.

use std::error::Error;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nice_decode::{Decoder, Image, Model, PixelFormat, Rgb565Be};

/// How long the bus takes for a byte: 8 bits at 20 MHz.
const BYTE: Duration = Duration::from_nanos(400);

/// A channel of the DMA controller, and the display that it sends to.
#[derive(Default)]
struct Channel {
    /// What the display has received.
    received: Vec<u8>,
}

/// A transfer in progress.
struct Transfer(JoinHandle<(Channel, &'static mut [u8])>);

impl Channel {
    /// Begins to send the first `length` bytes of a buffer.
    fn write(mut self, buffer: &'static mut [u8], length: usize) -> Transfer {
        Transfer(thread::spawn(move || {
            thread::sleep(BYTE * length as u32);
            self.received.extend(&buffer[..length]);
            (self, buffer)
        }))
    }
}

impl Transfer {
    /// Whether everything has been sent.
    fn is_done(&self) -> bool {
        self.0.is_finished()
    }

    /// Waits until everything has been sent, and returns the channel and the buffer.
    fn wait(self) -> (Channel, &'static mut [u8]) {
        self.0.join().expect("the transfer has not panicked")
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let (model, image) = match arguments.as_slice() {
        [model, image] => (std::fs::read(model)?, std::fs::read(image)?),
        _ => (
            include_bytes!("../tests/data/model.nicem").to_vec(),
            include_bytes!("../tests/data/image.nice").to_vec(),
        ),
    };
    let decoder = Decoder::new(&Model::from_bytes(&model)?, &Image::from_bytes(&image)?)?;
    let stride = Rgb565Be::line_bytes(decoder.width() as usize);
    // On a microcontroller these are two `static`s.
    let [first, second] = [(); 2].map(|()| vec![0; 8 * stride].leak());

    let begun = Instant::now();
    let (received, early) = show(&decoder, Channel::default(), first, second)?;
    println!(
        "{} bytes in {:?}, of which the bus takes {:?}; {early} of {} transfers were done before the next strip was decoded",
        received.len(),
        begun.elapsed(),
        BYTE * received.len() as u32,
        decoder.rows(),
    );

    // What the display has received is the image.
    let mut whole = vec![0; stride * decoder.height() as usize];
    decoder.region::<Rgb565Be>(decoder.bounds(), &mut whole, stride)?;
    assert!(received == whole, "the display shows another image");
    Ok(())
}

/// Shows an image. Returns what the display has received, and how many transfers the bus was faster than the decoder.
fn show(
    decoder: &Decoder<'_, '_>,
    channel: Channel,
    first: &'static mut [u8],
    second: &'static mut [u8],
) -> Result<(Vec<u8>, usize), Box<dyn Error>> {
    let stride = Rgb565Be::line_bytes(decoder.width() as usize);
    let mut early = 0;
    // There is nothing to send yet.
    let mut transfer = channel.write(first, 0);
    let mut lines = second;
    for strip in decoder.strips(decoder.bounds()) {
        // While the strip before it is sent.
        decoder.region::<Rgb565Be>(strip, lines, stride)?;
        early += usize::from(transfer.is_done());
        let (channel, sent) = transfer.wait();
        transfer = channel.write(lines, stride * strip.height as usize);
        lines = sent;
    }
    let (channel, _) = transfer.wait();
    Ok((channel.received, early))
}
