//! The checklist of the first days: what is done is read from facts of the installation, so that no step is ticked by hand; a step can be
//! skipped, and taken up again.

use crate::{
    core::{
        CoreError, Ctx,
        account::directory::Admin,
        official_account::{self, Origin, State as Connection},
        rule::ACCOUNT,
    },
    store,
};

/// A step, in the order in which they are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The site has a name.
    Name,
    /// The sandbox has answered a message.
    Sandbox,
    /// An Official Account is connected, and WeChat uses it.
    Connect,
    /// The rules of WeChat's console were imported.
    Import,
    /// There is a backup.
    Backup,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Done,
    Open,
    Skipped,
}

impl Step {
    pub const ALL: [Self; 5] = [Self::Name, Self::Sandbox, Self::Connect, Self::Import, Self::Backup];

    /// The name in forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sandbox => "sandbox",
            Self::Connect => "connect",
            Self::Import => "import",
            Self::Backup => "backup",
        }
    }

    /// The step of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }

    /// The fact that says that it is skipped.
    fn fact(self) -> String {
        format!("checklist-skipped-{}", self.as_str())
    }
}

/// The steps of this installation with their states. Without the sandbox there is no step about it.
///
/// # Errors
/// The database cannot be reached.
pub async fn find(ctx: &Ctx) -> Result<Vec<(Step, State)>, CoreError> {
    let account = ctx.accounts.now();
    let connection = official_account::view(ctx).await?.state;
    let mut db = ctx.store.read().await?;
    let mut steps = Vec::new();
    for step in Step::ALL {
        let is_done = match step {
            Step::Name => {
                let is_real = matches!(account.origin, Origin::Environment | Origin::Console);
                !ctx.live().site_name.is_empty() || (is_real && !account.name.is_empty())
            }
            Step::Sandbox if account.origin != Origin::Sandbox => continue,
            Step::Sandbox => store::official_account::count_messages(&mut db, &account.appid).await? > 0,
            Step::Connect => {
                matches!(connection, Connection::Environment | Connection::Verified | Connection::Answering)
            }
            Step::Import => store::rule_history::has_import(&mut db, ACCOUNT).await?,
            Step::Backup => store::backup::find_last(&mut db).await?.is_some(),
        };
        let state = match is_done {
            true => State::Done,
            false if store::fact::find_fact(&mut db, &step.fact()).await?.is_some() => State::Skipped,
            false => State::Open,
        };
        steps.push((step, state));
    }
    Ok(steps)
}

/// Skips a step, or takes it up again.
///
/// # Errors
/// [`CoreError::Forbidden`] for those who are no admin any more.
pub async fn skip(ctx: &Ctx, admin: &Admin, step: Step, is_skipped: bool) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        admin.confirm(tx).await?;
        store::fact::delete_fact(tx, &step.fact()).await?;
        if is_skipped {
            store::fact::insert_fact(tx, &step.fact(), "1").await?;
        }
        Ok(())
    })
}

/// The number of steps that are done or skipped, and of all; `None` once no step is open.
///
/// # Errors
/// The database cannot be reached.
pub async fn progress(ctx: &Ctx) -> Result<Option<(usize, usize)>, CoreError> {
    let steps = find(ctx).await?;
    let settled = steps.iter().filter(|(_, state)| *state != State::Open).count();
    Ok((settled < steps.len()).then_some((settled, steps.len())))
}
