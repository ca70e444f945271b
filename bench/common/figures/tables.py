"""Tables in Markdown."""


def markdown(header, rows, others="---:"):
    """The first column is text; the others are figures, which stand to the right, or `others`."""
    lines = [header, ["---"] + [others] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
                     for cells in lines) + "\n"
