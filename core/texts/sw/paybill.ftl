### Paybill

sms-deposit-paid-for = Malipo yako ya { $amount } kwa { $name } yamefika. Risiti ya M-PESA { $receipt }.
chat-deposit-paid-for = Malipo yako ya { $amount } kwa { $name } yamefika. Risiti ya M-PESA { $receipt }.
sms-deposit-claimed = Ulidai risiti { $receipt } kwa msimbo wake: { $amount } tayari ziko kwenye salio lako. Ombi la M-PESA limefungwa.
chat-deposit-claimed = Ulidai risiti { $receipt } kwa msimbo wake: { $amount } tayari ziko kwenye salio lako. Ombi la M-PESA limefungwa.
sms-deposit-claimed-for = Ulidai risiti { $receipt } kwa msimbo wake: { $amount } ziko kwenye salio lako. { $name } hajazipata.
chat-deposit-claimed-for = Ulidai risiti { $receipt } kwa msimbo wake: { $amount } ziko kwenye salio lako. { $name } hajazipata.
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

claim-code = Andika msimbo wa M-PESA wa malipo yako. Uko mwanzoni mwa SMS ya M-PESA:
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
other-confirm = Lipa { $amount } kwa { $name }
    Ada { $fee }
    Zitaingia { $credited }
pin-why-other = Lipa { $amount } kwa { $name }

error-not-in-suspense = Hakuna malipo yenye risiti hiyo yanayosubiri.
error-nothing-proposed = Bado hakuna aliyependekeza malipo haya ni ya nani.
error-same-person = Aliyependekeza hawezi kuidhinisha pia.
