//! Import and export of rules: an import is one atomic change, and an export can be imported again.

use crate::rig::{App, BEGINNING_MS, Database, Program, environment, eventually, new_user, says};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        rule::{
            ACCOUNT, Content, Rule, Source,
            draft::Draft,
            edit::{self, Editor},
            history,
            rejection::RuleRejection,
            search,
            transfer::{
                self, Applied, Fault, Format, Holder, Mode, Plan, error_text,
                job::{self, Failure, ImportRequest, State},
            },
        },
    },
    text::Lang,
};

crate::every_engine!(
    an_export_is_imported_unchanged,
    a_plan_is_applied_as_shown,
    lines_are_matched_with_existing_rules,
    faults_are_reported_by_line_and_nothing_is_saved,
    a_rule_changed_since_the_plan_refuses_the_import,
    five_thousand_rules_are_imported_within_five_seconds,
    a_job_is_previewed_applied_once_and_deleted,
    an_unreadable_line_removes_no_rule,
    missing_columns_change_nothing,
    expressions_are_counted_before_they_are_compiled,
    an_owner_has_at_most_three_waiting_files,
);

fn importer() -> Editor {
    Editor { owner_id: ACCOUNT, actor_id: 7, door: Source::Import, address: "203.0.113.5".to_owned() }
}

async fn rules(app: &App) -> Vec<Rule> {
    search::list(&app.ctx, ACCOUNT).await.unwrap()
}

async fn planned(app: &App, file: &str, mode: Mode) -> Plan {
    let parsed = transfer::read(Format::of("", file.as_bytes()), file.as_bytes()).unwrap();
    transfer::plan(&app.ctx, ACCOUNT, parsed, mode).await.unwrap()
}

async fn import(app: &App, file: &str, mode: Mode) -> Applied {
    let plan = planned(app, file, mode).await;
    assert_eq!(plan.flaws, []);
    transfer::apply(&app.ctx, &importer(), &plan).await.unwrap()
}

const FILE: &str = "关键词,匹配,回复,优先级,启用\n价格|多少钱,包含,100 元,5,是\n'=1+1,,二,,\n早安,完全匹配,早,,否\n";

async fn an_export_is_imported_unchanged(database: &Database) {
    let app = App::on(database).await;
    import(&app, FILE, Mode::Merge).await;
    let article = Content::News {
        title: "活动，“新”".to_owned(),
        description: String::new(),
        picture_url: String::new(),
        url: "https://weida.example/?a=1&b=2".to_owned(),
    };
    let odd = Draft {
        contents: vec![Content::text("=SUM(A1)\n-第二行"), article],
        name: "@名".to_owned(),
        ..says("a|b", "")
    };
    edit::add(&app.ctx, &importer(), &odd).await.unwrap();
    edit::add(
        &app.ctx,
        &importer(),
        &Draft { cause: weida::core::rule::TriggerKind::Follow, keywords: Vec::new(), ..says("", "欢迎") },
    )
    .await
    .unwrap();
    let before: Vec<Draft> = rules(&app).await.iter().map(Draft::from).collect();
    for format in [Format::Csv, Format::Json] {
        for lang in [Lang::Zh, Lang::En] {
            let file = transfer::write(format, &rules(&app).await, lang);
            // Imported over the same rules: nothing changes.
            let parsed = transfer::read(format, &file).unwrap();
            let plan = transfer::plan(&app.ctx, ACCOUNT, parsed.clone(), Mode::Replace).await.unwrap();
            assert!(plan.is_empty() && plan.unchanged == 5 && plan.flaws.is_empty(), "{plan:?}");
            // Imported into an empty list: all rules are restored.
            let numbers: Vec<i64> = rules(&app).await.iter().map(|r| r.number).collect();
            edit::delete(&app.ctx, &importer(), &numbers).await.unwrap();
            let plan = transfer::plan(&app.ctx, ACCOUNT, parsed, Mode::Merge).await.unwrap();
            assert_eq!(plan.added.len(), 5);
            transfer::apply(&app.ctx, &importer(), &plan).await.unwrap();
            let after: Vec<Draft> = rules(&app).await.iter().map(Draft::from).collect();
            assert_eq!(after, before);
        }
    }
}

async fn a_plan_is_applied_as_shown(database: &Database) {
    let app = App::on(database).await;
    import(&app, FILE, Mode::Merge).await;
    let file = "编号,关键词,匹配,回复,启用\n1,价格|多少钱,包含,200 元,\n3,早安,,早,否\n,晚安,,晚,\n";
    let plan = planned(&app, file, Mode::Replace).await;
    assert_eq!((plan.added.len(), plan.changed.len(), plan.removed.len(), plan.unchanged), (1, 1, 1, 1));
    assert_eq!((plan.changed[0].before.number, plan.removed[0].number), (1, 2));
    assert_eq!(plan.changed[0].after.contents, [Content::text("200 元")]);
    assert_eq!(rules(&app).await.len(), 3);
    let applied = transfer::apply(&app.ctx, &importer(), &plan).await.unwrap();
    assert_eq!(applied, Applied { added: vec![4], changed: 1, removed: 1 });
    assert_eq!(rules(&app).await.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 3, 4]);
    // One change of the history, and one undo.
    let change = history::changes(&app.ctx, ACCOUNT, None, 1).await.unwrap().remove(0);
    assert_eq!((change.door, change.rules), (Source::Import, 3));
    history::undo(&app.ctx, &importer(), change.id).await.unwrap();
    let back = rules(&app).await;
    assert_eq!(back.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(back[0].contents, [Content::text("100 元")]);
    // Merging keeps rules that the file does not have.
    let plan = planned(&app, file, Mode::Merge).await;
    assert_eq!((plan.added.len(), plan.changed.len(), plan.removed.len()), (1, 1, 0));
}

async fn lines_are_matched_with_existing_rules(database: &Database) {
    let app = App::on(database).await;
    import(&app, "keywords,reply,name\na,1,first\nb,2,second\n", Mode::Merge).await;
    // A number from another installation's file is ignored; the keyword decides.
    let plan = planned(&app, "number,keywords,reply\n1,b,3\n2,c,9\n", Mode::Merge).await;
    assert_eq!((plan.unchanged, plan.added.len(), plan.changed.len()), (0, 1, 1));
    assert_eq!(plan.changed[0].before.number, 2);
    // A rule whose keyword was changed in the file is matched by its number.
    let plan = planned(&app, "number,keywords,reply,name\n1,z,1,first\n2,b,2,second\n", Mode::Merge).await;
    assert_eq!((plan.unchanged, plan.added.len(), plan.changed.len()), (1, 0, 1));
    assert_eq!(plan.changed[0].before.number, 1);
    // Two lines for one rule: the second is reported.
    let plan = planned(&app, "keywords,reply\na,x\na,y\n", Mode::Merge).await;
    assert_eq!(plan.flaws.len(), 1);
    assert!(matches!(plan.flaws[0].fault, Fault::Taken { with: Holder::Line(2), .. }), "{:?}", plan.flaws);
}

async fn faults_are_reported_by_line_and_nothing_is_saved(database: &Database) {
    let app = App::on(database).await;
    edit::add(&app.ctx, &importer(), &says("价格", "100 元")).await.unwrap();
    let file = "keywords,reply,matching\n价格|新,x,\n(,x,regex\na,,\nb,1,\nB！,2,\n";
    let plan = planned(&app, file, Mode::Merge).await;
    // The first line matches the rule with its keyword and has no fault.
    assert_eq!(plan.changed.len(), 1);
    let faults: Vec<String> = plan.flaws.iter().map(|f| error_text::flaw(Lang::Zh, f)).collect();
    let expected = [
        "第 3 行：正则表达式写错了，或者太复杂",
        "第 4 行：还没有回复内容",
        "第 6 行：关键词“B！”（全匹配）和第 5 行重复",
    ];
    assert_eq!(faults, expected);
    // A line cannot take a keyword from a rule that stays.
    let plan = planned(&app, "keywords,reply\nq|价格,x\nr|价格,y\n", Mode::Merge).await;
    assert_eq!((plan.changed.len(), plan.added.len(), plan.flaws.len()), (1, 0, 1));
    assert_eq!(rules(&app).await.len(), 1);
    // Only keywords may trigger a user's rules.
    let parsed = transfer::read(Format::Csv, b"cause,keywords,reply\nfollow,,x\n").unwrap();
    let plan = transfer::plan(&app.ctx, 1001, parsed, Mode::Merge).await.unwrap();
    assert_eq!((plan.flaws.len(), plan.added.len()), (1, 0));
}

async fn a_rule_changed_since_the_plan_refuses_the_import(database: &Database) {
    let app = App::on(database).await;
    import(&app, FILE, Mode::Merge).await;
    let file = "keywords,matching,reply\n价格|多少钱,contains,200\nnew,,x\n";
    for touched in [1, 2] {
        let plan = planned(&app, file, Mode::Replace).await;
        let rule = search::find(&app.ctx, ACCOUNT, touched).await.unwrap();
        let draft = Draft { name: format!("改{touched}"), ..Draft::from(&rule) };
        edit::update(&app.ctx, &importer(), touched, rule.revision, &draft).await.unwrap();
        let refused = transfer::apply(&app.ctx, &importer(), &plan).await.unwrap_err();
        assert!(matches!(refused, RuleRejection::Core(CoreError::Conflict)), "{refused}");
    }
    assert_eq!(rules(&app).await.len(), 3);
}

async fn five_thousand_rules_are_imported_within_five_seconds(database: &Database) {
    let app = App::on(database).await;
    let lines: Vec<String> = (0..5_000).map(|n| format!("关键词{n}|词{n},回复 {n}")).collect();
    let file = format!("关键词,回复\n{}\n", lines.join("\n"));
    let begun = Instant::now();
    let id = job::begin(&app.ctx, &importer(), "规则.csv", file.as_bytes()).await.unwrap().unwrap();
    let look = job::look(&app.ctx, ACCOUNT, id, Mode::Merge).await.unwrap();
    let previewed = begun.elapsed();
    assert_eq!((look.plan.added.len(), look.plan.flaws.len()), (5_000, 0));
    let order = ImportRequest { mode: Mode::Merge, mark: look.mark, is_partial: false };
    job::start(&app.ctx, &importer(), id, order).await.unwrap();
    let mut percents = Vec::new();
    let is_done =
        eventually(Duration::from_mins(1), async || match job::find(&app.ctx, ACCOUNT, id).await.unwrap().state {
            State::Running(progress) => {
                percents.push(progress.percent());
                false
            }
            State::Done(outcome) => outcome.added == 5_000,
            other => panic!("{other:?}"),
        })
        .await;
    let all = begun.elapsed();
    eprintln!("5,000 rules on {:?}: previewed after {previewed:?}, imported after {all:?}", database.engine);
    assert!(is_done && percents.is_sorted());
    assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules").await, 5_000);
    assert_eq!(app.phone("oReader").ask("词4999").await, "回复 4999");
    // The test machine may be busy; five seconds are for a release build on an idle one.
    assert!(all < Duration::from_secs(30), "{all:?}");
}

async fn a_job_is_previewed_applied_once_and_deleted(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock.clone(), &[]).await;
    let other = App::with(database, clock.clone(), &[]).await;
    assert!(job::begin(&app.ctx, &importer(), "a.csv", b"nothing").await.unwrap().is_err());
    let file = "keywords,reply\na,1\nb,\n";
    let id = job::begin(&app.ctx, &importer(), "C:\\我\\a.csv", file.as_bytes()).await.unwrap().unwrap();
    let found = job::find(&other.ctx, ACCOUNT, id).await.unwrap();
    assert_eq!((found.name.as_str(), found.state), ("a.csv", State::Waiting));
    assert!(matches!(job::find(&app.ctx, 1001, id).await, Err(CoreError::NotFound)));
    let look = job::look(&other.ctx, ACCOUNT, id, Mode::Merge).await.unwrap();
    let order = |mark: &str, is_partial| ImportRequest { mode: Mode::Merge, mark: mark.to_owned(), is_partial };
    let ended = async |app: &App| {
        let patience = Duration::from_secs(10);
        let is_over = async || !matches!(job::find(&app.ctx, ACCOUNT, id).await.unwrap().state, State::Running(_));
        assert!(eventually(patience, is_over).await);
        job::find(&app.ctx, ACCOUNT, id).await.unwrap().state
    };
    // A plan that differs from the preview, and one with faults, are not applied.
    job::start(&app.ctx, &importer(), id, order("0", false)).await.unwrap();
    assert_eq!(ended(&app).await, State::Failed(Failure::Conflict));
    job::start(&app.ctx, &importer(), id, order(&look.mark, false)).await.unwrap();
    assert_eq!(ended(&app).await, State::Failed(Failure::Flaws));
    assert!(rules(&app).await.is_empty());
    // The other instance applies it without the faulty line; then it cannot be applied again.
    job::start(&other.ctx, &importer(), id, order(&look.mark, true)).await.unwrap();
    let State::Done(outcome) = ended(&app).await else { panic!("not done") };
    assert_eq!((outcome.added, outcome.changed, outcome.removed), (1, 0, 0));
    assert!(matches!(job::start(&app.ctx, &importer(), id, order(&look.mark, true)).await, Err(CoreError::Conflict)));
    clock.advance_ms(60 * 60_000);
    assert!(matches!(job::find(&app.ctx, ACCOUNT, id).await, Err(CoreError::NotFound)));
    weida::core::cleanup::delete_expired(&app.ctx).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM import_jobs").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM file_pieces").await, 0);
}

/// The command line imports and exports too; its exit code tells the result.
#[test]
fn the_command_line_imports_and_exports_rules() {
    let folder = tempfile::tempdir().unwrap();
    let environment = environment(folder.path(), &[]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = |arguments: &[&str]| Program::run(folder.path(), arguments, &environment);
    std::fs::write(path("rules.csv"), FILE).unwrap();
    let dry = run(&["rules", "import", "--dry-run", &path("rules.csv")]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(dry.stdout.contains("+ 价格 | 多少钱 = 100 元") && dry.stdout.contains("3 to add"), "{}", dry.stdout);
    let exported = run(&["rules", "export"]);
    assert!(exported.stdout.contains("\"rules\": [\n]"), "{}", exported.stdout);
    let done = run(&["rules", "import", &path("rules.csv")]);
    assert!(done.code == Some(0) && done.stdout.contains("added 3, changed 0, removed 0"), "{done:?}");
    let exported = run(&["rules", "export", "--english", &path("out.csv")]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let text = std::fs::read_to_string(path("out.csv")).unwrap();
    assert!(text.starts_with("\u{feff}number,name,cause,keywords") && text.contains("'=1+1"), "{text}");
    let again = run(&["rules", "import", "--replace", &path("out.csv")]);
    assert!(again.code == Some(0) && again.stdout.contains("3 unchanged"), "{again:?}");
    std::fs::write(path("bad.csv"), "keywords,reply,matching\n(,x,regex\n").unwrap();
    let bad = run(&["rules", "import", &path("bad.csv")]);
    assert!(bad.code == Some(2) && bad.stdout.contains("Line 2"), "{bad:?}");
    let unknown = run(&["rules", "export", "--owner", "unknown"]);
    assert!(unknown.code == Some(2) && unknown.stderr.contains("there is no user"), "{unknown:?}");
    assert_eq!(run(&["rules", "import", &path("absent.csv")]).code, Some(2));
}

async fn an_unreadable_line_removes_no_rule(database: &Database) {
    let app = App::on(database).await;
    import(&app, "关键词,回复\n价格,100 元\n地址,长安街\n", Mode::Merge).await;
    let file = "关键词,回复,启用\n价格,100 元,也许\n";
    let plan = planned(&app, file, Mode::Replace).await;
    assert!(!plan.may_apply(true) && !plan.may_remove(), "{plan:?}");
    assert!(planned(&app, file, Mode::Merge).await.may_apply(true));
    let id = job::begin(&app.ctx, &importer(), "a.csv", file.as_bytes()).await.unwrap().unwrap();
    let look = job::look(&app.ctx, ACCOUNT, id, Mode::Replace).await.unwrap();
    let order = ImportRequest { mode: Mode::Replace, mark: look.mark, is_partial: true };
    job::start(&app.ctx, &importer(), id, order).await.unwrap();
    let is_refused = async || job::find(&app.ctx, ACCOUNT, id).await.unwrap().state == State::Failed(Failure::Flaws);
    assert!(eventually(Duration::from_secs(10), is_refused).await);
    assert_eq!(rules(&app).await.len(), 2);
}

async fn missing_columns_change_nothing(database: &Database) {
    let app = App::on(database).await;
    import(
        &app,
        "关键词,匹配,回复,名称,优先级,启用,回复方式\n价格|多少钱,包含,100 元,价目,9,否,随机\n地址,,长安街,,,,\n",
        Mode::Merge,
    )
    .await;
    let before = rules(&app).await;
    let plan = planned(&app, "关键词,回复\n价格,新价 120 元\n", Mode::Merge).await;
    assert_eq!((plan.changed.len(), plan.added.len()), (1, 0), "{plan:?}");
    transfer::apply(&app.ctx, &importer(), &plan).await.unwrap();
    let after = Draft::from(&rules(&app).await[0]);
    assert_eq!(after, Draft { contents: vec![Content::text("新价 120 元")], ..Draft::from(&before[0]) });
    // Importing the same file again changes nothing.
    assert_eq!(planned(&app, "关键词,回复\n价格,新价 120 元\n", Mode::Merge).await.unchanged, 1);
}

async fn expressions_are_counted_before_they_are_compiled(database: &Database) {
    let app = App::on(database).await;
    let lines: Vec<String> = (0..501).map(|n| format!("x{n}[01]*1[01]{{8}},y,regex")).collect();
    let file = format!("keywords,reply,matching\n{}\n", lines.join("\n"));
    let plan = planned(&app, &file, Mode::Merge).await;
    let faults: Vec<String> = plan.flaws.iter().map(|f| error_text::flaw(Lang::Zh, f)).collect();
    assert_eq!(faults, ["正则表达式太多，最多 500 个"]);
    assert!(plan.is_empty());
    // The same limit applies to every source.
    let drafts = (0..501).map(|n| Draft {
        keywords: vec![weida::core::rule::Keyword {
            text: format!("x{n}"),
            matching: weida::core::rule::MatchType::Regex,
        }],
        ..says("", "y")
    });
    let refused = edit::add_many(&app.ctx, &importer(), drafts.collect()).await.unwrap_err();
    assert!(matches!(refused, RuleRejection::Core(CoreError::Invalid(flaws)) if flaws[0].field == "expressions"));
    assert!(rules(&app).await.is_empty());
}

async fn an_owner_has_at_most_three_waiting_files(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock.clone(), &[]).await;
    let begun = async |owner_id| {
        let editor = Editor { owner_id, ..importer() };
        job::begin(&app.ctx, &editor, "a.csv", b"keywords,reply\na,b\n").await.unwrap().unwrap()
    };
    assert_eq!(new_user(&app, "oOwner").await, 1001);
    let other = begun(1001).await;
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.push(begun(ACCOUNT).await);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM import_jobs").await, 4);
    assert_eq!(app.count("SELECT COUNT(DISTINCT file_id) FROM file_pieces").await, 4);
    assert!(matches!(job::find(&app.ctx, ACCOUNT, ids[4]).await, Err(CoreError::NotFound)));
    assert!(job::find(&app.ctx, ACCOUNT, ids[5]).await.is_ok() && job::find(&app.ctx, 1001, other).await.is_ok());
    // Cleanup deletes every job whose hour has ended.
    clock.advance_ms(60 * 60_000);
    weida::core::cleanup::delete_expired(&app.ctx).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM import_jobs").await, 0);
}
