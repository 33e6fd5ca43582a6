"""Handouts for the teacher: lesson texts and answer key, as Markdown and as a page to print."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from core.content import quiz
from core.content.numbers import number_text
from core.content.quiz import Item
from core.content.words import Words, language_tag

INLINE = (
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*([^*]+)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)"), r'<a href="\2">\1</a>'),
)
THEN = " → "
HEADING = re.compile(r"(#{1,4}) (.+)")
BULLET, NUMBER = re.compile(r"- (.+)"), re.compile(r"\d+\. (.+)")
RULE = re.compile(r"\|[\s:|-]+\|")
STYLE = (
    "body{font:11pt/1.45 'Noto Sans','Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:44em;margin:1.5em auto;"
    "padding:0 1em;color:#0f161e;overflow-wrap:break-word}h1{font-size:1.5em}h2{font-size:1.25em}h3{font-size:1.1em}"
    "h2~h2{break-before:page}h2,h3{break-after:avoid}"  # a worksheet has its own sheet, without the answers before it
    "table{border-collapse:collapse;width:100%;break-inside:avoid}"
    "th,td{border:1px solid #5b6470;padding:.3em .5em;text-align:left;height:1.5em}"
    "@page{size:A4;margin:16mm}@media print{body{margin:0;max-width:none;padding:0}}"
)


def answer_key(say: Words, page: str, items: Sequence[Item]) -> str:
    """The questions of a page with their right answers and the feedback on wrong ones, as Markdown."""
    return "\n\n".join(f"{number}. {_solved(say, page, item)}" for number, item in enumerate(items, 1))


def to_html(title: str, markdown: str, language: str) -> str:
    """A self-contained page to print. Supports only the Markdown that our own texts use."""
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
    )
    body = "\n".join(_blocks(markdown.splitlines()))
    tag = language_tag(language)
    document = f'<!doctype html>\n<html lang="{tag}">\n<head>{head}<style>{STYLE}</style></head>'
    return f"{document}\n<body>\n{body}\n</body></html>\n"


def _solved(say: Words, page: str, item: Item) -> str:
    def text_of(text: quiz.Text) -> str:
        return quiz.say(text, say.language, page)

    lines = [f"**{text_of(item.question)}**", say("teach.key.answer", answer=_answer(say, item))]
    wrong = [c for c in item.choices if c.feedback]
    lines += [say("teach.key.wrong", choice=text_of(c.text), reply=text_of(c.feedback)) for c in wrong]
    return "\n".join([lines[0], *(f"    - {line}" for line in [*lines[1:], text_of(item.explanation)])])


def _answer(say: Words, item: Item) -> str:
    """The right answer in words."""
    if item.kind == "estimate":
        low, high = (number_text(value, language=say.language) for value in (item.low, item.high))
        return say("teach.key.estimate", answer=quiz.with_unit(item, item.answer, say.language), low=low, high=high)
    right = [quiz.say(c.text, say.language, item.page) for c in item.choices if c.right or item.kind == "order"]
    return (THEN if item.kind == "order" else say("topic.runs_separator")).join(right)


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    for kind, group in groupby(lines, _kind):
        part = list(group)
        if kind == "table":
            yield _table(part)
        elif kind == "list":
            yield _list(part)
        elif kind == "heading":
            yield from (_heading(line) for line in part)
        elif kind == "text":
            yield f"<p>{'<br>'.join(_inline(line) for line in part)}</p>"


def _kind(line: str) -> str:
    if not (text := line.strip()):
        return ""
    if text.startswith("|"):
        return "table"
    if HEADING.match(text):
        return "heading"
    return "list" if BULLET.match(text) or NUMBER.match(text) else "text"


def _heading(line: str) -> str:
    found = HEADING.match(line)
    assert found
    return f"<h{len(found[1])}>{_inline(found[2])}</h{len(found[1])}>"


def _list(lines: Sequence[str]) -> str:
    """A list; indented lines form a nested list in the item above."""
    parts, is_ordered = list[str](), NUMBER.match(lines[0]) is not None
    start = f' start="{lines[0].split(".")[0]}"' if is_ordered else ""
    for is_inner, group in groupby(lines, lambda line: line.startswith("  ")):
        if is_inner:
            parts.append(f"<ul>{''.join(f'<li>{_inline(_item(line))}</li>' for line in group)}</ul>")
        else:
            parts += [f"<li>{_inline(_item(line))}" for line in group]
    return f"<ol{start}>{''.join(parts)}</ol>" if is_ordered else f"<ul>{''.join(parts)}</ul>"


def _item(line: str) -> str:
    found = BULLET.match(line.strip()) or NUMBER.match(line.strip())
    assert found
    return found[1]


def _table(lines: Sequence[str]) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if not RULE.fullmatch(line)]
    tags = ["th", *["td"] * (len(rows) - 1)]
    return (
        "<table>"
        + "".join(
            f"<tr>{''.join(f'<{tag}>{_inline(cell)}</{tag}>' for cell in row)}</tr>"
            for tag, row in zip(tags, rows, strict=True)
        )
        + "</table>"
    )


def _inline(text: str) -> str:
    safe = html.escape(text, quote=False)
    for mark, written in INLINE:
        safe = mark.sub(written, safe)
    return safe
