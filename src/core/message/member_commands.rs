//! Redeeming codes and checking in by the chat, run in the transaction of the message: a redelivery finds the stored answer.

use super::{
    chat_text::{Chat, clock_time, level},
    command_result::{CommandResult, Sender},
    command_text,
    commands::{Args, Command, Invocation},
};
use crate::{
    base::beijing::last_date_before,
    core::{
        CoreError, OfficialCtx,
        check_in::{self, CheckedIn},
        redemption::{self, Redeemed, Refusal},
    },
    store::Tx,
    text::{Lang, fill},
    texts,
};

texts! {
    /// Texts about codes and check-ins in the chat.
    pub struct Member {
        redeemed: "兑换成功！" / "Redeemed!",
        got_credits: "积分 +{n}，现有 {balance}" / "Credits: +{n}, balance {balance}",
        got_level: "等级：{level}，到 {date}" / "Level: {level}, until {date}",
        unknown: "没有这个兑换码，请看清楚再发一次。兑换码是 16 个字母和数字，没有 0、O、1、I。"
            / "There is no such code. Check it and send it again: a code has 16 letters and digits, without 0, O, 1 and I.",
        used_up: "这个兑换码已经用完了。" / "This code has been used up.",
        not_yet: "这个兑换码还没有开始，{time} 起可以兑换。" / "This code can be redeemed from {time} on.",
        expired: "这个兑换码已经过期了。" / "This code has expired.",
        stopped: "这个兑换码已经停用了。" / "This code was stopped.",
        already: "你已经兑换过了。" / "You have redeemed it already.",
        level_is_higher: "你现在的等级不比它低，所以没有兑换，以后还可以用。" / "Your level is not lower than the code’s, so nothing was redeemed. You can still use it later.",
        too_many: "兑换码错了太多次，请 {seconds} 秒后再试。" / "Too many wrong codes. Please try again in {seconds} seconds.",
        checked_in: "签到成功！积分 +{n}，现有 {balance}。" / "Checked in! Credits: +{n}, balance {balance}.",
        checked_in_capped: "签到成功！积分 +{n}，现有 {balance}。这个月签到的积分到上限了。"
            / "Checked in! Credits: +{n}, balance {balance}. This month’s credits for check-ins are used up.",
        streak: "已连续签到 {n} 天。" / "Days in a row: {n}.",
        before: "今天已经签到过了，明天零点（北京时间）起可以再签到。" / "You have checked in today. Come back after midnight, Beijing time.",
    }
}

/// Runs a command; `None` if it is about something else.
pub(super) async fn run(
    ctx: &OfficialCtx,
    db: &mut Tx,
    sender: Sender<'_>,
    invocation: &Invocation,
) -> Result<Option<CommandResult>, CoreError> {
    let lang = invocation.lang;
    if !matches!(invocation.command, Command::Redeem | Command::CheckIn) {
        return Ok(None);
    }
    let Some(user) = sender.user else {
        return Ok(Some(CommandResult::text(command_text::no_account(ctx, lang))));
    };
    if !user.is_enabled {
        return Ok(Some(CommandResult::text(Chat::of(lang).disabled)));
    }
    let text = match (invocation.command, &invocation.args) {
        (Command::CheckIn, _) => checked_in(lang, check_in::check_in_within(ctx, db, user.id).await?),
        (_, Args::Code(typed)) => match redemption::redeem_within(ctx, db, user.id, typed, "wechat").await? {
            Ok(redeemed) => redeemed_text(lang, &redeemed),
            Err(refusal) => refused(lang, refusal),
        },
        _ => command_text::usage(ctx, lang, Command::Redeem),
    };
    Ok(Some(CommandResult::text(text)))
}

fn redeemed_text(lang: Lang, redeemed: &Redeemed) -> String {
    let t = Member::of(lang);
    let mut lines = vec![t.redeemed.to_owned()];
    if redeemed.credits > 0 {
        let values = [("n", redeemed.credits.to_string()), ("balance", redeemed.balance.to_string())];
        lines.push(fill(t.got_credits, &values.each_ref().map(|(k, v)| (*k, v.as_str()))));
    }
    if let Some((name, until)) = redeemed.level {
        let (name, date) = (level(Chat::of(lang), name), last_date_before(until));
        lines.push(fill(t.got_level, &[("level", name), ("date", &date)]));
    }
    lines.join("\n")
}

/// Why a code was not redeemed; also for pages.
#[must_use]
pub fn refused(lang: Lang, refusal: Refusal) -> String {
    let t = Member::of(lang);
    match refusal {
        Refusal::Unknown => t.unknown.to_owned(),
        Refusal::UsedUp => t.used_up.to_owned(),
        Refusal::NotYet(from) => fill(t.not_yet, &[("time", &clock_time(from))]),
        Refusal::Expired => t.expired.to_owned(),
        Refusal::Stopped => t.stopped.to_owned(),
        Refusal::Already => t.already.to_owned(),
        Refusal::LevelIsHigher => t.level_is_higher.to_owned(),
        Refusal::TooMany(seconds) => fill(t.too_many, &[("seconds", &seconds.to_string())]),
    }
}

fn checked_in(lang: Lang, done: CheckedIn) -> String {
    let t = Member::of(lang);
    let days = |n: i64| (n > 1).then(|| fill(t.streak, &[("n", &n.to_string())]));
    let (first, streak) = match done {
        CheckedIn::Now { streak, credits, balance, is_capped } => {
            let template = if is_capped { t.checked_in_capped } else { t.checked_in };
            (fill(template, &[("n", &credits.to_string()), ("balance", &balance.to_string())]), streak)
        }
        CheckedIn::Before { streak } => (t.before.to_owned(), streak),
    };
    [Some(first), days(streak)].into_iter().flatten().collect::<Vec<_>>().join("\n")
}
