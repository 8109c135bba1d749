//! The names that an outside script gave to figures, for the specs that compare with it.

/// The figures under their agreed names and under ours.
pub const NAMES: [(&str, &str); 17] = [
    ("offered", "contacts.offered"),
    ("answered", "contacts.answered"),
    ("abandoned", "abandon.count"),
    ("abandon_rate", "abandon.rate.genesys"),
    ("asa_s", "asa.connect"),
    ("answered_within_20s", "sl.connect_answered_in_x"),
    ("sl20_of_answered", "sl.genesys"),
    ("sl20_of_offered", "sl.cisco_negative"),
    ("sl20_excl_short_abandons", "sl.cisco_ignore"),
    ("short_abandons_le20", "abandon.in_x"),
    ("aht_answered_s", "aht.connect"),
    ("aht_named_agent_s", "aht.named_agent"),
    ("queued", "queue.waited"),
    ("queued_answered", "queue.waited_answered"),
    ("queued_abandoned", "queue.waited_abandoned"),
    ("median_wait_answered", "wait.median_answered"),
    ("max_wait", "queue.max"),
];
