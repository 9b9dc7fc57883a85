"""What a YAML parser's words mean to somebody who writes a file. Nothing of the file is repeated but one character."""

from __future__ import annotations

_CURES = {
    "mapping values are not allowed": "a colon stands where no key can: quote the text, or mend the indentation",
    "did not find expected ',' or": "a bracket that is open needs a comma or its end here",
    "could not find expected ':'": "a key is expected here, with a colon and a space after it",
    "did not find expected key": "this line is not indented like its neighbours, or a quote or bracket above ends too early",
    "did not find expected '-' indicator": "this line stands among list items: give it a dash, or another indentation",
    "did not find expected <document start>": "the document ended above: one file is one document",
    "did not find expected node content": "a value is missing here",
    "invalid Unicode character escape": "an escape in double quotes is no character: use single quotes",
    "unknown escape character": "a backslash in double quotes begins an escape: use single quotes",
}
"""A cure by what libyaml's message contains."""


def syntax_cure(words: str, rest: str) -> str:
    """A sentence for the parser's *words* about a line that goes on with *rest*."""
    if "cannot start any token" in words:
        if rest.startswith("\t"):
            return "not YAML: a tab stands where spaces must: indent with spaces"
        return f"not YAML: a value cannot begin with {rest[:1]}: put it in quotes"
    return f"not YAML: {next((cure for part, cure in _CURES.items() if part in words), words)}"
