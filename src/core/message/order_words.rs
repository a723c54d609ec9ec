//! What the chat says about rules. Every text fits into one message.

use super::{
    commands::{Command, Order, Said},
    order_texts::Orders,
    words::{clock_time, worded},
};
use crate::{
    core::{
        Ctx, Flaw,
        account::User,
        reply::{
            Content, Rule,
            draft::Draft,
            history::{Action, Change},
            refusal::{Fault, Other},
            search::Page,
            words::{padded, told, way},
        },
    },
    text::{Lang, fill},
    wechat::reply::TEXT_MAX_BYTES,
};

/// Characters of a keyword and of a reply in one line of a list. 15 lines of them, four bytes a character at most, are one message.
const KEYWORD_CHARS: usize = 10;
const REPLY_CHARS: usize = 14;
/// Bytes of a reply that is shown: room for the rest of the rule.
const SHOWN_BYTES: usize = 1_000;
/// Keywords that are shown of a rule.
const SHOWN_KEYWORDS: usize = 10;

/// A text with the site's address in it.
pub fn with_site(ctx: &Ctx, template: &str) -> String {
    fill(template, &[("site", ctx.settings.public_url.as_str())])
}

/// For somebody without an account: how to get one.
pub fn no_account(ctx: &Ctx, lang: Lang) -> String {
    let t = Orders::of(lang);
    with_site(ctx, &worded(ctx, lang, Command::Code, t.no_account, t.no_account_bare))
}

/// Every command that is on.
pub fn help(ctx: &Ctx, lang: Lang) -> String {
    let t = Orders::of(lang);
    let line = |command: Command| {
        let word = ctx.commands.word(command, lang)?;
        let what = fill(about(t, command)?, &[("word", word)]);
        Some(fill(t.help_line, &[("word", word), ("what", &what)]))
    };
    let lines: Vec<String> = Command::NAMED.into_iter().filter_map(line).collect();
    format!("{}\n{}\n\n{}", t.help_intro, lines.join("\n"), with_site(ctx, t.help_site))
}

fn about(t: &'static Orders, command: Command) -> Option<&'static str> {
    Some(match command {
        Command::List => t.help_list,
        Command::Show => t.help_show,
        Command::Add => t.help_add,
        Command::Edit => t.help_edit,
        Command::Delete => t.help_delete,
        Command::On => t.help_on,
        Command::Off => t.help_off,
        Command::Undo => t.help_undo,
        Command::Code => t.help_code,
        Command::Me => t.help_me,
        Command::Password => t.help_password,
        Command::Unbind => t.help_unbind,
        Command::More => t.help_more,
        Command::Help => t.help_help,
        Command::Confirm | Command::Refuse => return None,
    })
}

/// How a command is written.
pub fn usage(ctx: &Ctx, lang: Lang, command: Command) -> String {
    let t = Orders::of(lang);
    let example = match command {
        Command::Add => t.usage_pair,
        Command::Edit => t.usage_edit,
        _ => t.usage_number,
    };
    let word = ctx.commands.word(command, lang).unwrap_or_default();
    fill(t.usage, &[("example", &fill(example, &[("word", word)]))])
}

/// What stands in a preview for a command that does something.
pub fn previewed(ctx: &Ctx, user: Option<&User>, said: &Said) -> String {
    if user.is_none() {
        return no_account(ctx, said.lang);
    }
    if said.order == Order::Unclear {
        return usage(ctx, said.lang, said.command);
    }
    let word = ctx.commands.word(said.command, said.lang).unwrap_or_default();
    fill(Orders::of(said.lang).previewed, &[("word", word)])
}

/// These rules are not there.
pub fn no_such(ctx: &Ctx, lang: Lang, numbers: &[i64]) -> String {
    let t = Orders::of(lang);
    let mut text = fill(t.no_such, &[("numbers", &all(lang, numbers))]);
    text.push_str(&hint(ctx, lang, Command::List, t.see_list));
    text
}

/// What may be done next, where that command is on; else nothing.
fn hint(ctx: &Ctx, lang: Lang, command: Command, template: &str) -> String {
    worded(ctx, lang, command, template, "")
}

fn all(lang: Lang, numbers: &[i64]) -> String {
    numbers.iter().map(|n| padded(*n)).collect::<Vec<_>>().join(lang.list_mark())
}

/// One page of rules.
pub fn list(ctx: &Ctx, lang: Lang, page: &Page, is_on: bool) -> String {
    let t = Orders::of(lang);
    if page.total == 0 {
        return format!("{}{}", t.empty, hint(ctx, lang, Command::Add, t.empty_add));
    }
    let pages = (page.total + page.size - 1) / page.size;
    let (number, count) = (page.page.to_string(), pages.to_string());
    if page.rules.is_empty() {
        return fill(t.list_beyond, &[("page", &number), ("pages", &count)]);
    }
    let values = [("total", page.total.to_string()), ("page", number), ("pages", count)];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut lines = vec![fill(t.list_head, &values)];
    lines.extend(page.rules.iter().map(|rule| line(lang, rule)));
    if page.page < pages
        && let Some(word) = ctx.commands.word(Command::List, lang)
    {
        lines.push(fill(t.list_next, &[("word", word), ("page", &(page.page + 1).to_string())]));
    }
    if !is_on {
        lines.push(format!("{}{}", t.is_off, hint(ctx, lang, Command::On, t.turn_on)));
    }
    lines.join("\n")
}

/// One rule in one line.
fn line(lang: Lang, rule: &Rule) -> String {
    let t = Orders::of(lang);
    let keyword = rule.keywords.first().map_or("", |k| k.text.as_str());
    let off = if rule.is_enabled { "" } else { t.off_mark };
    let reply = rule.contents.first().map(|c| content(t, c)).unwrap_or_default();
    format!("{} {} = {}{off}", padded(rule.number), cut(keyword, KEYWORD_CHARS), cut(&reply, REPLY_CHARS))
}

/// The beginning of a text, in one line.
fn cut(text: &str, max_chars: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The beginning of a text, in at most so many bytes.
fn head(text: &str, max_bytes: usize) -> String {
    if text.len() <= max_bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(max_bytes);
    format!("{}…", &text[..end])
}

fn content(t: &Orders, content: &Content) -> String {
    let titled = |template: &str, title: &str| fill(template, &[("title", title)]).trim_end().to_owned();
    match content {
        Content::Text { text } => text.clone(),
        Content::Image { .. } => t.kind_image.to_owned(),
        Content::Voice { .. } => t.kind_voice.to_owned(),
        Content::Video { title, .. } => titled(t.kind_video, title),
        Content::Music { title, .. } => titled(t.kind_music, title),
        Content::News { title, .. } => titled(t.kind_news, title),
    }
}

/// Everything about one rule.
pub fn rule(lang: Lang, rule: &Rule) -> String {
    let t = Orders::of(lang);
    let name = if rule.name.is_empty() { String::new() } else { format!(" · {}", rule.name) };
    let off = if rule.is_enabled { "" } else { t.off_mark };
    let mut lines = vec![fill(t.rule_head, &[("number", &padded(rule.number)), ("name", &name), ("off", off)])];
    for keyword in rule.keywords.iter().take(SHOWN_KEYWORDS) {
        let values = [("keyword", keyword.text.as_str()), ("way", way(lang, keyword.matching))];
        lines.push(fill(t.rule_keyword, &values));
    }
    if let Some(more) = rule.keywords.len().checked_sub(SHOWN_KEYWORDS).filter(|n| *n > 0) {
        lines.push(fill(t.rule_more, &[("n", &more.to_string())]));
    }
    let share = SHOWN_BYTES / rule.contents.len().max(1);
    lines.extend(rule.contents.iter().map(|c| fill(t.rule_reply, &[("reply", &head(&content(t, c), share))])));
    let hits = rule.hits.to_string();
    lines.push(match rule.last_hit_at {
        Some(at) => fill(t.rule_last, &[("hits", &hits), ("time", &clock_time(at))]),
        None => fill(t.rule_hits, &[("hits", &hits)]),
    });
    head(&lines.join("\n"), TEXT_MAX_BYTES - '…'.len_utf8())
}

/// A rule was added.
pub fn added(ctx: &Ctx, lang: Lang, (number, keyword, reply): (i64, &str, &str), is_on: bool) -> String {
    let t = Orders::of(lang);
    let values = [("number", padded(number)), ("keyword", keyword.to_owned()), ("reply", head(reply, SHOWN_BYTES))];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut lines = vec![fill(t.added, &values)];
    lines.extend(warning(ctx, lang, keyword));
    if !is_on {
        lines.push(format!("{}{}", t.is_off, hint(ctx, lang, Command::On, t.turn_on)));
    }
    lines.join("\n")
}

fn warning(ctx: &Ctx, lang: Lang, keyword: &str) -> Option<String> {
    ctx.commands.shadow(keyword).map(|_| fill(Orders::of(lang).shadowed, &[("keyword", keyword)]))
}

/// A rule was changed, and what it lost by that.
pub fn edited(ctx: &Ctx, lang: Lang, before: &Rule, after: &Draft) -> String {
    let t = Orders::of(lang);
    let keywords: Vec<&str> = after.keywords.iter().map(|k| k.text.as_str()).collect();
    let reply = after.contents.first().map(|c| content(t, c)).unwrap_or_default();
    let values = [
        ("number", padded(before.number)),
        ("keywords", head(&keywords.join(lang.list_mark()), 300)),
        ("reply", head(&reply, SHOWN_BYTES)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut lines = vec![fill(t.edited, &values)];
    let lost =
        [(t.lost_keywords, before.keywords.len(), after.keywords.len()), (t.lost_contents, before.contents.len(), 1)];
    for (template, had, has) in lost {
        if had > has {
            lines.push(fill(template, &[("n", &had.to_string())]));
        }
    }
    if let [keyword] = after.keywords.as_slice() {
        lines.extend(warning(ctx, lang, &keyword.text));
    }
    if lines.len() > 1 {
        lines.push(hint(ctx, lang, Command::Undo, t.can_undo));
    }
    lines.join("\n")
}

/// Why a rule was not saved: a keyword that is taken first, with what to send instead.
pub fn faults(ctx: &Ctx, lang: Lang, faults: &[Fault], (command, reply): (Command, &str)) -> String {
    let t = Orders::of(lang);
    let Some(fault) = faults.first() else { return String::new() };
    for duplicate in &fault.duplicates {
        let Other::Rule(number) = duplicate.with else { continue };
        let (number, keyword) = (padded(number), duplicate.keyword.as_str());
        let mut text = fill(t.taken, &[("keyword", keyword), ("number", &number)]);
        if let Some(word) = ctx.commands.word(Command::Edit, lang) {
            let reply = if reply.is_empty() { t.new_reply.to_owned() } else { cut(reply, REPLY_CHARS) };
            let values = [("word", word), ("number", &number), ("keyword", keyword), ("reply", &reply)];
            text.push('\n');
            text.push_str(&fill(t.taken_edit, &values));
        }
        return text;
    }
    flaws(ctx, lang, &fault.flaws, command)
}

/// What is wrong, each with its limit, and how the command is written.
pub fn flaws(ctx: &Ctx, lang: Lang, flaws: &[Flaw], command: Command) -> String {
    let whys: Vec<String> = flaws.iter().map(|flaw| told(lang, flaw)).collect();
    let text = fill(Orders::of(lang).refused, &[("why", &whys.join(lang.clause_mark()))]);
    // What takes no keyword cannot be written better.
    if matches!(command, Command::Add | Command::Edit) {
        format!("{text}\n{}", usage(ctx, lang, command))
    } else {
        text
    }
}

/// Whether these rules shall go.
pub fn ask_delete(lang: Lang, rules: &[Rule]) -> String {
    let t = Orders::of(lang);
    let lines: Vec<String> = rules.iter().map(|rule| line(lang, rule)).collect();
    format!("{}\n{}\n\n{}", t.ask_delete, head(&lines.join("\n"), TEXT_MAX_BYTES - 300), t.ask_answer)
}

/// Whether the person wants to be untied.
pub fn ask_unbind(lang: Lang, user: &User) -> String {
    let t = Orders::of(lang);
    let name = user.username.as_deref().unwrap_or(&user.nickname);
    format!("{}\n\n{}", fill(t.ask_unbind, &[("name", name)]), t.ask_answer)
}

/// Rules went, and how they come back.
pub fn deleted(ctx: &Ctx, lang: Lang, numbers: &[i64]) -> String {
    let t = Orders::of(lang);
    format!("{}{}", fill(t.deleted, &[("numbers", &all(lang, numbers))]), hint(ctx, lang, Command::Undo, t.can_undo))
}

/// The person's own switch.
pub fn switched(ctx: &Ctx, lang: Lang, is_on: bool) -> String {
    let t = Orders::of(lang);
    if is_on { t.on.to_owned() } else { format!("{}{}", t.off, hint(ctx, lang, Command::On, t.turn_on)) }
}

/// Single rules.
pub fn rules_switched(lang: Lang, numbers: &[i64], is_on: bool) -> String {
    let t = Orders::of(lang);
    fill(if is_on { t.rules_on } else { t.rules_off }, &[("numbers", &all(lang, numbers))])
}

/// They were like that before.
pub fn switched_already(lang: Lang, numbers: &[i64], is_on: bool) -> String {
    let t = Orders::of(lang);
    fill(if is_on { t.rules_on_already } else { t.rules_off_already }, &[("numbers", &all(lang, numbers))])
}

/// A rule was told to say what it says.
pub fn same(lang: Lang, number: i64) -> String {
    fill(Orders::of(lang).same, &[("number", &padded(number))])
}

/// A change was taken back.
pub fn undone(lang: Lang, change: &Change) -> String {
    let t = Orders::of(lang);
    let template = match change.action {
        Action::Add => t.act_add,
        Action::Update => t.act_update,
        Action::Enable => t.act_enable,
        Action::Disable => t.act_disable,
        Action::Delete => t.act_delete,
        Action::Priority => t.act_priority,
        Action::Import => t.act_import,
        Action::Restore => t.act_restore,
        Action::Undo => t.act_undo,
    };
    let what = fill(template, &[("summary", &change.summary), ("n", &change.rules.to_string())]);
    fill(t.undone, &[("what", &what)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_cut_between_characters() {
        assert_eq!(cut("一二三", 3), "一二三");
        assert_eq!(cut("一 二\n三四", 4), "一 二 …");
        assert_eq!(head("😀😀", 5), "😀…");
        assert_eq!(head("好", 3), "好");
    }
}
