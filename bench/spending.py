"""What processes spent: processor time and memory."""

import contextlib

import psutil


def processor_seconds(first: int) -> float:
    """Processor time of a process, of its living children, and of those that have ended, in seconds."""
    process = psutil.Process(first)
    ended = process.cpu_times()
    total = ended.user + ended.system + ended.children_user + ended.children_system
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            spent = child.cpu_times()
            total += spent.user + spent.system
    return total


def memory_mib(first: int) -> list[float]:
    """Resident memory of each child of a process (its workers), in MiB."""
    return [child.memory_info().rss / 2**20 for child in psutil.Process(first).children()]
