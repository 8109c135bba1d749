//! The console without a window: log, sources, projector, views, command line and served page.

pub mod actor;
pub mod answered;
pub mod clock;
pub mod command_line;
pub mod desk;
pub mod erasure;
pub mod execute;
pub mod export;
pub mod figures;
pub mod import;
pub mod keys;
pub mod log;
pub mod mask;
pub mod playhead;
pub mod private;
pub mod projector;
pub mod report;
pub mod serve;
pub mod simulate;
pub mod snapshots;
pub mod sources;
pub mod unmasking;
pub mod verbs;
