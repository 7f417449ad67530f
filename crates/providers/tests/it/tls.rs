//! Real TLS: whom the client trusts, and what it says when it does not.

use crate::server::{OK, answer_all, listen};
use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use providers::{Client, ClientOptions, Error, Http, Spliced};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// A TLS server for `localhost` that offers `protocols`; its certificate, and the protocol of
/// each connection as it comes.
struct Server {
    port: u16,
    certificate_pem: String,
    protocols: JoinSet<Option<Vec<u8>>>,
}

async fn server(names: &[&str], protocols: &[&str]) -> Server {
    let names: Vec<_> = names.iter().map(|it| (*it).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a key that fits");
    config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
    let (listener, address) = listen().await;
    let mut protocols = JoinSet::new();
    protocols.spawn(async move {
        let (io, _) = listener.accept().await.expect("a connection");
        let io = TlsAcceptor::from(Arc::new(config)).accept(io).await.ok()?;
        let protocol = io.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        if protocol.as_deref() != Some(b"h2") {
            answer_all(io, OK).await;
        }
        Some(protocol.unwrap_or_default())
    });
    Server { port: address.port(), certificate_pem: made.cert.pem(), protocols }
}

async fn call(client: &Client, port: u16) -> Result<String, Error> {
    let request = Request::post(format!("https://localhost:{port}/x"))
        .body(Spliced::from(Bytes::from_static(b"{}")))
        .expect("a request");
    let response = client.send(request, false).await?;
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn trusting(server: &Server, http: Http) -> Client {
    let extra_roots_pem = Some(server.certificate_pem.clone().into_bytes());
    Client::new(&ClientOptions { http, extra_roots_pem }).expect("a client")
}

#[tokio::test]
async fn a_server_with_a_trusted_certificate_is_called() {
    let mut server = server(&["localhost"], &["h2", "http/1.1"]).await;
    let client = trusting(&server, Http::One);
    assert_eq!(call(&client, server.port).await.as_deref(), Ok("ok"));
    drop(client);
    let protocol = server.protocols.join_next().await.expect("one connection").expect("no panic");
    assert_ne!(protocol.as_deref(), Some(b"h2".as_slice()), "HTTP/1.1 is the default");
}

#[tokio::test]
async fn http2_is_spoken_where_allowed_and_offered() {
    let mut server = server(&["localhost"], &["h2", "http/1.1"]).await;
    let client = trusting(&server, Http::Negotiated);
    let outcome = call(&client, server.port).await;
    assert!(matches!(outcome, Err(Error::Broken(_))), "that server hangs up on h2: {outcome:?}");
    let protocol = server.protocols.join_next().await.expect("one connection").expect("no panic");
    assert_eq!(protocol.as_deref(), Some(b"h2".as_slice()));
}

#[tokio::test]
async fn an_unknown_certificate_is_a_tls_error() {
    let server = server(&["localhost"], &[]).await;
    let client = Client::new(&ClientOptions::default()).expect("a client");
    let error = call(&client, server.port).await.expect_err("not trusted");
    assert!(matches!(&error, Error::Tls(why) if why.contains("certificate")), "{error}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_a_tls_error() {
    let server = server(&["elsewhere.example"], &[]).await;
    let error = call(&trusting(&server, Http::One), server.port).await.expect_err("another name");
    assert!(matches!(&error, Error::Tls(why) if why.contains("certificate")), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_error() {
    let (listener, address) = listen().await;
    let mut server = JoinSet::new();
    server.spawn(async move {
        let (io, _) = listener.accept().await.expect("a connection");
        let _ = tokio::io::AsyncWriteExt::write_all(&mut { io }, b"HTTP/1.1 400 Bad\r\n\r\n").await;
    });
    let client = Client::new(&ClientOptions::default()).expect("a client");
    let error = call(&client, address.port()).await.expect_err("no TLS");
    assert!(matches!(error, Error::Tls(_)), "{error}");
}

#[test]
fn roots_that_are_no_certificates_are_refused() {
    for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let extra_roots_pem = Some(pem.as_bytes().to_vec());
        let outcome = Client::new(&ClientOptions { http: Http::One, extra_roots_pem });
        assert!(
            matches!(&outcome, Err(Error::Tls(why)) if why.starts_with("extra roots: ")),
            "{pem:?}: {outcome:?}"
        );
    }
}
