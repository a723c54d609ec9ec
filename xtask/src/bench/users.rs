//! The user list of the console at many users: lists, searches by each field, filters and orders, on each engine.

use super::{
    options::Options,
    table::{Table, thousands},
};
use crate::{
    service::Engines,
    shell::{Failure, Result, quietly, run, step},
    users::{command, tool},
};
use std::{fmt::Write as _, path::Path};

/// Searches of each case.
const SEARCHES: usize = 100;

pub fn users(options: &Options, folder: &Path) -> Result<String> {
    let tool = tool(options.is_dev)?;
    let is_served = options.engines.iter().any(|engine| engine != "sqlite");
    let servers = if is_served { Some(Engines::ensure()?) } else { None };
    let mut text = String::new();
    for count in &options.users {
        for engine in &options.engines {
            let (url, is_ours) = match engine.as_str() {
                "sqlite" => (format!("sqlite://{}", folder.join(format!("users-{count}.db")).display()), false),
                name => (created(&tool, servers.as_ref(), name)?, true),
            };
            let _ =
                writeln!(text, "### {} users on {engine}\n", thousands(u32::try_from(*count).map_or(0.0, f64::from)));
            let measured = measure(options, &tool, &url, *count);
            if is_ours {
                quietly(&mut command(&tool, "drop", &url, &[]))?;
            }
            let _ = writeln!(text, "{}", measured?);
        }
    }
    Ok(text)
}

/// A new database on the server of this engine.
fn created(tool: &Path, servers: Option<&Engines>, name: &str) -> Result<String> {
    let variable = if name == "postgres" { "WEIDA_TEST_POSTGRES" } else { "WEIDA_TEST_MYSQL" };
    let server = servers.and_then(|servers| servers.environment().find(|(known, _)| *known == variable));
    let (_, server) = server.ok_or_else(|| Failure::new(format!("there is no {name}")))?;
    Ok(quietly(&mut command(tool, "create", server, &[]))?.trim().to_owned())
}

fn measure(options: &Options, program: &Path, url: &str, count: usize) -> Result<String> {
    let values = [format!("users={count}"), "seed=1".to_owned()];
    step("users", || run(&mut command(program, "seed", url, &values)))?;
    let indexed = quietly(&mut command(program, "index", url, &[]))?;
    let took = indexed.trim().rsplit('\t').next().unwrap_or_default().to_owned();
    let mut values = vec![format!("rounds={SEARCHES}")];
    values.extend(options.has_plans.then(|| "plans".to_owned()));
    let lines = step("searches", || quietly(&mut command(program, "bench", url, &values)))?;
    if options.has_plans {
        println!("{lines}");
    }
    let mut table = Table::new(&["", "median", "99 %", "at most", "users on the page"]);
    let mut late = Vec::new();
    for line in lines.lines().filter(|line| !line.starts_with(' ')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, median, p99, bound, found] = cells.as_slice() else { continue };
        if p99.parse::<f64>().unwrap_or(f64::MAX) > bound.parse().unwrap_or(0.0) {
            late.push(*name);
        }
        let ms = |number: &str| format!("{number} ms");
        table.row(vec![(*name).to_owned(), ms(median), ms(p99), ms(bound), (*found).to_owned()]);
    }
    let late = if late.is_empty() { "none".to_owned() } else { late.join("; ") };
    Ok(format!("The index was built in {took}. Slower than wanted: {late}.\n\n{table}"))
}
