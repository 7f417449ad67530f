//! A gateway's limits against a naive model of them: whatever requests come, no limit has more settled and held than it allows when it
//! lets one in, a refused one changes nothing anywhere, and one that every limit has room for is let in.
use crate::elements::with_spare;
use crate::world::{Answer, World, cents, requests};
use ::limits::{Key, Rule, Technique};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use proxy::Body;
use proxy::catalog::{Dimension, GatewayLimits, SpendRule};
use route::Value as Fact;
use serde_json::json;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use testkit::{FakeUpstream, Script};

const CENT: u64 = 10_000_000;
const MODELS: [&str; 2] = ["gpt", "mini"];
const USERS: [&str; 3] = ["ada", "bob", "cyd"];
/// Seconds.
const WINDOW: u64 = 64;

/// What a caller does. A token out costs two cents, one in nothing, so a call holds twice its allowance; an answer has seven tokens.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Calls a model, or the route that falls back from `gpt` to `mini`, and reads the answer.
    Call(Caller),
    /// The same, as a stream that is not read yet.
    Open(Caller),
    /// Reads the stream that was opened so many streams ago, or leaves it.
    Close {
        which: usize,
        leave: bool,
    },
    Wait(u64),
}

#[derive(Clone, Copy, Debug)]
struct Caller {
    /// `None`: the route.
    model: Option<usize>,
    user: usize,
    allowance: u64,
}

fn step() -> impl Strategy<Value = Step> {
    let caller = (prop::option::of(0..MODELS.len()), 0..USERS.len(), 1_u64..20)
        .prop_map(|(model, user, allowance)| Caller { model, user, allowance });
    prop_oneof![
        4 => caller.clone().prop_map(Step::Call),
        3 => caller.prop_map(Step::Open),
        2 => (0_usize..4, any::<bool>()).prop_map(|(which, leave)| Step::Close { which, leave }),
        1 => (1_u64..50).prop_map(Step::Wait),
    ]
}

/// How much each limit allows, and how its window moves.
#[derive(Clone, Debug)]
struct Numbers {
    requests: u64,
    cents: [u64; 4],
    sliding: [bool; 4],
}

fn numbers() -> impl Strategy<Value = Numbers> {
    (1_u64..12, prop::array::uniform4(20_u64..160), any::<[bool; 4]>())
        .prop_map(|(requests, cents, sliding)| Numbers { requests, cents, sliding })
}

/// Four rules that overlap: every call; each user; one model; one user, by model.
fn rules(numbers: &Numbers) -> Vec<SpendRule> {
    let filter = |it: &str| Dimension::Filter(vec![it.into()]);
    let rule = |index: usize| {
        let mut rule = cents(&format!("0000000{index}"), numbers.cents[index]);
        rule.rule.window = Duration::from_secs(WINDOW);
        let sliding = numbers.sliding[index];
        rule.rule.technique = if sliding { Technique::Sliding } else { Technique::Fixed };
        rule
    };
    let user = |dimension| vec![("user".into(), dimension)];
    vec![
        rule(0),
        SpendRule { metadata: user(Dimension::Partition), ..rule(1) },
        SpendRule { model: Some(filter(MODELS[0])), ..rule(2) },
        SpendRule {
            model: Some(Dimension::Partition),
            metadata: user(filter(USERS[0])),
            ..rule(3)
        },
    ]
}

/// Which bucket of each rule a call is counted in.
fn buckets(model: usize, user: usize) -> Vec<(usize, String)> {
    let mut found = vec![(0, String::new()), (1, USERS[user].to_owned())];
    if model == 0 {
        found.push((2, String::new()));
    }
    if user == 0 {
        found.push((3, MODELS[model].to_owned()));
    }
    found
}

/// Everything that was ever charged and is held, by rule and bucket.
#[derive(Debug, Default)]
struct Naive {
    /// Seconds at which requests were counted.
    counted: Vec<u64>,
    /// When and how much.
    charged: BTreeMap<(usize, String), Vec<(u64, u64)>>,
    held: BTreeMap<(usize, String), u64>,
}

/// Whether there is room; the model does not know in what a sliding window that returns room late may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Yes,
    No,
    Perhaps,
}

impl Naive {
    fn settled(&self, bucket: &(usize, String), now: u64, sliding: bool, late: u64) -> u64 {
        let charged = self.charged.get(bucket).map_or(&[][..], Vec::as_slice);
        let counts = |at: u64| {
            if sliding { at + WINDOW + late > now } else { at / WINDOW == now / WINDOW }
        };
        charged.iter().filter(|(at, _)| counts(*at)).map(|(_, amount)| amount).sum()
    }

    fn room(&self, numbers: &Numbers, bucket: &(usize, String), now: u64, amount: u64) -> Room {
        let (limit, sliding) = (numbers.cents[bucket.0] * CENT, numbers.sliding[bucket.0]);
        let held = self.held.get(bucket).copied().unwrap_or_default() + amount;
        if self.settled(bucket, now, sliding, 0) + held > limit {
            return Room::No;
        }
        // A 64th of the window is a second.
        let late = self.settled(bucket, now, sliding, 1) + held > limit;
        if sliding && late { Room::Perhaps } else { Room::Yes }
    }

    /// Whether a call may be made, as far as spend rules decide.
    fn call(&self, numbers: &Numbers, now: u64, (model, caller): (usize, Caller)) -> Room {
        let hold = 2 * CENT * caller.allowance;
        let rooms: Vec<_> = buckets(model, caller.user)
            .iter()
            .map(|it| self.room(numbers, it, now, hold))
            .collect();
        if rooms.contains(&Room::No) {
            Room::No
        } else if rooms.contains(&Room::Perhaps) {
            Room::Perhaps
        } else {
            Room::Yes
        }
    }

    fn hold(&mut self, model: usize, caller: Caller) {
        for bucket in buckets(model, caller.user) {
            *self.held.entry(bucket).or_default() += 2 * CENT * caller.allowance;
        }
    }

    fn settle(&mut self, open: &Open, cost: u64) {
        for bucket in buckets(open.model, open.caller.user) {
            *self.held.get_mut(&bucket).expect("held") -= 2 * CENT * open.caller.allowance;
            self.charged.entry(bucket).or_default().push((open.at, cost));
        }
    }
}

/// A call that was let in and has not ended.
struct Open {
    at: u64,
    model: usize,
    caller: Caller,
    body: Option<Body>,
}

/// Requests and what the model makes of them.
struct Play {
    world: World,
    numbers: Numbers,
    naive: Naive,
    open: Vec<Open>,
    now: u64,
}

impl Play {
    fn new(numbers: Numbers) -> Self {
        let upstream = FakeUpstream::answering(|seen| {
            let streamed = String::from_utf8_lossy(&seen.body).contains(r#""stream":true"#);
            if streamed { Script::stream(&["one", "two"]) } else { Script::completion("one") }
        });
        let spend: Vec<_> = rules(&numbers).into_iter().map(Arc::new).collect();
        let most = numbers.requests;
        let world = World::over(upstream)
            .deploy("r", &with_spare("openai/gpt", "openai/mini"))
            .price("gpt", 0, 20_000_000_000)
            .price("mini", 0, 20_000_000_000)
            .limit(|id| GatewayLimits {
                rate: Some(requests(id, most, WINDOW)),
                spend: spend.clone(),
            });
        Self { world, numbers, naive: Naive::default(), open: Vec::new(), now: 0 }
    }

    /// What the limiter has in every bucket there may be: settled, held.
    fn state(&self) -> BTreeMap<(usize, String), (u64, u64)> {
        let catalog = self.world.proxy.catalog();
        let gateway = &catalog.gateways["default"];
        let mut state = BTreeMap::new();
        let mut look = |name: (usize, String), key: Key, rule: &Rule| {
            let used = self.world.limiter.usage(&key, rule);
            state.insert(name, (used.settled, used.held));
        };
        for (model, name) in MODELS.into_iter().enumerate() {
            let plan = gateway.plan("openai", name).expect("a plan");
            for (user, user_name) in USERS.into_iter().enumerate() {
                for bucket in buckets(model, user) {
                    let id = format!("0000000{}", bucket.0);
                    let spend = plan.spend.iter().find(|it| *it.rule.id == *id).expect("a rule");
                    let value =
                        (bucket.0 == 1).then_some(Some(Fact::Text(Cow::Borrowed(user_name))));
                    let values: Vec<_> = value.into_iter().collect();
                    look(bucket, spend.bucket(&values), &spend.rule.rule);
                }
            }
        }
        state
    }

    /// No fixed rule differs from the model, and nothing is held that the model does not hold.
    fn agrees(&self) {
        for (bucket, (settled, held)) in self.state() {
            let expected = self.naive.held.get(&bucket).copied().unwrap_or_default();
            assert_eq!(held, expected, "{bucket:?} at {}", self.now);
            if !self.numbers.sliding[bucket.0] {
                let expected = self.naive.settled(&bucket, self.now, false, 0);
                assert_eq!(settled, expected, "{bucket:?} at {}", self.now);
            }
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Call(caller) => self.call(caller, false).await,
            Step::Open(caller) => self.call(caller, true).await,
            Step::Close { which, leave } => self.close(which, leave).await,
            Step::Wait(seconds) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                self.now += seconds;
            }
        }
        self.agrees();
    }

    async fn call(&mut self, caller: Caller, stream: bool) {
        let before = self.state();
        let name =
            caller.model.map_or("dynamic/r".to_owned(), |it| format!("openai/{}", MODELS[it]));
        let ask =
            self.world.chat(&name).with(json!({"max_tokens": caller.allowance, "stream": stream}));
        let metadata = json!({"user": USERS[caller.user]}).to_string();
        let (head, body) = ask.header("cf-aig-metadata", &metadata).begin().await.into_parts();
        if head.status == 200 {
            let found = head.headers["cf-aig-model"].to_str().expect("text");
            let model = MODELS.iter().position(|it| *it == found).expect("a model");
            self.admitted(caller, model);
            let open = Open { at: self.now, model, caller, body: Some(body) };
            if stream {
                self.open.push(open);
            } else {
                self.end(open);
            }
            return;
        }
        let body = body.collect().await.expect("no error").to_bytes();
        let answer = Answer { status: head.status, headers: head.headers, body };
        self.refused(caller, &answer);
        assert_eq!(self.state(), before, "a refusal changes nothing");
    }

    /// Every limit had room, and no model before this one had.
    fn admitted(&mut self, caller: Caller, model: usize) {
        let room = |it| self.naive.call(&self.numbers, self.now, (it, caller));
        assert_ne!(room(model), Room::No, "{caller:?} at {}", self.now);
        if caller.model.is_none() && model == 1 {
            assert_ne!(room(0), Room::Yes, "{caller:?} at {}", self.now);
        }
        let counted = self.counted();
        assert!(counted < self.numbers.requests, "{counted} at {}", self.now);
        self.naive.counted.push(self.now);
        self.naive.hold(model, caller);
    }

    /// Some limit had no room.
    fn refused(&self, caller: Caller, answer: &Answer) {
        let (status, code, message) = answer.error();
        assert_eq!(status, 429, "{message}");
        if code == 2003 {
            assert_eq!(self.counted(), self.numbers.requests, "{message}");
            return;
        }
        assert_eq!(code, 2045, "{message}");
        let models = caller.model.map_or(vec![0, 1], |it| vec![it]);
        for model in models {
            let room = self.naive.call(&self.numbers, self.now, (model, caller));
            assert_ne!(room, Room::Yes, "{caller:?} at {}: {message}", self.now);
        }
    }

    /// Requests in this window of the gateway's limit.
    fn counted(&self) -> u64 {
        let window = self.now / WINDOW;
        let counted = self.naive.counted.iter().filter(|it| **it / WINDOW == window);
        u64::try_from(counted.count()).expect("few")
    }

    async fn close(&mut self, which: usize, leave: bool) {
        if self.open.is_empty() {
            return;
        }
        let mut open = self.open.remove(which % self.open.len());
        let body = open.body.take().expect("a body");
        if leave {
            drop(body);
        } else {
            body.collect().await.expect("no error");
        }
        self.end(open);
    }

    /// The call has ended and its record says what it cost.
    fn end(&mut self, open: Open) {
        let records = self.world.records();
        let cost = records.last().and_then(|it| it.cost).expect("a known cost");
        self.naive.settle(&open, cost);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_limit_of_a_gateway_is_passed_at_admission_and_a_refusal_changes_nothing(
        numbers in numbers(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            let mut play = Play::new(numbers);
            for step in steps {
                play.step(step).await;
            }
        });
    }
}
