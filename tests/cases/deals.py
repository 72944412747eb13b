"""Three small deals with a baseline and a variant each: arms against troops, lists of people, flows."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "documents" / "small"
ARMS, LISTS, FLOWS = "arms", "lists", "flows"


def write(folder, name):
    """The baseline and the variant of a small deal, as files in a folder whose name has a space."""
    place = folder / "own documents"
    place.mkdir(exist_ok=True)
    for path in FOLDER.glob(f"{name}*.yaml"):
        (place / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return place / f"{name}-base.yaml", place / f"{name}-firm.yaml"
