"""The commands of the simulator: `phone`, `scenario` and `load`.

They know nothing of the app beside them: what is called when no target is named
comes in the click context, as an `Own`.
"""

from ivr.simulator.commands.load import load
from ivr.simulator.commands.options import Own
from ivr.simulator.commands.phone import phone
from ivr.simulator.commands.scenario import scenario

__all__ = ["Own", "load", "phone", "scenario"]
