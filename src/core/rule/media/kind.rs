//! The type of a file by its first bytes. Its name and declared type are never trusted.

/// The kind of message that shows a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Image,
    Voice,
    Video,
}

impl Kind {
    /// The most bytes of a file. The platform documents 10 MB for pictures on some of its pages and 2 MB on others.
    #[must_use]
    pub fn max_bytes(self) -> usize {
        match self {
            Self::Image | Self::Voice => 2 * 1024 * 1024,
            Self::Video => 10 * 1024 * 1024,
        }
    }

    /// The name in contents of rules.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
        }
    }
}

/// The formats that the platform accepts (docs/WECHAT.md, 4.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpg,
    Png,
    Gif,
    Mp3,
    Amr,
    Mp4,
}

impl Format {
    const ALL: [Self; 6] = [Self::Jpg, Self::Png, Self::Gif, Self::Mp3, Self::Amr, Self::Mp4];

    /// The format of a file by its first bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'#', b'!', b'A', b'M', b'R', b'\n' | b'-', ..] => Some(Self::Amr),
            [b'I', b'D', b'3', 2..=4, ..] => Some(Self::Mp3),
            // An MPEG audio frame, layer III: eleven bits set, a valid version, then 01.
            [0xff, second, ..] if second & 0xe6 == 0xe2 && second & 0x18 != 0x08 => Some(Self::Mp3),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => is_mp4(brand).then_some(Self::Mp4),
            _ => None,
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == name)
    }

    /// The name, and the file extension.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Mp3 => "mp3",
            Self::Amr => "amr",
            Self::Mp4 => "mp4",
        }
    }

    /// The kind of message that shows it.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Jpg | Self::Png | Self::Gif => Kind::Image,
            Self::Mp3 | Self::Amr => Kind::Voice,
            Self::Mp4 => Kind::Video,
        }
    }

    /// The content type for browsers.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Mp3 => "audio/mpeg",
            Self::Amr => "audio/amr",
            Self::Mp4 => "video/mp4",
        }
    }
}

/// Brands of MP4 and closely related formats. The same box begins `QuickTime` films and HEIC pictures, which the platform
/// refuses.
fn is_mp4(brand: &[u8]) -> bool {
    let brands: [&[u8]; 8] = [b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3gp", b"mmp4"];
    brands.iter().any(|known| brand.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_how_they_begin() {
        let known: [(&[u8], Format); 9] = [
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", Format::Jpg),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Format::Png),
            (b"GIF89a\x01\x00", Format::Gif),
            (b"ID3\x03\x00\x00", Format::Mp3),
            (b"\xff\xfb\x90\x64", Format::Mp3),
            (b"\xff\xf3\x40\xc0", Format::Mp3),
            (b"#!AMR\n\x3c", Format::Amr),
            (b"\x00\x00\x00\x18ftypmp42\x00", Format::Mp4),
            (b"\x00\x00\x00\x20ftypisom", Format::Mp4),
        ];
        for (bytes, format) in known {
            assert_eq!(Format::of(bytes), Some(format), "{bytes:?}");
            assert_eq!(Format::of_name(format.as_str()), Some(format));
        }
    }

    #[test]
    fn what_a_browser_would_run_is_no_file_of_ours() {
        let strange: [&[u8]; 10] = [
            b"",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
            b"<!doctype html><script>alert(1)</script>",
            b"%PDF-1.7",
            b"RIFF\x24\x00\x00\x00WEBPVP8 ",
            b"\x00\x00\x00\x18ftypheic",
            b"\x00\x00\x00\x14ftypqt  ",
            b"PK\x03\x04",
            b"\xff\xf1\x50\x80",
            b"GIF8",
        ];
        for bytes in strange {
            assert_eq!(Format::of(bytes), None, "{bytes:?}");
        }
    }
}
