//! Arguments of the form `name=value`.

use crate::Fault;
use std::{collections::BTreeMap, net::SocketAddr, str::FromStr};

/// The arguments of a command.
#[derive(Debug, Clone)]
pub struct Args(BTreeMap<String, String>);

impl Args {
    pub fn parse(words: impl Iterator<Item = String>) -> Result<Self, Fault> {
        let pair = |word: String| {
            let (name, value) = word.split_once('=').ok_or_else(|| format!("{word:?} is not name=value"))?;
            Ok((name.to_owned(), value.to_owned()))
        };
        words.map(pair).collect::<Result<_, Fault>>().map(Self)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value, or `default` if it is not given.
    pub fn or<T: FromStr>(&self, name: &str, default: T) -> Result<T, Fault> {
        let Some(text) = self.text(name) else { return Ok(default) };
        text.parse().map_err(|_| format!("{name} cannot be {text:?}"))
    }

    pub fn need(&self, name: &str) -> Result<&str, Fault> {
        self.text(name).ok_or_else(|| format!("{name}=… is missing"))
    }

    /// The addresses of `to`.
    pub fn targets(&self) -> Result<Vec<SocketAddr>, Fault> {
        let address = |text: &str| text.parse().map_err(|_| format!("{text:?} is not an address like 127.0.0.1:3000"));
        self.need("to")?.split(',').map(address).collect()
    }
}
