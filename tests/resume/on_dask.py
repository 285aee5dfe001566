"""``python -m tests.resume.on_dask PROGRAM STORE``: a sweep on a local Dask cluster, of which one worker is killed."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from distributed import Client, LocalCluster

import tp


def kill_one(cluster: LocalCluster, store: Path, killed: list[int]) -> None:
    """Wait for the first results, then kill a worker."""
    with Client(cluster, set_as_default=False) as client:
        pids = list(client.run(os.getpid).values())
    while len(list(store.rglob("*.cell"))) < 4:
        time.sleep(0.01)
    os.kill(pids[0], signal.SIGKILL)
    killed.append(pids[0])


def main(program: str, store: Path) -> None:
    model = tp.load(program)
    killed: list[int] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        thread = threading.Thread(target=kill_one, args=(cluster, store, killed))
        thread.start()
        shared = model.correlations(
            [8, 16], seeds=64 * 40, quantities=["kernel"], store=store, workers=cluster.scheduler_address
        )
        thread.join()
    alone = model.correlations([8, 16], seeds=64 * 40, quantities=["kernel"], store=False)
    print(
        json.dumps({"killed": killed, "same": shared.quantities == alone.quantities, "cells": shared.provenance.cells})
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
