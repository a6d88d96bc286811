### Malipo makubwa ambayo M-PESA inapaswa kuthibitisha

payment-unproven = Tumesikia malipo yako ya { $amount }, risiti { $receipt }. M-PESA bado haijathibitisha. Yataonekana kwenye salio ikithibitisha.
