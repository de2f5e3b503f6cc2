"""What the worker processes do, told by the kind of task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from earwitness.examine_task import Examined, ExamineTask, examine_task
from earwitness.generate_tasks import GenerateTask, generate_task
from earwitness.mark_tasks import MarkTask, VerifyTask, mark_task, verify_task
from earwitness.resolve_task import ResolveTask, resolve_task

__all__ = ["Task", "Work"]

Task = ExamineTask | MarkTask | VerifyTask | ResolveTask | GenerateTask


@dataclass(frozen=True, slots=True)
class Work:
    """Calls the function that a task is for; all importable by name, since workers are processes."""

    check: Callable[[ExamineTask], Examined] = examine_task
    mark: Callable[[MarkTask], str] = mark_task
    verify: Callable[[VerifyTask], str] = verify_task
    resolve: Callable[[ResolveTask], str] = resolve_task
    generate: Callable[[GenerateTask], str] = generate_task

    def __call__(self, task: Task) -> Examined | str:
        """Do it. Raises what the function raises."""
        if isinstance(task, MarkTask):
            return self.mark(task)
        if isinstance(task, VerifyTask):
            return self.verify(task)
        if isinstance(task, ResolveTask):
            return self.resolve(task)
        if isinstance(task, GenerateTask):
            return self.generate(task)
        return self.check(task)
