"""Faults that can be switched on while a simulator runs."""

import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Switch:
    """One fault that is on. `times` None: until switched off. `step` and `to` narrow it to some requests."""

    value: float | None = None
    times: int | None = None
    step: str | None = None
    to: str | None = None

    def fits(self, step: str | None, to: str | None) -> bool:
        if self.step and self.step != step:
            return False
        return not self.to or (to or "").endswith(self.to)


class Switchboard:
    """The switches of one server. `known`: the words of each and, where it takes a value, the default."""

    def __init__(self, known: dict[str, tuple[str, float | None]], steps: tuple[str, ...] = ()) -> None:
        self.known, self.steps = known, steps
        self._on: dict[str, Switch] = {}
        self._lock = threading.Lock()

    def change(self, wanted: dict[str, Any]) -> None:
        """Turn switches on and off; raises ValueError and changes nothing when one cannot be read.

        A switch is `true` (always), a number, an object of `value`, `times`, `step`, `to`, or `false` (off).
        A bare number is the value of a switch that takes one (slow: seconds), else the number of times.
        {"all": false} turns everything off.
        """
        if "all" in wanted:
            wanted = dict.fromkeys(self.known, False) | {k: v for k, v in wanted.items() if k != "all"}
        read = {name: self._read(name, setting) for name, setting in wanted.items()}
        with self._lock:
            for name, switch in read.items():
                self._on.pop(name, None)
                if switch:
                    self._on[name] = switch

    def take(self, name: str, step: str | None = None, to: str | None = None) -> Switch | None:
        """The switch when it is on for this request; one of its times is used up by asking."""
        with self._lock:
            switch = self._on.get(name)
            if switch is None or not switch.fits(step, to):
                return None
            if switch.times is not None:
                switch.times -= 1
                if switch.times <= 0:
                    del self._on[name]
            return switch

    def current(self) -> dict[str, dict[str, Any]]:
        """What is on now, as plain data."""
        with self._lock:
            return {
                name: {k: v for k, v in asdict(s).items() if v is not None} for name, s in self._on.items()
            }

    def _read(self, name: str, setting: Any) -> Switch | None:
        if name not in self.known:
            raise ValueError(f"no switch is called {name!r}; there are: {', '.join(self.known)}")
        default = self.known[name][1]
        if setting in (None, False):
            return None
        if setting is True:
            return Switch(value=default)
        if isinstance(setting, int | float):
            return Switch(value=setting) if default is not None else Switch(times=int(setting))
        if not isinstance(setting, dict) or set(setting) - {"value", "times", "step", "to"}:
            raise ValueError(f"{name}: give true, false, a number, or value, times, step, to")
        if setting.get("step") and setting["step"] not in self.steps:
            raise ValueError(f"{name}: a step is one of {', '.join(self.steps) or 'none here'}")
        times = int(setting["times"]) if setting.get("times") not in (None, "") else None
        if times is not None and times < 1:
            return None
        value = setting.get("value") if setting.get("value") not in (None, "") else default
        return Switch(
            value=float(value) if value is not None else None,
            times=times,
            step=setting.get("step") or None,
            to=setting.get("to") or None,
        )
