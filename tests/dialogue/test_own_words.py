"""What a member writes into her chat opens the right screen, filled in as far as a confirmation; nothing ever happens by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.daos.groups import create_group, find_group
from core.dialogue.engine import Conversation
from core.dialogue.phrases import phrases
from core.dialogue.session import load
from core.dialogue.shortcuts import SHORTCUTS
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import DaoId
from core.kernel.secrets import PinHasher, Vault
from core.providers.redis_store import RedisStore
from tests.daos.people import new_intent
from tests.dialogue.conftest import Chat
from tests.dialogue.sentences import UNDERSTOOD, lines
from tests.identity.people import PIN as HER_PIN
from tests.identity.people import People
from tests.screen_plays import saving
from tests.screen_plays.cast import Cast, assemble
from tests.screen_walk import PIN

Sql = Callable[..., Any]
# What a member's chat may leave behind who only looked around: what is unfinished, the account number that she was shown, and
# that her message was answered.
LEFT = {"drafts", "payment_accounts", "answered_turns"}


@pytest.fixture
async def chat(db: Database, hasher: PinHasher, conversation: Conversation) -> Chat:
    """Amina, in Umoja and in Tumaini Women."""
    amina = await People(db, hasher).register(name="Amina")
    async with db.unit() as uow:
        await link_telegram(uow, member=amina.id, telegram_id=7001, chat=7001, name="Amina")
        for name in ("Umoja", "Tumaini Women"):
            await create_group(uow, intent=new_intent(), founder=amina.id, name=name)
    return Chat(conversation)


async def settled(db: Database, store: RedisStore, vault: Vault, *plays: Any, language: str = "en") -> tuple[Cast, Chat]:
    """A group, Umoja, that has lived through these plays, and the chat of Amina, who is in no other."""
    cast = await assemble(db, store, vault, language, "ordinary", 1)
    for play in plays:
        await play(cast)
    await cast.people["amina"].link()
    return cast, Chat(cast.conversation, cast.people["amina"].telegram)


async def counts(sql: Sql) -> dict[str, int]:
    """How many rows each table has."""
    tables = await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return {name: (await sql(f'SELECT count(*) FROM "{name}"'))[0][0] for (name,) in tables if name not in LEFT}


async def test_a_deposit_in_one_sentence_stops_at_its_confirm_screen(chat: Chat, sql: Sql) -> None:
    said = await chat.type("weka 500")

    assert "I understood: Deposit, KES 500" in said
    assert "You get KES 487.50" in said
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(0,)]
    assert "M-PESA request" not in said


async def test_a_contribution_finds_the_group_by_its_name(chat: Chat, sql: Sql) -> None:
    said = await chat.type("changa tumaini 200")

    assert "I understood: Contribute, KES 200, Tumaini Women." in said
    assert "Contribute KES 200 to Tumaini Women" in said
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]


async def test_a_contribution_to_nobody_named_asks_which_group_and_remembers_the_amount(chat: Chat) -> None:
    assert "I understood: Contribute, KES 200.\nTo which group?" in await chat.type("nichangie 200")
    assert chat.reply is not None
    group = chat.reply.screen.choices[1].id

    assert "Contribute KES 200 to Tumaini Women" in await chat.tap(group)


async def test_another_thing_in_a_group_asks_which_group(chat: Chat) -> None:
    assert "I understood: Rules.\nWhich group?\nUmoja\nTumaini Women" in await chat.type("nionyeshe kanuni")
    assert chat.reply is not None

    assert "Umoja: rules, version 1" in await chat.tap(chat.reply.screen.choices[0].id)
    assert "Tumaini Women: rules" in await chat.type("rules of tumaini")


async def test_back_at_the_group_question_forgets_the_amount(chat: Chat) -> None:
    await chat.type("changa 200")
    assert chat.reply is not None
    umoja = chat.reply.screen.choices[0].id
    await chat.tap(umoja)

    while "To which group?" not in (said := await chat.do(Kind.BACK)):
        assert "What amount" in said, "back is one screen at a time"
    assert "What amount do you contribute to Umoja?" in await chat.tap(umoja)


async def test_whoever_names_a_group_that_is_not_hers_is_asked_although_she_has_but_one(
    db: Database, store: RedisStore, vault: Vault
) -> None:
    _, chat = await settled(db, store, vault)

    assert "To which group?\nUmoja" in await chat.type("changa Pendo 200")
    assert "Contribute KES 200 to Umoja" in await chat.type("changa 200")


async def test_whoever_has_no_group_is_shown_the_way_to_one(
    db: Database, hasher: PinHasher, conversation: Conversation
) -> None:
    member = await People(db, hasher).register(name="Amina")
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="Amina")
    chat = Chat(conversation)

    assert "You are in no group yet" in await chat.type("mkopo")
    assert "Start a group" in await chat.tap("groups")


async def test_a_private_screen_still_asks_for_the_pin(chat: Chat) -> None:
    said = await chat.type("salio")

    assert "I understood: Balance." in said
    assert "Enter your 6-digit PIN" in said


async def test_what_answers_a_question_is_its_answer(chat: Chat) -> None:
    await chat.command("groups.menu")
    await chat.tap("create")

    assert "What is the group for?" in await chat.type("Salio"), "a group may be called so"


async def test_a_pin_that_is_asked_for_is_no_sentence(chat: Chat) -> None:
    """Unless it clearly is one: then she wants something else now."""
    await chat.type("salio")

    assert "A PIN has 6 digits" in await chat.type("habari")
    assert "A PIN has 6 digits" in await chat.type("elfu mbili")
    assert "You get KES 487.50" in await chat.type("weka 500")
    assert "I understood: Balance." in await chat.type("salio")
    assert "Your balance" in await chat.type(HER_PIN)


async def test_a_question_for_an_amount_can_be_left_with_another_wish(chat: Chat) -> None:
    await chat.type("weka pesa")

    assert "That is not an amount" in await chat.type("habari")
    assert "I understood: Contribute, KES 200, Umoja." in await chat.type("changa umoja 200")


async def test_what_is_not_understood_changes_nothing(chat: Chat) -> None:
    await chat.command("groups.menu")

    said = await chat.type("habari ya asubuhi")

    assert "I did not understand that. Tap a button, or write one thing, for example: balance, deposit 500" in said
    assert "Umoja" in said
    assert "To which group?" in await chat.type("changa 200"), "it goes on as if nothing had been written"


async def test_two_tasks_open_neither_and_both_are_named(chat: Chat) -> None:
    assert 'That could be "Deposit" or "Withdraw". Write one of them' in await chat.type("withdraw or deposit 500?")
    assert '"Contribute", "Repay a loan" or "Pay my turn"' in await chat.type("lipa 500")
    assert "What would you like to do?" in await chat.type("toa 500")


async def test_in_swahili_it_is_said_in_swahili(chat: Chat, sql: Sql) -> None:
    await sql("UPDATE members SET language = 'sw'")

    assert "Nimeelewa: Weka pesa, Ksh 2,000." in await chat.type("naomba kuweka elfu mbili")
    assert "Sijaelewa. Bonyeza kitufe, au andika jambo moja, kwa mfano: salio, weka 500" in await chat.type("habari")
    assert 'Huenda ni "Toa pesa" au "Changa".' in await chat.type("toa 500")
    assert "Unaweza kuandika" not in await chat.type("usaidizi")


@pytest.mark.parametrize(("language", "said"), [("en", "you can also write what you want"), ("sw", "unaweza pia kuandika")])
async def test_help_says_what_may_be_written_in_a_chat(chat: Chat, sql: Sql, language: str, said: str) -> None:
    await sql("UPDATE members SET language = :language", language=language)

    assert said in await chat.type("msaada")


@pytest.mark.parametrize("typed", ["weka 1000000", "weka milioni moja", "weka 0.50", "weka 99.50", f"weka {'9' * 20}"])
async def test_an_amount_outside_the_limits_is_refused_where_it_is_asked_for(chat: Chat, typed: str) -> None:
    shown = await chat.type(typed)

    assert "I understood: Deposit, KES " in shown
    assert any(why in shown for why in ("largest deposit", "smallest deposit", "whole shillings only"))
    assert "What amount do you want to deposit?" in shown
    assert "You get KES 487.50" in await chat.type("500"), "she goes on with another amount"


@pytest.mark.parametrize("typed", ["weka 0", "weka -500", "weka 2.000", "weka 500 au 600", "weka elfu kumi na mbili"])
async def test_an_amount_with_two_readings_is_asked_for(chat: Chat, typed: str) -> None:
    shown = await chat.type(typed)

    assert "I understood: Deposit. The amount was not clear, so please say it once more." in shown
    assert "What amount do you want to deposit?" in shown


@pytest.mark.parametrize("typed", ["weka elfu mbili", "weka 2,000/-", "deposit KES 2k", "deposit two thousand"])
async def test_an_amount_in_any_usual_writing_is_filled_in(chat: Chat, typed: str) -> None:
    assert "Deposit KES 2,000 to your account\n" in await chat.type(typed)


@pytest.mark.parametrize("typed", ["elfu mbili", "2k", "KES 2k", "2,000/-", "two thousand", "Ksh 2000"])
async def test_the_question_for_an_amount_reads_it_the_same(chat: Chat, typed: str) -> None:
    await chat.type("weka pesa")

    assert "Deposit KES 2,000 to your account\n" in await chat.type(typed)


@pytest.mark.parametrize(
    "typed", ["kama elfu mbili", "2.000", "-500", "elfu kumi na mbili", "500 600", "tano", "- 500", "$500"]
)
async def test_what_is_more_or_less_than_an_amount_is_asked_for_again(chat: Chat, typed: str) -> None:
    await chat.type("weka pesa")

    assert "What amount do you want to deposit?" in await chat.type(typed)


async def test_a_repayment_is_filled_in_behind_the_pin(db: Database, store: RedisStore, vault: Vault, sql: Sql) -> None:
    _, chat = await settled(db, store, vault, saving.a_loan)
    before = await counts(sql)

    asked = await chat.type("naomba kulipa mkopo 500")
    assert "I understood: Repay a loan, KES 500, Umoja." in asked
    assert "PIN" in asked
    assert "Wrong PIN" in await chat.type("135790")
    assert "Repay KES 500 to Umoja" in await chat.type(PIN)
    after = await counts(sql)
    assert {name for name in after if after[name] != before[name]} <= {"login_attempts", "session_audits", "wrong_pin_marks"}


async def test_a_repayment_of_more_than_is_owed_is_refused_where_it_is_asked_for(
    db: Database, store: RedisStore, vault: Vault
) -> None:
    _, chat = await settled(db, store, vault, saving.a_loan)
    await chat.type("repay 900000")

    said = await chat.type(PIN)

    assert "What amount do you repay?" in said
    assert "Repay KES 40" in await chat.type("40")


async def test_a_loan_is_asked_for_up_to_its_months_or_refused_by_its_own_screen(
    db: Database, store: RedisStore, vault: Vault
) -> None:
    cast, chat = await settled(db, store, vault)

    asked = await chat.type("naomba kukopa 2000")
    assert "I understood: Ask for a loan, KES 2,000, Umoja." in asked
    assert "You can borrow at most KES 0 now.\nYou can borrow up to KES 0" in asked

    for name in ("chair", "treasurer", "amina", "bahati"):
        await saving._contribute(cast, cast.people[name], saving.SAVED)
    await saving._fund(cast, cast.people["chair"], cast.people["treasurer"])

    await chat.do(Kind.HOME)
    assert "how many months" in (await chat.type("naomba kukopa 2000")).lower()
    await chat.do(Kind.HOME)
    assert "You can borrow at most" in (refused := await chat.type("nikopeshe 9000000"))
    assert "What amount?" in refused


async def test_whose_turn_it_is_stands_behind_the_pin(db: Database, store: RedisStore, vault: Vault) -> None:
    _, chat = await settled(db, store, vault, saving.a_drawn_merry)

    assert "I understood: Whole order, Umoja." in await chat.type("ni zamu ya nani?")
    assert "whole order" in await chat.type(PIN)


async def test_shares_take_a_number_and_not_an_amount(db: Database, store: RedisStore, vault: Vault) -> None:
    _, chat = await settled(db, store, vault, saving.shares)

    assert "I understood: Buy shares, 2, Umoja." in (said := await chat.type("nataka kununua hisa mbili"))
    assert "Pay KES 200 to Umoja\nfor 2 shares at KES 100" in said
    assert "How many shares" in await chat.type("nunua hisa za 500")


async def test_a_code_finds_the_group_and_joins_nothing(chat: Chat, db: Database, sql: Sql, hasher: PinHasher) -> None:
    otieno = await People(db, hasher).register("+254722000002", name="Otieno")  # type: ignore[arg-type]
    async with db.unit() as uow:
        made = await create_group(uow, intent=new_intent(), founder=otieno.id, name="Harambee Yetu")
        group = await find_group(uow, group=DaoId(made.id))

    said = await chat.type(f"nataka kujiunga {group.code}")

    assert f"I understood: Join a group, {group.code}." in said
    assert "Harambee Yetu" in said
    assert await sql("SELECT count(*) FROM dao_memberships") == [(3,)]
    assert "Join a group, 12345." in (refused := await chat.type("jiunge 12345"))
    assert "code" in refused


async def test_a_receipts_code_is_looked_up(chat: Chat) -> None:
    assert "NO receipt has the code 7K3Q9QFM" in await chat.type("hakiki risiti 7k3q-9qfm")


async def test_an_observer_hears_it_from_the_screen_itself(db: Database, store: RedisStore, vault: Vault, sql: Sql) -> None:
    cast, chat = await settled(db, store, vault)
    await sql("UPDATE dao_memberships SET role = 'observer' WHERE user_id = :user", user=cast.people["amina"].member)

    assert "You observe this group" in await chat.type("changa 200")
    assert "You observe this group" in await chat.type("lipa bima 100")


async def test_what_she_wrote_is_nowhere_kept(chat: Chat, store: RedisStore) -> None:
    await chat.type("weka 500 Wambui")
    stored = await store.peek("telegram:7001")

    assert stored is not None
    assert "wambui" not in stored.lower()
    assert "own_words" not in load(stored).values


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_no_sentence_does_anything(db: Database, store: RedisStore, vault: Vault, sql: Sql, language: str) -> None:
    """Every sentence that is understood, one after another: each opens a screen, or says what it was taken for."""
    _, chat = await settled(db, store, vault, saving.a_loan, saving.shares, language=language)
    before, seen = await counts(sql), set()

    for typed, task, _ in lines(UNDERSTOOD):
        await chat.do(Kind.HOME)
        said = await chat.type(typed)
        assert ("I understood" if language == "en" else "Nimeelewa") in said, f"{typed}: {said}"
        seen.add(task)

    assert phrases().tasks - seen == {"group_chat", "changes"}
    assert len(seen) > len(SHORTCUTS) - 5
    assert await counts(sql) == before
