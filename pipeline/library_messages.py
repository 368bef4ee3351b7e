"""Messages of libraries that people meet often: of Typer about the command line, of DuckDB about SQL.

They come as English strings, so they are recognised by their patterns; all others stay in English.
"""

from __future__ import annotations

from pipeline.messages import Text, pattern, recognised

USAGE = (
    pattern("No such command {name}. Did you mean {others}?"),
    pattern("No such command {name}."),
    pattern("Missing command."),
    pattern("No such option: {name} (Possible options: {others})"),
    pattern("No such option: {name}"),
    pattern("Missing argument {name}."),
    pattern("Missing option {name}."),
    pattern("Option {name} requires an argument."),
    pattern("Option {name} requires {number} arguments."),
    pattern("Option {name} does not take a value."),
    pattern("Got unexpected extra argument(s) ({names})"),
    pattern("Invalid value for {name}: {message}"),
    pattern("Invalid value: {message}"),
)

VALUES = (
    pattern("Value error, {value} is not one of {values}."),
    pattern("Value error, {value} does not match the formats {formats}."),
    pattern("Value error, {message}"),
    pattern("Input should be a valid integer, unable to parse string as an integer"),
    pattern("Input should be a valid integer"),
    pattern("Input should be a valid number, unable to parse string as a number"),
    pattern("Input should be a valid boolean, unable to interpret input"),
    pattern("Input should be a valid date or datetime, {reason}"),
    pattern("Input should be greater than or equal to {number}"),
    pattern("Input should be greater than {number}"),
    pattern("Input should be less than or equal to {number}"),
    pattern("Input should be {values}"),
    pattern("Input is not a valid path"),
    pattern("Field required"),
    pattern("Extra inputs are not permitted"),
    pattern("String should have at least {number} character"),
    pattern("String should have at most {number} characters"),
    pattern("String should match pattern {pattern}"),
    pattern("Input should be a valid string"),
    pattern("Input should be a valid list"),
    pattern("Input should be a valid dictionary"),
    pattern("List should have at most {number} items after validation, not {given}"),
    pattern("Unable to extract tag using discriminator {name}"),
    pattern("Input tag {tag} found using {name} does not match any of the expected tags: {tags}"),
    pattern("JSON decode error"),
)
"""Why a value of an option, a setting or a request is not allowed, in the words of pydantic."""

SQL = (
    pattern('syntax error at or near "{text}"'),
    pattern("syntax error at end of input"),
    pattern("unterminated string literal"),
    pattern("unterminated quoted identifier"),
    pattern('Referenced column "{name}" not found in FROM clause!\nCandidate bindings: {others}'),
    pattern('Referenced column "{name}" not found in FROM clause!{rest}'),
    pattern('Referenced column "{name}" was not found because the FROM clause is missing'),
    pattern('Referenced table "{name}" not found!\nCandidate tables: {others}'),
    pattern('Table "{table}" does not have a column named "{name}"\n\nCandidate bindings: : {others}'),
    pattern('Table "{table}" does not have a column named "{name}"{rest}'),
    pattern("Table with name {name} does not exist!\nDid you mean {others}?"),
    pattern("Table with name {name} does not exist!"),
    pattern("Scalar Function with name {name} does not exist!\nDid you mean {others}?"),
    pattern('Ambiguous reference to column name "{name}" (use: {others})'),
    pattern('column "{name}" must appear in the GROUP BY clause or must be part of an aggregate function.\n{rest}'),
    pattern("Could not convert string {value} to {type} when casting from source column {name}"),
    pattern("Could not convert string {value} to {type}"),
    pattern("No function matches the given name and argument types {call}.{rest}"),
    pattern("Could not choose a best candidate function for the function call {call}.{rest}"),
    pattern("{what} - file system operations are disabled by configuration"),
    pattern('Cannot access file "{name}"{rest}'),
    pattern('Cannot execute statement of type "{kind}" on database "{name}" which is attached in read-only mode!'),
)
"""What DuckDB finds in SQL that people write."""

SQL_KINDS = (
    pattern("Parser Error: "),
    pattern("Binder Error: "),
    pattern("Catalog Error: "),
    pattern("Conversion Error: "),
    pattern("Permission Error: "),
    pattern("Out of Range Error: "),
    pattern("Invalid Input Error: "),
    pattern("IO Error: "),
)


PDF = (
    pattern("Failed to open file {name} as type pdf."),
    pattern("Failed to open stream"),
    pattern("Failed to load document (PDFium: {reason})."),
    pattern("Failed to load page."),
    pattern("No /Root object! - Is this really a PDF?"),
    pattern("No objects found"),
)
"""Why a PDF library does not open a file or a page."""


def pdf_message(message: str) -> Text:
    """What a PDF library says about a file that it does not open."""
    return recognised(message, PDF)


def usage_message(message: str) -> Text:
    """What Typer says about a command line."""
    return _with_value(recognised(message, USAGE))


def value_message(message: str) -> Text:
    """What pydantic says about a value."""
    return recognised(message, VALUES)


def sql_message(kind: str, message: str) -> tuple[Text, Text]:
    """What DuckDB says about SQL: the kind of the error, and the message."""
    return recognised(kind, SQL_KINDS), recognised(message, SQL)


def _with_value(text: Text) -> Text:
    message = text.arguments.get("message")
    if not isinstance(message, str):
        return text
    return Text(str(text), text.template, {**text.arguments, "message": value_message(message)})
