### Second factor

account-security = Usalama
security-menu = Usalama
security-on = Washa hatua mbili
security-off = Zima hatua mbili
security-codes = Nambari mpya za dharura
security-limit = Kikomo changu
step-up-sms = Tumetuma nambari kwa SMS ya { $approval }. Iandike hapa:
step-up-sms-how = Kuisoma, kata, piga { $dial }, chagua Endelea.
step-up-lost = Nimepoteza app na nambari za dharura
step-up-app = Ya { $approval }: andika nambari ya app yako ya uthibitisho, au nambari ya dharura:
step-up-again = Tuma nambari mpya
step-up-sent = Nambari mpya inakuja. Ya zamani haifanyi kazi tena.
step-up-used = Nambari hiyo imeshatumika. Subiri inayofuata kwenye app yako.
step-up-expired = Muda wa nambari hiyo umeisha. Omba mpya.
step-up-locked = Nambari nyingi si sahihi, kwa hivyo hakuna kilichofanyika. Pesa zako ziko salama. Jaribu baadaye.
step-up-enrol = Cheo chako kikundini kinahitaji hatua mbili. Ziwashe kwanza: Akaunti, Usalama.
code-digits = Nambari ina tarakimu 6, ya dharura ina 8.
two-factor-scan = Skani picha hii kwa app yako ya uthibitisho, au weka ufunguo huu: { $letters }. Kisha andika nambari ya tarakimu 6 inayoonyesha.
two-factor-key = Weka ufunguo huu kwenye app ya uthibitisho: { $letters }
    Kisha andika nambari ya tarakimu 6 inayoonyesha:
two-factor-code-wrong = Hiyo si nambari ya ufunguo huu. Andika ile ambayo app yako inaonyesha sasa.
two-factor-is-on = Hatua mbili zimewashwa. Nambari za dharura (mara 1):
two-factor-is-off = Hatua mbili zimezimwa. Nambari zitakuja kwa SMS tena.
backup-codes-new = Nambari mpya za dharura, kila moja mara moja:
backup-code = { $code }
limit-amount = PIN pekee inatosha hadi kiasi gani kwa saa 24? Zaidi ya kiasi hicho tutaomba nambari pia:
limit-confirm = Zaidi ya { $limit } kwa saa 24 tutaomba nambari pamoja na PIN yako.
limit-set = Imekamilika. Zaidi ya { $limit } kwa saa 24 tutaomba nambari pamoja na PIN yako.
change-cancelled = Imeghairiwa. Hakuna kilichobadilishwa.
pin-why-two-factor-on = Washa hatua mbili
pin-why-two-factor-off = Zima hatua mbili
pin-why-backup-codes = Nambari mpya za dharura
pin-why-limit = Badili kikomo chako kuwa { $limit }
sms-two-factor-on = Mtaa DAO: hatua mbili zimewashwa. Kama si wewe, waambie maafisa wa kikundi mara moja.
sms-two-factor-off = Mtaa DAO: hatua mbili zimezimwa. Kama si wewe, waambie maafisa wa kikundi mara moja.
sms-backup-codes = Mtaa DAO: nambari mpya za dharura zimetolewa, za zamani hazifanyi kazi. Kama si wewe, waambie maafisa wa kikundi mara moja.
sms-limit-back = Mtaa DAO: kikomo chako bila nambari kiliongezwa muda mfupi kabla. Sasa ni { $limit } kwa saa 24 tena. Badili: Akaunti, Usalama.
sms-limit = Mtaa DAO: kikomo chako bila nambari sasa ni { $limit } kwa saa 24. Kama si wewe, waambie maafisa wa kikundi mara moja.
approval = { $action ->
        [contribute] kuchanga { $amount } kwa { $payee }
        [withdraw] kutoa { $amount } kwenda { $payee }
        [two-factor-on] kuwasha hatua mbili
        [two-factor-off] kuzima hatua mbili
        [backup-codes] kupata nambari mpya za dharura
        [limit] kubadili kikomo chako kuwa Ksh { $payee }
        [email] kubadili barua pepe yako kuwa { $payee }
        [email-remove] kuondoa barua pepe yako
        [contacts] kubadili wasaidizi wako wa PIN
        [erasure] kufuta taarifa zako
        [wake] kutumia akaunti yako tena
       *[other] kulipa { $amount } kwa { $payee }
    }
sms-code-approves = { $code } ni nambari yako ya Mtaa DAO ya { $approval }. Inaisha baada ya dakika 5. Usimwambie mtu.
error-two-factor-on = Hatua mbili tayari zimewashwa.
error-two-factor-off = Hatua mbili hazijawashwa, au kuziweka kulichukua muda mrefu. Tafadhali anza tena.
error-step-up-needed = Hii inahitaji nambari moja zaidi. Tafadhali anza tena.
