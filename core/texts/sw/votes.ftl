### Votes

bot-command-vote = Kura zinazokusubiri
votes-door = Kura
votes-menu = Kura za { $name }
votes-mine = { $count ->
        [0] Hakuna kura iliyofunguliwa katika vikundi vyako.
       *[other] Kura katika vikundi vyako:
    }
votes-item-todo = { $what } ({ $number }, hujapiga kura)
votes-item-done = { $what } ({ $number }, umepiga kura)
votes-item-waiting = { $what } ({ $number }, linahitaji kuungwa mkono)
votes-item-gathering = { $what } ({ $number }, wagombea)
votes-item-passed = { $what } ({ $number }, limepita)
votes-item-open = { $what } ({ $number })
votes-in-group = { $group }: { $item }
votes-new = Pendekeza jambo
votes-results = Matokeo
votes-proxy = Mwakilishi wangu
votes-none-yet = Bado hakuna kura iliyopigwa.

matter-words = { $words }
matter-spend = { $amount } kwa { $receiver }: { $for_what }
matter-rule = { $rule }: { $old } -> { $new }
matter-election = Uchaguzi: { $role }
matter-expulsion = Kumwondoa { $of_whom } kikundini
matter-dissolution = Kuvunja kikundi na kugawana
matter-write-off = Kumsamehe { $of_whom } deni la { $amount }
matter-welfare = Mfuko wa jamii, { $amount } kwa { $of_whom } ({ $benefit })
matter-turns = Merry { $round }, mpangilio: { $order }

votes-open = Pendekezo { $number }: { $what }
    Kura hadi { $until }
votes-open-secret = Kura ya siri { $number }: { $what }
    Kura hadi { $until }
votes-waiting = Pendekezo { $number }: { $what }
    { $still ->
        [one] Mwingine aliunge mkono kabla ya { $until }
       *[other] Wengine { $still } waliunge mkono kabla ya { $until }
    }
votes-gathering = { $what }
    Wagombea hujitokeza hadi { $until }
votes-passed = Pendekezo { $number } limepita: { $what }
votes-over = Pendekezo { $number }: { $what }
votes-you-voted = Kura yako: { $answer }. Unaweza kuibadili.
votes-you-voted-secret = Umepiga kura. Unaweza kuibadili.
votes-claim-reason = Sababu: { $reason }
votes-no-list = Huna kura hapa: hukuwa kwenye orodha jambo hili lilipopendekezwa.
votes-observer = Wewe ni mtazamaji wa kikundi hiki: huna kura humo.
votes-yes = Ndio
votes-no = La
votes-abstain = Sijui
votes-nobody = Hakuna kati yao
votes-option = { $option }
votes-try = Jaribu kwanza
votes-more = Zaidi
votes-second = Unga mkono
votes-stand = Nagombea
votes-withdraw = Sigombei
votes-nominate = Pendekeza mgombea
votes-object = Pinga
votes-cancel = Ondoa pendekezo
votes-represent = Mwingine anipigie kura
votes-candidate-asked = { $option } (ameulizwa)
votes-candidate-accepted = { $option } anagombea
votes-candidate-declined = { $option } hagombei
votes-by = Limeletwa na { $mover }
votes-seconded = Limeungwa mkono na { $seconder }
votes-rule-of = Wapiga kura { $eligible }. Akidi (idadi ya chini) { $quorum }.
votes-end-early = Kura huisha mapema matokeo yasipoweza kubadilika.
votes-details = Pendekezo { $number }

pin-why-vote = { $answer ->
        [yes] Kura { $number }: NDIO
        [no] Kura { $number }: LA
        [abstain] Kura { $number }: SIJUI
        [secret] Kura ya siri { $number }
       *[other] Kura { $number }: { $answer }
    }
    { $about }
pin-why-propose = Pendekeza kwa { $name }:
    { $about }
pin-why-second = Kuunga mkono pendekezo { $number }
pin-why-stand = Kugombea katika uchaguzi { $number }
pin-why-not-standing = Kutogombea katika uchaguzi { $number }
pin-why-nominate = Kumpendekeza { $nominee }
pin-why-object = Kupinga pendekezo { $number }
pin-why-cancel = Kuondoa pendekezo { $number }
pin-why-proxy = { $holder } akupigie kura
pin-why-proxy-end = { $holder } asikupigie kura tena

votes-cast = { $answer ->
        [yes] Umepiga kura NDIO kwa pendekezo { $number }.
        [no] Umepiga kura LA kwa pendekezo { $number }.
        [abstain] Umejizuia kwa pendekezo { $number }.
       *[other] Umechagua { $answer } katika kura { $number }.
    } Unaweza kuibadili hadi { $until }.
votes-cast-secret = Kura yako ya siri { $number } imepokelewa. Hakuna anayeona ulichochagua. Unaweza kuibadili hadi { $until }.
votes-proposed-open = Pendekezo { $number } linapigiwa kura hadi { $until }. Wanachama wote wanajulishwa.
votes-proposed-waiting = Pendekezo { $number } limeandikwa. { $still ->
        [one] Mwanachama mwingine aliunge mkono kabla ya { $until }.
       *[other] Wengine { $still } waliunge mkono kabla ya { $until }.
    } Wote wanajulishwa.
votes-proposed-gathering = Uchaguzi { $number }: wagombea hujitokeza hadi { $until }, kisha kura inafunguliwa. Wote wanajulishwa.
votes-seconded-still = Umeunga mkono pendekezo { $number }. { $still ->
        [one] Mwingine mmoja aliunge mkono kabla ya { $until }.
       *[other] Wengine { $still } waliunge mkono kabla ya { $until }.
    }
votes-now-seconded = Umeunga mkono pendekezo { $number }. Linapigiwa kura hadi { $until }.
votes-now-standing = Unagombea katika uchaguzi { $number }.
votes-now-withdrawn = Hugombei katika uchaguzi { $number }.
votes-now-asked = Tunamuuliza { $nominee }. Ni waliokubali pekee wanaopigiwa kura.
votes-now-objected = { $still ->
        [0] Umepinga. Idadi imetosha: litapigiwa kura tena.
        [one] Umepinga. Pingamizi moja zaidi na litapigiwa kura tena.
       *[other] Umepinga. Pingamizi { $still } zaidi na litapigiwa kura tena.
    }
votes-now-cancelled = Pendekezo { $number } limeondolewa.
votes-not-done = Hakuna kilichofanyika.

votes-new-what = Unapendekeza nini?
votes-new-motion = Uamuzi
votes-new-spend = Malipo kutoka hazina
votes-new-rule = Kanuni nyingine
votes-new-election = Uchaguzi
votes-new-poll = Kura ya maoni
votes-new-expulsion = Kumwondoa mwanachama
votes-new-write-off = Kusamehe deni
votes-new-dissolution = Kuvunja kikundi
votes-new-turns = Mpangilio wa zamu
votes-whose-debt = Deni la nani?
votes-no-debt = Hakuna anayedaiwa mkopo na kikundi.
votes-words = Andika kwa herufi 3 hadi 60:
votes-reason = Malipo ni ya nini? Herufi 3 hadi 30:
votes-amount = Kiasi gani kilipwe?
votes-payee = Nambari ya simu ya atakayelipwa:
votes-options = Andika chaguo 2 hadi 5, tenganisha kwa koma:
votes-office = Cheo gani?
votes-who = Mwanachama gani?
votes-chapter = Kuhusu nini?
votes-question = Kanuni gani?
votes-answer = { $rule }. Sasa: { $old }. Kati ya { $low } na { $high }. Pendekezo lako:
votes-answer-order = Malipo hulipia nini kwanza? Andika mpangilio kama 21345: 1 faini 2 riba 3 mkopo 4 mchango 5 mfuko wa jamii
votes-pick = { $rule }. Sasa: { $old }. Pendekezo lako:
votes-confirm = { $what }
    Pendekeza kwa { $name }?
votes-to-number = Nambari: { $phone }
votes-confirm-open = Kura inaanza mara moja.
votes-confirm-second = { $still ->
        [one] Mwanachama mwingine aliunge mkono kwanza.
       *[other] Wanachama wengine { $still } waliunge mkono kwanza.
    }
votes-confirm-candidates = Kwanza wagombea wajitokeze, kisha kura.
votes-confirm-rule = Likipita litatumika kuanzia { $at }.

votes-chapter-belonging = Kujiunga na kuondoka
votes-chapter-contributions = Michango
votes-chapter-fines = Faini
votes-chapter-rotation = Merry
votes-chapter-welfare = Mfuko wa jamii na hisa
votes-chapter-loans = Mikopo
votes-chapter-spending = Matumizi
votes-chapter-approving = Idhini
votes-chapter-votes = Kura na mikutano
votes-chapter-benefits = Mfuko wa jamii hulipa nini

rule-label-most-members = Wanachama wengi zaidi
rule-label-join-by = Namna ya kujiunga
rule-label-joining-fee = Ada ya kujiunga
rule-label-exit-notice-days = Ilani ya kujiondoa
rule-label-missed-until-suspended = Kukosa kabla ya kusimamishwa
rule-label-contribution = Mchango
rule-label-frequency = Mchango ni kila lini
rule-label-due-day = Siku ya kulipa
rule-label-grace-days = Siku za nyongeza
rule-label-partial-payments = Kulipa kwa vipande
rule-label-fine = Faini ya kuchelewa
rule-label-fine-percent = Faini kwa asilimia
rule-label-fine-every = Faini hutozwa
rule-label-fine-cap = Kikomo cha faini
rule-label-allocation = Kinacholipwa kwanza
rule-label-rotation-order = Mpangilio wa zamu
rule-label-rotation-shortfall = Pesa ya zamu ikipungua
rule-label-rotation-wait-days = Kusubiri pesa ya zamu
rule-label-welfare = Mchango wa mfuko wa jamii
rule-label-welfare-waiting-days = Uanachama kabla ya msaada
rule-label-welfare-most = Kikomo cha msaada mmoja
rule-label-share-price = Bei ya hisa
rule-label-most-shares = Hisa nyingi kwa mkutano
rule-label-loan-multiple = Mkopo, mara ya akiba
rule-label-loan-interest = Riba ya mkopo kwa mwezi
rule-label-loan-method = Namna ya kuhesabu riba
rule-label-loan-months = Mkopo mrefu zaidi
rule-label-loan-guarantors = Wadhamini wa mkopo
rule-label-loan-waiting-days = Uanachama kabla ya mkopo
rule-label-loan-reserve = Sehemu isiyokopeshwa
rule-label-approvals = Maafisa wanaoidhinisha
rule-label-padlock = Mwanachama pia aidhinishe
rule-label-vote-above = Kura ikizidi matumizi ya
rule-label-petty-cash = Matumizi madogo kwa wiki
rule-label-daily-limit = Kikomo cha matumizi kwa siku
rule-label-weekly-limit = Kikomo cha matumizi kwa wiki
rule-label-reserve = Akiba ya hazina
rule-label-pay-delay-hours = Kusubiri kabla ya malipo
rule-label-objectors = Wanaoweza kuzuia malipo
rule-label-officials-two-factor = Maafisa na hatua mbili
rule-label-voting-days = Muda wa kupiga kura
rule-label-quorum = Akidi
rule-label-quorum-special = Akidi ya kanuni na kuondoa
rule-label-execution-hours = Kusubiri baada ya kura
rule-label-secret-elections = Uchaguzi ni wa siri
rule-label-voter-days = Uanachama kabla ya kura
rule-label-voter-missed = Kukosa na bado kupiga kura
rule-label-meeting-frequency = Mkutano ni kila lini
rule-label-absence-fine = Faini ya kutohudhuria
rule-label-lateness-fine = Faini ya kuchelewa mkutano
rule-label-rotation-netting = Deni kutolewa kwenye zamu
rule-label-rotation-payout = Pesa ya zamu iende wapi
rule-label-welfare-bereavement = Msaada wa msiba
rule-label-welfare-hospital = Msaada wa hospitali
rule-label-welfare-birth = Msaada wa uzazi
rule-label-welfare-wedding = Msaada wa harusi
rule-label-welfare-yearly = Kikomo cha msaada kwa miezi 12
rule-label-welfare-floor = Kima cha chini cha mfuko wa jamii
rule-label-seconders = Wanaounga mkono
rule-label-signer-wait-hours = Maafisa wapya husubiri
rule-answer-money = { $amount }
rule-answer-percent = { $percent }%
rule-answer-yes = ndio
rule-answer-no = la
rule-answer-order = kwanza { $foremost }
rule-answer-days = { $count ->
        [one] siku 1
       *[other] siku { $count }
    }
rule-answer-hours = { $count ->
        [one] saa 1
       *[other] saa { $count }
    }
rule-answer-months = { $count ->
        [one] mwezi 1
       *[other] miezi { $count }
    }
rule-answer-number = { $count }
rule-word-invitation = kwa mwaliko
rule-word-code = kwa msimbo
rule-word-monthly = kila mwezi
rule-word-weekly = kila wiki
rule-word-biweekly = kila wiki 2
rule-word-never = kamwe
rule-word-once = mara moja
rule-word-day = kila siku
rule-word-week = kila wiki
rule-word-draw = bahati nasibu
rule-word-agreed = makubaliano
rule-word-vote = kwa kura
rule-word-pay-what-came = lipa iliyokuja
rule-word-wait = subiri
rule-word-reserve = tumia akiba
rule-word-phone = M-PESA
rule-word-account = akaunti
rule-word-reducing = kwa salio
rule-word-flat = kwa mkopo wote
rule-word-fines = faini
rule-word-loan-interest = riba
rule-word-loan-principal = mkopo
rule-word-contribution = mchango
rule-word-welfare = jamii

vote-passed = LIMEPITA
vote-won = { $winner } AMESHINDA
vote-chosen = Chaguo { $winner } LIMESHINDA
vote-rejected = LIMESHINDWA
vote-tie = LIMESHINDWA (sare)
vote-no-quorum = LIMESHINDWA (kura chache)
vote-quorum-reached = Akidi { $quorum } imefika.
vote-quorum-missed = Akidi { $quorum } haikufika.
vote-sum = Kura { $voted } kati ya { $eligible }: Ndio { $yes }, La { $no }, Sijui { $abstain }. { $reached }
vote-sum-options = Kura { $voted } kati ya { $eligible }, nyingi kwa mmoja { $best }, Sijui { $abstain }. { $reached }
vote-option-line = { $option }: { $count }
vote-nobody-line = Hakuna kati yao: { $count }
vote-takes-effect = Litatekelezwa { $at }.
vote-executed = Lilitekelezwa { $at }.
vote-refused = { $cause ->
        [hands-changed] Halikutekelezwa: mwenye mkono ametoka kikundini. Maafisa wafute merry hiyo.
        [kitty-short] Halikutekelezwa: mfuko wa jamii una pesa kidogo mno.
        [year-used] Halikutekelezwa: ni zaidi ya kiasi cha mwaka cha mwanachama.
        [not-a-member] Halikutekelezwa: mwanachama hayupo tena kikundini.
        [group-ends] Halikutekelezwa: kikundi kinavunjwa.
        [no-round] Halikutekelezwa: merry hiyo imeanza au ilifutwa.
       *[other] Halikuweza kutekelezwa tena. Anayelitaka bado anaweza kulipendekeza upya.
    }
vote-turns-part = { $first }-{ $last }: { $order }
vote-objected = Wanachama walipinga: linapigiwa kura tena.
votes-result = Pendekezo { $number }: { $what }
    { $outcome }
votes-result-sum = { $sum }

sms-vote-opened = { $chama }: kura { $number }, { $what } (kabla ya { $until }). { $dialled }
sms-vote-reminder = { $chama }: pigia kura { $number }, { $what }, kufikia { $until }! { $dialled }
sms-vote-waiting = { $chama }: unga mkono { $number }, { $what }, kufikia { $until }. { $dialled }
sms-vote-gathering = { $chama }: { $number }, { $what } (wagombea wajitokeze hadi { $until })
sms-vote-asked = { $chama }: utagombea { $number }, { $what }? Kabla ya { $until }: { $dialled }
sms-vote-cancelled = { $chama }: pendekezo { $number } limeondolewa. { $what }
sms-vote-lapsed = { $chama }: pendekezo { $number } limeisha, hakuna aliyejitokeza. { $what }
sms-vote-result = { $chama }, pendekezo { $number }: { $outcome }. { $sum }
sms-vote-result-effect = { $chama }, pendekezo { $number }: { $outcome }. { $sum } Kuanzia { $at }.
sms-vote-executed = { $chama }: pendekezo { $number } limetekelezwa. { $what }
sms-vote-refused = { $chama }: pendekezo { $number } halikutekelezwa{ $cause ->
        [hands-changed] , mwenye mkono ametoka
        [kitty-short] , mfuko wa jamii una pesa kidogo
        [year-used] , ni zaidi ya kiasi cha mwaka
        [not-a-member] , mwanachama hayupo tena kikundini
        [group-ends] , kikundi kinavunjwa
        [no-round] , merry imeanza au ilifutwa
       *[other] { "" }
    }. { $what }
sms-vote-objected = { $chama }: wanachama wamepinga pendekezo { $number }. Kuna kura mpya. { $what }

minutes-vote = Pendekezo { $number }, { $what }: { $outcome }.
minutes-vote-by = { $sum } Lililetwa na { $mover }.
minutes-vote-seconded = { $sum } Lililetwa na { $mover }, likaungwa mkono na { $seconder }.

votes-proxy-none = Hakuna anayekupigia kura. Mwanachama anaweza, pale usipopiga mwenyewe; kura yako mwenyewe hushinda.
votes-proxy-some = Wanakupigia pale usipopiga:
votes-proxy-line-all = { $holder }, kura zote, hadi { $until }
votes-proxy-line-category = { $holder }, aina moja ya kura, hadi { $until }
votes-proxy-line-proposal = { $holder }, pendekezo moja, hadi { $until }
votes-proxy-give = Chagua mtu
votes-proxy-end = Acha na { $holder }
votes-proxy-scope = Kwa kura gani? Uchaguzi na kura za siri hupiga mwenyewe.
votes-proxy-all = Kura zote
votes-proxy-motion = Maamuzi
votes-proxy-spend = Malipo
votes-proxy-rule = Kanuni
votes-proxy-poll = Kura za maoni
votes-proxy-days = Kwa muda gani?
votes-proxy-for = Siku { $count }
votes-proxy-given = { $holder } anakupigia kura hadi { $until } pale usipopiga mwenyewe.
votes-proxy-ended = { $holder } hakupigii kura tena.

try-title = Pendekezo { $number } likipita:
try-treasury = Hazina { $before } -> { $after }
try-too-little = Pesa ya hazina haitoshi: itapungua { $needed }.
try-reserve = Hiyo ni chini ya akiba ya { $reserve }.
try-day-limit = Hulipwa hadi { $limit } kwa siku pamoja na ada, kwa hivyo haitalipika.
try-fees = Ada za { $fee } zitaongezwa.
try-others = { $count ->
        [one] Malipo mengine 1 ya { $amount } yanayopigiwa kura hayataweza kulipwa.
       *[other] Malipo mengine { $count }, jumla { $amount }, yanayopigiwa kura hayataweza kulipwa.
    }
try-rule = { $rule }: sasa { $old }, kisha { $new }, kuanzia { $at }
try-replay-quorum = { $count ->
        [0] Kati ya kura { $of } zilizopita, hakuna ambayo ingeisha tofauti.
        [one] Kati ya kura { $of } zilizopita, 1 ingeisha tofauti.
       *[other] Kati ya kura { $of } zilizopita, { $count } zingeisha tofauti.
    }
try-replay-fines = { $late ->
        [0] Miezi { $months } iliyopita hakuna ambaye angetozwa faini, sasa au baadaye.
        [one] Malipo mamoja yalichelewa miezi { $months } iliyopita: faini sasa { $before }, kisha { $after }.
       *[other] Malipo { $late } ya wanachama { $members } yalichelewa miezi { $months } iliyopita: faini sasa { $before }, kisha { $after }.
    }
try-voters = Leo wanachama { $after } wangepiga kura badala ya { $before }.
try-election = { $option } anakuwa { $role }
try-election-instead = { $option } anakuwa { $role } badala ya { $holder }
try-vacant = Cheo cha { $role } kitakuwa wazi
try-expulsion = { $of_whom } anaondoka; wanabaki wanachama { $count }
try-dissolution = Hakuna kipya kitakachopokelewa. { $total } zitagawiwa wanachama { $count } kwa alichoweka kila mmoja.
try-fund = Mfuko wa jamii { $before } -> { $after }
try-fund-too-little = Mfuko wa jamii una pesa kidogo: itapungua { $needed }.
try-turns = Zamu ya kwanza itakuwa { $begins }. Zamu:
try-turns-part = { $order }
try-record = Matokeo yanaandikwa. Hakuna kingine kinachofanyika chenyewe.
try-nothing = Bado hakuna anayegombea.

error-unknown-proposal = Hakuna pendekezo kama hilo katika vikundi vyako.
error-bad-proposal = { $reason ->
        [words] Tumia herufi na nambari 3 hadi 60 zinazoonekana kwenye kila simu (sababu: 3 hadi 30).
        [options] Toa chaguo 2 hadi 5 tofauti, kila moja herufi 24 au chini.
        [same] Hiyo tayari ndiyo kanuni.
        [self] Huwezi kupendekeza kujiondoa. Unaweza kujiondoa kikundini.
        [amount] Kiasi lazima kizidi sifuri.
        [observer] Mtazamaji huona tu na hapendekezi.
       *[gone] Mwanachama huyu hayuko tena kikundini.
    }
error-too-many-proposals = Una mapendekezo { $most } ambayo hayajaamuliwa. Subiri moja liamuliwe.
error-nobody-may-vote = Kwa kanuni za kikundi hakuna mwenye kura kwa sasa.
error-not-a-voter = Huna kura hapa: ni waliokuwa kwenye orodha lilipopendekezwa na ambao bado ni wanachama.
error-vote-not-open = Kura { $number } haijafunguliwa. Imeisha au bado haijaanza.
error-not-a-choice = Hii haiwezi kuchaguliwa katika kura hii.
error-cannot-second = Halihitaji kuungwa mkono tena, umelileta wewe, au umeshaliunga mkono.
error-cannot-cancel = Ni aliyependekeza pekee anayeweza kuliondoa, na kabla ya kura ya kwanza.
error-cannot-stand = { $reason ->
        [over] Umechelewa: wagombea wamejulikana.
        [many] Tayari kuna wagombea 6.
        [already] Mwanachama huyu tayari ni mgombea au ameulizwa.
       *[member] Ni wanachama wa kikundi wasio watazamaji pekee wanaogombea.
    }
error-cannot-delegate = { $reason ->
        [self] Wewe unajipigia kura hata hivyo.
        [chain] Mwanachama huyu anawakilishwa na mwingine. Chagua anayepiga kura.
        [holds] Unawapigia wengine kura, kwa hivyo huwezi kupitisha kura yako.
        [full] Mwanachama huyu tayari anawapigia kura wawili.
        [kind] Hakuna anayeweza kukupigia kura hii.
        [dates] Chagua siku 1 hadi 365.
       *[member] Ni wanachama wa kikundi wasio watazamaji pekee wanaoweza kukupigia.
    }
error-cannot-object = Huwezi kupinga hili sasa, au umeshapinga.
error-cannot-carry-out = Kilichoamuliwa hakiwezi tena kutekelezwa.
error-not-carried-out-yet = Hili litatekelezwa baadaye, kuanzia { $at }.
