//! Canaries: no secret turns up where it must not be.
use crate::elements::{one_model, with_spare};
use crate::world::{STORED_KEY, World, runner};
use testkit::{FakeUpstream, Script, Seen};

const TOKEN: &str = "pmn_canary-of-the-caller";
const COOKIE: &str = "session=canary-cookie";

/// A provider that repeats the key it was sent.
fn leaky(status: u16, seen: &Seen) -> Script {
    Script::error(status, &format!("bad key: {}", seen.header("authorization")))
}

fn world(upstream: FakeUpstream) -> World {
    World::over(upstream)
        .deploy("one", &one_model("openai/gpt"))
        .deploy("two", &with_spare("openai/gpt-a", "groq/gpt-b"))
        .token(TOKEN, runner())
}

#[tokio::test(start_paused = true)]
async fn tokens_and_keys_stay_where_they_belong() {
    let upstreams: [fn() -> FakeUpstream; 6] = [
        || {
            let fine = Script::completion("fine").header("set-cookie", COOKIE);
            FakeUpstream::playing([fine.header("openai-organization", "org-canary")])
        },
        || FakeUpstream::answering(|it| leaky(401, it)),
        || FakeUpstream::answering(|it| leaky(500, it)),
        || FakeUpstream::answering(|it| Script::error_in_200(it.header("authorization"))),
        || FakeUpstream::playing([Script::html()]),
        || FakeUpstream::playing([Script::refuse()]),
    ];
    for upstream in upstreams {
        for model in ["dynamic/one", "dynamic/two", "openai/gpt", "groq/gpt", "dynamic/nope"] {
            let world = world(upstream());
            let ask = world
                .chat(model)
                .locked()
                .header("cf-aig-authorization", TOKEN)
                .header("cookie", COOKIE);
            let answer = ask.token("sk-of-the-caller").send().await;
            let told = format!("{:?} {}", answer.headers, answer.text());
            let logged = format!("{:?} {}", world.records(), world.metrics.encode());
            for secret in [STORED_KEY, TOKEN, "sk-of-the-caller", "canary-cookie", "org-canary"] {
                assert!(!told.contains(secret), "{model}: {secret} in {told}");
                assert!(!logged.contains(secret), "{model}: {secret} in {logged}");
            }
            for seen in world.upstream.seen() {
                let sent = format!("{:?} {}", seen.headers, String::from_utf8_lossy(&seen.body));
                assert!(!sent.contains(TOKEN) && !sent.contains("canary-cookie"), "{sent}");
                let own = model == "groq/gpt";
                assert_eq!(sent.contains("sk-of-the-caller"), own, "{model}: {sent}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_of_ours_is_not_forwarded_from_any_header() {
    for header in [
        "authorization",
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "x-auth-key",
        "cf-aig-authorization",
    ] {
        for model in ["groq/gpt", "openai/gpt", "dynamic/one"] {
            let world = world(FakeUpstream::playing([Script::completion("fine")]));
            world.chat(model).header(header, TOKEN).send().await;
            for seen in world.upstream.seen() {
                assert!(!format!("{:?}", seen.headers).contains("canary-of"), "{header} {model}");
            }
        }
    }
}
