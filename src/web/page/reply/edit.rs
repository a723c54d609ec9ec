//! One rule, to be changed.

use super::{form, number, padded, rule, scope};
use crate::web::{
    page::{Halt, Leaf, Visitor, page},
    part::{Card, PageHead, SaveBar},
    text::{fill, replies::Replies},
};
use leptos::prelude::*;

#[component]
pub fn RulePage() -> impl IntoView {
    let number = number();
    page(|visitor| edit(visitor, number))
}

async fn edit(visitor: Visitor, number: String) -> Result<Leaf, Halt> {
    let (scope, owner_id) = scope(&visitor)?;
    let lang = visitor.here.lang();
    let t = Replies::of(lang);
    let rule = rule(&visitor, owner_id, &number).await?;
    let title = fill(t.edit_title, &[("n", &padded(rule.number))]);
    let (number, revision) = (rule.number, rule.revision);
    // What came back is not saved yet.
    let changed = visitor.form("rule").value("text").map(|_| "");
    let fields = form::fields(&visitor, scope, Some(&rule));
    let body = view! {
        <PageHead title=title.clone() />
        <Card>
            <form class="stack" method="post" action="/do/rule-save" data-guard data-changed=changed>
                <input type="hidden" name="number" value=number />
                <input type="hidden" name="revision" value=revision />
                {fields}
                <SaveBar lang back=scope.list() save=t.save />
            </form>
        </Card>
    };
    Ok(Leaf::medium(title, body))
}
