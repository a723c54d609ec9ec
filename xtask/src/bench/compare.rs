//! Pushes side by side: in each round every contender in turn, at two numbers of connections.

use super::{
    contender::{BARE, CO_WECHAT, Contender, WECHATPY, WEIDA, WEIDA_AES},
    load::{self, Load, median},
    options::Options,
    table::{Table, ms, ratio, thousands},
};
use crate::shell::{Result, report};
use std::{collections::BTreeMap, time::Instant};

pub const CONNECTIONS: [usize; 2] = [32, 128];

/// All measurements of pushes.
pub struct Compared {
    /// By contender and connections, one for each round.
    rounds: BTreeMap<(&'static str, usize), Vec<Load>>,
    /// One caller alone, by contender, one for each round.
    alone: BTreeMap<&'static str, Vec<Load>>,
    /// Weida at half of the load that it managed at 128 connections, by contender.
    half: Vec<(&'static str, f64, Load)>,
    names: Vec<&'static str>,
}

pub fn compare(options: &Options, contenders: &[Contender]) -> Result<Compared> {
    let names = contenders.iter().map(|contender| contender.name).collect();
    let mut compared = Compared { rounds: BTreeMap::new(), alone: BTreeMap::new(), half: Vec::new(), names };
    for round in 1..=options.rounds {
        for contender in contenders {
            let begun = Instant::now();
            let running = contender.start()?;
            for connections in CONNECTIONS {
                let load = one(options, contender, running.port, &[format!("connections={connections}")])?;
                compared.rounds.entry((contender.name, connections)).or_default().push(load);
            }
            let load = one(options, contender, running.port, &["connections=1".to_owned()])?;
            compared.alone.entry(contender.name).or_default().push(load);
            let rates = CONNECTIONS.map(|connections| compared.rate(contender.name, connections));
            report(
                '✓',
                &format!("round {round}: {:<20} {:.0} and {:.0} pushes/s", contender.name, rates[0], rates[1]),
                begun.elapsed(),
            );
        }
    }
    for contender in contenders.iter().filter(|contender| [WEIDA, WEIDA_AES].contains(&contender.name)) {
        let rate = compared.rate(contender.name, CONNECTIONS[1]) / 2.0;
        let running = contender.start()?;
        let arguments = [format!("connections={}", CONNECTIONS[1]), format!("rate={rate}")];
        compared.half.push((contender.name, rate, one(options, contender, running.port, &arguments)?));
    }
    Ok(compared)
}

fn one(options: &Options, contender: &Contender, port: u16, more: &[String]) -> Result<Load> {
    let mut arguments = contender.arguments(port);
    arguments.push(format!("seconds={}", options.seconds));
    arguments.extend_from_slice(more);
    let load = load::run(&options.tool, &arguments)?;
    if load.failed > 0 {
        println!("  {}: {} failed: {:?}", contender.name, load.failed, load.causes);
    }
    Ok(load)
}

impl Compared {
    /// The median rate of all rounds; 0 if it was not measured.
    fn rate(&self, name: &str, connections: usize) -> f64 {
        let loads = self.rounds.iter().filter(|((of, at), _)| *of == name && *at == connections);
        median(loads.flat_map(|(_, loads)| loads).map(|load| load.rate))
    }

    /// The tables and checks of this part.
    pub fn document(&self) -> String {
        let mut rates = Table::new(&[
            "",
            "32 connections",
            "median",
            "99 %",
            "128 connections",
            "median",
            "99 %",
            "one caller, median",
        ]);
        for name in &self.names {
            let mut cells = vec![(*name).to_owned()];
            for connections in CONNECTIONS {
                let loads = self.rounds.get(&(name, connections)).map_or(&[][..], Vec::as_slice);
                cells.push(format!("{}/s", thousands(self.rate(name, connections))));
                cells.push(ms(median(loads.iter().map(|load| load.median))));
                cells.push(ms(median(loads.iter().map(|load| load.p99))));
            }
            cells.push(ms(self.alone_median(name)));
            rates.row(cells);
        }
        let failed: u64 =
            self.rounds.values().flatten().chain(self.alone.values().flatten()).map(|load| load.failed).sum();
        let mut text = format!("{rates}\n{failed} requests failed or got a wrong answer.\n\n");
        text += &self.goals().to_string();
        text
    }

    fn alone_median(&self, name: &str) -> f64 {
        median(self.alone.get(name).into_iter().flatten().map(|load| load.median))
    }

    /// What was promised, and what was measured.
    fn goals(&self) -> Table {
        let mut goals = Table::new(&["goal", "wanted", "measured", ""]);
        let mark = |is_met: bool| if is_met { "✓" } else { "missed" }.to_owned();
        let [few, many] = CONNECTIONS;
        for (what, of, to, connections, wanted) in [
            ("of wechatpy + gunicorn, 128 connections", WEIDA, WECHATPY, many, 4.0),
            ("of co-wechat, 128 connections", WEIDA, CO_WECHAT, many, 2.0),
            ("of co-wechat, 32 connections", WEIDA, CO_WECHAT, few, 1.2),
            ("of the bare route, 128 connections", WEIDA, BARE, many, 0.25),
            ("with AES, of the bare route, 128 connections", WEIDA_AES, BARE, many, 0.2),
        ] {
            let (rate, other) = (self.rate(of, connections), self.rate(to, connections));
            if rate > 0.0 && other > 0.0 {
                let measured = rate / other;
                goals.row(vec![what.to_owned(), format!("≥ {wanted} ×"), ratio(measured), mark(measured >= wanted)]);
            }
        }
        let alone = self.alone_median(WEIDA);
        goals.row(vec!["one caller alone, median".into(), "≤ 1.2 ms".into(), ms(alone), mark(alone <= 1.2)]);
        for (name, rate, load) in &self.half {
            let what = format!("{name}: 99 % at half of the load, {}/s", thousands(*rate));
            goals.row(vec![what, "≤ 15 ms".into(), ms(load.p99), mark(load.p99 <= 15.0)]);
        }
        goals
    }
}
