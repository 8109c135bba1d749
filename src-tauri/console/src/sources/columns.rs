//! What becomes of each column of a source, for whoever looks before importing.

use super::{Format, SourceKind, csv};

type Becomes = (&'static str, &'static str);

const BANK: [Becomes; 15] = [
    ("vru+line", "entry"),
    ("call_id", "conversation"),
    ("customer_id", "customer"),
    ("priority", "priority"),
    ("type", "topic, queue"),
    ("date", "occurred_at"),
    ("vru_entry", "conversation.started"),
    ("vru_exit", "conversation.self_service_ended"),
    ("q_start", "conversation.enqueued"),
    ("q_time", "conversation.dequeued"),
    ("outcome", "conversation.assigned, conversation.abandoned, conversation.voided"),
    ("ser_start", "conversation.assigned"),
    ("ser_exit", "conversation.ended"),
    ("ser_time", "conversation.ended"),
    ("server", "agent"),
];
const VOLVO: [Becomes; 25] = [
    ("SR Number", "ticket"),
    ("Change Date+Time", "occurred_at"),
    ("Status", "status"),
    ("Sub Status", "sub_status"),
    ("Involved ST Function Div", "division"),
    ("Involved Org line 3", "organisation"),
    ("Involved ST", "team"),
    ("ST Level", "level"),
    ("SR Latest Impact", "impact"),
    ("Product", "product"),
    ("Country", "country"),
    ("Owner Country", "agent_country"),
    ("Resource", "agent"),
    ("trace concept:name", "ticket"),
    ("time:timestamp", "occurred_at"),
    ("concept:name", "status"),
    ("lifecycle:transition", "sub_status"),
    ("org:role", "division"),
    ("organization involved", "organisation"),
    ("org:group", "team, level"),
    ("impact", "impact"),
    ("product", "product"),
    ("organization country", "country, agent"),
    ("resource country", "agent_country"),
    ("org:resource", "agent"),
];
const SERVICENOW: [Becomes; 29] = [
    ("number", "ticket"),
    ("ident_state", "status"),
    ("incident_state", "status"),
    ("reassignment_count", "reassignments_claimed"),
    ("reopen_count", "reopens_claimed"),
    ("sys_mod_count", "sequence, revision"),
    ("made_sla", "sla_met_claimed"),
    ("caller_id", "customer"),
    ("opened_by", "opened_by"),
    ("opened_at", "opened_at"),
    ("sys_updated_by", "updated_by"),
    ("sys_updated_at", "occurred_at"),
    ("contact_type", "channel"),
    ("location", "location"),
    ("category", "category"),
    ("subcategory", "subcategory"),
    ("u_symptom", "symptom"),
    ("cmdb_ci", "item"),
    ("impact", "impact"),
    ("urgency", "urgency"),
    ("priority", "priority"),
    ("assignment_group", "team"),
    ("assigned_to", "agent"),
    ("problem_id", "problem"),
    ("vendor", "vendor"),
    ("closed_code", "close_code"),
    ("resolved_by", "resolved_by"),
    ("resolved_at", "resolved_at"),
    ("closed_at", "closed_at"),
];
const PROCESS_LOG: [Becomes; 8] = [
    ("trace concept:name", "ticket"),
    ("trace REG_DATE", "ticket.opened"),
    ("trace AMOUNT_REQ", "amount_requested"),
    ("concept:name", "activity"),
    ("lifecycle:transition", "transition"),
    ("org:resource", "agent"),
    ("org:group", "team"),
    ("time:timestamp", "occurred_at"),
];

impl SourceKind {
    /// The columns that a file's first line names; none where it is a row.
    #[must_use]
    pub fn columns_of(self, first_line: &str) -> Vec<String> {
        match (self, self.format()) {
            (Self::AnonymousBank, _) => first_line.split('\t').map(|name| name.trim().to_owned()).collect(),
            (_, Format::Table) => csv::columns_of(first_line),
            (_, Format::Lines | Format::ProcessLog | Format::Json(_)) => Vec::new(),
        }
    }

    /// The facet, time or fact that a column becomes; `None` when it is not read, or read as a whole line.
    #[must_use]
    pub fn becomes(self, column: &str) -> Option<&'static str> {
        let of_source: &[Becomes] = match self {
            Self::AnonymousBank => &BANK,
            Self::CloudEvents
            | Self::Star
            | Self::Stc3
            | Self::Csv
            | Self::Ocel
            | Self::Chatwoot
            | Self::Zendesk
            | Self::RocketChat
            | Self::Connect
            | Self::Genesys
            | Self::Rasa => &[],
            Self::VolvoCsv | Self::VolvoXes => &VOLVO,
            Self::ServiceNow => &SERVICENOW,
            Self::Bpic2012 | Self::Xes => &PROCESS_LOG,
        };
        of_source.iter().find(|(name, _)| *name == column).map(|(_, becomes)| *becomes)
    }
}
