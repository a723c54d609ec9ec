//! One message among 100, 10,000 and 100,000 rules: `cargo xtask bench`, or `cargo bench --bench reply`.
//!
//! Criterion measures the mean at each size. This file also measures the 99th percentile at each size, which may grow by half; the
//! memory per rule, in a separate process; and the cost of hostile rules and messages (T-27), at most five milliseconds. Exceeding one
//! of the two limits is a failure.

use criterion::{BenchmarkId, Criterion};
use std::{
    hint::black_box,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};
use weida::{
    base::rng::{Rng as _, SeededRng},
    core::rule::{
        AnswerMode, Content, Keyword, MatchType, Rule, Source, TriggerKind,
        rule_set::{Occasion, RuleSet},
    },
    text::fold::Folded,
};

const SIZES: [usize; 3] = [100, 10_000, 100_000];
/// The allowed growth of the 99th percentile from the smallest to the largest size.
const MOST_GROWTH: f64 = 1.5;
/// T-27: the limit for hostile rules and messages.
const HOSTILE_MAX: Duration = Duration::from_millis(5);
/// The variable with the number of rules for the process that measures its own memory.
const MEASURED: &str = "WEIDA_TEST_RULE_SET_OF";

fn main() -> ExitCode {
    if let Some(size) = std::env::var(MEASURED).ok().and_then(|size| size.parse().ok()) {
        println!("{}", resident_bytes_of(size));
        return ExitCode::SUCCESS;
    }
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    for size in SIZES {
        let (rule_set, messages) = (RuleSet::new(rules(size)), messages(size));
        criterion.bench_with_input(BenchmarkId::new("answer", size), &rule_set, |bencher, rule_set| {
            let mut cycle = messages.iter().cycle();
            bencher.iter(|| cycle.next().map(|message| answer(rule_set, message)));
        });
        criterion.bench_with_input(BenchmarkId::new("candidates", size), &rule_set, |bencher, rule_set| {
            let mut cycle = messages.iter().cycle();
            bencher.iter(|| {
                cycle.next().map(|message| rule_set.candidates(Occasion::Said, &Folded::new(message), 20).len())
            });
        });
    }
    criterion.final_summary();
    let growth = percentiles();
    let hostile = hostile();
    memory();
    if growth <= MOST_GROWTH && hostile <= HOSTILE_MAX { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Handles a text as the program does: folds it, finds the rule, and reads its answer.
fn answer(rule_set: &RuleSet, message: &str) -> usize {
    rule_set.answer(Occasion::Said, &Folded::new(message)).map_or(0, |hit| hit.rule.text().len())
}

/// A word of random length from three thousand characters.
fn word(rng: &SeededRng, least: u64, most: u64) -> String {
    let chars = least + rng.below(most - least + 1);
    (0..chars).filter_map(|_| char::from_u32(0x4e00 + u32::try_from(rng.below(3_000)).ok()?)).collect()
}

/// Half exact, a fifth prefix, the rest contains; and one in two hundred an expression.
fn rules(size: usize) -> Vec<Rule> {
    let rng = SeededRng::new(7);
    let rule = |at: usize| {
        let text = word(&rng, 2, 8);
        let keyword = match at % 20 {
            0..=9 => Keyword { text, matching: MatchType::Exact },
            10..=13 => Keyword { text, matching: MatchType::Prefix },
            19 if at % 200 == 19 => Keyword { text: format!(r"^{text}\s*(\d+)$"), matching: MatchType::Regex },
            _ => Keyword { text, matching: MatchType::Contains },
        };
        of(at, vec![keyword])
    };
    (0..size).map(rule).collect()
}

fn of(at: usize, keywords: Vec<Keyword>) -> Rule {
    let number = i64::try_from(at).unwrap_or_default() + 1;
    Rule {
        id: number,
        number,
        name: String::new(),
        cause: TriggerKind::Keyword,
        keywords,
        contents: vec![Content::text("一条不长不短的回复，像人们平常写的那样。")],
        answer: AnswerMode::All,
        priority: 0,
        is_enabled: true,
        is_on_home: false,
        hits: 0,
        last_hit_at: None,
        created_at: 0,
        updated_at: 0,
        updated_by: None,
        updated_door: Source::Web,
        revision: 1,
    }
}

/// A quarter each: a keyword, a keyword with a suffix, a keyword inside a sentence, and random text.
fn messages(size: usize) -> Vec<String> {
    let (rules, rng) = (rules(size), SeededRng::new(8));
    let message = |at: usize| {
        let rule = usize::try_from(rng.below(size as u64)).unwrap_or_default();
        let keyword = &rules[rule].keywords[0];
        let text = match keyword.matching {
            MatchType::Regex => keyword.text.trim_matches(|c: char| c.is_ascii()).to_owned(),
            _ => keyword.text.clone(),
        };
        match at % 4 {
            0 => text,
            1 => format!("{text}{}", word(&rng, 1, 12)),
            2 => format!("{}{text}{}？", word(&rng, 1, 8), word(&rng, 1, 8)),
            _ => word(&rng, 2, 30),
        }
    };
    (0..2_000).map(message).collect()
}

/// Prints the percentiles of each size and returns the growth of the 99th. A message counts with the median of its times, to exclude
/// other load on the machine; all other messages run between two of them.
fn percentiles() -> f64 {
    let measured: Vec<[Duration; 3]> = SIZES.iter().map(|size| measured(*size)).collect();
    for ([p50, p99, p999], size) in measured.iter().zip(SIZES) {
        println!("{size:>7} rules: p50 {p50:?}  p99 {p99:?}  p99.9 {p999:?}");
    }
    let growth = |at: usize| measured[SIZES.len() - 1][at].as_secs_f64() / measured[0][at].as_secs_f64();
    println!(
        "from {} to {} rules: p50 x {:.2}, p99 x {:.2} (at most {MOST_GROWTH})",
        SIZES[0],
        SIZES[2],
        growth(0),
        growth(1)
    );
    growth(1)
}

fn measured(size: usize) -> [Duration; 3] {
    let begun = Instant::now();
    let rules = rules(size);
    let (messages, prepared) = (messages(size), begun.elapsed());
    let rule_set = RuleSet::new(rules);
    println!("{size:>7} rules: the rule set is built in {:?}", begun.elapsed().saturating_sub(prepared));
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); messages.len()];
    for _ in 0..41 {
        for (message, times) in messages.iter().zip(&mut times) {
            let begun = Instant::now();
            black_box(answer(&rule_set, message));
            times.push(begun.elapsed());
        }
    }
    let mut medians: Vec<Duration> = times.iter_mut().map(|times| median(times)).collect();
    medians.sort_unstable();
    [500, 990, 999].map(|part| medians[(medians.len() - 1) * part / 1000])
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// T-27: 200 rules of ten keywords each, 500 of them expressions that are exponential in backtracking engines; messages of 2,000
/// characters. Returns the 99th percentile.
fn hostile() -> Duration {
    let expressions = [
        "(a+)+$",
        "(a|aa)+$",
        "(a*)*b",
        "(.*)*x",
        "a.*b.*c.*d",
        "(x+x+)+y",
        "[a-z]{1,60}!",
        "(a|b|ab)*c",
        "^(a?){20}a{20}$",
        ".{0,40}吗",
    ];
    let keyword = |rule: usize, n: usize| match n {
        0 | 1 => Keyword {
            text: format!("{}{}", expressions[rule % 10], "a?".repeat(rule / 10 % 5)),
            matching: MatchType::Regex,
        },
        2 if rule.is_multiple_of(2) => {
            Keyword { text: format!("{}|z", expressions[rule % 10]), matching: MatchType::Regex }
        }
        2..=5 => Keyword { text: "a".repeat(rule % 60 + n), matching: MatchType::Prefix },
        _ => Keyword { text: format!("{}{n}", "a".repeat(rule % 55)), matching: MatchType::Contains },
    };
    let rule_set = RuleSet::new((0..200).map(|rule| of(rule, (0..10).map(|n| keyword(rule, n)).collect())).collect());
    let messages: Vec<String> = ["a", "ab", "x", "吗a", "a!", "abcd", "aaaaaaaaab", "z", "7", "aB吗x!"]
        .iter()
        .map(|part| part.chars().cycle().take(2_000).collect())
        .collect();
    let mut times = Vec::new();
    for _ in 0..50 {
        for message in &messages {
            let begun = Instant::now();
            black_box(answer(&rule_set, message));
            black_box(rule_set.candidates(Occasion::Said, &Folded::new(message), 20).len());
            times.push(begun.elapsed());
        }
    }
    // The first round fills the caches of the expressions.
    let mut times = times.split_off(messages.len());
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    println!(
        "T-27, hostile rules and messages, answer and trace: p50 {:?}, p99 {p99:?} (at most {HOSTILE_MAX:?})",
        times[times.len() / 2]
    );
    p99
}

/// Prints the memory per rule, measured in separate processes.
fn memory() {
    let Ok(this) = std::env::current_exe() else { return };
    for size in SIZES {
        let output = Command::new(&this).env(MEASURED, size.to_string()).output();
        let bytes =
            output.ok().and_then(|o| String::from_utf8(o.stdout).ok()).and_then(|text| text.trim().parse::<u64>().ok());
        match bytes {
            Some(bytes) => {
                println!("{size:>7} rules: {} KiB resident, {} bytes a rule", bytes / 1024, bytes / size as u64);
            }
            None => println!("{size:>7} rules: memory cannot be measured here"),
        }
    }
}

/// The growth of this process's memory by a rule set of this size.
fn resident_bytes_of(size: usize) -> u64 {
    let before = resident_bytes();
    let rule_set = RuleSet::new(rules(size));
    let after = resident_bytes();
    black_box(&rule_set);
    after.saturating_sub(before)
}

/// The resident memory; 0 without `/proc`. Pages have 4 KiB on every machine that this runs on.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}
