//! Actions on redemption codes: creating a batch, which is answered with the file of its codes, stopping one, and redeeming a code.

use super::{Back, Flash, Step};
use crate::{
    base::beijing::{date_of, last_date_before},
    core::{
        CoreError, OfficialCtx,
        account::directory::Admin,
        message::{commands::Command, refused},
        redemption::{
            self, Redeemed,
            batch::{self, Draft},
            code::Code,
        },
    },
    text::Lang,
    web::{
        page::{
            PageRequest,
            admin::code::{CODES, NEW, page_of},
        },
        text::{Common, codes::Codes, fill},
    },
};
use axum::{
    http::{header, request::Parts},
    response::{IntoResponse as _, Response},
};
use leptos::prelude::{ServerFnError, server};
use leptos_axum::ResponseOptions;

const ME: &str = "/me";
/// Excel reads a file without it in the local encoding.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Creates a batch and answers with its codes as CSV: the only time that they can be read.
pub async fn create(ctx: OfficialCtx, parts: Parts, form: &[u8]) -> Response {
    let request = PageRequest::of(ctx, parts, ResponseOptions::default());
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(form).into_owned().collect();
    let value = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let draft = Draft {
        credits: value("credits"),
        level: value("level"),
        level_days: value("level_days"),
        codes: value("codes"),
        uses: value("uses"),
        is_once: value("once") == "on",
        from: value("valid_from"),
        to: value("valid_to"),
        note: value("note"),
    };
    let names = ["credits", "level", "level_days", "codes", "uses", "once", "valid_from", "valid_to", "note"];
    let outcome = async {
        let admin = admin(&request).await?;
        batch::create(&request.ctx, &admin, &draft).await
    };
    match outcome.await {
        Ok((batch, codes)) => {
            let name = format!("weida-codes-{}-{}.csv", date_of(batch.created_at), batch.id);
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, csv(request.lang(), &codes)).into_response()
        }
        Err(error) => {
            let back = names.into_iter().fold(Back::to(NEW, "codes"), |back, name| back.keep(name, value(name)));
            // The answer is in the collected headers.
            request.answer(Err(error), back).ok();
            request.response()
        }
    }
}

fn csv(lang: Lang, codes: &[Code]) -> String {
    let mut text = format!("{BYTE_ORDER_MARK}{}\r\n", Codes::of(lang).redeem);
    for code in codes {
        text.push_str(&code.shown());
        text.push_str("\r\n");
    }
    text
}

/// Stops a batch.
#[server(prefix = "/do", endpoint = "codes-stop")]
pub async fn codes_stop(#[server(default)] batch: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let admin = admin(&request).await?;
        let id = batch.parse().map_err(|_| CoreError::NotFound)?;
        batch::stop(&request.ctx, &admin, id).await?;
        Ok(Step::redirect_with_notice(page_of(id), Codes::of(request.lang()).stopped))
    };
    request.answer(outcome.await, Back::to(CODES, "codes-stop"))
}

/// Redeems a code for the signed-in user.
#[server(prefix = "/do", endpoint = "redeem")]
pub async fn redeem(#[server(default)] redemption_code: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let lang = request.lang();
    let outcome = async {
        let user = request.user().await?.ok_or(CoreError::NotSignedIn)?;
        if request.ctx.live().commands.word(Command::Redeem, lang).is_none() {
            return Err(CoreError::NotConfigured("chat.commands.redeem"));
        }
        redemption::redeem(&request.ctx, user.id, &redemption_code, &request.address()).await
    };
    let step = match outcome.await {
        Ok(Ok(redeemed)) => Ok(Step::redirect_with_notice(ME, redeemed_text(lang, &redeemed))),
        Ok(Err(refusal)) => {
            let mut flash = Flash { form: "redeem".to_owned(), ..Flash::default() };
            flash.keep("redemption_code", &redemption_code, false);
            flash.flaws.push(("redemption_code".to_owned(), refused(lang, refusal)));
            request.set_flash(&flash);
            Ok(Step::Redirect(ME.to_owned()))
        }
        Err(error) => Err(error),
    };
    request.answer(step, Back::to(ME, "redeem"))
}

fn redeemed_text(lang: Lang, redeemed: &Redeemed) -> String {
    let t = Codes::of(lang);
    let n = redeemed.credits.to_string();
    let Some((level, until)) = redeemed.level else { return fill(t.did_credits, &[("n", &n)]) };
    let (level, date) = (Common::of(lang).level_name(level), last_date_before(until));
    let template = if redeemed.credits > 0 { t.did_both } else { t.did_level };
    fill(template, &[("n", &n), ("level", level), ("date", &date)])
}

async fn admin(request: &PageRequest) -> Result<Admin, CoreError> {
    let user = request.user().await?.ok_or(CoreError::NotSignedIn)?;
    Admin::of(&user, request.address())
}
