//! What becomes of a form that was sent: saved, or shown again with everything that was typed and why it was not saved.

use super::{super::Scope, Desk, Form, attach::attach, padded};
use crate::{
    core::{
        CoreError, Flaw,
        reply::{
            Cause,
            edit::{self as rules, Plan},
            refusal::Refusal,
            search,
        },
    },
    web::{
        action::Flash,
        page::{Halt, Posted, Visitor},
        part::Tone,
        text::{fill, flaw, replies::list::List},
    },
};

/// What becomes of the editor.
pub enum Settled {
    /// It is shown.
    Open(Box<Form>),
    /// The rule is saved; another one is wanted at once.
    Saved { number: i64, change_id: Option<i64>, is_new: bool, is_next: bool },
}

impl Settled {
    /// The form to show; a saved one leads to `back` and says so, with what takes it back.
    ///
    /// # Errors
    /// [`Halt::Tell`] where it was saved.
    pub fn or_leave(self, desk: Desk, back: &str) -> Result<Form, Halt> {
        let (number, change_id, is_new, is_next) = match self {
            Self::Open(form) => return Ok(*form),
            Self::Saved { number, change_id, is_new, is_next } => (number, change_id, is_new, is_next),
        };
        let t = List::of(desk.lang);
        let template = match change_id {
            None => t.unchanged,
            Some(_) if is_new => t.added,
            Some(_) => t.saved,
        };
        let text = fill(template, &[("n", &padded(number))]);
        let offer = desk.undoing(change_id, back);
        let back = if is_next { desk.scope.below("new") } else { back.to_owned() };
        Err(Halt::Tell(back, Box::new(Flash { offer, ..Flash::notice(Tone::Success, text) })))
    }
}

/// Reads the form that was sent to this page, and does what it asks for; where none was, the rule's own.
///
/// # Errors
/// [`CoreError::NotFound`] where there is no such rule to show; what is no matter of the form.
pub async fn settle(visitor: &Visitor, desk: Desk, number: Option<i64>) -> Result<Settled, CoreError> {
    let ctx = &visitor.here.ctx;
    let Some(posted) = visitor.here.posted() else {
        let form = match number {
            Some(number) => Form::of(&search::find(ctx, desk.owner_id, number).await?),
            None => fresh(visitor, desk).await?,
        };
        return Ok(Settled::Open(Box::new(form)));
    };
    let mut form = Form::read(posted, number);
    attach(ctx, desk, posted, &mut form).await?;
    match posted.value("step") {
        Some(step) => form.take_step(step),
        // A file that cannot be kept is told before anything is saved.
        None if !form.flaws.is_empty() => {}
        None => {
            if let Some(saved) = save(visitor, desk, &mut form, posted).await? {
                return Ok(saved);
            }
        }
    }
    Ok(Settled::Open(Box::new(form)))
}

/// A new one, with what the address suggests; `from` names a rule that it is a copy of.
async fn fresh(visitor: &Visitor, desk: Desk) -> Result<Form, CoreError> {
    if let Ok(number) = visitor.here.query("from").parse() {
        return Ok(Form::copy(&search::find(&visitor.here.ctx, desk.owner_id, number).await?));
    }
    let asked = Cause::of(&visitor.here.query("cause"));
    let cause = if desk.scope == Scope::Account { asked } else { Cause::Keyword };
    Ok(Form::new(cause, visitor.here.query("keyword").trim(), &visitor.here.query("text")))
}

async fn save(visitor: &Visitor, desk: Desk, form: &mut Form, posted: &Posted) -> Result<Option<Settled>, CoreError> {
    let (ctx, editor) = (&visitor.here.ctx, desk.editor(&visitor.here));
    let saved = if let Some(number) = form.number {
        let saved = rules::update(ctx, &editor, number, form.revision, &form.draft).await;
        saved.map(|change_id| (number, change_id))
    } else {
        let plan = Plan { add: vec![form.draft.clone()], ..Plan::default() };
        let added = rules::apply(ctx, &editor, plan).await;
        added.map(|done| (done.numbers.first().copied().unwrap_or_default(), done.change_id))
    };
    match saved {
        Ok((number, change_id)) => {
            let is_next = posted.value("next").is_some();
            return Ok(Some(Settled::Saved { number, change_id, is_new: form.number.is_none(), is_next }));
        }
        Err(Refusal::Drafts(faults)) => {
            for fault in faults {
                form.flaws.extend(fault.flaws.iter().map(|f| said(desk, f)));
                form.taken.extend(fault.duplicates);
            }
        }
        Err(Refusal::Core(CoreError::Invalid(flaws))) => form.flaws.extend(flaws.iter().map(|f| said(desk, f))),
        Err(Refusal::Core(CoreError::Conflict)) => {
            let number = form.number.unwrap_or_default();
            let theirs = search::find(ctx, desk.owner_id, number).await?;
            // Whoever saves again has seen it.
            form.revision = theirs.revision;
            form.theirs = Some(theirs);
        }
        Err(Refusal::Core(CoreError::NotFound)) if form.number.is_some() => {
            (form.number, form.is_gone) = (None, true);
        }
        Err(Refusal::Core(other)) => return Err(other),
    }
    Ok(None)
}

fn said(desk: Desk, flaw: &Flaw) -> (String, String) {
    (flaw.field.to_owned(), flaw::told(desk.lang, flaw))
}
