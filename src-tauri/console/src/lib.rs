//! The console without a window: log, sources, projector, views, command line and served page.

pub mod actor;
pub mod answered;
pub mod clock;
pub mod command_line;
pub mod desk;
pub mod envelope;
pub mod erasure;
pub mod execute;
pub mod export;
pub mod figures;
pub mod import;
pub mod keys;
pub mod log;
pub mod mask;
pub mod merkle;
pub mod note;
pub mod playhead;
pub mod private;
pub mod projector;
pub mod proof;
pub mod report;
pub mod serve;
pub mod simulate;
pub mod snapshots;
pub mod sources;
pub mod unmasking;
pub mod verbs;
pub mod verification;
pub mod witness;

/// Of every program that the console is part of: an import makes fifty small texts a row.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
