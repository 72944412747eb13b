"""The page of a design: what no choice is better than in everything, for whom each is harder, and its deals."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.report.design import said, tables_of
from sim.report.figures.design import front_picture, terms_picture
from sim.report.page.contents import (
    MOST_BYTES,
    MOST_TITLE,
    PIXELS_TO_THE_INCH,
    PageError,
    Shown,
    Table,
    template,
)
from sim.report.words import FOOTER

MOST_EXAMPLES = 3


def design_page(content: Mapping[str, Any], folder: Path) -> str:
    """A design as one self-contained HTML document.

    Parameters
    ----------
    content : mapping
        As `ceasefire design --json` prints it.
    folder : Path
        Where its deals lie.

    Raises
    ------
    PageError
        If it would be larger than 3 MB.
    """
    drawn = [front_picture(content), terms_picture(content)] if content["front"] else []
    text = template("design.html.j2").render(
        name=content["scenario"], first=content["first"], answer=list(said(content)), footer=FOOTER,
        pictures=[Shown(picture, picture.alt) for picture in drawn],
        tables=[Table(*one) for one in tables_of(content)],
        commands=commands(content, folder), pixels=PIXELS_TO_THE_INCH, most_title=MOST_TITLE,
    )  # fmt: skip
    if (size := len(text.encode())) > MOST_BYTES:
        raise PageError(f"the page would have {size / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f} are allowed")
    return text + "\n"


def commands(content: Mapping[str, Any], folder: Path) -> list[str]:
    """What runs the search again, and what opens its deals, the first of them by number."""
    given = {"--points": "asked_points", "-n": "n", "--again": "again", "--robust": "robust", "--seed": "seed"}
    options = [word for option, key in given.items() for word in (option, str(content[key]))]
    deals = [str(folder / "deals" / f"{point['point']}.yaml") for point in content["front"][:MOST_EXAMPLES]]
    lines = [["design", content["scenario"], *options], *(["explore", deal] for deal in deals), ["report", str(folder)]]
    return [shlex.join(["ceasefire", *line]) for line in lines]
