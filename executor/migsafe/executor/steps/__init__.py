"""Doing one step: look, act, look again."""

from migsafe.executor.steps.lone import run_lone
from migsafe.executor.steps.transaction import run_transaction
from migsafe.executor.steps.worker import Task, Worker

__all__ = ["Task", "Worker", "run_lone", "run_transaction"]
