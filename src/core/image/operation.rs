//! The operations of an edit as clients send them: a JSON list of objects, parsed strictly. Every error names its position.

use super::{Format, MAX_SIDE};
use serde_json::{Map, Value};

/// The most operations of one edit.
pub const MOST_OPERATIONS: usize = 20;
/// The longest accepted list, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operation {
    /// At least one of width and height is given; with only one, proportions are kept.
    Resize {
        width: Option<u32>,
        height: Option<u32>,
        fit: Fit,
    },
    Crop {
        x: u32,
        y: u32,
        width: u32,
        height: u32,
    },
    Rotate(Rotation),
    Flip(Axis),
    Grayscale,
    /// -100 to 100.
    Brightness(f32),
    /// -100 to 100.
    Contrast(f32),
    /// Pixels, 0.1 to 100.
    Blur {
        sigma: f32,
    },
    /// Strength (0 to 10) and radius in pixels (0.1 to 10) of the sharpened details.
    Sharpen {
        amount: f32,
        sigma: f32,
    },
    /// The output format; the last one counts.
    Format(Target),
}

/// How a picture fits if both sides are given and the proportions differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Exactly this size, ignoring proportions.
    Stretch,
    /// The whole picture, as large as fits.
    Inside,
    /// Exactly this size, filled with the picture's centre.
    Cover,
}

/// Clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

/// Direction of a flip: `horizontal` swaps left and right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    Horizontal,
    Vertical,
}

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub format: Format,
    /// 1 to 100, for JPEG only.
    pub quality: Option<u8>,
}

/// An error in a list of operations.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationFlaw {
    /// Like `operations[2].width`.
    pub place: String,
    pub problem: OperationProblem,
}

/// The problem at that position.
#[derive(Debug, Clone, PartialEq)]
pub enum OperationProblem {
    /// The field is missing.
    Missing,
    /// The text is not JSON.
    NotJson,
    /// The value has the wrong type; this is the expected one.
    WrongType(Kind),
    /// A number outside this range.
    OutOfRange { least: f32, most: f32 },
    /// A word that is not one of these.
    NotOneOf(Vec<&'static str>),
    /// The list has no operation: the edit would change nothing and cost a credit.
    Empty,
    /// More than this many.
    TooMany(usize),
    /// The part exceeds the picture, which has this size at this step.
    Outside { width: u32, height: u32 },
    /// The result would exceed the limits.
    ResultTooLarge,
}

/// The type that a position expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    List,
    Object,
    WholeNumber,
    Number,
    Text,
}

type Read<T> = Result<T, OperationFlaw>;

/// Parses the list.
///
/// # Errors
/// The first error.
pub fn parse(text: &str) -> Read<Vec<Operation>> {
    let flaw = |problem| OperationFlaw { place: "operations".to_owned(), problem };
    if text.len() > MAX_TEXT_BYTES {
        return Err(flaw(OperationProblem::TooMany(MOST_OPERATIONS)));
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Err(flaw(OperationProblem::NotJson)) };
    let Value::Array(list) = value else { return Err(flaw(OperationProblem::WrongType(Kind::List))) };
    if list.is_empty() {
        return Err(flaw(OperationProblem::Empty));
    }
    if list.len() > MOST_OPERATIONS {
        return Err(flaw(OperationProblem::TooMany(MOST_OPERATIONS)));
    }
    list.iter().enumerate().map(|(at, value)| one(at, value)).collect()
}

/// Names of the operations.
#[derive(Debug, Clone, Copy)]
enum Name {
    Resize,
    Crop,
    Rotate,
    Flip,
    Grayscale,
    Brightness,
    Contrast,
    Blur,
    Sharpen,
    Format,
}

const NAMES: [(&str, Name); 10] = [
    ("resize", Name::Resize),
    ("crop", Name::Crop),
    ("rotate", Name::Rotate),
    ("flip", Name::Flip),
    ("grayscale", Name::Grayscale),
    ("brightness", Name::Brightness),
    ("contrast", Name::Contrast),
    ("blur", Name::Blur),
    ("sharpen", Name::Sharpen),
    ("format", Name::Format),
];
const FITS: [(&str, Fit); 3] = [("stretch", Fit::Stretch), ("inside", Fit::Inside), ("cover", Fit::Cover)];
const AXES: [(&str, Axis); 2] = [("horizontal", Axis::Horizontal), ("vertical", Axis::Vertical)];
const FORMATS: [(&str, Format); 4] =
    [("png", Format::Png), ("jpeg", Format::Jpeg), ("webp", Format::WebP), ("jpg", Format::Jpeg)];

fn one(at: usize, value: &Value) -> Read<Operation> {
    let Value::Object(map) = value else {
        let problem = OperationProblem::WrongType(Kind::Object);
        return Err(OperationFlaw { place: format!("operations[{at}]"), problem });
    };
    let fields = Fields { at, map };
    let percent = |field| fields.required(field, fields.number(field, -100.0, 100.0)?);
    Ok(match fields.required("op", fields.word("op", &NAMES)?)? {
        Name::Resize => resize(&fields)?,
        Name::Crop => Operation::Crop {
            x: fields.whole("x", 0, MAX_SIDE)?.unwrap_or(0),
            y: fields.whole("y", 0, MAX_SIDE)?.unwrap_or(0),
            width: fields.required("width", fields.whole("width", 1, MAX_SIDE)?)?,
            height: fields.required("height", fields.whole("height", 1, MAX_SIDE)?)?,
        },
        Name::Rotate => Operation::Rotate(turn(&fields)?),
        Name::Flip => Operation::Flip(fields.required("direction", fields.word("direction", &AXES)?)?),
        Name::Grayscale => Operation::Grayscale,
        Name::Brightness => Operation::Brightness(percent("value")?),
        Name::Contrast => Operation::Contrast(percent("value")?),
        Name::Blur => Operation::Blur { sigma: fields.required("sigma", fields.number("sigma", 0.1, 100.0)?)? },
        Name::Sharpen => Operation::Sharpen {
            amount: fields.number("amount", 0.0, 10.0)?.unwrap_or(1.0),
            sigma: fields.number("sigma", 0.1, 10.0)?.unwrap_or(1.0),
        },
        Name::Format => Operation::Format(Target {
            format: fields.required("format", fields.word("format", &FORMATS)?)?,
            quality: fields.whole("quality", 1, 100)?.and_then(|quality| u8::try_from(quality).ok()),
        }),
    })
}

fn resize(fields: &Fields) -> Read<Operation> {
    let (width, height) = (fields.whole("width", 1, MAX_SIDE)?, fields.whole("height", 1, MAX_SIDE)?);
    if width.is_none() && height.is_none() {
        return Err(fields.flaw("width", OperationProblem::Missing));
    }
    Ok(Operation::Resize { width, height, fit: fields.word("fit", &FITS)?.unwrap_or(Fit::Stretch) })
}

/// Multiples of 90 degrees, up to one full turn in either direction.
fn turn(fields: &Fields) -> Read<Rotation> {
    let degrees = fields.required("degrees", fields.number("degrees", -360.0, 360.0)?)?;
    match degrees.rem_euclid(360.0) {
        0.0 => Ok(Rotation::None),
        90.0 => Ok(Rotation::Quarter),
        180.0 => Ok(Rotation::Half),
        270.0 => Ok(Rotation::ThreeQuarters),
        _ => Err(fields.flaw("degrees", OperationProblem::NotOneOf(vec!["0", "90", "180", "270"]))),
    }
}

/// The fields of one operation. `null` counts as missing; unknown fields are ignored.
struct Fields<'a> {
    at: usize,
    map: &'a Map<String, Value>,
}

impl Fields<'_> {
    fn flaw(&self, field: &str, problem: OperationProblem) -> OperationFlaw {
        OperationFlaw { place: format!("operations[{}].{field}", self.at), problem }
    }

    fn get(&self, field: &str) -> Option<&Value> {
        self.map.get(field).filter(|value| !value.is_null())
    }

    fn required<T>(&self, field: &str, value: Option<T>) -> Read<T> {
        value.ok_or_else(|| self.flaw(field, OperationProblem::Missing))
    }

    #[expect(clippy::cast_precision_loss, reason = "limits are small")]
    fn whole(&self, field: &str, least: u32, most: u32) -> Read<Option<u32>> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let range = OperationProblem::OutOfRange { least: least as f32, most: most as f32 };
        match value.as_u64() {
            Some(number) => match u32::try_from(number) {
                Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
                _ => Err(self.flaw(field, range)),
            },
            // An integer below zero.
            None if value.is_i64() => Err(self.flaw(field, range)),
            None => Err(self.flaw(field, OperationProblem::WrongType(Kind::WholeNumber))),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "within narrow limits, and never exact")]
    fn number(&self, field: &str, least: f32, most: f32) -> Read<Option<f32>> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let Some(number) = value.as_f64() else {
            return Err(self.flaw(field, OperationProblem::WrongType(Kind::Number)));
        };
        if (f64::from(least)..=f64::from(most)).contains(&f64::from(number as f32)) {
            Ok(Some(number as f32))
        } else {
            Err(self.flaw(field, OperationProblem::OutOfRange { least, most }))
        }
    }

    fn word<T: Copy>(&self, field: &str, words: &[(&'static str, T)]) -> Read<Option<T>> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let Some(text) = value.as_str() else {
            return Err(self.flaw(field, OperationProblem::WrongType(Kind::Text)));
        };
        let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) else {
            let known = words.iter().map(|(word, _)| *word).collect();
            return Err(self.flaw(field, OperationProblem::NotOneOf(known)));
        };
        Ok(Some(*meaning))
    }
}
