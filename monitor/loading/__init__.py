"""How a configuration file becomes values: text -> tree -> values, with every mistake told at once.

The rules of this package:

- `monitor.loading.composing` alone knows YAML. It reads text into nodes that remember their lines, by the core schema of
  YAML 1.2 and nothing more, and it trusts the text with neither time nor memory.
- `monitor.loading.border` alone knows pydantic. It fills the frozen dataclasses of ``checks`` and `monitor.settings`,
  which know nothing of it, and it generates the JSON Schema from the same fields.
- `monitor.loading.wording` turns what pydantic says into sentences with a cure. What a file holds is never repeated there
  where it may be a secret.
- `monitor.loading.gaps` takes away what is wrong, so that what else is wrong can be seen in the same run.
- A mistake is a `Problem`, never an exception, until all files have been read.
"""
