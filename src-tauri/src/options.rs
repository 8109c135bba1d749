//! What the window is started with.

use std::path::PathBuf;

use clap::Parser;

/// The console in a window.
#[derive(Clone, Debug, Parser)]
#[command(name = "retrace-window", version)]
pub(crate) struct Options {
    /// The log; the desk's own when not given
    #[arg(long, value_name = "FILE", default_value_os_t = console::command_line::own_log())]
    pub(crate) log: PathBuf,
    /// Begin with a replay from the log's first moment at this speed, 1 to 3600
    #[arg(long, value_name = "X", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) play: Option<u32>,
    /// Begin that replay at this moment (RFC 3339)
    #[arg(long, value_name = "T", requires = "play", value_parser = moment)]
    pub(crate) from: Option<events::Moment>,
}

fn moment(text: &str) -> Result<events::Moment, String> {
    events::cloudevent::moment(text).map_err(|error| error.to_string())
}

impl Options {
    /// Those of this process; a wrong one ends it with a sentence.
    pub(crate) fn of_process() -> Self {
        Self::parse()
    }

    /// One window per log: the name on the session bus is made of the log's path.
    pub(crate) fn bus_name(&self) -> String {
        let path = std::path::absolute(&self.log).unwrap_or_else(|_no_folder| self.log.clone());
        let id = events::EventId::derived("window", &path.display().to_string());
        format!("dev.retrace.desk.of{}", id.0.simple())
    }
}
