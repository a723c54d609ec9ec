//! One message among 100, 10,000 and 100,000 rules: `cargo xtask bench`, or `cargo bench --bench reply`.
//!
//! Criterion measures the mean of each size and of making the book. What it does not tell is measured here: the slowest hundredth of
//! messages at each size, which may grow by half; memory a rule, in a process of its own; and what hostile rules and messages cost
//! (T-27), at most five milliseconds. Either limit broken ends the benchmark with a failure.

use criterion::{BenchmarkId, Criterion};
use std::{
    hint::black_box,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};
use weida::core::{
    chance::{Chance as _, SeededChance},
    reply::{
        Answer, Cause, Content, Door, Keyword, Matching, Rule,
        book::{Book, Occasion},
        fold::Folded,
    },
};

const SIZES: [usize; 3] = [100, 10_000, 100_000];
/// What the slowest hundredth may grow by from the smallest to the largest size.
const MOST_GROWTH: f64 = 1.5;
/// T-27.
const HOSTILE_MAX: Duration = Duration::from_millis(5);
/// Set for the process that measures its own memory: the number of rules.
const MEASURED: &str = "WEIDA_TEST_BOOK_OF";

fn main() -> ExitCode {
    if let Some(size) = std::env::var(MEASURED).ok().and_then(|size| size.parse().ok()) {
        println!("{}", resident_bytes_of(size));
        return ExitCode::SUCCESS;
    }
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    for size in SIZES {
        let (book, messages) = (Book::new(rules(size)), messages(size));
        criterion.bench_with_input(BenchmarkId::new("answer", size), &book, |bencher, book| {
            let mut turns = messages.iter().cycle();
            bencher.iter(|| turns.next().map(|message| answer(book, message)));
        });
        criterion.bench_with_input(BenchmarkId::new("candidates", size), &book, |bencher, book| {
            let mut turns = messages.iter().cycle();
            bencher
                .iter(|| turns.next().map(|message| book.candidates(Occasion::Said, &Folded::new(message), 20).len()));
        });
    }
    criterion.final_summary();
    let growth = percentiles();
    let hostile = hostile();
    memory();
    if growth <= MOST_GROWTH && hostile <= HOSTILE_MAX { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the program does with a text: folds it, finds the rule, and reads what it says.
fn answer(book: &Book, message: &str) -> usize {
    book.answer(Occasion::Said, &Folded::new(message)).map_or(0, |hit| hit.rule.text().len())
}

/// Two to eight characters of the three thousand most used.
fn word(chance: &SeededChance, least: u64, most: u64) -> String {
    let chars = least + chance.below(most - least + 1);
    (0..chars).filter_map(|_| char::from_u32(0x4e00 + u32::try_from(chance.below(3_000)).ok()?)).collect()
}

/// Half exact, a fifth starts-with, the rest contains; and an expression in two hundred, of 500 at most.
fn rules(size: usize) -> Vec<Rule> {
    let chance = SeededChance::new(7);
    let rule = |at: usize| {
        let text = word(&chance, 2, 8);
        let keyword = match at % 20 {
            0..=9 => Keyword { text, matching: Matching::Exact },
            10..=13 => Keyword { text, matching: Matching::Prefix },
            19 if at % 200 == 19 => Keyword { text: format!(r"^{text}\s*(\d+)$"), matching: Matching::Regex },
            _ => Keyword { text, matching: Matching::Contains },
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
        cause: Cause::Keyword,
        keywords,
        contents: vec![Content::text("一条不长不短的回复，像人们平常写的那样。")],
        answer: Answer::All,
        priority: 0,
        is_enabled: true,
        hits: 0,
        last_hit_at: None,
        created_at: 0,
        updated_at: 0,
        updated_by: None,
        updated_door: Door::Web,
        revision: 1,
    }
}

/// A quarter each: a keyword itself, one with something behind it, one inside a sentence, and something else.
fn messages(size: usize) -> Vec<String> {
    let (rules, chance) = (rules(size), SeededChance::new(8));
    let message = |at: usize| {
        let rule = usize::try_from(chance.below(size as u64)).unwrap_or_default();
        let keyword = &rules[rule].keywords[0];
        let text = match keyword.matching {
            Matching::Regex => keyword.text.trim_matches(|c: char| c.is_ascii()).to_owned(),
            _ => keyword.text.clone(),
        };
        match at % 4 {
            0 => text,
            1 => format!("{text}{}", word(&chance, 1, 12)),
            2 => format!("{}{text}{}？", word(&chance, 1, 8), word(&chance, 1, 8)),
            _ => word(&chance, 2, 30),
        }
    };
    (0..2_000).map(message).collect()
}

/// Prints the percentiles of each size, and gives what the slowest hundredth grows by. A message counts with the median of its
/// times, so that what else the machine does is left out; between two of them all the others pass.
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
    let book = Book::new(rules);
    println!("{size:>7} rules: the book is made in {:?}", begun.elapsed().saturating_sub(prepared));
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); messages.len()];
    for _ in 0..41 {
        for (message, times) in messages.iter().zip(&mut times) {
            let begun = Instant::now();
            black_box(answer(&book, message));
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

/// T-27: 200 rules of ten keywords each, 500 of them expressions that are the death of backtracking engines; messages of 2,000
/// characters. Gives the slowest hundredth.
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
            matching: Matching::Regex,
        },
        2 if rule.is_multiple_of(2) => {
            Keyword { text: format!("{}|z", expressions[rule % 10]), matching: Matching::Regex }
        }
        2..=5 => Keyword { text: "a".repeat(rule % 60 + n), matching: Matching::Prefix },
        _ => Keyword { text: format!("{}{n}", "a".repeat(rule % 55)), matching: Matching::Contains },
    };
    let book = Book::new((0..200).map(|rule| of(rule, (0..10).map(|n| keyword(rule, n)).collect())).collect());
    let messages: Vec<String> = ["a", "ab", "x", "吗a", "a!", "abcd", "aaaaaaaaab", "z", "7", "aB吗x!"]
        .iter()
        .map(|part| part.chars().cycle().take(2_000).collect())
        .collect();
    let mut times = Vec::new();
    for _ in 0..50 {
        for message in &messages {
            let begun = Instant::now();
            black_box(answer(&book, message));
            black_box(book.candidates(Occasion::Said, &Folded::new(message), 20).len());
            times.push(begun.elapsed());
        }
    }
    // The first round makes what the expressions keep.
    let mut times = times.split_off(messages.len());
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    println!(
        "T-27, hostile rules and messages, answer and trace: p50 {:?}, p99 {p99:?} (at most {HOSTILE_MAX:?})",
        times[times.len() / 2]
    );
    p99
}

/// Prints what a rule takes, told by processes that hold nothing else.
fn memory() {
    let Ok(this) = std::env::current_exe() else { return };
    for size in SIZES {
        let told = Command::new(&this).env(MEASURED, size.to_string()).output();
        let bytes =
            told.ok().and_then(|o| String::from_utf8(o.stdout).ok()).and_then(|text| text.trim().parse::<u64>().ok());
        match bytes {
            Some(bytes) => {
                println!("{size:>7} rules: {} KiB resident, {} bytes a rule", bytes / 1024, bytes / size as u64);
            }
            None => println!("{size:>7} rules: memory cannot be measured here"),
        }
    }
}

/// What this process holds more with a book of this size than before.
fn resident_bytes_of(size: usize) -> u64 {
    let before = resident_bytes();
    let book = Book::new(rules(size));
    let after = resident_bytes();
    black_box(&book);
    after.saturating_sub(before)
}

/// 0 where `/proc` does not say. Pages have 4 KiB on every machine that this runs on.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}
