-- The log of record. Rows are only ever added; the triggers are a guard rail against mistakes, not evidence.
-- `event` holds facets without personal data; `personal` holds the texts, reached through one door.

CREATE TABLE event (
  position    INTEGER PRIMARY KEY,                    -- 0, 1, 2, … without gaps
  stream      TEXT    NOT NULL,
  version     INTEGER NOT NULL,                       -- 0, 1, 2, … within the stream
  id          BLOB    NOT NULL CHECK (length(id) = 16),
  type        TEXT    NOT NULL,
  schema      INTEGER NOT NULL,
  occurred_us INTEGER NOT NULL,                       -- by the world's clock, µs since 1970
  recorded_us INTEGER NOT NULL,                       -- by ours, never decreasing
  meta        BLOB    NOT NULL,                       -- JSON: source, actor, correlation, causation
  data        BLOB    NOT NULL                        -- JSON facets, byte for byte as written
) STRICT;

CREATE UNIQUE INDEX event_stream   ON event (stream, version);
CREATE UNIQUE INDEX event_id       ON event (id);
CREATE        INDEX event_occurred ON event (occurred_us, position);

CREATE TABLE personal (
  position INTEGER PRIMARY KEY REFERENCES event (position),
  subject  TEXT,                                      -- the customer's pseudonym
  texts    BLOB NOT NULL                              -- JSON: name of text → text
) STRICT;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;

CREATE TRIGGER event_is_only_appended BEFORE INSERT ON event
BEGIN
  SELECT RAISE(ABORT, 'positions have no gaps')
   WHERE NEW.position IS NOT (SELECT coalesce(max(position) + 1, 0) FROM event);
  SELECT RAISE(ABORT, 'versions have no gaps')
   WHERE NEW.version IS NOT (SELECT coalesce(max(version) + 1, 0) FROM event WHERE stream = NEW.stream);
  SELECT RAISE(ABORT, 'recorded time never goes back')
   WHERE NEW.recorded_us < (SELECT recorded_us FROM event ORDER BY position DESC LIMIT 1);
END;

CREATE TRIGGER personal_is_never_changed BEFORE UPDATE ON personal
BEGIN SELECT RAISE(ABORT, 'a personal text is never changed'); END;
