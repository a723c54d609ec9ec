//! Commands about a person's own rules and account, carried out in the transaction of the message that brings them.
//!
//! Whose rules they are is the person whom the signed push names, and nobody else: no command names an owner. What cannot be undone
//! with a word is asked first; `1` answers the question that was asked last, for five minutes.

use super::{
    commands::{Command, Order, Said},
    order_texts::Orders,
    order_words as words,
    words::Chat,
};
use crate::{
    core::{
        CoreError, Ctx,
        account::{User, identity::unbind_within},
        reply::{
            Content, Door, Keyword, Matching, Rule,
            draft::Draft,
            edit::{self, Editor, Plan, Update},
            history, pairs,
            refusal::Refusal,
            search::{self, Query},
        },
        signin::{Status, chat},
    },
    store::{self, Tx, identity::IdentityRow},
    text::Lang,
};

/// Rules of one page of the list: a page is one message, whatever the rules say.
const PAGE: i64 = 15;
/// How long a question waits.
const QUESTION_MS: i64 = 5 * 60_000;
const DELETE: &str = "delete";
const UNBIND: &str = "unbind";

/// What was done.
#[derive(Debug, Default)]
pub struct Done {
    /// What the person is told.
    pub text: String,
    /// Whose rules were changed: their book is put away after the commit.
    pub edited_owner: Option<i64>,
    /// Sign-in questions that ended because a newer question was asked.
    pub changed: Vec<(i64, Status)>,
}

impl Done {
    fn told(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    fn edited(owner_id: i64, text: String) -> Self {
        Self { edited_owner: Some(owner_id), ..Self::told(text) }
    }
}

/// Who says it.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    pub identity: &'a IdentityRow,
    pub user: Option<&'a User>,
}

/// Does what a command about rules or the account asks; None where the command is about something else.
pub async fn obey(ctx: &Ctx, db: &mut Tx, who: Speaker<'_>, said: &Said) -> Result<Option<Done>, CoreError> {
    let is_ours = matches!(
        said.command,
        Command::List
            | Command::Show
            | Command::Add
            | Command::Edit
            | Command::Delete
            | Command::On
            | Command::Off
            | Command::Unbind
            | Command::Undo
    );
    if !is_ours {
        return Ok(None);
    }
    let Some(user) = who.user else { return Ok(Some(Done::told(words::no_account(ctx, said.lang)))) };
    if !user.is_enabled {
        return Ok(Some(Done::told(Chat::of(said.lang).disabled)));
    }
    let at = At { ctx, lang: said.lang, identity: who.identity, user };
    at.carry_out(db, said).await.map(Some)
}

/// The answer to an open question of ours; None where there is none.
pub async fn confirm(ctx: &Ctx, db: &mut Tx, who: Speaker<'_>, lang: Lang) -> Result<Option<Done>, CoreError> {
    let IdentityRow { appid, openid, .. } = who.identity;
    let Some((kind, subject)) = store::question::find_question(db, appid, openid, ctx.now()).await? else {
        return Ok(None);
    };
    store::question::delete_question(db, appid, openid).await?;
    let (asked, numbers) = subject.split_once(':').unwrap_or_default();
    let Some(user) = who.user.filter(|user| user.is_enabled && user.id.to_string() == asked) else { return Ok(None) };
    let at = At { ctx, lang, identity: who.identity, user };
    match kind.as_str() {
        DELETE => at.delete(db, &numbers_of(numbers)).await.map(Some),
        UNBIND => at.unbind(db).await.map(Some),
        _ => Ok(None),
    }
}

/// Ends an open question of ours; None where there is none.
pub async fn refuse(ctx: &Ctx, db: &mut Tx, who: Speaker<'_>, lang: Lang) -> Result<Option<Done>, CoreError> {
    let IdentityRow { appid, openid, .. } = who.identity;
    let is_open = store::question::find_question(db, appid, openid, ctx.now()).await?.is_some();
    store::question::delete_question(db, appid, openid).await?;
    Ok(is_open.then(|| Done::told(Orders::of(lang).dropped)))
}

fn numbers_of(subject: &str) -> Vec<i64> {
    subject.split(',').filter_map(|n| n.parse().ok()).collect()
}

/// A person with an account, and the language that they asked in.
struct At<'a> {
    ctx: &'a Ctx,
    lang: Lang,
    identity: &'a IdentityRow,
    user: &'a User,
}

impl At<'_> {
    async fn carry_out(&self, db: &mut Tx, said: &Said) -> Result<Done, CoreError> {
        match (said.command, &said.order) {
            (_, Order::Unclear) => Ok(Done::told(words::usage(self.ctx, self.lang, said.command))),
            (Command::List, order) => self.list(db, order).await,
            (Command::Show, Order::Numbers(numbers)) => self.show(db, numbers).await,
            (Command::Add, Order::Pair { keyword, reply, .. }) => self.add(db, keyword, reply).await,
            (Command::Edit, Order::Pair { number: Some(number), keyword, reply }) => {
                self.edit(db, *number, keyword, reply).await
            }
            (Command::Delete, Order::Numbers(numbers)) => self.ask_delete(db, numbers).await,
            (Command::On | Command::Off, Order::Numbers(numbers)) => {
                self.switch_rules(db, numbers, said.command == Command::On).await
            }
            (Command::On | Command::Off, _) => self.switch(db, said.command == Command::On).await,
            (Command::Unbind, _) => self.ask_unbind(db).await,
            (Command::Undo, _) => self.undo(db).await,
            (command, _) => Ok(Done::told(words::usage(self.ctx, self.lang, command))),
        }
    }

    fn editor(&self) -> Editor {
        let id = self.user.id;
        Editor { owner_id: id, actor_id: id, door: Door::Chat, address: String::new() }
    }

    /// The rules with these numbers; Err is what to say where one of them is not there.
    async fn rules(&self, db: &mut Tx, numbers: &[i64]) -> Result<Result<Vec<Rule>, Done>, CoreError> {
        let found = store::rule::list_by_number(db, self.user.id, numbers).await?;
        let rules: Vec<Rule> = found.into_iter().map(Rule::from).collect();
        let missing: Vec<i64> = numbers.iter().copied().filter(|n| rules.iter().all(|r| r.number != *n)).collect();
        if missing.is_empty() {
            return Ok(Ok(rules));
        }
        Ok(Err(Done::told(words::no_such(self.ctx, self.lang, &missing))))
    }

    async fn list(&self, db: &mut Tx, order: &Order) -> Result<Done, CoreError> {
        let page = if let Order::Numbers(numbers) = order { numbers.first().copied().unwrap_or(1) } else { 1 };
        let query = Query { page, size: PAGE, ..Query::default() };
        let found = search::search_within(db, self.user.id, &query).await?;
        Ok(Done::told(words::list(self.ctx, self.lang, &found, self.user.is_auto_reply)))
    }

    async fn show(&self, db: &mut Tx, numbers: &[i64]) -> Result<Done, CoreError> {
        Ok(match self.rules(db, numbers).await? {
            Ok(rules) => Done::told(rules.iter().map(|r| words::rule(self.lang, r)).collect::<Vec<_>>().join("\n\n")),
            Err(done) => done,
        })
    }

    async fn add(&self, db: &mut Tx, keyword: &str, reply: &str) -> Result<Done, CoreError> {
        let draft = Draft { keywords: vec![exact(keyword)], contents: vec![Content::text(reply)], ..Draft::default() };
        let plan = Plan { add: vec![draft], ..Plan::default() };
        match self.apply(db, plan).await {
            Ok(done) => {
                let number = done.numbers.first().copied().unwrap_or_default();
                let text = words::added(self.ctx, self.lang, (number, keyword, reply), self.user.is_auto_reply);
                Ok(Done::edited(self.user.id, text))
            }
            Err(refusal) => self.refused(refusal, Command::Add, reply),
        }
    }

    /// The keyword takes the place of the rule's keywords, unless it is one of them; the reply that of its contents.
    async fn edit(&self, db: &mut Tx, number: i64, keyword: &str, reply: &str) -> Result<Done, CoreError> {
        let rule = match self.rules(db, &[number]).await? {
            Ok(mut rules) => rules.pop().ok_or(CoreError::NotFound)?,
            Err(done) => return Ok(done),
        };
        let draft = rewritten(&rule, keyword, reply);
        let update = Update { number, revision: Some(rule.revision), draft: draft.clone() };
        match self.apply(db, Plan { update: vec![update], ..Plan::default() }).await {
            Ok(done) if done.change_id.is_none() => Ok(Done::told(words::same(self.lang, number))),
            Ok(_) => {
                let text = words::edited(self.ctx, self.lang, &rule, &draft);
                Ok(Done::edited(self.user.id, text))
            }
            Err(refusal) => self.refused(refusal, Command::Edit, reply),
        }
    }

    async fn apply(&self, db: &mut Tx, plan: Plan) -> Result<edit::Edited, Refusal> {
        edit::apply_within(self.ctx, db, &self.editor(), &plan).await
    }

    /// What a command is told that was not carried out.
    fn refused(&self, refusal: Refusal, command: Command, reply: &str) -> Result<Done, CoreError> {
        let (ctx, lang) = (self.ctx, self.lang);
        match refusal {
            Refusal::Drafts(faults) => Ok(Done::told(words::faults(ctx, lang, &faults, (command, reply)))),
            Refusal::Core(CoreError::Invalid(flaws)) => Ok(Done::told(words::flaws(ctx, lang, &flaws, command))),
            Refusal::Core(CoreError::Conflict) => Ok(Done::told(Orders::of(self.lang).conflict)),
            Refusal::Core(error) => Err(error),
        }
    }

    async fn ask_delete(&self, db: &mut Tx, numbers: &[i64]) -> Result<Done, CoreError> {
        let rules = match self.rules(db, numbers).await? {
            Ok(rules) => rules,
            Err(done) => return Ok(done),
        };
        let subject: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let text = words::ask_delete(self.lang, &rules);
        self.ask(db, DELETE, &subject.join(","), text).await
    }

    async fn ask_unbind(&self, db: &mut Tx) -> Result<Done, CoreError> {
        let t = Orders::of(self.lang);
        if self.user.username.is_none() || !self.user.has_password {
            return Ok(Done::told(words::with_site(self.ctx, t.unbind_first)));
        }
        self.ask(db, UNBIND, "", words::ask_unbind(self.lang, self.user)).await
    }

    /// Asks, in the place of whatever was asked before: `1` must mean the question that was asked last.
    async fn ask(&self, db: &mut Tx, kind: &'static str, subject: &str, text: String) -> Result<Done, CoreError> {
        let changed = chat::end_question(self.ctx, db, self.identity).await?;
        let person = (self.identity.appid.as_str(), self.identity.openid.as_str());
        // A question is about the account that asked it: this WeChat may have another one by the time it is answered.
        let subject = format!("{}:{subject}", self.user.id);
        store::question::insert_question(db, person, kind, &subject, self.ctx.now() + QUESTION_MS).await?;
        Ok(Done { changed, ..Done::told(text) })
    }

    /// What was asked for is there no longer, perhaps, and somebody else may have been at it.
    async fn delete(&self, db: &mut Tx, numbers: &[i64]) -> Result<Done, CoreError> {
        let found = store::rule::list_by_number(db, self.user.id, numbers).await?;
        let numbers: Vec<i64> = found.iter().map(|record| record.rule.number).collect();
        if numbers.is_empty() {
            return Ok(Done::told(Orders::of(self.lang).gone));
        }
        match self.apply(db, Plan { delete: numbers.clone(), ..Plan::default() }).await {
            Ok(_) => Ok(Done::edited(self.user.id, words::deleted(self.ctx, self.lang, &numbers))),
            Err(refusal) => self.refused(refusal, Command::Delete, ""),
        }
    }

    async fn unbind(&self, db: &mut Tx) -> Result<Done, CoreError> {
        let t = Orders::of(self.lang);
        match unbind_within(self.ctx, db, self.user.id, "").await {
            Ok(()) => Ok(Done::told(words::with_site(self.ctx, t.unbound))),
            Err(CoreError::Forbidden) => Ok(Done::told(words::with_site(self.ctx, t.unbind_first))),
            Err(CoreError::NotFound) => Ok(Done::told(words::no_account(self.ctx, self.lang))),
            Err(error) => Err(error),
        }
    }

    /// The person's own switch: all of their rules.
    async fn switch(&self, db: &mut Tx, is_on: bool) -> Result<Done, CoreError> {
        store::user::update_auto_reply(db, self.user.id, is_on, self.ctx.now()).await?;
        Ok(Done::told(words::switched(self.ctx, self.lang, is_on)))
    }

    async fn switch_rules(&self, db: &mut Tx, numbers: &[i64], is_on: bool) -> Result<Done, CoreError> {
        if let Err(done) = self.rules(db, numbers).await? {
            return Ok(done);
        }
        match edit::set_enabled_within(self.ctx, db, &self.editor(), numbers, is_on).await {
            Ok(None) => Ok(Done::told(words::switched_already(self.lang, numbers, is_on))),
            Ok(Some(_)) => Ok(Done::edited(self.user.id, words::rules_switched(self.lang, numbers, is_on))),
            Err(refusal) => self.refused(refusal, if is_on { Command::On } else { Command::Off }, ""),
        }
    }

    async fn undo(&self, db: &mut Tx) -> Result<Done, CoreError> {
        let t = Orders::of(self.lang);
        match history::undo_within(self.ctx, db, &self.editor(), None).await {
            Ok(change) => Ok(Done::edited(self.user.id, words::undone(self.lang, &change))),
            Err(Refusal::Core(CoreError::NotFound)) => Ok(Done::told(t.nothing_to_undo)),
            Err(Refusal::Core(CoreError::Conflict)) => Ok(Done::told(t.undo_conflict)),
            Err(refusal) => self.refused(refusal, Command::Undo, ""),
        }
    }
}

fn exact(keyword: &str) -> Keyword {
    Keyword { text: keyword.to_owned(), matching: Matching::Exact }
}

/// A rule with another keyword and reply; everything else of it stays.
fn rewritten(rule: &Rule, keyword: &str, reply: &str) -> Draft {
    let keywords = pairs::keywords_with(rule, keyword);
    Draft { keywords, contents: vec![Content::text(reply)], ..Draft::from(rule) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::reply::{Answer, Cause};

    fn rule(keywords: &[(&str, Matching)]) -> Rule {
        Rule {
            id: 1,
            number: 3,
            name: "名".to_owned(),
            cause: Cause::Keyword,
            keywords: keywords
                .iter()
                .map(|(text, matching)| Keyword { text: (*text).to_owned(), matching: *matching })
                .collect(),
            contents: vec![Content::text("旧")],
            answer: Answer::All,
            priority: 5,
            is_enabled: false,
            hits: 9,
            last_hit_at: None,
            created_at: 0,
            updated_at: 0,
            updated_by: None,
            updated_door: Door::Web,
            revision: 1,
        }
    }

    #[test]
    fn an_edit_changes_keyword_and_reply_and_nothing_else() {
        let draft = rewritten(&rule(&[("价格", Matching::Contains)]), "多少钱", "新");
        assert_eq!(draft.keywords, [Keyword { text: "多少钱".to_owned(), matching: Matching::Contains }]);
        assert_eq!((draft.name.as_str(), draft.priority, draft.is_enabled), ("名", 5, false));
        assert_eq!(draft.contents, [Content::text("新")]);
    }

    #[test]
    fn a_keyword_that_the_rule_has_already_keeps_the_others() {
        let several = rule(&[("价格", Matching::Contains), ("Price", Matching::Exact)]);
        assert_eq!(rewritten(&several, "ＰＲＩＣＥ", "新").keywords, several.keywords);
        assert_eq!(rewritten(&several, "费用", "新").keywords, [exact("费用")]);
        assert_eq!(rewritten(&rule(&[("a.*", Matching::Regex)]), "费用", "新").keywords, [exact("费用")]);
    }
}
