### PIN

account-new-pin = Badili PIN
pin-why-new-pin = Kwanza PIN uliyo nayo sasa.
new-pin = Chagua PIN mpya ya nambari 6 (si PIN yako ya M-PESA):
new-pin-too-late = Muda umepita, kwa hivyo PIN yako haijabadilishwa. Tafadhali anza tena.
new-pin-done = PIN yako imebadilishwa. Tumia PIN mpya kuanzia sasa.
sms-pin-changed = Mtaa DAO: PIN yako imebadilishwa. Kama si wewe, fungua Akaunti, Nimesahau PIN, na uwaambie maafisa wa kikundi mara moja.
sms-pin-locked = Mtaa DAO: PIN si sahihi mara nyingi. Akaunti yako imefungwa hadi { $until }. Kama si wewe, mtu ana simu yako.
sms-pin-disabled = Mtaa DAO: PIN si sahihi mara nyingi, akaunti yako imefungwa. Pesa zako ziko salama. Ili kuifungua chagua Akaunti, Nimesahau PIN.
sms-foreign-pins = Mtaa DAO: PIN { $times } zisizo sahihi za akaunti yako kutoka simu isiyo yako. Imezuiwa; simu yako bado inafanya kazi.
sms-pin-exposed = Mtaa DAO: PIN yako iliandikwa kwenye kikundi, ambako wengine husoma. Imefungwa hadi { $until }. Kisha chagua nyingine: Akaunti, Badili PIN.
