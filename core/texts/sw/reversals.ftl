### Payments that M-Pesa took back, and payments that came back

told-reversed = M-PESA imerudisha malipo yako ya { $amount }, risiti { $receipt }. Hayapo tena kwenye salio lako. Ada yetu imerudishwa.
told-reversed-spent = M-PESA imerudisha malipo yako ya { $amount }, risiti { $receipt }. Pesa hiyo ilishatumika. Tutakupigia simu.
told-came-back = Pesa uliyotoa { $amount }, risiti { $receipt }, imerudi kwetu. Imewekwa tena kwenye salio lako, pamoja na ada.
