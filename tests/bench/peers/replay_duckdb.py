"""The queues' counts with DuckDB over JSONL, typed columns. usage: replay_duckdb.py log.jsonl threads

A leg begins with each entry into a queue or with a transfer to a person. The facts of a leg are taken to stand in
the usual order; where a log breaks it, the answer differs from the fold's and the comparison says so.
"""
import sys

import duckdb

from figures import Watch

watch = Watch()
connection = duckdb.connect(config={"threads": int(sys.argv[2])})
connection.execute(
    """CREATE TEMP TABLE event AS
       SELECT streamid, streamversion::BIGINT AS version, type[26:] AS kind, epoch_us("time"::TIMESTAMP) AS at_us,
              data.queue AS queue, data.reason AS reason, data.to_agent AS to_agent,
              starts_with(type, 'dev.retrace.conversation.') AS counts
       FROM read_json(?, format = 'newline_delimited',
                      columns = {streamid: 'VARCHAR', streamversion: 'VARCHAR', type: 'VARCHAR', time: 'VARCHAR',
                                 data: 'STRUCT(queue VARCHAR, reason VARCHAR, to_agent VARCHAR)'})""",
    [sys.argv[1]],
)
n = connection.execute("SELECT count(*) FROM event").fetchone()[0]
rows = connection.execute(
    """WITH placed AS (
         SELECT *, sum(CASE WHEN kind = 'enqueued' OR (kind = 'transferred' AND to_agent IS NOT NULL) THEN 1 ELSE 0 END)
                     OVER (PARTITION BY streamid ORDER BY version) AS leg
         FROM event WHERE counts),
       leg AS (
         SELECT streamid, leg,
                any_value(queue) FILTER (kind = 'enqueued') AS queue,
                min(at_us) FILTER (kind = 'enqueued') AS enqueued,
                min(at_us) FILTER (kind = 'assigned') AS assigned,
                max(at_us) FILTER (kind = 'dequeued') AS dequeued,
                arg_max(reason, version) FILTER (kind = 'dequeued') AS reason,
                max(at_us) FILTER (kind = 'abandoned') AS abandoned,
                max(at_us) FILTER (kind = 'ended') AS ended,
                min(at_us) FILTER (kind = 'transferred' AND to_agent IS NULL) AS transferred
         FROM placed
         WHERE streamid NOT IN (SELECT streamid FROM event WHERE counts AND kind = 'voided')
         GROUP BY streamid, leg HAVING leg > 0),
       fate AS (
         SELECT *, CASE WHEN abandoned IS NOT NULL THEN 'abandoned'
                        WHEN assigned IS NOT NULL THEN 'answered'
                        WHEN reason IS NOT NULL THEN reason
                        WHEN transferred IS NOT NULL THEN 'flowed_out'
                        WHEN ended IS NOT NULL THEN 'abandoned' END AS outcome,
                greatest(0, coalesce(dequeued, abandoned, assigned, transferred, ended) - enqueued) AS waited
         FROM leg)
       SELECT coalesce(queue, ''), count(*) FILTER (outcome <> 'callback_requested'),
              count(*) FILTER (outcome = 'answered'), count(*) FILTER (outcome = 'abandoned'),
              count(*) FILTER (outcome = 'answered' AND coalesce(waited, 0) <= 20000000),
              coalesce(sum(waited) FILTER (outcome = 'answered'), 0)
       FROM fate WHERE outcome IS NOT NULL GROUP BY 1"""
).fetchall()
names = ("offered", "answered", "abandoned", "within", "wait_us")
watch.say(n, {row[0]: dict(zip(names, map(int, row[1:]))) for row in rows})
