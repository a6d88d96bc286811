### Refusals of the treasury

error-treasury-short = Hazina ina { $available } za kutumia na { $needed } zinahitajika. Akiba ya { $reserve } lazima ibaki.
error-treasury-limit = { $period ->
        [day] Kikundi hulipa hadi { $limit } kwa siku. Leo zimebaki { $left }.
        [week] Kikundi hulipa hadi { $limit } katika siku 7. Sasa zimebaki { $left }.
       *[petty] Matumizi madogo ni { $limit } kwa wiki. Wiki hii zimebaki { $left }.
    }
error-treasury-amount-too-small = Malipo ya chini kabisa ni { $low }.
error-unknown-treasury-payee = Mtu huyu si mwanachama wa kikundi.
error-too-few-approvers = Idhini { $needed } zinahitajika, na maafisa { $count } tu wanaweza kuidhinisha. Anayeomba na anayelipwa hawawezi.
error-no-treasury-emergency = Hakuna anayeweza kuidhinisha kwa ukali zaidi ya kawaida. Omba kwa njia ya kawaida.
error-treasury-report-due = Kwanza ripoti matumizi ya ombi la dharura { $number }.
error-petty-cash-to-oneself = Matumizi madogo hulipwa wengine. Kwa ajili yako, omba kwa njia ya kawaida: wengine wataidhinisha.
error-treasury-quote-expired = Huenda bei imebadilika tangu uione. Tafadhali omba tena.
error-signer-cooling = Wewe ni afisa mpya, unaweza kuidhinisha malipo kuanzia { $at }.
error-account-cooling = Akaunti yako ilirejeshwa siku 3 zilizopita, hivyo bado haiwezi kuamua kuhusu pesa za kikundi.
error-bad-treasury-reason = Sema kwa herufi { $low } hadi { $high }, kwa herufi na alama rahisi.
error-treasury-vote-not-needed = Ombi { $number } halihitaji kura, au linapigiwa kura.
error-unknown-treasury-request = Hakuna ombi kama hilo katika kikundi chako.
error-treasury-request-closed = Ombi { $number } { $status ->
        [open] liko wazi
        [waiting] limeidhinishwa na linasubiri
        [paying] linalipwa
        [paid] limelipwa
        [failed] halikulipwa na M-PESA
        [rejected] limekataliwa
        [expired] muda umeisha
        [withdrawn] limeondolewa
        [stopped] limesimamishwa
       *[void] limebatilika
    }: umechelewa kwa hili.
error-treasury-request-void = Ombi { $number } limebatilika: maafisa, kanuni au watu wamebadilika. Liombwe upya.
error-own-treasury-request = Wewe ndiye uliyeomba au unayelipwa, hivyo wengine wataamua.
error-not-an-approver = Ni maafisa na mshika kufuli wa ombi hili pekee wanaoliamua.
error-treasury-already-decided = Umeshaamua kuhusu ombi hili, na uamuzi huo unabaki.
error-not-your-treasury-request = Ni aliyeomba pekee anayeweza kufanya hivi.
error-no-treasury-report-due = Hakuna ripoti inayohitajika kwa ombi hili.
error-group-payout-too-large = Kwa M-PESA nambari hupokea hadi { $high } kwa siku. Omba kiasi kidogo.
