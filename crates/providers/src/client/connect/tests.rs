//! Tests of time while connecting.

use super::{CONNECT, Error, Timed};
use http::Uri;
use tokio::time::Instant;
use tower::{BoxError, Service, service_fn};

#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_come_is_given_up() {
    let never = service_fn(|_: Uri| std::future::pending::<Result<(), BoxError>>());
    let start = Instant::now();
    let error = Timed(never).call(Uri::from_static("https://slow.example/x?key=canary")).await;
    let error = error.expect_err("it never comes").downcast::<Error>().expect("ours");
    assert_eq!(*error, Error::Connect("slow.example: no connection within 10 s".to_owned()));
    assert_eq!(start.elapsed(), CONNECT);
}
