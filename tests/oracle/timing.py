"""Time PasteDeploy: parse a file, and resolve its app `main`, in milliseconds.

    python timing.py FILE ROUNDS

Prints the medians of ROUNDS as JSON.
"""

import json
import statistics
import sys
import time

from paste.deploy import loadwsgi


def parse(path):
    loadwsgi.ConfigLoader(path)


def resolve(path):
    loadwsgi.loadcontext(loadwsgi.APP, "config:" + path)


def median(job, path, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        job(path)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main():
    path, rounds = sys.argv[1], int(sys.argv[2])
    parsed, resolved = median(parse, path, rounds), median(resolve, path, rounds)
    print(json.dumps({"parse": parsed, "resolve": resolved}))


if __name__ == "__main__":
    main()
