### Payments that M-Pesa took back, and payments that came back

told-reversed = M-PESA imerudisha malipo yako ya { $amount }, risiti { $receipt }. Hayapo tena kwenye salio lako. Ada yetu imerudishwa.
told-reversed-spent = M-PESA imerudisha malipo yako ya { $amount }, risiti { $receipt }. Pesa hiyo ilishatumika. Tutakupigia simu.
told-came-back = Pesa uliyotoa { $amount }, risiti { $receipt }, imerudi kwetu. Imewekwa tena kwenye salio lako, pamoja na ada.
told-recovered = Tumeondoa { $amount } kwenye salio lako: M-PESA ilikuwa imekulipa pia, risiti { $receipt }.
told-reassigned = { $amount } ya risiti ya M-PESA { $receipt } imepatikana kuwa yako. Iko kwenye salio lako.
told-reassigned-away = Risiti ya M-PESA { $receipt } haikuwa yako: tumeondoa { $amount } kwenye salio lako na kumpa mwenyewe.

error-not-correctable = Hakuna cha jina hili kinachoweza kusahihishwa kwa njia hii.
error-already-spent = Aliyepokea pesa hizi ameshazitumia.
error-already-asked = Mtu ameshaomba hii isahihishwe.
error-nothing-asked = Hakuna aliyeomba hii isahihishwe.
