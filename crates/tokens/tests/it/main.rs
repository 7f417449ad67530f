//! How far the estimate is from the truth, over the corpus. `docs/limits.md` has the table that this prints:
//! `cargo nextest run -p tokens --no-capture the_error`.

use tokens::Scale;

/// A text, and how many tokens it is by somebody else's count: OpenAI's own `tiktoken` with its vocabularies, the vocabularies that
/// Claude 2, `DeepSeek` v3 and `SmolLM2` were published with under Hugging Face's `tokenizers`, and those of Llama 3, Qwen 2, Mistral v3,
/// Kimi K2, GLM 4 and `MiniMax` M2.
struct Sample {
    name: &'static str,
    text: &'static str,
    counts: [(Scale, &'static str, u64); 11],
}

macro_rules! sample {
    ($name:literal, $o200k:literal, $cl100k:literal, $claude:literal, $smollm:literal, $others:expr) => {{
        let [deepseek, llama, qwen, mistral, kimi, glm, minimax] = $others;
        Sample {
            name: $name,
            text: include_str!(concat!("../corpus/", $name, ".txt")),
            counts: [
                (Scale::O200k, "o200k_base", $o200k),
                (Scale::Cl100k, "cl100k_base", $cl100k),
                (Scale::Claude, "Claude 2", $claude),
                (Scale::Small, "SmolLM2", $smollm),
                (Scale::Other, "DeepSeek v3", deepseek),
                (Scale::Other, "Llama 3", llama),
                (Scale::Other, "Qwen 2", qwen),
                (Scale::Other, "Mistral v3", mistral),
                (Scale::Other, "Kimi K2", kimi),
                (Scale::Other, "GLM 4", glm),
                (Scale::Other, "MiniMax M2", minimax),
            ],
        }
    }};
}

fn corpus() -> [Sample; 5] {
    [
        sample!("prose", 1123, 1123, 1135, 1161, [1127, 1123, 1134, 1138, 1118, 1125, 1119]),
        sample!("code", 1333, 1331, 1514, 1623, [1415, 1331, 1345, 1402, 1332, 1331, 1339]),
        sample!("tools", 910, 910, 911, 1034, [922, 910, 967, 973, 911, 911, 912]),
        sample!("languages", 582, 792, 924, 1036, [698, 674, 732, 616, 784, 642, 694]),
        sample!("scripts", 672, 1054, 1204, 1654, [646, 718, 638, 792, 778, 774, 636]),
    ]
}

/// Percent that the estimate is above the truth, rounded away from 0.
fn error(estimate: u64, truth: u64) -> i64 {
    let signed = |it: u64| i64::try_from(it).expect("small");
    let off = 100 * (signed(estimate) - signed(truth));
    let (whole, rest) = (off / signed(truth), off % signed(truth));
    whole + rest.signum()
}

#[test]
fn the_count_of_openai_text_is_exact() {
    for sample in corpus() {
        for (scale, name, truth) in sample.counts.iter().take(2) {
            assert_eq!(scale.tokens(sample.text), *truth, "{} by {name}", sample.name);
        }
    }
}

#[test]
fn the_error_of_the_rule_is_what_the_documentation_says() {
    println!("| text | vocabulary | tokens | estimate | error |\n|---|---|---|---|---|");
    for sample in corpus() {
        for (scale, name, truth) in sample.counts {
            let estimate = scale.tokens(sample.text);
            let error = error(estimate, truth);
            println!("| {} | {name} | {truth} | {estimate} | {error:+} % |", sample.name);
            let most = if sample.name == "scripts" { 60 } else { 15 };
            if !(-11..=most).contains(&error) {
                panic!("{} by {name}: {error} %", sample.name);
            }
        }
    }
}
