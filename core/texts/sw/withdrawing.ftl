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
withdraw-started = { $amount } inakuja kwenye M-PESA yako. Pesa imetengwa. Tutakutumia SMS.
withdraw-started-here = { $amount } inakuja kwenye M-PESA yako. Pesa imetengwa. Matokeo yataonekana hapa.
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
