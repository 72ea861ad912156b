//! Tags: read from any input, carried into the formats that are written. The only file that knows `lofty`.
//!
//! FLAC gets a Vorbis comment and its pictures. WAV gets a LIST/INFO chunk, which every program reads, and an ID3v2 chunk
//! for what INFO has no field for. Fields without a common name (private Vorbis comments, private ID3 frames) are not
//! carried. Statements about the old audio's level or its encoder are dropped on purpose: they are no longer true.

use std::path::Path;

use lofty::config::{ParseOptions, WriteOptions};
use lofty::file::TaggedFileExt as _;
use lofty::picture::{Picture, PictureInformation};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, ItemValue, Tag, TagExt as _, TagItem, TagType};

/// Keys that describe the audio as it was before processing.
const STALE: [ItemKey; 8] = [
    ItemKey::ReplayGainAlbumGain,
    ItemKey::ReplayGainAlbumPeak,
    ItemKey::ReplayGainTrackGain,
    ItemKey::ReplayGainTrackPeak,
    ItemKey::EncoderSoftware,
    ItemKey::EncoderSettings,
    ItemKey::OriginalMediaType,
    ItemKey::Length,
];

/// Title, artist, album and the rest, with pictures.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    items: Vec<TagItem>,
    pictures: Vec<Picture>,
}

impl Tags {
    /// Tags of three text fields; empty texts are left out.
    pub fn titled(title: &str, artist: &str, album: &str) -> Self {
        let fields =
            [(ItemKey::TrackTitle, title), (ItemKey::TrackArtist, artist), (ItemKey::AlbumTitle, album)];
        let items = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let items = items.map(|(key, text)| TagItem::new(key, ItemValue::Text(text.to_owned()))).collect();
        Self { items, pictures: Vec::new() }
    }

    /// All tags of a file, the richest kind first, the others filling gaps.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let mut options = ParseOptions::new();
        options.read_properties(false);
        let file = Probe::open(path)
            .and_then(|probe| Ok(probe.options(options).guess_file_type()?))
            .and_then(Probe::read)
            .map_err(|error| error.to_string())?;
        let mut tags = Self::default();
        let first = file.primary_tag().into_iter();
        let others =
            file.tags().iter().filter(|tag| Some(tag.tag_type()) != file.primary_tag().map(Tag::tag_type));
        for tag in first.chain(others) {
            tags.add(tag);
        }
        Ok(tags)
    }

    fn add(&mut self, tag: &Tag) {
        let known: Vec<ItemKey> = self.items.iter().map(TagItem::key).collect();
        let new = tag.items().filter(|item| !known.contains(&item.key()) && !STALE.contains(&item.key()));
        self.items.extend(new.cloned());
        if self.pictures.is_empty() {
            self.pictures.extend_from_slice(tag.pictures());
        }
    }

    /// Nothing to carry.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.pictures.is_empty()
    }

    /// Title of the track.
    pub fn title(&self) -> Option<&str> {
        self.text(ItemKey::TrackTitle)
    }

    /// Artist of the track.
    pub fn artist(&self) -> Option<&str> {
        self.text(ItemKey::TrackArtist)
    }

    /// Album that the track belongs to.
    pub fn album(&self) -> Option<&str> {
        self.text(ItemKey::AlbumTitle)
    }

    /// Embedded pictures.
    pub fn picture_count(&self) -> usize {
        self.pictures.len()
    }

    fn text(&self, key: ItemKey) -> Option<&str> {
        self.items.iter().find(|item| item.key() == key).and_then(|item| item.value().text())
    }

    /// Names of the fields that a kind of tag cannot hold.
    pub(super) fn lost_in_flac(&self) -> Vec<String> {
        self.lost_in(&[TagType::VorbisComments])
    }

    /// Names of the fields that neither LIST/INFO nor ID3v2 can hold.
    pub(super) fn lost_in_wav(&self) -> Vec<String> {
        self.lost_in(&[TagType::RiffInfo, TagType::Id3v2])
    }

    fn lost_in(&self, kinds: &[TagType]) -> Vec<String> {
        let lost =
            self.items.iter().filter(|item| kinds.iter().all(|kind| item.key().map_key(*kind).is_none()));
        lost.map(|item| format!("{:?}", item.key())).collect()
    }

    /// Payload of a FLAC VORBIS_COMMENT block.
    pub(super) fn vorbis_comment(&self) -> Vec<u8> {
        let vendor = concat!("AuraCore ", env!("CARGO_PKG_VERSION"));
        let comments: Vec<String> = self
            .items
            .iter()
            .filter_map(|item| {
                Some(format!("{}={}", item.key().map_key(TagType::VorbisComments)?, text_of(item)?))
            })
            .collect();
        let mut payload = sized(vendor);
        payload.extend((comments.len() as u32).to_le_bytes());
        payload.extend(comments.iter().flat_map(|comment| sized(comment)));
        payload
    }

    /// Payloads of FLAC PICTURE blocks.
    pub(super) fn flac_pictures(&self) -> Vec<Vec<u8>> {
        let information = |picture| PictureInformation::from_picture(picture).unwrap_or_default();
        self.pictures.iter().map(|picture| picture.as_flac_bytes(information(picture), false)).collect()
    }

    /// Chunks to append to a WAV file, each complete with its header and padding.
    pub(super) fn wav_chunks(&self) -> Vec<u8> {
        let mut info = b"INFO".to_vec();
        for item in &self.items {
            if let (Some(key), Some(text)) = (item.key().map_key(TagType::RiffInfo), text_of(item))
                && key.len() == 4
            {
                let terminated = [text.as_bytes(), &[0]].concat();
                info.extend(chunk(key.as_bytes(), &terminated));
            }
        }
        let mut chunks = if info.len() > 4 { chunk(b"LIST", &info) } else { Vec::new() };
        if let Some(id3) = self.id3() {
            chunks.extend(chunk(b"id3 ", &id3));
        }
        chunks
    }

    fn id3(&self) -> Option<Vec<u8>> {
        let mut tag = Tag::new(TagType::Id3v2);
        self.items.iter().for_each(|item| _ = tag.push(item.clone()));
        self.pictures.iter().for_each(|picture| tag.push_picture(picture.clone()));
        let mut bytes = Vec::new();
        let written = tag.dump_to(&mut bytes, WriteOptions::new().preferred_padding(0));
        (!tag.is_empty() && written.is_ok()).then_some(bytes)
    }
}

fn text_of(item: &TagItem) -> Option<&str> {
    item.value().text().or_else(|| item.value().locator())
}

/// Text behind its length, as Vorbis comments store it.
fn sized(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
}

/// A RIFF chunk, padded to an even length.
fn chunk(id: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut chunk = [id, &(payload.len() as u32).to_le_bytes(), payload].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}
