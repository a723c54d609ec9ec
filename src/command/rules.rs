//! `weida rules export [FILE]`, `weida rules import FILE`, `weida rules import --from-wechat`

use crate::{
    config::Checked,
    core::{
        CoreError, Ctx, OfficialCtx,
        account::field::folded,
        rule::{
            ACCOUNT, Source,
            draft::Draft,
            edit::Editor,
            error_text::padded,
            rejection::RuleRejection,
            search,
            transfer::{self, Format, Mode, Plan, error_text},
        },
    },
    store,
    text::{Lang, cut},
};
use clap::{Args, Subcommand, ValueEnum};
use std::io::{Read as _, Write as _};

/// The most rules, flaws or differences that are printed one by one.
const PRINTED: usize = 200;
/// The most characters of a reply that are printed.
const PRINTED_CHARS: usize = 40;

#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Write rules to FILE, or to standard output
    Export {
        #[command(flatten)]
        of: Of,
        /// Headings of CSV in English
        #[arg(long)]
        english: bool,
        /// The file; - for standard output
        #[arg(default_value = "-")]
        file: String,
    },
    /// Read rules from FILE: those with the same keywords are changed, the others are added
    Import {
        #[command(flatten)]
        of: Of,
        /// Print what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Remove the rules that the file does not have
        #[arg(long)]
        replace: bool,
        /// Instead of a file: the rules that were set on the platform's website
        #[arg(long, conflicts_with = "file")]
        from_wechat: bool,
        /// The file; - for standard input
        #[arg(required_unless_present = "from_wechat")]
        file: Option<String>,
    },
}

/// Owner and format of the rules.
#[derive(Debug, Args)]
pub struct Of {
    /// account, or the name or number of a user
    #[arg(long, default_value = "account")]
    owner: String,
    /// csv or json [default: by the file's name, else json for export]
    #[arg(long)]
    format: Option<Given>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Given {
    Csv,
    Json,
}

/// Why the command failed.
#[derive(Debug)]
pub enum Fault {
    /// The arguments or the file are invalid.
    Wrong(String),
    /// The command cannot be run now.
    Failed(String),
}

impl From<CoreError> for Fault {
    fn from(e: CoreError) -> Self {
        Self::Failed(e.to_string())
    }
}

/// Runs the command.
pub async fn run(settings: Checked, rules: Rules) -> Result<(), Fault> {
    let ctx = super::open(settings).await.map_err(Fault::Failed)?;
    let done = match rules {
        Rules::Export { of, english, file } => export(&ctx, &of, english, &file).await,
        Rules::Import { of, dry_run, replace, from_wechat: _, file } => {
            let mode = if replace { Mode::Replace } else { Mode::Merge };
            import(&ctx, &of, mode, dry_run, file.as_deref()).await
        }
    };
    ctx.store.close().await;
    done
}

async fn export(ctx: &Ctx, of: &Of, english: bool, file: &str) -> Result<(), Fault> {
    let owner_id = owner(ctx, &of.owner).await?;
    let rules = search::list(ctx, owner_id).await?;
    let format = of.format(file, b"{");
    let bytes = transfer::write(format, &rules, if english { Lang::En } else { Lang::Zh });
    let written = if file == "-" { std::io::stdout().write_all(&bytes) } else { std::fs::write(file, &bytes) };
    written.map_err(|e| Fault::Failed(format!("{file} cannot be written: {e}")))?;
    eprintln!("{} rules", rules.len());
    Ok(())
}

async fn import(ctx: &OfficialCtx, of: &Of, mode: Mode, is_dry: bool, file: Option<&str>) -> Result<(), Fault> {
    let owner_id = owner(ctx, &of.owner).await?;
    let parsed = match file {
        Some(file) => {
            let bytes = input(file)?;
            transfer::read(of.format(file, &bytes), &bytes)
                .map_err(|flaw| Fault::Wrong(format!("{file}: {}", error_text::file(Lang::En, &flaw))))?
        }
        None if owner_id != ACCOUNT => {
            return Err(Fault::Wrong("the platform's rules are the account's: leave --owner out".to_owned()));
        }
        None => transfer::from_platform(ctx).await.map_err(|fault| Fault::Failed(fault.to_string()))?,
    };
    let plan = transfer::plan(ctx, owner_id, parsed, mode).await?;
    print(&plan);
    if !plan.flaws.is_empty() {
        return Err(Fault::Wrong(format!("{} flaws: nothing was imported", plan.flaws.len())));
    }
    if !plan.may_apply(false) {
        let why = "--replace: some of the platform's rules cannot be imported, and the rules here with the same keywords would be removed";
        return Err(Fault::Wrong(format!("{why}; nothing was imported, leave --replace out")));
    }
    if is_dry || plan.is_empty() {
        return Ok(());
    }
    let editor = Editor { owner_id, actor_id: 0, door: Source::Cli, address: String::new() };
    match transfer::apply(ctx, &editor, &plan).await {
        Ok(applied) => {
            println!("added {}, changed {}, removed {}", applied.added.len(), applied.changed, applied.removed);
            Ok(())
        }
        Err(RuleRejection::Core(CoreError::Conflict | CoreError::NotFound)) => {
            Err(Fault::Failed("the rules changed during the import: nothing was imported, run it again".to_owned()))
        }
        Err(refusal) => Err(Fault::Failed(refusal.to_string())),
    }
}

fn input(file: &str) -> Result<Vec<u8>, Fault> {
    // One byte above the limit, so that a larger file is detected.
    let most = u64::try_from(transfer::FILE_MAX_BYTES + 1).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = if file == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|e| Fault::Wrong(format!("{file} cannot be read: {e}")))?;
    Ok(bytes)
}

/// The owner's id, from `account`, a number or a name.
async fn owner(ctx: &Ctx, text: &str) -> Result<i64, Fault> {
    if text == "account" {
        return Ok(ACCOUNT);
    }
    let mut db = ctx.store.read().await.map_err(CoreError::from)?;
    let user = match text.parse() {
        Ok(id) => store::user::find_user(&mut db, id).await,
        Err(_) => store::user::find_user_by_name(&mut db, &folded(text)).await,
    };
    let user = user.map_err(CoreError::from)?;
    user.map(|user| user.id).ok_or_else(|| Fault::Wrong(format!("there is no user {text:?}")))
}

impl Of {
    fn format(&self, file: &str, bytes: &[u8]) -> Format {
        match self.format {
            Some(Given::Csv) => Format::Csv,
            Some(Given::Json) => Format::Json,
            None => Format::of(file, bytes),
        }
    }
}

fn print(plan: &Plan) {
    for note in &plan.notes {
        println!("! {}", printable(&error_text::note(Lang::En, note)));
    }
    for flaw in plan.flaws.iter().take(PRINTED) {
        println!("x {}", printable(&error_text::flaw(Lang::En, flaw)));
    }
    for row in plan.added.iter().take(PRINTED) {
        println!("+ {}", summary(&row.draft));
    }
    for changed in plan.changed.iter().take(PRINTED) {
        println!("- {} {}", padded(changed.before.number), summary(&Draft::from(&changed.before)));
        println!("+ {} {}", padded(changed.before.number), summary(&changed.after));
    }
    for rule in plan.removed.iter().take(PRINTED) {
        println!("- {} {}", padded(rule.number), summary(&Draft::from(rule)));
    }
    println!(
        "{} to add, {} to change, {} to remove, {} unchanged, {} flaws",
        plan.added.len(),
        plan.changed.len(),
        plan.removed.len(),
        plan.unchanged,
        plan.flaws.len()
    );
}

/// Text from a file, made safe for a terminal: without control characters that would move the cursor or change the
/// title.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// One line that identifies a rule.
fn summary(draft: &Draft) -> String {
    let keywords: Vec<&str> = draft.keywords.iter().map(|k| k.text.as_str()).collect();
    let asked = if keywords.is_empty() { draft.cause.as_str().to_owned() } else { keywords.join(" | ") };
    let answers: Vec<String> = draft
        .contents
        .iter()
        .map(|c| match c.caption() {
            "" => c.kind().to_owned(),
            caption => printable(cut::chars(caption, PRINTED_CHARS)),
        })
        .collect();
    let off = if draft.is_enabled { "" } else { " (off)" };
    printable(&format!("{asked} = {}{off}", answers.join(" / ")))
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn a_file_says_nothing_to_a_terminal() {
        assert_eq!(printable("a\u{1b}]0;title\u{7}b\u{9b}31m\r\n"), "a ]0;title b 31m  ");
    }
}
