//! The console without a window: log, sources, projector, views, command line and served page.

pub mod playhead;
pub mod verbs;
