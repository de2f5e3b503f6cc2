"""What ``earwitness scan`` does once its options are understood."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from earwitness.cli.exit_codes import ExitCode, code_for, gravest
from earwitness.cli.scan_outputs import ScanOutputs
from earwitness.cli.scan_page import PageFacts
from earwitness.cli.scan_plan import Plan
from earwitness.cli.scan_progress import pick_progress
from earwitness.cli.scan_run import Pool, ScanRun, ScanState
from earwitness.cli.scan_store import LineFacts, ResultStore
from earwitness.cli.scan_summary import print_summary
from earwitness.cli.scan_walk import Candidate, WalkOptions, walk
from earwitness.cli.signals import terminate_like_interrupt
from earwitness.cli.stdout import put
from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.examine_task import examine_task, load_models
from earwitness.report import ModelInfo
from earwitness.workers import WorkerPool, cpu_count

__all__ = ["ScanCommand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanCommand:
    """The options of ``earwitness scan``; see ``cli/scan.py`` for what they mean."""

    paths: tuple[str, ...]
    output: str | None = None
    csv: Path | None = None
    html: Path | None = None
    jobs: int | None = None
    prior: float = 0.5
    max_seconds: float | None = None
    timeout_s: float | None = None
    restart: bool = False
    retry_errors: bool = False
    sort: bool = False
    all_files: bool = False
    hidden: bool = False
    follow_links: bool = False
    quiet: bool = False

    def run(self, outcomes: frozenset[str]) -> ExitCode:
        """Scan, write the outputs, print the summary. outcomes: those that make the code other than 0."""
        self._check_paths()
        jobs = self.jobs or cpu_count()
        with contextlib.ExitStack() as stack:
            stack.enter_context(terminate_like_interrupt())
            pool: Pool = stack.enter_context(WorkerPool(jobs, examine_task, load_models))
            results = self._results_path(stack)
            models = pool.wait_ready()
            store = ResultStore(
                results, self._settings(models), restart=self.restart, retry_errors=self.retry_errors
            )
            stack.callback(store.close)
            options = WalkOptions(self.hidden, self.follow_links, self.all_files)
            state = self._scan(pool, store, options, jobs)
            store.finish(by_name=self.sort)
            self._outputs.write(store, self._facts(store, models, options))
            if not self.quiet:
                file = sys.stderr if self._outputs.stdout_taken else sys.stdout
                print_summary(store.index, state, options.skipped, file, listing=self.output is None)
            counts = store.index.counts()
        return gravest(code_for(verdict or "error", outcomes) for verdict in counts)

    def _scan(self, pool: Pool, store: ResultStore, options: WalkOptions, jobs: int) -> ScanState:
        with Plan(walk(self.paths, options)) as plan, pick_progress(quiet=self.quiet) as progress:
            run = ScanRun(
                plan,
                pool,
                store,
                jobs=jobs,
                prior=self.prior,
                max_seconds=self.max_seconds,
                timeout_s=self.timeout_s,
                on_result=self._stream,
                on_progress=progress.update,
            )
            try:
                run.run()
            except KeyboardInterrupt:
                if self.output not in (None, "-"):
                    kept = (
                        f"{run.state.done} results are in {self.output}; the same command goes on from there."
                    )
                    print(f"earwitness: {kept}", file=sys.stderr)
                raise
        return run.state

    def _stream(self, candidate: Candidate, line: str, facts: LineFacts) -> None:  # noqa: ARG002
        if self.output == "-":
            put(line + "\n")

    def _settings(self, models: tuple[ModelInfo, ...]) -> dict[str, object]:
        """What must be the same for results to stand in one file."""
        return {
            "models": [model.model_dump(mode="json") for model in models],
            "prior": self.prior,
            "max_seconds": self.max_seconds,
        }

    def _results_path(self, stack: contextlib.ExitStack) -> Path:
        if self.output not in (None, "-"):
            return Path(self.output)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="earwitness-scan-"))
        return Path(folder) / "results.jsonl"

    def _check_paths(self) -> None:
        """Complain now about what would fail after hours."""
        for path in self.paths:
            if "://" in path:
                raise UsageError(
                    "URLs are not fetched.", subject=path, hint="Download the files and give their folder."
                )
            if not Path(path).exists() and not Path(path).is_symlink():
                raise SourceNotFoundError("no such folder or file.", subject=path, hint="Check the path.")
        self._outputs.check(self.paths)

    @property
    def _outputs(self) -> ScanOutputs:
        return ScanOutputs(output=self.output, csv=self.csv, html=self.html)

    def _facts(self, store: ResultStore, models: tuple[ModelInfo, ...], options: WalkOptions) -> PageFacts:
        return PageFacts(
            sources=self.paths,
            counts=store.index.counts(),
            audio_s=store.index.total_duration_s(),
            skipped=options.skipped,
            prior=self.prior,
            models=[f"{model.name} {model.version}" for model in models],
            made=datetime.now().astimezone(),
        )
