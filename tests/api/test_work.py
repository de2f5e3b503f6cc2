"""api/work.py: each task goes to its function, also in a process of its own."""

from __future__ import annotations

import pickle

from fake_checks import fake_check

from earwitness.api.work import Work
from earwitness.examine_task import ExamineTask
from earwitness.mark_tasks import MarkTask, VerifyTask


def check(task: ExamineTask) -> str:
    return f"checked {task.path}"


def mark(task: MarkTask) -> str:
    return f"marked {task.path}"


def verify(task: VerifyTask) -> str:
    return f"verified {task.path}"


def test_each_task_goes_to_its_function() -> None:
    work = Work(check, mark, verify)
    assert work(ExamineTask("a", "a")) == "checked a"
    assert work(MarkTask("a", "b", "a")) == "marked a"
    assert work(VerifyTask("a", "a")) == "verified a"


def test_it_travels_to_a_worker() -> None:
    assert pickle.loads(pickle.dumps(Work(check=fake_check))).check is fake_check


def test_a_text_goes_to_whoever_speaks() -> None:
    from earwitness.generate_tasks import GenerateTask

    def speak(task: GenerateTask) -> str:
        return f"spoke {task.text}"

    assert Work(generate=speak)(GenerateTask("hello", "a.wav", "a.wav", "fake")) == "spoke hello"
