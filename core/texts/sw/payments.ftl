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
