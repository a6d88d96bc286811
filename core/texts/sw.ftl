### Conversation

confirm = Thibitisha
cancel = Ghairi
go-home = Mwanzo
key-back = { $key } Rudi
key-home = { $key } Mwanzo
key-more = { $key } Zaidi
and-more = na wengine { $count }

home = Mtaa DAO. Ungependa kufanya nini?
home-continue = Endelea ulipoacha
home-balance = Salio
home-deposit = Weka pesa
home-contribute = Changa
home-groups = Vikundi
home-account = Akaunti
help = Weka pesa kwa M-Pesa, kisha changia kikundi chako. PIN yako huonyesha salio na kutoa pesa: usimwambie mtu. Unaweza kutumia USSD na Telegram kwa akaunti moja.
    .short = Weka pesa kwa M-Pesa, kisha changia kikundi chako. Usimwambie mtu PIN yako. Kwenye Telegram utatumia akaunti hiyo hiyo.

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
register-done = Karibu, { $name }! Akaunti yako iko tayari. Sasa: weka pesa kwa M-Pesa, au jiunge na kikundi kwa nambari yake.

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
pin-why-deposit = Weka { $amount }
pin-why-contribute = Changa { $amount } kwa { $group_name }

deposit-amount = Unataka kuweka kiasi gani? { $low } hadi { $high }, bila senti:
deposit-or-paybill = Au lipa kwa paybill { $paybill }, akaunti { $account }
deposit-confirm = Weka { $amount }
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

contribute-no-group = Bado huna kikundi. Jiunge kwa nambari ya kikundi au anzisha kipya.
contribute-which = Kwa kikundi gani?
contribute-amount = Weka kiasi cha mchango kwa { $group }:
contribute-confirm = Changa { $amount }
    kwa { $group }
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
groups-code = Weka nambari 6 za kikundi:
groups-name = Kikundi kipya kinaitwaje?
group-one = { $name }
    Nambari ya kujiunga: { $code }
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
group-create = Anzisha kikundi { $name }?
group-created = { $name } kimeanzishwa. Nambari yake ni { $code }: wengine hujiunga kwa nambari hiyo.
group-not-created = Umeghairi. Hakuna kikundi kilichoanzishwa.
sms-group-members = { $group }: { $names }

account-menu = Akaunti yako
account-statement = Malipo ya mwisho
account-language = Lugha
account-help = Usaidizi
account-which-language = Lugha / Language

choose-one = Chagua nambari 1 hadi { $count }.
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
too-many-wrong = Majibu mengi hayakufaa. Tafadhali anza tena. Hakuna pesa iliyotoka.

ussd-bad-request = Ombi hili halikusomeka. Tafadhali piga tena.
ussd-slow = Inachukua muda. Piga tena uone matokeo; hakuna kinachofanyika mara mbili.
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

### Telegram

bot-home = Mwanzo
bot-back = Rudi
bot-share-contact = Tuma nambari yangu
bot-keyboard-lowered = Asante.
bot-choose-one = Tafadhali bonyeza kitufe kimoja.
bot-session-too-long = Mazungumzo haya yamekuwa marefu, kwa hivyo tunaanza upya. Hakuna kilichopotea.
bot-out-of-step = Jibu hilo halikufuata mpangilio, kwa hivyo hakuna kilichofanyika. Tuma /start kuendelea.
bot-register-declined = Hakuna kilichohifadhiwa. Tuma /start wakati wowote.
bot-use-keypad = Tafadhali weka PIN yako kwa vitufe vilivyo hapa chini. Usiiandike kwenye mazungumzo.
bot-pin-deleted = Usiandike PIN yako kwenye mazungumzo: wengine wanaweza kuisoma. Ujumbe wako umefutwa na haukutumika. Tumia vitufe vilivyo hapa chini.
bot-pin-not-deleted = Usiandike PIN yako kwenye mazungumzo: wengine wanaweza kuisoma. Haikutumika. Tafadhali futa ujumbe wako, kisha tumia vitufe vilivyo hapa chini.
bot-keypad-expired = Muda wa vitufe hivi umeisha. Hivi hapa vipya.
bot-text-only = Ninasoma maandishi tu. Tafadhali bonyeza kitufe au andika jibu lako.
bot-unknown-command = Sijui amri hiyo. /help inaeleza ninachoweza kufanya.
bot-not-your-button = Kitufe hiki si chako.
bot-busy = Tuna shughuli nyingi. Tafadhali jaribu tena baada ya muda mfupi.
bot-failed = Kuna hitilafu upande wetu. Tuma /start, na uangalie salio lako kabla ya kujaribu tena.
bot-write-in-private = Pesa zako ni siri, kwa hivyo sizizungumzii kwenye vikundi. Tafadhali niandikie kwa faragha.
bot-open-private = Fungua mazungumzo ya faragha

bot-command-start = Anza, au endelea ulipoachia
bot-command-balance = Salio lako na la vikundi vyako
bot-command-deposit = Weka pesa kwa M-Pesa
bot-command-withdraw = Toa pesa kwenda M-PESA
bot-command-contribute = Toa mchango kwa kikundi
bot-command-groups = Vikundi vyako; jiunge au anzisha
bot-command-statement = Malipo yako ya mwisho
bot-command-settings = Akaunti yako
bot-command-language = Chagua Kiingereza au Kiswahili
bot-command-help = Jinsi inavyofanya kazi
bot-command-cancel = Acha unachofanya na urudi mwanzo

bot-description = Weka akiba na kikundi chako: weka pesa kwa M-Pesa, changa, na uone salio lako na la kikundi. Akaunti hiyo hiyo hutumika kwa USSD.

### API

error-bad-request = Ombi hili halisomeki: { $where }.
error-bad-login = Nambari ya simu, PIN au nambari ya mara moja si sahihi, au akaunti imefungwa. Angalia ujumbe wetu kwenye simu yako.
error-second-factor-needed = Programu hii ni mpya. { $method ->
        [sms] Tumetuma nambari ya mara moja kwa SMS: ingia tena kwa nambari hiyo.
       *[authenticator] Ingia tena kwa nambari ya programu yako ya uthibitisho.
    }
error-pin-needed-here = Hii ni siri. Ingia kwa PIN yako kuiona.
error-not-permitted = Ufunguo huu si wa jambo hilo.
error-too-many-requests = Maombi ni mengi mno. Tafadhali jaribu tena baada ya sekunde { $wait_seconds }.
error-request-differs = Ufunguo huu wa ombi ulitumika kwa ombi lingine.
error-oauth-stale = Muda wa kuingia umeisha, umetumika tayari, au ulianzwa kwingine. Tafadhali anza tena.
error-account-taken = Akaunti hii imeunganishwa na mwanachama mwingine, au umeunganisha nyingine hapo. Iondoe hiyo kwanza.
error-unknown-connection = Huna akaunti iliyounganishwa hapo.
error-unknown-provider = Kuingia kwa njia hii hakupatikani hapa.
error-provider-says-no = Mtoa huduma hakuthibitisha wewe ni nani. Tafadhali anza tena.
error-bad-mini-app = Telegram haikuthibitisha wewe ni nani, au bado hujaunganisha akaunti yako. Fungua programu tena.
sms-oauth-linked = Mtaa DAO: { $provider } ({ $name }) sasa inaweza kuingia kwako. Kama si wewe, chagua Akaunti, Vifaa, Ondoka kila mahali.
problem-not-found = Hakuna kitu hapa.
problem-method = Hili haliwezi kufanyika hapa.
problem-too-large = Hii ni kubwa mno. Kikomo ni KiB 64.
problem-media-type = Tafadhali tuma JSON.
problem-refused = Ombi hili limekataliwa.
problem-failed = Kuna tatizo kwetu. Pesa yako iko salama.

### Devices

account-devices = Vifaa
devices-menu = Vinavyotumia akaunti yako: simu, Telegram, programu
devices-list = Ona vifaa vyangu
devices-remove = Ondoa kifaa
devices-sign-out = Ondoka kila mahali
devices-title = Vifaa vyako:
device-line = { $number }. { $kind ->
        [mobile] Simu
        [telegram] Telegram
       *[program] Programu
    } { $name }, { $at }
device-line-new = { $number }. { $kind ->
        [mobile] Simu
        [telegram] Telegram
       *[program] Programu
    } { $name }
devices-which = Nambari ya kifaa cha kuondoa, kama orodha ya vifaa vyako inavyoonyesha:
device-removed = Kifaa { $number } kimeondolewa: { $name }. Hakiwezi tena kutumia akaunti yako.
devices-signed-out = Umeondoka kila mahali: programu { $sessions }, funguo { $keys }. PIN yako itaulizwa tena kila mahali.
pin-why-devices = Kuona vifaa vyako
pin-why-remove-device = Ondoa kifaa { $number }
pin-why-sign-out = Ondoka kila mahali
sms-devices = Vifaa vyako: { $devices }
sms-new-program = Mtaa DAO: programu { $name } imeingia kwenye akaunti yako. Kama si wewe, chagua Akaunti, Vifaa, Ondoka kila mahali.
sms-new-api-key = Mtaa DAO: ufunguo { $name } sasa unaweza kusoma akaunti yako. Kama si wewe, chagua Akaunti, Vifaa, Ondoka kila mahali.
error-unknown-device = Huna kifaa chenye nambari hii.
error-phone-stays = Hii ni nambari yako ya simu. Haiwezi kuondolewa hapa.
error-not-signed-in = Hujaingia, au muda wako wa kuingia umeisha. Tafadhali ingia tena.
error-prove-again = Jambo hili ni nyeti. Tafadhali thibitisha tena kuwa ni wewe: PIN yako inahitajika ndani ya dakika 5 kabla yake.
error-bad-api-key = { $field ->
        [name] Ufunguo unahitaji jina la herufi 1 hadi 40.
        [permissions] Ufunguo unahitaji ruhusa ambazo tunazo.
        [rate_limit] Ufunguo unaweza kutuma maombi 1 hadi 10000 kwa saa.
        [ip_whitelist] Anwani au mtandao kwenye orodha hausomeki.
       *[expires_at] Ufunguo huisha ndani ya siku 365 kutoka sasa.
    }
error-too-many-keys = Tayari una funguo { $most }. Ondoa mmoja kwanza.
error-unknown-key = Huna ufunguo huo.

### Groups

error-bad-group-name = { $reason ->
    [short] Jina ni fupi mno. Tumia herufi 2 hadi 40.
    [long] Jina ni refu mno. Tumia herufi 2 hadi 40.
    [letters] Jina linahitaji herufi, si nambari au alama pekee.
   *[characters] Simu nyingine haziwezi kuonyesha jina hili. Tumia herufi, nambari na alama rahisi.
}
error-too-many-groups = Tayari umeanzisha vikundi { $most }. Huwezi kuanzisha kingine.
error-unknown-group = Hakuna kikundi chenye msimbo huu. Angalia nambari sita na ujaribu tena.
error-already-member = Tayari wewe ni mwanachama wa { $group }.
error-group-full = Kikundi { $group } kimejaa: kina wanachama { $most }.
error-not-a-member = Ni wanachama wa kikundi pekee wanaoweza kufanya hivi.
error-contribution-too-small = Mchango wa chini kabisa ni { $low }.

### Identity

error-bad-name = { $reason ->
        [empty] Tafadhali andika jina lako.
        [short] Jina lina angalau herufi 2. Andika jina lako kamili.
        [long] Jina lina herufi 40 kwa wingi. Lifupishe.
       *[letters] Jina lina herufi, nafasi, nukta, kistari na alama ya ' pekee. Andika jina lako.
    }
error-weak-pin = { $reason ->
        [repeat] PIN hii inarudia tarakimu zilezile, ni rahisi kukisia. Chagua nyingine.
        [sequence] PIN hii ni tarakimu zinazofuatana, ni rahisi kukisia. Chagua nyingine.
        [keypad] PIN hii ni mstari kwenye vitufe, ni rahisi kukisia. Chagua nyingine.
        [date] PIN hii inafanana na tarehe au mwaka, ni rahisi kukisia. Chagua nyingine.
        [previous] Ulishawahi kutumia PIN hii. Chagua ambayo hujawahi kutumia.
        [phone] PIN hii ni sehemu ya nambari yako ya simu, ni rahisi kukisia. Chagua nyingine.
        [common] Watu wengi huchagua PIN hii, ni rahisi kukisia. Chagua nyingine.
       *[shape] PIN ina tarakimu 6 kamili. Chagua isiyo PIN yako ya M-PESA.
    }
error-already-registered = Nambari hii ya simu imeshasajiliwa.
error-telegram-taken = Akaunti hii ya Telegram ni ya mwanachama mwingine. Mwombe aiondoe kwanza.
error-too-many-codes = Hakuna nambari nyingine kwa sasa. Jaribu tena baada ya dakika { $wait_minutes }.
error-codes-unavailable = Nambari za SMS haziwezi kutumwa kwa sasa. Tafadhali jaribu tena baadaye.
sms-code = { $purpose ->
        [telegram-link] { $code } ni nambari yako ya Mtaa DAO ya kuunganisha Telegram. Inaisha baada ya dakika 5. Usimpe mtu yeyote, hata afisa wa kikundi.
       *[other] { $code } ni nambari yako ya Mtaa DAO. Inaisha baada ya dakika 5. Usimpe mtu yeyote, hata afisa wa kikundi.
    }
sms-telegram-linked = Mtaa DAO: akaunti ya Telegram { $name } sasa inaweza kutumia akaunti yako. Kama si wewe, mwambie afisa wa kikundi mara moja.
chat-telegram-unlinked = Akaunti hii ya Telegram haijaunganishwa tena na akaunti ya Mtaa DAO.

### Ledger

error-insufficient-funds = Salio halitoshi. Una { $available }, na { $needed } inahitajika.
error-key-reused = Hili lilishafanyika kwa maelezo mengine. Hakuna pesa zaidi iliyotoka. Tafadhali anza tena.
error-outcome-unknown = Bado hatujui kama hili limefanikiwa. Tafadhali angalia tena baada ya muda mfupi.
error-hold-resolved = Hili lilishakamilishwa au kuachiliwa. Hakuna pesa zaidi iliyotoka.
error-already-reversed = Hili lilishaghairiwa na pesa kurudishwa. Hakuna pesa zaidi iliyotoka.

### Paybill

sms-deposit-paid-for = Malipo yako ya { $amount } kwa { $name } yamefika. Risiti ya M-PESA { $receipt }.
chat-deposit-paid-for = Malipo yako ya { $amount } kwa { $name } yamefika. Risiti ya M-PESA { $receipt }.
sms-deposit-gift = Umewekewa { $amount } kwenye akaunti yako. Risiti ya M-PESA { $receipt }. Ada { $fee }, zilizoingia { $credited }. Salio jipya { $balance }.
chat-deposit-gift =
    Umewekewa { $amount } kwenye akaunti yako.
    Risiti ya M-PESA: { $receipt }
    Ada: { $fee }
    Zilizoingia: { $credited }
    Salio jipya: { $balance }
sms-deposit-to-group = Tumepokea { $amount }, risiti { $receipt }. Ada { $fee }. Umechanga { $credited } kwa { $group }. Hazina: { $total }.
chat-deposit-to-group =
    Tumepokea { $amount } kwa { $group }.
    Risiti: { $receipt }
    Ada: { $fee }
    Umechanga: { $credited }
    Hazina: { $total }

account-paybill = Paybill
paybill-menu = Lipa kwa paybill
paybill-numbers = Nambari zangu za akaunti
paybill-i-paid = Nimelipa
paybill-for-other = Lipia mtu mwingine
paybill-mine = Paybill ya M-PESA { $paybill }, kwa simu yoyote. Akaunti { $account } ni salio lako.
paybill-group-line = { $account }: { $name }
group-paybill = Nambari ya paybill
paybill-group = Kuchangia { $group } kwa simu yoyote: paybill ya M-PESA { $paybill }, akaunti { $account }.
error-unknown-account = Nambari hiyo ya akaunti si ya mtu yeyote. Angalia tarakimu saba.

claim-code = Andika msimbo wa M-PESA wa malipo yako: herufi na tarakimu 10 za mwanzo wa SMS ya M-PESA.
pin-why-claim = Kutafuta { $receipt }
claim-credited = { $receipt }: tumepata { $amount } zako. Sasa ziko kwenye akaunti yako, baada ya ada.
claim-yours = { $receipt }: { $amount } tayari ziko kwenye akaunti yako. Angalia malipo yako ya mwisho.
claim-elsewhere = { $receipt } iliwekwa kwenye akaunti nyingine ({ $whose }). Aliyelipa aliandika nambari hiyo ya akaunti.
claim-refused = { $receipt } imefika, lakini maelezo ya M-PESA hayaonyeshi kwamba wewe ulilipa. Tutaichunguza; tunza SMS ya M-PESA.
claim-asking = Bado hatujaambiwa kuhusu { $receipt }. Tunauliza M-PESA na tutakutumia ujumbe. Usilipe tena.
claim-unknown = M-PESA haitambui { $receipt } kama malipo kwetu. Angalia msimbo na paybill kwenye SMS ya M-PESA.
error-not-a-receipt = Huo si msimbo wa M-PESA. Una herufi na tarakimu 10, kama SG722NMVXQ.
error-too-many-claims = Umejaribu misimbo { $most } isiyo yako. Tafadhali jaribu tena kesho.

other-whom = Unamlipia nani? Andika nambari ya akaunti au ya simu:
other-amount = Kiasi gani kwa { $name }? { $low } hadi { $high }, bila senti:
other-confirm = Lipa { $amount }
    kwa { $name }
    Ada { $fee }
    Zitaingia { $credited }
pin-why-other = Lipa { $amount } kwa { $name }

error-not-in-suspense = Hakuna malipo yenye risiti hiyo yanayosubiri.
error-nothing-proposed = Bado hakuna aliyependekeza malipo haya ni ya nani.
error-same-person = Aliyependekeza hawezi kuidhinisha pia.
### My data

account-data = Taarifa zangu
data-menu = Tunayojua kukuhusu ni yako:
data-see = Ona taarifa
data-take = Nitumie taarifa
data-correct = Rekebisha jina
data-erase = Futa taarifa
data-keep = Usifute taarifa
data-own = { $name }
data-phone = Simu { $phone }
data-since = Hapa tangu { $at }
data-email = Barua pepe { $email }
data-telegram = { $linked ->
        [0] Telegram haijaunganishwa
       *[other] Telegram imeunganishwa
    }
data-groups = Vikundi: { $count }
data-terms = Masharti { $version }
data-export-here = Taarifa zako zinakuja hapa kama faili. Ukishazihifadhi, zifute kwenye mazungumzo haya.
    .short = Taarifa zako zinakuja kwenye mazungumzo.
data-export-sms = Muhtasari unakuja kwa SMS. Weka barua pepe, au tumia Telegram, upate zote.
data-export-mail = Muhtasari unakuja kwa SMS, na taarifa zote kwa { $email }.
data-name = Andika jina lako kamili lilivyo sahihi:
data-renamed = Jina lako sasa ni { $name }.
data-erase-what = Tutafuta jina, namba na ujumbe wako baada ya siku 7; kabla ya hapo unaweza kuzuia. Rekodi za pesa hubaki bila jina lako.
data-erase-asked = Tutafuta taarifa zako { $at }. Kuzuia: Akaunti, Taarifa zangu.
data-kept = Hakuna kilichofutwa. Akaunti yako ipo.
pin-why-data = Nitumie taarifa zangu
pin-why-rename = Badilisha jina langu
pin-why-erase = Futa taarifa zangu
error-still-open = { $reason ->
        [balance] Bado una pesa hapa. Itoe au ichangie kikundi chako kwanza.
        [payments] Malipo yako ya M-PESA hayajakamilika. Jaribu tena yakikamilika.
       *[chair] Kikundi chako kitabaki bila mwenyekiti. Mwanachama mwingine achukue nafasi kwanza.
    }
erasure-notice = Mtaa DAO: taarifa zako zitafutwa { $at }, kama ulivyoomba. Kama si wewe, zuia sasa: Akaunti, Taarifa zangu.
erasure-cancelled-notice = Mtaa DAO: taarifa zako hazitafutwa. Akaunti yako inabaki ilivyo.
erasure-postponed = { $reason ->
        [balance] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu bado una pesa hapa. Tutaangalia tena { $at }.
        [payments] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu malipo ya M-PESA hayajaisha. Tutaangalia tena { $at }.
       *[chair] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu kikundi kinahitaji mwenyekiti. Tutaangalia tena { $at }.
    }
sms-data = Mtaa DAO: { $name }, { $phone }, hapa tangu { $at }. Vikundi: { $groups }.
mail-data-subject = Taarifa zako za Mtaa DAO
terms-changed = Masharti yetu yamebadilika. Tunahifadhi namba, jina na rekodi za pesa zako ili kuendesha akaunti yako. Unakubali?
terms-agree = Nakubali
terms-later = Si sasa
terms-not-agreed = Akaunti yako inakusubiri. Ukipiga tena, ona au futa taarifa zako kwenye Taarifa zangu.
terms-read-first = Tafadhali soma hii kwanza.

### Link

link-contact = Karibu Mtaa DAO. Tuma nambari yako ya simu kwa kitufe kilicho hapa chini. Tutakutumia nambari ya mara moja kwa SMS kuhakikisha ni yako.
link-own-contact = Hiyo si nambari yako mwenyewe. Bonyeza kitufe kilicho hapa chini kutuma yako.
link-code = Tumetuma SMS kwa { $phone }. Andika nambari 6 zilizo kwenye SMS:
link-code-wrong = Nambari hiyo si sahihi. { $tries ->
        [one] Umebaki na jaribio 1.
       *[other] Umebaki na majaribio { $tries }.
    }
link-code-expired = Muda wa nambari hiyo umeisha. Rudi na utume nambari yako ya simu tena.
link-code-dead = Umekosea mara nyingi. Tuma /start kupata nambari mpya.

### Payments

error-deposit-too-small = Kima cha chini cha kuweka ni { $low }.
error-deposit-too-large = Kikomo cha kuweka kwa mara moja ni { $high }.
error-whole-shillings-only = M-PESA inapokea shilingi kamili tu, bila senti.
error-deposit-underway = Huenda M-PESA bado inaomba { $amount } kwenye simu yako. Jibu ombi hilo, au jaribu tena baada ya dakika 2.
error-quote-expired = Huenda ada imebadilika tangu uione. Tafadhali anza tena kuweka pesa.

sms-deposit-paid = Umeweka { $amount }. Risiti ya M-PESA { $receipt }. Ada { $fee }, zilizoingia { $credited }. Salio jipya { $balance }.
sms-deposit-cancelled = Ombi la kuweka { $amount } limeghairiwa kwenye M-PESA au halikujibiwa. Hakuna pesa iliyotoka. Unaweza kujaribu tena wakati wowote.
sms-deposit-wrong-pin = Ombi la kuweka { $amount } halikufaulu: PIN ya M-PESA si sahihi. Hakuna pesa iliyotoka. Tafadhali jaribu tena.
sms-deposit-insufficient = Ombi la kuweka { $amount } halikufaulu: salio lako la M-PESA halitoshi. Hakuna pesa iliyotoka.
sms-deposit-expired = Ombi la kuweka { $amount } halikujibiwa kwa wakati. Hakuna pesa iliyotoka. Tafadhali jaribu tena.
sms-deposit-too-soon = Ombi la kuweka { $amount } halikufaulu: M-PESA hukataa kiasi kilekile ndani ya dakika 2. Hakuna pesa iliyotoka. Jaribu tena baadaye.
sms-deposit-limit = Ombi la kuweka { $amount } halikufaulu: limezidi kikomo cha akaunti yako ya M-PESA. Hakuna pesa iliyotoka. Jaribu kiasi kidogo.
sms-deposit-busy = Ombi la kuweka { $amount } halikufaulu: laini yako inatumika kwenye M-PESA. Hakuna pesa iliyotoka. Jaribu tena baada ya dakika 2.
sms-deposit-refused = M-PESA imekataa ombi letu la kuweka { $amount }. Hakuna pesa iliyotoka. Tunalishughulikia. Tafadhali jaribu tena baadaye.
sms-deposit-not-sent = Hatukuweza kufikia M-PESA kwa ombi la kuweka { $amount }. Hakuna pesa iliyotoka. Tafadhali jaribu tena baadaye.
sms-deposit-no-answer = M-PESA haikupata jibu la simu yako kwa { $amount }. Kama ulilipa, zitaonekana kwenye salio lako na tutakutumia SMS.
sms-deposit-waiting = M-PESA bado haijatujibu kuhusu { $amount }. Kama ulilipa, zitaonekana kwenye salio lako na tutakutumia SMS. Usilipe tena.

chat-deposit-paid =
    Umeweka { $amount }.
    Risiti ya M-PESA: { $receipt }
    Ada: { $fee }
    Zilizoingia: { $credited }
    Salio jipya: { $balance }
chat-deposit-cancelled = Ombi la kuweka { $amount } limeghairiwa kwenye M-PESA au halikujibiwa. Hakuna pesa iliyotoka. Unaweza kujaribu tena wakati wowote.
chat-deposit-wrong-pin = Ombi la kuweka { $amount } halikufaulu: PIN ya M-PESA si sahihi. Hakuna pesa iliyotoka. Tafadhali jaribu tena.
chat-deposit-insufficient = Ombi la kuweka { $amount } halikufaulu: salio lako la M-PESA halitoshi. Hakuna pesa iliyotoka.
chat-deposit-expired = Ombi la kuweka { $amount } halikujibiwa kwa wakati. Hakuna pesa iliyotoka. Tafadhali jaribu tena.
chat-deposit-too-soon = Ombi la kuweka { $amount } halikufaulu: M-PESA hukataa kiasi kilekile ndani ya dakika 2. Hakuna pesa iliyotoka. Jaribu tena baadaye.
chat-deposit-limit = Ombi la kuweka { $amount } halikufaulu: limezidi kikomo cha akaunti yako ya M-PESA. Hakuna pesa iliyotoka. Jaribu kiasi kidogo.
chat-deposit-busy = Ombi la kuweka { $amount } halikufaulu: laini yako inatumika kwenye M-PESA. Hakuna pesa iliyotoka. Jaribu tena baada ya dakika 2.
chat-deposit-refused = M-PESA imekataa ombi letu la kuweka { $amount }. Hakuna pesa iliyotoka. Tunalishughulikia. Tafadhali jaribu tena baadaye.
chat-deposit-not-sent = Hatukuweza kufikia M-PESA kwa ombi la kuweka { $amount }. Hakuna pesa iliyotoka. Tafadhali jaribu tena baadaye.
chat-deposit-no-answer = M-PESA haikupata jibu la simu yako kwa { $amount }. Kama ulilipa, zitaonekana kwenye salio lako na nitakuambia hapa.
    .short = M-PESA haikupata jibu la simu yako kwa { $amount }. Kama ulilipa, zitaonekana kwenye salio lako na tutakutumia SMS.
chat-deposit-waiting = M-PESA bado haijatujibu kuhusu { $amount }. Kama ulilipa, zitaonekana kwenye salio lako na nitakuambia hapa. Tafadhali usilipe tena.
    .short = M-PESA bado haijatujibu kuhusu { $amount }. Kama ulilipa, zitaonekana kwenye salio lako na tutakutumia SMS. Usilipe tena.

### Fees

account-fees = Ada
fees-menu = Ada
fees-cost = Gharama ni ngapi
fees-paid = Ada nilizolipa
fees-amount = Kwa kiasi gani?
fees-of = Leo, kwa { $amount }:
fees-of-deposit = Kuweka: ada { $fee }, unapata { $credited }
fees-of-payer = M-PESA inamtoza mlipaji { $charge }
fees-of-withdrawal = Kutoa: ada { $fee }, M-PESA { $charge }
fees-of-contribution = Kuchanga: bila ada
fees-none = Bado hujalipa ada yoyote.
fees-total = Ada ulizolipa: { $month } mwezi huu, { $total } kwa jumla.
fees-line = { $at } { $amount } { $kind ->
        [mpesa_deposit] kuweka
        [mpesa_withdrawal] kutoa
       *[network] M-PESA
    }

### Withdrawals

error-withdrawal-too-small = Kima cha chini cha kutoa ni { $low }.
error-withdrawal-below-limit = Kima cha chini cha kutoa ni { $low }.
error-withdrawal-above-limit = { $period ->
        [once] Unaweza kutoa hadi { $limit } kwa mara moja.
        [day] Unaweza kutoa { $limit } kwa siku. Leo bado unaweza kutoa { $left }.
       *[month] Unaweza kutoa { $limit } kwa mwezi. Mwezi huu bado unaweza kutoa { $left }.
    }

### PIN

account-new-pin = Badili PIN
new-pin = Chagua PIN mpya ya nambari 6 (si PIN yako ya M-PESA):
new-pin-too-late = Muda umepita, kwa hivyo PIN yako haijabadilishwa. Tafadhali anza tena.
new-pin-done = PIN yako imebadilishwa. Tumia PIN mpya kuanzia sasa.
sms-pin-changed = Mtaa DAO: PIN yako imebadilishwa. Kama si wewe, fungua Akaunti, Nimesahau PIN, na uwaambie viongozi wa kikundi mara moja.
sms-pin-locked = Mtaa DAO: PIN si sahihi mara nyingi. Akaunti yako imefungwa hadi { $until }. Kama si wewe, mtu ana simu yako.
sms-pin-disabled = Mtaa DAO: PIN si sahihi mara nyingi, akaunti yako imefungwa. Pesa zako ziko salama. Ili kuifungua chagua Akaunti, Nimesahau PIN.
sms-foreign-pins = Mtaa DAO: PIN { $times } zisizo sahihi za akaunti yako kutoka simu isiyo yako. Imezuiwa; simu yako bado inafanya kazi.
### Second factor

account-security = Usalama
security-menu = Usalama
security-on = Washa hatua mbili
security-off = Zima hatua mbili
security-codes = Nambari mpya za akiba
security-limit = Kikomo changu
step-up-sms = Tumekutumia nambari kwa SMS ya { $approval }. Iandike hapa:
    .short = Tumekutumia nambari kwa SMS ya { $approval }. Iandike. Kuisoma, kata, piga tena, chagua Endelea.
step-up-app = Ya { $approval }: andika nambari ya app yako ya uthibitisho, au nambari ya akiba:
step-up-again = Tuma nambari mpya
step-up-sent = Nambari mpya inakuja. Ya zamani haifanyi kazi tena.
step-up-used = Nambari hiyo imeshatumika. Subiri inayofuata kwenye app yako.
step-up-expired = Nambari hiyo imeisha muda. Omba mpya.
step-up-locked = Nambari nyingi si sahihi, kwa hivyo hakuna kilichofanyika. Pesa zako ziko salama. Jaribu baadaye.
step-up-enrol = Wajibu wako katika kikundi unahitaji hatua mbili. Ziwashe kwanza: Akaunti, Usalama.
code-digits = Nambari ina tarakimu 6, ya akiba ina 8.
two-factor-scan = Skani picha hii kwa app yako ya uthibitisho, au weka ufunguo huu: { $letters }. Kisha andika nambari ya tarakimu 6 inayoonyesha.
two-factor-key = Weka ufunguo huu kwenye app ya uthibitisho: { $letters }
    Kisha andika nambari ya tarakimu 6 inayoonyesha:
two-factor-code-wrong = Hiyo si nambari ya ufunguo huu. Andika ile ambayo app yako inaonyesha sasa.
two-factor-is-on = Hatua mbili zimewashwa. Nambari za akiba, kila moja mara moja:
two-factor-is-off = Hatua mbili zimezimwa. Nambari zitakuja kwa SMS tena.
backup-codes-new = Nambari mpya za akiba, kila moja mara moja:
backup-code = { $code }
limit-amount = PIN pekee inatosha hadi kiasi gani kwa saa 24? Zaidi ya kiasi hicho tutaomba nambari pia:
limit-confirm = Zaidi ya { $limit } kwa saa 24 tutaomba nambari pamoja na PIN yako.
limit-set = Imekamilika. Zaidi ya { $limit } kwa saa 24 tutaomba nambari pamoja na PIN yako.
change-cancelled = Imeghairiwa. Hakuna kilichobadilishwa.
pin-why-two-factor-on = Washa hatua mbili
pin-why-two-factor-off = Zima hatua mbili
pin-why-backup-codes = Nambari mpya za akiba
pin-why-limit = Badili kikomo chako kuwa { $limit }
sms-two-factor-on = Mtaa DAO: hatua mbili zimewashwa. Kama si wewe, waambie viongozi wa kikundi mara moja.
sms-two-factor-off = Mtaa DAO: hatua mbili zimezimwa. Kama si wewe, waambie viongozi wa kikundi mara moja.
sms-backup-codes = Mtaa DAO: nambari mpya za akiba zimetolewa, za zamani hazifanyi kazi. Kama si wewe, waambie viongozi wa kikundi mara moja.
sms-limit = Mtaa DAO: kikomo chako bila nambari sasa ni { $limit } kwa saa 24. Kama si wewe, waambie viongozi wa kikundi mara moja.
approval = { $action ->
        [contribute] kuchanga { $amount } kwa { $payee }
        [withdraw] kutoa { $amount } kwenda { $payee }
        [two-factor-on] kuwasha hatua mbili
        [two-factor-off] kuzima hatua mbili
        [backup-codes] kupata nambari mpya za akiba
        [limit] kubadilisha kikomo chako kuwa Ksh { $payee }
       *[other] kulipa { $amount } kwa { $payee }
    }
sms-code-approves = { $code } ni nambari yako ya Mtaa DAO ya { $approval }. Inaisha baada ya dakika 5. Usimwambie mtu.
error-two-factor-on = Hatua mbili tayari zimewashwa.
error-two-factor-off = Hatua mbili hazijawashwa, au kuziweka kulichukua muda mrefu. Tafadhali anza tena.
error-step-up-needed = Hii inahitaji nambari moja zaidi. Tafadhali anza tena.
### E-mail

account-email = Barua pepe
email-menu = { $has ->
        [0] Weka barua pepe ya kupata taarifa za akaunti yako na ya kuirejesha.
       *[other] Barua pepe yako hupata taarifa za akaunti yako.
    }
email-add = Weka barua pepe
email-change = Badilisha barua pepe
email-remove = Ondoa barua pepe
email-enter-code = Weka msimbo
email-address = Andika barua pepe yako. Unaweza kuandika: jina at gmail dot com
email-sent = Tumetuma msimbo kwa { $email }. Ukifika, piga tena: Akaunti, Barua pepe, Weka msimbo. Unaisha baada ya saa 24.
email-code = Andika msimbo wa tarakimu 6 tuliotuma kwa { $email }:
email-verified = Barua pepe hii sasa ni yako. Tutaandika huko kitu kikibadilika kwenye akaunti yako.
email-code-expired = Msimbo huo umeisha muda. Weka barua pepe tena upate mwingine.
email-code-dead = Misimbo mingi isiyo sahihi. Weka barua pepe tena upate mwingine.
email-removed = Barua pepe yako imeondolewa. Hatutaandika huko tena.
email-none = Hakuna barua pepe ya kuondoa.
pin-why-email = Tuma msimbo kwa { $shown }
pin-why-email-remove = Ondoa barua pepe yako
error-bad-email = Hiyo si barua pepe. Andika kama jina@gmail.com au: jina at gmail dot com
email-added-notice = Mtaa DAO: barua pepe { $email } sasa inapata taarifa za akaunti yako. Kama si wewe, badilisha PIN na umwambie kiongozi mara moja.
email-removed-notice = Mtaa DAO: barua pepe { $email } haipati tena taarifa za akaunti yako. Kama si wewe, badilisha PIN yako mara moja.
mail-code-subject = Msimbo wako wa Mtaa DAO
mail-code = { $code } ni msimbo wa kuthibitisha kwamba barua pepe hii ni yako kwenye Mtaa DAO. Unaisha baada ya saa 24. Kama hukuomba, puuza.
mail-notice-subject = Akaunti yako ya Mtaa DAO

### Withdrawing

error-withdrawal-short = Una { $available } na { $needed } inahitajika pamoja na ada. Unaweza kutoa hadi { $possible }.
error-withdrawal-quote-expired = Huenda bei imebadilika tangu uione. Tafadhali anza tena kutoa pesa.

home-withdraw = Toa pesa
pin-why-withdraw = Toa { $amount }
withdraw-amount = Unataka kutoa kiasi gani kwenda M-PESA yako? { $low } hadi { $high }, bila senti:
withdraw-to = { $phone }
withdraw-to-named = { $name } ({ $phone })
withdraw-confirm = Toa { $amount } kwa { $payee }
    Ada { $fee }
    Ada ya M-PESA { $charge }
    Jumla { $total }
withdraw-in-parts = Yatatumwa malipo { $count }
withdraw-cancelled = Umeghairi. Hakuna pesa iliyotoka.
withdraw-started = { $amount } zinakuja kwenye M-PESA yako. Pesa imetengwa. Tutakutumia SMS.
withdraw-started-here = { $amount } zinakuja kwenye M-PESA yako. Pesa imetengwa. Matokeo yataonekana hapa.
withdraw-stopped = M-PESA hailipi sasa hivi: itasubiri.
withdraw-queued = M-PESA hailipi sasa hivi. { $amount } zako zimetengwa na zitatumwa mara itakapoanza; tutakujulisha. Hakuna kilichopotea.

sms-withdrawal-paid = { $receipts } Umetoa { $paid } kwa { $payee }. Ada { $fee }, M-PESA { $charge }. Salio jipya { $balance }.
sms-withdrawal-partly = { $receipts } { $paid } kati ya { $amount } zimelipwa. Zilizobaki zimerudi. Salio jipya { $balance }.
sms-withdrawal-late = { $receipts } M-PESA imelipa { $paid } hatimaye. Pesa hiyo bado iko kwenye salio lako: tafadhali usiitumie hadi turekebishe.
sms-withdrawal-waiting = M-PESA bado haijathibitisha kutoa { $amount }. Pesa imetengwa. Tutakujulisha; usitoe tena pesa hiyo.
sms-withdrawal-limit = M-PESA haikulipa { $amount }: inazidi kikomo cha akaunti yako ya M-PESA. Pesa imerudi kwenye salio lako: { $balance }.
sms-withdrawal-unregistered = M-PESA haikulipa { $amount }: nambari yako haijasajiliwa M-PESA. Pesa imerudi kwenye salio lako: { $balance }.
sms-withdrawal-our-funds = M-PESA haikuweza kulipa { $amount } sasa. Pesa imerudi kwenye salio lako: { $balance }. Jaribu tena baadaye.
sms-withdrawal-not-sent = Hatukuweza kuifikia M-PESA kwa kutoa { $amount }. Pesa imerudi kwenye salio lako: { $balance }. Jaribu tena.
sms-withdrawal-refused = M-PESA ilikataa ombi letu la kutoa { $amount }. Pesa imerudi kwenye salio lako: { $balance }. Tunalishughulikia.

chat-withdrawal-paid =
    Umetoa { $paid } kwa { $payee }.
    Risiti ya M-PESA: { $receipts }
    Ada: { $fee }
    Ada ya M-PESA: { $charge }
    Salio jipya: { $balance }
    .short = { $receipts } Umetoa { $paid } kwa { $payee }. Ada { $fee }, M-PESA { $charge }. Salio jipya { $balance }.
chat-withdrawal-partly = { $receipts } { $paid } kati ya { $amount } zimelipwa. Zilizobaki zimerudi. Salio jipya { $balance }.
chat-withdrawal-late = { $receipts } M-PESA imelipa { $paid } hatimaye. Pesa hiyo bado iko kwenye salio lako: tafadhali usiitumie hadi turekebishe.
chat-withdrawal-waiting = M-PESA bado haijathibitisha kutoa { $amount }. Pesa imetengwa. Nitakujulisha hapa; tafadhali usitoe tena pesa hiyo.
    .short = M-PESA bado haijathibitisha kutoa { $amount }. Pesa imetengwa. Tutakujulisha; usitoe tena pesa hiyo.
chat-withdrawal-limit = M-PESA haikulipa { $amount }: inazidi kikomo cha akaunti yako ya M-PESA. Pesa imerudi kwenye salio lako: { $balance }.
chat-withdrawal-unregistered = M-PESA haikulipa { $amount }: nambari yako haijasajiliwa M-PESA. Pesa imerudi kwenye salio lako: { $balance }.
chat-withdrawal-our-funds = M-PESA haikuweza kulipa { $amount } sasa. Pesa imerudi kwenye salio lako: { $balance }. Jaribu tena baadaye.
chat-withdrawal-not-sent = Hatukuweza kuifikia M-PESA kwa kutoa { $amount }. Pesa imerudi kwenye salio lako: { $balance }. Jaribu tena.
chat-withdrawal-refused = M-PESA ilikataa ombi letu la kutoa { $amount }. Pesa imerudi kwenye salio lako: { $balance }. Tunalishughulikia.


### Recovery

account-forgot-pin = Nimesahau PIN
account-contacts = Wasaidizi wa PIN
account-vouch = Msaidie mwanachama
account-new-number = Nimebadili nambari
register-new-number = My number changed / Laini mpya

recovery-explain = Ili kuchagua PIN mpya: nambari kwa SMS, kisha wasaidizi { $needed } wathibitishe ni wewe, kisha ungoje saa 24. Anza?
recovery-not-started = Hakuna kilichoanzishwa. PIN yako ni ile ile.
recovery-code-sent = Tunakutumia nambari kwa SMS. Ukiipata, piga tena ndani ya dakika 5 na uchague Akaunti, Nimesahau PIN.
recovery-number-code-sent = Tunatuma nambari kwa simu hii. Ukiipata, piga tena ndani ya dakika 5 na uchague Laini mpya.
recovery-code = Andika nambari ya tarakimu 6 kutoka kwa SMS:
recovery-code-expired = Nambari hiyo imeisha muda. Tafadhali anza tena upate mpya.
recovery-code-dead = Nambari zisizo sahihi zimezidi. Tafadhali anza tena upate mpya.
recovery-started = Wasaidizi wako wameulizwa. Zungumza nao: { $needed } lazima wathibitishe ni wewe, ndani ya siku 3. Tutakutumia SMS kila hatua.
recovery-waits-for-contacts = Wasaidizi wako wameulizwa. { $needed } kati yao lazima wathibitishe ni wewe. Wapigie.
recovery-waits-until = Wasaidizi wako wamethibitisha. Unaweza kuchagua PIN mpya kuanzia { $at }.
recovery-ready = Muda wa kungoja umekwisha. Chagua PIN yako mpya sasa.
recovery-choose-pin = Chagua PIN mpya
recovery-cancel = Simamisha ombi hili
recovery-cancel-sure = Simamisha ombi la PIN mpya ya akaunti hii? PIN yako ya zamani inabaki.
recovery-goes-on = Ombi linaendelea.
recovery-old-number = Nambari yako ya simu ya zamani ni gani?
recovery-new-number = Nambari yako mpya ya simu ni gani? Tutatuma nambari ya siri huko.
recovery-same-number = Hiyo ndiyo nambari uliyo nayo sasa. Andika ile nyingine.
recovery-pin-wrong = Nambari au PIN si sahihi. { $tries ->
        [one] Umebaki na jaribio moja.
       *[other] Umebaki na majaribio { $tries }.
    }
recovery-pin-closed = PIN zisizo sahihi zimezidi kwa nambari hii kutoka simu zingine. Jaribu baada ya dakika 30, au tumia simu yako au Telegram.
pin-why-number = Kuhamisha { $phone } hadi simu hii
pin-why-move = Kubadili nambari yako
pin-why-contacts = Kubadili wasaidizi wako wa PIN
pin-why-vouch = Kuthibitisha huyu ni { $name }
pin-why-vouch-not = Kusema huyu si { $name }
pin-why-accept = Kuwa msaidizi wa { $name }

contacts-menu = Wasaidizi huthibitisha ni wewe ukisahau PIN. Unahitaji angalau 2.
contacts-officials = Viongozi wa vikundi vyangu
contacts-by-number = Ongeza kwa nambari ya simu
contacts-list = Ona wasaidizi wangu
contacts-remove = Ondoa mmoja
contacts-which-official = Unamwamini nani? Tutamuuliza mtu huyu.
contacts-official = { $role }, { $group }
contacts-number = Nambari ya simu ya mtu katika kikundi chako kimoja:
contacts-off = Nambari ya simu ya msaidizi wa kuondoa:
contacts-asked = Tumemuuliza mtu huyu. Utapata SMS jibu likija.
contacts-dropped = Mtu huyu hawezi tena kuthibitisha kwa niaba yako.
contacts-none = Bado huna wasaidizi. Chagua angalau 2.
contacts-title = Wasaidizi wako:
contacts-line-asked = { $name }: bado hajajibu
contacts-line-accepted = { $name }

vouch-list = Wanachama wanaokuuliza:
vouch-nothing = Hakuna anayekuuliza kitu sasa.
vouch-recovery-of = { $name }: PIN mpya
vouch-contact-of = { $name }: uwe msaidizi
vouch-recovery = { $name } anaomba { $asked ->
        [number] nambari mpya
       *[pin] PIN mpya
    }. Piga { $phone } na usikie sauti kabla ya kuthibitisha.
vouch-yes = Thibitisha: nimezungumza naye
vouch-no = Si yeye
vouch-later = Hukusema lolote. Unaweza kujibu baadaye.
vouch-confirmed = Asante. Umethibitisha kwa { $name }.
vouch-refused = Asante. Umesema huyu si { $name }. Tutamjulisha.
vouch-request = Utathibitisha kwa { $name } akisahau PIN? Utazungumza naye kwanza. Huoni pesa zake.
vouch-declined = Umekataa. Tutamjulisha { $name }.
vouch-accepted = Sasa wewe ni msaidizi wa PIN wa { $name }.

sms-contact-asked = Mtaa DAO: { $name } anakuomba uwe msaidizi wake wa PIN. Ili kujibu chagua Akaunti, Msaidie mwanachama.
sms-contact-accepted = Mtaa DAO: { $name } sasa ni msaidizi wako wa PIN.
sms-contact-declined = Mtaa DAO: { $name } hataki kuwa msaidizi wako wa PIN. Tafadhali chagua mwingine.
sms-contacts-changed = Mtaa DAO: wasaidizi wako wa PIN wamebadilishwa. Kama si wewe, badili PIN yako mara moja.
sms-recovery-vouch = Mtaa DAO: { $name } anaomba kuingia tena. Piga { $phone }. Kama ni yeye kweli, chagua Akaunti, Msaidie mwanachama.
sms-recovery-started = Mtaa DAO: mtu ameomba PIN au nambari mpya ya akaunti yako. Kama si wewe, simamisha: Akaunti, Nimesahau PIN.
sms-recovery-confirmed = Mtaa DAO: wasaidizi wamethibitisha. PIN mpya yaweza kuchaguliwa kuanzia { $at }. Si wewe? Simamisha: Akaunti, Nimesahau PIN.
sms-recovery-open = Mtaa DAO: sasa unaweza kuchagua PIN mpya, kwa simu au chati uliyoombea. Si wewe? Simamisha: Akaunti, Nimesahau PIN.
sms-recovery-cancelled = Mtaa DAO: ombi la PIN mpya ya akaunti yako limesimamishwa. PIN yako ya zamani inabaki.
sms-recovery-done = Mtaa DAO: akaunti yako ina PIN mpya. Hakuna pesa itakayotolewa kwa saa 24. Si wewe? Waambie viongozi wa kikundi mara moja.

sms-sim-swapped = Mtaa DAO: laini ya nambari yako ilibadilishwa hivi karibuni, pesa hazitatoka hadi siku 3. Si wewe? Kiambie kikundi mara moja.
withdraw-held = { $reason ->
        [recovered] Akaunti yako ilirudishwa hivi karibuni. Huwezi kutoa pesa hadi { $at }. Hakuna pesa iliyotoka.
        [recovered_little] Akaunti yako ilirudishwa hivi karibuni. Hadi { $at } unaweza kutoa Ksh 1,000 kwa siku. Hakuna pesa iliyotoka.
        [sim_swapped] Laini ya nambari yako ilibadilishwa hivi karibuni. Huwezi kutoa pesa hadi { $at }. Hakuna pesa iliyotoka.
       *[sim_unknown] Tunaangalia laini yako na mtandao wako. Tafadhali jaribu tena baada ya dakika chache. Hakuna pesa iliyotoka.
    }

error-bad-contact = { $reason ->
        [self] Huwezi kuwa msaidizi wako mwenyewe.
        [twice] Mtu huyu tayari ni msaidizi wako, au bado hajajibu.
       *[many] Tayari una wasaidizi 5. Ondoa mmoja kwanza.
    }
error-request-over = Ombi hili limekwisha.
error-no-recovery-contacts = Hakuna anayeweza kuthibitisha ni wewe: unahitaji wasaidizi 2 waliokubali. Tafadhali zungumza na viongozi wa kikundi chako.
error-too-many-recoveries = Umeomba mara nyingi sana. Tafadhali jaribu tena baada ya { $days ->
        [one] siku moja.
       *[other] siku { $days }.
    }
error-recovery-over = Ombi hili limekwisha: lilitumika, lilisimamishwa, au muda uliisha.
error-recovery-underway = Ombi lingine la akaunti hii tayari linaendelea.
error-recovery-not-open = Bado wakati haujafika. Tutakutumia SMS utakapoweza kuchagua PIN mpya.
error-recovery-elsewhere = Tafadhali chagua PIN mpya kwa simu au chati uliyoombea.
error-not-a-contact = Wewe si msaidizi wa mwanachama huyu, au hukuwa bado ilipoombwa.
error-not-in-your-groups = Hakuna mtu katika vikundi vyako mwenye nambari hii.
