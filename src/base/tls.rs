//! TLS of all connections that this program opens. The system's certificates are read once, not for each client.

use rustls::{ClientConfig, crypto::aws_lc_rs::default_provider};
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, LazyLock};

static CONFIG: LazyLock<Result<ClientConfig, rustls::Error>> = LazyLock::new(config);

fn config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(default_provider());
    let verifier = Verifier::new(provider.clone())?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The builder of an HTTP client, which trusts the system's certificates.
pub fn http_client() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder();
    match &*CONFIG {
        Ok(config) => builder.tls_backend_preconfigured(config.clone()),
        // Without certificates: building the client fails with the reason.
        Err(_) => builder,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_client_is_built_with_the_shared_certificates() {
        assert!(super::CONFIG.is_ok());
        super::http_client().build().unwrap();
    }
}
