"""Workers: processes of this machine, a Dask cluster, or any other ``concurrent.futures.Executor``."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from types import ModuleType
from typing import Any, TypeVar

from tp.diagnostics.diagnostic import Diagnostic, Severity, error
from tp.machine import processors
from tp.store.store import Warn

PATIENCE = 5
"""How often workers may be lost in a row, without a task done in between."""
LOST: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)
Answer = TypeVar("Answer")
Task = tuple[Any, ...]
"""A function that can be pickled, and its arguments."""


@dataclass(slots=True)
class Team:
    """An ``executor``, what its tasks raise when workers are ``lost``, and how to ``renew`` it, if that is possible."""

    executor: Executor
    renew: Callable[[], Executor] | None = None
    lost: tuple[type[BaseException], ...] = LOST
    elsewhere: bool = True
    """Whether workers may have another platform or other versions than this process."""
    busy: bool = False
    """Whether tasks whose results were dropped may still be running."""

    def ask(self, function: Callable[[], Answer]) -> Answer:
        """The result of ``function`` in a worker. Raises TpError TP716 where no worker answers."""
        try:
            return self._submit((function,)).result()
        except self.lost as problem:
            raise error("TP716", f"the workers do not answer: {problem}") from problem

    def results(self, tasks: Sequence[Task], warn: Warn) -> Generator[tuple[int, Any]]:
        """The number and the result of every task, as they come. Closing the iterator drops tasks not begun.

        A task whose worker is lost is done again. Raises TpError TP716 where workers keep being lost, and whatever a
        task raises.
        """
        waiting = {self._submit(task): i for i, task in enumerate(tasks)}
        failures = 0
        try:
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                lost: dict[int, BaseException] = {}
                while done:
                    future = done.pop()
                    number = waiting.pop(future)
                    try:
                        result = future.result()
                    except self.lost as problem:
                        lost[number] = problem
                        if isinstance(problem, BrokenExecutor):  # then all its tasks end now
                            done |= wait(waiting).done
                    else:
                        failures = 0
                        yield number, result
                if lost:
                    failures += 1
                    self._complain(failures, next(iter(lost.values())), warn)
                    waiting |= {self._submit(tasks[i]): i for i in sorted(lost)}
        finally:
            for future in waiting:
                future.cancel()
            self.busy = self.busy or bool(waiting)

    def _submit(self, task: Task) -> Future[Any]:
        try:
            return self.executor.submit(*task)
        except BrokenExecutor:
            self.executor.shutdown(wait=False)
            # Without a way to new workers, a thread of this process does the rest.
            self.executor = ThreadPoolExecutor(1) if self.renew is None else self.renew()
            return self.executor.submit(*task)

    def _complain(self, failures: int, reason: BaseException, warn: Warn) -> None:
        said = str(reason).split("\n")[0] or type(reason).__name__
        if failures > PATIENCE:
            raise error("TP716", f"workers keep being lost: {said}", hint="what was drawn is stored; try fewer --jobs")
        message = f"a worker was lost, and its work is done again: {said}"
        warn(Diagnostic("TP717", message, severity=Severity.WARNING))


@contextmanager
def assembled(workers: int | str | Executor | Team) -> Generator[Team | None]:
    """The team that ``workers`` stands for: a number of processes, a scheduler's address, an executor.

    None for 1: this process draws itself. Workers that are started here end with the context. Raises TpError TP716.
    """
    if isinstance(workers, Team):
        yield workers
    elif isinstance(workers, Executor):
        yield Team(workers)
    elif isinstance(workers, str):
        with cluster(workers) as team:
            yield team
    elif workers == 1:
        yield None
    else:
        with local(workers) as team:
            yield team


@contextmanager
def local(jobs: int, threads: int | None = None) -> Generator[Team]:
    """``jobs`` processes of this machine, which end with the context.

    Each has an equal part of the processors, or this many ``threads``; results do not depend on it.
    """
    share = threads or max(1, processors() // jobs)
    team = Team(Processes(jobs, share), lambda: Processes(jobs, share), elsewhere=False)
    try:
        yield team
    finally:
        if team.busy and isinstance(team.executor, Processes):
            team.executor.stop()
        else:
            team.executor.shutdown()


class Processes(ProcessPoolExecutor):
    """``jobs`` processes with ``threads`` each, begun when they are first needed.

    loky is not used: it restarts a worker whose memory grows by 300 MB, which draws at large widths do, and the
    compiled programs would be lost; and its workers outlive a main process that is killed.
    """

    def __init__(self, jobs: int, threads: int) -> None:
        # JAX has threads, and a process with threads must not be forked.
        super().__init__(jobs, get_context("spawn"), _begin, (threads,))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with _uninterrupted(), _without_main():
            return super().submit(fn, *args, **kwargs)

    def stop(self) -> None:
        """End the workers at once, in the middle of their tasks."""
        children = list((getattr(self, "_processes", None) or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.terminate()
        for child in children:
            child.join(5)


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Processes begun inside ignore Ctrl-C, which a terminal sends to all processes: the main process ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _without_main() -> Generator[None]:
    """Processes begun inside do not run the user's script again, so that it needs no guard on ``__name__``.

    All that they are sent is imported from other modules.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _begin(threads: int) -> None:
    """The start of a worker: its number of threads, and an end when the main process is gone."""
    os.environ["NPROC"] = str(threads)  # how many threads XLA takes on a CPU
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    """Ends this process when its parent is gone; a worker that waits for a task would not notice."""
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


@contextmanager
def cluster(address: str) -> Generator[Team]:
    """The workers of the Dask scheduler at ``address``, such as tcp://host:8786. Raises TpError TP716."""
    try:
        from distributed import Client
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError as missing:
        raise error(
            "TP716", f"--scheduler needs the package {missing.name}", hint='pip install "tp[cluster]"'
        ) from None
    try:
        client: Any = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as problem:
        message = f"no scheduler answers at {address}: {str(problem).splitlines()[0]}"
        raise error("TP716", message, hint="start one with: dask scheduler") from None
    lost = (*LOST, KilledWorker, CommClosedError)
    try:
        try:
            client.wait_for_workers(1, timeout=30)
        except TimeoutError as problem:
            raise error("TP716", f"the scheduler at {address} has no workers", hint="dask worker ADDRESS") from problem
        yield Team(client.get_executor(pure=False), lost=lost)
    finally:
        client.close()
