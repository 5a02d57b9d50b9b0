# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guide as a reader works through it: files to write, commands to type, and what they print.

In a guide, a block of code with a name (C(:caption:), or C(title=) in Markdown) is a file of that
name. A block of C(shell) is typed, line by line; a block of C(text) or C(ansible-output) after it
shows what it prints. A command without such a block prints nothing. There is nothing else.

Of what is printed, a guide may show some lines only. C(...) stands for what differs from run to run, and
so does every number in a line of progress.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SHELL = ("shell", "sh")
PRINTED = ("text", "ansible-output")

#: The first line of a block of code, and what follows it.
_RST = re.compile(r"(?P<indent> *)\.\. code-block:: *(?P<language>\S*)")
_CAPTION = re.compile(r" +:caption: *(?P<name>\S+)")
_MARKDOWN = re.compile(r'```(?P<language>\S*)(?: title="(?P<name>[^"]+)")?')
#: What would be a block that is not seen: a literal block, or a directive that includes one.
_HIDDEN = re.compile(
    r"(?!\s*\.\. ).*::\s*$|\s*\.\. (?:code|parsed-literal|literalinclude|include)::"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PROGRESS = re.compile(r"\[[\w-]+\] .* %:")
_NUMBER = re.compile(r"(?<![\w-])[0-9](?:[0-9,]*[0-9])?(?![\w-])")
#: What would be a command in the middle of a sentence. A module or an option alone is none.
_IN_A_SENTENCE = re.compile(r"`(?:ansible(?:-\w+)*|make|pip|python3?|export|git|bash|sh) [^`]+`")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its first and last line in the guide, its language, its name if it is a file."""

    line: int
    end: int
    language: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """What a reader writes into a file."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """What a reader types, where it stands, and what is shown of what it prints."""

    line: int
    text: str
    shown: str

    @property
    def fails(self) -> bool:
        """Whether the guide shows it failing."""
        return (
            re.search(r"^(?:fatal: |\[ERROR\])|failed=[1-9]", self.shown, re.MULTILINE) is not None
        )


def steps(guide: str) -> list[File | Command]:
    """What a reader of a guide does, in its order. Raises ValueError where a block is none of it."""
    done: list[File | Command] = []
    typed: Block | None = None
    for block in [*_blocks(guide), None]:
        if typed:
            shown = block.text if block and block.language in PRINTED and not block.name else ""
            done.append(Command(typed.line, typed.text, shown))
            typed = None
            if shown:
                continue
        if block is None:
            break
        if block.name:
            done.append(File(block.name, block.text))
        elif block.language in SHELL:
            typed = block
        else:
            raise ValueError(f"line {block.line}: neither a file, nor a command or what it prints")
    return done


def hidden(guide: str, is_markdown: bool = False) -> list[str]:
    """What may be code and is in no block."""
    within = {line for block in _blocks(guide) for line in range(block.line, block.end + 1)}
    return [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(guide.splitlines(), 1)
        if number not in within
        and (
            _HIDDEN.match(line)
            or _IN_A_SENTENCE.search(line)
            or (is_markdown and line.startswith("    "))
        )
    ]


def unlike(shown: str, printed: str) -> str | None:
    """The first line shown that was not printed, after those before it; None where all were."""
    lines = iter(map(_plain, printed.splitlines()))
    for line in map(_plain, shown.splitlines()):
        pattern = re.compile(".*".join(map(re.escape, line.split("..."))))
        if _PROGRESS.match(line):
            pattern = re.compile(_NUMBER.sub(r"[0-9,]+", pattern.pattern))
        if line not in ("", "...") and not any(map(pattern.fullmatch, lines)):
            return line
    return None


def _plain(line: str) -> str:
    """A line without colours, the width of a terminal, and how fast a pass goes."""
    line = _COLOUR.sub("", line)
    if _PROGRESS.match(line):
        line = line.split(";")[0]
    return " ".join(line.split()).rstrip("* ")


def _blocks(guide: str) -> Iterator[Block]:
    lines = guide.splitlines()
    at = 0
    while at < len(lines):
        if start := _RST.fullmatch(lines[at]):
            block, at = _rst_block(lines, at, start)
        elif start := _MARKDOWN.fullmatch(lines[at]):
            end = lines.index("```", at + 1)
            text = "\n".join(lines[at + 1 : end]) + "\n"
            block = Block(at + 1, end + 1, start["language"], start["name"] or "", text)
            at = end + 1
        else:
            at += 1
            continue
        yield block


def _rst_block(lines: list[str], at: int, start: re.Match[str]) -> tuple[Block, int]:
    """The block that begins there, and where the text goes on."""
    end = at + 1
    while end < len(lines) and (not lines[end] or lines[end].startswith(start["indent"] + " ")):
        end += 1
    body = lines[at + 1 : end]
    caption = _CAPTION.fullmatch(body[0]) if body else None
    body = body[1:] if caption else body
    while body and not body[0]:
        del body[0]
    while body and not body[-1]:
        del body[-1]
    width = min((len(line) - len(line.lstrip()) for line in body if line), default=0)
    text = "".join(f"{line[width:]}\n" for line in body)
    name = caption["name"] if caption else ""
    return Block(at + 1, end, start["language"], name, text), end
