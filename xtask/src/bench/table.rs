//! Tables and numbers of the document.

use std::fmt;

/// A Markdown table.
pub struct Table {
    rows: Vec<Vec<String>>,
    columns: usize,
}

impl Table {
    pub fn new(heading: &[&str]) -> Self {
        Self { rows: vec![heading.iter().map(|cell| (*cell).to_owned()).collect()], columns: heading.len() }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, row) in self.rows.iter().enumerate() {
            writeln!(f, "| {} |", row.join(" | "))?;
            if n == 0 {
                writeln!(f, "|{}", " --- |".repeat(self.columns))?;
            }
        }
        Ok(())
    }
}

/// `12345.6` → `12,346`.
pub fn thousands(number: f64) -> String {
    let digits = format!("{:.0}", number.max(0.0));
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Milliseconds, with two decimals below ten.
pub fn ms(number: f64) -> String {
    if number < 10.0 { format!("{number:.2} ms") } else { format!("{number:.0} ms") }
}

pub fn ratio(number: f64) -> String {
    format!("{number:.2} ×")
}

pub fn kilobytes(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([thousands(999.4), thousands(1_000.0), thousands(1_234_567.8)], ["999", "1,000", "1,234,568"]);
        assert_eq!([ms(0.456), ms(27.6), ratio(4.0)], ["0.46 ms", "28 ms", "4.00 ×"]);
        assert_eq!([kilobytes(0), kilobytes(1_234)], ["0.0 KB", "1.3 KB"]);
    }

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new(&["a", "b"]);
        table.row(vec!["1".into(), "2".into()]);
        assert_eq!(table.to_string(), "| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    }
}
