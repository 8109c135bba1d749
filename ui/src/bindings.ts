// Written from the Rust types by `UPDATE_EXPECT=1 cargo test -p tests --test bindings`. Never edited.

/**
 * An unmasking that is not over: who sees which texts as they are, why, and until when.
 */
export type ActiveUnmasking = { 
/**
 * Its name, by which it is ended.
 */
id: string, 
/**
 * The customer whose texts, by pseudonym; `None` for all.
 */
customer: string | null, 
/**
 * Why.
 */
reason: string, 
/**
 * The case it is for.
 */
ticket: string | null, 
/**
 * Until when, exclusively, by the desk's own clock.
 */
until: Moment, 
/**
 * Who is shown the texts.
 */
actor: string | null, };
/**
 * An agent.
 */
export type AgentRow = { 
/**
 * Their id.
 */
id: string, 
/**
 * The name colleagues see.
 */
name: string, 
/**
 * What they are doing.
 */
standing: Standing, 
/**
 * What they said they are doing, if they did.
 */
state: State | null, 
/**
 * Since when; `None` when not recorded.
 */
since: Moment | null, 
/**
 * Conversations they hold now.
 */
n_contacts: number, 
/**
 * The queues they serve.
 */
queues: Array<string>, 
/**
 * Answered contacts and handle time within the scope.
 */
figures: Array<Figure>, 
/**
 * Their latest fact that says so.
 */
position: Position | null, };
/**
 * How contributions become one value.
 */
export type Aggregate = "sum" | "ratio" | "max" | "median";
/**
 * A drawn chart.
 */
export type Chart = { 
/**
 * The picture, an SVG document.
 */
svg: string, };
/**
 * Asks for the half-hour chart.
 */
export type ChartQuestion = { 
/**
 * Which legs.
 */
scope: Scope, 
/**
 * Which days.
 */
range: Range, 
/**
 * Colours.
 */
theme: Theme, 
/**
 * Words: the series are answered, abandoned and service level, in this order.
 */
words: ChartWords, 
/**
 * Width in CSS pixels, 200..=4000.
 */
width: number, 
/**
 * Height in CSS pixels, 120..=2000.
 */
height: number, };
/**
 * The words on a chart, in the reader's language; they come from the window.
 */
export type ChartWords = { 
/**
 * What it shows.
 */
title: string, 
/**
 * The upright axis.
 */
y: string, 
/**
 * The level axis.
 */
x: string, 
/**
 * One label per series.
 */
series: Array<string>, };
/**
 * Why a claim cannot be held against the facts.
 */
export type ClaimDoubt = "business_hours" | "no_reading" | "start_not_seen" | "not_recorded" | "ambiguous" | "moment_only";
/**
 * One claim beside our own reading.
 */
export type ClaimRow = { 
/**
 * The conversation's id.
 */
conversation: string, 
/**
 * What is measured, in the source's word.
 */
metric: string, 
/**
 * What both values are measured in.
 */
unit: ClaimUnit, 
/**
 * The source's value; `None` when it claims a moment only.
 */
claimed: number | null, 
/**
 * What the facts show; `None` when that is unknown, never 0.
 */
ours: number | null, 
/**
 * The source's less ours; `None` when either is unknown.
 */
difference: number | null, 
/**
 * Whether both agree, to a second, to a minute, or exactly, by unit; `None` when either is unknown.
 */
agrees: boolean | null, 
/**
 * Why it is not known.
 */
doubt: ClaimDoubt | null, 
/**
 * Whether the source counted only its business hours.
 */
in_business_hours: boolean, 
/**
 * Whose figure it is, by the agent's id.
 */
agent: string | null, 
/**
 * Which of several, in the source's number.
 */
instance: string | null, 
/**
 * When it was so.
 */
at: Moment, 
/**
 * Where the claim stands in the log.
 */
position: Position, };
/**
 * What a claimed value is measured in; absent values claim moments alone.
 */
export type ClaimUnit = "secs" | "minutes" | "count";
/**
 * Why a payload cannot be read.
 */
export type CodecError = { "kind": "unknown_type", "detail": string } | { "kind": "newer_schema", "detail": { 
/**
 * The number stored.
 */
found: number, 
/**
 * The newest number this version knows.
 */
known: number, } } | { "kind": "malformed", "detail": string };
/**
 * Anything that may be asked of the desk: the closed list, one variant per noun.
 */
export type Command = { "noun": "site", "command": SiteCommand } | { "noun": "customer", "command": CustomerCommand } | { "noun": "unmasking", "command": UnmaskingCommand };
/**
 * A page of the list, newest first.
 */
export type ConversationPage = { 
/**
 * How many fit in all.
 */
n: number, 
/**
 * The page's rows.
 */
rows: Array<ConversationRow>, 
/**
 * How many facts the list rests on.
 */
position: number, };
/**
 * What to list.
 */
export type ConversationQuery = { 
/**
 * Which conversations: by their last leg's queue and agent, and by their own start.
 */
scope: Scope, 
/**
 * Only those whose id, topic, queue or agent contains this, whatever its case.
 */
text: string, 
/**
 * Only those whose last leg stands so.
 */
outcome: Outcome | null, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows wanted, at most [`PAGE_MAX`].
 */
limit: number, };
/**
 * Asks for one conversation.
 */
export type ConversationQuestion = { 
/**
 * Its id.
 */
id: string, };
/**
 * One conversation in the list.
 */
export type ConversationRow = { 
/**
 * Its id: the stream is `conversation-<id>`.
 */
id: string, 
/**
 * Where its facts come from.
 */
source: string, 
/**
 * Its channel's word.
 */
channel: string | null, 
/**
 * What it is about.
 */
topic: string | null, 
/**
 * How urgent.
 */
priority: number | null, 
/**
 * The customer's pseudonym.
 */
customer: string | null, 
/**
 * Its last leg's queue.
 */
queue: string | null, 
/**
 * Its last leg's agent; `None` when nobody's or not recorded.
 */
agent: string | null, 
/**
 * How its last leg stands; `None` before the first queue.
 */
outcome: Outcome | null, 
/**
 * What its last leg is doing.
 */
phase: Phase | null, 
/**
 * When it began.
 */
started_at: Moment, 
/**
 * How that time is known.
 */
timing: Timing, 
/**
 * When it ended.
 */
ended_at: Moment | null, 
/**
 * How that time is known.
 */
ended_timing: Timing, 
/**
 * Seconds in queues, all legs together; `None` when it was in none or still waits.
 */
waited_secs: number | null, 
/**
 * Seconds of handling, all legs together; `None` until a leg's handling is over.
 */
handled_secs: number | null, 
/**
 * The rating.
 */
rating: number | null, 
/**
 * The best possible rating.
 */
rating_max: number | null, 
/**
 * Its facts.
 */
n_facts: number, 
/**
 * Its legs.
 */
n_legs: number, 
/**
 * Whether the source says it was no contact at all.
 */
voided: boolean, };
/**
 * One conversation with its whole trail, as of the playhead.
 */
export type ConversationView = { 
/**
 * Its summary.
 */
row: ConversationRow, 
/**
 * How its customer's texts may be used now, whatever the playhead shows; `None` when it names no customer.
 */
standing: CustomerStanding | null, 
/**
 * Its events up to the playhead, in stream order.
 */
trail: Array<EventRow>, 
/**
 * What people who were not in it say of it, and how far they agree; `None` when nobody rated it.
 */
ratings: RatingView | null, 
/**
 * What the source says it measured of it, beside what its facts show; none when it says nothing.
 */
claims: Array<ClaimRow>, };
/**
 * What may be asked about one customer's texts.
 */
export type CustomerCommand = { "kind": "restrict", 
/**
 * The customer's pseudonym.
 */
customer: string, 
/**
 * Why, 1 to [`REASON_CHARS_MAX`] characters.
 */
reason: string, } | { "kind": "release", 
/**
 * The customer's pseudonym.
 */
customer: string, 
/**
 * Why, 1 to [`REASON_CHARS_MAX`] characters.
 */
reason: string, } | { "kind": "erase", 
/**
 * The customer's pseudonym.
 */
customer: string, 
/**
 * Why, 1 to [`REASON_CHARS_MAX`] characters.
 */
reason: string, };
/**
 * Why a wish about a customer's texts is refused.
 */
export type CustomerRejection = { "kind": "reason_length", 
/**
 * The length given.
 */
n_chars: number, } | { "kind": "erased" } | { "kind": "not_restricted" };
/**
 * How a customer's texts may be used.
 */
export type CustomerStanding = "active" | "restricted" | "erased";
/**
 * A calendar day with contacts in it.
 */
export type Day = { 
/**
 * `YYYY-MM-DD`.
 */
date: string, 
/**
 * Its first moment.
 */
from: Moment, 
/**
 * The first moment after it.
 */
to: Moment, 
/**
 * Legs that began in it.
 */
n_legs: number, };
/**
 * A metric's published definition.
 */
export type Definition = { 
/**
 * Its id, as in `docs`: family, dot, variant.
 */
id: string, 
/**
 * Its version; any change of meaning raises it.
 */
version: number, 
/**
 * What its value is measured in.
 */
unit: Unit, 
/**
 * How contributions become its value.
 */
aggregate: Aggregate, 
/**
 * Its formula in words of the glossary.
 */
formula: string, 
/**
 * Where the formula was read.
 */
citation: string, 
/**
 * Its parameters, in seconds.
 */
within_secs: number | null, };
/**
 * What an erasure came to.
 */
export type Erasure = { 
/**
 * Sealed texts that nobody can open any more.
 */
n_texts: number, 
/**
 * Other customers' keys that were wrapped anew.
 */
n_rewrapped: number, 
/**
 * Texts, identifiers and keys searched for, each of at least [`NEEDLE_BYTES_MIN`] bytes.
 */
n_needles: number, 
/**
 * Texts and identifiers too short to be searched for.
 */
n_too_short: number, 
/**
 * Files searched: the log and all that lies beside it under its name.
 */
n_files: number, 
/**
 * Bytes searched.
 */
n_bytes: number, 
/**
 * Where something was found; empty when nothing is left.
 */
hits: Array<Hit>, 
/**
 * Other customers' texts that name this one's identifiers; they stay, and a person has to look at them.
 */
named_elsewhere: Array<Position>, 
/**
 * Copies of the log from before a change of layout, which were deleted.
 */
removed: Array<string>, };
/**
 * Asks for one event.
 */
export type EventQuestion = { 
/**
 * Its place in the log.
 */
position: Position, };
/**
 * A recorded event as the window may see it.
 */
export type EventRow = { 
/**
 * Its place in the log.
 */
position: Position, 
/**
 * Its stream.
 */
stream: string, 
/**
 * Its place in the stream.
 */
version: number, 
/**
 * Its id.
 */
id: string, 
/**
 * Its type, such as `conversation.enqueued`.
 */
event_type: string, 
/**
 * Its payload's schema.
 */
schema: number, 
/**
 * When it happened.
 */
occurred_at: Moment, 
/**
 * How that time is known; an unknown one is only a place in the order.
 */
timing: Timing, 
/**
 * When it was recorded.
 */
recorded_at: Moment, 
/**
 * Where it comes from.
 */
source: string, 
/**
 * Who acted.
 */
actor: string | null, 
/**
 * Its payload, as JSON text.
 */
data: string, 
/**
 * The customer whom its personal text is about, by pseudonym.
 */
subject: string | null, 
/**
 * How its personal text is shown; `None` when it has none.
 */
showing: Showing | null, 
/**
 * Its personal text, masked unless it was recorded that more is shown.
 */
personal: Record<string, string>, 
/**
 * Why it could not be read, if it could not.
 */
poison: Poison | null, };
/**
 * A page of the events behind a figure, newest first.
 */
export type EvidencePage = { 
/**
 * The figure, computed anew from the same facts as the rows.
 */
figure: Figure, 
/**
 * Its definition.
 */
definition: Definition | null, 
/**
 * The page's rows.
 */
rows: Array<EvidenceRow>, };
/**
 * Asks for a page of the events behind a figure.
 */
export type EvidenceQuestion = { 
/**
 * The figure's metric id.
 */
metric: string, 
/**
 * The figure's scope.
 */
scope: Scope, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows wanted, at most [`projections::trail::PAGE_MAX`].
 */
limit: number, };
/**
 * One event behind a figure.
 */
export type EvidenceRow = { 
/**
 * What it adds above the line, in the figure's unit.
 */
numerator: number, 
/**
 * What it adds below the line.
 */
denominator: number, 
/**
 * Its conversation or agent.
 */
subject: string, 
/**
 * The event.
 */
event: EventRow, };
/**
 * A number on a screen, with all that is needed to open, check and quote it.
 */
export type Figure = { 
/**
 * The metric's id.
 */
metric: string, 
/**
 * The metric's version.
 */
version: number, 
/**
 * What `value` is measured in.
 */
unit: Unit, 
/**
 * The value; `None` means that it is not known, never 0.
 */
value: number | null, 
/**
 * Above the line, in the value's unit.
 */
numerator: number, 
/**
 * Below the line.
 */
denominator: number, 
/**
 * How many events are behind it.
 */
n: number, 
/**
 * Which legs it counts.
 */
scope: Scope, 
/**
 * How many facts of the log it rests on.
 */
position: number, };
/**
 * What is not as it was, or not as it should be.
 */
export type Finding = { "kind": "record_changed", 
/**
 * Where.
 */
position: Position, } | { "kind": "position_missing", 
/**
 * The first missing.
 */
position: Position, 
/**
 * The next that is there.
 */
next: Position, } | { "kind": "out_of_place", 
/**
 * The position that was due.
 */
position: Position, 
/**
 * The row's own.
 */
found: number, } | { "kind": "version_out_of_order", 
/**
 * Where.
 */
position: Position, 
/**
 * The version that was due.
 */
expected: number, 
/**
 * The one found.
 */
found: number, } | { "kind": "recorded_backwards", 
/**
 * Where.
 */
position: Position, } | { "kind": "id_twice", 
/**
 * The later one.
 */
position: Position, 
/**
 * The earlier one.
 */
first: Position, } | { "kind": "unreadable", 
/**
 * The first.
 */
position: Position, 
/**
 * The next that can be read, if one can.
 */
next: Position | null, 
/**
 * What the storage says.
 */
detail: string, } | { "kind": "tile_changed", 
/**
 * Its level.
 */
level: number, 
/**
 * Its number.
 */
number: number, } | { "kind": "table_unreadable", 
/**
 * Its name.
 */
table: string, 
/**
 * What the storage says.
 */
detail: string, } | { "kind": "checkpoint_forged", 
/**
 * Its size.
 */
size: number, 
/**
 * What is wrong with it.
 */
detail: string, } | { "kind": "root_differs", 
/**
 * From here on, at the earliest, something was changed.
 */
position: Position, 
/**
 * The checkpoint's size.
 */
size: number, 
/**
 * When it was signed, if that is known.
 */
made_at: Moment | null, 
/**
 * Where it was held.
 */
held: Held, } | { "kind": "shorter", 
/**
 * Where it ends now.
 */
position: Position, 
/**
 * The checkpoint's size.
 */
size: number, 
/**
 * When it was signed, if that is known.
 */
made_at: Moment | null, 
/**
 * Where it was held.
 */
held: Held, } | { "kind": "other_log", 
/**
 * The log that is remembered.
 */
expected: string, 
/**
 * The log that is there; nothing when it has no name.
 */
found: string | null, } | { "kind": "key_differs", 
/**
 * Where the other key is known from.
 */
held: Held, } | { "kind": "key_missing" } | { "kind": "outside_unreadable", 
/**
 * Why.
 */
detail: string, } | { "kind": "sealed_orphan", 
/**
 * Where it says it belongs.
 */
position: number, };
/**
 * Asks to forget a customer: to record it, destroy their key and search every file for what must be gone.
 */
export type ForgetQuestion = { 
/**
 * Names the wish; the same one twice is carried out once.
 */
id: string, 
/**
 * Who asks.
 */
actor: string, 
/**
 * The customer, by pseudonym.
 */
customer: string, 
/**
 * Why; it is recorded.
 */
reason: string, };
/**
 * One group's name in each dimension asked for (`None`: the source recorded none) and its figures.
 */
export type Group = { 
/**
 * The names, in the order of the dimensions asked for.
 */
key: Array<string | null>, 
/**
 * The figures, in the order of the metrics asked for.
 */
figures: Array<Figure>, };
/**
 * The place at which the log cannot be read further.
 */
export type Halt = { 
/**
 * The first position that cannot be read.
 */
position: Position, 
/**
 * Why, for the person who mends it.
 */
why: string, };
/**
 * Where a checkpoint was held.
 */
export type Held = "log" | "outside" | "given";
/**
 * A file in which something that must be gone was found.
 */
export type Hit = { 
/**
 * The file.
 */
file: string, 
/**
 * How often.
 */
n: number, };
/**
 * A mapping as it was when an import was begun with it.
 */
export type ImportMapping = { 
/**
 * What it calls its source.
 */
name: string, 
/**
 * The SHA-256 of its text, in hexadecimal digits.
 */
sha256: string, 
/**
 * Its text, TOML or YAML, so that the report can be read beside it whatever became of the file.
 */
text: string, };
/**
 * Asks to import a file that the console can reach.
 */
export type ImportQuestion = { 
/**
 * The file.
 */
path: string, 
/**
 * The source's name; `None` to detect it.
 */
source: string | null, 
/**
 * The text of the mapping to read it by, TOML or YAML; a table of no known source needs one.
 */
mapping: string | null, };
/**
 * One import recorded in the log.
 */
export type ImportRow = { 
/**
 * Its id: the stream is `import-<id>`.
 */
id: string, 
/**
 * The source's name.
 */
source: string, 
/**
 * The file's name.
 */
file: string, 
/**
 * The zone its local times were read in.
 */
zone: string, 
/**
 * The mapping it was read by, as it was then.
 */
mapping: ImportMapping | null, 
/**
 * When it was begun.
 */
started_at: Moment, 
/**
 * How it stands.
 */
standing: ImportStanding, 
/**
 * Why it broke off.
 */
interruption: string | null, 
/**
 * Rows read so far.
 */
n_rows_read: number, 
/**
 * What it came to, once it ended.
 */
report: Report | null, 
/**
 * Rows mended or left out.
 */
n_notes: number, };
/**
 * How an import stands.
 */
export type ImportStanding = "unfinished" | "cancelled" | "interrupted" | "finished";
/**
 * A person's wish as it leaves the window.
 */
export type Intent = { 
/**
 * Fresh for each wish: sending it twice does it once.
 */
id: string, 
/**
 * Who wishes it.
 */
actor: string, 
/**
 * When.
 */
at: Moment, 
/**
 * How many facts the person's screen rested on.
 */
seen: number, 
/**
 * The wish.
 */
command: Command, };
/**
 * An import that runs or ran since the console was opened.
 */
export type Job = { 
/**
 * Its number.
 */
job: number, 
/**
 * The file's name.
 */
file: string, 
/**
 * The source, once known.
 */
source: string | null, 
/**
 * The import's id in the log, once known.
 */
import: string | null, 
/**
 * How it stands.
 */
state: JobState, 
/**
 * What it came to so far.
 */
report: Report, 
/**
 * Bytes of the file read so far, as it lies on disk.
 */
bytes_read: number, 
/**
 * Bytes of the file.
 */
bytes_total: number | null, 
/**
 * Rows per second so far.
 */
rows_per_sec: number, 
/**
 * Seconds still needed at this rate; `None` while unknown.
 */
eta_secs: number | null, 
/**
 * Seconds since it began, or that it took.
 */
elapsed_secs: number, };
/**
 * Names an import that runs or ran since the console was opened.
 */
export type JobQuestion = { 
/**
 * The job's number.
 */
job: number, };
/**
 * How a job stands.
 */
export type JobState = { "kind": "running" } | { "kind": "finished" } | { "kind": "cancelled" } | { "kind": "stopped", 
/**
 * Why.
 */
problem: WindowError, };
/**
 * Who keeps the secrets, in a word.
 */
export type Keeper = "keyring" | "passphrase" | "file";
/**
 * Asks for the Live screen.
 */
export type LiveQuestion = { 
/**
 * Which legs.
 */
scope: Scope, 
/**
 * Which days.
 */
range: Range, };
/**
 * All that the Live screen shows.
 */
export type LiveView = { 
/**
 * The moment shown.
 */
as_of: Moment, 
/**
 * How many facts it rests on.
 */
position: number, 
/**
 * The zone of its days.
 */
zone: string, 
/**
 * The scope, with its range resolved.
 */
scope: Scope, 
/**
 * Sources seen in the log.
 */
sources: Array<string>, 
/**
 * Days that have contacts within the scope's source.
 */
days: Array<Day>, 
/**
 * Every metric over the scope.
 */
totals: Array<Figure>, 
/**
 * The metrics of [`QUEUE_METRICS`] by queue.
 */
queues: Array<Group>, 
/**
 * The metrics of [`HALF_HOUR_METRICS`] by half-hour.
 */
half_hours: Array<Group>, 
/**
 * The longest waiting contacts.
 */
waiting: Array<WaitingRow>, 
/**
 * All waiting contacts.
 */
n_waiting: number, 
/**
 * Agents by standing.
 */
standings: Array<Figure>, 
/**
 * The agents.
 */
agents: Array<AgentRow>, };
/**
 * What one row stands for.
 */
export type MappingKind = "contacts" | "events" | "tickets";
/**
 * One problem of a mapping.
 */
export type MappingProblem = { 
/**
 * The line of the mapping's text, from 1.
 */
line: number, 
/**
 * The key, from the top: `fields.queue.column`; empty for the text as a whole.
 */
key: string, 
/**
 * What kind.
 */
code: MappingProblemCode, 
/**
 * The word, column or value that is wrong.
 */
found: string, 
/**
 * What may stand there instead, or what is nearest to it.
 */
hint: string | null, };
/**
 * What kind of problem it is; the window has a sentence for each.
 */
export type MappingProblemCode = "syntax" | "too_long" | "key_unknown" | "key_twice" | "key_missing" | "wrong_type" | "value_unknown" | "out_of_range" | "zone_unknown" | "format_bad" | "encoding_unknown" | "origin_unclear" | "column_unknown" | "column_twice" | "option_idle" | "column_personal";
/**
 * A mapping that can be chosen: one that comes with Retrace, or one that was saved beside the log.
 */
export type MappingRow = { 
/**
 * What it is called.
 */
name: string, 
/**
 * Whether it was saved here; otherwise it comes with Retrace.
 */
saved: boolean, 
/**
 * Its text, TOML or YAML.
 */
text: string, };
/**
 * Asks to save a mapping beside the log, over one of the same name.
 */
export type MappingSave = { 
/**
 * Its text; it must make sense, and is saved under the name that it says.
 */
text: string, };
/**
 * Where a mapping was saved.
 */
export type MappingSaved = { 
/**
 * What it is called.
 */
name: string, 
/**
 * The file.
 */
path: string, };
/**
 * A metric that this version defines.
 */
export type Metric = "contacts.offered" | "contacts.answered" | "abandon.count" | "queue.waiting" | "queue.oldest" | "sl.cisco_negative" | "sl.genesys" | "sl.cisco_ignore" | "sl.connect_answered_in_x" | "abandon.in_x" | "abandon.rate.genesys" | "asa.connect" | "aht.connect" | "aht.named_agent" | "queue.max" | "wait.median_answered" | "queue.waited" | "queue.waited_answered" | "queue.waited_abandoned" | "contacts.talking" | "transfers.out" | "csat.satisfied" | "csat.response";
/**
 * How the playhead stands.
 */
export type Mode = "live" | "playing" | "paused";
/**
 * A point in time: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
 *
 * Well inside ±2^53, so it crosses to the window as an exact number.
 */
export type Moment = number;
/**
 * A page of an import's notes.
 */
export type NotesPage = { 
/**
 * How many fit in all.
 */
n: number, 
/**
 * The page's rows.
 */
rows: Array<RowNote>, 
/**
 * What each of them says in the file, as far as it may be shown; `None` when that is not kept.
 */
originals: Array<string | null>, };
/**
 * Asks for rows of an import that were mended or left out.
 */
export type NotesQuestion = { 
/**
 * The import's id.
 */
id: string, 
/**
 * Only this reason.
 */
reason: string | null, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows wanted, at most [`projections::trail::PAGE_MAX`].
 */
limit: number, };
/**
 * A verb without a question.
 */
export type Nothing = Record<symbol, never>;
/**
 * How a leg stands.
 */
export type Outcome = "waiting" | "answered" | "abandoned" | "flowed_out" | "callback_requested";
/**
 * What a leg is doing right now.
 */
export type Phase = "waiting" | "talking" | "wrapping_up" | "closed";
/**
 * What a person does to the playhead.
 */
export type PlayheadCommand = { "kind": "live" } | { "kind": "play", 
/**
 * Seconds of the log per second.
 */
speed: number, } | { "kind": "pause" } | { "kind": "jump", 
/**
 * The moment.
 */
at: Moment, };
/**
 * The playhead as the window shows it.
 */
export type PlayheadView = { 
/**
 * How it stands.
 */
mode: Mode, 
/**
 * The moment it shows; `None` when live.
 */
at: Moment | null, 
/**
 * The speed it plays at or would play at.
 */
speed: number, };
/**
 * A payload that cannot be read, and why.
 */
export type Poison = { 
/**
 * The type's name as stored.
 */
event_type: string, 
/**
 * The schema number as stored.
 */
schema: number, 
/**
 * Why it cannot be read.
 */
why: CodecError, };
/**
 * A place in the whole log: 0, 1, 2, … without gaps. The next issue's Merkle leaf has the same index.
 */
export type Position = number;
/**
 * What an import would make of a file.
 */
export type Preview = { 
/**
 * The source, detected or as named.
 */
source: string, 
/**
 * The file's name.
 */
file: string, 
/**
 * The encoding it is in.
 */
encoding: string, 
/**
 * Its columns, or the attributes of its events, in their order.
 */
columns: Array<PreviewColumn>, 
/**
 * Its first rows.
 */
rows: Array<PreviewRow>, 
/**
 * The facts of those rows.
 */
events: Array<PreviewEvent>, 
/**
 * What would be mended, by reason, in the rows looked at.
 */
repaired: Record<string, number>, 
/**
 * What would be left out, by reason, in the rows looked at.
 */
refused: Record<string, number>, 
/**
 * How many rows were looked at.
 */
n_rows_looked_at: number, 
/**
 * Whether those are all.
 */
whole: boolean, 
/**
 * The mapping it would be read by, where its source needs one.
 */
mapping: PreviewMapping | null, };
/**
 * A column and what becomes of it.
 */
export type PreviewColumn = { 
/**
 * Its name in the file.
 */
column: string, 
/**
 * The facet or time that it becomes; `None` when it is not read.
 */
becomes: string | null, };
/**
 * A fact that would be written.
 */
export type PreviewEvent = { 
/**
 * The row's line.
 */
line: number, 
/**
 * Its type.
 */
event_type: string, 
/**
 * Its stream.
 */
stream: string, 
/**
 * When it happened.
 */
occurred_at: Moment, 
/**
 * Its payload, JSON.
 */
data: string, };
/**
 * The mapping of a table, given or guessed.
 */
export type PreviewMapping = { 
/**
 * Its text, TOML or YAML.
 */
text: string, 
/**
 * Whether it was guessed from the header and the first rows.
 */
guessed: boolean, 
/**
 * What it calls its source, once it makes sense.
 */
name: string | null, 
/**
 * What a row stands for, once it makes sense.
 */
kind: MappingKind | null, 
/**
 * The zone of its local times, once it makes sense.
 */
zone: string | null, 
/**
 * The SHA-256 of its text, in hexadecimal digits.
 */
sha256: string, 
/**
 * What is wrong with it, in the order of its lines; while anything is, no row is understood.
 */
problems: Array<MappingProblem>, };
/**
 * A row as it stands in the file.
 */
export type PreviewRow = { 
/**
 * The line on which it begins.
 */
line: number, 
/**
 * Its fields in the order of the columns; of a row that could not be cut into fields, its text.
 */
fields: Array<string>, 
/**
 * What would be mended.
 */
repaired: Array<string>, 
/**
 * Why it would be left out.
 */
refused: string | null, };
/**
 * Which days the Live screen counts.
 */
export type Range = "day" | "all" | "given";
/**
 * What raters say of one conversation.
 */
export type RatingView = { 
/**
 * How many rated it.
 */
n_raters: number, 
/**
 * By scale, in the order of their names.
 */
scales: Array<ScaleView>, 
/**
 * By label of a turn: how often it was given.
 */
labels: Array<[string, number]>, };
/**
 * The answer to an accepted intent: the window is current once its views rest on more than `position`.
 */
export type Receipt = { 
/**
 * The last fact written for it, or the last one it found already there; `None` when nothing had to change.
 */
position: Position | null, };
/**
 * Why the domain says no; a sentence for the person, never logged as a fault.
 */
export type Rejection = { "noun": "site", "rejection": SiteRejection } | { "noun": "customer", "rejection": CustomerRejection } | { "noun": "unmasking", "rejection": UnmaskingRejection };
/**
 * What an import came to, counted over all its attempts on the file.
 */
export type Report = { 
/**
 * Rows read, without the header.
 */
n_rows_read: number, 
/**
 * Facts written.
 */
n_events_written: number, 
/**
 * Facts that the log held already.
 */
n_already_present: number, 
/**
 * Rows mended, by reason.
 */
repaired: Record<string, number>, 
/**
 * Rows left out, by reason.
 */
refused: Record<string, number>, };
/**
 * A metric with contributions from events that are not verified.
 */
export type Rests = { 
/**
 * The metric's id.
 */
metric: string, 
/**
 * Its version.
 */
version: number, 
/**
 * How many contacts are concerned.
 */
n: number, 
/**
 * Their days, in the log's zone; at most [`LISTED_MAX`].
 */
days: Array<string>, };
/**
 * A row that was mended or left out.
 */
export type RowNote = { 
/**
 * Its line in the file, from 1, the header included.
 */
line: number, 
/**
 * Reasons from the source's closed list.
 */
reasons: Array<string>, 
/**
 * The words that were wrong, if they are not personal.
 */
detail: string | null, 
/**
 * Whether it was left out; otherwise it was mended and read.
 */
refused: boolean, 
/**
 * The fact that says so.
 */
position: Position, };
/**
 * What raters say of one conversation on one scale, and how far they agree over all conversations of its kind.
 */
export type ScaleView = { 
/**
 * The scale's name, in the source's word.
 */
scale: string, 
/**
 * How many rated it.
 */
n: number, 
/**
 * Their mean.
 */
mean: number, 
/**
 * How often each value was given, from the lowest.
 */
values: Array<[number, number]>, 
/**
 * Krippendorff's alpha (interval) over all rated conversations of the same source and language: 1 is perfect
 * agreement, 0 is chance; `None` when nothing can be compared. Source: Krippendorff (2011).
 */
alpha: number | null, 
/**
 * How many conversations that alpha is computed over.
 */
n_conversations: number, };
/**
 * The legs a figure counts: those that fit every field that is set. A figure is named by metric, version and scope.
 */
export type Scope = { 
/**
 * Only facts of this source.
 */
source: string | null, 
/**
 * Only legs whose contact began at this moment or later.
 */
from: Moment | null, 
/**
 * Only legs whose contact began before this moment.
 */
to: Moment | null, 
/**
 * Only this queue; an empty text: only legs without one.
 */
queue: string | null, 
/**
 * Only this channel, by its word (`voice`, `chat` …); an empty text: only where it is not recorded.
 */
channel: string | null, 
/**
 * Only this topic; an empty text: only where none is recorded.
 */
topic: string | null, 
/**
 * Only this priority; an empty text: only where none is recorded.
 */
priority: string | null, 
/**
 * Only this agent; an empty text: only where none is recorded.
 */
agent: string | null, 
/**
 * Only agents in this standing; for figures about agents.
 */
standing: Standing | null, };
/**
 * How a personal text came through the door.
 */
export type Showing = "masked" | "unmasked" | "restricted" | "erased" | "locked" | "damaged";
/**
 * What may be asked of the desk as a whole.
 */
export type SiteCommand = { "kind": "declare", 
/**
 * The name people see, 1 to [`NAME_CHARS_MAX`] characters.
 */
name: string, 
/**
 * An IANA time zone.
 */
zone: string, };
/**
 * Why the desk says no.
 */
export type SiteRejection = { "kind": "unknown_zone", 
/**
 * The zone asked for.
 */
zone: string, } | { "kind": "name_length", 
/**
 * The length asked for.
 */
n_chars: number, };
/**
 * What an agent is doing, from their own facts and their conversations'.
 */
export type Standing = "available" | "on_contact" | "wrapping_up" | "away" | "signed_out" | "not_recorded";
/**
 * What an agent says they are doing; being in a conversation is a fact of the conversation, not of this.
 */
export type State = "available" | "break" | "meal" | "training" | "meeting" | "away";
/**
 * What the status line and the playhead show.
 */
export type Status = { 
/**
 * The version of this console.
 */
build: string, 
/**
 * The desk's name, once declared.
 */
site: string | null, 
/**
 * The zone in which times are shown.
 */
zone: string, 
/**
 * The log's file.
 */
log: string, 
/**
 * The playhead.
 */
playhead: PlayheadView, 
/**
 * The moment the screens show.
 */
as_of: Moment, 
/**
 * How many facts the screens rest on.
 */
position: number, 
/**
 * How many facts the log holds.
 */
head: number, 
/**
 * Facts in the log that are not folded yet.
 */
lag: number, 
/**
 * The first and last moment anything happened, if anything did.
 */
span: [Moment, Moment] | null, 
/**
 * Facts per quarter of an hour, for the playhead's line: start and count.
 */
density: Array<[number, number]>, 
/**
 * Sources seen.
 */
sources: Array<string>, 
/**
 * Facts that could not be read.
 */
n_poison: number, 
/**
 * Whether the log holds made-up facts of the simulator, which must be said.
 */
sample: boolean, 
/**
 * Where the projector stands still because the log cannot be read further, and why.
 */
halted: Halt | null, 
/**
 * How far the log is verified; `None` before the first verification is done.
 */
verified: Verified | null, 
/**
 * The desk's own clock, whatever moment the screens show.
 */
now: Moment, 
/**
 * Who is at the keyboard, as far as the system says: the actor of what is asked from here.
 */
actor: string, 
/**
 * Who keeps the log's keys; `None` when they are not here.
 */
keeper: Keeper | null, 
/**
 * Unmaskings under which texts are shown now, the latest last.
 */
unmaskings: Array<ActiveUnmasking>, };
/**
 * The window's colours.
 */
export type Theme = "light" | "dark";
/**
 * How a fact's time is known.
 *
 * A source may give some of its events no time. Such a fact takes the moment of the one before it in the source's own
 * order (or 1970-01-01T00:00:00Z where none has any) and is [`Timing::Unknown`]: nothing shows or counts that moment.
 */
export type Timing = "recorded" | "derived" | "unknown";
/**
 * What is wrong with a file or the log, in the words that the window has a sentence for.
 */
export type Trouble = "file_missing" | "file_forbidden" | "file_is_folder" | "file_empty" | "format_unknown" | "header_incomplete" | "header_duplicate" | "mapping_missing" | "mapping_wrong" | "gzip_truncated" | "gzip_damaged" | "gzip_bomb" | "file_truncated" | "file_changed" | "xml_doctype" | "file_unreadable" | "nothing_understood" | "disk_full" | "log_read_only" | "log_in_use" | "log_newer" | "log_foreign" | "log_damaged" | "log_forked" | "checkpoint_foreign" | "log_folder" | "log_storage" | "log_older" | "keys_missing" | "keys_locked" | "keys_damaged" | "keys_busy";
/**
 * What a figure's value is measured in.
 */
export type Unit = "count" | "share" | "secs";
/**
 * What may be asked of an unmasking.
 */
export type UnmaskingCommand = { "kind": "grant", 
/**
 * Names this unmasking.
 */
unmasking: string, 
/**
 * The customer whose texts, by pseudonym; `None` for all.
 */
customer: string | null, 
/**
 * Why, 1 to [`REASON_CHARS_MAX`] characters.
 */
reason: string, 
/**
 * The case it is for.
 */
ticket: string | null, 
/**
 * For how long, 1 to [`UNMASKED_SECS_MAX`] seconds.
 */
secs: number, 
/**
 * From when.
 */
at: Moment, } | { "kind": "end", 
/**
 * Which unmasking.
 */
unmasking: string, };
/**
 * Why an unmasking is refused.
 */
export type UnmaskingRejection = { "kind": "reason_length", 
/**
 * The length given.
 */
n_chars: number, } | { "kind": "too_long", 
/**
 * The time asked for.
 */
secs: number, } | { "kind": "not_granted" };
/**
 * Events that are not verified.
 */
export type Unverified = { 
/**
 * The first.
 */
from: number, 
/**
 * The one after the last.
 */
to: number, 
/**
 * Why.
 */
why: Why, };
/**
 * The log's evidence.
 */
export type Verification = { 
/**
 * What the last verification found.
 */
report: VerificationReport, 
/**
 * When that was; `None` before the first is done.
 */
verified_at: Moment | null, 
/**
 * How far a verification is that runs now.
 */
running: VerificationProgress | null, 
/**
 * Why nothing is signed or verified any more, if that is so.
 */
problem: WindowError | null, 
/**
 * Events that a checkpoint covers.
 */
signed_to: number, 
/**
 * The latest checkpoint, as a signed note to keep elsewhere.
 */
checkpoint: string | null, };
/**
 * How far a verification is.
 */
export type VerificationProgress = { 
/**
 * Events checked.
 */
done: number, 
/**
 * Of so many.
 */
of: number, };
/**
 * What verification came to.
 */
export type VerificationReport = { 
/**
 * The log's name.
 */
origin: string | null, 
/**
 * The key its checkpoints are verified with, as c2sp.org/signed-note writes it.
 */
verifier: string | null, 
/**
 * Events in the log.
 */
size: number, 
/**
 * The root over them, in base64; `None` when they cannot all be hashed.
 */
root: string | null, 
/**
 * Events that agree with a signed checkpoint.
 */
verified_to: number, 
/**
 * When that checkpoint was signed, if that is known.
 */
made_at: Moment | null, 
/**
 * Checkpoints in the log.
 */
checkpoints: number, 
/**
 * The size of the checkpoint held outside the log; `None` when there is none.
 */
outside: number | null, 
/**
 * The first position that is not as it was.
 */
first_bad: Position | null, 
/**
 * All findings, at most [`LISTED_MAX`] of a kind, in the order of their positions.
 */
findings: Array<Finding>, 
/**
 * How many of each kind there are.
 */
counts: Record<string, number>, 
/**
 * Ranges that are not verified.
 */
unverified: Array<Unverified>, 
/**
 * Figures that rest on those.
 */
rests_on_unverified: Array<Rests>, 
/**
 * How long it took.
 */
seconds: number, 
/**
 * Events per second.
 */
events_per_sec: number, };
/**
 * How far the log is verified: what every "as of" line may carry.
 */
export type Verified = { 
/**
 * Events that agree with a signed checkpoint.
 */
to: number, 
/**
 * When that was found.
 */
at: Moment, 
/**
 * How many things are not as they were.
 */
n_findings: number, };
/**
 * A contact in a queue.
 */
export type WaitingRow = { 
/**
 * Its conversation.
 */
conversation: string, 
/**
 * Its queue.
 */
queue: string | null, 
/**
 * Its channel's word.
 */
channel: string | null, 
/**
 * Since when.
 */
since: Moment, 
/**
 * The fact that put it there.
 */
position: Position, };
/**
 * Why a range of events is not verified.
 */
export type Why = "not_signed" | "after_finding";
/**
 * Why a verb gives no answer.
 */
export type WindowError = { "kind": "rejected", 
/**
 * Why.
 */
rejection: Rejection, } | { "kind": "trouble", 
/**
 * Which trouble.
 */
code: Trouble, 
/**
 * What exactly, for the person who mends it.
 */
detail: string, 
/**
 * The file.
 */
path: string | null, } | { "kind": "unknown", 
/**
 * What was looked for.
 */
what: string, 
/**
 * Its name.
 */
name: string, } | { "kind": "bad_question", 
/**
 * What is wrong with it.
 */
detail: string, } | { "kind": "internal", 
/**
 * Quoted in the program's own log.
 */
id: string, };

/** Every verb with its question and its answer. */
export type Verbs = {
  status: { question: Nothing; answer: Status };
  live: { question: LiveQuestion; answer: LiveView };
  chart: { question: ChartQuestion; answer: Chart };
  conversations: { question: ConversationQuery; answer: ConversationPage };
  conversation: { question: ConversationQuestion; answer: ConversationView };
  evidence: { question: EvidenceQuestion; answer: EvidencePage };
  event: { question: EventQuestion; answer: EventRow };
  definitions: { question: Nothing; answer: Array<Definition> };
  playhead: { question: PlayheadCommand; answer: PlayheadView };
  import_preview: { question: ImportQuestion; answer: Preview };
  import_start: { question: ImportQuestion; answer: Job };
  import_jobs: { question: Nothing; answer: Array<Job> };
  import_cancel: { question: JobQuestion; answer: Job };
  imports: { question: Nothing; answer: Array<ImportRow> };
  import_notes: { question: NotesQuestion; answer: NotesPage };
  mappings: { question: Nothing; answer: Array<MappingRow> };
  mapping_save: { question: MappingSave; answer: MappingSaved };
  verification: { question: Nothing; answer: Verification };
  verify: { question: Nothing; answer: Verification };
  ask: { question: Intent; answer: Receipt };
  forget: { question: ForgetQuestion; answer: Erasure };
};
