//! What must be known of a whole event log before its first event can be told: which objects are cases.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use events::Moment;
use serde_json::Value;

use super::record::moment;
use super::{relationships, text, whole};

/// The type that is the case, wherever there is one.
const CASE: &str = "case";

/// How far a file has been looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Not yet: its objects are next.
    #[default]
    Objects,
    /// Its events are next.
    Events,
    /// All is known.
    Done,
}

/// What is known of the objects of a file.
#[derive(Default)]
pub(super) struct Survey {
    stage: Stage,
    /// Names of types; objects hold their place here.
    types: Vec<String>,
    objects: HashMap<String, Object>,
    /// Events that relate to each type, by its place.
    n_events: BTreeMap<u32, u64>,
    n_whole: u64,
    case: Option<u32>,
}

struct Object {
    of_type: u32,
    first_at: Option<Moment>,
}

impl Survey {
    pub(super) fn goes_on(&self) -> bool {
        self.stage != Stage::Done
    }

    pub(super) fn look(&mut self, list: Option<&str>, value: &Value) {
        match (self.stage, list) {
            (Stage::Objects, Some("objects")) => self.object(value),
            (Stage::Events, Some("events")) => self.event(value),
            (Stage::Objects | Stage::Events | Stage::Done, _) => {}
        }
    }

    pub(super) fn looked(&mut self) {
        self.stage = match self.stage {
            Stage::Objects => Stage::Events,
            Stage::Events | Stage::Done => {
                self.case = self.chosen();
                Stage::Done
            }
        };
    }

    fn object(&mut self, object: &Value) {
        let (Some(id), Some(of_type)) = (text(object, "id"), text(object, "type")) else { return };
        let place = self.types.iter().position(|known| known == of_type).unwrap_or_else(|| {
            self.types.push(of_type.to_owned());
            self.types.len() - 1
        });
        let of_type = u32::try_from(place).unwrap_or(u32::MAX);
        // The first object of an id keeps it.
        self.objects.entry(id.to_owned()).or_insert(Object { of_type, first_at: None });
    }

    fn event(&mut self, event: &Value) {
        self.n_whole += u64::from(whole(event).is_some());
        let at = moment(text(event, "time"), &mut Vec::new()).ok();
        let mut types = BTreeSet::new();
        for (id, _) in relationships(event) {
            if let Some(object) = self.objects.get_mut(id) {
                types.insert(object.of_type);
                object.first_at = [object.first_at, at].into_iter().flatten().min();
            }
        }
        for of_type in types {
            *self.n_events.entry(of_type).or_default() += 1;
        }
    }

    fn chosen(&self) -> Option<u32> {
        if let Some(place) = self.types.iter().position(|name| name == CASE) {
            return u32::try_from(place).ok();
        }
        let mut n_objects: BTreeMap<u32, u64> = BTreeMap::new();
        #[allow(clippy::iter_over_hash_type, reason = "they are counted, in whatever order")]
        for object in self.objects.values() {
            *n_objects.entry(object.of_type).or_default() += 1;
        }
        let rank = |place: u32| {
            let n_objects = n_objects.get(&place).copied().unwrap_or(0);
            (self.n_events.get(&place).copied().unwrap_or(0), n_objects, std::cmp::Reverse(self.name(place)))
        };
        (0..u32::try_from(self.types.len()).unwrap_or(u32::MAX)).max_by_key(|&place| rank(place))
    }

    fn name(&self, place: u32) -> Option<&str> {
        self.types.get(usize::try_from(place).unwrap_or(usize::MAX)).map(String::as_str)
    }

    /// The type of objects that are cases.
    pub(super) fn case(&self) -> Option<&str> {
        self.case.and_then(|place| self.name(place))
    }

    /// The type of an object.
    pub(super) fn type_of(&self, object: &str) -> Option<&str> {
        self.objects.get(object).and_then(|object| self.name(object.of_type))
    }

    /// When the first event related to an object.
    pub(super) fn first_at(&self, object: &str) -> Option<Moment> {
        self.objects.get(object).and_then(|object| object.first_at)
    }

    /// Whether the file is one of ours, whose objects say nothing that its events do not.
    pub(super) fn own(&self) -> bool {
        0 < self.n_whole
    }
}
