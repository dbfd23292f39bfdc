//! Event files for TensorBoard: scalars and pictures by step, in TFRecord framing.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use prost::Message;

/// The beginning of the name of an event file.
const PREFIX: &str = "events.out.tfevents.";

/// Writes an event file, a new one each time a run is started or resumed.
///
/// Records are written to the file by [`flush`](Self::flush), or when the writer is dropped. If the run is killed before that,
/// the last record may be truncated; TensorBoard stops there and continues with the file of the resumed run.
#[derive(Debug)]
pub struct EventWriter {
    file: BufWriter<File>,
    path: PathBuf,
}

impl EventWriter {
    /// Creates an event file in a folder, which is created if necessary.
    ///
    /// `start_step` is the step at which a run is resumed, 0 for a new run. TensorBoard is told to drop later steps of earlier
    /// event files in the folder, since the resumed run repeats them.
    ///
    /// # Errors
    ///
    /// When the folder or the file cannot be created.
    pub fn create(dir: &Path, start_step: u64) -> Result<Self> {
        fs::create_dir_all(dir).with_context(|| {
            format!(
                "cannot create {}: choose another --out folder, or check its permissions",
                dir.display()
            )
        })?;
        // TensorBoard reads the files of a folder in the order of their names, so a later file needs a later name, even if a run
        // is resumed within the same second.
        let seconds = now()
            .as_secs()
            .max(latest(dir)?.map_or(0, |latest| latest + 1));
        let path = dir.join(format!(
            "{PREFIX}{seconds:010}.{}.{}.nice",
            host(),
            std::process::id()
        ));
        let file = File::create_new(&path).with_context(|| {
            format!(
                "cannot create the event file {}: is the disk full?",
                path.display()
            )
        })?;
        let mut writer = Self {
            file: BufWriter::new(file),
            path,
        };
        writer.event(0, Payload::FileVersion("brain.Event:2".to_owned()))?;
        if start_step > 0 {
            let step = i64::try_from(start_step)
                .unwrap_or(i64::MAX)
                .saturating_add(1);
            writer.event(
                step,
                Payload::SessionLog(SessionLog {
                    status: SessionStatus::Start.into(),
                }),
            )?;
        }
        writer.flush()?;
        Ok(writer)
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a value to the curve `tag`.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn scalar(&mut self, tag: &str, step: i64, value: f32) -> Result<()> {
        self.value(tag, step, Value::SimpleValue(value))
    }

    /// Adds a picture, as PNG, to the series `tag`.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn image(
        &mut self,
        tag: &str,
        step: i64,
        png: &[u8],
        width: u32,
        height: u32,
    ) -> Result<()> {
        let image = SummaryImage {
            height: height
                .try_into()
                .context("the picture is too high for an event file")?,
            width: width
                .try_into()
                .context("the picture is too wide for an event file")?,
            colorspace: 3,
            encoded_image_string: png.to_vec(),
        };
        self.value(tag, step, Value::Image(image))
    }

    /// Writes everything that was added to the file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn flush(&mut self) -> Result<()> {
        self.file.flush().with_context(|| self.cannot_write())
    }

    fn value(&mut self, tag: &str, step: i64, value: Value) -> Result<()> {
        let value = SummaryValue {
            tag: tag.to_owned(),
            value: Some(value),
        };
        self.event(step, Payload::Summary(Summary { value: vec![value] }))
    }

    fn event(&mut self, step: i64, payload: Payload) -> Result<()> {
        let event = Event {
            wall_time: now().as_secs_f64(),
            step,
            payload: Some(payload),
        };
        self.file
            .write_all(&frame(&event.encode_to_vec()))
            .with_context(|| self.cannot_write())
    }

    fn cannot_write(&self) -> String {
        format!(
            "cannot write the event file {}: is the disk full?",
            self.path.display()
        )
    }
}

/// A TFRecord: the length, its checksum, the bytes, their checksum.
fn frame(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u64).to_le_bytes();
    let mut record = Vec::with_capacity(bytes.len() + 16);
    record.extend_from_slice(&length);
    record.extend_from_slice(&masked_crc(&length).to_le_bytes());
    record.extend_from_slice(bytes);
    record.extend_from_slice(&masked_crc(bytes).to_le_bytes());
    record
}

/// The masked CRC-32C of TFRecord.
fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
}

fn now() -> std::time::Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// The latest time in the names of the event files in a folder.
fn latest(dir: &Path) -> Result<Option<u64>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    Ok(entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            name.to_str()?
                .strip_prefix(PREFIX)?
                .split('.')
                .next()?
                .parse()
                .ok()
        })
        .max())
}

/// The name of this machine, without characters that are special in a file name; or `localhost`.
fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    if name.is_empty() {
        "localhost".to_owned()
    } else {
        name
    }
}

// The messages that are written, with the field numbers of the TensorBoard protocol.

#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(oneof = "Payload", tags = "3, 5, 7")]
    payload: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Payload {
    #[prost(string, tag = "3")]
    FileVersion(String),
    #[prost(message, tag = "5")]
    Summary(Summary),
    #[prost(message, tag = "7")]
    SessionLog(SessionLog),
}

#[derive(Clone, PartialEq, Message)]
struct SessionLog {
    #[prost(enumeration = "SessionStatus", tag = "1")]
    status: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
enum SessionStatus {
    Unspecified = 0,
    Start = 1,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<SummaryValue>,
}

#[derive(Clone, PartialEq, Message)]
struct SummaryValue {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(oneof = "Value", tags = "2, 4")]
    value: Option<Value>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Value {
    #[prost(float, tag = "2")]
    SimpleValue(f32),
    #[prost(message, tag = "4")]
    Image(SummaryImage),
}

#[derive(Clone, PartialEq, Message)]
struct SummaryImage {
    #[prost(int32, tag = "1")]
    height: i32,
    #[prost(int32, tag = "2")]
    width: i32,
    /// 3 is RGB.
    #[prost(int32, tag = "3")]
    colorspace: i32,
    #[prost(bytes = "vec", tag = "4")]
    encoded_image_string: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses the records and checks their checksums.
    fn records(mut bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_at(8);
            let (length_crc, rest) = rest.split_at(4);
            assert_eq!(masked_crc(length).to_le_bytes(), *length_crc);
            let (data, rest) =
                rest.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
            let (data_crc, rest) = rest.split_at(4);
            assert_eq!(masked_crc(data).to_le_bytes(), *data_crc);
            events.push(Event::decode(data).unwrap());
            bytes = rest;
        }
        events
    }

    fn written(writer: EventWriter) -> Vec<Event> {
        let path = writer.path().to_owned();
        drop(writer);
        records(&fs::read(path).unwrap())
    }

    #[test]
    fn the_first_record_has_the_bytes_that_tensorboard_expects() {
        // The version event with a wall time of zero, and the record of an empty message.
        let event = Event {
            wall_time: 0.0,
            step: 0,
            payload: Some(Payload::FileVersion("brain.Event:2".to_owned())),
        };
        assert_eq!(event.encode_to_vec(), b"\x1a\x0dbrain.Event:2");
        // CRC-32C of "123456789" is the check value e3069283 of the Castagnoli polynomial.
        assert_eq!(
            masked_crc(b"123456789"),
            0xe306_9283_u32.rotate_right(15).wrapping_add(0xa282_ead8)
        );
        assert_eq!(
            frame(b""),
            [
                0, 0, 0, 0, 0, 0, 0, 0, 0x29, 0x03, 0x98, 0x07, 0xd8, 0xea, 0x82, 0xa2
            ]
        );
    }

    #[test]
    fn scalars_and_pictures_are_written_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = EventWriter::create(&folder.path().join("new/folder"), 0).unwrap();
        writer.scalar("loss", 1000, 0.25).unwrap();
        writer.image("demo", 1000, b"png bytes", 64, 48).unwrap();
        let events = written(writer);
        assert_eq!(events.len(), 3);
        assert_eq!(
            events[0].payload,
            Some(Payload::FileVersion("brain.Event:2".to_owned()))
        );
        let Some(Payload::Summary(scalar)) = &events[1].payload else {
            panic!("no summary: {events:?}")
        };
        assert_eq!(
            (events[1].step, scalar.value[0].tag.as_str()),
            (1000, "loss")
        );
        assert_eq!(scalar.value[0].value, Some(Value::SimpleValue(0.25)));
        let Some(Payload::Summary(picture)) = &events[2].payload else {
            panic!("no summary: {events:?}")
        };
        let Some(Value::Image(image)) = &picture.value[0].value else {
            panic!("no picture: {events:?}")
        };
        assert_eq!((image.width, image.height, image.colorspace), (64, 48, 3));
        assert_eq!(image.encoded_image_string, b"png bytes");
        assert!(events.iter().all(|event| event.wall_time > 1.0e9));
    }

    #[test]
    fn a_resumed_run_drops_later_steps_of_earlier_files() {
        let folder = tempfile::tempdir().unwrap();
        let events = written(EventWriter::create(folder.path(), 3000).unwrap());
        assert_eq!(events[1].step, 3001);
        assert_eq!(
            events[1].payload,
            Some(Payload::SessionLog(SessionLog {
                status: SessionStatus::Start.into()
            }))
        );
    }

    #[test]
    fn a_new_run_drops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            written(EventWriter::create(folder.path(), 0).unwrap()).len(),
            1
        );
    }

    #[test]
    fn each_start_writes_a_file_whose_name_sorts_after_the_earlier_ones() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<_> = (0..3)
            .map(|step| {
                EventWriter::create(folder.path(), step)
                    .unwrap()
                    .path()
                    .file_name()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert!(
            names.is_sorted() && names[0] != names[1] && names[1] != names[2],
            "{names:?}"
        );
        assert!(
            names[0]
                .to_str()
                .unwrap()
                .starts_with("events.out.tfevents.")
        );
    }

    #[test]
    fn a_folder_that_cannot_be_created_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("in-the-way");
        fs::write(&file, b"").unwrap();
        let error = EventWriter::create(&file, 0).unwrap_err().to_string();
        assert!(error.contains("in-the-way"), "{error}");
    }
}
