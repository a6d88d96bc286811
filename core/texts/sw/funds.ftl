### Proof of funds

error-not-frozen = Kutoa pesa hakusubiri ukaguzi wa vitabu.

funds-menu = Uthibitisho wa pesa
funds-never = M-PESA bado haijatuambia ina pesa ngapi za wanachama wote. Tafadhali angalia tena baadaye leo.
funds-equal =
    Uthibitisho wa pesa { $at }
    M-PESA ina { $held } za wanachama wote.
    Vitabu vyetu vinasema { $booked }.
    Ni sawa.
funds-way =
    Uthibitisho wa pesa { $at }
    M-PESA ina { $held }
    Vitabu vyetu { $booked }
    { $difference } iko njiani. Hakuna kilichopotea.
funds-gap =
    Uthibitisho wa pesa { $at }
    M-PESA ina { $held }
    Vitabu vyetu { $booked }
    Tunachunguza tofauti ya { $difference }.
funds-frozen =
    Uthibitisho wa pesa { $at }
    M-PESA ina { $held }
    Vitabu vyetu { $booked }
    Tunachunguza { $difference }. Kutoa pesa kunasubiri.

withdraw-frozen = Kutoa pesa kunasubiri tukague vitabu vyetu.
withdraw-frozen-queued = Kutoa pesa kunasubiri tukague vitabu vyetu na M-PESA. { $amount } yako imetengwa; itatumwa baadaye, au itarudi kwenye salio lako.
