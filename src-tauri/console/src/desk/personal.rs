//! What the desk does about personal text: who sees it as it is, and forgetting a customer.

use events::{Command, Intent, Moment, Receipt, customer};

use super::Desk;
use crate::erasure::{Erasure, carry_out};
use crate::execute::execute;
use crate::log::EventLog;
use crate::verbs::{ActiveUnmasking, ForgetQuestion, WindowError};

impl Desk {
    /// Forgets a customer, and tells what the search for what must be gone came to.
    ///
    /// # Errors
    /// [`WindowError::Unknown`] when the log knows no such customer, or what the log or the keeper of the keys says.
    pub async fn forget(&self, question: ForgetQuestion) -> Result<Erasure, WindowError> {
        let ForgetQuestion { id, actor, customer, reason } = question;
        if !self.log.knows(&customer).await? {
            return Err(WindowError::Unknown { what: "customer".to_owned(), name: customer });
        }
        let command = Command::Customer(customer::Command::Erase { customer: customer.clone(), reason });
        let seen = *self.log.head().borrow();
        let intent = Intent { id, actor, at: self.clock.now(), seen, command };
        Ok(self.erase(&intent, &customer, None).await?.1)
    }

    /// Records an erasure, then carries it out; `native` is the source's own number for the customer, if it is known.
    ///
    /// The fact comes first and by itself: what was found before and after the key is destroyed is told.
    ///
    /// # Errors
    /// What the log or the keeper of the keys says.
    pub async fn erase(&self, intent: &Intent, customer: &str, native: Option<&str>) -> Result<(Receipt, Erasure), WindowError> {
        self.log.keys()?;
        let receipt = execute(&self.log, intent).await?;
        self.caught_up().await;
        let erasure = carry_out(&self.log, customer, native).await?;
        self.save_snapshot();
        Ok((receipt, erasure))
    }

    /// Unmaskings under which texts are shown at a moment, the latest last; those of a customer who was restricted or
    /// erased since show nothing.
    pub(super) fn unmasked_at(&self, at: Moment) -> Vec<ActiveUnmasking> {
        let live = self.read();
        let customers = &live.board.customers;
        let showable = |customer: &String| customers.standing(customer) == customer::Standing::Active;
        let active = live
            .board
            .unmaskings
            .by_id
            .iter()
            .filter(|(_, unmasking)| at < unmasking.until && unmasking.customer.as_ref().is_none_or(showable));
        let shown = active.map(|(id, unmasking)| ActiveUnmasking {
            id: id.clone(),
            customer: unmasking.customer.clone(),
            reason: unmasking.reason.clone(),
            ticket: unmasking.ticket.clone(),
            until: unmasking.until,
            actor: unmasking.actor.clone(),
        });
        shown.collect()
    }
}
