### Conversation

confirm = Thibitisha
cancel = Ghairi
key-back = { $key } Rudi
key-home = { $key } Mwanzo
key-more = { $key } Zaidi
and-more = +{ $count } zaidi
and-more-sent = +{ $count } zaidi kwa SMS

home = Mtaa DAO. Ungependa kufanya nini?
home-continue = Endelea ulipoacha
home-balance = Salio
home-deposit = Weka pesa
home-contribute = Changa
home-groups = Vikundi
home-account = Akaunti
help = Weka pesa kwa M-PESA, kisha changia kikundi chako. PIN yako huonyesha salio na kutoa pesa: usimwambie mtu. Unaweza kutumia USSD na Telegram kwa akaunti moja.
    .short = Weka pesa kwa M-PESA, kisha changia kikundi chako. Usimwambie mtu PIN yako. Kwenye Telegram utatumia akaunti hiyo hiyo.

register-language = Karibu Mtaa DAO. Chagua lugha / Choose a language
language-en = English
language-sw = Kiswahili
register-consent = Tunahifadhi jina, nambari ya simu na malipo yako ili kuendesha akaunti. Kikundi huona jina lako. Unakubali?
register-agree = Jisajili: nakubali
register-declined = Hakuna kilichohifadhiwa. Piga tena wakati wowote.
register-name = Jina lako kamili?
register-pin = { $name }, chagua PIN ya nambari 6 (si PIN yako ya M-PESA):
register-pin-again = Weka PIN hiyo hiyo tena:
register-pins-differ = PIN hazifanani. Jaribu tena.
register-done = Karibu, { $name }! Akaunti yako iko tayari. Sasa: weka pesa kwa M-PESA, au jiunge na kikundi kwa msimbo wake.

pin-ask = { $why }
    Weka PIN yako ya nambari 6:
pin-needed = Tafadhali weka PIN yako.
pin-wrong = PIN si sahihi. { $tries ->
        [one] Umebaki na jaribio 1.
       *[other] Umebaki na majaribio { $tries }.
    }
pin-locked = PIN zisizo sahihi zimezidi. Akaunti imefungwa hadi { $until }. Pesa yako iko salama.
pin-disabled = PIN zisizo sahihi zimezidi. Akaunti imefungwa na pesa yako iko salama.
pin-why-private = Hii ni siri yako.
pin-why-balance = Kuona salio lako
pin-why-statement = Kuona malipo yako ya mwisho
pin-why-deposit = Weka { $amount }
pin-why-contribute = Changa { $amount } kwa { $group_name }

deposit-amount = Unataka kuweka kiasi gani? { $low } hadi { $high }, bila senti:
deposit-or-paybill = Au lipa kwa paybill { $paybill }, akaunti { $account }
deposit-confirm = Weka { $amount } kwenye akaunti yako
    Ada { $fee }
    Unapata { $credited }
deposit-cancelled = Umeghairi. Hakuna pesa iliyotoka.
deposit-prompted = Utapata ombi la M-PESA la { $amount } kwenye simu hii. Weka PIN yako ya M-PESA hapo. Tutakutumia SMS.
deposit-prompted-here = Ombi la M-PESA la { $amount } linakuja kwenye simu yako. Weka PIN yako ya M-PESA hapo. Matokeo yataonekana hapa.

balance-own = Salio lako: { $balance }
balance-group = { $name }: { $total }, yako { $mine }
statement-title = Malipo yako ya mwisho:
statement-empty = Bado hakuna malipo.
statement-line = { $at } { $amount }, salio { $after }
    .short = { $day }: { $moved }, salio { $left }

contribute-no-group = Bado huna kikundi. Jiunge kwa msimbo wa kikundi au anzisha kipya.
contribute-which = Kwa kikundi gani?
    .short = Kwa kikundi gani? Pamoja na kiasi: 1*200
contribute-amount = Weka kiasi cha mchango kwa { $group }:
contribute-confirm = Changa { $amount } kwa { $group }
    Hakuna ada
contribute-cancelled = Umeghairi. Hakuna pesa iliyotoka.
contribute-done = { $reference } Imethibitishwa. Umechanga { $amount } kwa { $group }. Salio lako: { $balance }. Hazina: { $total }.

group-name = { $name }
groups-menu = { $count ->
        [0] Bado huna kikundi.
       *[other] Vikundi vyako:
    }
groups-join = Jiunge na kikundi
groups-create = Anzisha kikundi
groups-name = Kikundi kipya kinaitwaje?
group-one = { $name }
    Msimbo wa kujiunga: { $code }
group-see-total = Hazina ya kikundi
group-see-members = Wanachama
group-total = Kikundi { $name } kina { $total }. Umechanga { $mine }. { $members ->
        [one] Mwanachama 1.
       *[other] Wanachama { $members }.
    }
group-members = { $name }: { $count ->
        [one] mwanachama 1
       *[other] wanachama { $count }
    }
member-line = { $name } ({ $role })
role-chair = mwenyekiti
# pragma: allowlist nextline secret - an office
role-secretary = katibu
role-treasurer = mweka hazina
role-auditor = mkaguzi
role-observer = mtazamaji
role-member = mwanachama
group-join = Jiunge na { $name }? { $count ->
        [0] Bado hakuna wanachama.
        [one] Kina mwanachama 1.
       *[other] Kina wanachama { $count }.
    }
group-joined = Umejiunga na { $name }. Sasa unaweza kuchanga kutoka kwa salio lako.
group-not-joined = Umeghairi. Hujajiunga.
group-created = { $name } kimeanzishwa. Msimbo wake ni { $code }: wengine hujiunga kwa msimbo huo.
group-not-created = Umeghairi. Hakuna kikundi kilichoanzishwa.
sms-group-members = { $group }: { $names }

account-menu = Akaunti yako
account-statement = Malipo ya mwisho
account-language = Lugha
account-help = Usaidizi
account-which-language = Lugha / Language

choose-one = Chagua nambari: { $numbers }.
type-the-answer = Tafadhali andika jibu lako.
answer-too-long = Jibu ni refu mno. Jaribu tena.
amount-above-zero = Kiasi lazima kiwe zaidi ya sifuri.
digits-only = Tafadhali weka nambari pekee.
nothing-typed = Tafadhali andika kitu.
share-your-contact = Tumia kitufe kushiriki nambari yako mwenyewe.
menu-expired = Menyu hiyo muda wake umeisha. Hapa ndipo ulipo sasa.
starts-over = Tunaanza tena mwanzo. Hakuna kilichopotea.
session-too-long = Mazungumzo haya yamekuwa marefu mno. Tafadhali piga tena. Hakuna kilichopotea.
out-of-step = Jibu hilo halikufuata mpangilio, kwa hivyo hakuna kilichofanyika. Tafadhali piga tena.
done-and-shown = Hilo limefanyika. Kilichoonyeshwa huonyeshwa mara moja tu. Tafadhali piga tena.
too-many-wrong = Majibu mengi hayakufaa. Tafadhali anza tena. Hakuna pesa iliyotoka.

ussd-bad-request = Ombi hili halikusomeka. Tafadhali piga tena.
ussd-slow = Bado tunaishughulikia; tutakutumia SMS ya matokeo.
ussd-busy = Tuna shughuli nyingi. Jaribu tena baadaye kidogo.
ussd-failed = Kuna tatizo la mtambo. Pesa yako iko salama. Jaribu tena.

error-not-an-amount = Hicho si kiasi. Andika kama 500.
error-too-precise = Senti zimezidi. Andika kama 500 au 500.50.
error-not-a-phone = Hiyo si nambari ya simu ya Kenya.
error-not-a-pin = PIN ina nambari 6. Hilo halikuhesabiwa kama jaribio.
error-busy = Tuna shughuli nyingi. Jaribu tena baadaye kidogo.

account-unlink = Ondoa Telegram
account-unlinked = Akaunti yako ya Telegram imeondolewa. Unganisha tena kwa /start wakati wowote.
pin-why-unlink = Kuondoa Telegram yako
