//! Events about subscription messages: request, change in the settings, delivery.

use super::Event;
use crate::wechat::message::{text, trimmed};
use crate::wechat::xml::Element;

/// One of the three events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionStage {
    /// `subscribe_msg_popup_event`: the user answered a request.
    Asked,
    /// `subscribe_msg_change_event`: the user changed the settings.
    Changed,
    /// `subscribe_msg_sent_event`: a message was delivered, or failed.
    Sent,
}

/// The event's data about one template. Which fields are set depends on the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionChoice {
    /// The template.
    pub template_id: String,
    /// `accept` or `reject`.
    pub choice: Option<String>,
    /// The scene of the request, as sent.
    pub popup_scene: Option<String>,
    /// The message that was sent.
    pub msg_id: Option<String>,
    /// 0 if it was delivered.
    pub error_code: Option<String>,
    /// `success`, or the reason of the failure.
    pub error_status: Option<String>,
}

impl SubscriptionStage {
    /// Parses the event `folded` (its name in lower case), if it is one of the three.
    pub(super) fn read(folded: &str, root: &Element) -> Option<Event> {
        let (stage, wrapper) = match folded {
            "subscribe_msg_popup_event" => (Self::Asked, "SubscribeMsgPopupEvent"),
            "subscribe_msg_change_event" => (Self::Changed, "SubscribeMsgChangeEvent"),
            "subscribe_msg_sent_event" => (Self::Sent, "SubscribeMsgSentEvent"),
            _ => return None,
        };
        let children = root.child(wrapper).map(Element::children).unwrap_or_default();
        let lists = children.iter().filter(|child| child.name() == "List");
        Some(Event::Subscription { stage, choices: lists.map(SubscriptionChoice::read).collect() })
    }
}

impl SubscriptionChoice {
    fn read(list: &Element) -> Self {
        Self {
            template_id: text(list, "TemplateId"),
            choice: trimmed(list, "SubscribeStatusString"),
            popup_scene: trimmed(list, "PopupScene"),
            msg_id: trimmed(list, "MsgID"),
            error_code: trimmed(list, "ErrorCode"),
            error_status: trimmed(list, "ErrorStatus"),
        }
    }
}
