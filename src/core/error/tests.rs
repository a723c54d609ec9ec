use super::*;

#[test]
fn every_door_hears_the_same_of_the_platform() {
    let of = |code: i64| {
        let error = ApiError::Platform { code, class: ErrorClass::of(code), message: String::new() };
        match CoreError::from(error) {
            CoreError::Platform(fault) => fault,
            other => panic!("{code}: {other}"),
        }
    };
    for (code, fault) in [
        (40029, PlatformFault::CodeInvalid),
        (40163, PlatformFault::CodeUsed),
        (45011, PlatformFault::TooOften),
        (40013, PlatformFault::AppidWrong),
        (40125, PlatformFault::SecretWrong),
        (40001, PlatformFault::CredentialWrong),
        (42003, PlatformFault::CodeExpired),
        (40226, PlatformFault::RiskyPerson),
        (-1, PlatformFault::Busy(-1)),
        (268_487_001, PlatformFault::Busy(268_487_001)),
        (40164, PlatformFault::Other(40164)),
    ] {
        assert_eq!(of(code), fault, "{code}");
    }
    assert!(matches!(CoreError::from(ApiError::Timeout), CoreError::Platform(PlatformFault::Unreachable)));
}
