use super::*;
use crate::wechat::signature;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    op: String,
    token: String,
    encoding_aes_key: String,
    appid: String,
    timestamp: String,
    nonce: String,
    encrypt: String,
    msg_signature: String,
    plaintext: Option<String>,
    random_hex: Option<String>,
    expect_error: Option<String>,
    suggested_code: Option<String>,
}

impl Vector {
    fn key(&self) -> AesKey {
        AesKey::parse(&self.encoding_aes_key).unwrap()
    }

    fn is_signed(&self) -> bool {
        signature::verify(&[&self.token, &self.timestamp, &self.nonce, &self.encrypt], &self.msg_signature)
    }
}

fn vectors() -> Vec<Vector> {
    let file: File = serde_json::from_str(include_str!("../../../tests/vectors/crypto.json")).unwrap();
    assert!(file.vectors.len() > 50);
    file.vectors
}

#[test]
fn every_known_envelope_opens_and_is_made_again_byte_by_byte() {
    for v in vectors().iter().filter(|v| v.op != "reject") {
        let (key, plaintext) = (v.key(), v.plaintext.as_deref().unwrap());
        assert!(v.is_signed(), "{}", v.id);
        assert_eq!(
            decrypt(std::slice::from_ref(&key), &v.encrypt, &v.appid),
            Ok((plaintext.to_owned(), 0)),
            "{}",
            v.id
        );
        let random = hex::decode(v.random_hex.as_deref().unwrap()).unwrap().try_into().unwrap();
        assert_eq!(encrypt(&key, &v.appid, plaintext, random), v.encrypt, "{}", v.id);
    }
}

#[test]
fn every_forged_envelope_is_refused_with_the_code_of_its_class() {
    for v in vectors().iter().filter(|v| v.op == "reject") {
        let opened = decrypt(&[v.key()], &v.encrypt, &v.appid);
        match v.expect_error.as_deref().unwrap() {
            "signature_mismatch" => assert!(!v.is_signed(), "{}", v.id),
            // An empty text is base64 of nothing: the callback refuses it before checking a signature.
            "missing_encrypt" => assert!(v.encrypt.is_empty() && opened.is_err(), "{}", v.id),
            _ => {
                let code: i32 = v.suggested_code.as_deref().unwrap().parse().unwrap();
                assert_eq!(opened.unwrap_err().code(), code, "{}", v.id);
            }
        }
    }
}

#[test]
fn what_is_sealed_opens_again_for_every_length_and_padding() {
    let key = AesKey([7; 32]);
    let mut pads = std::collections::BTreeSet::new();
    for length in 0..200 {
        let message = "信".repeat(length / 3) + &"x".repeat(length % 3);
        let sealed = encrypt(&key, "wx0123456789abcdef", &message, [u8::try_from(length).unwrap(); 16]);
        let bytes = STANDARD.decode(&sealed).unwrap();
        assert_eq!(bytes.len() % PAD_BLOCK, 0);
        pads.insert(bytes.len() - (HEAD + message.len() + 18));
        assert_eq!(decrypt(std::slice::from_ref(&key), &sealed, "wx0123456789abcdef"), Ok((message, 0)));
    }
    assert!(pads.into_iter().eq(1..=PAD_BLOCK));
}

#[test]
fn a_bent_padding_byte_is_noticed_wherever_it_is() {
    let key = AesKey([9; 32]);
    for at in 0..12 {
        // 20 + 12 + 32 zero-padded bytes: the padding is a whole block of 32s, one of which is corrupted.
        let mut bytes = [vec![0; HEAD + 12], vec![32; 32]].concat();
        bytes[HEAD + 12 + at] = 31;
        let cipher = cbc::Encryptor::<Aes256>::new(&key.0.into(), &key.iv().into());
        let sealed = STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(&bytes));
        assert_eq!(decrypt(std::slice::from_ref(&key), &sealed, ""), Err(CryptoError::Buffer));
    }
}

#[test]
fn the_previous_key_still_opens_and_is_named() {
    let (current, previous) = (AesKey([1; 32]), AesKey([2; 32]));
    let sealed = encrypt(&previous, "wx1", "hi", [3; 16]);
    assert_eq!(decrypt(&[current.clone(), previous], &sealed, "wx1"), Ok(("hi".to_owned(), 1)));
    assert!(decrypt(&[current], &sealed, "wx1").is_err());
    assert_eq!(decrypt(&[], &sealed, "wx1"), Err(CryptoError::Key));
}

#[test]
fn a_key_is_43_letters_and_digits_whatever_its_last_bits() {
    for last in ('A'..='Z').chain('a'..='z').chain('0'..='9') {
        assert!(AesKey::parse(&format!("{}{last}", "k".repeat(42))).is_ok());
    }
    for odd in [String::new(), "k".repeat(42), "k".repeat(44), "k".repeat(42) + "+", "k".repeat(42) + "="] {
        assert_eq!(AesKey::parse(&odd), Err(CryptoError::Key), "{odd}");
    }
}

#[test]
fn a_key_is_never_printed() {
    assert_eq!(format!("{:?}", AesKey([65; 32])), "AesKey(secret)");
}
