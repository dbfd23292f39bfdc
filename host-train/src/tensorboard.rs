//! Event files that TensorBoard reads: scalars and pictures by step, in TFRecord framing.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use prost::Message;

const PREFIX: &str = "events.out.tfevents.";

/// Writes one event file, a new one each time a run is started or resumed.
///
/// A record reaches the file with [`flush`](Self::flush) or when the writer is dropped. A run killed in between leaves
/// at worst a last record cut short; TensorBoard stops there and goes on with the file of the resumed run.
#[derive(Debug)]
pub struct EventWriter {
    file: BufWriter<File>,
    path: PathBuf,
}

impl EventWriter {
    /// Starts a new event file in `dir`, which is made if it is missing.
    ///
    /// `start_step` is the last step that earlier event files in the same folder still stand for: zero for a new run.
    /// When it is more, TensorBoard is told to drop the later steps of those files, which the resumed run takes again.
    pub fn create(dir: &Path, start_step: u64) -> Result<Self> {
        fs::create_dir_all(dir).with_context(|| {
            format!(
                "cannot make {}: choose another --out folder, or see who may write there",
                dir.display()
            )
        })?;
        // TensorBoard reads the files of a folder in the order of their names, so a later file needs a later name, even
        // when a run is resumed within the same second.
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
                "cannot make the event file {}: is the disk full?",
                path.display()
            )
        })?;
        let mut writer = Self {
            file: BufWriter::new(file),
            path,
        };
        writer.event(0, What::FileVersion("brain.Event:2".to_owned()))?;
        if start_step > 0 {
            let step = i64::try_from(start_step)
                .unwrap_or(i64::MAX)
                .saturating_add(1);
            writer.event(
                step,
                What::SessionLog(SessionLog {
                    status: SessionStatus::Start.into(),
                }),
            )?;
        }
        writer.flush()?;
        Ok(writer)
    }

    /// The file being written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds one value of the curve `tag`.
    pub fn scalar(&mut self, tag: &str, step: i64, value: f32) -> Result<()> {
        self.value(tag, step, Value::SimpleValue(value))
    }

    /// Adds one picture, given as PNG, to the series `tag`.
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
                .context("a picture too high for an event file")?,
            width: width
                .try_into()
                .context("a picture too wide for an event file")?,
            colorspace: 3,
            encoded_image_string: png.to_vec(),
        };
        self.value(tag, step, Value::Image(image))
    }

    /// Hands everything added so far to the file.
    pub fn flush(&mut self) -> Result<()> {
        self.file.flush().with_context(|| self.trouble())
    }

    fn value(&mut self, tag: &str, step: i64, value: Value) -> Result<()> {
        let value = SummaryValue {
            tag: tag.to_owned(),
            value: Some(value),
        };
        self.event(step, What::Summary(Summary { value: vec![value] }))
    }

    fn event(&mut self, step: i64, what: What) -> Result<()> {
        let event = Event {
            wall_time: now().as_secs_f64(),
            step,
            what: Some(what),
        };
        self.file
            .write_all(&frame(&event.encode_to_vec()))
            .with_context(|| self.trouble())
    }

    fn trouble(&self) -> String {
        format!(
            "cannot write the event file {}: is the disk full?",
            self.path.display()
        )
    }
}

/// One TFRecord: length, checksum of the length, the bytes, checksum of the bytes.
fn frame(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u64).to_le_bytes();
    let mut record = Vec::with_capacity(bytes.len() + 16);
    record.extend_from_slice(&length);
    record.extend_from_slice(&masked_crc(&length).to_le_bytes());
    record.extend_from_slice(bytes);
    record.extend_from_slice(&masked_crc(bytes).to_le_bytes());
    record
}

/// CRC-32C, rotated and offset as TFRecord wants it, so that data which hold checksums themselves do not confuse it.
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

/// The largest time in the names of the event files in `dir`.
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

/// The name of this machine, or `localhost`, without anything that does not belong into a file name.
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

// The parts of TensorBoard's protocol that are written here, with its field numbers.

#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(oneof = "What", tags = "3, 5, 7")]
    what: Option<What>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum What {
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

    /// Takes the records apart again and checks their checksums.
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
            what: Some(What::FileVersion("brain.Event:2".to_owned())),
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
    fn scalars_and_pictures_come_back_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = EventWriter::create(&folder.path().join("new/folder"), 0).unwrap();
        writer.scalar("loss", 1000, 0.25).unwrap();
        writer.image("demo", 1000, b"png bytes", 64, 48).unwrap();
        let events = written(writer);
        assert_eq!(events.len(), 3);
        assert_eq!(
            events[0].what,
            Some(What::FileVersion("brain.Event:2".to_owned()))
        );
        let Some(What::Summary(scalar)) = &events[1].what else {
            panic!("no summary: {events:?}")
        };
        assert_eq!(
            (events[1].step, scalar.value[0].tag.as_str()),
            (1000, "loss")
        );
        assert_eq!(scalar.value[0].value, Some(Value::SimpleValue(0.25)));
        let Some(What::Summary(picture)) = &events[2].what else {
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
    fn a_resumed_run_asks_for_later_steps_to_be_dropped_and_keeps_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let events = written(EventWriter::create(folder.path(), 3000).unwrap());
        assert_eq!(events[1].step, 3001);
        assert_eq!(
            events[1].what,
            Some(What::SessionLog(SessionLog {
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
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("in-the-way");
        fs::write(&file, b"").unwrap();
        let error = EventWriter::create(&file, 0).unwrap_err().to_string();
        assert!(error.contains("in-the-way"), "{error}");
    }
}
