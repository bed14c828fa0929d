"""How far the estimate of spoken time is off, against synthesised speech.

Run: python benchmarks/spoken_time.py, where offhook's extra audio is installed
"""

from __future__ import annotations

import re
import statistics

from hibari import SAMPLE_RATE, Hibari

from ivr.call.prompts import spelled
from ivr.config import load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.proof.lengths import SAMPLE_OPENING
from ivr.spoken import seconds
from ivr.wording import SHIPPED_PROMPTS

NUMBER = re.compile(r"\d{3}(-\d{3,4})*")
"""A phone number, to be said digit by digit: the voice would read 952 as a number."""


def main() -> None:
    """Synthesise every line of the English prompts and print estimate over measurement."""
    line = load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS)
    prompts = line.prompts["en"]
    voice = Hibari()
    estimated, measured = [], []
    for name in prompts.texts:
        opening = SAMPLE_OPENING if name.startswith("opens.") else None
        for text in spelled(prompts.parts(name, line.directory, opening)).splitlines():
            apart = NUMBER.sub(lambda found: " ".join(found[0].replace("-", "")), text)
            estimated.append(seconds(apart))
            measured.append(len(voice(apart, seed=0)) / SAMPLE_RATE)
    ratios = [guess / real for guess, real in zip(estimated, measured, strict=True)]
    low, high = statistics.quantiles(ratios, n=20)[0], statistics.quantiles(ratios, n=20)[-1]
    print(f"{len(ratios)} lines, {sum(measured):.0f} s of speech")
    print(f"estimate / measured: total {sum(estimated) / sum(measured):.2f}, ", end="")
    print(f"median {statistics.median(ratios):.2f}, 5-95 % of lines {low:.2f}-{high:.2f}")


if __name__ == "__main__":
    main()
