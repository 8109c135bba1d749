//! Mappings that come with Retrace, for the public files; each is a text to copy and change.

/// A mapping that comes with Retrace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What it is called in lists and files.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Every preset.
pub const PRESETS: [Preset; 4] = [
    Preset { name: "anonymous-bank", text: include_str!("../../../presets/anonymous-bank.toml") },
    Preset { name: "volvo", text: include_str!("../../../presets/volvo.toml") },
    Preset { name: "servicenow", text: include_str!("../../../presets/servicenow.toml") },
    Preset { name: "call-centre-zh", text: include_str!("../../../presets/call-centre-zh.yaml") },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::mapping::Mapping;

    #[test]
    fn every_preset_reads() {
        for preset in PRESETS {
            let mapping = Mapping::of(preset.text);
            assert!(mapping.is_ok(), "{}: {:?}", preset.name, mapping.err());
        }
    }
}
