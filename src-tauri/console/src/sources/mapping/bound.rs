//! A mapping bound to one file's columns, and to what was seen of the file so far.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::problem::{Code, Problem};
use super::row::Row;
use super::{Column, ColumnName, Field, Kind, Mapping, Origin, contact, happening, revision};
use crate::keys::Pseudonyms;
use crate::sources::csv::Fields;
use crate::sources::records::Content;
use crate::sources::ticket::Memory;
use crate::sources::{Misfit, Translate, Translated, fields};

/// Translates the rows of one table.
pub struct Table {
    pub(super) mapping: Arc<Mapping>,
    pub(super) n_columns: usize,
    pub(super) fields: BTreeMap<&'static str, Place>,
    pub(super) key: Vec<usize>,
    pub(super) keep: Vec<(String, usize)>,
    pub(super) pseudonyms: Pseudonyms,
    pub(super) memory: Memory,
    becomes: Vec<Option<String>>,
}

/// A field of the mapping, and which columns of the file it is from.
pub(super) struct Place {
    pub(super) field: Field,
    pub(super) columns: Vec<usize>,
}

impl Translate for Table {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        self.row(fields(content)?)
    }

    fn subject(&self, content: &Content) -> Option<String> {
        Row::of(self, fields(content).ok()?).customer().ok().flatten().map(|(pseudonym, _)| pseudonym)
    }

    fn remembers(&self) -> bool {
        true
    }

    fn tells_the_past(&self) -> bool {
        true
    }
}

impl Table {
    /// Binds a mapping to a file with these columns.
    ///
    /// # Errors
    /// Every column that the file does not have, or has twice.
    pub fn of(mapping: Arc<Mapping>, columns: &[String], pseudonyms: Pseudonyms) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut becomes: Vec<Vec<&str>> = vec![Vec::new(); columns.len()];
        let mut places = |said: &[Column]| -> Vec<usize> {
            said.iter().filter_map(|column| find(column, columns).map_err(|problem| problems.push(problem)).ok()).collect()
        };
        let (key, kept) = (places(&mapping.key), places(&mapping.keep));
        let mut fields = BTreeMap::new();
        for field in &mapping.fields {
            let columns = match &field.origin {
                Origin::Columns(said) => places(said),
                Origin::Constant(_) => Vec::new(),
            };
            fields.insert(field.known.name, Place { field: field.clone(), columns });
        }
        for &place in &key {
            becomes[place].push(match mapping.kind {
                Kind::Contacts => "conversation",
                Kind::Events => "stream",
                Kind::Tickets => "ticket",
            });
        }
        for Place { field, columns } in fields.values() {
            columns.iter().for_each(|&place| becomes[place].push(field.known.becomes));
        }
        let sealed = |place: usize| fields.values().any(|at| at.field.known.sort.personal() && at.columns.contains(&place));
        for (&place, column) in kept.iter().zip(&mapping.keep) {
            if sealed(place) {
                problems.push(Problem::new(column.line, &column.key, Code::ColumnPersonal, column.name.shown()));
            }
            becomes[place].push("attributes");
        }
        if !problems.is_empty() {
            problems.sort_by_key(|problem| problem.line);
            return Err(problems);
        }
        let becomes = becomes.into_iter().map(|all| (!all.is_empty()).then(|| all.join(", "))).collect();
        let keep = kept.into_iter().map(|place| (columns[place].clone(), place)).collect();
        let n_columns = columns.len();
        Ok(Self { mapping, n_columns, fields, key, keep, pseudonyms, memory: Memory::default(), becomes })
    }

    /// What each column becomes, in the order of the file; `None` when it is not read.
    #[must_use]
    pub fn becomes(&self) -> &[Option<String>] {
        &self.becomes
    }

    /// Translates one row.
    ///
    /// # Errors
    /// [`Misfit`] when the row makes no sense; the import counts it and goes on.
    pub fn row(&mut self, fields: &Fields) -> Result<Translated, Misfit> {
        if fields.n() != self.n_columns {
            return Err(Misfit::new("field_count", format!("{} fields instead of {}", fields.n(), self.n_columns)));
        }
        let mut memory = std::mem::take(&mut self.memory);
        let mut row = Row::of(self, fields);
        let events = match self.mapping.kind {
            Kind::Contacts => contact::events(&mut row, &mut memory),
            Kind::Events => happening::events(&mut row, &mut memory),
            Kind::Tickets => revision::events(&mut row, &mut memory),
        };
        let mut repairs = row.repairs;
        self.memory = memory;
        repairs.sort_unstable();
        repairs.dedup();
        Ok(Translated { events: events?, repairs })
    }
}

fn find(column: &Column, columns: &[String]) -> Result<usize, Problem> {
    let problem = |code| Problem::new(column.line, &column.key, code, column.name.shown());
    match &column.name {
        ColumnName::Numbered(number) => {
            let place = number.checked_sub(1).filter(|place| *place < columns.len());
            place.ok_or_else(|| problem(Code::ColumnUnknown).hint(format!("1 to {}", columns.len())))
        }
        ColumnName::Named(name) => {
            let mut there = columns.iter().enumerate().filter(|(_, column)| *column == name).map(|(place, _)| place);
            match (there.next(), there.next()) {
                (Some(place), None) => Ok(place),
                (Some(first), Some(second)) => Err(problem(Code::ColumnTwice).hint(format!("{}, {}", first + 1, second + 1))),
                (None, _) => {
                    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
                    Err(problem(Code::ColumnUnknown).nearest(&names))
                }
            }
        }
    }
}
