-- Evidence: an RFC 6962 tree over the facts, kept as tiles, with signed checkpoints. Personal texts are sealed.

CREATE TABLE identity (                               -- one row: which log this is, and whose signature its checkpoints bear
  one      INTEGER PRIMARY KEY CHECK (one = 0),
  origin   TEXT NOT NULL,                             -- C2SP tlog-checkpoint origin: retrace/<32 hexadecimal digits>
  verifier TEXT NOT NULL                              -- C2SP signed-note verifier key: name+id+base64
) STRICT;

CREATE TABLE tile (                                   -- C2SP tlog-tiles, height 8: hashes laid end to end
  level  INTEGER NOT NULL,                            -- 0: leaf hashes; n: roots of full tiles of level n - 1
  number INTEGER NOT NULL,
  hashes BLOB    NOT NULL CHECK (length(hashes) % 32 = 0 AND length(hashes) BETWEEN 32 AND 8192),
  PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (                             -- C2SP tlog-checkpoint, as a signed note
  size    INTEGER PRIMARY KEY,                        -- facts it covers
  made_us INTEGER NOT NULL,
  note    TEXT    NOT NULL
) STRICT;

CREATE TABLE sealed (                                 -- personal texts: XChaCha20-Poly1305 under their subject's key
  position INTEGER PRIMARY KEY REFERENCES event (position),
  subject  TEXT NOT NULL,                             -- a pseudonym; '' when it is not known whose they are
  bytes    BLOB NOT NULL                              -- nonce (24), ciphertext, tag (16)
) STRICT;

CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;

CREATE TRIGGER checkpoint_is_never_deleted BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never deleted'); END;

CREATE TRIGGER sealed_is_never_changed BEFORE UPDATE ON sealed
BEGIN SELECT RAISE(ABORT, 'a sealed text is never changed'); END;

CREATE TRIGGER sealed_is_never_deleted BEFORE DELETE ON sealed
BEGIN SELECT RAISE(ABORT, 'a sealed text is never deleted'); END;
