"""The conclusions from a run's numbers as sentences, the same on the pages and in a report."""

from __future__ import annotations

from core.content.words import Words
from core.diagnosis.numbers import RunNumbers
from core.diagnosis.shape import GUESSES, guess_key, shape_of
from core.diagnosis.story import SHOWN_BY_LOSS, story
from core.diagnosis.trouble import Trouble, has_faded


def story_sentences(say: Words, numbers: RunNumbers) -> list[str]:
    """How the loss developed, what was reached, and what may be concluded from it."""
    return [say(key, **facts) for key, facts in story(numbers)]


def guess_text(say: Words, guess: str, numbers: RunNumbers, trouble: Trouble | None) -> tuple[str, bool] | None:
    """The guessed curve compared with what happened, and whether they agree; None while that is open."""
    shape = shape_of(numbers)
    chosen = next((each for each in GUESSES if each == guess), None)
    if shape is None or chosen is None:
        return None
    has_collapsed = trouble is not None and trouble.kind == "collapsed" and not has_faded(numbers)
    key, places = guess_key(chosen, shape, has_collapsed)
    if trouble and not has_collapsed and (shape == "stays_flat" or trouble.kind == "oscillating"):
        places = {**places, "because": trouble.cause_key}
    return say(key, **{place: say(words) for place, words in places.items()}), chosen == shape


def trouble_text(say: Words, trouble: Trouble) -> str:
    """What the story does not already say."""
    if trouble.kind not in SHOWN_BY_LOSS:
        return say(trouble.cause_key)
    places = {place: say(key, **facts) for place, (key, facts) in trouble.placeholders().items()}
    return say(trouble.key("text"), **trouble.evidence, **places)
