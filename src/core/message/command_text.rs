//! Texts about rules in the chat. Each fits into one message.

use super::{
    chat_text::{clock_time, tap, worded},
    command_texts::CommandTexts,
    commands::{Args, Command, Invocation},
};
use crate::{
    core::{
        Ctx, FieldError,
        account::User,
        rule::{
            Content, Rule,
            content::ContentNames,
            draft::Draft,
            error_text::{describe, padded, way},
            history::{Action, Change},
            rejection::{ConflictsWith, Fault},
            search::Page,
        },
    },
    text::{Lang, cut, fill},
    wechat::reply::TEXT_MAX_BYTES,
};

/// Characters of a keyword and of a reply in one line of a list. 15 such lines of up to four bytes per character fit into one
/// message.
const KEYWORD_CHARS: usize = 10;
const REPLY_CHARS: usize = 14;
/// The most bytes of a shown reply, which leave room for the rest of the rule.
const SHOWN_BYTES: usize = 1_000;
/// The most keywords shown of a rule.
const SHOWN_KEYWORDS: usize = 10;

/// A text with the site's address in it.
pub fn with_site(ctx: &Ctx, template: &str) -> String {
    fill(template, &[("site", ctx.settings.public_url.as_str())])
}

/// For a follower without an account: how to get one.
pub fn no_account(ctx: &Ctx, lang: Lang) -> String {
    let t = CommandTexts::of(lang);
    with_site(ctx, &worded(ctx, lang, Command::Code, t.no_account, t.no_account_bare))
}

/// All enabled commands.
pub fn help(ctx: &Ctx, lang: Lang) -> String {
    help_of(ctx, lang, &Command::NAMED)
}

/// Those of these commands that are enabled.
pub fn help_of(ctx: &Ctx, lang: Lang, commands: &[Command]) -> String {
    let t = CommandTexts::of(lang);
    let live = ctx.live();
    let help_line = |command: Command| {
        let word = live.commands.word(command, lang)?;
        let what = fill(about(t, command)?, &[("word", word)]);
        Some(fill(t.help_line, &[("word", word), ("what", &what)]))
    };
    let lines: Vec<String> = commands.iter().copied().filter_map(help_line).collect();
    format!("{}\n{}\n\n{}", t.help_intro, lines.join("\n"), with_site(ctx, t.help_site))
}

fn about(t: &'static CommandTexts, command: Command) -> Option<&'static str> {
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
        Command::Redeem => t.help_redeem,
        Command::CheckIn => t.help_check_in,
        Command::Help => t.help_help,
        Command::Confirm | Command::Refuse | Command::Unregister | Command::Join => return None,
    })
}

/// The syntax of a command.
pub fn usage(ctx: &Ctx, lang: Lang, command: Command) -> String {
    let t = CommandTexts::of(lang);
    let example = match command {
        Command::Add => t.usage_pair,
        Command::Edit => t.usage_edit,
        Command::Redeem => t.usage_redeem,
        _ => t.usage_number,
    };
    let live = ctx.live();
    let word = live.commands.word(command, lang).unwrap_or_default();
    fill(t.usage, &[("example", &fill(example, &[("word", word)]))])
}

/// The text for a command in a preview, if the command has an effect.
pub fn previewed(ctx: &Ctx, user: Option<&User>, invocation: &Invocation) -> String {
    if user.is_none() {
        return no_account(ctx, invocation.lang);
    }
    if invocation.args == Args::Unclear {
        return usage(ctx, invocation.lang, invocation.command);
    }
    let live = ctx.live();
    let word = live.commands.word(invocation.command, invocation.lang).unwrap_or_default();
    fill(CommandTexts::of(invocation.lang).previewed, &[("word", word)])
}

/// These rules do not exist.
pub fn no_such(ctx: &Ctx, lang: Lang, numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|n| padded(*n)).collect();
    no_such_text(ctx, lang, &numbers)
}

/// The same for numbers as typed.
pub fn no_such_text(ctx: &Ctx, lang: Lang, numbers: &[String]) -> String {
    let t = CommandTexts::of(lang);
    let mut text = fill(t.no_such, &[("numbers", &numbers.join(lang.list_mark()))]);
    text.push_str(&hint(ctx, lang, Command::List, t.see_list));
    text
}

/// A hint at a command, if it is enabled; else empty.
fn hint(ctx: &Ctx, lang: Lang, command: Command, template: &str) -> String {
    worded(ctx, lang, command, template, "")
}

fn all(lang: Lang, numbers: &[i64]) -> String {
    numbers.iter().map(|n| padded(*n)).collect::<Vec<_>>().join(lang.list_mark())
}

/// One page of rules, with its number as it is shown.
pub fn list(ctx: &Ctx, lang: Lang, (page, number): (&Page, &str), is_on: bool) -> String {
    let t = CommandTexts::of(lang);
    if page.total == 0 {
        return format!("{}{}", t.empty, hint(ctx, lang, Command::Add, t.empty_add));
    }
    let pages = (page.total + page.size - 1) / page.size;
    let count = pages.to_string();
    if page.rules.is_empty() {
        return fill(t.list_beyond, &[("page", number), ("pages", &count)]);
    }
    let values = [("total", page.total.to_string()), ("page", number.to_owned()), ("pages", count)];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut lines = vec![fill(t.list_head, &values)];
    lines.extend(page.rules.iter().map(|rule| line(lang, rule)));
    let live = ctx.live();
    if page.page < pages
        && let Some(word) = live.commands.word(Command::List, lang)
    {
        lines.push(fill(t.list_next, &[("word", word), ("page", &(page.page + 1).to_string())]));
    }
    if !is_on {
        lines.push(format!("{}{}", t.is_off, hint(ctx, lang, Command::On, t.turn_on)));
    }
    lines.join("\n")
}

/// A rule in one line.
fn line(lang: Lang, rule: &Rule) -> String {
    let t = CommandTexts::of(lang);
    let keyword = rule.keywords.first().map_or("", |k| k.text.as_str());
    let off = if rule.is_enabled { "" } else { t.off_mark };
    let reply = rule.contents.first().map(|c| content(lang, c)).unwrap_or_default();
    format!("{} {} = {}{off}", padded(rule.number), begin(keyword, KEYWORD_CHARS), begin(&reply, REPLY_CHARS))
}

/// The beginning of a text, in one line.
fn begin(text: &str, max_chars: usize) -> String {
    cut::shown(&text.split_whitespace().collect::<Vec<_>>().join(" "), max_chars)
}

/// The beginning of a text, at most `max_bytes` bytes.
fn head(text: &str, max_bytes: usize) -> String {
    if text.len() <= max_bytes {
        return text.to_owned();
    }
    format!("{}…", cut::bytes(text, max_bytes))
}

fn content(lang: Lang, content: &Content) -> String {
    match content {
        Content::Text { text } => text.clone(),
        other => format!("[{}] {}", ContentNames::of(lang).name(other), other.caption()).trim_end().to_owned(),
    }
}

/// All details of a rule.
pub fn rule(lang: Lang, rule: &Rule) -> String {
    let t = CommandTexts::of(lang);
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
    lines.extend(rule.contents.iter().map(|c| fill(t.rule_reply, &[("reply", &head(&content(lang, c), share))])));
    let hits = rule.hits.to_string();
    lines.push(match rule.last_hit_at {
        Some(at) => fill(t.rule_last, &[("hits", &hits), ("time", &clock_time(at))]),
        None => fill(t.rule_hits, &[("hits", &hits)]),
    });
    head(&lines.join("\n"), TEXT_MAX_BYTES - '…'.len_utf8())
}

/// A rule was added.
pub fn added(ctx: &Ctx, lang: Lang, (number, keyword, reply): (i64, &str, &str), is_on: bool) -> String {
    let t = CommandTexts::of(lang);
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
    ctx.live().commands.shadow(keyword).map(|_| fill(CommandTexts::of(lang).shadowed, &[("keyword", keyword)]))
}

/// A rule was changed; also lists what it lost.
pub fn edited(ctx: &Ctx, lang: Lang, before: &Rule, after: &Draft) -> String {
    let t = CommandTexts::of(lang);
    let keywords: Vec<&str> = after.keywords.iter().map(|k| k.text.as_str()).collect();
    let reply = after.contents.first().map(|c| content(lang, c)).unwrap_or_default();
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

/// Why a rule was not saved: a duplicate keyword first, with the command to send instead.
pub fn faults(ctx: &Ctx, lang: Lang, faults: &[Fault], (command, reply): (Command, &str)) -> String {
    let t = CommandTexts::of(lang);
    let Some(fault) = faults.first() else { return String::new() };
    for duplicate in &fault.duplicates {
        let ConflictsWith::Rule(number) = duplicate.with else { continue };
        let (number, keyword) = (padded(number), duplicate.keyword.as_str());
        let mut text = fill(t.taken, &[("keyword", keyword), ("number", &number)]);
        if let Some(word) = ctx.live().commands.word(Command::Edit, lang) {
            let reply = if reply.is_empty() { t.new_reply.to_owned() } else { begin(reply, REPLY_CHARS) };
            let values = [("word", word), ("number", &number), ("keyword", keyword), ("reply", &reply)];
            text.push('\n');
            text.push_str(&fill(t.taken_edit, &values));
        }
        return text;
    }
    flaws(ctx, lang, &fault.flaws, command)
}

/// The field errors, each with its limit, and the syntax of the command.
pub fn flaws(ctx: &Ctx, lang: Lang, flaws: &[FieldError], command: Command) -> String {
    let whys: Vec<String> = flaws.iter().map(|flaw| describe(lang, flaw)).collect();
    let text = fill(CommandTexts::of(lang).refused, &[("why", &whys.join(lang.clause_mark()))]);
    // Other commands have no keyword to correct.
    if matches!(command, Command::Add | Command::Edit) {
        format!("{text}\n{}", usage(ctx, lang, command))
    } else {
        text
    }
}

/// Asks whether to delete these rules.
pub fn ask_delete(lang: Lang, rules: &[Rule]) -> String {
    let t = CommandTexts::of(lang);
    let lines: Vec<String> = rules.iter().map(|rule| line(lang, rule)).collect();
    format!("{}\n{}\n\n{}", t.ask_delete, head(&lines.join("\n"), TEXT_MAX_BYTES - 300), t.ask_answer)
}

/// Asks whether to unbind WeChat.
pub fn ask_unbind(lang: Lang, user: &User) -> String {
    let t = CommandTexts::of(lang);
    let name = user.username.as_deref().unwrap_or(&user.nickname);
    format!("{}\n\n{}", fill(t.ask_unbind, &[("name", name)]), t.ask_answer)
}

/// Asks whether to undo the registration: names the account, and what is deleted with it.
pub fn ask_unregister(lang: Lang, user: &User, rules: i64) -> String {
    let t = CommandTexts::of(lang);
    let (id, rules, credits) = (user.id.to_string(), rules.to_string(), user.credits.to_string());
    let name = user.username.as_deref().unwrap_or(&id);
    let text = fill(t.ask_unregister, &[("name", name), ("rules", &rules), ("credits", &credits)]);
    let (yes, no) = (tap(t.unregister_yes, "yes", t.unregister_yes), tap(t.unregister_no, "no", t.unregister_no));
    format!("{text}\n\n✅ {yes}\n\n❌ {no}\n\n{}", t.unregister_answer)
}

/// Rules were deleted, and how to restore them.
pub fn deleted(ctx: &Ctx, lang: Lang, numbers: &[i64]) -> String {
    let t = CommandTexts::of(lang);
    format!("{}{}", fill(t.deleted, &[("numbers", &all(lang, numbers))]), hint(ctx, lang, Command::Undo, t.can_undo))
}

/// All of the user's rules were switched on or off.
pub fn switched(ctx: &Ctx, lang: Lang, is_on: bool) -> String {
    let t = CommandTexts::of(lang);
    if is_on { t.on.to_owned() } else { format!("{}{}", t.off, hint(ctx, lang, Command::On, t.turn_on)) }
}

/// Single rules were switched on or off.
pub fn rules_switched(lang: Lang, numbers: &[i64], is_on: bool) -> String {
    let t = CommandTexts::of(lang);
    fill(if is_on { t.rules_on } else { t.rules_off }, &[("numbers", &all(lang, numbers))])
}

/// The rules already had this state.
pub fn switched_already(lang: Lang, numbers: &[i64], is_on: bool) -> String {
    let t = CommandTexts::of(lang);
    fill(if is_on { t.rules_on_already } else { t.rules_off_already }, &[("numbers", &all(lang, numbers))])
}

/// An edit that changes nothing.
pub fn same(lang: Lang, number: i64) -> String {
    fill(CommandTexts::of(lang).same, &[("number", &padded(number))])
}

/// A change was undone.
pub fn undone(lang: Lang, change: &Change) -> String {
    let t = CommandTexts::of(lang);
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
    let what = fill(template, &[("summary", &change.keywords()), ("n", &change.rules.to_string())]);
    fill(t.undone, &[("what", &what)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_cut_between_characters() {
        assert_eq!(begin("一二三", 3), "一二三");
        assert_eq!(begin("一 二\n三四", 4), "一 二 …");
        assert_eq!(head("😀😀", 5), "😀…");
        assert_eq!(head("好", 3), "好");
    }
}
