//! Splits Rust source into tokens, as far as paths need them.

/// The tokens of a source text. Comments, literals in quotes and lifetimes are left out, and so are the items under `#[cfg(test)]`.
/// `::` is one token.
pub fn tokens(text: &str) -> Vec<String> {
    without_tests(&scanned(text))
}

fn scanned(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut found) = (0, Vec::new());
    while let Some(&c) = chars.get(at) {
        let rest = &chars[at..];
        at += match c {
            '/' if rest.get(1) == Some(&'/') => rest.iter().take_while(|c| **c != '\n').count(),
            '/' if rest.get(1) == Some(&'*') => block_comment(rest),
            '"' => quoted(rest),
            '\'' => character(rest),
            'r' | 'b' if raw(rest).is_some() => raw(rest).unwrap_or(1),
            c if c.is_alphabetic() || c == '_' => {
                let word: String = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
                let length = word.chars().count();
                found.push(word);
                length
            }
            ':' if rest.get(1) == Some(&':') => {
                found.push("::".to_owned());
                2
            }
            c => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                1
            }
        };
    }
    found
}

/// Characters of a block comment, which may hold others.
fn block_comment(rest: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < rest.len() {
        match (rest[at], rest.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Characters of a text in quotes, the quotes included.
fn quoted(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Characters of a character in quotes, or of a lifetime.
fn character(rest: &[char]) -> usize {
    match (rest.get(1), rest.get(2)) {
        (Some('\\'), _) => 3 + rest.iter().skip(3).take_while(|c| **c != '\'').count() + 1,
        (Some(_), Some('\'')) => 3,
        _ => 1 + rest.iter().skip(1).take_while(|c| c.is_alphanumeric() || **c == '_').count(),
    }
}

/// Characters of `r"…"`, `r#"…"#`, `br"…"` or `b"…"`; None for another word.
fn raw(rest: &[char]) -> Option<usize> {
    let marks = rest.iter().take_while(|c| matches!(c, 'r' | 'b')).count();
    let hashes = rest.iter().skip(marks).take_while(|c| **c == '#').count();
    let begin = marks + hashes;
    if marks > 2 || rest.get(begin) != Some(&'"') {
        return None;
    }
    if !rest[..marks].contains(&'r') {
        return Some(marks + quoted(&rest[marks..]));
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = rest[begin + 1..].windows(end.len()).position(|window| window == end)?;
    Some(begin + 1 + body + end.len())
}

/// The same without the items that only tests have.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut at, mut left) = (0, Vec::with_capacity(tokens.len()));
    while at < tokens.len() {
        if tokens[at..].iter().map(String::as_str).take(MARK.len()).eq(MARK) {
            at += MARK.len() + item(&tokens[at + MARK.len()..]);
        } else {
            left.push(tokens[at].clone());
            at += 1;
        }
    }
    left
}

/// How many tokens an item has, with its attributes: it ends with `;` or with its braces.
fn item(tokens: &[String]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}
