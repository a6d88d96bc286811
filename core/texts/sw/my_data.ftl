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
data-export-here = Taarifa zako zinakuja hapa kama faili. Ukishazihifadhi, zifute kwenye chat hii.
    .short = Taarifa zako zinakuja kwenye chat.
data-export-sms = Muhtasari unakuja kwa SMS. Weka barua pepe, au tumia Telegram, upate zote.
data-export-mail = Muhtasari unakuja kwa SMS, na taarifa zote kwa { $email }.
data-name = Andika jina lako kamili lilivyo sahihi:
data-renamed = Jina lako sasa ni { $name }.
data-erase-what = Tutafuta jina, nambari na ujumbe wako baada ya siku 7; kabla ya hapo unaweza kuzuia. Rekodi za pesa hubaki bila jina lako.
data-erase-asked = Tutafuta taarifa zako { $at }. Kuzuia: Akaunti, Taarifa zangu.
data-kept = Hakuna kilichofutwa. Akaunti yako ipo.
pin-why-data = Nitumie taarifa zangu
pin-why-rename = Rekebisha jina langu
pin-why-erase = Futa taarifa zangu
error-still-open = { $reason ->
        [balance] Bado una pesa hapa. Itoe au ichangie kikundi chako kwanza.
        [payments] Malipo yako ya M-PESA hayajakamilika. Jaribu tena yakikamilika.
        [loans] Una mkopo au udhamini ambao haujaisha. Uishe kwanza.
        [savings] Kikundi chako bado kina akiba yako. Ondoka kikundini kwanza; itaingia kwenye salio lako.
        [shares] Una hisa, au sehemu katika merry. Malizana na kikundi chako kwanza.
       *[chair] Kikundi chako kitabaki bila mwenyekiti. Mwanachama mwingine achukue nafasi kwanza.
    }
erasure-notice = Mtaa DAO: taarifa zako zitafutwa { $at }, kama ulivyoomba. Kama si wewe, zuia sasa: Akaunti, Taarifa zangu.
erasure-cancelled-notice = Mtaa DAO: taarifa zako hazitafutwa. Akaunti yako inabaki ilivyo.
erasure-postponed = { $reason ->
        [balance] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu bado una pesa hapa. Tutaangalia tena { $at }.
        [payments] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu malipo ya M-PESA hayajaisha. Tutaangalia tena { $at }.
        [shares] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu ya hisa zako au merry yako. Tutaangalia tena { $at }.
        [loans] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu una mkopo au udhamini ambao haujaisha. Tutaangalia tena { $at }.
        [savings] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu kikundi bado kina akiba yako. Tutaangalia tena { $at }.
       *[chair] Mtaa DAO: taarifa zako hazijafutwa, kwa sababu kikundi kinahitaji mwenyekiti. Tutaangalia tena { $at }.
    }
sms-data = Mtaa DAO: { $name }, { $phone }, hapa tangu { $at }. Vikundi: { $groups }.
mail-data-subject = Taarifa zako za Mtaa DAO
terms-changed = Masharti yamebadilika. Tunahifadhi nambari, jina na rekodi za pesa zako ili kuendesha akaunti. Unakubali?
terms-agree = Nakubali
terms-later = Si sasa
terms-not-agreed = Akaunti yako inakusubiri. Ukipiga { $dial }, ona au futa taarifa zako kwenye Taarifa zangu.
terms-read-first = Tafadhali soma hii kwanza.
