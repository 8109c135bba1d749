// Written from the Rust types by `UPDATE_EXPECT=1 cargo test -p tests --test bindings`. Never edited.

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
 * When it ended.
 */
ended_at: Moment | null, 
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
 * Its events up to the playhead, in stream order.
 */
trail: Array<EventRow>, };
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
source: string | null, };
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
rows: Array<RowNote>, };
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
 * Which days the Live screen counts.
 */
export type Range = "day" | "all" | "given";
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
halted: Halt | null, };
/**
 * The window's colours.
 */
export type Theme = "light" | "dark";
/**
 * What is wrong with a file or the log, in the words that the window has a sentence for.
 */
export type Trouble = "file_missing" | "file_forbidden" | "file_is_folder" | "file_empty" | "format_unknown" | "header_incomplete" | "header_duplicate" | "gzip_truncated" | "gzip_damaged" | "file_unreadable" | "nothing_understood" | "disk_full" | "log_read_only" | "log_in_use" | "log_newer" | "log_foreign" | "log_damaged" | "log_forked" | "checkpoint_foreign" | "log_folder" | "log_storage";
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
  import_start: { question: ImportQuestion; answer: Job };
  import_jobs: { question: Nothing; answer: Array<Job> };
  import_cancel: { question: JobQuestion; answer: Job };
  imports: { question: Nothing; answer: Array<ImportRow> };
  import_notes: { question: NotesQuestion; answer: NotesPage };
  ask: { question: Intent; answer: Receipt };
};
