"""A bank's calls with DuckDB. usage: import_duckdb.py calls.tsv.gz"""
import sys

import duckdb

from figures import Watch, day_of_calls

watch = Watch()
days = duckdb.execute(
    """SELECT date, count(*) AS n,
              count(*) FILTER (outcome = 'AGENT'), sum(q_time) FILTER (outcome = 'AGENT'),
              count(*) FILTER (outcome = 'AGENT' AND q_time <= 20), sum(ser_time) FILTER (outcome = 'AGENT'),
              count(*) FILTER (outcome = 'HANG')
       FROM read_csv(?, delim = '\t', header = true, all_varchar = false,
                     types = {'date': 'VARCHAR', 'q_time': 'BIGINT', 'ser_time': 'BIGINT', 'outcome': 'VARCHAR',
                              'vru_entry': 'VARCHAR', 'vru_exit': 'VARCHAR', 'q_start': 'VARCHAR', 'q_exit': 'VARCHAR',
                              'ser_start': 'VARCHAR', 'ser_exit': 'VARCHAR'})
       GROUP BY date ORDER BY date""",
    [sys.argv[1]],
).fetchall()
rows = sum(day[1] for day in days)
days = {day[0]: [int(number or 0) for number in day[2:]] for day in days}
answer = day_of_calls(*(sum(day[place] for day in days.values()) for place in range(5)))
answer["by_day"] = {date: day_of_calls(*day) for date, day in days.items()}
watch.say(rows, answer)
