//! Variables in an answer: `{{nickname}}` and its kin.

/// What variables stand for.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    pub nickname: &'a str,
    pub user_id: &'a str,
    pub time: &'a str,
    /// What the person wrote.
    pub keyword: &'a str,
    /// `{{1}}`, `{{2}}`, …: what the groups of a regular expression caught.
    pub groups: &'a [String],
}

/// Puts values in the place of variables. A value is never looked into again; an unknown variable stays as it is typed.
#[must_use]
pub fn fill(text: &str, values: Values<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = from.find("}}") else {
            rest = from;
            break;
        };
        let value = match from[2..end].trim() {
            "nickname" => Some(values.nickname),
            "user_id" => Some(values.user_id),
            "time" => Some(values.time),
            "keyword" => Some(values.keyword),
            number => {
                number.parse::<usize>().ok().and_then(|n| values.groups.get(n.checked_sub(1)?)).map(String::as_str)
            }
        };
        if let Some(value) = value {
            out.push_str(value);
            rest = &from[end + 2..];
        } else {
            out.push_str("{{");
            rest = &from[2..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> =
        Values { nickname: "{{keyword}}", user_id: "1001", time: "12:00", keyword: "价格", groups: &[] };

    #[test]
    fn known_variables_are_filled_and_others_stay() {
        assert_eq!(fill("你好 {{ nickname }}（{{user_id}}）", VALUES), "你好 {{keyword}}（1001）");
        assert_eq!(fill("{{nobody}} {{", VALUES), "{{nobody}} {{");
        assert_eq!(fill("{{x{{keyword}}", VALUES), "{{x价格");
    }

    #[test]
    fn groups_are_counted_from_one() {
        let groups = ["42".to_owned()];
        assert_eq!(fill("{{1}} {{2}} {{0}}", Values { groups: &groups, ..VALUES }), "42 {{2}} {{0}}");
    }
}
