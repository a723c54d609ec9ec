//! Patterns for `LIKE`; every statement uses `ESCAPE '!'`.

/// A pattern for texts that contain this fragment literally.
#[must_use]
pub fn containing(fragment: &str) -> String {
    let mut pattern = String::with_capacity(fragment.len() + 2);
    pattern.push('%');
    for c in fragment.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn what_is_looked_for_is_no_pattern() {
        assert_eq!(containing("100%_!"), "%100!%!_!!%");
    }
}
