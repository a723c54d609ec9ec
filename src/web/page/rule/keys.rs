//! Keyboard shortcuts of the list, explained in a dialog that `?` opens. They need a script; without one there is no
//! dialog.

use crate::web::{
    component::{Icon, PREFS_PATH, Shape},
    page::Visitor,
    text::{Common, replies::keys::Keys},
};
use leptos::prelude::*;

/// The dialog, and the attribute that enables single-letter shortcuts in the script.
pub fn help(visitor: &Visitor) -> AnyView {
    let lang = visitor.request.lang();
    let (t, c) = (Keys::of(lang), Common::of(lang));
    let prefs = &visitor.request.prefs;
    let keys = [
        ("/", t.search),
        ("j", t.next),
        ("k", t.previous),
        ("Enter", t.edit),
        ("Esc", t.leave),
        ("x", t.select),
        ("a", t.quick),
        ("c", t.new),
        ("Alt ↑ ↓", t.reorder),
        ("Ctrl / ⌘ S", t.save),
        ("Ctrl / ⌘ K", c.go_to),
        ("?", t.help),
    ];
    let keys = keys.map(|(key, does)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> });
    let (value, label) = if prefs.has_no_keys { ("on", t.turn_on) } else { ("off", t.turn_off) };
    view! {
        <div class="keys-open" data-keys=if prefs.has_no_keys { "off" } else { "on" }>
            <button type="button" class="button quiet small" data-help hidden>{t.open} " " <kbd>"?"</kbd></button>
        </div>
        <dialog class="keys" id="keys" aria-labelledby="keys-title">
            <div class="card-head">
                <h2 id="keys-title">{t.title}</h2>
                <form method="dialog">
                    <button class="button quiet small square" aria-label=c.close><Icon shape=Shape::Cross /></button>
                </form>
            </div>
            <dl>{keys.collect_view()}</dl>
            <form class="keys-switch" method="post" action=PREFS_PATH>
                <input type="hidden" name="next" value=prefs.address.clone() />
                <p>{t.on} <small class="soft">{t.on_note}</small></p>
                <button class="button plain small" name="keys" value=value>{label}</button>
            </form>
        </dialog>
    }
    .into_any()
}
