//! The mappings a person can choose from: those that come with Retrace, and those saved beside the log.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Desk;
use crate::private::{private_file, private_folder};
use crate::sources::mapping::presets::PRESETS;
use crate::sources::mapping::{Mapping, TEXT_BYTES_MAX};
use crate::sources::text::of_io;
use crate::verbs::{MappingRow, MappingSave, MappingSaved, Nothing, Trouble, WindowError};

/// Saved mappings that are listed at most.
const SAVED_MAX: usize = 200;

impl Desk {
    /// Every mapping that can be chosen, the saved ones first, each kind by name.
    ///
    /// # Errors
    /// None: a saved file that cannot be read is not listed.
    pub async fn mappings(&self, _question: Nothing) -> Result<Vec<MappingRow>, WindowError> {
        let folder = folder(self.log.path());
        let mut rows: Vec<MappingRow> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| saved(&entry.ok()?.path()))
            .take(SAVED_MAX)
            .collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        let shipped = PRESETS.iter().map(|preset| (preset.name.to_owned(), preset.text.to_owned()));
        rows.extend(shipped.map(|(name, text)| MappingRow { name, saved: false, text }));
        Ok(rows)
    }

    /// Saves a mapping beside the log under the name it says, over one of that name; it holds no row of any file.
    ///
    /// # Errors
    /// [`Trouble::MappingWrong`] when it makes no sense, or why it cannot be written.
    pub async fn mapping_save(&self, question: MappingSave) -> Result<MappingSaved, WindowError> {
        let mapping = Mapping::of(&question.text).map_err(|problems| {
            let detail = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            WindowError::Trouble { code: Trouble::MappingWrong, detail, path: None }
        })?;
        let folder = folder(self.log.path());
        // What begins like YAML is saved as such, so that an editor shows it in its colours.
        let ending = if toml::de::DeTable::parse(&question.text).is_ok() { "toml" } else { "yaml" };
        let path = folder.join(format!("{}.{ending}", mapping.name));
        let written = private_folder(&folder).and_then(|()| private_file(&path)?.write_all(question.text.as_bytes()));
        written.map_err(|error| {
            let error = of_io(&error);
            WindowError::Trouble { code: Trouble::LogFolder, detail: error.detail, path: Some(path.display().to_string()) }
        })?;
        // One mapping of a name: the same in the other language is of before.
        let other = if ending == "toml" { "yaml" } else { "toml" };
        std::fs::remove_file(folder.join(format!("{}.{other}", mapping.name))).ok();
        Ok(MappingSaved { name: mapping.name, path: path.display().to_string() })
    }
}

/// The folder of mappings beside a log.
fn folder(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push("-mappings");
    PathBuf::from(name)
}

fn saved(path: &Path) -> Option<MappingRow> {
    let ending = path.extension()?.to_str()?;
    let there = std::fs::metadata(path).ok()?;
    if !["toml", "yaml", "yml"].contains(&ending) || !there.is_file() || TEXT_BYTES_MAX as u64 <= there.len() {
        return None;
    }
    let (name, text) = (path.file_stem()?.to_str()?.to_owned(), std::fs::read_to_string(path).ok()?);
    Some(MappingRow { name, saved: true, text })
}
