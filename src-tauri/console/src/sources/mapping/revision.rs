//! A row that is the record of a ticket after one change.

use events::ticket::Revised;
use events::{Moment, NewEvent};

use super::row::{Row, sealed, stream};
use crate::sources::Misfit;
use crate::sources::ticket::Memory;

/// The fact of one row.
pub(super) fn events(row: &mut Row<'_>, memory: &mut Memory) -> Result<Vec<NewEvent>, Misfit> {
    let identity = row.identity(memory)?;
    let stream = stream("ticket", &identity.stream)?;
    let at = row.time("at", None)?.ok_or(Misfit { reason: "time_missing", detail: None })?;
    let customer = row.customer()?;
    let subject = customer.as_ref().map(|(pseudonym, _)| pseudonym);
    let revision = row.count("revision")?;
    // The source's own number says which came first; without one, the order of the file does.
    let sequence = match row.count("sequence")?.or(revision) {
        Some(sequence) => sequence,
        None => memory.sequence(&identity.key, at),
    };
    let revised = revised(row, subject, sequence, revision)?;
    let met = subject.is_some_and(|subject| memory.first_met(subject));
    let number = customer.as_ref().map(|(_, number)| number).filter(|_| met);
    let text = row.text("text")?;
    let personal = sealed(subject, &[("customer_number", number), ("text", text.as_ref())]);
    let id = memory.id(row.source(), row.content());
    Ok(vec![row.fact(&stream, id, at, &revised.into(), personal)])
}

fn revised(row: &mut Row<'_>, customer: Option<&String>, sequence: u32, revision: Option<u32>) -> Result<Revised, Misfit> {
    let opened_at = row.time("opened_at", None)?;
    let mut after = |name: &str, otherwise: &'static str| -> Result<Option<Moment>, Misfit> {
        let at = row.time(name, opened_at)?;
        if at.zip(opened_at).is_some_and(|(end, start)| end < start) {
            row.repairs.push(otherwise);
            return Ok(None);
        }
        Ok(at)
    };
    let resolved_at = after("resolved_at", "resolved_before_opened")?;
    let closed_at = after("closed_at", "closed_before_opened")?;
    Ok(Revised {
        sequence,
        partial: false,
        status: row.text("status")?,
        sub_status: row.text("sub_status")?,
        team: row.text("team")?,
        agent: row.text("agent")?,
        agent_country: row.text("agent_country")?,
        level: row.text("level")?,
        priority: row.text("priority")?,
        impact: row.text("impact")?,
        urgency: row.text("urgency")?,
        product: row.text("product")?,
        category: row.text("category")?,
        subcategory: row.text("subcategory")?,
        symptom: row.text("symptom")?,
        item: row.text("item")?,
        channel: row.text("channel")?,
        customer: customer.cloned(),
        organisation: row.text("organisation")?,
        division: row.text("division")?,
        country: row.text("country")?,
        location: row.text("location")?,
        opened_by: row.text("opened_by")?,
        updated_by: row.text("updated_by")?,
        resolved_by: row.text("resolved_by")?,
        close_code: row.text("close_code")?,
        vendor: row.text("vendor")?,
        problem: row.text("problem")?,
        reassignments_claimed: row.count("reassignments_claimed")?,
        reopens_claimed: row.count("reopens_claimed")?,
        sla_met_claimed: row.flag("sla_met_claimed")?,
        revision,
        opened_at,
        resolved_at,
        closed_at,
        attributes: row.attributes(),
    })
}
