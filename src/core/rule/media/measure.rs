//! Detects files that the platform refuses despite a valid format: animated pictures, and voices longer than a minute. Reads the
//! frames' headers; unclear files are accepted, and the platform decides.

use super::kind::Format;

/// True for a GIF with several pictures.
#[must_use]
pub fn is_animated(bytes: &[u8]) -> bool {
    pictures(bytes).is_some_and(|pictures| pictures > 1)
}

/// Counts the pictures of a GIF (`GIF89a`'s specification, 17 to 27), two at most; `None` if its blocks cannot be
/// parsed.
fn pictures(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.get(10)?;
    let mut at = 13 + table(flags);
    let mut pictures = 0;
    loop {
        match *bytes.get(at)? {
            // A picture: position and flags, colours, a size, data.
            0x2c => {
                pictures += 1;
                if pictures > 1 {
                    return Some(pictures);
                }
                let flags = *bytes.get(at + 9)?;
                at = skipped(bytes, at + 10 + table(flags) + 1)?;
            }
            // An extension, with a label.
            0x21 => at = skipped(bytes, at + 2)?,
            0x3b => return Some(pictures),
            _ => return None,
        }
    }
}

/// The bytes of a colour table.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The position after the blocks that begin here; each begins with its length, and the last one is empty.
fn skipped(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// The duration of a voice in milliseconds; `None` if unknown.
#[must_use]
pub fn length_ms(format: Format, bytes: &[u8]) -> Option<u64> {
    match format {
        Format::Amr => amr_ms(bytes),
        Format::Mp3 => mp3_ms(bytes),
        Format::Jpg | Format::Png | Format::Gif | Format::Mp4 => None,
    }
}

/// RFC 4867, 5: after the magic number each frame has a type byte, which gives its length, and plays 20 ms.
fn amr_ms(bytes: &[u8]) -> Option<u64> {
    const NARROW: [usize; 9] = [12, 13, 15, 17, 19, 20, 26, 31, 5];
    const WIDE: [usize; 10] = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5];
    let (sizes, mut rest): (&[usize], &[u8]) = match bytes.strip_prefix(b"#!AMR-WB\n") {
        Some(rest) => (&WIDE, rest),
        None => (&NARROW, bytes.strip_prefix(b"#!AMR\n")?),
    };
    let mut frames = 0;
    while let [first, behind @ ..] = rest {
        let size = match usize::from(first >> 3 & 15) {
            // No data, or lost speech.
            14 | 15 => 0,
            kind => *sizes.get(kind)?,
        };
        rest = behind.get(size..).unwrap_or_default();
        frames += 1;
    }
    Some(frames * 20)
}

/// ISO 11172-3, 2.4.1.3 and 13818-3, layer III: each frame's header gives its length and number of samples.
fn mp3_ms(bytes: &[u8]) -> Option<u64> {
    let (mut at, mut samples, mut hertz) = (behind_id3(bytes), 0, 0);
    while let Some(header) = bytes.get(at..at + 4) {
        // Tags at the end.
        if header.starts_with(b"TAG") || header == b"APET" {
            break;
        }
        let frame = Frame::of(header)?;
        samples += frame.samples;
        hertz = frame.hertz;
        at += frame.bytes;
    }
    (hertz > 0).then(|| samples * 1000 / hertz)
}

/// The start of the audio data: an ID3 tag contains its length, in bytes of seven bits.
fn behind_id3(bytes: &[u8]) -> usize {
    match bytes {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            10 + [a, b, c, d].into_iter().fold(0, |sum, seven| sum << 7 | usize::from(seven & 0x7f))
        }
        _ => 0,
    }
}

struct Frame {
    bytes: usize,
    samples: u64,
    hertz: u64,
}

impl Frame {
    fn of(header: &[u8]) -> Option<Self> {
        const KILOBITS: [[usize; 14]; 2] = [
            [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
            [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        ];
        const HERTZ: [u16; 3] = [44_100, 48_000, 32_000];
        let [0xff, second, third, _] = *header else { return None };
        if second & 0xe6 != 0xe2 {
            return None;
        }
        // Version 1, 2 (half the sample rate) or 2.5 (a quarter).
        let (is_first, slower) = match second >> 3 & 3 {
            3 => (true, 1),
            2 => (false, 2),
            0 => (false, 4),
            _ => return None,
        };
        let kilobits = *KILOBITS[usize::from(!is_first)].get(usize::from(third >> 4).checked_sub(1)?)?;
        let hertz = HERTZ.get(usize::from(third >> 2 & 3))? / slower;
        let samples: u16 = if is_first { 1152 } else { 576 };
        let padding = usize::from(third >> 1 & 1);
        let bytes = usize::from(samples) / 8 * kilobits * 1000 / usize::from(hertz) + padding;
        Some(Self { bytes, samples: samples.into(), hertz: hertz.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A GIF with this many pictures of one pixel, with a comment between them.
    pub fn gif(pictures: usize) -> Vec<u8> {
        let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
        for _ in 0..pictures {
            bytes.extend(b"\x21\xfe\x02hi\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
        }
        bytes.push(0x3b);
        bytes
    }

    #[test]
    fn a_gif_that_moves_is_told_from_one_that_does_not() {
        assert!(!is_animated(&gif(1)) && is_animated(&gif(2)) && is_animated(&gif(9)));
        // Truncated or malformed: unknown.
        assert!(!is_animated(b"GIF89a") && !is_animated(&gif(1)[..20]) && !is_animated(b"GIF89a\x01\0\x01\0\0\0\0,"));
    }

    #[test]
    fn a_voice_is_as_long_as_its_frames() {
        let amr =
            |frames: usize| [b"#!AMR\n".as_slice(), &[[0x3c].as_slice(), &[0; 31]].concat().repeat(frames)].concat();
        assert_eq!(length_ms(Format::Amr, &amr(3_000)), Some(60_000));
        assert_eq!(length_ms(Format::Amr, &[amr(1), vec![0x7c, 0x7c]].concat()), Some(60));
        assert_eq!(length_ms(Format::Amr, b"#!AMR\n\x50"), None);
        // 128 kbit/s at 44.1 kHz: 417 bytes, 26 ms.
        let frame = [[0xff, 0xfb, 0x90, 0x64].as_slice(), &[0; 413]].concat();
        let tag = [b"ID3\x03\0\0\0\0\0\x0a".as_slice(), &[7; 10]].concat();
        let mp3 = [tag, frame.repeat(100), b"TAG".to_vec(), vec![0; 125]].concat();
        assert_eq!(length_ms(Format::Mp3, &mp3), Some(100 * 1152 * 1000 / 44_100));
        assert_eq!(length_ms(Format::Mp3, b"\xff\xfb\x90\x64not sound"), Some(26));
        assert_eq!(length_ms(Format::Mp3, &[frame, b"what is this".to_vec()].concat()), None);
    }
}
