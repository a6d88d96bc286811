### Malipo makubwa ambayo M-PESA inapaswa kuthibitisha

payment-dismissed = M-PESA haikuthibitisha { $amount } ya risiti { $receipt }, kwa hiyo haiko kwenye salio lako. Kama ulilipa, itaingia M-PESA ikituarifu.
payment-unproven = Tumesikia malipo yako ya { $amount }, risiti { $receipt }. M-PESA bado haijathibitisha. Yataonekana kwenye salio ikithibitisha.
