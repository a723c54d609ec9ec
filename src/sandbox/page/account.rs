//! The account that the sandbox provides.

use super::Shown;
use crate::{
    sandbox::platform::AccountKind,
    web::{
        component::{Card, Fact, Facts, Kind, LinkButton, Segment, Submit},
        text::fill,
    },
};
use leptos::prelude::*;

pub(super) fn account(shown: &Shown) -> impl IntoView + use<> {
    let (t, platform) = (shown.t, &shown.phone.platform);
    let kind = match platform.kind() {
        AccountKind::VerifiedService => "verified",
        AccountKind::PersonalSubscription => "personal",
    };
    let kinds = [("verified", t.verified), ("personal", t.personal)];
    let kinds = kinds.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
    let (openid, appid) = (shown.person.openid.clone(), platform.credentials().appid);
    let server = match platform.verified() {
        None => t.server_asking.to_owned(),
        Some(Ok(())) => t.server_verified.to_owned(),
        Some(Err(why)) => fill(t.server_failed, &[("why", &why)]),
    };
    view! {
        <div class="sandbox-account">
            <Card title=t.account_title>
                <div class="stack">
                    <form class="stack tight" method="post" action="/sandbox/account">
                        <input type="hidden" name="person" value=openid.clone() />
                        <div class="sandbox-line">
                            <Segment label=t.account_kind name="kind" options=kinds value=kind />
                            <Submit text=t.switch kind=Kind::Plain />
                        </div>
                        <p class="small-text soft">{t.kind_note}</p>
                    </form>
                    <form class="stack tight" method="post" action="/sandbox/rules">
                        <input type="hidden" name="person" value=openid.clone() />
                        <div>
                            <Submit text=t.rules kind=Kind::Plain />
                        </div>
                        <p class="small-text soft">{t.rules_note}</p>
                    </form>
                    <form class="stack tight" method="post" action="/sandbox/code">
                        <input type="hidden" name="person" value=openid.clone() />
                        <div class="sandbox-line">
                            <Submit text=t.code_mini kind=Kind::Plain name="kind" value="mini" />
                            <Submit text=t.code_web kind=Kind::Plain name="kind" value="web" />
                        </div>
                        <p class="small-text soft">{t.code_note}</p>
                    </form>
                    <div class="stack tight">
                        <div>
                            <LinkButton
                                href=format!("/sandbox/personal?person={openid}")
                                text=t.personal_link
                                kind=Kind::Plain
                            />
                        </div>
                        <p class="small-text soft">{t.personal_note}</p>
                    </div>
                    <div id="sandbox-facts" data-live>
                        <Facts>
                            <Fact name=t.appid><span class="mono">{appid}</span></Fact>
                            <Fact name=t.server>{server}</Fact>
                        </Facts>
                    </div>
                </div>
            </Card>
        </div>
    }
}
