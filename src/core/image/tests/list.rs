//! Operation lists of malicious clients: each error names its position.

use super::super::operation::{
    Axis, Fit, Kind, MOST_OPERATIONS, Operation, OperationProblem as Problem, Rotation, parse,
};
use proptest::prelude::*;

fn flaw(text: &str) -> (String, Problem) {
    let flaw = parse(text).unwrap_err();
    (flaw.place, flaw.problem)
}

#[test]
fn the_list_itself_is_checked_first() {
    for text in ["", "x", "[", "{]", "[{\"op\":1e999}]", "\u{feff}[]"] {
        assert_eq!(flaw(text), ("operations".to_owned(), Problem::NotJson), "{text:?}");
    }
    for text in ["{}", "null", "1", "\"[]\""] {
        assert_eq!(flaw(text), ("operations".to_owned(), Problem::WrongType(Kind::List)), "{text:?}");
    }
    assert_eq!(flaw(&"[".repeat(100_000)).0, "operations");
    let many = format!("[{}]", vec![r#"{"op":"grayscale"}"#; MOST_OPERATIONS + 1].join(","));
    assert_eq!(flaw(&many), ("operations".to_owned(), Problem::TooMany(MOST_OPERATIONS)));
    assert_eq!(flaw("[[]]"), ("operations[0]".to_owned(), Problem::WrongType(Kind::Object)));
}

#[test]
fn every_flaw_names_its_place() {
    let range = |least: f32, most: f32| Problem::OutOfRange { least, most };
    let cases = [
        ("{}", "op", Problem::Missing),
        (r#"{"op":null}"#, "op", Problem::Missing),
        (r#"{"op":7}"#, "op", Problem::WrongType(Kind::Text)),
        (r#"{"op":"resize"}"#, "width", Problem::Missing),
        (r#"{"op":"resize","width":0}"#, "width", range(1.0, 16384.0)),
        (r#"{"op":"resize","width":-3}"#, "width", range(1.0, 16384.0)),
        (r#"{"op":"resize","width":16385}"#, "width", range(1.0, 16384.0)),
        (r#"{"op":"resize","width":18446744073709551615}"#, "width", range(1.0, 16384.0)),
        (r#"{"op":"resize","width":1.5}"#, "width", Problem::WrongType(Kind::WholeNumber)),
        (r#"{"op":"resize","width":"100"}"#, "width", Problem::WrongType(Kind::WholeNumber)),
        (r#"{"op":"resize","width":9,"height":[]}"#, "height", Problem::WrongType(Kind::WholeNumber)),
        (r#"{"op":"crop","width":1}"#, "height", Problem::Missing),
        (r#"{"op":"crop","width":0,"height":1}"#, "width", range(1.0, 16384.0)),
        (r#"{"op":"crop","x":-1,"width":1,"height":1}"#, "x", range(0.0, 16384.0)),
        (r#"{"op":"rotate"}"#, "degrees", Problem::Missing),
        (r#"{"op":"rotate","degrees":45}"#, "degrees", Problem::NotOneOf(vec!["0", "90", "180", "270"])),
        (r#"{"op":"rotate","degrees":450}"#, "degrees", range(-360.0, 360.0)),
        (r#"{"op":"flip","direction":"up"}"#, "direction", Problem::NotOneOf(vec!["horizontal", "vertical"])),
        (r#"{"op":"brightness"}"#, "value", Problem::Missing),
        (r#"{"op":"brightness","value":101}"#, "value", range(-100.0, 100.0)),
        (r#"{"op":"contrast","value":true}"#, "value", Problem::WrongType(Kind::Number)),
        (r#"{"op":"blur","sigma":0}"#, "sigma", range(0.1, 100.0)),
        (r#"{"op":"blur","sigma":1e300}"#, "sigma", range(0.1, 100.0)),
        (r#"{"op":"sharpen","amount":-1}"#, "amount", range(0.0, 10.0)),
        (r#"{"op":"format","format":"gif"}"#, "format", Problem::NotOneOf(vec!["png", "jpeg", "webp", "jpg"])),
        (r#"{"op":"format","format":"jpeg","quality":0}"#, "quality", range(1.0, 100.0)),
    ];
    for (operation, field, problem) in cases {
        let text = format!(r#"[{{"op":"grayscale"}},{{"op":"grayscale","unknown":1}},{operation}]"#);
        assert_eq!(flaw(&text), (format!("operations[2].{field}"), problem), "{operation}");
    }
    assert!(matches!(flaw(r#"[{"op":"Resize"}]"#).1, Problem::NotOneOf(known) if known.len() == 10));
}

#[test]
fn what_is_left_out_has_a_sensible_value() {
    let read = |text: &str| parse(&format!("[{text}]")).unwrap()[0];
    let resize = Operation::Resize { width: Some(9), height: None, fit: Fit::Stretch };
    assert_eq!(read(r#"{"op":"resize","width":9}"#), resize);
    assert_eq!(read(r#"{"op":"crop","width":1,"height":2}"#), Operation::Crop { x: 0, y: 0, width: 1, height: 2 });
    assert_eq!(read(r#"{"op":"rotate","degrees":-90}"#), Operation::Rotate(Rotation::ThreeQuarters));
    assert_eq!(read(r#"{"op":"rotate","degrees":360.0}"#), Operation::Rotate(Rotation::None));
    assert_eq!(read(r#"{"op":"flip","direction":"vertical"}"#), Operation::Flip(Axis::Vertical));
    assert_eq!(read(r#"{"op":"sharpen"}"#), Operation::Sharpen { amount: 1.0, sigma: 1.0 });
}

#[test]
fn a_list_without_an_operation_is_refused() {
    for text in ["[]", " [ ]\n"] {
        assert_eq!(flaw(text), ("operations".to_owned(), Problem::Empty), "{text}");
    }
}

proptest! {
    /// Parsing any text returns, and an error has a position.
    #[test]
    fn no_text_breaks_the_reader(text in r#"\[?(\{("op"|"width"|"x"|"sigma"):("resize"|"blur"|-?[0-9]{1,20}|null|\[\]),?("height":[0-9.e-]{1,9})?\},?){0,4}\]?"#) {
        if let Err(flaw) = parse(&text) {
            prop_assert!(flaw.place.starts_with("operations"));
        }
    }
}
