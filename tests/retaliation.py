"""The worked example of the guide: a party that retaliates in kind."""

from typing import Any

from sim import Behaviour, View


class RetaliatesInKind(Behaviour):
    """Each time the other side is late or refuses, this party is late more often; each time it keeps time, less often.

    Parameters
    ----------
    party : str
        Key of the party.
    step : float
        Added to, or taken from, each chance of being late, which stays between its own value and 1.
    """

    def __init__(self, party: str, step: float = 0.1):
        self.party = party
        self.step = step

    def begin(self, view: View) -> None:
        """Remember how patient this party is at first."""
        self.calm = {path: view[path] for path in view.paths(f"parties.{self.party}.", ".late")}

    def on_event(self, view: View, event: dict[str, Any]) -> None:
        """Answer what the other side does."""
        if event.get("party") in (None, self.party):
            return
        if event["event"] in ("ObligationLate", "ObligationRefused"):
            self._move(view, +self.step)
        elif event["event"] == "ObligationMet":
            self._move(view, -self.step)

    def _move(self, view: View, step: float) -> None:
        for path, calm in self.calm.items():
            view[path] = min(1.0, max(calm, view[path] + step))
