"""How she wants to be told: by topic, by SMS or in her chat, and what she can do without."""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, Choice, End, Screen, Step, go
from core.dialogue.turn import Turn
from core.kernel.texts import text
from core.notifications.preferences import ALWAYS, TOPICS, Topic, Way, prefer, preferences_of


@screen("notices.menu", each=(go("notices.way"), "topic"))
async def ask_menu(turn: Turn) -> Screen:
    """Each topic with what she chose."""
    chosen = await preferences_of(turn.uow, member=turn.me.id)
    return Screen(
        text("notices-menu"),
        choices=tuple(Choice(topic, text("notices-topic", topic=topic, way=chosen[topic])) for topic in TOPICS),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Remember the topic."""
    return go("notices.way", topic=chosen)


@screen("notices.way")
async def ask_way(turn: Turn) -> Screen:
    """The ways there are for her; not at all only for what she can do without."""
    topic = topic_of(turn)
    return Screen(
        text("notices-way", topic=topic),
        choices=tuple(Choice(way, text("notices-choose", way=way)) for way in ways(turn, topic)),
    )


@ask_way.answered
async def take_way(turn: Turn, chosen: str) -> Step:
    """From now on so."""
    topic = topic_of(turn)
    way = next(way for way in ways(turn, topic) if way == chosen)
    before = (await preferences_of(turn.uow, member=turn.me.id))[topic]
    await prefer(turn.uow, member=turn.me.id, topic=topic, way=way)
    return End(text("notices-done", topic=topic, way=way), undo=go("notices.as_before", topic=topic, way=before))


@action("notices.as_before", needs=Assurance.MEMBER, why="pin-why-private")
async def as_before(turn: Turn) -> Step:
    """What she had chosen before."""
    topic = topic_of(turn)
    way = next(way for way in ways(turn, topic) if way == turn.values["way"])
    await prefer(turn.uow, member=turn.me.id, topic=topic, way=way)
    return End(text("notices-done", topic=topic, way=way))


def topic_of(turn: Turn) -> Topic:
    """The topic that she is looking at."""
    return next(topic for topic in TOPICS if topic == turn.values["topic"])


def ways(turn: Turn, topic: Topic) -> tuple[Way, ...]:
    """What she can choose from: a chat only when she has linked one."""
    by_chat: tuple[Way, ...] = ("any", "sms", "both") if turn.me.chat is not None else ("any",)
    return by_chat if topic in ALWAYS else (*by_chat, "none")
