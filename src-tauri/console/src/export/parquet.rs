//! The table as Apache Parquet: times as UTC microseconds, payloads as JSON in texts, columns packed with Snappy.

use std::io::Write;
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type;

use super::ExportError;
use super::facets::Cases;
use super::leaving::Leaving;
use super::table::{COLUMNS, Cells, Column, Row};
use crate::log::EventLog;

/// Rows of a row group: enough to read columns at speed, few enough to hold.
const GROUP_ROWS: usize = 65_536;
/// Bytes of rows after which a group has enough, however few rows they are.
const GROUP_BYTES: usize = 48 << 20;

/// Writes the table; returns how many facts.
pub(super) async fn write(leaving: &Leaving<'_, impl EventLog>, to: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let program = concat!("retrace ", env!("CARGO_PKG_VERSION"));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by(program.to_owned());
    let mut writer = SerializedFileWriter::new(to, Arc::new(schema()?), Arc::new(properties.build())).map_err(of_parquet)?;
    let (mut cases, mut n_events) = (Cases::default(), 0);
    let (mut rows, mut n_bytes) = (Vec::new(), 0);
    loop {
        let batch = leaving.from(n_events).await?;
        let last = batch.is_empty();
        for departing in batch {
            let facets = cases.facets(&departing.stored.fact, &departing.stored.payload.event_type);
            let row = Row::of(departing, facets)?;
            n_bytes += row.n_bytes();
            rows.push(row);
            n_events += 1;
        }
        if (last && !rows.is_empty()) || GROUP_ROWS <= rows.len() || GROUP_BYTES <= n_bytes {
            group(&mut writer, &rows).map_err(of_parquet)?;
            rows.clear();
            n_bytes = 0;
        }
        if last {
            writer.close().map_err(of_parquet)?;
            return Ok(n_events);
        }
    }
}

fn schema() -> Result<Type, ParquetError> {
    let fields = COLUMNS.iter().map(|column| field(column).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("event").with_fields(fields).build()
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.cells {
        Cells::Number(_) => (Physical::INT64, None),
        Cells::Time(_) => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        // JSON is marked as text: readers that know no JSON, Polars among them, would take it for bytes.
        Cells::Text(_) | Cells::Json(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let repetition = if column.always { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    Type::primitive_type_builder(column.name, physical).with_logical_type(logical).with_repetition(repetition).build()
}

/// Writes a row group, column by column.
fn group<W: Write + Send>(writer: &mut SerializedFileWriter<W>, rows: &[Row]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in &COLUMNS {
        let mut into = group.next_column()?.ok_or_else(|| ParquetError::General(format!("no column {}", column.name)))?;
        match &column.cells {
            Cells::Number(cell) | Cells::Time(cell) => {
                let (values, there) = cells(rows, cell);
                let there = (!column.always).then_some(there);
                into.typed::<Int64Type>().write_batch(&values, there.as_deref(), None)?;
            }
            Cells::Text(cell) | Cells::Json(cell) => {
                let (values, there) = cells(rows, |row| cell(row).map(ByteArray::from));
                let there = (!column.always).then_some(there);
                into.typed::<ByteArrayType>().write_batch(&values, there.as_deref(), None)?;
            }
        }
        into.close()?;
    }
    group.close().map(drop)
}

/// The values that are there, and for each row whether one is.
fn cells<T>(rows: &[Row], cell: impl Fn(&Row) -> Option<T>) -> (Vec<T>, Vec<i16>) {
    let cells: Vec<Option<T>> = rows.iter().map(cell).collect();
    let there = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    (cells.into_iter().flatten().collect(), there)
}

/// A full disk is told as such, not as a fault of the table.
fn of_parquet(error: ParquetError) -> ExportError {
    let ParquetError::External(inner) = error else { return ExportError::Table(error) };
    match inner.downcast::<std::io::Error>() {
        Ok(error) => ExportError::Write(*error),
        Err(inner) => ExportError::Table(ParquetError::External(inner)),
    }
}
