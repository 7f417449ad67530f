//! Who asks is a part of every key, and nobody learns what others have asked.
use super::{counting, status};
use crate::world::{World, runner};
use access::Token;
use proxy::catalog::{Caching, Gateway};

fn named(id: &str) -> Token {
    Token { id: id.to_owned(), ..runner() }
}

/// With two tokens, in gateways that keep answers.
fn world() -> World {
    counting().caching(60).token("secret-a", named("tok-a")).token("secret-b", named("tok-b"))
}

#[tokio::test(start_paused = true)]
async fn two_tokens_never_share_an_answer() {
    for header in [None, Some(("cf-aig-cache-key", "the-same"))] {
        let world = world();
        let ask = |secret: &str| {
            let ask = world.chat("openai/gpt").locked().token(secret);
            match header {
                Some((name, value)) => ask.header(name, value),
                None => ask,
            }
        };
        let a = ask("secret-a").send().await;
        let b = ask("secret-b").send().await;
        assert_eq!((a.said().as_str(), b.said().as_str()), ("one", "two"));
        assert_eq!(status(&b), "MISS", "it cannot be told that somebody else has asked");
        assert_eq!(world.upstream.seen().len(), 2);
        assert_eq!(ask("secret-a").send().await.said(), "one");
        assert_eq!(ask("secret-b").send().await.said(), "two");
    }
}

#[tokio::test(start_paused = true)]
async fn gateways_never_share_an_answer() {
    let world = world();
    let token = || world.chat("openai/gpt").token("secret-a");
    assert_eq!(token().send().await.said(), "one");
    assert_eq!(token().locked().send().await.said(), "two");
    assert_eq!(token().send().await.said(), "one");
}

#[tokio::test(start_paused = true)]
async fn on_an_open_gateway_callers_are_known_by_their_own_keys() {
    let world = world();
    let ask = || world.chat("openai/gpt");
    assert_eq!(ask().send().await.said(), "one");
    assert_eq!(ask().token("sk-own-1").send().await.said(), "two");
    assert_eq!(ask().token("sk-own-2").send().await.said(), "three");
    assert_eq!(ask().token("sk-own-1").send().await.said(), "two");
    assert_eq!(ask().send().await.said(), "one", "without any, all are one");
    let both = || ask().token("sk-own-1").header("cf-aig-authorization", "Bearer secret-a");
    assert_eq!(status(&both().send().await), "MISS", "a token with a key is somebody else");
    assert_eq!(status(&both().send().await), "HIT");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_was_replaced_does_not_find_what_was_kept_before() {
    let world = world();
    let generation = |generation| {
        world.change_gateways(|it| Gateway {
            caching: Caching { generation, ..it.caching },
            ..it.clone()
        });
    };
    for (number, said) in [(1, "one"), (1, "one"), (2, "two"), (2, "two")] {
        generation(number);
        assert_eq!(world.chat("openai/gpt").send().await.said(), said);
    }
}
