//! Whom to trust.

use crate::error::Error;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// TLS 1.2 and 1.3, aws-lc, the platform's verifier. On a machine without any certificates only
/// the extra roots are trusted: plain HTTP still works, HTTPS elsewhere fails with a clear error.
pub(super) fn config(extra_roots_pem: Option<&[u8]>) -> Result<ClientConfig, Error> {
    let roots = extra_roots_pem.map(roots).transpose()?.unwrap_or_default();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots.iter().cloned(), Arc::clone(&provider));
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Tls(error.to_string()))?;
    let Ok(verifier) = verifier else {
        let mut store = RootCertStore::empty();
        for root in roots {
            store.add(root).map_err(|error| Error::Tls(format!("extra roots: {error}")))?;
        }
        return Ok(builder.with_root_certificates(store).with_no_client_auth());
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(builder.with_no_client_auth())
}

fn roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let roots: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| Error::Tls(format!("extra roots: {error}")))?;
    if roots.is_empty() {
        return Err(Error::Tls("extra roots: there is no certificate in the PEM text".to_owned()));
    }
    Ok(roots)
}
