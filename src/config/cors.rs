//! Which other sites' pages may call the public APIs.

use super::ConfigError;
use url::Url;

/// The origins that `WEIDA_CORS_ORIGINS` allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    /// Pages of other sites cannot read an answer.
    None,
    /// `*`: every page.
    Any,
    /// Pages of these origins, as browsers write them in `Origin`.
    These(Vec<String>),
}

impl CorsOrigins {
    /// # Errors
    /// The first entry that is no origin.
    pub(super) fn new(texts: &[String]) -> Result<Self, ConfigError> {
        match texts {
            [] => Ok(Self::None),
            [one] if one == "*" => Ok(Self::Any),
            list => Ok(Self::These(list.iter().map(|text| origin(text)).collect::<Result<_, _>>()?)),
        }
    }
}

/// An origin as browsers write it: lower case, without a default port, names in ASCII.
fn origin(text: &str) -> Result<String, ConfigError> {
    let wrong = |what: &str| ConfigError(format!("WEIDA_CORS_ORIGINS has {text:?}: {what}"));
    let no_origin = || wrong("it must be an origin like https://app.example.com, without a path, or * alone");
    if text == "*" {
        return Err(wrong("it allows every origin and must be the only entry"));
    }
    let url = Url::parse(text).map_err(|_| no_origin())?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(no_origin)?;
    if host.contains('*') {
        return Err(wrong("a pattern matches no origin: list each origin, or give * alone"));
    }
    let is_bare = matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    match url.scheme() {
        _ if !is_bare => Err(no_origin()),
        "http" | "https" => Ok(url.origin().ascii_serialization()),
        "file" | "ftp" | "ws" | "wss" | "data" | "blob" | "javascript" => Err(no_origin()),
        // An app's own scheme, like capacitor://localhost or chrome-extension://….
        scheme => {
            Ok(url.port().map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<CorsOrigins, ConfigError> {
        CorsOrigins::new(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        assert_eq!(read(&[]).unwrap(), CorsOrigins::None);
        assert_eq!(read(&["*"]).unwrap(), CorsOrigins::Any);
        for (given, written) in [
            ("https://app.example.com", "https://app.example.com"),
            ("https://App.Example.com/", "https://app.example.com"),
            ("https://app.example.com:443", "https://app.example.com"),
            ("http://localhost:5173", "http://localhost:5173"),
            ("http://[::1]:80", "http://[::1]"),
            ("https://例子.example", "https://xn--fsqu00a.example"),
            ("capacitor://localhost", "capacitor://localhost"),
            ("chrome-extension://abcdefgh", "chrome-extension://abcdefgh"),
            ("tauri://localhost:9", "tauri://localhost:9"),
        ] {
            assert_eq!(read(&[given]).unwrap(), CorsOrigins::These(vec![written.to_owned()]), "{given}");
        }
        let two = read(&["https://a.example", "https://b.example"]).unwrap();
        assert_eq!(two, CorsOrigins::These(vec!["https://a.example".to_owned(), "https://b.example".to_owned()]));
    }

    #[test]
    fn what_is_no_origin_is_named() {
        for wrong in [
            "app.example.com",
            "localhost:5173",
            "https://",
            "https://app.example.com/app",
            "https://app.example.com/?a",
            "https://app.example.com/#a",
            "https://me@app.example.com",
            "https://:x@app.example.com",
            "https://*.example.com",
            "https://*",
            "null",
            "",
            "file:///index.html",
            "wss://app.example.com",
            "data:text/html,x",
            "https://a.example b.example",
            "**",
        ] {
            let refused = read(&[wrong]).unwrap_err().0;
            assert!(refused.contains("WEIDA_CORS_ORIGINS") && refused.contains(&format!("{wrong:?}")), "{refused}");
        }
        assert!(read(&["https://a.example", "*"]).unwrap_err().0.contains("the only entry"));
        assert!(read(&["*", "*"]).unwrap_err().0.contains("the only entry"));
    }
}
