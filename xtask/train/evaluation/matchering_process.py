"""Runs Matchering on a list of jobs in a process and an environment of its own.

Standard input: JSON, a list of {"input", "reference", "output", "rate_hz"}. Nothing else here imports Matchering.
"""

import json
import sys

import matchering as mg

for number, job in enumerate(json.load(sys.stdin)):
    try:
        mg.process(
            target=job["input"],
            reference=job["reference"],
            results=[mg.Result(job["output"], subtype="FLOAT")],
            config=mg.Config(internal_sample_rate=job["rate_hz"]),
        )
    except Exception as error:  # the caller counts what is missing
        print(f"{job['input']}: {error}", file=sys.stderr)
    if number % 10 == 9:
        print(f"Matchering: {number + 1} done", flush=True)
